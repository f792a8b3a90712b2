//! The clauses of a query: words with what hangs on them, fields with their values.

use super::ast::{Filter, Form, Node, Scope, Test};
use super::error::{QueryError, QueryFault};
use super::fields::{QueryField, field_named, nearest_field};
use super::lexer::{Token, TokenKind};
use super::limits::MAX_DEPTH;
use super::parse::Parser;
use super::passages::part_of;
use super::saved::is_name;
use crate::analysis::folded_words;
use crate::article::Span;

impl Parser<'_> {
    /// `name:value`, where `name` is a field; nothing where the colon is mere punctuation.
    pub(super) fn field(
        &mut self,
        name: &str,
        value: &str,
        token: &Token,
        depth: usize,
    ) -> Result<Option<Node>, QueryError> {
        let glued = value.is_empty() && self.peek().is_some_and(|next| !next.spaced);
        if glued || !value.is_empty() {
            match name.to_ascii_lowercase().as_str() {
                "exact" => return self.exact(value, false, token).map(Some),
                "caps" => return self.exact(value, true, token).map(Some),
                "query" if is_name(value) => return self.saved_query(value, token, depth),
                _ => {}
            }
            if let Some(node) = self.counted_field(name, value, token, depth)? {
                return Ok(Some(node));
            }
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
        if let Some(stretch) = part_of(field.kind) {
            return self.part(stretch, value, token, depth).map(Some);
        }
        self.field_value(field, value, token, depth).map(Some)
    }

    /// `variants:off`, which says something about the whole query; whether `word` is that.
    pub(super) fn directive(&mut self, word: &str, span: Span) -> Result<bool, QueryError> {
        let Some(value) = word.strip_prefix("variants:") else { return Ok(false) };
        self.variants = Some(match value {
            "on" => true,
            "off" => false,
            _ => {
                let fault = QueryFault::BadValue { value: value.to_owned(), wanted: "`on` or `off`" };
                return Err(QueryError::new(fault, span));
            }
        });
        Ok(true)
    }

    fn exact(&mut self, value: &str, case: bool, token: &Token) -> Result<Node, QueryError> {
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
        Ok(Node::Text { scope: Scope::Everywhere, form: Form::Exact { text, case }, span })
    }

    fn field_value(
        &mut self,
        field: &'static QueryField,
        value: &str,
        token: &Token,
        depth: usize,
    ) -> Result<Node, QueryError> {
        if let Some(scope) = text_scope(field) {
            return self.scoped_text(field, scope, value, token, depth);
        }
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
        token: &Token,
        depth: usize,
    ) -> Result<Node, QueryError> {
        let value_span = Span::new(token.span.end - value.len(), token.span.end);
        let node = match value {
            "" => self.clause(scope, depth)?,
            "*" => Some(Node::Filter(Filter { field, test: Test::Exists, span: token.span, value_span })),
            value => plain_word(scope, value, value_span)?,
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
}

fn text_scope(field: &QueryField) -> Option<Scope> {
    match field.name {
        "headline" => Some(Scope::Headline),
        "byline" => Some(Scope::Byline),
        _ => None,
    }
}

pub(super) fn boost_of(value: &str, span: Span) -> Result<f32, QueryError> {
    match value.parse::<f32>() {
        Ok(boost) if boost.is_finite() && (0.0..=1_000.0).contains(&boost) => Ok(boost),
        _ => {
            let fault = QueryFault::BadValue { value: value.to_owned(), wanted: "weight from 0 to 1000" };
            Err(QueryError::new(fault, span))
        }
    }
}

/// A word with what may hang on it: `word^2`, `word~1`, `wor*`, `w?rd`.
pub(super) fn plain_word(scope: Scope, word: &str, span: Span) -> Result<Option<Node>, QueryError> {
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
