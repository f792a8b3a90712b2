//! What is named together with an entity, and how surprising that is.

use serde::Serialize;

use super::entities::{counts, kinds, naming};
use super::facets::share;
use super::{AggregateError, Label, Labels, narrowed};
use crate::article::Kind;
use crate::engine::{Engine, Unit};
use crate::names::own::OwnNames;
use crate::query::Plan;

/// What is asked of entities named together.
#[derive(Clone, Copy)]
pub struct TogetherRequest<'a> {
    /// The entity.
    pub id: &'a str,
    /// Only within what this finds.
    pub plan: &'a Plan,
    /// Whether they are named together in an article or in a section.
    pub unit: Unit,
    /// Only entities of this kind.
    pub kind: Option<Kind>,
    /// The first so many; all without a number.
    pub top: Option<usize>,
}

/// An entity that is named together with another.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Companion {
    /// Its id.
    pub id: String,
    /// What is known of it.
    #[serde(flatten)]
    pub label: Label,
    /// Articles or sections that name both.
    pub together: u64,
    /// Articles or sections that name this one.
    pub count: u64,
    /// Dunning's log-likelihood ratio: how surprising it is that so many name both, if the two had
    /// nothing to do with each other. Above 10.8 chance does it once in a thousand times.
    pub log_likelihood: f64,
    /// Binary logarithm of how many times more often than by chance they stand together.
    pub pmi: f64,
    /// Share of the other's articles or sections that name this one, too.
    pub share: f64,
}

/// Entities named together with one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Together {
    /// The entity.
    pub id: String,
    /// What is counted.
    pub unit: Unit,
    /// All articles or sections looked at.
    pub total: u64,
    /// Of these, those that name the entity.
    pub count: u64,
    /// Different entities named together with it, of the kind asked for.
    pub distinct: usize,
    /// Of these, those that stand with it no more often than by chance; they are not listed.
    pub by_chance: usize,
    /// The others, the most surprising first.
    pub companions: Vec<Companion>,
}

/// Finds what is named together with an entity more often than by chance.
///
/// The measure is the log-likelihood ratio of T. Dunning, "Accurate Methods for the Statistics of
/// Surprise and Coincidence" (1993): unlike mutual information it does not favour what is rare.
///
/// # Errors
/// When the engine fails.
pub fn together(
    engine: &dyn Engine,
    names: &OwnNames,
    request: &TogetherRequest<'_>,
) -> Result<Together, AggregateError> {
    let both = narrowed(request.plan, naming(names, request.id));
    let (count, _, near) = counts(engine, names, &both, request.unit, "entity")?;
    let (total, _, all) = counts(engine, names, request.plan, request.unit, "entity")?;
    let kinds = kinds(engine, names, request.plan, request.unit)?;
    let wanted = |id: &str| id != request.id && request.kind.is_none_or(|kind| kinds.get(id) == Some(&kind));
    let mut found: Vec<(String, u64, u64, f64)> = Vec::new();
    let (mut distinct, mut by_chance) = (0, 0);
    for (id, together) in near.into_iter().filter(|(id, _)| wanted(id)) {
        let alone = all.get(&id).copied().unwrap_or(together);
        distinct += 1;
        if u128::from(together) * u128::from(total) <= u128::from(alone) * u128::from(count) {
            by_chance += 1;
            continue;
        }
        found.push((id, together, alone, log_likelihood(together, count, alone, total)));
    }
    found.sort_by(|a, b| b.3.total_cmp(&a.3).then_with(|| b.1.cmp(&a.1)).then_with(|| a.0.cmp(&b.0)));
    found.truncate(request.top.unwrap_or(usize::MAX));
    let mut labels = Labels::new(engine, names);
    let companion = |(id, together, alone, surprise): (String, u64, u64, f64)| {
        let mut label = labels.of("entity", &id)?;
        label.kind = names.corrections().kind_of(&id).or_else(|| kinds.get(&id).copied()).or(label.kind);
        Ok::<_, AggregateError>(Companion {
            label,
            together,
            count: alone,
            log_likelihood: (surprise * 100.0).round() / 100.0,
            pmi: (pmi(together, count, alone, total) * 100.0).round() / 100.0,
            share: share(together, count),
            id,
        })
    };
    Ok(Together {
        id: request.id.to_owned(),
        unit: request.unit,
        total,
        count,
        distinct,
        by_chance,
        companions: found.into_iter().map(companion).collect::<Result<_, _>>()?,
    })
}

/// Dunning's G² of a table of two by two: `both` of `a` and of `b` in `all`.
#[expect(clippy::cast_precision_loss, reason = "a statistic")]
fn log_likelihood(both: u64, a: u64, b: u64, all: u64) -> f64 {
    let neither = (all + both).saturating_sub(a + b);
    let cells = [
        (both, a, b),
        (a - both.min(a), a, all.saturating_sub(b)),
        (b - both.min(b), all.saturating_sub(a), b),
        (neither, all.saturating_sub(a), all.saturating_sub(b)),
    ];
    let part = |(seen, row, column): (u64, u64, u64)| {
        let expected = row as f64 * column as f64 / all.max(1) as f64;
        if seen == 0 || expected == 0.0 { 0.0 } else { seen as f64 * (seen as f64 / expected).ln() }
    };
    2.0 * cells.into_iter().map(part).sum::<f64>()
}

#[expect(clippy::cast_precision_loss, reason = "a statistic")]
fn pmi(both: u64, a: u64, b: u64, all: u64) -> f64 {
    let expected = a as f64 * b as f64 / all.max(1) as f64;
    if both == 0 || expected == 0.0 { 0.0 } else { (both as f64 / expected).log2() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_measure_is_dunnings() {
        // Worked by hand: 2·Σ seen·ln(seen/expected) over 10, 20, 30, 940 of 1000.
        let by_hand = 2.0
            * (10.0 * (10.0_f64 / 1.2).ln()
                + 20.0 * (20.0_f64 / 28.8).ln()
                + 30.0 * (30.0_f64 / 38.8).ln()
                + 940.0 * (940.0_f64 / 931.2).ln());
        assert!((log_likelihood(10, 30, 40, 1000) - by_hand).abs() < 1e-9);
        assert!(log_likelihood(4, 20, 200, 1000).abs() < 1e-9, "as often as by chance");
        assert!(log_likelihood(9, 9, 9, 1000) > log_likelihood(1, 1, 1, 1000), "once is not much");
        assert!((pmi(10, 30, 40, 1000) - (10.0_f64 / 1.2).log2()).abs() < 1e-12);
    }

    #[test]
    fn degenerate_tables_are_finite() {
        for table in [(0, 0, 0, 0), (5, 5, 5, 5), (1, 1, 1, 1), (0, 3, 4, 7), (3, 3, 7, 7)] {
            let value = log_likelihood(table.0, table.1, table.2, table.3);
            assert!(value.is_finite() && value >= -1e-9, "{table:?}: {value}");
        }
    }
}
