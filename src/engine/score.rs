//! Where a score comes from: a tree whose parts add up.

use serde::Serialize;

/// How a part's value comes from what is below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScoreRule {
    /// The parts that hold, added up.
    Sum,
    /// The greatest of the parts: spellings of one name.
    Best,
    /// The one part times the factor `boost`.
    Times,
    /// BM25 of a term or phrase: (k1 + 1) · idf · tf, of the factors.
    Bm25,
    /// The same for everything that has it.
    Constant,
    /// Nothing: a condition or an exclusion.
    Condition,
}

/// A number that a value is made of.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScoreFactor {
    /// Its usual name: idf, n, N, freq, k1, b, dl, avgdl.
    pub name: String,
    /// Its value.
    pub value: f32,
}

/// A part of a score.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScorePart {
    /// The part of the query.
    pub clause: String,
    /// Whether it holds of the article.
    pub holds: bool,
    /// How its value comes about.
    pub rule: ScoreRule,
    /// What it adds.
    pub value: f32,
    /// The numbers it is made of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub factors: Vec<ScoreFactor>,
    /// What it consists of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<ScorePart>,
}
