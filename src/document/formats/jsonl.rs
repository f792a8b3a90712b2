//! JSON Lines: a record on every line, numbered by its line; one bad line costs that line.

use std::io::BufRead;

use serde_json::Value;

use super::super::Document;
use super::super::encoding::decode;
use super::super::read::ReadError;
use super::super::record::{self, Fields};
use super::super::sink::{RecordFault, RecordSink};
use super::super::skip::SkipReason;
use super::super::transcode::as_utf8;
use super::{Context, Piece, read_line};

pub(super) fn parse(
    reader: Box<dyn BufRead + '_>,
    head: &[u8],
    context: &Context<'_>,
    sink: &mut RecordSink<'_>,
) -> Result<(), ReadError> {
    let mut reader = as_utf8(reader, head).map_err(ReadError::Io)?;
    let limit = context.options.limits.record_bytes;
    let mut line = Vec::new();
    for number in 1.. {
        let flow = match read_line(&mut *reader, &mut line, limit).map_err(ReadError::Io)? {
            Piece::End => break,
            Piece::TooLong(bytes) => {
                sink.fail(number, RecordFault::Skipped(SkipReason::TooLarge { bytes, limit }))
            }
            Piece::Read if line.trim_ascii().is_empty() => continue,
            Piece::Read => match document_of(&line, context, "jsonl") {
                Ok(document) => sink.record(number, document),
                Err(fault) => sink.fail(number, fault),
            },
        };
        if flow.is_break() {
            break;
        }
    }
    Ok(())
}

/// The document of one JSON object.
pub(super) fn document_of(
    bytes: &[u8],
    context: &Context<'_>,
    format: &'static str,
) -> Result<Document, RecordFault> {
    let fields = object(bytes)?;
    record::document_of(&fields, &context.options.fields, format, "json")
}

/// The fields of one JSON object; of a search engine's hit those of its source.
pub(super) fn object(bytes: &[u8]) -> Result<Fields, RecordFault> {
    // Control characters in strings are the commonest fault of hand-made dumps and do no harm; the
    // parser has no setting for them, so they are replaced when it refuses the record.
    let parsed = match std::str::from_utf8(bytes) {
        Ok(text) => serde_json::from_str(text),
        Err(_) => serde_json::from_str(&decode(bytes, None).text),
    };
    let value: Value = match parsed {
        Ok(value) => value,
        Err(error) if bytes.iter().any(|byte| *byte < 32) => {
            let spaced: Vec<u8> = bytes.iter().map(|byte| if *byte < 32 { b' ' } else { *byte }).collect();
            serde_json::from_str(&decode(&spaced, None).text).map_err(|_| malformed(&error))?
        }
        Err(error) => return Err(malformed(&error)),
    };
    match value {
        Value::Object(mut fields) => match fields.remove("_source") {
            Some(Value::Object(source)) => Ok(source),
            Some(other) => {
                fields.insert("_source".to_owned(), other);
                Ok(fields)
            }
            None => Ok(fields),
        },
        _ => Err(RecordFault::Malformed("not a JSON object".to_owned())),
    }
}

fn malformed(error: &serde_json::Error) -> RecordFault {
    RecordFault::Malformed(format!("not valid JSON: {error}"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{read_bytes, said};
    use crate::article::FieldName;
    use crate::document::{Content, Limits, ReadOptions};

    #[test]
    fn a_bad_line_costs_that_line() {
        let lines = b"{\"title\": \"One\", \"text\": \"First.\"}\n{\"title\": \"Two\",\n\n[1]\n{\"x\": 1}\n\
            {\"title\": \"Six\", \"text\": \"Sixth.\"}";
        let (results, outcome) = read_bytes("a.jsonl", lines, &ReadOptions::default());
        outcome.unwrap();
        let shown: Vec<String> = results
            .iter()
            .map(|result| match result {
                Ok(document) => format!("{} ok", document.location),
                Err(error) => error.to_string(),
            })
            .collect();
        assert_eq!(shown.len(), 5);
        assert_eq!(shown[0], "a.jsonl#1 ok");
        assert!(shown[1].starts_with("a.jsonl#2: not valid JSON"), "{}", shown[1]);
        assert_eq!(shown[2], "a.jsonl#4: not a JSON object");
        assert!(shown[3].ends_with("(fields: x)"), "{}", shown[3]);
        assert_eq!(shown[4], "a.jsonl#6 ok");
    }

    #[test]
    fn huge_lines_and_deep_nesting_are_refused_alone() {
        let limits = Limits { record_bytes: 1000, ..Limits::default() };
        let options = ReadOptions { limits, ..ReadOptions::default() };
        let huge = format!("{{\"text\": \"{}\"}}\n{{\"text\": \"Short.\"}}\n", "a".repeat(100_000));
        let (results, _) = read_bytes("a.jsonl", huge.as_bytes(), &options);
        assert!(results[0].as_ref().unwrap_err().to_string().contains("larger than 1000 bytes"));
        assert_eq!(results[1].as_ref().unwrap().content, Content::Prose("Short.".into()));
        let deep = format!("{{\"text\": {}1{}}}\n", "[".repeat(100_000), "]".repeat(100_000));
        let (results, _) = read_bytes("a.jsonl", deep.as_bytes(), &ReadOptions::default());
        assert!(results[0].is_err());
    }

    #[test]
    fn raw_control_characters_and_engine_hits_are_read() {
        let lines = b"{\"_id\": 1, \"_source\": {\"title\": \"One\", \"text\": \"First\tpart.\"}}\n";
        let (results, _) = read_bytes("a.jsonl", lines, &ReadOptions::default());
        assert_eq!(said(results[0].as_ref().unwrap(), FieldName::Headline), Some("One"));
    }
}
