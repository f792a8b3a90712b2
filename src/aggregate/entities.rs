//! The entities of the index: all of them, and one of them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::facets::{Matcher, renamer};
use super::{AggregateError, Label, Labels, having, plan_of};
use crate::article::{Kind, Span};
use crate::engine::{Engine, Grouping, MatchRequest, Sort, Unit};
use crate::names::fold::slug;
use crate::names::own::OwnNames;
use crate::query::{Leaf, NameResolver, Plan, PlanNode};

/// Most articles that are opened to see how an entity is written: the newest.
pub const MAX_OPENED: usize = 10_000;
/// Most publishers, articles and other entities that are named of one.
const SHOWN: usize = 10;

/// What is listed.
#[derive(Clone, Copy)]
pub struct EntitiesRequest<'a> {
    /// The query's meaning.
    pub plan: &'a Plan,
    /// Whether articles or sections are counted.
    pub unit: Unit,
    /// Only entities of this kind.
    pub kind: Option<Kind>,
    /// Only entities of this country.
    pub country: Option<&'a str>,
    /// Only entities whose name or id holds this text, or that it is a spelling of.
    pub matching: Option<&'a str>,
    /// The most frequent so many; all without a number.
    pub top: Option<usize>,
}

/// An entity and how often it is named.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ListedEntity {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is; where articles take it for different kinds, what most do.
    pub kind: Kind,
    /// ISO 3166-1 alpha-2 code.
    pub country: Option<String>,
    /// Articles or sections that name it.
    pub count: u64,
    /// Places that name it in all articles of the index; not counted for a query.
    pub mentions: Option<u64>,
}

/// Entities.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Entities {
    /// What is counted.
    pub unit: Unit,
    /// All matches.
    pub total: u64,
    /// Matches that name nobody and nothing.
    pub without: u64,
    /// Different entities, of those that were asked for.
    pub distinct: usize,
    /// Different entities that filters left out.
    pub left_out: usize,
    /// The entities, the most frequent first.
    pub entities: Vec<ListedEntity>,
}

const KINDS: [(&str, Kind); 3] =
    [("person", Kind::Person), ("organisation", Kind::Organisation), ("place", Kind::Place)];

/// Lists them.
///
/// # Errors
/// When the engine fails.
pub fn list(
    engine: &dyn Engine,
    names: &OwnNames,
    request: &EntitiesRequest<'_>,
) -> Result<Entities, AggregateError> {
    let (total, without, counts) = counts(engine, names, request.plan, request.unit, "entity")?;
    let kinds = kinds(engine, names, request.plan, request.unit)?;
    let mentions = match request.plan.root {
        PlanNode::Leaf(Leaf::All, _) => Some(mentions(engine, names)?),
        _ => None,
    };
    let all = counts.len();
    let matcher = request.matching.map(|text| Matcher::new(text, names));
    let kind_of = |id: &str| names.corrections().kind_of(id).or_else(|| kinds.get(id).copied());
    let mut wanted: Vec<(String, u64)> = counts
        .into_iter()
        .filter(|(id, _)| request.kind.is_none_or(|kind| kind_of(id) == Some(kind)))
        .filter(|(id, _)| matcher.as_ref().is_none_or(|matcher| matcher.takes(id)))
        .collect();
    wanted.sort_by(|(a, many), (b, few)| few.cmp(many).then_with(|| a.cmp(b)));
    let mut labels = Labels::new(engine, names);
    if let Some(country) = request.country {
        let mut kept = Vec::new();
        for (id, count) in wanted {
            if labels.of("entity", &id)?.country.as_deref() == Some(country) {
                kept.push((id, count));
            }
        }
        wanted = kept;
    }
    let distinct = wanted.len();
    wanted.truncate(request.top.unwrap_or(usize::MAX));
    let entity = |(id, count): (String, u64)| -> Result<ListedEntity, AggregateError> {
        let Label { name, kind, country } = labels.of("entity", &id)?;
        Ok(ListedEntity {
            name: name.unwrap_or_else(|| id.clone()),
            kind: kind_of(&id).or(kind).unwrap_or(Kind::Organisation),
            country,
            count,
            mentions: mentions.as_ref().map(|mentions| mentions.get(&id).copied().unwrap_or(0)),
            id,
        })
    };
    let entities = wanted.into_iter().map(entity).collect::<Result<_, _>>()?;
    Ok(Entities { unit: request.unit, total, without, distinct, left_out: all - distinct, entities })
}

/// All matches, those without a value, and how many have each value, under its corrected id.
pub(super) fn counts(
    engine: &dyn Engine,
    names: &OwnNames,
    plan: &Plan,
    unit: Unit,
    field: &str,
) -> Result<(u64, u64, BTreeMap<String, u64>), AggregateError> {
    let rename = renamer(names, field);
    let groups =
        engine.grouped(&Grouping { plan, unit, field: Some(field), by_day: false, rename: &*rename })?;
    let mut without = 0;
    let mut counts = BTreeMap::new();
    for group in groups.groups {
        match group.value {
            Some(value) => drop(counts.insert(value, group.count)),
            None => without = group.count,
        }
    }
    Ok((groups.total, without, counts))
}

/// What most matches take each entity for.
pub(super) fn kinds(
    engine: &dyn Engine,
    names: &OwnNames,
    plan: &Plan,
    unit: Unit,
) -> Result<BTreeMap<String, Kind>, AggregateError> {
    let mut best: BTreeMap<String, (u64, Kind)> = BTreeMap::new();
    for (field, kind) in KINDS {
        for (id, count) in counts(engine, names, plan, unit, field)?.2 {
            let held = best.entry(id).or_insert((count, kind));
            if count > held.0 {
                *held = (count, kind);
            }
        }
    }
    Ok(best.into_iter().map(|(id, (_, kind))| (id, kind)).collect())
}

fn mentions(engine: &dyn Engine, names: &OwnNames) -> Result<BTreeMap<String, u64>, AggregateError> {
    let mut sums: BTreeMap<String, u64> = BTreeMap::new();
    for (id, count) in engine.mentions()? {
        if let Some(root) = names.corrections().canonical(&id) {
            *sums.entry(root.to_owned()).or_default() += count;
        }
    }
    Ok(sums)
}

/// The ids that `text` may mean, the likeliest first: an id, a name in any spelling, or a name that
/// no list has but the index does.
///
/// # Errors
/// When the engine fails.
pub fn resolve(engine: &dyn Engine, names: &OwnNames, text: &str) -> Result<Vec<String>, AggregateError> {
    let known = |id: &str| -> Result<bool, AggregateError> {
        Ok(engine.count(&plan_of(having("entity", with_members(names, id))), Unit::Article)? > 0)
    };
    let root = |id: &str| names.corrections().canonical(id).map(str::to_owned);
    let mut found: Vec<String> = Vec::new();
    let mut add = |id: Option<String>| {
        if let Some(id) = id
            && !found.contains(&id)
        {
            found.push(id);
        }
    };
    if !text.is_empty() && (names.entity(text).is_some() || known(text)?) {
        add(root(text));
    }
    for entity in names.entities(text) {
        add(root(&entity.id));
    }
    let unlisted = format!("~{}", slug(text));
    if known(&unlisted)? {
        add(root(&unlisted));
    }
    // Those that the index has go before those that it has not.
    let (mut here, mut elsewhere) = (Vec::new(), Vec::new());
    for id in found {
        if known(&id)? { here.push(id) } else { elsewhere.push(id) }
    }
    here.append(&mut elsewhere);
    Ok(here)
}

/// How many articles the index has under any of these ids, before corrections.
///
/// # Errors
/// When the engine fails.
pub fn articles_naming(engine: &dyn Engine, ids: &[&str]) -> Result<u64, AggregateError> {
    let values = ids.iter().map(|&id| id.to_owned()).collect();
    Ok(engine.count(&plan_of(having("entity", values)), Unit::Article)?)
}

/// `id` with all that was merged into it.
fn with_members(names: &OwnNames, id: &str) -> Vec<String> {
    std::iter::once(id).chain(names.corrections().members(id)).map(str::to_owned).collect()
}

/// What has the entity.
pub(super) fn naming(names: &OwnNames, id: &str) -> Leaf {
    having("entity", with_members(names, id))
}

/// A value with its number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// The value.
    pub value: String,
    /// How often.
    pub count: u64,
}

/// An article that names an entity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Naming {
    /// The article.
    pub id: String,
    /// Its headline.
    pub headline: Option<String>,
    /// When it was published.
    pub published: Option<String>,
    /// Path of its file.
    pub path: String,
    /// Number of the record in the file.
    pub record: Option<u64>,
    /// How often it names the entity.
    pub mentions: u64,
    /// The first place, in bytes of the body.
    pub first: Option<Span>,
}

/// All that the index knows of an entity.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EntityDetails {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// ISO 3166-1 alpha-2 code.
    pub country: Option<String>,
    /// Latitude and longitude in degrees.
    pub coordinates: Option<(f32, f32)>,
    /// Whether a list has it; otherwise articles alone do.
    pub listed: bool,
    /// Ids that were merged into it.
    pub merged: Vec<String>,
    /// Spellings that were added to it.
    pub aliases: Vec<String>,
    /// Articles that name it.
    pub articles: u64,
    /// Articles that were opened for what follows: the newest, at most [`MAX_OPENED`].
    pub opened: u64,
    /// The ways it is written there, the commonest first.
    pub surfaces: Vec<Counted>,
    /// What articles take it for, by their number of mentions.
    pub kinds: Vec<Counted>,
    /// Who names it, by articles.
    pub publishers: Vec<Counted>,
    /// First and last day of publication.
    pub published: Option<[String; 2]>,
    /// The newest articles.
    pub newest: Vec<Naming>,
}

/// Looks at one entity.
///
/// # Errors
/// When the engine fails.
pub fn details(engine: &dyn Engine, names: &OwnNames, id: &str) -> Result<EntityDetails, AggregateError> {
    let plan = plan_of(naming(names, id));
    let request =
        MatchRequest { plan: &plan, unit: Unit::Article, sort: Sort::Newest, top: Some(MAX_OPENED) };
    let found = engine.matches(&request)?;
    let mut surfaces: BTreeMap<String, u64> = BTreeMap::new();
    let mut kinds: BTreeMap<String, u64> = BTreeMap::new();
    let mut publishers: BTreeMap<String, u64> = BTreeMap::new();
    let mut days: BTreeSet<String> = BTreeSet::new();
    let mut newest = Vec::new();
    let mut seen = None;
    for one in &found.first {
        let mut stored = engine.load(one.address)?.stored;
        names.correct(&mut stored.article);
        let article = &stored.article;
        let mentions: Vec<_> = article.mentions.iter().filter(|mention| mention.entity.id == id).collect();
        for mention in &mentions {
            *surfaces.entry(mention.surface.clone()).or_default() += 1;
            *kinds.entry(crate::names::own::kind_name(mention.entity.kind).to_owned()).or_default() += 1;
            seen.get_or_insert_with(|| mention.entity.clone());
        }
        let publisher = article.publisher.as_ref().map(|outlet| outlet.name.clone());
        *publishers.entry(publisher.unwrap_or_default()).or_default() += 1;
        let published = article.published.as_ref().map(|moment| moment.iso.clone());
        days.extend(published.as_ref().map(|iso| iso.chars().take(10).collect::<String>()));
        if newest.len() < SHOWN {
            let body = |m: &&&crate::article::Mention| m.field == crate::article::TextField::Body;
            newest.push(Naming {
                id: stored.id.clone(),
                headline: article.headline.clone(),
                published,
                path: stored.location.path.clone(),
                record: stored.location.record,
                mentions: mentions.len() as u64,
                first: mentions.iter().find(body).map(|mention| mention.span),
            });
        }
    }
    let listed = names.entity(id);
    let entity = listed.clone().or(seen);
    publishers.remove("");
    let corrections = names.corrections();
    Ok(EntityDetails {
        id: id.to_owned(),
        name: entity.as_ref().map(|entity| entity.name.clone()),
        country: entity.as_ref().and_then(|entity| entity.country.clone()),
        coordinates: entity.as_ref().and_then(|entity| entity.coordinates),
        listed: listed.is_some(),
        merged: corrections.members(id).map(str::to_owned).collect(),
        aliases: corrections
            .aliases()
            .filter(|(_, target)| corrections.canonical(&target.id) == Some(id))
            .map(|(spelling, _)| spelling.to_owned())
            .collect(),
        articles: found.total,
        opened: found.first.len() as u64,
        surfaces: commonest(surfaces, usize::MAX),
        kinds: commonest(kinds, usize::MAX),
        publishers: commonest(publishers, SHOWN),
        published: days.first().cloned().zip(days.last().cloned()).map(|(first, last)| [first, last]),
        newest,
    })
}

fn commonest(counts: BTreeMap<String, u64>, top: usize) -> Vec<Counted> {
    let mut counted: Vec<Counted> =
        counts.into_iter().map(|(value, count)| Counted { value, count }).collect();
    counted.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
    counted.truncate(top);
    counted
}
