//! The values of fields: numbers, dates, ranges, names; and what is wrong with those that are none.

use super::ast::{Filter, Node, Test};
use super::date::{date_range, since, until};
use super::error::{QueryError, QueryFault};
use super::fields::{FieldType, QueryField, field_named};
use super::lexer::{Token, TokenKind};
use super::parse::Parser;
use crate::article::{Evidence, Span};

/// How a field that has an order is compared.
const SIGNS: [char; 3] = ['<', '>', '='];

impl Parser<'_> {
    /// `wc>500`, `date >= 2024-05`: a field that has an order, a sign, a value. Nothing for other
    /// words.
    pub(super) fn comparison(&mut self, word: &str, token: &Token) -> Result<Option<Node>, QueryError> {
        let (name, mut value) = match word.find(SIGNS) {
            Some(at) => (&word[..at], word[at..].to_owned()),
            None => (word, String::new()),
        };
        let has_order = |field: &&QueryField| matches!(field.kind, FieldType::Date | FieldType::Number);
        let Some(field) = field_named(name).filter(has_order) else { return Ok(None) };
        let mut value_span = Span::new(token.span.start + name.len(), token.span.end);
        let mut at = self.at;
        // The sign and the value may stand apart.
        while value.trim_start_matches(SIGNS).is_empty() {
            match self.tokens.get(at) {
                Some(Token { kind: TokenKind::Word(next), span, .. })
                    if !value.is_empty() || next.starts_with(SIGNS) =>
                {
                    value.push_str(next);
                    value_span.end = span.end;
                }
                Some(Token { kind: TokenKind::Quoted(next), span, .. }) if !value.is_empty() => {
                    value.push_str(next);
                    value_span.end = span.end;
                }
                _ if value.is_empty() => return Ok(None),
                _ => return Err(QueryError::new(QueryFault::Expected("a value after the sign"), value_span)),
            }
            at += 1;
        }
        self.at = at;
        let value = value.strip_prefix('=').unwrap_or(&value);
        self.filter(field, value, Span::new(token.span.start, value_span.end), value_span).map(Some)
    }

    pub(super) fn filter(
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
            FieldType::Text | FieldType::Part(_) | FieldType::Name | FieldType::Keyword => {
                match value.strip_suffix('*') {
                    Some(prefix) if !prefix.is_empty() => Test::StartsWith(prefix.to_owned()),
                    _ if value.is_empty() => {
                        return Err(QueryError::new(QueryFault::Expected("a value"), value_span));
                    }
                    _ => Test::Is(known_value(field, value, value_span)?),
                }
            }
        };
        check_order(&test, value, value_span)?;
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

fn comparison(value: &str) -> Option<(&str, &str)> {
    [">=", "<=", ">", "<"].iter().find_map(|sign| Some((*sign, value.strip_prefix(sign)?)))
}

/// `a..b`, `a TO b`, or ISO 8601's `a/b` (which is no interval in 2024/05/15)
fn interval(value: &str) -> Option<(&str, &str)> {
    let iso = |(from, to): &(&str, &str)| {
        let whole = |part: &str| part.is_empty() || part.starts_with(['P', 'p']) || part.contains('-');
        whole(from) && whole(to)
    };
    let (from, to) = value
        .split_once("..")
        .or_else(|| value.split_once(" TO "))
        .or_else(|| value.split_once('/').filter(iso))?;
    Some((from.trim(), to.trim()))
}

/// A range that ends before it begins finds nothing, whatever was meant.
fn check_order(test: &Test, value: &str, span: Span) -> Result<(), QueryError> {
    match test {
        Test::Between(Some(from), Some(to)) if from > to => {
            let (first, second) = interval(value).unwrap_or((value, ""));
            Err(QueryError::new(QueryFault::ReversedRange(value.to_owned()), span)
                .hint(format!("write the earlier or smaller first: {second}..{first}")))
        }
        _ => Ok(()),
    }
}

/// `value` as the field knows it; fields with few values know no others.
fn known_value(field: &QueryField, value: &str, span: Span) -> Result<String, QueryError> {
    let bad = |wanted, hint: String| {
        let fault = QueryFault::BadValue { value: value.to_owned(), wanted };
        Err(QueryError::new(fault, span).hint(hint))
    };
    match field.name {
        "evidence" => {
            let known = match value.to_lowercase().as_str() {
                "inline" => Evidence::Attribution.name().to_owned(),
                other => other.to_owned(),
            };
            if EVIDENCE.iter().any(|evidence| evidence.name() == known) {
                return Ok(known);
            }
            let names: Vec<&str> = EVIDENCE.iter().map(|evidence| evidence.name()).collect();
            bad("kind of evidence", format!("there are {}", names.join(", ")))
        }
        "has" => {
            let name = value.to_lowercase();
            let known = field_named(&name).map_or(name.as_str(), |field| field.name);
            if PRESENT.contains(&known) {
                return Ok(known.to_owned());
            }
            bad("field that an article can lack", format!("there are {}", PRESENT.join(", ")))
        }
        "language" => {
            let code = value.split(['-', '_']).next().unwrap_or(value);
            if (2..=3).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_alphabetic()) {
                return Ok(value.to_owned());
            }
            bad("language code", "write ISO 639-1 codes: en, uk, ru, zh".to_owned())
        }
        _ => Ok(value.to_owned()),
    }
}

/// All kinds of evidence.
const EVIDENCE: [Evidence; 6] = [
    Evidence::SourcesLine,
    Evidence::Dek,
    Evidence::Attribution,
    Evidence::Link,
    Evidence::Dateline,
    Evidence::Credit,
];

/// What `has:` can ask for: the fields whose presence the index records.
const PRESENT: [&str; 15] = [
    "headline",
    "dek",
    "byline",
    "publisher",
    "host",
    "credit",
    "source",
    "quote",
    "entity",
    "language",
    "topic",
    "url",
    "published",
    "modified",
    "country",
];

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
