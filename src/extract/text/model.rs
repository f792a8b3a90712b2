//! The line model: how probable it is that a line belongs to the story.
//!
//! Boosted trees over a line's shape, place and surroundings, learned by `training/text_lines.py`.

use std::sync::LazyLock;

use super::{
    Judged,
    facts::{self, Facts},
    features::Context,
    marks::Mark,
};
use crate::extract::gbm::Gbm;

/// Texts of more lines than this are judged by rules alone: no page has as many.
const MAX_LINES: usize = 100_000;

/// From this probability a line is kept on pages where enough is sure.
const SURE: f32 = 0.6;

/// No line less probable than this is kept for its own sake.
const LEAST: f32 = 0.25;

/// The title is looked for among this many lines.
const MAX_TITLE_LINES: usize = 10;

/// A text's lines, ready to be turned into rows of features.
pub struct LineRows {
    facts: Vec<Facts>,
    headline: usize,
}

impl LineRows {
    pub(super) fn of(lines: &[Judged]) -> Self {
        let mut facts: Vec<Facts> =
            lines.iter().map(|line| Facts::of(&line.line.text, line.line.bullet, line.mark)).collect();
        let title = lines.iter().take(MAX_TITLE_LINES).position(|line| line.mark == Mark::Short).unwrap_or(0);
        facts::compare(&mut facts, title);
        let headline = facts::headline_of(&facts, title);
        Self { facts, headline }
    }

    /// Words of line `index`.
    pub(super) fn words(&self, index: usize) -> f32 {
        self.facts[index].shape.words
    }

    /// The features of all lines, a row a line, one row after the other.
    pub fn matrix(&self) -> Vec<f32> {
        let context = Context::of(&self.facts, self.headline);
        let mut rows = Vec::new();
        for index in 0..self.facts.len() {
            context.push_row(index, &mut rows);
        }
        rows
    }
}

/// The model that ships with newsidx.
fn model() -> Option<&'static Gbm> {
    static MODEL: LazyLock<Option<Gbm>> =
        LazyLock::new(|| Gbm::parse(include_bytes!("../../../schema/models/text-lines.gbm")).ok());
    MODEL.as_ref()
}

/// Probability of each line to be the story's; none for texts of no or too many lines.
pub(super) fn opinions_of(rows: &LineRows) -> Option<Vec<f32>> {
    if rows.facts.is_empty() || rows.facts.len() > MAX_LINES {
        return None;
    }
    let model = model()?;
    let context = Context::of(&rows.facts, rows.headline);
    let mut row = Vec::with_capacity(model.features());
    let opinion = |index| {
        row.clear();
        context.push_row(index, &mut row);
        model.probability(&row)
    };
    Some((0..rows.facts.len()).map(opinion).collect())
}

/// The probability from which lines are kept.
///
/// [`SURE`] is best on most pages. Where it would keep less than half of the words to be expected
/// (`Σ p·n`), nothing on the page is sure; there the threshold is the one of the best expected F1:
/// keeping the set `S` of lines with `n` words and probability `p`, that is
/// `2 Σ_S p·n / (Σ_S n + Σ p·n)`.
pub(super) fn threshold_of(words: &[f32], opinions: &[f32]) -> f32 {
    let expected: f32 = words.iter().zip(opinions).map(|(n, p)| n * p).sum();
    let sure: f32 = words.iter().zip(opinions).map(|(n, p)| if *p >= SURE { *n } else { 0.0 }).sum();
    if sure >= expected / 2.0 {
        return SURE;
    }
    let mut order: Vec<usize> = (0..opinions.len()).collect();
    order.sort_by(|a, b| opinions[*b].total_cmp(&opinions[*a]));
    let (mut kept, mut right) = (0.0, 0.0);
    let (mut best, mut threshold) = (0.0, SURE);
    for index in order {
        kept += words[index];
        right += words[index] * opinions[index];
        let f1 = 2.0 * right / (kept + expected).max(1.0);
        if f1 > best {
            (best, threshold) = (f1, opinions[index]);
        }
    }
    threshold.clamp(LEAST, SURE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_model_fits_the_rows() {
        let (_, rows) =
            super::super::line_rows("One line.\nAnother line.", crate::extract::rules::Rules::builtin());
        assert_eq!(model().map(|model| 2 * model.features()), Some(rows.matrix().len()));
        assert_eq!(opinions_of(&rows).map(|opinions| opinions.len()), Some(2));
        assert!(opinions_of(&LineRows::of(&[])).is_none());
    }

    #[test]
    fn the_threshold_keeps_what_is_likelier_than_not_to_pay() {
        assert_eq!(threshold_of(&[10.0, 10.0, 10.0], &[0.9, 0.9, 0.1]), 0.6);
        // A page of which nothing is sure is not halved by the usual one.
        let unsure = threshold_of(&[10.0; 4], &[0.45, 0.44, 0.43, 0.05]);
        assert!((0.25..=0.43).contains(&unsure), "{unsure}");
    }
}
