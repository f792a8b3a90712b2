//! The query language: from what was typed to what is meant. Knows no engine.
//!
//! [`parse`] gives the tree of a query with the place of every part; [`plan`] gives it meaning:
//! words become terms, names become entities with their spellings, dates become ranges.
//! `schema/query.md` is the specification.

mod ast;
mod clause;
mod date;
mod error;
mod fields;
mod lexer;
mod limits;
mod parse;
mod passage;
mod passages;
mod place;
mod plan;
mod saved;
mod value;

pub use ast::{Filter, Form, Node, Query, Scope, Stretch, Test};
pub use date::{DateRange, date_range, since, until};
pub use error::{QueryError, QueryFault};
pub use fields::{FIELDS, FieldType, QueryField, field_named, nearest_field};
pub(crate) use lexer::is_quote;
pub use limits::{MAX_CLAUSES, MAX_DEPTH, MAX_QUERY_BYTES};
pub use parse::{ParseOptions, parse, parse_filter, parse_literal};
pub use passage::{Extent, PassageTest, Sighting, needs_reading};
pub use passages::MAX_DISTANCE;
pub(crate) use plan::stop_words;
pub use plan::{
    Expansion, Leaf, NameReason, NameResolver, NoNames, Plan, PlanNode, PlanOptions, QueryLimits, Resolved,
    plan,
};
pub use saved::{SavedError, SavedQueries, parameters_of};

#[cfg(test)]
mod tests;
