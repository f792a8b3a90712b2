//! The pieces of a query: words, quoted strings, parentheses, operators, each with its place.

use super::error::{QueryError, QueryFault};
use super::passages::near_operator;
use crate::article::Span;

/// A piece of a query.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Span,
    /// Whether white space, or nothing, stands before it.
    pub(super) spaced: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum TokenKind {
    Open,
    Close,
    Minus,
    Plus,
    And,
    Or,
    Not,
    /// `NEAR/5` and its kin.
    Near {
        distance: u32,
        ordered: bool,
    },
    /// A word, with any `*`, `?`, `~`, `^`, `:` in it.
    Word(String),
    /// The text between quotation marks of any style.
    Quoted(String),
    /// The text between `/` and `/`.
    Regex(String),
    /// The text between `[` and `]`.
    Bracketed(String),
    /// `~2`, `^1.5` or `*` directly behind a quoted string or a parenthesis.
    Suffix(String),
}

/// Quotation marks that open and, in some language, close a quoted string.
pub(crate) fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '‟' | '«' | '»' | '＂' | '「' | '」')
}

/// Cuts `text` into pieces; with `plain_operators`, AND, OR and NOT are words like others.
pub(super) fn tokens(text: &str, plain_operators: bool) -> Result<Vec<Token>, QueryError> {
    let mut lexer = Lexer { text, at: 0, tokens: Vec::new(), plain_operators };
    while lexer.next_token()? {}
    Ok(lexer.tokens)
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    tokens: Vec<Token>,
    plain_operators: bool,
}

impl Lexer<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn push(&mut self, kind: TokenKind, start: usize, spaced: bool) {
        self.tokens.push(Token { kind, span: Span::new(start, self.at), spaced });
    }

    fn next_token(&mut self) -> Result<bool, QueryError> {
        let before = self.at;
        while self.peek().is_some_and(|c| c.is_whitespace() || c.is_control()) {
            self.at += self.peek().map_or(0, char::len_utf8);
        }
        let spaced = self.at > before || self.at == 0;
        let Some(c) = self.peek() else { return Ok(false) };
        let start = self.at;
        let after_group = matches!(
            self.tokens.last().map(|token| &token.kind),
            Some(TokenKind::Quoted(_) | TokenKind::Close | TokenKind::Regex(_))
        );
        if !spaced && after_group && matches!(c, '~' | '^' | '*') {
            self.take_while(|c| !c.is_whitespace() && !matches!(c, '(' | ')'));
            let suffix = self.text[start..self.at].to_owned();
            self.push(TokenKind::Suffix(suffix), start, spaced);
            return Ok(true);
        }
        match c {
            '(' => self.single(TokenKind::Open, spaced),
            ')' => self.single(TokenKind::Close, spaced),
            '-' | '−' if self.starts_clause() => self.single(TokenKind::Minus, spaced),
            '+' if self.starts_clause() => self.single(TokenKind::Plus, spaced),
            '[' if !spaced => {
                self.enclosed(']', QueryFault::Expected("`]`"), TokenKind::Bracketed, spaced)?
            }
            '/' if self.regex_follows() => {
                self.enclosed('/', QueryFault::Expected("`/`"), TokenKind::Regex, spaced)?;
            }
            c if is_quote(c) => self.quoted(spaced)?,
            _ => self.word(spaced)?,
        }
        Ok(true)
    }

    fn single(&mut self, kind: TokenKind, spaced: bool) {
        let start = self.at;
        self.at += self.peek().map_or(0, char::len_utf8);
        self.push(kind, start, spaced);
    }

    /// Whether the sign here stands before a clause, not inside a word or alone.
    fn starts_clause(&self) -> bool {
        let mut chars = self.text[self.at..].chars();
        let first = chars.next();
        chars.next().is_some_and(|c| !c.is_whitespace() && Some(c) != first)
    }

    /// A regular expression begins a clause and has its end; a lone `/` is punctuation.
    fn regex_follows(&self) -> bool {
        let begins = self.at == 0
            || self.text[..self.at]
                .chars()
                .next_back()
                .is_some_and(|c| c.is_whitespace() || matches!(c, '(' | ':' | '-'));
        begins && self.text[self.at + 1..].contains('/') && !self.text[self.at + 1..].starts_with(['/', ' '])
    }

    fn take_while(&mut self, keep: impl Fn(char) -> bool) {
        while let Some(c) = self.peek() {
            if !keep(c) {
                break;
            }
            self.at += c.len_utf8();
        }
    }

    fn enclosed(
        &mut self,
        close: char,
        fault: QueryFault,
        kind: fn(String) -> TokenKind,
        spaced: bool,
    ) -> Result<(), QueryError> {
        let start = self.at;
        self.at += 1;
        let mut inner = String::new();
        loop {
            match self.peek() {
                None => return Err(QueryError::new(fault, Span::new(start, start + 1))),
                Some(c) if c == close => break,
                Some('\\') if self.text[self.at + 1..].starts_with(close) => {
                    self.at += 1;
                    inner.push(close);
                    self.at += close.len_utf8();
                }
                Some(c) => {
                    inner.push(c);
                    self.at += c.len_utf8();
                }
            }
        }
        self.at += close.len_utf8();
        self.push(kind(inner), start, spaced);
        Ok(())
    }

    fn quoted(&mut self, spaced: bool) -> Result<(), QueryError> {
        let start = self.at;
        let open = self.peek().map_or(0, char::len_utf8);
        self.at += open;
        let inner = self.at;
        self.take_while(|c| !is_quote(c));
        let Some(close) = self.peek() else {
            let fault = QueryError::new(QueryFault::UnbalancedQuote, Span::new(start, start + open));
            return Err(fault.hint("close it, or take the words literally with `--quote`"));
        };
        let text = self.text[inner..self.at].to_owned();
        self.at += close.len_utf8();
        self.push(TokenKind::Quoted(text), start, spaced);
        Ok(())
    }

    fn word(&mut self, spaced: bool) -> Result<(), QueryError> {
        let start = self.at;
        self.take_while(|c| !c.is_whitespace() && !c.is_control() && !is_quote(c) && !matches!(c, '(' | ')'));
        // `field:[a TO b]` holds blanks; the field's name ends at the colon.
        if let Some(colon) = self.text[start..self.at].find(":[") {
            self.at = start + colon + 1;
        }
        let word = &self.text[start..self.at];
        let kind = match word {
            "AND" | "OR" | "NOT" if self.plain_operators => TokenKind::Word(word.to_owned()),
            "AND" | "&&" => TokenKind::And,
            "OR" | "||" | "|" => TokenKind::Or,
            "NOT" | "!" => TokenKind::Not,
            "NEAR" if super::parse::all_capitals(self.text) => TokenKind::Word(word.to_owned()),
            _ if spaced => match near_operator(word, Span::new(start, self.at))? {
                Some((distance, ordered)) => TokenKind::Near { distance, ordered },
                None => TokenKind::Word(word.to_owned()),
            },
            _ => TokenKind::Word(word.to_owned()),
        };
        self.push(kind, start, spaced);
        Ok(())
    }
}
