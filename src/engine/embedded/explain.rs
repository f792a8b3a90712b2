//! The score of one article, part by part; and the words that patterns stand for.

use std::sync::Arc;

use tantivy::query::{EnableScoring, Query};
use tantivy::{DocAddress, DocSet, Searcher};

use super::super::{EngineError, ScoreFactor, ScorePart, ScoreRule, Unit};
use super::Embedded;
use super::compile::{CompileError, Compiler};
use super::expand::{ExpandError, Shape, expand};
use super::statistics::UnitStatistics;
use super::verify::Reads;
use crate::analysis::Stem;
use crate::article::Article;
use crate::query::{Extent, Leaf, PassageTest, Plan, PlanNode, needs_reading};

/// One article, to be scored.
struct Scored<'a> {
    compiler: Compiler<'a>,
    statistics: UnitStatistics<'a>,
    searcher: &'a Searcher,
    address: DocAddress,
    article: &'a Article,
    text: &'a str,
}

/// What a query gives one document.
struct Given {
    value: Option<f32>,
    factors: Vec<ScoreFactor>,
}

impl Embedded {
    /// The score that `plan` gives the article at `address`.
    pub(super) fn score_parts(
        &self,
        plan: &Plan,
        address: DocAddress,
        article: &Article,
    ) -> Result<ScorePart, CompileError> {
        let reads = Arc::new(Reads::new(plan.limits.reads, &self.unpacking));
        let (fields, searcher, limits) = (&self.fields, &self.searcher, plan.limits);
        let compiler = Compiler { fields, searcher, unit: Unit::Article, limits, reads: &reads };
        let statistics = UnitStatistics::new(searcher, fields, Unit::Article)?;
        let scored = Scored { compiler, statistics, searcher, address, article, text: &plan.text };
        scored.part(&plan.root)
    }

    /// The words that a pattern stands for.
    pub(super) fn words_of(&self, leaf: &Leaf, limit: usize) -> Result<Vec<(String, u64)>, ExpandError> {
        let (scope, shape) = match leaf {
            Leaf::Prefix(scope, prefix) => (scope, Shape::Prefix(prefix)),
            Leaf::Wildcard(scope, pattern) => (scope, Shape::Wildcard(pattern)),
            Leaf::Regex(scope, pattern) => (scope, Shape::Regex(pattern)),
            Leaf::Fuzzy(scope, word, distance) => (scope, Shape::Fuzzy(word, *distance)),
            _ => return Ok(Vec::new()),
        };
        let field = super::compile::word_field(&self.fields, *scope, Unit::Article);
        Ok(expand(&self.searcher, field, shape, limit)?.into_iter().collect())
    }
}

/// Most values near to one that are offered.
const MAX_NEAR: usize = 8;
/// Most values near to one that are looked at; a word that has more is too short to be corrected.
const MAX_NEAR_LOOKED_AT: usize = 1 << 14;

impl Embedded {
    /// The values of a field nearest to one that it has not.
    pub(super) fn nearest_values(&self, field: &str, value: &str) -> Result<Vec<String>, EngineError> {
        let found = self.searcher.schema().get_field(field).map_err(|error| self.failed(&error))?;
        let distance = match value.chars().count() {
            0..3 => return Ok(Vec::new()),
            3..6 => 1,
            _ => 2,
        };
        let mut near = Vec::new();
        // Names that no list has are marked in their ids.
        for wanted in [value.to_owned(), format!("~{value}")] {
            match expand(&self.searcher, found, Shape::Fuzzy(&wanted, distance), MAX_NEAR_LOOKED_AT) {
                Ok(values) => near.extend(values),
                Err(ExpandError::Fault(_)) => {}
                Err(ExpandError::Tantivy(error)) => return Err(self.failed(&error)),
            }
        }
        near.sort_by_cached_key(|(other, count)| {
            let distance = strsim::osa_distance(value, other.trim_start_matches('~'));
            (distance, std::cmp::Reverse(*count), other.clone())
        });
        near.dedup();
        Ok(near.into_iter().map(|(value, _)| value).filter(|other| other != value).take(MAX_NEAR).collect())
    }
}

impl Scored<'_> {
    fn part(&self, node: &PlanNode) -> Result<ScorePart, CompileError> {
        let clause = node.notation(self.text);
        let parts_of =
            |nodes: &[PlanNode]| nodes.iter().map(|node| self.part(node)).collect::<Result<Vec<_>, _>>();
        let mut part = match node {
            PlanNode::Leaf(leaf, _) => return self.leaf(node, leaf, clause),
            PlanNode::And(nodes) => {
                let parts = parts_of(nodes)?;
                let holds = parts.iter().all(|part| part.holds);
                sum(clause, holds, parts)
            }
            PlanNode::Or(nodes) => {
                let parts = parts_of(nodes)?;
                let holds = parts.iter().any(|part| part.holds);
                sum(clause, holds, parts)
            }
            PlanNode::Best(nodes) => {
                let parts = parts_of(nodes)?;
                let best = parts.iter().filter(|part| part.holds).map(|part| part.value).reduce(f32::max);
                ScorePart {
                    clause,
                    holds: best.is_some(),
                    rule: ScoreRule::Best,
                    value: best.unwrap_or(0.0),
                    factors: Vec::new(),
                    parts,
                }
            }
            PlanNode::Boost(inner, boost) => {
                let inner = self.part(inner)?;
                let factors = vec![ScoreFactor { name: "boost".to_owned(), value: *boost }];
                let (holds, value) = (inner.holds, inner.value * boost);
                ScorePart { clause, holds, rule: ScoreRule::Times, value, factors, parts: vec![inner] }
            }
            PlanNode::Not(excluded) => {
                let holds = !self.part(excluded)?.holds;
                let (rule, value) = (ScoreRule::Condition, 0.0);
                return Ok(ScorePart { clause, holds, rule, value, factors: Vec::new(), parts: Vec::new() });
            }
            PlanNode::Near { sides, .. } => sum(clause, false, parts_of(&sides[..])?),
            PlanNode::Within(_, inner) | PlanNode::AtLeast(_, inner) => {
                sum(clause, false, vec![self.part(inner)?])
            }
        };
        // Whether the words stand where they should is for the text to say.
        if needs_reading(node) {
            part.holds = self.stands(node)?;
        }
        if !part.holds {
            part.value = 0.0;
        }
        Ok(part)
    }

    fn stands(&self, node: &PlanNode) -> Result<bool, CompileError> {
        let test = PassageTest::new(node).map_err(|fault| CompileError::Fault(fault, node.span()))?;
        Ok(test.holds(self.article, Extent::Article, &mut Stem::default()))
    }

    fn leaf(&self, node: &PlanNode, leaf: &Leaf, clause: String) -> Result<ScorePart, CompileError> {
        let query = self.compiler.unread(node)?;
        let given = self.given(&*query)?;
        let holds = given.value.is_some() && (!needs_reading(node) || self.stands(node)?);
        let rule = match leaf {
            Leaf::All | Leaf::Range { .. } | Leaf::Exists(_) | Leaf::Keyword { scored: false, .. } => {
                ScoreRule::Condition
            }
            _ if given.factors.is_empty() => ScoreRule::Constant,
            _ => ScoreRule::Bm25,
        };
        let value = given.value.filter(|_| holds).unwrap_or(0.0);
        Ok(ScorePart { clause, holds, rule, value, factors: given.factors, parts: Vec::new() })
    }

    fn given(&self, query: &dyn Query) -> Result<Given, CompileError> {
        let scoring = EnableScoring::enabled_from_statistics_provider(&self.statistics, self.searcher);
        let weight = query.weight(scoring)?;
        let reader = self.searcher.segment_reader(self.address.segment_ord);
        let mut scorer = weight.scorer(reader, 1.0)?;
        let doc = self.address.doc_id;
        let stands = scorer.doc() == doc || (scorer.doc() < doc && scorer.seek(doc) == doc);
        let mut given = Given { value: stands.then(|| scorer.score()), factors: Vec::new() };
        if stands && let Ok(explanation) = weight.explain(reader, doc) {
            // The tree can be read in no other form.
            if let Ok(tree) = serde_json::to_value(&explanation) {
                add_factors(&tree, &mut given.factors);
            }
        }
        Ok(given)
    }
}

fn sum(clause: String, holds: bool, parts: Vec<ScorePart>) -> ScorePart {
    let value = parts.iter().filter(|part| part.holds).map(|part| part.value).sum();
    ScorePart { clause, holds, rule: ScoreRule::Sum, value, factors: Vec::new(), parts }
}

/// The named numbers of an explanation, without the products between them.
fn add_factors(tree: &serde_json::Value, factors: &mut Vec<ScoreFactor>) {
    let description = tree["description"].as_str().unwrap_or("");
    let name = description.split(',').next().unwrap_or("");
    if matches!(name, "idf" | "n" | "N" | "freq" | "k1" | "b" | "dl" | "avgdl") {
        #[expect(clippy::cast_possible_truncation, reason = "it was of this type before")]
        let value = tree["value"].as_f64().unwrap_or(0.0) as f32;
        if !factors.iter().any(|factor| factor.name == name) {
            factors.push(ScoreFactor { name: name.to_owned(), value });
        }
    }
    for detail in tree["details"].as_array().into_iter().flatten() {
        add_factors(detail, factors);
    }
}
