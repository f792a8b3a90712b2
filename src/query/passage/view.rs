//! An article's texts as numbered words, and which words pass which test.

use std::cell::OnceCell;

use super::tests_of_words::WordTests;
use crate::analysis::{Stem, Words};
use crate::article::{Article, Span, TextField};

/// The texts in the order of [`slot`].
pub(super) const TEXTS: [TextField; 3] = [TextField::Headline, TextField::Dek, TextField::Body];

/// A run of words of one text, first and last included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Interval {
    pub(super) field: TextField,
    pub(super) start: u32,
    pub(super) end: u32,
}

pub(super) struct View<'a> {
    pub(super) article: &'a Article,
    texts: [Text; 3],
    sentences: OnceCell<Vec<(TextField, Span)>>,
}

#[derive(Default)]
struct Text {
    /// Every word's bytes.
    words: Vec<Span>,
    /// For every test, the numbers of the words that pass it.
    passing: Vec<Vec<u32>>,
}

/// The number of a text.
pub(super) fn slot(field: TextField) -> usize {
    match field {
        TextField::Headline => 0,
        TextField::Dek => 1,
        TextField::Body => 2,
    }
}

impl<'a> View<'a> {
    pub(super) fn new(article: &'a Article, tests: &WordTests, stem: &mut Stem) -> Self {
        let texts = TEXTS.map(|field| text_of(article.text_of(field), tests, stem));
        Self { article, texts, sentences: OnceCell::new() }
    }

    /// How many words a text has.
    pub(super) fn length(&self, field: TextField) -> u32 {
        u32::try_from(self.texts[slot(field)].words.len()).unwrap_or(u32::MAX)
    }

    /// The numbers of the words of `field` that pass `test`, in order.
    pub(super) fn passing(&self, field: TextField, test: usize) -> &[u32] {
        &self.texts[slot(field)].passing[test]
    }

    /// The words that `span` touches, from the first up to, not including, the last number.
    pub(super) fn words_in(&self, field: TextField, span: Span) -> (u32, u32) {
        let words = &self.texts[slot(field)].words;
        let from = words.partition_point(|word| word.end <= span.start);
        let to = words.partition_point(|word| word.start < span.end);
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        (number(from), number(to.max(from)))
    }

    /// The bytes of a run of words.
    pub(super) fn span_of(&self, interval: Interval) -> Span {
        let words = &self.texts[slot(interval.field)].words;
        match (words.get(interval.start as usize), words.get(interval.end as usize)) {
            (Some(first), Some(last)) => Span::new(first.start, last.end.max(first.end)),
            _ => Span::default(),
        }
    }

    /// The sentences of all texts, found once.
    pub(super) fn sentences(&self) -> &[(TextField, Span)] {
        self.sentences.get_or_init(|| {
            let of = |field: TextField| {
                let text = self.article.text_of(field);
                crate::names::sentences::sentences(text).map(move |span| (field, span))
            };
            TEXTS.into_iter().flat_map(of).collect()
        })
    }
}

fn text_of(text: &str, tests: &WordTests, stem: &mut Stem) -> Text {
    let mut view =
        Text { words: Vec::with_capacity(text.len() / 6), passing: vec![Vec::new(); tests.count()] };
    let mut words = Words::new(text);
    let unstemmed = tests.without_stems();
    while let Some(word) = words.advance() {
        view.words.push(word.span);
        let folded = words.folded();
        let term = if unstemmed { "" } else { stem.of(folded) };
        tests.each(term, folded, |test| view.passing[test].push(word.position));
    }
    view
}
