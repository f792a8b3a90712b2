//! `newsidx show`, `fields`, `status`, `schema`, `completions`, `man`

use super::environment::{lines, sample};

#[test]
fn an_article_is_shown_by_id_beginning_of_id_and_path() {
    let id = sample().ok(&["search", "Kharkiv offensive", "-n", "1", "--format", "ids"]);
    let id = id.trim();
    let whole = sample().ok(&["show", id]);
    assert!(whole.contains(id) && whole.lines().count() > 5, "{whole}");
    assert_eq!(sample().ok(&["show", &id[..id.len() - 3]]), whole);
    let path = sample().ok(&["search", &format!("id:{id}"), "--template", "{path}#{record}"]);
    let path = path.trim().trim_end_matches('#');
    assert_eq!(sample().ok(&["show", path]), whole);
    let record = sample().ok(&["show", id, "--format", "jsonl"]);
    assert_eq!(lines(&record)[0]["article_id"], id);
    let missing = sample().run(&["show", "n:ffffffffffff"]);
    assert_eq!((missing.code, missing.err.contains("no article")), (1, true), "{missing:?}");
    assert_eq!(sample().run(&["show", id, "--section", "99"]).code, 2);
}

#[test]
fn colour_marks_what_was_searched() {
    let id = sample().ok(&["search", "Kharkiv offensive", "-n", "1", "--format", "ids"]);
    let plain = sample().ok(&["show", id.trim()]);
    assert!(!plain.contains('\u{1b}'));
    let marked = sample().ok(&["show", id.trim(), "--highlight", "offensive", "--color", "always"]);
    assert!(marked.contains("\u{1b}[1m\u{1b}[31m"), "{marked}");
    let cited = sample().ok(&["search", "source:Meduza place:Kharkiv", "-n", "1", "--format", "ids"]);
    let shown = sample().ok(&["show", cited.trim(), "--color", "always"]);
    assert!(shown.contains("\u{1b}[4m\u{1b}[32mMeduza\u{1b}[0m wrote"), "citations are marked: {shown}");
    assert!(shown.contains("\u{1b}[4mKharkiv\u{1b}[0m"), "names are underlined: {shown}");
}

#[test]
fn the_index_describes_itself() {
    let fields = sample().ok(&["fields", "--format", "jsonl"]);
    let headline = lines(&fields).into_iter().find(|field| field["name"] == "headline").unwrap();
    assert_eq!(headline["of"], lines(&sample().ok(&["status", "--json"]))[0]["articles"]);
    assert!(headline["articles"].as_u64() > Some(50), "{headline}");
    assert!(sample().ok(&["fields"]).contains("source:Meduza"));
    let holdings = &lines(&sample().ok(&["status", "--json"]))[0];
    assert_eq!(holdings["articles"].to_string(), sample().ok(&["count"]).trim());
}

#[test]
fn scripts_and_pages_are_made_for_every_command() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(sample().ok(&["completions", shell]).contains("newsidx"), "{shell}");
    }
    assert!(sample().ok(&["man"]).contains(".TH"));
    assert!(sample().ok(&["man", "search"]).contains("newsidx\\-search"));
    let help = sample().ok(&["--help"]);
    assert!(help.contains("Exit codes: 0 hits"), "{help}");
    assert_eq!(sample().run(&["frobnicate"]).code, 2);
}
