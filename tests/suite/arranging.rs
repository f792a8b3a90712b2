//! Copies folded, outlets taking turns, hits gathered.

use super::environment::{Environment, lines};

/// A story of some eighty words about the lock at Tarn.
fn agency_story(first: &str, last: &str) -> String {
    format!(
        "{first} The old lock at Tarn will stay closed until the river falls, the water board said on \
         Monday. Barges that carry gravel to the cement works have been waiting since Friday below the \
         weir, and the first of their crews have gone home. Engineers found a crack in the lower gate \
         when a boat struck it last week. A new gate is being cut in a yard at Osk; it will be floated \
         upstream and set by divers. Until then the works lives on what it has in its sheds. {last}"
    )
}

/// Three outlets print the agency's story, one of them changed at both ends; two write their own.
fn corpus() -> Environment {
    let environment = Environment::new();
    let page = |publisher: &str, day: &str, headline: &str, text: &str| {
        format!("---\ntitle: {headline}\npublisher: {publisher}\ndate: {day}\n---\n{text}\n",)
    };
    let files = [
        ("a.md", page("Osk Herald", "2024-03-05", "Lock at Tarn stays shut", &agency_story("", ""))),
        (
            "b.md",
            page(
                "Tarn Courier",
                "2024-03-04",
                "No way through Tarn lock",
                &agency_story("Bad news for skippers.", "Our readers will remember the flood of spring."),
            ),
        ),
        ("c.md", page("Weir Post", "2024-04-02", "Lock at Tarn stays shut", &agency_story("", ""))),
        ("d.md", page("Tarn Courier", "2024-04-09", "Lock at Tarn opens", "The lock at Tarn is open again.")),
        (
            "e.md",
            page(
                "Tarn Courier",
                "2023",
                "Why the lock at Tarn matters",
                "Without the lock no gravel, and no lock keeper.",
            ),
        ),
    ];
    for (name, text) in &files {
        environment.write(&format!("corpus/{name}"), text.as_bytes());
    }
    environment.ok(&["index", "corpus"]);
    environment
}

#[test]
fn copies_stand_behind_one_of_them_and_none_is_lost() {
    let environment = corpus();
    let search =
        |more: &[&str]| lines(&environment.ok(&[&["search", "lock", "--format", "jsonl"], more].concat()));
    assert_eq!(search(&[]).len(), 5);
    let hits = search(&["--fold=earliest"]);
    assert_eq!(hits.len(), 3);
    let kept = hits.iter().find(|hit| hit["copies"].as_array().unwrap().len() == 2).unwrap();
    assert_eq!(kept["publisher"]["name"], "Tarn Courier");
    assert_eq!(kept["published"], "2024-03-04");
    let mut paths: Vec<_> =
        kept["copies"].as_array().unwrap().iter().map(|copy| copy["path"].to_string()).collect();
    paths.sort();
    assert_eq!(paths, ["\"corpus/a.md\"", "\"corpus/c.md\""]);
    let longest = search(&["--fold=longest"]);
    assert!(longest.iter().any(|hit| hit["path"] == "corpus/b.md"));
    let run = environment.run(&["search", "lock", "--fold"]);
    assert!(run.out.contains("+2 copies: "), "{}", run.out);
    assert!(run.err.contains("3 of 5 articles shown · 2 copies folded"), "{}", run.err);
    let json: serde_json::Value =
        serde_json::from_str(&environment.ok(&["search", "lock", "--fold", "--format", "json"])).unwrap();
    assert_eq!((&json["total"], &json["folded"], &json["shown"]), (&5.into(), &2.into(), &3.into()));
    // A format without room for them says so beside it.
    let ids = environment.run(&["search", "lock", "--fold", "--format", "ids"]);
    assert_eq!(ids.out.lines().count(), 3);
    assert!(ids.err.contains("2 copies folded"), "{}", ids.err);
    let batch = environment.run_with(&["search", "--fold", "--batch", "-", "--format", "ids"], b"q1\tlock\n");
    assert!(batch.err.contains("query q1: 2 copies folded"), "{}", batch.err);
    assert_eq!(environment.run(&["search", "lock", "--fold", "--unit", "section"]).code, 2);
}

#[test]
fn hits_are_gathered_and_groups_are_paged() {
    let environment = corpus();
    let search =
        |more: &[&str]| lines(&environment.ok(&[&["search", "lock", "--format", "jsonl"], more].concat()));
    let hits = search(&["--group-by", "publisher", "--per-group", "2"]);
    assert_eq!(hits.len(), 4);
    let courier: Vec<_> =
        hits.iter().filter(|hit| hit["group"]["value"] == hits[0]["group"]["value"]).collect();
    assert!(courier.len() <= 2 && hits[0]["rank"] == 1);
    let of_courier = hits.iter().find(|hit| hit["publisher"]["name"] == "Tarn Courier").unwrap();
    assert_eq!(of_courier["group"]["hits"], 3);
    let numbers: Vec<u64> = hits.iter().map(|hit| hit["group"]["number"].as_u64().unwrap()).collect();
    assert!(numbers.is_sorted() && numbers.last() == Some(&3), "{numbers:?}");
    let second = search(&["--group-by", "publisher", "-n", "1", "--offset", "1"]);
    assert!(second.iter().all(|hit| hit["group"]["number"] == 2));
    let months = environment.run(&["search", "lock", "--group-by", "month", "--sort", "-date"]);
    let at = |text: &str| months.out.find(text).unwrap_or_else(|| panic!("{text}: {}", months.out));
    assert!(at("2024-03 (2)") < at("2024-04 (2)"), "{}", months.out);
    at("without month (1)");
    assert!(months.err.contains("3 of 3 groups"), "{}", months.err);
    assert_eq!(environment.run(&["search", "lock", "--group-by", "person"]).code, 2);
}

#[test]
fn outlets_take_turns_and_say_so() {
    let environment = corpus();
    let hits = lines(&environment.ok(&["search", "lock", "--diverse", "--format", "jsonl"]));
    assert_eq!(hits.len(), 5);
    let scores: Vec<f64> = hits.iter().map(|hit| hit["score"].as_f64().unwrap()).collect();
    assert!(scores.is_sorted_by(|a, b| a >= b), "{scores:?}");
    let turns: Vec<u64> = hits.iter().filter_map(|hit| hit["turn"]["earlier"].as_u64()).collect();
    assert_eq!(turns, [1, 2], "two hits of the Courier stand behind a better one");
    assert_eq!(environment.run(&["search", "lock", "--diverse", "--sort", "date"]).code, 2);
}
