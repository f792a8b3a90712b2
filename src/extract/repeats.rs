//! Lines that many files of one source share: furniture, whatever they say.
//!
//! A first pass over the files shows each text to [`Repeats::observe`]; [`Repeats::furniture`] then
//! knows which lines recur. Of each source the same few files are sampled whatever their order, by
//! the hash of their keys, and parts that were gathered apart can be merged: the outcome depends
//! neither on the order of the files nor on the number of threads, and memory on the number of
//! sources alone.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    hash::Hasher,
    sync::OnceLock,
};

use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use super::{html, meta::site::host_of, rules::line_key};
use crate::{
    article::FieldName,
    document::{Content, Document},
};

/// So many files of a source are remembered: enough to tell a share of a quarter.
const MAX_SAMPLES: usize = 64;

/// So many lines of a file are looked at.
const MAX_LINES: usize = 2_000;

/// Longer lines are prose; those that recur do so in copies of one story.
const MAX_LINE_BYTES: usize = 240;

/// Lines from this length on tell a story from others.
const MIN_STORY_BYTES: usize = 120;

/// Share of a story's long lines from which another with the same is an update of it.
const SAME_STORY_SHARE: f32 = 0.34;

/// Fewest different stories that must share a line.
pub const MIN_STORIES: usize = 4;

/// Share of a source's sampled stories that must have the line.
const MIN_SHARE: f32 = 0.25;

/// What is remembered of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Sample {
    /// Hashes of the long lines, or of the longest: shared by copies and updates of one story.
    story: BTreeSet<u64>,
    /// Hashes of the short lines.
    lines: BTreeSet<u64>,
}

/// The lines of many files, by source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repeats {
    /// Source to its sampled files, by the hash of their keys.
    sources: BTreeMap<String, BTreeMap<u64, Sample>>,
}

/// The lines that recur, by source.
#[derive(Clone, Debug, Default)]
pub struct Furniture {
    sources: FxHashMap<String, FxHashSet<u64>>,
}

/// Furniture that is gathered when it is first asked for: a run in which no file is new pays nothing.
pub struct LazyFurniture {
    known: OnceLock<Furniture>,
    gather: Box<dyn Fn() -> Furniture + Send + Sync>,
}

impl LazyFurniture {
    /// Furniture that `gather` will give.
    pub fn new(gather: impl Fn() -> Furniture + Send + Sync + 'static) -> Self {
        Self { known: OnceLock::new(), gather: Box::new(gather) }
    }

    /// The furniture; the first to ask waits until it is gathered, and the others with it.
    pub fn get(&self) -> &Furniture {
        self.known.get_or_init(|| (self.gather)())
    }
}

impl fmt::Debug for LazyFurniture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LazyFurniture").field("known", &self.known).finish_non_exhaustive()
    }
}

/// Hash by which samples are chosen: the same on every machine, whatever the order of the files.
pub fn hash_of(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    // FxHasher's low bits are weak; samples are chosen by the whole value.
    hasher.finish().wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29)
}

impl Repeats {
    /// Nothing seen yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Shows a file: the source it comes from (a host, a folder), a key that is its own (its
    /// location), and its lines.
    pub fn observe<'a>(&mut self, source: &str, key: &str, lines: impl IntoIterator<Item = &'a str>) {
        let order = hash_of(key);
        if let Some(samples) = self.sources.get(source)
            && samples.len() >= MAX_SAMPLES
            && samples.last_key_value().is_some_and(|(last, _)| *last < order)
        {
            return;
        }
        let mut sample = Sample { story: BTreeSet::new(), lines: BTreeSet::new() };
        let mut longest = "";
        for line in lines.into_iter().take(MAX_LINES) {
            if line.len() > longest.len() {
                longest = line;
            }
            if line.len() >= MIN_STORY_BYTES {
                sample.story.insert(hash_of(line));
            }
            let key = if line.len() <= MAX_LINE_BYTES { line_key(line) } else { String::new() };
            if !key.is_empty() {
                sample.lines.insert(hash_of(&key));
            }
        }
        sample.story.insert(hash_of(longest));
        let samples = self.sources.entry(source.to_owned()).or_default();
        samples.insert(order, sample);
        cut(samples);
    }

    /// Shows a document: its lines, or a page's blocks. Formats that hold the story alone have no
    /// furniture and are passed over.
    pub fn observe_document(&mut self, document: &Document) {
        let (source, key) = (source_of(document), document.location.to_string());
        match &document.content {
            Content::Lines(text) => self.observe(&source, &key, text.lines()),
            Content::Page(page) => {
                if let Ok(dom) = html::parse(page) {
                    let blocks = html::blocks::leaf_blocks(&dom).blocks;
                    self.observe(&source, &key, blocks.iter().map(|block| block.text.as_str()));
                }
            }
            Content::Fragment(_) | Content::Prose(_) | Content::Blocks(_) => {}
        }
    }

    /// Takes in what was gathered elsewhere.
    pub fn merge(&mut self, other: Self) {
        for (source, others) in other.sources {
            let samples = self.sources.entry(source).or_default();
            samples.extend(others);
            cut(samples);
        }
    }

    /// The lines that recur in each source: in at least four different stories and a quarter of
    /// those sampled.
    pub fn furniture(&self) -> Furniture {
        let sources = self.sources.iter().map(|(source, samples)| (source.clone(), recurring(samples)));
        Furniture { sources: sources.filter(|(_, lines)| !lines.is_empty()).collect() }
    }
}

/// Keeps the samples of the lowest hashes.
fn cut(samples: &mut BTreeMap<u64, Sample>) {
    while samples.len() > MAX_SAMPLES {
        samples.pop_last();
    }
}

/// Whether two files are copies or updates of one story: what they share is no furniture.
fn is_same_story(one: &Sample, other: &Sample) -> bool {
    let shared = one.story.intersection(&other.story).count();
    let fewer = one.story.len().min(other.story.len());
    shared >= fewer.min(2) && shared as f32 >= SAME_STORY_SHARE * fewer as f32
}

fn recurring(samples: &BTreeMap<u64, Sample>) -> FxHashSet<u64> {
    let mut stories: Vec<&Sample> = Vec::new();
    for sample in samples.values() {
        if !stories.iter().any(|other| is_same_story(sample, other)) {
            stories.push(sample);
        }
    }
    let mut counts: FxHashMap<u64, usize> = FxHashMap::default();
    for sample in &stories {
        for line in &sample.lines {
            *counts.entry(*line).or_default() += 1;
        }
    }
    let least = MIN_STORIES.max((MIN_SHARE * stories.len() as f32).ceil() as usize);
    counts.into_iter().filter(|(_, count)| *count >= least).map(|(line, _)| line).collect()
}

/// Bytes of a page that are searched for its own address: heads are seldom longer.
const MAX_HEAD_BYTES: usize = 128 * 1024;

/// Where a document comes from, for lines to recur in: the host of its address where the container or
/// the page's head gives one, else its folder.
pub fn source_of(document: &Document) -> String {
    let address = document.witnesses.iter().find(|witness| witness.field == FieldName::Url);
    let given = address.and_then(|witness| host_of(&witness.raw));
    let path = &document.location.path;
    let folder = || path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let own = || match &document.content {
        Content::Page(page) => own_host(page),
        _ => None,
    };
    given.or_else(own).unwrap_or_else(folder)
}

/// The host that the head of `page` gives as its own, read without parsing the page.
fn own_host(page: &str) -> Option<String> {
    let mut end = page.len().min(MAX_HEAD_BYTES);
    while !page.is_char_boundary(end) {
        end -= 1;
    }
    let head = &page[..end];
    ["canonical", "og:url"].into_iter().find_map(|mark| {
        let at = head.find(mark)?;
        let tag = &head[head[..at].rfind('<')?..];
        let tag = &tag[..tag.find('>')?];
        let address = &tag[tag.find("http")?..];
        host_of(address.split(['"', '\'', ' ']).next()?)
    })
}

impl Furniture {
    /// Whether `line` recurs in `source`.
    pub fn has(&self, source: &str, line: &str) -> bool {
        line.len() <= MAX_LINE_BYTES
            && self.sources.get(source).is_some_and(|lines| lines.contains(&hash_of(&line_key(line))))
    }

    /// Whether nothing recurs.
    pub fn is_empty(&self) -> bool {
        self.sources.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(number: usize) -> Vec<String> {
        vec![
            format!("Harbour diary, day {number}"),
            "Best of the coast since 1951".to_owned(),
            format!(
                "On day {number} the ferry was late again, and the harbour master wrote it down in his book."
            ),
        ]
    }

    fn seen(numbers: impl IntoIterator<Item = usize>) -> Repeats {
        let mut repeats = Repeats::new();
        for number in numbers {
            let lines = page(number);
            repeats.observe("diary", &format!("diary/{number}.txt"), lines.iter().map(String::as_str));
        }
        repeats
    }

    #[test]
    fn shared_lines_are_furniture_and_others_are_not() {
        let furniture = seen(0..10).furniture();
        assert!(furniture.has("diary", "  BEST OF THE COAST SINCE 1951"));
        assert!(!furniture.has("diary", "Harbour diary, day 3"));
        assert!(!furniture.has("elsewhere", "Best of the coast since 1951"));
        assert!(seen(0..3).furniture().is_empty());
    }

    #[test]
    fn copies_of_one_story_make_no_furniture() {
        let mut repeats = Repeats::new();
        for number in 0..10 {
            let lines = page(1);
            repeats.observe("diary", &format!("copy-{number}.txt"), lines.iter().map(String::as_str));
        }
        assert!(repeats.furniture().is_empty());
    }

    #[test]
    fn pages_belong_to_the_host_in_their_head() {
        let page = |head: &str| {
            let mut document = Document::new("html", Content::Page(format!("<head>{head}</head><p>x")));
            document.location.path = "folder/x.html".into();
            source_of(&document)
        };
        assert_eq!(
            page("<link rel=canonical href='https://www.gazette.example/a?b'>"),
            "www.gazette.example"
        );
        assert_eq!(page("<meta property=og:url content=\"https://gazette.example\">"), "gazette.example");
        assert_eq!(page("<link rel=canonical href=/a>"), "folder");
    }

    #[test]
    fn furniture_is_gathered_once_and_when_asked_for() {
        let lazy = LazyFurniture::new(|| seen(0..10).furniture());
        assert!(lazy.known.get().is_none());
        assert!(lazy.get().has("diary", "Best of the coast since 1951"));
    }

    #[test]
    fn updates_of_one_story_make_no_furniture() {
        let paragraph =
            |what: &str| format!("{what} {}", "and the harbour master wrote it down again. ".repeat(3));
        let mut repeats = Repeats::new();
        for number in 0..10 {
            let lines = [
                format!("Update {number}: the ferry is late"),
                "The ferry was late, he said.".to_owned(),
                paragraph("The ferry was late"),
                paragraph("Nobody was surprised"),
                paragraph(&format!("At {number} o'clock it was seen")),
            ];
            repeats.observe("diary", &format!("{number}.txt"), lines.iter().map(String::as_str));
        }
        assert!(repeats.furniture().is_empty());
    }

    #[test]
    fn order_and_parts_do_not_matter() {
        let forwards = seen(0..300);
        let mut parts = seen((150..300).rev());
        parts.merge(seen(0..150));
        assert_eq!(forwards, parts);
        assert_eq!(forwards.sources["diary"].len(), MAX_SAMPLES);
    }
}
