//! LexisNexis' text exports: the older one (`1 of 250 DOCUMENTS`, labels in capitals) and that of Nexis
//! Uni (`Body`, `End of Document`).

use super::super::day::day_of;
use super::super::encoding::decode;
use super::super::read::ReadError;
use super::super::record::{cut, one_line};
use super::super::sink::{RecordFault, RecordSink};
use super::super::skip::SkipReason;
use super::super::{Content, Document};
use super::exports::{RULES_READ, is_wrapped, paragraphs, take};
use crate::article::FieldName;

pub(super) fn parse(bytes: &[u8], sink: &mut RecordSink<'_>) -> Result<(), ReadError> {
    let text = decode(bytes, None).text;
    let mut lines: Vec<&str> = Vec::new();
    let mut number = 0;
    for line in text.lines().chain(["End of Document"]) {
        if !(is_counter(line) || line.trim() == "End of Document") {
            lines.push(line);
            continue;
        }
        let article = std::mem::take(&mut lines);
        if article.iter().filter(|line| !line.trim().is_empty()).count() < 3 {
            continue;
        }
        number += 1;
        let document = document_of(&article);
        let flow = if document.content.is_blank() {
            sink.fail(number, RecordFault::Skipped(SkipReason::Empty))
        } else {
            sink.record(number, document)
        };
        if flow.is_break() {
            break;
        }
    }
    Ok(())
}

/// Whether `text` is such an export.
pub(in crate::document) fn looks_like(text: &str) -> bool {
    let label =
        |line: &str| label_of(line).is_some_and(|(label, _)| label == "length" || label == "load-date");
    let counted = text.lines().take(40).any(is_counter);
    let ended = text.lines().any(|line| line.trim() == "End of Document" || line.trim() == "Body");
    (counted || ended) && text.lines().any(label)
}

/// `12 of 250 DOCUMENTS`
fn is_counter(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let number = |word: Option<&str>| word.is_some_and(|word| word.bytes().all(|byte| byte.is_ascii_digit()));
    number(words.next())
        && words.next() == Some("of")
        && number(words.next())
        && words.next().is_some_and(|word| word == "DOCUMENTS" || word == "DOCUMENT")
        && words.next().is_none()
}

/// The label of a line `LABEL: value`, in lower case, when it is a known one.
fn label_of(line: &str) -> Option<(String, &str)> {
    let (label, value) = line.trim().split_once(':')?;
    if label.len() > 24 {
        return None;
    }
    let label = label.to_lowercase();
    let rules = &RULES_READ.lexis;
    let known =
        rules.fields.contains_key(&label) || rules.head.contains(&label) || rules.tail.contains(&label);
    known.then_some((label, value.trim()))
}

/// Where the text begins and ends among the lines of an article.
fn body_range(lines: &[&str]) -> (usize, usize) {
    let is_length = |line: &&str| label_of(line).is_some_and(|(label, _)| label == "length");
    let marked = lines.iter().position(|line| line.trim() == "Body");
    let begin = marked.or_else(|| lines.iter().position(is_length)).map_or(0, |at| at + 1);
    // Further labels of the head may stand between the length and the text.
    let in_head = |line: &&&str| line.trim().is_empty() || (marked.is_none() && label_of(line).is_some());
    let begin = begin + lines[begin..].iter().take_while(in_head).count();
    let rules = &RULES_READ.lexis;
    let ends = |line: &&str| {
        let line = line.trim();
        let lower = line.to_lowercase();
        line == "Classification"
            || lower.starts_with("copyright ")
            || label_of(line).is_some_and(|(label, _)| rules.tail.contains(&label))
    };
    let end = lines[begin..].iter().position(ends).map_or(lines.len(), |at| begin + at);
    (begin, end)
}

fn document_of(lines: &[&str]) -> Document {
    let (begin, end) = body_range(lines);
    let body = &lines[begin..end];
    let body = paragraphs(body, is_wrapped(body)).join("\n\n");
    let mut document = Document::new("lexis", Content::Prose(body));
    let unlabelled = take_labels(&lines[..begin], &lines[end..], &mut document);
    // Title, outlet and day stand in this order or the last first; the day tells.
    let day = unlabelled.iter().position(|(line, _)| day_of(line).is_some() && line.len() < 80);
    let modern = lines[..begin].iter().any(|line| line.trim() == "Body");
    if let Some(day) = day {
        document.witness(FieldName::Published, "lexis:date", &unlabelled[day].0);
        if let Some(outlet) = day.checked_sub(1) {
            document.witness(FieldName::Publisher, "lexis:publication", &unlabelled[outlet].0);
        }
    }
    let title: Vec<&str> = if modern {
        unlabelled[..day.map_or(1.min(unlabelled.len()), |day| day.saturating_sub(1))]
            .iter()
            .map(|(line, _)| line.as_str())
            .collect()
    } else {
        // An edition may stand between the day and the title, which is the last of the head.
        let after = &unlabelled[day.map_or(0, |day| day + 1)..];
        let last = after.last().map(|(_, paragraph)| *paragraph);
        after
            .iter()
            .filter(|(_, paragraph)| Some(*paragraph) == last)
            .map(|(line, _)| line.as_str())
            .collect()
    };
    document.witness(FieldName::Headline, "lexis:title", &title.join(" "));
    document
}

/// Takes the labelled lines, and gives the others with the number of their paragraph.
fn take_labels(head: &[&str], tail: &[&str], document: &mut Document) -> Vec<(String, usize)> {
    let mut unlabelled = Vec::new();
    let mut paragraph = 0;
    let in_head = head.len();
    for (at, line) in head.iter().chain(tail).enumerate() {
        let text = one_line(line);
        let lower = text.to_lowercase();
        if text.is_empty() {
            paragraph += 1;
        } else if let Some((label, value)) = label_of(line) {
            match RULES_READ.lexis.fields.get(&label) {
                Some(target) => take(document, target, format!("lexis:{label}"), value),
                None if !value.is_empty() => {
                    let value = cut(value, super::super::limits::MAX_EXTRA_BYTES).into_owned();
                    document.extra.entry(label).or_insert(value);
                }
                None => {}
            }
        } else if at < in_head
            && !lower.starts_with("copyright ")
            && !lower.contains("all rights reserved")
            && text != "Body"
        {
            unlabelled.push((text, paragraph));
        }
    }
    unlabelled
}

#[cfg(test)]
mod tests {
    use super::super::testing::{documents, said};
    use super::*;

    #[test]
    fn the_older_export_is_read() {
        let export = "\u{feff}\n                1 of 2 DOCUMENTS\n\n        Harbour Post (England)\n\n       March 5, 2024 Tuesday\n\
            \x20         Final Edition\n\nRain at last, and\nmore to come\n\nBYLINE: Ada Quill\n\nSECTION: NEWS; Pg. 4\n\n\
            LENGTH: 12 words\n\nDATELINE: Quayside\n\nFarmers cheered\nloudly.\n\nIt rained.\n\nLOAD-DATE: March 6, 2024\n\n\
            LANGUAGE: ENGLISH\n\n    Copyright 2024 Harbour Post Ltd\n       All Rights Reserved\n\n 2 of 2 DOCUMENTS\n\n\
            Harbour Post\n\nMarch 6, 2024\n\nSun\n\nLENGTH: 2 words\n\nIt shone.\n";
        let both = documents("a.txt", export.as_bytes());
        assert_eq!(both.len(), 2);
        let first = &both[0];
        assert_eq!((first.format, first.location.record), ("lexis", Some(1)));
        assert_eq!(said(first, FieldName::Headline), Some("Rain at last, and more to come"));
        assert_eq!(said(first, FieldName::Publisher), Some("Harbour Post (England)"));
        assert_eq!(said(first, FieldName::Published), Some("March 5, 2024 Tuesday"));
        assert_eq!(said(first, FieldName::Byline), Some("Ada Quill"));
        assert_eq!(said(first, FieldName::Language), Some("en"));
        assert_eq!(first.content, Content::Prose("Farmers cheered loudly.\n\nIt rained.".into()));
        assert_eq!(said(&both[1], FieldName::Headline), Some("Sun"));
    }

    #[test]
    fn the_newer_export_is_read() {
        let export = "Rain at last\nHarbour Post (England)\nMarch 5, 2024 Tuesday\n\n\
            Copyright 2024 Harbour Post Ltd All Rights Reserved\n\nSection: NEWS; Pg. 4\nLength: 12 words\nByline: Ada Quill\n\n\
            Body\n\nFarmers cheered.\n\nSource: a ministry, they said.\n\nClassification\n\nLanguage: ENGLISH\n\nSubject: WEATHER (90%)\n\n\
            Load-Date: March 6, 2024\n\nEnd of Document\n";
        let document = documents("a.txt", export.as_bytes()).remove(0);
        assert_eq!(said(&document, FieldName::Headline), Some("Rain at last"));
        assert_eq!(said(&document, FieldName::Publisher), Some("Harbour Post (England)"));
        assert_eq!(
            document.content,
            Content::Prose("Farmers cheered.\n\nSource: a ministry, they said.".into())
        );
        assert!(!looks_like("Rain at last\n\nFarmers cheered at length: loudly.\n"));
    }
}
