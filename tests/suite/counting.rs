//! `newsidx facets` and `newsidx timeline`, against a scan of the sample corpus without any index.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde_json::Value;

use super::environment::{Environment, lines, sample};

/// Every article of the corpus as `extract` gives it.
pub fn scanned() -> &'static [Value] {
    static SCANNED: LazyLock<Vec<Value>> = LazyLock::new(|| {
        let articles = lines(&sample().ok(&["extract", "--format", "jsonl", "sample-corpus"]));
        assert!(articles.len() > 60);
        articles
    });
    &SCANNED
}

/// The values of a field of an article, each once.
fn values(article: &Value, field: &str) -> BTreeSet<String> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let named = |list: &str, kind: &str| -> BTreeSet<String> {
        let entities = article[list].as_array().unwrap().iter();
        entities.filter(|entity| entity["kind"] == kind).filter_map(|entity| text(&entity["id"])).collect()
    };
    match field {
        "publisher" | "host" | "credit" => text(&article[field]["id"]).into_iter().collect(),
        "language" => text(&article["language"]).map(|code| code.to_lowercase()).into_iter().collect(),
        "country" => article["countries"].as_array().unwrap().iter().filter_map(text).collect(),
        "topic" => {
            article["topics"].as_array().unwrap().iter().filter_map(text).map(|t| t.to_lowercase()).collect()
        }
        "byline" => article["byline"].as_array().unwrap().iter().filter_map(text).collect(),
        "source" => {
            article["citations"].as_array().unwrap().iter().filter_map(|c| text(&c["source"]["id"])).collect()
        }
        "evidence" => {
            article["citations"].as_array().unwrap().iter().filter_map(|c| text(&c["evidence"])).collect()
        }
        "speaker" => {
            article["quotes"].as_array().unwrap().iter().filter_map(|q| text(&q["speaker"]["id"])).collect()
        }
        "section" => {
            article["sections"].as_array().unwrap().iter().filter_map(|s| text(&s["heading"])).collect()
        }
        "month" => text(&article["published"]).map(|iso| iso[..7].to_owned()).into_iter().collect(),
        kind => named("entities", kind),
    }
}

fn counted(field: &str) -> (BTreeMap<String, u64>, u64) {
    let mut counts = BTreeMap::new();
    let mut without = 0;
    for article in scanned() {
        let values = values(article, field);
        without += u64::from(values.is_empty());
        for value in values {
            *counts.entry(value).or_default() += 1;
        }
    }
    (counts, without)
}

fn facet(args: &[&str]) -> Value {
    let args: Vec<&str> = [&["facets", "--format", "jsonl"], args].concat();
    lines(&sample().ok(&args)).remove(0)
}

fn pairs(facet: &Value) -> BTreeMap<String, u64> {
    let values = facet["values"].as_array().unwrap().iter();
    values.map(|v| (v["value"].as_str().unwrap().to_owned(), v["count"].as_u64().unwrap())).collect()
}

#[test]
fn counts_are_those_of_a_scan_of_the_corpus() {
    for field in [
        "publisher",
        "host",
        "credit",
        "language",
        "country",
        "topic",
        "byline",
        "source",
        "evidence",
        "speaker",
        "section",
        "person",
        "organisation",
        "place",
        "month",
    ] {
        let (wanted, without) = counted(field);
        let found = facet(&[field, "--top", "0"]);
        assert_eq!(pairs(&found), wanted, "{field}");
        assert_eq!(found["without"], without, "{field}");
        assert_eq!(found["total"], scanned().len(), "{field}");
        assert_eq!(found["distinct"], wanted.len(), "{field}");
    }
}

#[test]
fn a_facet_and_a_count_agree() {
    for (field, query) in [
        ("language", "lang:uk"),
        ("evidence", "evidence:dateline"),
        ("source", "source:Meduza"),
        ("publisher", "publisher:Semafor"),
        ("country", "country:TW"),
        ("host", "host:\"Yahoo News\""),
    ] {
        let count: u64 = sample().ok(&["count", query]).trim().parse().unwrap();
        let value = query.split_once(':').unwrap().1.trim_matches('"').to_lowercase().replace(' ', "-");
        let found = pairs(&facet(&[field, "--top", "0"]));
        let found = found.iter().find(|(id, _)| id.to_lowercase() == value).map(|(_, count)| *count);
        assert_eq!(found, Some(count), "{query}");
        let narrowed = facet(&[field, "--top", "0", "--", query]);
        assert_eq!(narrowed["total"], count, "{query}");
    }
}

#[test]
fn sections_are_counted_by_what_stands_in_them() {
    let found = facet(&["source", "--unit", "section", "--top", "0"]);
    let count = sample().ok(&["count", "*", "--unit", "section"]);
    assert_eq!(found["total"].to_string(), count.trim());
    let meduza = pairs(&found)["meduza"];
    assert_eq!(meduza.to_string(), sample().ok(&["count", "source:Meduza", "--unit", "section"]).trim());
}

#[test]
fn values_are_chosen_by_a_text_and_what_is_left_out_is_told() {
    let any_spelling = facet(&["place", "--match", "Харьков", "--top", "0"]);
    assert!(pairs(&any_spelling).contains_key("kharkiv"), "{any_spelling}");
    assert!(any_spelling["not_matching"].as_u64() > Some(50));
    let unlisted = facet(&["source", "--match", "officials", "--top", "0"]);
    assert!(pairs(&unlisted).keys().all(|id| id.contains("officials")), "{unlisted}");
    assert!(unlisted["values"].as_array().unwrap().iter().all(|value| value["name"].is_string()));
    let run = sample().run(&["facets", "source", "--top", "3"]);
    assert!(run.err.contains("3 of ") && run.err.contains("without a value"), "{}", run.err);
    assert_eq!(run.out.lines().count(), 4, "{}", run.out);
}

#[test]
fn words_before_the_query_are_fields() {
    let both = lines(&sample().ok(&["facets", "lang", "org,place", "Kharkiv", "offensive", "-f", "jsonl"]));
    let fields: Vec<&str> = both.iter().map(|facet| facet["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["language", "organisation", "place"]);
    assert_eq!(both[0]["total"].to_string(), sample().ok(&["count", "Kharkiv offensive"]).trim());
    let after = facet(&["lang", "--", "place"]);
    assert_eq!(after["total"].to_string(), sample().ok(&["count", "place"]).trim());
}

#[test]
fn what_cannot_be_counted_is_refused() {
    for (args, wanted) in [
        (["facets", "plaec"], "did you mean `place`"),
        (["facets", "headline"], "it holds words"),
        (["facets", "published"], "count by day"),
        (["facets", "id"], "every article has its own"),
        (["timeline", "--split=headline"], "it holds words"),
        (["timeline", "--split=month"], "cannot be split by `month`"),
    ] {
        let run = sample().run(&args);
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.err.contains(wanted), "{run:?}");
    }
    assert_eq!(sample().run(&["facets", "source", "rezbeldur"]).code, 1);
    assert_eq!(sample().run(&["facets", "source", "rezbeldur", "--ok-empty"]).code, 0);
    assert_eq!(sample().run(&["timeline", "rezbeldur"]).code, 1);
}

fn points(args: &[&str]) -> Vec<Value> {
    let args: Vec<&str> = [&["timeline"], args, &["--format", "jsonl"]].concat();
    lines(&sample().ok(&args))
}

#[test]
fn a_timeline_has_every_period_and_every_article() {
    for by in ["day", "week", "month", "year"] {
        let points = points(&["--by", by]);
        let sum: u64 = points.iter().map(|point| point["count"].as_u64().unwrap()).sum();
        assert_eq!(sum as usize, scanned().len(), "{by}");
        let periods: Vec<&str> = points.iter().filter_map(|point| point["period"].as_str()).collect();
        assert!(periods.windows(2).all(|pair| pair[0] < pair[1]), "{periods:?}");
        let zero = points.iter().filter(|point| point["count"] == 0).count();
        assert!(by == "year" || zero > 0, "{by}: filled with zeros");
    }
    let undated = points(&["--by", "year"]).into_iter().find(|point| point["period"].is_null()).unwrap();
    let wanted = scanned().iter().filter(|article| article["published"].is_null()).count();
    assert_eq!(undated["count"], wanted);
}

#[test]
fn periods_are_what_the_query_says() {
    let june = points(&["--by", "day", "grain published:2024-06"]);
    assert_eq!(june.len(), 30);
    assert_eq!(
        (june[0]["period"].as_str(), june[29]["period"].as_str()),
        (Some("2024-06-01"), Some("2024-06-30"))
    );
    let sum: u64 = june.iter().map(|point| point["count"].as_u64().unwrap()).sum();
    assert_eq!(sum.to_string(), sample().ok(&["count", "grain published:2024-06"]).trim());
    for day in june.iter().filter(|day| day["count"] != 0) {
        let query = format!("grain published:{}", day["period"].as_str().unwrap());
        assert_eq!(day["count"].to_string(), sample().ok(&["count", &query]).trim(), "{query}");
    }
    let far = sample().run(&["timeline", "--by", "day", "published:0001..2024"]);
    assert_eq!(far.code, 2, "{far:?}");
    assert!(
        far.err.contains("at most 20000") && far.err.contains("hint: take longer periods"),
        "{}",
        far.err
    );
}

#[test]
fn series_add_up_and_shares_are_of_all_articles() {
    let split = points(&["--by", "year", "--split", "language", "--top", "2"]);
    let whole = points(&["--by", "year"]);
    for year in &whole {
        let of_year = split.iter().filter(|point| point["period"] == year["period"]);
        let sum: u64 = of_year.map(|point| point["count"].as_u64().unwrap()).sum();
        // An article has one language, so that the series are parts of the whole.
        assert_eq!(sum, year["count"].as_u64().unwrap(), "{year}");
    }
    let roles: BTreeSet<&str> = split.iter().map(|point| point["series"].as_str().unwrap()).collect();
    assert!(roles.contains("others") && roles.contains("value"), "{roles:?}");
    for point in points(&["--by", "month", "--ratio", "Kharkiv"]).iter().filter(|p| p["period"].is_string()) {
        let month = point["period"].as_str().unwrap();
        let all = sample().run(&["count", &format!("published:{month}")]).out;
        assert_eq!(point["of"].to_string(), all.trim(), "{month}");
        assert_eq!(point["ratio"].is_null(), point["of"] == 0, "{point}");
    }
}

#[test]
fn coarse_dates_are_owned_up_to() {
    let environment = Environment::new();
    for (name, day) in [("a", "2024-03"), ("b", "2024-03-09"), ("c", "2024")] {
        let text = format!(
            "{{\"title\": \"The harbour {name}\", \"date\": \"{day}\", \"text\": \"The harbour {name} was dredged again \
             this spring, and the boats came back to the quay after three weeks away.\"}}"
        );
        environment.write(&format!("c/{name}.json"), text.as_bytes());
    }
    environment.ok(&["index", "c", "-q"]);
    let run = environment.run(&["timeline", "--by", "day"]);
    let coarse = lines(&environment.ok(&["timeline", "--by", "day", "--format", "json"]).replace('\n', " "));
    let dated = coarse[0]["total"].as_u64().unwrap() - coarse[0]["undated"].as_u64().unwrap();
    assert_eq!(coarse[0]["coarse"].as_u64().unwrap() + 1, dated, "{}", coarse[0]);
    assert!(run.err.contains("dated more coarsely than a day"), "{}", run.err);
}

#[test]
fn charts_fit_the_terminal() {
    for args in [
        &["timeline", "--by", "day"][..],
        &["timeline", "--by", "week", "--ratio", "Kharkiv"],
        &["timeline", "--split", "source", "--top", "9", "--by", "week"],
        &["timeline", "--split", "publisher", "--by", "month", "--ratio"],
        &["facets", "source", "place", "section", "byline", "--top", "20"],
    ] {
        let chart = sample().ok(args);
        for line in chart.lines() {
            let width = unicode_width::UnicodeWidthStr::width(line);
            assert!(width <= 80, "{args:?}: {width} columns: {line}");
        }
    }
    let bars = sample().ok(&["timeline", "--by", "day"]);
    assert!(bars.contains('█') && bars.contains("days with none"), "{bars}");
}

#[test]
fn cells_cannot_become_formulas() {
    let environment = Environment::new();
    environment.write(
        "c/a.json",
        b"{\"title\": \"=HYPERLINK(1)\", \"author\": \"=cmd()\", \"text\": \"Alda Brunner said \\\"we will not pay for the bridge \
          twice\\\" on Tuesday, when the council met again to talk about it.\"}",
    );
    environment.ok(&["index", "c", "-q"]);
    let csv = environment.ok(&["facets", "byline", "--format", "csv"]);
    assert!(!csv.contains(",=cmd") && csv.contains("'=cmd"), "{csv}");
}
