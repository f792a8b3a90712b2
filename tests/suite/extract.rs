//! `newsidx extract` and `entities`

use super::environment::{Environment, lines, sample, story};

#[test]
fn an_article_is_shown_with_the_rules_that_gave_it() {
    let environment = Environment::with(&[("a.txt", &story("the bridge"))]);
    let text = environment.ok(&["extract", "a.txt"]);
    assert!(text.contains("The council talks about the bridge") && text.contains("[text:"), "{text}");
    assert!(!environment.path().join(".newsidx").exists(), "extract touches no index");
    let record = &lines(&environment.ok(&["extract", "--format", "jsonl", "a.txt"]))[0];
    assert_eq!(record["headline"], "The council talks about the bridge");
    assert!(
        record["provenance"]["fields"]["headline"]["rules"][0].as_str().unwrap().starts_with("text:"),
        "{record}"
    );
    let missing = environment.run(&["extract", "none.txt"]);
    assert_eq!(missing.code, 3, "{missing:?}");
}

#[test]
fn names_have_places_in_the_file() {
    let text = "KYIV — Antony Blinken flew to Kharkiv.\n\nHe met « Volodymyr Zelenskyy » there, and went on to Poland.\n";
    let environment = Environment::with(&[("a.txt", text)]);
    let record = &lines(&environment.ok(&["entities", "--format", "jsonl", "a.txt"]))[0];
    let mut found = Vec::new();
    for entity in record["entities"].as_array().unwrap() {
        let (start, end) =
            (entity["start"].as_u64().unwrap() as usize, entity["end"].as_u64().unwrap() as usize);
        assert_eq!(&text[start..end], entity["text"].as_str().unwrap());
        found.push(entity["canonical"].as_str().unwrap().to_owned());
    }
    for name in ["Kyiv", "Kharkiv", "Antony Blinken", "Volodymyr Zelenskyy", "Poland"] {
        assert!(found.iter().any(|found| found == name), "{name}: {found:?}");
    }
}

#[test]
fn many_files_come_in_order_whatever_the_threads() {
    let files = |threads: &str| {
        let corpus = sample().path().join("sample-corpus");
        let output = sample()
            .command()
            .env("RAYON_NUM_THREADS", threads)
            .args(["extract", "--format", "jsonl"])
            .arg(corpus)
            .output()
            .unwrap();
        assert!(output.status.success());
        output.stdout
    };
    assert!(files("1") == files("4"), "the same bytes with one thread and with four");
}
