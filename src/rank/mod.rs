//! The order of relevance: BM25 finds a pool of texts, and what their words say decides among them.
//!
//! The engine's best [`POOL`] matches are read again from the stored text. Each gets a sum of shares
//! (BM25, words in the lead, the densest passage, words that stand together, nearness of meaning as
//! the corpus teaches it), and then leans on the
//! scores of the texts it resembles. Matches beyond the pool follow in the order of BM25. Only the
//! order changes: what matches, and how many, is the engine's word.
//!
//! It knows no engine but through its trait, and cuts no snippets.

mod candidate;
mod explanation;
mod features;
mod passages;
mod pool;
mod proximity;
mod recency;
mod smoothing;
mod terms;
mod vectors;
mod words;

use crate::engine::{Engine, EngineError, Match, MatchRequest, Matches, Sort};

pub use explanation::{Explanation, Share, ShareKind};
pub use recency::Recency;
pub use terms::{QueryName, QueryTerm, QueryTerms};
pub use vectors::learn_vectors;

/// Matches that are read again. Of 100 and 200 the study behind the features found the same first
/// ten; 200 finds more of what is relevant among the first hundred.
pub const POOL: usize = 200;

/// How relevance is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Method {
    /// BM25, then the pool by all its features.
    #[default]
    Full,
    /// BM25 alone.
    Bm25,
}

/// What decides the order of relevance.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct RankOptions {
    /// How relevance is judged.
    pub method: Method,
    /// Whether later articles are preferred, and how much.
    pub recency: Option<Recency>,
}

/// The matches of `request` in the order of `options`; scores never rise from one to the next.
///
/// # Errors
/// When a pattern cannot be compiled or the index fails.
pub fn matches(
    engine: &dyn Engine,
    request: &MatchRequest<'_>,
    options: &RankOptions,
) -> Result<Matches, EngineError> {
    let plain = options.method == Method::Bm25 && options.recency.is_none();
    if plain || request.sort != Sort::Relevance || request.top == Some(0) {
        return engine.matches(request);
    }
    let wider = MatchRequest { top: request.top.map(|top| top.max(POOL)), ..*request };
    let mut found = engine.matches(&wider)?;
    let ranking = pool::Ranking::of(engine, request.plan, request.unit, options, &found.first)?;
    if let Some(ranking) = ranking {
        ranking.apply(&mut found.first);
    }
    found.first.truncate(request.top.unwrap_or(usize::MAX));
    Ok(found)
}

/// Why the match at `address` has its score: shares that add up to it. None where the plan does not
/// find it.
///
/// # Errors
/// As for [`matches()`].
pub fn explain(
    engine: &dyn Engine,
    request: &MatchRequest<'_>,
    options: &RankOptions,
    address: u64,
) -> Result<Option<Explanation>, EngineError> {
    let everything = MatchRequest { top: None, sort: Sort::Relevance, ..*request };
    let mut found = engine.matches(&everything)?;
    let plain = options.method == Method::Bm25 && options.recency.is_none();
    let ranking = if plain {
        None
    } else {
        pool::Ranking::of(engine, request.plan, request.unit, options, &found.first)?
    };
    let before: Option<Match> = found.first.iter().find(|found| found.address == address).copied();
    let Some(before) = before else { return Ok(None) };
    if let Some(ranking) = &ranking {
        ranking.apply(&mut found.first);
    }
    let rank = found.first.iter().position(|found| found.address == address).unwrap_or(0);
    Ok(Some(Explanation::new(rank + 1, &found.first[rank], before, ranking.as_ref())))
}
