//! Snowball stemming behind a cache, chosen by the script of the word.

use frostem::{Algorithm, Stemmer};
use rustc_hash::FxHashMap;

/// Words remembered before the cache starts anew; news repeats some 50,000 of them.
const CACHE_WORDS: usize = 1 << 16;
/// Longer runs of letters are no words of a language; stemming them wastes time.
const MAX_STEMMED_BYTES: usize = 60;

/// Stems words, remembering the answers.
pub struct Stem {
    english: Stemmer,
    russian: Stemmer,
    cache: FxHashMap<Box<str>, Box<str>>,
    last: String,
}

impl Default for Stem {
    fn default() -> Self {
        Self {
            english: Stemmer::new(Algorithm::English),
            russian: Stemmer::new(Algorithm::Russian),
            cache: FxHashMap::default(),
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
        let stemmer = match folded.chars().next() {
            Some('a'..='z') => &self.english,
            Some('\u{400}'..='\u{4FF}') => &self.russian,
            _ => {
                self.last.push_str(folded);
                return &self.last;
            }
        };
        if folded.len() > MAX_STEMMED_BYTES || folded.bytes().any(|byte| byte.is_ascii_digit()) {
            self.last.push_str(folded);
        } else if let Some(stem) = self.cache.get(folded) {
            self.last.push_str(stem);
        } else {
            let stem = stemmer.stem(folded);
            self.last.push_str(&stem);
            if self.cache.len() >= CACHE_WORDS {
                self.cache.clear();
            }
            self.cache.insert(folded.into(), self.last.as_str().into());
        }
        &self.last
    }
}
