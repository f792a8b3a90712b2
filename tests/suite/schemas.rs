//! Every record that is written is what its schema in `schema/` says, and `schema/` is what the
//! program says.

use newsidx::index::Fields;
use newsidx::query::{FIELDS, FieldType, QueryField};

use super::environment::{Environment, lines, root, sample, story};

fn check(name: &str, records: &[serde_json::Value]) {
    let schema: serde_json::Value = serde_json::from_str(&sample().ok(&["schema", name])).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    assert!(!records.is_empty(), "no {name} to check");
    for record in records {
        let faults: Vec<String> = validator
            .iter_errors(record)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(faults.is_empty(), "{name}: {faults:?}\n{record}");
    }
}

#[test]
fn hits_results_and_errors() {
    let hits = lines(&sample().ok(&["search", "*", "--all", "--format", "jsonl"]));
    assert!(hits.len() > 60);
    check("hit", &hits);
    check("hit", &lines(&sample().ok(&["search", "*", "--unit", "section", "--all", "--format", "jsonl"])));
    check(
        "results",
        &[serde_json::from_str(&sample().ok(&["search", "the Kharkov offensive", "--format", "json"]))
            .unwrap()],
    );
    let batch = sample().run_with(&["search", "--batch", "-", "--format", "jsonl"], b"a\t(war\n");
    check("error", &lines(&batch.out));
}

#[test]
fn saved_queries() {
    let environment = Environment::with(&[("c/a.txt", &super::environment::story("the bridge"))]);
    environment.ok(&["index", "c", "-q"]);
    environment.ok(&["query", "save", "two", "SENTENCE($1 $2)"]);
    check("query", &lines(&environment.ok(&["query", "list", "--format", "jsonl"])));
}

#[test]
fn explanations_and_advice() {
    let json = |args: &[&str]| serde_json::from_str(&sample().run(args).out).unwrap();
    let id = sample().ok(&["search", "Kharkiv", "-n", "1", "--format", "ids"]);
    let query = "the Kharkov NEAR/20 offens* OR SENTENCE(grain^2 -wheat) OR atleast2:\"grain deal\" -xyzzyx";
    check(
        "explain",
        &[
            json(&["explain", "-f", "json", query, id.trim()]),
            json(&["explain", "-f", "json", "place:Kyiv wc>5"]),
        ],
    );
    check("results", &[json(&["search", "-f", "json", "grain xyzzyx kharkivv"])]);
}

#[test]
fn articles_and_entities() {
    let corpus = root().join("sample-corpus");
    let corpus = corpus.to_str().unwrap();
    check("article", &lines(&sample().ok(&["extract", "--format", "jsonl", corpus])));
    check("entities", &lines(&sample().ok(&["entities", "--format", "jsonl", corpus])));
    let shown = sample().ok(&["search", "grain", "-n", "1", "--format", "ids"]);
    check("article", &lines(&sample().ok(&["show", "--format", "jsonl", shown.trim()])));
}

#[test]
fn counts_and_lists() {
    let whole = |args: &[&str]| -> serde_json::Value {
        serde_json::from_str(&sample().ok(args)).unwrap_or_else(|error| panic!("{args:?}: {error}"))
    };
    for (name, args) in [
        ("facet", &["facets", "source", "place", "month", "section", "byline", "--top", "0"][..]),
        ("timeline", &["timeline", "--split", "source", "--by", "week", "--ratio"]),
        ("source", &["sources", "--top", "0"]),
        ("quote", &["quotes", "--limit", "0"]),
        ("kwic", &["kwic", "Kharkiv OR Putin", "--limit", "0"]),
        ("entity", &["entities", "list", "--top", "0"]),
        ("companion", &["entities", "related", "Ukraine", "--top", "0"]),
        ("related", &["related", "sample-corpus/wire/2024/05/14-kharkiv-vovchansk.txt"]),
    ] {
        check(name, &lines(&sample().ok(&[args, &["--format", "jsonl"]].concat())));
    }
    for (name, args) in [
        ("facets", &["facets", "person", "day", "--match", "a"][..]),
        ("timelines", &["timeline", "Kharkiv"]),
        ("sources", &["sources", "--unit", "section"]),
        ("graph", &["sources", "graph"]),
        ("quotes", &["quotes", "--speaker", "Iryna Savchuk"]),
        ("concordance", &["kwic", "grain"]),
        ("entity-list", &["entities", "list", "--unit", "section", "Kharkiv"]),
        ("entity-details", &["entities", "show", "Kharkiv"]),
        ("companions", &["entities", "related", "Kharkiv"]),
        ("related-list", &["related", "sample-corpus/wire/2024/05/14-kharkiv-vovchansk.txt"]),
    ] {
        check(name, &[whole(&[args, &["--format", "json"]].concat())]);
    }
}

#[test]
fn exports_and_verifications() {
    check("export", &lines(&sample().ok(&["db", "export"])));
    let environment = Environment::with(&[("a.txt", &story("the bridge"))]);
    environment.ok(&["index", "a.txt"]);
    environment.write("a.txt", b"gone");
    let run = environment.run(&["db", "verify", "--files", "--json"]);
    check("verification", &lines(&run.out));
}

#[test]
fn reports() {
    let hostile = root().join("tests/hostile");
    let environment = Environment::new();
    let run = environment.run(&["index", hostile.to_str().unwrap(), "--report", "r.jsonl"]);
    assert!(matches!(run.code, 0 | 3), "{run:?}");
    let report = lines(&std::fs::read_to_string(environment.path().join("r.jsonl")).unwrap());
    let files = std::fs::read_dir(hostile).unwrap().count();
    let told = report.iter().filter(|line| !line["path"].as_str().unwrap().contains('#')).count();
    assert_eq!(told, files, "every file is accounted for: {report:?}");
    check("file", &report);
}

#[test]
fn the_list_of_index_fields_is_complete() {
    let text = std::fs::read_to_string(root().join("schema/index-fields.toml")).unwrap();
    let listed: toml::Table = toml::from_str(&text).unwrap();
    let mut listed: Vec<&str> = listed.keys().map(String::as_str).collect();
    let mut built = Fields::NAMES.to_vec();
    listed.sort_unstable();
    built.sort_unstable();
    assert_eq!(listed, built);
}

#[test]
fn query_fields_are_index_fields() {
    let part = |field: &&QueryField| matches!(field.kind, FieldType::Part(_));
    for field in FIELDS.iter().filter(|field| !matches!(field.name, "since" | "until") && !part(field)) {
        assert!(Fields::NAMES.contains(&field.name), "{}", field.name);
    }
}
