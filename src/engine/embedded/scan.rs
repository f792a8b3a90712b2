//! Matches one after the other, loaded, in the order of the index.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use tantivy::postings::Postings;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocSet, TERMINATED};

use super::super::{EngineError, Loaded, Unit};
use super::group::MatchedDocs;
use super::{Embedded, UnitCode};
use crate::index::StoredArticle;
use crate::query::Plan;

impl Embedded {
    /// Hands every match to `visit`.
    pub(super) fn scan_matches(
        &self,
        plan: &Plan,
        unit: Unit,
        visit: &mut dyn FnMut(Loaded) -> ControlFlow<()>,
    ) -> Result<(), EngineError> {
        let found = self.with_query(plan, unit, |query| self.searcher.search(query, &MatchedDocs))?;
        for (segment, docs) in found {
            // The sections of an article lie beside each other: it is loaded once for all of them.
            let mut last: Option<(Vec<u8>, StoredArticle)> = None;
            for doc in docs {
                let loaded = self.scanned(DocAddress::new(segment, doc), &mut last)?;
                if visit(loaded).is_break() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn scanned(
        &self,
        address: DocAddress,
        last: &mut Option<(Vec<u8>, StoredArticle)>,
    ) -> Result<Loaded, EngineError> {
        let Some(section) = self.is_section(address)? else {
            return Ok(Loaded { stored: self.stored(address)?, section: None });
        };
        let key = self.stored_bytes(address)?;
        if let Some((_, stored)) = last.as_ref().filter(|(known, _)| *known == key) {
            return Ok(Loaded { stored: stored.clone(), section: Some(section) });
        }
        let stored = self.stored(self.address_of_key(address.segment_ord, &key)?)?;
        *last = Some((key, stored.clone()));
        Ok(Loaded { stored, section: Some(section) })
    }

    /// Sums the term frequencies of the names of all articles.
    pub(super) fn mention_counts(&self) -> tantivy::Result<Vec<(String, u64)>> {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for reader in self.searcher.segment_readers() {
            let units = reader.fast_fields().u64("unit")?;
            let alive = reader.alive_bitset();
            let inverted = reader.inverted_index(self.fields.entity)?;
            let mut terms = inverted.terms().stream()?;
            while terms.advance() {
                let Ok(id) = std::str::from_utf8(terms.key()) else { continue };
                let mut postings =
                    inverted.read_postings_from_terminfo(terms.value(), IndexRecordOption::WithFreqs)?;
                let mut sum = 0;
                let mut doc = postings.doc();
                while doc != TERMINATED {
                    let article = units.first(doc) == Some(UnitCode::Article as u64);
                    if article && alive.is_none_or(|alive| alive.is_alive(doc)) {
                        sum += u64::from(postings.term_freq());
                    }
                    doc = postings.advance();
                }
                if sum > 0 {
                    *counts.entry(id.to_owned()).or_default() += sum;
                }
            }
        }
        Ok(counts.into_iter().collect())
    }
}
