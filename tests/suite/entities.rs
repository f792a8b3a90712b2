//! `newsidx entities list|show|related`, corrections, and names of the user's own.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::counting::scanned;
use super::environment::{Environment, lines, sample};

#[test]
fn the_list_is_that_of_a_scan_of_the_corpus() {
    let (mut articles, mut mentions): (BTreeMap<String, u64>, BTreeMap<String, u64>) = Default::default();
    for article in scanned() {
        for entity in article["entities"].as_array().unwrap() {
            let id = entity["id"].as_str().unwrap().to_owned();
            *articles.entry(id.clone()).or_default() += 1;
            *mentions.entry(id).or_default() += entity["count"].as_u64().unwrap();
        }
    }
    let found = lines(&sample().ok(&["entities", "list", "--top", "0", "--format", "jsonl"]));
    let by_id = |key: &str| -> BTreeMap<String, u64> {
        found.iter().map(|e| (e["id"].as_str().unwrap().to_owned(), e[key].as_u64().unwrap())).collect()
    };
    assert_eq!(by_id("count"), articles);
    assert_eq!(by_id("mentions"), mentions);
    assert!(found.iter().all(|entity| !entity["name"].as_str().unwrap().starts_with('~')));
    let ukraine = found.iter().find(|entity| entity["id"] == "ukraine").unwrap();
    assert_eq!((ukraine["kind"].as_str(), ukraine["country"].as_str()), (Some("place"), Some("UA")));
}

#[test]
fn the_list_is_narrowed() {
    let persons = lines(&sample().ok(&["entities", "list", "--kind", "person", "-n", "0", "-f", "jsonl"]));
    assert!(persons.len() > 20 && persons.iter().all(|entity| entity["kind"] == "person"));
    let here = lines(&sample().ok(&["entities", "list", "--country", "lt", "-n", "0", "-f", "jsonl"]));
    assert!(!here.is_empty() && here.iter().all(|entity| entity["country"] == "LT"), "{here:?}");
    let one = lines(&sample().ok(&["entities", "list", "--match", "Charkiw", "-f", "jsonl"]));
    assert!(one.iter().any(|entity| entity["id"] == "kharkiv"), "{one:?}");
    let run = sample().run(&["entities", "list", "-n", "1", "Kharkiv"]);
    assert!(run.err.contains("1 of "), "{}", run.err);
}

#[test]
fn an_entity_is_shown_with_the_ways_it_is_written() {
    let shown: Value =
        serde_json::from_str(&sample().ok(&["entities", "show", "Kharkov", "--format", "json"])).unwrap();
    assert_eq!((shown["id"].as_str(), shown["country"].as_str()), (Some("kharkiv"), Some("UA")));
    let surfaces: BTreeSet<&str> =
        shown["surfaces"].as_array().unwrap().iter().map(|s| s["value"].as_str().unwrap()).collect();
    assert!(surfaces.contains("Kharkiv") && surfaces.iter().any(|s| !s.is_ascii()), "{surfaces:?}");
    assert_eq!(
        shown["articles"].to_string(),
        sample().ok(&["count", "entity:kharkiv", "--variants", "off"]).trim()
    );
    assert!(sample().ok(&["entities", "show", "kharkiv"]).contains("written"));
    assert_eq!(sample().run(&["entities", "show", "Rezbeldur"]).code, 1);
}

#[test]
fn what_is_named_together_is_counted_exactly() {
    for unit in ["article", "section"] {
        let found = lines(
            &sample()
                .ok(&["entities", "related", "Kharkiv", "--unit", unit, "--format", "jsonl", "--top", "5"]),
        );
        assert!(!found.is_empty());
        let surprise: Vec<f64> = found.iter().map(|c| c["log_likelihood"].as_f64().unwrap()).collect();
        assert!(surprise.windows(2).all(|pair| pair[0] >= pair[1]), "{surprise:?}");
        for companion in &found {
            let id = companion["id"].as_str().unwrap();
            let count = |query: &str| sample().ok(&["count", query, "--unit", unit]).trim().to_owned();
            let alone = companion["count"].to_string();
            if count(&format!("entity:{id}")) == alone {
                let both = count(&format!("entity:kharkiv entity:{id}"));
                assert_eq!(both, companion["together"].to_string(), "{companion}");
            }
        }
    }
    assert_eq!(sample().run(&["entities", "related", "Rezbeldur"]).code, 1);
}

const COUNCIL: &str = "Bridge to be mended\n\nAlda Brunner, the engineer, went to Kharkiv and Lviv with a plan for the \
    bridge. Mrs Brunner said that Kharkiv would pay for the work, and that Lviv would send steel for it in spring.\n";

fn ids(environment: &Environment) -> BTreeSet<String> {
    let found = lines(&environment.ok(&["entities", "list", "-n", "0", "--ok-empty", "--format", "jsonl"]));
    found.into_iter().map(|entity| entity["id"].as_str().unwrap().to_owned()).collect()
}

fn council() -> Environment {
    let environment = Environment::with(&[
        ("c/a.txt", COUNCIL),
        ("c/b.txt", "Trains\n\nTrains to Slobodograd were late all week, and nobody said why they were.\n"),
    ]);
    environment.ok(&["index", "c", "-q"]);
    environment
}

#[test]
fn corrections_hold_at_once_and_after_the_next_run() {
    let environment = council();
    assert!(ids(&environment).contains("lviv") && ids(&environment).contains("kharkiv"));
    environment.ok(&["entities", "merge", "lviv", "kharkiv"]);
    let merged = ids(&environment);
    assert!(!merged.contains("lviv") && merged.contains("kharkiv"), "{merged:?}");
    assert_eq!(environment.ok(&["count", "place:kharkiv"]).trim(), "1");
    assert!(environment.ok(&["status"]).contains("2 files are annotated with other names"));
    let report = environment.ok(&["index", "c"]);
    assert!(report.contains("updated 2 (2 for other names), ") && report.contains("unchanged 0"), "{report}");
    assert_eq!(ids(&environment), merged);
    assert!(!environment.ok(&["status"]).contains("other names"));
    assert!(environment.ok(&["index", "c"]).contains("updated 0"), "once is enough");
    let written = lines(&environment.ok(&["show", "c/a.txt", "--format", "jsonl"]));
    let entities = written[0]["entities"].as_array().unwrap();
    let kharkiv = entities.iter().find(|entity| entity["id"] == "kharkiv").unwrap();
    assert_eq!(kharkiv["count"], 4, "{kharkiv}");
    environment.ok(&["entities", "merge", "lviv", "kharkiv", "--undo"]);
    environment.ok(&["index", "c", "-q"]);
    assert!(ids(&environment).contains("lviv"));
}

#[test]
fn names_can_be_hidden_retyped_and_spelled() {
    let environment = council();
    environment.ok(&["entities", "hide", "Lviv"]);
    environment.ok(&["entities", "retype", "~alda-brunner", "organisation"]);
    environment.ok(&["entities", "alias", "Kharkiv", "Slobodograd"]);
    let text = environment.ok(&["entities", "corrections"]);
    let sorted: Vec<&str> = text.lines().collect();
    assert_eq!(sorted.len(), 3, "{text}");
    assert!(sorted.is_sorted());
    environment.ok(&["index", "c", "-q"]);
    assert!(!ids(&environment).contains("lviv"));
    assert_eq!(environment.ok(&["count", "place:Slobodograd"]).trim(), "2");
    assert_eq!(environment.ok(&["count", "org:\"Alda Brunner\""]).trim(), "1");
    assert_eq!(environment.run(&["count", "person:\"Alda Brunner\""]).out.trim(), "0");
    let kept = std::fs::read_to_string(environment.path().join(".newsidx/entities.tsv")).unwrap();
    assert!(kept.contains("hide\tlviv\n"), "{kept}");
    environment.ok(&["index", "c", "--full", "-q"]);
    assert!(!ids(&environment).contains("lviv"), "they survive");
}

#[test]
fn wrong_corrections_are_refused() {
    let environment = council();
    environment.ok(&["entities", "merge", "lviv", "kharkiv"]);
    let circle = environment.run(&["entities", "merge", "kharkiv", "lviv"]);
    assert_eq!(circle.code, 2, "{circle:?}");
    assert_eq!(environment.run(&["entities", "hide", "Rezbeldur"]).code, 2);
    assert_eq!(environment.run(&["entities", "alias", "Kharkiv", ""]).code, 2);
    assert_eq!(environment.run(&["entities", "alias", "Kharkiv", "..."]).code, 2);
    assert_eq!(environment.run(&["entities", "retype", "kharkiv", "planet"]).code, 2);
    for (text, wanted) in [
        (
            &b"hide\tx\nmerge\ta\tb\nmerge\tb\ta\n"[..],
            "entities.tsv`: line 3: merging `b` goes in a circle: b → a → b",
        ),
        (b"hide\t\xff\n", "line 1: not UTF-8"),
        (b"alias\tx\t\n", "line 1: `` is no name"),
    ] {
        environment.write(".newsidx/entities.tsv", text);
        for args in [&["search", "Kharkiv"][..], &["index", "c"], &["entities", "hide", "kharkiv"]] {
            let run = environment.run(args);
            assert_eq!(run.code, 2, "{args:?}: {run:?}");
            assert!(run.err.contains(wanted), "{args:?}: {}", run.err);
        }
    }
}

#[test]
fn names_of_ones_own_are_found_and_stay_with_the_index() {
    let environment = council();
    environment
        .write("own.tsv", "harbour-trust\tHarbour Trust\torganisation\tSlobodograd\tcountry=GB\n".as_bytes());
    assert_eq!(environment.run(&["count", "org:\"Harbour Trust\""]).out.trim(), "0");
    assert!(environment.ok(&["index", "c", "--names", "own.tsv"]).contains("updated 2"));
    assert_eq!(environment.ok(&["count", "org:\"Harbour Trust\""]).trim(), "1");
    let named = environment.ok(&["entities", "--format", "jsonl", "c/b.txt"]);
    assert_eq!(
        lines(&named)[0]["entities"][0]["id"],
        "harbour-trust",
        "the index's names hold for its files"
    );
    assert!(environment.ok(&["index", "c"]).contains("updated 0, moved 0, removed 0, unchanged 2"));
    environment.write("own.tsv", "harbour-trust\tHarbour Trust\torganisation\t\tcountry=GB\n".as_bytes());
    assert!(environment.ok(&["index", "c", "--names", "own.tsv"]).contains("updated 2"));
    assert_eq!(environment.run(&["count", "org:\"Harbour Trust\""]).out.trim(), "0");
    assert!(environment.ok(&["index", "c", "--no-own-names"]).contains("updated 2"));
    assert!(!environment.path().join(".newsidx/names.tsv").exists());
}

#[test]
fn a_hostile_list_is_refused_with_its_lines() {
    let environment = council();
    for (list, wanted) in [
        (&b"a\tAba Works\tcompany\nb\t\tcity\n"[..], "line 2: no name"),
        (b"a\tAba\xff\tcompany\n", "line 1: not UTF-8"),
        (b"a\tAba Works\tcompany\na\tAba Mills\tcompany\n", "line 2: the id `a` is taken by line 1"),
        (b"a\t...\tcompany\n", "line 1: `...` holds no letter"),
        (b"a\tAba\tplanet\n", "line 1: unknown kind `planet`"),
    ] {
        environment.write("own.tsv", list);
        let run = environment.run(&["index", "c", "--names", "own.tsv"]);
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.err.contains(wanted), "{}", run.err);
    }
    assert_eq!(environment.run(&["index", "c", "--names", "missing.tsv"]).code, 2);
    environment.write("own.tsv", b"");
    assert!(
        environment.ok(&["index", "c", "--names", "own.tsv"]).contains("unchanged 2"),
        "an empty list adds nothing"
    );
}

#[test]
fn what_a_text_is_about_is_fewer_than_what_it_names() {
    let path = "wire/2024/05/16-putin-beijing-afp.txt";
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-corpus").join(path);
    let named = |flags: &[&str]| {
        let arguments = [&["entities", "--format", "jsonl"], flags, &[path.to_str().unwrap()]].concat();
        lines(&sample().ok(&arguments)).remove(0)["entities"].as_array().unwrap().clone()
    };
    let (all, about) = (named(&[]), named(&["--about"]));
    assert!(!about.is_empty() && about.len() < all.len());
    assert!(about.iter().all(|entity| all.contains(entity)));
    let ids: BTreeSet<&str> = about.iter().map(|entity| entity["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), about.len());
    assert!(ids.contains("vladimir-putin"));
}
