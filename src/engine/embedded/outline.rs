//! What columns tell of matches, without opening an article.

use tantivy::SegmentReader;
use tantivy::columnar::{Column, StrColumn};

use super::super::{EngineError, Outline};
use super::group::Days;
use super::{Embedded, address_of};
use crate::analysis::Sketch;

/// The columns of a segment.
struct Columns {
    sketch: [Column<u64>; 2],
    days: Days,
    words: Column<u64>,
    /// None where no document of the segment has the field.
    values: Option<StrColumn>,
}

impl Columns {
    fn open(reader: &SegmentReader, field: Option<&str>) -> tantivy::Result<Self> {
        let columns = reader.fast_fields();
        Ok(Self {
            sketch: [columns.u64("sketch_low")?, columns.u64("sketch_high")?],
            days: Days::open(reader)?,
            words: columns.u64("word_count")?,
            values: field.map(|field| columns.str(field)).transpose()?.flatten(),
        })
    }

    fn outline(&self, doc: u32) -> tantivy::Result<Outline> {
        let value = match &self.values {
            None => None,
            Some(column) => match column.term_ords(doc).next() {
                None => None,
                Some(ord) => {
                    let mut value = String::new();
                    column.ord_to_str(ord, &mut value)?;
                    Some(value)
                }
            },
        };
        let [low, high] = &self.sketch;
        let sketch = low.first(doc).zip(high.first(doc));
        Ok(Outline {
            sketch: sketch.map(|(low, high)| Sketch::from_numbers([low, high])),
            published: self.days.second_of(doc),
            day: self.days.of(doc),
            words: self.words.first(doc).unwrap_or(0),
            value,
        })
    }
}

impl Embedded {
    pub(super) fn outlined(
        &self,
        addresses: &[u64],
        field: Option<&str>,
    ) -> Result<Vec<Outline>, EngineError> {
        let readers = self.searcher.segment_readers().iter();
        let columns: Vec<Columns> = readers
            .map(|reader| Columns::open(reader, field))
            .collect::<tantivy::Result<_>>()
            .map_err(|error| self.failed(&error))?;
        let outline = |&address: &u64| {
            let address = address_of(address);
            let columns = columns.get(address.segment_ord as usize);
            let columns = columns.ok_or_else(|| self.damaged("no such segment"))?;
            columns.outline(address.doc_id).map_err(|error| self.failed(&error))
        };
        addresses.iter().map(outline).collect()
    }
}
