//! Where a passage that is too wide is cut: around most of its matches, between words, never inside
//! a name, a match or a character as readers see it.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::highlight::Mark;
use crate::article::{Article, Span, TextField};

/// Narrowest cut in columns: less holds no words.
const LEAST_COLUMNS: usize = 20;
/// Part of the width that is shown before the first match.
const LEAD_PART: usize = 5;
/// Bytes looked through for the border of a word; longer runs without a blank are cut anywhere.
const MAX_WORD_BYTES: usize = 160;

/// The best stretch of `whole` that is at most about `columns` columns of a terminal wide: a name or
/// match at its end may make it a little wider.
pub(super) fn stretch(article: &Article, whole: Span, marks: &[Mark], columns: usize) -> Span {
    let text = &article.text;
    let columns = columns.max(LEAST_COLUMNS);
    if fits(whole.of(text), columns) {
        return whole;
    }
    let lead = columns / LEAD_PART;
    let first = best_mark(text, whole, marks, columns - lead).map_or(whole.start, |mark| mark.span.start);
    let start = back(text, whole.start, first, lead);
    let start = if start == whole.start { start } else { word_start(text, start, first.max(start)) };
    let start = start_outside(article, marks, start);
    let end = word_end(text, start, forward(text, start, whole.end, columns), whole.end);
    let end = end_outside(article, marks, start, end).min(whole.end);
    Span::new(start, start + text[start..end].trim_end().len())
}

/// Whether `text` is at most `columns` wide; reads no further than it must.
fn fits(text: &str, columns: usize) -> bool {
    let mut width = 0;
    text.chars().all(|c| {
        width += c.width().unwrap_or(0);
        width <= columns
    })
}

/// The mark from which on most different parts, then most marks, stand within `columns`.
fn best_mark<'a>(text: &str, whole: Span, marks: &'a [Mark], columns: usize) -> Option<&'a Mark> {
    let (mut byte, mut at) = (whole.start, 0);
    let places: Vec<usize> = marks
        .iter()
        .map(|mark| {
            at += text[byte..mark.span.start].width();
            byte = mark.span.start;
            at
        })
        .collect();
    let mut inside: std::collections::BTreeMap<usize, usize> = std::collections::BTreeMap::new();
    let mut end = 0;
    let mut best: Option<((usize, usize), usize)> = None;
    for (start, mark) in marks.iter().enumerate() {
        while end < marks.len() && places[end] + marks[end].span.of(text).width() <= places[start] + columns {
            *inside.entry(marks[end].part).or_default() += 1;
            end += 1;
        }
        let value = (inside.len(), end.saturating_sub(start));
        if best.is_none_or(|(known, _)| value > known) {
            best = Some((value, start));
        }
        if end <= start {
            end = start + 1;
        } else if let Some(count) = inside.get_mut(&mark.part) {
            *count -= 1;
            if *count == 0 {
                inside.remove(&mark.part);
            }
        }
    }
    best.map(|(_, start)| &marks[start])
}

/// The beginning of the character as readers see it that lies `columns` before `from`, not before
/// `least`.
fn back(text: &str, least: usize, from: usize, columns: usize) -> usize {
    let mut width = 0;
    let mut at = from;
    for (offset, cluster) in text[least..from].grapheme_indices(true).rev() {
        width += cluster.width();
        if width > columns {
            break;
        }
        at = least + offset;
    }
    at
}

/// The end of the last such character within `columns` from `from` on, not after `most`.
fn forward(text: &str, from: usize, most: usize, columns: usize) -> usize {
    let mut width = 0;
    for (offset, cluster) in text[from..most].grapheme_indices(true) {
        width += cluster.width();
        if width > columns {
            return from + offset;
        }
    }
    most
}

/// The beginning of the first word at or after `at` and before `limit`; `at` itself in scripts
/// without blanks.
fn word_start(text: &str, at: usize, limit: usize) -> usize {
    if text[..at].ends_with(char::is_whitespace) {
        return at;
    }
    let near = text[at..limit].char_indices().take_while(|(offset, _)| *offset < MAX_WORD_BYTES);
    near.filter(|(_, c)| c.is_whitespace()).map(|(offset, c)| at + offset + c.len_utf8()).next().unwrap_or(at)
}

/// The end of the last word that ends at or before `at`.
fn word_end(text: &str, start: usize, at: usize, whole_end: usize) -> usize {
    if at == whole_end || text[at..].starts_with(char::is_whitespace) {
        return at;
    }
    let near =
        text[start..at].char_indices().rev().take_while(|(offset, _)| at - start - offset < MAX_WORD_BYTES);
    near.filter(|(_, c)| c.is_whitespace()).map(|(offset, _)| start + offset).next().unwrap_or(at)
}

/// Names of the body and matches that lie across byte `at`.
fn across<'a>(article: &'a Article, marks: &'a [Mark], at: usize) -> impl Iterator<Item = Span> + 'a {
    let mentions = article.mentions.iter().filter(|mention| mention.field == TextField::Body);
    let spans = mentions.map(|mention| mention.span).chain(marks.iter().map(|mark| mark.span));
    spans.filter(move |span| span.start < at && at < span.end)
}

fn start_outside(article: &Article, marks: &[Mark], at: usize) -> usize {
    across(article, marks, at).map(|span| span.start).min().unwrap_or(at)
}

/// Before the name or match that `at` would cut; behind it where nothing would be left.
fn end_outside(article: &Article, marks: &[Mark], start: usize, at: usize) -> usize {
    let Some(first) = across(article, marks, at).map(|span| span.start).min() else { return at };
    if first > start { first } else { across(article, marks, at).map(|span| span.end).max().unwrap_or(at) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{Entity, Kind, Mention};

    fn article(text: &str, names: &[&str]) -> Article {
        let mention = |name: &&str| {
            let start = text.find(name).unwrap();
            Mention {
                surface: (*name).to_owned(),
                field: TextField::Body,
                span: Span::new(start, start + name.len()),
                section: None,
                demonym: false,
                entity: Entity {
                    id: "x".to_owned(),
                    name: (*name).to_owned(),
                    kind: Kind::Place,
                    country: None,
                    coordinates: None,
                },
            }
        };
        Article { text: text.to_owned(), mentions: names.iter().map(mention).collect(), ..Article::default() }
    }

    fn cut(text: &str, names: &[&str], words: &[&str], columns: usize) -> String {
        let article = article(text, names);
        let mut marks: Vec<Mark> = Vec::new();
        for (part, word) in words.iter().enumerate() {
            marks.extend(
                text.match_indices(word)
                    .map(|(at, word)| Mark { span: Span::new(at, at + word.len()), part }),
            );
        }
        marks.sort_unstable();
        stretch(&article, Span::new(0, text.len()), &marks, columns).of(text).to_owned()
    }

    #[test]
    fn a_cut_lies_between_words_and_around_matches() {
        let text = "a long road led past the mill and the weir down to the ferry and on to the town";
        assert_eq!(cut(text, &[], &["weir", "ferry"], 30), "the weir down to the ferry and");
        assert_eq!(cut(text, &[], &[], 30), "a long road led past the mill");
        assert_eq!(cut("short", &[], &[], 30), "short");
    }

    #[test]
    fn names_stay_whole() {
        let text = "the road to the far Upper Weir Bridge and further on across the hills";
        assert_eq!(cut(text, &["Upper Weir Bridge"], &[], 30), "the road to the far");
        let text = "Upper Weir and Lower Ferry Crossing Bridge were closed in the night of storms";
        let name = "Upper Weir and Lower Ferry Crossing Bridge";
        assert_eq!(cut(text, &[name], &[], 22), name);
    }

    #[test]
    fn wide_and_combining_characters() {
        let wide = "東京の港で大きな火事があり消防隊が出動しました";
        assert_eq!(cut(wide, &[], &[], 20).width(), 20);
        // A letter with two marks is one column and is never torn.
        let marked = "e\u{301}\u{323}".repeat(60);
        let shown = cut(&marked, &[], &[], 20);
        assert_eq!((shown.width(), shown.len()), (20, 20 * "e\u{301}\u{323}".len()));
    }

    #[test]
    fn a_sentence_of_a_book_is_cut_in_a_moment() {
        let text = "weir ".repeat(400_000);
        assert_eq!(cut(&text, &[], &["weir"], 60).trim_end().len(), 59);
    }
}
