//! Saved queries: texts with a name, which a query calls by `@name` or `@name(argument, …)`.
//!
//! They are data here, one line each; where the lines are kept is not this module's concern.

use std::collections::BTreeMap;

use super::ast::Node;
use super::error::{QueryError, QueryFault};
use super::lexer::{Token, TokenKind, tokens};
use super::limits::MAX_QUERY_BYTES;
use super::parse::Parser;
use super::place::placed;
use crate::article::Span;

/// Deepest nesting of saved queries in saved queries; one that calls itself ends here.
const MAX_SAVED_DEPTH: usize = 8;
/// Most parameters of a saved query: `$1` to `$9`.
const MAX_PARAMETERS: usize = 9;
/// Longest name of a saved query, in bytes.
const MAX_NAME_BYTES: usize = 64;

/// Queries by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SavedQueries {
    queries: BTreeMap<String, String>,
}

/// A saved query that cannot be kept or read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SavedError {
    /// Not a name.
    #[error("`{0}` is no name: letters, digits, `-` and `_`, beginning with a letter")]
    BadName(String),
    /// A line that is none of a saved query.
    #[error("line {0} is no name, tab and query")]
    BadLine(usize),
    /// Longer than a query may be.
    #[error("longer than {MAX_QUERY_BYTES} bytes")]
    TooLong,
}

impl SavedQueries {
    /// Reads lines of a name, a tab and a query; empty lines and lines that begin with `#` are
    /// passed over.
    ///
    /// # Errors
    /// [`SavedError`] with the line.
    pub fn parse(text: &str) -> Result<Self, SavedError> {
        let mut saved = Self::default();
        for (number, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let (name, query) = line.split_once('\t').ok_or(SavedError::BadLine(number + 1))?;
            saved.insert(name, query)?;
        }
        Ok(saved)
    }

    /// The lines, sorted by name.
    pub fn to_text(&self) -> String {
        self.queries.iter().map(|(name, query)| format!("{name}\t{query}\n")).collect()
    }

    /// Keeps `query` under `name`, in place of any before; white space becomes single blanks.
    ///
    /// # Errors
    /// When the name is none or the query is too long.
    pub fn insert(&mut self, name: &str, query: &str) -> Result<(), SavedError> {
        if !is_name(name) {
            return Err(SavedError::BadName(name.to_owned()));
        }
        if query.len() > MAX_QUERY_BYTES {
            return Err(SavedError::TooLong);
        }
        let query = query.split_whitespace().collect::<Vec<_>>().join(" ");
        self.queries.insert(name.to_owned(), query);
        Ok(())
    }

    /// Forgets the query; whether there was one.
    pub fn remove(&mut self, name: &str) -> bool {
        self.queries.remove(name).is_some()
    }

    /// The query of that name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.queries.get(name).map(String::as_str)
    }

    /// Names and queries in alphabetical order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.queries.iter().map(|(name, query)| (name.as_str(), query.as_str()))
    }

    /// The known name nearest to a mistyped one, if any is near.
    fn nearest(&self, name: &str) -> Option<&str> {
        let near = self.queries.keys().map(|known| (strsim::damerau_levenshtein(name, known), known));
        let (distance, known) = near.min()?;
        (distance <= 1 + known.len() / 4).then_some(known)
    }
}

/// Letters, digits, `-` and `_` of ASCII, beginning with a letter.
pub(super) fn is_name(name: &str) -> bool {
    name.len() <= MAX_NAME_BYTES
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// How many parameters a saved query takes: the greatest number behind a `$`.
pub fn parameters_of(query: &str) -> usize {
    let numbers = query.as_bytes().windows(2).filter(|pair| pair[0] == b'$' && pair[1].is_ascii_digit());
    numbers.map(|pair| usize::from(pair[1] - b'0')).max().unwrap_or(0).min(MAX_PARAMETERS)
}

fn filled(query: &str, arguments: &[String]) -> String {
    let mut text = String::with_capacity(query.len());
    let mut chars = query.chars().peekable();
    while let Some(c) = chars.next() {
        let number = chars.peek().filter(|_| c == '$').and_then(|next| next.to_digit(10));
        match number.and_then(|number| arguments.get((number as usize).checked_sub(1)?)) {
            Some(argument) => {
                text.push_str(argument);
                chars.next();
            }
            None => text.push(c),
        }
    }
    text
}

impl Parser<'_> {
    /// `@name` or `@name(argument, …)`; `token` holds the name.
    pub(super) fn saved_query(
        &mut self,
        name: &str,
        token: &Token,
        depth: usize,
    ) -> Result<Option<Node>, QueryError> {
        let saved = &self.options.saved;
        let Some(query) = saved.get(name) else {
            let hint = match saved.nearest(name) {
                Some(near) => format!("did you mean `@{near}`? `newsidx query list` lists them"),
                None => {
                    "`newsidx query save NAME QUERY` makes one; quotation marks make it a word".to_owned()
                }
            };
            let name = name.to_owned();
            return Err(QueryError::new(QueryFault::UnknownSaved(name), token.span).hint(hint));
        };
        let arguments = self.arguments()?;
        let span = Span::new(token.span.start, self.last_end().max(token.span.end));
        let wanted = parameters_of(query);
        if arguments.len() != wanted {
            let fault = QueryFault::Arguments { name: name.to_owned(), wanted, given: arguments.len() };
            return Err(QueryError::new(fault, span).hint(format!("@{name} is: {query}")));
        }
        let text = filled(query, &arguments);
        self.called(name, &text, span, depth)
    }

    fn called(
        &mut self,
        name: &str,
        text: &str,
        span: Span,
        depth: usize,
    ) -> Result<Option<Node>, QueryError> {
        self.saved_bytes += text.len();
        if self.saved_depth >= MAX_SAVED_DEPTH {
            return Err(QueryError::new(QueryFault::TooDeep { limit: MAX_SAVED_DEPTH }, span)
                .hint("a saved query must not call itself"));
        }
        if self.saved_bytes > MAX_QUERY_BYTES {
            return Err(QueryError::new(QueryFault::TooLong { limit: MAX_QUERY_BYTES }, span));
        }
        let inside = |error: QueryError| {
            let fault = QueryFault::InSaved { name: name.to_owned(), fault: Box::new(error.fault) };
            QueryError { fault, span, hint: error.hint }
        };
        let pieces = tokens(text, false).map_err(inside)?;
        let mut parser = Parser {
            text,
            tokens: &pieces,
            at: 0,
            clauses: self.clauses,
            any: self.any,
            options: self.options,
            ignored: Vec::new(),
            variants: None,
            pairs: self.pairs,
            saved_depth: self.saved_depth + 1,
            saved_bytes: self.saved_bytes,
        };
        let node = parser.alternatives(depth + 1).map_err(inside)?;
        if let Some(token) = parser.peek() {
            return Err(inside(QueryError::new(QueryFault::StrayParenthesis, token.span)));
        }
        (self.clauses, self.pairs, self.saved_bytes) = (parser.clauses, parser.pairs, parser.saved_bytes);
        self.variants = self.variants.or(parser.variants);
        Ok(node.map(|node| placed(node, span)))
    }

    /// The texts between the parentheses that follow, cut at commas outside quotation marks and inner
    /// parentheses.
    fn arguments(&mut self) -> Result<Vec<String>, QueryError> {
        let Some(open) = self.peek().filter(|next| next.kind == TokenKind::Open && !next.spaced) else {
            return Ok(Vec::new());
        };
        let mut level = 0_usize;
        let close = self.tokens[self.at..].iter().position(|token| {
            match token.kind {
                TokenKind::Open => level += 1,
                TokenKind::Close => level -= 1,
                _ => {}
            }
            level == 0
        });
        let Some(close) = close.map(|offset| self.at + offset) else {
            return Err(QueryError::new(QueryFault::Expected("`)`"), open.span));
        };
        let inner = Span::new(open.span.end, self.tokens[close].span.start).of(self.text);
        self.at = close + 1;
        Ok(split_arguments(inner).into_iter().map(str::to_owned).collect())
    }
}

fn split_arguments(text: &str) -> Vec<&str> {
    let (mut level, mut quoted, mut start) = (0_i32, false, 0);
    let mut arguments = Vec::new();
    for (at, c) in text.char_indices() {
        match c {
            c if super::lexer::is_quote(c) => quoted = !quoted,
            '(' | '[' if !quoted => level += 1,
            ')' | ']' if !quoted => level -= 1,
            ',' if !quoted && level == 0 => {
                arguments.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    if !text.trim().is_empty() {
        arguments.push(text[start..].trim());
    }
    arguments
}
