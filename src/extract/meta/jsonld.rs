//! JSON-LD (schema.org) as witnesses: arrays, `@graph`, `@id` references, broken JSON.
//!
//! Reads what the nodes say; of several articles on a page it takes the one whose headline the
//! page's title bears out. Nothing here parses HTML.

use std::{borrow::Cow, collections::BTreeMap};

use serde_json::{Map, Value};

use super::{fold::fold_words, json_repair, markup::plain_of, witness_set::WitnessSet};
use crate::article::FieldName;

/// Values deeper than this are no metadata; the walk stops there.
const MAX_DEPTH: usize = 12;

/// Nodes looked at in one page: a page's own take tens, a list of products thousands.
const MAX_VALUES: usize = 50_000;

/// Scripts longer than this hold a shop or a photo gallery; they are searched, not parsed.
const MAX_SCRIPT_BYTES: usize = 4 << 20;

/// Scripts of one page that are read.
const MAX_SCRIPTS: usize = 64;

/// References from node to node that are followed.
const MAX_REFERENCES: usize = 4;

type Node = Map<String, Value>;

/// Adds what the JSON-LD `scripts` of a page say; `titles` are the page's own titles.
pub(crate) fn add_witnesses(scripts: &[Cow<'_, str>], titles: &[String], witnesses: &mut WitnessSet) {
    let mut parsed = Vec::new();
    for script in scripts.iter().take(MAX_SCRIPTS) {
        match Some(script)
            .filter(|script| script.len() <= MAX_SCRIPT_BYTES)
            .and_then(|s| json_repair::parse(s))
        {
            Some(value) => parsed.push(value),
            None => json_repair::add_fragments(script, "jsonld-broken", witnesses),
        }
    }
    let graph = Graph::of(&parsed);
    let main = graph.main_article(titles);
    if let Some(entry) = main.map(|index| &graph.entries[index]) {
        types_of(entry.node).iter().for_each(|name| witnesses.add(FieldName::PageKind, "jsonld:type", name));
    }
    for (index, entry) in graph.entries.iter().enumerate() {
        match entry.class {
            Class::Article if main == Some(index) => graph.add_article(entry.node, "jsonld", witnesses),
            Class::Article => graph.add_other(entry.node, witnesses),
            Class::Page => graph.add_article(entry.node, "jsonld-page", witnesses),
            Class::Person => {
                graph.add_names(entry.node.get("name"), FieldName::Byline, "jsonld:person", witnesses)
            }
            Class::Organisation => {
                graph.add_names(
                    entry.node.get("name"),
                    FieldName::Publisher,
                    "jsonld:organisation",
                    witnesses,
                );
            }
            Class::Site => {
                graph.add_names(entry.node.get("name"), FieldName::Publisher, "jsonld:website", witnesses);
            }
            Class::Breadcrumb => graph.add_breadcrumb(entry.node, witnesses),
        }
    }
}

/// What a node is, as far as articles care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Article,
    Page,
    Person,
    Organisation,
    Site,
    Breadcrumb,
}

fn class_of(node: &Node) -> Option<Class> {
    let types = types_of(node);
    let any = |test: &dyn Fn(&str) -> bool| types.iter().any(|name| test(name));
    if any(&|name| name.ends_with("Organization") || name == "Corporation" || name == "Brand") {
        return Some(Class::Organisation);
    }
    if any(&|name| name == "Person" || name == "ProfilePage") {
        return Some(Class::Person);
    }
    if any(&|name| {
        (name.ends_with("Article")
            || name.ends_with("Posting")
            || name.ends_with("Report")
            || name == "Review")
            || matches!(name, "Recipe" | "VideoObject" | "CreativeWork" | "Story" | "Book" | "PodcastEpisode")
    }) {
        return Some(Class::Article);
    }
    if any(&|name| name == "WebSite") {
        return Some(Class::Site);
    }
    if any(&|name| name.ends_with("Page")) {
        return Some(Class::Page);
    }
    any(&|name| name == "BreadcrumbList").then_some(Class::Breadcrumb)
}

/// The node's types without the vocabulary's address (`https://schema.org/NewsArticle`).
fn types_of(node: &Node) -> Vec<&str> {
    let bare = |name| str::rsplit(name, ['/', '#', ':']).next().unwrap_or(name);
    items_of(node.get("@type").or_else(|| node.get("type"))).filter_map(Value::as_str).map(bare).collect()
}

struct Entry<'a> {
    node: &'a Node,
    class: Class,
    /// Whether it stands in a list of other things (`itemListElement`, `hasPart`, `comment`).
    listed: bool,
}

struct Graph<'a> {
    entries: Vec<Entry<'a>>,
    by_id: BTreeMap<&'a str, &'a Node>,
}

impl<'a> Graph<'a> {
    /// Collects the typed nodes of `values` in document order, without recursion.
    fn of(values: &'a [Value]) -> Self {
        let mut graph = Self { entries: Vec::new(), by_id: BTreeMap::new() };
        let mut stack: Vec<(&Value, usize, bool)> =
            values.iter().rev().map(|value| (value, 0, false)).collect();
        let mut seen = 0;
        while let Some((value, depth, listed)) = stack.pop() {
            seen += 1;
            if seen > MAX_VALUES {
                break;
            }
            match value {
                Value::Array(items) if depth < MAX_DEPTH => {
                    stack.extend(items.iter().rev().map(|item| (item, depth + 1, listed)));
                }
                Value::Object(node) => {
                    graph.note(node, listed);
                    if depth < MAX_DEPTH {
                        let below =
                            node.iter().rev().filter(|(_, below)| below.is_object() || below.is_array());
                        stack.extend(
                            below.map(|(key, below)| (below, depth + 1, listed || lists_others(key))),
                        );
                    }
                }
                _ => {}
            }
        }
        graph
    }

    fn note(&mut self, node: &'a Node, listed: bool) {
        if let Some(id) = node.get("@id").and_then(Value::as_str).filter(|_| node.len() > 1) {
            self.by_id.entry(id).or_insert(node);
        }
        if let Some(class) = class_of(node) {
            self.entries.push(Entry { node, class, listed });
        }
    }

    /// The node itself, or the one that it refers to by `@id`.
    fn resolved(&self, node: &'a Node) -> &'a Node {
        let mut node = node;
        for _ in 0..MAX_REFERENCES {
            let referred = node.get("@id").and_then(Value::as_str).and_then(|id| self.by_id.get(id));
            match referred {
                Some(&next) if !node.contains_key("name") && !std::ptr::eq(next, node) => node = next,
                _ => break,
            }
        }
        node
    }

    /// The article that the page is about: the one whose headline the page's titles bear out,
    /// else the first that no list holds, else the first.
    fn main_article(&self, titles: &[String]) -> Option<usize> {
        let titles: Vec<String> = titles.iter().map(|title| fold_words(title)).collect();
        let score = |entry: &Entry<'_>| {
            let headline = ["headline", "name"].iter().find_map(|key| entry.node.get(*key)?.as_str());
            let headline = headline.map(|text| fold_words(&plain_of(text))).unwrap_or_default();
            let borne_out = !headline.is_empty()
                && titles.iter().any(|title| {
                    title.contains(&headline) || headline.contains(title.as_str()) && title.len() > 12
                });
            let textual = types_of(entry.node)
                .iter()
                .any(|name| name.ends_with("Article") || name.ends_with("Posting"));
            let dated = entry.node.contains_key("datePublished") || entry.node.contains_key("author");
            8 * i32::from(borne_out)
                + 4 * i32::from(!entry.listed)
                + 2 * i32::from(textual)
                + i32::from(dated)
        };
        let articles = self.entries.iter().enumerate().filter(|(_, entry)| entry.class == Class::Article);
        // The first of equal ones: `max_by_key` would give the last.
        articles.rev().max_by_key(|(_, entry)| score(entry)).map(|(index, _)| index)
    }

    /// What an article or a page says of itself, under rules of `family`.
    fn add_article(&self, node: &'a Node, family: &str, witnesses: &mut WitnessSet) {
        let mut add = |field, key: &str, value: &str| witnesses.add(field, &format!("{family}:{key}"), value);
        for key in ["headline", "alternativeHeadline", "name"] {
            texts_of(node.get(key)).for_each(|text| add(FieldName::Headline, key, text));
        }
        for key in ["datePublished", "dateCreated", "uploadDate"] {
            texts_of(node.get(key)).for_each(|text| add(FieldName::Published, key, text));
        }
        texts_of(node.get("dateModified")).for_each(|text| add(FieldName::Modified, "dateModified", text));
        texts_of(node.get("description")).for_each(|text| add(FieldName::Dek, "description", text));
        for key in ["url", "mainEntityOfPage"] {
            addresses_of(node.get(key)).for_each(|text| add(FieldName::Url, key, text));
        }
        for key in ["isBasedOn", "isBasedOnUrl"] {
            addresses_of(node.get(key)).for_each(|text| add(FieldName::Publisher, "isBasedOn", text));
        }
        for key in ["articleSection", "keywords"] {
            texts_of(node.get(key)).for_each(|text| add(FieldName::Topics, key, text));
        }
        for key in ["author", "creator"] {
            self.add_people(node.get(key), &format!("{family}:{key}"), witnesses);
        }
        for key in ["publisher", "sourceOrganization", "copyrightHolder", "provider", "isPartOf"] {
            self.add_names(node.get(key), FieldName::Publisher, &format!("{family}:{key}"), witnesses);
        }
        let languages = items_of(node.get("inLanguage"));
        for language in languages {
            let name =
                language.as_str().or_else(|| language.get("name")?.as_str().filter(|name| name.len() < 9));
            witnesses.add(FieldName::Language, &format!("{family}:inLanguage"), name.unwrap_or(""));
        }
    }

    /// Another article's dates and authors: what the page's own may be confused with.
    fn add_other(&self, node: &'a Node, witnesses: &mut WitnessSet) {
        texts_of(node.get("datePublished"))
            .for_each(|text| witnesses.add(FieldName::Published, "jsonld-other:datePublished", text));
        texts_of(node.get("headline"))
            .for_each(|text| witnesses.add(FieldName::Headline, "jsonld-other:headline", text));
        self.add_people(node.get("author"), "jsonld-other:author", witnesses);
    }

    /// Authors: persons and plain names under `rule`, organisations under `rule-organisation`.
    fn add_people(&self, value: Option<&'a Value>, rule: &str, witnesses: &mut WitnessSet) {
        for item in items_of(value) {
            let organisation = item
                .as_object()
                .is_some_and(|node| class_of(self.resolved(node)) == Some(Class::Organisation));
            let rule = if organisation { format!("{rule}-organisation") } else { rule.to_owned() };
            self.add_names(Some(item), FieldName::Byline, &rule, witnesses);
        }
    }

    fn add_names(&self, value: Option<&'a Value>, field: FieldName, rule: &str, witnesses: &mut WitnessSet) {
        for item in items_of(value) {
            let named = match item {
                Value::Object(node) => self.resolved(node).get("name"),
                other => Some(other),
            };
            // A name may itself be a list, or an object in a language.
            for text in texts_of(named) {
                witnesses.add(field, rule, &plain_of(text));
            }
        }
    }

    fn add_breadcrumb(&self, node: &'a Node, witnesses: &mut WitnessSet) {
        for item in items_of(node.get("itemListElement")) {
            let inner = item.get("item").and_then(|inner| inner.get("name"));
            for text in texts_of(item.get("name").or(inner)) {
                witnesses.add(FieldName::Topics, "jsonld:breadcrumb", &plain_of(text));
            }
        }
    }
}

/// Keys below which other things than the page's own are listed.
fn lists_others(key: &str) -> bool {
    matches!(
        key,
        "itemListElement"
            | "hasPart"
            | "comment"
            | "review"
            | "mentions"
            | "citation"
            | "relatedLink"
            | "video"
            | "liveBlogUpdate"
            | "associatedMedia"
            | "subjectOf"
            | "itemReviewed"
            | "image"
            | "about"
            | "blogPost"
            | "isPartOf"
            | "isBasedOn"
    )
}

fn items_of(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    let items: &[Value] = match value {
        Some(Value::Array(items)) => items,
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    items.iter()
}

/// The strings of a value: itself, a list's, or those of `@value`.
fn texts_of(value: Option<&Value>) -> impl Iterator<Item = &str> {
    items_of(value).filter_map(|item| item.as_str().or_else(|| item.get("@value")?.as_str()))
}

/// Addresses: strings, or the `@id` or `url` of nodes.
fn addresses_of(value: Option<&Value>) -> impl Iterator<Item = &str> {
    items_of(value)
        .filter_map(|item| item.as_str().or_else(|| item.get("@id").or_else(|| item.get("url"))?.as_str()))
}
