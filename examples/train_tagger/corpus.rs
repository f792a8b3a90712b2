//! Reads labelled texts and cluster tables.

use std::collections::BTreeMap;

use newsidx::article::{Kind, Span};
use newsidx::names::tagger::Clusters;
use newsidx::names::tagger::train::Example;

/// Longest word, in characters, that is worth a cluster.
const MAX_CLUSTERED_CHARS: usize = 18;

/// Sentences of `token TAB label` lines (BIO) between empty lines, as running text: the tagger is
/// to learn from text as it will meet it, not from spaced tokens.
pub fn labelled_sentences(rows: &str, weight: f32) -> Vec<Example> {
    rows.split("\n\n")
        .map(|sentence| example(sentence, weight))
        .filter(|example| !example.text.is_empty())
        .collect()
}

/// Documents of JSON lines (`text`, `spans` as `[start, end, kind]` in characters); `None` where a
/// line is none.
pub fn labelled_documents(lines: &str, weight: f32) -> Option<Vec<Example>> {
    lines.lines().map(|line| document(line, weight)).collect()
}

fn document(line: &str, weight: f32) -> Option<Example> {
    let mut fields: serde_json::Value = serde_json::from_str(line).ok()?;
    let spans: Vec<(usize, usize, String)> = serde_json::from_value(fields["spans"].take()).ok()?;
    let text = fields["text"].as_str()?.to_owned();
    let mut bytes: Vec<_> = text.char_indices().map(|(at, _)| at).collect();
    bytes.push(text.len());
    let name = |(start, end, kind): &(usize, usize, String)| {
        Some((Span::new(*bytes.get(*start)?, *bytes.get(*end)?), kind_of(&format!("-{kind}"))?))
    };
    let names = spans.iter().map(name).collect::<Option<Vec<_>>>()?;
    Some(Example { text, names, hits: Vec::new(), weight })
}

fn example(sentence: &str, weight: f32) -> Example {
    let mut text = String::new();
    let mut names: Vec<(Span, Kind)> = Vec::new();
    let mut open: Option<(Span, Kind)> = None;
    let mut spacing = Spacing::default();
    for (word, label) in sentence.lines().filter_map(|line| line.split_once('\t')) {
        if spacing.before(word) && !text.is_empty() {
            text.push(' ');
        }
        let start = text.len();
        text.push_str(word);
        let (position, kind) = label.split_at(1);
        match (&mut open, position) {
            (Some((span, _)), "I") => span.end = text.len(),
            _ => {
                names.extend(open.take());
                open = kind_of(kind).map(|kind| (Span::new(start, text.len()), kind));
            }
        }
    }
    names.extend(open);
    for (span, _) in &mut names {
        span.start += leading_article(span.of(&text));
    }
    Example { text, names, hits: Vec::new(), weight }
}

fn kind_of(label: &str) -> Option<Kind> {
    match label {
        "-PER" => Some(Kind::Person),
        "-LOC" => Some(Kind::Place),
        "-ORG" => Some(Kind::Organisation),
        _ => None,
    }
}

/// Bytes of the article that opens a name: an article is no part of it.
fn leading_article(name: &str) -> usize {
    ["the ", "The ", "a ", "A ", "an ", "An "]
        .iter()
        .find(|article| name.starts_with(**article))
        .map_or(0, |article| article.len())
}

/// Where running text has spaces between tokens.
#[derive(Default)]
struct Spacing {
    /// Whether the token before holds on to the next.
    glued: bool,
    in_quotes: bool,
}

impl Spacing {
    /// Whether a space stands before `word`.
    fn before(&mut self, word: &str) -> bool {
        let is_quote = word == "\"";
        let closes = is_quote && self.in_quotes
            || matches!(
                word,
                "," | "."
                    | ";"
                    | ":"
                    | "!"
                    | "?"
                    | ")"
                    | "%"
                    | "'s"
                    | "n't"
                    | "'"
                    | "'re"
                    | "'ll"
                    | "'ve"
                    | "'m"
                    | "'d"
                    | "..."
            );
        let space = !self.glued && !closes;
        self.glued = matches!(word, "(" | "$") || is_quote && !self.in_quotes;
        self.in_quotes ^= is_quote;
        space
    }
}

/// The cluster table (`word TAB coarse TAB fine TAB rank`) by lower-case word, without numbers,
/// addresses and other words that are no plausible part of a name or of prose around it.
pub fn word_clusters(rows: &str) -> Option<Clusters> {
    let mut words: BTreeMap<String, u16> = BTreeMap::new();
    let mut votes: BTreeMap<u16, BTreeMap<u8, usize>> = BTreeMap::new();
    for row in rows.lines() {
        let mut fields = row.split('\t');
        let (Some(word), Some(coarse), Some(fine)) = (fields.next(), fields.next(), fields.next()) else {
            continue;
        };
        let (Ok(coarse), Ok(fine)) = (coarse.parse::<u8>(), fine.parse::<u16>()) else { continue };
        *votes.entry(fine + 1).or_default().entry(coarse + 1).or_default() += 1;
        let word = word.to_lowercase();
        if is_plausible(&word) {
            words.entry(word).or_insert(fine + 1);
        }
    }
    let last = votes.keys().next_back().copied().unwrap_or(0) as usize;
    let mut coarse = vec![0; last + 1];
    for (fine, votes) in votes {
        // The most voted; the first of equals.
        coarse[fine as usize] =
            votes.into_iter().rev().max_by_key(|&(_, count)| count).map_or(0, |(coarse, _)| coarse);
    }
    Clusters::build(&words.into_iter().collect::<Vec<_>>(), coarse)
}

fn is_plausible(word: &str) -> bool {
    word.starts_with(char::is_alphabetic)
        && word.chars().count() <= MAX_CLUSTERED_CHARS
        && word.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '\'' | '&' | '-'))
}
