//! Candidates for the byline: each rule's names together and one by one, as given and cleaned.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    author::{has_organisation_word, is_furniture, is_person_like, names_of, raw_name},
    fold::fold_words,
    page_context::PageContext,
    rules::{Row, rules_of},
};
use crate::{
    article::{FieldName, Witness},
    names::outlets::Outlets,
};

/// Values of one rule that stand as candidates of their own.
const MAX_SINGLE: usize = 4;

/// How a rule gives a byline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Given {
    /// Index of the first witness.
    pub index: usize,
    /// Whether all of the rule's values are in it.
    pub all: bool,
    /// Whether its first value is in it.
    pub first: bool,
    /// Whether the names were taken apart and cleaned.
    pub cleaned: bool,
}

/// Names that some witnesses give.
#[derive(Debug)]
pub(crate) struct BylineCandidate {
    /// In the order given.
    pub names: Vec<String>,
    /// Folded, sorted.
    pub key: Vec<String>,
    /// Who gives them.
    pub support: Vec<Given>,
}

/// All candidates, in the order in which they were first given.
pub(crate) fn candidates(witnesses: &[Witness], context: &PageContext<'_>) -> Vec<BylineCandidate> {
    let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut order: Vec<&str> = Vec::new();
    for (index, witness) in witnesses.iter().enumerate() {
        if witness.field == FieldName::Byline && !witness.raw.contains("://") {
            let rule = witness.rule.as_str();
            groups
                .entry(rule)
                .or_insert_with(|| {
                    order.push(rule);
                    Vec::new()
                })
                .push(index);
        }
    }
    let mut found = Found::default();
    for rule in order {
        let group = &groups[rule];
        let raw: Vec<String> = group
            .iter()
            .map(|index| raw_name(&witnesses[*index].raw))
            .map(|name| if is_furniture(&name) { String::new() } else { name })
            .collect();
        let cleaned: Vec<Vec<String>> =
            group.iter().map(|index| names_of(&witnesses[*index].raw, &context.keys)).collect();
        let only = group.len() == 1;
        let together: Vec<String> = cleaned.concat();
        found.add(together.clone(), Given { index: group[0], all: true, first: true, cleaned: true });
        found.add(raw.clone(), Given { index: group[0], all: true, first: true, cleaned: false });
        let persons: Vec<String> = together.iter().filter(|name| is_person_like(name)).cloned().collect();
        found.add(persons, Given { index: group[0], all: false, first: true, cleaned: true });
        let leading: Vec<String> = together.into_iter().take(1).collect();
        found.add(leading, Given { index: group[0], all: false, first: true, cleaned: true });
        if only {
            continue;
        }
        for (place, index) in group.iter().enumerate().take(MAX_SINGLE) {
            let first = place == 0;
            found.add(cleaned[place].clone(), Given { index: *index, all: false, first, cleaned: true });
            found.add(vec![raw[place].clone()], Given { index: *index, all: false, first, cleaned: false });
        }
    }
    found.candidates
}

#[derive(Default)]
struct Found {
    candidates: Vec<BylineCandidate>,
    places: BTreeMap<Vec<String>, usize>,
}

impl Found {
    fn add(&mut self, names: Vec<String>, given: Given) {
        let mut seen = BTreeSet::new();
        let names: Vec<String> =
            names.into_iter().filter(|name| !name.is_empty() && seen.insert(fold_words(name))).collect();
        let key: Vec<String> = seen.into_iter().filter(|name| !name.is_empty()).collect();
        if key.is_empty() || key.iter().any(|name| name.chars().count() > 120) {
            return;
        }
        let place = *self.places.entry(key.clone()).or_insert_with(|| {
            self.candidates.push(BylineCandidate { names: Vec::new(), key, support: Vec::new() });
            self.candidates.len() - 1
        });
        let candidate = &mut self.candidates[place];
        // Names in mixed case are better than shouted ones.
        let shouted = |names: &[String]| names.iter().any(|name| !name.chars().any(char::is_lowercase));
        if candidate.names.is_empty() || shouted(&candidate.names) && !shouted(&names) {
            candidate.names = names;
        }
        candidate.support.push(given);
    }
}

/// The features of every candidate.
pub(crate) fn features(
    candidates: &[BylineCandidate],
    witnesses: &[Witness],
    context: &PageContext<'_>,
    outlets: &Outlets,
    naming: bool,
) -> Vec<Row> {
    let rules = rules_of(FieldName::Byline);
    let mut present = vec![false; rules.features().len()];
    for witness in witnesses.iter().filter(|witness| witness.field == FieldName::Byline) {
        if let Some(place) = rules.place(&witness.rule) {
            present[place] = true;
        }
    }
    let counts: Vec<f32> = candidates.iter().map(|candidate| rules_giving(candidate, witnesses)).collect();
    let page = Page { candidates, counts, present };
    (0..candidates.len()).map(|index| page.row(index, witnesses, context, outlets, naming)).collect()
}

struct Page<'c> {
    candidates: &'c [BylineCandidate],
    counts: Vec<f32>,
    present: Vec<bool>,
}

impl Page<'_> {
    fn row(
        &self,
        index: usize,
        witnesses: &[Witness],
        context: &PageContext<'_>,
        outlets: &Outlets,
        naming: bool,
    ) -> Row {
        let candidate = &self.candidates[index];
        let rules = rules_of(FieldName::Byline);
        let mut row = Row::new(naming);
        let given: Vec<(usize, f32)> = candidate
            .support
            .iter()
            .filter_map(|given| Some((rules.place(&witnesses[given.index].rule)?, state_of(*given))))
            .collect();
        row.push_states("", rules, &self.present, &given);
        let most = self.counts.iter().copied().fold(0.0, f32::max);
        let trusted: Vec<(usize, f32)> =
            candidate.support.iter().map(|given| (given.index, state_of(*given))).collect();
        row.push_trust(FieldName::Byline, &trusted, witnesses);
        row.push("rules", self.counts[index]);
        row.push("behind-most", most - self.counts[index]);
        row.push("present", self.present.iter().filter(|present| **present).count() as f32);
        row.push("candidates", self.candidates.len() as f32);
        row.push("raw", flag(candidate.support.iter().any(|given| !given.cleaned)));
        row.push("cleaned", flag(candidate.support.iter().any(|given| given.cleaned)));
        row.push("all", flag(candidate.support.iter().any(|given| given.all)));
        self.push_relations(&mut row, index);
        push_shape(&mut row, candidate, context, outlets);
        row
    }

    /// How the candidate's names lie in the other candidates.
    fn push_relations(&self, row: &mut Row, index: usize) {
        let own = &self.candidates[index].key;
        let (mut above, mut below, mut apart) = (0.0_f32, 0.0_f32, 0.0_f32);
        for (other, count) in self
            .candidates
            .iter()
            .zip(&self.counts)
            .enumerate()
            .filter(|(place, _)| *place != index)
            .map(|(_, pair)| pair)
        {
            let shared = own.iter().filter(|name| other.key.contains(name)).count();
            if shared == own.len() {
                above = above.max(*count);
            } else if shared == other.key.len() {
                below = below.max(*count);
            } else if shared == 0 {
                apart = apart.max(*count);
            }
        }
        row.push("rules-of-superset", above);
        row.push("rules-of-subset", below);
        row.push("rules-of-others", apart);
        let texts: Vec<String> = self.candidates.iter().map(|other| other.key.join(" ")).collect();
        let text = &texts[index];
        let within =
            texts.iter().filter(|other| other.len() > text.len() && other.contains(text.as_str())).count();
        let holds =
            texts.iter().filter(|other| other.len() < text.len() && text.contains(other.as_str())).count();
        row.push("within-longer", within as f32);
        row.push("holds-shorter", holds as f32);
    }
}

fn push_shape(row: &mut Row, candidate: &BylineCandidate, context: &PageContext<'_>, outlets: &Outlets) {
    let names = &candidate.names;
    let count = names.len() as f32;
    let share =
        |test: &dyn Fn(&str) -> bool| names.iter().filter(|name| test(name)).count() as f32 / count.max(1.0);
    row.push("names", count);
    row.push("person-like", share(&is_person_like));
    row.push("organisation-word", share(&has_organisation_word));
    row.push("is-site", share(&|name| context.keys.equals(name)));
    row.push("is-like-site", share(&|name| context.keys.matches(name)));
    row.push("is-outlet", share(&|name| outlets.by_name(name).is_some()));
    row.push("is-agency", share(&|name| outlets.by_name(name).is_some_and(|entry| entry.wire)));
    row.push("one-word", share(&|name| !name.contains(' ')));
    row.push("three-words", share(&|name| name.split(' ').count() == 3));
    row.push("many-words", share(&|name| name.split(' ').count() > 4));
    row.push("digits", share(&|name| name.chars().any(|c| c.is_ascii_digit())));
    row.push("starts-lower", share(&|name| name.chars().next().is_some_and(char::is_lowercase)));
    row.push("listed", share(&|name| name.contains([',', ';', '/', '|', '&'])));
    row.push("marks", share(&|name| name.contains(['(', ')', ':', '@', '"', '?', '!', '…'])));
    row.push("longest", names.iter().map(|name| name.chars().count()).max().unwrap_or(0) as f32);
    row.push("shouted", share(&|name| !name.chars().any(char::is_lowercase)));
}

fn state_of(given: Given) -> f32 {
    match (given.all, given.first, given.cleaned) {
        (true, _, true) => 1.0,
        (true, _, false) => 0.9,
        (false, true, _) => 0.6,
        _ => 0.3,
    }
}

fn flag(set: bool) -> f32 {
    f32::from(u8::from(set))
}

/// How many rules give the names.
fn rules_giving(candidate: &BylineCandidate, witnesses: &[Witness]) -> f32 {
    let rules: BTreeSet<&str> =
        candidate.support.iter().map(|given| witnesses[given.index].rule.as_str()).collect();
    rules.len() as f32
}
