//! Compiling entries into the bytes of a [`Gazetteer`](super::Gazetteer). It reads no files.

use std::collections::{BTreeMap, BTreeSet};

use fst::MapBuilder;

use super::compiled::{CompiledError, FormFlags, MAGIC, Relation, coordinate_codes, population_code};
use super::entry::{Class, Entry, Variant};
use super::inflection::inflected;
use crate::names::fold::{fold, slug};

/// Most meanings that a form keeps; the weightiest stay.
const MAX_SENSES: usize = 48;

/// A form while the list is compiled.
#[derive(Default)]
struct Draft {
    flags: u16,
    senses: BTreeMap<u32, Relation>,
}

/// Compiles `entries`, and words with their [`FormFlags`] (given names, surnames, ordinary words).
///
/// The bytes depend on the entries alone, not on their order. Of entries that share an id the first stays.
///
/// # Errors
/// [`CompiledError::Forms`] where the forms can't be written.
pub fn compile(mut entries: Vec<Entry>, words: &[(String, u16)]) -> Result<Vec<u8>, CompiledError> {
    entries.sort_by(|a, b| a.id.cmp(&b.id));
    entries.dedup_by(|later, earlier| later.id == earlier.id);
    let mut drafts = BTreeMap::<String, Draft>::new();
    for (index, entry) in entries.iter().enumerate() {
        for (n, variant) in entry.variants.iter().enumerate() {
            add_variant(&mut drafts, index as u32, variant, n == 0);
        }
    }
    for (word, flags) in words {
        let key = fold(word);
        match drafts.get_mut(&key) {
            Some(draft) => draft.flags |= flags,
            None if flags & !FormFlags::COMMON != 0 && !key.is_empty() => {
                drafts.insert(key, Draft { flags: *flags, ..Draft::default() });
            }
            None => {}
        }
    }
    let (forms, meanings) = write_forms(&drafts, &entries)?;
    let (records, strings) = write_records(&entries);
    let mut bytes = MAGIC.to_vec();
    for part in [&forms, &meanings, &records, &strings] {
        bytes.extend((part.len() as u32).to_le_bytes());
    }
    for part in [forms, meanings, records, strings] {
        bytes.extend(part);
    }
    Ok(bytes)
}

/// Enters a variant with its inflected forms.
fn add_variant(drafts: &mut BTreeMap<String, Draft>, index: u32, variant: &Variant, canonical: bool) {
    let mut relation = 0;
    for (holds, bit) in [
        (variant.demonym, Relation::DEMONYM),
        (variant.doubtful, Relation::WEAK),
        (!canonical, Relation::ALIAS),
        (is_acronym(&variant.text), Relation::CAPS),
    ] {
        if holds {
            relation |= bit;
        }
    }
    let mut forms = if variant.fixed { Vec::new() } else { inflected(&variant.text) };
    forms.push(variant.text.clone());
    for form in forms {
        let key = fold(&form);
        if key.is_empty() {
            continue;
        }
        let draft = drafts.entry(key).or_default();
        draft.flags |= case_flags(&form);
        // Where an entity has a form twice, as a demonym and a name say, the plainer relation holds.
        let held = draft.senses.entry(index).or_insert(Relation(relation));
        held.0 &= relation;
    }
}

/// Whether `text` is written in capitals alone, with at least two of them.
fn is_acronym(text: &str) -> bool {
    let capitals = text.chars().filter(|c| c.is_uppercase()).count();
    capitals >= 2 && !text.chars().any(char::is_lowercase)
}

/// Words that stay in lower case within names.
const CONNECTORS: [&str; 28] = [
    "of", "and", "the", "for", "in", "on", "at", "to", "by", "de", "la", "le", "du", "des", "da", "do",
    "dos", "del", "der", "den", "di", "et", "y", "e", "und", "und", "a", "les",
];

/// Whether a word may stay in lower case within any name.
pub(super) fn is_connector(word: &str) -> bool {
    CONNECTORS.contains(&word)
}

fn case_flags(form: &str) -> u16 {
    let mut flags = 0;
    let lower = |word: &str| word.chars().next().is_some_and(char::is_lowercase) && !is_connector(word);
    if form.split([' ', '-']).skip(1).any(lower) || form.chars().next().is_some_and(char::is_lowercase) {
        flags |= FormFlags::LOOSE_CASE;
    }
    if form.ends_with('.') && !is_acronym(form) {
        flags |= FormFlags::ABBREVIATION;
    }
    flags
}

fn kind_flag(class: Class) -> u16 {
    match class {
        Class::Person => FormFlags::PERSON,
        Class::Country => FormFlags::COUNTRY,
        Class::State | Class::City | Class::Region => FormFlags::PLACE,
        _ => FormFlags::ORGANISATION,
    }
}

/// The senses of a form, the weightiest first: certain before doubtful, names before aliases,
/// countries before others, then by population and id.
fn ranked(draft: &Draft, entries: &[Entry]) -> Vec<(u32, Relation)> {
    let mut senses: Vec<_> = draft.senses.iter().map(|(&index, &relation)| (index, relation)).collect();
    senses.sort_by_key(|&(index, relation)| {
        let entry = &entries[index as usize];
        (
            relation.any(Relation::WEAK),
            entry.class != Class::Country,
            relation.any(Relation::ALIAS),
            std::cmp::Reverse(entry.population),
            index,
        )
    });
    senses.truncate(MAX_SENSES);
    senses
}

fn flags_of(draft: &Draft, senses: &[(u32, Relation)], entries: &[Entry]) -> u16 {
    let mut flags = draft.flags;
    if !senses.is_empty() && senses.iter().all(|(_, relation)| relation.any(Relation::CAPS)) {
        flags |= FormFlags::CAPS;
    }
    for &(index, relation) in senses {
        flags |= match relation.any(Relation::DEMONYM) {
            true => FormFlags::DEMONYM,
            false => kind_flag(entries[index as usize].class),
        };
        if !relation.any(Relation::WEAK) {
            flags |= FormFlags::STRONG;
        }
    }
    flags
}

/// Writes the forms and their meanings; forms with one meaning share it.
fn write_forms(
    drafts: &BTreeMap<String, Draft>,
    entries: &[Entry],
) -> Result<(Vec<u8>, Vec<u8>), CompiledError> {
    let mut meanings = Vec::new();
    let mut offsets = BTreeMap::<Vec<u8>, u64>::new();
    let mut forms = MapBuilder::memory();
    for (key, draft) in drafts {
        let senses = ranked(draft, entries);
        let mut meaning = flags_of(draft, &senses, entries).to_le_bytes().to_vec();
        meaning.push(senses.len() as u8);
        for (index, relation) in senses {
            let [a, b, c, _] = index.to_le_bytes();
            meaning.extend([a, b, c, relation.0]);
        }
        let next = meanings.len() as u64;
        let offset = *offsets.entry(meaning.clone()).or_insert(next);
        if offset == next {
            meanings.extend(meaning);
        }
        forms.insert(key, offset)?;
    }
    Ok((forms.into_inner()?, meanings))
}

fn write_records(entries: &[Entry]) -> (Vec<u8>, Vec<u8>) {
    let (mut records, mut strings) = (Vec::new(), Vec::new());
    let mut put = |text: &str| {
        let at = strings.len() as u32;
        strings.push(text.len() as u8);
        strings.extend(text.as_bytes());
        at
    };
    for entry in entries {
        let name_slug = slug(&entry.name);
        let at = put(&entry.name);
        match entry.id.strip_prefix(name_slug.as_str()) {
            Some("") => put(""),
            Some(tail) => put(&format!("+{tail}")),
            None => put(&entry.id),
        };
        records.extend(at.to_le_bytes());
        records.extend([entry.class as u8, 0]);
        records.extend(entry.country.unwrap_or_default());
        records.extend(entry.admin);
        records.push(population_code(entry.population));
        coordinate_codes(entry.coordinates).iter().for_each(|code| records.extend(code.to_le_bytes()));
    }
    (records, strings)
}

/// Gives ids to entries without one: the name's slug for the most populous of a name, and for the
/// others the slug with the country, then with the division, then with a number.
pub fn assign_ids(entries: &mut [Entry]) {
    let mut taken: BTreeSet<String> =
        entries.iter().filter(|e| !e.id.is_empty()).map(|e| e.id.clone()).collect();
    let mut order: Vec<usize> = (0..entries.len()).filter(|&n| entries[n].id.is_empty()).collect();
    order.sort_by_key(|&n| (std::cmp::Reverse(entries[n].population), entries[n].name.clone(), n));
    for n in order {
        let entry = &entries[n];
        let code = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end_matches('\0').to_ascii_lowercase();
        let plain = slug(&entry.name);
        let in_country = format!("{plain}-{}", code(&entry.country.unwrap_or_default()));
        let in_division = format!("{in_country}-{}", code(&entry.admin));
        let numbered = (2..).map(|number| format!("{in_division}-{number}"));
        let id = [plain, in_country, in_division.clone()]
            .into_iter()
            .chain(numbered)
            .find(|id| !taken.contains(id));
        let id = id.unwrap_or_default();
        taken.insert(id.clone());
        entries[n].id = id;
    }
}
