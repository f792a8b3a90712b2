//! From a plan to tantivy's queries.

use std::ops::Bound;

use std::sync::Arc;

use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, EmptyQuery, ExistsQuery, Occur,
    PhrasePrefixQuery, PhraseQuery, Query, RangeQuery, RegexQuery, TermQuery, TermSetQuery,
};
use tantivy::schema::{Field, FieldType, IndexRecordOption};
use tantivy::{Searcher, TantivyError, Term};

use super::super::Unit;
use super::exclude::Excluded;
use super::expand::{ExpandError, Shape, expand};
use super::verify::{Reads, VerifiedQuery};
use crate::analysis::{folded_words, terms};
use crate::article::Span;
use crate::index::{Fields, UnitCode};
use crate::query::{Leaf, PassageTest, PlanNode, QueryFault, QueryLimits, Scope, needs_reading};

/// Fields that are counted under their own name in `has`.
const PRESENCE: [&str; 15] = [
    "headline",
    "byline",
    "publisher",
    "host",
    "credit",
    "source",
    "entity",
    "language",
    "topic",
    "url",
    "country",
    "dek",
    "quote",
    "published",
    "modified",
];

/// Translates the plan's nodes for one unit.
#[derive(Clone, Copy)]
pub(super) struct Compiler<'a> {
    pub(super) fields: &'a Fields,
    pub(super) searcher: &'a Searcher,
    pub(super) unit: Unit,
    pub(super) limits: QueryLimits,
    pub(super) reads: &'a Arc<Reads>,
}

/// Why a plan cannot be translated.
pub(super) enum CompileError {
    /// A part of the query asks for what cannot be done.
    Fault(QueryFault, Span),
    /// The index fails.
    Tantivy(TantivyError),
}

impl From<TantivyError> for CompileError {
    fn from(error: TantivyError) -> Self {
        Self::Tantivy(error)
    }
}

impl From<ExpandError> for CompileError {
    fn from(error: ExpandError) -> Self {
        match error {
            ExpandError::Fault(fault) => Self::Fault(fault, Span::default()),
            ExpandError::Tantivy(error) => Self::Tantivy(error),
        }
    }
}

impl CompileError {
    /// The same at `span`, where it has no place yet.
    fn at(self, span: Span) -> Self {
        match self {
            Self::Fault(fault, known) if known.is_empty() => Self::Fault(fault, span),
            other => other,
        }
    }
}

type Compiled<T = Box<dyn Query>> = Result<T, CompileError>;

/// Matches all documents of a unit, without a score.
pub(super) fn unit_query(fields: &Fields, unit: UnitCode) -> Box<dyn Query> {
    unscored(Box::new(TermQuery::new(
        Term::from_field_u64(fields.unit, unit as u64),
        IndexRecordOption::Basic,
    )))
}

fn unscored(query: Box<dyn Query>) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, 0.0))
}

impl Compiler<'_> {
    /// The whole query, restricted to the unit. An undivided article is its own only section.
    pub(super) fn query(&self, root: &PlanNode) -> Compiled {
        let restricted = |compiler: &Self, unit| -> Compiled<Vec<(Occur, Box<dyn Query>)>> {
            Ok(vec![(Occur::Must, compiler.node(root)?), (Occur::Must, unit_query(self.fields, unit))])
        };
        match self.unit {
            Unit::Article => Ok(Box::new(BooleanQuery::new(restricted(self, UnitCode::Article)?))),
            Unit::Section => {
                let sections = BooleanQuery::new(restricted(self, UnitCode::Section)?);
                let articles = Self { unit: Unit::Article, ..*self };
                let mut undivided = restricted(&articles, UnitCode::Article)?;
                undivided.push((Occur::Must, self.range("section_count", None, Some(1))?));
                let undivided = BooleanQuery::new(undivided);
                Ok(Box::new(BooleanQuery::union(vec![Box::new(sections), Box::new(undivided)])))
            }
        }
    }

    fn units(&self) -> Box<dyn Query> {
        match self.unit {
            Unit::Article => unit_query(self.fields, UnitCode::Article),
            Unit::Section => unit_query(self.fields, UnitCode::Section),
        }
    }

    fn node(&self, node: &PlanNode) -> Compiled {
        if needs_reading(node) {
            return self.all_of(std::slice::from_ref(node));
        }
        Ok(match node {
            PlanNode::Leaf(leaf, span) => self.leaf(leaf).map_err(|error| error.at(*span))?,
            PlanNode::And(nodes) => self.all_of(nodes)?,
            PlanNode::Or(nodes) => {
                let parts = nodes.iter().map(|node| Ok((Occur::Should, self.positive(node)?)));
                Box::new(BooleanQuery::new(parts.collect::<Compiled<_>>()?))
            }
            PlanNode::Best(nodes) => {
                let parts = nodes.iter().map(|node| self.positive(node));
                Box::new(DisjunctionMaxQuery::new(parts.collect::<Compiled<_>>()?))
            }
            PlanNode::Not(_) => self.positive(node)?,
            PlanNode::Boost(node, boost) => Box::new(BoostQuery::new(self.positive(node)?, *boost)),
            PlanNode::Near { .. } | PlanNode::Within(..) | PlanNode::AtLeast(..) => {
                self.all_of(std::slice::from_ref(node))?
            }
        })
    }

    /// A node that may stand alone: an exclusion becomes everything but what it excludes.
    fn positive(&self, node: &PlanNode) -> Compiled {
        match node {
            PlanNode::Not(_) => self.all_of(std::slice::from_ref(node)),
            other => self.node(other),
        }
    }

    /// What must be read comes last, for those alone that pass everything else.
    fn all_of(&self, nodes: &[PlanNode]) -> Compiled {
        let mut parts: Vec<(Occur, Box<dyn Query>)> = Vec::with_capacity(nodes.len() + 1);
        let mut tests = Vec::new();
        for node in nodes {
            match node {
                PlanNode::Not(excluded) if needs_reading(excluded) => {
                    tests.push((Arc::new(self.test(excluded)?), true));
                }
                PlanNode::Not(excluded) => {
                    parts.push((Occur::MustNot, Box::new(Excluded(self.positive(excluded)?))))
                }
                read if needs_reading(read) => {
                    tests.push((Arc::new(self.test(read)?), false));
                    parts.extend(self.candidates(read)?.map(|query| (Occur::Must, query)));
                }
                wanted => parts.push((Occur::Must, self.node(wanted)?)),
            }
        }
        if !tests.is_empty() || parts.iter().all(|(occur, _)| *occur == Occur::MustNot) {
            parts.push((Occur::Must, self.units()));
        }
        let query = Box::new(BooleanQuery::new(parts));
        if tests.is_empty() {
            return Ok(query);
        }
        Ok(Box::new(VerifiedQuery::new(query, tests, self.fields, self.unit, self.reads)))
    }

    /// What the index alone knows of `node`.
    pub(super) fn unread(&self, node: &PlanNode) -> Compiled {
        if needs_reading(node) {
            return Ok(self.candidates(node)?.unwrap_or_else(|| self.units()));
        }
        self.node(node)
    }

    fn test(&self, node: &PlanNode) -> Compiled<PassageTest> {
        PassageTest::new(node).map_err(|fault| CompileError::Fault(fault, node.span()))
    }

    /// What must hold of every article that passes the test of `node`; nothing where any may pass.
    fn candidates(&self, node: &PlanNode) -> Compiled<Option<Box<dyn Query>>> {
        let some = |nodes: &[PlanNode]| -> Compiled<Vec<Box<dyn Query>>> {
            let found = nodes.iter().map(|node| self.candidates(node));
            Ok(found.collect::<Compiled<Vec<_>>>()?.into_iter().flatten().collect())
        };
        Ok(match node {
            PlanNode::Leaf(Leaf::All, _) | PlanNode::Not(_) => None,
            PlanNode::Leaf(Leaf::Exact { text, .. }, _) => Some(self.exact(text)?),
            PlanNode::Leaf(Leaf::Terms { scope, terms, slop, prefix }, span)
                if terms.len() > 1 && (*slop > 0 || *prefix) =>
            {
                Some(self.scattered(*scope, terms, *prefix).map_err(|error| error.at(*span))?)
            }
            PlanNode::Leaf(leaf, span) => Some(self.leaf(leaf).map_err(|error| error.at(*span))?),
            PlanNode::And(nodes) => intersection(some(nodes)?),
            PlanNode::Near { sides, .. } => intersection(some(&sides[..])?),
            PlanNode::Or(nodes) | PlanNode::Best(nodes) => {
                let parts = some(nodes)?;
                match (parts.len() == nodes.len(), node) {
                    (false, _) => None,
                    (true, PlanNode::Best(_)) => Some(Box::new(DisjunctionMaxQuery::new(parts))),
                    (true, _) => Some(Box::new(BooleanQuery::union(parts))),
                }
            }
            PlanNode::Boost(node, boost) => {
                self.candidates(node)?.map(|query| Box::new(BoostQuery::new(query, *boost)) as Box<dyn Query>)
            }
            PlanNode::Within(_, node) | PlanNode::AtLeast(_, node) => self.candidates(node)?,
        })
    }

    /// All of the terms, wherever they stand.
    fn scattered(&self, scope: Scope, terms: &[(u32, String)], prefix: bool) -> Compiled {
        let mut parts = Vec::with_capacity(terms.len());
        for (number, term) in terms.iter().enumerate() {
            let begins = prefix && number + 1 == terms.len();
            parts.push(self.terms(scope, std::slice::from_ref(term), 0, begins)?);
        }
        Ok(Box::new(BooleanQuery::intersection(parts)))
    }

    fn leaf(&self, leaf: &Leaf) -> Compiled {
        Ok(match leaf {
            Leaf::All => self.units(),
            Leaf::Terms { scope, terms, slop, prefix } => self.terms(*scope, terms, *slop, *prefix)?,
            Leaf::Prefix(scope, prefix) => self.pattern(*scope, Shape::Prefix(prefix))?,
            Leaf::Wildcard(scope, pattern) => self.pattern(*scope, Shape::Wildcard(pattern))?,
            Leaf::Regex(scope, pattern) => self.pattern(*scope, Shape::Regex(pattern))?,
            Leaf::Fuzzy(scope, word, distance) => self.pattern(*scope, Shape::Fuzzy(word, *distance))?,
            Leaf::Exact { text, .. } => self.exact(text)?,
            Leaf::Keyword { field, values, prefix, scored } => {
                self.keyword(field, values, *prefix, *scored)?
            }
            Leaf::Range { field, from, to } => self.range(field, *from, *to)?,
            Leaf::Exists(field) => self.exists(field),
        })
    }

    fn text_field(&self, scope: Scope) -> Field {
        match (scope, self.unit) {
            (Scope::Headline, _) => self.fields.headline,
            (Scope::Byline, _) => self.fields.byline,
            (Scope::Everywhere, Unit::Article) => self.fields.text,
            (Scope::Everywhere, Unit::Section) => self.fields.section_text,
        }
    }

    fn terms(&self, scope: Scope, terms: &[(u32, String)], slop: u32, prefix: bool) -> Compiled {
        let field = self.text_field(scope);
        let placed = || terms.iter().map(|(at, term)| (*at as usize, Term::from_field_text(field, term)));
        Ok(match terms {
            [] => Box::new(EmptyQuery),
            [(_, term)] if prefix => self.pattern(scope, Shape::Prefix(term))?,
            [(_, term)] => {
                Box::new(TermQuery::new(Term::from_field_text(field, term), IndexRecordOption::WithFreqs))
            }
            _ if prefix => {
                let mut query = PhrasePrefixQuery::new_with_offset(placed().collect());
                query.set_max_expansions(u32::MAX);
                Box::new(query)
            }
            _ => Box::new(PhraseQuery::new_with_offset_and_slop(placed().collect(), slop)),
        })
    }

    /// The words that a pattern stands for, each as good as the other.
    fn pattern(&self, scope: Scope, shape: Shape<'_>) -> Compiled {
        let field = word_field(self.fields, scope, self.unit);
        let words = expand(self.searcher, field, shape, self.limits.words)?;
        if words.is_empty() {
            return Ok(Box::new(EmptyQuery));
        }
        let terms = words.keys().map(|word| Term::from_field_text(field, word));
        Ok(Box::new(ConstScoreQuery::new(Box::new(TermSetQuery::new(terms)), 1.0)))
    }

    /// Stemmed terms find the candidates; their stored text decides.
    fn exact(&self, text: &str) -> Compiled {
        let placed: Vec<(u32, String)> =
            terms(text).into_iter().map(|term| (term.position, term.text)).collect();
        let mut parts = vec![(Occur::Must, self.terms(Scope::Everywhere, &placed, 0, false)?)];
        for word in folded_words(text) {
            let term = Term::from_field_text(word_field(self.fields, Scope::Everywhere, self.unit), &word);
            parts.push((Occur::Must, unscored(Box::new(TermQuery::new(term, IndexRecordOption::Basic)))));
        }
        Ok(Box::new(BooleanQuery::new(parts)))
    }

    fn named_field(&self, name: &str) -> Compiled<Field> {
        Ok(self.searcher.schema().get_field(name)?)
    }

    fn keyword(&self, name: &str, values: &[String], prefix: bool, scored: bool) -> Compiled {
        let field = self.named_field(name)?;
        let record = if scored { IndexRecordOption::WithFreqs } else { IndexRecordOption::Basic };
        let mut parts: Vec<(Occur, Box<dyn Query>)> = Vec::with_capacity(values.len());
        for value in values {
            let query: Box<dyn Query> = if prefix {
                Box::new(RegexQuery::from_pattern(&format!("{}.*", escaped(value)), field)?)
            } else {
                Box::new(TermQuery::new(Term::from_field_text(field, value), record))
            };
            parts.push((Occur::Should, query));
        }
        let query: Box<dyn Query> = match parts.len() {
            0 => Box::new(EmptyQuery),
            1 => parts.remove(0).1,
            _ => Box::new(BooleanQuery::new(parts)),
        };
        Ok(if scored { query } else { unscored(query) })
    }

    fn range(&self, name: &str, from: Option<i64>, to: Option<i64>) -> Compiled {
        let field = self.named_field(name)?;
        let schema = self.searcher.schema();
        let signed = matches!(schema.get_field_entry(field).field_type(), FieldType::I64(_));
        let term = |value: i64| {
            if signed {
                Term::from_field_i64(field, value)
            } else {
                Term::from_field_u64(field, u64::try_from(value).unwrap_or(0))
            }
        };
        if !signed && to.is_some_and(|to| to < 0) {
            return Ok(Box::new(EmptyQuery));
        }
        let bound = |end: Option<i64>| end.map_or(Bound::Unbounded, |value| Bound::Included(term(value)));
        Ok(match (from, to) {
            (None, None) => unscored(Box::new(AllQuery)),
            _ => unscored(Box::new(RangeQuery::new(bound(from), bound(to)))),
        })
    }

    fn exists(&self, name: &str) -> Box<dyn Query> {
        let name = match name {
            "since" | "until" => "published",
            // Every article has one.
            "id" => return unscored(Box::new(AllQuery)),
            other => other,
        };
        if PRESENCE.contains(&name) {
            let term = Term::from_field_text(self.fields.has, name);
            return unscored(Box::new(TermQuery::new(term, IndexRecordOption::Basic)));
        }
        unscored(Box::new(ExistsQuery::new(name.to_owned(), false)))
    }
}

/// The field of unstemmed words that prefixes and patterns are held against.
pub(super) fn word_field(fields: &Fields, scope: Scope, unit: Unit) -> Field {
    match (scope, unit) {
        (Scope::Headline, _) => fields.headline_words,
        (Scope::Byline, _) => fields.byline,
        (Scope::Everywhere, Unit::Article) => fields.words,
        (Scope::Everywhere, Unit::Section) => fields.section_words,
    }
}

/// `text` with the signs of regular expressions made literal.
fn escaped(text: &str) -> String {
    regex::escape(text)
}

fn intersection(mut parts: Vec<Box<dyn Query>>) -> Option<Box<dyn Query>> {
    match parts.len() {
        0 | 1 => parts.pop(),
        _ => Some(Box::new(BooleanQuery::intersection(parts))),
    }
}
