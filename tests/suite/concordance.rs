//! `newsidx kwic` and `newsidx related`.

use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use super::environment::{Environment, lines, sample, story};

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

#[test]
fn every_place_is_found_with_its_offsets() {
    let found = lines(&sample().ok(&["kwic", "offensive", "--limit", "0", "--format", "jsonl"]));
    assert!(found.len() > 10);
    for line in &found {
        let shown: Value =
            serde_json::from_str(&sample().ok(&["show", &place(line), "--format", "jsonl"])).unwrap();
        let field = match text(&line["field"]) {
            "body" => text(&shown["text"]),
            other => text(&shown[other]),
        };
        let at = |n: usize| line["span"][n].as_u64().unwrap() as usize;
        assert_eq!(&field[at(0)..at(1)], text(&line["match"]), "{line}");
        assert!(text(&line["match"]).to_lowercase().starts_with("offens"), "{line}");
        assert!(field[..at(0)].replace('\n', " ").ends_with(text(&line["left"])), "{line}");
        assert!(field[at(1)..].replace('\n', " ").starts_with(text(&line["right"])), "{line}");
        assert!(text(&line["left"]).width() <= 60 && text(&line["right"]).width() <= 60);
    }
    let run = sample().run(&["kwic", "offensive", "-n", "1"]);
    assert!(run.err.contains(&format!("{} places in ", found.len())), "{}", run.err);
    assert!(run.err.contains("1 listed"), "{}", run.err);
}

fn place(line: &Value) -> String {
    match line["record"].as_u64() {
        Some(record) => format!("{}#{record}", text(&line["path"])),
        None => text(&line["path"]).to_owned(),
    }
}

#[test]
fn lines_are_as_wide_as_asked_in_every_script() {
    for width in ["40", "64", "80", "100"] {
        let shown = sample().ok(&["kwic", "place:Kharkiv", "--limit", "0", "--width", width]);
        for line in shown.lines() {
            assert_eq!(line.width(), width.parse::<usize>().unwrap(), "{line}");
        }
        assert!(shown.contains("哈尔科夫") && shown.contains("خاركيف") && shown.contains("Харьк"), "{shown}");
    }
    assert_eq!(sample().run(&["kwic", "Kharkiv", "--width", "9"]).code, 2);
}

#[test]
fn lines_are_sorted_by_what_stands_beside() {
    let environment = Environment::with(&[
        (
            "c/a.txt",
            "Ferries\n\nThe yellow ferry waited. A blue ferry arrived, and every old ferry left before noon.\n",
        ),
        (
            "c/b.txt",
            "Fares\n\nNobody paid for the small ferry. Children like the ferry best, said the green ferry company.\n",
        ),
    ]);
    environment.ok(&["index", "c", "-q"]);
    let beside = |by: &str, key: &str| -> Vec<String> {
        let found = lines(&environment.ok(&["kwic", "ferry", "--sort", by, "--limit", "0", "-f", "jsonl"]));
        let word = |line: &Value| -> String {
            let mut words =
                text(&line[key]).split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
            let near = if key == "left" { words.next_back() } else { words.next() };
            near.unwrap_or_default().to_lowercase()
        };
        found.iter().map(word).collect()
    };
    assert_eq!(beside("left", "left"), ["", "blue", "green", "old", "small", "the", "yellow"]);
    assert_eq!(beside("right", "right"), ["", "arrived", "best", "children", "company", "left", "waited"]);
    let all = lines(&sample().ok(&["kwic", "Russian", "--sort", "right", "--limit", "0", "-f", "jsonl"]));
    let some = lines(
        &sample().ok(&["kwic", "Russian", "--sort", "right", "--limit", "3", "--offset", "2", "-f", "jsonl"]),
    );
    assert_eq!(some[..], all[2..5]);
}

#[test]
fn filters_alone_stand_nowhere() {
    let run = sample().run(&["kwic", "lang:uk"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.err.contains("more found by what does not stand in the text"), "{}", run.err);
}

#[test]
fn articles_about_the_same_are_related() {
    let environment = Environment::with(&[
        ("c/a.txt", &story("the swing bridge at Northgate")),
        ("c/b.txt", &story("repairs of the swing bridge at Northgate")),
        ("c/copy.txt", &story("the swing bridge at Northgate")),
        (
            "c/d.txt",
            "Cats in cafés\n\nA café in the old town keeps nine cats, and guests pay by the hour to sit with them.\n",
        ),
        (
            "c/e.txt",
            "Snow on the pass\n\nLorries waited for hours below the pass while ploughs cleared the snow from the road.\n",
        ),
        (
            "c/f.txt",
            "Chess for beginners\n\nThe library teaches chess on Fridays; boards are lent, and tea is free for all who come.\n",
        ),
    ]);
    environment.ok(&["index", "c", "-q"]);
    let run = environment.run(&["related", "c/a.txt", "--format", "jsonl"]);
    let found = lines(&run.out);
    assert_eq!(found[0]["path"], "c/b.txt", "{run:?}");
    assert!(found.iter().all(|article| article["path"] != "c/a.txt" && article["path"] != "c/copy.txt"));
    assert!(run.err.contains("2 copies of it not listed"), "{}", run.err);
    let words = found[0]["shared_words"].as_array().unwrap();
    assert!(words.iter().any(|word| word == "swing"), "{words:?}");
    let draft = story("money for the swing bridge at Northgate");
    let from_input = environment.run_with(&["related", "-", "--format", "jsonl"], draft.as_bytes());
    assert_eq!(from_input.code, 0, "{from_input:?}");
    let paths: Vec<Value> =
        lines(&from_input.out).into_iter().map(|article| article["path"].clone()).collect();
    assert!(paths.contains(&Value::from("c/a.txt")), "{paths:?}");
    environment.write("draft.txt", draft.as_bytes());
    let from_file = environment.run(&["related", "draft.txt", "--format", "jsonl"]);
    assert_eq!(from_file.out, from_input.out);
}

#[test]
fn related_says_what_went_wrong() {
    let environment = Environment::with(&[
        ("c/a.txt", &story("the bridge")),
        ("c/b.txt", "Snow\n\nSnow fell on the hills all night and all day, more than in any year.\n"),
    ]);
    environment.ok(&["index", "c", "-q"]);
    assert_eq!(environment.run(&["related", "c/b.txt"]).code, 1);
    let missing = environment.run(&["related", "n:ffffffffffff"]);
    assert_eq!(missing.code, 2, "{missing:?}");
    assert!(missing.err.contains("no article and no file"), "{}", missing.err);
    let empty = environment.run_with(&["related", "-"], b"");
    assert_eq!(empty.code, 2, "{empty:?}");
    let nowhere = Environment::new();
    assert_eq!(nowhere.run(&["related", "n:ffffffffffff"]).code, 4);
}
