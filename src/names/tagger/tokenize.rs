//! Cuts a text into tokens and sentences, by bytes and without allocation per token.
//!
//! It knows the English conventions that matter for names (possessives, initials, hyphens between
//! capitalised words) and nothing about meaning. Texts without spaces become long tokens.

use super::lexicon;

/// Longest token in bytes; a longer stretch without a space is cut, so that one hostile word
/// cannot cost more than its length.
const MAX_TOKEN_BYTES: usize = 96;

/// A line break is no boundary in prose that was wrapped at a fixed width; lines shorter than this
/// (headlines, list items) end a sentence there too.
const MIN_WRAPPED_LINE_BYTES: usize = 48;

/// The longest line that a fixed width makes: a text with a longer one is not wrapped.
const MAX_WRAPPED_LINE_BYTES: usize = 100;

/// What a token looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Class {
    /// First letter upper case, the rest lower ("London").
    Capitalised = 0,
    /// More than one letter, all upper case ("NATO", "U.S.").
    Capitals = 1,
    /// Upper case elsewhere or several times ("McDonald", "iPhone").
    Mixed = 2,
    /// A lower-case word that may stand inside a name ("of", "al").
    Connector = 3,
    /// Any other word.
    Lower = 4,
    /// Begins with a digit.
    Digit = 5,
    /// Anything else.
    Punctuation = 6,
    /// Beyond the sentence.
    Outside = 7,
}

impl Class {
    /// Whether a token of this class can begin a name by itself.
    pub const fn is_upper(self) -> bool {
        matches!(self, Self::Capitalised | Self::Capitals | Self::Mixed)
    }
}

/// A token: bytes `start..end` of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// What it looks like.
    pub class: Class,
    /// Whether a sentence begins here.
    pub opens_sentence: bool,
}

impl Token {
    /// The token's bytes in `text`.
    pub fn of<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.start as usize..self.end as usize).unwrap_or("")
    }
}

/// Appends the tokens of `text`, which must be shorter than 4 GiB, to `tokens`.
pub fn tokenize(text: &str, tokens: &mut Vec<Token>) {
    let wrapped = is_wrapped(text.as_bytes());
    let mut cutter =
        Cutter { text, bytes: text.as_bytes(), at: 0, line_start: 0, wrapped, pending: true, tokens };
    cutter.run();
}

/// Whether every line is as short as a fixed width makes it.
fn is_wrapped(bytes: &[u8]) -> bool {
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', bytes) {
        if end - start > MAX_WRAPPED_LINE_BYTES {
            return false;
        }
        start = end + 1;
    }
    bytes.len() - start <= MAX_WRAPPED_LINE_BYTES
}

struct Cutter<'t, 'v> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    line_start: usize,
    /// Whether the text was wrapped at a fixed width.
    wrapped: bool,
    /// Whether the next token opens a sentence.
    pending: bool,
    tokens: &'v mut Vec<Token>,
}

/// What a character is to the tokenizer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Space,
    Letter,
    Digit,
    Mark,
}

const ASCII: [Sort; 128] = {
    let mut table = [Sort::Mark; 128];
    let mut byte = 0;
    while byte < 128 {
        let c = byte as u8;
        table[byte] = if c.is_ascii_alphabetic() {
            Sort::Letter
        } else if c.is_ascii_digit() {
            Sort::Digit
        } else if c <= b' ' || c == 0x7f {
            Sort::Space
        } else {
            Sort::Mark
        };
        byte += 1;
    }
    table
};

/// What an ASCII letter or digit adds to the counts of its word: upper case in the lowest byte, then
/// lower case, then digits. Nothing else adds anything.
const COUNTS: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        let c = byte as u8;
        table[byte] = if c.is_ascii_uppercase() {
            1
        } else if c.is_ascii_lowercase() {
            1 << 8
        } else if c.is_ascii_digit() {
            1 << 16
        } else {
            0
        };
        byte += 1;
    }
    table
};

fn sort_of(c: char) -> Sort {
    if c.is_ascii() {
        return ASCII[c as usize];
    }
    if c.is_whitespace()
        || matches!(c, '\u{200b}' | '\u{feff}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}')
    {
        Sort::Space
    } else if c.is_alphabetic() || matches!(c, '\u{300}'..='\u{36f}' | '\u{ad}') {
        Sort::Letter
    } else if c.is_numeric() {
        Sort::Digit
    } else {
        Sort::Mark
    }
}

impl Cutter<'_, '_> {
    fn run(&mut self) {
        while let Some(&byte) = self.bytes.get(self.at) {
            if byte == b' ' {
                self.at += 1;
                continue;
            }
            if COUNTS[byte as usize] != 0 && self.plain_word().is_some() {
                continue;
            }
            let sort = if byte < 128 {
                ASCII[byte as usize]
            } else {
                self.peek(self.at).map_or(Sort::Space, |(c, _)| sort_of(c))
            };
            match sort {
                Sort::Space => self.space(byte),
                Sort::Letter | Sort::Digit => self.word(),
                Sort::Mark => self.mark(),
            }
        }
    }

    fn peek(&self, at: usize) -> Option<(char, usize)> {
        let &byte = self.bytes.get(at)?;
        if byte < 128 {
            return Some((byte as char, 1));
        }
        let c = self.text.get(at..)?.chars().next()?;
        Some((c, c.len_utf8()))
    }

    fn sort_at(&self, at: usize) -> (Sort, usize) {
        self.peek(at).map_or((Sort::Space, 1), |(c, width)| (sort_of(c), width))
    }

    fn space(&mut self, byte: u8) {
        let width = if byte < 128 { 1 } else { self.peek(self.at).map_or(1, |(_, width)| width) };
        if byte == b'\n' {
            self.line_break();
        }
        self.at += width;
    }

    /// Decides whether the line break at `self.at` ends a sentence.
    fn line_break(&mut self) {
        let length = self.at - self.line_start;
        let next = self.bytes.get(self.at + 1).copied().unwrap_or(b'\n');
        let flows_on = self.wrapped && length >= MIN_WRAPPED_LINE_BYTES && next > b' ';
        if !flows_on {
            self.pending = true;
        }
        self.line_start = self.at + 1;
    }

    fn push(&mut self, start: usize, end: usize, class: Class) {
        let opens_sentence = std::mem::take(&mut self.pending);
        self.tokens.push(Token { start: start as u32, end: end as u32, class, opens_sentence });
    }

    /// Takes a word of ASCII letters and digits alone; none where a mark or another letter may go on
    /// with it.
    #[inline]
    fn plain_word(&mut self) -> Option<()> {
        let start = self.at;
        let rest = &self.bytes[start..];
        let rest = &rest[..rest.len().min(MAX_TOKEN_BYTES)];
        let (mut counts, mut length) = (0, 0);
        for &byte in rest {
            let count = COUNTS[byte as usize];
            if count == 0 {
                break;
            }
            counts += count;
            length += 1;
        }
        let next = self.bytes.get(start + length).copied().unwrap_or(b' ');
        if next >= 128 {
            return None;
        }
        let joins = matches!(next, b'.' | b',' | b':' | b'&' | b'_' | b'@' | b'-' | b'\'');
        if joins
            && self
                .bytes
                .get(start + length + 1)
                .is_some_and(|&after| after >= 128 || COUNTS[after as usize] != 0)
        {
            return None;
        }
        let end = if next == b'.' { self.with_stop(start, start + length) } else { start + length };
        let class = class_of_counts(counts, &self.bytes[start..end]);
        self.at = end;
        self.push(start, end, class);
        Some(())
    }

    fn word(&mut self) {
        let start = self.at;
        let mut end = start;
        let mut at = start;
        while at - start < MAX_TOKEN_BYTES {
            let (sort, width) = self.sort_at(at);
            match sort {
                Sort::Letter | Sort::Digit => {
                    at += width;
                    end = at;
                }
                Sort::Space => break,
                Sort::Mark => match self.inside(start, at) {
                    Some(next) => at = next,
                    None => break,
                },
            }
        }
        let end = self.with_stop(start, end);
        self.at = end;
        let class = class_of(&self.text[start..end]);
        self.push(start, end, class);
    }

    /// Where the word goes on, if the mark at `at` lies inside it.
    fn inside(&self, start: usize, at: usize) -> Option<usize> {
        let (mark, width) = self.peek(at)?;
        let next = at + width;
        let (after, _) = self.peek(next)?;
        match mark {
            '.' | ',' | ':' if after.is_ascii_digit() && self.bytes[at - 1].is_ascii_digit() => Some(next),
            '.' if after.is_alphanumeric() => Some(next),
            '&' | '_' | '@' if after.is_alphanumeric() => Some(next),
            '-' | '\u{2010}' | '\u{2011}' if after.is_alphanumeric() => {
                let part = self.text.get(start..at)?;
                let upper = part.chars().any(char::is_uppercase) || after.is_uppercase();
                (!upper).then_some(next)
            }
            '\'' | '\u{2019}' if after.is_alphabetic() => (!self.is_suffix(next)).then_some(next),
            _ => None,
        }
    }

    /// Whether an apostrophe's tail at `at` is `s`, `ll`, `re`, `ve`, `d` or `m` and the word ends.
    fn is_suffix(&self, at: usize) -> bool {
        let tail = &self.bytes[at..self.bytes.len().min(at + 3)];
        let length = tail.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        matches!(&tail[..length], b"s" | b"S" | b"d" | b"m" | b"ll" | b"re" | b"ve")
            && self.sort_at(at + length).0 != Sort::Letter
    }

    /// The end of the word with its full stop, where that belongs to it ("U.S.", "Mr.", "J.").
    fn with_stop(&self, start: usize, end: usize) -> usize {
        if self.bytes.get(end) != Some(&b'.') {
            return end;
        }
        let word = &self.text[start..end];
        let initials = word.len() <= 2 * 4
            && word.split('.').all(|part| {
                let mut letters = part.chars();
                letters.next().is_some_and(char::is_alphabetic) && letters.next().is_none()
            });
        let single_lower = word.len() == 1 && word.as_bytes()[0].is_ascii_lowercase();
        if (initials && !single_lower) || lexicon::is_abbreviation(word) { end + 1 } else { end }
    }

    fn mark(&mut self) {
        let Some((mark, width)) = self.peek(self.at) else {
            self.at += 1;
            return;
        };
        let start = self.at;
        let mut end = start + width;
        if matches!(mark, '\'' | '\u{2019}') && self.is_suffix(end) && self.attached(start) {
            end += self.bytes[end..].iter().take(2).take_while(|byte| byte.is_ascii_alphabetic()).count();
        } else {
            let same = &self.bytes[start..end];
            while end - start < MAX_TOKEN_BYTES && self.bytes[end..].starts_with(same) {
                end += width;
            }
        }
        self.at = end;
        self.push(start, end, Class::Punctuation);
        if matches!(mark, '.' | '!' | '?' | '\u{3002}' | '…') && self.ends_sentence(end) {
            self.pending = true;
        }
    }

    /// Whether a possessive at `start` follows a word, with at most one space between.
    fn attached(&self, start: usize) -> bool {
        self.tokens
            .last()
            .is_some_and(|token| token.class != Class::Punctuation && start - token.end as usize <= 1)
    }

    /// Whether what follows a stop at `end` looks like the beginning of a sentence.
    fn ends_sentence(&self, end: usize) -> bool {
        let mut at = end;
        for _ in 0..4 {
            match self.peek(at) {
                Some((c, width))
                    if c.is_whitespace()
                        || matches!(
                            c,
                            '"' | '\'' | '\u{201d}' | '\u{2019}' | '\u{201c}' | '(' | ')' | ']'
                        ) =>
                {
                    at += width
                }
                Some((c, _)) => return !c.is_lowercase(),
                None => return true,
            }
        }
        true
    }
}

/// The class of a word of ASCII letters and digits with these [`COUNTS`].
fn class_of_counts(counts: u32, word: &[u8]) -> Class {
    let first = word[0];
    if first.is_ascii_digit() {
        return Class::Digit;
    }
    class_by_case(counts & 0xff, counts >> 8 & 0xff, first.is_ascii_uppercase(), word)
}

/// The class of a word that begins with a letter or digit.
fn class_of(word: &str) -> Class {
    let (mut uppers, mut lowers, mut first_upper) = (0_u32, 0_u32, false);
    if word.is_ascii() {
        let bytes = word.as_bytes();
        if bytes[0].is_ascii_digit() {
            return Class::Digit;
        }
        first_upper = bytes[0].is_ascii_uppercase();
        for &byte in bytes {
            uppers += u32::from(byte.is_ascii_uppercase());
            lowers += u32::from(byte.is_ascii_lowercase());
        }
    } else {
        for (position, c) in word.chars().enumerate() {
            if position == 0 {
                if c.is_numeric() {
                    return Class::Digit;
                }
                first_upper = c.is_uppercase();
            }
            uppers += u32::from(c.is_uppercase());
            lowers += u32::from(c.is_lowercase());
        }
    }
    class_by_case(uppers, lowers, first_upper, word.as_bytes())
}

/// The class of a word that is no number, by its letters in upper and in lower case.
fn class_by_case(uppers: u32, lowers: u32, first_upper: bool, word: &[u8]) -> Class {
    match (uppers, lowers) {
        (0, _) if lexicon::is_connector(word) => Class::Connector,
        (0, _) => Class::Lower,
        (1, 0) => Class::Capitalised,
        (_, 0) => Class::Capitals,
        (1, _) if first_upper => Class::Capitalised,
        _ => Class::Mixed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        let mut tokens = Vec::new();
        tokenize(text, &mut tokens);
        tokens.iter().map(|token| token.of(text)).collect()
    }

    fn sentences(text: &str) -> usize {
        let mut tokens = Vec::new();
        tokenize(text, &mut tokens);
        tokens.iter().filter(|token| token.opens_sentence).count()
    }

    #[test]
    fn possessives_and_stops_are_tokens_of_their_own() {
        assert_eq!(cut("Anna’s boat sank."), ["Anna", "’s", "boat", "sank", "."]);
        assert_eq!(cut("the river 's bank"), ["the", "river", "'s", "bank"]);
    }

    #[test]
    fn abbreviations_and_initials_keep_their_stop() {
        assert_eq!(
            cut("Dr. B. Lund left the U.S. in May."),
            ["Dr.", "B.", "Lund", "left", "the", "U.S.", "in", "May", "."]
        );
        assert_eq!(cut("She said no."), ["She", "said", "no", "."]);
    }

    #[test]
    fn hyphens_part_capitalised_words_alone() {
        assert_eq!(cut("Oslo-based anti-noise group"), ["Oslo", "-", "based", "anti-noise", "group"]);
        assert_eq!(cut("a 3.5-metre O'Hara wall"), ["a", "3.5-metre", "O'Hara", "wall"]);
    }

    #[test]
    fn sentences_end_at_stops_and_short_lines() {
        assert_eq!(sentences("It rained. Nobody came. Mr. Lund slept."), 3);
        assert_eq!(sentences("A headline\nThe first words of a story"), 2);
        let wrapped = "The harbour of the small town was closed for most of the day\nbecause of ice.";
        assert_eq!(sentences(wrapped), 1);
    }

    #[test]
    fn a_long_word_is_cut_on_character_boundaries() {
        let word = "ż".repeat(1000);
        assert!(cut(&word).len() > 10);
        assert_eq!(cut(&word).concat(), word);
    }
}
