use super::*;
use crate::article::{Entity, Kind, Mention, Section};
use crate::query::{NoNames, ParseOptions, PlanOptions, parse, plan};

fn test_of(query: &str) -> PassageTest {
    let now = "2024-05-16T12:00:00+00:00[UTC]".parse().unwrap();
    let query = parse(query, &ParseOptions::new(now)).unwrap();
    PassageTest::new(&plan(&query, &NoNames, PlanOptions::default()).root).unwrap()
}

fn holds(query: &str, article: &Article) -> bool {
    test_of(query).holds(article, Extent::Article, &mut Stem::default())
}

fn article() -> Article {
    let text = "First part\nThe ferry left the old harbour at noon. Its captain waved to the crowd.\n\
                Nobody on the quay knew when the ferries would return, said the harbour master.\n\
                Second part\nA ferry, a Ferry and one more ferry: \u{201c}Never again,\u{201d} he said.";
    let second = text.find("Second").unwrap();
    let at = text.find("captain").unwrap();
    let entity = Entity {
        id: "~cap".into(),
        name: "Cap".into(),
        kind: Kind::Person,
        country: None,
        coordinates: None,
    };
    Article {
        headline: Some("Ferry sails; harbour empty".into()),
        dek: Some("Islanders wait".into()),
        text: text.into(),
        sections: vec![
            Section { heading: Some("First part".into()), span: Span::new(0, second), ..Section::default() },
            Section {
                heading: Some("Second part".into()),
                span: Span::new(second, text.len()),
                ..Section::default()
            },
        ],
        mentions: vec![Mention {
            surface: "captain".into(),
            field: TextField::Body,
            span: Span::new(at, at + 7),
            section: Some(0),
            demonym: false,
            entity,
        }],
        ..Article::default()
    }
}

#[test]
fn distance_and_order() {
    let article = article();
    for (query, wanted) in [
        ("captain NEAR/1 waved", true),
        ("waved NEAR/1 captain", true),
        ("waved PRE/1 captain", false),
        ("captain w/1 waved", true),
        ("captain NEAR/3 crowd", false),
        ("captain NEAR/4 crowd", true),
        // Across a paragraph, but not from the headline into the body.
        ("crowd NEAR/1 nobody", true),
        ("empty NEAR/5 islanders", false),
        ("\"old harbour\" NEAR/2 noon", true),
        ("(quay OR pier) NEAR/1 knew", true),
        ("capt* NEAR/1 wav?d", true),
        ("captian~1 NEAR/1 /wa.ed/", true),
        ("ferry NEAR/50 ferry", true),
        ("captain NEAR/50 captain", false),
        ("(left harbour) NEAR/2 noon", false),
        ("(left harbour) NEAR/3 noon", true),
        ("person:cap NEAR/1 waved", true),
        ("captain NEAR/1 waved NEAR/3 crowd", true),
        ("captain NEAR/1 waved NEAR/2 crowd", false),
    ] {
        assert_eq!(holds(query, &article), wanted, "{query}");
    }
}

#[test]
fn stretches() {
    let article = article();
    for (query, wanted) in [
        ("SENTENCE(ferry noon)", true),
        ("SENTENCE(ferry captain)", false),
        ("SENTENCE(ferry -noon -sails -never)", true),
        ("PARA(ferry captain)", true),
        ("PARA(captain quay)", false),
        ("SECTION(captain quay)", true),
        ("SECTION(captain never)", false),
        ("SECTION(person:cap quay)", true),
        ("SECTION(SENTENCE(captain crowd) quay)", true),
        ("SECTION(SENTENCE(captain crowd) never)", false),
        ("hlead:(sails islanders noon)", true),
        ("hlead:never", false),
        ("lead:sails", false),
        ("heading:second", true),
        ("heading:ferry", false),
        ("dek:islanders", true),
        ("body:islanders", false),
        ("first3:ferry", false),
        ("first4:ferry", true),
        ("headline:(ferry NEAR/3 empty)", true),
        ("headline:(ferry NEAR/3 noon)", false),
    ] {
        assert_eq!(holds(query, &article), wanted, "{query}");
    }
}

#[test]
fn times_and_letters() {
    let article = article();
    for (query, wanted) in [
        ("atleast6:ferry", true),
        ("atleast7:ferry", false),
        ("atleast2:\"the harbour\"", false),
        ("atleast3:harbour", true),
        ("atleast2:(captain OR quay)", true),
        ("caps:Ferry", true),
        ("caps:FERRY", false),
        ("exact:\"FERRY, a ferry\"", true),
        ("exact:ferri", false),
        ("exact:\"'Never again,' he\"", false),
        ("exact:\"\\u{201c}never again\"", false),
        ("SENTENCE(caps:Ferry never)", true),
        ("\"harbour left\"~3", false),
        ("\"harbour left\"~4", true),
        ("\"ferry left harb\"*", false),
        ("\"old harb\"*", true),
    ] {
        assert_eq!(holds(query, &article), wanted, "{query}");
    }
}

#[test]
fn sightings_are_the_words_that_count() {
    let article = article();
    let seen = |query: &str| {
        let test = test_of(query);
        let sightings = test.sightings(&article, Extent::Article, &mut Stem::default());
        let text = |s: &Sighting| s.span.of(article.text_of(s.field)).to_owned();
        sightings.iter().map(|s| (text(s), s.part)).collect::<Vec<_>>()
    };
    let of = |words: &[(&str, usize)]| {
        words.iter().map(|(word, part)| ((*word).to_owned(), *part)).collect::<Vec<_>>()
    };
    assert_eq!(seen("ferry NEAR/4 noon"), []);
    assert_eq!(seen("harbour NEAR/2 noon"), of(&[("harbour", 0), ("noon", 1)]));
    assert_eq!(seen("SENTENCE(ferries return -noon)"), of(&[("ferries", 0), ("return", 1)]));
    assert_eq!(seen("\"old harbour\" PRE/9 crowd"), of(&[("old harbour", 0), ("crowd", 1)]));
}

#[test]
fn a_section_is_looked_at_alone() {
    let article = article();
    let holds =
        |query: &str, section| test_of(query).holds(&article, Extent::Section(section), &mut Stem::default());
    assert!(holds("SENTENCE(captain crowd)", 0) && !holds("SENTENCE(captain crowd)", 1));
    assert!(holds("atleast3:ferry", 1) && !holds("atleast3:ferry", 0));
    assert!(holds("headline:\"ferry harbour\"~3", 1), "a section has its article's headline");
}
