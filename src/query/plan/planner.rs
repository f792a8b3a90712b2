//! The planner: walks the tree, finds names among the words, passes over words that say nothing.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::super::ast::{Filter, Form, Node, Query, Scope, Stretch, Test};
use super::super::fields::FieldType;
use super::super::parse::all_capitals;
use super::leaf::{index_field, keyword, leaf_of, slug};
use super::{Expansion, Leaf, NameReason, NameResolver, Plan, PlanNode, PlanOptions, Resolved};
use crate::analysis::folded_words;
use crate::article::{Kind, Span};

/// Most words of one name that are looked up together.
const MAX_NAME_WORDS: usize = 6;

/// Words that a query does not insist on.
static STOP_WORDS: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
    let list = include_str!("../../../schema/rules/query-stop-words.txt");
    list.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace).collect()
});

/// The words that a query does not insist on, folded.
pub(crate) fn stop_words() -> impl Iterator<Item = &'static str> {
    STOP_WORDS.iter().copied()
}

/// Gives `query` its meaning.
pub(super) fn planned(query: &Query, names: &dyn NameResolver, options: PlanOptions) -> Plan {
    let several = query.text.split_whitespace().nth(2).is_some();
    let capitals_tell = !(several && all_capitals(&query.text));
    let options = PlanOptions { variants: query.variants.unwrap_or(options.variants), ..options };
    let mut planner =
        Planner { names, options, capitals_tell, expansions: Vec::new(), passed_over: Vec::new() };
    let root = planner.node(&query.root);
    let Planner { expansions, passed_over, .. } = planner;
    Plan { text: query.text.clone(), root, expansions, passed_over, limits: options.limits }
}

struct Planner<'a> {
    names: &'a dyn NameResolver,
    options: PlanOptions,
    /// Whether a word in capitals stands out: not in a query that is all in capitals.
    capitals_tell: bool,
    expansions: Vec<Expansion>,
    passed_over: Vec<String>,
}

impl Planner<'_> {
    fn node(&mut self, node: &Node) -> PlanNode {
        match node {
            Node::All => PlanNode::Leaf(Leaf::All, Span::default()),
            Node::Text { .. } => one_or_and(self.list(std::slice::from_ref(node))),
            Node::Filter(filter) => self.filter(filter),
            Node::And(nodes) => one_or_and(self.list(nodes)),
            Node::Or(nodes) => {
                let mut parts = self.list(nodes);
                if parts.len() == 1 { parts.remove(0) } else { PlanNode::Or(parts) }
            }
            Node::Not(node) => PlanNode::Not(Box::new(self.node(node))),
            Node::Boost(node, boost) => PlanNode::Boost(Box::new(self.node(node)), *boost),
            Node::Near { sides, distance, ordered, .. } => {
                let side = |planner: &mut Self, node| planner.side(node, *distance);
                let sides = Box::new([side(self, &sides[0]), side(self, &sides[1])]);
                PlanNode::Near { sides, distance: *distance, ordered: *ordered }
            }
            Node::Within { stretch, node, .. } => self.within(*stretch, node),
            Node::AtLeast { count, node, .. } => PlanNode::AtLeast(*count, Box::new(self.side(node, 1))),
        }
    }

    fn within(&mut self, stretch: Stretch, node: &Node) -> PlanNode {
        match (stretch, node) {
            // The index knows which articles have these.
            (Stretch::Dek | Stretch::Quote, Node::All) => {
                let name = if stretch == Stretch::Dek { "dek" } else { "quote" };
                PlanNode::Leaf(Leaf::Exists(name), Span::default())
            }
            _ => PlanNode::Within(stretch, Box::new(self.node(node))),
        }
    }

    /// One side of `NEAR/distance`, or what is counted: something that has places. A group of words
    /// is the name that they are, or all of them within the same distance of each other.
    fn side(&mut self, node: &Node, distance: u32) -> PlanNode {
        match node {
            Node::Or(nodes) => PlanNode::Or(nodes.iter().map(|node| self.side(node, distance)).collect()),
            Node::Boost(node, boost) => PlanNode::Boost(Box::new(self.side(node, distance)), *boost),
            Node::And(nodes) => {
                let words: Vec<Option<&str>> = nodes.iter().map(plain_word).collect();
                if let Some((count, name)) = self.name_at(nodes, &words, 0)
                    && count == nodes.len()
                {
                    return side_by_side(name);
                }
                let mut sides: Vec<PlanNode> = nodes.iter().map(|node| self.side(node, distance)).collect();
                let first = sides.remove(0);
                sides.into_iter().fold(first, |left, right| PlanNode::Near {
                    sides: Box::new([left, right]),
                    distance,
                    ordered: false,
                })
            }
            other => self.node(other),
        }
    }

    /// The members of a list; neighbouring words may be one name, and words that stand in almost
    /// every article are passed over when others remain. A repeated word counts so many times.
    fn list(&mut self, nodes: &[Node]) -> Vec<PlanNode> {
        let words: Vec<Option<&str>> = nodes.iter().map(plain_word).collect();
        let telling = |node: &Node| !plain_word(node).is_some_and(|word| self.is_stop_word(word));
        let drop_stop_words =
            nodes.iter().any(|node| telling(node) && !matches!(node, Node::Not(_) | Node::Filter(_)));
        let mut parts: Vec<(PlanNode, f32)> = Vec::new();
        let mut at = 0;
        while at < nodes.len() {
            if let Some((count, part)) = self.name_at(nodes, &words, at) {
                push_counted(&mut parts, part);
                at += count;
                continue;
            }
            match words[at] {
                Some(word) if drop_stop_words && self.is_stop_word(word) => {
                    self.passed_over.push(word.to_owned())
                }
                _ => {
                    let part = self.single(&nodes[at]);
                    push_counted(&mut parts, part);
                }
            }
            at += 1;
        }
        parts
            .into_iter()
            .map(|(part, count)| if count > 1.0 { PlanNode::Boost(Box::new(part), count) } else { part })
            .collect()
    }

    fn is_stop_word(&self, word: &str) -> bool {
        let shouted = self.capitals_tell && shouted(word);
        !shouted && folded_words(word).iter().all(|word| STOP_WORDS.contains(word.as_str()))
    }

    fn single(&mut self, node: &Node) -> PlanNode {
        match node {
            Node::Text { scope, form, span } => PlanNode::Leaf(leaf_of(*scope, form), *span),
            other => self.node(other),
        }
    }

    /// The longest name that begins with word `at`, with the number of its words.
    fn name_at(&mut self, nodes: &[Node], words: &[Option<&str>], at: usize) -> Option<(usize, PlanNode)> {
        if !self.options.variants {
            return None;
        }
        let run = words[at..].iter().take(MAX_NAME_WORDS).take_while(|word| word.is_some()).count();
        for count in (1..=run).rev() {
            let typed: Vec<&str> = words[at..at + count].iter().flatten().copied().collect();
            if count == 1 && self.is_stop_word(typed[0]) {
                continue;
            }
            let typed = typed.join(" ");
            let Some(entity) = self.names.entities(&typed).into_iter().next() else { continue };
            let Some(reason) = self.evidence(&typed, &entity) else { continue };
            let span = Span::new(span_of(&nodes[at]).start, span_of(&nodes[at + count - 1]).end);
            let literal: Vec<PlanNode> = nodes[at..at + count].iter().map(|node| self.single(node)).collect();
            let id = Leaf::Keyword {
                field: "entity",
                values: vec![entity.id.clone()],
                prefix: false,
                scored: true,
            };
            let part = PlanNode::Best(vec![one_or_and(literal), PlanNode::Leaf(id, span)]);
            self.note(typed, &entity, reason);
            return Some((count, part));
        }
        None
    }

    /// Why `typed` is the name of `entity` rather than a word; nothing where it may be a word.
    fn evidence(&self, typed: &str, entity: &Resolved) -> Option<NameReason> {
        if entity.ordinary_word && !(self.capitals_tell && shouted(typed)) {
            return None;
        }
        let small = typed.contains(char::is_lowercase) && !typed.contains(char::is_uppercase);
        if !small && self.capitals_tell {
            return Some(NameReason::Capital);
        }
        is_whole_name(typed, entity).then_some(NameReason::WholeName)
    }

    fn note(&mut self, typed: String, entity: &Resolved, reason: NameReason) {
        let expansion = Expansion { typed, id: entity.id.clone(), name: entity.name.clone(), reason };
        if !self.expansions.contains(&expansion) {
            self.expansions.push(expansion);
        }
    }

    fn filter(&mut self, filter: &Filter) -> PlanNode {
        let field = index_field(filter.field.name);
        let leaf = match &filter.test {
            Test::Exists => Leaf::Exists(filter.field.name),
            Test::Between(from, to) => Leaf::Range { field, from: *from, to: *to },
            Test::StartsWith(prefix) => {
                let prefix = keyword(filter.field.name, prefix);
                Leaf::Keyword { field, values: vec![prefix], prefix: true, scored: false }
            }
            Test::Is(value) if filter.field.kind == FieldType::Name => {
                let values = self.ids(filter.field.name, value);
                Leaf::Keyword { field, values, prefix: false, scored: false }
            }
            Test::Is(value) => {
                let value = keyword(filter.field.name, value);
                Leaf::Keyword { field, values: vec![value], prefix: false, scored: false }
            }
        };
        PlanNode::Leaf(leaf, filter.span)
    }

    /// The ids that a name in a field may mean: its entities, an id as typed, and the id that an
    /// unlisted name of that spelling has.
    fn ids(&mut self, field: &str, value: &str) -> Vec<String> {
        let entities = self.names.entities(value);
        if field == "country" {
            let mut codes: Vec<String> =
                entities.iter().filter_map(|entity| entity.country.clone()).take(1).collect();
            if value.len() == 2 {
                codes.insert(0, value.to_uppercase());
            }
            codes.dedup();
            return codes;
        }
        let wanted = |entity: &&Resolved| match field {
            "person" => entity.kind == Kind::Person,
            "place" => entity.kind == Kind::Place,
            "organisation" | "publisher" | "host" | "credit" => entity.kind == Kind::Organisation,
            _ => true,
        };
        let mut ids = Vec::new();
        for entity in entities.iter().filter(wanted) {
            ids.push(entity.id.clone());
            self.note(value.to_owned(), entity, NameReason::Field);
        }
        let slug = slug(value);
        for id in [value.to_lowercase(), slug.clone(), format!("~{slug}")] {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids
    }
}

fn one_or_and(mut parts: Vec<PlanNode>) -> PlanNode {
    if parts.len() == 1 { parts.remove(0) } else { PlanNode::And(parts) }
}

/// Adds `part`, or counts it once more when the list has it.
fn push_counted(parts: &mut Vec<(PlanNode, f32)>, part: PlanNode) {
    match parts.iter_mut().find(|(known, _)| same_words(known, &part)) {
        Some((_, count)) => *count += 1.0,
        None => parts.push((part, 1.0)),
    }
}

fn same_words(a: &PlanNode, b: &PlanNode) -> bool {
    match (a, b) {
        (PlanNode::Leaf(Leaf::Terms { .. }, _), PlanNode::Leaf(Leaf::Terms { .. }, _)) => leaf(a) == leaf(b),
        (PlanNode::Best(a), PlanNode::Best(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| leaf(a).is_some() && leaf(a) == leaf(b))
        }
        _ => false,
    }
}

fn leaf(node: &PlanNode) -> Option<&Leaf> {
    match node {
        PlanNode::Leaf(leaf, _) => Some(leaf),
        _ => None,
    }
}

fn plain_word(node: &Node) -> Option<&str> {
    match node {
        Node::Text { scope: Scope::Everywhere, form: Form::Word(word), .. } => Some(word),
        _ => None,
    }
}

fn span_of(node: &Node) -> Span {
    match node {
        Node::Text { span, .. } => *span,
        Node::Filter(filter) => filter.span,
        _ => Span::default(),
    }
}

/// Whether words in small letters are a name whole. A person goes by the surname, an organisation by
/// its initials, a place by the beginning of its name; but an inflected word that is short for a name
/// (*canaries* for the Canary Islands) is first of all a word.
fn is_whole_name(typed: &str, entity: &Resolved) -> bool {
    let (typed, name) = (folded_words(typed), folded_words(&entity.name));
    let initials: String = name.iter().filter_map(|word| word.chars().next()).collect();
    let inflected = || {
        let mut stem = crate::analysis::Stem::default();
        typed.iter().any(|word| stem.of(word) != word)
    };
    entity.kind == Kind::Person
        || typed.len() == name.len()
        || name.starts_with(&typed)
        || typed.concat() == initials
        || !inflected()
}

/// Written in capitals: a name, whatever the word means otherwise.
fn shouted(word: &str) -> bool {
    word.len() > 1 && word.chars().all(char::is_uppercase)
}

/// A name whose words stand in their order.
fn side_by_side(name: PlanNode) -> PlanNode {
    match name {
        PlanNode::Best(parts) => PlanNode::Best(parts.into_iter().map(phrased).collect()),
        other => other,
    }
}

fn phrased(part: PlanNode) -> PlanNode {
    let span = part.span();
    let PlanNode::And(words) = part else { return part };
    let mut terms = Vec::new();
    for word in &words {
        if let PlanNode::Leaf(Leaf::Terms { terms: of_word, .. }, _) = word {
            let from = terms.last().map_or(0, |(at, _)| at + 1);
            terms.extend(of_word.iter().map(|(at, term)| (from + at, term.clone())));
        }
    }
    PlanNode::Leaf(Leaf::Terms { scope: Scope::Everywhere, terms, slop: 0, prefix: false }, span)
}
