//! Tests of single words: is this the term, does the pattern fit it?

use regex::{Regex, RegexBuilder};
use rustc_hash::FxHashMap;

use super::super::error::QueryFault;

/// Largest compiled pattern, in bytes; the index's own automata are held to about the same.
const MAX_PATTERN_BYTES: usize = 1 << 20;

/// All tests of a condition, numbered from 0.
#[derive(Debug, Default)]
pub(super) struct WordTests {
    count: usize,
    stems: FxHashMap<String, usize>,
    patterns: Vec<(Pattern, usize)>,
}

#[derive(Debug)]
enum Pattern {
    Prefix(String),
    Shape(Regex),
    Fuzzy(String, usize),
}

impl WordTests {
    pub(super) fn count(&self) -> usize {
        self.count
    }

    fn next(&mut self) -> usize {
        self.count += 1;
        self.count - 1
    }

    /// Words with this stem.
    pub(super) fn stem(&mut self, stem: &str) -> usize {
        if let Some(&known) = self.stems.get(stem) {
            return known;
        }
        let number = self.next();
        self.stems.insert(stem.to_owned(), number);
        number
    }

    /// Folded words that begin so.
    pub(super) fn prefix(&mut self, prefix: &str) -> usize {
        let number = self.next();
        self.patterns.push((Pattern::Prefix(prefix.to_owned()), number));
        number
    }

    /// Folded words within this distance.
    pub(super) fn fuzzy(&mut self, word: &str, distance: u8) -> usize {
        let number = self.next();
        self.patterns.push((Pattern::Fuzzy(word.to_owned(), usize::from(distance)), number));
        number
    }

    /// Folded words of this shape: `*` for any characters, `?` for one.
    pub(super) fn wildcard(&mut self, pattern: &str) -> Result<usize, QueryFault> {
        let regex = regex::escape(pattern).replace(r"\*", ".*").replace(r"\?", ".");
        self.regex(&regex)
    }

    /// Folded words that this expression matches wholly.
    pub(super) fn regex(&mut self, pattern: &str) -> Result<usize, QueryFault> {
        let whole = format!("^(?:{pattern})$");
        let regex = RegexBuilder::new(&whole).size_limit(MAX_PATTERN_BYTES).build();
        let regex = regex.map_err(|error| QueryFault::BadPattern(error.to_string()))?;
        let number = self.next();
        self.patterns.push((Pattern::Shape(regex), number));
        Ok(number)
    }

    /// Whether words need no stems.
    pub(super) fn without_stems(&self) -> bool {
        self.stems.is_empty()
    }

    /// Calls `found` with the number of every test that a word passes.
    pub(super) fn each(&self, stem: &str, folded: &str, mut found: impl FnMut(usize)) {
        if let Some(&number) = self.stems.get(stem) {
            found(number);
        }
        for (pattern, number) in &self.patterns {
            let holds = match pattern {
                Pattern::Prefix(prefix) => folded.starts_with(prefix.as_str()),
                Pattern::Shape(regex) => regex.is_match(folded),
                Pattern::Fuzzy(word, distance) => is_near(word, folded, *distance),
            };
            if holds {
                found(*number);
            }
        }
    }
}

/// Whether the words differ in at most `distance` characters, a swap of neighbours being one.
fn is_near(word: &str, other: &str, distance: usize) -> bool {
    // A character has at most four bytes.
    other.len().abs_diff(word.len()) <= 4 * distance && strsim::osa_distance(word, other) <= distance
}
