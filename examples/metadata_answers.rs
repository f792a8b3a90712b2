//! Prints what extraction hears and settles of the metadata of saved pages, a JSON line a file:
//! `metadata_answers witnesses|features|answers DIR`.
//!
//! The features feed `training/metadata.py`; the answers are what a benchmark scores.

use std::{
    io::{BufWriter, Write},
    path::PathBuf,
};

use newsidx::extract::{html, meta};
use serde_json::json;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [mode, folder] = arguments.as_slice() else {
        anyhow::bail!("usage: metadata_answers witnesses|features|answers DIR");
    };
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder)?.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
    paths.sort();
    let context = meta::Context { captured: None, outlets: newsidx::names::outlets::Outlets::builtin() };
    let mut out = BufWriter::new(std::io::stdout().lock());
    for path in paths {
        let id = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let bytes = std::fs::read(&path)?;
        let Ok(dom) = html::parse(&String::from_utf8_lossy(&bytes)) else { continue };
        let witnesses = meta::witnesses_of_page(&dom, None);
        let line = match mode.as_str() {
            "witnesses" => json!({"id": id, "witnesses": witnesses}),
            "features" => {
                let mut names = std::collections::BTreeMap::new();
                let mut candidates = Vec::new();
                for row in meta::candidate_rows(&witnesses, &context) {
                    candidates
                        .push(json!({"field": row.field, "value": row.value, "features": row.features}));
                    names.entry(row.field).or_insert(row.names);
                }
                json!({"id": id, "names": names, "candidates": candidates})
            }
            "answers" => {
                let settled = meta::settle(&witnesses, &context);
                json!({
                    "id": id, "title": settled.headline, "authors": settled.byline,
                    "date": settled.published.map(|moment| moment.iso), "site": settled.publisher.map(|outlet| outlet.name),
                    "lang": settled.language, "provenance": settled.origins,
                })
            }
            other => anyhow::bail!("unknown mode `{other}`"),
        };
        writeln!(out, "{line}")?;
    }
    Ok(())
}
