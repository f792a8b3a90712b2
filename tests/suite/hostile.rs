//! Runs the library over `tests/hostile/`: broken and malicious files, each of which may cost itself
//! and nothing else.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use newsidx::article::{Article, TextField};
use newsidx::document::{Document, ReadOptions, RecordError, read_file};
use newsidx::extract::{ExtractOptions, extract};
use newsidx::names::annotate;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile")
}

fn names() -> Vec<String> {
    let entries = fs::read_dir(root()).expect("the folder");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// What one file gave: its documents, the records that could not be read, and the file's own fault.
struct Outcome {
    documents: Vec<Document>,
    faults: Vec<RecordError>,
    error: Option<String>,
}

fn read(name: &str) -> Outcome {
    let (mut documents, mut faults) = (Vec::new(), Vec::new());
    let result = read_file(&root().join(name), name, &ReadOptions::default(), &mut |result| {
        match result {
            Ok(document) => documents.push(document),
            Err(fault) => faults.push(fault),
        }
        ControlFlow::Continue(())
    });
    Outcome { documents, faults, error: result.err().map(|error| error.to_string()) }
}

fn articles(name: &str) -> Vec<Article> {
    let article = |document: &Document| {
        let mut article = extract(document, &ExtractOptions::default()).ok()?;
        annotate(&mut article);
        Some(article)
    };
    read(name).documents.iter().filter_map(article).collect()
}

fn assert_spans(name: &str, article: &Article) {
    let holds = |field: TextField, span: newsidx::article::Span| {
        let text = article.text_of(field);
        assert!(text.get(span.start..span.end).is_some(), "{name}: {span:?} in {field:?}");
    };
    for mention in &article.mentions {
        assert_eq!(mention.span.of(article.text_of(mention.field)), mention.surface, "{name}");
    }
    article.citations.iter().for_each(|citation| holds(citation.field, citation.span));
    article.quotes.iter().for_each(|quote| holds(quote.field, quote.span));
    article.sections.iter().for_each(|section| holds(TextField::Body, section.span));
    let covered = article.sections.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start);
    assert!(covered, "{name}: sections overlap");
}

#[test]
fn every_file_is_read_or_says_why_not() {
    for name in names() {
        let outcome = read(&name);
        let silent = outcome.documents.is_empty() && outcome.faults.is_empty() && outcome.error.is_none();
        assert!(!silent, "{name}: neither a document nor a reason");
        let reasons = outcome.faults.iter().map(ToString::to_string).chain(outcome.error);
        for reason in reasons {
            assert!(!reason.trim().is_empty(), "{name}: an empty reason");
            assert!(!reason.contains(char::is_control), "{name}: control characters in {reason:?}");
        }
    }
}

#[test]
fn spans_hold_and_the_same_file_gives_the_same_articles() {
    for name in names() {
        let (first, second) = (articles(&name), articles(&name));
        assert_eq!(first, second, "{name}");
        first.iter().for_each(|article| assert_spans(&name, article));
    }
}

#[test]
fn one_bad_line_costs_one_record() {
    let outcome = read("bad-line.jsonl");
    let numbers: Vec<_> = outcome.documents.iter().map(|document| document.location.record).collect();
    assert_eq!(numbers, [Some(1), Some(3)]);
    assert_eq!(outcome.faults.len(), 1);
    assert_eq!(outcome.faults[0].location.record, Some(2));
    assert_eq!(outcome.error, None);
}

#[test]
fn records_of_wrong_types_leave_the_sound_one() {
    let outcome = read("wrong-types.jsonl");
    let last = outcome.documents.last().expect("the sound record");
    assert_eq!(last.location.record, Some(8));
    assert!(outcome.faults.len() >= 6, "{:?}", outcome.faults);
}

#[test]
fn broken_files_say_what_is_wrong_with_them() {
    for (name, said) in [("empty.txt", "empty"), ("not-gzip.txt.gz", "unknown format")] {
        let error = read(name).error.unwrap_or_else(|| panic!("{name} was read"));
        assert!(error.contains(said), "{name}: {error}");
    }
    for name in ["truncated.json", "deep.json"] {
        let outcome = read(name);
        assert!(outcome.documents.is_empty(), "{name} gave a document");
    }
}

#[test]
fn text_is_read_in_the_encoding_it_is_in() {
    let text = |name: &str| {
        let articles = articles(name);
        let article = articles.first().unwrap_or_else(|| panic!("{name} gave no article"));
        article.text.clone()
    };
    assert!(text("utf16le.txt").contains("Each letter takes two bytes"));
    assert!(text("bom-and-crlf.txt").contains("Nothing else is the matter with it, said the harbour office"));
    assert!(!text("bom-and-crlf.txt").contains(['\r', '\u{feff}']));
    assert!(text("declared-utf8-is-latin1.html").contains("Besançon"));
    assert!(text("declared-latin1-is-utf8.html").contains("Fähre nach Föhr"));
    assert!(text("bad-utf8-middle.txt").contains("is whole."));
}

#[test]
fn a_broken_record_does_not_hide_the_story_of_its_page() {
    for (name, story) in [
        ("broken-jsonld.html", "a bakery in Braga"),
        ("jsonld-loop.html", "the roundabout in Évora"),
        ("bad-front-matter.md", "a gardener in Delft wrote the rest"),
        ("yaml-bomb.md", "Nine to the ninth"),
    ] {
        let articles = articles(name);
        assert!(articles.iter().any(|article| article.text.contains(story)), "{name}: {articles:#?}");
    }
}
