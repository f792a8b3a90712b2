//! The parsers, a file per format: from a stream to documents. None of them opens a file by its own
//! choice or judges what is story and what is furniture.

mod blocks;
mod csv;
mod docx;
pub(super) mod epub;
mod exports;
pub(super) mod factiva;
mod feed;
pub(super) mod html;
mod http;
mod json;
mod jsonl;
pub(super) mod lexis;
mod mail;
mod markdown;
mod newsml;
mod nitf;
mod packages;
mod pdf;
pub(super) mod pocket;
mod text;
mod warc;
mod xmlrecords;

use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::path::Path;

use super::archive;
use super::format::Format;
use super::read::{ReadError, ReadOptions};
use super::sink::RecordSink;
use super::skip::SkipReason;

/// What every parser is handed.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) options: &'a ReadOptions,
    /// How many containers the stream lies in.
    pub(super) depth: usize,
    /// How many bytes the file may still unpack to.
    pub(super) budget: &'a Cell<u64>,
}

impl<'a> Context<'a> {
    /// The context of what lies in a container that is read in this one.
    pub(super) fn nested(&self) -> Result<Self, SkipReason> {
        let limit = self.options.limits.container_depth;
        if self.depth >= limit {
            return Err(SkipReason::TooNested { limit });
        }
        Ok(Self { depth: self.depth + 1, ..*self })
    }
}

/// A stream to be parsed.
pub(super) struct Input<'a> {
    /// The file's or member's name, without the extension of its packing.
    pub(super) name: &'a str,
    pub(super) reader: Box<dyn BufRead + 'a>,
    /// The file itself, for formats that are read from their end; none when packed or nested.
    pub(super) path: Option<&'a Path>,
}

/// Runs the parser of `format`; `head` is what the stream begins with.
pub(super) fn parse(
    format: Format,
    input: Input<'_>,
    head: &[u8],
    context: &Context<'_>,
    sink: &mut RecordSink<'_>,
) -> Result<(), ReadError> {
    match format {
        Format::Text => text::parse(&whole(input, context)?, context, sink),
        Format::Html => html::parse(whole(input, context)?, sink),
        Format::Markdown => markdown::parse(&whole(input, context)?, context, sink),
        Format::Json => json::parse(input.reader, head, context, sink),
        Format::JsonLines => jsonl::parse(input.reader, head, context, sink),
        Format::Csv => csv::parse(input.reader, head, None, context, sink),
        Format::Feed => feed::parse(&whole(input, context)?, context, sink),
        Format::Nitf => nitf::parse(&whole(input, context)?, context, sink),
        Format::NewsMl => newsml::parse(&whole(input, context)?, context, sink),
        Format::Xml => xmlrecords::parse(&whole(input, context)?, context, sink),
        Format::Warc => warc::parse(input.reader, context, sink),
        Format::Mail => mail::parse_message(&whole(input, context)?, sink),
        Format::Mbox => mail::parse_mbox(input.reader, context, sink),
        Format::Mhtml => mail::parse_mhtml(&whole(input, context)?, sink),
        Format::Zip => archive::parse_zip(input, context, sink),
        Format::Tar => archive::parse_tar(input, context, sink),
        Format::Factiva => factiva::parse(&whole(input, context)?, sink),
        Format::Lexis => lexis::parse(&whole(input, context)?, sink),
        Format::Pocket => pocket::parse(&whole(input, context)?, sink),
        Format::Epub => epub::parse(whole(input, context)?, context, sink),
        Format::Docx => docx::parse(whole(input, context)?, context, sink),
        Format::Pdf => pdf::parse(whole(input, context)?, context, sink),
        Format::Tsv => csv::parse(input.reader, head, Some(b'\t'), context, sink),
    }
}

/// Reads a stream that is one document to its end.
pub(super) fn whole(input: Input<'_>, context: &Context<'_>) -> Result<Vec<u8>, ReadError> {
    let limit = context.options.limits.file_bytes;
    let size = input.path.and_then(|path| path.metadata().ok()).map(|found| found.len());
    if let Some(bytes) = size.filter(|size| *size > limit) {
        return Err(SkipReason::TooLarge { bytes, limit }.into());
    }
    let mut bytes = Vec::with_capacity(size.map_or(0, |size| size as usize + 1));
    let read = input.reader.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(ReadError::Io)?;
    if read as u64 > limit {
        return Err(SkipReason::TooLarge { bytes: read as u64, limit }.into());
    }
    Ok(bytes)
}

/// The error for a file that is no valid `format`.
pub(super) fn malformed(format: &'static str) -> impl Fn(String) -> ReadError {
    move |reason| ReadError::Malformed { format, reason }
}

/// How reading one bounded piece of a stream ended.
pub(super) enum Piece {
    /// It is in the buffer.
    Read,
    /// It was longer than the limit and has been passed over.
    TooLong(u64),
    /// The stream is at its end.
    End,
}

/// Reads a line of at most `limit` bytes into `line`, without its line break; passes over a longer
/// one without holding it.
pub(super) fn read_line(reader: &mut dyn BufRead, line: &mut Vec<u8>, limit: u64) -> io::Result<Piece> {
    line.clear();
    let mut bytes = 0_u64;
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Ok(match bytes {
                0 => Piece::End,
                _ if bytes > limit => Piece::TooLong(bytes),
                _ => Piece::Read,
            });
        }
        let (taken, ended) = match memchr::memchr(b'\n', buffer) {
            Some(at) => (at + 1, true),
            None => (buffer.len(), false),
        };
        bytes += taken as u64;
        if bytes <= limit {
            line.extend_from_slice(&buffer[..taken]);
        } else {
            line.clear();
        }
        reader.consume(taken);
        if ended {
            if bytes > limit {
                return Ok(Piece::TooLong(bytes));
            }
            line.pop();
            line.pop_if(|last| *last == b'\r');
            return Ok(Piece::Read);
        }
    }
}

#[cfg(test)]
pub(super) mod testing {
    //! Runs a parser over bytes in memory.

    use std::ops::ControlFlow;

    use super::*;
    use crate::article::FieldName;
    use crate::document::{Document, RecordError, read::read_stream};

    /// What a stream called `name` gives.
    pub(crate) fn read_bytes(
        name: &str,
        bytes: &[u8],
        options: &ReadOptions,
    ) -> (Vec<Result<Document, RecordError>>, Result<Format, ReadError>) {
        let mut results = Vec::new();
        let mut consumer = |result| {
            results.push(result);
            ControlFlow::Continue(())
        };
        let mut sink = RecordSink::new(name, &mut consumer);
        let budget = Cell::new(options.limits.unpacked_bytes);
        let input = Input { name, reader: Box::new(io::Cursor::new(bytes)), path: None };
        let outcome = read_stream(input, &Context { options, depth: 0, budget: &budget }, &mut sink);
        (results, outcome)
    }

    /// The documents of a stream without fault.
    pub(crate) fn documents(name: &str, bytes: &[u8]) -> Vec<Document> {
        let (results, outcome) = read_bytes(name, bytes, &ReadOptions::default());
        outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
        results.into_iter().map(|result| result.unwrap_or_else(|error| panic!("{error}"))).collect()
    }

    /// What the first witness for `field` says.
    pub(crate) fn said(document: &Document, field: FieldName) -> Option<&str> {
        document.witnesses.iter().find(|witness| witness.field == field).map(|witness| witness.raw.as_str())
    }
}
