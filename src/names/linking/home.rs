//! Where an article was written, as its words tell: "Garda", "sophomores", "lakh".
//!
//! It looks for the words and signs of `schema/rules/country-words.tsv` alone; places speak elsewhere.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::FIELDS;
use super::evidence::Country;
use crate::article::Article;
use crate::names::looks::{Looks, next_word, word_end};

/// Different words of one country that count; more of them say nothing new.
const MAX_WORDS: f32 = 3.0;

/// The compiled table.
struct CountryWords {
    looks: Looks,
    countries: FxHashMap<&'static str, Country>,
    signs: Vec<(&'static str, Country)>,
}

impl CountryWords {
    fn builtin() -> &'static Self {
        static BUILTIN: LazyLock<CountryWords> =
            LazyLock::new(|| CountryWords::parse(include_str!("../../../schema/rules/country-words.tsv")));
        &BUILTIN
    }

    fn parse(table: &'static str) -> Self {
        let mut countries = FxHashMap::default();
        let mut signs = Vec::new();
        for row in table.lines().filter(|row| !row.starts_with('#')) {
            let Some((country, words)) = row.split_once('\t') else { continue };
            let Ok(country) = Country::try_from(country.as_bytes()) else { continue };
            for word in words.split(' ') {
                if word.starts_with(char::is_alphanumeric) {
                    countries.insert(word, country);
                } else {
                    signs.push((word, country));
                }
            }
        }
        let looks = Looks::of(countries.keys().map(|word| word.as_bytes()));
        Self { looks, countries, signs }
    }
}

/// How many different words of each country the article has, at most [`MAX_WORDS`] of each.
pub(super) fn told_by_words(article: &Article) -> BTreeMap<Country, f32> {
    let table = CountryWords::builtin();
    let mut seen: Vec<&'static str> = Vec::new();
    let mut told = BTreeMap::new();
    let mut tell = |word: &'static str, country: Country| {
        if !seen.contains(&word) {
            seen.push(word);
            let weight: &mut f32 = told.entry(country).or_default();
            *weight = (*weight + 1.0).min(MAX_WORDS);
        }
    };
    for field in FIELDS {
        let text = article.text_of(field);
        for &(sign, country) in table.signs.iter().filter(|(sign, _)| text.contains(sign)) {
            tell(sign, country);
        }
        let mut at = 0;
        while let Some(start) = next_word(text, at) {
            at = word_end(text, start);
            if table.looks.have(&text.as_bytes()[start..at])
                && let Some((word, &country)) = table.countries.get_key_value(&text[start..at])
            {
                tell(word, country);
            }
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<(Country, f32)> {
        let article = Article { text: text.to_owned(), ..Article::default() };
        told_by_words(&article).into_iter().collect()
    }

    #[test]
    fn each_word_counts_once_and_a_few_suffice() {
        assert_eq!(told("A Garda spoke, and another Garda wrote."), [(*b"IE", 1.0)]);
        assert_eq!(told("Two sophomores paid £5."), [(*b"GB", 1.0), (*b"US", 1.0)]);
        let many = "The sheriff, the GOP, the DMV, FEMA and the IRS agreed by Thanksgiving.";
        assert_eq!(told(many), [(*b"US", MAX_WORDS)]);
        assert!(told("It rained, and rain is of no country; Gardaphe left.").is_empty());
    }

    #[test]
    fn every_row_of_the_table_is_read() {
        let table = include_str!("../../../schema/rules/country-words.tsv");
        let read = CountryWords::builtin();
        let mut words = Vec::new();
        for row in table.lines().filter(|row| !row.starts_with('#')) {
            let (country, list) = row.split_once('\t').expect("two columns");
            assert!(country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase()), "{row}");
            words.extend(list.split(' '));
        }
        assert_eq!(words.len(), read.countries.len() + read.signs.len(), "a word twice");
    }
}
