//! The witnesses of a page: everything that its markup and its visible lines say about the
//! article, each under the rule that found it.
//!
//! Collects; judges nothing. [`super::settle()`] decides.

use super::{
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
    let lines = lines_of(dom);
    let headline = headline_of(dom, &lines, &witnesses);
    let style = DateStyle::of_language(witnesses.values(FieldName::Language).next());
    visible::add_witnesses(&lines.texts, headline, style, &keys, &mut witnesses);
    witnesses.into_vec()
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
