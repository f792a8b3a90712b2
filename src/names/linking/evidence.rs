//! What an article says about where it plays: countries and their parts, weighed.

use std::collections::BTreeMap;

use crate::names::gazetteer::Record;

/// A country, ISO 3166-1 alpha-2.
pub(super) type Country = [u8; 2];
/// A first-level division within its country.
pub(super) type Division = (Country, [u8; 3]);

/// Added to a population before its logarithm, so that villages do not differ by much.
const BASE_POPULATION: f32 = 1e4;
/// What each distinct city adds, spread over the countries it can lie in.
const CITY_WEIGHT: f32 = 0.25;
/// Inhabitants, as a logarithm to base 10, of a city that readers anywhere know by its bare name.
const KNOWN_EVERYWHERE: f32 = 5.5;
/// Weight from which a country is named by itself, and not only through the cities it may have.
const NAMED: f32 = 0.5;
/// What a city known everywhere has ahead of its namesakes where the article names its country.
const NAMED_BONUS: f32 = 2.0;
/// How much more the inhabitants of a place count in a dateline: what surrounds it hardly matters.
const DATELINE_FACTOR: f32 = 4.0;
/// Share of an alias's population that counts ("Kharkov" is rather Kharkiv than a hamlet).
const ALIAS_SHARE: f32 = 1.0 / 20.0;

/// Weights of countries and divisions.
#[derive(Clone, Debug, Default)]
pub(super) struct Evidence {
    countries: BTreeMap<Country, f32>,
    divisions: BTreeMap<Division, f32>,
    total: f32,
    home: Option<Country>,
}

/// A place that a name can mean.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub record: Record,
    pub alias: bool,
    /// The words around it name its country.
    pub hinted_country: bool,
    /// The words around it name its division.
    pub hinted_division: bool,
    /// The name opens a dateline: without a state or country behind it, it is the city that
    /// everybody knows by it.
    pub dateline: bool,
}

impl Evidence {
    /// Evidence that begins with the publisher's country.
    pub(super) fn of_home(home: Option<Country>, weight: f32) -> Self {
        let mut evidence = Self { home, ..Self::default() };
        if let Some(country) = home {
            evidence.add_country(country, weight);
        }
        evidence
    }

    pub(super) fn add_country(&mut self, country: Country, weight: f32) {
        if country != [0; 2] {
            *self.countries.entry(country).or_default() += weight;
            self.total += weight;
        }
    }

    pub(super) fn add_division(&mut self, division: Division, weight: f32) {
        if division.1 != [0; 3] {
            *self.divisions.entry(division).or_default() += weight;
        }
    }

    /// Adds a city by the places it can be: the more populous, the larger its share.
    pub(super) fn add_city(&mut self, candidates: &[Candidate]) {
        let mass = |candidate: &Candidate| people(candidate).sqrt();
        let total: f32 = candidates.iter().map(mass).sum();
        for candidate in candidates {
            let share = CITY_WEIGHT * mass(candidate) / total.max(1.0);
            self.add_country(candidate.record.country, share);
            self.add_division((candidate.record.country, candidate.record.admin), share);
        }
    }

    pub(super) fn country(&self, country: Country) -> f32 {
        self.countries.get(&country).copied().unwrap_or(0.0)
    }

    /// The country with most weight, if any has some.
    pub(super) fn top_country(&self) -> Option<Country> {
        let by_weight = |a: &(&Country, &f32), b: &(&Country, &f32)| a.1.total_cmp(b.1).then(b.0.cmp(a.0));
        self.countries.iter().max_by(by_weight).map(|(&country, _)| country)
    }

    /// The publisher's country.
    pub(super) fn home(&self) -> Option<Country> {
        self.home
    }

    /// How likely a name means `candidate`, as a score to compare with others:
    /// log10(population), four times more in a dateline, + ln(1 + weight) + 3 × share of the country,
    /// 2 × ln(1 + weight) of the division, 4 for each hint, and 2 for a large city whose country is
    /// named. Coefficients chosen on toponyms of news in English.
    pub(super) fn score(&self, candidate: &Candidate) -> f32 {
        let record = &candidate.record;
        let weight = self.country(record.country);
        let division = self.divisions.get(&(record.country, record.admin)).copied().unwrap_or(0.0);
        let share = if self.total > 0.0 { weight / self.total } else { 0.0 };
        let people = people(candidate).log10();
        let mut score = people + (1.0 + weight).ln() + 3.0 * share + 2.0 * (1.0 + division).ln();
        score += if candidate.dateline { DATELINE_FACTOR * people } else { 0.0 };
        score += if people > KNOWN_EVERYWHERE && weight >= NAMED { NAMED_BONUS } else { 0.0 };
        score += if candidate.hinted_country { 4.0 } else { 0.0 };
        score + if candidate.hinted_division { 4.0 } else { 0.0 }
    }
}

/// The inhabitants that count for a candidate.
fn people(candidate: &Candidate) -> f32 {
    let share = if candidate.alias { ALIAS_SHARE } else { 1.0 };
    candidate.record.population * share + BASE_POPULATION
}
