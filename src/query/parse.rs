//! The parser: precedence `NOT` before `AND` (or nothing between) before `OR`.
//!
//! Limits are checked before and while parsing, so that no query can exhaust the stack.

use jiff::ZonedDateTime;

use super::ast::{Filter, Form, Node, Query, Scope, Test};
use super::date::{date_range, since, until};
use super::error::{QueryError, QueryFault};
use super::fields::{FieldType, QueryField, field_named, nearest_field};
use super::lexer::{Token, TokenKind, tokens};
use crate::analysis::folded_words;
use crate::article::Span;

/// Longest query: a pasted article fits, a pasted dump does not.
pub const MAX_QUERY_BYTES: usize = 64 << 10;
/// Deepest nesting of parentheses. People stay under 5, programs under 20; the parser calls itself
/// once for each level.
pub const MAX_DEPTH: usize = 100;
/// Most words, phrases and filters of one query; each costs a posting list.
pub const MAX_CLAUSES: usize = 2_048;

/// What decides how a query is read.
#[derive(Clone, Debug)]
pub struct ParseOptions {
    /// Words without an operator between them: any of them instead of all.
    pub any: bool,
    /// The clock, for dates such as `7d` and `yesterday`.
    pub now: ZonedDateTime,
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
    let mut parser = Parser { text, tokens: &tokens, at: 0, clauses: 0, options, ignored: Vec::new() };
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
    Ok(Query { text: text.to_owned(), root, ignored: parser.ignored })
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
        if nodes.len() > MAX_CLAUSES {
            return Err(QueryError::new(QueryFault::TooManyClauses { limit: MAX_CLAUSES }, span));
        }
    }
    let root = joined(nodes, options.any).ok_or_else(|| empty(text))?;
    Ok(Query { text: text.to_owned(), root, ignored: Vec::new() })
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
    let parser = Parser { text: value, tokens: &[], at: 0, clauses: 0, options, ignored: Vec::new() };
    parser.filter(field, value, whole, whole)
}

/// Whether a text has letters and none of them is small: then capitals say nothing.
pub(super) fn all_capitals(text: &str) -> bool {
    text.contains(char::is_uppercase) && !text.contains(char::is_lowercase)
}

fn words_with_places(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_whitespace().map(|word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
}

fn check_size(text: &str) -> Result<(), QueryError> {
    if text.len() > MAX_QUERY_BYTES {
        let fault = QueryFault::TooLong { limit: MAX_QUERY_BYTES };
        return Err(QueryError::new(fault, Span::new(0, 1)));
    }
    Ok(())
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
        Node::Boost(node, _) => only_excludes(node),
        _ => false,
    }
}

struct Parser<'a> {
    text: &'a str,
    tokens: &'a [Token],
    at: usize,
    clauses: usize,
    options: &'a ParseOptions,
    ignored: Vec<Span>,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.at)
    }

    fn take(&mut self) -> Option<&'a Token> {
        let token = self.tokens.get(self.at);
        self.at += 1;
        token
    }

    fn end(&self) -> Span {
        Span::new(self.text.len(), self.text.len())
    }

    fn alternatives(&mut self, depth: usize) -> Result<Option<Node>, QueryError> {
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
        let mut all = !self.options.any;
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
            _ => self.clause(Scope::Everywhere, depth)?,
        };
        Ok(node.map(|node| if negated { Node::Not(Box::new(node)) } else { node }))
    }

    fn clause(&mut self, scope: Scope, depth: usize) -> Result<Option<Node>, QueryError> {
        self.clauses += 1;
        let Some(token) = self.take() else { return Ok(None) };
        if self.clauses > MAX_CLAUSES {
            return Err(QueryError::new(QueryFault::TooManyClauses { limit: MAX_CLAUSES }, token.span));
        }
        let node = match &token.kind {
            TokenKind::Open => self.group(scope, token, depth)?,
            TokenKind::Quoted(text) => self.phrase(scope, text, token),
            TokenKind::Regex(pattern) => {
                Some(Node::Text { scope, form: Form::Regex(pattern.clone()), span: token.span })
            }
            TokenKind::Word(word) => self.word(scope, word, token, depth)?,
            TokenKind::Suffix(_) | TokenKind::Bracketed(_) => {
                return Err(QueryError::new(QueryFault::Expected("a word before it"), token.span));
            }
            _ => return Err(QueryError::new(QueryFault::Expected("a word"), token.span)),
        };
        let Some(node) = node else {
            self.ignored.push(token.span);
            return Ok(None);
        };
        self.boosted(node)
    }

    fn group(&mut self, scope: Scope, open: &Token, depth: usize) -> Result<Option<Node>, QueryError> {
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
        if let Some((name, value)) = word.split_once(':')
            && let Some(node) = self.field(name, value, token, depth)?
        {
            return Ok(Some(node));
        }
        plain_word(scope, word, token.span)
    }

    /// `name:value`, where `name` is a field; nothing where the colon is mere punctuation.
    fn field(
        &mut self,
        name: &str,
        value: &str,
        token: &Token,
        depth: usize,
    ) -> Result<Option<Node>, QueryError> {
        let glued = value.is_empty() && self.peek().is_some_and(|next| !next.spaced);
        if name.eq_ignore_ascii_case("exact") && (glued || !value.is_empty()) {
            return self.exact(value, token).map(Some);
        }
        let Some(field) = field_named(name) else {
            let looks_like_field = !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
                && (glued || !value.is_empty())
                && !value.starts_with("//");
            if !looks_like_field {
                return Ok(None);
            }
            let span = Span::new(token.span.start, token.span.start + name.len());
            let hint = match nearest_field(name) {
                Some(near) => format!("did you mean `{near}:`? `newsidx fields` lists them all"),
                None => "`newsidx fields` lists them all; `--quote` takes the words literally".to_owned(),
            };
            return Err(QueryError::new(QueryFault::UnknownField(name.to_owned()), span).hint(hint));
        };
        if value.is_empty() && !glued {
            return Err(QueryError::new(QueryFault::Expected("a value after the colon"), token.span));
        }
        self.field_value(field, value, token, depth).map(Some)
    }

    fn exact(&mut self, value: &str, token: &Token) -> Result<Node, QueryError> {
        let (text, end) = match self.peek() {
            Some(Token { kind: TokenKind::Quoted(text), span, .. }) if value.is_empty() => {
                self.at += 1;
                (text.clone(), span.end)
            }
            _ => (value.to_owned(), token.span.end),
        };
        let span = Span::new(token.span.start, end);
        if folded_words(&text).is_empty() {
            return Err(QueryError::new(QueryFault::Expected("a word or a quoted text"), span));
        }
        Ok(Node::Text { scope: Scope::Everywhere, form: Form::Exact(text), span })
    }

    fn field_value(
        &mut self,
        field: &'static QueryField,
        value: &str,
        token: &Token,
        depth: usize,
    ) -> Result<Node, QueryError> {
        let start = token.span.end - value.len();
        let (value, value_span, group) = if value.is_empty() {
            match self.peek().map(|next| (&next.kind, next.span)) {
                Some((TokenKind::Quoted(text) | TokenKind::Bracketed(text), span)) => {
                    self.at += 1;
                    (text.clone(), span, false)
                }
                Some((TokenKind::Open, span)) => (String::new(), span, true),
                Some((TokenKind::Word(text), span)) => {
                    self.at += 1;
                    (text.clone(), span, false)
                }
                _ => {
                    return Err(QueryError::new(QueryFault::Expected("a value after the colon"), token.span));
                }
            }
        } else {
            (value.to_owned(), Span::new(start, token.span.end), false)
        };
        if let Some(scope) = text_scope(field) {
            return self.scoped_text(field, scope, &value, value_span, group, depth);
        }
        if group {
            return self.value_group(field, depth);
        }
        self.filter(field, &value, Span::new(token.span.start, value_span.end), value_span)
    }

    fn scoped_text(
        &mut self,
        field: &'static QueryField,
        scope: Scope,
        value: &str,
        value_span: Span,
        group: bool,
        depth: usize,
    ) -> Result<Node, QueryError> {
        let node = if group {
            self.clause(scope, depth)?
        } else if value == "*" {
            Some(Node::Filter(Filter { field, test: Test::Exists, span: value_span, value_span }))
        } else if value.contains(char::is_whitespace) {
            let form = Form::Phrase { text: value.to_owned(), slop: 0, prefix: false };
            (!folded_words(value).is_empty()).then_some(Node::Text { scope, form, span: value_span })
        } else {
            plain_word(scope, value, value_span)?
        };
        node.ok_or_else(|| QueryError::new(QueryFault::Expected("a word"), value_span))
    }

    /// `publisher:(Semafor OR "Yahoo News")`
    fn value_group(&mut self, field: &'static QueryField, depth: usize) -> Result<Node, QueryError> {
        let Some(open) = self.take() else {
            return Err(QueryError::new(QueryFault::Expected("`(`"), self.end()));
        };
        if depth >= MAX_DEPTH {
            return Err(QueryError::new(QueryFault::TooDeep { limit: MAX_DEPTH }, open.span));
        }
        let mut nodes = Vec::new();
        let mut all = false;
        loop {
            let Some(token) = self.take() else {
                return Err(QueryError::new(QueryFault::Expected("`)`"), open.span));
            };
            match &token.kind {
                TokenKind::Close => break,
                TokenKind::Or => {}
                TokenKind::And => all = true,
                TokenKind::Word(value) | TokenKind::Quoted(value) | TokenKind::Bracketed(value) => {
                    nodes.push(self.filter(field, value, token.span, token.span)?);
                }
                _ => return Err(QueryError::new(QueryFault::Expected("values, `AND` and `OR`"), token.span)),
            }
        }
        match nodes.len() {
            0 => Err(QueryError::new(QueryFault::Expected("a value"), open.span)),
            _ if all => Ok(Node::And(nodes)),
            _ => Ok(Node::Or(nodes)),
        }
    }

    fn filter(
        &self,
        field: &'static QueryField,
        value: &str,
        span: Span,
        value_span: Span,
    ) -> Result<Node, QueryError> {
        let value = value.trim();
        let test = match field.kind {
            _ if value == "*" => Test::Exists,
            FieldType::Date => self.date_test(field, value, value_span)?,
            FieldType::Number => number_test(value, value_span)?,
            FieldType::Text | FieldType::Name | FieldType::Keyword => match value.strip_suffix('*') {
                Some(prefix) if !prefix.is_empty() => Test::StartsWith(prefix.to_owned()),
                _ if value.is_empty() => {
                    return Err(QueryError::new(QueryFault::Expected("a value"), value_span));
                }
                _ => Test::Is(value.to_owned()),
            },
        };
        Ok(Node::Filter(Filter { field, test, span, value_span }))
    }

    fn date_test(&self, field: &'static QueryField, value: &str, span: Span) -> Result<Test, QueryError> {
        let now = &self.options.now;
        let bad = |value: &str| bad_date(value, span);
        let first = |value: &str| since(value, now).ok_or_else(|| bad(value));
        let last = |value: &str| until(value, now).map(|end| end - 1).ok_or_else(|| bad(value));
        match field.name {
            "since" => return Ok(Test::Between(Some(first(value)?), None)),
            "until" => return Ok(Test::Between(None, Some(last(value)?))),
            _ => {}
        }
        if let Some((sign, rest)) = comparison(value) {
            return Ok(match sign {
                ">=" => Test::Between(Some(first(rest)?), None),
                ">" => Test::Between(Some(last(rest)? + 1), None),
                "<=" => Test::Between(None, Some(last(rest)?)),
                _ => Test::Between(None, Some(first(rest)? - 1)),
            });
        }
        if let Some((from, to)) = interval(value) {
            let from = if is_open(from) { None } else { Some(first(from)?) };
            let to = if is_open(to) { None } else { Some(last(to)?) };
            return Ok(Test::Between(from, to));
        }
        let range = date_range(value, now).ok_or_else(|| bad(value))?;
        Ok(Test::Between(Some(range.start), Some(range.end - 1)))
    }
}

/// The error for a value that is no date, with the forms that are.
pub(super) fn bad_date(value: &str, span: Span) -> QueryError {
    let fault = QueryFault::BadValue { value: value.to_owned(), wanted: "date" };
    QueryError::new(fault, span)
        .hint("write 2024, 2024-05, 2024-05-15, 2024-05-01..2024-05-15, 7d, 2w, yesterday or \"15 May 2024\"")
}

fn text_scope(field: &QueryField) -> Option<Scope> {
    match field.name {
        "headline" => Some(Scope::Headline),
        "byline" => Some(Scope::Byline),
        _ => None,
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
        other => other,
    }
}

fn boost_of(value: &str, span: Span) -> Result<f32, QueryError> {
    match value.parse::<f32>() {
        Ok(boost) if boost.is_finite() && (0.0..=1_000.0).contains(&boost) => Ok(boost),
        _ => {
            let fault = QueryFault::BadValue { value: value.to_owned(), wanted: "weight from 0 to 1000" };
            Err(QueryError::new(fault, span))
        }
    }
}

/// A word with what may hang on it: `word^2`, `word~1`, `wor*`, `w?rd`.
fn plain_word(scope: Scope, word: &str, span: Span) -> Result<Option<Node>, QueryError> {
    if let Some((word, boost)) = word.rsplit_once('^')
        && !word.is_empty()
    {
        let boost = boost_of(boost, span)?;
        let node = plain_word(scope, word, Span::new(span.start, span.start + word.len()))?;
        return Ok(node.map(|node| Node::Boost(Box::new(node), boost)));
    }
    if let Some((word, distance)) = word.rsplit_once('~')
        && !word.is_empty()
    {
        let distance = match distance {
            "" | "1" => 1,
            "2" => 2,
            _ => {
                let fault = QueryFault::BadValue {
                    value: distance.to_owned(),
                    wanted: "number of differing characters (1 or 2)",
                };
                return Err(QueryError::new(fault, span));
            }
        };
        let form = Form::Fuzzy(word.to_owned(), distance);
        return Ok((!folded_words(word).is_empty()).then_some(Node::Text { scope, form, span }));
    }
    let form =
        if word.contains(['*', '?']) && word.trim_end_matches('?').contains(|c: char| c.is_alphanumeric()) {
            wildcard_form(word)
        } else {
            word_form(word)
        };
    Ok(form.map(|form| Node::Text { scope, form, span }))
}

fn word_form(word: &str) -> Option<Form> {
    match folded_words(word).len() {
        0 => None,
        1 => Some(Form::Word(word.trim_matches(|c: char| !c.is_alphanumeric()).to_owned())),
        // `state-run` stands as two words side by side.
        _ => Some(Form::Phrase { text: word.to_owned(), slop: 0, prefix: false }),
    }
}

fn wildcard_form(word: &str) -> Option<Form> {
    // A question mark at the end of a word is punctuation.
    let word = word.trim_end_matches('?');
    match word.strip_suffix('*') {
        Some(stem) if !stem.contains(['*', '?']) => Some(Form::Prefix(stem.to_owned())),
        _ if word.contains(['*', '?']) => Some(Form::Wildcard(word.to_owned())),
        _ => word_form(word),
    }
}

fn comparison(value: &str) -> Option<(&str, &str)> {
    [">=", "<=", ">", "<"].iter().find_map(|sign| Some((*sign, value.strip_prefix(sign)?)))
}

/// `a..b` or `a TO b`
fn interval(value: &str) -> Option<(&str, &str)> {
    let (from, to) = value.split_once("..").or_else(|| value.split_once(" TO "))?;
    Some((from.trim(), to.trim()))
}

fn is_open(bound: &str) -> bool {
    bound.is_empty() || bound == "*"
}

fn number_test(value: &str, span: Span) -> Result<Test, QueryError> {
    let number = |text: &str| {
        text.trim().parse::<i64>().map_err(|_| {
            let fault = QueryFault::BadValue { value: text.to_owned(), wanted: "whole number" };
            QueryError::new(fault, span).hint("write 500, >500, <=500 or 100..500")
        })
    };
    if let Some((sign, rest)) = comparison(value) {
        let number = number(rest)?;
        return Ok(match sign {
            ">=" => Test::Between(Some(number), None),
            ">" => Test::Between(Some(number.saturating_add(1)), None),
            "<=" => Test::Between(None, Some(number)),
            _ => Test::Between(None, Some(number.saturating_sub(1))),
        });
    }
    if let Some((from, to)) = interval(value) {
        let from = if is_open(from) { None } else { Some(number(from)?) };
        let to = if is_open(to) { None } else { Some(number(to)?) };
        return Ok(Test::Between(from, to));
    }
    let number = number(value)?;
    Ok(Test::Between(Some(number), Some(number)))
}
