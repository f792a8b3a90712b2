//! From a voice in the text to a source: an outlet, an institution, a person or an unnamed one.
//!
//! Pronouns and "the newspaper" are resolved only where one candidate stands near.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use crate::article::{Kind as NameKind, Mention, Source, SourceKind};
use crate::names::gazetteer::{Class, Gazetteer};
use crate::names::outlets::OutletEntry;

use super::prose::after_media_noun;
use super::rules::class;
use super::scene::Scene;
use super::voice::{Voice, Who};

/// Mentions looked at to resolve a pronoun.
const MAX_BACK: usize = 12;
/// Mentions looked at to find the full name of a body.
const MAX_BODIES_BACK: usize = 64;
/// Bytes between a pronoun and the person it stands for.
const MAX_PRONOUN_BYTES: usize = 1_200;
/// Longest description of an unnamed source, in bytes.
const MAX_DESCRIPTION_BYTES: usize = 160;

/// What was said last, for "he" and "the newspaper".
#[derive(Clone, Debug, Default)]
pub(super) struct Memory {
    outlet: Option<Source>,
    person: Option<(Source, usize)>,
}

impl Memory {
    /// Remembers the source of a voice that ends at byte `end`.
    pub fn keep(&mut self, source: &Source, end: usize) {
        match source.kind {
            SourceKind::Outlet => self.outlet = Some(source.clone()),
            SourceKind::Person => self.person = Some((source.clone(), end)),
            SourceKind::Institution | SourceKind::Unnamed => {}
        }
    }
}

/// The source that an outlet of the list is.
pub(super) fn of_outlet(outlet: &OutletEntry) -> Source {
    Source { id: outlet.id.clone(), name: outlet.name.clone(), kind: SourceKind::Outlet }
}

/// An outlet that no list has, by its name.
pub(super) fn unlisted(name: &str, kind: SourceKind) -> Source {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    Source { id: format!("~{}", slug(&name)), name, kind }
}

/// Letters and digits of `name` in lower case, joined by hyphens, without a leading article.
fn slug(name: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    for c in name.chars() {
        if c.is_alphanumeric() {
            slug.extend(c.to_lowercase());
        } else if !matches!(c, '\'' | '’') && !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    ["the-", "a-", "an-"].iter().find_map(|article| slug.strip_prefix(article)).unwrap_or(slug).to_owned()
}

/// Whether the gazetteer, which knows newspapers beyond the world list, has an outlet of that id.
fn is_listed_newspaper(id: &str) -> bool {
    static OUTLETS: LazyLock<FxHashSet<String>> = LazyLock::new(|| {
        let gazetteer = Gazetteer::builtin();
        let outlets =
            (0..gazetteer.len() as u32).filter(|&index| gazetteer.record(index).class == Class::Outlet);
        outlets.map(|index| gazetteer.id(index)).collect()
    });
    OUTLETS.contains(id)
}

fn of_mention(mention: &Mention, outlet: Option<&OutletEntry>) -> Source {
    if let Some(outlet) = outlet {
        return of_outlet(outlet);
    }
    let kind = match mention.entity.kind {
        NameKind::Person => SourceKind::Person,
        NameKind::Organisation if is_listed_newspaper(&mention.entity.id) => SourceKind::Outlet,
        NameKind::Organisation | NameKind::Place => SourceKind::Institution,
    };
    Source { id: mention.entity.id.clone(), name: mention.entity.name.clone(), kind }
}

/// The source behind `voice`; none where it cannot be told.
pub(super) fn of_voice(scene: &Scene<'_>, voice: &Voice, memory: &Memory) -> Option<Source> {
    let setting = &scene.setting;
    let named = |index: usize| {
        let mention = setting.marks.mentions.get(index)?;
        Some(of_mention(mention, setting.known_outlets.get(index).copied().flatten()))
    };
    match voice.who {
        Who::Name(index) => {
            let source = named(index)?;
            let introduced = source.kind == SourceKind::Institution && after_media_noun(scene, voice);
            Some(if introduced { Source { kind: SourceKind::Outlet, ..source } } else { source })
        }
        Who::Outlet => {
            let surface = voice.span.of(setting.text);
            Some(
                setting
                    .outlets
                    .by_name(surface)
                    .map_or_else(|| unlisted(surface, SourceKind::Outlet), of_outlet),
            )
        }
        Who::Pronoun => person_before(scene, voice.span.start, memory),
        Who::Phrase { head, inner } => of_phrase(scene, voice, head, inner.and_then(named), memory),
    }
}

fn of_phrase(
    scene: &Scene<'_>,
    voice: &Voice,
    head: u32,
    inner: Option<Source>,
    memory: &Memory,
) -> Option<Source> {
    let text = voice.span.of(scene.setting.text);
    if text.len() > MAX_DESCRIPTION_BYTES {
        return None;
    }
    let people = head & class::PEOPLE != 0;
    if let Some(inner) = inner {
        let speaks_for = head & class::SPOKES != 0 && !people;
        let owns = head & class::TEXT != 0;
        let is_outlet = inner.kind == SourceKind::Outlet && head & (class::MEDIA | class::TEXT) != 0;
        if is_outlet || ((speaks_for || owns) && inner.kind != SourceKind::Person) || (owns && !people) {
            return Some(inner);
        }
    }
    let bare = voice.last - voice.first <= 1;
    if head & class::MEDIA != 0 && !people {
        let definite = scene.word(voice.first).eq_ignore_ascii_case("the");
        if bare && definite && memory.outlet.is_some() {
            return memory.outlet.clone();
        }
        return (!bare).then(|| unlisted(without_article(text), SourceKind::Institution));
    }
    if head & class::BODY != 0 && !people {
        if let Some(body) = named_in_full(scene, voice).filter(|_| bare) {
            return Some(body);
        }
        return Some(unlisted(without_article(text), SourceKind::Institution));
    }
    Some(unlisted(text, SourceKind::Unnamed))
}

/// The body that "the ministry" stands for: the only one before whose name ends in that word.
fn named_in_full(scene: &Scene<'_>, voice: &Voice) -> Option<Source> {
    let setting = &scene.setting;
    if !scene.word(voice.first).eq_ignore_ascii_case("the") {
        return None;
    }
    let noun = scene.word(voice.last);
    let mentions = setting.marks.mentions;
    let next = mentions.partition_point(|mention| mention.span.start < voice.span.start);
    let mut bodies = (next.saturating_sub(MAX_BODIES_BACK)..next).rev().filter(|&index| {
        let mention = mentions[index];
        let last = mention.surface.rsplit_once(' ').map_or("", |(_, last)| last);
        mention.entity.kind == NameKind::Organisation && last.eq_ignore_ascii_case(noun)
    });
    let index = bodies.next()?;
    if bodies.any(|other| mentions[other].entity.id != mentions[index].entity.id) {
        return None;
    }
    Some(of_mention(mentions[index], setting.known_outlets.get(index).copied().flatten()))
}

fn without_article(text: &str) -> &str {
    let mut rest = text;
    for article in ["the ", "The ", "a ", "A ", "an ", "An "] {
        rest = rest.strip_prefix(article).unwrap_or(rest);
    }
    rest.trim_start()
}

/// The person that "he" or "she" at byte `at` stands for, where only one can be meant.
fn person_before(scene: &Scene<'_>, at: usize, memory: &Memory) -> Option<Source> {
    let mentions = scene.setting.marks.mentions;
    let next = mentions.partition_point(|mention| mention.span.start < at);
    let near = mentions[..next].iter().rev().take(MAX_BACK);
    let persons: Vec<&&Mention> = near
        .filter(|mention| mention.entity.kind == NameKind::Person && !mention.demonym)
        .take_while(|mention| at - mention.span.end.min(at) <= MAX_PRONOUN_BYTES)
        .collect();
    if let Some((last, end)) = memory.person.as_ref()
        && at.saturating_sub(*end) <= MAX_PRONOUN_BYTES
        && persons
            .iter()
            .take_while(|person| person.span.start >= *end)
            .all(|person| person.entity.id == last.id)
    {
        return Some(last.clone());
    }
    let paragraph = scene.tokens.first()?.span.start;
    let mut here = persons.iter().take_while(|person| person.span.start >= paragraph);
    let only = here.next()?;
    here.all(|person| person.entity.id == only.entity.id).then(|| of_mention(only, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_unlisted_sources() {
        assert_eq!(unlisted("The  Kyiv\nObserver", SourceKind::Outlet).id, "~kyiv-observer");
        assert_eq!(unlisted("an advisor to the Kremlin", SourceKind::Unnamed).id, "~advisor-to-the-kremlin");
        assert_eq!(unlisted("People’s Daily", SourceKind::Outlet).id, "~peoples-daily");
    }
}
