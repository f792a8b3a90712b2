//! Prints the names of every `.txt` file of a folder, a JSON object a file and line.
//!
//! ```text
//! cargo run --release --example entities_jsonl -- FOLDER
//! ```
//! The file's text is taken as a body as it stands, so that spans are byte offsets in the file.

use std::io::Write;
use std::path::PathBuf;

use newsidx::article::{Article, Evidence, Kind, Mention, SourceKind, TextField};
use newsidx::names::Annotator;
use serde_json::json;

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1).map(PathBuf::from).unwrap_or_default();
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(&folder)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    paths.sort();
    let annotator = Annotator::default();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for path in paths {
        let text = String::from_utf8_lossy(&std::fs::read(&path)?).into_owned();
        let mut article = Article { text, ..Article::default() };
        annotator.annotate(&mut article);
        writeln!(out, "{}", record(&path.file_stem().unwrap_or_default().to_string_lossy(), &article))?;
    }
    Ok(())
}

fn record(id: &str, article: &Article) -> serde_json::Value {
    let cited = |mention: &Mention| {
        article.citations.iter().any(|citation| {
            let named = citation.source.kind != SourceKind::Unnamed && citation.evidence != Evidence::Link;
            // "Ukraine said" names a state, not a source among outlets, bodies and persons.
            let speaks = mention.entity.kind != Kind::Place || citation.source.kind == SourceKind::Person;
            named && speaks && citation.field == mention.field && citation.span.overlaps(mention.span)
        })
    };
    let mut entities: Vec<_> = article
        .mentions
        .iter()
        .map(|mention| {
            let kind = match mention.entity.kind {
                _ if mention.demonym => "NORP",
                Kind::Person => "PER",
                Kind::Organisation => "ORG",
                Kind::Place => "LOC",
            };
            json!({
                "text": mention.surface, "canonical": mention.entity.name, "id": mention.entity.id, "type": kind,
                "start": mention.span.start, "end": mention.span.end, "country": mention.entity.country,
                "role": cited(mention).then_some("source"),
            })
        })
        .collect();
    // Outlets and surnames that are sources where they stand, but no mentions; descriptions and
    // pronouns are no names and stay out.
    for citation in article.citations.iter().filter(|citation| citation.field == TextField::Body) {
        let surface = citation.span.of(&article.text);
        let kind = match citation.source.kind {
            SourceKind::Outlet if citation.evidence != Evidence::Link => "ORG",
            SourceKind::Person if citation.source.name.ends_with(surface) => "PER",
            _ => continue,
        };
        if !article.mentions.iter().any(|mention| mention.span.overlaps(citation.span)) {
            entities.push(json!({
                "text": surface, "canonical": citation.source.name, "id": citation.source.id, "type": kind,
                "start": citation.span.start, "end": citation.span.end, "role": "source",
            }));
        }
    }
    json!({ "id": id, "entities": entities, "countries": article.countries })
}
