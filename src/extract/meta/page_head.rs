//! Metas, links, the title and the scripts of a page.

use std::{borrow::Cow, collections::BTreeMap, sync::LazyLock};

use aho_corasick::{AhoCorasick, MatchKind};

use super::{fold::word_class, json_repair::value_behind, markup::plain_of, witness_set::WitnessSet};
use crate::{
    article::FieldName,
    extract::html::dom::{Dom, NodeId, local_name},
};

const WORDS: &str = include_str!("../../../schema/metadata/page-words.tsv");
const METAS: &str = include_str!("../../../schema/metadata/metas.tsv");

static META_FIELDS: LazyLock<BTreeMap<&str, FieldName>> = LazyLock::new(|| {
    let lines = METAS.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'));
    lines.filter_map(|(key, field)| Some((key, field_of(field)?))).collect()
});

fn field_of(name: &str) -> Option<FieldName> {
    serde_json::from_value(serde_json::Value::String(name.to_owned())).ok()
}

/// Scripts that are searched for dates are no longer than this together: beyond it lies a page's
/// whole state, with the dates of every teaser.
const MAX_SCRIPT_BYTES: usize = 3 << 20;

/// The scripts of a page.
#[derive(Debug, Default)]
pub(crate) struct Head<'dom> {
    /// Those of type `application/ld+json`.
    pub linked_data: Vec<Cow<'dom, str>>,
    /// The others, up to a limit.
    pub scripts: Vec<Cow<'dom, str>>,
}

impl<'dom> Head<'dom> {
    /// Adds what metas, links and the title say, and gives the scripts.
    pub(crate) fn of(dom: &'dom Dom, witnesses: &mut WitnessSet) -> Self {
        let mut head = Self::default();
        let mut cards = Cards::default();
        let mut titled = false;
        let mut script_bytes = 0;
        for id in dom.elements() {
            match dom.tag(id) {
                Some(&local_name!("meta")) => {
                    add_meta(dom, id, witnesses);
                    cards.note(dom, id);
                }
                Some(&local_name!("link")) => add_link(dom, id, witnesses),
                Some(&local_name!("html")) => {
                    for name in ["lang", "xml:lang"] {
                        witnesses.add(
                            FieldName::Language,
                            "html:lang",
                            dom.attribute(id, name).unwrap_or(""),
                        );
                    }
                }
                Some(&local_name!("title")) if !titled => {
                    titled = true;
                    witnesses.add(FieldName::Headline, "html:title", &plain_of(&dom.text_content(id)));
                }
                Some(&local_name!("script")) => {
                    let text = dom.text_content(id);
                    if is_linked_data(dom, id) {
                        head.linked_data.push(text);
                    } else if script_bytes < MAX_SCRIPT_BYTES {
                        script_bytes += text.len();
                        head.scripts.push(text);
                    }
                }
                _ => {}
            }
        }
        cards.add_author(witnesses);
        head
    }
}

/// The labelled data of a card (`twitter:label1` and `twitter:data1`).
#[derive(Debug, Default)]
struct Cards {
    labels: BTreeMap<char, String>,
    values: BTreeMap<char, String>,
}

static AUTHOR_LABELS: LazyLock<Vec<&str>> =
    LazyLock::new(|| word_class(WORDS, "author-label").into_iter().collect());

impl Cards {
    fn note(&mut self, dom: &Dom, id: NodeId) {
        let name = dom.attribute(id, "name").or_else(|| dom.attribute(id, "property")).unwrap_or("");
        let Some(number) = name.chars().last().filter(char::is_ascii_digit) else { return };
        let content = dom.attribute(id, "content").filter(|content| content.len() < 300).map(plain_of);
        let Some(content) = content else { return };
        if name.starts_with("twitter:label") {
            self.labels.entry(number).or_insert(content);
        } else if name.starts_with("twitter:data") {
            self.values.entry(number).or_insert(content);
        }
    }

    fn add_author(&self, witnesses: &mut WitnessSet) {
        for (number, label) in &self.labels {
            let label = label.to_lowercase();
            let says_author = AUTHOR_LABELS.iter().any(|word| label.contains(word));
            if let Some(value) = self.values.get(number).filter(|_| says_author) {
                witnesses.add(FieldName::Byline, "meta:twitter:data", value);
            }
        }
    }
}

fn is_linked_data(dom: &Dom, id: NodeId) -> bool {
    dom.attribute(id, "type").is_some_and(|kind| kind.to_ascii_lowercase().contains("ld+json"))
}

fn add_meta(dom: &Dom, id: NodeId, witnesses: &mut WitnessSet) {
    let Some(content) = dom.attribute(id, "content").or_else(|| dom.attribute(id, "value")) else { return };
    for attribute in ["property", "name", "itemprop", "http-equiv"] {
        let Some(keys) = dom.attribute(id, attribute).filter(|keys| keys.len() < 100) else { continue };
        let inside = attribute == "itemprop" && !is_in_head(dom, id);
        for key in keys.to_ascii_lowercase().split_whitespace() {
            if let Some(&field) = META_FIELDS.get(key).filter(|_| !inside) {
                witnesses.add(field, &format!("meta:{key}"), &plain_of(content));
            }
        }
    }
}

fn is_in_head(dom: &Dom, id: NodeId) -> bool {
    dom.ancestors(id).take(3).any(|above| dom.tag(above) == Some(&local_name!("head")))
}

fn add_link(dom: &Dom, id: NodeId, witnesses: &mut WitnessSet) {
    let Some(href) = dom.attribute(id, "href") else { return };
    let rel = dom.attribute(id, "rel").unwrap_or("").to_ascii_lowercase();
    if rel.split_whitespace().any(|word| word == "canonical") {
        witnesses.add(FieldName::Url, "link:canonical", href);
    } else if rel == "syndication-source" || rel == "original-source" {
        witnesses.add(FieldName::Publisher, &format!("link:{rel}"), href);
    } else if rel == "alternate" && dom.attribute(id, "type").is_some_and(|kind| kind.contains("rss")) {
        witnesses.add(FieldName::Publisher, "link:feed-title", dom.attribute(id, "title").unwrap_or(""));
    } else if rel == "amphtml" || rel == "shortlink" {
        witnesses.add(FieldName::Url, &format!("link:{rel}"), href);
    }
}

/// Values of one key that are read from one script.
const MAX_SCRIPT_VALUES: usize = 2;

/// Keys of page state and data layers, with the field and the rule that they speak under.
static SCRIPT_KEYS: LazyLock<Vec<(&str, FieldName, &str)>> = LazyLock::new(|| {
    let mut keys = Vec::new();
    for (class, field, rule) in [
        ("script-date", FieldName::Published, "script:date"),
        ("script-date-loose", FieldName::Published, "script:date-loose"),
        ("script-modified", FieldName::Modified, "script:modified"),
        ("script-author", FieldName::Byline, "script:author"),
        ("script-author-loose", FieldName::Byline, "script:author-loose"),
    ] {
        keys.extend(word_class(WORDS, class).into_iter().map(|key| (key, field, rule)));
    }
    keys
});

static SCRIPT_AUTOMATON: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let keys = SCRIPT_KEYS.iter().map(|(key, ..)| key);
    AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(keys).ok()
});

/// Adds the dates and authors that the page's state and data layers name.
pub(crate) fn add_script_values(scripts: &[Cow<'_, str>], witnesses: &mut WitnessSet) {
    let Some(automaton) = SCRIPT_AUTOMATON.as_ref() else { return };
    for script in scripts {
        let mut counts = vec![0_usize; SCRIPT_KEYS.len()];
        for found in automaton.find_iter(script.as_ref()) {
            let index = found.pattern().as_usize();
            let (_, field, rule) = SCRIPT_KEYS[index];
            if counts[index] == MAX_SCRIPT_VALUES {
                continue;
            }
            let Some(value) = value_behind(script, found.start(), found.end()) else { continue };
            let plausible = match field {
                FieldName::Byline => value.len() < 120 && !value.contains("://"),
                _ => value.len() < 60 && value.chars().filter(char::is_ascii_digit).count() >= 6,
            };
            if plausible {
                counts[index] += 1;
                witnesses.add(field, rule, &value);
            }
        }
    }
}
