//! The limits of a query, checked before and while it is read, so that no query can exhaust the stack
//! or the machine. What answering may cost is the plan's concern.

use super::ast::{Form, Node};
use super::error::{QueryError, QueryFault};
use super::parse::ParseOptions;
use crate::article::Span;

/// Longest query: a pasted article fits, a pasted dump does not.
pub const MAX_QUERY_BYTES: usize = 64 << 10;
/// Deepest nesting of parentheses. People stay under 5, programs under 20; the parser calls itself
/// once for each level.
pub const MAX_DEPTH: usize = 100;
/// Most words, phrases and filters of one query; each costs a posting list.
pub const MAX_CLAUSES: usize = 2_048;

/// Of how many clauses one may be a wildcard, a fuzzy word or an expression.
const CLAUSES_PER_PATTERN: usize = 16;

pub(super) fn check_size(text: &str) -> Result<(), QueryError> {
    if text.len() > MAX_QUERY_BYTES {
        let fault = QueryFault::TooLong { limit: MAX_QUERY_BYTES };
        return Err(QueryError::new(fault, Span::new(0, 1)));
    }
    Ok(())
}

/// A pattern costs an automaton and a walk over all words of the index.
pub(super) fn check_patterns(root: &Node, options: &ParseOptions, span: Span) -> Result<(), QueryError> {
    let limit = options.max_clauses / CLAUSES_PER_PATTERN;
    if patterns_in(root) > limit {
        let hint = format!(
            "one for {CLAUSES_PER_PATTERN} clauses: `--max-clauses {}`",
            options.max_clauses.saturating_mul(2)
        );
        return Err(QueryError::new(QueryFault::TooManyPatterns { limit }, span).hint(hint));
    }
    Ok(())
}

fn patterns_in(node: &Node) -> usize {
    match node {
        Node::Text { form: Form::Wildcard(_) | Form::Regex(_) | Form::Fuzzy(..), .. } => 1,
        Node::All | Node::Text { .. } | Node::Filter(_) => 0,
        Node::And(nodes) | Node::Or(nodes) => nodes.iter().map(patterns_in).sum(),
        Node::Near { sides, .. } => sides.iter().map(patterns_in).sum(),
        Node::Not(node) | Node::Boost(node, _) | Node::Within { node, .. } | Node::AtLeast { node, .. } => {
            patterns_in(node)
        }
    }
}

pub(super) fn too_many_clauses(limit: usize, span: Span) -> QueryError {
    QueryError::new(QueryFault::TooManyClauses { limit }, span)
        .hint(format!("`--max-clauses {}` lets twice as many pass", limit.saturating_mul(2)))
}
