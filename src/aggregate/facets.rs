//! How many matches have each value of a field.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use serde::Serialize;

use super::{AggregateError, Label, Labels};
use crate::article::{Article, Kind};
use crate::engine::period::{Grain, day_of};
use crate::engine::{Engine, Grouping, Unit};
use crate::names::fold::{fold, slug};
use crate::names::own::OwnNames;
use crate::query::{FIELDS, FieldType, NameResolver, Plan, field_named, nearest_field};

/// A field that matches can be counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FacetField {
    /// Its name.
    pub name: &'static str,
    from: From,
}

/// Where the values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum From {
    /// In a column of the index.
    Column,
    /// The day of publication, in a column.
    Published(Grain),
    /// In the articles, which are opened one by one.
    Bylines,
    /// The same.
    Headings,
}

impl FacetField {
    /// The field of that name or alias: `day`, `week`, `month` and `year` of publication, `section` (the
    /// headings of sections), or a field of the query language that has values.
    ///
    /// # Errors
    /// When there is none, or it has words instead of values.
    pub fn named(name: &str) -> Result<Self, AggregateError> {
        let lower = name.to_ascii_lowercase();
        if let Some(grain) = Grain::named(&lower) {
            return Ok(Self { name: grain.name(), from: From::Published(grain) });
        }
        if matches!(lower.as_str(), "section" | "heading") {
            return Ok(Self { name: "section", from: From::Headings });
        }
        let Some(field) = field_named(&lower) else {
            let nearest = nearest_of(&lower);
            return Err(AggregateError::UnknownField { name: name.to_owned(), nearest });
        };
        let from = match (field.name, field.kind) {
            ("byline", _) => From::Bylines,
            ("id" | "url", _) => {
                return Err(AggregateError::NoValues(field.name, "every article has its own"));
            }
            (_, FieldType::Text | FieldType::Part(_)) => {
                return Err(AggregateError::NoValues(field.name, "it holds words"));
            }
            (_, FieldType::Date) => {
                return Err(AggregateError::NoValues(field.name, "count by day, week, month or year"));
            }
            _ => From::Column,
        };
        Ok(Self { name: field.name, from })
    }

    /// Whether the index has its values in a column.
    pub fn column(self) -> Option<&'static str> {
        (self.from == From::Column).then_some(self.name)
    }

    /// The names of all such fields.
    pub fn names() -> impl Iterator<Item = &'static str> {
        let further = ["section", "day", "week", "month", "year"];
        FIELDS.iter().map(|field| field.name).filter(|name| Self::named(name).is_ok()).chain(further)
    }
}

fn nearest_of(name: &str) -> Option<String> {
    let own = Grain::named(name.trim_end_matches('s')).map(Grain::name);
    own.or_else(|| nearest_field(name)).map(str::to_owned)
}

/// What is counted.
#[derive(Clone, Copy)]
pub struct FacetRequest<'a> {
    /// The query's meaning.
    pub plan: &'a Plan,
    /// Whether articles or sections are counted.
    pub unit: Unit,
    /// By which field.
    pub field: FacetField,
    /// Only values whose name or id holds this text, or that it is a spelling of.
    pub matching: Option<&'a str>,
    /// The most frequent so many; all without a number.
    pub top: Option<usize>,
}

/// A value and how many matches have it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FacetValue {
    /// The value as the index has it; an id for names.
    pub value: String,
    /// What is known of it.
    #[serde(flatten)]
    pub label: Label,
    /// Matches that have it.
    pub count: u64,
    /// Their share of all matches.
    pub share: f64,
}

/// The values of a field.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Facet {
    /// The field.
    pub field: &'static str,
    /// What is counted.
    pub unit: Unit,
    /// All matches.
    pub total: u64,
    /// Matches without a value.
    pub without: u64,
    /// Matches dated more coarsely than the period: they count at its beginning.
    pub coarse: u64,
    /// Different values, of those that were asked for.
    pub distinct: usize,
    /// Different values that the text to match left out.
    pub not_matching: usize,
    /// The values, the most frequent first.
    pub values: Vec<FacetValue>,
}

/// Counts.
///
/// # Errors
/// When the engine fails.
pub fn facet(
    engine: &dyn Engine,
    names: &OwnNames,
    request: &FacetRequest<'_>,
) -> Result<Facet, AggregateError> {
    let counted = counted(engine, names, request)?;
    let all = counted.values.len();
    let wanted = request.matching.map(|text| Matcher::new(text, names));
    let mut values: Vec<(String, u64)> = counted
        .values
        .into_iter()
        .filter(|(value, _)| wanted.as_ref().is_none_or(|wanted| wanted.takes(value)))
        .collect();
    values.sort_by(|(a, many), (b, few)| few.cmp(many).then_with(|| a.cmp(b)));
    let distinct = values.len();
    values.truncate(request.top.unwrap_or(usize::MAX));
    let mut labels = Labels::new(engine, names);
    let labelled = |(value, count): (String, u64)| -> Result<FacetValue, AggregateError> {
        let label = labels.of(request.field.name, &value)?;
        Ok(FacetValue { value, label, count, share: share(count, counted.total) })
    };
    Ok(Facet {
        field: request.field.name,
        unit: request.unit,
        total: counted.total,
        without: counted.without,
        coarse: counted.coarse,
        distinct,
        not_matching: all - distinct,
        values: values.into_iter().map(labelled).collect::<Result<_, _>>()?,
    })
}

/// `count` of `all` as a share from 0 to 1, to four places.
pub(super) fn share(count: u64, all: u64) -> f64 {
    if all == 0 {
        return 0.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "a share to four places")]
    let share = count as f64 / all as f64;
    (share * 1e4).round() / 1e4
}

#[derive(Default)]
struct Counted {
    total: u64,
    without: u64,
    coarse: u64,
    values: BTreeMap<String, u64>,
}

fn counted(
    engine: &dyn Engine,
    names: &OwnNames,
    request: &FacetRequest<'_>,
) -> Result<Counted, AggregateError> {
    let rename = renamer(names, request.field.name);
    let grouping =
        |field, by_day| Grouping { plan: request.plan, unit: request.unit, field, by_day, rename: &*rename };
    let mut counted = Counted::default();
    match request.field.from {
        From::Column => {
            let groups = engine.grouped(&grouping(Some(request.field.name), false))?;
            counted.total = groups.total;
            for group in groups.groups {
                match group.value {
                    Some(value) => counted.values.insert(value, group.count).map_or((), drop),
                    None => counted.without = group.count,
                }
            }
        }
        From::Published(grain) => {
            let groups = engine.grouped(&grouping(None, true))?;
            counted.total = groups.total;
            for group in groups.groups {
                let Some(day) = group.day else {
                    counted.without += group.count;
                    continue;
                };
                counted.coarse += if grain.is_finer_than(day.precision) { group.count } else { 0 };
                let label = grain.label(grain.start(day_of(day.number)));
                *counted.values.entry(label).or_default() += group.count;
            }
        }
        From::Bylines => count_stored(engine, request, &mut counted, &|article, _| article.byline.clone())?,
        From::Headings => count_stored(engine, request, &mut counted, &headings)?,
    }
    Ok(counted)
}

/// Gives a value its name; none to one that does not count.
type Rename<'a> = Box<dyn Fn(&str) -> Option<String> + 'a>;

/// What values of `field` are called after all corrections.
pub(super) fn renamer<'a>(names: &'a OwnNames, field: &str) -> Rename<'a> {
    let ids = ["entity", "person", "organisation", "place", "source", "speaker"].contains(&field);
    let outlets = ["publisher", "host", "credit"].contains(&field);
    let corrections = names.corrections();
    Box::new(move |value: &str| match (ids, outlets) {
        (true, _) => corrections.canonical(value).map(str::to_owned),
        // Who wrote an article is never hidden.
        (_, true) => Some(corrections.canonical(value).unwrap_or(value).to_owned()),
        _ => Some(value.to_owned()),
    })
}

/// The headings of an article, or of the section that was found.
fn headings(article: &Article, section: Option<usize>) -> Vec<String> {
    let of = |number: usize| article.sections.get(number)?.heading.clone();
    match section {
        Some(number) => of(number).into_iter().collect(),
        None => (0..article.sections.len()).filter_map(of).collect(),
    }
}

fn count_stored(
    engine: &dyn Engine,
    request: &FacetRequest<'_>,
    counted: &mut Counted,
    values_of: &dyn Fn(&Article, Option<usize>) -> Vec<String>,
) -> Result<(), AggregateError> {
    engine.scan(request.plan, request.unit, &mut |loaded| {
        let section = match request.unit {
            Unit::Article => None,
            Unit::Section => Some(loaded.section.unwrap_or(0)),
        };
        let mut values = values_of(&loaded.stored.article, section);
        values.sort_unstable();
        values.dedup();
        counted.total += 1;
        counted.without += u64::from(values.is_empty());
        for value in values {
            *counted.values.entry(value).or_default() += 1;
        }
        ControlFlow::Continue(())
    })?;
    Ok(())
}

/// Chooses values by a text.
pub(super) struct Matcher<'a> {
    names: &'a OwnNames,
    folded: String,
    slug: String,
    ids: Vec<String>,
}

impl<'a> Matcher<'a> {
    pub(super) fn new(text: &str, names: &'a OwnNames) -> Self {
        let ids = names.entities(text).into_iter().map(|entity| entity.id).collect();
        Self { names, folded: fold(text), slug: slug(text), ids }
    }

    /// Whether the text stands in the value or its name, or is a spelling of it.
    pub(super) fn takes(&self, value: &str) -> bool {
        let named = |text: &str| fold(text).contains(&self.folded);
        self.ids.iter().any(|id| id == value)
            || (!self.slug.is_empty() && value.contains(&self.slug))
            || named(value)
            || self.names.entity(value).is_some_and(|entity| named(&entity.name))
    }
}

/// The kind of which a field holds entities.
pub fn kind_of_field(field: &str) -> Option<Kind> {
    match field {
        "person" => Some(Kind::Person),
        "organisation" => Some(Kind::Organisation),
        "place" => Some(Kind::Place),
        _ => None,
    }
}
