//! What a user adds to the lists of names that ship, and corrects of them.
//!
//! Own names are a list like any other, asked first. Corrections come after annotation: they rename
//! ids, hide them or change their kind, and are the same whether an article is being indexed or read
//! from an index made before. Files are read and written elsewhere.

mod corrections;
mod own_list;

pub use corrections::{Correction, CorrectionError, Corrections, Target, kind_name};
pub use own_list::{MAX_LIST_BYTES, MAX_LIST_ENTRIES, OwnListError, read_own_list};

use sha2::{Digest, Sha256};

use super::Annotator;
use super::gazetteer::{Class, CompiledError, Entry, Gazetteer, Variant, compile};
use crate::article::{Article, Entity, Kind};
use crate::query::{NameResolver, Resolved};

/// The user's own names and corrections, ready for use.
#[derive(Debug, Default)]
pub struct OwnNames {
    list: Option<Gazetteer>,
    corrections: Corrections,
    fingerprint: u64,
}

impl OwnNames {
    /// Names of `entries` and of the spellings that `corrections` add.
    ///
    /// # Errors
    /// [`CompiledError`] where the list outgrows the layout.
    pub fn new(entries: Vec<Entry>, corrections: Corrections) -> Result<Self, CompiledError> {
        let (bytes, fingerprint) = Self::compile(entries, &corrections)?;
        Self::of_compiled(bytes, corrections, fingerprint)
    }

    /// The compiled form of `entries` with the spellings that `corrections` add, empty where there are
    /// none, and the fingerprint of both: a large list takes seconds.
    ///
    /// # Errors
    /// [`CompiledError`] where the list outgrows the layout.
    pub fn compile(
        mut entries: Vec<Entry>,
        corrections: &Corrections,
    ) -> Result<(Vec<u8>, u64), CompiledError> {
        let fingerprint = fingerprint(&entries, corrections);
        add_aliases(&mut entries, corrections);
        let bytes = if entries.is_empty() { Vec::new() } else { compile(entries, &[])? };
        Ok((bytes, fingerprint))
    }

    /// What [`Self::compile`] gave, with the same corrections.
    ///
    /// # Errors
    /// [`CompiledError`] where the bytes are no list of this version.
    pub fn of_compiled(
        bytes: Vec<u8>,
        corrections: Corrections,
        fingerprint: u64,
    ) -> Result<Self, CompiledError> {
        let list = if bytes.is_empty() { None } else { Some(Gazetteer::of_compiled(bytes)?) };
        Ok(Self { list, corrections, fingerprint })
    }

    /// Tells these names and corrections from others; 0 where there are none.
    pub fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    /// The corrections.
    pub fn corrections(&self) -> &Corrections {
        &self.corrections
    }

    /// Finds the names, cited sources and quotes of `article` by all lists, and corrects them.
    pub fn annotate(&self, article: &mut Article) {
        match &self.list {
            Some(list) => Annotator::with_own(list).annotate(article),
            None => super::annotate(article),
        }
        self.correct(article);
    }

    /// Applies the corrections to an article that was annotated without them.
    pub fn correct(&self, article: &mut Article) {
        self.corrections.apply(article, &|id| self.listed(id));
    }

    /// The entity with that id, of the own list or of those that ship, as corrected; `None` where no
    /// list has it.
    pub fn entity(&self, id: &str) -> Option<Entity> {
        let mut entity = self.listed(id).or_else(|| self.corrections.described(id))?;
        if let Some(kind) = self.corrections.kind_of(id) {
            entity.kind = kind;
        }
        Some(entity)
    }

    fn listed(&self, id: &str) -> Option<Entity> {
        let of = |list: &Gazetteer| list.by_id(id).map(|index| list.entity(index));
        self.list.as_ref().and_then(of).or_else(|| of(Gazetteer::builtin()))
    }

    fn resolved(&self, id: &str, ordinary_word: bool) -> Option<Resolved> {
        let entity = self.entity(id)?;
        Some(Resolved {
            id: entity.id,
            name: entity.name,
            kind: entity.kind,
            country: entity.country,
            ordinary_word,
        })
    }
}

impl NameResolver for OwnNames {
    fn entities(&self, name: &str) -> Vec<Resolved> {
        let own = self.list.as_ref().map(|list| list.entities(name)).unwrap_or_default();
        let mut found: Vec<Resolved> = Vec::new();
        for entity in own.into_iter().chain(Gazetteer::builtin().entities(name)) {
            let Some(id) = self.corrections.canonical(&entity.id) else { continue };
            let ordinary_word = entity.ordinary_word;
            let mut add = |resolved: Option<Resolved>| {
                if let Some(resolved) = resolved
                    && !found.iter().any(|known| known.id == resolved.id)
                {
                    found.push(resolved);
                }
            };
            add(self.resolved(id, ordinary_word).or_else(|| Some(entity.clone())));
            // An index made before a merge still has the ids that were merged.
            for member in self.corrections.members(id) {
                let described = self.resolved(id, ordinary_word);
                add(described.map(|resolved| Resolved { id: member.to_owned(), ..resolved }));
            }
        }
        found
    }

    fn spellings(&self, id: &str) -> Vec<String> {
        let mut spellings = Gazetteer::builtin().spellings(id);
        spellings.extend(self.list.as_ref().map(|list| list.spellings(id)).unwrap_or_default());
        spellings.sort_unstable();
        spellings.dedup();
        spellings
    }
}

/// Enters added spellings: with the entry of the own list that they belong to, or as an entry of
/// their own that has the same id as one of another list.
fn add_aliases(entries: &mut Vec<Entry>, corrections: &Corrections) {
    let places: std::collections::BTreeMap<String, usize> =
        entries.iter().enumerate().map(|(at, entry)| (entry.id.clone(), at)).collect();
    let mut added: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
    for (spelling, target) in corrections.aliases() {
        let at = match places.get(&target.id).or_else(|| added.get(&target.id)) {
            Some(&at) => at,
            None => {
                entries.push(entry_of(target));
                added.insert(target.id.clone(), entries.len() - 1);
                entries.len() - 1
            }
        };
        entries[at].variants.push(Variant::plain(spelling));
    }
}

/// An entry with the id of an entity that other lists have, or that none has.
fn entry_of(target: &Target) -> Entry {
    let builtin = Gazetteer::builtin();
    let Some(index) = builtin.by_id(&target.id) else {
        let class = match target.kind {
            Kind::Person => Class::Person,
            Kind::Organisation => Class::Organisation,
            Kind::Place => Class::Region,
        };
        return Entry::new(&target.id, &target.name, class);
    };
    let record = builtin.record(index);
    let mut entry = Entry::new(&target.id, builtin.name(index), record.class);
    // The other list has the name itself, with all that is known of it.
    entry.variants.clear();
    entry.country = (record.country != [0; 2]).then_some(record.country);
    entry.coordinates = record.coordinates;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of people")]
    let population = record.population as u64;
    entry.population = population;
    entry
}

/// A hash of everything that decides which names are found and what they are.
fn fingerprint(entries: &[Entry], corrections: &Corrections) -> u64 {
    if entries.is_empty() && corrections.is_empty() {
        return 0;
    }
    let mut lines: Vec<String> = entries.iter().map(|entry| format!("{entry:?}")).collect();
    lines.sort_unstable();
    let mut hash = Sha256::new();
    for line in &lines {
        hash.update(line.as_bytes());
        hash.update([0]);
    }
    hash.update(corrections.to_text().as_bytes());
    let digest = hash.finalize();
    digest.iter().take(8).fold(0, |sum, byte| (sum << 8) | u64::from(*byte)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(list: &str, corrections: &str) -> OwnNames {
        let entries = read_own_list(list.as_bytes()).unwrap();
        OwnNames::new(entries, Corrections::parse(corrections.as_bytes()).unwrap()).unwrap()
    }

    fn annotated(names: &OwnNames, text: &str) -> Article {
        let mut article = Article { text: text.to_owned(), word_count: 9, ..Article::default() };
        names.annotate(&mut article);
        article
    }

    fn ids(names: &OwnNames, text: &str) -> Vec<String> {
        annotated(names, text).mentions.into_iter().map(|mention| mention.entity.id).collect()
    }

    #[test]
    fn own_names_are_found_and_asked_first() {
        let names = names("quay\tQuayside Trust\torganisation\tQST\tcountry=GB\n", "");
        assert!(ids(&names, "The Quayside Trust met in Kharkiv.").contains(&"quay".to_owned()));
        assert_eq!(names.entities("qst").first().map(|entity| entity.id.as_str()), Some("quay"));
        assert_eq!(names.entity("quay").unwrap().country.as_deref(), Some("GB"));
    }

    #[test]
    fn a_new_spelling_finds_the_entity_it_was_given_to() {
        let names = names("", "alias\tkharkiv\tSlobodograd\n");
        assert_eq!(ids(&names, "Trains to Slobodograd were late."), ["kharkiv"]);
        let article = annotated(&names, "Trains to Slobodograd were late.");
        assert_eq!(article.mentions[0].entity.country.as_deref(), Some("UA"));
        assert_eq!(names.entities("slobodograd")[0].id, "kharkiv");
    }

    #[test]
    fn merged_ids_are_one_and_hidden_ones_none() {
        let names = names("", "hide\tlviv\nmerge\tkharkiv\tkyiv\n");
        assert_eq!(ids(&names, "From Kharkiv to Lviv and on to Kyiv."), ["kyiv", "kyiv"]);
        let resolved: Vec<String> = names.entities("Kharkov").into_iter().map(|entity| entity.id).collect();
        assert_eq!(resolved[..2], ["kyiv", "kharkiv"]);
        assert!(names.entities("Lviv").iter().all(|entity| entity.id != "lviv"));
    }

    #[test]
    fn the_fingerprint_tells_what_would_change_articles() {
        let none = names("", "");
        assert_eq!(none.fingerprint(), 0);
        let one = names("a\tAba Works\tcompany\n", "");
        let other = names("a\tAba Works\tcompany\tABW\n", "");
        let hidden = names("a\tAba Works\tcompany\n", "hide\tlviv\n");
        let again = names("# a comment\na\tAba Works\tcompany\n\n", "");
        assert_ne!(one.fingerprint(), other.fingerprint());
        assert_ne!(one.fingerprint(), hidden.fingerprint());
        assert_eq!(one.fingerprint(), again.fingerprint());
    }
}
