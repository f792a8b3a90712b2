//! Regular expressions that are built and asked only where a line has a word that they need.
//!
//! Most lines have none, and most runs never need most of the patterns; a search for all the words
//! at once costs less than one of the expressions. It knows no rule's meaning.

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};
use regex::{Regex, RegexBuilder};

/// A pattern, built when it is first asked.
#[derive(Debug)]
struct Pattern {
    source: &'static str,
    regex: OnceLock<Option<Regex>>,
}

impl Pattern {
    fn regex(&self) -> Option<&Regex> {
        let build = || RegexBuilder::new(self.source).case_insensitive(true).build().ok();
        self.regex.get_or_init(build).as_ref()
    }
}

/// Patterns in the order in which they are asked, at most 64.
#[derive(Debug, Default)]
pub(crate) struct GatedPatterns {
    patterns: Vec<Pattern>,
    words: Option<AhoCorasick>,
    /// Which pattern each word lets through.
    owners: Vec<usize>,
    /// The patterns that need no word, as bits.
    open: u64,
}

impl GatedPatterns {
    /// Of patterns with the words, parted by `|` and in small letters, of which each needs one;
    /// no words for a pattern that is always asked. Case does not matter to the patterns.
    pub(crate) fn of(rows: &[(&'static str, &'static str)]) -> Self {
        debug_assert!(rows.len() <= 64, "a bit a pattern");
        let (mut words, mut owners, mut open) = (Vec::new(), Vec::new(), 0);
        for (index, (_, needs)) in rows.iter().enumerate() {
            if needs.is_empty() {
                open |= 1 << index;
            }
            for word in needs.split('|').filter(|word| !word.is_empty()) {
                words.push(word);
                owners.push(index);
            }
        }
        let pattern = |source| Pattern { source, regex: OnceLock::new() };
        Self {
            patterns: rows.iter().map(|(source, _)| pattern(*source)).collect(),
            words: AhoCorasickBuilder::new().build(words).ok(),
            owners,
            open,
        }
    }

    /// The first pattern that matches `line`, whose small letters are `folded`, and its place.
    pub(crate) fn find(&self, line: &str, folded: &str) -> Option<(usize, &Regex)> {
        let mut asked = self.open;
        for found in self.words.iter().flat_map(|words| words.find_overlapping_iter(folded)) {
            asked |= 1 << self.owners[found.pattern().as_usize()];
        }
        let let_through = self.patterns.iter().enumerate().filter(|(index, _)| asked >> index & 1 == 1);
        let mut regexes = let_through.filter_map(|(index, pattern)| Some((index, pattern.regex()?)));
        regexes.find(|(_, regex)| regex.is_match(line))
    }

    /// Number of patterns, and how many of them can be built.
    #[cfg(test)]
    pub(crate) fn counts(&self) -> (usize, usize) {
        (self.patterns.len(), self.patterns.iter().filter(|pattern| pattern.regex().is_some()).count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_asked_where_its_words_are() {
        let gated =
            GatedPatterns::of(&[("^ferry .*late$", "late|early"), ("^[0-9]+$", ""), ("ferry", "boat")]);
        let find = |line: &str| gated.find(line, &line.to_lowercase()).map(|(index, _)| index);
        assert_eq!(find("Ferry is LATE"), Some(0));
        assert_eq!(find("1951"), Some(1));
        assert_eq!(find("ferry"), None);
        assert_eq!(find("ferry or boat"), Some(2));
        assert_eq!(gated.counts(), (3, 3));
        assert_eq!(GatedPatterns::of(&[]).find("x", "x").map(|(index, _)| index), None);
    }
}
