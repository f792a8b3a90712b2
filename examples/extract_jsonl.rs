//! Prints the article of every file of a folder as one JSON object a line:
//! `cargo run --example extract_jsonl FOLDER`.
//!
//! `.txt` files count as scraped plain text, others as HTML pages, all as UTF-8.

use std::{error::Error, io::Write, path::Path};

use newsidx::{
    article::Article,
    document::{Content, Document, Location},
    extract::{ExtractOptions, extract},
};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: extract_jsonl FOLDER")?;
    let mut paths: Vec<_> =
        std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    paths.sort();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for path in paths {
        let record = match extract(&document_of(&path)?, &ExtractOptions::default()) {
            Ok(article) => record_of(&path, &article)?,
            Err(error) => {
                serde_json::json!({ "id": path.file_stem().map(|s| s.to_string_lossy()), "error": error.to_string() })
            }
        };
        writeln!(out, "{record}")?;
    }
    Ok(())
}

/// The article with the keys that scoring programs look for.
fn record_of(path: &Path, article: &Article) -> serde_json::Result<serde_json::Value> {
    let mut record = serde_json::to_value(article)?;
    record["id"] = path.file_stem().map(|stem| stem.to_string_lossy()).into();
    record["date"] = article.published.as_ref().map(|moment| moment.iso.as_str()).into();
    record["site"] = article.publisher.as_ref().map(|outlet| outlet.name.as_str()).into();
    Ok(record)
}

fn document_of(path: &Path) -> std::io::Result<Document> {
    let text = String::from_utf8_lossy(&std::fs::read(path)?).into_owned();
    let (format, content) = match path.extension().and_then(|extension| extension.to_str()) {
        Some("txt") => ("text", Content::Lines(text)),
        _ => ("html", Content::Page(text)),
    };
    Ok(Document {
        location: Location { path: path.to_string_lossy().into_owned(), record: None },
        format,
        content,
        witnesses: Vec::new(),
        extra: Default::default(),
        captured: None,
    })
}
