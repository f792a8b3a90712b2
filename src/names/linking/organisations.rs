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
    let mut by_last = BTreeMap::<String, LastWord>::new();
    for name in names.iter_mut().filter(|name| name.target == Target::Open) {
        let text = article.text_of(name.field);
        let surface = clean(name.span.of(text));
        let key = key_of(&surface);
        let definite = text[..name.span.start].ends_with("the ") || text[..name.span.start].ends_with("The ");
        let short = || by_last.get(&key).filter(|_| definite).and_then(|last| last.0.clone());
        let target = by_key
            .get(&key)
            .cloned()
            .or_else(short)
            .or_else(|| titled(lists, name, text))
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
        if let Some((_, last)) = key.rsplit_once(' ') {
            by_last.entry(last.to_owned()).or_default().add(&target);
        }
        by_key.entry(key).or_insert_with(|| target.clone());
        name.target = target;
        take_article(name, text, lists);
    }
}

/// The organisation whose name ends in a word: "the Post" after "The Washington Post"; none where
/// several do.
#[derive(Default)]
struct LastWord(Option<Target>, bool);

impl LastWord {
    fn add(&mut self, target: &Target) {
        if self.0.as_ref() != Some(target) {
            self.0 = (!std::mem::replace(&mut self.1, true)).then(|| target.clone());
        }
    }
}

/// Whether a word follows "The", which may be part of the name: "The Sun", of which "Sun" is another.
fn follows_article(name: &Name, text: &str) -> bool {
    text[..name.span.start].ends_with("The ") && !name.span.of(text).contains(' ')
}

/// The outlet that a word is by the article before it.
fn titled(lists: &Lists<'_>, name: &Name, text: &str) -> Option<Target> {
    let listed = name.listed.filter(|_| follows_article(name, text))?;
    let mut senses = lists.senses(listed).filter(|sense| sense.record.class == Class::Outlet);
    let sense = senses.find(|sense| lists.name(sense.entity).starts_with("The "))?;
    Some(Target::Listed(sense.entity))
}

/// Lets a name begin with the article that is part of it.
fn take_article(name: &mut Name, text: &str, lists: &Lists<'_>) {
    let Target::Listed(entity) = &name.target else { return };
    if follows_article(name, text) && lists.name(*entity).starts_with("The ") {
        name.span.start -= "The ".len();
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
