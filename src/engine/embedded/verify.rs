//! Conditions that the stored text decides: candidates come from the index, every one is read.
//!
//! All candidates of a segment are read at once, on all cores. How many may be read in one query is
//! limited.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rayon::prelude::*;
use tantivy::columnar::Column;
use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::{IndexRecordOption, Value};
use tantivy::store::StoreReader;
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyDocument, TantivyError, Term};

use super::super::Unit;
use crate::analysis::Stem;
use crate::article::Article;
use crate::index::{Fields, StoredArticle, StoredTexts, Unpacking};
use crate::query::{Extent, PassageTest};

/// Stored blocks kept open while candidates are read in order.
const STORE_CACHE_BLOCKS: usize = 4;
/// Candidates that one worker reads in a row: neighbours share blocks of the store.
const CHUNK: usize = 128;

/// What a query's articles are read with, and how many it may still read.
#[derive(Debug)]
pub(super) struct Reads {
    unpacking: Arc<Unpacking>,
    left: AtomicU64,
    exceeded: AtomicBool,
}

impl Reads {
    pub(super) fn new(limit: u64, unpacking: &Arc<Unpacking>) -> Self {
        Self {
            unpacking: Arc::clone(unpacking),
            left: AtomicU64::new(limit),
            exceeded: AtomicBool::new(false),
        }
    }

    /// Whether more were asked for than are allowed.
    pub(super) fn exceeded(&self) -> bool {
        self.exceeded.load(Ordering::Relaxed)
    }

    fn take(&self, count: u64) -> tantivy::Result<()> {
        let left =
            self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(count));
        left.map(|_| ()).map_err(|_| {
            self.exceeded.store(true, Ordering::Relaxed);
            TantivyError::InvalidArgument("too many articles to read".to_owned())
        })
    }
}

/// A condition and whether it must not hold.
pub(super) type Verdict = (Arc<PassageTest>, bool);

/// Narrows a query to what passes all tests.
#[derive(Debug)]
pub(super) struct VerifiedQuery {
    candidates: Box<dyn Query>,
    reading: Arc<Reading>,
}

impl Clone for VerifiedQuery {
    fn clone(&self) -> Self {
        Self { candidates: self.candidates.box_clone(), reading: Arc::clone(&self.reading) }
    }
}

/// What is needed to decide.
#[derive(Debug)]
struct Reading {
    tests: Vec<Verdict>,
    fields: Fields,
    unit: Unit,
    reads: Arc<Reads>,
}

impl VerifiedQuery {
    pub(super) fn new(
        candidates: Box<dyn Query>,
        tests: Vec<Verdict>,
        fields: &Fields,
        unit: Unit,
        reads: &Arc<Reads>,
    ) -> Self {
        let reading = Reading { tests, fields: *fields, unit, reads: Arc::clone(reads) };
        Self { candidates, reading: Arc::new(reading) }
    }
}

impl Query for VerifiedQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let candidates = self.candidates.weight(scoring)?;
        Ok(Box::new(VerifiedWeight { candidates, reading: Arc::clone(&self.reading) }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.candidates.query_terms(visitor);
    }
}

struct VerifiedWeight {
    candidates: Box<dyn Weight>,
    reading: Arc<Reading>,
}

impl Weight for VerifiedWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut scorer = self.candidates.scorer(reader, boost)?;
        let alive = reader.alive_bitset();
        let mut candidates = Vec::new();
        let mut doc = scorer.doc();
        while doc != TERMINATED {
            if alive.is_none_or(|alive| alive.is_alive(doc)) {
                candidates.push((doc, scorer.score()));
            }
            doc = scorer.advance();
        }
        self.reading.reads.take(candidates.len() as u64)?;
        let passed: tantivy::Result<Vec<Vec<(DocId, Score)>>> =
            candidates.par_chunks(CHUNK).map(|chunk| self.reading.passing(reader, chunk)).collect();
        Ok(Box::new(Passed { docs: passed?.concat(), at: 0 }))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        if self.reading.passing(reader, &[(doc, 0.0)])?.is_empty() {
            return Err(TantivyError::InvalidArgument(format!("document {doc} does not match")));
        }
        self.candidates.explain(reader, doc)
    }
}

impl Reading {
    fn passing(
        &self,
        reader: &SegmentReader,
        chunk: &[(DocId, Score)],
    ) -> tantivy::Result<Vec<(DocId, Score)>> {
        let texts_alone =
            self.unit == Unit::Article && self.tests.iter().all(|(test, _)| test.needs_texts_alone());
        let mut articles = Articles::open(reader, self, texts_alone)?;
        let mut stem = Stem::default();
        let mut passed = Vec::new();
        for &(doc, score) in chunk {
            let (article, extent) = articles.read(doc)?;
            let holds = |(test, negated): &Verdict| test.holds(article, extent, &mut stem) != *negated;
            if self.tests.iter().all(holds) {
                passed.push((doc, score));
            }
        }
        Ok(passed)
    }
}

/// Reads the articles of a segment.
struct Articles<'r> {
    reader: &'r SegmentReader,
    store: StoreReader,
    fields: &'r Fields,
    unpacking: &'r Unpacking,
    /// The numbers of sections; none where articles are read.
    sections: Option<Column<u64>>,
    /// Whether headline, dek and body are enough.
    texts_alone: bool,
    /// The article read last: sections of one article follow each other.
    last: Option<(DocId, Article)>,
}

impl<'r> Articles<'r> {
    fn open(reader: &'r SegmentReader, reading: &'r Reading, texts_alone: bool) -> tantivy::Result<Self> {
        let sections = match reading.unit {
            Unit::Article => None,
            Unit::Section => Some(reader.fast_fields().u64("section")?),
        };
        let store = reader.get_store_reader(STORE_CACHE_BLOCKS)?;
        let (fields, unpacking) = (&reading.fields, &*reading.reads.unpacking);
        Ok(Self { reader, store, fields, unpacking, sections, texts_alone, last: None })
    }

    fn read(&mut self, doc: DocId) -> tantivy::Result<(&Article, Extent)> {
        let section = self.sections.as_ref().map(|sections| sections.first(doc).unwrap_or(0));
        let extent = section
            .map_or(Extent::Article, |number| Extent::Section(usize::try_from(number).unwrap_or(usize::MAX)));
        let article_doc = if section.is_some() { self.article_of(doc)? } else { doc };
        if self.last.as_ref().is_none_or(|(known, _)| *known != article_doc) {
            let damaged = |error: &dyn std::fmt::Display| TantivyError::InternalError(error.to_string());
            let frame = self.stored(article_doc)?;
            let bytes = self.unpacking.unpack(&frame).map_err(|error| damaged(&error))?;
            let article = self.article_from(&bytes).map_err(|error| damaged(&error))?;
            self.last = Some((article_doc, article));
        }
        let missing = || TantivyError::InternalError("an article without its stored form".to_owned());
        self.last.as_ref().map(|(_, article)| (article, extent)).ok_or_else(missing)
    }

    fn article_from(&self, bytes: &[u8]) -> Result<Article, postcard::Error> {
        if !self.texts_alone {
            return Ok(StoredArticle::from_bytes(bytes)?.article);
        }
        let texts = StoredTexts::from_bytes(bytes)?;
        Ok(Article {
            headline: texts.headline.map(str::to_owned),
            dek: texts.dek.map(str::to_owned),
            text: texts.text.to_owned(),
            ..Article::default()
        })
    }

    fn stored(&self, doc: DocId) -> tantivy::Result<Vec<u8>> {
        let document = self.store.get::<TantivyDocument>(doc)?;
        let bytes =
            document.get_first(self.fields.stored).and_then(|value| value.as_bytes().map(<[u8]>::to_vec));
        bytes.ok_or_else(|| TantivyError::InternalError("an article without its stored form".to_owned()))
    }

    /// The article of a section, which is in the same segment: they are written as one group.
    fn article_of(&self, section: DocId) -> tantivy::Result<DocId> {
        let key = self.stored(section)?;
        let term = Term::from_field_text(self.fields.key, &String::from_utf8_lossy(&key));
        let inverted = self.reader.inverted_index(self.fields.key)?;
        let alive = self.reader.alive_bitset();
        if let Some(mut postings) = inverted.read_postings(&term, IndexRecordOption::Basic)? {
            while postings.doc() != TERMINATED {
                if alive.is_none_or(|alive| alive.is_alive(postings.doc())) {
                    return Ok(postings.doc());
                }
                postings.advance();
            }
        }
        Err(TantivyError::InternalError("a section without its article".to_owned()))
    }
}

/// What passed, with its scores.
struct Passed {
    docs: Vec<(DocId, Score)>,
    at: usize,
}

impl DocSet for Passed {
    fn advance(&mut self) -> DocId {
        self.at += 1;
        self.doc()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        let rest = &self.docs[self.at.min(self.docs.len())..];
        self.at += rest.partition_point(|(doc, _)| *doc < target);
        self.doc()
    }

    fn doc(&self) -> DocId {
        self.docs.get(self.at).map_or(TERMINATED, |(doc, _)| *doc)
    }

    fn size_hint(&self) -> u32 {
        u32::try_from(self.docs.len()).unwrap_or(u32::MAX)
    }
}

impl Scorer for Passed {
    fn score(&mut self) -> Score {
        self.docs.get(self.at).map_or(0.0, |(_, score)| *score)
    }
}
