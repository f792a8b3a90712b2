//! Few segments after every run: a query pays for each of them.

use tantivy::IndexWriter;
use tantivy::schema::Document;

/// Most segments that a run leaves behind. Two hundred make queries ten to forty times slower;
/// below ten the difference is lost in the noise.
const MAX_SEGMENTS: usize = 8;

/// Merges the smallest segments until few are left.
pub(super) fn tidy<D: Document>(writer: &mut IndexWriter<D>) -> tantivy::Result<()> {
    let mut segments = writer.index().searchable_segment_metas()?;
    if segments.len() <= MAX_SEGMENTS {
        return Ok(());
    }
    segments.sort_by_key(|segment| (segment.num_docs(), segment.id()));
    let surplus = segments.len() - MAX_SEGMENTS + 1;
    let ids: Vec<_> = segments.iter().take(surplus).map(tantivy::index::SegmentMeta::id).collect();
    writer.merge(&ids).wait()?;
    Ok(())
}
