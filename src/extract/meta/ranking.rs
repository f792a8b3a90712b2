//! Which candidate of a field is best, and how likely it is right.
//!
//! Pages are ranked by learned trees over "which rules give it"; files and records, whose rules
//! say what a value is, by the agreement of their rules weighted by reliability.

use std::collections::BTreeMap;

use super::{
    byline::BylineCandidate,
    headline::HeadlineCandidate,
    page_context::PageContext,
    published::{DayCandidate, Reading},
    rules::rules_of,
};
use crate::{
    article::{FieldName, Witness},
    names::outlets::Outlets,
};

/// Place and probability of the best headline.
pub(crate) fn best_headline(
    candidates: &[HeadlineCandidate],
    witnesses: &[Witness],
    context: &PageContext<'_>,
) -> Option<(usize, f32)> {
    let scores = candidates.iter().map(|candidate| {
        let weighted = candidate.support.iter().map(|(index, cut)| {
            let weight = match (cut.is_whole(), cut.site) {
                (true, _) => 1.0,
                (_, true) => 0.85,
                _ => 0.3,
            };
            (*index, weight)
        });
        let site = if context.keys.equals(&candidate.text) { 0.2 } else { 1.0 };
        site * agreement(weighted, witnesses, FieldName::Headline)
    });
    best_of(scores)
}

/// Place and probability of the best byline.
pub(crate) fn best_byline(
    candidates: &[BylineCandidate],
    witnesses: &[Witness],
    context: &PageContext<'_>,
    _outlets: &Outlets,
) -> Option<(usize, f32)> {
    let scores = candidates.iter().map(|candidate| {
        let weighted = candidate.support.iter().map(|given| {
            let weight = match (given.all, given.cleaned) {
                (true, true) => 1.0,
                (true, false) => 0.95,
                (false, _) => 0.6,
            };
            (given.index, weight)
        });
        let site = if candidate.names.iter().any(|name| context.keys.equals(name)) { 0.6 } else { 1.0 };
        site * agreement(weighted, witnesses, FieldName::Byline)
    });
    best_of(scores)
}

/// Place and probability of the best day.
pub(crate) fn best_day(
    candidates: &[DayCandidate],
    witnesses: &[Witness],
    _context: &PageContext<'_>,
) -> Option<(usize, f32)> {
    let scores = candidates.iter().map(|candidate| {
        let weighted = candidate.support.iter().map(|(index, reading, _)| {
            let modified = if witnesses[*index].field == FieldName::Modified { 0.6 } else { 1.0 };
            let weight = match reading {
                Reading::Printed => 1.0,
                Reading::Utc => 0.6,
                Reading::Swapped => 0.4,
            };
            (*index, weight * modified)
        });
        agreement(weighted, witnesses, FieldName::Published)
    });
    best_of(scores)
}

/// The probability that at least one of the rules that give a value is right, were they
/// independent: each rule once, with its best weight.
fn agreement(support: impl Iterator<Item = (usize, f32)>, witnesses: &[Witness], field: FieldName) -> f32 {
    let rules = rules_of(field);
    let mut best: BTreeMap<&str, f32> = BTreeMap::new();
    for (index, weight) in support {
        let rule = witnesses[index].rule.as_str();
        let known = best.entry(rule).or_default();
        *known = known.max(weight * rules.reliability(rule).min(0.97));
    }
    1.0 - best.values().map(|probability| 1.0 - probability).product::<f32>()
}

/// The first of the highest scores.
fn best_of(scores: impl Iterator<Item = f32>) -> Option<(usize, f32)> {
    let mut best: Option<(usize, f32)> = None;
    for (place, score) in scores.enumerate() {
        if best.is_none_or(|(_, known)| score > known) {
            best = Some((place, score));
        }
    }
    best
}
