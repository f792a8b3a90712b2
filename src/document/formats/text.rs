//! Plain text, with an optional head of `Title: …` lines; what is furniture is decided elsewhere.

use super::super::day::day_of;
use super::super::encoding::decode;
use super::super::fieldmap::{FieldMap, Target, folded};
use super::super::read::ReadError;
use super::super::record::is_address;
use super::super::sink::RecordSink;
use super::super::skip::SkipReason;
use super::super::{Content, Document};
use super::Context;
use crate::article::FieldName;

/// Most lines of a head; a longer run of `Word: …` lines is a list in the story.
const MAX_HEAD_LINES: usize = 16;

pub(super) fn parse(bytes: &[u8], context: &Context<'_>, sink: &mut RecordSink<'_>) -> Result<(), ReadError> {
    let document = document_of(decode(bytes, None).text.into_owned(), &context.options.fields);
    if document.content.is_blank() {
        return Err(SkipReason::Empty.into());
    }
    let _ = sink.single(document);
    Ok(())
}

fn document_of(mut text: String, map: &FieldMap) -> Document {
    let lines = head_lines(&text, map);
    let mut document = Document::new("text", Content::Lines(String::new()));
    for line in &lines {
        let value = &text[line.value..line.end];
        let rule = format!("head:{}", folded(&text[line.start..line.name]));
        match line.target {
            Target::Field(field) => document.witness(field, rule, value),
            Target::Source if is_address(value) => document.witness(FieldName::Url, rule, value),
            Target::Source => document.witness(FieldName::Publisher, rule, value),
            Target::Captured => document.captured = day_of(value),
            Target::Body => {}
        }
    }
    for line in lines {
        let blank = " ".repeat(line.end - line.start);
        text.replace_range(line.start..line.end, &blank);
    }
    document.content = Content::Lines(text);
    document
}

struct HeadLine {
    target: Target,
    start: usize,
    /// End of the name.
    name: usize,
    value: usize,
    end: usize,
}

/// The lines of the head: the first lines of the text that are `Key: value` with a known key. One
/// alone counts only when a blank line follows, so that a story that begins `Source: …` keeps it.
fn head_lines(text: &str, map: &FieldMap) -> Vec<HeadLine> {
    let mut lines = Vec::new();
    let mut at = 0;
    let mut blank_follows = true;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let content = line.trim_end();
        if content.trim_start().is_empty() && lines.is_empty() {
            continue;
        }
        match head_line(content, start, map) {
            Some(found) if lines.len() < MAX_HEAD_LINES => lines.push(found),
            _ => {
                blank_follows = content.is_empty();
                break;
            }
        }
    }
    // Lines with nothing after them are the text, whatever they look like.
    let nothing_follows = lines.last().is_some_and(|last| text[last.end..].trim().is_empty());
    if nothing_follows || (lines.len() < 2 && !blank_follows) {
        lines.clear();
    }
    lines
}

fn head_line(content: &str, start: usize, map: &FieldMap) -> Option<HeadLine> {
    let (name, value) = content.split_once(':')?;
    let target = map.head(name)?;
    if value.trim().is_empty() {
        return None;
    }
    Some(HeadLine {
        target,
        start,
        name: start + name.len(),
        value: start + name.len() + 1,
        end: start + content.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{documents, said};
    use super::*;

    #[test]
    fn a_head_becomes_witnesses_and_leaves_the_offsets() {
        let text = "Title: Rain at last\r\nAuthor: Ada Quill\nSource: https://example.org/rain\n\nFarmers cheered.\n";
        let document = documents("a.txt", text.as_bytes()).remove(0);
        assert_eq!(said(&document, FieldName::Headline), Some("Rain at last"));
        assert_eq!(said(&document, FieldName::Byline), Some("Ada Quill"));
        assert_eq!(said(&document, FieldName::Url), Some("https://example.org/rain"));
        let Content::Lines(lines) = &document.content else { panic!() };
        assert_eq!(lines.find("Farmers"), text.find("Farmers"));
        assert_eq!(lines.lines().count(), text.lines().count());
        assert!(!lines.contains("Quill"));
    }

    #[test]
    fn a_story_is_no_head() {
        for text in [
            "Source: a ministry.\nThe rest.",
            "Source: a ministry\n",
            "Rain at last\n\nTitle: no\n",
            "Note: this\n\nText",
        ] {
            let document = documents("a.txt", text.as_bytes()).remove(0);
            assert_eq!(document.content, Content::Lines(text.into()));
            assert!(document.witnesses.is_empty());
        }
        let named = documents("a.txt", "Source: Harbour Post\n\nText".as_bytes()).remove(0);
        assert_eq!(said(&named, FieldName::Publisher), Some("Harbour Post"));
    }
}
