//! WARC, the format of web crawls: a record is a page, numbered among all records of the file.
//!
//! Responses and resources of HTML are pages, conversions (WET) plain text. Requests and the crawl's
//! own notes are no candidates and go unmentioned; other responses are named with the reason.

use std::io::{BufRead, Read};

use super::super::day::day_of;
use super::super::encoding::decode;
use super::super::read::ReadError;
use super::super::sink::{RecordFault, RecordSink};
use super::super::skip::SkipReason;
use super::super::{Content, Document};
use super::http::{Headers, read_headers};
use super::{Context, Piece, html, http, malformed, read_line};
use crate::article::FieldName;

/// Blank lines that are passed over before a record; the standard has two.
const MAX_BLANK_LINES: usize = 64;

pub(super) fn parse(
    mut reader: Box<dyn BufRead + '_>,
    context: &Context<'_>,
    sink: &mut RecordSink<'_>,
) -> Result<(), ReadError> {
    for number in 1.. {
        let Some(headers) = next_record(&mut *reader)? else { break };
        let length = headers.get("content-length").and_then(|text| text.parse::<u64>().ok());
        let length = length.ok_or_else(|| malformed("warc")(format!("record {number} has no length")))?;
        let limit = context.options.limits.record_bytes;
        let mut block = Vec::new();
        let wanted = is_candidate(&headers) && length <= limit;
        if wanted {
            let read = reader.by_ref().take(length).read_to_end(&mut block).map_err(ReadError::Io)?;
            if (read as u64) < length {
                return Err(malformed("warc")(format!("record {number} is cut off")));
            }
        } else {
            pass_over(&mut *reader, length)?;
        }
        let flow = if !is_candidate(&headers) {
            continue;
        } else if !wanted {
            sink.fail(number, RecordFault::Skipped(SkipReason::TooLarge { bytes: length, limit }))
        } else {
            match document_of(&headers, &block, limit) {
                Ok(document) => sink.record(number, document),
                Err(fault) => sink.fail(number, fault),
            }
        };
        if flow.is_break() {
            break;
        }
    }
    Ok(())
}

/// The headers of the next record; none at the end of the stream.
fn next_record(reader: &mut dyn BufRead) -> Result<Option<Headers>, ReadError> {
    let mut line = Vec::new();
    for _ in 0..MAX_BLANK_LINES {
        match read_line(reader, &mut line, http::MAX_LINE_BYTES).map_err(ReadError::Io)? {
            Piece::End => return Ok(None),
            Piece::Read if line.trim_ascii().is_empty() => {}
            Piece::Read if line.starts_with(b"WARC/") => {
                return read_headers(reader).map(Some).map_err(ReadError::Io);
            }
            _ => break,
        }
    }
    Err(malformed("warc")("no record begins where one should".to_owned()))
}

fn pass_over(reader: &mut dyn BufRead, length: u64) -> Result<(), ReadError> {
    let passed = std::io::copy(&mut reader.take(length), &mut std::io::sink()).map_err(ReadError::Io)?;
    if passed < length { Err(malformed("warc")("the last record is cut off".to_owned())) } else { Ok(()) }
}

fn is_candidate(headers: &Headers) -> bool {
    let address = headers.get("warc-target-uri").unwrap_or("").trim_start_matches('<');
    let kind = headers.get("warc-type").unwrap_or("");
    matches!(kind, "response" | "resource" | "conversion") && address.starts_with("http")
}

fn document_of(headers: &Headers, block: &[u8], limit: u64) -> Result<Document, RecordFault> {
    let mut document = match headers.get("warc-type") {
        Some("response") => response(block, limit)?,
        _ => resource(headers.get("content-type").unwrap_or(""), block)?,
    };
    if document.content.is_blank() {
        return Err(RecordFault::Skipped(SkipReason::Empty));
    }
    let address = headers.get("warc-target-uri").unwrap_or("").trim_matches(['<', '>']);
    document.witness(FieldName::Url, "warc:target-uri", address);
    document.captured = headers.get("warc-date").and_then(day_of);
    Ok(document)
}

/// The page that a server answered with.
fn response(block: &[u8], limit: u64) -> Result<Document, RecordFault> {
    let response =
        http::Response::parse(block).ok_or_else(|| RecordFault::Malformed("no HTTP response".to_owned()))?;
    if !(200..300).contains(&response.status) {
        let kind = format!("HTTP status {}", response.status);
        return Err(RecordFault::Skipped(SkipReason::NoStory { kind }));
    }
    let kind = response.headers.get("content-type").unwrap_or("").to_owned();
    let body = response.body(limit).map_err(RecordFault::Malformed)?;
    resource(&kind, &body)
}

/// The page in `body`, of which the transport says that it is of the media type `kind`.
fn resource(kind: &str, body: &[u8]) -> Result<Document, RecordFault> {
    let media = kind.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    let declared = http::parameter(kind, "charset");
    match media.as_str() {
        "text/html" | "application/xhtml+xml" => {
            Ok(html::page(decode(body, declared.as_deref()).text.into_owned(), "warc"))
        }
        "" if html::looks_like_page(body) => Ok(html::page(decode(body, None).text.into_owned(), "warc")),
        "text/plain" => {
            let text = decode(body, declared.as_deref()).text.into_owned();
            Ok(Document::new("warc", Content::Lines(text)))
        }
        _ => Err(RecordFault::Skipped(SkipReason::NoStory { kind: media })),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::super::testing::{read_bytes, said};
    use super::*;
    use crate::document::ReadOptions;

    fn record(kind: &str, address: &str, block: &[u8]) -> Vec<u8> {
        let length = block.len();
        let mut bytes = format!(
            "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {address}\r\nWARC-Date: 2024-03-06T07:08:09Z\r\n\
             Content-Type: application/http\r\nContent-Length: {length}\r\n\r\n"
        )
        .into_bytes();
        bytes.extend_from_slice(block);
        bytes.extend_from_slice(b"\r\n\r\n");
        bytes
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn responses_are_pages_and_the_rest_says_why_not() {
        let page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n\
            9\r\n<p>Rain f\r\n6\r\nell.</\r\n2\r\np>\r\n0\r\n\r\n";
        let packed = [
            b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-encoding: gzip\r\n\r\n".to_vec(),
            gzip(b"<p>Sun.</p>"),
        ]
        .concat();
        let records = [
            record("warcinfo", "", b"software: x"),
            record("request", "https://example.org/rain", b"GET / HTTP/1.1\r\n\r\n"),
            record("response", "https://example.org/rain", page),
            record(
                "response",
                "https://example.org/a.png",
                b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\nPNG",
            ),
            record(
                "response",
                "https://example.org/gone",
                b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\nno",
            ),
            record("response", "https://example.org/sun", &packed),
        ];
        let file: Vec<u8> = records.iter().flat_map(|record| gzip(record)).collect();
        let (results, outcome) = read_bytes("dump.warc.gz", &file, &ReadOptions::default());
        outcome.unwrap();
        assert_eq!(results.len(), 4);
        let first = results[0].as_ref().unwrap();
        assert_eq!(first.location.to_string(), "dump.warc.gz#3");
        assert_eq!(first.content, Content::Page("<p>Rain fell.</p>".into()));
        assert_eq!(said(first, FieldName::Url), Some("https://example.org/rain"));
        assert_eq!(first.captured.as_deref(), Some("2024-03-06"));
        let faults: Vec<String> =
            results[1..3].iter().map(|one| one.as_ref().unwrap_err().fault.to_string()).collect();
        assert_eq!(
            faults,
            ["no story by its kind (`image/png`)", "no story by its kind (`HTTP status 404`)"]
        );
        assert_eq!(results[3].as_ref().unwrap().content, Content::Page("<p>Sun.</p>".into()));
    }

    #[test]
    fn broken_files_end_with_a_reason() {
        let whole = record(
            "response",
            "https://example.org/",
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>x",
        );
        let (_, outcome) = read_bytes("a.warc", &whole[..whole.len() - 6], &ReadOptions::default());
        assert_eq!(outcome.unwrap_err().to_string(), "no valid warc: record 1 is cut off");
        let (_, outcome) =
            read_bytes("a.warc", b"WARC/1.0\r\nWARC-Type: response\r\n\r\n", &ReadOptions::default());
        assert_eq!(outcome.unwrap_err().to_string(), "no valid warc: record 1 has no length");
        let huge = b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a/\r\nContent-Length: 99999999999\r\n\r\n";
        assert!(read_bytes("a.warc", huge, &ReadOptions::default()).1.is_err());
    }
}
