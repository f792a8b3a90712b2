//! A text as numbers, words and marks, for the date patterns; months and zones are looked up here.

use std::{borrow::Cow, collections::BTreeMap, sync::LazyLock};

use unicode_normalization::UnicodeNormalization;

const MONTHS: &str = include_str!("../../../../schema/metadata/months.tsv");
const ZONES: &str = include_str!("../../../../schema/metadata/zones.tsv");

/// Longer words are no month's name.
const MAX_WORD_BYTES: usize = 48;

/// What a stretch of text is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind<'text> {
    /// Decimal digits of any script; more than nine digits count as no number.
    Number { value: u32, digits: usize },
    /// Letters, folded.
    Word(Cow<'text, str>),
    /// One other character.
    Mark(char),
}

/// A stretch of text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token<'text> {
    pub kind: Kind<'text>,
    pub start: usize,
    pub end: usize,
}

impl Token<'_> {
    pub(super) fn number(&self) -> Option<(u32, usize)> {
        match self.kind {
            Kind::Number { value, digits } => Some((value, digits)),
            _ => None,
        }
    }

    pub(super) fn word(&self) -> Option<&str> {
        match &self.kind {
            Kind::Word(word) => Some(word),
            _ => None,
        }
    }

    pub(super) fn is_mark(&self, mark: char) -> bool {
        self.kind == Kind::Mark(mark)
    }
}

/// Lower case, without the accents of Latin and Greek letters.
pub(super) fn fold(word: &str) -> Cow<'_, str> {
    if word.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        return Cow::Borrowed(word);
    }
    if word.is_ascii() {
        return Cow::Owned(word.to_ascii_lowercase());
    }
    let lower = word.nfd().filter(|c| !('\u{300}'..='\u{36f}').contains(c)).flat_map(char::to_lowercase);
    Cow::Owned(lower.map(|c| if c == 'ς' { 'σ' } else { c }).nfc().collect())
}

/// The value of a decimal digit in the scripts that news uses.
fn digit_of(c: char) -> Option<u32> {
    if c.is_ascii() {
        return c.to_digit(10);
    }
    let zeros = [0x660, 0x6f0, 0x966, 0x9e6, 0xe50, 0xff10];
    zeros.into_iter().find_map(|zero| (c as u32).checked_sub(zero).filter(|value| *value < 10))
}

/// Whether `text` holds a digit: without one there is no date in it.
pub(super) fn has_digit(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
        || !text.is_ascii() && text.chars().any(|c| digit_of(c).is_some())
}

fn is_word_char(c: char) -> bool {
    c.is_alphabetic() || ('\u{300}'..='\u{36f}').contains(&c) || ('\u{900}'..='\u{e7f}').contains(&c)
}

pub(super) fn tokens_of(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        let mut end = start + c.len_utf8();
        let mut eat = |wanted: &dyn Fn(char) -> bool| {
            while let Some((at, next)) = chars.next_if(|(_, next)| wanted(*next)) {
                end = at + next.len_utf8();
            }
            end
        };
        let kind = if digit_of(c).is_some() {
            let end = eat(&|next| digit_of(next).is_some());
            number_of(&text[start..end])
        } else if is_word_char(c) {
            let end = eat(&|next| is_word_char(next) && digit_of(next).is_none());
            let word = &text[start..end];
            Kind::Word(if word.len() <= MAX_WORD_BYTES { fold(word) } else { Cow::Borrowed("") })
        } else if c.is_whitespace() || c == '\u{200f}' || c == '\u{200e}' {
            continue;
        } else {
            Kind::Mark(if matches!(c, '–' | '—' | '−' | '‑') { '-' } else { c })
        };
        tokens.push(Token { kind, start, end });
    }
    tokens
}

fn number_of(digits: &str) -> Kind<'static> {
    let count = digits.chars().count();
    let value = if count > 9 {
        u32::MAX
    } else {
        digits.chars().filter_map(digit_of).fold(0, |value, digit| value * 10 + digit)
    };
    Kind::Number { value, digits: count }
}

struct MonthName {
    language: [u8; 2],
    month: i8,
}

static MONTH_NAMES: LazyLock<BTreeMap<String, Vec<MonthName>>> = LazyLock::new(|| {
    let mut names: BTreeMap<String, Vec<MonthName>> = BTreeMap::new();
    for line in MONTHS.lines().filter(|line| !line.starts_with('#')) {
        let mut columns = line.split('\t');
        let code = columns.next().unwrap_or("").as_bytes();
        let Some(&[first, second]) = code.get(..2) else { continue };
        for (month, forms) in (1..=12).zip(columns) {
            for form in forms.split('|') {
                names
                    .entry(fold(form).into_owned())
                    .or_default()
                    .push(MonthName { language: [first, second], month });
            }
        }
    }
    names
});

/// The month that a folded word names, in `language` if that language has the word.
pub(super) fn month_of(word: &str, language: [u8; 2]) -> Option<i8> {
    let names = MONTH_NAMES.get(word)?;
    let own = names.iter().find(|name| name.language == language);
    own.or(names.first()).map(|name| name.month)
}

static ZONE_OFFSETS: LazyLock<BTreeMap<&str, i32>> = LazyLock::new(|| {
    let lines = ZONES.lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| line.split_once('\t'))
        .filter_map(|(name, offset)| Some((name, offset.parse().ok()?)))
        .collect()
});

/// Minutes east of Greenwich of a folded zone name.
pub(super) fn zone_of(word: &str) -> Option<i32> {
    ZONE_OFFSETS.get(word).copied()
}
