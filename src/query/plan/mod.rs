//! What a query means: words become terms, names become entities with all their spellings.
//!
//! The plan is what every engine translates and what `explain` shows. It still knows no engine.

mod leaf;
mod notation;
mod planner;

use super::ast::{Query, Scope, Stretch};
use crate::article::{Kind, Span};

pub(crate) use planner::stop_words;

/// An entity that a name in a query refers to.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolved {
    /// Its id.
    pub id: String,
    /// Its canonical name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// ISO 3166-1 alpha-2 code.
    pub country: Option<String>,
    /// Whether the name is also an ordinary word, so that only a field makes it a name.
    pub ordinary_word: bool,
}

/// Knows which entities a name may mean.
pub trait NameResolver {
    /// The entities that `name` is a spelling of, in any case; the likeliest first.
    fn entities(&self, name: &str) -> Vec<Resolved>;

    /// All spellings of the entity with this id. May take milliseconds: asked for only to be shown.
    fn spellings(&self, id: &str) -> Vec<String>;
}

/// Knows no names.
pub struct NoNames;

impl NameResolver for NoNames {
    fn entities(&self, _: &str) -> Vec<Resolved> {
        Vec::new()
    }

    fn spellings(&self, _: &str) -> Vec<String> {
        Vec::new()
    }
}

/// What decides how a query is planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanOptions {
    /// Whether a name also finds its other spellings.
    pub variants: bool,
    /// What answering may cost.
    pub limits: QueryLimits,
}

impl Default for PlanOptions {
    fn default() -> Self {
        Self { variants: true, limits: QueryLimits::default() }
    }
}

/// What answering a query may cost; beyond it the query is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueryLimits {
    /// Most words that one pattern may stand for. A prefix of three letters stands for some hundreds;
    /// 16,384 posting lists are merged in a few tens of milliseconds.
    pub words: usize,
    /// Most articles that may be read to decide what their terms cannot. A core reads some ten
    /// thousand a second.
    pub reads: u64,
}

impl Default for QueryLimits {
    fn default() -> Self {
        Self { words: 1 << 14, reads: 1 << 18 }
    }
}

/// What a query means.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The query as typed, which places are in.
    pub text: String,
    /// The tree.
    pub root: PlanNode,
    /// Names that were understood, in the order of the query.
    pub expansions: Vec<Expansion>,
    /// Words that were passed over because they stand in almost every article.
    pub passed_over: Vec<String>,
    /// What answering may cost.
    pub limits: QueryLimits,
}

/// A name in the query and what it was taken for.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Expansion {
    /// What was typed.
    pub typed: String,
    /// The entity's id.
    pub id: String,
    /// The entity's canonical name.
    pub name: String,
    /// Why it was taken for a name.
    pub reason: NameReason,
}

/// What makes words of a query a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NameReason {
    /// They are the value of a field of names.
    Field,
    /// They are written as one: with a capital, or in a script without.
    Capital,
    /// In small letters, they are the whole of a name that is no ordinary word.
    WholeName,
}

/// A part of a plan.
#[derive(Clone, Debug, PartialEq)]
pub enum PlanNode {
    /// One condition.
    Leaf(Leaf, Span),
    /// All of them; scores add up.
    And(Vec<PlanNode>),
    /// At least one; scores add up.
    Or(Vec<PlanNode>),
    /// At least one; the best score counts: spellings of one name.
    Best(Vec<PlanNode>),
    /// None of it.
    Not(Box<PlanNode>),
    /// The score multiplied.
    Boost(Box<PlanNode>, f32),
    /// Two things near each other: held against the text.
    Near {
        /// The one and the other: leaves, unions of them, or further pairs.
        sides: Box<[PlanNode; 2]>,
        /// How many words further on at most: 1 is side by side.
        distance: u32,
        /// Whether the first must stand before the second.
        ordered: bool,
    },
    /// All of it in one stretch of an article: held against the text.
    Within(Stretch, Box<PlanNode>),
    /// So many times at least, places that overlap counted once: held against the text.
    AtLeast(u32, Box<PlanNode>),
}

impl PlanNode {
    /// From the first to the last part of the query that this came from; empty where it stands
    /// nowhere in the query.
    pub fn span(&self) -> Span {
        match self {
            Self::Leaf(_, span) => *span,
            Self::And(nodes) | Self::Or(nodes) | Self::Best(nodes) => hull(nodes),
            Self::Near { sides, .. } => hull(&sides[..]),
            Self::Not(node) | Self::Boost(node, _) | Self::Within(_, node) | Self::AtLeast(_, node) => {
                node.span()
            }
        }
    }
}

fn hull(nodes: &[PlanNode]) -> Span {
    let spans = nodes.iter().map(PlanNode::span).filter(|span| !span.is_empty());
    spans.reduce(|a, b| Span::new(a.start.min(b.start), a.end.max(b.end))).unwrap_or_default()
}

/// One condition.
#[derive(Clone, Debug, PartialEq)]
pub enum Leaf {
    /// Every article.
    All,
    /// Terms at these distances from each other; a single one is a word.
    Terms {
        /// Which text.
        scope: Scope,
        /// Position and stemmed term; with `prefix`, the last is a folded word's beginning.
        terms: Vec<(u32, String)>,
        /// How many moves are forgiven.
        slop: u32,
        /// Whether the last term may go on.
        prefix: bool,
    },
    /// Folded words that begin so.
    Prefix(Scope, String),
    /// Folded words of this shape.
    Wildcard(Scope, String),
    /// Folded words within this distance.
    Fuzzy(Scope, String, u8),
    /// Folded words that this expression matches wholly.
    Regex(Scope, String),
    /// Exactly this text: neither stemmed nor folded.
    Exact {
        /// The text.
        text: String,
        /// Whether capitals must be the same, too.
        case: bool,
    },
    /// The field has one of these values.
    Keyword {
        /// Index field.
        field: &'static str,
        /// Values, as indexed.
        values: Vec<String>,
        /// Whether they are beginnings of values.
        prefix: bool,
        /// Whether the number of times it has the value counts for the score.
        scored: bool,
    },
    /// The field lies between these, both included.
    Range {
        /// Index field.
        field: &'static str,
        /// Lower end.
        from: Option<i64>,
        /// Upper end.
        to: Option<i64>,
    },
    /// The field has a value.
    Exists(&'static str),
}

/// Gives `query` its meaning.
pub fn plan(query: &Query, names: &dyn NameResolver, options: PlanOptions) -> Plan {
    planner::planned(query, names, options)
}
