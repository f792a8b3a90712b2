//! Where a query's words stand in a text: words, real phrases, patterns, and names in any spelling.

use regex::{Regex, RegexBuilder};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::analysis::{Stem, Words};
use crate::article::{Article, Span, TextField};
use crate::query::{Extent, Leaf, PassageTest, Plan, PlanNode, needs_reading};

/// Largest compiled pattern; larger ones are not highlighted (the engine has refused them before).
const MAX_PATTERN_BYTES: usize = 1 << 20;

/// A place where a part of the query stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// Where, in bytes of the text.
    pub span: Span,
    /// Which part of the query: spellings of one name have the same number.
    pub part: usize,
}

/// The parts of a query that can be seen in a text. What the query excludes is no part.
#[derive(Debug, Default)]
pub struct Highlighter {
    parts: usize,
    weights: Vec<f64>,
    terms: FxHashMap<String, usize>,
    phrases: Vec<Phrase>,
    patterns: Vec<(Pattern, usize)>,
    entities: FxHashMap<String, usize>,
    /// Passages, with the number of their first part.
    passages: Vec<(PassageTest, usize)>,
}

#[derive(Debug)]
struct Phrase {
    terms: Vec<(u32, String)>,
    slop: u32,
    prefix: bool,
    part: usize,
}

#[derive(Debug)]
enum Pattern {
    Prefix(String),
    Regex(Regex),
    Fuzzy(String, usize),
}

impl Pattern {
    fn holds(&self, folded: &str) -> bool {
        match self {
            Self::Prefix(prefix) => folded.starts_with(prefix.as_str()),
            Self::Regex(regex) => regex.is_match(folded),
            Self::Fuzzy(word, distance) => {
                folded.len().abs_diff(word.len()) <= 4 * distance
                    && strsim::osa_distance(word, folded) <= *distance
            }
        }
    }
}

struct WordAt {
    span: Span,
    position: u32,
    term: String,
}

impl Highlighter {
    /// The parts of `plan`.
    pub fn new(plan: &Plan) -> Self {
        let mut highlighter = Self::default();
        highlighter.add(&plan.root, None);
        highlighter
    }

    /// Number of parts.
    pub fn parts(&self) -> usize {
        self.parts
    }

    /// How much a part counts when passages are chosen: 1 unless weighed.
    pub fn weight(&self, part: usize) -> f64 {
        self.weights.get(part).copied().unwrap_or(1.0)
    }

    /// The stems that the parts are made of, each once, in alphabetical order.
    pub fn stems(&self) -> Vec<&str> {
        let phrases = self.phrases.iter().flat_map(|phrase| &phrase.terms).map(|(_, stem)| stem);
        let mut stems: Vec<&str> = self.terms.keys().chain(phrases).map(String::as_str).collect();
        stems.sort_unstable();
        stems.dedup();
        stems
    }

    /// Weighs every part by the stems that stand for it; patterns and names count as much as the
    /// weightiest.
    pub fn weigh(&mut self, weight: impl Fn(&[&str]) -> f64) {
        let mut weights = vec![0.0_f64; self.parts];
        for (stem, &part) in &self.terms {
            weights[part] = weights[part].max(weight(&[stem]));
        }
        for phrase in &self.phrases {
            let stems: Vec<&str> = phrase.terms.iter().map(|(_, stem)| stem.as_str()).collect();
            weights[phrase.part] = weights[phrase.part].max(weight(&stems));
        }
        let greatest = weights.iter().copied().fold(0.0, f64::max);
        let greatest = if greatest > 0.0 { greatest } else { 1.0 };
        weights.iter_mut().filter(|weight| **weight <= 0.0).for_each(|weight| *weight = greatest);
        self.weights = weights;
    }

    fn add(&mut self, node: &PlanNode, part: Option<usize>) {
        if needs_reading(node) {
            // A pattern that cannot be compiled has been refused by the engine before.
            if let Ok(test) = PassageTest::new(node) {
                let first = self.parts;
                self.parts += test.parts();
                self.passages.push((test, first));
            }
            return;
        }
        match node {
            PlanNode::Leaf(leaf, _) => self.add_leaf(leaf, part),
            PlanNode::And(nodes) | PlanNode::Or(nodes) => nodes.iter().for_each(|node| self.add(node, part)),
            PlanNode::Best(nodes) => {
                let part = part.or_else(|| Some(self.next_part()));
                nodes.iter().for_each(|node| self.add(node, part));
            }
            PlanNode::Boost(node, _) => self.add(node, part),
            // Nothing is sighted of what is excluded; passages are sighted as such.
            PlanNode::Not(_) | PlanNode::Near { .. } | PlanNode::Within(..) | PlanNode::AtLeast(..) => {}
        }
    }

    fn next_part(&mut self) -> usize {
        self.parts += 1;
        self.parts - 1
    }

    fn add_leaf(&mut self, leaf: &Leaf, part: Option<usize>) {
        match leaf {
            Leaf::Terms { terms, slop, prefix, .. } => self.add_terms(terms, *slop, *prefix, part),
            Leaf::Prefix(_, prefix) => self.add_pattern(Pattern::Prefix(prefix.clone()), part),
            Leaf::Wildcard(_, pattern) => self.add_regex(&wildcard_regex(pattern), part),
            Leaf::Regex(_, pattern) => self.add_regex(pattern, part),
            Leaf::Fuzzy(_, word, distance) => {
                self.add_pattern(Pattern::Fuzzy(word.clone(), usize::from(*distance)), part);
            }
            Leaf::Exact { .. } => {}
            Leaf::Keyword { field, values, prefix: false, .. }
                if matches!(
                    *field,
                    "entity" | "person" | "place" | "organisation" | "source" | "speaker"
                ) =>
            {
                let part = part.unwrap_or_else(|| self.next_part());
                for value in values {
                    self.entities.insert(value.clone(), part);
                }
            }
            Leaf::Keyword { .. } | Leaf::Range { .. } | Leaf::Exists(_) | Leaf::All => {}
        }
    }

    fn add_terms(&mut self, terms: &[(u32, String)], slop: u32, prefix: bool, part: Option<usize>) {
        let part = part.unwrap_or_else(|| self.next_part());
        match terms {
            [] => {}
            [(_, term)] if prefix => self.patterns.push((Pattern::Prefix(term.clone()), part)),
            [(_, term)] => drop(self.terms.entry(term.clone()).or_insert(part)),
            _ => self.phrases.push(Phrase { terms: terms.to_vec(), slop, prefix, part }),
        }
    }

    fn add_pattern(&mut self, pattern: Pattern, part: Option<usize>) {
        let part = part.unwrap_or_else(|| self.next_part());
        self.patterns.push((pattern, part));
    }

    fn add_regex(&mut self, pattern: &str, part: Option<usize>) {
        let whole = format!("^(?:{pattern})$");
        if let Ok(regex) = RegexBuilder::new(&whole).size_limit(MAX_PATTERN_BYTES).build() {
            self.add_pattern(Pattern::Regex(regex), part);
        }
    }

    /// The marks in `field` of `article`, in order and without overlaps.
    pub fn marks(&self, article: &Article, field: TextField) -> Vec<Mark> {
        let mut marks = self.marks_in(article.text_of(field));
        if !self.entities.is_empty() {
            let mentions = article.mentions.iter().filter(|mention| mention.field == field);
            marks.extend(mentions.filter_map(|mention| {
                let part = *self.entities.get(&mention.entity.id)?;
                Some(Mark { span: mention.span, part })
            }));
            let citations = article.citations.iter().filter(|citation| citation.field == field);
            marks.extend(citations.filter_map(|citation| {
                let part = *self.entities.get(&citation.source.id)?;
                Some(Mark { span: citation.span, part })
            }));
        }
        let mut stem = Stem::default();
        for (test, first) in &self.passages {
            let sighted = test.sightings(article, Extent::Article, &mut stem).into_iter();
            let here = sighted.filter(|sighting| sighting.field == field);
            marks.extend(here.map(|sighting| Mark { span: sighting.span, part: first + sighting.part }));
        }
        without_overlaps(marks)
    }

    /// The marks of words, phrases and patterns in `text`, in order and without overlaps.
    pub fn marks_in(&self, text: &str) -> Vec<Mark> {
        let phrase_terms: FxHashSet<&str> = self
            .phrases
            .iter()
            .flat_map(|phrase| phrase.terms.iter().map(|(_, term)| term.as_str()))
            .collect();
        let any_prefix = self.phrases.iter().any(|phrase| phrase.prefix);
        let mut stem = Stem::default();
        let mut marks = Vec::new();
        let mut kept: Vec<WordAt> = Vec::new();
        let mut words = Words::new(text);
        while let Some(word) = words.advance() {
            let folded = words.folded();
            let term = stem.of(folded);
            if let Some(&part) = self.terms.get(term) {
                marks.push(Mark { span: word.span, part });
            } else if let Some((_, part)) = self.patterns.iter().find(|(pattern, _)| pattern.holds(folded)) {
                marks.push(Mark { span: word.span, part: *part });
            }
            if any_prefix || phrase_terms.contains(term) {
                kept.push(WordAt { span: word.span, position: word.position, term: term.to_owned() });
            }
        }
        for phrase in &self.phrases {
            phrase.find(&kept, &mut marks);
        }
        without_overlaps(marks)
    }
}

impl Phrase {
    /// Marks every occurrence: the first term, then each next one at its distance, give or take the
    /// forgiven moves.
    fn find(&self, words: &[WordAt], marks: &mut Vec<Mark>) {
        let (first_at, first) = &self.terms[0];
        for (start, word) in words.iter().enumerate().filter(|(_, word)| word.term == *first) {
            let mut last = start;
            let found = self.terms.iter().enumerate().skip(1).all(|(number, (at, term))| {
                let wanted = word.position + at.saturating_sub(*first_at);
                let is_last = number + 1 == self.terms.len();
                // Words are in order: behind the last possible place nothing needs to be looked at.
                let mut within = words[start + 1..]
                    .iter()
                    .take_while(|candidate| candidate.position <= wanted.saturating_add(self.slop));
                let next = within.position(|candidate| {
                    candidate.position.abs_diff(wanted) <= self.slop
                        && (candidate.term == *term
                            || (self.prefix && is_last && candidate.term.starts_with(term.as_str())))
                });
                if let Some(offset) = next {
                    last = last.max(start + 1 + offset);
                }
                next.is_some()
            });
            if found {
                marks.push(Mark { span: Span::new(word.span.start, words[last].span.end), part: self.part });
            }
        }
    }
}

fn wildcard_regex(pattern: &str) -> String {
    regex::escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
}

/// The longest of overlapping marks, in order.
fn without_overlaps(mut marks: Vec<Mark>) -> Vec<Mark> {
    marks.sort_by_key(|mark| (mark.span.start, std::cmp::Reverse(mark.span.end), mark.part));
    let mut kept: Vec<Mark> = Vec::with_capacity(marks.len());
    for mark in marks {
        match kept.last_mut() {
            Some(last) if last.span.overlaps(mark.span) => {
                if mark.span.len() > last.span.len() {
                    *last = mark;
                }
            }
            _ => kept.push(mark),
        }
    }
    kept
}
