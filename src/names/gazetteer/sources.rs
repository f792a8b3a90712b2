//! The files of `schema/gazetteer/`: what each holds, and how they become one list.
//!
//! It is handed the files' bytes and reads none itself. Hand-written lists go before generated
//! ones: where both have an entity, the hand's id and name hold, and the other adds what it knows.

use std::collections::{BTreeMap, BTreeSet};

use super::compiled::{CompiledError, FormFlags};
use super::entry::{Class, Entry, EntryError, Variant, admin_code, country_code, read_list};
use super::{assign_ids, compile};
use crate::names::fold::fold;
use crate::names::outlets::Outlets;

/// The hand-written lists in the format of [`read_list`].
const LISTS: [&str; 8] = [
    "places.tsv",
    "states.tsv",
    "people.tsv",
    "organisations.tsv",
    "institutions.tsv",
    "parties.tsv",
    "companies.tsv",
    "teams.tsv",
];
/// Population from which a place needs no further evidence.
const CERTAIN_POPULATION: u64 = 100_000;
/// Population from which a place does so even if its name is a given name or surname as well.
const FAMOUS_POPULATION: u64 = 1_000_000;

/// A line that can't be used: file, line from 1, reason.
pub type ListError = (String, usize, EntryError);

/// Compiles the lists of a folder like `schema/gazetteer/`; `read` gives a file's bytes by its
/// path in it, nothing for a file that is not there.
///
/// # Errors
/// [`CompiledError`] where the list outgrows the layout. Lines that can't be used are no error;
/// they are listed beside the bytes.
pub fn compile_folder(
    mut read: impl FnMut(&str) -> Vec<u8>,
) -> Result<(Vec<u8>, Vec<ListError>), CompiledError> {
    let mut text = |file: &str| String::from_utf8_lossy(&read(file)).into_owned();
    let mut errors = Vec::new();
    let mut merger = Merger::default();
    for (class, file) in [
        (FormFlags::GIVEN, "given.txt"),
        (FormFlags::SURNAME, "surnames.txt"),
        (FormFlags::COMMON, "ordinary.txt"),
    ] {
        let words = text(&format!("generated/{file}"));
        merger.words.extend(rows(&words).map(|row| (row[0].to_owned(), class)));
    }
    merger.add_countries(&text("generated/countries.tsv"), &text("countries.tsv"));
    for file in LISTS {
        let (entries, wrong) = read_list(text(file).as_bytes());
        errors.extend(wrong.into_iter().map(|(line, error)| (file.to_owned(), line, error)));
        entries.into_iter().for_each(|entry| merger.add(entry));
    }
    merger.add_outlets(&Outlets::of_tsv(&text("outlets.tsv")));
    merger.add_named(&text("generated/leaders.tsv"), Class::Person, false);
    merger.add_named(&text("generated/parties.tsv"), Class::Party, false);
    merger.add_companies(&text("generated/companies.tsv"));
    merger.add_newspapers(&text("generated/newspapers.tsv"));
    merger.add_cities(&text("generated/cities.tsv"));
    merger.add_counties(&text("generated/counties.tsv"));
    merger.apply_doubts(&text("doubtful.txt"));
    assign_ids(&mut merger.entries);
    Ok((compile(merger.entries, &merger.words)?, errors))
}

/// The cells of the lines that are no comments; never an empty row.
fn rows(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split('\t').collect())
}

/// The variants of a cell, in the notation of lists.
fn cell_variants(cell: &str, demonym: bool) -> impl Iterator<Item = Variant> {
    cell.split('|').filter(|text| !text.is_empty()).map(move |text| Variant::of_cell(text, demonym))
}

/// The entries so far, with what is needed to see that one is there already.
#[derive(Default)]
struct Merger {
    entries: Vec<Entry>,
    words: Vec<(String, u16)>,
    /// Kind of entity, country where it must agree, folded form -> number of the entry.
    known: BTreeMap<(u8, [u8; 2], String), usize>,
    states: BTreeMap<([u8; 2], [u8; 3]), usize>,
}

/// What must agree for two entries to be one: places by country, persons and organisations by name.
fn group(entry: &Entry) -> (u8, [u8; 2]) {
    match entry.class {
        Class::Person => (0, [0; 2]),
        Class::City => (1, entry.country.unwrap_or_default()),
        Class::Country | Class::State | Class::Region => (2, entry.country.unwrap_or_default()),
        _ => (3, [0; 2]),
    }
}

impl Merger {
    /// Adds an entry, or what it knows beyond the one that is there.
    fn add(&mut self, entry: Entry) {
        let (kind, country) = group(&entry);
        let held = entry.variants.iter().filter(|v| !v.doubtful && !v.demonym && v.text.len() > 3);
        let held = held.filter_map(|v| self.known.get(&(kind, country, fold(&v.text))).copied()).next();
        let Some(n) = held.filter(|_| kind != 2) else {
            self.push(entry);
            return;
        };
        let keeper = &mut self.entries[n];
        let forms: BTreeSet<String> = keeper.variants.iter().map(|v| fold(&v.text)).collect();
        keeper.variants.extend(entry.variants.into_iter().filter(|v| !forms.contains(&fold(&v.text))));
        keeper.country = keeper.country.or(entry.country);
        keeper.coordinates = keeper.coordinates.or(entry.coordinates);
        keeper.population = keeper.population.max(entry.population);
        if keeper.admin == [0; 3] {
            keeper.admin = entry.admin;
        }
    }

    fn push(&mut self, entry: Entry) {
        let (kind, country) = group(&entry);
        for variant in entry.variants.iter().filter(|v| !v.doubtful && !v.demonym) {
            self.known.entry((kind, country, fold(&variant.text))).or_insert(self.entries.len());
        }
        if entry.class == Class::State {
            self.states.entry((country, entry.admin)).or_insert(self.entries.len());
        }
        self.entries.push(entry);
    }

    /// Countries: generated names, and by hand what is added (`iso, id, name, variants, demonyms`).
    /// Demonyms by hand replace the generated ones.
    fn add_countries(&mut self, generated: &str, by_hand: &str) {
        let hand: BTreeMap<&str, Vec<&str>> = rows(by_hand).map(|row| (row[0], row)).collect();
        for row in rows(generated) {
            let [iso, name, variants, demonyms, population] = row[..] else { continue };
            let own = hand.get(iso).map(Vec::as_slice).unwrap_or_default();
            let cell = |n: usize| own.get(n).copied().filter(|cell| !cell.is_empty());
            let mut entry = Entry::new(cell(1).unwrap_or(""), cell(2).unwrap_or(name), Class::Country);
            entry.country = country_code(iso);
            entry.population = population.parse().unwrap_or(0);
            entry.variants.extend(cell_variants(cell(3).unwrap_or(""), false));
            entry.variants.push(Variant::plain(name));
            entry.variants.extend(cell_variants(variants, false));
            entry.variants.extend(cell_variants(cell(4).unwrap_or(demonyms), true));
            // What a hand marks as doubtful is so wherever else it stands.
            let doubtful: BTreeSet<String> =
                entry.variants.iter().filter(|v| v.doubtful).map(|v| fold(&v.text)).collect();
            let settled = !cell(3).unwrap_or("").is_empty();
            for variant in &mut entry.variants {
                variant.doubtful |= settled && doubtful.contains(&fold(&variant.text));
            }
            self.push(entry);
        }
    }

    fn add_outlets(&mut self, outlets: &Outlets) {
        for outlet in outlets.entries() {
            let mut entry = Entry::new(&outlet.id, &outlet.name, Class::Outlet);
            entry.country = outlet.country.as_deref().and_then(country_code);
            entry.variants.extend(outlet.aliases.iter().map(Variant::plain));
            self.push(entry);
        }
    }

    /// Rows of name, country and perhaps an acronym.
    fn add_named(&mut self, text: &str, class: Class, doubtful: bool) {
        for row in rows(text).filter(|row| row.len() >= 2) {
            let mut entry = Entry::new("", row[0], class);
            entry.country = country_code(row[1]);
            entry.variants[0].doubtful = doubtful;
            if let Some(short) = row.get(2).filter(|short| !short.is_empty()) {
                entry.variants.push(Variant { doubtful: true, ..Variant::plain(*short) });
            }
            self.add(entry);
        }
    }

    fn add_companies(&mut self, text: &str) {
        for row in rows(text) {
            let mut entry = Entry::new("", row[0], Class::Company);
            entry.country = Some(*b"US");
            entry
                .variants
                .extend(row.get(1).filter(|short| !short.is_empty()).map(|short| Variant::plain(*short)));
            self.add(entry);
        }
    }

    fn add_newspapers(&mut self, text: &str) {
        for row in rows(text) {
            let mut entry = Entry::new("", row[0], Class::Outlet);
            entry.country = Some(*b"US");
            self.add(entry);
        }
    }

    fn add_cities(&mut self, text: &str) {
        for row in rows(text) {
            let [name, country, admin, lat, lon, population, variants] = row[..] else { continue };
            let mut entry = Entry::new("", name, Class::City);
            entry.country = country_code(country);
            entry.admin = admin_code(admin).unwrap_or_default();
            entry.population = population.parse().unwrap_or(0);
            entry.coordinates = lat.parse().ok().zip(lon.parse().ok());
            entry.variants[0].doubtful = entry.population < CERTAIN_POPULATION;
            entry.variants.extend(cell_variants(variants, false));
            self.add_city(entry);
        }
    }

    /// A city of hand takes the largest city of that name in its country to itself.
    fn add_city(&mut self, entry: Entry) {
        let (kind, country) = group(&entry);
        let held = self.known.get(&(kind, country, fold(&entry.name))).copied();
        match held.filter(|&n| self.entries[n].coordinates.is_none() && !self.entries[n].id.is_empty()) {
            Some(n) if self.entries[n].population <= entry.population => {
                let same_admin = self.entries[n].admin == [0; 3] || self.entries[n].admin == entry.admin;
                if same_admin && entry.population >= 1000 {
                    self.known.insert((kind, country, fold(&self.entries[n].name)), n);
                    let keeper = &mut self.entries[n];
                    let forms: BTreeSet<String> = keeper.variants.iter().map(|v| fold(&v.text)).collect();
                    keeper
                        .variants
                        .extend(entry.variants.into_iter().filter(|v| !forms.contains(&fold(&v.text))));
                    (keeper.coordinates, keeper.population, keeper.admin) =
                        (entry.coordinates, entry.population, entry.admin);
                } else {
                    self.entries.push(entry);
                }
            }
            _ => self.entries.push(entry),
        }
    }

    /// Counties: name and state; with the state's name left out they need it as evidence.
    fn add_counties(&mut self, text: &str) {
        for row in rows(text) {
            let [name, admin] = row[..] else { continue };
            let mut entry = Entry::new("", name, Class::Region);
            (entry.country, entry.admin, entry.population) =
                (Some(*b"US"), admin_code(admin).unwrap_or_default(), 20_000);
            self.entries.push(entry);
        }
    }

    /// Marks as doubtful the names of places that are given names, surnames or ordinary words too,
    /// unless the place is famous, and the forms of the list `by_hand` whatever they name.
    fn apply_doubts(&mut self, by_hand: &str) {
        let doubts: BTreeSet<String> = rows(by_hand).map(|row| fold(row[0])).collect();
        let people: BTreeSet<String> = self.words.iter().map(|(word, _)| fold(word)).collect();
        for entry in &mut self.entries {
            let city =
                entry.class == Class::City && entry.population < FAMOUS_POPULATION && entry.id.is_empty();
            for variant in &mut entry.variants {
                let form = fold(&variant.text);
                variant.doubtful |= city && people.contains(&form) || doubts.contains(&form);
            }
        }
    }
}
