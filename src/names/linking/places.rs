//! Linking places: namesakes by what else the article names.
//!
//! Countries, demonyms and divisions speak first; cities are decided in their light, and in that of
//! the words after them ("Springfield, Illinois"). A name has one meaning in an article.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::evidence::{Candidate, Country, Division, Evidence};
use super::focus::is_dateline;
use super::{Name, Target, home};
use crate::article::{Article, Kind, Span, TextField};
use crate::names::fold::fold;
use crate::names::gazetteer::{Class, Relation};
use crate::names::lists::{EntityRef, ListedSense, Lists};

/// What the publisher's country weighs, in mentions of a country.
const HOME_WEIGHT: f32 = 2.0;
/// What an organisation of a country weighs, and the most populous place of a dateline's name.
const HALF_WEIGHT: f32 = 0.5;
/// Words before a place's name that a list may not have as part of it.
const DIRECTIONS: [&str; 22] = [
    "north",
    "south",
    "east",
    "west",
    "northern",
    "southern",
    "eastern",
    "western",
    "central",
    "upper",
    "lower",
    "greater",
    "northeastern",
    "northwestern",
    "southeastern",
    "southwestern",
    "downtown",
    "city of",
    "town of",
    "port of",
    "inner",
    "old",
];
/// Countries around the Georgia of the Caucasus; what they weigh speaks for it.
const CAUCASUS: [Country; 5] = [*b"RU", *b"GE", *b"AM", *b"AZ", *b"TR"];

/// What the words around a name say of where it lies.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Hint {
    country: Option<Country>,
    division: Option<Division>,
}

/// A name of a place with what it can mean.
struct Place {
    /// Number in the list of names.
    name: usize,
    key: String,
    senses: Vec<ListedSense>,
    hint: Hint,
    /// Whether the name opens the article's dateline.
    dateline: bool,
    /// Whether "the" stands before the name, as before regions and hardly a town.
    definite: bool,
}

/// Links the places among `names`; gives the evidence that decided.
pub(super) fn link(
    article: &Article,
    names: &mut [Name],
    lists: &Lists<'_>,
    home: Option<Country>,
) -> Evidence {
    let mut places: Vec<Place> =
        (0..names.len()).filter_map(|n| place_of(article, names, n, lists)).collect();
    let mut evidence = Evidence::of_home(home, HOME_WEIGHT);
    for place in &places {
        add_territory(&mut evidence, place);
    }
    add_organisations(&mut evidence, names, lists);
    add_dateline(&mut evidence, &mut places);
    if home.is_none() && places.iter().any(is_open) {
        for (country, weight) in home::told_by_words(article) {
            evidence.add_country(country, weight);
        }
    }
    let mut hints = BTreeMap::<String, Hint>::new();
    for at in 0..places.len() {
        let hint = hint_of(article, names, &places, at);
        if hint != Hint::default() {
            hints.entry(places[at].key.clone()).or_insert(hint);
        }
        places[at].hint = hint;
    }
    for place in &mut places {
        place.hint = if place.hint == Hint::default() {
            hints.get(&place.key).copied().unwrap_or_default()
        } else {
            place.hint
        };
    }
    add_cities(&mut evidence, &places);
    let top = evidence.top_country();
    for place in &places {
        let chosen = choose(place, &evidence);
        let name = &mut names[place.name];
        name.target = match chosen {
            Some(entity) => Target::Listed(entity),
            None => Target::Unlisted {
                name: clean(name.span.of(article.text_of(name.field))).into_owned(),
                country: place.hint.country.or(place.hint.division.map(|d| d.0)).or(top),
            },
        };
    }
    evidence
}

/// White space of any width as single spaces.
pub(super) fn clean(surface: &str) -> Cow<'_, str> {
    let is_clean = surface.is_ascii()
        && !surface.contains("  ")
        && !surface.bytes().any(|byte| byte < b' ')
        && surface.trim_ascii().len() == surface.len();
    if is_clean {
        Cow::Borrowed(surface)
    } else {
        Cow::Owned(surface.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

fn place_of(article: &Article, names: &[Name], n: usize, lists: &Lists<'_>) -> Option<Place> {
    let name = &names[n];
    if name.kind != Kind::Place || name.target != Target::Open {
        return None;
    }
    let surface = name.span.of(article.text_of(name.field));
    let key = fold(surface);
    let listed = name.listed.or_else(|| without_direction(&key).and_then(|rest| lists.form_of(rest)));
    let mut senses: Vec<ListedSense> = listed.into_iter().flat_map(|listed| lists.senses(listed)).collect();
    let upper = !surface.chars().any(char::is_lowercase);
    senses.retain(|sense| upper || !sense.relation.any(Relation::CAPS));
    // An institution that the tagger takes for a place stays what the list says it is.
    if senses.iter().any(|sense| sense.record.class.kind() == Kind::Place) {
        senses.retain(|sense| sense.record.class.kind() == Kind::Place);
    } else {
        senses.retain(|sense| {
            sense.record.class.kind() == Kind::Organisation && !sense.relation.any(Relation::WEAK)
        });
    }
    if senses.iter().any(|sense| sense.relation.any(Relation::DEMONYM) == name.demonym) {
        senses.retain(|sense| sense.relation.any(Relation::DEMONYM) == name.demonym);
    }
    let text = article.text_of(name.field);
    let definite = text[..name.span.start].ends_with("the ") || text[..name.span.start].ends_with("The ");
    let dateline = name.field == TextField::Body && is_dateline(text, name.span);
    Some(Place { name: n, key, senses, hint: Hint::default(), dateline, definite })
}

fn without_direction(key: &str) -> Option<&str> {
    DIRECTIONS.iter().find_map(|word| key.strip_prefix(word)?.strip_prefix(' '))
}

/// Whether what surrounds the place must tell its country: no list has it, or it has namesakes abroad.
fn is_open(place: &Place) -> bool {
    let mut countries = place.senses.iter().map(|sense| sense.record.country);
    let first = countries.next();
    first.is_none() || countries.any(|country| Some(country) != first)
}

fn is_certain_country(sense: &ListedSense) -> bool {
    sense.record.class == Class::Country && !sense.relation.any(Relation::WEAK)
}

fn is_territory(class: Class) -> bool {
    matches!(class, Class::Country | Class::State)
}

/// Adds a country, a demonym or a division; one whose meaning is open adds nothing.
fn add_territory(evidence: &mut Evidence, place: &Place) {
    let certain: Vec<&ListedSense> =
        place.senses.iter().filter(|sense| !sense.relation.any(Relation::WEAK)).collect();
    let territories: Vec<&&ListedSense> =
        certain.iter().filter(|sense| is_territory(sense.record.class)).collect();
    if let [sense] = territories[..] {
        let record = &sense.record;
        evidence.add_country(record.country, 1.0);
        evidence.add_division((record.country, record.admin), 1.0);
    }
}

/// Adds the country of each organisation that a list has, once.
fn add_organisations(evidence: &mut Evidence, names: &[Name], lists: &Lists<'_>) {
    let mut seen = BTreeSet::new();
    let organisations = names.iter().filter(|name| name.kind == Kind::Organisation);
    for listed in organisations.filter_map(|name| name.listed) {
        let known = lists.senses(listed).find(|sense| {
            sense.record.class.kind() == Kind::Organisation && !sense.relation.any(Relation::WEAK)
        });
        if let Some(sense) = known.filter(|sense| seen.insert(sense.entity)) {
            evidence.add_country(sense.record.country, HALF_WEIGHT);
        }
    }
}

/// Adds the country of the most populous place that the dateline's name can mean, and marks the name
/// wherever it stands.
fn add_dateline(evidence: &mut Evidence, places: &mut [Place]) {
    let Some(first) = places.iter().find(|place| place.dateline) else { return };
    let largest = first.senses.iter().max_by(|a, b| a.record.population.total_cmp(&b.record.population));
    if let Some(sense) = largest {
        evidence.add_country(sense.record.country, HALF_WEIGHT);
    }
    let datelines: BTreeSet<String> =
        places.iter().filter(|place| place.dateline).map(|place| place.key.clone()).collect();
    for place in places {
        place.dateline = datelines.contains(&place.key);
    }
}

/// Adds each distinct city once.
fn add_cities(evidence: &mut Evidence, places: &[Place]) {
    let mut seen = BTreeSet::new();
    for place in places {
        let open = place
            .senses
            .iter()
            .all(|sense| !is_territory(sense.record.class) || sense.relation.any(Relation::WEAK));
        if open && !place.senses.is_empty() && seen.insert(&place.key) {
            let mut candidates: Vec<Candidate> =
                place.senses.iter().map(|sense| candidate(place, sense)).collect();
            if candidates.iter().any(|c| c.hinted_country || c.hinted_division) {
                candidates.retain(|c| c.hinted_country || c.hinted_division);
            }
            evidence.add_city(&candidates);
        }
    }
}

fn candidate(place: &Place, sense: &ListedSense) -> Candidate {
    let record = sense.record;
    let division = place.hint.division.is_some_and(|division| division == (record.country, record.admin));
    Candidate {
        record,
        // "VIENNA, Va., April 13": a place that says where it lies needs no inhabitants.
        dateline: place.dateline && place.hint == Hint::default(),
        alias: sense.relation.any(Relation::ALIAS) && record.class == Class::City,
        hinted_country: place.hint.country.or(place.hint.division.map(|d| d.0)) == Some(record.country),
        hinted_division: division,
    }
}

/// The entity that `place` means.
fn choose(place: &Place, evidence: &Evidence) -> Option<EntityRef> {
    if place.key == "georgia" {
        let caucasus: f32 = CAUCASUS.iter().map(|&country| evidence.country(country)).sum();
        let american = evidence.country(*b"US") > caucasus || place.hint.country == Some(*b"US");
        let wanted = if american { *b"US" } else { *b"GE" };
        return place
            .senses
            .iter()
            .find(|s| s.record.country == wanted && is_territory(s.record.class))
            .map(|s| s.entity);
    }
    // A certain country or region is not in competition with towns of the same name, unless hinted.
    let hinted = place.hint != Hint::default();
    let certain = place.senses.iter().filter(|sense| {
        let class = sense.record.class;
        !sense.relation.any(Relation::WEAK) && (class == Class::Country || class.kind() == Kind::Organisation)
    });
    if let (Some(sense), false) = (certain.into_iter().next(), hinted) {
        return Some(sense.entity);
    }
    let region = place.senses.iter().find(|sense| sense.record.class == Class::Region);
    // Continents and seas lie in no country, and hardly anybody means the town called Asia.
    let definite = place.definite || region.is_some_and(|sense| sense.record.country == [0; 2]);
    if let (true, false, Some(sense)) = (definite, hinted, region) {
        return Some(sense.entity);
    }
    let score = |sense: &ListedSense| {
        let weak = if sense.relation.any(Relation::WEAK) && is_territory(sense.record.class) && !hinted {
            3.0
        } else {
            0.0
        };
        evidence.score(&candidate(place, sense)) - weak
    };
    let best = place.senses.iter().map(|sense| (score(sense), sense));
    best.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.entity.cmp(&a.1.entity))).map(|(_, sense)| sense.entity)
}

/// What follows the name: ", Country", ", State", "(State)".
fn hint_of(article: &Article, names: &[Name], places: &[Place], at: usize) -> Hint {
    let name = &names[places[at].name];
    let Some(next) = places.get(at + 1) else { return Hint::default() };
    let other = &names[next.name];
    if other.field != name.field || other.demonym || name.demonym || other.span.start < name.span.end {
        return Hint::default();
    }
    let text = article.text_of(name.field);
    let between = Span::new(name.span.end, other.span.start).of(text);
    if !matches!(between, ", " | " (" | ",\n" | ", in " | " in ")
        || between == " in " && !next.senses.iter().any(|s| is_territory(s.record.class))
    {
        return Hint::default();
    }
    let territories: Vec<&ListedSense> =
        next.senses.iter().filter(|sense| is_territory(sense.record.class)).collect();
    let lies_in = |sense: &ListedSense| {
        places[at].senses.iter().any(|s| {
            s.record.country == sense.record.country
                && s.entity != sense.entity
                && (sense.record.class == Class::Country || s.record.admin == sense.record.admin)
        })
    };
    let Some(sense) = territories
        .iter()
        .find(|sense| lies_in(sense))
        .or_else(|| territories.first().filter(|_| places[at].senses.is_empty()))
    else {
        return Hint::default();
    };
    let record = &sense.record;
    match record.class {
        Class::State if record.admin != [0; 3] => {
            Hint { country: Some(record.country), division: Some((record.country, record.admin)) }
        }
        // "in Russia, U.S. officials said": a country does not lie in another.
        _ if places[at].senses.iter().any(is_certain_country) => Hint::default(),
        _ => Hint { country: Some(record.country), division: None },
    }
}
