//! Tables under a header: a record is a row, numbered from 1 without the header.

use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::rc::Rc;

use csv::{ByteRecord, ReaderBuilder};
use serde_json::Value;

use super::super::encoding::decode;
use super::super::limits::size_text;
use super::super::read::ReadError;
use super::super::record::{self, Fields};
use super::super::sink::{RecordFault, RecordSink};
use super::super::transcode::as_utf8;
use super::Context;

/// Delimiters that are told apart by their number in the header.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

pub(super) fn parse(
    reader: Box<dyn BufRead + '_>,
    head: &[u8],
    delimiter: Option<u8>,
    context: &Context<'_>,
    sink: &mut RecordSink<'_>,
) -> Result<(), ReadError> {
    let delimiter = delimiter.unwrap_or_else(|| delimiter_of(head));
    let limit = context.options.limits.record_bytes;
    let budget = Rc::new(Cell::new(limit));
    let reader = as_utf8(reader, head).map_err(ReadError::Io)?;
    let budgeted = Budgeted { reader, budget: Rc::clone(&budget), limit };
    let mut table = ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(budgeted);
    let format = if delimiter == b'\t' { "tsv" } else { "csv" };
    let header: Vec<String> =
        table.byte_headers().map_err(|error| fault(error, format))?.iter().map(text_of).collect();
    check_header(&header, context, format)?;
    let mut row = ByteRecord::new();
    for number in 1.. {
        budget.set(limit);
        if !table.read_byte_record(&mut row).map_err(|error| fault(error, format))? {
            break;
        }
        let flow = match fields_of(&header, &row)
            .and_then(|fields| record::document_of(&fields, &context.options.fields, format, "csv"))
        {
            Ok(document) => sink.record(number, document),
            Err(fault) => sink.fail(number, fault),
        };
        if flow.is_break() {
            break;
        }
    }
    Ok(())
}

fn check_header(header: &[String], context: &Context<'_>, format: &'static str) -> Result<(), ReadError> {
    let fields: Fields = header.iter().map(|name| (name.clone(), Value::String("x".to_owned()))).collect();
    match record::document_of(&fields, &context.options.fields, format, "csv") {
        Ok(_) => Ok(()),
        Err(fault) => Err(ReadError::Malformed { format, reason: format!("the header has {fault}") }),
    }
}

fn fields_of(header: &[String], row: &ByteRecord) -> Result<Fields, RecordFault> {
    if row.iter().skip(header.len()).any(|cell| !cell.trim_ascii().is_empty()) {
        let (cells, names) = (row.len(), header.len());
        return Err(RecordFault::Malformed(format!("{cells} cells under a header of {names}")));
    }
    let cells = header.iter().zip(row.iter());
    let named = cells.filter(|(_, cell)| !cell.trim_ascii().is_empty());
    Ok(named.map(|(name, cell)| (name.clone(), Value::String(text_of(cell)))).collect())
}

fn text_of(cell: &[u8]) -> String {
    match std::str::from_utf8(cell) {
        Ok(text) => text.to_owned(),
        Err(_) => decode(cell, None).text.into_owned(),
    }
}

/// The delimiter that the header has most of; a comma where it has none.
fn delimiter_of(head: &[u8]) -> u8 {
    let decoded = decode(head, None).text;
    let line = decoded.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
    let count = |delimiter: u8| line.bytes().filter(|byte| *byte == delimiter).count();
    DELIMITERS.into_iter().rev().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',')
}

fn fault(error: csv::Error, format: &'static str) -> ReadError {
    let reason = error.to_string();
    match error.into_kind() {
        csv::ErrorKind::Io(error) if error.get_ref().is_none_or(|inner| !inner.is::<RowTooLong>()) => {
            ReadError::Io(error)
        }
        csv::ErrorKind::Io(error) => ReadError::Malformed { format, reason: error.to_string() },
        _ => ReadError::Malformed { format, reason },
    }
}

#[derive(Debug, thiserror::Error)]
#[error("a row longer than {}; perhaps a quotation mark is not closed", size_text(*limit))]
struct RowTooLong {
    limit: u64,
}

/// Lets no more bytes through than one row may have.
struct Budgeted<R> {
    reader: R,
    budget: Rc<Cell<u64>>,
    limit: u64,
}

impl<R: Read> Read for Budgeted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        match self.budget.get().checked_sub(read as u64) {
            Some(rest) => self.budget.set(rest),
            None => return Err(io::Error::other(RowTooLong { limit: self.limit })),
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{documents, read_bytes, said};
    use crate::article::FieldName;
    use crate::document::{Content, Limits, ReadOptions};

    #[test]
    fn rows_become_documents_by_their_header() {
        let table = "id,Title,publication,author,date,content\n\
            7,\"Rain, at last\",Harbour Post,\"['Ada Quill', 'Ben Moor']\",2016-12-31,\"First.\n\nSecond.\"\n";
        let document = documents("a.csv", table.as_bytes()).remove(0);
        assert_eq!(document.location.to_string(), "a.csv#1");
        assert_eq!(said(&document, FieldName::Headline), Some("Rain, at last"));
        let authors = document.witnesses.iter().filter(|witness| witness.field == FieldName::Byline);
        assert_eq!(
            authors.map(|witness| witness.raw.as_str()).collect::<Vec<_>>(),
            ["Ada Quill", "Ben Moor"]
        );
        assert_eq!(document.witnesses[0].rule, "csv:title");
        assert_eq!(document.content, Content::Prose("First.\n\nSecond.".into()));
        assert_eq!(document.extra.get("id").map(String::as_str), Some("7"));
    }

    #[test]
    fn delimiters_and_encodings_are_recognised() {
        let table = "title;text\nДождь прошёл;По словам министра, река вышла из берегов.\n";
        let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode(table);
        assert_eq!(said(&documents("a.csv", &bytes)[0], FieldName::Headline), Some("Дождь прошёл"));
        assert_eq!(documents("a.tsv", b"title\ttext\nOne\tFirst.\n")[0].format, "tsv");
    }

    #[test]
    fn bad_rows_and_headers_are_named() {
        let (results, _) = read_bytes("a.csv", b"title,text\na,b,c\nd,e\n", &ReadOptions::default());
        assert_eq!(results[0].as_ref().unwrap_err().to_string(), "a.csv#1: 3 cells under a header of 2");
        assert!(results[1].is_ok());
        let (_, outcome) = read_bytes("a.csv", b"1,2\n3,4\n", &ReadOptions::default());
        assert!(outcome.unwrap_err().to_string().starts_with("no valid csv: the header has no field"));
        let limits = Limits { record_bytes: 50_000, ..Limits::default() };
        let options = ReadOptions { limits, ..ReadOptions::default() };
        let open = format!("title,text\na,\"{}", "endless ".repeat(50_000));
        let (_, outcome) = read_bytes("a.csv", open.as_bytes(), &options);
        assert!(outcome.unwrap_err().to_string().contains("not closed"));
    }
}
