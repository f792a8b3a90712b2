//! Linking persons: full names to the lists, and surnames to the full names of the article.

use std::collections::BTreeMap;

use super::places::clean;
use super::{Name, Target};
use crate::article::{Article, Kind};
use crate::names::fold::fold;
use crate::names::gazetteer::{Class, Relation};
use crate::names::lists::{Listed, Lists};

/// Forms of address and of office that a span may begin with and a name does not have.
const TITLES: [&str; 44] = [
    "mr",
    "mrs",
    "ms",
    "miss",
    "mx",
    "dr",
    "prof",
    "professor",
    "sir",
    "dame",
    "lord",
    "lady",
    "president",
    "vice",
    "prime",
    "minister",
    "premier",
    "chancellor",
    "senator",
    "sen",
    "representative",
    "rep",
    "congressman",
    "congresswoman",
    "governor",
    "gov",
    "general",
    "gen",
    "colonel",
    "col",
    "captain",
    "capt",
    "lieutenant",
    "lt",
    "sergeant",
    "sgt",
    "judge",
    "justice",
    "king",
    "queen",
    "pope",
    "sheikh",
    "ayatollah",
    "secretary",
];

/// A person of the article, under the full name that it first had.
struct Person {
    target: Target,
    tokens: Vec<String>,
}

/// Links the persons among `names`.
pub(super) fn link(article: &Article, names: &mut [Name], lists: &Lists<'_>) {
    let open = |name: &Name| name.kind == Kind::Person && name.target == Target::Open;
    let mut persons = Vec::<Person>::new();
    let mut by_last = BTreeMap::<String, Vec<usize>>::new();
    let mut by_first = BTreeMap::<String, Vec<usize>>::new();
    let tokens: Vec<Vec<String>> = names
        .iter()
        .map(
            |name| if open(name) { tokens_of(name.span.of(article.text_of(name.field))) } else { Vec::new() },
        )
        .collect();
    for n in 0..names.len() {
        if !open(&names[n]) || tokens[n].len() < 2 {
            continue;
        }
        let known = by_last
            .get(last(&tokens[n]))
            .and_then(|same| same.iter().find(|&&p| agree(&persons[p].tokens, &tokens[n])));
        if let Some(&person) = known {
            names[n].target = persons[person].target.clone();
            continue;
        }
        let surface = clean(names[n].span.of(article.text_of(names[n].field)));
        let target = listed_person(lists, names[n].listed, &tokens[n]).unwrap_or_else(|| unlisted(&surface));
        names[n].target = target.clone();
        by_last.entry(last(&tokens[n]).to_owned()).or_default().push(persons.len());
        by_first.entry(tokens[n][0].clone()).or_default().push(persons.len());
        persons.push(Person { target, tokens: tokens[n].clone() });
    }
    for n in 0..names.len() {
        if !open(&names[n]) {
            continue;
        }
        let word = tokens[n].join(" ");
        let last_named = by_last.get(&word).and_then(|same| same.last());
        let only_first = by_first.get(&word).filter(|same| same.len() == 1).and_then(|same| same.first());
        let surface = clean(names[n].span.of(article.text_of(names[n].field)));
        names[n].target = match last_named {
            Some(&person) => persons[person].target.clone(),
            None => match listed_person(lists, names[n].listed, &tokens[n]) {
                Some(target) => target,
                None => {
                    only_first.map_or_else(|| unlisted(&surface), |&person| persons[person].target.clone())
                }
            },
        };
    }
}

/// The folded words of a name without titles and suffixes.
fn tokens_of(surface: &str) -> Vec<String> {
    let mut tokens: Vec<String> =
        surface.split_whitespace().map(fold).filter(|token| !token.is_empty()).collect();
    while tokens.len() > 1 && TITLES.contains(&tokens[0].as_str()) {
        tokens.remove(0);
    }
    while tokens.len() > 2
        && tokens.last().is_some_and(|token| matches!(token.as_str(), "jr" | "sr" | "ii" | "iii" | "iv"))
    {
        tokens.pop();
    }
    tokens.iter().map(|token| token.trim_end_matches(',').to_owned()).collect()
}

fn last(tokens: &[String]) -> &str {
    tokens.last().map_or("", String::as_str)
}

/// Whether two full names with one surname can be one person's: first names alike, or one the
/// initial of the other.
fn agree(a: &[String], b: &[String]) -> bool {
    let (first, other) = (a[0].as_str(), b[0].as_str());
    let initial = |short: &str, long: &str| short.chars().count() == 1 && long.starts_with(short);
    first == other || initial(first, other) || initial(other, first)
}

/// The person of the lists that a name means.
fn listed_person(lists: &Lists<'_>, listed: Option<Listed>, tokens: &[String]) -> Option<Target> {
    let stripped = || lists.form_of(&tokens.join(" "));
    let short =
        || (tokens.len() > 2).then(|| lists.form_of(&format!("{} {}", tokens[0], last(tokens)))).flatten();
    let person = |listed: Listed| {
        let mut senses = lists.senses(listed);
        senses.find(|s| {
            s.record.class == Class::Person && (tokens.len() > 1 || !s.relation.any(Relation::WEAK))
        })
    };
    let sense = listed
        .and_then(person)
        .or_else(|| stripped().and_then(person))
        .or_else(|| short().and_then(person))?;
    Some(Target::Listed(sense.entity))
}

fn unlisted(surface: &str) -> Target {
    let mut words: Vec<&str> = surface.split(' ').collect();
    while words.len() > 1 && TITLES.contains(&fold(words[0]).as_str()) {
        words.remove(0);
    }
    Target::Unlisted { name: words.join(" "), country: None }
}
