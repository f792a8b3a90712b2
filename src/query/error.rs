//! What can be wrong with a query, with the place and a hint.

use crate::article::Span;

/// A query that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot {} query: {fault} at byte {}", self.fault.verb(), span.start)]
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
    /// More patterns than the limit.
    #[error("more than {limit} patterns")]
    TooManyPatterns {
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
    /// A range whose end lies before its beginning.
    #[error("`{0}` ends before it begins")]
    ReversedRange(String),
    /// A condition that no passage can be held against.
    #[error("`{0}` holds for a whole article, not for a passage")]
    NotOfAPassage(String),
    /// No saved query of that name.
    #[error("no saved query `{0}`")]
    UnknownSaved(String),
    /// A saved query called with too few or too many arguments.
    #[error("saved query `{name}` takes {wanted} argument{}, not {given}", if *wanted == 1 { "" } else { "s" })]
    Arguments {
        /// Its name.
        name: String,
        /// How many it takes.
        wanted: usize,
        /// How many there are.
        given: usize,
    },
    /// Something is wrong inside a saved query.
    #[error("in saved query `{name}`: {fault}")]
    InSaved {
        /// Its name.
        name: String,
        /// What.
        fault: Box<QueryFault>,
    },
    /// A pattern that stands for more words than the limit.
    #[error("`{pattern}` stands for more than {limit} different words")]
    TooManyWords {
        /// The pattern.
        pattern: String,
        /// The limit.
        limit: usize,
    },
    /// More articles would have to be read than the limit.
    #[error("more than {limit} articles would have to be read to decide it")]
    TooManyReads {
        /// The limit.
        limit: u64,
    },
    /// A regular expression or pattern that cannot be compiled.
    #[error("bad pattern: {0}")]
    BadPattern(String),
}

impl QueryFault {
    /// What cannot be done with the query.
    fn verb(&self) -> &'static str {
        match self {
            Self::TooManyWords { .. } | Self::TooManyReads { .. } => "answer",
            _ => "parse",
        }
    }
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
