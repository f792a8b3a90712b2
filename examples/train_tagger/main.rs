//! Trains the tagger's model: `cargo run --release --example train_tagger -- DIR MODEL`.
//!
//! DIR holds the labelled texts and the cluster table that `schema/models/tagger.md` names; MODEL
//! is the file to write. One thread; the same files give the same bytes.

mod corpus;

use std::path::Path;

use anyhow::{Context, ensure};
use newsidx::names::tagger::train::{Settings, train};

/// The labelled texts and how much each counts.
const TEXTS: [(&str, f32); 3] = [("gmb_silver.tsv", 0.6), ("re3d.tsv", 0.6), ("wnut.tsv", 0.6)];

fn main() -> anyhow::Result<()> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    ensure!(arguments.len() == 2, "usage: train_tagger DIR MODEL");
    let (folder, output) = (Path::new(&arguments[0]), Path::new(&arguments[1]));
    let mut examples = Vec::new();
    for (name, weight) in TEXTS {
        let path = folder.join(name);
        let rows =
            std::fs::read_to_string(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
        examples.extend(corpus::labelled_sentences(&rows, weight));
    }
    let path = folder.join("clusters.tsv");
    let rows = std::fs::read_to_string(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let clusters = corpus::word_clusters(&rows).context("the cluster table holds a word twice")?;
    eprintln!("{} sentences", examples.len());
    let model = train(&examples, clusters, &Settings::default(), |epoch, loss| {
        eprintln!("epoch {epoch}: loss {loss:.4}")
    });
    let bytes = model.write()?;
    std::fs::write(output, &bytes).with_context(|| format!("cannot write `{}`", output.display()))?;
    eprintln!("{} bytes", bytes.len());
    Ok(())
}
