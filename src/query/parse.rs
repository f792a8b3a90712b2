//! The parser: precedence `NOT` before `AND` (or nothing between) before `OR`.
//!
//! Limits are checked before and while parsing, so that no query can exhaust the stack.

use jiff::ZonedDateTime;

use super::ast::{Form, Node, Query, Scope, Stretch};
use super::clause::{boost_of, plain_word};
use super::error::{QueryError, QueryFault};
use super::fields::field_named;
use super::lexer::{Token, TokenKind, tokens};
use super::limits::{MAX_CLAUSES, MAX_DEPTH, check_patterns, check_size, too_many_clauses};
use super::passages::stretch_named;
use super::place::placed;
use super::saved::{SavedQueries, is_name};
use crate::analysis::folded_words;
use crate::article::Span;

/// What decides how a query is read.
#[derive(Clone, Debug)]
pub struct ParseOptions {
    /// Words without an operator between them: any of them instead of all.
    pub any: bool,
    /// The clock, for dates such as `7d` and `yesterday`.
    pub now: ZonedDateTime,
    /// Queries that can be called by name.
    pub saved: SavedQueries,
    /// Most words, phrases and filters: [`MAX_CLAUSES`] unless the user says otherwise.
    pub max_clauses: usize,
}

impl ParseOptions {
    /// Default AND, no saved queries, the usual limits.
    pub fn new(now: ZonedDateTime) -> Self {
        Self { any: false, now, saved: SavedQueries::default(), max_clauses: MAX_CLAUSES }
    }
}

/// Parses `text`.
///
/// # Errors
/// A [`QueryError`] with the place and, where one helps, a hint.
pub fn parse(text: &str, options: &ParseOptions) -> Result<Query, QueryError> {
    check_size(text)?;
    // Where everything is in capitals, as wires and old catalogues print headlines, an AND among any
    // of many words is one of them.
    let tokens = tokens(text, options.any && all_capitals(text))?;
    let mut parser = Parser::new(text, &tokens, options);
    if tokens.is_empty() {
        return Err(empty(text));
    }
    let root = parser.alternatives(0)?;
    if let Some(token) = parser.peek() {
        return Err(QueryError::new(QueryFault::StrayParenthesis, token.span));
    }
    let root = root.ok_or_else(|| empty(text))?;
    if only_excludes(&root) {
        let span = Span::new(0, text.len());
        return Err(QueryError::new(QueryFault::OnlyExcludes, span)
            .hint("name what to find too; `*` is every article"));
    }
    check_patterns(&root, options, Span::new(0, text.len()))?;
    Ok(Query { text: text.to_owned(), root, ignored: parser.ignored, variants: parser.variants })
}

/// Takes the words of `text` as they are, whatever signs stand between them.
///
/// # Errors
/// When the text is too long or holds no word.
pub fn parse_literal(text: &str, options: &ParseOptions) -> Result<Query, QueryError> {
    check_size(text)?;
    let mut nodes = Vec::new();
    for (start, word) in words_with_places(text) {
        let span = Span::new(start, start + word.len());
        let form = if folded_words(word).len() > 1 {
            Form::Phrase { text: word.to_owned(), slop: 0, prefix: false }
        } else {
            Form::Word(word.to_owned())
        };
        if !folded_words(word).is_empty() {
            nodes.push(Node::Text { scope: Scope::Everywhere, form, span });
        }
        if nodes.len() > options.max_clauses {
            return Err(too_many_clauses(options.max_clauses, span));
        }
    }
    let root = joined(nodes, options.any).ok_or_else(|| empty(text))?;
    Ok(Query { text: text.to_owned(), root, ignored: Vec::new(), variants: None })
}

/// The condition that `field` has `value`, as if `field:value` had been typed.
///
/// # Errors
/// When there is no such field or the value does not fit it; places are in `value`.
pub fn parse_filter(field: &str, value: &str, options: &ParseOptions) -> Result<Node, QueryError> {
    check_size(value)?;
    let whole = Span::new(0, value.len());
    let Some(field) = field_named(field) else {
        return Err(QueryError::new(QueryFault::UnknownField(field.to_owned()), whole));
    };
    let node = Parser::new(value, &[], options).filter(field, value, whole, whole)?;
    // It stands nowhere in the query.
    Ok(placed(node, Span::default()))
}

/// Whether a text has letters and none of them is small: then capitals say nothing.
pub(super) fn all_capitals(text: &str) -> bool {
    text.contains(char::is_uppercase) && !text.contains(char::is_lowercase)
}

fn words_with_places(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_whitespace().map(|word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
}

fn empty(text: &str) -> QueryError {
    QueryError::new(QueryFault::Empty, Span::new(0, text.len())).hint("`*` is every article")
}

fn joined(mut nodes: Vec<Node>, any: bool) -> Option<Node> {
    match nodes.len() {
        0 => None,
        1 => nodes.pop(),
        _ if any => {
            let (excluded, wanted): (Vec<_>, Vec<_>) =
                nodes.into_iter().partition(|node| matches!(node, Node::Not(_) | Node::Filter(_)));
            if excluded.is_empty() {
                return Some(Node::Or(wanted));
            }
            // Exclusions and filters hold for the whole list, whatever joins the words.
            let mut all = excluded;
            if let Some(wanted) = joined(wanted, true) {
                all.insert(0, wanted);
            }
            joined(all, false)
        }
        _ => Some(Node::And(nodes)),
    }
}

fn only_excludes(node: &Node) -> bool {
    match node {
        Node::Not(_) => true,
        Node::And(nodes) => nodes.iter().all(only_excludes),
        Node::Or(nodes) => nodes.iter().any(only_excludes),
        Node::Boost(node, _) | Node::Within { node, .. } => only_excludes(node),
        _ => false,
    }
}

/// Reads the pieces of a query from left to right.
pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: &'a [Token],
    pub(super) at: usize,
    pub(super) clauses: usize,
    /// Whether any of the words is enough here.
    pub(super) any: bool,
    pub(super) options: &'a ParseOptions,
    pub(super) ignored: Vec<Span>,
    pub(super) variants: Option<bool>,
    /// How many `NEAR` there are so far.
    pub(super) pairs: usize,
    /// How deep in saved queries this text is, and how long those called so far are together.
    pub(super) saved_depth: usize,
    pub(super) saved_bytes: usize,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, tokens: &'a [Token], options: &'a ParseOptions) -> Self {
        Self {
            text,
            tokens,
            at: 0,
            clauses: 0,
            any: options.any,
            options,
            ignored: Vec::new(),
            variants: None,
            pairs: 0,
            saved_depth: 0,
            saved_bytes: 0,
        }
    }

    pub(super) fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.at)
    }

    pub(super) fn take(&mut self) -> Option<&'a Token> {
        let token = self.tokens.get(self.at);
        self.at += 1;
        token
    }

    pub(super) fn end(&self) -> Span {
        Span::new(self.text.len(), self.text.len())
    }

    pub(super) fn alternatives(&mut self, depth: usize) -> Result<Option<Node>, QueryError> {
        let mut nodes: Vec<Node> = self.conjunction(depth)?.into_iter().collect();
        while let Some(token) = self.peek() {
            if token.kind != TokenKind::Or {
                break;
            }
            if nodes.is_empty() {
                return Err(QueryError::new(QueryFault::Expected("something before `OR`"), token.span));
            }
            self.at += 1;
            match self.conjunction(depth)? {
                Some(node) => nodes.push(node),
                None => {
                    return Err(QueryError::new(QueryFault::Expected("something after `OR`"), token.span));
                }
            }
        }
        Ok(if nodes.len() > 1 { Some(Node::Or(nodes)) } else { nodes.pop() })
    }

    fn conjunction(&mut self, depth: usize) -> Result<Option<Node>, QueryError> {
        let mut nodes = Vec::new();
        let mut all = !self.any;
        while let Some(token) = self.peek() {
            match &token.kind {
                TokenKind::Or | TokenKind::Close => break,
                TokenKind::And => {
                    self.at += 1;
                    let after = self.peek().map(|token| &token.kind);
                    if nodes.is_empty()
                        || matches!(after, None | Some(TokenKind::Or | TokenKind::Close | TokenKind::And))
                    {
                        return Err(QueryError::new(
                            QueryFault::Expected("something on both sides of `AND`"),
                            token.span,
                        ));
                    }
                    all = true;
                }
                _ => nodes.extend(self.negation(depth)?),
            }
        }
        Ok(joined(nodes, !all))
    }

    fn negation(&mut self, depth: usize) -> Result<Option<Node>, QueryError> {
        let mut negated = false;
        let mut last = None;
        while let Some(token) = self.peek() {
            match token.kind {
                TokenKind::Not | TokenKind::Minus => negated = !negated,
                TokenKind::Plus => {}
                _ => break,
            }
            last = Some(token.span);
            self.at += 1;
        }
        let node = match (self.peek().map(|token| &token.kind), last) {
            (None | Some(TokenKind::And | TokenKind::Or | TokenKind::Close), Some(span)) => {
                return Err(QueryError::new(QueryFault::Expected("something to exclude"), span));
            }
            _ => self.proximity(depth)?,
        };
        Ok(node.map(|node| if negated { Node::Not(Box::new(node)) } else { node }))
    }

    pub(super) fn clause(&mut self, scope: Scope, depth: usize) -> Result<Option<Node>, QueryError> {
        self.clauses += 1;
        let Some(token) = self.take() else { return Ok(None) };
        if self.clauses > self.options.max_clauses {
            return Err(too_many_clauses(self.options.max_clauses, token.span));
        }
        let node = match &token.kind {
            TokenKind::Open => self.group(scope, token, depth)?,
            TokenKind::Quoted(text) => self.phrase(scope, text, token),
            TokenKind::Regex(pattern) => {
                Some(Node::Text { scope, form: Form::Regex(pattern.clone()), span: token.span })
            }
            TokenKind::Word(word) => self.word(scope, word, token, depth)?,
            TokenKind::Near { .. } => {
                return Err(QueryError::new(
                    QueryFault::Expected("a word, phrase or name on both sides"),
                    token.span,
                ));
            }
            TokenKind::Suffix(_) | TokenKind::Bracketed(_) => {
                return Err(QueryError::new(QueryFault::Expected("a word before it"), token.span));
            }
            _ => return Err(QueryError::new(QueryFault::Expected("a word"), token.span)),
        };
        let Some(node) = node else {
            if !matches!(&token.kind, TokenKind::Word(word) if word.starts_with("variants:")) {
                self.ignored.push(token.span);
            }
            return Ok(None);
        };
        self.boosted(node)
    }

    pub(super) fn group(
        &mut self,
        scope: Scope,
        open: &Token,
        depth: usize,
    ) -> Result<Option<Node>, QueryError> {
        if depth >= MAX_DEPTH {
            return Err(QueryError::new(QueryFault::TooDeep { limit: MAX_DEPTH }, open.span));
        }
        let node = self.alternatives(depth + 1)?;
        match self.take() {
            Some(Token { kind: TokenKind::Close, .. }) => {}
            _ => {
                let hint = "close the parenthesis, or take the words literally with `--quote`";
                return Err(
                    QueryError::new(QueryFault::Expected("`)`"), self.end().max(open.span)).hint(hint)
                );
            }
        }
        Ok(node.map(|node| rescoped(node, scope)))
    }

    fn boosted(&mut self, node: Node) -> Result<Option<Node>, QueryError> {
        let Some(Token { kind: TokenKind::Suffix(suffix), span, .. }) = self.peek() else {
            return Ok(Some(node));
        };
        let Some(value) = suffix.strip_prefix('^') else {
            return Err(QueryError::new(QueryFault::Expected("`^` and a number"), *span));
        };
        self.at += 1;
        Ok(Some(Node::Boost(Box::new(node), boost_of(value, *span)?)))
    }

    fn phrase(&mut self, scope: Scope, text: &str, token: &Token) -> Option<Node> {
        let mut form = Form::Phrase { text: text.to_owned(), slop: 0, prefix: false };
        if let Some(Token { kind: TokenKind::Suffix(suffix), .. }) = self.peek() {
            if suffix == "*" {
                form = Form::Phrase { text: text.to_owned(), slop: 0, prefix: true };
                self.at += 1;
            } else if let Some(slop) = suffix.strip_prefix('~').and_then(|slop| slop.parse().ok()) {
                form = Form::Phrase { text: text.to_owned(), slop, prefix: false };
                self.at += 1;
            }
        }
        (!folded_words(text).is_empty()).then_some(Node::Text { scope, form, span: token.span })
    }

    fn word(
        &mut self,
        scope: Scope,
        word: &str,
        token: &Token,
        depth: usize,
    ) -> Result<Option<Node>, QueryError> {
        if word == "*" || word == "*:*" {
            return Ok(Some(Node::All));
        }
        if self.directive(word, token.span)? {
            return Ok(None);
        }
        if let Some(name) = word.strip_prefix('@').filter(|name| is_name(name)) {
            return self.saved_query(name, token, depth);
        }
        if let Some(stretch) = stretch_named(word)
            && self.peek().is_some_and(|next| next.kind == TokenKind::Open)
        {
            return self.within(stretch, token, depth);
        }
        if let Some(node) = self.comparison(word, token)? {
            return Ok(Some(node));
        }
        if let Some((name, value)) = word.split_once(':')
            && let Some(node) = self.field(name, value, token, depth)?
        {
            return Ok(Some(node));
        }
        plain_word(scope, word, token.span)
    }
}

fn rescoped(node: Node, scope: Scope) -> Node {
    if scope == Scope::Everywhere {
        return node;
    }
    match node {
        Node::Text { scope: Scope::Everywhere, form, span } => Node::Text { scope, form, span },
        Node::And(nodes) => Node::And(nodes.into_iter().map(|node| rescoped(node, scope)).collect()),
        Node::Or(nodes) => Node::Or(nodes.into_iter().map(|node| rescoped(node, scope)).collect()),
        Node::Not(node) => Node::Not(Box::new(rescoped(*node, scope))),
        Node::Boost(node, boost) => Node::Boost(Box::new(rescoped(*node, scope)), boost),
        Node::Near { .. } | Node::AtLeast { .. } if scope == Scope::Headline => {
            let span = Span::default();
            Node::Within { stretch: Stretch::Headline, node: Box::new(node), span }
        }
        other => other,
    }
}
