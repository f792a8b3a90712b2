//! What can be wrong with a query, with the place and a hint.

use crate::article::Span;

/// A query that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot parse query: {fault} at byte {}", span.start)]
pub struct QueryError {
    /// What is wrong.
    pub fault: QueryFault,
    /// Where, in bytes of the query.
    pub span: Span,
    /// What to do about it.
    pub hint: Option<String>,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryFault {
    /// Nothing to search for.
    #[error("nothing to search for")]
    Empty,
    /// Longer than the limit.
    #[error("longer than {limit} bytes")]
    TooLong {
        /// The limit.
        limit: usize,
    },
    /// Nested deeper than the limit.
    #[error("nested deeper than {limit}")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// More parts than the limit.
    #[error("more than {limit} clauses")]
    TooManyClauses {
        /// The limit.
        limit: usize,
    },
    /// Something else was expected here.
    #[error("expected {0}")]
    Expected(&'static str),
    /// A parenthesis without its partner.
    #[error("`)` without `(`")]
    StrayParenthesis,
    /// A quotation mark without its partner.
    #[error("quotation mark without its partner")]
    UnbalancedQuote,
    /// No such field.
    #[error("unknown field `{0}`")]
    UnknownField(String),
    /// The value does not fit the field.
    #[error("`{value}` is no {wanted}")]
    BadValue {
        /// The value.
        value: String,
        /// What the field takes.
        wanted: &'static str,
    },
    /// A query of exclusions alone.
    #[error("only excludes")]
    OnlyExcludes,
    /// A regular expression or pattern that cannot be compiled.
    #[error("bad pattern: {0}")]
    BadPattern(String),
}

impl QueryError {
    /// An error at `span`.
    pub fn new(fault: QueryFault, span: Span) -> Self {
        Self { fault, span, hint: None }
    }

    /// The same with a hint.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The line of the query around the error, and a line with carets under the place, at most
    /// `width` characters wide. Control characters are shown as spaces.
    pub fn excerpt(&self, query: &str, width: usize) -> (String, String) {
        let at = floor_boundary(query, self.span.start);
        let before = query[..at].chars().count();
        let skip = before.saturating_sub(width / 2);
        let shown: String =
            query.chars().skip(skip).take(width).map(|c| if c.is_control() { ' ' } else { c }).collect();
        let end = floor_boundary(query, self.span.end.max(at));
        let marked = query[at..end].chars().count().clamp(1, width - (before - skip).min(width - 1));
        (shown, format!("{}{}", " ".repeat(before - skip), "^".repeat(marked)))
    }
}

fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
