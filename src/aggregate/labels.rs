//! What values are called: the names behind ids.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{having, plan_of};
use crate::article::{Article, Kind};
use crate::engine::{Engine, EngineError, MatchRequest, Sort, Unit};
use crate::names::gazetteer::{Class, Gazetteer};
use crate::names::own::OwnNames;

/// What is known of an id.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Label {
    /// Its name; none for values that are their own name.
    pub name: Option<String>,
    /// What it is, for entities.
    pub kind: Option<Kind>,
    /// ISO 3166-1 alpha-2 code.
    pub country: Option<String>,
}

/// Looks names up in the lists and, for names that no list has, in the articles.
pub struct Labels<'a> {
    engine: &'a dyn Engine,
    names: &'a OwnNames,
    known: BTreeMap<(&'static str, String), Label>,
    countries: Option<BTreeMap<String, String>>,
}

impl<'a> Labels<'a> {
    /// Nothing is looked up before it is asked for.
    pub fn new(engine: &'a dyn Engine, names: &'a OwnNames) -> Self {
        Self { engine, names, known: BTreeMap::new(), countries: None }
    }

    /// What `value` of the index field `field` is called.
    ///
    /// # Errors
    /// When the index fails.
    pub fn of(&mut self, field: &'static str, value: &str) -> Result<Label, EngineError> {
        if let Some(label) = self.known.get(&(field, value.to_owned())) {
            return Ok(label.clone());
        }
        let label = self.looked_up(field, value)?;
        self.known.insert((field, value.to_owned()), label.clone());
        Ok(label)
    }

    fn looked_up(&mut self, field: &'static str, value: &str) -> Result<Label, EngineError> {
        match field {
            "country" => {
                let name = self.countries().get(value).cloned();
                Ok(Label { name, ..Label::default() })
            }
            "entity" | "person" | "organisation" | "place" | "source" | "speaker" | "publisher" | "host"
            | "credit" => match self.listed(value) {
                Some(label) => Ok(label),
                None => self.in_articles(field, value),
            },
            _ => Ok(Label::default()),
        }
    }

    /// What a list says of `id`.
    pub fn listed(&self, id: &str) -> Option<Label> {
        let entity = self.names.entity(id)?;
        Some(Label { name: Some(entity.name), kind: Some(entity.kind), country: entity.country })
    }

    /// The name that the newest article with it has.
    fn in_articles(&self, field: &'static str, value: &str) -> Result<Label, EngineError> {
        let corrections = self.names.corrections();
        let ids = std::iter::once(value).chain(corrections.members(value)).map(str::to_owned).collect();
        let plan = plan_of(having(field, ids));
        let request = MatchRequest { plan: &plan, unit: Unit::Article, sort: Sort::Newest, top: Some(1) };
        let Some(first) = self.engine.matches(&request)?.first.first().copied() else {
            return Ok(Label::default());
        };
        let mut article = self.engine.load(first.address)?.stored.article;
        self.names.correct(&mut article);
        Ok(label_in(&article, value).unwrap_or_default())
    }

    /// Country codes with the countries' names.
    fn countries(&mut self) -> &BTreeMap<String, String> {
        self.countries.get_or_insert_with(|| {
            let lists = Gazetteer::builtin();
            let all = 0..u32::try_from(lists.len()).unwrap_or(u32::MAX);
            let countries = all.filter(|&index| lists.record(index).class == Class::Country);
            countries
                .map(|index| lists.entity(index))
                .filter_map(|entity| Some((entity.country?, entity.name)))
                .collect()
        })
    }
}

/// What `article` calls the id.
fn label_in(article: &Article, id: &str) -> Option<Label> {
    let entity = || {
        let mention = article.mentions.iter().find(|mention| mention.entity.id == id)?;
        let entity = mention.entity.clone();
        Some(Label { name: Some(entity.name), kind: Some(entity.kind), country: entity.country })
    };
    let named = |name: &str| Label { name: Some(name.to_owned()), ..Label::default() };
    let outlet = || {
        let outlets = [&article.publisher, &article.host, &article.credit].into_iter().flatten();
        outlets.into_iter().find(|outlet| outlet.id == id).map(|outlet| named(&outlet.name))
    };
    let source = || {
        let quoted = article.quotes.iter().flat_map(|quote| [&quote.speaker, &quote.carrier]).flatten();
        let cited = article.citations.iter().map(|citation| &citation.source);
        cited.chain(quoted).find(|source| source.id == id).map(|source| named(&source.name))
    };
    entity().or_else(outlet).or_else(source)
}
