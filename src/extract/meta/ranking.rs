//! Which candidate of a field is best, and how likely it is right.
//!
//! Pages are ranked by learned trees over "which rules give it"; files and records, whose rules
//! say what a value is, by the agreement of their rules weighted by reliability.

use std::sync::LazyLock;

use super::{
    byline::{self, BylineCandidate},
    headline::{self, HeadlineCandidate},
    page_context::PageContext,
    published::{self, DayCandidate, Reading},
    rules::{Row, agreement, is_page_rule},
};
use crate::{
    article::{FieldName, Witness},
    extract::gbm::Gbm,
    names::outlets::Outlets,
};

/// The trees, learned by `training/metadata.py`; see `schema/models/metadata.md`.
static HEADLINE: LazyLock<Option<Gbm>> =
    LazyLock::new(|| Gbm::parse(include_bytes!("../../../schema/models/metadata-headline.gbm")).ok());
static BYLINE: LazyLock<Option<Gbm>> =
    LazyLock::new(|| Gbm::parse(include_bytes!("../../../schema/models/metadata-byline.gbm")).ok());
static PUBLISHED: LazyLock<Option<Gbm>> =
    LazyLock::new(|| Gbm::parse(include_bytes!("../../../schema/models/metadata-published.gbm")).ok());

/// The model for `field`, where none but a page's own rules speak about it: what a record or a
/// file says of itself is no matter of ranking.
fn model_for<'m>(model: &'m Option<Gbm>, witnesses: &[Witness], fields: &[FieldName]) -> Option<&'m Gbm> {
    let mut spoken = witnesses.iter().filter(|witness| fields.contains(&witness.field));
    model.as_ref().filter(|_| spoken.all(|witness| is_page_rule(&witness.rule)))
}

fn best_row(model: &Gbm, rows: Vec<Row>) -> Option<(usize, f32)> {
    let values: Vec<&[f32]> = rows.iter().map(|row| row.values.as_slice()).collect();
    best_of(model.probabilities(&values).into_iter())
}

/// Place and probability of the best headline.
pub(crate) fn best_headline(
    candidates: &[HeadlineCandidate],
    witnesses: &[Witness],
    context: &PageContext<'_>,
) -> Option<(usize, f32)> {
    if let Some(model) = model_for(&HEADLINE, witnesses, &[FieldName::Headline]) {
        return best_row(model, headline::features(candidates, witnesses, context, false));
    }
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
    outlets: &Outlets,
) -> Option<(usize, f32)> {
    if let Some(model) = model_for(&BYLINE, witnesses, &[FieldName::Byline]) {
        return best_row(model, byline::features(candidates, witnesses, context, outlets, false));
    }
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
    context: &PageContext<'_>,
) -> Option<(usize, f32)> {
    if let Some(model) = model_for(&PUBLISHED, witnesses, &[FieldName::Published, FieldName::Modified]) {
        return best_row(model, published::features(candidates, witnesses, context, false));
    }
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

#[cfg(test)]
mod tests {
    use super::super::{Context, candidate_rows};
    use super::*;

    #[test]
    fn models_and_features_fit() {
        let witnesses = [
            Witness::new(FieldName::Headline, "html:h1", "Rain floods old town"),
            Witness::new(FieldName::Byline, "meta:author", "Ada Quill"),
            Witness::new(FieldName::Published, "time:first", "2021-05-04"),
        ];
        let rows = candidate_rows(&witnesses, &Context { captured: None, outlets: Outlets::builtin() });
        for (field, model) in [
            (FieldName::Headline, &HEADLINE),
            (FieldName::Byline, &BYLINE),
            (FieldName::Published, &PUBLISHED),
        ] {
            let row = rows.iter().find(|row| row.field == field).expect("a candidate");
            let model = model.as_ref().expect("a model");
            assert_eq!(model.features(), row.features.len(), "{field:?}: learn the model anew");
        }
    }

    #[test]
    fn records_are_not_ranked() {
        let json = Witness::new(FieldName::Headline, "json:title", "Rain");
        let html = Witness::new(FieldName::Headline, "html:h1", "Rain");
        assert!(model_for(&HEADLINE, std::slice::from_ref(&html), &[FieldName::Headline]).is_some());
        assert!(model_for(&HEADLINE, &[html, json], &[FieldName::Headline]).is_none());
    }
}
