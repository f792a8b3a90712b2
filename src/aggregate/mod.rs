//! Counts and lists over what a query finds: facets, timelines, cited sources, quotes, concordances,
//! entities and what goes with them, articles like another.
//!
//! Everything stands on the [`Engine`](crate::engine::Engine) trait and is exact. It prints nothing and
//! reads no files. What a list leaves out (values beyond the first ones, undated articles, articles
//! without a value) is counted beside it.

pub mod entities;
pub mod facets;
pub mod graph;
pub mod kwic;
mod labels;
pub mod quotes;
pub mod related;
pub mod sources;
pub mod timeline;
pub mod together;

pub use labels::{Label, Labels};

use crate::engine::EngineError;
pub use crate::engine::period::Grain;
use crate::query::{Leaf, Plan, PlanNode, QueryLimits};

/// Why something cannot be counted.
#[derive(Debug, thiserror::Error)]
pub enum AggregateError {
    /// The engine fails.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// No field of that name.
    #[error("unknown field `{name}`")]
    UnknownField {
        /// As typed.
        name: String,
        /// The nearest field there is.
        nearest: Option<String>,
    },
    /// A field without values that could be counted.
    #[error("the values of `{0}` cannot be counted: {1}")]
    NoValues(&'static str, &'static str),
    /// A timeline that would be too long.
    #[error("{periods} {by}s from {from} to {to} (at most {})", timeline::MAX_PERIODS)]
    TooManyPeriods {
        /// How many there would be.
        periods: usize,
        /// Their length.
        by: &'static str,
        /// The first.
        from: String,
        /// The last.
        to: String,
    },
}

/// A plan of one condition.
pub(crate) fn plan_of(leaf: Leaf) -> Plan {
    plan_of_node(PlanNode::Leaf(leaf, crate::article::Span::default()))
}

/// A plan of a tree.
pub(crate) fn plan_of_node(root: PlanNode) -> Plan {
    Plan {
        text: String::new(),
        root,
        expansions: Vec::new(),
        passed_over: Vec::new(),
        limits: QueryLimits::default(),
    }
}

/// What has one of these values in `field`.
pub(crate) fn having(field: &'static str, values: Vec<String>) -> Leaf {
    Leaf::Keyword { field, values, prefix: false, scored: false }
}

/// `plan` and one condition more.
pub(crate) fn narrowed(plan: &Plan, leaf: Leaf) -> Plan {
    let condition = PlanNode::Leaf(leaf, crate::article::Span::default());
    Plan { root: PlanNode::And(vec![plan.root.clone(), condition]), ..plan.clone() }
}
