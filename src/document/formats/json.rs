//! JSON files: one object, objects one after the other, an array of objects, or an object that holds
//! the array, as interfaces answer. Arrays are read element by element, so their size does not
//! matter; a bad element costs that element as long as its brackets match.

use std::io::{self, BufRead};
use std::ops::ControlFlow;

use super::super::limits::size_text;
use super::super::read::ReadError;
use super::super::record::{self, Fields};
use super::super::sink::{RecordFault, RecordSink};
use super::super::skip::SkipReason;
use super::super::transcode::as_utf8;
use super::super::{Content, Document};
use super::jsonl::object;
use super::{Context, Piece};
use crate::article::{FieldName, Witness};

/// Deepest object in which an array of records is looked for: `{"response": {"results": […]}}` is
/// two deep, search engines' answers are too.
const MAX_HOLDER_DEPTH: usize = 4;

pub(super) fn parse(
    reader: Box<dyn BufRead + '_>,
    head: &[u8],
    context: &Context<'_>,
    sink: &mut RecordSink<'_>,
) -> Result<(), ReadError> {
    let reader = as_utf8(reader, head).map_err(ReadError::Io)?;
    let mut scanner = Scanner { reader, limit: context.options.limits.record_bytes };
    let mut numbers = Numbers { next: 1, feed: Vec::new() };
    loop {
        let flow = match scanner.peek()? {
            None => return Ok(()),
            Some(b'[') => {
                scanner.take()?;
                array(&mut scanner, &mut numbers, context, sink)?
            }
            Some(b'{') => top_object(&mut scanner, &mut numbers, context, sink)?,
            Some(b',') => {
                scanner.take()?;
                continue;
            }
            Some(byte) => {
                let reason =
                    format!("`{}` where an object or array should begin", char::from(byte).escape_debug());
                return Err(ReadError::Malformed { format: "json", reason });
            }
        };
        if flow.is_break() {
            return Ok(());
        }
    }
}

/// The number of the next record, and what a feed says of all its items.
struct Numbers {
    next: u64,
    feed: Vec<Witness>,
}

/// Hands on the elements of an array whose bracket has been read.
fn array(
    scanner: &mut Scanner<'_>,
    numbers: &mut Numbers,
    context: &Context<'_>,
    sink: &mut RecordSink<'_>,
) -> Result<ControlFlow<()>, ReadError> {
    let mut element = Vec::new();
    loop {
        match scanner.peek()? {
            None => return Err(cut_off()),
            Some(b']') => {
                scanner.take()?;
                return Ok(ControlFlow::Continue(()));
            }
            Some(b',') => {
                scanner.take()?;
                continue;
            }
            Some(_) => {}
        }
        let piece = scanner.value(&mut element)?;
        if hand_on(&piece, &element, scanner.limit, numbers, context, sink).is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
}

fn hand_on(
    piece: &Piece,
    element: &[u8],
    limit: u64,
    numbers: &mut Numbers,
    context: &Context<'_>,
    sink: &mut RecordSink<'_>,
) -> ControlFlow<()> {
    let number = numbers.next;
    numbers.next += 1;
    let read = match piece {
        Piece::TooLong(bytes) => Err(RecordFault::Skipped(SkipReason::TooLarge { bytes: *bytes, limit })),
        _ => object(element).and_then(|fields| document_of(&fields, context)),
    };
    match read {
        Ok(mut document) => {
            document.witnesses.extend(numbers.feed.iter().cloned());
            sink.record(number, document)
        }
        Err(fault) => sink.fail(number, fault),
    }
}

/// What a JSON Feed says before its items, of which `seen` is the beginning and `open` the brackets.
fn feed_witnesses(seen: &[u8], open: &[u8]) -> Vec<Witness> {
    let mut closed = seen.to_vec();
    closed.extend(open.iter().rev().map(|bracket| if *bracket == b'[' { b']' } else { b'}' }));
    let Ok(fields) = object(&closed) else { return Vec::new() };
    let said = |name: &str| fields.get(name).and_then(serde_json::Value::as_str).unwrap_or("");
    if !said("version").contains("jsonfeed.org") {
        return Vec::new();
    }
    let mut feed = Document::new("json", Content::Prose(String::new()));
    feed.witness(FieldName::Publisher, "json-feed:title", said("title"));
    feed.witness(FieldName::Language, "json-feed:language", said("language"));
    feed.witnesses
}

fn document_of(fields: &Fields, context: &Context<'_>) -> Result<Document, RecordFault> {
    record::document_of(fields, &context.options.fields, "json", "json")
}

/// Reads an object that is an article or holds the array of them.
///
/// It is read value by value and kept; as soon as an array turns up whose first element has a text
/// and a headline of its own while nothing before it has a text, that array is the holder.
fn top_object(
    scanner: &mut Scanner<'_>,
    numbers: &mut Numbers,
    context: &Context<'_>,
    sink: &mut RecordSink<'_>,
) -> Result<ControlFlow<()>, ReadError> {
    let mut seen = Vec::new();
    let mut open: Vec<u8> = Vec::new();
    let mut element = Vec::new();
    loop {
        if seen.len() as u64 > scanner.limit {
            let size = size_text(scanner.limit);
            let reason = format!("one object of more than {size} in which no list of records begins");
            return Err(ReadError::Malformed { format: "json", reason });
        }
        let Some(byte) = scanner.peek()? else { return Err(cut_off()) };
        match byte {
            b'[' if open.len() <= MAX_HOLDER_DEPTH && !open.contains(&b'[') => {
                seen.push(scanner.take()?);
                open.push(b'[');
                if scanner.peek()? != Some(b'{') {
                    continue;
                }
                let piece = scanner.value(&mut element)?;
                if is_record(&element, &piece, context) {
                    numbers.feed = feed_witnesses(&seen, &open);
                    return rest_of_holder((scanner, &mut open), (piece, element), numbers, context, sink);
                }
                seen.extend_from_slice(&element);
            }
            b'{' if open.len() <= MAX_HOLDER_DEPTH => {
                seen.push(scanner.take()?);
                open.push(b'{');
            }
            b'}' | b']' => {
                seen.push(scanner.take()?);
                open.pop();
                if open.is_empty() {
                    return Ok(single(&seen, numbers, context, sink));
                }
            }
            b',' | b':' => seen.push(scanner.take()?),
            _ => {
                if matches!(scanner.value(&mut element)?, Piece::TooLong(_)) {
                    let limit = scanner.limit;
                    return Err(SkipReason::TooLarge { bytes: limit + 1, limit }.into());
                }
                seen.extend_from_slice(&element);
            }
        }
    }
}

fn is_record(element: &[u8], piece: &Piece, context: &Context<'_>) -> bool {
    matches!(piece, Piece::Read)
        && object(element).is_ok_and(|fields| record::is_article(&fields, &context.options.fields))
}

/// Hands on the holder's first element and the ones after it, and passes over what follows.
fn rest_of_holder(
    (scanner, open): (&mut Scanner<'_>, &mut Vec<u8>),
    (piece, first): (Piece, Vec<u8>),
    numbers: &mut Numbers,
    context: &Context<'_>,
    sink: &mut RecordSink<'_>,
) -> Result<ControlFlow<()>, ReadError> {
    if hand_on(&piece, &first, scanner.limit, numbers, context, sink).is_break()
        || array(scanner, numbers, context, sink)?.is_break()
    {
        return Ok(ControlFlow::Break(()));
    }
    open.pop();
    let mut passed_over = Vec::new();
    while !open.is_empty() {
        match scanner.peek()? {
            None => return Err(cut_off()),
            Some(b'}' | b']') => {
                scanner.take()?;
                open.pop();
            }
            Some(b',' | b':') => {
                scanner.take()?;
            }
            Some(_) => {
                scanner.value(&mut passed_over)?;
            }
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// Hands on an object that holds no array of records.
fn single(
    seen: &[u8],
    numbers: &mut Numbers,
    context: &Context<'_>,
    sink: &mut RecordSink<'_>,
) -> ControlFlow<()> {
    hand_on(&Piece::Read, seen, u64::MAX, numbers, context, sink)
}

fn cut_off() -> ReadError {
    ReadError::Malformed { format: "json", reason: "ends before its brackets are closed".to_owned() }
}

/// Finds where values end, without looking at what they mean and without recursion.
struct Scanner<'a> {
    reader: Box<dyn BufRead + 'a>,
    /// Longest value that is kept, in bytes.
    limit: u64,
}

impl Scanner<'_> {
    /// The next byte that is no white space.
    fn peek(&mut self) -> Result<Option<u8>, ReadError> {
        loop {
            let buffer = self.reader.fill_buf().map_err(ReadError::Io)?;
            if buffer.is_empty() {
                return Ok(None);
            }
            match buffer.iter().position(|byte| !byte.is_ascii_whitespace()) {
                Some(at) => {
                    let byte = buffer[at];
                    self.reader.consume(at);
                    return Ok(Some(byte));
                }
                None => {
                    let blank = buffer.len();
                    self.reader.consume(blank);
                }
            }
        }
    }

    /// Takes the byte that [`peek`](Self::peek) saw.
    fn take(&mut self) -> Result<u8, ReadError> {
        let mut byte = [0];
        io::Read::read_exact(&mut self.reader, &mut byte).map_err(ReadError::Io)?;
        Ok(byte[0])
    }

    /// Reads the value that begins here into `into`; one that is too long is passed over.
    fn value(&mut self, into: &mut Vec<u8>) -> Result<Piece, ReadError> {
        into.clear();
        let mut bytes = 0_u64;
        let mut state = Nesting::default();
        loop {
            let buffer = self.reader.fill_buf().map_err(ReadError::Io)?;
            if buffer.is_empty() {
                return Err(cut_off());
            }
            let (taken, ended) = state.advance(buffer);
            bytes += taken as u64;
            if bytes <= self.limit {
                into.extend_from_slice(&buffer[..taken]);
            }
            self.reader.consume(taken);
            if ended {
                return Ok(if bytes > self.limit { Piece::TooLong(bytes) } else { Piece::Read });
            }
        }
    }
}

#[derive(Default)]
struct Nesting {
    depth: usize,
    in_string: bool,
    escaped: bool,
    started: bool,
}

impl Nesting {
    /// How many of `bytes` belong to the value, and whether it ends with them.
    fn advance(&mut self, bytes: &[u8]) -> (usize, bool) {
        for (at, byte) in bytes.iter().enumerate() {
            if self.in_string {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => self.in_string = false,
                    _ => {}
                }
                if !self.in_string && self.depth == 0 {
                    return (at + 1, true);
                }
                continue;
            }
            match byte {
                b'"' => self.in_string = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' if self.depth > 0 => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return (at + 1, true);
                    }
                }
                // A bare number or word ends before the next delimiter.
                b'}' | b']' | b',' | b':' if self.depth == 0 && self.started => return (at, true),
                byte if byte.is_ascii_whitespace() && self.depth == 0 && self.started => return (at, true),
                _ => {}
            }
            self.started = true;
        }
        (bytes.len(), false)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{documents, read_bytes, said};
    use super::*;
    use crate::document::{BlockKind, ReadOptions};

    fn headlines(text: &str) -> Vec<String> {
        let documents = documents("a.json", text.as_bytes());
        documents.iter().map(|one| said(one, FieldName::Headline).unwrap_or("-").to_owned()).collect()
    }

    #[test]
    fn every_arrangement_of_records_is_read() {
        let one =
            "{\"title\": \"One\", \"text\": \"First.\", \"images\": [{\"url\": \"x\", \"title\": \"t\"}]}";
        let two = "{\"title\": \"Two\", \"text\": \"Second ] } \\\" one.\", \"tags\": [\"a\", \"b\"]}";
        assert_eq!(headlines(one), ["One"]);
        assert_eq!(headlines(&format!("[{one}, {two}]")), ["One", "Two"]);
        assert_eq!(headlines(&format!("{one}\n{two}")), ["One", "Two"]);
        let nested = format!(
            "{{\"status\": \"ok\", \"data\": {{\"n\": 2, \"articles\": [{one},{two}], \"next\": [1]}}, \"z\": {{}}}}"
        );
        assert_eq!(headlines(&nested), ["One", "Two"]);
        let hits = format!("{{\"hits\": {{\"hits\": [{{\"_id\": 1, \"_source\": {one}}}]}}}}");
        assert_eq!(headlines(&hits), ["One"]);
        let feed = format!(
            "{{\"version\": \"https://jsonfeed.org/version/1.1\", \"title\": \"Post\", \"items\": [{one}]}}"
        );
        assert_eq!(said(&documents("a.json", feed.as_bytes())[0], FieldName::Publisher), Some("Post"));
    }

    #[test]
    fn other_peoples_names_are_known() {
        let record = r#"{"headline": "Rain", "articleBody": "Text.", "author": [{"@type": "Person", "name": "Ada Quill"}],
            "publisher": {"name": "Harbour Post"}, "datePublished": "2024-03-05", "inLanguage": "en",
            "date_download": "2024-03-06 10:00:00", "source": "https://example.org/rain", "wordCount": 12}"#;
        let document = documents("a.json", record.as_bytes()).remove(0);
        assert_eq!(said(&document, FieldName::Byline), Some("Ada Quill"));
        assert_eq!(said(&document, FieldName::Publisher), Some("Harbour Post"));
        assert_eq!(said(&document, FieldName::Published), Some("2024-03-05"));
        assert_eq!(said(&document, FieldName::Url), Some("https://example.org/rain"));
        assert_eq!(document.captured.as_deref(), Some("2024-03-06"));
        assert_eq!(document.extra.get("wordCount").map(String::as_str), Some("12"));
        assert_eq!(document.location.to_string(), "a.json#1");
    }

    #[test]
    fn bodies_of_every_shape_are_read() {
        let content = |body: &str| {
            documents("a.json", format!("{{\"title\": \"T\", \"body\": {body}}}").as_bytes())
                .remove(0)
                .content
        };
        assert_eq!(content("\"Rain < sun > wind\""), Content::Prose("Rain < sun > wind".into()));
        assert_eq!(content("\"<p>Rain</p>\""), Content::Fragment("<p>Rain</p>".into()));
        assert_eq!(content("\"<html><p>Rain\""), Content::Page("<html><p>Rain".into()));
        let parts =
            r#"{"summary": ["Lead."], "sections": [{"headline": ["Why"], "paragraphs": ["A.", "B."]}]}"#;
        let Content::Blocks(blocks) = content(parts) else { panic!() };
        let kinds: Vec<BlockKind> = blocks.iter().map(|block| block.kind).collect();
        use BlockKind::{Heading, Paragraph};
        assert_eq!(kinds, [Paragraph, Heading(2), Paragraph, Paragraph]);
        let renditions = r#"[{"contenttype": "text/plain", "value": "Rain"}, {"value": "<p>Rain</p>"}]"#;
        assert_eq!(content(renditions), Content::Fragment("<p>Rain</p>".into()));
    }

    #[test]
    fn a_bad_element_costs_that_element_and_a_cut_costs_the_rest() {
        let array = br#"[{"title": "One", "text": "First."}, {"title": Two}, {"title": "Three", "text": "Third."}, {"ti"#;
        let (results, outcome) = read_bytes("a.json", array, &ReadOptions::default());
        let ok: Vec<bool> = results.iter().map(Result::is_ok).collect();
        assert_eq!(ok, [true, false, true]);
        assert!(outcome.unwrap_err().to_string().contains("brackets"));
        let (_, outcome) = read_bytes("a.json", b"nonsense", &ReadOptions::default());
        assert!(outcome.unwrap_err().to_string().contains("`n` where"));
        let deep = "[".repeat(1_000_000);
        assert!(read_bytes("a.json", deep.as_bytes(), &ReadOptions::default()).1.is_err());
        let deep = "{\"a\":".repeat(1_000_000);
        assert!(read_bytes("a.json", deep.as_bytes(), &ReadOptions::default()).1.is_err());
    }
}
