//! The witnesses of a page: everything that its markup and its visible lines say about the
//! article, each under the rule that found it.
//!
//! Collects; judges nothing. [`super::settle()`] decides.

use std::collections::BTreeSet;

use super::{
    author::is_person_like,
    date::DateStyle,
    fold::tidy,
    jsonld,
    lines::{Lines, lines_of},
    page_elements, page_head,
    site::{SiteKeys, host_of},
    url::add_url_witnesses,
    visible,
    witness_set::WitnessSet,
};
use crate::{
    article::{FieldName, Witness},
    extract::html::dom::{Dom, NodeId, local_name},
};

/// What the page `dom` says about its article. `url` is its address where the container knows it.
pub fn witnesses_of_page(dom: &Dom, url: Option<&str>) -> Vec<Witness> {
    let mut witnesses = WitnessSet::default();
    let head = page_head::Head::of(dom, &mut witnesses);
    if let Some(url) = url {
        witnesses.add(FieldName::Url, "document:url", url);
    }
    let titles: Vec<String> = witnesses.values(FieldName::Headline).map(str::to_owned).collect();
    jsonld::add_witnesses(&head.linked_data, &titles, &mut witnesses);
    page_elements::add_witnesses(dom, &mut witnesses);
    page_head::add_script_values(&head.scripts, &mut witnesses);
    let addresses: Vec<String> = witnesses.values(FieldName::Url).map(str::to_owned).collect();
    for address in &addresses {
        add_url_witnesses(address, &mut witnesses);
    }
    let keys = keys_of(&witnesses);
    add_site_persons(&mut witnesses);
    let lines = lines_of(dom);
    let headline = headline_of(dom, &lines, &witnesses);
    let style = DateStyle::of_language(witnesses.values(FieldName::Language).next());
    visible::add_witnesses(&lines.texts, headline, style, &keys, &mut witnesses);
    witnesses.into_vec()
}

/// Separators between a site's name and what it is, or what the link leads to.
const NAME_ENDS: [&str; 9] = [" | ", " » ", " – ", " - ", " — ", "'s ", "’s ", " Blog", " | Feed"];

/// Adds the persons whose names the site bears: on pages of one author it is often the author's.
fn add_site_persons(witnesses: &mut WitnessSet) {
    let titles = witnesses.values(FieldName::Headline).take(1).map(str::to_owned);
    let ends = titles.filter_map(|title| {
        let at = NAME_ENDS[..5].iter().filter_map(|mark| Some(title.rfind(mark)? + mark.len())).max()?;
        Some(title[at..].to_owned())
    });
    let names = witnesses.values(FieldName::Publisher).map(tidy);
    let names: BTreeSet<String> = names
        .map(|name| {
            let end = NAME_ENDS.iter().filter_map(|mark| name.find(mark)).min().unwrap_or(name.len());
            name[..end].trim().to_owned()
        })
        .chain(ends)
        .filter(|name| name.len() < 40 && name.split(' ').count() <= 4 && is_person_like(name))
        .collect();
    for name in names.iter().take(3) {
        witnesses.add(FieldName::Byline, "html:site-person", name);
    }
}

/// The names by which the page's site is known so far.
fn keys_of(witnesses: &WitnessSet) -> SiteKeys {
    let mut keys = SiteKeys::default();
    for address in witnesses.values(FieldName::Url).take(4) {
        if let Some(host) = host_of(address) {
            keys.add_host(&host);
        }
    }
    for name in witnesses.values(FieldName::Publisher) {
        keys.add_name(name);
    }
    keys
}

fn headline_of(dom: &Dom, lines: &Lines, witnesses: &WitnessSet) -> Option<usize> {
    let titles: Vec<String> = witnesses.values(FieldName::Headline).map(tidy).collect();
    let weight_of = |index: usize| {
        let node: NodeId = lines.nodes[index];
        let above = std::iter::once(node).chain(dom.ancestors(node).take(4));
        let mut tags = above.filter_map(|id| dom.tag(id));
        tags.find_map(|tag| match *tag {
            local_name!("h1") => Some(0.5),
            local_name!("h2") => Some(0.2),
            _ => None,
        })
        .unwrap_or(0.0)
    };
    visible::headline_line(&lines.texts, &titles, weight_of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::html::parse;

    fn told(page: &str) -> Vec<(String, String)> {
        let dom = parse(page).expect("a small page");
        witnesses_of_page(&dom, None).into_iter().map(|w| (w.rule, w.raw)).collect()
    }

    fn values(page: &str, rule: &str) -> Vec<String> {
        told(page).into_iter().filter(|(name, _)| name == rule).map(|(_, raw)| raw).collect()
    }

    const PAGE: &str = r##"<html lang="en-GB"><head><title>Rain floods old town | Harbour Post</title>
        <meta property="og:title" content="Rain &amp;amp; flood"><meta property="og:site_name" content="Harbour Post">
        <link rel="canonical" href="https://harbourpost.example/2021/05/04/rain-floods-old-town">
        <script type="application/ld+json">{"@context":"https://schema.org","@graph":[
          {"@type":"NewsArticle","headline":"Rain floods old town","datePublished":"2021-05-04T08:00:00+01:00",
           "author":[{"@id":"#ada"},{"@type":"Person","name":"Bo Marsh"}],"publisher":{"@type":"Organization","name":"Harbour Post"}},
          {"@type":"Person","@id":"#ada","name":"Ada Quill"}]}</script>
        <script>var page = {publishDate: "2021-05-04"};</script></head>
        <body><header><a href="/">Home</a></header><article><h1 class="headline">Rain floods old town</h1>
        <p class="byline">By <a rel="author" href="/authors/ada">Ada Quill</a></p>
        <time datetime="2021-05-04T07:00:00Z">4 May 2021</time><p itemprop="articleBody">It rained.</p></article></body></html>"##;

    #[test]
    fn hears_all_witnesses_of_a_page() {
        for (rule, expected) in [
            ("html:title", vec!["Rain floods old town | Harbour Post"]),
            ("meta:og:title", vec!["Rain & flood"]),
            ("html:h1", vec!["Rain floods old town"]),
            ("jsonld:headline", vec!["Rain floods old town"]),
            ("jsonld:author", vec!["Ada Quill", "Bo Marsh"]),
            ("link:rel-author", vec!["Ada Quill"]),
            ("jsonld:datePublished", vec!["2021-05-04T08:00:00+01:00"]),
            ("time:first", vec!["2021-05-04T07:00:00Z"]),
            ("script:date", vec!["2021-05-04"]),
            ("url:date", vec!["2021-05-04"]),
            ("html:lang", vec!["en-GB"]),
            ("link:canonical", vec!["https://harbourpost.example/2021/05/04/rain-floods-old-town"]),
            ("visible:byline", vec!["By Ada Quill"]),
            ("visible:date-below", vec!["4 May 2021"]),
        ] {
            assert_eq!(values(PAGE, rule), expected, "{rule}");
        }
    }

    #[test]
    fn hears_whose_site_it_is() {
        let page = "<title>Tide pools at dawn — Ada Quill</title><link rel=alternate type='application/rss+xml'
            href='/feed' title='Bo Marsh » Feed'><meta property='og:site_name' content='Old town weather station'><h1>Tide</h1>";
        assert_eq!(values(page, "html:site-person"), ["Ada Quill", "Bo Marsh"]);
    }

    #[test]
    fn survives_hostile_pages() {
        let metas =
            "<meta property='og:title' content='x y z'><meta name=author content='a b'>".repeat(20_000);
        assert!(told(&metas).len() < 100);
        let nested = "<div class=byline>".repeat(3_000) + "By Ada Quill";
        assert!(told(&nested).len() < 100);
        let deep = format!("<script type='application/ld+json'>{}</script>", "{\"a\":".repeat(100_000));
        assert!(told(&deep).is_empty());
        let odd = "<meta content='2021'><time><time datetime=''><a rel=author><h1></h1>";
        assert!(told(odd).is_empty());
    }
}
