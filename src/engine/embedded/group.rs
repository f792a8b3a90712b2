//! Matches counted by the values of columns, without opening an article.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

use super::super::{Day, Group, Grouping, Groups};
use crate::article::Precision;

/// Seconds of a day.
const DAY_SECONDS: i64 = 86_400;

/// Fields that are the sum of others.
const SUMS: [(&str, &[&str]); 1] = [("entity", &["person", "organisation", "place"])];

/// The matches of each segment, in the order of the segment.
pub(super) struct MatchedDocs;

pub(super) struct SegmentDocs {
    segment: SegmentOrdinal,
    docs: Vec<DocId>,
}

impl Collector for MatchedDocs {
    type Fruit = Vec<(SegmentOrdinal, Vec<DocId>)>;
    type Child = SegmentDocs;

    fn for_segment(&self, segment: SegmentOrdinal, _: &SegmentReader) -> tantivy::Result<SegmentDocs> {
        Ok(SegmentDocs { segment, docs: Vec::new() })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, mut fruits: Vec<(SegmentOrdinal, Vec<DocId>)>) -> tantivy::Result<Self::Fruit> {
        fruits.sort_unstable_by_key(|(segment, _)| *segment);
        Ok(fruits)
    }
}

impl SegmentCollector for SegmentDocs {
    type Fruit = (SegmentOrdinal, Vec<DocId>);

    fn collect(&mut self, doc: DocId, _: Score) {
        self.docs.push(doc);
    }

    fn harvest(self) -> Self::Fruit {
        (self.segment, self.docs)
    }
}

/// Groups over all segments.
#[derive(Default)]
pub(super) struct Tally {
    total: u64,
    counts: BTreeMap<(Option<Arc<str>>, Option<Day>), u64>,
}

/// A column whose values matches are grouped by.
enum Values {
    Text(StrColumn),
    Number(Column<u64>),
}

/// The values of one segment, numbered as they are met.
struct Met<'a> {
    rename: &'a dyn Fn(&str) -> Option<String>,
    /// Column and its value's ordinal to the number in `names`; none for values that do not count.
    numbers: FxHashMap<(usize, u64), Option<u32>>,
    by_name: FxHashMap<Arc<str>, u32>,
    names: Vec<Arc<str>>,
}

impl Met<'_> {
    fn number(&mut self, column: usize, values: &Values, ord: u64) -> tantivy::Result<Option<u32>> {
        if let Some(&number) = self.numbers.get(&(column, ord)) {
            return Ok(number);
        }
        let mut text = String::new();
        match values {
            Values::Text(column) => drop(column.ord_to_str(ord, &mut text)?),
            Values::Number(_) => text = ord.to_string(),
        }
        let number = (self.rename)(&text).map(|name| {
            let name: Arc<str> = name.into();
            *self.by_name.entry(Arc::clone(&name)).or_insert_with(|| {
                self.names.push(name);
                self.names.len() as u32 - 1
            })
        });
        self.numbers.insert((column, ord), number);
        Ok(number)
    }
}

impl Tally {
    /// Adds the matches `docs` of the segment of `reader`.
    pub(super) fn add(
        &mut self,
        reader: &SegmentReader,
        docs: &[DocId],
        grouping: &Grouping<'_>,
    ) -> tantivy::Result<()> {
        self.total += docs.len() as u64;
        let columns = grouping.field.map(|field| columns_of(reader, field)).transpose()?;
        let days = if grouping.by_day { Some(Days::open(reader)?) } else { None };
        let mut met = Met {
            rename: grouping.rename,
            numbers: FxHashMap::default(),
            by_name: FxHashMap::default(),
            names: Vec::new(),
        };
        let mut counts: FxHashMap<(Option<u32>, Option<Day>), u64> = FxHashMap::default();
        let mut numbers: Vec<u32> = Vec::new();
        for &doc in docs {
            let day = days.as_ref().and_then(|days| days.of(doc));
            numbers.clear();
            for (column, values) in columns.iter().flatten().enumerate() {
                let mut add = |ord| -> tantivy::Result<()> {
                    numbers.extend(met.number(column, values, ord)?);
                    Ok(())
                };
                match values {
                    Values::Text(column) => column.term_ords(doc).try_for_each(&mut add)?,
                    Values::Number(column) => column.values_for_doc(doc).try_for_each(&mut add)?,
                }
            }
            numbers.sort_unstable();
            numbers.dedup();
            for &number in &numbers {
                *counts.entry((Some(number), day)).or_default() += 1;
            }
            if numbers.is_empty() {
                *counts.entry((None, day)).or_default() += 1;
            }
        }
        for ((number, day), count) in counts {
            let value = number.map(|number| Arc::clone(&met.names[number as usize]));
            *self.counts.entry((value, day)).or_default() += count;
        }
        Ok(())
    }

    /// The groups in order.
    pub(super) fn groups(self) -> Groups {
        let group = |((value, day), count): ((Option<Arc<str>>, Option<Day>), u64)| Group {
            value: value.map(|value| value.to_string()),
            day,
            count,
        };
        Groups { total: self.total, groups: self.counts.into_iter().map(group).collect() }
    }
}

fn columns_of(reader: &SegmentReader, field: &str) -> tantivy::Result<Vec<Values>> {
    let single = [field];
    let names = SUMS.iter().find(|(sum, _)| *sum == field).map_or(&single[..], |(_, parts)| parts);
    let columns = reader.fast_fields();
    let mut found = Vec::new();
    for name in names {
        // A segment where no document has the field has no column of it.
        if let Ok(Some(column)) = columns.str(name) {
            found.push(Values::Text(column));
        } else if let Ok(column) = columns.u64(name) {
            found.push(Values::Number(column));
        }
    }
    Ok(found)
}

/// Whether matches can be grouped by `field` of `schema`.
pub(super) fn has_values(schema: &tantivy::schema::Schema, field: &str) -> bool {
    let fast = |name: &str| schema.get_field(name).is_ok_and(|field| schema.get_field_entry(field).is_fast());
    SUMS.iter().any(|(sum, _)| *sum == field) || fast(field)
}

pub(super) struct Days {
    seconds: Column<i64>,
    grains: Column<u64>,
}

impl Days {
    pub(super) fn open(reader: &SegmentReader) -> tantivy::Result<Self> {
        let columns = reader.fast_fields();
        Ok(Self { seconds: columns.i64("published")?, grains: columns.u64("published_grain")? })
    }

    /// When the document was published, in seconds since 1970.
    pub(super) fn second_of(&self, doc: DocId) -> Option<i64> {
        self.seconds.first(doc)
    }

    pub(super) fn of(&self, doc: DocId) -> Option<Day> {
        let number = self.second_of(doc)?.div_euclid(DAY_SECONDS);
        let precision = match self.grains.first(doc) {
            Some(0) => Precision::Year,
            Some(1) => Precision::Month,
            Some(2) => Precision::Day,
            Some(3) => Precision::Minute,
            _ => Precision::Second,
        };
        // What is finer than a day makes no difference here.
        Some(Day { number, precision: precision.min(Precision::Day) })
    }
}
