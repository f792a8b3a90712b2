//! The boundary to the engine that holds the index: what every engine can be asked.
//!
//! The query's plan is ours and each engine translates it; no type of an engine's own crosses.

mod embedded;
pub mod period;
mod score;

pub use embedded::Embedded;
pub use score::{ScoreFactor, ScorePart, ScoreRule};

use std::ops::ControlFlow;

use crate::analysis::Sketch;
use crate::article::{Precision, Span};
use crate::index::{IndexError, StoredArticle, StoredTexts, TermVectors};
use crate::query::{Leaf, Plan, QueryError};

/// What is found: articles, or the sections of articles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Whole articles.
    #[default]
    Article,
    /// Sections: a filter holds for the passage, not for the article around it. An undivided article
    /// is its own only section.
    Section,
}

/// The order of hits; equal ones are ordered by a fixed rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sort {
    /// Best first.
    #[default]
    Relevance,
    /// Latest publication first; undated articles last.
    Newest,
    /// Earliest publication first; undated articles last.
    Oldest,
}

/// What an engine is asked to find.
#[derive(Clone, Copy, Debug)]
pub struct MatchRequest<'a> {
    /// The query's meaning.
    pub plan: &'a Plan,
    /// What is found.
    pub unit: Unit,
    /// In which order.
    pub sort: Sort,
    /// How many of the first are listed; all without a number. The total is exact in any case.
    pub top: Option<usize>,
}

/// A match: its place in the engine, to be loaded by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Match {
    /// Relevance; none where the order is another.
    pub score: Option<f32>,
    /// The engine's own address, good until the index changes.
    pub address: u64,
}

/// All matches counted, the first ones listed.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Matches {
    /// How many there are, exactly.
    pub total: u64,
    /// The first, in order.
    pub first: Vec<Match>,
}

/// What matches are grouped by.
#[derive(Clone, Copy)]
pub struct Grouping<'a> {
    /// The query's meaning.
    pub plan: &'a Plan,
    /// What is counted.
    pub unit: Unit,
    /// An index field by whose values they are grouped: a match with several is in several groups.
    pub field: Option<&'a str>,
    /// Whether they are grouped by their day of publication, too.
    pub by_day: bool,
    /// What a value is called; none for one that does not count. Two values of one match that are
    /// called the same count once.
    pub rename: &'a dyn Fn(&str) -> Option<String>,
}

/// A day of publication in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day {
    /// Days since 1970-01-01; of a coarser date its first.
    pub number: i64,
    /// How finely the date is known.
    pub precision: Precision,
}

/// Matches that have a value and a day in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The value; none for matches without one.
    pub value: Option<String>,
    /// The day; none for undated matches, and where days are not asked for.
    pub day: Option<Day>,
    /// How many there are, exactly.
    pub count: u64,
}

/// All matches, grouped.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Groups {
    /// How many matches there are.
    pub total: u64,
    /// The groups in the order of value and day.
    pub groups: Vec<Group>,
}

/// A loaded match.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// Its article.
    pub stored: StoredArticle,
    /// The section that matched, when sections are found.
    pub section: Option<usize>,
}

/// What columns tell of a match, without opening its article.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Outline {
    /// By what near copies are told; none of short texts and of sections.
    pub sketch: Option<Sketch>,
    /// When it was published, in seconds since 1970.
    pub published: Option<i64>,
    /// The day of that.
    pub day: Option<Day>,
    /// Number of its words.
    pub words: u64,
    /// The first value of the field that was asked for.
    pub value: Option<String>,
}

/// A text of a match, to be weighed.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct MatchText {
    /// Its parts in order: headline, dek and body, or a section alone. Absent ones are empty.
    pub parts: Vec<String>,
    /// Where the names that were asked for stand, by part and place.
    pub names: Vec<NameAt>,
}

/// A name where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameAt {
    /// Number of the part.
    pub part: usize,
    /// Its bytes in the part.
    pub span: Span,
    /// Which of the names that were asked for.
    pub name: usize,
}

/// How common words and names are.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TermStatistics {
    /// Texts of the unit.
    pub documents: u64,
    /// Words of a text on average.
    pub mean_words: f64,
    /// How many texts have each word.
    pub words: Vec<u64>,
    /// How many texts have each name.
    pub names: Vec<u64>,
}

/// What an index holds.
#[derive(Clone, Debug, PartialEq, Eq, Default, serde::Serialize)]
pub struct Holdings {
    /// Files.
    pub files: u64,
    /// Articles.
    pub articles: u64,
    /// Sections of articles that have several.
    pub sections: u64,
    /// Parts of the index that a query looks into one after the other.
    pub segments: u64,
    /// Bytes on disk.
    pub bytes: u64,
    /// Earliest and latest publication, in seconds since 1970.
    pub published: Option<(i64, i64)>,
}

/// An engine that cannot answer.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The index fails.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// A field that holds no values to group by.
    #[error("the values of `{0}` cannot be counted")]
    NoValues(String),
    /// The query asks what the engine cannot do, or more than it may.
    #[error("{error}")]
    Query {
        /// What and where.
        error: QueryError,
        /// The query that the place is in.
        text: String,
    },
}

/// What holds an index and answers queries.
pub trait Engine {
    /// Finds what `request` asks for.
    ///
    /// # Errors
    /// When a pattern cannot be compiled or the index fails.
    fn matches(&self, request: &MatchRequest<'_>) -> Result<Matches, EngineError>;

    /// Counts without listing.
    ///
    /// # Errors
    /// As for [`Self::matches`].
    fn count(&self, plan: &Plan, unit: Unit) -> Result<u64, EngineError>;

    /// Counts by values of a field, by days, or by both.
    ///
    /// # Errors
    /// As for [`Self::matches`]; also for a field without values to group by.
    fn grouped(&self, grouping: &Grouping<'_>) -> Result<Groups, EngineError>;

    /// Hands every match to `visit`, loaded, until it breaks off. The order is the engine's own: what
    /// comes of it must not depend on it.
    ///
    /// # Errors
    /// As for [`Self::matches`] and [`Self::load`].
    fn scan(
        &self,
        plan: &Plan,
        unit: Unit,
        visit: &mut dyn FnMut(Loaded) -> ControlFlow<()>,
    ) -> Result<(), EngineError>;

    /// How many times articles name each entity, by its id, in the order of ids.
    ///
    /// # Errors
    /// When the index fails.
    fn mentions(&self) -> Result<Vec<(String, u64)>, EngineError>;

    /// Loads a match.
    ///
    /// # Errors
    /// When the index fails, or the address is of an index that has changed since.
    fn load(&self, address: u64) -> Result<Loaded, EngineError>;

    /// Reads the texts of a match alone, which costs a small part of [`Self::load`]: `read` gets them,
    /// and the section that matched when sections are found.
    ///
    /// # Errors
    /// As for [`Self::load`].
    fn texts(
        &self,
        address: u64,
        read: &mut dyn FnMut(StoredTexts<'_>, Option<usize>),
    ) -> Result<(), EngineError>;

    /// The texts of matches of `unit`, in the order of `addresses`, with the places of the entities
    /// `names`.
    ///
    /// # Errors
    /// As for [`Self::load`].
    fn match_texts(
        &self,
        unit: Unit,
        addresses: &[u64],
        names: &[&str],
    ) -> Result<Vec<MatchText>, EngineError>;

    /// How common the stems `words` and the entities `names` are among the texts of `unit`.
    ///
    /// # Errors
    /// When the index fails.
    fn term_statistics(
        &self,
        unit: Unit,
        words: &[&str],
        names: &[&str],
    ) -> Result<TermStatistics, EngineError>;

    /// About `count` articles, the same for the same index, whatever their order in it.
    ///
    /// # Errors
    /// When the index fails.
    fn sample(&self, count: usize) -> Result<Vec<u64>, EngineError>;

    /// What words mean in this corpus, where it was learned.
    ///
    /// # Errors
    /// When it cannot be read.
    fn term_vectors(&self) -> Result<Option<&TermVectors>, EngineError>;

    /// When matches were published, in seconds since 1970.
    ///
    /// # Errors
    /// When the index fails, or an address is of an index that has changed since.
    fn published(&self, addresses: &[u64]) -> Result<Vec<Option<i64>>, EngineError>;

    /// What columns tell of matches, in the order of `addresses`, with the first value of the index
    /// field `field`.
    ///
    /// # Errors
    /// As for [`Self::published`]; also for a field without values.
    fn outlines(&self, addresses: &[u64], field: Option<&str>) -> Result<Vec<Outline>, EngineError>;

    /// The address of a stored article, where it is still there.
    ///
    /// # Errors
    /// When the index fails.
    fn address(&self, stored: &StoredArticle) -> Result<Option<u64>, EngineError>;

    /// The articles with this id, the beginning of an id, or this path (`path#record`), in the
    /// order of their paths.
    ///
    /// # Errors
    /// When the index fails.
    fn articles(&self, id: &str) -> Result<Vec<StoredArticle>, EngineError>;

    /// How many articles have a value in each field, by the field's name, for fields that any
    /// article has.
    ///
    /// # Errors
    /// When the index fails.
    fn coverage(&self) -> Result<Vec<(String, u64)>, EngineError>;

    /// What the index holds.
    ///
    /// # Errors
    /// When the index fails.
    fn holdings(&self) -> Result<Holdings, EngineError>;

    /// The words that a pattern stands for, in alphabetical order, with the number of articles that
    /// had them when they were indexed; nothing for other conditions.
    ///
    /// # Errors
    /// When there are more than the plan's limit allows, or the index fails.
    fn words(&self, plan: &Plan, leaf: &Leaf) -> Result<Vec<(String, u64)>, EngineError>;

    /// The values of an index field that are nearest to `value`, the nearest and most frequent first;
    /// few, and none where nothing is near.
    ///
    /// # Errors
    /// When there is no such field or the index fails.
    fn nearest(&self, field: &str, value: &str) -> Result<Vec<String>, EngineError>;

    /// The relevance that `plan` gives an article, part by part.
    ///
    /// # Errors
    /// As for [`Self::matches`]; or when the article is not in the index.
    fn score(&self, plan: &Plan, stored: &StoredArticle) -> Result<ScorePart, EngineError>;
}
