//! Candidates for the day of publication: every day that a witness prints, its day in UTC, and
//! its other reading where day and month could change places.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    date::{DateStyle, FoundDate, dates_in, day_number, day_of, parse_value, utc_day_of},
    page_context::PageContext,
    rules::{Row, rules_of},
};
use crate::article::{FieldName, Moment, Precision, Witness};

/// How a witness gives a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reading {
    /// As printed.
    Printed,
    /// As the day in UTC of an instant printed with another offset.
    Utc,
    /// With day and month changed.
    Swapped,
}

/// A day that some witnesses give.
#[derive(Debug)]
pub(crate) struct DayCandidate {
    /// `YYYY-MM-DD`.
    pub day: String,
    /// Days since 1970.
    pub number: i64,
    /// Index of the witness, how it gives the day, and the whole moment.
    pub support: Vec<(usize, Reading, Moment)>,
}

/// Rules whose dates are the article's more often than not.
const STRONG: [&str; 10] = [
    "jsonld:datePublished",
    "jsonld-page:datePublished",
    "meta:article:published_time",
    "meta:date",
    "meta:datepublished",
    "microdata:datePublished",
    "time:published",
    "url:date",
    "visible:published",
    "class:published",
];

/// Rules whose dates are those of the last change.
fn is_modified(witness: &Witness) -> bool {
    witness.field == FieldName::Modified
}

/// The date of a witness; machines' values whole, texts' first date.
pub(crate) fn date_of(witness: &Witness, style: DateStyle) -> Option<FoundDate> {
    let prose = witness.rule.starts_with("class:") || witness.rule.starts_with("visible:");
    if prose { dates_in(&witness.raw, style).into_iter().next() } else { parse_value(&witness.raw, style) }
}

/// Whether a day can be a page's: not the zero of a clock, not after the copy was made.
fn is_possible(number: i64, context: &PageContext<'_>) -> bool {
    // A day of grace: the copy's day and the page's may be of two time zones.
    number != 0 && context.last_day.is_none_or(|last| number <= last + 1)
}

/// All candidates, the earliest first.
pub(crate) fn candidates(witnesses: &[Witness], context: &PageContext<'_>) -> Vec<DayCandidate> {
    let mut days: BTreeMap<String, DayCandidate> = BTreeMap::new();
    let mut add = |day: String, index: usize, reading: Reading, moment: Moment| {
        let Some(number) = day_number(&day).filter(|number| is_possible(*number, context)) else { return };
        let candidate =
            days.entry(day.clone()).or_insert_with(|| DayCandidate { day, number, support: Vec::new() });
        candidate.support.push((index, reading, moment));
    };
    for (index, witness) in witnesses.iter().enumerate() {
        if !matches!(witness.field, FieldName::Published | FieldName::Modified) {
            continue;
        }
        let Some(found) = date_of(witness, context.style) else { continue };
        let printed = day_of(&found.moment).map(str::to_owned);
        let utc = utc_day_of(&found.moment).filter(|day| printed.as_ref() != Some(day));
        if let (Some(utc), true) = (utc, found.moment.precision >= Precision::Minute) {
            add(utc, index, Reading::Utc, found.moment.clone());
        }
        if let Some(day) = printed {
            add(day, index, Reading::Printed, found.moment);
        }
        if let Some(swapped) = found.swapped
            && let Some(day) = day_of(&swapped).map(str::to_owned)
        {
            add(day, index, Reading::Swapped, swapped);
        }
    }
    days.into_values().collect()
}

/// The features of every candidate.
pub(crate) fn features(
    candidates: &[DayCandidate],
    witnesses: &[Witness],
    context: &PageContext<'_>,
    naming: bool,
) -> Vec<Row> {
    let page = Page::of(candidates, witnesses, context);
    (0..candidates.len()).map(|index| page.row(index, witnesses, context, naming)).collect()
}

struct Page<'c> {
    candidates: &'c [DayCandidate],
    counts: Vec<f32>,
    present: Vec<bool>,
    modified_present: Vec<bool>,
    earliest_strong: Option<i64>,
    latest_strong: Option<i64>,
    month: Option<String>,
    /// The instants of last changes.
    changes: BTreeSet<i64>,
    most: f32,
}

impl<'c> Page<'c> {
    fn of(candidates: &'c [DayCandidate], witnesses: &[Witness], context: &PageContext<'_>) -> Self {
        let present_of = |field| {
            let rules = rules_of(field);
            let mut present = vec![false; rules.features().len()];
            for witness in witnesses.iter().filter(|witness| witness.field == field) {
                if let Some(place) =
                    rules.place(&witness.rule).filter(|_| date_of(witness, context.style).is_some())
                {
                    present[place] = true;
                }
            }
            present
        };
        let counts: Vec<f32> =
            candidates.iter().map(|candidate| count_of(candidate, witnesses, Reading::Utc)).collect();
        let strong =
            candidates.iter().filter(|candidate| strong_support(candidate, witnesses).next().is_some());
        let changes = candidates.iter().flat_map(|candidate| &candidate.support).filter(|(index, ..)| {
            is_modified(&witnesses[*index]) && !witnesses[*index].rule.starts_with("visible:")
        });
        let changes = changes.map(|(.., moment)| moment.unix_seconds).collect();
        let numbers: BTreeSet<i64> = strong.map(|candidate| candidate.number).collect();
        let month =
            witnesses.iter().find(|witness| witness.rule == "url:month").map(|witness| witness.raw.clone());
        Self {
            most: counts.iter().copied().fold(0.0, f32::max),
            counts,
            present: present_of(FieldName::Published),
            modified_present: present_of(FieldName::Modified),
            earliest_strong: numbers.first().copied(),
            latest_strong: numbers.last().copied(),
            month,
            changes,
            candidates,
        }
    }

    fn row(&self, index: usize, witnesses: &[Witness], context: &PageContext<'_>, naming: bool) -> Row {
        let candidate = &self.candidates[index];
        let mut row = Row::new(naming);
        for (field, present, prefix) in [
            (FieldName::Published, &self.present, ""),
            (FieldName::Modified, &self.modified_present, "modified "),
        ] {
            let rules = rules_of(field);
            let given: Vec<(usize, f32)> = candidate
                .support
                .iter()
                .filter(|(index, ..)| witnesses[*index].field == field)
                .filter_map(|(index, reading, _)| {
                    Some((rules.place(&witnesses[*index].rule)?, state_of(*reading)))
                })
                .collect();
            row.push_states(prefix, rules, present, &given);
        }
        self.push_agreement(&mut row, index, witnesses);
        self.push_place(&mut row, index, context);
        row
    }

    fn push_agreement(&self, row: &mut Row, index: usize, witnesses: &[Witness]) {
        let candidate = &self.candidates[index];
        let best = candidate.support.iter().map(|(_, reading, _)| *reading).min();
        let unmodified =
            candidate.support.iter().filter(|(index, ..)| !is_modified(&witnesses[*index])).count();
        let of_field = |field: FieldName| {
            let given = candidate.support.iter().filter(|(index, ..)| witnesses[*index].field == field);
            given.map(|(index, reading, _)| (*index, state_of(*reading))).collect::<Vec<_>>()
        };
        row.push_trust(FieldName::Published, &of_field(FieldName::Published), witnesses);
        row.push_trust(FieldName::Modified, &of_field(FieldName::Modified), witnesses);
        row.push("rules", self.counts[index]);
        row.push("printed", count_of(candidate, witnesses, Reading::Printed));
        row.push("unmodified", unmodified as f32);
        row.push("behind-most", self.most - self.counts[index]);
        row.push("finest", self.finest_strong(candidate, witnesses));
        row.push("of-last-change", self.share_of_changes(candidate, witnesses));
        row.push("strong", self.strong_of(candidate, witnesses) as f32);
        let others = |before: bool| {
            let apart = self.candidates.iter().filter(|other| match before {
                true => other.number < candidate.number,
                false => other.number > candidate.number,
            });
            apart.map(|other| self.strong_of(other, witnesses)).sum::<usize>() as f32
        };
        row.push("strong-before", others(true));
        row.push("strong-after", others(false));
        row.push("reading", best.map_or(3.0, |reading| reading as u8 as f32));
        let near = |reach: i64| {
            let others = self
                .candidates
                .iter()
                .zip(&self.counts)
                .filter(|(other, _)| other.number != candidate.number);
            others
                .filter(|(other, _)| (other.number - candidate.number).abs() <= reach)
                .map(|(_, count)| *count)
                .sum::<f32>()
        };
        row.push("near-1", near(1));
        row.push("near-3", near(3));
        let at = |offset: i64| {
            self.candidates
                .iter()
                .position(|other| other.number == candidate.number + offset)
                .map_or(0.0, |place| self.counts[place])
        };
        row.push("day-before", at(-1));
        row.push("day-after", at(1));
    }

    /// How many trusted rules print the day.
    fn strong_of(&self, candidate: &DayCandidate, witnesses: &[Witness]) -> usize {
        let rules: BTreeSet<&str> =
            strong_support(candidate, witnesses).map(|(index, ..)| witnesses[*index].rule.as_str()).collect();
        rules.len()
    }

    /// How exactly the trusted rules that print the day know it; -1 where none does.
    fn finest_strong(&self, candidate: &DayCandidate, witnesses: &[Witness]) -> f32 {
        let known = strong_support(candidate, witnesses).map(|(.., moment)| moment.precision as u8 as f32);
        known.fold(-1.0, f32::max)
    }

    /// The share of the trusted instants of the day that are those of a last change to the second:
    /// such a stamp is renewed with the page.
    fn share_of_changes(&self, candidate: &DayCandidate, witnesses: &[Witness]) -> f32 {
        let instants: Vec<i64> = strong_support(candidate, witnesses)
            .filter(|(.., moment)| moment.precision >= Precision::Second)
            .map(|(.., moment)| moment.unix_seconds)
            .collect();
        let renewed = instants.iter().filter(|instant| self.changes.contains(instant)).count();
        if instants.is_empty() { -1.0 } else { renewed as f32 / instants.len() as f32 }
    }

    fn push_place(&self, row: &mut Row, index: usize, context: &PageContext<'_>) {
        let candidate = &self.candidates[index];
        let days =
            |from: Option<i64>| from.map_or(-999.0, |from| (candidate.number - from).clamp(-900, 900) as f32);
        row.push("candidates", self.candidates.len() as f32);
        row.push("from-earliest", index as f32);
        row.push("from-latest", (self.candidates.len() - 1 - index) as f32);
        row.push("days-from-earliest-strong", days(self.earliest_strong));
        row.push("days-from-latest-strong", days(self.latest_strong));
        row.push("days-from-latest", days(self.candidates.last().map(|last| last.number)));
        row.push("days-from-earliest", days(self.candidates.first().map(|first| first.number)));
        row.push(
            "days-before-copy",
            context.last_day.map_or(-1.0, |last| (last - candidate.number).clamp(-1, 9_999) as f32),
        );
        let month = self
            .month
            .as_ref()
            .map(|month| if candidate.day.starts_with(month.as_str()) { 1.0 } else { -1.0 });
        row.push("in-url-month", month.unwrap_or(0.0));
        row.push("first-of-month", f32::from(u8::from(candidate.day.ends_with("-01"))));
        row.push("first-of-year", f32::from(u8::from(candidate.day.ends_with("-01-01"))));
        row.push("year", candidate.day.get(..4).and_then(|year| year.parse().ok()).unwrap_or(0.0));
    }
}

/// The support of trusted rules, as printed.
fn strong_support<'c>(
    candidate: &'c DayCandidate,
    witnesses: &'c [Witness],
) -> impl Iterator<Item = &'c (usize, Reading, Moment)> {
    candidate.support.iter().filter(|(index, reading, _)| {
        *reading == Reading::Printed && STRONG.contains(&witnesses[*index].rule.as_str())
    })
}

fn state_of(reading: Reading) -> f32 {
    match reading {
        Reading::Printed => 1.0,
        Reading::Utc => 0.6,
        Reading::Swapped => 0.3,
    }
}

/// How many rules give the day, read no worse than `worst`.
fn count_of(candidate: &DayCandidate, witnesses: &[Witness], worst: Reading) -> f32 {
    let rules: BTreeSet<&str> = candidate
        .support
        .iter()
        .filter(|(_, reading, _)| *reading <= worst)
        .map(|(index, ..)| witnesses[*index].rule.as_str())
        .collect();
    rules.len() as f32
}
