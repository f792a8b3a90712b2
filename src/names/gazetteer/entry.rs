//! Entries of a list of names, as written by hand or by the user, and the format they are written in.
//!
//! A list is text in lines, an entry a line, with up to five cells separated by tabs:
//!
//! ```text
//! id <TAB> name <TAB> kind <TAB> variants, separated by | <TAB> attributes: key=value; key=value
//! kharkiv <TAB> Kharkiv <TAB> city <TAB> Kharkov|Харків|Харьков <TAB> country=UA; lat=49.98; lon=36.25
//! ```
//!
//! An empty id is made from the name. A variant that begins with `?` is also an ordinary word or
//! somebody else's name and counts only with further evidence; one that begins with `!` is kept
//! as it is, without the inflected forms of its language. Lines that begin with `#` are comments.

use thiserror::Error;

use crate::article::Kind;
use crate::names::fold::{fold, slug};

/// Longest name or variant, in bytes; longer ones are refused, for no name in print comes near.
pub const MAX_NAME_BYTES: usize = 200;

/// What an entry is, finer than its [`Kind`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Class {
    /// A human being.
    Person = 0,
    /// A state, or a territory with a code of its own.
    Country = 1,
    /// A first-level part of a country: state, province, oblast.
    State = 2,
    /// A city, town or village.
    City = 3,
    /// Any other place: continent, sea, river, region.
    Region = 4,
    /// Any body of people that is none of the following.
    Organisation = 5,
    /// A news outlet.
    Outlet = 6,
    /// A part of a government, named by itself or by its seat.
    Institution = 7,
    /// A company.
    Company = 8,
    /// A political party.
    Party = 9,
    /// A sports club or team.
    Team = 10,
}

impl Class {
    const ALL: [(Self, &'static str); 11] = [
        (Self::Person, "person"),
        (Self::Country, "country"),
        (Self::State, "state"),
        (Self::City, "city"),
        (Self::Region, "place"),
        (Self::Organisation, "organisation"),
        (Self::Outlet, "outlet"),
        (Self::Institution, "institution"),
        (Self::Company, "company"),
        (Self::Party, "party"),
        (Self::Team, "team"),
    ];

    /// The class with that word in a list; "region" and "organization" are understood too.
    pub fn of_word(word: &str) -> Option<Self> {
        let word = match word.trim() {
            "region" | "location" | "loc" | "LOC" => "place",
            "organization" | "org" | "ORG" => "organisation",
            "per" | "PER" | "people" => "person",
            other => other,
        };
        Self::ALL.iter().find(|(_, name)| name.eq_ignore_ascii_case(word)).map(|&(class, _)| class)
    }

    /// The class with that number in a compiled list.
    pub(super) fn of_code(code: u8) -> Self {
        Self::ALL.get(usize::from(code)).map_or(Self::Organisation, |&(class, _)| class)
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|&&(class, _)| class == self).map_or("organisation", |&(_, word)| word)
    }

    /// The kind it belongs to.
    pub fn kind(self) -> Kind {
        match self {
            Self::Person => Kind::Person,
            Self::Country | Self::State | Self::City | Self::Region => Kind::Place,
            _ => Kind::Organisation,
        }
    }
}

/// One form under which an entry is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// The form as written.
    pub text: String,
    /// It says where someone or something is from ("Russian").
    pub demonym: bool,
    /// It is an ordinary word or another's name as well, and counts only with further evidence.
    pub doubtful: bool,
    /// It has no inflected forms, or they are listed.
    pub fixed: bool,
}

impl Variant {
    /// A plain variant.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), demonym: false, doubtful: false, fixed: false }
    }

    pub(super) fn of_cell(cell: &str, demonym: bool) -> Self {
        let mut variant = Self { demonym, ..Self::plain("") };
        let mut text = cell.trim();
        loop {
            if let Some(rest) = text.strip_prefix('?') {
                (variant.doubtful, text) = (true, rest);
            } else if let Some(rest) = text.strip_prefix('!') {
                (variant.fixed, text) = (true, rest);
            } else {
                variant.text = text.to_owned();
                return variant;
            }
        }
    }
}

/// One entity of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Id, unique in the list.
    pub id: String,
    /// Canonical name.
    pub name: String,
    /// What it is.
    pub class: Class,
    /// The forms it is known under, the canonical name first.
    pub variants: Vec<Variant>,
    /// ISO 3166-1 alpha-2 code.
    pub country: Option<[u8; 2]>,
    /// Code of the first-level division it lies in (`TX`), up to three bytes.
    pub admin: [u8; 3],
    /// Inhabitants, 0 where unknown.
    pub population: u64,
    /// Latitude and longitude in degrees.
    pub coordinates: Option<(f32, f32)>,
}

/// What is wrong with a line of a list.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EntryError {
    /// The cell for the name is missing or empty.
    #[error("no name")]
    NoName,
    /// A name that holds no letter or digit.
    #[error("`{0}` holds no letter")]
    NoLetter(String),
    /// A name longer than [`MAX_NAME_BYTES`].
    #[error("a name of {0} bytes (at most {MAX_NAME_BYTES})")]
    TooLong(usize),
    /// A word that is no kind.
    #[error(
        "unknown kind `{0}` (one of person, organisation, place, country, state, city, outlet, institution, company, party, team)"
    )]
    UnknownKind(String),
    /// An attribute that is unknown or whose value can't be read.
    #[error("cannot read the attribute `{0}` (country, admin, lat, lon, population, demonyms)")]
    Attribute(String),
    /// An id that an earlier line has.
    #[error("the id `{id}` is taken by line {line}")]
    TakenId {
        /// The id.
        id: String,
        /// The line that has it, from 1.
        line: usize,
    },
    /// Bytes that are no UTF-8.
    #[error("not UTF-8")]
    Encoding,
}

impl Entry {
    /// An entry with its name as its only variant.
    pub fn new(id: impl Into<String>, name: impl Into<String>, class: Class) -> Self {
        let name = name.into();
        let variants = vec![Variant::plain(name.clone())];
        let (country, admin, population, coordinates) = (None, [0; 3], 0, None);
        Self { id: id.into(), name, class, variants, country, admin, population, coordinates }
    }

    /// Reads one line of a list; none for an empty line or a comment.
    ///
    /// # Errors
    /// [`EntryError`] says what is wrong with the line.
    pub fn of_line(line: &str) -> Result<Option<Self>, EntryError> {
        let line = line.trim_end_matches(['\r', '\n']);
        if line.trim().is_empty() || line.starts_with('#') {
            return Ok(None);
        }
        let mut cells = line.split('\t').map(str::trim);
        let id = cells.next().unwrap_or("");
        let name = cells.next().filter(|name| !name.is_empty()).ok_or(EntryError::NoName)?;
        let word = cells.next().unwrap_or("");
        let class = Class::of_word(word).ok_or_else(|| EntryError::UnknownKind(word.to_owned()))?;
        let canonical = Variant::of_cell(name, false);
        let name = canonical.text.clone();
        let mut entry = Self { variants: vec![canonical], ..Self::new(id, name, class) };
        for cell in cells.next().unwrap_or("").split('|').filter(|cell| !cell.trim().is_empty()) {
            entry.variants.push(Variant::of_cell(cell, false));
        }
        for cell in cells.next().unwrap_or("").split(';').filter(|cell| !cell.trim().is_empty()) {
            entry.set_attribute(cell.trim())?;
        }
        if entry.id.is_empty() {
            entry.id = slug(&entry.name);
        }
        entry.variants.iter().try_for_each(check_name)?;
        Ok(Some(entry))
    }

    fn set_attribute(&mut self, cell: &str) -> Result<(), EntryError> {
        let wrong = || EntryError::Attribute(cell.to_owned());
        let (key, value) = cell.split_once('=').ok_or_else(wrong)?;
        let value = value.trim();
        let degrees = |limit: f32| value.parse::<f32>().ok().filter(|d| d.abs() <= limit).ok_or_else(wrong);
        match key.trim() {
            "country" => self.country = Some(country_code(value).ok_or_else(wrong)?),
            "admin" => self.admin = admin_code(value).ok_or_else(wrong)?,
            "population" => self.population = value.parse().map_err(|_| wrong())?,
            "lat" => self.coordinates = Some((degrees(90.0)?, self.coordinates.map_or(0.0, |c| c.1))),
            "lon" => self.coordinates = Some((self.coordinates.map_or(0.0, |c| c.0), degrees(180.0)?)),
            "demonyms" => {
                let cells = value.split('|').filter(|cell| !cell.trim().is_empty());
                self.variants.extend(cells.map(|cell| Variant::of_cell(cell, true)));
            }
            _ => return Err(wrong()),
        }
        Ok(())
    }
}

/// Checks that a variant can be found in a text at all.
fn check_name(variant: &Variant) -> Result<(), EntryError> {
    let text = &variant.text;
    if text.len() > MAX_NAME_BYTES {
        return Err(EntryError::TooLong(text.len()));
    }
    if !fold(text).chars().any(char::is_alphanumeric) {
        return Err(EntryError::NoLetter(text.clone()));
    }
    Ok(())
}

/// Two ASCII letters in upper case.
pub(super) fn country_code(value: &str) -> Option<[u8; 2]> {
    let bytes: [u8; 2] = value.as_bytes().try_into().ok()?;
    bytes.iter().all(u8::is_ascii_alphabetic).then(|| bytes.map(|b| b.to_ascii_uppercase()))
}

/// Up to three ASCII letters or digits, filled with zeros.
pub(super) fn admin_code(value: &str) -> Option<[u8; 3]> {
    let mut code = [0; 3];
    let fits = value.len() <= 3 && value.bytes().all(|b| b.is_ascii_alphanumeric());
    fits.then(|| {
        code[..value.len()].copy_from_slice(value.as_bytes());
        code
    })
}

/// Reads a whole list: the entries, and for every line that can't be used its number (from 1) and the reason.
///
/// Two lines with one id are an error in the second.
pub fn read_list(list: &[u8]) -> (Vec<Entry>, Vec<(usize, EntryError)>) {
    let (mut entries, mut errors) = (Vec::new(), Vec::new());
    let mut lines_by_id = std::collections::HashMap::<String, usize>::new();
    for (index, bytes) in list.split(|&b| b == b'\n').enumerate() {
        let line = index + 1;
        let text = std::str::from_utf8(bytes).map_err(|_| EntryError::Encoding);
        match text.and_then(|text| Entry::of_line(text.trim_start_matches('\u{feff}'))) {
            Ok(None) => {}
            Ok(Some(entry)) => match lines_by_id.get(&entry.id) {
                Some(&first) => errors.push((line, EntryError::TakenId { id: entry.id, line: first })),
                None => {
                    lines_by_id.insert(entry.id.clone(), line);
                    entries.push(entry);
                }
            },
            Err(error) => errors.push((line, error)),
        }
    }
    (entries, errors)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_an_entry_with_everything() {
        let line = "lviv\tLviv\tcity\tЛьвів|?Lemberg|!Lwów\tcountry=ua; lat=49.8; lon=24.0; population=717500; demonyms=Lvivian";
        let entry = Entry::of_line(line).unwrap().unwrap();
        assert_eq!((entry.id.as_str(), entry.class, entry.country), ("lviv", Class::City, Some(*b"UA")));
        assert_eq!(entry.coordinates, Some((49.8, 24.0)));
        let marks: Vec<_> =
            entry.variants.iter().map(|v| (v.text.as_str(), v.demonym, v.doubtful, v.fixed)).collect();
        assert_eq!(marks[2..4], [("Lemberg", false, true, false), ("Lwów", false, false, true)]);
        assert_eq!(marks[4], ("Lvivian", true, false, false));
    }

    #[test]
    fn an_empty_id_is_made_from_the_name() {
        let entry = Entry::of_line("\tAcme & Sons\tcompany").unwrap().unwrap();
        assert_eq!(entry.id, "acme-and-sons");
    }

    #[test]
    fn every_bad_line_is_reported_with_its_number() {
        let list = b"# a comment\n\nok\tOk Corp\tcompany\nx\t\tcity\ny\tY\tplanet\nz\t...\tcity\nok\tOther\tcity\n\xff\n\
            w\tWest\tcity\t\tlat=north\n";
        let (entries, errors) = read_list(list);
        assert_eq!(entries.len(), 1);
        let lines: Vec<usize> = errors.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [4, 5, 6, 7, 8, 9]);
        assert_eq!(errors[0].1, EntryError::NoName);
        assert_eq!(errors[3].1, EntryError::TakenId { id: "ok".into(), line: 3 });
        assert_eq!(errors[4].1, EntryError::Encoding);
    }
}
