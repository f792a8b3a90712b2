//! The world list of outlets, found by domain or by name.
//!
//! It knows nothing of texts: finding an outlet's name in prose is the gazetteer's work.

use std::collections::HashMap;
use std::sync::LazyLock;

use rustc_hash::FxBuildHasher;

use super::fold::fold;

/// The list, compiled in.
pub(super) const OUTLETS_TSV: &str = include_str!("../../schema/gazetteer/outlets.tsv");

/// One outlet of `schema/gazetteer/outlets.tsv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutletEntry {
    /// Id, shared with the gazetteer's organisations (`financial-times`).
    pub id: String,
    /// Canonical name.
    pub name: String,
    /// ISO 3166-1 alpha-2 code of its country.
    pub country: Option<String>,
    /// ISO 639-1 code of its main language.
    pub language: Option<String>,
    /// Domains, the main one first.
    pub domains: Vec<String>,
    /// Other names and acronyms.
    pub aliases: Vec<String>,
    /// Whether it is a wire agency, whose copy others print.
    pub wire: bool,
    /// Whether a state owns or steers it.
    pub state_media: bool,
}

impl OutletEntry {
    /// Reads a line of the list; none for comments and lines without id and name.
    fn of_line(line: &str) -> Option<Self> {
        if line.starts_with('#') {
            return None;
        }
        let mut cells = line.split('\t');
        let (id, name) = (cells.next()?.trim(), cells.next()?.trim());
        if id.is_empty() || name.is_empty() {
            return None;
        }
        let optional = |cell: Option<&str>| cell.map(str::trim).filter(|c| !c.is_empty()).map(str::to_owned);
        let (country, language) = (optional(cells.next()), optional(cells.next()));
        let (domains, aliases) = (values(cells.next()), values(cells.next()));
        let flags = values(cells.next());
        let has = |flag: &str| flags.iter().any(|f| f == flag);
        let (wire, state_media) = (has("wire"), has("state"));
        Some(Self {
            id: id.into(),
            name: name.into(),
            country,
            language,
            domains,
            aliases,
            wire,
            state_media,
        })
    }
}

/// The values of a cell that may hold several, separated by `|`.
fn values(cell: Option<&str>) -> Vec<String> {
    cell.unwrap_or("").split('|').map(str::trim).filter(|v| !v.is_empty()).map(str::to_owned).collect()
}

/// The list with its look-ups.
#[derive(Debug, Default)]
pub struct Outlets {
    entries: Vec<OutletEntry>,
    by_domain: HashMap<String, usize, FxBuildHasher>,
    by_name: HashMap<String, usize, FxBuildHasher>,
    by_id: HashMap<String, usize, FxBuildHasher>,
}

impl Outlets {
    /// The list that ships with newsidx.
    pub fn builtin() -> &'static Self {
        static BUILTIN: LazyLock<Outlets> = LazyLock::new(|| Outlets::of_tsv(OUTLETS_TSV));
        &BUILTIN
    }

    /// The list that `tsv` holds: id, name, country, language, domains, aliases, flags.
    ///
    /// Where two outlets share a name or a domain, the first has it; a canonical name goes before an alias.
    pub fn of_tsv(tsv: &str) -> Self {
        let entries: Vec<OutletEntry> = tsv.lines().filter_map(OutletEntry::of_line).collect();
        let mut outlets = Self::default();
        for (index, entry) in entries.iter().enumerate() {
            outlets.by_id.entry(entry.id.clone()).or_insert(index);
            outlets.by_name.entry(fold(&entry.name)).or_insert(index);
            for domain in &entry.domains {
                outlets.by_domain.entry(domain.to_ascii_lowercase()).or_insert(index);
            }
        }
        for (index, entry) in entries.iter().enumerate() {
            for alias in &entry.aliases {
                outlets.by_name.entry(fold(alias)).or_insert(index);
            }
        }
        outlets.entries = entries;
        outlets
    }

    /// Every outlet, in the order of the list.
    pub fn entries(&self) -> &[OutletEntry] {
        &self.entries
    }

    /// The outlet with that id.
    pub fn by_id(&self, id: &str) -> Option<&OutletEntry> {
        self.by_id.get(id).map(|&index| &self.entries[index])
    }

    /// The outlet that owns `host` (`www.ft.com`, `edition.cnn.com`): by the host itself, else by the
    /// nearest domain above it. A port and a trailing full stop do not matter.
    pub fn by_domain(&self, host: &str) -> Option<&OutletEntry> {
        let host = host.trim().split(':').next().unwrap_or("").trim_end_matches('.').to_ascii_lowercase();
        let mut rest = host.as_str();
        loop {
            if let Some(&index) = self.by_domain.get(rest) {
                return Some(&self.entries[index]);
            }
            rest = rest.split_once('.')?.1;
        }
    }

    /// The outlet of that name, alias or acronym; case, accents and a leading "The" do not matter.
    pub fn by_name(&self, name: &str) -> Option<&OutletEntry> {
        self.by_name.get(&fold(name)).map(|&index| &self.entries[index])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_by_domain_and_subdomain() {
        let outlets = Outlets::builtin();
        let id = |host: &str| outlets.by_domain(host).map(|o| o.id.as_str());
        assert_eq!(id("www.ft.com"), Some("financial-times"));
        assert_eq!(id("Edition.CNN.com:443"), Some("cnn"));
        assert_eq!(id("asia.nikkei.com"), Some("nikkei-asia"));
        assert_eq!(id("notft.com"), None);
        assert_eq!(id("com"), None);
        assert_eq!(id(""), None);
    }

    #[test]
    fn finds_by_name_alias_and_acronym() {
        let outlets = Outlets::builtin();
        let id = |name: &str| outlets.by_name(name).map(|o| o.id.as_str());
        assert_eq!(id("Financial Times"), Some("financial-times"));
        assert_eq!(id("the new york times"), Some("new-york-times"));
        assert_eq!(id("NYT"), Some("new-york-times"));
        assert_eq!(id("Tracking People’s Daily"), Some("tracking-peoples-daily"));
        assert_eq!(id("El Pais"), Some("el-pais"));
        assert_eq!(id("RFE/RL"), Some("radio-free-europe"));
        assert_eq!(id("Nobody's Gazette"), None);
    }

    #[test]
    fn the_list_is_sound() {
        let outlets = Outlets::builtin();
        let lines = OUTLETS_TSV.lines().filter(|l| !l.starts_with('#') && !l.is_empty()).count();
        assert_eq!(outlets.entries().len(), lines, "a line without id or name");
        assert_eq!(outlets.by_id.len(), lines, "two outlets share an id");
        for (index, entry) in outlets.entries().iter().enumerate() {
            assert!(
                entry.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
                "{}",
                entry.id
            );
            assert!(entry.country.as_ref().is_some_and(|c| c.len() == 2), "{} has no country", entry.id);
            assert!(entry.language.as_ref().is_some_and(|c| c.len() == 2), "{} has no language", entry.id);
            assert_eq!(outlets.by_name.get(&fold(&entry.name)), Some(&index), "{} shares its name", entry.id);
            for domain in &entry.domains {
                assert_eq!(outlets.by_domain.get(domain), Some(&index), "{domain} has two owners");
            }
        }
    }
}
