//! Whole articles, in our own words, with mentions set by hand.

use super::*;
use crate::article::{Entity, Link, Outlet, Section, SourceKind};
use proptest::prelude::*;

/// An article whose `names` are mentions wherever they stand; `p:`, `o:` or `l:` gives their kind.
fn article(text: &str, names: &[&str]) -> Article {
    let mut article = Article { text: text.into(), language: Some("en".into()), ..Article::default() };
    article.sections = vec![Section { span: Span::new(0, text.len()), ..Section::default() }];
    mention_all(&mut article, TextField::Body, names);
    cite(&mut article, Outlets::builtin());
    article
}

fn mention_all(article: &mut Article, field: TextField, names: &[&str]) {
    let text = article.text_of(field).to_owned();
    for name in names {
        let (kind, name) = name.split_once(':').expect("kind:name");
        let kind = match kind {
            "p" => Kind::Person,
            "o" => Kind::Organisation,
            _ => Kind::Place,
        };
        for (start, _) in text.match_indices(name) {
            let outlet = Outlets::builtin().by_name(name).filter(|_| kind == Kind::Organisation);
            let entity = Entity {
                id: outlet.map_or_else(
                    || source::unlisted(name, SourceKind::Unnamed).id,
                    |outlet| outlet.id.clone(),
                ),
                name: outlet.map_or_else(|| name.to_owned(), |outlet| outlet.name.clone()),
                kind,
                country: None,
                coordinates: None,
            };
            let span = Span::new(start, start + name.len());
            let demonym = name.ends_with("ian") || name.ends_with("ish");
            article.mentions.push(Mention {
                surface: name.into(),
                field,
                span,
                section: None,
                demonym,
                entity,
            });
        }
    }
    article.mentions.sort_by_key(|mention| (mention.field, mention.span));
}

fn sources(article: &Article) -> Vec<&str> {
    article.citations.iter().map(|citation| citation.source.name.as_str()).collect()
}

fn cited(text: &str, names: &[&str]) -> Vec<String> {
    sources(&article(text, names)).into_iter().map(str::to_owned).collect()
}

fn said_by(article: &Article) -> Vec<(&str, Option<&str>)> {
    let speaker = |quote: &Quote| quote.speaker.as_ref().map(|source| source.name.clone());
    article
        .quotes
        .iter()
        .map(|quote| {
            let name = speaker(quote);
            let known = article.citations.iter().map(|citation| citation.source.name.as_str());
            (quote.span.of(&article.text), known.into_iter().find(|known| Some(*known) == name.as_deref()))
        })
        .collect()
}

#[test]
fn outlets_before_and_after_their_verbs() {
    assert_eq!(
        cited("Oslo closed the port, Reuters reported on Friday.", &["o:Reuters", "l:Oslo"]),
        ["Reuters"]
    );
    assert_eq!(
        cited("The port is closed, according to the BBC and NPR.", &["o:BBC", "o:NPR"]),
        ["BBC", "NPR"]
    );
    assert_eq!(
        cited("Bloomberg and Politico said the port would open.", &["o:Bloomberg", "o:Politico"]),
        ["Bloomberg", "Politico"]
    );
    assert_eq!(
        cited("Norwegian broadcaster Fjord One reported snow.", &["l:Norwegian", "o:Fjord One"]),
        ["Fjord One"]
    );
    assert_eq!(cited("State news agency Xinhua said the dam held.", &["o:Xinhua"]), ["Xinhua"]);
    assert_eq!(cited("The leak was first reported by Der Spiegel.", &["o:Der Spiegel"]), ["Der Spiegel"]);
    assert_eq!(cited("Papers seen by Le Monde show a plan.", &["o:Le Monde"]), ["Le Monde"]);
}

#[test]
fn outlets_speak_through_their_people_and_polls() {
    let named = ["o:CNN", "o:BBC", "p:Ann Lee", "o:Politico"];
    assert_eq!(cited("CNN host Ann Lee said the dam held.", &named), ["CNN", "Ann Lee"]);
    assert!(cited("A BBC reporter said the dam held.", &named).contains(&"BBC".to_owned()));
    assert_eq!(cited("Former CNN host Ann Lee said the dam held.", &named), ["Ann Lee"]);
    assert_eq!(cited("CNN praised the dam. Mayor Ann Lee said it held.", &named).last().unwrap(), "Ann Lee");
    let poll = cited("A Politico/Lakeside poll shows that few trust the dam.", &named);
    assert!(poll.contains(&"Politico".to_owned()), "{poll:?}");
}

#[test]
fn a_body_is_the_one_named_in_full_before() {
    let named = ["o:Harbour Ministry", "o:Lund Council"];
    let text = "The Harbour Ministry closed the dam. It leaked, the ministry said. The council said nothing was wet.";
    assert_eq!(cited(text, &named), ["Harbour Ministry", "council"]);
    let named = ["o:Harbour Ministry", "o:Defence Ministry"];
    let text = "The Harbour Ministry and the Defence Ministry met. The ministry said it leaked.";
    assert_eq!(cited(text, &named), ["ministry"]);
    let text = "The ministry said it leaked. The Harbour Ministry closed the dam.";
    assert_eq!(cited(text, &named), ["ministry"]);
}

#[test]
fn who_adds_an_amount_says_nothing() {
    let named = ["p:Ann Lee"];
    assert!(cited("Ann Lee added two goals before the break.", &named).is_empty());
    assert!(cited("Ann Lee added 20 ferries to the fleet.", &named).is_empty());
    assert_eq!(cited("Ann Lee added that two ferries sank.", &named), ["Ann Lee"]);
}

#[test]
fn newspapers_of_the_gazetteer_are_outlets() {
    let mut article = Article {
        text: "The Baytown Sun reported that the dam leaked.".into(),
        language: Some("en".into()),
        ..Article::default()
    };
    crate::names::annotate(&mut article);
    assert_eq!(article.citations.first().map(|citation| citation.source.kind), Some(SourceKind::Outlet));
}

#[test]
fn a_place_that_tells_which_thing_is_meant_says_nothing() {
    let named = ["o:Meduza", "l:Lviv"];
    assert_eq!(
        cited("Guns are short, according to Meduza, and the Lviv garrison waits.", &named),
        ["Meduza"]
    );
}

#[test]
fn a_capital_makes_the_noun_part_of_an_outlets_name() {
    assert_eq!(
        cited("Ann Lee told Channel Seven that it rained.", &["p:Ann Lee"]),
        ["Ann Lee", "Channel Seven"]
    );
    assert!(
        cited("Ann Lee told broadcaster Fjord that it rained.", &["p:Ann Lee"]).contains(&"Fjord".to_owned())
    );
}

#[test]
fn common_names_of_outlets_next_to_a_cue() {
    assert_eq!(cited("The Times reported a strike.", &[]).len(), 1);
    assert!(cited("Time will tell if it holds.", &[]).is_empty());
    assert!(cited("He reads the Times at breakfast.", &[]).is_empty());
}

#[test]
fn an_outlet_in_the_news_is_no_citation() {
    assert!(cited("Shares of Reuters, owner of a data arm, fell.", &["o:Reuters"]).is_empty());
    assert!(cited("She joined the BBC in May and sued the BBC in June.", &["o:BBC"]).is_empty());
    let found = cited("Ann Lee, owner of Le Monde, said costs rose.", &["p:Ann Lee", "o:Le Monde"]);
    assert_eq!(found, ["Ann Lee"]);
    assert!(cited("The minister did not say why.", &[]).is_empty());
}

#[test]
fn persons_institutions_and_unnamed_sources() {
    let text = "Ann Lee, a baker who had fled, said it was dark. The finance ministry denied that. \
                Two people familiar with the talks said a deal was near. A NATO spokesman confirmed it.";
    let found = article(text, &["p:Ann Lee", "o:NATO"]);
    let got: Vec<(&str, SourceKind, Option<Force>)> =
        found.citations.iter().map(|c| (c.source.name.as_str(), c.source.kind, c.force)).collect();
    assert_eq!(
        got,
        [
            ("Ann Lee", SourceKind::Person, Some(Force::Said)),
            ("finance ministry", SourceKind::Institution, Some(Force::Denied)),
            ("Two people familiar with the talks", SourceKind::Unnamed, Some(Force::Said)),
            ("NATO", SourceKind::Institution, Some(Force::Confirmed)),
        ]
    );
    assert_eq!(found.citations[1].cue.as_deref(), Some("denied"));
    assert_eq!(found.citations[3].span.of(text), "A NATO spokesman");
}

#[test]
fn carriers_of_what_others_say() {
    let text =
        "“We leave,” Ann Lee told the BBC. In an interview with Polish state media, Bo Hill praised “calm”.";
    let found = article(text, &["p:Ann Lee", "o:BBC", "p:Bo Hill", "l:Polish"]);
    assert_eq!(sources(&found), ["Ann Lee", "BBC", "Polish state media", "Bo Hill"]);
    assert_eq!(found.citations[2].source.kind, SourceKind::Institution);
    assert_eq!(said_by(&found), [("We leave,", Some("Ann Lee")), ("calm", Some("Bo Hill"))]);
    assert_eq!(found.quotes[0].carrier.as_ref().map(|source| source.id.as_str()), Some("bbc"));
    let listed = cited(
        "In an interview with Polish state media, Bo Hill praised calm.",
        &["o:Polish state media", "p:Bo Hill"],
    );
    assert_eq!(listed, ["Polish state media", "Bo Hill"]);
    assert!(cited("He told reporters it was late.", &[]).is_empty());
}

#[test]
fn surnames_that_are_no_mentions() {
    let found = article("Ann Post left. “Late,” Post said. Post, who is 40, denied it.", &["p:Ann Post"]);
    assert_eq!(sources(&found), ["Ann Post", "Ann Post"]);
}

#[test]
fn persons_behind_their_titles() {
    let found = article(
        "“Late,” said the harbour master, Ann Lee. “No,” said Bo Hill, a baker.",
        &["p:Ann Lee", "p:Bo Hill"],
    );
    assert_eq!(said_by(&found), [("Late,", Some("Ann Lee")), ("No,", Some("Bo Hill"))]);
}

#[test]
fn what_the_citation_covers() {
    let text = "Reuters reported on Monday that the dam broke. The dam held, the BBC said.";
    let found = article(text, &["o:Reuters", "o:BBC"]);
    let covers: Vec<&str> =
        found.citations.iter().map(|c| c.covers.map_or("", |span| span.of(text))).collect();
    assert_eq!(covers, ["the dam broke.", "The dam held"]);
    assert_eq!(found.citations[1].sentence.map(|span| span.of(text)), Some("The dam held, the BBC said."));
}

#[test]
fn verification_and_its_failure() {
    let found = article("Reuters could not independently verify the film.", &["o:Reuters"]);
    assert_eq!(found.citations[0].force, Some(Force::Unverified));
}

#[test]
fn sections_with_sources_lines() {
    let first = "Lead in.\n";
    let second = "Sources:  Le Monde, NPR\nThe dam broke, NPR reported.\n";
    let text = format!("{first}{second}");
    let mut page = Article { text, language: Some("en".into()), ..Article::default() };
    page.dek = Some("Insights from Le Monde, Tracking People’s Daily, and NPR".into());
    page.sections = vec![
        Section { span: Span::new(0, first.len()), ..Section::default() },
        Section { span: Span::new(first.len(), page.text.len()), ..Section::default() },
    ];
    mention_all(&mut page, TextField::Body, &["o:NPR"]);
    cite(&mut page, Outlets::builtin());
    let of = |evidence: Evidence| -> Vec<(&str, Option<usize>)> {
        page.citations
            .iter()
            .filter(|citation| citation.evidence == evidence)
            .map(|citation| (citation.source.name.as_str(), citation.section))
            .collect()
    };
    assert_eq!(
        of(Evidence::Dek),
        [("Le Monde", None), ("Tracking People’s Daily", None), ("NPR", None)].map(|(name, section)| (
            Outlets::builtin().by_name(name).expect("listed").name.as_str(),
            section
        ))
    );
    assert_eq!(of(Evidence::SourcesLine), [("Le Monde", Some(1)), ("NPR", Some(1))]);
    assert_eq!(of(Evidence::Attribution), [("NPR", Some(1))]);
}

#[test]
fn the_publisher_itself_is_no_source() {
    let text = "Ann Lee told Le Monde that it rained, NPR reported.";
    let mut page = article(text, &["p:Ann Lee", "o:Le Monde", "o:NPR"]);
    page.publisher = Some(Outlet { id: "le-monde".into(), name: "Le Monde".into(), domain: None });
    cite(&mut page, Outlets::builtin());
    assert_eq!(sources(&page), ["Ann Lee", "NPR"]);
}

#[test]
fn links_to_other_outlets() {
    let mut page = article("Read the report here and there.", &[]);
    page.url = Some("https://www.npr.org/1".into());
    page.links = vec![
        Link { span: Span::new(5, 15), url: "https://www.ft.com/a".into() },
        Link { span: Span::new(16, 20), url: "https://npr.org/b".into() },
        Link { span: Span::new(16, 900), url: "https://www.ft.com/a".into() },
    ];
    cite(&mut page, Outlets::builtin());
    let found: Vec<_> = page.citations.iter().map(|c| (c.evidence, c.source.id.as_str(), c.span)).collect();
    assert_eq!(found, [(Evidence::Link, "financial-times", Span::new(5, 15))]);
}

#[test]
fn quotes_find_their_speakers() {
    let text = "“It is late,” Bo Hill said. “We go now.”\n\
                An adviser to the palace called the plan “odd” and “late.”\n\
                Bo Hill was asked again. “Why?” he asked.\n\
                “One more thing.\n“And another,” said Ann Lee.";
    let found = article(text, &["p:Bo Hill", "p:Ann Lee"]);
    let adviser = Some("An adviser to the palace");
    assert_eq!(
        said_by(&found),
        [
            ("It is late,", Some("Bo Hill")),
            ("We go now.", Some("Bo Hill")),
            ("odd", adviser),
            ("late.", adviser),
            ("Why?", Some("Bo Hill")),
            ("One more thing.", None),
            ("And another,", Some("Ann Lee")),
        ]
    );
}

#[test]
fn pronouns_stand_for_nobody_where_two_are_near() {
    let found = article("Ann Lee met Bo Hill. “Fine,” he said.", &["p:Ann Lee", "p:Bo Hill"]);
    assert_eq!(said_by(&found), [("Fine,", None)]);
}

#[test]
fn other_languages() {
    let in_language = |language: &str, text: &str, names: &[&str]| {
        let mut page = article(text, names);
        page.language = Some(language.into());
        cite(&mut page, Outlets::builtin());
        sources(&page).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(in_language("de", "Laut Reuters fiel der Damm.", &["o:Reuters"]), ["Reuters"]);
    assert_eq!(in_language("de", "Gestern sagte Bo Hill, es regne.", &["p:Bo Hill"]), ["Bo Hill"]);
    assert_eq!(in_language("fr", "Il pleut, selon Le Monde.", &["o:Le Monde"]), ["Le Monde"]);
    assert_eq!(in_language("es", "Según Reuters, llueve.", &["o:Reuters"]), ["Reuters"]);
    assert_eq!(in_language("ru", "Об этом сообщает Reuters.", &["o:Reuters"]), ["Reuters"]);
    assert_eq!(in_language("uk", "Про це пише Reuters.", &["o:Reuters"]), ["Reuters"]);
}

#[test]
fn hostile_text_takes_linear_time() {
    for unit in [
        "said ",
        "said, ",
        "\"said\" ",
        "according to ",
        "(said ",
        "who said ",
        "officials ",
        "A said, ",
        "(Reuters) - ",
    ] {
        article(&unit.repeat(40_000), &[]);
        article(&format!("{unit}\n").repeat(20_000), &[]);
    }
}

proptest! {
    #[test]
    fn spans_lie_on_boundaries(
        parts in prop::collection::vec(
            prop::sample::select(vec![
                "said", "according to", "the", "Reuters", "Ann Lee", "“", "”", "\"", "'", "’s", ",", ". ", " ", "\n",
                "official", "told", "é", "漢字", "Источники", "сообщают", "(", ")", "—", "Sources:", "who", "and", "he", ":",
            ]),
            0..60,
        ),
    ) {
        let text = parts.concat();
        let page = article(&text, &["o:Reuters", "p:Ann Lee"]);
        for citation in &page.citations {
            prop_assert!(!citation.span.of(&text).is_empty());
            for span in [citation.sentence, citation.covers].into_iter().flatten() {
                prop_assert!(!span.of(&text).is_empty());
            }
        }
        for quote in &page.quotes {
            prop_assert!(!quote.span.of(&text).is_empty());
        }
        let mut again = page.clone();
        cite(&mut again, Outlets::builtin());
        prop_assert_eq!(again, page);
    }
}
