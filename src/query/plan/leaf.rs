//! From the forms of a query to the conditions of a plan: words become terms.

use super::super::ast::{Form, Scope};
use super::Leaf;
use crate::analysis::{folded_words, terms};

/// The words of `name` in lower case, joined by hyphens: the ids of names that no list has.
pub(super) fn slug(name: &str) -> String {
    folded_words(name).join("-")
}

pub(super) fn leaf_of(scope: Scope, form: &Form) -> Leaf {
    let folded = |word: &str| folded_words(word).concat();
    match form {
        Form::Word(word) => terms_leaf(scope, word, 0, false),
        Form::Phrase { text, slop, prefix } => terms_leaf(scope, text, *slop, *prefix),
        Form::Prefix(prefix) => Leaf::Prefix(scope, folded(prefix)),
        Form::Wildcard(pattern) => Leaf::Wildcard(scope, folded_pattern(pattern)),
        Form::Fuzzy(word, distance) => Leaf::Fuzzy(scope, folded(word), *distance),
        Form::Regex(pattern) => Leaf::Regex(scope, pattern.clone()),
        Form::Exact { text, case } => Leaf::Exact { text: text.clone(), case: *case },
    }
}

fn terms_leaf(scope: Scope, text: &str, slop: u32, prefix: bool) -> Leaf {
    // Names of writers are not stemmed.
    let mut terms: Vec<(u32, String)> = if scope == Scope::Byline {
        (0..).zip(folded_words(text)).collect()
    } else {
        terms(text).into_iter().map(|term| (term.position, term.text)).collect()
    };
    // The beginning of a word has no stem.
    if let (true, Some(last), Some(whole)) = (prefix, terms.last_mut(), folded_words(text).pop()) {
        last.1 = whole;
    }
    Leaf::Terms { scope, terms, slop, prefix }
}

/// A wildcard pattern folded like the words it is held against.
fn folded_pattern(pattern: &str) -> String {
    let mut folded = String::new();
    for c in pattern.chars() {
        match c {
            '*' | '?' => folded.push(c),
            c if c.is_alphanumeric() => crate::analysis::fold_char(c, &mut folded),
            _ => {}
        }
    }
    folded
}

/// `since` and `until` speak of the day of publication.
pub(super) fn index_field(name: &'static str) -> &'static str {
    match name {
        "since" | "until" => "published",
        other => other,
    }
}

/// A keyword as it is indexed: paths, addresses and ids as they are, the rest in lower case.
pub(super) fn keyword(field: &str, value: &str) -> String {
    match field {
        "path" | "url" | "id" | "country" => value.to_owned(),
        _ => value.to_lowercase(),
    }
}
