//! Passages, saved queries and limits from the command line.

use super::environment::{Environment, sample, story};

#[test]
fn passages_from_the_command_line() {
    let count = |query: &str| -> u64 {
        let run = sample().run(&["count", "--ok-empty", "--", query]);
        run.out.trim().parse().unwrap_or_else(|_| panic!("{query}: {run:?}"))
    };
    let (both, near, sentence) =
        (count("grain corridor"), count("grain NEAR/3 corridor"), count("SENTENCE(grain corridor)"));
    assert!(near > 0 && near <= sentence && sentence <= both, "{near} {sentence} {both}");
    assert!(count("SECTION(source:Meduza Kharkiv)") <= count("source:Meduza Kharkiv"));
    // A name stands for all of its spellings, beside the word that was typed.
    let (named, literal) =
        (count("Kharkov NEAR/9 offensive"), count("Kharkov NEAR/9 offensive variants:off"));
    assert!(literal < named && named >= count("place:Kharkiv NEAR/9 offensive"), "{literal} {named}");
}

#[test]
fn saved_queries_live_beside_the_index() {
    let environment =
        Environment::with(&[("c/a.txt", &story("the bridge")), ("c/b.txt", &story("the ferry"))]);
    assert_eq!(environment.run(&["query", "list"]).code, 4, "no index yet");
    environment.ok(&["index", "c", "-q"]);
    environment.ok(&["query", "save", "water", "ferry OR bridge"]);
    environment.ok(&["query", "save", "about", "SENTENCE(council $1)"]);
    assert_eq!(environment.ok(&["query", "list"]), "about\tSENTENCE(council $1)\nwater\tferry OR bridge\n");
    let kept = std::fs::read_to_string(environment.path().join(".newsidx/queries.tsv")).unwrap();
    assert_eq!(kept, environment.ok(&["query", "list"]));
    assert_eq!(environment.ok(&["count", "@water"]).trim(), "2");
    assert_eq!(environment.ok(&["count", "@water -@about(bridge)"]).trim(), "1");
    assert_eq!(environment.ok(&["query", "show", "water"]).trim(), "ferry OR bridge");
    let wrong = environment.run(&["query", "save", "bad", "(ferry"]);
    assert!(wrong.code == 2 && wrong.err.contains("expected `)`"), "{wrong:?}");
    let wrong = environment.run(&["search", "a @watr"]);
    assert!(
        wrong.err.contains("  a @watr\n    ^^^^^") && wrong.err.contains("did you mean `@water`"),
        "{}",
        wrong.err
    );
    environment.ok(&["query", "rm", "water"]);
    assert_eq!(environment.run(&["query", "show", "water"]).code, 2);
    environment.write(".newsidx/queries.tsv", b"no tab here\n");
    assert!(environment.run(&["search", "ferry"]).err.contains("line 1 is no name, tab and query"));
}

#[test]
fn a_query_that_costs_too_much_is_refused_with_its_limit() {
    let refused = |args: &[&str], parts: &[&str]| {
        let run = sample().run(args);
        assert_eq!(run.code, 2, "{run:?}");
        parts.iter().for_each(|part| assert!(run.err.contains(part), "`{part}` is not in: {}", run.err));
    };
    refused(
        &["search", "war *a*e*", "--max-words", "20"],
        &["`*a*e*` stands for more than 20 different words", "      ^^^^^\n", "--max-words 80"],
    );
    refused(&["count", "b~2", "--max-words", "10"], &["more than 10 different words"]);
    refused(
        &["search", "SENTENCE(the war)", "--max-reads", "1"],
        &["more than 1 articles would have to be read", "--max-reads 4"],
    );
    let many = "a ".repeat(10_000);
    refused(&["search", &many], &["more than 2048 clauses", "--max-clauses 4096"]);
    refused(&["search", "/(a{1000}){1000}/"], &["bad pattern", "^"]);
    refused(&["search", "/.*a.{40}/"], &["bad pattern"]);
    refused(&["search", r"/[\w]*a\w{40}/"], &["bad pattern"]);
    refused(&["search", &"a*b ".repeat(200)], &["more than 128 patterns", "--max-clauses 4096"]);
}

#[test]
fn a_query_that_finds_nothing_says_what_may_have_been_meant() {
    let environment = Environment::with(&[
        ("c/a.txt", &story("the bridge to Kharkiv")),
        ("c/b.txt", &story("the ferry of Odesa")),
        ("c/d.txt", &story("the ferry of Odesa and a parking garage")),
    ]);
    environment.ok(&["index", "c", "-q"]);
    let run = environment.run(&["search", "ferrie brigde"]);
    assert_eq!(run.code, 1);
    for part in [
        "did you mean `bridge` (1)?",
        "by themselves: ferrie (2) · brigde (0)",
        "without `brigde`: 2",
        "(`--any`)",
    ] {
        assert!(run.err.contains(part), "`{part}` is not in: {}", run.err);
    }
    let run = environment.run(&["search", "garage bridge", "--format", "json"]);
    let answer: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let advice = &answer["advice"];
    assert_eq!(advice["relaxed"], serde_json::json!({"total": 2, "flag": "--any"}));
    assert_eq!(advice["clauses"][0], serde_json::json!({"clause": "garage", "count": 1, "without": 1}));
    let run = environment.run(&["search", "ferry place:Odessia"]);
    assert!(run.err.contains("did you mean `place:odesa` (2)?"), "{}", run.err);
    // It is said, not done; and not where enough is found.
    assert!(!environment.run(&["search", "council"]).err.contains("--any"));
    assert!(environment.run(&["search", "council brigde", "--any"]).err.contains("3 articles found"));
}

fn adds_up(part: &serde_json::Value) -> f64 {
    let value = part["value"].as_f64().unwrap();
    let parts: Vec<&serde_json::Value> = part["parts"].as_array().into_iter().flatten().collect();
    let below: Vec<f64> = parts
        .iter()
        .map(|part| (adds_up(part), part["holds"].as_bool().unwrap()))
        .filter(|(_, holds)| *holds)
        .map(|(value, _)| value)
        .collect();
    let factor = |name: &str| {
        let factors = part["factors"].as_array().into_iter().flatten();
        factors.clone().find(|factor| factor["name"] == name).map(|factor| factor["value"].as_f64().unwrap())
    };
    let wanted = match part["rule"].as_str().unwrap() {
        _ if part["holds"] == false => 0.0,
        "sum" => below.iter().sum(),
        "best" => below.iter().copied().fold(0.0, f64::max),
        "times" => below[0] * factor("boost").unwrap(),
        "bm25" => {
            let (freq, k1) = (factor("freq").unwrap(), factor("k1").unwrap());
            let norm = 1.0 - factor("b").unwrap()
                + factor("b").unwrap() * factor("dl").unwrap() / factor("avgdl").unwrap();
            (k1 + 1.0) * factor("idf").unwrap() * freq / (freq + k1 * norm)
        }
        _ => value,
    };
    assert!((value - wanted).abs() < 1e-3 * (1.0 + wanted.abs()), "{value} {wanted}: {part}");
    value
}

#[test]
fn an_explained_score_is_the_score_and_adds_up() {
    for query in [
        "offensive",
        "Kharkov offensive^2",
        "grain OR corridor OR offens*",
        "Kharkov NEAR/20 offensive",
        "SENTENCE(Kharkiv region) \"Kharkiv region\" -wheat",
        "headline:Kharkiv has:published wc>10 exact:\"Kharkiv\"",
    ] {
        let hits = sample().ok(&[
            "search",
            "-n",
            "3",
            "--format",
            "jsonl",
            "--fields",
            "id,path,score,rank",
            "--",
            query,
        ]);
        for hit in super::environment::lines(&hits) {
            let id = hit["id"].as_str().unwrap();
            let out = sample().ok(&["explain", "--format", "json", query, id]);
            let explained: serde_json::Value = serde_json::from_str(&out).unwrap();
            let score = &explained["article"]["score"];
            assert_eq!(explained["article"]["found"], true, "{query} {id}");
            // The parts of the query add up to BM25, and the shares of the features to the score.
            let ranking = &explained["article"]["ranking"];
            let (bm25, got) = (ranking["bm25"].as_f64().unwrap(), adds_up(score));
            assert!((bm25 - got).abs() < 1e-3 * bm25, "{query} {id}: {bm25} {got}");
            let shares = ranking["shares"].as_array().unwrap().iter();
            let sum: f64 = shares.map(|share| share["share"].as_f64().unwrap()).sum();
            let wanted = hit["score"].as_f64().unwrap();
            assert!((wanted - sum).abs() < 1e-3 * wanted.abs().max(1e-3), "{query} {id}: {wanted} {sum}");
            assert_eq!(ranking["rank"], hit["rank"], "{query} {id}");
        }
    }
}

#[test]
fn explain_shows_parse_expansions_and_counts() {
    let out = sample().ok(&["explain", "the Kharkov NEAR/9 offens* -grain"]);
    for part in [
        "understood  (Kharkov NEAR/9 offens*) -grain",
        "Kharkov → Kharkiv (kharkiv), written as a name",
        "passed over the",
        "words: ",
        "decided by the text",
    ] {
        assert!(out.contains(part), "`{part}` is not in: {out}");
    }
    let total = sample().ok(&["count", "the Kharkov NEAR/9 offens* -grain"]);
    assert!(out.contains(&format!("finds       {} articles", total.trim())), "{out}");
    assert_eq!(sample().run(&["explain", "grain", "n:000000000000"]).code, 2);
}

#[test]
fn words_in_small_letters_are_names_only_where_they_are_whole() {
    let names = |query: &str| {
        let run = sample().run(&["explain", "--format", "json", query]);
        let explained: serde_json::Value =
            serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{run:?}"));
        let names = explained["names"].as_array().unwrap().iter();
        names.map(|name| name["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names("canaries in a mine"), [""; 0]);
    assert_eq!(names("kharkov offensive"), ["kharkiv"]);
    assert_eq!(names("kiev"), ["kyiv"]);
    assert_eq!(names("харьков"), ["kharkiv"]);
    assert_eq!(names("white house"), ["white-house"]);
    assert_eq!(names("Canaries holiday").len(), 1);
}

#[test]
fn what_makes_a_passage_is_marked() {
    let environment = Environment::with(&[(
        "c/a.txt",
        "Ferry news\n\nThe ferry was late again, the harbour office said on Monday, and grain waited on the quay.\n\n\
         Nobody in the town knew when the next boat with grain for the old harbour would leave, or whether it would.\n",
    )]);
    environment.ok(&["index", "c", "-q"]);
    let marked = |query: &str| {
        let out = environment.ok(&["search", "--format", "jsonl", "--", query]);
        let hit = super::environment::lines(&out).remove(0);
        let snippets = hit["snippets"].as_array().unwrap().clone();
        let words = |snippet: &serde_json::Value| -> Vec<String> {
            let text: Vec<char> = snippet["text"].as_str().unwrap().chars().collect();
            let ranges = snippet["match"].as_array().unwrap().iter();
            let at = |range: &serde_json::Value, end: usize| range[end].as_u64().unwrap() as usize;
            ranges.map(|range| text[at(range, 0)..at(range, 1)].iter().collect()).collect()
        };
        snippets.iter().flat_map(words).collect::<Vec<_>>()
    };
    // The harbour of the first sentence is too far from its grain.
    assert_eq!(marked("grain NEAR/4 harbour"), ["grain", "harbour"]);
    assert_eq!(marked("SENTENCE(ferry grain) -xyzzyx"), ["ferry", "grain"]);
    assert_eq!(marked("\"old harb\"*"), ["old harbour"]);
    assert_eq!(marked("exact:\"the old harbour\""), ["the old harbour"]);
}

#[test]
fn every_field_can_be_asked_for_a_value() {
    for field in newsidx::query::FIELDS {
        let run = sample().run(&["count", "--ok-empty", &format!("{}:*", field.name)]);
        assert_eq!(run.code, 0, "{}: {run:?}", field.name);
        let run = sample().run(&["explain", "--format", "json", field.example]);
        assert!(matches!(run.code, 0 | 1), "{}: {run:?}", field.name);
    }
}
