//! Which publisher cites whom, with the sentences as evidence.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use serde::Serialize;

use super::sources::{citations_of, section_of};
use super::{AggregateError, narrowed};
use crate::article::{Article, Citation, Evidence, Force, SourceKind, Span, TextField};
use crate::engine::{Engine, Unit};
use crate::index::StoredArticle;
use crate::names::own::OwnNames;
use crate::query::{Leaf, Plan};

/// Longest sentence given as evidence, in characters.
const SENTENCE_CHARS: usize = 500;

/// What is drawn.
#[derive(Clone, Copy)]
pub struct GraphRequest<'a> {
    /// The query's meaning.
    pub plan: &'a Plan,
    /// Whether articles or sections are counted.
    pub unit: Unit,
    /// Only sources of these kinds; of all without any.
    pub kinds: &'a [SourceKind],
    /// Only edges that so many articles or sections stand for.
    pub least: u64,
    /// Most sentences given for an edge; all without a number.
    pub sentences: Option<usize>,
}

/// An outlet or a cited source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Node {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What kind of voice it is; an outlet where it publishes.
    pub kind: SourceKind,
    /// Articles or sections of its own that cite somebody.
    pub publishes: u64,
    /// Articles or sections that cite it.
    pub cited: u64,
}

/// A sentence that shows a citation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Proof {
    /// Path of the article's file.
    pub path: String,
    /// Number of the record in the file.
    pub record: Option<u64>,
    /// Where it stands in the text, in bytes.
    pub span: Span,
    /// The article.
    pub id: String,
    /// Which text it stands in.
    pub field: TextField,
    /// Index of the section.
    pub section: Option<usize>,
    /// How the citation shows.
    pub evidence: Evidence,
    /// The attributing word.
    pub cue: Option<String>,
    /// What the word makes of the claim.
    pub force: Option<Force>,
    /// The sentence.
    pub sentence: String,
}

/// One that cites another.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Edge {
    /// The publisher's id.
    pub from: String,
    /// Its name.
    pub from_name: String,
    /// The source's id.
    pub to: String,
    /// Its name.
    pub to_name: String,
    /// What kind of voice it is.
    pub to_kind: SourceKind,
    /// Articles or sections in which it does.
    pub count: u64,
    /// Places in which it does.
    pub citations: u64,
    /// Places by how they show.
    pub evidence: BTreeMap<&'static str, u64>,
    /// The first sentences, in the order of files and places; `citations` says how many there are.
    pub sentences: Vec<Proof>,
}

/// The whole graph.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Graph {
    /// What is counted.
    pub unit: Unit,
    /// Matches that cite somebody of the kinds.
    pub citing: u64,
    /// Of these, those whose publisher is not known: they are in no edge.
    pub without_publisher: u64,
    /// Edges left out because too few articles stand for them.
    pub left_out: usize,
    /// Those that publish or are cited, by id.
    pub nodes: Vec<Node>,
    /// Who cites whom, the most frequent first.
    pub edges: Vec<Edge>,
}

/// Draws it.
///
/// # Errors
/// When the engine fails.
pub fn graph(
    engine: &dyn Engine,
    names: &OwnNames,
    request: &GraphRequest<'_>,
) -> Result<Graph, AggregateError> {
    let mut edges: BTreeMap<(String, String), Edge> = BTreeMap::new();
    let (mut citing, mut without_publisher) = (0, 0);
    let with_citations = narrowed(request.plan, Leaf::Exists("source"));
    engine.scan(&with_citations, request.unit, &mut |loaded| {
        let mut stored = loaded.stored;
        names.correct(&mut stored.article);
        let section = section_of(request.unit, loaded.section);
        let wanted =
            |citation: &&Citation| request.kinds.is_empty() || request.kinds.contains(&citation.source.kind);
        let citations: Vec<&Citation> = citations_of(&stored.article, section).filter(wanted).collect();
        if citations.is_empty() {
            return ControlFlow::Continue(());
        }
        citing += 1;
        if stored.article.publisher.is_none() {
            without_publisher += 1;
            return ControlFlow::Continue(());
        }
        add_edges(&stored, &citations, request.sentences, &mut edges);
        ControlFlow::Continue(())
    })?;
    let all = edges.len();
    let mut edges: Vec<Edge> = edges.into_values().filter(|edge| edge.count >= request.least).collect();
    edges.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| (&a.from, &a.to).cmp(&(&b.from, &b.to))));
    let nodes = nodes_of(&edges);
    Ok(Graph { unit: request.unit, citing, without_publisher, left_out: all - edges.len(), nodes, edges })
}

fn add_edges(
    stored: &StoredArticle,
    citations: &[&Citation],
    most: Option<usize>,
    edges: &mut BTreeMap<(String, String), Edge>,
) {
    let Some(publisher) = &stored.article.publisher else { return };
    let mut cited: BTreeSet<&str> = BTreeSet::new();
    for citation in citations {
        let source = &citation.source;
        let key = (publisher.id.clone(), source.id.clone());
        let edge = edges.entry(key).or_insert_with(|| Edge {
            from: publisher.id.clone(),
            from_name: publisher.name.clone(),
            to: source.id.clone(),
            to_name: source.name.clone(),
            to_kind: source.kind,
            count: 0,
            citations: 0,
            evidence: BTreeMap::new(),
            sentences: Vec::new(),
        });
        // The scan has an order of its own: names that differ must not depend on it.
        if source.name < edge.to_name {
            edge.to_name.clone_from(&source.name);
        }
        if publisher.name < edge.from_name {
            edge.from_name.clone_from(&publisher.name);
        }
        edge.to_kind = edge.to_kind.min(source.kind);
        edge.count += u64::from(cited.insert(&source.id));
        edge.citations += 1;
        *edge.evidence.entry(citation.evidence.name()).or_default() += 1;
        if most != Some(0) {
            keep_first(&mut edge.sentences, proof(stored, citation), most);
        }
    }
}

/// Keeps the list sorted and no longer than `most`.
fn keep_first(sentences: &mut Vec<Proof>, proof: Proof, most: Option<usize>) {
    let at = sentences.partition_point(|known| *known <= proof);
    if most.is_none_or(|most| at < most) {
        sentences.insert(at, proof);
        sentences.truncate(most.unwrap_or(usize::MAX));
    }
}

fn proof(stored: &StoredArticle, citation: &Citation) -> Proof {
    let article = &stored.article;
    let span = citation.sentence.unwrap_or_else(|| line_around(article, citation));
    let text = span.of(article.text_of(citation.field));
    let mut sentence: String = text.chars().take(SENTENCE_CHARS).collect();
    if sentence.len() < text.len() {
        sentence.push('…');
    }
    Proof {
        path: stored.location.path.clone(),
        record: stored.location.record,
        span,
        id: stored.id.clone(),
        field: citation.field,
        section: citation.section,
        evidence: citation.evidence,
        cue: citation.cue.clone(),
        force: citation.force,
        sentence,
    }
}

/// The line that a citation without a sentence stands in, such as a sources line.
fn line_around(article: &Article, citation: &Citation) -> Span {
    let text = article.text_of(citation.field);
    let (before, after) = match (text.get(..citation.span.start), text.get(citation.span.end..)) {
        (Some(before), Some(after)) => (before, after),
        _ => return citation.span,
    };
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let end = citation.span.end + after.find('\n').unwrap_or(after.len());
    Span::new(start, end)
}

fn nodes_of(edges: &[Edge]) -> Vec<Node> {
    let mut nodes: BTreeMap<&str, Node> = BTreeMap::new();
    let node = |id: &str, name: &str, kind| Node {
        id: id.to_owned(),
        name: name.to_owned(),
        kind,
        publishes: 0,
        cited: 0,
    };
    for edge in edges {
        let from = nodes.entry(&edge.from);
        let from = from.or_insert_with(|| node(&edge.from, &edge.from_name, SourceKind::Outlet));
        from.kind = SourceKind::Outlet;
        from.publishes += edge.count;
        let to = nodes.entry(&edge.to).or_insert_with(|| node(&edge.to, &edge.to_name, edge.to_kind));
        to.cited += edge.count;
    }
    nodes.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sentences_are_kept_whatever_order_they_come_in() {
        let proof = |path: &str, start: usize| Proof {
            path: path.to_owned(),
            record: None,
            span: Span::new(start, start + 1),
            id: String::new(),
            field: TextField::Body,
            section: None,
            evidence: Evidence::Attribution,
            cue: None,
            force: None,
            sentence: String::new(),
        };
        let mut kept = Vec::new();
        for (path, start) in [("c", 1), ("a", 9), ("b", 2), ("a", 3)] {
            keep_first(&mut kept, proof(path, start), Some(2));
        }
        let places: Vec<_> = kept.iter().map(|proof| (proof.path.as_str(), proof.span.start)).collect();
        assert_eq!(places, [("a", 3), ("a", 9)]);
    }
}
