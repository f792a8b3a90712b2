//! What a line of text looks like: its words, marks, capitals and function words, counted in one pass.
//!
//! Knows nothing of where the text stands.

use std::{hash::Hasher, sync::LazyLock};

use rustc_hash::{FxHashSet, FxHasher};

/// The most frequent words of some thirty languages.
const STOP_WORDS: &str = include_str!("../../../schema/rules/stop-words.tsv");

/// Characters to a word above which a text counts as written without spaces.
const SPACELESS_CHARS: f32 = 12.0;

/// Characters that such a text has to a word.
const SPACELESS_WORD_CHARS: f32 = 4.0;

/// Longest stop word in bytes.
const MAX_STOP_WORD_BYTES: usize = 24;

/// The counts of one line.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Shape {
    /// Words; in scripts without spaces, a quarter of the characters.
    pub words: f32,
    /// Runs of letters, digits and underscores.
    pub runs: u32,
    /// Characters.
    pub chars: u32,
    /// Commas of all scripts.
    pub commas: u32,
    /// Full stops, question and exclamation marks, and ellipses of all scripts.
    pub stops: u32,
    /// Bars, bullets, arrows and angle quotes that menus set between entries.
    pub bars: u32,
    /// Upper-case letters.
    pub upper: u32,
    /// Letters.
    pub letters: u32,
    /// Digits.
    pub digits: u32,
    /// Words that begin with an upper-case letter.
    pub capitalised: u32,
    /// Words that begin with a lower-case letter.
    pub lower: u32,
    /// Words that are among the most frequent ones of a language.
    pub stop_words: u32,
    /// Whether the last mark, quotation marks aside, ends a sentence or opens a list.
    pub ends_in_stop: bool,
    /// Whether it ends with a colon.
    pub ends_in_colon: bool,
    /// Whether the first letter is lower-case.
    pub starts_lower: bool,
    /// Whether a quotation mark stands in it.
    pub quotes: bool,
    /// Whether an at sign stands in it.
    pub at_sign: bool,
    /// Whether a web address stands in it.
    pub address: bool,
}

fn stop_words() -> &'static FxHashSet<&'static str> {
    static WORDS: LazyLock<FxHashSet<&'static str>> = LazyLock::new(|| {
        STOP_WORDS
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split_once('\t'))
            .flat_map(|(_, words)| words.split(' '))
            .collect()
    });
    &WORDS
}

/// The shape of `text`; the hash of every word in lower case is added to `hashes`.
pub fn shape_of(text: &str, hashes: &mut Vec<u64>) -> Shape {
    let mut shape = Shape::default();
    let mut word = WordScan::default();
    let mut last = ' ';
    for c in text.chars() {
        shape.chars += 1;
        if c.is_ascii_lowercase() || c.is_alphanumeric() || c == '_' {
            word.push(c, &mut shape);
        } else {
            word.end(&mut shape, hashes);
            count_mark(&mut shape, c);
        }
        if !is_closing(c) {
            last = c;
        }
    }
    word.end(&mut shape, hashes);
    shape.ends_in_stop = is_stop(last) || matches!(last, ':' | '：');
    shape.ends_in_colon = matches!(last, ':' | '：');
    shape.address = shape.stops + shape.commas > 0 || text.contains("//");
    shape.address &= text.contains("http") || text.contains("www.");
    shape.words = if shape.chars as f32 > SPACELESS_CHARS * shape.runs.max(1) as f32 {
        (shape.chars as f32 / SPACELESS_WORD_CHARS).max(1.0)
    } else {
        shape.runs as f32
    };
    shape
}

fn is_stop(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '。' | '！' | '？' | '؟' | '।' | '…')
}

/// Quotation marks and brackets that may stand behind the mark that ends a sentence.
fn is_closing(c: char) -> bool {
    matches!(c, '"' | '\'' | '”' | '’' | '“' | '»' | '«' | '›' | ')' | ']' | '」' | '』') || c.is_whitespace()
}

fn count_mark(shape: &mut Shape, c: char) {
    match c {
        ',' | '、' | '，' | '،' => shape.commas += 1,
        '|' | '›' | '→' | '•' | '·' => shape.bars += 1,
        '»' => {
            shape.bars += 1;
            shape.quotes = true;
        }
        '"' | '“' | '”' | '„' | '«' | '「' => shape.quotes = true,
        '@' => shape.at_sign = true,
        _ if is_stop(c) => shape.stops += 1,
        _ => {}
    }
}

/// The word under way.
#[derive(Default)]
struct WordScan {
    hasher: FxHasher,
    chars: u32,
    lower_case: [u8; MAX_STOP_WORD_BYTES],
    len: usize,
}

impl WordScan {
    fn push(&mut self, c: char, shape: &mut Shape) {
        if c.is_ascii() {
            self.push_ascii(c, shape);
        } else {
            self.push_other(c, shape);
        }
        self.chars += 1;
    }

    fn push_ascii(&mut self, c: char, shape: &mut Shape) {
        if c.is_ascii_alphabetic() {
            self.note_letter(c.is_ascii_uppercase(), c.is_ascii_lowercase(), shape);
        } else {
            shape.digits += u32::from(c.is_ascii_digit());
        }
        let lower = c.to_ascii_lowercase() as u8;
        self.hasher.write_u8(lower);
        self.keep(&[lower]);
    }

    fn push_other(&mut self, c: char, shape: &mut Shape) {
        if c.is_alphabetic() {
            self.note_letter(c.is_uppercase(), c.is_lowercase(), shape);
        } else {
            shape.digits += 1;
        }
        for lower in c.to_lowercase() {
            self.hasher.write_u32(lower as u32);
            self.keep(lower.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }

    fn note_letter(&mut self, upper: bool, lower: bool, shape: &mut Shape) {
        if shape.letters == 0 {
            shape.starts_lower = lower;
        }
        shape.letters += 1;
        shape.upper += u32::from(upper);
        if self.chars == 0 {
            shape.capitalised += u32::from(upper);
            shape.lower += u32::from(lower);
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        let end = self.len + bytes.len();
        if let Some(room) = self.lower_case.get_mut(self.len..end) {
            room.copy_from_slice(bytes);
        }
        self.len = end;
    }

    fn end(&mut self, shape: &mut Shape, hashes: &mut Vec<u64>) {
        if self.chars == 0 {
            return;
        }
        shape.runs += 1;
        hashes.push(self.hasher.finish());
        let kept = self.lower_case.get(..self.len).and_then(|bytes| std::str::from_utf8(bytes).ok());
        shape.stop_words += u32::from(kept.is_some_and(|word| stop_words().contains(word)));
        self.hasher = FxHasher::default();
        self.chars = 0;
        self.len = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> Shape {
        shape_of(text, &mut Vec::new())
    }

    #[test]
    fn counts_words_marks_and_capitals() {
        let counted = shape("The mayor, Ann Lee, said: “We open in 2031.”");
        assert_eq!((counted.runs, counted.commas, counted.stops, counted.digits), (9, 2, 1, 4));
        assert_eq!((counted.capitalised, counted.lower), (4, 4));
        assert!(counted.ends_in_stop && counted.quotes && !counted.starts_lower);
        assert!(counted.stop_words == 2);
    }

    #[test]
    fn scripts_without_spaces_have_words_too() {
        assert_eq!(shape("市長は新しい図書館の開館を発表した。").words, 4.5);
        assert!(shape("市長は発表した。").ends_in_stop);
    }

    #[test]
    fn words_hash_alike_in_any_case() {
        let mut hashes = Vec::new();
        shape_of("ÉCOLE école Ecole", &mut hashes);
        assert_eq!(hashes[0], hashes[1]);
        assert_ne!(hashes[0], hashes[2]);
    }

    #[test]
    fn every_language_has_its_words() {
        for word in ["the", "der", "que", "и", "της", "på", "bir", "को"] {
            assert!(stop_words().contains(word), "{word}");
        }
    }
}
