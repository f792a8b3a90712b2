//! The lists of names in force: those that ship with newsidx and, with the same rights, the user's own.

use std::borrow::Cow;

use super::gazetteer::{Form, FormFlags, Gazetteer, Hit, Record, Relation};
use super::tagger::{GazetteerHit, listed};
use crate::article::{Entity, Span};

/// An entity of one of the lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityRef {
    list: u8,
    index: u32,
}

/// A form of one of the lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    list: u8,
    form: Form,
    /// What is known of the form.
    pub flags: FormFlags,
}

/// A listed name where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListedHit {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub listed: Listed,
}

/// One thing that a form can mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ListedSense {
    /// The entity.
    pub entity: EntityRef,
    /// How the form stands to it.
    pub relation: Relation,
    /// What is known of it.
    pub record: Record,
}

/// The lists, the user's own before the one that ships.
#[derive(Debug)]
pub struct Lists<'a> {
    lists: Vec<&'a Gazetteer>,
}

impl Lists<'static> {
    /// The lists that ship, alone.
    pub fn builtin() -> Self {
        Self { lists: vec![Gazetteer::builtin()] }
    }
}

impl<'a> Lists<'a> {
    /// `own` before the lists that ship.
    pub fn with_own(own: &'a Gazetteer) -> Self {
        Self { lists: vec![own, Gazetteer::builtin()] }
    }

    /// The names in `text`, in order, none overlapping: of two that overlap the longer, of two as
    /// long the user's own.
    pub fn find(&self, text: &str) -> Vec<ListedHit> {
        let mut found = Vec::new();
        let mut hits: Vec<Hit> = Vec::new();
        for (n, list) in self.lists.iter().enumerate() {
            hits.clear();
            list.find(text, &mut hits);
            let listed = |hit: &Hit| Listed { list: n as u8, form: hit.form, flags: hit.flags };
            found.extend(hits.iter().map(|hit| ListedHit { span: hit.span, listed: listed(hit) }));
        }
        if self.lists.len() > 1 {
            found = without_overlaps(found);
        }
        found
    }

    /// The form that `name` as a whole is, whatever its case.
    pub fn form_of(&self, name: &str) -> Option<Listed> {
        self.lists.iter().enumerate().find_map(|(n, list)| {
            let (form, flags) = list.form_of(name)?;
            Some(Listed { list: n as u8, form, flags })
        })
    }

    /// What `listed` can mean, the weightiest first.
    pub fn senses(&self, listed: Listed) -> impl Iterator<Item = ListedSense> + '_ {
        let list = self.lists.get(usize::from(listed.list));
        list.into_iter().flat_map(move |gazetteer| gazetteer.senses(listed.form)).map(move |sense| {
            ListedSense {
                entity: EntityRef { list: listed.list, index: sense.index },
                relation: sense.relation,
                record: sense.record,
            }
        })
    }

    /// The entity as articles carry it.
    pub fn entity(&self, entity: EntityRef) -> Option<Entity> {
        Some(self.lists.get(usize::from(entity.list))?.entity(entity.index))
    }

    /// Canonical name of an entity.
    pub fn name(&self, entity: EntityRef) -> &str {
        self.lists.get(usize::from(entity.list)).map_or("", |list| list.name(entity.index))
    }

    /// The entity with that id, the user's own first.
    pub fn by_id(&self, id: &str) -> Option<Entity> {
        self.lists.iter().find_map(|list| list.by_id(id).map(|index| list.entity(index)))
    }

    /// The entities that `name` as a whole can mean, the weightiest first, doubtful ones last: what
    /// a query for a name asks for.
    pub fn resolve(&self, name: &str) -> Vec<Entity> {
        let Some(listed) = self.form_of(name) else { return Vec::new() };
        self.senses(listed).filter_map(|sense| self.entity(sense.entity)).collect()
    }
}

/// Keeps of overlapping hits the longer, then the one of the earlier list.
fn without_overlaps(mut hits: Vec<ListedHit>) -> Vec<ListedHit> {
    hits.sort_by_key(|hit| (hit.span.start, std::cmp::Reverse(hit.span.end), hit.listed.list));
    let mut kept: Vec<ListedHit> = Vec::with_capacity(hits.len());
    for hit in hits {
        match kept.last() {
            Some(last) if last.span.overlaps(hit.span) => {
                if hit.span.len() > last.span.len() {
                    kept.pop();
                    kept.push(hit);
                }
            }
            _ => kept.push(hit),
        }
    }
    kept
}

/// The hits as the tagger takes them for evidence.
pub fn evidence_for_tagger(hits: &[ListedHit]) -> Cow<'static, [GazetteerHit]> {
    let kinds = |flags: FormFlags| {
        [
            (FormFlags::PLACE, listed::PLACE),
            (FormFlags::PERSON, listed::PERSON),
            (FormFlags::ORGANISATION, listed::ORGANISATION),
            (FormFlags::DEMONYM, listed::DEMONYM),
            (FormFlags::COUNTRY, listed::TERRITORY),
            (FormFlags::GIVEN, listed::GIVEN_NAME),
            (FormFlags::SURNAME, listed::SURNAME),
        ]
        .iter()
        .fold(0, |kinds, &(flag, kind)| if flags.any(flag) { kinds | kind } else { kinds })
    };
    hits.iter().map(|hit| GazetteerHit { span: hit.span, kinds: kinds(hit.listed.flags) }).collect()
}
