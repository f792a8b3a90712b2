//! Who is cited, how often, by whom, and how it shows.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use serde::Serialize;

use super::facets::Matcher;
use super::{AggregateError, narrowed};
use crate::article::{Article, Citation, Source, SourceKind, TextField};
use crate::engine::{Engine, Unit};
use crate::names::outlets::Outlets;
use crate::names::own::OwnNames;
use crate::query::{Leaf, Plan};

/// What is listed.
#[derive(Clone, Copy)]
pub struct SourcesRequest<'a> {
    /// The query's meaning.
    pub plan: &'a Plan,
    /// Whether articles or sections are counted.
    pub unit: Unit,
    /// Only sources of these kinds; of all without any.
    pub kinds: &'a [SourceKind],
    /// Only sources whose name or id holds this text, or that it is a spelling of.
    pub matching: Option<&'a str>,
    /// The most cited so many; all without a number.
    pub top: Option<usize>,
}

/// A cited source over many articles.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CitedSource {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What kind of voice it is.
    pub kind: SourceKind,
    /// ISO 3166-1 alpha-2 code, where a list has it.
    pub country: Option<String>,
    /// Whether a state owns or steers it, for outlets that the list has.
    pub state_media: Option<bool>,
    /// Articles or sections that cite it.
    pub count: u64,
    /// Places where it is cited.
    pub citations: u64,
    /// Articles or sections that cite it in each way.
    pub evidence: BTreeMap<&'static str, u64>,
    /// Different publishers that cite it; articles without one do not count here.
    pub publishers: usize,
}

/// Cited sources.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sources {
    /// What is counted.
    pub unit: Unit,
    /// All matches.
    pub total: u64,
    /// Matches that cite nobody, or nobody of the kinds asked for.
    pub without: u64,
    /// Different sources, of those that were asked for.
    pub distinct: usize,
    /// Different sources that the text to match left out.
    pub not_matching: usize,
    /// The sources, the most cited first.
    pub sources: Vec<CitedSource>,
}

struct Tally {
    names: BTreeMap<(String, SourceKind), u64>,
    count: u64,
    citations: u64,
    evidence: BTreeMap<&'static str, u64>,
    publishers: BTreeSet<String>,
}

/// Counts.
///
/// # Errors
/// When the engine fails.
pub fn sources(
    engine: &dyn Engine,
    names: &OwnNames,
    request: &SourcesRequest<'_>,
) -> Result<Sources, AggregateError> {
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    let mut with = 0;
    let total = engine.count(request.plan, request.unit)?;
    // An article without citations is not opened.
    let citing = narrowed(request.plan, Leaf::Exists("source"));
    engine.scan(&citing, request.unit, &mut |loaded| {
        let mut article = loaded.stored.article;
        names.correct(&mut article);
        let section = section_of(request.unit, loaded.section);
        with += u64::from(add_article(&article, section, request.kinds, &mut tallies));
        ControlFlow::Continue(())
    })?;
    let all = tallies.len();
    let wanted = request.matching.map(|text| Matcher::new(text, names));
    let mut sources: Vec<CitedSource> = tallies
        .into_iter()
        .map(|(id, tally)| cited_source(id, tally, names))
        .filter(|source| {
            wanted.as_ref().is_none_or(|wanted| wanted.takes(&source.id) || wanted.takes(&source.name))
        })
        .collect();
    sources.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.id.cmp(&b.id)));
    let distinct = sources.len();
    sources.truncate(request.top.unwrap_or(usize::MAX));
    Ok(Sources {
        unit: request.unit,
        total,
        without: total - with,
        distinct,
        not_matching: all - distinct,
        sources,
    })
}

/// The section that counts, when sections do.
pub(super) fn section_of(unit: Unit, section: Option<usize>) -> Option<usize> {
    match unit {
        Unit::Article => None,
        Unit::Section => Some(section.unwrap_or(0)),
    }
}

/// The citations of an article, or of one section's body.
pub(super) fn citations_of(article: &Article, section: Option<usize>) -> impl Iterator<Item = &Citation> {
    let counts = move |citation: &&Citation| {
        section.is_none() || (citation.field == TextField::Body && citation.section == section)
    };
    article.citations.iter().filter(counts)
}

/// Adds what an article cites; whether it cites anybody of the kinds.
fn add_article(
    article: &Article,
    section: Option<usize>,
    kinds: &[SourceKind],
    tallies: &mut BTreeMap<String, Tally>,
) -> bool {
    let mut cited: BTreeMap<&str, BTreeSet<&'static str>> = BTreeMap::new();
    let wanted = |source: &Source| kinds.is_empty() || kinds.contains(&source.kind);
    for citation in citations_of(article, section).filter(|citation| wanted(&citation.source)) {
        let source = &citation.source;
        let tally = tallies.entry(source.id.clone()).or_insert_with(|| Tally {
            names: BTreeMap::new(),
            count: 0,
            citations: 0,
            evidence: BTreeMap::new(),
            publishers: BTreeSet::new(),
        });
        tally.citations += 1;
        *tally.names.entry((source.name.clone(), source.kind)).or_default() += 1;
        cited.entry(&source.id).or_default().insert(citation.evidence.name());
    }
    for (id, evidence) in &cited {
        let Some(tally) = tallies.get_mut(*id) else { continue };
        tally.count += 1;
        tally.publishers.extend(article.publisher.as_ref().map(|publisher| publisher.id.clone()));
        for kind in evidence {
            *tally.evidence.entry(kind).or_default() += 1;
        }
    }
    !cited.is_empty()
}

fn cited_source(id: String, tally: Tally, names: &OwnNames) -> CitedSource {
    // The commonest name and kind; of equally common ones the first.
    let commonest = tally.names.into_iter().rev().max_by_key(|(_, count)| *count);
    let ((name, kind), _) = commonest.unwrap_or(((id.clone(), SourceKind::Unnamed), 0));
    let outlet = Outlets::builtin().by_id(&id);
    let country = outlet.and_then(|outlet| outlet.country.clone());
    CitedSource {
        country: country.or_else(|| names.entity(&id).and_then(|entity| entity.country)),
        state_media: outlet.map(|outlet| outlet.state_media),
        id,
        name,
        kind,
        count: tally.count,
        citations: tally.citations,
        evidence: tally.evidence,
        publishers: tally.publishers.len(),
    }
}
