//! The passages of an article that show why it was found: whole sentences, the best ones.
//!
//! Which sentences are shown is decided here, and where a sentence that is too long is cut
//! [`super::cut`].

use rustc_hash::FxHashSet;
use serde::Serialize;

use super::cut::stretch;
use super::highlight::{Highlighter, Mark};
use crate::article::{Article, Source, Span, TextField};
use crate::names::sentences::sentences;

/// Marks of a sentence that count for it; a list of one word over and over is no better passage.
const COUNTED_MARKS: usize = 8;

/// How snippets are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SnippetOptions {
    /// Most snippets of a hit; 0 for none.
    pub count: usize,
    /// Widest sentence in columns of a terminal; wider ones are cut at words.
    pub width: usize,
    /// Sentences shown before and after the one that matches.
    pub context: usize,
}

impl Default for SnippetOptions {
    fn default() -> Self {
        Self { count: 2, width: 240, context: 0 }
    }
}

/// A passage with its matches.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Snippet {
    /// Which text it is from.
    pub field: TextField,
    /// Index of the section it stands in.
    pub section: Option<usize>,
    /// The section's heading.
    pub heading: Option<String>,
    /// The passage; an ellipsis where a sentence is cut.
    pub text: String,
    /// Matches as half-open ranges of characters of `text`.
    #[serde(rename = "match")]
    pub matches: Vec<[usize; 2]>,
    /// Its bytes in the extracted text.
    pub span: Span,
    /// Its bytes in the decoded file, where the text is the file's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_span: Option<Span>,
    /// The line of the file that it begins in, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The sources cited in its section.
    pub sources: Vec<Source>,
}

#[derive(Debug)]
struct Sentence {
    span: Span,
    marks: Vec<Mark>,
}

/// The best passages of `article`, or of its section `section`; the beginning where nothing in the
/// body matches.
pub(super) fn snippets(
    article: &Article,
    section: Option<usize>,
    highlighter: &Highlighter,
    options: &SnippetOptions,
) -> Vec<Snippet> {
    if options.count == 0 {
        return Vec::new();
    }
    let range = section
        .and_then(|number| article.sections.get(number))
        .map_or(Span::new(0, article.text.len()), |section| section.span);
    let sentences = sentences_with_marks(article, range, highlighter);
    let chosen = choose(&sentences, highlighter, options.count);
    let passages = with_context(&chosen, options.context, article, &sentences);
    passages.into_iter().map(|(first, last)| passage(article, &sentences[first..=last], options)).collect()
}

fn sentences_with_marks(article: &Article, range: Span, highlighter: &Highlighter) -> Vec<Sentence> {
    let headings: FxHashSet<&str> =
        article.sections.iter().filter_map(|section| section.heading.as_deref()).collect();
    let mut marks = highlighter.marks(article, TextField::Body).into_iter().peekable();
    let mut found = Vec::new();
    for sentence in sentences(range.of(&article.text)) {
        let span = Span::new(range.start + sentence.start, range.start + sentence.end);
        let mut inside = Vec::new();
        while let Some(mark) = marks.next_if(|mark| mark.span.start < span.end) {
            if span.contains(mark.span) {
                inside.push(mark);
            }
        }
        // A heading is shown as the section's, not as a passage.
        if !headings.contains(span.of(&article.text)) {
            found.push(Sentence { span, marks: inside });
        }
    }
    found
}

/// Numbers of the best sentences in the order of the text: the one with the weightiest parts of the
/// query first, then those that add parts.
fn choose(sentences: &[Sentence], highlighter: &Highlighter, count: usize) -> Vec<usize> {
    let mut chosen: Vec<usize> = Vec::new();
    let mut covered = vec![false; highlighter.parts()];
    let mut parts: Vec<usize> = Vec::new();
    while chosen.len() < count {
        let mut best: Option<(f64, usize, usize)> = None;
        for (number, sentence) in sentences.iter().enumerate() {
            parts.clear();
            parts.extend(sentence.marks.iter().map(|mark| mark.part).filter(|&part| !covered[part]));
            parts.sort_unstable();
            parts.dedup();
            if parts.is_empty() {
                continue;
            }
            let weight: f64 = parts.iter().map(|&part| highlighter.weight(part)).sum();
            let marks = sentence.marks.len().min(COUNTED_MARKS);
            let better = best.is_none_or(|(known, count, _)| {
                weight.total_cmp(&known).then(marks.cmp(&count)) == std::cmp::Ordering::Greater
            });
            if better {
                best = Some((weight, marks, number));
            }
        }
        let Some((_, _, number)) = best else { break };
        sentences[number].marks.iter().for_each(|mark| covered[mark.part] = true);
        chosen.push(number);
    }
    if chosen.is_empty() && !sentences.is_empty() {
        chosen.push(0);
    }
    chosen.sort_unstable();
    chosen
}

/// The first and last sentence of each passage: `context` neighbours on both sides, in the same
/// section; passages that touch become one.
fn with_context(
    chosen: &[usize],
    context: usize,
    article: &Article,
    sentences: &[Sentence],
) -> Vec<(usize, usize)> {
    let section = |number: usize| article.section_at(sentences[number].span.start);
    let mut passages: Vec<(usize, usize)> = Vec::new();
    for &number in chosen {
        let home = section(number);
        let least = number.saturating_sub(context);
        let most = number.saturating_add(context).min(sentences.len() - 1);
        let first = (least..number).rev().take_while(|&other| section(other) == home).last();
        let last = (number + 1..=most).take_while(|&other| section(other) == home).last();
        let (first, last) = (first.unwrap_or(number), last.unwrap_or(number));
        match passages.last_mut() {
            Some((start, end)) if context > 0 && first <= *end + 1 && section(*start) == home => *end = last,
            _ => passages.push((first, last)),
        }
    }
    passages
}

/// Consecutive sentences as a snippet; a single one that is too wide is cut.
fn passage(article: &Article, sentences: &[Sentence], options: &SnippetOptions) -> Snippet {
    let text = &article.text;
    let (first, last) = (&sentences[0], &sentences[sentences.len() - 1]);
    let whole = Span::new(first.span.start, last.span.end);
    let marks: Vec<Mark> = sentences.iter().flat_map(|sentence| sentence.marks.iter().copied()).collect();
    let span = stretch(article, whole, &marks, options.width.saturating_mul(sentences.len()));
    let mut shown = String::new();
    if span.start > whole.start {
        shown.push_str("… ");
    }
    let before = shown.chars().count();
    shown.extend(span.of(text).chars().map(|c| if c == '\n' { ' ' } else { c }));
    if span.end < whole.end {
        shown.push_str(" …");
    }
    let section = article.section_at(span.start);
    Snippet {
        field: TextField::Body,
        section,
        heading: section.and_then(|number| article.sections[number].heading.clone()),
        text: shown,
        matches: ranges(text, span, &marks, before),
        span,
        file_span: article.file_span(span),
        line: article.file_line(span),
        sources: section.map(|number| sources_of(article, number)).unwrap_or_default(),
    }
}

/// The marks inside `span` as ranges of characters from its beginning, moved by `before`.
fn ranges(text: &str, span: Span, marks: &[Mark], before: usize) -> Vec<[usize; 2]> {
    let (mut byte, mut at) = (span.start, before);
    let mut char_at = |to: usize| {
        at += text[byte..to].chars().count();
        byte = to;
        at
    };
    let inside = marks.iter().filter(|mark| span.contains(mark.span));
    inside.map(|mark| [char_at(mark.span.start), char_at(mark.span.end)]).collect()
}

/// The sources that section `number` cites, each once, in order.
fn sources_of(article: &Article, number: usize) -> Vec<Source> {
    let mut seen = FxHashSet::default();
    let citations = article.citations.iter().filter(|citation| citation.section == Some(number));
    citations.map(|citation| &citation.source).filter(|source| seen.insert(&source.id)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Section;
    use crate::query::{NoNames, ParseOptions, PlanOptions, parse, plan};

    fn highlighter(query: &str) -> Highlighter {
        let options = ParseOptions::new("2024-05-22T12:00Z[UTC]".parse().unwrap());
        Highlighter::new(&plan(&parse(query, &options).unwrap(), &NoNames, PlanOptions::default()))
    }

    fn article(text: &str) -> Article {
        let section = Section { span: Span::new(0, text.len()), ..Section::default() };
        Article { text: text.to_owned(), sections: vec![section], ..Article::default() }
    }

    fn shown(text: &str, query: &str, options: SnippetOptions) -> Vec<String> {
        let article = article(text);
        let snippets = snippets(&article, None, &highlighter(query), &options);
        for snippet in &snippets {
            let chars: Vec<char> = snippet.text.chars().collect();
            assert!(snippet.matches.iter().all(|&[start, end]| start < end && end <= chars.len()));
            let inner = snippet.text.trim_start_matches("… ").trim_end_matches(" …");
            assert_eq!(snippet.span.of(&article.text).replace('\n', " "), inner);
        }
        snippets.into_iter().map(|snippet| snippet.text).collect()
    }

    const STORY: &str = "The quay lay empty. Crews of the ferry met the mayor. Nobody spoke. \
                         The mayor asked for a truce at the harbour. Rain fell.";

    #[test]
    fn sentences_cover_different_words() {
        let options = SnippetOptions::default();
        assert_eq!(
            shown(STORY, "ferry mayor harbour", options),
            ["Crews of the ferry met the mayor.", "The mayor asked for a truce at the harbour."]
        );
        let one = SnippetOptions { count: 1, ..options };
        assert_eq!(shown(STORY, "rain", one), ["Rain fell."]);
        assert!(shown(STORY, "rain", SnippetOptions { count: 0, ..options }).is_empty());
    }

    #[test]
    fn weights_decide_between_sentences() {
        let article = article(STORY);
        let mut highlighter = highlighter("mayor rain");
        let options = SnippetOptions { count: 1, ..SnippetOptions::default() };
        highlighter.weigh(|stems| if stems == ["rain"] { 9.0 } else { 1.0 });
        assert_eq!(snippets(&article, None, &highlighter, &options)[0].text, "Rain fell.");
    }

    #[test]
    fn the_lead_stands_in_for_what_is_not_in_the_body() {
        let options = SnippetOptions::default();
        assert_eq!(shown(STORY, "lang:en", options), ["The quay lay empty."]);
    }

    #[test]
    fn context_joins_neighbours() {
        let options = SnippetOptions { count: 2, context: 1, ..SnippetOptions::default() };
        assert_eq!(
            shown(STORY, "quay rain", options),
            [
                "The quay lay empty. Crews of the ferry met the mayor.",
                "The mayor asked for a truce at the harbour. Rain fell."
            ]
        );
        assert_eq!(shown(STORY, "ferry harbour", options), [STORY]);
    }
}
