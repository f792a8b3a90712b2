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
}
