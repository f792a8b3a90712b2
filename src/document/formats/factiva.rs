//! Factiva's text export: fields under two-letter codes, an article ending with its number (`AN`).

use std::ops::ControlFlow;

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
    let mut export = Export { fields: Vec::new(), number: 0 };
    for line in text.lines() {
        let in_body = export.fields.last().is_some_and(|(code, _)| target_of(code) == Some("body"));
        match code_line(line, in_body) {
            Some((code, rest)) => {
                if export.ends_before(code) && export.hand_on(sink).is_break() {
                    return Ok(());
                }
                export.fields.push((code, vec![rest]));
            }
            None => {
                if let Some((_, lines)) = export.fields.last_mut() {
                    lines.push(line);
                }
            }
        }
    }
    let _ = export.hand_on(sink);
    Ok(())
}

/// Whether `text` is such an export: several of its first lines begin with codes.
pub(in crate::document) fn looks_like(text: &str) -> bool {
    let codes: Vec<&str> =
        text.lines().take(80).filter_map(|line| code_line(line, false)).map(|(code, _)| code).collect();
    let has = |code: &str| codes.contains(&code);
    has("HD")
        && (has("LP") || has("TD"))
        && ["PD", "SN", "WC", "AN"].iter().filter(|code| has(code)).count() >= 2
}

fn target_of(code: &str) -> Option<&'static str> {
    RULES_READ.factiva.fields.get(code).map(String::as_str)
}

/// The code that `line` begins with, and the rest. Inside the text a code stands apart from what
/// follows, so that "IN BRIEF" is none.
fn code_line(line: &str, in_body: bool) -> Option<(&str, &str)> {
    let end = line.bytes().take(4).take_while(u8::is_ascii_uppercase).count();
    let (code, rest) = line.split_at(end);
    if !(2..=3).contains(&end) || !(rest.is_empty() || rest.starts_with([' ', '\t'])) {
        return None;
    }
    let rules = &RULES_READ.factiva;
    let known =
        target_of(code).is_some() || code == rules.last || rules.other.iter().any(|other| other == code);
    let apart = rest.trim().is_empty() || rest.starts_with('\t') || rest.starts_with("  ");
    let plain = code == rules.last && rest.trim_start().starts_with("Document ");
    (known && (!in_body || apart || plain)).then_some((code, rest))
}

struct Export<'a> {
    /// Codes and lines of the article that is being read.
    fields: Vec<(&'a str, Vec<&'a str>)>,
    number: u64,
}

impl Export<'_> {
    /// Whether the article has ended before a line with `code`.
    fn ends_before(&self, code: &str) -> bool {
        let last = &RULES_READ.factiva.last;
        self.fields.iter().any(|(known, _)| known == last || (code == "HD" && *known == code))
    }

    fn hand_on(&mut self, sink: &mut RecordSink<'_>) -> ControlFlow<()> {
        let fields = std::mem::take(&mut self.fields);
        if fields.is_empty() {
            return ControlFlow::Continue(());
        }
        self.number += 1;
        let document = document_of(&fields);
        let headline = document.witnesses.iter().any(|witness| witness.field == FieldName::Headline);
        if document.content.is_blank() && !headline {
            return sink.fail(self.number, RecordFault::Skipped(SkipReason::Empty));
        }
        sink.record(self.number, document)
    }
}

fn document_of(fields: &[(&str, Vec<&str>)]) -> Document {
    let mut document = Document::new("factiva", Content::Prose(String::new()));
    let mut body = Vec::new();
    let wrapped = fields.iter().any(|(code, lines)| target_of(code) == Some("body") && is_wrapped(lines));
    for (code, lines) in fields {
        match target_of(code) {
            Some("body") => body.extend(paragraphs(lines, wrapped)),
            Some(target) => {
                take(&mut document, target, format!("factiva:{code}"), &one_line(&lines.join(" ")))
            }
            None => {
                let value = one_line(&lines.join(" "));
                let value = value.strip_prefix("Document ").unwrap_or(&value);
                if !value.is_empty() {
                    let value = cut(value, super::super::limits::MAX_EXTRA_BYTES).into_owned();
                    document.extra.insert((*code).to_owned(), value);
                }
            }
        }
    }
    document.content = Content::Prose(body.join("\n\n"));
    document
}

#[cfg(test)]
mod tests {
    use super::super::testing::{documents, said};
    use super::*;

    #[test]
    fn articles_end_with_their_number() {
        let export = "SE\tWeather\nHD\tRain at\nlast\nBY\tBy Ada Quill\nWC\t12 words\nPD\t5 March 2024\nSN\tHarbour Post\n\
            LA\tEnglish\nLP\n\nFarmers cheered\nloudly.\n\nTD\n\nIN BRIEF, it rained.\n\nMore.\n\nIN  i1 : Farming\n\
            AN Document HARB000020240305ek3500001\n\n\nHD\tSun\nPD\t6 March 2024\nSN\tHarbour Post\nTD\nIt shone.\nAN\tDocument 2\n";
        let both = documents("a.txt", export.as_bytes());
        assert_eq!(both.len(), 2);
        assert_eq!((both[0].format, both[0].location.record), ("factiva", Some(1)));
        assert_eq!(said(&both[0], FieldName::Headline), Some("Rain at last"));
        assert_eq!(said(&both[0], FieldName::Published), Some("5 March 2024"));
        assert_eq!(said(&both[0], FieldName::Language), Some("en"));
        assert_eq!(
            both[0].content,
            Content::Prose("Farmers cheered loudly.\n\nIN BRIEF, it rained.\n\nMore.".into())
        );
        assert_eq!(both[0].extra["AN"], "HARB000020240305ek3500001");
        assert_eq!(said(&both[1], FieldName::Headline), Some("Sun"));
    }

    #[test]
    fn ordinary_text_is_no_export() {
        assert!(!looks_like("IN a word\nHD screens\nare here"));
    }
}
