//! The first matches in a fixed order, and the number of all.
//!
//! Equal scores and dates are ordered by the article's own `tie` value, so that the same index
//! content gives the same list whatever segments it lies in.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{Column, ColumnValues};
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader};

use super::super::Sort;

/// A match with what orders it.
#[derive(Clone, Copy, Debug)]
pub(super) struct RankedDoc {
    pub(super) score: Score,
    key: i64,
    tie: u64,
    pub(super) address: DocAddress,
}

impl RankedDoc {
    /// Less is earlier in the list.
    fn place(&self, other: &Self) -> Ordering {
        other.score.total_cmp(&self.score).then(other.key.cmp(&self.key)).then(self.tie.cmp(&other.tie))
    }
}

impl PartialEq for RankedDoc {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for RankedDoc {}

impl PartialOrd for RankedDoc {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for RankedDoc {
    /// The worst is the greatest, so that a heap has it on top.
    fn cmp(&self, other: &Self) -> Ordering {
        self.place(other)
    }
}

/// The list and the number of all.
pub(super) struct RankedList {
    pub(super) total: u64,
    pub(super) first: Vec<RankedDoc>,
}

/// Collects the first `top` in the order of `sort`.
pub(super) struct Ranked {
    sort: Sort,
    top: usize,
}

impl Ranked {
    pub(super) fn new(sort: Sort, top: usize) -> Self {
        Self { sort, top }
    }
}

pub(super) struct SegmentRanked {
    sort: Sort,
    top: usize,
    segment: SegmentOrdinal,
    ties: std::sync::Arc<dyn ColumnValues<u64>>,
    published: Option<Column<i64>>,
    heap: BinaryHeap<RankedDoc>,
    total: u64,
}

impl Collector for Ranked {
    type Fruit = RankedList;
    type Child = SegmentRanked;

    fn for_segment(&self, segment: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<SegmentRanked> {
        let columns = reader.fast_fields();
        let published = if self.sort == Sort::Relevance { None } else { Some(columns.i64("published")?) };
        Ok(SegmentRanked {
            sort: self.sort,
            top: self.top,
            segment,
            ties: columns.u64("tie")?.first_or_default_col(0),
            published,
            heap: BinaryHeap::new(),
            total: 0,
        })
    }

    fn requires_scoring(&self) -> bool {
        self.sort == Sort::Relevance
    }

    fn merge_fruits(&self, fruits: Vec<RankedList>) -> tantivy::Result<RankedList> {
        let total = fruits.iter().map(|fruit| fruit.total).sum();
        let mut first: Vec<RankedDoc> = fruits.into_iter().flat_map(|fruit| fruit.first).collect();
        first.sort_unstable();
        first.truncate(self.top);
        Ok(RankedList { total, first })
    }
}

impl SegmentCollector for SegmentRanked {
    type Fruit = RankedList;

    fn collect(&mut self, doc: DocId, score: Score) {
        self.total += 1;
        if self.top == 0 {
            return;
        }
        let full = self.heap.len() >= self.top;
        if full && self.sort == Sort::Relevance && self.heap.peek().is_some_and(|worst| score < worst.score) {
            return;
        }
        let key = match (&self.published, self.sort) {
            (Some(published), Sort::Newest) => published.first(doc).unwrap_or(i64::MIN),
            (Some(published), _) => published.first(doc).map_or(i64::MIN, i64::saturating_neg),
            (None, _) => 0,
        };
        let address = DocAddress::new(self.segment, doc);
        let ranked = RankedDoc { score, key, tie: self.ties.get_val(doc), address };
        if !full {
            self.heap.push(ranked);
        } else if let Some(mut worst) = self.heap.peek_mut()
            && ranked < *worst
        {
            *worst = ranked;
        }
    }

    fn harvest(self) -> RankedList {
        RankedList { total: self.total, first: self.heap.into_vec() }
    }
}
