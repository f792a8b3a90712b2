//! Matches over time: every period from the first to the last, also those with none.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use super::facets::{renamer, share};
use super::{AggregateError, Label, Labels, plan_of};
use crate::engine::period::{Grain, day_of};
use crate::engine::{Engine, Grouping, Groups, Unit};
use crate::names::own::OwnNames;
use crate::query::{Leaf, Plan, PlanNode};

/// Most periods of a timeline: more than fifty years of days.
pub const MAX_PERIODS: usize = 20_000;

/// What values beyond the first ones are called while they are counted; no value can be it.
const OTHERS: &str = "\0others";

/// What is counted.
#[derive(Clone, Copy)]
pub struct TimelineRequest<'a> {
    /// The query's meaning.
    pub plan: &'a Plan,
    /// Whether articles or sections are counted.
    pub unit: Unit,
    /// Length of the periods.
    pub by: Grain,
    /// A field with a column, for a series of each of its values.
    pub split: Option<&'static str>,
    /// The most frequent so many values have series of their own; all without a number.
    pub top: Option<usize>,
    /// Whether the number of all articles of each period is counted, too.
    pub ratio: bool,
}

/// What a series stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SeriesRole {
    /// All matches.
    All,
    /// Those with one value.
    Value,
    /// Those with a value that has no series of its own.
    Others,
    /// Those without a value.
    None,
}

/// A row of numbers over the periods.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What it stands for.
    pub role: SeriesRole,
    /// The value.
    pub value: Option<String>,
    /// What is known of the value.
    pub label: Label,
    /// A number for each period.
    pub counts: Vec<u64>,
    /// Undated matches.
    pub undated: u64,
}

impl Series {
    /// All its matches.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum::<u64>() + self.undated
    }
}

/// A period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// `2024-05-14`, `2024-W20`, `2024-05` or `2024`.
    pub label: String,
    /// Its first day.
    pub start: Date,
    /// All articles or sections of the index in it, where they were counted.
    pub of: Option<u64>,
}

/// Matches over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Timeline {
    /// Length of the periods.
    pub by: Grain,
    /// The field that series are split by.
    pub split: Option<&'static str>,
    /// The periods, without gaps.
    pub periods: Vec<Period>,
    /// The series, the largest first, then the others and those without a value.
    pub series: Vec<Series>,
    /// All matches.
    pub total: u64,
    /// Matches without a date.
    pub undated: u64,
    /// Matches dated more coarsely than a period: they stand in its first.
    pub coarse: u64,
    /// Different values, where series are split.
    pub distinct: usize,
    /// All undated articles or sections of the index, where they were counted.
    pub undated_of: Option<u64>,
}

/// Counts.
///
/// # Errors
/// When the engine fails or the periods are too many.
pub fn timeline(
    engine: &dyn Engine,
    names: &OwnNames,
    request: &TimelineRequest<'_>,
) -> Result<Timeline, AggregateError> {
    let whole = engine.grouped(&grouping(request, request.plan, None, &|value| Some(value.to_owned())))?;
    let mut days: BTreeMap<i64, u64> = BTreeMap::new();
    let (mut undated, mut coarse) = (0, 0);
    for group in &whole.groups {
        match group.day {
            Some(day) => {
                *days.entry(day.number).or_default() += group.count;
                coarse += if request.by.is_finer_than(day.precision) { group.count } else { 0 };
            }
            None => undated += group.count,
        }
    }
    let periods = periods(request, &days)?;
    let numbers: BTreeMap<Date, usize> =
        periods.iter().enumerate().map(|(number, period)| (period.start, number)).collect();
    let mut timeline = Timeline {
        by: request.by,
        split: request.split,
        periods,
        series: Vec::new(),
        total: whole.total,
        undated,
        coarse,
        distinct: 0,
        undated_of: None,
    };
    match request.split {
        Some(field) => split(engine, names, request, field, &numbers, &mut timeline)?,
        None => {
            let series = series_of(whole, request.by, &numbers);
            timeline.series =
                series.into_values().map(|series| Series { role: SeriesRole::All, ..series }).collect();
        }
    }
    if timeline.series.is_empty() {
        timeline.series.push(empty_series(SeriesRole::All, None, numbers.len()));
    }
    if request.ratio {
        let all = plan_of(Leaf::All);
        let all = engine.grouped(&grouping(request, &all, None, &|value| Some(value.to_owned())))?;
        let mut all = series_of(all, request.by, &numbers);
        let all = all.remove(&None).unwrap_or_else(|| empty_series(SeriesRole::All, None, numbers.len()));
        timeline.undated_of = Some(all.undated);
        for (period, count) in timeline.periods.iter_mut().zip(all.counts) {
            period.of = Some(count);
        }
    }
    Ok(timeline)
}

fn grouping<'a>(
    request: &TimelineRequest<'a>,
    plan: &'a Plan,
    field: Option<&'a str>,
    rename: &'a dyn Fn(&str) -> Option<String>,
) -> Grouping<'a> {
    Grouping { plan, unit: request.unit, field, by_day: true, rename }
}

/// The periods from the first match to the last, or those that the query's dates reach over.
fn periods(request: &TimelineRequest<'_>, days: &BTreeMap<i64, u64>) -> Result<Vec<Period>, AggregateError> {
    let (from, to) = published_between(&request.plan.root);
    let first = days.keys().next().copied();
    let last = days.keys().next_back().copied();
    let day = |second: i64| second.div_euclid(86_400);
    // Without any match an open end has nowhere to end.
    let (Some(first), Some(last)) = (from.map(day).or(first), to.map(day).or(last)) else {
        return Ok(Vec::new());
    };
    let by = request.by;
    let (first, last) = (by.start(day_of(first)), by.start(day_of(last)));
    let count = by.count(first, last);
    if count > MAX_PERIODS {
        let (from, to) = (by.label(first), by.label(last));
        return Err(AggregateError::TooManyPeriods { periods: count, by: by.name(), from, to });
    }
    let starts = std::iter::successors(Some(first), |&start| by.next(start)).take(count);
    Ok(starts.map(|start| Period { label: by.label(start), start, of: None }).collect())
}

/// The seconds between which everything that `node` finds was published, as far as it says so.
fn published_between(node: &PlanNode) -> (Option<i64>, Option<i64>) {
    match node {
        PlanNode::Leaf(Leaf::Range { field: "published", from, to }, _) => (*from, *to),
        PlanNode::And(nodes) => nodes.iter().map(published_between).fold((None, None), |held, next| {
            let to = match (held.1, next.1) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
            (held.0.max(next.0), to)
        }),
        PlanNode::Boost(node, _) => published_between(node),
        _ => (None, None),
    }
}

fn empty_series(role: SeriesRole, value: Option<String>, periods: usize) -> Series {
    Series { role, value, label: Label::default(), counts: vec![0; periods], undated: 0 }
}

/// A series for each value of `groups`.
fn series_of(groups: Groups, by: Grain, numbers: &BTreeMap<Date, usize>) -> BTreeMap<Option<String>, Series> {
    let mut series: BTreeMap<Option<String>, Series> = BTreeMap::new();
    for group in groups.groups {
        let entry = series.entry(group.value.clone()).or_insert_with(|| {
            let role = if group.value.is_some() { SeriesRole::Value } else { SeriesRole::None };
            empty_series(role, group.value.clone(), numbers.len())
        });
        match group.day {
            None => entry.undated += group.count,
            // What lies outside the periods is no match: only the sum over all articles reaches so far.
            Some(day) => {
                if let Some(&number) = numbers.get(&by.start(day_of(day.number))) {
                    entry.counts[number] += group.count;
                }
            }
        }
    }
    series
}

/// Fills in a series for each of the most frequent values, and one for the rest.
fn split(
    engine: &dyn Engine,
    names: &OwnNames,
    request: &TimelineRequest<'_>,
    field: &'static str,
    numbers: &BTreeMap<Date, usize>,
    timeline: &mut Timeline,
) -> Result<(), AggregateError> {
    let rename = renamer(names, field);
    let by_value = Grouping { by_day: false, ..grouping(request, request.plan, Some(field), &*rename) };
    let mut counts: Vec<(String, u64)> = engine
        .grouped(&by_value)?
        .groups
        .into_iter()
        .filter_map(|group| Some((group.value?, group.count)))
        .collect();
    counts.sort_by(|(a, many), (b, few)| few.cmp(many).then_with(|| a.cmp(b)));
    timeline.distinct = counts.len();
    counts.truncate(request.top.unwrap_or(usize::MAX));
    let own: std::collections::BTreeSet<&str> = counts.iter().map(|(value, _)| value.as_str()).collect();
    let named = |value: &str| {
        let value = rename(value)?;
        Some(if own.contains(value.as_str()) { value } else { OTHERS.to_owned() })
    };
    let groups = engine.grouped(&grouping(request, request.plan, Some(field), &named))?;
    let mut series = series_of(groups, request.by, numbers);
    let mut labels = Labels::new(engine, names);
    for (value, _) in &counts {
        if let Some(found) = series.remove(&Some(value.clone())) {
            timeline.series.push(Series { label: labels.of(field, value)?, ..found });
        }
    }
    if let Some(others) = series.remove(&Some(OTHERS.to_owned())) {
        timeline.series.push(Series { role: SeriesRole::Others, value: None, ..others });
    }
    timeline.series.extend(series.remove(&None));
    Ok(())
}

/// One number of a timeline.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TimelinePoint<'a> {
    /// Length of the period.
    pub by: Grain,
    /// The period; none for undated matches.
    pub period: Option<&'a str>,
    /// Its first day.
    pub start: Option<String>,
    /// The field of the series.
    pub split: Option<&'static str>,
    /// What the series stands for.
    pub series: SeriesRole,
    /// Its value.
    pub value: Option<&'a str>,
    /// Its value's name.
    pub name: Option<&'a str>,
    /// Matches.
    pub count: u64,
    /// All articles or sections of the period, where they were counted.
    pub of: Option<u64>,
    /// The matches' share of them; none where there are none.
    pub ratio: Option<f64>,
}

impl Timeline {
    /// Every number, period by period and series by series; undated matches at the end, where there are
    /// any.
    pub fn points(&self) -> impl Iterator<Item = TimelinePoint<'_>> {
        let dated = self.periods.iter().enumerate().flat_map(move |(number, period)| {
            self.series
                .iter()
                .map(move |series| self.point(series, Some(period), series.counts[number], period.of))
        });
        let undated = self.series.iter().filter(|series| series.undated > 0);
        dated.chain(undated.map(|series| self.point(series, None, series.undated, self.undated_of)))
    }

    fn point<'a>(
        &'a self,
        series: &'a Series,
        period: Option<&'a Period>,
        count: u64,
        of: Option<u64>,
    ) -> TimelinePoint<'a> {
        TimelinePoint {
            by: self.by,
            period: period.map(|period| period.label.as_str()),
            start: period.map(|period| period.start.to_string()),
            split: self.split,
            series: series.role,
            value: series.value.as_deref(),
            name: series.label.name.as_deref(),
            count,
            of,
            ratio: of.filter(|of| *of > 0).map(|of| share(count, of)),
        }
    }
}
