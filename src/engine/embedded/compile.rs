//! From a plan to tantivy's queries.

use std::ops::Bound;

use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, EmptyQuery, ExistsQuery,
    FuzzyTermQuery, Occur, PhrasePrefixQuery, PhraseQuery, Query, RangeQuery, RegexQuery, TermQuery,
};
use tantivy::schema::{Field, FieldType, IndexRecordOption};
use tantivy::{Index, Term};

use super::super::Unit;
use super::exact::ExactQuery;
use crate::analysis::{folded_words, terms};
use crate::index::{Fields, UnitCode};
use crate::query::{Leaf, PlanNode, Scope};

/// Fields that are counted under their own name in `has`.
const PRESENCE: [&str; 11] = [
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
];

/// Translates the plan's nodes for one unit.
#[derive(Clone, Copy)]
pub(super) struct Compiler<'a> {
    pub(super) fields: &'a Fields,
    pub(super) index: &'a Index,
    pub(super) unit: Unit,
}

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
    pub(super) fn query(&self, root: &PlanNode) -> tantivy::Result<Box<dyn Query>> {
        let restricted = |compiler: &Self, unit| -> tantivy::Result<Vec<(Occur, Box<dyn Query>)>> {
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

    fn node(&self, node: &PlanNode) -> tantivy::Result<Box<dyn Query>> {
        Ok(match node {
            PlanNode::Leaf(leaf, _) => self.leaf(leaf)?,
            PlanNode::And(nodes) => self.all_of(nodes)?,
            PlanNode::Or(nodes) => {
                let parts = nodes.iter().map(|node| Ok((Occur::Should, self.positive(node)?)));
                Box::new(BooleanQuery::new(parts.collect::<tantivy::Result<_>>()?))
            }
            PlanNode::Best(nodes) => {
                let parts = nodes.iter().map(|node| self.positive(node));
                Box::new(DisjunctionMaxQuery::new(parts.collect::<tantivy::Result<_>>()?))
            }
            PlanNode::Not(_) => self.positive(node)?,
            PlanNode::Boost(node, boost) => Box::new(BoostQuery::new(self.positive(node)?, *boost)),
        })
    }

    /// A node that may stand alone: an exclusion becomes everything but what it excludes.
    fn positive(&self, node: &PlanNode) -> tantivy::Result<Box<dyn Query>> {
        match node {
            PlanNode::Not(_) => self.all_of(std::slice::from_ref(node)),
            other => self.node(other),
        }
    }

    fn all_of(&self, nodes: &[PlanNode]) -> tantivy::Result<Box<dyn Query>> {
        let mut parts = Vec::with_capacity(nodes.len() + 1);
        for node in nodes {
            match node {
                PlanNode::Not(excluded) => parts.push((Occur::MustNot, self.positive(excluded)?)),
                wanted => parts.push((Occur::Must, self.node(wanted)?)),
            }
        }
        if parts.iter().all(|(occur, _)| *occur == Occur::MustNot) {
            parts.push((Occur::Must, self.units()));
        }
        Ok(Box::new(BooleanQuery::new(parts)))
    }

    fn leaf(&self, leaf: &Leaf) -> tantivy::Result<Box<dyn Query>> {
        Ok(match leaf {
            Leaf::All => self.units(),
            Leaf::Terms { scope, terms, slop, prefix } => self.terms(*scope, terms, *slop, *prefix)?,
            Leaf::Prefix(scope, prefix) => self.pattern(*scope, &format!("{}.*", escaped(prefix)))?,
            Leaf::Wildcard(scope, pattern) => self.pattern(*scope, &wildcard_regex(pattern))?,
            Leaf::Regex(scope, pattern) => self.pattern(*scope, pattern)?,
            Leaf::Fuzzy(scope, word, distance) => {
                let term = Term::from_field_text(self.word_field(*scope), word);
                Box::new(FuzzyTermQuery::new(term, *distance, true))
            }
            Leaf::Exact(text) => self.exact(text)?,
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

    /// The field of unstemmed words that prefixes and patterns are held against.
    fn word_field(&self, scope: Scope) -> Field {
        match (scope, self.unit) {
            (Scope::Headline, _) => self.fields.headline_words,
            (Scope::Byline, _) => self.fields.byline,
            (Scope::Everywhere, Unit::Article) => self.fields.words,
            (Scope::Everywhere, Unit::Section) => self.fields.section_words,
        }
    }

    fn terms(
        &self,
        scope: Scope,
        terms: &[(u32, String)],
        slop: u32,
        prefix: bool,
    ) -> tantivy::Result<Box<dyn Query>> {
        let field = self.text_field(scope);
        let placed = || terms.iter().map(|(at, term)| (*at as usize, Term::from_field_text(field, term)));
        Ok(match terms {
            [] => Box::new(EmptyQuery),
            [(_, term)] if prefix => self.pattern(scope, &format!("{}.*", escaped(term)))?,
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

    fn pattern(&self, scope: Scope, regex: &str) -> tantivy::Result<Box<dyn Query>> {
        Ok(Box::new(RegexQuery::from_pattern(regex, self.word_field(scope))?))
    }

    /// Stemmed terms find the candidates; their stored text decides.
    fn exact(&self, text: &str) -> tantivy::Result<Box<dyn Query>> {
        let placed: Vec<(u32, String)> =
            terms(text).into_iter().map(|term| (term.position, term.text)).collect();
        let mut parts = vec![(Occur::Must, self.terms(Scope::Everywhere, &placed, 0, false)?)];
        for word in folded_words(text) {
            let term = Term::from_field_text(self.word_field(Scope::Everywhere), &word);
            parts.push((Occur::Must, unscored(Box::new(TermQuery::new(term, IndexRecordOption::Basic)))));
        }
        let candidates = Box::new(BooleanQuery::new(parts));
        Ok(match self.unit {
            Unit::Article => Box::new(ExactQuery::new(candidates, text, self.fields.stored)),
            // A section's text is not stored apart; its folded words and their order decide.
            Unit::Section => candidates,
        })
    }

    fn named_field(&self, name: &str) -> tantivy::Result<Field> {
        self.index.schema().get_field(name)
    }

    fn keyword(
        &self,
        name: &str,
        values: &[String],
        prefix: bool,
        scored: bool,
    ) -> tantivy::Result<Box<dyn Query>> {
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

    fn range(&self, name: &str, from: Option<i64>, to: Option<i64>) -> tantivy::Result<Box<dyn Query>> {
        let field = self.named_field(name)?;
        let schema = self.index.schema();
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
        if PRESENCE.contains(&name) || matches!(name, "published" | "modified") {
            let term = Term::from_field_text(self.fields.has, name);
            return unscored(Box::new(TermQuery::new(term, IndexRecordOption::Basic)));
        }
        unscored(Box::new(ExistsQuery::new(name.to_owned(), false)))
    }
}

/// `text` with the signs of regular expressions made literal.
fn escaped(text: &str) -> String {
    regex::escape(text)
}

fn wildcard_regex(pattern: &str) -> String {
    let mut regex = String::new();
    for c in pattern.chars() {
        match c {
            '*' => regex.push_str(".*"),
            '?' => regex.push('.'),
            c => regex.push_str(&escaped(c.encode_utf8(&mut [0; 4]))),
        }
    }
    regex
}
