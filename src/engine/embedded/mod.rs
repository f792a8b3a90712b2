//! The default engine: tantivy in this process.

mod collect;
mod compile;
mod exclude;
mod expand;
mod explain;
mod group;
mod outline;
mod scan;
mod statistics;
mod verify;
mod weighing;

use std::collections::BTreeMap;
use std::ops::{Bound, ControlFlow};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use tantivy::collector::{Count, DocSetCollector};
use tantivy::query::{Query, RangeQuery, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, Value};
use tantivy::{DocAddress, DocSet, Searcher, TERMINATED, TantivyDocument, Term};

use self::collect::Ranked;
use self::compile::{CompileError, Compiler};
use self::group::{MatchedDocs, Tally, has_values};
use self::statistics::UnitStatistics;
use self::verify::Reads;
use super::{
    Engine, EngineError, Grouping, Groups, Holdings, Loaded, Match, MatchRequest, MatchText, Matches,
    Outline, ScorePart, Sort, TermStatistics, Unit,
};
use crate::article::Span;
use crate::index::{
    Fields, Home, IndexError, OpenIndexes, StoredArticle, StoredTexts, TermVectors, UnitCode, Unpacking,
};
use crate::query::{Leaf, Plan, QueryError, QueryFault};

/// An open index, or several as one: a snapshot that later writes do not change.
pub struct Embedded {
    homes: Vec<Home>,
    indexes: OpenIndexes,
    searcher: Searcher,
    fields: Fields,
    vectors: OnceLock<Option<TermVectors>>,
    unpacking: Arc<Unpacking>,
}

impl Embedded {
    /// Opens the index at `home` as its last commit left it.
    ///
    /// # Errors
    /// When there is none, another version made it, or it is damaged.
    pub fn open(home: &Home) -> Result<Self, EngineError> {
        Self::open_all(std::slice::from_ref(home))
    }

    /// Opens the indexes at `homes` as one. With several, a path begins with the folder that its index
    /// belongs to, as that was named.
    ///
    /// # Errors
    /// As [`Self::open`]; also when two of them hold the same segments.
    pub fn open_all(homes: &[Home]) -> Result<Self, EngineError> {
        guarded(homes, || {
            let indexes = OpenIndexes::open(homes)?;
            let (_, fields) = Fields::build();
            let searcher = indexes.searcher().clone();
            let unpacking = Arc::new(Unpacking::open(homes)?);
            let vectors = OnceLock::new();
            Ok(Self { homes: homes.to_vec(), indexes, searcher, fields, vectors, unpacking })
        })
    }

    fn failed(&self, error: &tantivy::TantivyError) -> EngineError {
        IndexError::tantivy(&folders_of(&self.homes), error).into()
    }

    fn damaged(&self, reason: impl std::fmt::Display) -> EngineError {
        IndexError::Damaged { path: folders_of(&self.homes), reason: reason.to_string() }.into()
    }

    fn uncompiled(&self, plan: &Plan, error: CompileError) -> EngineError {
        match error {
            CompileError::Fault(fault, span) => refused(plan, fault, span),
            CompileError::Tantivy(error) => self.failed(&error),
        }
    }

    /// Translates the plan and lets `run` have it.
    fn with_query<T>(
        &self,
        plan: &Plan,
        unit: Unit,
        run: impl FnOnce(&dyn Query) -> tantivy::Result<T>,
    ) -> Result<T, EngineError> {
        let reads = Arc::new(Reads::new(plan.limits.reads, &self.unpacking));
        let (fields, searcher, limits) = (&self.fields, &self.searcher, plan.limits);
        let compiler = Compiler { fields, searcher, unit, limits, reads: &reads };
        let query = compiler.query(&plan.root).map_err(|error| self.uncompiled(plan, error))?;
        run(&*query).map_err(|error| {
            if reads.exceeded() {
                let fault = QueryFault::TooManyReads { limit: plan.limits.reads };
                return refused(plan, fault, Span::new(0, plan.text.len()));
            }
            self.failed(&error)
        })
    }

    fn stored_bytes(&self, address: DocAddress) -> Result<Vec<u8>, EngineError> {
        let document: TantivyDocument = self.searcher.doc(address).map_err(|error| self.failed(&error))?;
        let bytes =
            document.get_first(self.fields.stored).and_then(|value| value.as_bytes().map(<[u8]>::to_vec));
        bytes.ok_or_else(|| self.damaged("an article without its stored form"))
    }

    /// The bytes of the article at `address`, unpacked.
    fn article_bytes(&self, address: DocAddress) -> Result<Vec<u8>, EngineError> {
        let frame = self.stored_bytes(address)?;
        self.unpacking.unpack(&frame).map_err(|error| self.damaged(error))
    }

    fn stored(&self, address: DocAddress) -> Result<StoredArticle, EngineError> {
        let bytes = self.article_bytes(address)?;
        let mut stored = StoredArticle::from_bytes(&bytes).map_err(|error| self.damaged(error))?;
        if self.homes.len() > 1 {
            stored.location.path = self.indexes.shown_path(address.segment_ord, &stored.location.path);
        }
        Ok(stored)
    }

    fn is_section(&self, address: DocAddress) -> Result<Option<usize>, EngineError> {
        let reader = self.searcher.segment_readers().get(address.segment_ord as usize);
        let reader = reader.ok_or_else(|| self.damaged("no such segment"))?;
        let column = reader.fast_fields().u64("section").map_err(|error| self.failed(&error))?;
        Ok(column.first(address.doc_id).and_then(|number| usize::try_from(number).ok()))
    }

    fn articles_where(&self, query: &dyn Query) -> Result<Vec<StoredArticle>, EngineError> {
        let found = self.searcher.search(query, &DocSetCollector).map_err(|error| self.failed(&error))?;
        let mut articles =
            found.into_iter().map(|address| self.stored(address)).collect::<Result<Vec<_>, _>>()?;
        articles.sort_by(|a, b| a.location.cmp(&b.location));
        Ok(articles)
    }

    fn unit_count(&self, unit: UnitCode) -> Result<u64, EngineError> {
        let query = compile::unit_query(&self.fields, unit);
        let count = self.searcher.search(&*query, &Count).map_err(|error| self.failed(&error))?;
        Ok(count as u64)
    }

    fn published_range(&self) -> tantivy::Result<Option<(i64, i64)>> {
        let mut range: Option<(i64, i64)> = None;
        for reader in self.searcher.segment_readers() {
            let column = reader.fast_fields().i64("published")?;
            for doc in reader.doc_ids_alive() {
                if let Some(second) = column.first(doc) {
                    range = Some(range.map_or((second, second), |(a, b)| (a.min(second), b.max(second))));
                }
            }
        }
        Ok(range)
    }
}

/// What a query asks for and does not get.
fn refused(plan: &Plan, fault: QueryFault, span: Span) -> EngineError {
    let mut error = QueryError::new(fault, span);
    error.hint = match &error.fault {
        QueryFault::TooManyWords { limit, .. } => Some(format!(
            "write more of the word, or let more pass with `--max-words {}`",
            limit.saturating_mul(4)
        )),
        QueryFault::TooManyReads { limit } => Some(format!(
            "narrow it by further words or fields, or let more pass with `--max-reads {}`",
            limit.saturating_mul(4)
        )),
        _ => Some("`--quote` takes the words literally".to_owned()),
    };
    EngineError::Query { error, text: plan.text.clone() }
}

/// The address of a match as the boundary has it: segment and document.
#[expect(clippy::cast_possible_truncation, reason = "the two halves of the address")]
fn address_of(address: u64) -> DocAddress {
    DocAddress::new((address >> 32) as u32, address as u32)
}

/// tantivy takes its files at their word: where they lie, it may overflow or run out of bounds. That
/// is an error of the index, not of the program.
fn guarded<T>(homes: &[Home], read: impl FnOnce() -> Result<T, EngineError>) -> Result<T, EngineError> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(read)).unwrap_or_else(|_| {
        let path = folders_of(homes);
        Err(IndexError::Damaged { path, reason: "its files contradict each other".to_owned() }.into())
    })
}

/// The folders of the indexes, for a message.
fn folders_of(homes: &[Home]) -> PathBuf {
    let folders: Vec<String> = homes.iter().map(|home| home.folder().display().to_string()).collect();
    folders.join("` or `").into()
}

impl Engine for Embedded {
    fn matches(&self, request: &MatchRequest<'_>) -> Result<Matches, EngineError> {
        guarded(&self.homes, || self.ranked_matches(request))
    }

    fn count(&self, plan: &Plan, unit: Unit) -> Result<u64, EngineError> {
        guarded(&self.homes, || {
            let count = self.with_query(plan, unit, |query| self.searcher.search(query, &Count))?;
            Ok(count as u64)
        })
    }

    fn grouped(&self, grouping: &Grouping<'_>) -> Result<Groups, EngineError> {
        guarded(&self.homes, || self.tallied(grouping))
    }

    fn scan(
        &self,
        plan: &Plan,
        unit: Unit,
        visit: &mut dyn FnMut(Loaded) -> ControlFlow<()>,
    ) -> Result<(), EngineError> {
        guarded(&self.homes, || self.scan_matches(plan, unit, visit))
    }

    fn mentions(&self) -> Result<Vec<(String, u64)>, EngineError> {
        guarded(&self.homes, || self.mention_counts().map_err(|error| self.failed(&error)))
    }

    fn load(&self, address: u64) -> Result<Loaded, EngineError> {
        guarded(&self.homes, || self.loaded(address))
    }

    fn texts(
        &self,
        address: u64,
        read: &mut dyn FnMut(StoredTexts<'_>, Option<usize>),
    ) -> Result<(), EngineError> {
        guarded(&self.homes, || self.texts_at(address_of(address), read))
    }

    fn match_texts(
        &self,
        unit: Unit,
        addresses: &[u64],
        names: &[&str],
    ) -> Result<Vec<MatchText>, EngineError> {
        guarded(&self.homes, || self.read_texts(unit, addresses, names))
    }

    fn term_statistics(
        &self,
        unit: Unit,
        words: &[&str],
        names: &[&str],
    ) -> Result<TermStatistics, EngineError> {
        guarded(&self.homes, || self.frequencies(unit, words, names).map_err(|error| self.failed(&error)))
    }

    fn sample(&self, count: usize) -> Result<Vec<u64>, EngineError> {
        guarded(&self.homes, || self.sampled(count).map_err(|error| self.failed(&error)))
    }

    fn term_vectors(&self) -> Result<Option<&TermVectors>, EngineError> {
        if let Some(vectors) = self.vectors.get() {
            return Ok(vectors.as_ref());
        }
        // Vectors of two indexes cannot be compared; those of the larger one serve for both.
        let mut vectors: Option<TermVectors> = None;
        for home in &self.homes {
            let more = TermVectors::read(home)?;
            if more.as_ref().map(TermVectors::articles) > vectors.as_ref().map(TermVectors::articles) {
                vectors = more;
            }
        }
        Ok(self.vectors.get_or_init(|| vectors).as_ref())
    }

    fn published(&self, addresses: &[u64]) -> Result<Vec<Option<i64>>, EngineError> {
        guarded(&self.homes, || self.publications(addresses))
    }

    fn outlines(&self, addresses: &[u64], field: Option<&str>) -> Result<Vec<Outline>, EngineError> {
        guarded(&self.homes, || self.outlined(addresses, field))
    }

    fn address(&self, stored: &StoredArticle) -> Result<Option<u64>, EngineError> {
        guarded(&self.homes, || self.address_of_location(&stored.location))
    }

    fn articles(&self, id: &str) -> Result<Vec<StoredArticle>, EngineError> {
        guarded(&self.homes, || self.articles_named(id))
    }

    fn coverage(&self) -> Result<Vec<(String, u64)>, EngineError> {
        guarded(&self.homes, || self.field_counts().map_err(|error| self.failed(&error)))
    }

    fn holdings(&self) -> Result<Holdings, EngineError> {
        guarded(&self.homes, || self.sums())
    }

    fn words(&self, plan: &Plan, leaf: &Leaf) -> Result<Vec<(String, u64)>, EngineError> {
        guarded(&self.homes, || {
            let words = self.words_of(leaf, plan.limits.words);
            words.map_err(|error| self.uncompiled(plan, error.into()))
        })
    }

    fn nearest(&self, field: &str, value: &str) -> Result<Vec<String>, EngineError> {
        guarded(&self.homes, || self.nearest_values(field, value))
    }

    fn score(&self, plan: &Plan, stored: &StoredArticle) -> Result<ScorePart, EngineError> {
        guarded(&self.homes, || {
            let address = self.address_of_location(&stored.location)?;
            let address = address.ok_or_else(|| self.damaged(format!("no article `{}`", stored.location)))?;
            self.score_parts(plan, address_of(address), &stored.article)
                .map_err(|error| self.uncompiled(plan, error))
        })
    }
}

impl Embedded {
    fn ranked_matches(&self, request: &MatchRequest<'_>) -> Result<Matches, EngineError> {
        let collector = Ranked::new(request.sort, request.top.unwrap_or(usize::MAX));
        let found = self.with_query(request.plan, request.unit, |query| {
            if request.sort != Sort::Relevance {
                return self.searcher.search(query, &collector);
            }
            let statistics = UnitStatistics::new(&self.searcher, &self.fields, request.unit)?;
            self.searcher.search_with_statistics_provider(query, &collector, &statistics)
        })?;
        let first = found
            .first
            .iter()
            .map(|ranked| Match {
                score: (request.sort == Sort::Relevance).then_some(ranked.score),
                address: (u64::from(ranked.address.segment_ord) << 32) | u64::from(ranked.address.doc_id),
            })
            .collect();
        Ok(Matches { total: found.total, first })
    }

    fn loaded(&self, address: u64) -> Result<Loaded, EngineError> {
        let address = address_of(address);
        let Some(section) = self.is_section(address)? else {
            return Ok(Loaded { stored: self.stored(address)?, section: None });
        };
        Ok(Loaded { stored: self.stored(self.article_of(address)?)?, section: Some(section) })
    }

    /// The article of the section at `address`.
    fn article_of(&self, address: DocAddress) -> Result<DocAddress, EngineError> {
        self.address_of_key(address.segment_ord, &self.stored_bytes(address)?)
    }

    /// The article with that key in a segment; a section's is in its own, as they are written as one
    /// group.
    fn address_of_key(&self, segment: u32, key: &[u8]) -> Result<DocAddress, EngineError> {
        let key = std::str::from_utf8(key).map_err(|error| self.damaged(error))?;
        let found = self.with_key(segment, key).map_err(|error| self.failed(&error))?;
        found.ok_or_else(|| self.damaged("a section without its article"))
    }

    fn with_key(&self, segment: u32, key: &str) -> tantivy::Result<Option<DocAddress>> {
        let reader = self.searcher.segment_reader(segment);
        let term = Term::from_field_text(self.fields.key, key);
        let inverted = reader.inverted_index(self.fields.key)?;
        let Some(mut postings) = inverted.read_postings(&term, IndexRecordOption::Basic)? else {
            return Ok(None);
        };
        let alive = reader.alive_bitset();
        while postings.doc() != TERMINATED {
            if alive.is_none_or(|alive| alive.is_alive(postings.doc())) {
                return Ok(Some(DocAddress::new(segment, postings.doc())));
            }
            postings.advance();
        }
        Ok(None)
    }

    fn texts_at(
        &self,
        address: DocAddress,
        read: &mut dyn FnMut(StoredTexts<'_>, Option<usize>),
    ) -> Result<(), EngineError> {
        let section = self.is_section(address)?;
        let article = if section.is_some() { self.article_of(address)? } else { address };
        let bytes = self.article_bytes(article)?;
        read(StoredTexts::from_bytes(&bytes).map_err(|error| self.damaged(error))?, section);
        Ok(())
    }

    fn tallied(&self, grouping: &Grouping<'_>) -> Result<Groups, EngineError> {
        if let Some(field) = grouping.field.filter(|field| !has_values(self.searcher.schema(), field)) {
            return Err(EngineError::NoValues(field.to_owned()));
        }
        self.with_query(grouping.plan, grouping.unit, |query| {
            let mut tally = Tally::default();
            for (segment, docs) in self.searcher.search(query, &MatchedDocs)? {
                tally.add(self.searcher.segment_reader(segment), &docs, grouping)?;
            }
            Ok(tally.groups())
        })
    }

    fn articles_named(&self, id: &str) -> Result<Vec<StoredArticle>, EngineError> {
        let unit = compile::unit_query(&self.fields, UnitCode::Article);
        let only_articles =
            |query: Box<dyn Query>| tantivy::query::BooleanQuery::intersection(vec![query, unit.box_clone()]);
        let mut places: Vec<(Field, &str)> = Vec::new();
        for field in [self.fields.key, self.fields.path] {
            places.extend(self.indexes.stored_paths(id).into_iter().map(|path| (field, path)));
        }
        places.push((self.fields.id, id));
        for (field, value) in places {
            let term = Term::from_field_text(field, value);
            let query = only_articles(Box::new(TermQuery::new(term, IndexRecordOption::Basic)));
            let mut found = self.articles_where(&query)?;
            if field != self.fields.id {
                // Another index may have a file of that path, which goes by a longer one.
                found.retain(|stored| stored.location.path == id || stored.location.to_string() == id);
            }
            if !found.is_empty() {
                return Ok(found);
            }
        }
        let prefix = if id.starts_with("n:") { id.to_owned() } else { format!("n:{id}") };
        // Every id that begins so lies between the beginning and the beginning's last possible end.
        let from = Term::from_field_text(self.fields.id, &prefix);
        let to = Term::from_field_text(self.fields.id, &format!("{prefix}~"));
        let range = RangeQuery::new(Bound::Included(from), Bound::Excluded(to));
        self.articles_where(&only_articles(Box::new(range)))
    }

    fn field_counts(&self) -> tantivy::Result<Vec<(String, u64)>> {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for reader in self.searcher.segment_readers() {
            let units = reader.fast_fields().u64("unit")?;
            let Some(present) = reader.fast_fields().str("has")? else { continue };
            let mut by_ord: BTreeMap<u64, u64> = BTreeMap::new();
            for doc in
                reader.doc_ids_alive().filter(|doc| units.first(*doc) == Some(UnitCode::Article as u64))
            {
                for ord in present.term_ords(doc) {
                    *by_ord.entry(ord).or_default() += 1;
                }
            }
            for (ord, count) in by_ord {
                let mut name = String::new();
                present.ord_to_str(ord, &mut name)?;
                *counts.entry(name).or_default() += count;
            }
        }
        Ok(counts.into_iter().collect())
    }

    fn sums(&self) -> Result<Holdings, EngineError> {
        let usage = self.searcher.space_usage();
        let usage = usage.map_err(|error| self.failed(&tantivy::TantivyError::from(error)))?;
        Ok(Holdings {
            files: self.unit_count(UnitCode::File)?,
            articles: self.unit_count(UnitCode::Article)?,
            sections: self.unit_count(UnitCode::Section)?,
            segments: self.searcher.segment_readers().len() as u64,
            bytes: usage.total().get_bytes(),
            published: self.published_range().map_err(|error| self.failed(&error))?,
        })
    }
}
