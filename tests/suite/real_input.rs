//! A real scraped page of the "signals" form, where it lies beside the project; our own pages of the
//! same form are in `sample-corpus/signals/` and always tested.

use serde_json::Value;

use super::environment::{Environment, lines, root};

/// What must be found, with the kind and the id it is linked to.
const ENTITIES: [(&str, &str, &str); 19] = [
    ("Russia", "place", "russia"),
    ("China", "place", "china"),
    ("Ukraine", "place", "ukraine"),
    ("Kharkiv", "place", "kharkiv"),
    ("Kyiv", "place", "kyiv"),
    ("Beijing", "place", "beijing"),
    ("Moscow", "place", "moscow"),
    ("Belarus", "place", "belarus"),
    ("Iran", "place", "iran"),
    ("North Korea", "place", "north-korea"),
    ("Venezuela", "place", "venezuela"),
    ("United States", "place", "united-states"),
    ("European Union", "organisation", "european-union"),
    ("Volodymyr Zelenskyy", "person", "volodymyr-zelenskyy"),
    ("Vladimir Putin", "person", "vladimir-putin"),
    ("Antony Blinken", "person", "antony-blinken"),
    ("White House", "organisation", "white-house"),
    ("Kremlin", "organisation", "kremlin"),
    ("Congress", "organisation", "us-congress"),
];

fn cites(article: &Value, section: Option<u64>, evidence: &str) -> Vec<String> {
    let citations = article["citations"].as_array().unwrap().iter();
    let of = citations.filter(|c| c["section"].as_u64() == section && c["evidence"] == evidence);
    of.map(|c| c["source"]["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_real_page_is_understood() {
    let folder = root().join("../shared/real-input");
    if !folder.is_dir() {
        return;
    }
    let article =
        &lines(&Environment::new().ok(&["extract", "--format", "jsonl", folder.to_str().unwrap()]))[0];
    assert_eq!(article["headline"], "Russia, China deepen ties as Moscow gains momentum in Ukraine");
    assert_eq!((&article["publisher"]["name"], &article["host"]), (&"Semafor".into(), &Value::Null));
    let headings: Vec<&str> = article["sections"]
        .as_array()
        .unwrap()
        .iter()
        .map(|section| section["heading"].as_str().unwrap())
        .collect();
    assert_eq!(headings.len(), 3);
    assert_eq!(headings[0], "The News");
    let dek = cites(article, None, "dek");
    assert_eq!(dek, ["Defense One", "Tracking People's Daily", "Meduza"]);
    assert_eq!(cites(article, Some(1), "sources-line"), ["The New York Times", "Defense One", "Meduza"]);
    assert_eq!(
        cites(article, Some(2), "sources-line"),
        ["Bloomberg", "Financial Times", "Tracking People's Daily"]
    );
    let prose = cites(article, Some(1), "attribution");
    assert!(
        ["The New York Times", "Meduza"].iter().all(|name| prose.iter().any(|source| source == name)),
        "{prose:?}"
    );
    assert!(cites(article, Some(2), "attribution").contains(&"Financial Times".to_owned()));
    let institution =
        |c: &Value| c["source"]["name"] == "Chinese state media" && c["source"]["kind"] == "institution";
    assert!(article["citations"].as_array().unwrap().iter().any(|c| c["section"] == 2 && institution(c)));
    for (name, kind, id) in ENTITIES {
        let found = article["entities"].as_array().unwrap().iter().find(|entity| entity["id"] == id);
        let found = found.unwrap_or_else(|| panic!("{name} is not linked"));
        assert_eq!(found["kind"], kind, "{name}");
    }
    let text = article["text"].as_str().unwrap();
    for rubbish in [
        "icon",
        "Arrow Down",
        "Oops",
        "went wrong",
        "try again",
        "logo",
        "Supported by",
        "SIGNALS",
        "Global insights",
    ] {
        assert!(!text.contains(rubbish), "{rubbish}");
        let dropped = article["provenance"]["dropped"].as_array().unwrap();
        assert!(
            dropped.iter().any(|line| line["text"].as_str().unwrap().contains(rubbish)),
            "{rubbish} is not listed"
        );
    }
    let speakers: Vec<&str> = article["quotes"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|quote| quote["speaker"]["name"].as_str())
        .collect();
    for speaker in ["Meduza", "an advisor to the Kremlin", "Vladimir Putin"] {
        assert!(speakers.contains(&speaker), "{speaker}: {speakers:?}");
    }
}
