//! Trains the tagger's model.
//!
//! ```text
//! python3 training/tagger_texts.py TRAIN PAGES LABELLED
//! cargo run --release --example train_tagger -- TRAIN LABELLED MODEL
//! ```
//! `schema/models/tagger.md` says what the folders hold; MODEL is the file to write. One thread; the
//! same files give the same bytes.

mod corpus;

use std::path::Path;

use anyhow::{Context, ensure};
use newsidx::names::lists::{Lists, evidence_for_tagger};
use newsidx::names::tagger::train::{Settings, train as learn};

/// Labelled documents (from LABELLED) and how much each counts.
const DOCUMENTS: [(&str, f32); 2] = [("gmb.jsonl", 0.6), ("pages.jsonl", 0.4)];

/// Labelled sentences (from TRAIN) and how much each counts.
const SENTENCES: [(&str, f32); 1] = [("wnut.tsv", 0.6)];

fn main() -> anyhow::Result<()> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    ensure!(arguments.len() == 3, "usage: train_tagger TRAIN LABELLED MODEL");
    let (train, labelled, output) =
        (Path::new(&arguments[0]), Path::new(&arguments[1]), Path::new(&arguments[2]));
    let mut examples = Vec::new();
    for (name, weight) in SENTENCES {
        examples.extend(corpus::labelled_sentences(&read(&train.join(name))?, weight));
    }
    for (name, weight) in DOCUMENTS {
        let documents = corpus::labelled_documents(&read(&labelled.join(name))?, weight);
        examples.extend(documents.with_context(|| format!("`{name}` holds no labelled documents"))?);
    }
    let lists = Lists::builtin();
    for example in &mut examples {
        example.hits = evidence_for_tagger(&lists.find(&example.text)).into_owned();
    }
    let clusters =
        corpus::word_clusters(&read(&train.join("clusters.tsv"))?).context("a word has two clusters")?;
    eprintln!("{} texts", examples.len());
    let report = |epoch, loss| eprintln!("epoch {epoch}: loss {loss:.4}");
    let bytes = learn(&examples, clusters, &Settings::default(), report).write()?;
    std::fs::write(output, &bytes).with_context(|| format!("cannot write `{}`", output.display()))?;
    eprintln!("{} bytes", bytes.len());
    Ok(())
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))
}
