//! Text to terms: the one analyser that indexing, queries and snippets share.
//!
//! Words are runs of letters, marks and digits. They are folded (case, accents of the Latin and
//! Greek scripts, variants of Arabic letters, full-width forms), possessives and elisions are cut
//! off, acronyms are joined (`U.S.` gives `us`), and Latin words go through Snowball's English
//! stemmer, Cyrillic ones through its Russian stemmer. Scripts that write no spaces give
//! overlapping pairs of characters. No stop words are dropped here: phrases need them.

mod fold;
mod sketch;
mod stem;
mod words;

pub use fold::fold_char;
pub use sketch::{Sketch, Sketcher};
pub use stem::{Stem, word_hash};
pub use words::{Word, Words};

use rustc_hash::FxHashSet;

use crate::article::Span;

/// Changes whenever the same text would give other terms; an index records it.
pub const ANALYSER_VERSION: u32 = 1;

/// A term with its place in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The folded and stemmed form that is indexed.
    pub text: String,
    /// The word it came from.
    pub span: Span,
    /// Number of the word from 0.
    pub position: u32,
}

/// The terms of a short text, such as a query's words or a sentence.
pub fn terms(text: &str) -> Vec<Term> {
    let mut stem = Stem::default();
    let mut words = Words::new(text);
    let mut terms = Vec::new();
    while let Some(word) = words.advance() {
        terms.push(Term {
            text: stem.of(words.folded()).to_owned(),
            span: word.span,
            position: word.position,
        });
    }
    terms
}

/// The folded, unstemmed words of a short text.
pub fn folded_words(text: &str) -> Vec<String> {
    let mut words = Words::new(text);
    let mut folded = Vec::new();
    while words.advance().is_some() {
        folded.push(words.folded().to_owned());
    }
    folded
}

/// The folded words of `texts`, each once and in the order of their first place, with blanks between.
/// `each` gets the hash of every word as it comes, those that come again too.
pub fn word_set<'a>(texts: impl IntoIterator<Item = &'a str>, mut each: impl FnMut(u64)) -> String {
    let mut seen = FxHashSet::default();
    let mut set = String::new();
    for text in texts {
        let mut words = Words::new(text);
        while words.advance().is_some() {
            let hash = word_hash(words.folded().as_bytes());
            each(hash);
            // Two of the few words of an article share 64 bits by chance less often than disks fail.
            if seen.insert(hash) {
                set.push_str(words.folded());
                set.push(' ');
            }
        }
    }
    set.truncate(set.trim_end().len());
    set
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<String> {
        terms(text).into_iter().map(|term| term.text).collect()
    }

    #[test]
    fn words_are_folded_and_stemmed() {
        assert_eq!(of("Offensives near the Café"), ["offens", "near", "the", "cafe"]);
        assert_eq!(of("Zelenskyy’s visit, Russia's reply"), ["zelenskyy", "visit", "russia", "repli"]);
    }

    #[test]
    fn a_mark_behind_a_word_is_no_part_of_it() {
        assert_eq!(of("one, two. three' four,5 six.7 o'. 8.9,"), of("one two three four 5 six 7 o 8.9"));
        assert_eq!(of("AB.C d.e. x–y z\u{301}"), ["ab", "c", "de", "x", "y", "z"]);
    }

    #[test]
    fn acronyms_numbers_and_elisions() {
        assert_eq!(
            of("The U.S. and U.N. sent 1,250 tonnes, 3.5 km"),
            ["the", "us", "and", "un", "sent", "1250", "tonn", "3.5", "km"]
        );
        assert_eq!(of("l’Ukraine d'abord, O'Brien"), ["ukrain", "abord", "obrien"]);
    }

    #[test]
    fn cyrillic_and_scripts_without_spaces() {
        assert_eq!(of("войной"), of("войны"));
        assert_eq!(of("и\u{306}од"), of("йод"));
        assert_eq!(of("北京大学"), ["北京", "京大", "大学"]);
        assert_eq!(of("مُحَمَّد"), of("محمد"));
    }

    #[test]
    fn a_set_has_every_word_once() {
        assert_eq!(word_set(["A rose is a Rose,", "“is” it? 3.5"], |_| ()), "a rose is it 3.5");
        assert_eq!(word_set(["", "…"], |_| ()), "");
    }

    #[test]
    fn spans_reproduce_the_words() {
        let text = "« L’été » à Kyiv—Київ’s end";
        for term in terms(text) {
            assert!(!term.span.of(text).is_empty(), "{term:?}");
        }
        let words: Vec<_> = terms(text).iter().map(|term| term.span.of(text)).collect();
        assert_eq!(words, ["été", "à", "Kyiv", "Київ", "end"]);
    }
}
