//! The clauses that speak of places in a text: `NEAR/n`, `SENTENCE( )`, `atleast3:`, `first50:`.
//!
//! What cannot be held against a passage (a date, a publisher) is refused here, with its place.

use super::ast::{Filter, Node, Scope, Stretch, Test};
use super::clause::plain_word;
use super::error::{QueryError, QueryFault};
use super::fields::FieldType;
use super::lexer::{Token, TokenKind};
use super::limits::MAX_DEPTH;
use super::parse::Parser;
use crate::article::Span;

/// Farthest that two things can be asked to stand from each other, in words: beyond it, an article
/// or a section is the better frame.
pub const MAX_DISTANCE: u32 = 1_000;
/// Most `NEAR` of one query: they may stand in each other, and everything that walks over a query
/// calls itself for each.
const MAX_PAIRS: usize = 500;
/// Largest number in `atleast3:` and `first50:`.
const MAX_COUNT: u32 = 100_000;

/// `SENTENCE`, `PARA`, `SECTION` before a parenthesis.
pub(super) fn stretch_named(word: &str) -> Option<Stretch> {
    match word {
        "SENTENCE" => Some(Stretch::Sentence),
        "PARA" | "PARAGRAPH" => Some(Stretch::Paragraph),
        "SECTION" => Some(Stretch::Section),
        _ => None,
    }
}

/// The number behind `prefix` in the name of a field: 3 of `atleast3`.
fn count_of(name: &str, prefix: &str) -> Option<Result<u32, ()>> {
    let head = name.get(..prefix.len())?;
    let digits = &name[prefix.len()..];
    let counts = head.eq_ignore_ascii_case(prefix)
        && !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    counts.then(|| digits.parse().ok().filter(|count| (1..=MAX_COUNT).contains(count)).ok_or(()))
}

impl Parser<'_> {
    /// A clause with what it must stand near to: `a NEAR/3 b PRE/2 c` from left to right.
    pub(super) fn proximity(&mut self, depth: usize) -> Result<Option<Node>, QueryError> {
        let start = self.peek().map_or(self.end(), |token| token.span);
        let mut node = self.clause(Scope::Everywhere, depth)?;
        let mut links = 0;
        while let Some(Token { kind: TokenKind::Near { distance, ordered }, span, .. }) = self.peek() {
            self.at += 1;
            links += 1;
            self.pairs += 1;
            if links > MAX_DEPTH || self.pairs > MAX_PAIRS {
                let limit = MAX_DEPTH.min(links);
                return Err(QueryError::new(QueryFault::TooDeep { limit }, *span));
            }
            let left = node.take().ok_or_else(|| both_sides(*span))?;
            if self.peek().is_none_or(|next| !begins_clause(&next.kind)) {
                return Err(both_sides(*span));
            }
            let right_start = self.peek().map_or(*span, |token| token.span);
            let right = self.clause(Scope::Everywhere, depth)?.ok_or_else(|| both_sides(*span))?;
            let whole = Span::new(start.start, self.last_end());
            check_side(&left, Span::new(start.start, span.start))?;
            check_side(&right, Span::new(right_start.start, whole.end))?;
            let sides = Box::new([left, right]);
            node = Some(Node::Near { sides, distance: *distance, ordered: *ordered, span: whole });
        }
        Ok(node)
    }

    /// Where the piece taken last ends.
    pub(super) fn last_end(&self) -> usize {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(0, |token| token.span.end)
    }

    /// `SENTENCE(…)`: `token` is its name.
    pub(super) fn within(
        &mut self,
        stretch: Stretch,
        token: &Token,
        depth: usize,
    ) -> Result<Option<Node>, QueryError> {
        // In one sentence all of it is meant, whatever joins the words outside.
        let any = std::mem::replace(&mut self.any, false);
        let group = self.take();
        let node = match group {
            Some(open) if open.kind == TokenKind::Open => self.group(Scope::Everywhere, open, depth),
            _ => Err(QueryError::new(QueryFault::Expected("`(`"), token.span)),
        };
        self.any = any;
        let span = Span::new(token.span.start, self.last_end());
        let Some(node) = node? else {
            return Err(QueryError::new(QueryFault::Expected("words between the parentheses"), span));
        };
        check_passage(&node)?;
        Ok(Some(Node::Within { stretch, node: Box::new(node), span }))
    }

    /// `atleast3:word` and `first50:word`; nothing for other names.
    pub(super) fn counted_field(
        &mut self,
        name: &str,
        value: &str,
        token: &Token,
        depth: usize,
    ) -> Result<Option<Node>, QueryError> {
        let (at_least, count) = match (count_of(name, "atleast"), count_of(name, "first")) {
            (Some(count), _) => (true, count),
            (_, Some(count)) => (false, count),
            _ => return Ok(None),
        };
        let name_span = Span::new(token.span.start, token.span.start + name.len());
        let count = count.map_err(|()| {
            let fault = QueryFault::BadValue { value: name.to_owned(), wanted: "number from 1 to 100000" };
            QueryError::new(fault, name_span)
        })?;
        let node = self.value_clause(value, token, depth)?;
        let span = Span::new(token.span.start, self.last_end());
        if at_least {
            check_side(&node, span)?;
            return Ok(Some(Node::AtLeast { count, node: Box::new(node), span }));
        }
        check_passage(&node)?;
        Ok(Some(Node::Within { stretch: Stretch::First(count), node: Box::new(node), span }))
    }

    /// `lead:word`, `hlead:(…)`, `quote:"…"`
    pub(super) fn part(
        &mut self,
        stretch: Stretch,
        value: &str,
        token: &Token,
        depth: usize,
    ) -> Result<Node, QueryError> {
        if value == "*" {
            let node = Box::new(Node::All);
            return Ok(Node::Within { stretch, node, span: token.span });
        }
        let node = self.value_clause(value, token, depth)?;
        let span = Span::new(token.span.start, self.last_end());
        check_passage(&node)?;
        Ok(Node::Within { stretch, node: Box::new(node), span })
    }

    /// What stands behind the colon: in the same piece, or the clause that follows.
    fn value_clause(&mut self, value: &str, token: &Token, depth: usize) -> Result<Node, QueryError> {
        if depth >= MAX_DEPTH {
            return Err(QueryError::new(QueryFault::TooDeep { limit: MAX_DEPTH }, token.span));
        }
        let nothing = || QueryError::new(QueryFault::Expected("a word after the colon"), token.span);
        if !value.is_empty() {
            let span = Span::new(token.span.end - value.len(), token.span.end);
            // `hlead:exact:"…"` and `atleast2:place:Kyiv`: a field inside.
            if let Some((name, inner)) = value.split_once(':') {
                let inner_token = Token { kind: token.kind.clone(), span, spaced: true };
                if let Some(node) = self.field(name, inner, &inner_token, depth + 1)? {
                    return Ok(node);
                }
            }
            return plain_word(Scope::Everywhere, value, span)?.ok_or_else(nothing);
        }
        if self.peek().is_none_or(|next| next.spaced || !begins_clause(&next.kind)) {
            return Err(nothing());
        }
        self.clause(Scope::Everywhere, depth)?.ok_or_else(nothing)
    }
}

fn begins_clause(kind: &TokenKind) -> bool {
    matches!(kind, TokenKind::Open | TokenKind::Word(_) | TokenKind::Quoted(_) | TokenKind::Regex(_))
}

fn both_sides(span: Span) -> QueryError {
    QueryError::new(QueryFault::Expected("a word, phrase or name on both sides"), span)
        .hint("for example: grain NEAR/5 corridor")
}

/// Whether a filter speaks of places in the text.
fn has_places(filter: &Filter) -> bool {
    let field = filter.field;
    let of_passage = matches!(
        field.name,
        "entity" | "person" | "place" | "organisation" | "source" | "evidence" | "speaker"
    );
    of_passage && matches!(filter.test, Test::Is(_) | Test::Exists)
}

fn not_of_a_passage(filter: &Filter) -> QueryError {
    QueryError::new(QueryFault::NotOfAPassage(format!("{}:", filter.field.name)), filter.span)
        .hint("write it beside the passage: SENTENCE(grain corridor) published:2024-05")
}

/// Refuses what cannot be held against a passage.
fn check_passage(node: &Node) -> Result<(), QueryError> {
    match node {
        Node::Text { scope: Scope::Byline, span, .. } => {
            Err(QueryError::new(QueryFault::NotOfAPassage("byline:".to_owned()), *span))
        }
        Node::Filter(filter) if !has_places(filter) => Err(not_of_a_passage(filter)),
        Node::And(nodes) | Node::Or(nodes) => nodes.iter().try_for_each(check_passage),
        Node::Not(node) | Node::Boost(node, _) | Node::Within { node, .. } | Node::AtLeast { node, .. } => {
            check_passage(node)
        }
        Node::All | Node::Text { .. } | Node::Filter(_) | Node::Near { .. } => Ok(()),
    }
}

/// Refuses what has no place that could be near to another or be counted.
fn check_side(node: &Node, span: Span) -> Result<(), QueryError> {
    match node {
        Node::Text { scope: Scope::Byline, span, .. } => {
            Err(QueryError::new(QueryFault::NotOfAPassage("byline:".to_owned()), *span))
        }
        Node::Filter(filter) if !has_places(filter) => Err(not_of_a_passage(filter)),
        Node::Text { .. } | Node::Filter(_) | Node::Near { .. } => Ok(()),
        Node::Boost(node, _) => check_side(node, span),
        Node::And(nodes) | Node::Or(nodes) => nodes.iter().try_for_each(|node| check_side(node, span)),
        Node::All | Node::Not(_) | Node::Within { .. } | Node::AtLeast { .. } => {
            let wanted = QueryFault::Expected("a word, a phrase, a name, or several joined by `OR`");
            Err(QueryError::new(wanted, span))
        }
    }
}

/// `NEAR/5`, `w/5`, `PRE/5`: the distance and whether the order counts. Nothing for other words.
pub(super) fn near_operator(word: &str, span: Span) -> Result<Option<(u32, bool)>, QueryError> {
    let Some((name, number)) = word.split_once('/') else {
        return if word == "NEAR" { Err(no_distance(word, span)) } else { Ok(None) };
    };
    let ordered = match name {
        "NEAR" | "near" => false,
        "W" | "w" | "PRE" | "pre" => true,
        _ => return Ok(None),
    };
    let counts = number.starts_with(|c: char| c.is_ascii_digit() || c == '-');
    // `w/o`, `near/far` and `pre/post` are words; an operator in capitals is none.
    if !counts && !matches!(name, "NEAR" | "PRE") {
        return Ok(None);
    }
    match number.parse::<u32>() {
        Ok(distance) if (1..=MAX_DISTANCE).contains(&distance) => Ok(Some((distance, ordered))),
        _ => Err(no_distance(number, span)),
    }
}

fn no_distance(value: &str, span: Span) -> QueryError {
    let fault = QueryFault::BadValue { value: value.to_owned(), wanted: "number of words from 1 to 1000" };
    QueryError::new(fault, span)
        .hint("grain NEAR/5 corridor: at most 5 words further on or back; PRE/5 and w/5: in this order")
}

/// Whether a field's value is looked for in a part of the text.
pub(super) fn part_of(kind: FieldType) -> Option<Stretch> {
    match kind {
        FieldType::Part(stretch) => Some(stretch),
        _ => None,
    }
}
