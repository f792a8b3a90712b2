//! Whether a line is made of nothing but the names of an article's authors, dates, and the words that
//! stand beside them.

use std::{collections::BTreeSet, sync::LazyLock};

use super::{
    author,
    date::{DateStyle, dates_in},
    fold::fold_plain,
    settle::Settled,
    visible,
};

/// Words that stand beside names and dates in a line of their own, folded.
static WORDS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let phrases = author::beside_names().chain(visible::beside_dates());
    phrases.flat_map(|phrase| words_of(&phrase)).collect()
});

/// The parts of an article's byline.
pub(crate) struct BylineParts {
    /// Names of authors and outlets as words, longest first.
    names: Vec<Vec<String>>,
    style: DateStyle,
}

impl BylineParts {
    /// The names that `settled` gives.
    pub(crate) fn of(settled: &Settled) -> Self {
        let outlets = [&settled.publisher, &settled.credit].into_iter().flatten();
        let names = settled.byline.iter().chain(outlets.map(|outlet| &outlet.name));
        let mut names: Vec<Vec<String>> =
            names.map(|name| words_of(name)).filter(|words| !words.is_empty()).collect();
        names.sort_by_key(|words| std::cmp::Reverse(words.len()));
        Self { names, style: DateStyle::of_language(settled.language.as_deref()) }
    }

    /// The rule by which `line` says nothing but who and when; none where it says more.
    pub(crate) fn rule_for(&self, line: &str) -> Option<&'static str> {
        let (mut rest, mut start) = (String::new(), 0);
        let dates = dates_in(line, self.style);
        for date in &dates {
            rest.push_str(line.get(start..date.span.start)?);
            rest.push(' ');
            start = date.span.end;
        }
        rest.push_str(line.get(start..)?);
        let words = words_of(&rest);
        let (mut at, mut named) = (0, false);
        while at < words.len() {
            match self.names.iter().find(|name| words[at..].starts_with(name)) {
                Some(name) => {
                    named = true;
                    at += name.len();
                }
                None if WORDS.contains(&words[at]) || is_clock(&words[at]) => at += 1,
                None => return None,
            }
        }
        match (named, dates.is_empty()) {
            (true, _) => Some("field:byline"),
            (false, false) => Some("field:published"),
            (false, true) => None,
        }
    }
}

/// A number of a clock or a reading time.
fn is_clock(word: &str) -> bool {
    word.len() <= 2 && word.bytes().all(|byte| byte.is_ascii_digit())
}

fn words_of(text: &str) -> Vec<String> {
    let folded = fold_plain(text);
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}
