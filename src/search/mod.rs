//! Answers: from a plan to hits with snippets, on any engine.

mod advice;
mod arrange;
mod copies;
mod cut;
mod explain;
mod highlight;
mod snippet;

pub use advice::{Advice, ClauseCount, Relaxed, Suggestion, advise};
pub use arrange::{Arrangement, GroupBy, HitGroup, Turn};
pub use copies::Keep;
pub use explain::{ArticleExplanation, ClauseTree, EXPLAIN_SCHEMA, NameFound, QueryExplanation, explain};
pub use highlight::{Highlighter, Mark};
pub use snippet::{Snippet, SnippetOptions};

use std::collections::{BTreeMap, BTreeSet};

use self::arrange::{Arranged, Placed};
use crate::article::{Article, Moment, Outlet};
use crate::document::Location;
use crate::engine::{Engine, EngineError, MatchRequest, Sort, Unit};
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
    /// How the list is arranged; where hits are gathered, `offset` and `limit` count groups.
    pub arrangement: Arrangement,
}

/// A copy of a hit, which stands behind it.
#[derive(Clone, Debug, PartialEq)]
pub struct FoldedCopy {
    /// Its id; equal to the hit's where the texts are.
    pub id: String,
    /// Where it was read.
    pub location: Location,
    /// Who wrote it.
    pub publisher: Option<Outlet>,
    /// Who republished it.
    pub host: Option<Outlet>,
    /// When.
    pub published: Option<Moment>,
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
    /// What arranging the list has made of it.
    pub standing: Standing,
}

/// What arranging the list has made of a hit; the default where the list is as it was.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Standing {
    /// Its copies among the matches, where they are folded, in the order of the list.
    pub copies: Option<Vec<FoldedCopy>>,
    /// The group it is shown in, where hits are gathered.
    pub group: Option<HitGroup>,
    /// Why it stands lower than its score had it, where outlets take turns.
    pub turn: Option<Turn>,
}

/// What was found: the exact number, and the hits asked for, loaded one by one.
pub struct Found<'a> {
    /// All matches.
    pub total: u64,
    engine: &'a dyn Engine,
    request: SearchRequest<'a>,
    highlighter: Highlighter,
    arranged: Arranged,
}

/// Searches.
///
/// # Errors
/// When a pattern cannot be compiled or the index fails.
pub fn search<'a>(engine: &'a dyn Engine, request: SearchRequest<'a>) -> Result<Found<'a>, EngineError> {
    let SearchRequest { arrangement, offset, limit, .. } = request;
    // What is arranged is the whole list: a copy may come late, a group's last hit last.
    let top = if arrangement.is_plain() { limit.map(|limit| limit.saturating_add(offset)) } else { None };
    let top = if limit == Some(0) { Some(0) } else { top };
    let asked = MatchRequest { plan: request.plan, unit: request.unit, sort: request.sort, top };
    let found = rank::matches(engine, &asked, &request.ranking)?;
    let arranged = if arrangement.is_plain() {
        let placed = found.first.into_iter().skip(offset).map(Placed::from).collect();
        Arranged { placed, ..Arranged::default() }
    } else {
        arrange::arrange(engine, &arrangement, &found.first, offset, limit)?
    };
    let mut highlighter = Highlighter::new(request.plan);
    if !arranged.placed.is_empty() && request.snippets.count > 0 {
        weigh(engine, request.unit, &mut highlighter)?;
    }
    Ok(Found { total: found.total, engine, request, highlighter, arranged })
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
        self.arranged.placed.len()
    }

    /// Whether the list was arranged after it was put in order.
    pub fn is_arranged(&self) -> bool {
        !self.request.arrangement.is_plain()
    }

    /// How many matches are folded behind another one, shown or not; none where copies are not folded.
    pub fn folded(&self) -> Option<u64> {
        self.request.arrangement.fold.map(|_| self.arranged.folded)
    }

    /// How many groups there are, shown or not; none where hits are not gathered.
    pub fn groups(&self) -> Option<usize> {
        self.request.arrangement.group.map(|_| self.arranged.groups)
    }

    /// How many of the groups are shown.
    pub fn shown_groups(&self) -> usize {
        let numbers = self.arranged.placed.iter().filter_map(|placed| Some(placed.group.as_ref()?.number));
        numbers.collect::<BTreeSet<usize>>().len()
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
        self.arranged.placed.iter().enumerate().map(|(number, placed)| self.hit(number, placed))
    }

    fn hit(&self, number: usize, placed: &Placed) -> Result<Hit, EngineError> {
        let loaded = self.engine.load(placed.found.address)?;
        // Of groups the hits are numbered that are shown.
        let before = if self.request.arrangement.group.is_some() { 0 } else { self.request.offset };
        let section = match self.request.unit {
            Unit::Article => None,
            Unit::Section => Some(loaded.section.unwrap_or(0)),
        };
        let article = loaded.stored.article;
        let snippets = snippet::snippets(&article, section, &self.highlighter, &self.request.snippets);
        Ok(Hit {
            rank: before + number + 1,
            score: placed.found.score,
            id: loaded.stored.id,
            location: loaded.stored.location,
            unit: self.request.unit,
            section,
            article,
            snippets,
            standing: Standing {
                copies: self.request.arrangement.fold.map(|_| self.copies(placed)).transpose()?,
                group: placed.group.clone(),
                turn: placed.turn,
            },
        })
    }

    fn copies(&self, placed: &Placed) -> Result<Vec<FoldedCopy>, EngineError> {
        let copy = |&address: &u64| {
            let stored = self.engine.load(address)?.stored;
            let Article { publisher, host, published, .. } = stored.article;
            Ok(FoldedCopy { id: stored.id, location: stored.location, publisher, host, published })
        };
        placed.copies.iter().map(copy).collect()
    }
}
