//! A concordance: every place that a query finds, with what stands to its left and right.

use serde::Serialize;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::AggregateError;
use super::sources::section_of;
use crate::analysis::folded_words;
use crate::article::{Article, Outlet, Span, TextField};
use crate::engine::{Engine, MatchRequest, Sort, Unit};
use crate::index::StoredArticle;
use crate::names::own::OwnNames;
use crate::query::Plan;
use crate::search::Highlighter;

/// Words of context that lines are sorted by.
const SORTED_WORDS: usize = 8;

/// The order of lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// Of articles by relevance, and of their text.
    Relevance,
    /// Of articles from the newest to the oldest, and of their text.
    Newest,
    /// By the words to the left, the nearest first.
    Left,
    /// By the words to the right.
    Right,
    /// By the found words themselves, then by those to the right.
    Match,
}

/// What is listed.
#[derive(Clone, Copy)]
pub struct KwicRequest<'a> {
    /// The query's meaning.
    pub plan: &'a Plan,
    /// Whether whole articles are looked at or the sections found.
    pub unit: Unit,
    /// The order of lines.
    pub order: Order,
    /// Context on each side, in columns of a terminal.
    pub context: usize,
    /// Most lines; all without a number.
    pub limit: Option<usize>,
    /// Lines passed over.
    pub offset: usize,
}

/// A place.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KwicLine {
    /// What stands before it, as near as the context reaches; on one line.
    pub left: String,
    /// What was found, as written.
    #[serde(rename = "match")]
    pub found: String,
    /// What stands behind it.
    pub right: String,
    /// Which text it stands in.
    pub field: TextField,
    /// Index of the section.
    pub section: Option<usize>,
    /// Its bytes in the text.
    pub span: Span,
    /// Its bytes in the decoded file, where the text is the file's own.
    pub file_span: Option<Span>,
    /// The line of the file that they begin in, from 1.
    pub line: Option<usize>,
    /// The article.
    pub id: String,
    /// Path of its file.
    pub path: String,
    /// Number of the record in the file.
    pub record: Option<u64>,
    /// Who published it.
    pub publisher: Option<Outlet>,
    /// When it was published.
    pub published: Option<String>,
}

/// The lines.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Kwic {
    /// All places.
    pub total: u64,
    /// Articles or sections that the query finds.
    pub matches: u64,
    /// Of these, those in whose text nothing of it stands: a filter found them.
    pub without: u64,
    /// The lines asked for.
    pub lines: Vec<KwicLine>,
}

/// What a line is sorted by.
type Key = (Vec<String>, Vec<String>);

/// Finds the places.
///
/// # Errors
/// When the engine fails.
pub fn kwic(
    engine: &dyn Engine,
    names: &OwnNames,
    request: &KwicRequest<'_>,
) -> Result<Kwic, AggregateError> {
    let highlighter = Highlighter::new(request.plan);
    let sort = if request.order == Order::Relevance { Sort::Relevance } else { Sort::Newest };
    let asked = MatchRequest { plan: request.plan, unit: request.unit, sort, top: None };
    let found = engine.matches(&asked)?;
    let wanted = request.limit.map_or(usize::MAX, |limit| limit.saturating_add(request.offset));
    let sorted = !matches!(request.order, Order::Relevance | Order::Newest);
    let mut kwic = Kwic { matches: found.total, ..Kwic::default() };
    let mut lines: Vec<(Key, usize, KwicLine)> = Vec::new();
    for one in &found.first {
        let mut loaded = engine.load(one.address)?;
        names.correct(&mut loaded.stored.article);
        let section = section_of(request.unit, loaded.section);
        let before = kwic.total;
        for (field, span) in places(&loaded.stored.article, section, &highlighter) {
            let number = kwic.total as usize;
            kwic.total += 1;
            if sorted || number < wanted {
                let line = line_of(&loaded.stored, field, span, request.context);
                lines.push((key_of(&line, request.order), number, line));
            }
        }
        kwic.without += u64::from(kwic.total == before);
        // Memory is bounded by what is asked for, not by what there is.
        if sorted && lines.len() > wanted.saturating_mul(2).saturating_add(1024) {
            keep_first(&mut lines, wanted);
        }
    }
    keep_first(&mut lines, wanted);
    kwic.lines = lines.into_iter().skip(request.offset).map(|(_, _, line)| line).collect();
    Ok(kwic)
}

fn keep_first(lines: &mut Vec<(Key, usize, KwicLine)>, wanted: usize) {
    lines.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.cmp(&b.1)));
    lines.truncate(wanted);
}

/// Where the query's parts stand, in the order of headline, dek and body.
fn places(article: &Article, section: Option<usize>, highlighter: &Highlighter) -> Vec<(TextField, Span)> {
    let mut places = Vec::new();
    for field in [TextField::Headline, TextField::Dek, TextField::Body] {
        let within = |span: Span| match section {
            None => true,
            Some(number) => {
                field == TextField::Body
                    && article.sections.get(number).is_none_or(|section| section.span.contains(span))
            }
        };
        let marks = highlighter.marks(article, field).into_iter();
        places.extend(marks.filter(|mark| within(mark.span)).map(|mark| (field, mark.span)));
    }
    places
}

fn line_of(stored: &StoredArticle, field: TextField, span: Span, context: usize) -> KwicLine {
    let article = &stored.article;
    let text = article.text_of(field);
    let (before, after) = (text.get(..span.start).unwrap_or(""), text.get(span.end..).unwrap_or(""));
    let section = (field == TextField::Body).then(|| article.section_at(span.start)).flatten();
    KwicLine {
        left: one_line(&last_columns(before, context)),
        found: one_line(span.of(text)),
        right: one_line(&first_columns(after, context)),
        field,
        section,
        span,
        file_span: (field == TextField::Body).then(|| article.file_span(span)).flatten(),
        line: (field == TextField::Body).then(|| article.file_line(span)).flatten(),
        id: stored.id.clone(),
        path: stored.location.path.clone(),
        record: stored.location.record,
        publisher: article.publisher.clone(),
        published: article.published.as_ref().map(|moment| moment.iso.clone()),
    }
}

/// Line breaks become blanks, each for one, so that lengths hold.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c == '\n' || c == '\r' || c == '\t' { ' ' } else { c }).collect()
}

/// The beginning of `text` that fits into `columns` of a terminal. No character is parted from its
/// combining marks, and none that is two columns wide is cut.
pub fn first_columns(text: &str, columns: usize) -> String {
    let mut width = 0;
    let fitting = text.graphemes(true).take_while(|cluster| {
        width += columns_of(cluster);
        width <= columns
    });
    fitting.collect()
}

/// The end of `text` that fits, in the same way.
pub fn last_columns(text: &str, columns: usize) -> String {
    let mut width = 0;
    let fitting = text.graphemes(true).rev().take_while(|cluster| {
        width += columns_of(cluster);
        width <= columns
    });
    let mut clusters: Vec<&str> = fitting.collect();
    clusters.reverse();
    clusters.concat()
}

/// Columns of a character with its marks; a line break is shown as a blank.
pub fn columns_of(cluster: &str) -> usize {
    if cluster.starts_with(['\n', '\r', '\t']) { 1 } else { cluster.width() }
}

fn key_of(line: &KwicLine, order: Order) -> Key {
    let words = |text: &str| -> Vec<String> {
        let mut words = folded_words(text);
        words.truncate(SORTED_WORDS);
        words
    };
    let left = || -> Vec<String> {
        let mut words = folded_words(&line.left);
        words.reverse();
        words.truncate(SORTED_WORDS);
        words
    };
    match order {
        Order::Relevance | Order::Newest => (Vec::new(), Vec::new()),
        Order::Left => (left(), words(&line.right)),
        Order::Right => (words(&line.right), left()),
        Order::Match => (words(&line.found), words(&line.right)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contexts_are_cut_by_columns() {
        assert_eq!(first_columns("abcdef", 3), "abc");
        assert_eq!(last_columns("abcdef", 3), "def");
        assert_eq!(first_columns("中文字", 3), "中", "half a wide character is none");
        assert_eq!(last_columns("中文字", 5), "文字");
        assert_eq!(last_columns("Ma\u{301}laga", 5), "a\u{301}laga");
        assert_eq!(first_columns("e\u{301}e\u{301}e\u{301}", 2), "e\u{301}e\u{301}");
        assert_eq!(first_columns("قالت الصين", 4), "قالت");
        assert_eq!(first_columns("👩‍👩‍👧 x", 2), "👩‍👩‍👧");
        assert_eq!(last_columns("", 5), "");
        assert_eq!(first_columns("a\nb", 2), "a\n");
    }

    #[test]
    fn lines_are_ordered_by_the_words_beside_them() {
        let line = |left: &str, right: &str| KwicLine {
            left: left.to_owned(),
            found: "x".to_owned(),
            right: right.to_owned(),
            field: TextField::Body,
            section: None,
            span: Span::default(),
            file_span: None,
            line: None,
            id: String::new(),
            path: String::new(),
            record: None,
            publisher: None,
            published: None,
        };
        let (a, b) = (line("one Zebra", " apples"), line("two ant", " Ärzte"));
        assert!(key_of(&b, Order::Left) < key_of(&a, Order::Left), "the nearest word decides");
        assert!(key_of(&a, Order::Right) < key_of(&b, Order::Right));
    }
}
