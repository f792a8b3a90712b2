//! Headings, microdata, RDFa, `time` and elements whose class names a byline or a date.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::{
    author::is_person_like,
    date::{DateStyle, dates_in},
    fold::{tidy, word_class},
    markup::plain_of,
    signs::{Elements, Signs},
    visible::words_before,
    witness_set::WitnessSet,
};
use crate::{
    article::FieldName,
    extract::html::dom::{Dom, NodeId, local_name, push_folded},
};

const WORDS: &str = include_str!("../../../schema/metadata/page-words.tsv");

/// Elements with more text than this are no bylines and no dates.
const MAX_TEXT_CHARS: usize = 160;

/// Headlines may be longer.
const MAX_HEADLINE_CHARS: usize = 500;

/// Nodes below an element that are looked at for its text.
const MAX_BELOW: usize = 160;

/// Ancestors that are looked at to know whether an element stands in a sidebar or in comments.
const MAX_ABOVE: usize = 24;

static AUTHOR_PATHS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let kind = Some(AhoCorasickKind::DFA);
    let parts = word_class(WORDS, "author-path");
    AhoCorasick::builder().ascii_case_insensitive(true).kind(kind).build(parts).ok()
});

/// Where an element stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Zone {
    Main,
    Aside,
}

fn zone_of(dom: &Elements<'_>, id: NodeId) -> Zone {
    for above in dom.ancestors(id).take(MAX_ABOVE) {
        match dom.tag(above) {
            Some(&local_name!("article") | &local_name!("main") | &local_name!("body")) => return Zone::Main,
            Some(&local_name!("aside") | &local_name!("footer") | &local_name!("nav")) => return Zone::Aside,
            _ => {}
        }
        let signs = dom.signs_of(above);
        if signs.has("aside") || signs.has("comment") {
            return Zone::Aside;
        }
    }
    Zone::Main
}

/// The text of an element on one line, or none where it is too long or too deeply filled.
fn short_text(dom: &Dom, id: NodeId, max_chars: usize) -> Option<String> {
    let mut line = String::new();
    let mut walk = dom.descendants(id);
    let mut looked = 0;
    while let Some(below) = walk.next() {
        looked += 1;
        if looked > MAX_BELOW || line.len() > 4 * max_chars {
            return None;
        }
        match (dom.text(below), dom.tag(below)) {
            (Some(text), _) => push_folded(&mut line, text),
            (
                None,
                Some(
                    &local_name!("script")
                    | &local_name!("style")
                    | &local_name!("svg")
                    | &local_name!("noscript"),
                ),
            ) => walk.skip_below(below),
            (
                None,
                Some(
                    &local_name!("span")
                    | &local_name!("b")
                    | &local_name!("i")
                    | &local_name!("em")
                    | &local_name!("strong")
                    | &local_name!("sup")
                    | &local_name!("font")
                    | &local_name!("a"),
                ),
            )
            | (None, None) => {}
            _ if !line.is_empty() && !line.ends_with(' ') => line.push(' '),
            _ => {}
        }
    }
    let line = tidy(&line);
    (!line.is_empty() && line.chars().count() <= max_chars).then_some(line)
}

/// Adds what the elements of `dom` say.
pub(crate) fn add_witnesses(dom: &Dom, witnesses: &mut WitnessSet) {
    let mut counts =
        Counts { h1: dom.elements_named(local_name!("h1")).take(9).count(), ..Counts::default() };
    let dom = &Elements::of(dom);
    for id in dom.elements() {
        let Some(tag) = dom.tag(id) else { continue };
        match *tag {
            local_name!("h1") | local_name!("h2") => add_heading(dom, id, &mut counts, witnesses),
            local_name!("time") => add_time(dom, id, &mut counts, witnesses),
            local_name!("a") => add_link(dom, id, witnesses),
            local_name!("address") => {
                if let Some(text) = short_text(dom, id, 80).filter(|_| zone_of(dom, id) == Zone::Main) {
                    witnesses.add(FieldName::Byline, "html:address", &text);
                }
            }
            local_name!("script")
            | local_name!("style")
            | local_name!("head")
            | local_name!("body")
            | local_name!("html") => continue,
            _ => {}
        }
        add_property(dom, id, witnesses);
        add_data_attributes(dom, id, witnesses);
        let signs = dom.signs_of(id);
        if signs != Signs::default() {
            add_classed(dom, id, signs, &mut counts, witnesses);
        }
    }
}

/// How many elements of a kind were seen.
#[derive(Debug, Default)]
struct Counts {
    h1: usize,
    headings: usize,
    times: usize,
    dates: usize,
    bylines: usize,
    titled: usize,
    deks: usize,
}

fn add_heading(dom: &Elements<'_>, id: NodeId, counts: &mut Counts, witnesses: &mut WitnessSet) {
    let Some(text) = short_text(dom, id, MAX_HEADLINE_CHARS) else { return };
    let first = dom.tag(id) == Some(&local_name!("h1"));
    counts.headings += 1;
    if !first {
        if counts.headings < 6 && dom.signs_of(id).has("title") && zone_of(dom, id) == Zone::Main {
            witnesses.add(FieldName::Headline, "html:h2-titled", &text);
        }
        return;
    }
    let only = counts.h1 == 1;
    witnesses.add(FieldName::Headline, if only { "html:h1" } else { "html:h1-of-several" }, &text);
    let titled = dom.signs_of(id).has("title");
    if titled {
        witnesses.add(FieldName::Headline, "html:h1-titled", &text);
    }
    if zone_of(dom, id) == Zone::Main
        && dom.ancestors(id).any(|above| dom.tag(above) == Some(&local_name!("article")))
    {
        witnesses.add(FieldName::Headline, "html:h1-in-article", &text);
    }
    // A kicker or a subtitle inside the heading: the longest child's text alone.
    let children: Vec<String> = dom
        .children(id)
        .filter(|child| dom.is_element(*child))
        .filter_map(|child| short_text(dom, child, MAX_HEADLINE_CHARS))
        .collect();
    if let Some(longest) =
        children.iter().max_by_key(|text| text.len()).filter(|text| text.split(' ').count() > 2)
    {
        witnesses.add(FieldName::Headline, "html:h1-part", longest);
    }
    let own: String = dom.children(id).filter_map(|child| dom.text(child)).collect::<Vec<_>>().join(" ");
    if !own.trim().is_empty() {
        witnesses.add(FieldName::Headline, "html:h1-own-text", &own);
    }
}

fn add_time(dom: &Elements<'_>, id: NodeId, counts: &mut Counts, witnesses: &mut WitnessSet) {
    let value =
        dom.attribute(id, "datetime").filter(|value| value.chars().filter(char::is_ascii_digit).count() >= 6);
    let value = value.map(str::to_owned).or_else(|| short_text(dom, id, MAX_TEXT_CHARS));
    let Some(value) = value.filter(|value| value.chars().any(|c| c.is_numeric())) else { return };
    counts.times += 1;
    let signs = dom.signs_of(id);
    let updated = signs.has("modified");
    let field = if updated { FieldName::Modified } else { FieldName::Published };
    let aside = zone_of(dom, id) == Zone::Aside;
    let rule = match counts.times {
        _ if updated => "time:modified",
        _ if aside => "time:aside",
        _ if signs.has("published") || dom.attribute(id, "pubdate").is_some() => "time:published",
        1 => "time:first",
        2 => "time:second",
        _ => "time:other",
    };
    witnesses.add(field, rule, &value);
    if rule == "time:published" && counts.times == 1 {
        witnesses.add(field, "time:first", &value);
    }
}

fn add_link(dom: &Elements<'_>, id: NodeId, witnesses: &mut WitnessSet) {
    let rel = dom
        .attribute(id, "rel")
        .is_some_and(|rel| rel.split_whitespace().any(|word| word.eq_ignore_ascii_case("author")));
    let href = dom.attribute(id, "href").unwrap_or("");
    // A licence names whom to name.
    if dom.attribute(id, "rel").is_some_and(|rel| rel.contains("cc:attribution"))
        && let Some(text) = short_text(dom, id, 80)
    {
        witnesses.add(FieldName::Byline, "link:attribution", &text);
    }
    let path = href.len() < 400 && AUTHOR_PATHS.as_ref().is_some_and(|paths| paths.is_match(href));
    if !rel && !path {
        return;
    }
    let Some(text) = short_text(dom, id, 80) else { return };
    let aside = zone_of(dom, id) == Zone::Aside;
    match (rel, aside) {
        (true, false) => witnesses.add(FieldName::Byline, "link:rel-author", &text),
        (true, true) => witnesses.add(FieldName::Byline, "link:rel-author-aside", &text),
        (false, false) => witnesses.add(FieldName::Byline, "link:author-path", &text),
        (false, true) => witnesses.add(FieldName::Byline, "link:author-path-aside", &text),
    }
}

/// Microdata and RDFa.
fn add_property(dom: &Elements<'_>, id: NodeId, witnesses: &mut WitnessSet) {
    for (attribute, family) in [("itemprop", "microdata"), ("property", "rdfa")] {
        let Some(value) = dom.attribute(id, attribute).filter(|value| value.len() < 100) else { continue };
        if dom.tag(id) == Some(&local_name!("meta")) && attribute == "property" {
            continue;
        }
        for name in value.split_whitespace() {
            let name = name.rsplit([':', '/', '#']).next().unwrap_or(name);
            let field = match name {
                "headline" | "alternativeHeadline" => FieldName::Headline,
                "name" if dom.tag(id) == Some(&local_name!("h1")) => FieldName::Headline,
                "datePublished" | "dateCreated" | "created" | "issued" | "uploadDate" => FieldName::Published,
                "dateModified" | "modified" => FieldName::Modified,
                "author" | "creator" => FieldName::Byline,
                "publisher" | "sourceOrganization" | "provider" => FieldName::Publisher,
                "articleSection" => FieldName::Topics,
                "inLanguage" => FieldName::Language,
                _ => continue,
            };
            let Some(value) = property_value(dom, id, field) else { continue };
            let zone = if zone_of(dom, id) == Zone::Aside { "-aside" } else { "" };
            witnesses.add(field, &format!("{family}:{name}{zone}"), &value);
        }
    }
}

fn property_value(dom: &Dom, id: NodeId, field: FieldName) -> Option<String> {
    let attributes = match field {
        FieldName::Published | FieldName::Modified => ["content", "datetime", "title"].as_slice(),
        _ => ["content"].as_slice(),
    };
    let machine =
        attributes.iter().find_map(|name| dom.attribute(id, name)).filter(|value| !value.trim().is_empty());
    if let Some(value) = machine {
        return Some(plain_of(value));
    }
    if matches!(field, FieldName::Byline | FieldName::Publisher) {
        let named = dom.descendants(id).take(MAX_BELOW).find(|below| {
            dom.attribute(*below, "itemprop")
                .or_else(|| dom.attribute(*below, "property"))
                .is_some_and(|name| name.ends_with("name"))
        });
        if let Some(named) = named {
            return dom
                .attribute(named, "content")
                .map(plain_of)
                .or_else(|| short_text(dom, named, MAX_TEXT_CHARS));
        }
    }
    short_text(dom, id, if field == FieldName::Headline { MAX_HEADLINE_CHARS } else { MAX_TEXT_CHARS })
}

fn add_data_attributes(dom: &Dom, id: NodeId, witnesses: &mut WitnessSet) {
    for (name, value) in dom.attributes(id) {
        if !name.starts_with("data-") || value.len() > 60 {
            continue;
        }
        let digits = value.chars().filter(char::is_ascii_digit).count();
        if digits >= 8
            && ["publish", "pubdate", "date", "time", "created"].iter().any(|part| name.contains(part))
        {
            let updated = name.contains("modif") || name.contains("updat");
            let field = if updated { FieldName::Modified } else { FieldName::Published };
            let rule = match (updated, name.contains("pub")) {
                (true, _) => "data:modified",
                (_, true) => "data:published",
                _ => "data:date",
            };
            witnesses.add(field, rule, value);
        } else if name.contains("author") && digits == 0 && value.contains(' ') {
            witnesses.add(FieldName::Byline, "data:author", value);
        }
    }
}

/// Elements whose class names what they hold.
fn add_classed(
    dom: &Elements<'_>,
    id: NodeId,
    signs: Signs,
    counts: &mut Counts,
    witnesses: &mut WitnessSet,
) {
    if signs.has("byline") && !signs.has("comment") && counts.bylines < 24 {
        add_byline(dom, id, counts, witnesses);
    }
    if signs.has("date") {
        add_title_date(dom, id, signs, witnesses);
    }
    if signs.has("date")
        && counts.dates < 12
        && let Some(text) =
            short_text(dom, id, MAX_TEXT_CHARS).filter(|text| text.chars().any(char::is_numeric))
        && !dates_in(&text, DateStyle::default()).is_empty()
        && zone_of(dom, id) == Zone::Main
    {
        counts.dates += 1;
        add_class_dates(&text, signs, counts.dates, witnesses);
    }
    if signs.has("title")
        && counts.titled < 6
        && !signs.has("aside")
        && matches!(
            dom.tag(id),
            Some(&local_name!("div") | &local_name!("span") | &local_name!("p") | &local_name!("h3"))
        )
        && zone_of(dom, id) == Zone::Main
        && let Some(text) = short_text(dom, id, MAX_HEADLINE_CHARS).filter(|text| text.split(' ').count() > 2)
    {
        counts.titled += 1;
        witnesses.add(FieldName::Headline, "class:title", &text);
    }
    if signs.has("dek")
        && !signs.has("aside")
        && counts.deks < 3
        && matches!(
            dom.tag(id),
            Some(
                &local_name!("p")
                    | &local_name!("div")
                    | &local_name!("h2")
                    | &local_name!("h3")
                    | &local_name!("span")
            )
        )
        && zone_of(dom, id) == Zone::Main
        && let Some(text) = short_text(dom, id, 600).filter(|text| text.split(' ').count() > 4)
    {
        counts.deks += 1;
        witnesses.add(FieldName::Dek, "class:dek", &text);
    }
}

fn add_byline(dom: &Elements<'_>, id: NodeId, counts: &mut Counts, witnesses: &mut WitnessSet) {
    let Some(text) = short_text(dom, id, MAX_TEXT_CHARS) else { return };
    if zone_of(dom, id) == Zone::Aside {
        witnesses.add(FieldName::Byline, "class:byline-aside", &text);
        return;
    }
    counts.bylines += 1;
    for image in
        dom.descendants(id).take(MAX_BELOW).filter(|below| dom.tag(*below) == Some(&local_name!("img")))
    {
        if let Some(text) = dom.attribute(image, "alt").filter(|text| text.len() < 50 && is_person_like(text))
        {
            witnesses.add(FieldName::Byline, "class:byline-image", text);
        }
    }
    witnesses.add(
        FieldName::Byline,
        if counts.bylines == 1 { "class:byline" } else { "class:byline-next" },
        &text,
    );
    for link in dom.descendants(id).take(MAX_BELOW).filter(|below| dom.tag(*below) == Some(&local_name!("a")))
    {
        if let Some(text) = short_text(dom, link, 80) {
            witnesses.add(FieldName::Byline, "class:byline-link", &text);
        }
    }
}

/// The date in the `title` attribute of an element whose class names a date.
fn add_title_date(dom: &Elements<'_>, id: NodeId, signs: Signs, witnesses: &mut WitnessSet) {
    let value = dom.attribute(id, "title").filter(|value| (8..60).contains(&value.len()));
    let Some(value) = value.filter(|value| !dates_in(value, DateStyle::default()).is_empty()) else { return };
    if zone_of(dom, id) == Zone::Aside {
        return;
    }
    let updated = signs.has("modified") && !signs.has("published");
    let (field, rule) = match updated {
        true => (FieldName::Modified, "class:modified-title"),
        false => (FieldName::Published, "class:date-title"),
    };
    witnesses.add(field, rule, value);
}

/// The dates in the text of an element whose class names a date, each by the word before it.
fn add_class_dates(text: &str, signs: Signs, place: usize, witnesses: &mut WitnessSet) {
    let mut from = 0;
    for (index, date) in dates_in(text, DateStyle::default()).into_iter().take(3).enumerate() {
        let (published, updated) = words_before(text.get(from..date.span.start).unwrap_or(""));
        from = date.span.end;
        let classed = index == 0 && !published && signs.has("modified") && !signs.has("published");
        let updated = updated || classed;
        let rule = match (updated, published, place) {
            (true, ..) => "class:modified",
            (_, true, _) => "class:published-word",
            _ if signs.has("published") && index == 0 => "class:published",
            (_, _, 1) => "class:date",
            (_, _, 2) => "class:date-second",
            _ => continue,
        };
        let field = if updated { FieldName::Modified } else { FieldName::Published };
        witnesses.add(field, rule, date.span.of(text));
    }
}
