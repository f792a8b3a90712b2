//! The passages of an article that show why it was found: whole sentences, the best ones.

use serde::Serialize;

use super::highlight::{Highlighter, Mark};
use crate::article::{Article, Source, Span, TextField};
use crate::names::sentences::sentences;

/// How snippets are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SnippetOptions {
    /// Most snippets of a hit; 0 for none.
    pub count: usize,
    /// Longest snippet in characters; longer sentences are cut at words.
    pub width: usize,
}

impl Default for SnippetOptions {
    fn default() -> Self {
        Self { count: 2, width: 240 }
    }
}

/// A passage with its matches.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Snippet {
    /// Which text it is from.
    pub field: TextField,
    /// Index of the section it stands in.
    pub section: Option<usize>,
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
    /// The sources cited in its section.
    #[serde(skip)]
    pub sources: Vec<Source>,
}

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
    let candidates = sentences_with_marks(article, range, highlighter);
    let chosen = choose(&candidates, options.count);
    chosen.into_iter().map(|number| cut(article, &candidates[number], options.width)).collect()
}

fn sentences_with_marks(article: &Article, range: Span, highlighter: &Highlighter) -> Vec<Sentence> {
    let marks = highlighter.marks(article, TextField::Body);
    let headings: Vec<&str> =
        article.sections.iter().filter_map(|section| section.heading.as_deref()).collect();
    let mut marks = marks.into_iter().peekable();
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
        if !headings.contains(&span.of(&article.text)) {
            found.push(Sentence { span, marks: inside });
        }
    }
    found
}

/// Numbers of the best sentences in the order of the text: the one with most parts of the query
/// first, then those that add parts.
fn choose(sentences: &[Sentence], count: usize) -> Vec<usize> {
    let mut chosen: Vec<usize> = Vec::new();
    let mut covered: Vec<usize> = Vec::new();
    while chosen.len() < count {
        let best = (0..sentences.len())
            .filter(|number| !chosen.contains(number))
            .map(|number| (gain(&sentences[number], &covered), number))
            .filter(|(gain, _)| gain.0 > 0)
            .max_by_key(|&(gain, number)| (gain, std::cmp::Reverse(number)));
        let Some((_, number)) = best else { break };
        covered.extend(sentences[number].marks.iter().map(|mark| mark.part));
        chosen.push(number);
    }
    if chosen.is_empty() && !sentences.is_empty() {
        chosen.push(0);
    }
    chosen.sort_unstable();
    chosen
}

/// New parts of the query in a sentence, then their number of places.
fn gain(sentence: &Sentence, covered: &[usize]) -> (usize, usize) {
    let mut parts: Vec<usize> =
        sentence.marks.iter().map(|mark| mark.part).filter(|part| !covered.contains(part)).collect();
    parts.sort_unstable();
    parts.dedup();
    (parts.len(), sentence.marks.len().min(8))
}

/// The sentence, or the stretch of it with most matches, at most `width` characters.
fn cut(article: &Article, sentence: &Sentence, width: usize) -> Snippet {
    let text = &article.text;
    let span = window(text, sentence, width.max(20));
    let mut shown = String::new();
    if span.start > sentence.span.start {
        shown.push_str("… ");
    }
    let lead_chars = shown.chars().count();
    shown.extend(span.of(text).chars().map(|c| if c == '\n' { ' ' } else { c }));
    if span.end < sentence.span.end {
        shown.push_str(" …");
    }
    let char_at = |byte: usize| lead_chars + text[span.start..byte].chars().count();
    let matches = sentence
        .marks
        .iter()
        .filter(|mark| span.contains(mark.span))
        .map(|mark| [char_at(mark.span.start), char_at(mark.span.end)])
        .collect();
    let section = article.section_at(span.start);
    Snippet {
        field: TextField::Body,
        section,
        text: shown,
        matches,
        span,
        file_span: article.file_span(span),
        sources: section.map(|number| sources_of(article, number)).unwrap_or_default(),
    }
}

/// The sources that section `number` cites, each once, in order.
pub(crate) fn sources_of(article: &Article, number: usize) -> Vec<Source> {
    let mut sources: Vec<Source> = Vec::new();
    for citation in article.citations.iter().filter(|citation| citation.section == Some(number)) {
        if !sources.iter().any(|source| source.id == citation.source.id) {
            sources.push(citation.source.clone());
        }
    }
    sources
}

/// At most `width` characters of the sentence, from word to word, around most of its matches.
fn window(text: &str, sentence: &Sentence, width: usize) -> Span {
    let whole = sentence.span;
    if whole.of(text).chars().count() <= width {
        return whole;
    }
    // The stretch that begins a little before a match and holds the most of them.
    let lead = width / 5;
    let starts = sentence.marks.iter().map(|mark| back(text, whole.start, mark.span.start, lead));
    let held = |start: usize| {
        let end = forward(text, start, whole.end, width);
        sentence.marks.iter().filter(|mark| mark.span.start >= start && mark.span.end <= end).count()
    };
    let start = starts
        .chain(std::iter::once(whole.start))
        .max_by_key(|&start| (held(start), std::cmp::Reverse(start)))
        .unwrap_or(whole.start);
    let start = word_start(text, start, whole);
    let end = word_end(text, start, forward(text, start, whole.end, width), whole);
    Span::new(start, end)
}

/// The byte `count` characters before `from`, not before `least`.
fn back(text: &str, least: usize, from: usize, count: usize) -> usize {
    text[least..from].char_indices().rev().take(count).last().map_or(from, |(at, _)| least + at)
}

/// The byte `count` characters after `from`, not after `most`.
fn forward(text: &str, from: usize, most: usize, count: usize) -> usize {
    text[from..most].char_indices().nth(count).map_or(most, |(at, _)| from + at)
}

/// The beginning of the first word at or after `at`; `at` itself in scripts without blanks.
fn word_start(text: &str, at: usize, whole: Span) -> usize {
    if at == whole.start || text[..at].ends_with(char::is_whitespace) {
        return at;
    }
    let next = text[at..whole.end].char_indices().take(40).find(|(_, c)| c.is_whitespace());
    next.map_or(at, |(offset, c)| at + offset + c.len_utf8())
}

/// The end of the last word that ends at or before `at`.
fn word_end(text: &str, start: usize, at: usize, whole: Span) -> usize {
    if at == whole.end || text[at..].starts_with(char::is_whitespace) {
        return at;
    }
    let cut = text[start..at].char_indices().rev().take(40).find(|(_, c)| c.is_whitespace());
    cut.map_or(at, |(offset, _)| start + offset)
}
