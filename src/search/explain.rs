//! What a query became and what each part of it finds; and why an article has its score.

use serde::Serialize;

use crate::engine::{Engine, EngineError, MatchRequest, ScorePart, Sort, Unit};
use crate::index::StoredArticle;
use crate::query::{Leaf, NameReason, NameResolver, Plan, PlanNode, Query, needs_reading};
use crate::rank::{self, Explanation, RankOptions};

/// Version of [`QueryExplanation`].
pub const EXPLAIN_SCHEMA: &str = "newsidx.explain/1";
/// Most parts of a query that are counted one by one; the others say nothing of their number.
const MAX_COUNTED: usize = 256;
/// Most words of a pattern that are shown.
const MAX_SHOWN_WORDS: usize = 20;

/// A query, explained.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct QueryExplanation {
    /// Always [`EXPLAIN_SCHEMA`].
    pub schema: &'static str,
    /// As typed.
    pub query: String,
    /// As understood, with all its operators.
    pub parsed: String,
    /// What is found.
    pub unit: Unit,
    /// How many.
    pub total: u64,
    /// Its parts, each with what it finds by itself.
    pub plan: ClauseTree,
    /// Names that were understood.
    pub names: Vec<NameFound>,
    /// Words that were passed over because they stand in almost every article.
    pub passed_over: Vec<String>,
    /// Parts that say nothing.
    pub ignored: Vec<String>,
    /// An article's score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub article: Option<ArticleExplanation>,
}

/// A part of a query.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClauseTree {
    /// As it could be typed.
    pub clause: String,
    /// What joins its parts, or what it is.
    pub kind: &'static str,
    /// What it finds by itself.
    pub count: Option<u64>,
    /// Whether the text of every candidate decides, and not the index alone.
    pub reads_text: bool,
    /// The terms or values that the index is asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub terms: Vec<String>,
    /// How many words a pattern stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub word_count: Option<usize>,
    /// The most frequent of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
    /// Its parts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<ClauseTree>,
}

/// A name in a query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NameFound {
    /// As typed.
    pub typed: String,
    /// The entity's id.
    pub id: String,
    /// Its canonical name.
    pub name: String,
    /// Why it was taken for one.
    pub reason: NameReason,
    /// Its spellings.
    pub spellings: Vec<String>,
}

/// An article's score.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ArticleExplanation {
    /// Its id.
    pub id: String,
    /// Its file.
    pub path: String,
    /// Its record in the file.
    pub record: Option<u64>,
    /// Its headline.
    pub headline: Option<String>,
    /// Whether the query finds it.
    pub found: bool,
    /// Its BM25 and what that is made of.
    pub score: ScorePart,
    /// Its place in the list and its score there, of which BM25 is a share; none where it is not found.
    pub ranking: Option<Explanation>,
}

/// Explains `query`, which means `plan`; and the score that it gives `article`.
///
/// # Errors
/// As for a search.
pub fn explain(
    engine: &dyn Engine,
    names: &dyn NameResolver,
    query: &Query,
    plan: &Plan,
    unit: Unit,
    article: Option<&StoredArticle>,
    ranking: &RankOptions,
) -> Result<QueryExplanation, EngineError> {
    let found = plan.expansions.iter().map(|expansion| NameFound {
        typed: expansion.typed.clone(),
        id: expansion.id.clone(),
        name: expansion.name.clone(),
        reason: expansion.reason,
        spellings: names.spellings(&expansion.id),
    });
    let article = article.map(|stored| -> Result<_, EngineError> {
        let score = engine.score(plan, stored)?;
        let request = MatchRequest { plan, unit, sort: Sort::Relevance, top: None };
        let ranking = match engine.address(stored)? {
            Some(address) => rank::explain(engine, &request, ranking, address)?,
            None => None,
        };
        Ok(ArticleExplanation {
            id: stored.id.clone(),
            path: stored.location.path.clone(),
            record: stored.location.record,
            headline: stored.article.headline.clone(),
            found: score.holds,
            score,
            ranking,
        })
    });
    let mut counted = Counted { engine, plan, unit, left: MAX_COUNTED };
    Ok(QueryExplanation {
        schema: EXPLAIN_SCHEMA,
        query: query.text.clone(),
        parsed: plan.root.notation(&query.text),
        unit,
        total: engine.count(plan, unit)?,
        plan: counted.tree(&plan.root)?,
        names: found.collect(),
        passed_over: plan.passed_over.clone(),
        ignored: query.ignored.iter().map(|span| span.of(&query.text).to_owned()).collect(),
        article: article.transpose()?,
    })
}

struct Counted<'a> {
    engine: &'a dyn Engine,
    plan: &'a Plan,
    unit: Unit,
    left: usize,
}

impl Counted<'_> {
    fn tree(&mut self, node: &PlanNode) -> Result<ClauseTree, EngineError> {
        let count = if self.left > 0 {
            self.left -= 1;
            let plan = Plan { root: node.clone(), ..self.plan.clone() };
            Some(self.engine.count(&plan, self.unit)?)
        } else {
            None
        };
        let mut tree = ClauseTree {
            clause: node.notation(&self.plan.text),
            kind: kind_of(node),
            count,
            reads_text: needs_reading(node),
            terms: Vec::new(),
            word_count: None,
            words: Vec::new(),
            parts: Vec::new(),
        };
        match node {
            PlanNode::Leaf(leaf, _) => self.leaf(leaf, &mut tree)?,
            PlanNode::And(nodes) | PlanNode::Or(nodes) | PlanNode::Best(nodes) => {
                tree.parts = nodes.iter().map(|node| self.tree(node)).collect::<Result<_, _>>()?;
            }
            PlanNode::Near { sides, .. } => {
                tree.parts = sides.iter().map(|node| self.tree(node)).collect::<Result<_, _>>()?;
            }
            PlanNode::Not(node)
            | PlanNode::Boost(node, _)
            | PlanNode::Within(_, node)
            | PlanNode::AtLeast(_, node) => tree.parts = vec![self.tree(node)?],
        }
        Ok(tree)
    }

    fn leaf(&self, leaf: &Leaf, tree: &mut ClauseTree) -> Result<(), EngineError> {
        match leaf {
            Leaf::Terms { terms, .. } => tree.terms = terms.iter().map(|(_, term)| term.clone()).collect(),
            Leaf::Keyword { field, values, .. } => {
                tree.terms = values.iter().map(|value| format!("{field}={value}")).collect();
            }
            Leaf::Prefix(..) | Leaf::Wildcard(..) | Leaf::Fuzzy(..) | Leaf::Regex(..) => {
                let mut words = self.engine.words(self.plan, leaf)?;
                tree.word_count = Some(words.len());
                words.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
                tree.words = words.into_iter().map(|(word, _)| word).take(MAX_SHOWN_WORDS).collect();
            }
            Leaf::All | Leaf::Exact { .. } | Leaf::Range { .. } | Leaf::Exists(_) => {}
        }
        Ok(())
    }
}

/// What a part is, in a word.
fn kind_of(node: &PlanNode) -> &'static str {
    match node {
        PlanNode::And(_) => "all-of",
        PlanNode::Or(_) => "any-of",
        PlanNode::Best(_) => "name",
        PlanNode::Not(_) => "not",
        PlanNode::Boost(..) => "boost",
        PlanNode::Near { .. } => "near",
        PlanNode::Within(..) => "within",
        PlanNode::AtLeast(..) => "at-least",
        PlanNode::Leaf(leaf, _) => match leaf {
            Leaf::All => "everything",
            Leaf::Terms { terms, .. } if terms.len() > 1 => "phrase",
            Leaf::Terms { .. } => "word",
            Leaf::Prefix(..) | Leaf::Wildcard(..) | Leaf::Regex(..) => "pattern",
            Leaf::Fuzzy(..) => "near-spelling",
            Leaf::Exact { .. } => "exact-text",
            Leaf::Keyword { .. } => "value",
            Leaf::Range { .. } => "range",
            Leaf::Exists(_) => "presence",
        },
    }
}
