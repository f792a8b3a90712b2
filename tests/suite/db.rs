//! `newsidx db`, and `newsidx index --watch`.

use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::environment::{Environment, Run, lines, sample, story};

fn three() -> Environment {
    let environment = Environment::with(&[
        ("c/a.txt", &story("the bridge")),
        ("c/b.txt", &story("the harbour")),
        ("c/old/c.txt", &story("the library")),
    ]);
    environment.ok(&["index", "c", "-q"]);
    environment
}

/// The export of the index in `folder`.
pub fn exported(environment: &Environment, folder: &str) -> String {
    environment.ok(&["db", "export", "--index", folder])
}

#[test]
fn an_export_makes_an_equal_index() {
    let sample = sample();
    let export = exported(sample, ".newsidx");
    let other = Environment::new();
    let run = other.run_with(&["db", "import", "-"], export.as_bytes());
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(exported(&other, ".newsidx"), export);
    let ask = ["search", "Kharkiv offensive", "--format", "jsonl", "--all"];
    assert_eq!(other.ok(&ask), sample.ok(&ask));
    other.ok(&["db", "verify"]);
}

#[test]
fn a_bad_export_is_refused_at_its_line_and_whole_files_stay() {
    let environment = three();
    let export = exported(&environment, ".newsidx");
    let other = Environment::new();
    let cut: Vec<&str> = export.lines().take(4).collect();
    let run = other.run_with(&["db", "import", "-"], cut.join("\n").as_bytes());
    assert_eq!((run.code, other.ok(&["count"]).trim()), (0, "1"), "{run:?}");
    other.ok(&["db", "verify"]);
    let broken = export.replacen("\"kind\":\"file\"", "\"kind\":\"fail\"", 1);
    let run = other.run_with(&["db", "import", "-"], broken.as_bytes());
    assert!(run.code == 2 && run.err.contains("line "), "{run:?}");
    let elsewhere = export.replacen("newsidx.export/1", "newsidx.export/9", 1);
    let run = other.run_with(&["db", "import", "-"], elsewhere.as_bytes());
    assert!(run.code == 2 && run.err.contains("newsidx.export/9"), "{run:?}");
    let outside = export.replacen("\"span\":[0,", "\"span\":[0,9999", 1);
    let run = other.run_with(&["db", "import", "-"], outside.as_bytes());
    assert!(run.code == 2 && run.err.contains("span"), "{run:?}");
}

#[test]
fn verify_finds_what_changed_and_repair_has_it_read_anew() {
    let environment = three();
    assert_eq!(
        environment.ok(&["db", "verify", "--files", "--hashes"]),
        "sound: 3 files, 3 articles, 0 sections\n"
    );
    // The same length and time, other bytes: only hashing sees it.
    let path = environment.path().join("c/a.txt");
    let time = fs::metadata(&path).unwrap().modified().unwrap();
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("bridge", "bridle")).unwrap();
    fs::File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
    environment.ok(&["db", "verify", "--files"]);
    let run = environment.run(&["db", "verify", "--hashes", "--repair", "--json"]);
    assert_eq!(run.code, 3, "{run:?}");
    let found = &lines(&run.out)[0];
    assert_eq!(
        (&found["problems"][0]["rule"], &found["problems"][0]["path"]),
        (&"changed".into(), &"c/a.txt".into())
    );
    environment.ok(&["index", "c"]);
    environment.ok(&["db", "verify", "--hashes"]);
    environment.ok(&["search", "bridle"]);
    fs::remove_file(environment.path().join("c/b.txt")).unwrap();
    let run = environment.run(&["db", "verify", "--files"]);
    assert!(run.code == 3 && run.out.contains("c/b.txt: the file is gone [gone]"), "{run:?}");
}

#[test]
fn a_flipped_byte_is_found() {
    let environment = three();
    let segments = fs::read_dir(environment.path().join(".newsidx/segments")).unwrap();
    let store = segments
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|e| e == "store"));
    let store = store.expect("a store");
    let mut bytes = fs::read(&store).unwrap();
    bytes[20] ^= 0x40;
    fs::write(&store, bytes).unwrap();
    let run = environment.run(&["db", "verify"]);
    assert!(run.code == 3 && run.out.contains("[checksum]"), "{run:?}");
}

#[test]
fn an_optimized_index_answers_the_same_from_one_segment() {
    let environment = three();
    environment.write("c/d.txt", story("the theatre").as_bytes());
    environment.ok(&["index", "c"]);
    fs::remove_file(environment.path().join("c/a.txt")).unwrap();
    environment.ok(&["index", "c"]);
    let before = exported(&environment, ".newsidx");
    environment.ok(&["db", "optimize"]);
    assert_eq!(exported(&environment, ".newsidx"), before);
    assert_eq!(lines(&environment.ok(&["status", "--json"]))[0]["segments"], 1);
    environment.ok(&["db", "verify"]);
}

#[test]
fn a_snapshot_stays_as_it_is() {
    let environment = three();
    let before = exported(&environment, ".newsidx");
    environment.ok(&["db", "snapshot", "copy"]);
    assert_eq!(environment.run(&["db", "snapshot", "copy"]).code, 2);
    environment.write("c/d.txt", story("the theatre").as_bytes());
    environment.ok(&["index", "c"]);
    environment.ok(&["db", "optimize"]);
    assert_eq!(exported(&environment, "copy"), before);
    environment.ok(&["db", "verify", "--index", "copy"]);
}

#[test]
fn indexes_are_merged() {
    let environment = three();
    environment.write("d/x.txt", story("the windmill").as_bytes());
    environment.ok(&["index", "d", "--index", "other"]);
    environment.ok(&["db", "merge", "other"]);
    assert_eq!(environment.ok(&["count"]).trim(), "4");
    environment.ok(&["db", "verify", "--hashes"]);
    assert_eq!(environment.run(&["db", "merge", ".newsidx"]).code, 2);
}

#[test]
fn a_watched_folder_is_indexed_when_it_changes() {
    let environment = three();
    let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin("newsidx"));
    command.args(["index", "c", "--watch"]).current_dir(environment.path()).env("HOME", environment.path());
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a process");
    // Written again and again, as the watch may not stand yet when it is written first.
    let patience = Instant::now();
    loop {
        environment.write("c/new.txt", story("the lighthouse").as_bytes());
        std::thread::sleep(Duration::from_millis(500));
        if environment.run(&["search", "lighthouse", "-q"]).code == 0 {
            break;
        }
        assert!(patience.elapsed() < Duration::from_secs(60), "the change was not seen");
    }
    let killed = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(killed.expect("kill").success());
    let run = Run::of(child.wait_with_output().expect("an end"));
    assert_eq!(run.code, 130, "{run:?}");
    assert!(run.out.contains("indexed 1"), "{run:?}");
}
