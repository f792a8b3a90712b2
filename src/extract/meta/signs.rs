//! What the classes, ids and test attributes of a page's elements say of them, looked at once.
//!
//! The words are data (`schema/metadata/page-words.tsv`); what they are worth is for others to say.

use std::{ops::Deref, sync::LazyLock};

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use rustc_hash::FxHashMap;

use super::fold::word_class;
use crate::extract::html::dom::{Dom, NodeId};

const WORDS: &str = include_str!("../../../schema/metadata/page-words.tsv");

/// Bytes of class, id and test attributes that are looked at.
const MAX_CLASS_BYTES: usize = 200;

/// What an element's class, id and test attributes say of it: a set of the classes below.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Signs(u16);

const CLASSES: [&str; 9] =
    ["byline", "date", "title", "dek", "aside", "comment", "published", "modified", "kicker"];

impl Signs {
    /// Whether the element is said to be of `class`, one of [`CLASSES`].
    pub(crate) fn has(self, class: &str) -> bool {
        CLASSES.iter().position(|name| *name == class).is_some_and(|bit| self.0 >> bit & 1 == 1)
    }
}

struct SignWords {
    automaton: Option<AhoCorasick>,
    bits: Vec<u16>,
}

static SIGN_WORDS: LazyLock<SignWords> = LazyLock::new(|| {
    let mut words = Vec::new();
    let mut bits = Vec::new();
    for (bit, class) in CLASSES.iter().enumerate() {
        for word in word_class(WORDS, class) {
            words.push(word);
            bits.push(1 << bit);
        }
    }
    let kind = Some(AhoCorasickKind::DFA);
    let automaton = AhoCorasick::builder().ascii_case_insensitive(true).kind(kind).build(words).ok();
    SignWords { automaton, bits }
});

/// The elements of a page and what each says of itself, looked at once.
pub(crate) struct Elements<'dom> {
    dom: &'dom Dom,
    signs: Vec<Signs>,
}

impl Deref for Elements<'_> {
    type Target = Dom;

    fn deref(&self) -> &Dom {
        self.dom
    }
}

impl<'dom> Elements<'dom> {
    /// Looks at every element of `dom`.
    pub(crate) fn of(dom: &'dom Dom) -> Self {
        let mut signs = vec![Signs::default(); dom.node_count()];
        let mut known: FxHashMap<&str, Signs> = FxHashMap::default();
        for id in dom.elements() {
            for (name, value) in dom.attributes(id) {
                if SIGNING.contains(&name) {
                    signs[id.index()].0 |= known.entry(value).or_insert_with(|| signs_in(value)).0;
                }
            }
        }
        Self { dom, signs }
    }

    /// What the element `id` says of itself.
    pub(crate) fn signs_of(&self, id: NodeId) -> Signs {
        self.signs[id.index()]
    }
}

/// The attributes that are looked at.
const SIGNING: [&str; 5] = ["class", "id", "data-testid", "data-component", "data-qa"];

fn signs_in(value: &str) -> Signs {
    let Some(automaton) = &SIGN_WORDS.automaton else { return Signs::default() };
    let mut signs = Signs::default();
    let end = value.floor_char_boundary(MAX_CLASS_BYTES);
    for found in automaton.find_overlapping_iter(&value[..end]) {
        signs.0 |= SIGN_WORDS.bits[found.pattern().as_usize()];
    }
    signs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::html::{dom::local_name, parse};

    #[test]
    fn elements_say_what_they_hold() {
        let dom = parse("<p class='Post-Byline' id=x><time data-testid=publish-date>now</time></p><b>x</b>");
        let dom = dom.expect("a small page");
        let elements = Elements::of(&dom);
        let of = |tag| elements.signs_of(dom.first_named(tag).expect("an element"));
        assert!(of(local_name!("p")).has("byline"));
        assert!(of(local_name!("time")).has("date") && !of(local_name!("time")).has("byline"));
        assert_eq!(of(local_name!("b")), Signs::default());
    }
}
