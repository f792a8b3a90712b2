//! What the tagger sees: the features of a word, and of a token in its context.
//!
//! Training and tagging call the same two functions. A feature is a slot of the weight table;
//! which template and value it came from is forgotten.

use super::clusters::{Cluster, Clusters};
use super::hash::{hash_bytes, mix, slot};
use super::tokenize::Class;

/// Positions around a token whose words have features of their own: two before, itself, two after.
pub const POSITIONS: usize = 5;

/// The index of the token itself among [`POSITIONS`].
pub const CENTRE: usize = 2;

/// Longest shape in characters; beyond it shapes tell nothing more.
const MAX_SHAPE: usize = 12;

/// Longest word in bytes that is looked over without allocation.
const MAX_PLAIN: usize = 32;

/// What is known about a word wherever it stands.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// Hash of the form as written.
    pub form: u64,
    /// Hash of the lower-case form, digits as zeros.
    pub lower: u64,
    /// Hash of the shape ("Xx", "X.X.", "d").
    pub shape: u64,
    /// Hash of the last three characters in lower case.
    pub suffix: u64,
    /// Clusters of the lower-case form.
    pub cluster: Cluster,
    /// Class.
    pub class: Class,
    /// Prefixes and suffixes of two to four characters, as written in lower case.
    affixes: [u64; 6],
}

impl Word {
    /// Looks `text` over.
    pub fn new(text: &str, class: Class, clusters: &Clusters) -> Self {
        if text.is_ascii() && text.len() <= MAX_PLAIN {
            return Self::plain(text.as_bytes(), class, clusters);
        }
        Self::by_letters(text, class, clusters)
    }

    fn by_letters(text: &str, class: Class, clusters: &Clusters) -> Self {
        let mut lower = String::with_capacity(text.len());
        let mut shape = String::with_capacity(MAX_SHAPE);
        let mut last = ['\0'; 2];
        for c in text.chars() {
            let sign = if c.is_uppercase() {
                'X'
            } else if c.is_alphabetic() {
                'x'
            } else if c.is_numeric() {
                'd'
            } else if c == '\u{2019}' {
                '\''
            } else {
                c
            };
            if c.is_numeric() {
                lower.push('0');
            } else if c == '\u{2019}' {
                lower.push('\'');
            } else {
                lower.extend(c.to_lowercase());
            }
            if shape.len() < MAX_SHAPE && last != [sign; 2] {
                shape.push(sign);
            }
            last = [last[1], sign];
        }
        let bare = if class == Class::Capitals || !lower.ends_with('.') {
            lower.as_str()
        } else {
            lower.trim_end_matches('.')
        };
        let affixes = affixes_of(bare);
        Self {
            form: hash_bytes(text.as_bytes()),
            lower: hash_bytes(bare.as_bytes()),
            shape: hash_bytes(shape.as_bytes()),
            suffix: affixes[4],
            cluster: clusters.of(hash_bytes(lower.as_bytes())),
            class,
            affixes,
        }
    }

    /// The same for a short word in ASCII, without allocation.
    fn plain(text: &[u8], class: Class, clusters: &Clusters) -> Self {
        let mut buffer = [0; MAX_PLAIN];
        let lower = &mut buffer[..text.len()];
        let (mut shape, mut length) = ([0; MAX_SHAPE], 0);
        let mut last = [0; 2];
        for (small, &byte) in lower.iter_mut().zip(text) {
            let digit = byte.is_ascii_digit();
            *small = if digit { b'0' } else { byte.to_ascii_lowercase() };
            let sign = match byte {
                b'A'..=b'Z' => b'X',
                b'a'..=b'z' => b'x',
                _ if digit => b'd',
                other => other,
            };
            if length < MAX_SHAPE && last != [sign; 2] {
                shape[length] = sign;
                length += 1;
            }
            last = [last[1], sign];
        }
        let stops = lower.iter().rev().take_while(|&&byte| byte == b'.').count();
        let bare = if class == Class::Capitals { &*lower } else { &lower[..lower.len() - stops] };
        let mut affixes = [0; 6];
        for size in 2..=4 {
            affixes[size - 2] = hash_bytes(&bare[..bare.len().min(size)]);
            affixes[size + 1] = hash_bytes(&bare[bare.len().saturating_sub(size)..]);
        }
        Self {
            form: hash_bytes(text),
            lower: hash_bytes(bare),
            shape: hash_bytes(&shape[..length]),
            suffix: affixes[4],
            cluster: clusters.of(hash_bytes(lower)),
            class,
            affixes,
        }
    }

    /// The word that stands before the first (`false`) or after the last (`true`) of a sentence.
    pub fn outside(after: bool) -> Self {
        let name: &[u8] = if after { b"\0after" } else { b"\0before" };
        let hash = hash_bytes(name);
        Self {
            form: hash,
            lower: hash,
            shape: hash,
            suffix: hash,
            cluster: Cluster::default(),
            class: Class::Outside,
            affixes: [hash; 6],
        }
    }

    /// Emits the slots of the features that this word has at `position` (0 to 4) by itself.
    pub fn features(&self, position: usize, slot_bits: u32, mut emit: impl FnMut(u32)) {
        let base = 32 * position as u64;
        let mut add = |template: u64, value: u64| emit(slot(base + template, value, slot_bits));
        add(0, self.lower);
        if self.cluster.fine != 0 {
            add(1, u64::from(self.cluster.fine));
        }
        match position {
            CENTRE => {
                add(4, self.form);
                add(5, self.shape);
                add(6, 0);
                if self.cluster.coarse != 0 {
                    add(2, u64::from(self.cluster.coarse));
                }
                for (index, &affix) in self.affixes.iter().enumerate() {
                    add(8 + index as u64, affix);
                }
            }
            1 | 3 => {
                add(3, self.suffix);
                if self.cluster.coarse != 0 {
                    add(2, u64::from(self.cluster.coarse));
                }
            }
            _ => {}
        }
    }
}

/// Hashes of the prefixes and suffixes of 2, 3 and 4 characters; of the whole word where shorter.
fn affixes_of(word: &str) -> [u64; 6] {
    let mut affixes = [0; 6];
    for length in 2..=4 {
        let head = word.char_indices().nth(length).map_or(word, |(at, _)| &word[..at]);
        let tail = word.char_indices().rev().nth(length - 1).map_or(word, |(at, _)| &word[at..]);
        affixes[length - 2] = hash_bytes(head.as_bytes());
        affixes[length + 1] = hash_bytes(tail.as_bytes());
    }
    affixes
}

/// What the lists say about a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Listed {
    /// Kinds of the names that are just this token.
    pub single: u8,
    /// Kinds of the longest listed name over this token.
    pub kinds: u8,
    /// Where in that name the token stands: 1 first, 2 inside, 3 last, 4 alone; 0 in none.
    pub part: u8,
}

impl Listed {
    const fn code(self) -> u64 {
        self.kinds as u64 | (self.part as u64) << 8
    }
}

/// A token where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Context<'w> {
    /// The words around it.
    pub words: [&'w Word; POSITIONS],
    /// What the lists say about the token before, itself, and the token after.
    pub listed: [Listed; 3],
    /// Whether it opens its sentence.
    pub initial: bool,
    /// How its sentence is written.
    pub casing: Casing,
}

/// How a sentence is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[repr(u8)]
pub enum Casing {
    /// Names stand out by their capitals.
    #[default]
    Sentence = 0,
    /// Most words are capitalised, as in headlines.
    Title = 1,
    /// All words are in capitals.
    Capitals = 2,
}

/// Most features that a context has.
pub const MAX_CONTEXT_FEATURES: usize = 23;

/// Templates of context features begin here, after those of single words.
const CONTEXT: u64 = 32 * POSITIONS as u64;

impl Context<'_> {
    /// Emits the slots of the features that more than one word makes.
    pub fn features(&self, slot_bits: u32, mut emit: impl FnMut(u32)) {
        let mut add = |template: u64, value: u64| emit(slot(CONTEXT + template, value, slot_bits));
        let [second_before, before, word, after, second_after] = self.words;
        let fine = |word: &Word| u64::from(word.cluster.fine);
        let coarse = |word: &Word| u64::from(word.cluster.coarse);
        add(0, mix(before.lower, word.lower));
        add(1, mix(word.lower, after.lower));
        add(2, mix(after.lower, second_after.lower));
        add(3, mix(second_before.lower, before.lower));
        add(4, mix(before.shape, word.shape));
        add(5, mix(word.shape, after.shape));
        add(6, mix(mix(before.shape, word.shape), after.shape));
        add(7, fine(before) << 10 | fine(word));
        add(8, fine(word) << 10 | fine(after));
        add(9, coarse(before) << 16 | coarse(word) << 8 | coarse(after));
        add(10, mix(word.shape, fine(before)));
        add(11, mix(word.shape, fine(after)));
        add(12, u64::from(self.initial) << 8 | (word.class as u64) << 4 | self.casing as u64);
        self.list_features(&mut add);
    }

    fn list_features(&self, add: &mut impl FnMut(u64, u64)) {
        let [_, before, word, after, _] = self.words;
        let [left, here, right] = self.listed;
        if here.single != 0 {
            add(13, u64::from(here.single));
        }
        if (here.single | left.single) != 0 {
            add(14, u64::from(here.single) << 8 | u64::from(left.single));
        }
        if (here.single | right.single) != 0 {
            add(15, u64::from(here.single) << 8 | u64::from(right.single));
        }
        if here.part == 0 {
            return;
        }
        let code = here.code();
        add(16, code);
        add(17, mix(word.shape, code));
        add(18, mix(before.lower, code));
        add(19, mix(after.lower, code));
        add(20, mix(u64::from(word.cluster.fine), code));
        add(21, mix(left.code(), code));
        add(22, mix(right.code(), code));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_word_is_the_same_read_by_bytes_and_by_letters() {
        let clusters = Clusters::build(&[("orvik".to_owned(), 7)], vec![3; 8]).expect("one word");
        let words =
            ["Orvik", "U.S.", "Ltd.", "a", "B52", "O'Hara", "1990s", "...", "x", "ANNA-Lena", "McOrvikson"];
        for word in words {
            for class in [Class::Capitalised, Class::Capitals, Class::Lower] {
                let plain = Word::plain(word.as_bytes(), class, &clusters);
                let letters = Word::by_letters(word, class, &clusters);
                let hashes = |word: &Word| (word.form, word.lower, word.shape, word.suffix, word.affixes);
                assert_eq!(hashes(&plain), hashes(&letters), "{word}");
                assert_eq!(plain.cluster, letters.cluster, "{word}");
            }
        }
    }
}
