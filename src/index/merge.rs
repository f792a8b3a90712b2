//! Few segments after every run: a query pays for each of them.
//!
//! While a run goes on, tantivy's own policy merges many small segments into one. What is left at the
//! end is merged down to a few, and only when the policy has done what it began: two merges of one
//! segment would both be made and one of them thrown away.

use tantivy::indexer::{LogMergePolicy, NoMergePolicy};
use tantivy::schema::Document;
use tantivy::{Index, IndexWriter, TantivyDocument};

use super::error::IndexError;
use super::home::Home;

/// Most segments that a run leaves behind. Two hundred make queries ten to forty times slower;
/// about ten make no difference that could be told from the noise.
const MAX_SEGMENTS: usize = 12;
/// Where there are more, the smallest are merged until so many are left: then several small runs cost no
/// merge at all.
const SEGMENTS_LEFT: usize = 8;
/// Segments of one size that are merged while a run goes on: more than a run of a hundred thousand
/// articles makes, so that only larger ones write an article twice.
const SEGMENTS_PER_MERGE: usize = 12;
/// Heap of the writer that merges, in bytes: it takes no articles.
const MERGE_HEAP_BYTES: usize = 15_000_000;

/// How segments are merged while a run goes on.
pub(super) fn policy() -> LogMergePolicy {
    let mut policy = LogMergePolicy::default();
    policy.set_min_num_segments(SEGMENTS_PER_MERGE);
    policy
}

/// Ends a run whose last commit is done: waits for the merges that it began, then merges the smallest
/// segments until few are left.
///
/// # Errors
/// When the index cannot be written.
pub(super) fn finish<D: Document>(
    home: &Home,
    index: &Index,
    writer: IndexWriter<D>,
) -> Result<(), IndexError> {
    let wrap = |error: tantivy::TantivyError| IndexError::tantivy(home.folder(), &error);
    writer.wait_merging_threads().map_err(wrap)?;
    let mut segments = index.searchable_segment_metas().map_err(wrap)?;
    if segments.len() <= MAX_SEGMENTS {
        return Ok(());
    }
    segments.sort_by_key(|segment| (segment.num_docs(), segment.id()));
    let surplus = segments.len() - SEGMENTS_LEFT + 1;
    segments.truncate(surplus);
    merge(home, index, &segments.into_iter().map(|segment| segment.id()).collect::<Vec<_>>())
}

/// Merges these segments into one and removes files that no segment needs. The caller must have let go of
/// what describes them: tantivy keeps the files of every segment that somebody still knows.
///
/// # Errors
/// When the index cannot be written.
pub(super) fn merge(
    home: &Home,
    index: &Index,
    segments: &[tantivy::index::SegmentId],
) -> Result<(), IndexError> {
    let wrap = |error: tantivy::TantivyError| IndexError::tantivy(home.folder(), &error);
    let mut writer = home.writer::<TantivyDocument>(index, 1, MERGE_HEAP_BYTES)?;
    writer.set_merge_policy(Box::new(NoMergePolicy));
    if !segments.is_empty() {
        writer.merge(segments).wait().map_err(wrap)?;
    }
    writer.garbage_collect_files().wait().map_err(wrap)?;
    writer.wait_merging_threads().map_err(wrap)
}
