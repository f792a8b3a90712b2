//! Records as rows: CSV for spreadsheets, TSV for the shell.

use std::io::{self, Write};

use serde_json::Value;

use super::sanitise::sanitise_line;

/// What stands between columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delimiter {
    /// RFC 4180; a cell that a spreadsheet would take for a formula gets an apostrophe before it.
    Comma,
    /// One tab; tabs and line breaks in values become blanks.
    Tab,
}

/// Writes the names of the columns.
///
/// # Errors
/// When `out` fails.
pub fn write_header(out: &mut dyn Write, fields: &[String], delimiter: Delimiter) -> io::Result<()> {
    write_cells(out, fields.iter().cloned(), delimiter)
}

/// Writes the values of `fields` of `record`, an object that has them all.
///
/// # Errors
/// When `out` fails.
pub fn write_row(
    out: &mut dyn Write,
    record: &Value,
    fields: &[String],
    delimiter: Delimiter,
) -> io::Result<()> {
    let cells = fields.iter().map(|field| cell(record.get(field).unwrap_or(&Value::Null)));
    write_cells(out, cells, delimiter)
}

fn write_cells(
    out: &mut dyn Write,
    cells: impl Iterator<Item = String>,
    delimiter: Delimiter,
) -> io::Result<()> {
    match delimiter {
        Delimiter::Comma => {
            let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
            writer.write_record(cells.map(|cell| without_formula(&cell)))?;
            writer.flush()
        }
        Delimiter::Tab => {
            let line: Vec<String> = cells.map(|cell| sanitise_line(&cell).into_owned()).collect();
            writeln!(out, "{}", line.join("\t"))
        }
    }
}

/// A value as text: lists joined by semicolons, objects by their name.
pub(super) fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let mut parts: Vec<String> = items.iter().map(cell).filter(|part| !part.is_empty()).collect();
            parts.dedup();
            parts.join("; ")
        }
        Value::Object(fields) => {
            match fields.get("name").or_else(|| fields.get("heading")).or_else(|| fields.get("text")) {
                Some(named) => cell(named),
                None => value.to_string(),
            }
        }
        other => other.to_string(),
    }
}

fn without_formula(cell: &str) -> String {
    let cell = sanitise_line(cell);
    let starts_formula = cell.starts_with(['=', '+', '@', '\t', '\r'])
        || (cell.starts_with('-') && cell.parse::<f64>().is_err());
    if starts_formula { format!("'{cell}") } else { cell.into_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(value: Value, delimiter: Delimiter) -> String {
        let mut out = Vec::new();
        let fields: Vec<String> = value.as_object().unwrap().keys().cloned().collect();
        write_row(&mut out, &value, &fields, delimiter).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn cells_are_quoted_joined_and_harmless() {
        let value =
            serde_json::json!({"a": "x, \"y\"", "b": ["1", "2"], "c": {"id": "q", "name": "Q"}, "d": null});
        assert_eq!(row(value, Delimiter::Comma), "\"x, \"\"y\"\"\",1; 2,Q,\r\n");
        let value = serde_json::json!({"a": "=HYPERLINK(1)", "b": -3, "c": "-cmd", "d": "a\tb\nc"});
        assert_eq!(row(value.clone(), Delimiter::Comma), "'=HYPERLINK(1),-3,'-cmd,a b c\r\n");
        assert_eq!(row(value, Delimiter::Tab), "=HYPERLINK(1)\t-3\t-cmd\ta b c\n");
    }
}
