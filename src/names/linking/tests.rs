//! Whole articles in our own words: who and where is meant.

use crate::article::{Article, Kind, Mention, TextField};
use crate::names::gazetteer::{Gazetteer, read_list};
use crate::names::{Annotator, annotate};

fn article(text: &str) -> Article {
    let mut article = Article { text: text.to_owned(), ..Article::default() };
    annotate(&mut article);
    article
}

fn ids(article: &Article, surface: &str) -> Vec<String> {
    article.mentions.iter().filter(|m| m.surface == surface).map(|m| m.entity.id.clone()).collect()
}

fn mention<'a>(article: &'a Article, surface: &str) -> &'a Mention {
    article
        .mentions
        .iter()
        .find(|m| m.surface == surface)
        .unwrap_or_else(|| panic!("no {surface}: {:?}", article.mentions))
}

#[test]
fn spellings_of_one_place_or_person_share_an_id() {
    let text = "Shells fell on Kharkiv, which older maps call Kharkov. President Volodymyr Zelenskyy flew in from Kyiv. \
        Mr Zelensky will not return to Kiev before Friday.";
    let found = article(text);
    assert_eq!(ids(&found, "Kharkiv"), ids(&found, "Kharkov"));
    assert_eq!(ids(&found, "Kyiv"), ids(&found, "Kiev"));
    let person = mention(&found, "Volodymyr Zelenskyy");
    assert_eq!((person.entity.id.as_str(), person.entity.kind), ("volodymyr-zelenskyy", Kind::Person));
    assert_eq!(ids(&found, "Zelensky"), ["volodymyr-zelenskyy"]);
    assert_eq!(mention(&found, "Kharkiv").entity.country.as_deref(), Some("UA"));
    assert_eq!(found.countries.first().map(String::as_str), Some("UA"));
}

#[test]
fn a_surname_means_the_person_of_the_article() {
    let text = "Marta Orban runs a bakery in Leeds. Her bread sells out by nine. Orban says the flour comes from Kent.";
    let found = article(text);
    assert_eq!(ids(&found, "Orban"), ids(&found, "Marta Orban"));
    assert!(ids(&found, "Orban").iter().all(|id| id == "~marta-orban"), "{:?}", ids(&found, "Orban"));
    let text = "Viktor Orban met farmers in Szeged. Orban promised them rain.";
    assert_eq!(ids(&article(text), "Orban"), ["viktor-orban"]);
}

#[test]
fn namesakes_are_told_apart_by_what_surrounds_them() {
    let american = article("The mill in Paris, Texas, closed. Workers from Dallas had repaired it.");
    assert_eq!(mention(&american, "Paris").entity.country.as_deref(), Some("US"));
    let french = article("Trains from Lyon to Paris were late. France blamed the snow.");
    assert_eq!(mention(&french, "Paris").entity.id, "paris");
    let caucasus = article("Georgia and Armenia reopened a road. Drivers from Tbilisi cheered.");
    assert_eq!(mention(&caucasus, "Georgia").entity.country.as_deref(), Some("GE"));
    let east = article("Paris, Texas, sent envoys. They had worked in Russia, U.S. officials said.");
    assert_eq!(mention(&east, "Russia").entity.country.as_deref(), Some("RU"));
    let south =
        article("Peach growers in Georgia fear frost. Atlanta and Savannah expect ice, and Alabama too.");
    assert_eq!(mention(&south, "Georgia").entity.country.as_deref(), Some("US"));
}

#[test]
fn a_place_within_an_organisation_is_found_too() {
    let found = article(
        "Troopers of the Kentucky State Police met the Bank of England's men. The Washington Post watched.",
    );
    assert_eq!(mention(&found, "Kentucky").entity.country.as_deref(), Some("US"));
    assert_eq!(mention(&found, "England").entity.kind, Kind::Place);
    assert!(ids(&found, "Washington").is_empty());
    let whole = found.mentions.iter().position(|m| m.surface == "Kentucky State Police");
    assert_eq!(found.mentions[whole.unwrap() + 1].surface, "Kentucky");
}

#[test]
fn the_west_is_no_town() {
    let found = article("The talks between China and the West broke down, and Western envoys left Berlin.");
    assert_eq!(ids(&found, "West"), ids(&found, "Western"));
}

#[test]
fn seats_of_power_are_organisations() {
    let found = article(
        "The White House and the Kremlin stayed silent while Congress debated, and the EU waited for the U.S. to move.",
    );
    for (surface, id) in [
        ("White House", "white-house"),
        ("Kremlin", "kremlin"),
        ("Congress", "us-congress"),
        ("EU", "european-union"),
    ] {
        let found = mention(&found, surface);
        assert_eq!((found.entity.id.as_str(), found.entity.kind), (id, Kind::Organisation));
    }
    assert_eq!(mention(&found, "U.S.").entity.id, "united-states");
}

#[test]
fn demonyms_mean_their_country_and_say_so() {
    let found = article("Several Ukrainian lawmakers praised the Norwegian plan.");
    let adjective = mention(&found, "Ukrainian");
    assert!(adjective.demonym);
    assert_eq!(adjective.entity.id, "ukraine");
}

#[test]
fn names_in_other_languages_reach_the_same_ids() {
    let of = |language: &str, text: &str| {
        let mut article =
            Article { text: text.into(), language: Some(language.into()), ..Article::default() };
        annotate(&mut article);
        article.mentions.iter().map(|m| m.entity.id.clone()).collect::<Vec<_>>()
    };
    assert_eq!(of("uk", "У Харкові зустрілися посли Німеччини."), ["kharkiv", "germany"]);
    assert_eq!(
        of("ru", "Путин и Си Цзиньпин говорили в Москве об Украине."),
        ["vladimir-putin", "xi-jinping", "moscow", "ukraine"]
    );
    assert_eq!(
        of("de", "In Kiew und Moskau schwieg man, auch die Europäische Union."),
        ["kyiv", "moscow", "european-union"]
    );
    assert_eq!(
        of("fr", "Emmanuel Macron quitte Londres pour Bruxelles."),
        ["emmanuel-macron", "london", "brussels"]
    );
    assert_eq!(of("es", "Nueva York y Pekín firman."), ["new-york-city", "beijing"]);
    assert_eq!(of("ar", "وصل الوفد إلى موسكو وبيروت"), ["moscow", "beirut"]);
    assert_eq!(of("zh", "习近平在北京会见普京。"), ["xi-jinping", "beijing", "vladimir-putin"]);
}

#[test]
fn headline_and_dek_are_read_and_sections_numbered() {
    use crate::article::{Section, Span};
    let text = "Oslo waits\nNorway waits for Sweden.\nLater\nDenmark waits too.".to_owned();
    let cut = text.find("Later").unwrap();
    let sections = vec![
        Section { span: Span::new(0, cut), ..Section::default() },
        Section { span: Span::new(cut, text.len()), ..Section::default() },
    ];
    let mut article = Article {
        headline: Some("Finland waits".into()),
        dek: Some("So does Iceland".into()),
        text,
        sections,
        ..Article::default()
    };
    annotate(&mut article);
    let places: Vec<_> =
        article.mentions.iter().map(|m| (m.field, m.entity.id.as_str(), m.section)).collect();
    assert!(places.contains(&(TextField::Headline, "finland", None)));
    assert!(places.contains(&(TextField::Dek, "iceland", None)));
    assert!(places.contains(&(TextField::Body, "sweden", Some(0))));
    assert!(places.contains(&(TextField::Body, "denmark", Some(1))));
}

#[test]
fn a_users_own_list_has_the_same_rights() {
    let list = "glasswing\tProject Glasswing\torganisation\tGlasswing\tcountry=NO\nqzville\tQzville\tcity\t\tcountry=FI; lat=61; lon=25\n";
    let (entries, errors) = read_list(list.as_bytes());
    assert!(errors.is_empty());
    let own = Gazetteer::of_entries(entries).unwrap();
    let mut article =
        Article { text: "Glasswing opened a depot in Qzville, near Helsinki.".into(), ..Article::default() };
    Annotator::with_own(&own).annotate(&mut article);
    assert_eq!(mention(&article, "Glasswing").entity.id, "glasswing");
    let town = mention(&article, "Qzville");
    assert_eq!((town.entity.country.as_deref(), town.entity.kind), (Some("FI"), Kind::Place));
}

#[test]
fn every_span_reproduces_its_surface() {
    let texts = [
        "",
        "\u{202e}Kyiv\u{202c} \u{301}Paris\u{301}",
        "中国Kyiv北京",
        "KYIV KYIV KYIV",
        "Mr. . Mr",
        "a\u{300}\u{301}\u{302}U.S\u{300}.",
        "Kyiv’s “Paris”, Texas (Ohio), \u{ad}Ro\u{ad}me",
        "ПУТИН—Путин'у",
        "🏳️‍🌈London🏳️‍🌈",
    ];
    for text in texts {
        let found = article(text);
        for mention in &found.mentions {
            assert_eq!(
                text.get(mention.span.start..mention.span.end),
                Some(mention.surface.as_str()),
                "{text:?}"
            );
        }
        let again = article(text);
        assert_eq!(found, again);
    }
}

#[test]
fn the_place_of_a_dateline_is_the_city_that_all_know() {
    let wire = article("LONDON, March 5 (Wire) - A Canadian bank sold bonds in Canadian dollars.");
    assert_eq!(mention(&wire, "LONDON").entity.country.as_deref(), Some("GB"));
    let wire = article("GENEVA, March 5 (Wire) - Envoys of the United States met.");
    assert_eq!(mention(&wire, "GENEVA").entity.country.as_deref(), Some("CH"));
    let local = article("GENEVA, Ill., March 5 - A mill burned down. Firemen came from Chicago.");
    assert_eq!(mention(&local, "GENEVA").entity.country.as_deref(), Some("US"));
    let large = article("VIENNA, Va., June 1 - A firm of engineers opened an office.");
    assert_eq!(mention(&large, "VIENNA").entity.country.as_deref(), Some("US"));
}

#[test]
fn a_continent_is_no_town() {
    let found = article("The bank has a manager for Asia, Carl Moe, who lives in Oslo.");
    assert_eq!(ids(&found, "Asia"), ["asia"]);
    assert!(!found.countries.iter().any(|country| country == "PH"), "{:?}", found.countries);
}

#[test]
fn a_currency_is_no_country_that_an_article_is_about() {
    let found = article("OSLO, March 5 - The town of Bergen borrowed 40 million Swiss francs for a bridge.");
    assert_eq!(found.countries, ["NO"]);
    let found = article("OSLO, March 5 - Swiss bankers lent the town of Bergen money for a bridge.");
    assert_eq!(found.countries, ["NO", "CH"]);
}

#[test]
fn articles_tell_outlets_from_their_namesakes() {
    let text = "A dam leaked for years, The Sun reported in May. Nobody at the works had told the council.";
    assert_eq!(ids(&article(text), "The Sun"), ["the-sun"]);
    let text = "The Washington Post praised the dam. A week later the Post took it back, and the mayor wept.";
    assert_eq!(ids(&article(text), "Post"), ["washington-post"]);
    let text = "The Bank of Lund and the Bank of Moss met. Staff of the Bank of Lund were late.";
    assert!(ids(&article(text), "Bank of Lund").iter().all(|id| id == "~bank-of-lund"));
}

#[test]
fn words_tell_the_country_where_nothing_else_does() {
    let text = "An Edmonton woman appeared before magistrates after police from the constabulary called.";
    assert_eq!(mention(&article(text), "Edmonton").entity.country.as_deref(), Some("GB"));
    let text = "An Edmonton woman was on the ice when police called.";
    assert_eq!(mention(&article(text), "Edmonton").entity.country.as_deref(), Some("CA"));
}

#[test]
fn what_begins_with_a_county_is_a_body_and_the_county_a_place() {
    let found =
        article("A fire in Fenton County Jail was seen by the Fenton County Coroner in Edwardsville.");
    assert_eq!(mention(&found, "Fenton County").entity.kind, Kind::Place);
    assert_eq!(mention(&found, "Fenton County Jail").entity.kind, Kind::Organisation);
    assert_eq!(mention(&found, "Fenton County Coroner").entity.kind, Kind::Organisation);
    let found = article("Ada Moe left the City of Edwardsville.");
    assert_eq!(mention(&found, "Edwardsville").entity.kind, Kind::Place);
}
