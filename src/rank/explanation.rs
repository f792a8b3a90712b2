//! A score as a sum: what each feature gave. What each part of the query gave to BM25 is the engine's
//! to say ([`crate::engine::Engine::score`]).

use super::pool::Ranking;
use crate::engine::Match;

/// What gave a share of a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ShareKind {
    /// The query's parts by BM25.
    Bm25,
    /// Words of the query that stand together.
    Proximity,
    /// Words of the query in the beginning.
    Lead,
    /// Words of the query in the densest passage.
    Passage,
    /// How near the text as a whole is to the query, by the words of the corpus that go together;
    /// negative for texts that are less near than the pool on average.
    Meaning,
    /// The scores of the texts that this one resembles.
    Neighbours,
    /// How new it is.
    Recency,
}

impl ShareKind {
    /// What it means, for people.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Bm25 => "the query's words by BM25",
            Self::Proximity => "words that stand together",
            Self::Lead => "words in the lead",
            Self::Passage => "words in the best passage",
            Self::Meaning => "nearness of the whole text",
            Self::Neighbours => "the articles most like it",
            Self::Recency => "how new it is",
        }
    }
}

/// A share of a score.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Share {
    /// What gave it.
    pub kind: ShareKind,
    /// How much; the shares of a score add up to it.
    pub share: f64,
}

/// A score as a sum.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Explanation {
    /// Number in the list, from 1.
    pub rank: usize,
    /// The score in the list.
    pub score: f64,
    /// Whether it was among those read again.
    pub in_pool: bool,
    /// The engine's own score.
    pub bm25: f64,
    /// What each feature gave to the score; they add up to `score`.
    pub shares: Vec<Share>,
}

impl Explanation {
    pub(super) fn new(rank: usize, found: &Match, before: Match, ranking: Option<&Ranking>) -> Self {
        let score = f64::from(found.score.unwrap_or_default());
        let pooled = ranking.and_then(|ranking| ranking.shares(before.address));
        let in_pool = pooled.is_some();
        let shares = pooled.unwrap_or_else(|| vec![Share { kind: ShareKind::Bm25, share: score }]);
        Self { rank, score, in_pool, bm25: f64::from(before.score.unwrap_or_default()), shares }
    }
}
