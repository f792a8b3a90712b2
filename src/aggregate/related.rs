//! Articles like another: those that share its rare words and its names.
//!
//! The article's own words and names, weighed by how often it uses them and how few others do, become
//! a query. The order is the engine's; what shares too little of the weight is left out. (Ordered by the
//! shared weight instead, fewer of the first five were on the same subject.)

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Serialize;

use super::{AggregateError, plan_of};
use crate::analysis::terms;
use crate::article::{Article, Outlet, Span, TextField};
use crate::engine::{Engine, MatchRequest, Sort, Unit};
use crate::names::own::OwnNames;
use crate::query::{Leaf, Plan, PlanNode, Scope};

/// The most frequent words of each language: rare ones of a foreign language say nothing either.
static STOP_WORDS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let lists = [
        include_str!("../../schema/rules/stop-words.tsv"),
        include_str!("../../schema/rules/query-stop-words.txt"),
    ];
    let lines = lists.into_iter().flat_map(str::lines).filter(|line| !line.starts_with('#'));
    let words =
        lines.flat_map(|line| line.split_once('\t').map_or(line, |(_, words)| words).split_whitespace());
    words.flat_map(terms).map(|term| term.text).collect()
});

/// Words of the article that are weighed, in the order of the text: the story is told by then.
const MAX_CANDIDATES: usize = 600;
/// Words and names that make up the query: more add time and little else.
const QUERY_TERMS: usize = 40;
const QUERY_NAMES: usize = 16;
/// What stands in more than this share of all articles tells nothing.
const MAX_SHARE: f64 = 0.25;
/// Articles that are looked at closely.
const LOOKED_AT: usize = 200;
/// Least share of the article's weight that another must have to be like it.
const LEAST_SHARE: f64 = 0.12;
/// How much a name weighs beside a word that is as rare.
const NAME_WEIGHT: f64 = 1.5;
/// How much a word of the headline weighs beside one of the body.
const HEADLINE_WEIGHT: f64 = 3.0;
/// Shared words and names that are told.
const TOLD: usize = 12;

/// What is asked for.
#[derive(Clone, Copy)]
pub struct RelatedRequest<'a> {
    /// The article.
    pub article: &'a Article,
    /// Its id: copies of it are not like it, they are it.
    pub id: &'a str,
    /// Only among what this finds.
    pub within: &'a Plan,
    /// The first so many.
    pub limit: usize,
}

/// An article like another.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RelatedArticle {
    /// Its number in the list, from 1.
    pub rank: usize,
    /// Relevance to the words and names asked for; of use within one list only.
    pub score: f32,
    /// Share of the other's weight that it has, from 0 to 1.
    pub share: f64,
    /// Its id.
    pub id: String,
    /// Its headline.
    pub headline: Option<String>,
    /// Who published it.
    pub publisher: Option<Outlet>,
    /// Who republished it.
    pub host: Option<Outlet>,
    /// When it was published.
    pub published: Option<String>,
    /// Its language.
    pub language: Option<String>,
    /// Its address.
    pub url: Option<String>,
    /// Path of its file.
    pub path: String,
    /// Number of the record in the file.
    pub record: Option<u64>,
    /// Names that both have, the weightiest first.
    pub shared_names: Vec<String>,
    /// Words that both have, the weightiest first.
    pub shared_words: Vec<String>,
}

/// What is like an article.
#[derive(Clone, Debug, PartialEq, Default, Serialize)]
pub struct Related {
    /// Words that were asked for, the weightiest first.
    pub words: Vec<String>,
    /// Names that were asked for.
    pub names: Vec<String>,
    /// Articles that have any of them.
    pub total: u64,
    /// Copies of the article itself, which are not listed.
    pub copies: u64,
    /// Of the articles looked at, those that share too little.
    pub too_little: u64,
    /// The articles, the most like first.
    pub articles: Vec<RelatedArticle>,
}

/// A word or a name with its weight.
struct Feature {
    key: String,
    shown: String,
    uses: f64,
    weight: f64,
    is_name: bool,
}

/// Finds them.
///
/// # Errors
/// When the engine fails.
pub fn related(
    engine: &dyn Engine,
    names: &OwnNames,
    request: &RelatedRequest<'_>,
) -> Result<Related, AggregateError> {
    let features = features(engine, request.article)?;
    let told = |is_name| features.iter().filter(move |f| f.is_name == is_name).map(|f| f.shown.clone());
    let mut related =
        Related { words: told(false).collect(), names: told(true).collect(), ..Related::default() };
    if features.is_empty() {
        return Ok(related);
    }
    let root = PlanNode::And(vec![
        PlanNode::Or(features.iter().map(condition).collect()),
        PlanNode::Boost(Box::new(request.within.root.clone()), 0.0),
    ]);
    let plan = Plan { root, ..request.within.clone() };
    let asked =
        MatchRequest { plan: &plan, unit: Unit::Article, sort: Sort::Relevance, top: Some(LOOKED_AT) };
    let found = engine.matches(&asked)?;
    related.total = found.total;
    let all: f64 = features.iter().map(|feature| feature.weight).sum();
    for one in &found.first {
        let mut stored = engine.load(one.address)?.stored;
        if stored.id == request.id {
            related.copies += 1;
            continue;
        }
        names.correct(&mut stored.article);
        let shared = shared(&features, &stored.article);
        let share = shared.iter().map(|feature| feature.weight).sum::<f64>() / all;
        if share < LEAST_SHARE {
            related.too_little += 1;
            continue;
        }
        let told = |is_name| {
            let of = shared.iter().filter(move |feature| feature.is_name == is_name);
            of.take(TOLD).map(|feature| feature.shown.clone()).collect()
        };
        related.articles.push(RelatedArticle {
            rank: related.articles.len() + 1,
            score: one.score.unwrap_or(0.0),
            share: (share * 1e4).round() / 1e4,
            id: stored.id.clone(),
            headline: stored.article.headline.clone(),
            publisher: stored.article.publisher.clone(),
            host: stored.article.host.clone(),
            published: stored.article.published.as_ref().map(|moment| moment.iso.clone()),
            language: stored.article.language.clone(),
            url: stored.article.url.clone(),
            path: stored.location.path.clone(),
            record: stored.location.record,
            shared_names: told(true),
            shared_words: told(false),
        });
    }
    related.articles.truncate(request.limit);
    Ok(related)
}

fn leaf_of(feature: &Feature) -> Leaf {
    if feature.is_name {
        let values = vec![feature.key.clone()];
        return Leaf::Keyword { field: "entity", values, prefix: false, scored: true };
    }
    let terms = vec![(0, feature.key.clone())];
    Leaf::Terms { scope: Scope::Everywhere, terms, slop: 0, prefix: false }
}

fn condition(feature: &Feature) -> PlanNode {
    let leaf = PlanNode::Leaf(leaf_of(feature), Span::default());
    #[expect(clippy::cast_possible_truncation, reason = "a weight of a few units")]
    let boost = (1.0 + feature.uses.ln()).max(0.1) as f32;
    PlanNode::Boost(Box::new(leaf), boost)
}

/// The weightiest words and names of `article`.
fn features(engine: &dyn Engine, article: &Article) -> Result<Vec<Feature>, AggregateError> {
    let all = engine.count(&plan_of(Leaf::All), Unit::Article)?;
    let mut words = words_of(article);
    let mut named = names_of(article);
    for feature in words.iter_mut().chain(&mut named) {
        let having_it = engine.count(&plan_of(leaf_of(feature)), Unit::Article)?;
        feature.weight = weight(feature, having_it, all);
    }
    for (list, most) in [(&mut words, QUERY_TERMS), (&mut named, QUERY_NAMES)] {
        list.retain(|feature| feature.weight > 0.0);
        list.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.key.cmp(&b.key)));
        list.truncate(most);
    }
    words.append(&mut named);
    words.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.key.cmp(&b.key)));
    Ok(words)
}

/// Uses, damped, times rarity. Nothing for what no other article has, or too many have.
#[expect(clippy::cast_precision_loss, reason = "a weight")]
fn weight(feature: &Feature, having_it: u64, all: u64) -> f64 {
    let few = having_it <= 4;
    if having_it == 0 || (!few && having_it as f64 > MAX_SHARE * all as f64) {
        return 0.0;
    }
    let rarity = (1.0 + all as f64 / having_it as f64).ln();
    (1.0 + feature.uses.ln()).max(0.1) * rarity * if feature.is_name { NAME_WEIGHT } else { 1.0 }
}

fn words_of(article: &Article) -> Vec<Feature> {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut words: Vec<Feature> = Vec::new();
    for (field, uses) in
        [(TextField::Headline, HEADLINE_WEIGHT), (TextField::Dek, 1.0), (TextField::Body, 1.0)]
    {
        let text = article.text_of(field);
        for term in terms(text) {
            // A letter or a number alone says little, and is everywhere.
            let says_little =
                term.text.chars().nth(1).is_none() || term.text.chars().all(|c| c.is_ascii_digit());
            if says_little || STOP_WORDS.contains(&term.text) {
                continue;
            }
            if let Some(&at) = places.get(&term.text) {
                words[at].uses += uses;
            } else if words.len() < MAX_CANDIDATES {
                places.insert(term.text.clone(), words.len());
                let shown = term.span.of(text).to_lowercase();
                words.push(Feature { key: term.text, shown, uses, weight: 0.0, is_name: false });
            }
        }
    }
    words
}

fn names_of(article: &Article) -> Vec<Feature> {
    let mut names: BTreeMap<&str, Feature> = BTreeMap::new();
    for mention in &article.mentions {
        let entity = &mention.entity;
        let feature = names.entry(&entity.id).or_insert_with(|| Feature {
            key: entity.id.clone(),
            shown: entity.name.clone(),
            uses: 0.0,
            weight: 0.0,
            is_name: true,
        });
        feature.uses += if mention.field == TextField::Headline { HEADLINE_WEIGHT } else { 1.0 };
    }
    names.into_values().collect()
}

/// The features that `article` has, the weightiest first.
fn shared<'a>(features: &'a [Feature], article: &Article) -> Vec<&'a Feature> {
    let mut words: BTreeSet<String> = BTreeSet::new();
    for field in [TextField::Headline, TextField::Dek, TextField::Body] {
        words.extend(terms(article.text_of(field)).into_iter().map(|term| term.text));
    }
    let names: BTreeSet<&str> = article.mentions.iter().map(|mention| mention.entity.id.as_str()).collect();
    let has = |feature: &&Feature| {
        if feature.is_name { names.contains(feature.key.as_str()) } else { words.contains(&feature.key) }
    };
    features.iter().filter(has).collect()
}
