//! `newsidx index` and `why`

use super::environment::{Environment, lines, story};

fn summary(environment: &Environment, args: &[&str]) -> String {
    environment.ok(args).trim().to_owned()
}

#[test]
fn a_second_run_does_what_changed() {
    let environment = Environment::with(&[
        ("c/a.txt", &story("the bridge")),
        ("c/b.txt", &story("the harbour")),
        ("c/old/c.txt", &story("the library")),
    ]);
    let first = summary(&environment, &["index", "c"]);
    assert_eq!(first, "indexed 3, updated 0, moved 0, removed 0, unchanged 0, skipped 0, failed 0");
    environment.write("c/a.txt", story("the new bridge").as_bytes());
    std::fs::create_dir(environment.path().join("c/new")).unwrap();
    std::fs::rename(environment.path().join("c/old/c.txt"), environment.path().join("c/new/d.txt")).unwrap();
    std::fs::remove_file(environment.path().join("c/b.txt")).unwrap();
    environment.write("c/e.txt", story("the theatre").as_bytes());
    let dry = summary(&environment, &["index", "c", "--dry-run"]);
    assert_eq!(dry, "would have indexed 2, updated 1, moved 0, removed 2, unchanged 0, skipped 0, failed 0");
    let id = environment.ok(&["search", "library", "--format", "ids"]);
    let report = environment.path().join("report.jsonl");
    let second = summary(&environment, &["index", "c", "--report", report.to_str().unwrap()]);
    assert_eq!(second, "indexed 1, updated 1, moved 1, removed 1, unchanged 0, skipped 0, failed 0");
    let report = lines(&std::fs::read_to_string(report).unwrap());
    let moved = report.iter().find(|line| line["outcome"] == "moved").unwrap();
    assert_eq!((&moved["path"], &moved["moved_from"]), (&"c/new/d.txt".into(), &"c/old/c.txt".into()));
    assert_eq!(environment.ok(&["search", "library", "--format", "ids"]), id, "a moved file keeps its id");
    assert_eq!(environment.run(&["search", "harbour"]).code, 1);
    assert_eq!(environment.ok(&["count"]).trim(), "3");
    let third = summary(&environment, &["index", "c"]);
    assert_eq!(third, "indexed 0, updated 0, moved 0, removed 0, unchanged 3, skipped 0, failed 0");
}

#[test]
fn bad_files_are_reported_and_the_others_indexed() {
    let environment = Environment::with(&[("c/a.txt", &story("the bridge")), ("c/empty.txt", "")]);
    environment.write(
        "c/b.jsonl",
        b"{\"title\": \"One\", \"text\": \"The first story of two, long enough to be one.\"}\n{bad\n",
    );
    environment.write("c/x.bin", &[0, 159, 146, 150, 0, 1, 2, 3, 0, 0, 0, 255]);
    environment.write("c/cut.txt.gz", &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 75, 76]);
    let run = environment.run(&["index", "c", "--report", "r.jsonl"]);
    assert_eq!(run.code, 3, "{run:?}");
    let expected = "indexed 2, updated 0, moved 0, removed 0, unchanged 0, skipped 2 (1 binary, 1 empty), failed 1 \
                    (and 1 records of indexed files)";
    assert_eq!(run.out.trim(), expected);
    assert!(run.err.contains("c/cut.txt.gz") && run.err.contains("c/b.jsonl#2"), "{}", run.err);
    let report = lines(&std::fs::read_to_string(environment.path().join("r.jsonl")).unwrap());
    assert!(
        report.iter().all(|line| line["outcome"] == "indexed" || line["reason"].is_string()),
        "{report:?}"
    );
}

#[test]
fn a_broken_version_of_a_file_does_not_lose_the_good_one() {
    let environment = Environment::with(&[(
        "c/a.json",
        "{\"title\": \"Bridge\", \"text\": \"The bridge is open again after a long winter.\"}",
    )]);
    environment.ok(&["index", "c"]);
    environment.write("c/a.json", b"{\"title\": \"Brid");
    assert_eq!(environment.run(&["index", "c"]).code, 3);
    assert_eq!(environment.ok(&["count", "bridge"]).trim(), "1");
}

#[test]
fn ignore_files_patterns_and_lists() {
    let environment = Environment::with(&[
        ("c/a.txt", &story("the bridge")),
        (
            "c/b.html",
            "<html><body><article><h1>Harbour</h1><p>The harbour is deep enough for the ferry, the pilot said on Monday morning.</p></article></body></html>",
        ),
        ("c/drafts/d.txt", &story("the draft")),
        ("c/.newsidxignore", "drafts/\n"),
        ("c/.hidden.txt", &story("the hidden")),
    ]);
    assert!(summary(&environment, &["index", "c", "--include", "*.html"]).starts_with("indexed 1,"));
    let all = summary(&environment, &["index", "c"]);
    assert_eq!(all, "indexed 1, updated 0, moved 0, removed 0, unchanged 1, skipped 0, failed 0");
    let narrowed = summary(&environment, &["index", "c", "--exclude", "*.html"]);
    assert_eq!(narrowed, "indexed 0, updated 0, moved 0, removed 0, unchanged 1, skipped 0, failed 0");
    let run = environment.run_with(&["index", "--files-from", "-"], b"c/drafts/d.txt\nc/missing.txt\n");
    assert_eq!(run.code, 3, "{run:?}");
    assert!(run.out.starts_with("indexed 1,") && run.err.contains("c/missing.txt"), "{run:?}");
    assert_eq!(environment.ok(&["count"]).trim(), "3");
}

#[test]
fn a_run_that_would_remove_much_asks_first() {
    let files: Vec<(String, String)> =
        (0..30).map(|n| (format!("c/{n}.txt"), story(&format!("bridge {n}")))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let environment = Environment::with(&files);
    environment.ok(&["index", "c"]);
    for number in 0..20 {
        std::fs::remove_file(environment.path().join(format!("c/{number}.txt"))).unwrap();
    }
    environment.write("c/new.txt", story("bridge of today").as_bytes());
    std::fs::rename(environment.path().join("c/20.txt"), environment.path().join("c/moved.txt")).unwrap();
    let run = environment.run(&["index", "c"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.out.contains("indexed 1, updated 0, moved 1, removed 0, unchanged 9"), "{}", run.out);
    assert!(
        run.err.contains("20 of 30 indexed files are gone") && run.err.contains("--max-delete"),
        "{}",
        run.err
    );
    assert_eq!(environment.ok(&["count"]).trim(), "31");
    let kept = summary(&environment, &["index", "c", "--no-purge"]);
    assert!(kept.contains("removed 0"), "{kept}");
    let removed = summary(&environment, &["index", "c", "--max-delete", "100%"]);
    assert!(removed.contains("removed 20"), "{removed}");
    assert_eq!(environment.ok(&["count"]).trim(), "11");
}

#[test]
fn why_says_what_is_in_the_way() {
    let environment = Environment::with(&[
        ("c/a.txt", &story("the bridge")),
        ("c/drafts/d.txt", &story("the draft")),
        ("c/.newsidxignore", "drafts/\n"),
        ("c/empty.txt", ""),
    ]);
    environment.ok(&["index", "c"]);
    assert!(environment.ok(&["why", "c/a.txt"]).contains("indexed, 1 article: n:"));
    for (path, reason) in
        [("c/drafts/d.txt", "ignored by `drafts/`"), ("c/empty.txt", "empty"), ("c/no.txt", "not indexed")]
    {
        let run = environment.run(&["why", path]);
        assert_eq!(run.code, 1, "{run:?}");
        assert!(run.out.contains(reason), "{run:?}");
    }
    environment.write("c/a.txt", story("another bridge").as_bytes());
    assert!(environment.run(&["why", "c/a.txt"]).out.contains("changed since"));
}

#[test]
fn the_index_moves_with_its_folder_and_is_the_users_alone() {
    let environment = Environment::with(&[("here/c/a.txt", &story("the bridge"))]);
    let here = environment.path().join("here");
    let run = |folder: &std::path::Path, args: &[&str]| {
        let output = environment.command().current_dir(folder).args(args).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    assert_eq!(run(&here, &["index", "c"]).0, Some(0));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(here.join(".newsidx")).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{mode:o}");
    }
    let there = environment.path().join("there");
    std::fs::rename(&here, &there).unwrap();
    let (code, out) = run(&there.join("c"), &["index", "."]);
    assert_eq!((code, out.contains("unchanged 1")), (Some(0), true), "{out}");
    assert_eq!(run(&there.join("c"), &["search", "bridge", "--format", "files"]).1, "c/a.txt\n");
}

#[test]
fn many_runs_leave_few_segments_and_no_file_that_none_needs() {
    let environment = Environment::new();
    for run in 0..14 {
        environment.write(&format!("c/{run}.txt"), story(&format!("pier {run}")).as_bytes());
        environment.ok(&["index", "c"]);
    }
    let segments = environment.path().join(".newsidx/segments");
    let meta: serde_json::Value =
        serde_json::from_slice(&std::fs::read(segments.join("meta.json")).unwrap()).unwrap();
    let listed = meta["segments"].as_array().unwrap().len();
    let is_store = |path: &std::path::Path| path.extension().is_some_and(|end| end == "store");
    let stores =
        std::fs::read_dir(&segments).unwrap().filter(|file| is_store(&file.as_ref().unwrap().path()));
    assert!(listed <= 12, "{listed}");
    assert_eq!(stores.count(), listed);
    assert_eq!(environment.ok(&["count", "pier"]).trim(), "14");
}
