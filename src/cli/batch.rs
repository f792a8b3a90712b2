//! Many queries in one process: a line each, `name<TAB>query` or a query alone; or a table with a column
//! `query`.

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

/// Queries as they are read.
pub type Queries = Box<dyn Iterator<Item = io::Result<BatchQuery>>>;

/// Columns of a table that name its queries, the first of them that it has.
const NAME_COLUMNS: [&str; 3] = ["qid", "name", "id"];

/// The queries of `path`, `-` for standard input, as they are read; empty ones are passed over. A path
/// that ends with `.csv` is a table.
pub fn queries(path: &Path) -> Result<Queries, Failure> {
    if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv")) {
        return table(path);
    }
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
    Ok(Box::new(std::iter::from_fn(move || {
        loop {
            line_number += 1;
            match bounded_line(&mut reader) {
                Ok(None) => return None,
                Err(error) => return Some(Err(error)),
                Ok(Some(line)) if line.trim().is_empty() => {}
                Ok(Some(line)) => return Some(Ok(batch_query(&line, line_number))),
            }
        }
    })))
}

/// The queries of a table (RFC 4180) with a column `query`; a query's name is in the column `qid`,
/// `name` or `id`, else it is the number of the record.
fn table(path: &Path) -> Result<Queries, Failure> {
    let fault = |error: csv::Error| Failure::usage(format!("cannot read `{}`: {error}", path.display()));
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path).map_err(fault)?;
    let headers = reader.headers().map_err(fault)?.clone();
    let column = |name: &str| headers.iter().position(|header| header.trim().eq_ignore_ascii_case(name));
    let Some(query) = column("query") else {
        let failure = Failure::usage(format!("`{}` has no column `query`", path.display()));
        return Err(failure.hint("its first line names the columns, such as `name,query`"));
    };
    let name = NAME_COLUMNS.into_iter().find_map(column);
    let queries = (1_usize..).zip(reader.into_records()).map(move |(number, record)| {
        let record = record?;
        let text = record.get(query).unwrap_or("").to_owned();
        let qid = name.and_then(|name| record.get(name)).map(str::trim).filter(|name| !name.is_empty());
        Ok(BatchQuery { qid: qid.map_or_else(|| number.to_string(), str::to_owned), text })
    });
    Ok(Box::new(queries.filter(|query| query.as_ref().map_or(true, |query| !query.text.trim().is_empty()))))
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
