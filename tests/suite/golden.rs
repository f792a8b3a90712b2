//! The queries of `sample-corpus/expected/` and their best hits.

use std::collections::BTreeSet;

use super::environment::{lines, root, sample};

#[test]
fn queries_find_their_best_hits() {
    let expected = std::fs::read_to_string(root().join("sample-corpus/expected/queries.jsonl")).unwrap();
    let mut faults = Vec::new();
    for case in lines(&expected) {
        let query = case["query"].as_str().unwrap();
        let mut args = vec!["search", "--format", "json", "--ok-empty", "--all"];
        args.extend(case["args"].as_array().into_iter().flatten().filter_map(|arg| arg.as_str()));
        args.extend(["--", query]);
        let run = sample().run(&args);
        let Ok(answer) = serde_json::from_str::<serde_json::Value>(&run.out) else {
            faults.push(format!("{query}: {}", run.err));
            continue;
        };
        let hits = answer["hits"].as_array().unwrap();
        let k = case["k"].as_u64().unwrap_or(10) as usize;
        let found: BTreeSet<String> = hits.iter().take(k).flat_map(locations).collect();
        for best in case["best"].as_array().into_iter().flatten().filter_map(|best| best.as_str()) {
            if !found.contains(best) {
                faults.push(format!("{query} {:?}: `{best}` is not among the first {k}", case["args"]));
            }
        }
        if let Some(total) = case["total"].as_u64().or_else(|| case["none"].as_bool().map(|_| 0))
            && answer["total"] != total
        {
            faults.push(format!("{query} {:?}: {} hits instead of {total}", case["args"], answer["total"]));
        }
    }
    // What is known to be missed is listed; a miss that is not fails, and so does one that is no more.
    let known =
        std::fs::read_to_string(root().join("sample-corpus/expected/known-query-misses.txt")).unwrap();
    let known: BTreeSet<&str> = known.lines().filter(|line| !line.starts_with('#')).collect();
    let found: BTreeSet<&str> = faults.iter().map(String::as_str).collect();
    let new: Vec<_> = found.difference(&known).collect();
    let mended: Vec<_> = known.difference(&found).collect();
    assert!(new.is_empty() && mended.is_empty(), "new misses: {new:#?}\nno longer missed: {mended:#?}");
}

/// A hit's location below the corpus, with and without the record's number.
fn locations(hit: &serde_json::Value) -> Vec<String> {
    let path = hit["path"].as_str().unwrap().trim_start_matches("sample-corpus/").to_owned();
    match hit["record"].as_u64() {
        Some(record) => vec![format!("{path}#{record}"), path],
        None => vec![path],
    }
}
