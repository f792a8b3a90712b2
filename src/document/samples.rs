//! The samples of `sample-corpus/formats` and what must come out of them.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::{Content, Document, ReadOptions, read_file};
use crate::article::FieldName;

/// Where the samples lie.
pub(super) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-corpus/formats")
}

fn documents(name: &str) -> Vec<Document> {
    let mut documents = Vec::new();
    let facts = read_file(&folder().join(name), name, &ReadOptions::default(), &mut |result| {
        documents.push(result.unwrap_or_else(|error| panic!("{error}")));
        ControlFlow::Continue(())
    });
    let facts = facts.unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!((facts.records, facts.failed, facts.skipped), (documents.len() as u64, 0, 0), "{name}");
    documents
}

fn text_of(document: &Document) -> String {
    match &document.content {
        Content::Page(text) | Content::Fragment(text) | Content::Lines(text) | Content::Prose(text) => {
            text.clone()
        }
        Content::Blocks(blocks) => {
            blocks.iter().map(|block| block.text.as_str()).collect::<Vec<_>>().join("\n")
        }
    }
}

fn said(document: &Document, field: FieldName) -> Vec<&str> {
    document
        .witnesses
        .iter()
        .filter(|witness| witness.field == field)
        .map(|witness| witness.raw.as_str())
        .collect()
}

/// File, record (0 for none), format, headline, byline, day of publication, words of the text. An
/// empty text says nothing: pages carry their own metadata.
type Row = (&'static str, u64, &'static str, &'static str, &'static str, &'static str, &'static str);

const ROWS: [Row; 35] = [
    ("crawl.warc.gz", 3, "warc", "", "", "", "clockwork from 1871"),
    ("crawl.warc.gz", 4, "warc", "", "", "", "twenty-one to six"),
    (
        "newsletter.eml",
        0,
        "mail",
        "The week on the island: a mill, a moth and a missing bell",
        "Orla Fenwick",
        "2021-03-12",
        "eleven kilos of barley",
    ),
    (
        "letters.mbox",
        1,
        "mbox",
        "Peat cutters agree on a winter pause",
        "",
        "2021-03-15",
        "\nFrom the council",
    ),
    ("letters.mbox", 2, "mbox", "Library boat gets a second engine", "", "2021-03-22", "one cat"),
    (
        "gazette.rss",
        1,
        "feed",
        "Bell found in a rowing boat",
        "Orla Fenwick",
        "Tue, 16 Mar 2021",
        "<p>“It rings",
    ),
    (
        "gazette.rss",
        2,
        "feed",
        "Kelp harvest begins a fortnight early",
        "Tobias Reed",
        "Thu, 18 Mar 2021",
        "<p>Buyers",
    ),
    (
        "hamnblad.atom",
        1,
        "feed",
        "What the tide mill can teach a bakery",
        "Ines Calloway",
        "2021-03-19",
        "<h2>Bread by the calendar</h2>",
    ),
    ("review.feed.json", 1, "json", "A moth without a name", "Maud Tolliver", "2021-03-23", "eleven drawers"),
    (
        "review.feed.json",
        2,
        "json",
        "The fence on the upper bog",
        "Tobias Reed",
        "2021-03-25",
        "all but a gate",
    ),
    (
        "lantern-walk.nitf",
        0,
        "nitf",
        "Lantern walk drawn out to two nights",
        "Orla Fenwick",
        "20210326",
        "\nWhere to stand\n",
    ),
    (
        "wire-message.xml",
        1,
        "newsml",
        "Island airstrip to close for nesting terns",
        "Ewan Marsh",
        "2021-03-29",
        "terns have begun",
    ),
    ("wire-message.xml", 2, "newsml", "Barley from the tide mill sells out", "", "2021-03-29", "grind again"),
    (
        "ninjs-1.json",
        1,
        "json",
        "Cliff path reopens with a new bridge",
        "Tobias Reed",
        "2021-03-30",
        "six walkers",
    ),
    (
        "ninjs-3.json",
        1,
        "json",
        "Museum sells tickets for its smallest room",
        "Ines Calloway",
        "2021-03-31",
        "<p>Inside are",
    ),
    ("cat-count.mhtml", 0, "mhtml", "", "", "", "thirty-four cats and one fox"),
    ("nets-singlefile.html", 0, "html", "", "", "", "patience and a bad radio"),
    ("outer-islands-review.epub", 1, "epub", "Salt pans under glass", "", "", "greenhouse panes"),
    ("outer-islands-review.epub", 2, "epub", "The stones that walk", "", "", "stop painting numbers"),
    (
        "council-report.docx",
        0,
        "docx",
        "Council wants its minutes sung",
        "Hester Lyle",
        "2021-04-13",
        "\nWhat it will sound like\n",
    ),
    (
        "harbour-sluice.pdf",
        0,
        "pdf",
        "Harbour board mends the old sluice",
        "Orla Fenwick",
        "2021-06-08",
        "by the gates for six weeks",
    ),
    (
        "factiva-export.txt",
        1,
        "factiva",
        "New crane lifts its first boat, gently",
        "By Tobias Reed",
        "15 April 2021",
        "dinghy of forty kilos",
    ),
    (
        "factiva-export.txt",
        2,
        "factiva",
        "Two fishermen share a prize and a boot",
        "",
        "16 April 2021",
        "same fish",
    ),
    (
        "lexis-classic.txt",
        1,
        "lexis",
        "Storm petrels return to the chapel roof",
        "Orla Fenwick",
        "April 20, 2021",
        "where they nest under the slates",
    ),
    (
        "lexis-classic.txt",
        2,
        "lexis",
        "Post office to open whenever the flag is up",
        "Agnes Dunmore",
        "April 22, 2021",
        "with the dog",
    ),
    (
        "nexis-uni.txt",
        1,
        "lexis",
        "Swimmers cross the sound at the third attempt",
        "Maud Tolliver",
        "April 26, 2021",
        "at a picnic",
    ),
    (
        "wallabag.json",
        1,
        "json",
        "How to read a harbour by its ropes",
        "Nell Ashdown",
        "2021-04-30",
        "nine boats out of thirty",
    ),
    (
        "wallabag.json",
        2,
        "json",
        "The last keeper's cookbook",
        "Ines Calloway",
        "2021-05-01",
        "with the stains",
    ),
    ("pocket.csv", 1, "csv", "A choir for the council", "", "", ""),
    ("pocket.html", 1, "pocket", "Salt from a greenhouse", "", "", ""),
    (
        "desk-archive.zip",
        1,
        "text",
        "Puffin post stamps reprinted",
        "Judith Crane",
        "2021-05-10",
        "the second is meant for the organ",
    ),
    ("desk-archive.zip", 2, "html", "", "", "", "rope of ten metres"),
    (
        "desk-archive.tar.gz",
        1,
        "markdown",
        "Gorse fire stops at the school garden",
        "Nell Ashdown",
        "2021-05-14",
        "thanked the beans",
    ),
    (
        "desk-archive.tar.gz",
        2,
        "jsonl",
        "Island radio finds its second listener",
        "Tobias Reed",
        "2021-05-15",
        "less weather",
    ),
    (
        "desk-archive.tar.gz",
        3,
        "jsonl",
        "Beans from the fire garden go on sale",
        "Nell Ashdown",
        "2021-05-21",
        "longer hose",
    ),
];

#[test]
fn every_sample_gives_what_its_format_says() {
    for (name, record, format, headline, byline, published, words) in ROWS {
        if format == "pdf" && !cfg!(feature = "pdf") {
            continue;
        }
        let documents = documents(name);
        let record = (record > 0).then_some(record);
        let document = documents.iter().find(|document| document.location.record == record);
        let document = document.unwrap_or_else(|| panic!("{name}: no record {record:?}"));
        let place = document.location.to_string();
        assert_eq!(document.format, format, "{place}");
        let has = |field: FieldName, wanted: &str| {
            let values = said(document, field);
            assert!(
                wanted.is_empty() || values.iter().any(|value| value.starts_with(wanted)),
                "{place}: {values:?}"
            );
        };
        has(FieldName::Headline, headline);
        has(FieldName::Byline, byline);
        has(FieldName::Published, published);
        assert!(text_of(document).contains(words), "{place}: {}", text_of(document));
    }
}

#[test]
fn every_sample_is_in_the_table() {
    let mut names: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let mut known: Vec<String> = ROWS.iter().map(|row| row.0.to_owned()).collect();
    known.sort();
    known.dedup();
    assert_eq!(names, known);
}

#[test]
fn addresses_and_days_of_the_copies_are_known() {
    let url = |document: &Document| said(document, FieldName::Url).first().map(|url| (*url).to_owned());
    let crawl = documents("crawl.warc.gz");
    assert_eq!(url(&crawl[0]).as_deref(), Some("https://skerrow-gazette.example/2021/03/lamp-lit-again"));
    assert_eq!(crawl[0].captured.as_deref(), Some("2021-03-10"));
    let saved = &documents("cat-count.mhtml")[0];
    assert_eq!(url(saved).as_deref(), Some("https://skerrow-gazette.example/2021/04/cat-count"));
    assert_eq!(saved.captured.as_deref(), Some("2021-04-02"));
    let single = &documents("nets-singlefile.html")[0];
    assert_eq!(url(single).as_deref(), Some("https://skerrow-gazette.example/2021/04/nets"));
    assert_eq!(single.captured.as_deref(), Some("2021-04-07"));
    let zipped = &documents("desk-archive.zip")[1];
    assert_eq!(zipped.extra["member"], "stories/map.html");
    let feed = &documents("review.feed.json")[0];
    assert_eq!(said(feed, FieldName::Publisher), ["Outer Islands Review"]);
    let pocket = &documents("pocket.csv")[0];
    assert_eq!(pocket.captured.as_deref(), Some("2021-05-04"));
}
