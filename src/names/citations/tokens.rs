//! One paragraph as the attribution grammar sees it: words, names, cues and whole quotations.
//!
//! A name, a cue and a quotation are one token each, so that a pattern of three tokens can span
//! a page. What the tokens mean together is the grammar's business.

use crate::article::{Mention, Span};

use super::rules::Cue;
use crate::names::looks::{ALPHANUMERIC, plain_length};

/// What a token is; numbers index the mentions, cues and quotations of the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    Name(usize),
    Cue(usize),
    Quote(usize),
    Possessive,
    Comma,
    Colon,
    Dash,
    Open,
    Close,
    /// A sentence begins here.
    Break,
    Other,
}

/// A token with its place in the field's text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub kind: Kind,
    pub span: Span,
}

/// A quotation with its marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quoted {
    /// Marks included.
    pub outer: Span,
    /// The words alone.
    pub inner: Span,
    /// Whether the mark that opens it has no partner in its paragraph.
    pub open_ended: bool,
}

/// What stands in one field, each list in order of place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Marks<'a> {
    pub mentions: &'a [&'a Mention],
    pub cues: &'a [Cue],
    pub quotes: &'a [Quoted],
    pub sentences: &'a [Span],
}

/// Fills `tokens` with those of `paragraph`, whose marks start at the cursors in `from`.
pub(super) fn tokenise(
    text: &str,
    paragraph: Span,
    marks: Marks<'_>,
    from: Cursors,
    tokens: &mut Vec<Token>,
) {
    tokens.clear();
    let bytes = text.as_bytes();
    let mut next = from;
    let mut at = paragraph.start;
    // Before this byte nothing known begins.
    let mut horizon = at;
    let mut nearest = usize::MAX;
    let mut sentence_start = next.sentence_start(marks);
    while at < paragraph.end {
        // Nothing that is known begins with a blank.
        if bytes[at] == b' ' {
            at += 1;
            continue;
        }
        while sentence_start <= at {
            if sentence_start == at && at > paragraph.start {
                tokens.push(Token { kind: Kind::Break, span: Span::new(at, at) });
            }
            next.sentence += 1;
            sentence_start = next.sentence_start(marks);
        }
        let mut known = None;
        if at >= horizon {
            known = next.known_at(marks, at).filter(|token| token.span.end <= paragraph.end);
            nearest = next.nearest(marks);
            horizon = next.horizon(marks, nearest);
        }
        let token = known.unwrap_or_else(|| plain_token(text, at, paragraph.end, nearest));
        at = token.span.end;
        if !(token.kind == Kind::Other && token.span.of(text).trim_start().is_empty()) {
            tokens.push(token);
        }
    }
}

/// How far the lists of [`Marks`] are read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cursors {
    pub mention: usize,
    pub cue: usize,
    pub quote: usize,
    pub sentence: usize,
}

impl Cursors {
    /// Moves past everything that begins before `at`.
    pub fn advance(&mut self, marks: Marks<'_>, at: usize) {
        self.skip_marks(marks, at);
        while marks.sentences.get(self.sentence).is_some_and(|span| span.start < at) {
            self.sentence += 1;
        }
    }

    fn skip_marks(&mut self, marks: Marks<'_>, at: usize) {
        while marks.mentions.get(self.mention).is_some_and(|mention| mention.span.start < at) {
            self.mention += 1;
        }
        while marks.cues.get(self.cue).is_some_and(|cue| cue.span.start < at) {
            self.cue += 1;
        }
        while marks.quotes.get(self.quote).is_some_and(|quote| quote.outer.start < at) {
            self.quote += 1;
        }
    }

    /// The quotation, name or cue that begins at `at`, in this order of precedence.
    fn known_at(&mut self, marks: Marks<'_>, at: usize) -> Option<Token> {
        self.skip_marks(marks, at);
        if let Some(quote) = marks.quotes.get(self.quote).filter(|quote| quote.outer.start == at) {
            return Some(Token { kind: Kind::Quote(self.quote), span: quote.outer });
        }
        if let Some(mention) = marks.mentions.get(self.mention).filter(|mention| mention.span.start == at)
            && !mention.span.is_empty()
        {
            return Some(Token { kind: Kind::Name(self.mention), span: mention.span });
        }
        let cue = marks.cues.get(self.cue).filter(|cue| cue.span.start == at)?;
        // A name inside the cue ("told the" + "Times") would be lost.
        let cut = marks.mentions.get(self.mention).is_some_and(|mention| mention.span.start < cue.span.end);
        (!cut).then_some(Token { kind: Kind::Cue(self.cue), span: cue.span })
    }

    /// Where the next sentence begins.
    fn sentence_start(&self, marks: Marks<'_>) -> usize {
        marks.sentences.get(self.sentence).map_or(usize::MAX, |span| span.start)
    }

    /// Where the next name, quotation or cue begins, of which the first two do at `nearest`.
    fn horizon(&self, marks: Marks<'_>, nearest: usize) -> usize {
        marks.cues.get(self.cue).map_or(nearest, |cue| cue.span.start.min(nearest))
    }

    /// Where the next name or quotation begins.
    fn nearest(&self, marks: Marks<'_>) -> usize {
        let mention = marks.mentions.get(self.mention).map_or(usize::MAX, |mention| mention.span.start);
        let quote = marks.quotes.get(self.quote).map_or(usize::MAX, |quote| quote.outer.start);
        mention.min(quote)
    }
}

/// The word or sign at `at`, cut before `limit` and before the next known token at `nearest`.
fn plain_token(text: &str, at: usize, limit: usize, nearest: usize) -> Token {
    let bytes = text.as_bytes();
    let end = if nearest > at { limit.min(nearest) } else { limit };
    let short = |kind| Token { kind, span: Span::new(at, at + 1) };
    match bytes[at] {
        byte if ALPHANUMERIC[byte as usize] => {
            let rest = &bytes[at..end];
            let plain = plain_length(rest);
            let parted = rest.get(plain).is_none_or(|&next| next == b' ' || next == b',');
            let end = if parted { at + plain } else { word_end(text, at, end) };
            return Token { kind: Kind::Word, span: Span::new(at, end) };
        }
        b',' => return short(Kind::Comma),
        b'.' | b'"' | b';' | b'!' | b'?' | b'/' => return short(Kind::Other),
        _ => {}
    }
    let Some(first) = text[at..].chars().next() else {
        return Token { kind: Kind::Other, span: Span::new(at, limit) };
    };
    let single = |kind| Token { kind, span: Span::new(at, at + first.len_utf8()) };
    if first.is_alphanumeric() {
        return Token { kind: Kind::Word, span: Span::new(at, word_end(text, at, end)) };
    }
    match first {
        '\'' | '’' => match bytes.get(at + first.len_utf8()) {
            Some(b's') if !text[at + first.len_utf8() + 1..].starts_with(char::is_alphanumeric) => {
                Token { kind: Kind::Possessive, span: Span::new(at, at + first.len_utf8() + 1) }
            }
            Some(next) if next.is_ascii_alphanumeric() => single(Kind::Other),
            _ if at > 0 && matches!(bytes[at - 1], b's' | b'z' | b'x') => single(Kind::Possessive),
            _ => single(Kind::Other),
        },
        ',' | '،' | '，' | '、' => single(Kind::Comma),
        ':' | '：' => single(Kind::Colon),
        '-' | '–' | '—' | '―' => {
            let run = text[at..].bytes().take_while(|byte| *byte == b'-').count().max(first.len_utf8());
            Token { kind: Kind::Dash, span: Span::new(at, (at + run).min(end).max(at + first.len_utf8())) }
        }
        '(' | '[' | '（' => single(Kind::Open),
        ')' | ']' | '）' => single(Kind::Close),
        _ => {
            // White space is skipped in one step; every other sign stands alone.
            let space = if first.is_whitespace() {
                text[at..end].len() - text[at..end].trim_start().len()
            } else {
                0
            };
            Token { kind: Kind::Other, span: Span::new(at, at + space.max(first.len_utf8())) }
        }
    }
}

/// Where the word at `at` ends: letters, digits, inner hyphens, dots of initials, apostrophes.
fn word_end(text: &str, at: usize, end: usize) -> usize {
    let bytes = text.as_bytes();
    let mut here = at;
    while here < end {
        let byte = bytes[here];
        if ALPHANUMERIC[byte as usize] {
            here += 1;
            continue;
        }
        if byte.is_ascii() && !matches!(byte, b'-' | b'.' | b'\'') {
            break;
        }
        let Some(c) = text[here..].chars().next() else { break };
        let after = here + c.len_utf8();
        if c.is_alphanumeric() || is_mark(c) {
            here = after;
            continue;
        }
        let joins = after < end && text[after..].chars().next().is_some_and(char::is_alphanumeric);
        match c {
            '-' | '.' if joins => here = after,
            '.' if here - at == 1 && bytes[at].is_ascii_uppercase() => return after,
            '\'' | '’' if joins => {
                if here - at <= 2 && !text[at..here].eq_ignore_ascii_case("o") {
                    // An elided article ("l'AFP") is a word of its own.
                    return after;
                }
                let tail = &text[after..];
                if tail.starts_with('s') && !tail[1..].starts_with(char::is_alphanumeric) {
                    break;
                }
                here = after;
            }
            _ => break,
        }
    }
    here.min(end).max(at + text[at..].chars().next().map_or(1, char::len_utf8))
}

/// Combining marks continue a word.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{487}' | '\u{591}'..='\u{5bd}' | '\u{64b}'..='\u{65f}' | '\u{900}'..='\u{903}' | '\u{93a}'..='\u{94f}' | '\u{200c}' | '\u{200d}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<(Kind, &str)> {
        let marks = Marks { mentions: &[], cues: &[], quotes: &[], sentences: &[] };
        let mut tokens = Vec::new();
        tokenise(text, Span::new(0, text.len()), marks, Cursors::default(), &mut tokens);
        tokens.iter().map(|token| (token.kind, token.span.of(text))).collect()
    }

    #[test]
    fn words_signs_and_possessives() {
        assert_eq!(
            words("J. Oda’s co-owner (57), l'AFP don't:"),
            [
                (Kind::Word, "J."),
                (Kind::Word, "Oda"),
                (Kind::Possessive, "’s"),
                (Kind::Word, "co-owner"),
                (Kind::Open, "("),
                (Kind::Word, "57"),
                (Kind::Close, ")"),
                (Kind::Comma, ","),
                (Kind::Word, "l'"),
                (Kind::Word, "AFP"),
                (Kind::Word, "don't"),
                (Kind::Colon, ":"),
            ]
        );
    }

    #[test]
    fn names_win_over_cues_and_quotations_over_both() {
        let text = "Kim Say said “he said”.";
        let quotes = [Quoted { outer: Span::new(13, 26), inner: Span::new(16, 23), open_ended: false }];
        let cues = [
            Cue { span: Span::new(4, 7), uses: 1, force: None },
            Cue { span: Span::new(8, 12), uses: 1, force: None },
        ];
        let mention = crate::article::Mention {
            surface: "Kim Say".into(),
            field: crate::article::TextField::Body,
            span: Span::new(0, 7),
            section: None,
            demonym: false,
            entity: crate::article::Entity {
                id: "~kim-say".into(),
                name: "Kim Say".into(),
                kind: crate::article::Kind::Person,
                country: None,
                coordinates: None,
            },
        };
        let mentions = [&mention];
        let marks = Marks { mentions: &mentions, cues: &cues, quotes: &quotes, sentences: &[] };
        let mut tokens = Vec::new();
        tokenise(text, Span::new(0, text.len()), marks, Cursors::default(), &mut tokens);
        let kinds: Vec<Kind> = tokens.iter().map(|token| token.kind).collect();
        assert_eq!(kinds, [Kind::Name(0), Kind::Cue(1), Kind::Quote(0), Kind::Other]);
    }
}
