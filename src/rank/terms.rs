//! What of a query can be weighed in a text: its words, which of them stand side by side, and the
//! names that may be written otherwise. Patterns, filters and fields are left to BM25 alone.

use rustc_hash::FxHashMap;

use crate::analysis::terms;
use crate::query::{Leaf, Plan, PlanNode, Scope};

/// Most different words that are weighed; further ones count in BM25 alone. A pasted page of text is
/// a query too, and every word costs a pass over the pool.
const MAX_TERMS: usize = 64;

/// A word of the query.
#[derive(Clone, Debug, PartialEq)]
pub struct QueryTerm {
    /// Its stem.
    pub stem: String,
    /// How often it was typed, times its boost.
    pub weight: f64,
}

/// A name of the query that may stand in a text in another spelling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryName {
    /// The entity's id.
    pub entity: String,
    /// Numbers of the words that were typed for it.
    pub terms: Vec<usize>,
}

/// The words of a query.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct QueryTerms {
    /// Each once, in the order of the query.
    pub terms: Vec<QueryTerm>,
    /// Numbers of words that follow one another in the query, each pair once.
    pub pairs: Vec<(usize, usize)>,
    /// Names.
    pub names: Vec<QueryName>,
}

impl QueryTerms {
    /// The words of `plan`. What it excludes is none of them.
    pub fn of(plan: &Plan) -> Self {
        let mut collector = Collector::default();
        collector.visit(&plan.root, 1.0);
        collector.found
    }
}

#[derive(Default)]
struct Collector {
    found: QueryTerms,
    numbers: FxHashMap<String, usize>,
    /// Numbers of the words in the order of the query, repeated ones too.
    seen: Vec<usize>,
}

impl Collector {
    fn visit(&mut self, node: &PlanNode, boost: f64) {
        match node {
            PlanNode::Leaf(Leaf::Terms { scope: Scope::Everywhere, terms, prefix, .. }, _) => {
                let whole = terms.len() - usize::from(*prefix && !terms.is_empty());
                terms[..whole].iter().for_each(|(_, stem)| self.add(stem, boost));
            }
            PlanNode::And(nodes) | PlanNode::Or(nodes) => {
                nodes.iter().for_each(|node| self.visit(node, boost));
            }
            PlanNode::Best(nodes) => self.visit_name(nodes, boost),
            PlanNode::Boost(node, factor) => self.visit(node, boost * f64::from(*factor)),
            PlanNode::Leaf(Leaf::Exact { text, .. }, _) => {
                terms(text).iter().for_each(|term| self.add(&term.text, boost));
            }
            PlanNode::Near { sides, .. } => sides.iter().for_each(|node| self.visit(node, boost)),
            PlanNode::Within(_, node) | PlanNode::AtLeast(_, node) => self.visit(node, boost),
            PlanNode::Leaf(..) | PlanNode::Not(_) => {}
        }
    }

    /// Spellings of one name: the words typed, and the entities that others stand for.
    fn visit_name(&mut self, nodes: &[PlanNode], boost: f64) {
        let before = self.seen.len();
        let mut entities: Vec<&String> = Vec::new();
        for node in nodes {
            match node {
                PlanNode::Leaf(Leaf::Keyword { field: "entity", values, .. }, _) => entities.extend(values),
                other => self.visit(other, boost),
            }
        }
        let terms = &self.seen[before..];
        if !terms.is_empty() {
            let name = |entity: &String| QueryName { entity: entity.clone(), terms: terms.to_vec() };
            self.found.names.extend(entities.into_iter().map(name));
        }
    }

    fn add(&mut self, stem: &str, weight: f64) {
        let number = match self.numbers.get(stem) {
            Some(&number) => {
                self.found.terms[number].weight += weight;
                number
            }
            None if self.found.terms.len() >= MAX_TERMS => return,
            None => {
                self.found.terms.push(QueryTerm { stem: stem.to_owned(), weight });
                self.numbers.insert(stem.to_owned(), self.found.terms.len() - 1);
                self.found.terms.len() - 1
            }
        };
        if let Some(&last) = self.seen.last()
            && last != number
            && !self.found.pairs.contains(&(last, number))
        {
            self.found.pairs.push((last, number));
        }
        self.seen.push(number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{NameResolver, NoNames, ParseOptions, PlanOptions, Resolved, parse, plan};

    fn terms_of(query: &str, any: bool, names: &dyn NameResolver) -> QueryTerms {
        let options = ParseOptions { any, ..ParseOptions::new("2024-05-22T12:00Z[UTC]".parse().unwrap()) };
        let query = parse(query, &options).unwrap();
        QueryTerms::of(&plan(&query, names, PlanOptions::default()))
    }

    fn stems(terms: &QueryTerms) -> Vec<(&str, f64)> {
        terms.terms.iter().map(|term| (term.stem.as_str(), term.weight)).collect()
    }

    #[test]
    fn words_count_and_neighbours_are_pairs() {
        let terms = terms_of("drones over drones and harbours^3", true, &NoNames);
        assert_eq!(stems(&terms), [("drone", 2.0), ("harbour", 3.0)]);
        assert_eq!(terms.pairs, [(0, 1)]);
    }

    #[test]
    fn what_cannot_be_weighed_is_passed_over() {
        let terms = terms_of("harbour -ferry lang:en dock* headline:strike \"night shift\"", false, &NoNames);
        assert_eq!(stems(&terms), [("harbour", 1.0), ("night", 1.0), ("shift", 1.0)]);
        assert_eq!(terms.pairs, [(0, 1), (1, 2)]);
    }

    #[test]
    fn a_name_keeps_the_words_it_was_typed_with() {
        struct OneTown;
        impl NameResolver for OneTown {
            fn entities(&self, name: &str) -> Vec<Resolved> {
                let id = (name == "new port").then(|| "newport".to_owned());
                id.map(|id| Resolved {
                    name: "Newport".to_owned(),
                    id,
                    kind: crate::article::Kind::Place,
                    country: None,
                    ordinary_word: false,
                })
                .into_iter()
                .collect()
            }
            fn spellings(&self, _: &str) -> Vec<String> {
                Vec::new()
            }
        }
        let terms = terms_of("strike new port", true, &OneTown);
        assert_eq!(stems(&terms), [("strike", 1.0), ("new", 1.0), ("port", 1.0)]);
        assert_eq!(terms.names, [QueryName { entity: "newport".to_owned(), terms: vec![1, 2] }]);
    }

    #[test]
    fn a_pasted_page_is_cut() {
        let page: Vec<String> = (0..200).map(|n| format!("word{n}")).collect();
        assert_eq!(terms_of(&page.join(" "), true, &NoNames).terms.len(), MAX_TERMS);
    }
}
