//! The compiled form of a list of names: what the bytes mean, and reading them in place.
//!
//! ```text
//! magic            8 bytes
//! lengths          4 × u32, little-endian: forms, meanings, records, strings
//! forms            an fst map: folded form -> offset of its meaning
//! meanings         form flags u16, count u8, then per entity: index u24, relation u8
//! records          16 bytes an entity, sorted by id: see `Record`
//! strings          per entity: length u8, name, length u8, id (empty: the name's slug; `+x`: slug and x)
//! ```
//! Nothing is parsed when a list is opened, so that a program which needs no names pays nothing.

use std::borrow::Cow;

use fst::Map;
use thiserror::Error;

use super::entry::Class;
use super::first_words::{FirstWords, Reached};
use crate::names::fold::{fold, is_separator, is_silent, slug};

/// The first bytes of a compiled list, with the version of the layout.
pub(super) const MAGIC: &[u8; 8] = b"nidxgaz1";
/// Magic and lengths.
pub(super) const HEADER_BYTES: usize = 8 + 4 * 4;
/// Size of a record.
pub(super) const RECORD_BYTES: usize = 16;

/// Why bytes are no compiled list.
#[derive(Debug, Error)]
pub enum CompiledError {
    /// Another magic or too few bytes.
    #[error("not a compiled list of names of this version")]
    Header,
    /// The map of forms can't be read.
    #[error("the forms of a compiled list of names cannot be read")]
    Forms(#[from] fst::Error),
}

/// What is known of a form whoever it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct FormFlags(pub u16);

impl FormFlags {
    /// All that it means is an acronym; matches only in capitals.
    pub const CAPS: u16 = 1;
    /// May have words in lower case after the first.
    pub const LOOSE_CASE: u16 = 1 << 1;
    /// Also an ordinary word, or otherwise in doubt.
    pub const COMMON: u16 = 1 << 2;
    /// Also a given name.
    pub const GIVEN: u16 = 1 << 3;
    /// Also a surname.
    pub const SURNAME: u16 = 1 << 4;
    /// Names a person of a list.
    pub const PERSON: u16 = 1 << 5;
    /// Names an organisation of a list.
    pub const ORGANISATION: u16 = 1 << 6;
    /// Names a country of a list.
    pub const COUNTRY: u16 = 1 << 7;
    /// Names another place of a list.
    pub const PLACE: u16 = 1 << 8;
    /// Says where someone is from.
    pub const DEMONYM: u16 = 1 << 9;
    /// At least one meaning needs no further evidence.
    pub const STRONG: u16 = 1 << 10;
    /// Ends in a full stop that belongs to it ("Calif.").
    pub const ABBREVIATION: u16 = 1 << 11;

    /// Whether any of `flags` is set.
    pub const fn any(self, flags: u16) -> bool {
        self.0 & flags != 0
    }
}

/// How a form stands to the entity it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Relation(pub u8);

impl Relation {
    /// Says where someone is from.
    pub const DEMONYM: u8 = 1;
    /// Counts only with further evidence.
    pub const WEAK: u8 = 2;
    /// Not the canonical name.
    pub const ALIAS: u8 = 4;
    /// Written in capitals, as acronyms are; holds only where the text has capitals too.
    pub const CAPS: u8 = 8;

    /// Whether any of `flags` is set.
    pub const fn any(self, flags: u8) -> bool {
        self.0 & flags != 0
    }
}

/// What one entity's record says, without its strings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Record {
    /// What it is.
    pub class: Class,
    /// ISO 3166-1 alpha-2, zeros where unknown.
    pub country: [u8; 2],
    /// First-level division, zeros where unknown.
    pub admin: [u8; 3],
    /// Inhabitants, to about 4 %; 0 where unknown.
    pub population: f32,
    /// Latitude and longitude in degrees, to 0.006.
    pub coordinates: Option<(f32, f32)>,
    pub(super) strings_at: usize,
}

/// Steps per unit of the natural logarithm in which populations are stored.
const POPULATION_STEPS: f32 = 12.0;
/// Steps per degree in which coordinates are stored; 180 degrees fill an `i16`.
const DEGREE_STEPS: f32 = 182.0;
/// The latitude that stands for "none".
const NO_LATITUDE: i16 = i16::MIN;

pub(super) fn population_code(population: u64) -> u8 {
    ((population as f32 + 1.0).ln() * POPULATION_STEPS).round().min(255.0) as u8
}

pub(super) fn coordinate_codes(coordinates: Option<(f32, f32)>) -> [i16; 2] {
    let step = |degrees: f32| (degrees * DEGREE_STEPS).round() as i16;
    coordinates.map_or([NO_LATITUDE, 0], |(lat, lon)| [step(lat), step(lon)])
}

/// A compiled list, read in place.
#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) forms: Map<Cow<'static, [u8]>>,
    pub(super) first_words: FirstWords,
    meanings: Cow<'static, [u8]>,
    records: Cow<'static, [u8]>,
    strings: Cow<'static, [u8]>,
}

/// Cuts `len` bytes off the front of `rest`.
fn cut(rest: &mut Cow<'static, [u8]>, len: usize) -> Result<Cow<'static, [u8]>, CompiledError> {
    if rest.len() < len {
        return Err(CompiledError::Header);
    }
    Ok(match rest {
        Cow::Borrowed(bytes) => {
            let (front, back) = bytes.split_at(len);
            *bytes = back;
            Cow::Borrowed(front)
        }
        Cow::Owned(bytes) => {
            let back = bytes.split_off(len);
            Cow::Owned(std::mem::replace(bytes, back))
        }
    })
}

impl Compiled {
    /// Opens `bytes` without reading more than the header.
    ///
    /// # Errors
    /// [`CompiledError`] where the bytes are no list of this version.
    pub(super) fn open(bytes: Cow<'static, [u8]>) -> Result<Self, CompiledError> {
        let mut rest = bytes;
        let header = cut(&mut rest, HEADER_BYTES)?;
        if &header[..8] != MAGIC {
            return Err(CompiledError::Header);
        }
        let len = |n: usize| u32_at(&header, 8 + 4 * n) as usize;
        let lens = [len(0), len(1), len(2), len(3)];
        let forms = Map::new(cut(&mut rest, lens[0])?)?;
        let meanings = cut(&mut rest, lens[1])?;
        let records = cut(&mut rest, lens[2])?;
        let strings = cut(&mut rest, lens[3])?;
        Ok(Self { forms, first_words: FirstWords::new(), meanings, records, strings })
    }

    /// How many entities there are.
    pub(super) fn len(&self) -> usize {
        self.records.len() / RECORD_BYTES
    }

    /// Where the meaning of the form stands that `name` as a whole folds to.
    pub(super) fn form_of(&self, name: &str) -> Option<u64> {
        match self.plain_form_of(name.as_bytes()) {
            Some(found) => found,
            None => self.forms.get(fold(name)),
        }
    }

    /// The same for a name in ASCII whose first word is plain; none for others.
    fn plain_form_of(&self, name: &[u8]) -> Option<Option<u64>> {
        let end = name.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(name.len());
        let (word, rest) = name.split_at(end);
        let parted = rest.first().is_none_or(|&byte| byte == b' ');
        if !parted || word.is_empty() || word.eq_ignore_ascii_case(b"the") || !rest.is_ascii() {
            return None;
        }
        let fst = self.forms.as_fst();
        let Reached::Node { addr, mut output, goes_on } = self.first_words.reached(fst, word)? else {
            return Some(None);
        };
        if !goes_on {
            return Some(None);
        }
        let mut node = fst.node(addr);
        let mut space = false;
        for &byte in rest {
            let letter = char::from(byte);
            if is_separator(letter) {
                space = true;
            } else if !is_silent(letter) {
                let step = [b' ', byte.to_ascii_lowercase()];
                for &byte in &step[usize::from(!std::mem::take(&mut space))..] {
                    let Some(n) = node.find_input(byte) else { return Some(None) };
                    let transition = node.transition(n);
                    output = output.cat(transition.out);
                    node = fst.node(transition.addr);
                }
            }
        }
        Some(node.is_final().then(|| output.cat(node.final_output()).value()))
    }

    /// The flags of the form whose meaning stands at `at`.
    pub(super) fn flags(&self, at: u64) -> FormFlags {
        let at = at as usize;
        FormFlags(self.meanings.get(at..at + 2).map_or(0, |b| u16::from_le_bytes([b[0], b[1]])))
    }

    /// The entities that the form whose meaning stands at `at` can mean.
    pub(super) fn senses(&self, at: u64) -> impl Iterator<Item = (u32, Relation)> + '_ {
        let at = at as usize;
        let count = usize::from(self.meanings.get(at + 2).copied().unwrap_or(0));
        let senses = self.meanings.get(at + 3..at + 3 + 4 * count).unwrap_or(&[]);
        senses.as_chunks::<4>().0.iter().map(|&[a, b, c, r]| (u32::from_le_bytes([a, b, c, 0]), Relation(r)))
    }

    /// The record of entity `index`, which must be below [`Self::len`].
    pub(super) fn record(&self, index: u32) -> Record {
        let at = index as usize * RECORD_BYTES;
        let Some(b) = self.records.get(at..at + RECORD_BYTES) else {
            return Record {
                class: Class::Organisation,
                country: [0; 2],
                admin: [0; 3],
                population: 0.0,
                coordinates: None,
                strings_at: usize::MAX,
            };
        };
        let (lat, lon) = (i16::from_le_bytes([b[12], b[13]]), i16::from_le_bytes([b[14], b[15]]));
        let degrees = |code: i16| f32::from(code) / DEGREE_STEPS;
        Record {
            strings_at: u32_at(b, 0) as usize,
            class: Class::of_code(b[4]),
            country: [b[6], b[7]],
            admin: [b[8], b[9], b[10]],
            population: (f32::from(b[11]) / POPULATION_STEPS).exp() - 1.0,
            coordinates: (lat != NO_LATITUDE).then(|| (degrees(lat), degrees(lon))),
        }
    }

    /// The string with its length before it that stands at `at`, and where the next one stands.
    fn string(&self, at: usize) -> (&str, usize) {
        let len = usize::from(self.strings.get(at).copied().unwrap_or(0));
        let end = at.saturating_add(1 + len);
        (self.strings.get(at + 1..end).and_then(|b| std::str::from_utf8(b).ok()).unwrap_or(""), end)
    }

    /// The canonical name of the entity with that record.
    pub(super) fn name(&self, record: &Record) -> &str {
        if record.strings_at == usize::MAX { "" } else { self.string(record.strings_at).0 }
    }

    /// The id of the entity with that record.
    pub(super) fn id(&self, record: &Record) -> String {
        if record.strings_at == usize::MAX {
            return String::new();
        }
        let (name, next) = self.string(record.strings_at);
        match self.string(next).0 {
            "" => slug(name),
            id => id.strip_prefix('+').map_or_else(|| id.to_owned(), |tail| slug(name) + tail),
        }
    }
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).map_or(0, |b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
}
