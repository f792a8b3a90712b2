//! Conditions on passages, held against an article's text: what stands near to what, in one
//! sentence, so many times.
//!
//! The terms of an index say which articles are worth reading; this decides. It knows no index and
//! reads nothing but the article it is handed.

mod check;
mod places;
mod tests_of_words;
mod view;
mod windows;

#[cfg(test)]
mod tests;

use self::check::Check;
use self::places::Places;
use self::tests_of_words::WordTests;
use self::view::View;
use super::ast::{Scope, Stretch};
use super::error::QueryFault;
use super::plan::{Leaf, PlanNode};
use crate::analysis::Stem;
use crate::article::{Article, Span, TextField};

/// What of an article is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Headline, dek and body.
    Article,
    /// The section with this index.
    Section(usize),
}

/// A place that makes a passage hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sighting {
    /// Which text.
    pub field: TextField,
    /// Where, in bytes.
    pub span: Span,
    /// Which of the test's parts it is.
    pub part: usize,
}

/// A condition ready to be held against articles.
#[derive(Debug)]
pub struct PassageTest {
    words: WordTests,
    places: Vec<Places>,
    check: Check,
    parts: usize,
}

/// Whether `node` itself, leaving aside what it is made of, can only be decided by reading.
pub fn needs_reading(node: &PlanNode) -> bool {
    match node {
        PlanNode::Near { .. } | PlanNode::Within(..) | PlanNode::AtLeast(..) => true,
        PlanNode::Leaf(Leaf::Exact { .. }, _) => true,
        // Moves are counted here, so that all of them are; and the beginning of a word has no stem.
        PlanNode::Leaf(Leaf::Terms { scope, terms, slop, prefix }, _) => {
            *scope != Scope::Byline && terms.len() > 1 && (*slop > 0 || *prefix)
        }
        _ => false,
    }
}

impl PassageTest {
    /// The test that `node` is.
    ///
    /// # Errors
    /// [`QueryFault::BadPattern`] for a pattern that cannot be compiled.
    pub fn new(node: &PlanNode) -> Result<Self, QueryFault> {
        let mut builder = check::Builder::default();
        let check = builder.check(node)?;
        let check::Builder { words, places, parts, .. } = builder;
        Ok(Self { words, places, check, parts })
    }

    /// How many parts can be sighted: words, phrases and names.
    pub fn parts(&self) -> usize {
        self.parts
    }

    /// Whether headline, dek and body say all: no names, sections or quotations are asked for.
    pub fn needs_texts_alone(&self) -> bool {
        self.places.iter().all(Places::needs_texts_alone) && self.check.needs_texts_alone()
    }

    /// Whether it holds.
    pub fn holds(&self, article: &Article, extent: Extent, stem: &mut Stem) -> bool {
        let view = View::new(article, &self.words, stem);
        let found = places::find(&self.places, &view);
        check::Evaluation::new(&view, &found, &self.check).holds(extent)
    }

    /// The places that make it hold, in order; none where it does not.
    pub fn sightings(&self, article: &Article, extent: Extent, stem: &mut Stem) -> Vec<Sighting> {
        let view = View::new(article, &self.words, stem);
        let found = places::find(&self.places, &view);
        let evaluation = check::Evaluation::new(&view, &found, &self.check);
        let mut intervals = Vec::new();
        if evaluation.holds(extent) {
            evaluation.sight(extent, &mut |place, interval| {
                places::parts_of(&self.places, &found, place, interval, &mut intervals);
            });
        }
        intervals.sort_unstable();
        intervals.dedup();
        intervals
            .into_iter()
            .map(|(interval, part)| Sighting { field: interval.field, span: view.span_of(interval), part })
            .collect()
    }
}

/// The stretch that a scope is, where it is one.
fn stretch_of(scope: Scope) -> Option<Stretch> {
    (scope == Scope::Headline).then_some(Stretch::Headline)
}
