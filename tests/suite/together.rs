//! Several indexes asked as one: the answer is that of one index over the files of both.

use super::environment::{Environment, lines, story};

const BOTH: [&str; 4] = ["-i", "a/.newsidx", "-i", "b/.newsidx"];

/// Two folders, each with an index of its own, and one index over both.
fn two_folders() -> Environment {
    let environment = Environment::with(&[
        ("a/one.txt", &story("the bridge")),
        ("a/two.txt", &story("the harbour and the bridge")),
        (
            "a/same.md",
            "# A day at the lock\n\nNobody came.\n\n## Later\n\nThe keeper said the bridge was closed.\n",
        ),
        ("b/one.txt", &story("the library")),
        ("b/deep/three.txt", &story("the bridge of the library")),
        (
            "b/same.md",
            "# A day at the mill\n\nRain fell.\n\n## Later\n\nThe miller said the bridge was open.\n",
        ),
    ]);
    environment.ok(&["-i", "a/.newsidx", "index", "a", "-q"]);
    environment.ok(&["-i", "b/.newsidx", "index", "b", "-q"]);
    environment.ok(&["index", "a", "b", "-q"]);
    environment
}

fn both(environment: &Environment, args: &[&str]) -> String {
    environment.ok(&[&BOTH[..], args].concat())
}

/// The records of an answer by their place, without their ranks: equal scores may stand in any order.
fn records(answer: &str) -> Vec<String> {
    let mut records: Vec<String> = lines(answer)
        .into_iter()
        .map(|mut record| {
            record.as_object_mut().unwrap().remove("rank");
            record.to_string()
        })
        .collect();
    records.sort();
    records
}

#[test]
fn two_indexes_answer_as_one_over_both() {
    let environment = two_folders();
    for ask in [
        &["search", "bridge library", "--any", "--all", "--format", "jsonl"][..],
        &["search", "bridge", "--unit", "section", "--all", "--format", "jsonl"],
        &["search", "exact:\"the bridge\"", "--unit", "section", "--all", "--format", "jsonl"],
        &["kwic", "bridge", "--format", "jsonl"],
    ] {
        let together = records(&both(&environment, ask));
        assert!(together.iter().any(|record| record.contains("a/")), "{together:?}");
        assert!(together.iter().any(|record| record.contains("b/")), "{together:?}");
        assert_eq!(together, records(&environment.ok(ask)), "{ask:?}");
    }
    for ask in [&["count", "bridge"][..], &["facets", "kind"], &["fields"], &["timeline", "bridge"]] {
        let one = environment.run(ask);
        let together = environment.run(&[&BOTH[..], ask].concat());
        assert_eq!((together.code, together.out), (one.code, one.out), "{ask:?}");
    }
}

#[test]
fn an_article_goes_by_the_path_that_is_shown() {
    let environment = two_folders();
    for path in ["a/one.txt", "b/one.txt", "b/deep/three.txt"] {
        let shown = both(&environment, &["show", path, "--format", "json"]);
        assert_eq!(shown, environment.ok(&["show", path, "--format", "json"]), "{path}");
    }
    let weighed = both(&environment, &["explain", "bridge", "b/deep/three.txt"]);
    assert_eq!(weighed, environment.ok(&["explain", "bridge", "b/deep/three.txt"]));
    assert_ne!(environment.run(&[&BOTH[..], &["show", "deep/three.txt"]].concat()).code, 0);
}

#[test]
fn what_works_on_one_index_refuses_several() {
    let environment = two_folders();
    for args in [&["index", "a"][..], &["db", "verify"], &["status"]] {
        let run = environment.run(&[&BOTH[..], args].concat());
        assert_eq!(run.code, 2, "{args:?}: {run:?}");
        assert!(run.err.contains("one index"), "{}", run.err);
    }
    let twice = environment.run(&["-i", "a/.newsidx", "-i", "./a/.newsidx", "count", "bridge"]);
    assert_eq!(twice.code, 2);
    assert!(twice.err.contains("same articles"), "{}", twice.err);
    let listed = std::env::join_paths(["a/.newsidx", "b/.newsidx"]).unwrap();
    let counted =
        environment.command().env("NEWSIDX_INDEX", listed).args(["count", "bridge"]).output().unwrap();
    assert_eq!(String::from_utf8(counted.stdout).unwrap().trim(), "5");
}
