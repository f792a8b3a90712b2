//! The words of a text, one after the other, folded.

use unicode_normalization::char::{compose, is_combining_mark};

use super::fold::fold_char;
use crate::article::Span;

/// Longest term in bytes; tantivy refuses terms over 65,530, and no word of a language is as long.
const MAX_WORD_BYTES: usize = 255;
/// What French and Italian set before a vowel.
const ELISIONS: [&str; 16] =
    ["l", "d", "j", "m", "t", "s", "n", "c", "qu", "jusqu", "lorsqu", "puisqu", "dell", "all", "nell", "un"];

/// A word's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// Its bytes in the text, without possessive or elision.
    pub span: Span,
    /// Its number from 0.
    pub position: u32,
}

/// Walks over the words of a text.
pub struct Words<'a> {
    text: &'a str,
    at: usize,
    position: u32,
    folded: String,
}

impl<'a> Words<'a> {
    /// Starts at the beginning of `text`.
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0, position: 0, folded: String::with_capacity(32) }
    }

    /// The folded form of the word that [`Self::advance`] found last.
    pub fn folded(&self) -> &str {
        &self.folded
    }

    /// Moves to the next word.
    pub fn advance(&mut self) -> Option<Word> {
        loop {
            let (start, first) = self.next_word_char()?;
            let found = if is_unspaced(first) { self.pair(start, first) } else { self.run(start) };
            if let Some(span) = found {
                let word = Word { span, position: self.position };
                self.position += 1;
                return Some(word);
            }
        }
    }

    fn next_word_char(&mut self) -> Option<(usize, char)> {
        let bytes = self.text.as_bytes();
        while self.at < bytes.len() {
            let byte = bytes[self.at];
            if byte < 0x80 {
                if byte.is_ascii_alphanumeric() {
                    return Some((self.at, byte as char));
                }
                self.at += 1;
            } else {
                let c = self.text[self.at..].chars().next()?;
                if c.is_alphanumeric() {
                    return Some((self.at, c));
                }
                self.at += c.len_utf8();
            }
        }
        None
    }

    /// Two neighbouring characters of a script without spaces; the last of a run alone only when
    /// the run has no other.
    fn pair(&mut self, start: usize, first: char) -> Option<Span> {
        self.folded.clear();
        let after_first = start + first.len_utf8();
        let second = self.text[after_first..].chars().next().filter(|&c| is_unspaced(c));
        let before = self.text[..start].chars().next_back().is_some_and(is_unspaced);
        self.at = after_first;
        fold_char(first, &mut self.folded);
        match second {
            Some(c) => {
                fold_char(c, &mut self.folded);
                Some(Span::new(start, after_first + c.len_utf8()))
            }
            None if before => None,
            None => Some(Span::new(start, after_first)),
        }
    }

    /// A run of letters, marks and digits, with what may stand inside one.
    fn run(&mut self, start: usize) -> Option<Span> {
        self.folded.clear();
        if let Some(end) = self.plain_end(start) {
            self.folded.push_str(&self.text[start..end]);
            self.folded.make_ascii_lowercase();
            self.at = end;
            return self.finish(start, end);
        }
        let from = start;
        let mut start = start;
        let mut end = start;
        let mut chars = self.text[from..].char_indices().map(|(i, c)| (from + i, c)).peekable();
        let mut previous: Option<char> = None;
        while let Some(&(i, c)) = chars.peek() {
            if c.is_ascii_alphanumeric() {
                self.folded.push(c.to_ascii_lowercase());
            } else if is_unspaced(c) {
                break;
            } else if c.is_alphanumeric() || is_combining_mark(c) || is_joiner(c) {
                self.push(previous, c);
            } else if let Some(inner) = self.inner(i, c, previous) {
                match inner {
                    Inner::Skip => {}
                    Inner::Keep => self.folded.push(c),
                    Inner::Elision => {
                        self.folded.clear();
                        start = i + c.len_utf8();
                    }
                    Inner::Possessive(len) => {
                        self.at = i + len;
                        return self.finish(start, end);
                    }
                }
            } else {
                break;
            }
            end = i + c.len_utf8();
            previous = Some(c);
            chars.next();
        }
        self.at = end;
        // A final stop belongs to an acronym ("U.S."), but not to the word's span.
        self.finish(start, end)
    }

    /// The end of a run of ASCII letters and digits with nothing behind it that could go on: most are.
    fn plain_end(&self, start: usize) -> Option<usize> {
        let bytes = &self.text.as_bytes()[start..];
        let len = bytes.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(bytes.len());
        let ends = match bytes.get(len) {
            None => true,
            Some(b'\'' | b'.' | b',') => {
                bytes.get(len + 1).is_none_or(|next| next.is_ascii() && !next.is_ascii_alphanumeric())
            }
            Some(byte) => byte.is_ascii(),
        };
        (len > 0 && ends).then_some(start + len)
    }

    fn finish(&mut self, start: usize, end: usize) -> Option<Span> {
        if self.folded.len() > MAX_WORD_BYTES {
            let mut cut = MAX_WORD_BYTES;
            while !self.folded.is_char_boundary(cut) {
                cut -= 1;
            }
            self.folded.truncate(cut);
        }
        (!self.folded.is_empty()).then_some(Span::new(start, end))
    }

    /// A letter, or a mark that is composed with the letter before it where Unicode has the pair
    /// as one character (й typed as и and a breve).
    fn push(&mut self, previous: Option<char>, c: char) {
        let composed = match previous {
            Some(base) if is_combining_mark(c) => compose(base, c),
            _ => None,
        };
        if let Some(whole) = composed {
            self.folded.pop();
            fold_char(whole, &mut self.folded);
        } else {
            fold_char(c, &mut self.folded);
        }
    }

    /// What a punctuation mark inside a run means.
    fn inner(&self, at: usize, c: char, previous: Option<char>) -> Option<Inner> {
        let rest = &self.text[at + c.len_utf8()..];
        let next = rest.chars().next()?;
        match c {
            '\'' | '’' | 'ʼ' | '＇' if next.is_alphabetic() && !is_unspaced(next) => {
                let after = rest.chars().nth(1);
                if matches!(next, 's' | 'S') && !after.is_some_and(char::is_alphanumeric) {
                    return Some(Inner::Possessive(c.len_utf8() + 1));
                }
                if ELISIONS.contains(&self.folded.as_str()) {
                    return Some(Inner::Elision);
                }
                Some(Inner::Skip)
            }
            '.' if previous.is_some_and(char::is_numeric) && next.is_numeric() => Some(Inner::Keep),
            ',' if previous.is_some_and(char::is_numeric) && is_thousands(rest) => Some(Inner::Skip),
            '.' if next.is_alphabetic() && self.is_acronym(rest) => Some(Inner::Skip),
            _ => None,
        }
    }

    /// Whether the run so far is single letters and stops, and the next letter stands alone too.
    fn is_acronym(&self, rest: &str) -> bool {
        let letters = self.folded.chars().count();
        let run = &self.text[..self.text.len() - rest.len()];
        let mut back = run.chars().rev();
        let spaced =
            (0..letters).all(|_| back.next() == Some('.') && back.next().is_some_and(char::is_alphabetic));
        let mut ahead = rest.chars().skip(1);
        letters < 12
            && spaced
            && !back.next().is_some_and(char::is_alphanumeric)
            && !ahead.next().is_some_and(char::is_alphanumeric)
    }
}

enum Inner {
    Skip,
    Keep,
    Elision,
    /// Bytes of the mark and its `s`.
    Possessive(usize),
}

fn is_thousands(rest: &str) -> bool {
    let digits = rest.bytes().take(4).take_while(u8::is_ascii_digit).count();
    digits == 3
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}')
}

/// Scripts whose words are not set apart: Han, kana, Hangul (words carry their particles), Thai,
/// Lao, Khmer, Burmese.
pub(crate) fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{109F}' | '\u{1100}'..='\u{11FF}' | '\u{1780}'..='\u{17FF}'
        | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30FF}' | '\u{3100}'..='\u{318F}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}'
        | '\u{F900}'..='\u{FAFF}' | '\u{FF66}'..='\u{FF9F}' | '\u{20000}'..='\u{3FFFF}')
}
