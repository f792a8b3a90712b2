//! Linking organisations: to the lists, and short forms to the long ones of the article.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::places::clean;
use super::{Name, Target};
use crate::article::{Article, Kind};
use crate::names::fold::fold;
use crate::names::gazetteer::{Class, Relation};
use crate::names::lists::{Listed, Lists};

/// Words at the end of a company's name that its short form does without.
const LEGAL_FORMS: [&str; 26] = [
    "inc",
    "incorporated",
    "corp",
    "corporation",
    "co",
    "company",
    "ltd",
    "limited",
    "plc",
    "llc",
    "llp",
    "lp",
    "ag",
    "sa",
    "nv",
    "gmbh",
    "spa",
    "ab",
    "oy",
    "asa",
    "as",
    "se",
    "bv",
    "pty",
    "cos",
    "holdings",
];

/// Links the organisations among `names`, and whatever is still open.
pub(super) fn link(article: &Article, names: &mut [Name], lists: &Lists<'_>) {
    let mut by_key = BTreeMap::<String, Target>::new();
    let mut by_acronym = BTreeMap::<String, Target>::new();
    for name in names.iter_mut().filter(|name| name.target == Target::Open) {
        let surface = clean(name.span.of(article.text_of(name.field)));
        let key = key_of(&surface);
        let target = by_key
            .get(&key)
            .cloned()
            .or_else(|| listed_organisation(lists, name.listed, &key, &surface))
            .or_else(|| by_acronym.get(&key).filter(|_| is_acronym(&surface)).cloned())
            .or_else(|| longer(&by_key, &key))
            .unwrap_or_else(|| Target::Unlisted {
                name: without_article(&surface).to_owned(),
                country: None,
            });
        if let Some(acronym) = acronym_of(&surface) {
            by_acronym.entry(acronym).or_insert_with(|| target.clone());
        }
        by_key.entry(key).or_insert_with(|| target.clone());
        name.target = target;
    }
}

fn without_article(surface: &str) -> &str {
    ["The ", "the ", "THE "].iter().find_map(|article| surface.strip_prefix(article)).unwrap_or(surface)
}

/// The folded name without its legal form.
fn key_of(surface: &str) -> String {
    let mut key = fold(surface);
    while let Some((name, last)) = key.rsplit_once(' ')
        && LEGAL_FORMS.contains(&last.trim_end_matches(','))
    {
        key.truncate(name.len());
    }
    key.truncate(key.trim_end_matches(',').len());
    key
}

fn is_acronym(surface: &str) -> bool {
    surface.len() >= 2 && surface.chars().all(|c| c.is_uppercase() || c == '.' || c == '&')
}

/// The initials of a name of three words or more, as its acronym would have them.
fn acronym_of(surface: &str) -> Option<String> {
    if !surface.contains([' ', '-']) {
        return None;
    }
    let initials = surface.split([' ', '-']).filter_map(|word| word.chars().next());
    let initials = initials.filter(|c| c.is_uppercase());
    (initials.clone().nth(2).is_some()).then(|| fold(&initials.collect::<String>()))
}

/// The one organisation of the article whose name begins with the words of `key`.
fn longer(by_key: &BTreeMap<String, Target>, key: &str) -> Option<Target> {
    if key.len() < 4 {
        return None;
    }
    let mut head = String::with_capacity(key.len() + 1);
    head.push_str(key);
    head.push(' ');
    let mut found = by_key
        .range::<str, _>((Bound::Included(head.as_str()), Bound::Unbounded))
        .take_while(|(name, _)| name.starts_with(&head))
        .map(|(_, target)| target);
    let first = found.next()?;
    found.all(|other| other == first).then(|| first.clone())
}

/// The organisation of the lists that a name means; a country where the lists know nothing else.
fn listed_organisation(
    lists: &Lists<'_>,
    listed: Option<Listed>,
    key: &str,
    surface: &str,
) -> Option<Target> {
    let upper = !surface.chars().any(char::is_lowercase);
    let fits = |listed: Listed| {
        let senses = || lists.senses(listed).filter(|s| upper || !s.relation.any(Relation::CAPS));
        let organisation = senses().find(|s| s.record.class.kind() == Kind::Organisation);
        let country = || {
            senses().find(|s| {
                s.record.class == Class::Country && !s.relation.any(Relation::WEAK | Relation::DEMONYM)
            })
        };
        organisation.or_else(country).map(|sense| Target::Listed(sense.entity))
    };
    listed.and_then(fits).or_else(|| lists.form_of(key).and_then(fits))
}
