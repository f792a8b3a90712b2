//! What to do about a query that finds nothing or too little: the words and names it may have meant,
//! the clause that nothing has, and what a relaxed query would find.
//!
//! It only says so; the answer stays the answer to what was asked.

use serde::Serialize;

use crate::analysis::folded_words;
use crate::engine::{Engine, EngineError, Unit};
use crate::query::{Leaf, Plan, PlanNode, Scope};

/// Fewer hits than these are too little for a query of several words.
const FEW: u64 = 3;
/// Most clauses that are counted one by one.
const MAX_COUNTED: usize = 16;
/// Most words or names offered for one.
const MAX_OFFERED: usize = 3;

/// What can be said about a query that finds little.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Advice {
    /// What each clause finds by itself; empty where the query finds something.
    pub clauses: Vec<ClauseCount>,
    /// Words and names that are nearest to those that nothing has.
    pub suggestions: Vec<Suggestion>,
    /// What the query finds when any of its words is enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relaxed: Option<Relaxed>,
}

/// A clause and what it finds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClauseCount {
    /// The clause.
    pub clause: String,
    /// What it finds by itself.
    pub count: u64,
    /// What the query finds without it.
    pub without: u64,
}

/// A word or name in place of one that nothing has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Suggestion {
    /// What was typed.
    pub typed: String,
    /// What may have been meant.
    pub instead: String,
    /// What it finds by itself.
    pub count: u64,
}

/// A query that asks for less.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Relaxed {
    /// What it finds.
    pub total: u64,
    /// The flag that asks so.
    pub flag: &'static str,
}

/// What can be said about `plan`, which finds `total`; nothing where that is enough.
///
/// # Errors
/// When the index fails.
pub fn advise(
    engine: &dyn Engine,
    plan: &Plan,
    unit: Unit,
    total: u64,
) -> Result<Option<Advice>, EngineError> {
    if total >= FEW {
        return Ok(None);
    }
    let asked = Asked { engine, plan, unit };
    let clauses: &[PlanNode] = match &plan.root {
        PlanNode::And(nodes) => nodes,
        other => std::slice::from_ref(other),
    };
    let mut advice = Advice { relaxed: asked.relaxed(clauses, total)?, ..Advice::default() };
    if total == 0 {
        advice.clauses = asked.counted(clauses)?;
        let mut words = Vec::new();
        clauses.iter().for_each(|clause| leaves(clause, &mut words));
        for leaf in words.into_iter().take(MAX_COUNTED) {
            advice.suggestions.extend(asked.suggestions(leaf)?);
        }
    }
    let empty = advice == Advice::default();
    Ok((!empty).then_some(advice))
}

/// The conditions that could be misspelt.
fn leaves<'p>(node: &'p PlanNode, found: &mut Vec<&'p PlanNode>) {
    match node {
        PlanNode::Leaf(Leaf::Terms { .. } | Leaf::Keyword { .. } | Leaf::Exact { .. }, _) => found.push(node),
        PlanNode::And(nodes) | PlanNode::Or(nodes) => nodes.iter().for_each(|node| leaves(node, found)),
        PlanNode::Near { sides, .. } => sides.iter().for_each(|node| leaves(node, found)),
        PlanNode::Boost(node, _) | PlanNode::Within(_, node) | PlanNode::AtLeast(_, node) => {
            leaves(node, found)
        }
        // A name that is known is spelt rightly; what is excluded is not missed.
        PlanNode::Leaf(..) | PlanNode::Best(_) | PlanNode::Not(_) => {}
    }
}

struct Asked<'a> {
    engine: &'a dyn Engine,
    plan: &'a Plan,
    unit: Unit,
}

impl Asked<'_> {
    fn count(&self, root: PlanNode) -> Result<u64, EngineError> {
        let plan = Plan { root, ..self.plan.clone() };
        self.engine.count(&plan, self.unit)
    }

    fn counted(&self, clauses: &[PlanNode]) -> Result<Vec<ClauseCount>, EngineError> {
        if clauses.len() < 2 {
            return Ok(Vec::new());
        }
        let mut counts = Vec::new();
        for (number, clause) in clauses.iter().enumerate().take(MAX_COUNTED) {
            let mut rest = clauses.to_vec();
            rest.remove(number);
            counts.push(ClauseCount {
                clause: clause.notation(&self.plan.text),
                count: self.count(clause.clone())?,
                without: self.count(PlanNode::And(rest))?,
            });
        }
        Ok(counts)
    }

    /// The same query with any of its words; conditions and exclusions stay.
    fn relaxed(&self, clauses: &[PlanNode], total: u64) -> Result<Option<Relaxed>, EngineError> {
        let (words, mut rest): (Vec<_>, Vec<_>) = clauses.iter().cloned().partition(is_wanted);
        if words.len() < 2 {
            return Ok(None);
        }
        rest.push(PlanNode::Or(words));
        let found = self.count(PlanNode::And(rest))?;
        Ok((found > total).then_some(Relaxed { total: found, flag: "--any" }))
    }

    fn suggestions(&self, node: &PlanNode) -> Result<Vec<Suggestion>, EngineError> {
        let PlanNode::Leaf(leaf, span) = node else { return Ok(Vec::new()) };
        if self.count(node.clone())? > 0 {
            return Ok(Vec::new());
        }
        let typed = span.of(&self.plan.text);
        match leaf {
            Leaf::Keyword { field, values, prefix: false, .. } => {
                let Some(wanted) = values.iter().find(|value| !value.starts_with('~')) else {
                    return Ok(Vec::new());
                };
                let make = |value: &str| Leaf::Keyword {
                    field,
                    values: vec![value.to_owned()],
                    prefix: false,
                    scored: false,
                };
                let typed = node.notation(&self.plan.text);
                self.offered(field, wanted, &typed, &make, &|value| {
                    format!("{field}:{}", shown_name(value.trim_start_matches('~')))
                })
            }
            Leaf::Terms { scope, .. } => self.words(*scope, typed),
            Leaf::Exact { text, .. } => self.words(Scope::Everywhere, text),
            _ => Ok(Vec::new()),
        }
    }

    /// The words of `text` that nothing has, with the nearest that something has.
    fn words(&self, scope: Scope, text: &str) -> Result<Vec<Suggestion>, EngineError> {
        let field = match scope {
            Scope::Everywhere => "words",
            Scope::Headline => "headline_words",
            Scope::Byline => "byline",
        };
        let mut offered = Vec::new();
        for word in folded_words(text) {
            let make = |word: &str| {
                let terms = match scope {
                    Scope::Byline => vec![(0, word.to_owned())],
                    _ => crate::analysis::terms(word)
                        .into_iter()
                        .map(|term| (term.position, term.text))
                        .collect(),
                };
                Leaf::Terms { scope, terms, slop: 0, prefix: false }
            };
            if self.count(PlanNode::Leaf(make(&word), Default::default()))? == 0 {
                offered.extend(self.offered(field, &word, &word, &make, &str::to_owned)?);
            }
        }
        Ok(offered)
    }

    fn offered(
        &self,
        field: &str,
        wanted: &str,
        typed: &str,
        make: &dyn Fn(&str) -> Leaf,
        show: &dyn Fn(&str) -> String,
    ) -> Result<Vec<Suggestion>, EngineError> {
        let mut offered = Vec::new();
        for near in self.engine.nearest(field, wanted)? {
            let count = self.count(PlanNode::Leaf(make(&near), Default::default()))?;
            if count > 0 && offered.len() < MAX_OFFERED {
                offered.push(Suggestion { typed: typed.to_owned(), instead: show(&near), count });
            }
        }
        Ok(offered)
    }
}

/// An id as a value of a field: in quotation marks where it has blanks.
fn shown_name(id: &str) -> String {
    if id.contains('-') { format!("\"{}\"", id.replace('-', " ")) } else { id.to_owned() }
}

/// Whether a clause is a word that could be done without.
fn is_wanted(node: &PlanNode) -> bool {
    match node {
        PlanNode::Leaf(leaf, _) => !matches!(
            leaf,
            Leaf::All | Leaf::Range { .. } | Leaf::Exists(_) | Leaf::Keyword { scored: false, .. }
        ),
        PlanNode::Not(_) => false,
        PlanNode::Or(nodes) => nodes.iter().any(is_wanted),
        _ => true,
    }
}
