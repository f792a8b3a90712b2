//! Term statistics over one unit alone: files, articles and sections share an index, and the number
//! of its documents is none of theirs.

use tantivy::query::Bm25StatisticsProvider;
use tantivy::schema::Field;
use tantivy::{Searcher, Term};

use super::super::Unit;
use crate::index::{Fields, UnitCode};

/// The statistics that BM25 asks for.
pub(super) struct UnitStatistics<'a> {
    searcher: &'a Searcher,
    documents: u64,
}

impl<'a> UnitStatistics<'a> {
    pub(super) fn new(searcher: &'a Searcher, fields: &Fields, unit: Unit) -> tantivy::Result<Self> {
        let count = |code: UnitCode| searcher.doc_freq(&Term::from_field_u64(fields.unit, code as u64));
        let documents = match unit {
            Unit::Article => count(UnitCode::Article)?,
            Unit::Section => count(UnitCode::Article)? + count(UnitCode::Section)?,
        };
        Ok(Self { searcher, documents: documents.max(1) })
    }
}

impl Bm25StatisticsProvider for UnitStatistics<'_> {
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        self.searcher.total_num_tokens(field)
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Ok(self.documents)
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        // A few fields are filled for articles and sections alike: a frequency is a share at most.
        Ok(self.searcher.doc_freq(term)?.min(self.documents))
    }
}
