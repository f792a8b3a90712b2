//! The formats that counts and lists are written in.

use std::io::{self, Write};

use newsidx::render::{Delimiter, Tagged, picked, write_header, write_json, write_json_pretty, write_row};
use serde::Serialize;

use super::failure::Failure;

/// A format of counts and lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum TableFormat {
    /// For people
    #[default]
    Text,
    /// One object
    Json,
    /// An object a line
    Jsonl,
    /// Comma-separated, with a header (RFC 4180)
    Csv,
    /// Tab-separated, with a header
    Tsv,
}

/// Writes records one by one: `jsonl`, `csv`, `tsv`.
pub struct RecordWriter<'a> {
    out: &'a mut dyn Write,
    format: TableFormat,
    schema: &'static str,
    columns: Vec<String>,
}

impl<'a> RecordWriter<'a> {
    /// A writer of records of `schema`; `columns` are those of `csv` and `tsv`.
    pub fn new(
        out: &'a mut dyn Write,
        format: TableFormat,
        schema: &'static str,
        columns: &[&str],
    ) -> io::Result<Self> {
        let columns: Vec<String> = columns.iter().map(|&column| column.to_owned()).collect();
        if let Some(delimiter) = delimiter(format) {
            write_header(out, &columns, delimiter)?;
        }
        Ok(Self { out, format, schema, columns })
    }

    /// Writes one record.
    pub fn write(&mut self, record: &impl Serialize) -> Result<(), Failure> {
        let tagged = Tagged::new(self.schema, record);
        match delimiter(self.format) {
            Some(delimiter) => {
                let row = picked(&tagged, &self.columns)?;
                write_row(self.out, &row, &self.columns, delimiter)?;
            }
            None => {
                write_json(self.out, &tagged)?;
                self.out.write_all(b"\n")?;
            }
        }
        Ok(())
    }
}

/// Writes `whole` as one object over several lines.
pub fn write_whole(out: &mut dyn Write, schema: &'static str, whole: &impl Serialize) -> Result<(), Failure> {
    write_json_pretty(out, &Tagged::new(schema, whole))?;
    writeln!(out)?;
    Ok(())
}

fn delimiter(format: TableFormat) -> Option<Delimiter> {
    match format {
        TableFormat::Csv => Some(Delimiter::Comma),
        TableFormat::Tsv => Some(Delimiter::Tab),
        _ => None,
    }
}
