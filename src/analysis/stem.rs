//! Snowball stemming behind a cache, chosen by the script of the word.

use frostem::{Algorithm, Stemmer};

/// Slots of the cache at first, each for one word: a sentence needs no more.
const FIRST_SLOTS: usize = 1 << 8;
/// Slots that it grows to: news repeats some 50,000 words, most of its text far fewer.
const MOST_SLOTS: usize = 1 << 15;
/// Longest word that is remembered, and longest stem ending that its slot holds; others are rare.
const MAX_CACHED_BYTES: usize = 24;
const MAX_ENDING_BYTES: usize = 4;
/// Longer runs of letters are no words of a language; stemming them wastes time.
const MAX_STEMMED_BYTES: usize = 60;
/// Words in Latin script that are no longer are their own stems.
const MAX_UNSTEMMED_BYTES: usize = 2;

/// A word and its stem: the word's first bytes and an ending.
#[derive(Clone, Copy)]
struct Slot {
    word: [u8; MAX_CACHED_BYTES],
    ending: [u8; MAX_ENDING_BYTES],
    /// Bytes of the word; zero where the slot is free.
    len: u8,
    /// Bytes of the word that the stem begins with.
    kept: u8,
    ending_len: u8,
}

const FREE: Slot =
    Slot { word: [0; MAX_CACHED_BYTES], ending: [0; MAX_ENDING_BYTES], len: 0, kept: 0, ending_len: 0 };

/// Stems words, remembering the answers.
pub struct Stem {
    english: Stemmer,
    russian: Stemmer,
    /// A word's slot is chosen by its hash, and the newest word has it.
    cache: Vec<Slot>,
    /// Words written to the cache since it last grew.
    written: usize,
    last: String,
}

impl Default for Stem {
    fn default() -> Self {
        Self {
            english: Stemmer::new(Algorithm::English),
            russian: Stemmer::new(Algorithm::Russian),
            cache: Vec::new(),
            written: 0,
            last: String::new(),
        }
    }
}

impl Clone for Stem {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Stem {
    /// The stem of a folded word; words with digits and words of other scripts stay as they are.
    pub fn of(&mut self, folded: &str) -> &str {
        self.last.clear();
        let first = folded.chars().next();
        let is_latin = matches!(first, Some('a'..='z'));
        let is_stemmed =
            is_latin && folded.len() > MAX_UNSTEMMED_BYTES || matches!(first, Some('\u{400}'..='\u{4FF}'));
        if !is_stemmed || folded.len() > MAX_STEMMED_BYTES || folded.bytes().any(|byte| byte.is_ascii_digit())
        {
            self.last.push_str(folded);
            return &self.last;
        }
        let hash = word_hash(folded.as_bytes());
        if let Some(slot) = self.slot(hash).filter(|slot| slot.is(folded.as_bytes())) {
            // Both parts were cut from a stem at a character's edge.
            let (kept, ending) = (usize::from(slot.kept), slot.ending);
            self.last.push_str(&folded[..kept]);
            let ending = &ending[..usize::from(slot.ending_len)];
            self.last.push_str(std::str::from_utf8(ending).unwrap_or(""));
            return &self.last;
        }
        let stemmer = if is_latin { &self.english } else { &self.russian };
        self.last.push_str(&stemmer.stem(folded));
        if let Some(slot) = Slot::of(folded, &self.last) {
            self.remember(hash, slot);
        }
        &self.last
    }

    fn slot(&self, hash: u64) -> Option<Slot> {
        let bits = self.cache.len().checked_ilog2()?;
        self.cache.get((hash >> (64 - bits)) as usize).copied()
    }

    fn remember(&mut self, hash: u64, slot: Slot) {
        let slots = self.cache.len();
        if self.written >= slots && slots < MOST_SLOTS {
            self.cache.clear();
            self.cache.resize((slots * 8).clamp(FIRST_SLOTS, MOST_SLOTS), FREE);
            self.written = 0;
        }
        let bits = self.cache.len().ilog2();
        self.cache[(hash >> (64 - bits)) as usize] = slot;
        self.written += 1;
    }
}

impl Slot {
    fn of(word: &str, stem: &str) -> Option<Self> {
        let mut kept = word.bytes().zip(stem.bytes()).take_while(|(a, b)| a == b).count();
        while !stem.is_char_boundary(kept) {
            kept -= 1;
        }
        let rest = &stem.as_bytes()[kept..];
        if word.len() > MAX_CACHED_BYTES || rest.len() > MAX_ENDING_BYTES {
            return None;
        }
        let mut slot = FREE;
        slot.word[..word.len()].copy_from_slice(word.as_bytes());
        slot.ending[..rest.len()].copy_from_slice(rest);
        (slot.len, slot.kept, slot.ending_len) = (word.len() as u8, kept as u8, rest.len() as u8);
        Some(slot)
    }

    fn is(&self, word: &[u8]) -> bool {
        self.word.get(..usize::from(self.len)) == Some(word)
    }
}

/// A quick hash of a short word, the same on every machine; its upper bits are the good ones.
pub fn word_hash(word: &[u8]) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut hash = word.len() as u64;
    let mut chunks = word.chunks_exact(8);
    for chunk in &mut chunks {
        let mut eight = [0; 8];
        eight.copy_from_slice(chunk);
        hash = (hash.rotate_left(29) ^ u64::from_le_bytes(eight)).wrapping_mul(ODD);
    }
    let mut eight = [0; 8];
    let rest = chunks.remainder();
    eight[..rest.len()].copy_from_slice(rest);
    hash = (hash.rotate_left(29) ^ u64::from_le_bytes(eight)).wrapping_mul(ODD);
    (hash ^ hash >> 32).wrapping_mul(ODD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remembered_word_has_the_stem_it_had() {
        let mut stem = Stem::default();
        let words = [
            "replies",
            "hoping",
            "universities",
            "generously",
            "so",
            "is",
            "x2go",
            "войной",
            "министрами",
            "internationalisation",
            "dying",
            "skies",
            "news",
            "a",
        ];
        let first: Vec<String> = words.iter().map(|word| stem.of(word).to_owned()).collect();
        let again: Vec<String> = words.iter().map(|word| stem.of(word).to_owned()).collect();
        let afresh: Vec<String> = words.iter().map(|word| Stem::default().of(word).to_owned()).collect();
        assert_eq!(first, again);
        assert_eq!(first, afresh);
        assert_eq!(first[..3], ["repli", "hope", "universiti"]);
    }

    #[test]
    fn short_words_are_their_own_stems() {
        let stemmer = Stemmer::new(Algorithm::English);
        for a in 'a'..='z' {
            for b in 'a'..='z' {
                let word = format!("{a}{b}");
                assert_eq!(stemmer.stem(&word), word);
            }
        }
    }
}
