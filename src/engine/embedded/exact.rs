//! `exact:"…"`: candidates by their terms, decided by the stored text, letter for letter but for
//! case and for kinds of quotation marks and blanks.

use std::sync::Arc;

use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::{Field, Value};
use tantivy::store::StoreReader;
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyDocument, TantivyError, Term};

use crate::index::StoredArticle;

/// Stored blocks kept open while candidates are read in order.
const STORE_CACHE_BLOCKS: usize = 4;

/// Narrows a query to articles that hold `text` itself.
#[derive(Debug)]
pub(super) struct ExactQuery {
    candidates: Box<dyn Query>,
    text: Arc<str>,
    stored: Field,
}

impl ExactQuery {
    pub(super) fn new(candidates: Box<dyn Query>, text: &str, stored: Field) -> Self {
        Self { candidates, text: plain(text).into(), stored }
    }
}

impl Clone for ExactQuery {
    fn clone(&self) -> Self {
        Self { candidates: self.candidates.box_clone(), text: Arc::clone(&self.text), stored: self.stored }
    }
}

impl Query for ExactQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let candidates = self.candidates.weight(scoring)?;
        Ok(Box::new(ExactWeight { candidates, text: Arc::clone(&self.text), stored: self.stored }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.candidates.query_terms(visitor);
    }
}

struct ExactWeight {
    candidates: Box<dyn Weight>,
    text: Arc<str>,
    stored: Field,
}

impl Weight for ExactWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut scorer = ExactScorer {
            candidates: self.candidates.scorer(reader, boost)?,
            store: reader.get_store_reader(STORE_CACHE_BLOCKS)?,
            text: Arc::clone(&self.text),
            stored: self.stored,
        };
        scorer.settle();
        Ok(Box::new(scorer))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        if scorer.seek(doc) != doc {
            return Err(TantivyError::InvalidArgument(format!("document {doc} does not match")));
        }
        Ok(Explanation::new("exact text", scorer.score()))
    }
}

struct ExactScorer {
    candidates: Box<dyn Scorer>,
    store: StoreReader,
    text: Arc<str>,
    stored: Field,
}

impl ExactScorer {
    /// Moves on to the next candidate that holds the text.
    fn settle(&mut self) -> DocId {
        let mut doc = self.candidates.doc();
        while doc != TERMINATED && !self.holds(doc) {
            doc = self.candidates.advance();
        }
        doc
    }

    /// A document that cannot be read does not match; loading it will say that it is damaged.
    fn holds(&self, doc: DocId) -> bool {
        let Ok(document) = self.store.get::<TantivyDocument>(doc) else { return false };
        let stored = document.get_first(self.stored).and_then(|value| value.as_bytes().map(<[u8]>::to_vec));
        let Some(Ok(stored)) = stored.map(|bytes| StoredArticle::from_bytes(&bytes)) else { return false };
        let article = stored.article;
        [article.headline.as_deref(), article.dek.as_deref(), Some(article.text.as_str())]
            .into_iter()
            .flatten()
            .any(|text| holds_text(&plain(text), &self.text))
    }
}

impl DocSet for ExactScorer {
    fn advance(&mut self) -> DocId {
        self.candidates.advance();
        self.settle()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.candidates.seek(target);
        self.settle()
    }

    fn doc(&self) -> DocId {
        self.candidates.doc()
    }

    fn size_hint(&self) -> u32 {
        self.candidates.size_hint()
    }
}

impl Scorer for ExactScorer {
    fn score(&mut self) -> Score {
        self.candidates.score()
    }
}

/// Lower case, one kind of quotation mark and apostrophe, single blanks.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '’' | '‘' | 'ʼ' => plain.push('\''),
            '“' | '”' | '„' | '«' | '»' => plain.push('"'),
            c if c.is_whitespace() => {
                if !plain.ends_with(' ') {
                    plain.push(' ');
                }
            }
            c => plain.extend(c.to_lowercase()),
        }
    }
    plain.trim().to_owned()
}

/// Whether `needle` stands in `text` between word boundaries.
pub(super) fn holds_text(text: &str, needle: &str) -> bool {
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    text.match_indices(needle).any(|(at, _)| {
        let inside = |edge: Option<char>, outside: Option<char>| is_word(edge) && is_word(outside);
        !inside(needle.chars().next(), text[..at].chars().next_back())
            && !inside(needle.chars().next_back(), text[at + needle.len()..].chars().next())
    })
}
