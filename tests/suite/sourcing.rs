//! `newsidx sources`, `newsidx sources graph` and `newsidx quotes`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::counting::scanned;
use super::environment::{Environment, lines, sample};

fn id(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

#[test]
fn sources_are_those_of_a_scan_of_the_corpus() {
    let mut articles: BTreeMap<String, u64> = BTreeMap::new();
    let mut places: BTreeMap<String, u64> = BTreeMap::new();
    let mut dateline: BTreeMap<String, u64> = BTreeMap::new();
    for article in scanned() {
        let citations = article["citations"].as_array().unwrap();
        let ids: BTreeSet<String> = citations.iter().filter_map(|c| id(&c["source"]["id"])).collect();
        ids.into_iter().for_each(|id| *articles.entry(id).or_default() += 1);
        citations.iter().for_each(|c| *places.entry(id(&c["source"]["id"]).unwrap()).or_default() += 1);
        let by_line = citations.iter().filter(|c| c["evidence"] == "dateline");
        let by_line: BTreeSet<String> = by_line.filter_map(|c| id(&c["source"]["id"])).collect();
        by_line.into_iter().for_each(|id| *dateline.entry(id).or_default() += 1);
    }
    let found = lines(&sample().ok(&["sources", "--top", "0", "--format", "jsonl"]));
    let by_id = |key: &str| -> BTreeMap<String, u64> {
        found.iter().map(|s| (id(&s["id"]).unwrap(), s[key].as_u64().unwrap())).collect()
    };
    assert_eq!(by_id("count"), articles);
    assert_eq!(by_id("citations"), places);
    let lines_of = |s: &Value| Some((id(&s["id"])?, s["evidence"]["dateline"].as_u64()?));
    assert_eq!(found.iter().filter_map(lines_of).collect::<BTreeMap<_, _>>(), dateline);
    let counts: Vec<u64> = found.iter().map(|source| source["count"].as_u64().unwrap()).collect();
    assert!(counts.windows(2).all(|pair| pair[0] >= pair[1]));
}

#[test]
fn sources_agree_with_the_query_and_own_up() {
    let found = lines(&sample().ok(&["sources", "--match", "Meduza", "--format", "jsonl"]));
    assert_eq!(found[0]["count"].to_string(), sample().ok(&["count", "source:Meduza"]).trim());
    let outlets =
        lines(&sample().ok(&["sources", "--kind", "outlet", "--top", "0", "-f", "jsonl", "Kharkiv"]));
    assert!(outlets.iter().all(|source| source["kind"] == "outlet"));
    let run = sample().run(&["sources", "--top", "1"]);
    assert!(run.err.contains("1 of ") && run.err.contains("cite nobody"), "{}", run.err);
    assert_eq!(sample().run(&["sources", "rezbeldur"]).code, 1);
    let word = sample().run(&["sources", "--", "graph"]);
    assert_eq!((word.code, word.out.as_str()), (1, ""), "a query, not the command: {word:?}");
}

#[test]
fn every_edge_has_its_sentences() {
    let graph: Value =
        serde_json::from_str(&sample().ok(&["sources", "graph", "--sentences", "all", "--format", "json"]))
            .unwrap();
    let nodes: BTreeSet<&str> =
        graph["nodes"].as_array().unwrap().iter().map(|n| n["id"].as_str().unwrap()).collect();
    let edges = graph["edges"].as_array().unwrap();
    assert!(edges.len() > 50, "{}", edges.len());
    for edge in edges {
        assert!(
            nodes.contains(edge["from"].as_str().unwrap()) && nodes.contains(edge["to"].as_str().unwrap())
        );
        let sentences = edge["sentences"].as_array().unwrap();
        assert_eq!(sentences.len() as u64, edge["citations"].as_u64().unwrap(), "{edge}");
        let by_kind: u64 = edge["evidence"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum();
        assert_eq!(by_kind, edge["citations"].as_u64().unwrap());
        assert!(
            sentences.iter().all(|proof| !proof["sentence"].as_str().unwrap().trim().is_empty()),
            "{edge}"
        );
    }
    let wanted: BTreeSet<(String, String)> = scanned()
        .iter()
        .filter_map(|article| Some((id(&article["publisher"]["id"])?, article["citations"].as_array()?)))
        .flat_map(|(from, citations)| {
            citations.iter().map(move |c| (from.clone(), id(&c["source"]["id"]).unwrap()))
        })
        .collect();
    let found: BTreeSet<(String, String)> =
        edges.iter().map(|edge| (id(&edge["from"]).unwrap(), id(&edge["to"]).unwrap())).collect();
    assert_eq!(found, wanted);
    let no_publisher = scanned().iter().filter(|article| {
        article["publisher"].is_null() && !article["citations"].as_array().unwrap().is_empty()
    });
    assert_eq!(graph["without_publisher"], no_publisher.count());
}

#[test]
fn the_graph_is_read_by_other_programs() {
    let graphml = sample().ok(&["sources", "graph", "--format", "graphml"]);
    let mut reader = quick_xml_events(&graphml);
    reader.sort();
    let edges = reader.iter().filter(|name| *name == "edge").count();
    let rows = sample().ok(&["sources", "graph", "--format", "tsv"]).lines().count() - 1;
    assert_eq!(edges, rows);
    let dot = sample().ok(&["sources", "graph", "--format", "dot"]);
    assert!(dot.starts_with("digraph cites {") && dot.trim_end().ends_with('}'));
    assert_eq!(dot.lines().filter(|line| line.contains(" -> ")).count(), rows);
    let csv = sample().ok(&["sources", "graph", "--format", "csv", "--least", "2"]);
    assert!(csv.starts_with("from,from_name,to,"), "{csv}");
    assert!(csv.lines().count() - 1 < rows);
}

/// The names of the elements of `xml`; a crude reader that fails on what is not well-formed.
fn quick_xml_events(xml: &str) -> Vec<String> {
    let mut open: Vec<String> = Vec::new();
    let mut names = Vec::new();
    for piece in xml.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').expect("a tag that ends");
        assert!(!text.contains('>') || !text.contains('<'));
        let amps = text.matches('&').count();
        let entities = ["&lt;", "&gt;", "&amp;", "&quot;"].iter().map(|entity| text.matches(entity).count());
        assert_eq!(amps, entities.sum::<usize>(), "{text}");
        match tag.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop().as_deref(), Some(name)),
            None if tag.starts_with('?') => {}
            None => {
                let name = tag.split_whitespace().next().unwrap().trim_end_matches('/').to_owned();
                names.push(name.clone());
                if !tag.ends_with('/') {
                    open.push(name);
                }
            }
        }
    }
    assert!(open.is_empty());
    names
}

#[test]
fn quotes_are_those_of_a_scan_of_the_corpus() {
    let of = |article: &Value| -> Vec<(String, String)> {
        let quotes = article["quotes"].as_array().unwrap().iter();
        quotes.map(|q| (id(&article["path"]).unwrap(), id(&q["text"]).unwrap())).collect()
    };
    let mut wanted: Vec<(String, String)> = scanned().iter().flat_map(of).collect();
    let found = lines(&sample().ok(&["quotes", "--limit", "0", "--format", "jsonl"]));
    let mut got: Vec<(String, String)> =
        found.iter().map(|quote| (id(&quote["path"]).unwrap(), id(&quote["text"]).unwrap())).collect();
    wanted.sort();
    got.sort();
    assert_eq!(got, wanted);
}

#[test]
fn a_speaker_is_found_in_any_spelling() {
    let environment = Environment::with(&[
        (
            "c/a.txt",
            "Gas talks end\n\n\"We will not turn the valve back on before spring,\" Vladimir Putin told TASS on Tuesday, after a day of talks in Moscow.\n",
        ),
        (
            "c/b.txt",
            "Bridge opens\n\n\"The bridge was dear but it is ours,\" said Alda Brunner, the engineer, on Monday.\n",
        ),
    ]);
    environment.ok(&["index", "c", "-q"]);
    let of = |name: &str| environment.ok(&["quotes", "--speaker", name, "--format", "jsonl"]);
    let putin = of("Putin");
    let found = lines(&putin);
    assert_eq!(found.len(), 1, "{putin}");
    assert_eq!(found[0]["speaker"]["id"], "vladimir-putin");
    assert_eq!(found[0]["carrier"]["id"], "tass", "{putin}");
    assert_eq!(of("Владимир Путин"), putin);
    assert_eq!(environment.ok(&["quotes", "speaker:Putin", "--format", "jsonl"]), putin);
    assert_eq!(environment.ok(&["quotes", "--carrier", "TASS", "--format", "jsonl"]), putin);
    assert_eq!(environment.run(&["quotes", "--speaker", "Nobody Atall"]).code, 1);
    let text = environment.ok(&["quotes", "--speaker", "Путин"]);
    assert!(text.starts_with('“') && text.contains("Vladimir Putin to TASS"), "{text}");
}

#[test]
fn quotes_can_be_chosen_by_their_words() {
    let all = lines(&sample().ok(&["quotes", "--limit", "0", "--format", "jsonl"]));
    let about = lines(&sample().ok(&["quotes", "--about", "sea", "--limit", "0", "--format", "jsonl"]));
    assert!(!about.is_empty() && about.len() < all.len());
    assert!(
        about.iter().all(|quote| quote["text"].as_str().unwrap().to_lowercase().contains("sea")),
        "{about:?}"
    );
    let run = sample().run(&["quotes", "-n", "2"]);
    assert!(run.err.contains("2 listed, `--limit 0` for all"), "{}", run.err);
}
