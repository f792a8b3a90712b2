//! Answers: from a plan to hits with snippets, on any engine.

mod advice;
mod cut;
mod explain;
mod highlight;
mod snippet;

pub use advice::{Advice, ClauseCount, Relaxed, Suggestion, advise};
pub use explain::{ArticleExplanation, ClauseTree, EXPLAIN_SCHEMA, NameFound, QueryExplanation, explain};
pub use highlight::{Highlighter, Mark};
pub use snippet::{Snippet, SnippetOptions};

use std::collections::BTreeMap;

use crate::article::Article;
use crate::document::Location;
use crate::engine::{Engine, EngineError, Match, MatchRequest, Sort, Unit};
use crate::query::Plan;
use crate::rank::{self, RankOptions};

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct SearchRequest<'a> {
    /// The query's meaning.
    pub plan: &'a Plan,
    /// What is found.
    pub unit: Unit,
    /// In which order.
    pub sort: Sort,
    /// How relevance is judged, where that is the order.
    pub ranking: RankOptions,
    /// Hits passed over.
    pub offset: usize,
    /// Hits given; all without a number.
    pub limit: Option<usize>,
    /// How snippets are cut.
    pub snippets: SnippetOptions,
}

/// An article, or a section of one, that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// Its number in the list, from 1.
    pub rank: usize,
    /// Relevance; none where the order is another.
    pub score: Option<f32>,
    /// Its article's id.
    pub id: String,
    /// Where it was read.
    pub location: Location,
    /// What was found.
    pub unit: Unit,
    /// Index of the section that was found, when sections are.
    pub section: Option<usize>,
    /// The article.
    pub article: Article,
    /// The passages that match best, in the order of the text.
    pub snippets: Vec<Snippet>,
}

/// What was found: the exact number, and the hits asked for, loaded one by one.
pub struct Found<'a> {
    /// All matches.
    pub total: u64,
    engine: &'a dyn Engine,
    request: SearchRequest<'a>,
    highlighter: Highlighter,
    matches: Vec<Match>,
}

/// Searches.
///
/// # Errors
/// When a pattern cannot be compiled or the index fails.
pub fn search<'a>(engine: &'a dyn Engine, request: SearchRequest<'a>) -> Result<Found<'a>, EngineError> {
    let top = request.limit.map(|limit| limit.saturating_add(request.offset));
    let asked = MatchRequest { plan: request.plan, unit: request.unit, sort: request.sort, top };
    let found = rank::matches(engine, &asked, &request.ranking)?;
    let matches: Vec<Match> = found.first.into_iter().skip(request.offset).collect();
    let mut highlighter = Highlighter::new(request.plan);
    if !matches.is_empty() && request.snippets.count > 0 {
        weigh(engine, request.unit, &mut highlighter)?;
    }
    Ok(Found { total: found.total, engine, request, highlighter, matches })
}

/// Rare words make a passage worth showing.
fn weigh(engine: &dyn Engine, unit: Unit, highlighter: &mut Highlighter) -> Result<(), EngineError> {
    let stems = highlighter.stems();
    let statistics = engine.term_statistics(unit, &stems, &[])?;
    let total = statistics.documents as f64;
    let rarity = |count: &u64| (1.0 + total / (1.0 + *count as f64)).ln();
    let rarities: BTreeMap<String, f64> =
        stems.iter().map(|stem| (*stem).to_owned()).zip(statistics.words.iter().map(rarity)).collect();
    highlighter.weigh(|stems| stems.iter().filter_map(|stem| rarities.get(*stem)).sum());
    Ok(())
}

impl Found<'_> {
    /// How many hits are given.
    pub fn shown(&self) -> usize {
        self.matches.len()
    }

    /// What to do where this is too little.
    ///
    /// # Errors
    /// When the index fails.
    pub fn advice(&self) -> Result<Option<Advice>, EngineError> {
        advise(self.engine, self.request.plan, self.request.unit, self.total)
    }

    /// The hits, loaded as they are asked for.
    pub fn hits(&self) -> impl Iterator<Item = Result<Hit, EngineError>> + '_ {
        self.matches.iter().enumerate().map(|(number, found)| self.hit(number, found))
    }

    fn hit(&self, number: usize, found: &Match) -> Result<Hit, EngineError> {
        let loaded = self.engine.load(found.address)?;
        let section = match self.request.unit {
            Unit::Article => None,
            Unit::Section => Some(loaded.section.unwrap_or(0)),
        };
        let article = loaded.stored.article;
        let snippets = snippet::snippets(&article, section, &self.highlighter, &self.request.snippets);
        Ok(Hit {
            rank: self.request.offset + number + 1,
            score: found.score,
            id: loaded.stored.id,
            location: loaded.stored.location,
            unit: self.request.unit,
            section,
            article,
            snippets,
        })
    }
}
