//! Corrections of names, as sorted text, and their application.
//!
//! ```text
//! alias <TAB> id <TAB> spelling [ <TAB> name <TAB> kind ]     a further spelling of an entity
//! hide <TAB> id                                               no entity at all
//! merge <TAB> id <TAB> into [ <TAB> name <TAB> kind ]         one entity under two ids
//! retype <TAB> id <TAB> kind
//! ```
//! Name and kind describe the entity that stays, for the case that no list has it.

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

use crate::article::{Article, Entity, Kind, Outlet, Source, SourceKind};
use crate::names::fold::fold;
use crate::names::gazetteer::{Class, MAX_NAME_BYTES};

/// Longest id, in bytes: a slug of the longest name has no more.
const MAX_ID_BYTES: usize = 2 * MAX_NAME_BYTES;

/// An entity that a correction points to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
}

/// One correction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Correction {
    /// A further spelling of an entity.
    Alias {
        /// The spelling.
        spelling: String,
        /// Whose it is.
        of: Target,
    },
    /// What has this id is no entity.
    Hide(String),
    /// What has the one id is the other.
    Merge {
        /// The id that goes.
        from: String,
        /// What stays.
        into: Target,
    },
    /// What has this id is of another kind.
    Retype(String, Kind),
}

/// What is wrong with a correction.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CorrectionError {
    /// A line that cannot be read.
    #[error("line {line}: {fault}")]
    Line {
        /// Its number, from 1.
        line: usize,
        /// What is wrong with it.
        fault: Box<CorrectionError>,
    },
    /// Bytes that are no UTF-8.
    #[error("not UTF-8")]
    Encoding,
    /// Another word than the four.
    #[error("unknown correction `{0}` (one of alias, hide, merge, retype)")]
    Verb(String),
    /// Too few or too many cells.
    #[error("`{0}` takes {1}")]
    Cells(&'static str, &'static str),
    /// An id that cannot be one.
    #[error("`{0}` is no id")]
    Id(String),
    /// A spelling that cannot be found in a text.
    #[error("`{0}` is no name: it needs a letter and at most {MAX_NAME_BYTES} bytes")]
    Spelling(String),
    /// A word that is no kind.
    #[error("unknown kind `{0}` (one of person, organisation, place)")]
    Kind(String),
    /// A merge that comes back to where it began.
    #[error("merging `{0}` goes in a circle: {1}")]
    Circle(String, String),
    /// An id that is merged already.
    #[error("`{0}` is merged into `{1}` already")]
    Merged(String, String),
    /// A spelling that is another's already.
    #[error("`{0}` is a spelling of `{1}` already")]
    Taken(String, String),
}

/// All corrections.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Corrections {
    aliases: BTreeMap<String, Target>,
    hidden: BTreeSet<String>,
    merges: BTreeMap<String, Target>,
    kinds: BTreeMap<String, Kind>,
    /// What every merged id comes to in the end.
    roots: BTreeMap<String, String>,
    /// The entities that corrections describe, by id.
    described: BTreeMap<String, Target>,
}

impl Corrections {
    /// Reads what [`Self::to_text`] wrote, or what a user did.
    ///
    /// # Errors
    /// [`CorrectionError::Line`] for the first line that is wrong.
    pub fn parse(text: &[u8]) -> Result<Self, CorrectionError> {
        let mut corrections = Self::default();
        for (number, bytes) in text.split(|&byte| byte == b'\n').enumerate() {
            let at_line = |fault| CorrectionError::Line { line: number + 1, fault: Box::new(fault) };
            let line = std::str::from_utf8(bytes).map_err(|_| at_line(CorrectionError::Encoding))?;
            let line = line.trim_start_matches('\u{feff}').trim_end_matches('\r');
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let correction = Correction::of_line(line).map_err(at_line)?;
            corrections.add_unrooted(correction).map_err(at_line)?;
        }
        corrections.settle();
        Ok(corrections)
    }

    /// Adds one correction; one that is there already changes nothing.
    ///
    /// # Errors
    /// Where it contradicts those that there are.
    pub fn add(&mut self, correction: Correction) -> Result<(), CorrectionError> {
        self.add_unrooted(correction)?;
        self.settle();
        Ok(())
    }

    /// Takes one correction back; whether it was there.
    pub fn remove(&mut self, correction: &Correction) -> bool {
        let removed = match correction {
            Correction::Alias { spelling, of } => {
                let held = self.aliases.get(spelling).is_some_and(|target| target.id == of.id);
                held && self.aliases.remove(spelling).is_some()
            }
            Correction::Hide(id) => self.hidden.remove(id),
            Correction::Merge { from, into } => {
                let held = self.merges.get(from).is_some_and(|target| target.id == into.id);
                held && self.merges.remove(from).is_some()
            }
            Correction::Retype(id, _) => self.kinds.remove(id).is_some(),
        };
        self.roots = self.merges.iter().map(|(from, into)| (from.clone(), into.id.clone())).collect();
        self.settle();
        removed
    }

    fn add_unrooted(&mut self, correction: Correction) -> Result<(), CorrectionError> {
        match correction {
            Correction::Alias { spelling, of } => match self.aliases.get(&spelling) {
                Some(known) if known.id != of.id => {
                    return Err(CorrectionError::Taken(spelling, known.id.clone()));
                }
                _ => drop(self.aliases.insert(spelling, of)),
            },
            Correction::Hide(id) => drop(self.hidden.insert(id)),
            Correction::Retype(id, kind) => drop(self.kinds.insert(id, kind)),
            Correction::Merge { from, into } => {
                if let Some(known) = self.merges.get(&from)
                    && known.id != into.id
                {
                    return Err(CorrectionError::Merged(from, known.id.clone()));
                }
                let root = self.root_of(&into.id);
                if root == from {
                    return Err(self.circle(from, &into.id));
                }
                self.roots.insert(from.clone(), root);
                self.merges.insert(from, into);
            }
        }
        Ok(())
    }

    /// What `id` comes to; ids on the way are brought nearer to it, so that no chain is long twice.
    fn root_of(&mut self, id: &str) -> String {
        let mut way = Vec::new();
        let mut at = id.to_owned();
        while let Some(next) = self.roots.get(&at) {
            let next = next.clone();
            way.push(std::mem::replace(&mut at, next));
        }
        for passed in way {
            self.roots.insert(passed, at.clone());
        }
        at
    }

    /// The way from `into` back to `from`, as an error.
    fn circle(&self, from: String, into: &str) -> CorrectionError {
        let mut way = vec![from.as_str(), into];
        let mut at = into;
        while at != from
            && let Some(next) = self.merges.get(at)
        {
            at = &next.id;
            way.push(at);
        }
        let shown = shortened(&way);
        CorrectionError::Circle(from, shown)
    }

    /// Brings what is derived up to date.
    fn settle(&mut self) {
        let merged: Vec<String> = self.merges.keys().cloned().collect();
        for id in merged {
            self.root_of(&id);
        }
        let targets = self.aliases.values().chain(self.merges.values());
        self.described = targets.map(|target| (target.id.clone(), target.clone())).collect();
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.aliases.len() + self.hidden.len() + self.merges.len() + self.kinds.len()
    }

    /// The corrections as lines, sorted.
    pub fn to_text(&self) -> String {
        let mut lines = BTreeSet::new();
        let described = |target: &Target| format!("{}\t{}", target.name, kind_name(target.kind));
        for (spelling, of) in &self.aliases {
            lines.insert(format!("alias\t{}\t{spelling}\t{}\n", of.id, described(of)));
        }
        lines.extend(self.hidden.iter().map(|id| format!("hide\t{id}\n")));
        for (from, into) in &self.merges {
            lines.insert(format!("merge\t{from}\t{}\t{}\n", into.id, described(into)));
        }
        lines.extend(self.kinds.iter().map(|(id, kind)| format!("retype\t{id}\t{}\n", kind_name(*kind))));
        lines.into_iter().collect()
    }

    /// What `id` is called after all merges; none where it is hidden.
    pub fn canonical<'a>(&'a self, id: &'a str) -> Option<&'a str> {
        let root = self.roots.get(id).map_or(id, String::as_str);
        (!self.hidden.contains(id) && !self.hidden.contains(root)).then_some(root)
    }

    /// The ids that were merged into `root`, in order.
    pub fn members<'a>(&'a self, root: &'a str) -> impl Iterator<Item = &'a str> {
        self.roots.iter().filter(move |(_, of)| *of == root).map(|(id, _)| id.as_str())
    }

    /// The kind that `id` was given.
    pub fn kind_of(&self, id: &str) -> Option<Kind> {
        self.kinds.get(id).copied()
    }

    /// Added spellings with whose they are; those of merged entities belong to what these came to.
    pub fn aliases(&self) -> impl Iterator<Item = (&str, &Target)> {
        self.aliases.iter().map(|(spelling, of)| (spelling.as_str(), of))
    }

    /// The entity `id` as a correction describes it.
    pub fn described(&self, id: &str) -> Option<Entity> {
        let target = self.described.get(id)?;
        let (id, name, kind) = (target.id.clone(), target.name.clone(), target.kind);
        Some(Entity { id, name, kind, country: None, coordinates: None })
    }

    /// Corrects `article`; `listed` knows the entities of the lists. Done twice it changes no more.
    pub fn apply(&self, article: &mut Article, listed: &dyn Fn(&str) -> Option<Entity>) {
        if self.is_empty() {
            return;
        }
        article.mentions.retain_mut(|mention| {
            let entity = &mut mention.entity;
            let Some(root) = self.canonical(&entity.id).map(str::to_owned) else { return false };
            if root != entity.id
                && let Some(known) = listed(&root).or_else(|| self.described(&root))
            {
                *entity = known;
            }
            if let Some(kind) = self.kind_of(&root) {
                entity.kind = kind;
            }
            true
        });
        article.citations.retain_mut(|citation| self.apply_to_source(&mut citation.source, listed));
        for quote in &mut article.quotes {
            for source in [&mut quote.speaker, &mut quote.carrier] {
                if source.as_mut().is_some_and(|source| !self.apply_to_source(source, listed)) {
                    *source = None;
                }
            }
            if quote.speaker.is_none() {
                quote.speaker_span = None;
            }
        }
        for outlet in [&mut article.publisher, &mut article.host, &mut article.credit].into_iter().flatten() {
            self.apply_to_outlet(outlet, listed);
        }
    }

    /// Whether the source stays.
    fn apply_to_source(&self, source: &mut Source, listed: &dyn Fn(&str) -> Option<Entity>) -> bool {
        let Some(root) = self.canonical(&source.id).map(str::to_owned) else { return false };
        if root != source.id
            && let Some(known) = listed(&root).or_else(|| self.described(&root))
        {
            source.id = root.clone();
            source.name = known.name;
        }
        match self.kind_of(&root) {
            Some(Kind::Person) => source.kind = SourceKind::Person,
            Some(Kind::Organisation) if source.kind == SourceKind::Person => {
                source.kind = SourceKind::Institution;
            }
            _ => {}
        }
        true
    }

    /// Who wrote an article is never hidden: only what an outlet is called changes.
    fn apply_to_outlet(&self, outlet: &mut Outlet, listed: &dyn Fn(&str) -> Option<Entity>) {
        let Some(root) = self.roots.get(&outlet.id) else { return };
        if let Some(known) = listed(root).or_else(|| self.described(root)) {
            outlet.id.clone_from(root);
            outlet.name = known.name;
        }
    }
}

impl Correction {
    /// Reads one line.
    fn of_line(line: &str) -> Result<Self, CorrectionError> {
        let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
        match cells.as_slice() {
            ["hide", id] => Ok(Self::Hide(checked_id(id)?)),
            ["hide", ..] => Err(CorrectionError::Cells("hide", "an id")),
            ["retype", id, kind] => Ok(Self::Retype(checked_id(id)?, kind_of_word(kind)?)),
            ["retype", ..] => Err(CorrectionError::Cells("retype", "an id and a kind")),
            ["merge", from, into, described @ ..] if matches!(described.len(), 0 | 2) => {
                Ok(Self::Merge { from: checked_id(from)?, into: target(into, described)? })
            }
            ["merge", ..] => {
                Err(CorrectionError::Cells("merge", "two ids, and the name and kind of the second"))
            }
            ["alias", id, spelling, described @ ..] if matches!(described.len(), 0 | 2) => {
                Ok(Self::Alias { spelling: checked_spelling(spelling)?, of: target(id, described)? })
            }
            ["alias", ..] => {
                Err(CorrectionError::Cells("alias", "an id and a spelling, and the name and kind"))
            }
            [verb, ..] => Err(CorrectionError::Verb((*verb).to_owned())),
            [] => Err(CorrectionError::Verb(String::new())),
        }
    }
}

fn target(id: &str, described: &[&str]) -> Result<Target, CorrectionError> {
    let id = checked_id(id)?;
    let (name, kind) = match described {
        [name, kind] => (checked_spelling(name)?, kind_of_word(kind)?),
        _ => (name_of_id(&id), Kind::Organisation),
    };
    Ok(Target { id, name, kind })
}

/// What an id tells of the name it was made from.
fn name_of_id(id: &str) -> String {
    let words = id.trim_start_matches('~').replace('-', " ");
    let end = words.floor_char_boundary(MAX_NAME_BYTES);
    words[..end].trim().to_owned()
}

/// An id as it may stand in a line: not empty, without white space, of no unheard-of length.
pub(super) fn checked_id(id: &str) -> Result<String, CorrectionError> {
    let sound = !id.is_empty()
        && id.len() <= MAX_ID_BYTES
        && fold(&name_of_id(id)).chars().any(char::is_alphanumeric)
        && !id.chars().any(|c| c.is_whitespace() || c.is_control());
    if sound { Ok(id.to_owned()) } else { Err(CorrectionError::Id(id.chars().take(80).collect())) }
}

fn checked_spelling(text: &str) -> Result<String, CorrectionError> {
    let sound = text.len() <= MAX_NAME_BYTES
        && fold(text).chars().any(char::is_alphanumeric)
        && !text.chars().any(char::is_control);
    if sound { Ok(text.to_owned()) } else { Err(CorrectionError::Spelling(text.chars().take(80).collect())) }
}

fn kind_of_word(word: &str) -> Result<Kind, CorrectionError> {
    Class::of_word(word).map(Class::kind).ok_or_else(|| CorrectionError::Kind(word.to_owned()))
}

/// The word for a kind.
pub fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Person => "person",
        Kind::Organisation => "organisation",
        Kind::Place => "place",
    }
}

/// A way through ids, its middle left out where it is long.
fn shortened(way: &[&str]) -> String {
    const ENDS: usize = 3;
    if way.len() <= 2 * ENDS {
        return way.join(" → ");
    }
    format!("{} → … → {}", way[..ENDS].join(" → "), way[way.len() - ENDS..].join(" → "))
}

impl Target {
    /// A target whose id and name may stand in a line.
    ///
    /// # Errors
    /// Where they may not.
    pub fn checked(id: &str, name: &str, kind: Kind) -> Result<Self, CorrectionError> {
        Ok(Self { id: checked_id(id)?, name: checked_spelling(name.trim())?, kind })
    }
}

impl Correction {
    /// A new spelling, checked.
    ///
    /// # Errors
    /// Where no text could hold it.
    pub fn alias(spelling: &str, of: Target) -> Result<Self, CorrectionError> {
        Ok(Self::Alias { spelling: checked_spelling(spelling.trim())?, of })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        Corrections::parse(text.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn what_is_written_is_read_again() {
        let text = "alias\tkyiv\tKyjiw\tKyiv\tplace\nhide\t~icon\nmerge\t~acme\tacme\tAcme\torganisation\nretype\tacme\tperson\n";
        let corrections = Corrections::parse(text.as_bytes()).unwrap();
        assert_eq!(corrections.to_text(), text);
        assert_eq!(corrections.len(), 4);
        let shuffled: String = text.lines().rev().map(|line| format!("{line}\r\n")).collect();
        assert_eq!(Corrections::parse(shuffled.as_bytes()).unwrap(), corrections);
    }

    #[test]
    fn wrong_lines_are_named() {
        assert_eq!(
            error("# fine\n\nfrobnicate\tx\n"),
            "line 3: unknown correction `frobnicate` (one of alias, hide, merge, retype)"
        );
        assert_eq!(error("hide\t\n"), "line 1: `` is no id");
        assert_eq!(error("hide\ta b\n"), "line 1: `a b` is no id");
        assert_eq!(
            error("retype\tx\tplanet\n"),
            "line 1: unknown kind `planet` (one of person, organisation, place)"
        );
        assert!(error("merge\tx\n").starts_with("line 1: `merge` takes two ids"));
        assert!(error("alias\tx\t...\n").starts_with("line 1: `...` is no name"));
        let bytes = Corrections::parse(b"hide\tx\nhide\t\xff\n").unwrap_err().to_string();
        assert_eq!(bytes, "line 2: not UTF-8");
    }

    #[test]
    fn circles_are_found_wherever_they_close() {
        assert_eq!(error("merge\ta\ta\n"), "line 1: merging `a` goes in a circle: a → a");
        assert_eq!(
            error("merge\ta\tb\nmerge\tb\tc\nmerge\tc\ta\n"),
            "line 3: merging `c` goes in a circle: c → a → b → c"
        );
        assert_eq!(error("merge\ta\tb\nmerge\ta\tc\n"), "line 2: `a` is merged into `b` already");
        let long: String = (0..5000).map(|n| format!("merge\te{n}\te{}\n", (n + 1) % 5000)).collect();
        assert!(error(&long).ends_with("e4999 → e0 → e1 → … → e4997 → e4998 → e4999"));
    }

    #[test]
    fn a_long_chain_has_one_end() {
        let chain: String = (0..3000).map(|n| format!("merge\te{n}\te{}\n", n + 1)).collect();
        let corrections = Corrections::parse(chain.as_bytes()).unwrap();
        assert_eq!(corrections.canonical("e0"), Some("e3000"));
        assert_eq!(corrections.canonical("e2999"), Some("e3000"));
        assert_eq!(corrections.members("e3000").count(), 3000);
    }

    #[test]
    fn odd_ids_are_refused_or_kept() {
        let long = "a-".repeat(199);
        for id in ["---", "~", "ʼ", &"x".repeat(401)] {
            assert!(error(&format!("hide\t{id}\n")).contains("is no id"), "{id}");
        }
        let corrections = Corrections::parse(format!("merge\tx\t{long}\n").as_bytes()).unwrap();
        assert_eq!(Corrections::parse(corrections.to_text().as_bytes()).unwrap(), corrections);
    }

    #[test]
    fn what_was_added_can_be_taken_back() {
        let mut corrections = Corrections::default();
        let hide = Correction::Hide("x".to_owned());
        corrections.add(hide.clone()).unwrap();
        corrections.add(hide.clone()).unwrap();
        assert_eq!(corrections.canonical("x"), None);
        assert!(corrections.remove(&hide) && !corrections.remove(&hide));
        assert_eq!(corrections.canonical("x"), Some("x"));
        let taken = Corrections::parse(b"alias\ta\tNom\nalias\tb\tNom\n").unwrap_err().to_string();
        assert_eq!(taken, "line 2: `Nom` is a spelling of `a` already");
    }
}
