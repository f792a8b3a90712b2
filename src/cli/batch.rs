//! Many queries in one process: a line each, `name<TAB>query` or a query alone.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Read};
use std::path::Path;

use newsidx::query::MAX_QUERY_BYTES;

use super::failure::Failure;

/// A query of a batch.
pub struct BatchQuery {
    /// Its name; the number of its line where it has none.
    pub qid: String,
    /// Its text.
    pub text: String,
}

/// The queries of `path`, `-` for standard input, as they are read; empty lines are passed over.
pub fn queries(path: &Path) -> Result<impl Iterator<Item = io::Result<BatchQuery>>, Failure> {
    let reader: Box<dyn Read> = if path.as_os_str() == "-" {
        if io::stdin().is_terminal() {
            return Err(Failure::usage("queries are expected on standard input, which is a terminal"));
        }
        Box::new(io::stdin())
    } else {
        let fault = |error| Failure::usage(format!("cannot read `{}`: {error}", path.display()));
        Box::new(File::open(path).map_err(fault)?)
    };
    let mut reader = BufReader::new(reader);
    let mut line_number = 0;
    Ok(std::iter::from_fn(move || {
        loop {
            line_number += 1;
            match bounded_line(&mut reader) {
                Ok(None) => return None,
                Err(error) => return Some(Err(error)),
                Ok(Some(line)) if line.trim().is_empty() => {}
                Ok(Some(line)) => return Some(Ok(batch_query(&line, line_number))),
            }
        }
    }))
}

fn batch_query(line: &str, number: usize) -> BatchQuery {
    match line.split_once('\t') {
        Some((qid, text)) => BatchQuery { qid: qid.trim().to_owned(), text: text.to_owned() },
        None => BatchQuery { qid: number.to_string(), text: line.to_owned() },
    }
}

/// A line of at most a little more than a query may have: the parser refuses it, and memory is safe.
fn bounded_line(reader: &mut impl BufRead) -> io::Result<Option<String>> {
    let limit = 2 * MAX_QUERY_BYTES;
    let mut line = Vec::new();
    let mut any = false;
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            break;
        }
        any = true;
        let end = buffer.iter().position(|&byte| byte == b'\n');
        let taken = end.map_or(buffer.len(), |end| end + 1);
        let wanted = end.unwrap_or(buffer.len()).min(limit.saturating_sub(line.len()));
        line.extend_from_slice(&buffer[..wanted]);
        reader.consume(taken);
        if end.is_some() {
            break;
        }
    }
    if !any {
        return Ok(None);
    }
    let text = String::from_utf8_lossy(&line);
    Ok(Some(text.strip_suffix('\r').unwrap_or(&text).to_owned()))
}
