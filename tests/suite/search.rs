//! `newsidx search` and `count`

use super::environment::{Environment, lines, sample, story};

#[test]
fn hits_have_snippets_and_a_total() {
    let run = sample().run(&["search", "Kharkiv offensive", "-n", "3"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.out.starts_with(" 1  "), "{}", run.out);
    assert!(run.err.contains("1 to 3 of ") && run.err.contains("--all"), "{}", run.err);
    assert!(run.out.lines().all(|line| line.chars().count() <= 80), "{}", run.out);
    let total: usize = sample().ok(&["count", "Kharkiv offensive"]).trim().parse().unwrap();
    assert_eq!(
        sample().ok(&["search", "Kharkiv offensive", "--all", "--format", "ids"]).lines().count(),
        total
    );
    let offset =
        sample().ok(&["search", "Kharkiv offensive", "--offset", "1", "-n", "1", "--format", "jsonl"]);
    assert_eq!(lines(&offset)[0]["rank"], 2);
}

#[test]
fn matches_point_at_the_words_in_snippets_and_texts() {
    let out = sample().ok(&["search", "offensive", "--all", "--format", "jsonl"]);
    let mut seen = 0;
    for hit in lines(&out) {
        for snippet in hit["snippets"].as_array().unwrap() {
            let text: Vec<char> = snippet["text"].as_str().unwrap().chars().collect();
            for range in snippet["match"].as_array().unwrap() {
                let (start, end) = (range[0].as_u64().unwrap() as usize, range[1].as_u64().unwrap() as usize);
                let word: String = text[start..end].iter().collect();
                assert!(word.to_lowercase().starts_with("offens"), "{word}");
                seen += 1;
            }
        }
    }
    assert!(seen > 10);
}

#[test]
fn every_format_is_what_it_says() {
    let query = ["search", "grain", "-n", "2", "--format"];
    let with = |format: &str, more: &[&str]| sample().ok(&[&query[..], &[format], more].concat());
    let json: serde_json::Value = serde_json::from_str(&with("json", &[])).unwrap();
    assert_eq!(json["hits"].as_array().unwrap().len(), 2);
    assert_eq!(json["shown"], 2);
    let picked = lines(&with("jsonl", &["--fields", "id,publisher.name"]));
    assert_eq!(picked[0].as_object().unwrap().keys().collect::<Vec<_>>(), ["id", "publisher.name"]);
    let csv = with("csv", &["--fields", "rank,id,headline"]);
    assert!(csv.starts_with("rank,id,headline\r\n1,n:"), "{csv}");
    assert!(with("tsv", &["--fields", "rank,id"]).starts_with("rank\tid\n1\tn:"));
    assert!(with("md", &[]).starts_with("1. "));
    assert_eq!(with("ids", &["-0"]).matches('\0').count(), 2);
    assert!(with("files", &[]).lines().all(|line| line.starts_with("sample-corpus/")));
    let template = sample().ok(&["search", "grain", "-n", "1", "--template", r"{rank}\t{id}"]);
    assert!(template.starts_with("1\tn:") && template.ends_with('\n'), "{template}");
}

#[test]
fn dates_order_and_filter() {
    let dated = |args: &[&str]| {
        let out = sample()
            .ok(&[&["search", "Ukraine", "has:published", "--all", "--format", "jsonl"], args].concat());
        let day =
            |hit: &serde_json::Value| hit["published"].as_str().unwrap().chars().take(10).collect::<String>();
        lines(&out).iter().map(day).collect::<Vec<_>>()
    };
    let newest = dated(&["--sort", "date"]);
    assert!(newest.len() > 3 && newest.is_sorted_by(|a, b| a >= b), "{newest:?}");
    let oldest = dated(&["--sort", "-date"]);
    assert!(oldest.is_sorted(), "{oldest:?}");
    let may = dated(&["--since", "2024-05-10", "--until", "2024-05-31"]);
    assert!(may.iter().all(|day| ("2024-05-10"..="2024-05-31").contains(&day.as_str())), "{may:?}");
}

#[test]
fn exit_codes_tell_hits_from_none() {
    assert_eq!(sample().run(&["search", "-q", "grain"]).code, 0);
    assert_eq!(sample().run(&["search", "-q", "xyzzyx"]).code, 1);
    assert_eq!(sample().run(&["search", "--ok-empty", "xyzzyx"]).code, 0);
    assert_eq!(sample().run(&["count", "xyzzyx"]).code, 1);
    let quiet = sample().run(&["search", "-q", "grain"]);
    assert!(quiet.out.is_empty() && quiet.err.is_empty(), "{quiet:?}");
}

#[test]
fn a_batch_goes_on_after_a_bad_query() {
    let input = b"q1\tgrain\nq2\t(grain\n\nflood warning\n";
    let run = sample().run_with(&["search", "--batch", "-", "--format", "jsonl", "-n", "1"], input);
    assert_eq!(run.code, 2, "{run:?}");
    let records = lines(&run.out);
    let named: Vec<_> = records
        .iter()
        .map(|record| (record["qid"].as_str().unwrap(), record["schema"].as_str().unwrap()))
        .collect();
    assert_eq!(named, [("q1", "newsidx.hit/1"), ("q2", "newsidx.error/1"), ("4", "newsidx.hit/1")]);
    // What only the engine can refuse does not stop it either.
    let refused = b"a\t/(unclosed/\nb\tgrain\n";
    let run = sample().run_with(&["search", "--batch", "-", "--format", "jsonl", "-n", "1"], refused);
    assert_eq!((lines(&run.out).len(), run.code), (2, 2), "{run:?}");
    let run = sample().run_with(&["count", "--batch", "-"], refused);
    assert!(
        run.out.starts_with("b\t") && run.err.contains("query a: cannot parse query: bad pattern"),
        "{run:?}"
    );
    let single = sample().ok(&["search", "grain", "--format", "jsonl", "-n", "1"]);
    assert_eq!(lines(&single)[0]["id"], records[0]["id"], "a batch answers as a single query does");
    let counts = sample().run_with(&["count", "--batch", "-"], b"a\tgrain\nb\txyzzyx\n");
    assert!(counts.out.starts_with("a\t") && counts.out.ends_with("b\t0\n"), "{counts:?}");
}

#[test]
fn a_table_of_queries_is_a_batch() {
    let environment = Environment::with(&[
        ("c/a.txt", &story("the bridge")),
        ("asked.CSV", "Name,Query,remark\nspans,\"bridge, \"\"about the bridge\"\"\",x\n,xyzzyx\nnone,,\n"),
        ("wrong.csv", "name,question\na,b\n"),
    ]);
    environment.ok(&["index", "c", "-q"]);
    assert_eq!(environment.ok(&["count", "--batch", "asked.CSV"]), "spans\t1\n2\t0\n");
    let wrong = environment.run(&["search", "--batch", "wrong.csv"]);
    assert!(wrong.code == 2 && wrong.err.contains("no column `query`"), "{wrong:?}");
}

#[test]
fn a_snippet_tells_its_line() {
    let heron = "A heron stood for an hour of the afternoon on the mast of the ferry that lies beside the quay, and \
                 the keeper fed it with what was left of his lunch.";
    let text = format!("{}\n\n\n  {heron}\n", story("the bridge").trim());
    let environment = Environment::with(&[("c/a.txt", &text)]);
    environment.ok(&["index", "c", "-q"]);
    let line = |found: &str| text.lines().position(|line| line.contains(found)).unwrap() as u64 + 1;
    for found in ["engineers", "heron"] {
        let hits = lines(&environment.ok(&["search", found, "--format", "jsonl"]));
        assert_eq!(hits[0]["snippets"][0]["line"], line(found), "{found}: {hits:?}");
    }
    let places = lines(&environment.ok(&["kwic", "keeper", "--format", "jsonl"]));
    assert_eq!(places[0]["line"], line("keeper"), "{places:?}");
}

#[test]
fn hits_become_pages_and_references() {
    let ask = |format: &str| sample().ok(&["search", "Kharkiv", "-n", "3", "--format", format]);
    let page = ask("html");
    assert!(page.starts_with("<!doctype html>") && page.matches("<article").count() == 3, "{page}");
    assert!(page.contains("<mark>Kharkiv</mark>") && !page.contains("<script"), "{page}");
    assert_eq!(ask("bibtex").lines().filter(|line| line.starts_with('@')).count(), 3);
    assert_eq!(ask("ris").matches("TY  - NEWS\r\n").count(), 3);
    let items: serde_json::Value = serde_json::from_str(&ask("csl-json")).unwrap();
    assert_eq!(items.as_array().map(Vec::len), Some(3), "{items}");
    let none = sample().run(&["search", "xyzzyx", "--format", "csl-json"]);
    assert_eq!((none.out.trim(), none.code), ("[\n]", 1));
    let batch = sample()
        .run_with(&["search", "--batch", "-", "--format", "html", "-n", "1"], b"a\tgrain\nb\tflood\n");
    assert_eq!(batch.out.matches("<!doctype").count(), 1);
    assert_eq!(batch.out.matches("<h1>").count(), 2, "{}", batch.out);
}

#[test]
fn sections_answer_for_themselves() {
    let environment = Environment::with(&[(
        "c/a.json",
        r#"{"title": "Two towns", "text": "Two towns\n\nArlenburg waits for the ferry, its mayor said on Monday, and nobody knows when it comes.\n\nBrunfeld has no ferry at all, which nobody there seems to mind very much."}"#,
    )]);
    environment.ok(&["index", "c"]);
    // An undivided article is its own only section.
    assert_eq!(environment.ok(&["count", "--unit", "section", "ferry"]).trim(), "1");
    let articles: u64 = sample().ok(&["count", "sections:>1"]).trim().parse().unwrap();
    let sections: u64 = sample().ok(&["count", "--unit", "section", "sections:>1"]).trim().parse().unwrap();
    assert!(articles > 0 && sections >= 2 * articles, "{articles} {sections}");
}

#[test]
fn control_characters_do_not_reach_the_terminal() {
    let environment = Environment::with(&[]);
    let evil = "\\u001b[31mred\\u001b]0;title\\u0007 \\u009b2J \\u202e";
    let text =
        "The bridge story goes on long enough to count as prose, with two sentences. It ends here, at last.";
    environment.write(
        "c/a.jsonl",
        format!("{{\"title\": \"Bridge {evil}\", \"text\": \"{text} {evil}\"}}\n").as_bytes(),
    );
    environment.ok(&["index", "c"]);
    for format in ["text", "json", "jsonl", "csv", "tsv", "md"] {
        let out = environment.ok(&["search", "bridge", "--format", format]);
        let bad: Vec<char> = out
            .chars()
            .filter(|c| (c.is_control() && !matches!(c, '\n' | '\r' | '\t')) || *c == '\u{202e}')
            .collect();
        assert!(bad.is_empty(), "{format}: {bad:?}");
    }
    let out = environment.ok(&["show", "c/a.jsonl#1"]);
    assert!(!out.contains('\u{1b}'), "{out}");
}

#[test]
fn a_closed_pipe_ends_quietly() {
    use std::process::{Command, Stdio};
    let mut child = Command::new(assert_cmd::cargo::cargo_bin("newsidx"))
        .args(["search", "*", "--all", "--format", "json"])
        .current_dir(sample().path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]), "{output:?}");
}

#[test]
fn names_are_found_in_any_spelling_unless_told_otherwise() {
    let environment = Environment::with(&[
        ("c/a.txt", &story("trains to Kharkiv")),
        ("c/b.txt", &story("trains to Kharkov")),
    ]);
    environment.ok(&["index", "c"]);
    let count = |args: &[&str]| environment.ok(&[&["count"], args].concat()).trim().to_owned();
    assert_eq!(count(&["Kharkov"]), "2");
    assert_eq!(count(&["Kharkov", "--variants", "off"]), "1");
    assert_eq!(count(&["place:Kharkov"]), "2");
    assert_eq!(count(&["exact:\"to Kharkov\""]), "1");
    let run = environment.run(&["search", "Kharkov"]);
    assert!(run.err.contains("Kharkov → Kharkiv in any spelling"), "{}", run.err);
}

#[test]
fn the_full_ranking_reorders_what_bm25_finds() {
    // The first names the wanted thing once, but in its headline and first words; the others only
    // in passing, in long texts.
    let passing = |n: usize| {
        let before = format!("Item {n} of the agenda was the road past the old mill at the east end. ");
        let after = "Members then heard a long report on the parish accounts and the new hall. ";
        let mention = "One member spoke of the weir, and another one of repairs to a roof. ";
        format!("Council minutes {n}\n\n{}{mention}{}\n", before.repeat(12), after.repeat(12))
    };
    let files: Vec<(String, String)> = std::iter::once((
        "lead.txt".to_owned(),
        format!(
            "Weir repairs begin\n\nWeir repairs began on Monday.\n{}\n",
            "The river was calm. ".repeat(90)
        ),
    ))
    .chain((0..9).map(|n| (format!("passing-{n}.txt"), passing(n))))
    .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let environment = Environment::with(&files);
    assert_eq!(environment.run(&["index", "."]).code, 0);
    let hits = |args: &[&str]| {
        let run =
            environment.run(&[&["search", "--format", "jsonl", "--any", "weir repairs"], args].concat());
        lines(&run.out)
    };
    for method in ["full", "bm25"] {
        let all = hits(&["--rank", method, "--all"]);
        assert_eq!(all.len(), 10, "{method}");
        assert!(all[0]["path"].as_str().unwrap().ends_with("lead.txt"), "{method}");
        let scores: Vec<f64> = all.iter().map(|hit| hit["score"].as_f64().unwrap()).collect();
        assert!(scores.windows(2).all(|pair| pair[0] >= pair[1]), "{method}: {scores:?}");
        // A page is a part of the whole list.
        let page = hits(&["--rank", method, "--offset", "4", "--limit", "3"]);
        let ranks: Vec<_> = page.iter().map(|hit| (&hit["rank"], &hit["path"], &hit["score"])).collect();
        let same: Vec<_> = all[4..7].iter().map(|hit| (&hit["rank"], &hit["path"], &hit["score"])).collect();
        assert_eq!(ranks, same, "{method}");
    }
    let full = hits(&["--rank", "full"]);
    let bm25 = hits(&["--rank", "bm25"]);
    assert_ne!(full[0]["score"], bm25[0]["score"]);
}

#[test]
fn recency_prefers_the_later_of_equals() {
    let story = |day: &str| format!("Ferry strike\n\n{day}\n\nThe ferry crews went on strike over pay.\n");
    let environment = Environment::with(&[
        ("a.txt", &story("2 March 2019")),
        ("b.txt", &story("2 March 2024")),
        ("c.txt", &story("2 March 2021")),
    ]);
    assert_eq!(environment.run(&["index", "."]).code, 0);
    let order = |args: &[&str]| -> Vec<String> {
        let run = environment.run(&[&["search", "ferry strike", "--format", "jsonl"], args].concat());
        lines(&run.out).iter().map(|hit| hit["path"].as_str().unwrap().to_owned()).collect()
    };
    let newest_first = |found: &[String]| {
        found.iter().map(|path| path.trim_start_matches("./").to_owned()).collect::<Vec<_>>()
    };
    for rank in ["full", "bm25"] {
        let found = order(&["--recency", "2y", "--rank", rank]);
        assert_eq!(newest_first(&found), ["b.txt", "c.txt", "a.txt"], "{rank}");
    }
    assert_eq!(environment.run(&["search", "ferry", "--recency", "soon"]).code, 2);
}
