//! What each stage of the way costs, over the sample corpus: bytes per second of the text it sees.

use std::ops::ControlFlow;
use std::path::Path;

use divan::Bencher;
use divan::counter::BytesCount;
use newsidx::analysis::terms;
use newsidx::article::Article;
use newsidx::document::{Content, Document, Found, ReadOptions, WalkOptions, read_file, walk};
use newsidx::extract::{ExtractOptions, extract};
use newsidx::names::annotate;
use newsidx::names::gazetteer::Gazetteer;
use newsidx::query::{ParseOptions, PlanOptions, parse, plan};

fn main() {
    divan::main();
}

fn documents(wanted: fn(&Content) -> bool) -> Vec<Document> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-corpus");
    let mut documents = Vec::new();
    for found in walk(&root, &WalkOptions::default()) {
        let Found::File(file) = found else { continue };
        let read = read_file(&file.path, "", &ReadOptions::default(), &mut |record| {
            documents.extend(record.into_iter().filter(|document| wanted(&document.content)));
            ControlFlow::Continue(())
        });
        assert!(read.is_ok(), "{}", file.path.display());
    }
    documents
}

fn bytes_of(document: &Document) -> usize {
    match &document.content {
        Content::Page(text) | Content::Fragment(text) | Content::Lines(text) | Content::Prose(text) => {
            text.len()
        }
        Content::Blocks(blocks) => blocks.iter().map(|block| block.text.len()).sum(),
    }
}

fn articles() -> Vec<Article> {
    let options = ExtractOptions::default();
    documents(|_| true).iter().filter_map(|document| extract(document, &options).ok()).collect()
}

fn extract_all(bencher: Bencher, wanted: fn(&Content) -> bool) {
    let documents = documents(wanted);
    let options = ExtractOptions::default();
    let bytes: usize = documents.iter().map(bytes_of).sum();
    bencher
        .counter(BytesCount::new(bytes))
        .bench(|| documents.iter().filter_map(|document| extract(document, &options).ok()).count());
}

#[divan::bench]
fn extract_pages(bencher: Bencher) {
    extract_all(bencher, |content| matches!(content, Content::Page(_)));
}

#[divan::bench]
fn extract_texts(bencher: Bencher) {
    extract_all(bencher, |content| matches!(content, Content::Lines(_) | Content::Prose(_)));
}

#[divan::bench]
fn names_citations_quotes(bencher: Bencher) {
    let articles = articles();
    let bytes: usize = articles.iter().map(|article| article.text.len()).sum();
    bencher.counter(BytesCount::new(bytes)).bench(|| {
        articles
            .iter()
            .cloned()
            .map(|mut article| {
                annotate(&mut article);
                article.mentions.len()
            })
            .sum::<usize>()
    });
}

#[divan::bench]
fn gazetteer(bencher: Bencher) {
    let articles = articles();
    let bytes: usize = articles.iter().map(|article| article.text.len()).sum();
    let mut hits = Vec::new();
    bencher.counter(BytesCount::new(bytes)).bench_local(|| {
        for article in &articles {
            hits.clear();
            Gazetteer::builtin().find(&article.text, &mut hits);
        }
        hits.len()
    });
}

#[divan::bench]
fn analyse(bencher: Bencher) {
    let articles = articles();
    let bytes: usize = articles.iter().map(|article| article.text.len()).sum();
    bencher
        .counter(BytesCount::new(bytes))
        .bench(|| articles.iter().map(|article| terms(&article.text).len()).sum::<usize>());
}

#[divan::bench]
fn parse_and_plan(bencher: Bencher) {
    let options = ParseOptions::new(jiff::ZonedDateTime::now());
    bencher.bench(|| {
        let query = parse(
            "headline:\"missile restrictions\" (Kharkov OR Kyiv) source:Meduza since:30d -grain",
            &options,
        );
        query.map(|query| plan(&query, Gazetteer::builtin(), PlanOptions::default()))
    });
}
