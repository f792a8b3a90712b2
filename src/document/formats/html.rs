//! HTML pages: decoded, with what the program that saved them noted; the markup is left alone.

use super::super::day::day_of;
use super::super::encoding::decode_owned;
use super::super::limits::MAX_PAGE_BYTES;
use super::super::read::ReadError;
use super::super::sink::RecordSink;
use super::super::skip::SkipReason;
use super::super::{Content, Document};
use super::malformed;
use crate::article::FieldName;

/// Bytes at the start of a page in which the notes of saving programs stand.
const NOTE_BYTES: usize = 4096;

pub(super) fn parse(bytes: Vec<u8>, sink: &mut RecordSink<'_>) -> Result<(), ReadError> {
    if bytes.len() > MAX_PAGE_BYTES {
        return Err(malformed("html")(format!("a page of more than {} MiB", MAX_PAGE_BYTES >> 20)));
    }
    let document = page(decode_owned(bytes), "html");
    if document.content.is_blank() {
        return Err(SkipReason::Empty.into());
    }
    let _ = sink.single(document);
    Ok(())
}

/// The document of a decoded page, with the notes of the program that saved it.
pub(super) fn page(text: String, format: &'static str) -> Document {
    let mut document = Document::new(format, Content::Page(String::new()));
    let head = &text[..text.floor_char_boundary(NOTE_BYTES)];
    for comment in comments(head) {
        if let Some((_, rest)) = comment.split_once("saved from url=(") {
            let address = rest.split_once(')').map_or("", |(_, address)| address);
            let address = address.split_whitespace().next().unwrap_or("");
            document.witness(FieldName::Url, "saved-from:url", address);
        }
        if comment.contains("SingleFile") {
            single_file_note(comment, &mut document);
        }
    }
    document.content = Content::Page(text);
    document
}

/// Whether `bytes` begin as a page does.
pub(in crate::document) fn looks_like_page(bytes: &[u8]) -> bool {
    let start = bytes.trim_ascii_start();
    let start = start[..start.len().min(64)].to_ascii_lowercase();
    start.starts_with(b"<!doctype html") || start.starts_with(b"<html")
}

fn single_file_note(comment: &str, document: &mut Document) {
    for line in comment.lines() {
        match line.split_once(':') {
            Some((name, value)) if name.trim() == "url" => {
                document.witness(FieldName::Url, "singlefile:url", value);
            }
            Some((name, value)) if name.trim() == "saved date" => document.captured = day_of(value),
            _ => {}
        }
    }
}

/// What stands in the comments of `head`.
fn comments(head: &str) -> impl Iterator<Item = &str> {
    head.split("<!--").skip(1).filter_map(|rest| rest.split_once("-->")).map(|(comment, _)| comment)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{documents, read_bytes, said};
    use super::*;
    use crate::document::{Limits, ReadOptions};

    #[test]
    fn pages_have_a_limit_of_their_own() {
        let limits = Limits { file_bytes: 1 << 30, ..Limits::default() };
        let options = ReadOptions { limits, ..ReadOptions::default() };
        let page = format!("<html>{}", "x".repeat(MAX_PAGE_BYTES));
        let (documents, outcome) = read_bytes("a.html", page.as_bytes(), &options);
        assert!(documents.is_empty() && matches!(outcome, Err(ReadError::Malformed { format: "html", .. })));
    }

    #[test]
    fn notes_of_saving_programs_are_witnesses() {
        let page = "<!DOCTYPE html> <html><!--\n Page saved with SingleFile \n url: https://example.org/a?b=1 \n \
            saved date: Tue Mar 05 2024 10:22:31 GMT+0100 (Central European Standard Time)\n--><p>Rain.</p>";
        let document = documents("a.html", page.as_bytes()).remove(0);
        assert_eq!(said(&document, FieldName::Url), Some("https://example.org/a?b=1"));
        assert_eq!(document.captured.as_deref(), Some("2024-03-05"));
        assert_eq!(document.content, Content::Page(page.into()));
        let saved = "<!DOCTYPE html>\n<!-- saved from url=(0021)https://example.org/b -->\n<html><p>Rain.";
        let document = documents("b.htm", saved.as_bytes()).remove(0);
        assert_eq!(said(&document, FieldName::Url), Some("https://example.org/b"));
    }
}
