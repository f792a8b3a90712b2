//! What cannot be done is said with its place, its reason and what to do.

use super::environment::{Environment, Run, sample, story};

fn refused(run: &Run, code: i32, parts: &[&str]) {
    assert_eq!(run.code, code, "{run:?}");
    assert!(run.out.is_empty(), "{}", run.out);
    for part in parts {
        assert!(run.err.contains(part), "`{part}` is not in: {}", run.err);
    }
    assert!(!run.err.contains("panicked"), "{}", run.err);
}

#[test]
fn bad_queries_have_a_caret_and_a_hint() {
    let parentheses = "(".repeat(100_000);
    let search = |query: &str| sample().run(&["search", "--", query]);
    refused(&search(&parentheses), 2, &["longer than 65536 bytes"]);
    refused(&search(&"(".repeat(50_000)), 2, &["nested deeper than 100", "^"]);
    refused(&search("tilte:war"), 2, &["unknown field `tilte`", "^^^^^", "hint: did you mean `title:`?"]);
    refused(&search("war \"peace"), 2, &["quotation mark", "    ^"]);
    refused(&search("published:2024-13"), 2, &["`2024-13` is no date", "^", "hint:"]);
    refused(&search("/(unclosed/"), 2, &["bad pattern"]);
    refused(&search("-war"), 2, &["only excludes"]);
    refused(&sample().run(&["search", "war", "--since", "soonish"]), 2, &["`soonish` is no date"]);
    let literal = sample().run(&["search", "--quote", "--ok-empty", "--", "title: \"(("]);
    assert_eq!(literal.code, 0, "{literal:?}");
}

#[test]
fn without_an_index_the_command_that_makes_one_is_named() {
    let environment = Environment::new();
    refused(
        &environment.run(&["search", "war"]),
        4,
        &["no index at `.newsidx`", "hint: create one with `newsidx index"],
    );
    refused(&environment.run(&["search", "war", "--index", "nowhere"]), 4, &["no index at `nowhere`"]);
    refused(&environment.run(&["index", "missing"]), 2, &["no file or folder `missing`"]);
    assert!(!environment.path().join(".newsidx").exists(), "a refused run leaves nothing behind");
}

#[test]
fn an_index_of_another_version_is_refused() {
    let environment = Environment::with(&[("c/a.txt", &story("the bridge"))]);
    environment.ok(&["index", "c"]);
    let format = environment.path().join(".newsidx/format.toml");
    let text = std::fs::read_to_string(&format).unwrap();
    std::fs::write(
        &format,
        text.replace(&format!("format = {}", newsidx::index::FORMAT_VERSION), "format = 999"),
    )
    .unwrap();
    for args in [&["search", "bridge"][..], &["index", "c"]] {
        refused(&environment.run(args), 4, &["has format 999.", "hint: move"]);
    }
    std::fs::write(&format, "no toml at all [").unwrap();
    refused(&environment.run(&["search", "bridge"]), 4, &["is damaged"]);
}

#[test]
fn a_damaged_index_is_an_error_not_a_crash() {
    let environment = Environment::with(&[("c/a.txt", &story("the bridge"))]);
    environment.ok(&["index", "c"]);
    for entry in std::fs::read_dir(environment.path().join(".newsidx/segments")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension != "json") {
            std::fs::write(&path, b"rubbish").unwrap();
        }
    }
    let run = environment.run(&["search", "bridge"]);
    refused(&run, 4, &["hint:"]);
}

#[test]
fn a_second_writer_is_told_who_holds_the_index() {
    let environment = Environment::with(&[("c/a.txt", &story("the bridge"))]);
    environment.ok(&["index", "c"]);
    let lock = std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open(environment.path().join(".newsidx/writer.lock"))
        .unwrap();
    lock.lock().unwrap();
    std::fs::write(environment.path().join(".newsidx/writer.lock"), "4242").unwrap();
    refused(&environment.run(&["index", "c"]), 75, &["is being written by process 4242", "hint:"]);
    assert_eq!(environment.ok(&["count"]).trim(), "1", "readers are not blocked");
}

#[test]
fn wrong_settings_say_where_they_stand() {
    let environment = Environment::with(&[("c/a.txt", &story("the bridge"))]);
    environment.ok(&["index", "c"]);
    environment.write(".newsidx/config.toml", b"limit = \"many\"\n");
    refused(&environment.run(&["search", "bridge"]), 2, &["setting `limit` is `many`", "config.toml"]);
    environment.write(".newsidx/config.toml", b"lmit = 3\n");
    refused(&environment.run(&["search", "bridge"]), 2, &["unknown setting `lmit`"]);
    environment.write(".newsidx/config.toml", b"limit = 3\n");
    let origin = environment.ok(&["config", "--origin"]);
    assert!(
        origin.lines().any(|line| line.starts_with("limit = \"3\"") && line.contains("config.toml")),
        "{origin}"
    );
    let output =
        environment.command().env("NEWSIDX_LIMIT", "5").args(["config", "--origin"]).output().unwrap();
    let origin = String::from_utf8(output.stdout).unwrap();
    assert!(origin.contains("limit = \"5\"") && origin.contains("[NEWSIDX_LIMIT]"), "{origin}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_plainly() {
    let environment = Environment::with(&[("c/a.txt", &story("the bridge"))]);
    environment.ok(&["index", "c"]);
    // Standard output on a full device.
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = std::process::Command::new(assert_cmd::cargo::cargo_bin("newsidx"))
        .args(["search", "bridge"])
        .current_dir(environment.path())
        .stdout(full)
        .output()
        .unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), err.contains("No space left")), (Some(2), true), "{err}");
}
