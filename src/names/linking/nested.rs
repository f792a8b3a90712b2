//! Places within the names of organisations: "Kentucky" in "Kentucky State Police", "Toronto" in
//! "CBC Toronto". Whoever asks for the place wants to hear of its police.
//!
//! Names of outlets, companies, parties and clubs stay whole: "The Washington Post" is not in Washington.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use super::{Name, Target};
use crate::article::{Article, Kind, Span};
use crate::names::fold::fold;
use crate::names::gazetteer::{Class, FormFlags};
use crate::names::lists::{Listed, Lists};
use crate::names::tagger::is_road;

/// Most words of a place within a longer name.
const MAX_PLACE_WORDS: usize = 3;
/// Words that make the words before them a place, listed or not.
const TERRITORIES: [&str; 4] = ["County", "Parish", "Township", "Oblast"];
/// What stands before "of" and the name of a place.
const SETTLEMENTS: [&str; 8] =
    ["City", "Town", "Village", "Borough", "Port", "Township", "Municipality", "Parish"];
/// What may stand between an organisation and the place at its end.
const LINKS: [&str; 4] = ["of", "in", "for", "at"];

/// Adds to `names` the places within organisations, each behind the name it stands in.
pub(super) fn add(article: &Article, lists: &Lists<'_>, names: &mut Vec<Name>) {
    for name in names.iter_mut() {
        settle_place(article, lists, name);
    }
    let known = Known::of(article, names);
    let mut all = Vec::with_capacity(names.len());
    for name in names.drain(..) {
        let inner = inner_places(article, lists, &name, &known);
        all.push(name);
        all.extend(inner);
    }
    *names = all;
}

/// The places that the article names by themselves.
#[derive(Default)]
struct Known {
    folded: BTreeSet<String>,
    /// How they begin and end: most words are sieved out by it.
    edges: [u64; 16],
}

impl Known {
    fn of(article: &Article, names: &[Name]) -> Self {
        let mut known = Self::default();
        for name in names.iter().filter(|name| name.kind == Kind::Place && !name.demonym) {
            let folded = fold(name.span.of(article.text_of(name.field)));
            if let Some(edges) = edges(&folded) {
                known.edges[edges / 64] |= 1 << (edges % 64);
            }
            known.folded.insert(folded);
        }
        known
    }

    fn has(&self, surface: &str) -> bool {
        let sieved = |edges: usize| self.edges[edges / 64] >> (edges % 64) & 1 == 0;
        // An article at the beginning would be folded away.
        let article = surface.as_bytes().first().is_none_or(|first| matches!(first, b't' | b'T'));
        let out = !article && edges(surface).is_some_and(sieved);
        !out && self.folded.contains(&fold(surface))
    }
}

/// The first and the last letter of a name in ASCII, in any case, as a number below 1024.
fn edges(name: &str) -> Option<usize> {
    let letter = |byte: &u8| usize::from(byte & 31);
    let mut letters = name.bytes().filter(u8::is_ascii_alphanumeric);
    let (first, last) = (letters.next()?, letters.next_back());
    name.is_ascii().then(|| letter(&first) << 5 | letter(&last.unwrap_or(first)))
}

/// Cuts "City of" off a place's name, and makes a body of what only begins with a place ("Fenton County
/// Coroner").
fn settle_place(article: &Article, lists: &Lists<'_>, name: &mut Name) {
    let surface = name.span.of(article.text_of(name.field));
    let open = name.kind == Kind::Place && !name.demonym && !name.listed.is_some_and(is_listed_place);
    if !open || !surface.contains(' ') {
        return;
    }
    let words = words_of(surface);
    let word = |n: usize| words.get(n).map_or("", |word| word.of(surface));
    if SETTLEMENTS.contains(&word(0)) && word(1) == "of" && words.len() > 2 {
        name.span.start += words[2].start;
        name.listed = lists.form_of(name.span.of(article.text_of(name.field)));
        return;
    }
    let after_county = (1..words.len()).find(|&n| word(n) == "County").map_or("", |n| word(n + 1));
    let county = !after_county.is_empty() && !is_road(after_county);
    if county || is_body(word(words.len() - 1)) {
        name.kind = Kind::Organisation;
    }
}

fn is_listed_place(listed: Listed) -> bool {
    listed.flags.any(FormFlags::PLACE | FormFlags::COUNTRY)
}

/// Whether `word` ends the names of bodies and events.
fn is_body(word: &str) -> bool {
    static BODIES: LazyLock<FxHashSet<&'static str>> = LazyLock::new(|| {
        let lines = include_str!("../../../schema/tagger/bodies.txt").lines();
        lines.filter(|line| !line.starts_with('#') && !line.is_empty()).collect()
    });
    BODIES.contains(word)
}

fn inner_places(article: &Article, lists: &Lists<'_>, name: &Name, known: &Known) -> Vec<Name> {
    let surface = name.span.of(article.text_of(name.field));
    if name.kind != Kind::Organisation || !surface.contains(' ') || is_brand(lists, name.listed) {
        return Vec::new();
    }
    let words = words_of(surface);
    // After "of" hardly anybody's name stands.
    let place = |first: usize, end: usize, linked: bool| {
        let span = Span::new(words[first].start, words[end - 1].end);
        place_named(span.of(surface), linked, lists, known).map(|listed| Name {
            field: name.field,
            span: Span::new(name.span.start + span.start, name.span.start + span.end),
            kind: Kind::Place,
            demonym: false,
            listed,
            target: Target::Open,
        })
    };
    let most = MAX_PLACE_WORDS.min(words.len().saturating_sub(1));
    let first = usize::from(words.len() > 2 && words[0].of(surface).eq_ignore_ascii_case("the"));
    let lead = (1..=most).rev().find_map(|count| place(first, (first + count).min(words.len()), false));
    let is_link = |word: &Span| LINKS.contains(&word.of(surface));
    let tail = (1..=most).rev().find_map(|count| {
        let at = words.len() - count;
        // "University of Michigan", "CBC Toronto"; "Bank of the West" is left alone.
        (at > first && (is_link(&words[at - 1]) || at == 1 || !words[..at].iter().any(is_link)))
            .then(|| place(at, words.len(), is_link(&words[at - 1])))
            .flatten()
    });
    let tail = tail.filter(|tail| lead.as_ref().is_none_or(|lead| !lead.span.overlaps(tail.span)));
    lead.into_iter().chain(tail).collect()
}

/// Spans of the words of a name, a possessive ending left off.
fn words_of(surface: &str) -> Vec<Span> {
    let mut words = Vec::new();
    for word in surface.split_whitespace() {
        let start = word.as_ptr() as usize - surface.as_ptr() as usize;
        let bare = ["'s", "’s", "'", "’", ","].iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word);
        words.push(Span::new(start, start + bare.len()));
    }
    words
}

/// Whether a name is known for something that is not where its words say.
fn is_brand(lists: &Lists<'_>, listed: Option<Listed>) -> bool {
    listed.is_some_and(|listed| {
        lists.senses(listed).next().is_some_and(|sense| {
            matches!(sense.record.class, Class::Outlet | Class::Company | Class::Party | Class::Team)
        })
    })
}

/// The form of a place that `surface` is; `Some(None)` for one that only its last word tells.
fn place_named(surface: &str, linked: bool, lists: &Lists<'_>, known: &Known) -> Option<Option<Listed>> {
    if !surface.chars().next().is_some_and(char::is_uppercase) {
        return None;
    }
    let territory = surface.rsplit_once(' ').is_some_and(|(head, last)| {
        TERRITORIES.contains(&last)
            && head.split(' ').all(|word| word.chars().next().is_some_and(char::is_uppercase))
    });
    let listed = lists.form_of(surface);
    let certain = listed.is_some_and(|listed| {
        let flags = listed.flags;
        let place = flags.any(FormFlags::PLACE | FormFlags::COUNTRY) && flags.any(FormFlags::STRONG);
        let name = FormFlags::PERSON | FormFlags::ORGANISATION | FormFlags::GIVEN | FormFlags::SURNAME;
        place
            // "US" may be a word in capitals, "U.S." is none.
            && (!flags.any(FormFlags::COMMON) || surface.contains('.'))
            && (linked || flags.any(FormFlags::COUNTRY) || !flags.any(name))
    });
    let acronym = surface.len() <= 3 && !surface.contains('.') && !known.has(surface);
    (territory || certain && !acronym || known.has(surface)).then_some(listed)
}
