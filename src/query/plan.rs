//! What a query means: words become terms, names become entities with all their spellings.
//!
//! The plan is what every engine translates and what `explain` shows. It still knows no engine.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::ast::{Filter, Form, Node, Query, Scope, Test};
use super::fields::FieldType;
use super::parse::all_capitals;
use crate::analysis::{folded_words, terms};
use crate::article::{Kind, Span};

/// Most words of one name that are looked up together.
const MAX_NAME_WORDS: usize = 6;

/// Words that a query does not insist on.
static STOP_WORDS: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
    let list = include_str!("../../schema/rules/query-stop-words.txt");
    list.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace).collect()
});

/// An entity that a name in a query refers to.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolved {
    /// Its id.
    pub id: String,
    /// Its canonical name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// ISO 3166-1 alpha-2 code.
    pub country: Option<String>,
    /// Whether the name is also an ordinary word, so that only a field makes it a name.
    pub ordinary_word: bool,
}

/// Knows which entities a name may mean.
pub trait NameResolver {
    /// The entities that `name` is a spelling of, in any case; the likeliest first.
    fn entities(&self, name: &str) -> Vec<Resolved>;

    /// All spellings of the entity with this id. May take milliseconds: asked for only to be shown.
    fn spellings(&self, id: &str) -> Vec<String>;
}

/// Knows no names.
pub struct NoNames;

impl NameResolver for NoNames {
    fn entities(&self, _: &str) -> Vec<Resolved> {
        Vec::new()
    }

    fn spellings(&self, _: &str) -> Vec<String> {
        Vec::new()
    }
}

/// What decides how a query is planned.
#[derive(Clone, Copy, Debug)]
pub struct PlanOptions {
    /// Whether a name also finds its other spellings.
    pub variants: bool,
}

/// What a query means.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The tree.
    pub root: PlanNode,
    /// Names that were understood, in the order of the query.
    pub expansions: Vec<Expansion>,
    /// Words that were passed over because they stand in almost every article.
    pub passed_over: Vec<String>,
}

/// A name in the query and what it was taken for.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Expansion {
    /// What was typed.
    pub typed: String,
    /// The entity's id.
    pub id: String,
    /// The entity's canonical name.
    pub name: String,
}

/// A part of a plan.
#[derive(Clone, Debug, PartialEq)]
pub enum PlanNode {
    /// One condition.
    Leaf(Leaf, Span),
    /// All of them; scores add up.
    And(Vec<PlanNode>),
    /// At least one; scores add up.
    Or(Vec<PlanNode>),
    /// At least one; the best score counts: spellings of one name.
    Best(Vec<PlanNode>),
    /// None of it.
    Not(Box<PlanNode>),
    /// The score multiplied.
    Boost(Box<PlanNode>, f32),
}

/// One condition.
#[derive(Clone, Debug, PartialEq)]
pub enum Leaf {
    /// Every article.
    All,
    /// Terms at these distances from each other; a single one is a word.
    Terms {
        /// Which text.
        scope: Scope,
        /// Position and stemmed term.
        terms: Vec<(u32, String)>,
        /// How many moves are forgiven.
        slop: u32,
        /// Whether the last term may go on.
        prefix: bool,
    },
    /// Folded words that begin so.
    Prefix(Scope, String),
    /// Folded words of this shape.
    Wildcard(Scope, String),
    /// Folded words within this distance.
    Fuzzy(Scope, String, u8),
    /// Folded words that this expression matches wholly.
    Regex(Scope, String),
    /// Exactly this text: neither stemmed nor folded beyond case.
    Exact(String),
    /// The field has one of these values.
    Keyword {
        /// Index field.
        field: &'static str,
        /// Values, as indexed.
        values: Vec<String>,
        /// Whether they are beginnings of values.
        prefix: bool,
        /// Whether the number of times it has the value counts for the score.
        scored: bool,
    },
    /// The field lies between these, both included.
    Range {
        /// Index field.
        field: &'static str,
        /// Lower end.
        from: Option<i64>,
        /// Upper end.
        to: Option<i64>,
    },
    /// The field has a value.
    Exists(&'static str),
}

/// Gives `query` its meaning.
pub fn plan(query: &Query, names: &dyn NameResolver, options: PlanOptions) -> Plan {
    let several = query.text.split_whitespace().nth(2).is_some();
    let capitals_tell = !(several && all_capitals(&query.text));
    let mut planner =
        Planner { names, options, capitals_tell, expansions: Vec::new(), passed_over: Vec::new() };
    let root = planner.node(&query.root);
    Plan { root, expansions: planner.expansions, passed_over: planner.passed_over }
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
            if entity.ordinary_word && !(self.capitals_tell && shouted(&typed)) {
                continue;
            }
            let span = Span::new(span_of(&nodes[at]).start, span_of(&nodes[at + count - 1]).end);
            let literal: Vec<PlanNode> = nodes[at..at + count].iter().map(|node| self.single(node)).collect();
            let id = Leaf::Keyword {
                field: "entity",
                values: vec![entity.id.clone()],
                prefix: false,
                scored: true,
            };
            let part = PlanNode::Best(vec![one_or_and(literal), PlanNode::Leaf(id, span)]);
            self.note(typed, &entity);
            return Some((count, part));
        }
        None
    }

    fn note(&mut self, typed: String, entity: &Resolved) {
        let expansion = Expansion { typed, id: entity.id.clone(), name: entity.name.clone() };
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
            self.note(value.to_owned(), entity);
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

/// The words of `name` in lower case, joined by hyphens: the ids of names that no list has.
pub(crate) fn slug(name: &str) -> String {
    folded_words(name).join("-")
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

/// Written in capitals: a name, whatever the word means otherwise.
fn shouted(word: &str) -> bool {
    word.len() > 1 && word.chars().all(char::is_uppercase)
}

fn leaf_of(scope: Scope, form: &Form) -> Leaf {
    let folded = |word: &str| folded_words(word).concat();
    match form {
        Form::Word(word) => terms_leaf(scope, word, 0, false),
        Form::Phrase { text, slop, prefix } => terms_leaf(scope, text, *slop, *prefix),
        Form::Prefix(prefix) => Leaf::Prefix(scope, folded(prefix)),
        Form::Wildcard(pattern) => Leaf::Wildcard(scope, folded_pattern(pattern)),
        Form::Fuzzy(word, distance) => Leaf::Fuzzy(scope, folded(word), *distance),
        Form::Regex(pattern) => Leaf::Regex(scope, pattern.clone()),
        Form::Exact(text) => Leaf::Exact(text.clone()),
    }
}

fn terms_leaf(scope: Scope, text: &str, slop: u32, prefix: bool) -> Leaf {
    // Names of writers are not stemmed.
    let terms = if scope == Scope::Byline {
        (0..).zip(folded_words(text)).collect()
    } else {
        terms(text).into_iter().map(|term| (term.position, term.text)).collect()
    };
    Leaf::Terms { scope, terms, slop, prefix }
}

/// A wildcard pattern folded like the words it is held against.
fn folded_pattern(pattern: &str) -> String {
    let mut folded = String::new();
    for c in pattern.chars() {
        match c {
            '*' | '?' => folded.push(c),
            c if c.is_alphanumeric() => crate::analysis::fold_char(c, &mut folded),
            _ => {}
        }
    }
    folded
}

/// `since` and `until` speak of the day of publication.
fn index_field(name: &'static str) -> &'static str {
    match name {
        "since" | "until" => "published",
        other => other,
    }
}

/// A keyword as it is indexed: paths, addresses and ids as they are, the rest in lower case.
fn keyword(field: &str, value: &str) -> String {
    match field {
        "path" | "url" | "id" | "country" => value.to_owned(),
        _ => value.to_lowercase(),
    }
}
