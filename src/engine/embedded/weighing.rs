//! What ranking asks of an index: texts, how common words are, dates.

use std::collections::BinaryHeap;

use rayon::prelude::*;
use tantivy::Term;

use super::super::{EngineError, MatchText, NameAt, TermStatistics, Unit};
use super::statistics::UnitStatistics;
use super::{Embedded, address_of};
use crate::article::{Article, Span, TextField};
use crate::document::Location;
use crate::index::{StoredTexts, UnitCode};

impl Embedded {
    pub(super) fn read_texts(
        &self,
        unit: Unit,
        addresses: &[u64],
        names: &[&str],
    ) -> Result<Vec<MatchText>, EngineError> {
        let text = |&address: &u64| {
            if unit == Unit::Article && names.is_empty() {
                let bytes = self.article_bytes(address_of(address))?;
                let texts = StoredTexts::from_bytes(&bytes).map_err(|error| self.damaged(error))?;
                return Ok(plain_text(texts));
            }
            // Sections and names need the rest of the article, too.
            let loaded = self.loaded(address)?;
            let section = if unit == Unit::Section { loaded.section } else { None };
            Ok(match_text(loaded.stored.article, section, names))
        };
        addresses.par_iter().map(text).collect()
    }

    pub(super) fn frequencies(
        &self,
        unit: Unit,
        words: &[&str],
        names: &[&str],
    ) -> tantivy::Result<TermStatistics> {
        use tantivy::query::Bm25StatisticsProvider;
        let statistics = UnitStatistics::new(&self.searcher, &self.fields, unit)?;
        let field = match unit {
            Unit::Article => self.fields.text,
            Unit::Section => self.fields.section_text,
        };
        let documents = statistics.total_num_docs()?;
        let count = |field, terms: &[&str]| -> tantivy::Result<Vec<u64>> {
            terms.iter().map(|term| statistics.doc_freq(&Term::from_field_text(field, term))).collect()
        };
        Ok(TermStatistics {
            documents,
            mean_words: statistics.total_num_tokens(field)? as f64 / documents as f64,
            words: count(field, words)?,
            names: count(self.fields.entity, names)?,
        })
    }

    pub(super) fn publications(&self, addresses: &[u64]) -> Result<Vec<Option<i64>>, EngineError> {
        let mut columns = Vec::new();
        for reader in self.searcher.segment_readers() {
            columns.push(reader.fast_fields().i64("published").map_err(|error| self.failed(&error))?);
        }
        let published = addresses.iter().map(|&address| {
            let address = address_of(address);
            let column = columns.get(address.segment_ord as usize);
            Ok(column.ok_or_else(|| self.damaged("no such segment"))?.first(address.doc_id))
        });
        published.collect()
    }

    /// The address of the article read at `location`.
    pub(super) fn address_of_location(&self, location: &Location) -> Result<Option<u64>, EngineError> {
        let segments = u32::try_from(self.searcher.segment_readers().len()).unwrap_or(u32::MAX);
        for segment in 0..segments {
            let Some(path) = self.indexes.path_in_index(segment, &location.path) else { continue };
            let stored = Location { path: path.to_owned(), record: location.record };
            let found = self.with_key(segment, &stored.to_string()).map_err(|error| self.failed(&error))?;
            if let Some(found) = found {
                return Ok(Some((u64::from(found.segment_ord) << 32) | u64::from(found.doc_id)));
            }
        }
        Ok(None)
    }

    /// The articles whose ties come first: ties are hashes of locations.
    pub(super) fn sampled(&self, count: usize) -> tantivy::Result<Vec<u64>> {
        let mut sampled: BinaryHeap<(u64, u64)> = BinaryHeap::new();
        for (segment, reader) in (0_u64..).zip(self.searcher.segment_readers()) {
            let columns = reader.fast_fields();
            let (ties, units) = (columns.u64("tie")?, columns.u64("unit")?);
            for doc in reader.doc_ids_alive() {
                if units.first(doc) != Some(UnitCode::Article as u64) {
                    continue;
                }
                sampled.push((ties.first(doc).unwrap_or_default(), (segment << 32) | u64::from(doc)));
                if sampled.len() > count {
                    sampled.pop();
                }
            }
        }
        Ok(sampled.into_sorted_vec().into_iter().map(|(_, address)| address).collect())
    }
}

/// The text of an article, read without its names.
fn plain_text(texts: StoredTexts<'_>) -> MatchText {
    let parts = [texts.headline.unwrap_or(""), texts.dek.unwrap_or(""), texts.text];
    MatchText { parts: parts.map(str::to_owned).to_vec(), names: Vec::new() }
}

/// The text of an article, or of one of its sections.
fn match_text(article: Article, section: Option<usize>, names: &[&str]) -> MatchText {
    let section = section.and_then(|number| article.sections.get(number)).map(|section| section.span);
    let whole = Span::new(0, article.text.len());
    let part_of = |field: TextField, span: Span| match (section, field) {
        (Some(section), TextField::Body) if section.contains(span) => {
            Some((0, Span::new(span.start - section.start, span.end - section.start)))
        }
        (Some(_), _) => None,
        (None, TextField::Headline) => Some((0, span)),
        (None, TextField::Dek) => Some((1, span)),
        (None, TextField::Body) => Some((2, span)),
    };
    let mut places: Vec<NameAt> = Vec::new();
    for mention in article.mentions.iter().filter(|_| !names.is_empty()) {
        if let Some(name) = names.iter().position(|name| *name == mention.entity.id)
            && let Some((part, span)) = part_of(mention.field, mention.span)
        {
            places.push(NameAt { part, span, name });
        }
    }
    places.sort_by_key(|place| (place.part, place.span));
    let body = section.unwrap_or(whole).of(&article.text).to_owned();
    let parts = match section {
        Some(_) => vec![body],
        None => vec![article.headline.unwrap_or_default(), article.dek.unwrap_or_default(), body],
    };
    MatchText { parts, names: places }
}
