//! Runs the library over `sample-corpus/` and compares with `sample-corpus/expected/`.
//!
//! What is known to be missed stands in `expected/known-misses.tsv`; a miss that is not listed fails, and so does one
//! that is listed and no longer missed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use newsidx::article::{Article, Evidence, Kind, Span, TextField};
use newsidx::document::{Document, Found, ReadOptions, WalkOptions, path::path_text, read_file, walk};
use newsidx::extract::{ExtractOptions, extract};
use newsidx::names::annotate;
use serde::Deserialize;

/// A line of `expected/articles.jsonl`; what is absent is not judged.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    path: String,
    record: Option<u64>,
    headline: Option<String>,
    dek: Option<String>,
    byline: Option<Vec<String>>,
    publisher: Option<String>,
    #[serde(default, with = "judged")]
    host: Option<Option<String>>,
    credit: Option<String>,
    published: Option<String>,
    language: Option<String>,
    url: Option<String>,
    sections: Option<Vec<String>>,
    body_starts: Option<String>,
    body_ends: Option<String>,
    #[serde(default)]
    body_lacks: Vec<String>,
    #[serde(default)]
    must_have_entities: Vec<ExpectedEntity>,
    #[serde(default)]
    citations: Vec<ExpectedCitation>,
    #[serde(default)]
    quotes: Vec<ExpectedQuote>,
}

#[derive(Deserialize)]
struct ExpectedEntity {
    name: String,
    kind: Kind,
}

#[derive(Deserialize)]
struct ExpectedCitation {
    source: String,
    evidence: Evidence,
    section: Option<usize>,
}

#[derive(Deserialize)]
struct ExpectedQuote {
    words_start: String,
    speaker: String,
}

/// Tells an absent field from one that is null.
mod judged {
    use serde::{Deserialize, Deserializer};

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<String>>, D::Error> {
        Option::<String>::deserialize(from).map(Some)
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-corpus")
}

/// Every document of the corpus by its location below the root; the only record of a file goes by
/// the path alone.
fn documents() -> BTreeMap<String, Document> {
    let root = root();
    let mut documents = Vec::new();
    for found in walk(&root, &WalkOptions::default()) {
        let Found::File(file) = found else { continue };
        let shown = path_text(file.path.strip_prefix(&root).expect("below the root"));
        read_file(&file.path, &shown, &ReadOptions::default(), &mut |result| {
            documents.push(result.unwrap_or_else(|error| panic!("{error}")));
            ControlFlow::Continue(())
        })
        .unwrap_or_else(|error| panic!("{shown}: {error}"));
    }
    let mut records: BTreeMap<String, usize> = BTreeMap::new();
    for document in &documents {
        *records.entry(document.location.path.clone()).or_default() += 1;
    }
    let located = |document: Document| match records[&document.location.path] {
        1 => (document.location.path.clone(), document),
        _ => (document.location.to_string(), document),
    };
    documents.into_iter().map(located).collect()
}

fn articles() -> BTreeMap<String, Article> {
    let read = |(location, document): (String, Document)| {
        let mut article = extract(&document, &ExtractOptions::default())
            .unwrap_or_else(|error| panic!("{location}: {error}"));
        annotate(&mut article);
        (location, article)
    };
    documents().into_iter().map(read).collect()
}

fn expected() -> Vec<Expected> {
    let lines = fs::read_to_string(root().join("expected/articles.jsonl")).expect("expected values");
    let parse = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    lines.lines().map(parse).collect()
}

impl Expected {
    fn location(&self) -> String {
        match self.record {
            Some(record) => format!("{}#{record}", self.path),
            None => self.path.clone(),
        }
    }
}

/// Collects what differs, as `location<TAB>field<TAB>wanted`, with what there is instead.
#[derive(Default)]
struct Misses(BTreeMap<String, String>);

impl Misses {
    fn add(&mut self, location: &str, field: &str, wanted: &str, got: impl Into<String>) {
        self.0.insert(format!("{location}\t{field}\t{wanted}"), got.into());
    }

    fn equal(&mut self, location: &str, field: &str, wanted: Option<&str>, got: Option<&str>) {
        if let Some(wanted) = wanted
            && Some(wanted) != got
        {
            self.add(location, field, wanted, got.unwrap_or("(none)"));
        }
    }
}

fn check_fields(expected: &Expected, article: &Article, misses: &mut Misses) {
    let at = expected.location();
    let name = |outlet: &Option<newsidx::article::Outlet>| outlet.as_ref().map(|o| o.name.clone());
    misses.equal(&at, "headline", expected.headline.as_deref(), article.headline.as_deref());
    misses.equal(&at, "dek", expected.dek.as_deref(), article.dek.as_deref());
    misses.equal(&at, "publisher", expected.publisher.as_deref(), name(&article.publisher).as_deref());
    misses.equal(&at, "credit", expected.credit.as_deref(), name(&article.credit).as_deref());
    misses.equal(&at, "language", expected.language.as_deref(), article.language.as_deref());
    misses.equal(&at, "url", expected.url.as_deref(), article.url.as_deref());
    let published = article.published.as_ref().map(|moment| moment.iso.get(..10).unwrap_or(&moment.iso));
    misses.equal(&at, "published", expected.published.as_deref(), published);
    if let Some(host) = &expected.host {
        let (wanted, got) = (host.as_deref().unwrap_or("(none)"), name(&article.host));
        misses.equal(&at, "host", Some(wanted), Some(got.as_deref().unwrap_or("(none)")));
    }
    if let Some(byline) = &expected.byline {
        misses.equal(&at, "byline", Some(&byline.join("; ")), Some(&article.byline.join("; ")));
    }
}

/// How far into the prose the expected beginning may stand: room for a dateline.
const DATELINE_CHARS: usize = 60;

fn check_body(expected: &Expected, article: &Article, misses: &mut Misses) {
    let at = expected.location();
    let headings: Vec<&str> = article.sections.iter().map(|s| s.heading.as_deref().unwrap_or("")).collect();
    if let Some(sections) = &expected.sections {
        misses.equal(&at, "sections", Some(&sections.join(" | ")), Some(&headings.join(" | ")));
    }
    let first = article.text.lines().find(|line| !headings.contains(line)).unwrap_or("");
    if let Some(starts) = &expected.body_starts {
        let beginning: String = first.chars().take(DATELINE_CHARS + starts.chars().count()).collect();
        if !beginning.contains(starts.as_str()) {
            misses.add(&at, "body_starts", starts, beginning);
        }
    }
    if let Some(ends) = &expected.body_ends
        && !article.text.trim_end().ends_with(ends.as_str())
    {
        let end: String = article.text.chars().rev().take(60).collect();
        misses.add(&at, "body_ends", ends, end.chars().rev().collect::<String>());
    }
    for unwanted in expected.body_lacks.iter().filter(|unwanted| article.text.contains(unwanted.as_str())) {
        misses.add(&at, "body_lacks", unwanted, "(in the body)");
    }
}

fn check_names(expected: &Expected, article: &Article, misses: &mut Misses) {
    let at = expected.location();
    for wanted in &expected.must_have_entities {
        let same = |m: &&newsidx::article::Mention| m.entity.name == wanted.name;
        match article.mentions.iter().find(same) {
            Some(mention) if mention.entity.kind == wanted.kind => {}
            Some(mention) => misses.add(&at, "entity", &wanted.name, format!("{:?}", mention.entity.kind)),
            None => misses.add(&at, "entity", &wanted.name, "(none)"),
        }
    }
    for wanted in &expected.citations {
        let found = article.citations.iter().any(|c| {
            c.source.name == wanted.source
                && c.evidence == wanted.evidence
                && (wanted.section.is_none() || wanted.section == c.section)
        });
        if !found {
            let section = wanted.section.map(|n| format!(" §{n}")).unwrap_or_default();
            let wanted = format!("{} by {:?}{section}", wanted.source, wanted.evidence);
            misses.add(&at, "citation", &wanted, "(none)");
        }
    }
    for wanted in &expected.quotes {
        let words = |q: &&newsidx::article::Quote| {
            q.span.of(article.text_of(q.field)).starts_with(wanted.words_start.as_str())
        };
        let speaker = article.quotes.iter().find(words).map(|q| q.speaker.as_ref().map(|s| s.name.as_str()));
        if speaker != Some(Some(&wanted.speaker)) {
            let got = speaker.map_or("(no such quote)", |s| s.unwrap_or("(no speaker)"));
            misses.add(&at, "quote", &format!("{}: {}…", wanted.speaker, wanted.words_start), got);
        }
    }
}

#[test]
fn every_article_is_as_expected() {
    let articles = articles();
    let mut misses = Misses::default();
    for expected in expected() {
        let article = &articles[&expected.location()];
        check_fields(&expected, article, &mut misses);
        check_body(&expected, article, &mut misses);
        check_names(&expected, article, &mut misses);
    }
    let known = fs::read_to_string(root().join("expected/known-misses.tsv")).expect("list of known misses");
    let key = |line: &str| line.split('\t').take(3).collect::<Vec<_>>().join("\t");
    let known: BTreeSet<String> = known.lines().filter(|line| !line.starts_with('#')).map(key).collect();
    let new: Vec<String> = misses
        .0
        .iter()
        .filter(|(miss, _)| !known.contains(*miss))
        .map(|(miss, got)| format!("{miss}\tgot: {got}"))
        .collect();
    let found: BTreeSet<String> = misses.0.keys().cloned().collect();
    let mended: Vec<&String> = known.difference(&found).collect();
    assert!(
        new.is_empty() && mended.is_empty(),
        "{} new misses:\n{}\n{} no longer missed, to be taken off the list:\n{mended:#?}",
        new.len(),
        new.join("\n"),
        mended.len()
    );
}

#[test]
fn every_article_is_expected_and_read() {
    let wanted: BTreeSet<String> = expected().iter().map(Expected::location).collect();
    let read: BTreeSet<String> =
        documents().into_keys().filter(|location| !location.starts_with("formats/")).collect();
    assert_eq!(wanted, read);
}

#[test]
fn every_span_reproduces_its_surface() {
    for (location, article) in articles() {
        let check = |field: TextField, span: Span, what: &str| {
            let text = article.text_of(field);
            assert!(text.get(span.start..span.end).is_some(), "{location}: {what} {span:?} in {field:?}");
        };
        for mention in &article.mentions {
            check(mention.field, mention.span, &mention.surface);
            assert_eq!(mention.span.of(article.text_of(mention.field)), mention.surface, "{location}");
        }
        article.citations.iter().for_each(|c| check(c.field, c.span, &c.source.name));
        article.quotes.iter().for_each(|q| check(q.field, q.span, "quote"));
        article.sections.iter().for_each(|s| check(TextField::Body, s.span, "section"));
        article.links.iter().for_each(|l| check(TextField::Body, l.span, &l.url));
    }
}
