//! A paragraph's tokens with everything the grammar may ask about them.
//!
//! Look-ups alone: which classes a word has, which outlet a name is. Nothing is decided here.

use std::collections::BTreeMap;

use crate::article::{Kind as NameKind, Mention, Span};
use crate::names::outlets::{OutletEntry, Outlets};

use super::rules::{Cue, Rules, class, uses};
use super::tokens::{Kind, Marks, Token};

/// Words tried together as an outlet's name.
const MAX_OUTLET_WORDS: usize = 6;

/// The field's surroundings: what is the same for all its paragraphs.
#[derive(Clone, Copy)]
pub(super) struct Setting<'a> {
    pub text: &'a str,
    pub marks: Marks<'a>,
    pub rules: &'a Rules,
    pub outlets: &'a Outlets,
    pub language: Option<&'a str>,
    /// The outlet behind each mention of the field, by its index.
    pub known_outlets: &'a [Option<&'a OutletEntry>],
    /// Outlets of the article by the last word of their names: "the Post" after "The Washington Post".
    pub short_names: &'a BTreeMap<&'a str, &'a OutletEntry>,
    /// Index of the first mention of each person, by the last word of the name.
    pub surnames: &'a BTreeMap<&'a str, usize>,
}

/// One paragraph, tokenised.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    pub setting: Setting<'a>,
    pub tokens: &'a [Token],
    /// The tokens at which sentences begin, in order.
    pub breaks: &'a [usize],
}

impl<'a> Scene<'a> {
    /// The kind of token `at`; none outside the paragraph.
    pub fn kind(&self, at: usize) -> Option<Kind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    /// The text of token `at`.
    pub fn word(&self, at: usize) -> &'a str {
        self.tokens.get(at).map_or("", |token| token.span.of(self.setting.text))
    }

    /// The classes of token `at`: of words, and of cues that are nouns as well ("report").
    pub fn classes(&self, at: usize) -> u32 {
        match self.kind(at) {
            Some(Kind::Word) => self.setting.rules.classes(self.word(at), self.setting.language),
            Some(Kind::Cue(cue)) if self.setting.marks.cues[cue].uses & uses::NOUN != 0 => {
                self.setting.rules.classes(self.word(at), self.setting.language)
            }
            _ => 0,
        }
    }

    /// Whether token `at` is a word of one of the classes `bits`.
    pub fn is(&self, at: usize, bits: u32) -> bool {
        self.classes(at) & bits != 0
    }

    /// Whether token `at` begins with a capital.
    pub fn is_capital(&self, at: usize) -> bool {
        self.word(at).starts_with(char::is_uppercase)
    }

    /// The cue at token `at`.
    pub fn cue(&self, at: usize) -> Option<&'a Cue> {
        match self.kind(at)? {
            Kind::Cue(cue) => self.setting.marks.cues.get(cue),
            _ => None,
        }
    }

    /// The mention at token `at`, with its index.
    pub fn name(&self, at: usize) -> Option<(usize, &'a Mention)> {
        match self.kind(at)? {
            Kind::Name(index) => Some((index, self.setting.marks.mentions.get(index)?)),
            _ => None,
        }
    }

    /// Whether token `at` names a person.
    pub fn is_person(&self, at: usize) -> bool {
        self.name(at).is_some_and(|(_, mention)| mention.entity.kind == NameKind::Person)
    }

    /// The outlet that token `at` names.
    pub fn outlet(&self, at: usize) -> Option<&'a OutletEntry> {
        let (index, _) = self.name(at)?;
        self.setting.known_outlets.get(index).copied().flatten()
    }

    /// Whether token `at` ends a clause: the paragraph's edge, a sentence's, a stop or a quotation.
    pub fn is_edge(&self, at: usize) -> bool {
        match self.kind(at) {
            None | Some(Kind::Break | Kind::Quote(_)) => true,
            Some(Kind::Other) => matches!(self.word(at), "." | "!" | "?" | ";" | "…" | "。"),
            _ => false,
        }
    }

    /// First and last token of the sentence that holds token `at`.
    pub fn sentence(&self, at: usize) -> (usize, usize) {
        let next = self.breaks.partition_point(|&index| index <= at);
        let start = next.checked_sub(1).map_or(0, |index| self.breaks[index] + 1);
        let end = self.breaks.get(next).copied().unwrap_or(self.tokens.len());
        (start.min(at), end.saturating_sub(1).max(at))
    }

    /// The person of the article whose surname alone token `at` is: no mention, or one of a place.
    pub fn surname(&self, at: usize) -> Option<usize> {
        match self.kind(at)? {
            Kind::Word => {}
            Kind::Name(_) if self.name(at).is_some_and(|(_, name)| name.entity.kind == NameKind::Place) => {}
            _ => return None,
        }
        self.setting.surnames.get(self.word(at)).copied()
    }

    /// An outlet named by the capitalised words from token `at` on, with the token after them.
    ///
    /// For names that are too common to be mentions everywhere ("The Times"): next to a cue they are.
    pub fn outlet_words_from(&self, at: usize) -> Option<(Span, usize, &'a OutletEntry)> {
        let begin = if self.word(at).eq_ignore_ascii_case("the") { at + 1 } else { at };
        let ends = begin..begin + MAX_OUTLET_WORDS;
        let end = ends.take_while(|&index| self.is_name_word(index, begin)).last()? + 1;
        (begin + 1..=end).rev().find_map(|end| {
            let span = Span::new(self.tokens[at].span.start, self.tokens[end - 1].span.end);
            self.outlet_called(begin, end).map(|outlet| (span, end, outlet))
        })
    }

    /// An outlet named by the capitalised words up to and including token `at`, with the first of them.
    pub fn outlet_words_to(&self, at: usize) -> Option<(Span, usize, &'a OutletEntry)> {
        if !self.is_name_word(at, at) {
            return None;
        }
        let low = at.saturating_sub(MAX_OUTLET_WORDS - 1);
        let first = (low..=at).rev().take_while(|&index| self.is_name_word(index, low)).last()?;
        (first..=at).find_map(|begin| {
            let outlet = self.outlet_called(begin, at + 1)?;
            let with_article = begin > 0 && self.word(begin - 1).eq_ignore_ascii_case("the");
            let begin = if with_article { begin - 1 } else { begin };
            let span = Span::new(self.tokens[begin].span.start, self.tokens[at].span.end);
            Some((span, begin, outlet))
        })
    }

    /// The capitalised words from token `at` on, an outlet's name where a noun such as "broadcaster"
    /// stands before them; with the token after them.
    pub fn introduced_words(&self, at: usize) -> Option<(Span, usize)> {
        let is_name = |&index: &usize| {
            self.kind(index) == Some(Kind::Word) && self.is_capital(index) && !self.is(index, class::TIME)
        };
        let end = (at..at + MAX_OUTLET_WORDS).take_while(is_name).last()? + 1;
        // "Channel Seven": in the middle of a sentence the noun's capital makes it part of the name.
        let inner = at >= 2 && self.kind(at - 2) != Some(Kind::Break) && !self.is_edge(at - 2);
        let first = if inner && self.is_capital(at - 1) { at - 1 } else { at };
        Some((Span::new(self.tokens[first].span.start, self.tokens[end - 1].span.end), end))
    }

    fn is_name_word(&self, at: usize, first: usize) -> bool {
        match self.kind(at) {
            // "Czech Radio": the adjective may be a mention of its own.
            Some(Kind::Name(_)) => self.name(at).is_some_and(|(_, name)| name.entity.kind == NameKind::Place),
            Some(Kind::Word | Kind::Cue(_)) => {
                self.is_capital(at) || (at > first && matches!(self.word(at), "of" | "the" | "and" | "for"))
            }
            _ => false,
        }
    }

    /// The outlet that tokens `begin..end` name; a single common word needs "the" before it.
    fn outlet_called(&self, begin: usize, end: usize) -> Option<&'a OutletEntry> {
        let span = Span::new(self.tokens.get(begin)?.span.start, self.tokens.get(end - 1)?.span.end);
        let surface = span.of(self.setting.text);
        let single = end == begin + 1;
        let acronym = surface.chars().filter(|c| c.is_uppercase()).count() > 1;
        let article = begin > 0 && self.word(begin - 1).eq_ignore_ascii_case("the");
        if single && !acronym && !article {
            return None;
        }
        let short = || self.setting.short_names.get(surface).copied().filter(|_| article && single);
        short().or_else(|| self.setting.outlets.by_name(surface))
    }
}
