//! Metas, links, the title and the scripts of a page.

use std::{collections::BTreeMap, sync::LazyLock};

use super::{json_repair::values_after, markup::plain_of, witness_set::WitnessSet};
use crate::{
    article::FieldName,
    extract::html::dom::{Dom, NodeId, local_name},
};

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
pub(crate) struct Head {
    /// Those of type `application/ld+json`.
    pub linked_data: Vec<String>,
    /// The others, up to a limit.
    pub scripts: Vec<String>,
}

impl Head {
    /// Adds what metas, links and the title say, and gives the scripts.
    pub(crate) fn of(dom: &Dom, witnesses: &mut WitnessSet) -> Self {
        let mut head = Self::default();
        let mut titled = false;
        let mut script_bytes = 0;
        for id in dom.elements() {
            match dom.tag(id) {
                Some(&local_name!("meta")) => add_meta(dom, id, witnesses),
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
        head
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

/// Keys of page state and data layers, with the field and the rule that they speak under.
const SCRIPT_KEYS: [(&str, FieldName, &str); 22] = [
    ("datePublished", FieldName::Published, "script:date"),
    ("publishedAt", FieldName::Published, "script:date"),
    ("published_at", FieldName::Published, "script:date"),
    ("publishDate", FieldName::Published, "script:date"),
    ("publish_date", FieldName::Published, "script:date"),
    ("pubDate", FieldName::Published, "script:date"),
    ("pubdate", FieldName::Published, "script:date"),
    ("publishedDate", FieldName::Published, "script:date"),
    ("published_time", FieldName::Published, "script:date"),
    ("publicationDate", FieldName::Published, "script:date"),
    ("firstPublished", FieldName::Published, "script:date"),
    ("firstPublishDate", FieldName::Published, "script:date"),
    ("articlePublishDate", FieldName::Published, "script:date"),
    ("displayDate", FieldName::Published, "script:date"),
    ("published", FieldName::Published, "script:date-loose"),
    ("pagePostDate", FieldName::Published, "script:date"),
    ("dateModified", FieldName::Modified, "script:modified"),
    ("pagePostAuthor", FieldName::Byline, "script:author"),
    ("articleAuthor", FieldName::Byline, "script:author"),
    ("authorName", FieldName::Byline, "script:author"),
    ("author", FieldName::Byline, "script:author-loose"),
    ("authors", FieldName::Byline, "script:author-loose"),
];

/// Adds the dates and authors that the page's state and data layers name.
pub(crate) fn add_script_values(scripts: &[String], witnesses: &mut WitnessSet) {
    for script in scripts {
        for (key, field, rule) in SCRIPT_KEYS {
            for value in values_after(script, key).into_iter().take(2) {
                let plausible = match field {
                    FieldName::Byline => value.len() < 120 && !value.contains("://"),
                    _ => value.len() < 60 && value.chars().filter(char::is_ascii_digit).count() >= 6,
                };
                if plausible {
                    witnesses.add(field, rule, &value);
                }
            }
        }
    }
}
