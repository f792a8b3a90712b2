//! Makes the names of one document agree with each other.
//!
//! One string has one type, a name that was found is found again, and a surname is its bearer.
//! Whom a name means is not decided here.

use rustc_hash::{FxHashMap, FxHashSet};

use super::hash::{hash_bytes, mix};
use super::listed;
use super::scene::Scene;
use super::tokenize::{Class, Token};
use crate::article::Kind;

/// Longest name in tokens that is looked for again.
const MAX_REPEATED_TOKENS: usize = 6;

/// Fewest bytes of a single word that is looked for again: shorter ones are often something else.
const MIN_REPEATED_BYTES: usize = 4;

/// The length of a name that is not to be found again.
const NEVER: u32 = u32::MAX;

/// How sure the tagger is of a name that a rule gave.
pub const RULE_SCORE: f32 = 0.8;

/// A name as tokens `first..end` of the scene.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Named {
    /// First token.
    pub first: u32,
    /// One past the last token.
    pub end: u32,
    /// What it names.
    pub kind: Kind,
    /// How sure, from 0 to 1.
    pub score: f32,
}

/// A name that is looked for again.
#[derive(Clone, Copy, Debug)]
struct Repeatable {
    /// The token that it begins with where it was found.
    at: u32,
    key: u64,
    /// Length in tokens.
    length: u32,
    kind: Kind,
    /// The next one with the same first word, as its place among all plus one; 0 ends the chain.
    next: u32,
}

/// The names that are looked for again, by the hash of their first word.
#[derive(Debug, Default)]
struct Repeatables {
    /// The first of each chain, as its place among all plus one, and the chain's length.
    first: FxHashMap<u64, (u32, u32)>,
    all: Vec<Repeatable>,
}

impl Repeatables {
    fn of(&self, first_word: u64) -> impl Iterator<Item = &Repeatable> {
        let mut next = self.first.get(&first_word).map_or(0, |&(first, _)| first);
        std::iter::from_fn(move || {
            let here = self.all.get(next.checked_sub(1)? as usize)?;
            next = here.next;
            Some(here)
        })
    }

    /// Adds a name, unless it is known or its first word begins enough others: a string has one
    /// entry, and a word begins a few, which bounds the search.
    fn add(&mut self, first_word: u64, name: Repeatable) {
        if self.of(first_word).any(|known| known.key == name.key) {
            return;
        }
        let (first, count) = self.first.entry(first_word).or_default();
        if (*count as usize) < MAX_REPEATED_TOKENS {
            self.all.push(Repeatable { next: *first, ..name });
            (*first, *count) = (self.all.len() as u32, *count + 1);
        }
    }
}

/// First letters and lengths of single words, in any case: most other words are sieved out.
#[derive(Debug, Default)]
struct Sieve {
    /// A bit for each length (modulo 32), by first letter; of no use beyond ASCII.
    lengths: [u32; 32],
    all_pass: bool,
}

impl Sieve {
    fn add(&mut self, word: &str) {
        self.all_pass |= !word.is_ascii();
        // The full stop of an abbreviation is no part of its form.
        for form in [word, word.trim_end_matches('.')] {
            let letter = form.as_bytes().first().map_or(0, |byte| byte & 31);
            self.lengths[usize::from(letter)] |= 1 << (form.len() % 32);
        }
    }

    fn lets_pass(&self, first: u8, length: u32) -> bool {
        self.all_pass || self.lengths[usize::from(first & 31)] >> (length % 32) & 1 == 1
    }
}

/// A document whose names are being settled.
pub struct Document<'d> {
    /// The text.
    pub text: &'d str,
    /// Its tokens and runs.
    pub scene: &'d Scene,
    /// Hashes of the lower-case forms of the tokens in runs, one run after another.
    pub lowers: &'d [u64],
}

const KINDS: [Kind; 3] = [Kind::Person, Kind::Place, Kind::Organisation];

fn number(kind: Kind) -> usize {
    match kind {
        Kind::Person => 0,
        Kind::Place => 1,
        Kind::Organisation => 2,
    }
}

impl Document<'_> {
    pub(super) fn token(&self, index: u32) -> &Token {
        &self.scene.tokens[index as usize]
    }

    pub(super) fn word(&self, index: u32) -> &str {
        self.scene.tokens.get(index as usize).map_or("", |token| token.of(self.text))
    }

    /// Settles `names`, which are in order; they stay in order and without overlaps.
    pub fn settle(&self, names: &mut Vec<Named>) {
        let mut hashes = vec![0; self.scene.tokens.len()];
        let runs = self.scene.runs.iter().flat_map(|run| run.start..run.end);
        for (index, &lower) in runs.zip(self.lowers) {
            hashes[index as usize] = lower;
        }
        self.apply_rules(names);
        self.follow_bearers(names, &hashes);
        self.agree(names, &hashes);
        self.find_again(names, &hashes);
    }

    /// Hash of a name, whatever its case and full stops.
    fn key(&self, hashes: &[u64], first: u32, end: u32) -> u64 {
        (first..end).fold(0, |key, index| {
            let hash = hashes[index as usize];
            mix(key, if hash == 0 { hash_bytes(self.word(index).as_bytes()) } else { hash })
        })
    }

    /// One string, one type: the one that most of its occurrences have, weighed by their scores.
    fn agree(&self, names: &mut [Named], hashes: &[u64]) {
        let mut votes: FxHashMap<u64, [f32; 3]> = FxHashMap::default();
        for name in names.iter() {
            votes.entry(self.key(hashes, name.first, name.end)).or_default()[number(name.kind)] += name.score;
        }
        for name in names.iter_mut() {
            let votes = votes[&self.key(hashes, name.first, name.end)];
            let best = (0..3)
                .fold(number(name.kind), |best, kind| if votes[kind] > votes[best] { kind } else { best });
            name.kind = KINDS[best];
        }
    }

    /// What follows the first word in the name of a person is that person too, unless a list has
    /// it as something else.
    fn follow_bearers(&self, names: &mut [Named], hashes: &[u64]) {
        let mut bearers = FxHashSet::default();
        for name in names.iter().filter(|name| name.kind == Kind::Person) {
            for first in self.surnames(name) {
                bearers.insert(self.key(hashes, first, name.end));
            }
        }
        for name in names.iter_mut().filter(|name| name.kind != Kind::Person) {
            let other = listed::PLACE | listed::TERRITORY | listed::ORGANISATION | listed::DEMONYM;
            if self.scene.listed(name.first as usize).kinds & other == 0
                && bearers.contains(&self.key(hashes, name.first, name.end))
            {
                name.kind = Kind::Person;
            }
        }
    }

    /// Where the surname of a person's full name may begin.
    fn surnames(&self, name: &Named) -> impl Iterator<Item = u32> + '_ {
        let last = name.end.min(name.first + MAX_REPEATED_TOKENS as u32 + 1);
        (name.first + 1..last).filter(|&index| self.token(index).class.is_upper())
    }

    /// Finds names that were found elsewhere in the document and missed here.
    fn find_again(&self, names: &mut Vec<Named>, hashes: &[u64]) {
        let known = self.repeatable(names, hashes);
        if known.all.is_empty() {
            return;
        }
        let mut found = Vec::new();
        let mut next = 0;
        for run in &self.scene.runs {
            let mut at = run.start;
            while at < run.end {
                while names.get(next).is_some_and(|name| name.end <= at) {
                    next += 1;
                }
                let limit = names.get(next).map_or(run.end, |name| name.first.min(run.end));
                if limit <= at {
                    at = names[next].end;
                    continue;
                }
                match self.longest_known(&known, hashes, at, limit) {
                    Some(name) => {
                        at = name.end;
                        found.push(name);
                    }
                    None => at += 1,
                }
            }
        }
        if !found.is_empty() {
            names.extend(found);
            names.sort_by_key(|name| name.first);
        }
    }

    /// The names worth looking for again.
    fn repeatable(&self, names: &[Named], hashes: &[u64]) -> Repeatables {
        let mut known = Repeatables::default();
        for name in names {
            self.remember(name, hashes, &mut known);
        }
        for name in names.iter().filter(|name| name.kind == Kind::Person) {
            for first in self.surnames(name) {
                self.remember(&Named { first, ..*name }, hashes, &mut known);
            }
        }
        self.drop_common_words(&mut known);
        known
    }

    fn remember(&self, name: &Named, hashes: &[u64], known: &mut Repeatables) {
        let length = name.end - name.first;
        let token = self.token(name.first);
        let long = (token.end - token.start) as usize >= MIN_REPEATED_BYTES;
        if length as usize > MAX_REPEATED_TOKENS || length == 1 && !(long && token.class.is_upper()) {
            return;
        }
        let key = self.key(hashes, name.first, name.end);
        let repeatable = Repeatable { at: name.first, key, length, kind: name.kind, next: 0 };
        known.add(hashes[name.first as usize], repeatable);
    }

    /// Takes away single words that the document also has in lower case.
    fn drop_common_words(&self, known: &mut Repeatables) {
        let mut singles: FxHashMap<u64, usize> = FxHashMap::default();
        let mut sieve = Sieve::default();
        for (index, name) in known.all.iter().enumerate().filter(|(_, name)| name.length == 1) {
            singles.insert(name.key, index);
            sieve.add(self.word(name.at));
        }
        if singles.is_empty() {
            return;
        }
        for token in &self.scene.tokens {
            let common =
                token.class == Class::Lower && (token.end - token.start) as usize >= MIN_REPEATED_BYTES;
            let word = || token.of(self.text);
            if common
                && sieve.lets_pass(self.text.as_bytes()[token.start as usize], token.end - token.start)
                && let Some(&index) = singles.get(&mix(0, hash_bytes(word().as_bytes())))
            {
                known.all[index].length = NEVER;
            }
        }
    }

    fn longest_known(&self, known: &Repeatables, hashes: &[u64], at: u32, limit: u32) -> Option<Named> {
        let fits = known.of(hashes[at as usize]).filter(|name| {
            name.length <= limit - at
                && self.token(at).class.is_upper()
                && self.key(hashes, at, at + name.length) == name.key
        });
        let &Repeatable { length, kind, .. } = fits.max_by_key(|name| name.length)?;
        let cut = self.is_part(at, at + length);
        (!cut).then_some(Named { first: at, end: at + length, kind, score: RULE_SCORE })
    }

    /// Whether the tokens are part of a longer stretch of capitalised words, and so perhaps of
    /// another name ("Paris Match").
    fn is_part(&self, first: u32, end: u32) -> bool {
        let beside = |index: u32, gap: &Token, after: &Token| {
            gap.end + 1 == after.start && self.token(index).class.is_upper() && !after.opens_sentence
        };
        let before = first > 0 && !self.token(first).opens_sentence && {
            let previous = self.token(first - 1);
            beside(first - 1, previous, self.token(first)) && !previous.opens_sentence
        };
        let tokens = self.scene.tokens.len() as u32;
        before || end < tokens && beside(end, self.token(end - 1), self.token(end))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::GazetteerHit;
    use super::super::clusters::Clusters;
    use super::super::features::{CENTRE, POSITIONS};
    use super::super::scene::WordCache;
    use super::*;
    use crate::article::Span;

    /// Settles names given by their surface (each at its first free occurrence) and kind.
    pub fn settled(text: &str, listed: &[(&str, u8)], names: &[(&str, Kind)]) -> Vec<(String, Kind)> {
        let hits: Vec<_> = listed
            .iter()
            .flat_map(|&(form, kinds)| {
                text.match_indices(form)
                    .map(move |(at, _)| GazetteerHit { span: Span::new(at, at + form.len()), kinds })
            })
            .collect();
        let mut scene = Scene::default();
        scene.set(text, &hits);
        let clusters = Clusters::build(&[], Vec::new()).expect("no words");
        let (mut cache, mut ids, mut lowers) = (WordCache::default(), Vec::new(), Vec::new());
        for index in 0..scene.runs.len() {
            let run = scene.runs[index];
            scene.word_ids(text, run, &mut cache, &clusters, &mut ids);
            lowers.extend(ids.windows(POSITIONS).map(|ids| cache.words[ids[CENTRE] as usize].lower));
        }
        let mut from = 0;
        let mut named = Vec::new();
        for &(surface, kind) in names {
            let start = from + text[from..].find(surface).expect("the name is in the text");
            from = start + surface.len();
            let first = scene.tokens.partition_point(|token| (token.end as usize) <= start) as u32;
            let end = scene.tokens.partition_point(|token| (token.start as usize) < from) as u32;
            named.push(Named { first, end, kind, score: 0.6 });
        }
        Document { text, scene: &scene, lowers: &lowers }.settle(&mut named);
        let surface = |name: &Named| {
            let (first, last) = (scene.tokens[name.first as usize], scene.tokens[name.end as usize - 1]);
            text[first.start as usize..last.end as usize].to_owned()
        };
        named.iter().map(|name| (surface(name), name.kind)).collect()
    }

    fn pairs(names: &[(&str, Kind)]) -> Vec<(String, Kind)> {
        names.iter().map(|&(surface, kind)| (surface.to_owned(), kind)).collect()
    }

    #[test]
    fn a_string_takes_the_kind_that_most_of_its_places_have() {
        let text = "Orvik grew. Orvik fell. Later Orvik rose.";
        let names = [("Orvik", Kind::Organisation), ("Orvik", Kind::Person), ("Orvik", Kind::Organisation)];
        let want = [("Orvik", Kind::Organisation); 3];
        assert_eq!(settled(text, &[], &names), pairs(&want));
    }

    #[test]
    fn a_missed_repeat_is_found_unless_it_is_a_common_word() {
        let text = "We met Orvik Ltd. on Monday. Then Orvik Ltd. left.";
        let names = [("Orvik Ltd.", Kind::Organisation)];
        assert_eq!(settled(text, &[], &names), pairs(&[("Orvik Ltd.", Kind::Organisation); 2]));
        let text = "The group Target grew. Later Target said its target was met.";
        assert_eq!(settled(text, &[], &[("Target", Kind::Organisation)]).len(), 1);
    }

    #[test]
    fn a_surname_is_its_bearer_unless_a_list_has_it_as_a_place() {
        let text = "Ada Akuf-Adde spoke. Then Akuf-Adde left with Lund.";
        let names =
            [("Ada Akuf-Adde", Kind::Person), ("Akuf-Adde", Kind::Organisation), ("Lund", Kind::Place)];
        let want = [("Ada Akuf-Adde", Kind::Person), ("Akuf-Adde", Kind::Person), ("Lund", Kind::Place)];
        assert_eq!(settled(text, &[], &names), pairs(&want));
        let text = "Bo Lund spoke in Lund.";
        let names = [("Bo Lund", Kind::Person), ("Lund", Kind::Place)];
        assert_eq!(settled(text, &[("Lund", listed::PLACE)], &names), pairs(&names));
    }

    #[test]
    fn a_part_of_a_longer_name_is_not_found_again() {
        let text = "She came to Orvik. The Orvik Gazette wrote of it.";
        assert_eq!(settled(text, &[], &[("Orvik", Kind::Place)]).len(), 1);
    }
}
