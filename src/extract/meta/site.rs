//! Sites: hosts of addresses, registrable domains, and the keys by which a site's name is known.
//!
//! Works on names and addresses alone; which of them is the publisher is decided in
//! `super::publisher`.

use std::{collections::BTreeSet, sync::LazyLock};

use super::fold::{fold_letters, word_class};

const HOSTS: &str = include_str!("../../../schema/metadata/hosts.tsv");

static SECOND_LEVEL: LazyLock<BTreeSet<&str>> = LazyLock::new(|| word_class(HOSTS, "second-level"));
static PLATFORMS: LazyLock<BTreeSet<&str>> = LazyLock::new(|| word_class(HOSTS, "platform"));
static DULL: LazyLock<BTreeSet<&str>> = LazyLock::new(|| word_class(HOSTS, "dull"));
static REPUBLISHERS: LazyLock<BTreeSet<&str>> = LazyLock::new(|| word_class(HOSTS, "republisher"));

/// Hosts are no longer than this (RFC 1035, 2.3.4).
const MAX_HOST_BYTES: usize = 253;

/// The host of an absolute or protocol-relative web address, in lower case, without port.
pub fn host_of(url: &str) -> Option<String> {
    let url = url.trim();
    let (scheme, rest) = url.split_once("//")?;
    if !matches!(scheme.to_ascii_lowercase().as_str(), "" | "http:" | "https:") {
        return None;
    }
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?.split(':').next()?.trim_end_matches('.');
    let known = host.len() <= MAX_HOST_BYTES && host.contains('.') && !host.contains(char::is_whitespace);
    known.then(|| host.to_lowercase())
}

/// The path of a web address, with its leading slash; empty where it has none.
pub fn path_of(url: &str) -> &str {
    let rest = url.split_once("//").map_or(url, |(_, rest)| rest);
    let path = rest.find('/').map_or("", |slash| &rest[slash..]);
    path.split(['?', '#']).next().unwrap_or("")
}

/// The domain that a host was registered as (`edition.cnn.com` is under `cnn.com`,
/// `www.abc.net.au` under `abc.net.au`).
///
/// Knows the common second levels of country domains and the platforms that give everyone a
/// domain below theirs, not the whole public suffix list.
pub fn registrable_domain(host: &str) -> &str {
    let mut starts: Vec<usize> = host.match_indices('.').map(|(dot, _)| dot + 1).collect();
    starts.insert(0, 0);
    let Some(two) = starts.len().checked_sub(2) else { return host };
    let tail = |labels: usize| &host[starts[starts.len().saturating_sub(labels)]..];
    let second = host[starts[two]..].split('.').next().unwrap_or("");
    let country = host.len() - starts[two + 1] == 2;
    if PLATFORMS.contains(tail(2)) || country && SECOND_LEVEL.contains(second) && starts.len() > 2 {
        tail(3)
    } else {
        tail(2)
    }
}

/// Whether most of a host's pages are other outlets' copy.
pub fn is_republisher(host: &str) -> bool {
    REPUBLISHERS.contains(registrable_domain(host)) || REPUBLISHERS.contains(host)
}

/// Whether a label of a host says nothing of the outlet (`www`, `m`).
pub(crate) fn is_dull(label: &str) -> bool {
    DULL.contains(label)
}

/// The label of a host that names the outlet (`kleinezeitung` of `www.kleinezeitung.at`).
pub fn name_label(host: &str) -> &str {
    registrable_domain(host).split('.').next().unwrap_or(host)
}

/// What the site at `url` goes by: `name` where the host bears that very name (`kleinezeitung.at`,
/// "Kleine Zeitung"), else the host without `www` and the like, which leaves no doubt; without an
/// address, the name. Where the address is another site's than `domain`, the publisher's own, that
/// one's counts: papers of one house give each other's pages as the canonical ones.
pub fn site_of(url: Option<&str>, name: Option<&str>, domain: Option<&str>) -> Option<String> {
    let Some(host) = url.and_then(host_of) else { return name.map(str::to_owned) };
    let host = match domain {
        Some(domain) if name_label(domain) != name_label(&host) => domain.to_owned(),
        _ => host,
    };
    // Accents count: a host without them does not bear the name.
    let letters = |text: &str| -> String { text.chars().filter(|c| c.is_alphanumeric()).collect() };
    let bears = |name: &&str| {
        let lower = name.trim().to_lowercase();
        let bare = lower.strip_prefix("the ").unwrap_or(&lower);
        [letters(&lower), letters(bare)].contains(&letters(name_label(&host)))
    };
    if let Some(name) = name.filter(bears) {
        return Some(name.to_owned());
    }
    let dull = host.split_once('.').filter(|(first, rest)| is_dull(first) && rest.contains('.'));
    Some(dull.map_or(host.as_str(), |(_, rest)| rest).to_owned())
}

/// A name as a key: letters and digits, without scheme, `www.`, "The" and what follows a slash.
pub(crate) fn site_key(name: &str) -> String {
    let lower = name.trim().to_lowercase();
    let mut rest = lower.as_str();
    for prefix in ["https://", "http://", "www.", "the "] {
        rest = rest.strip_prefix(prefix).unwrap_or(rest);
    }
    if rest.starts_with('@') {
        rest = &rest[1..];
    }
    if name.contains("//") {
        rest = rest.split('/').next().unwrap_or(rest);
    }
    fold_letters(rest)
}

/// The keys by which one page's site is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SiteKeys {
    keys: BTreeSet<String>,
}

impl SiteKeys {
    /// Adds a name.
    pub(crate) fn add_name(&mut self, name: &str) {
        let key = site_key(name);
        if (2..=60).contains(&key.chars().count()) {
            self.keys.insert(key);
        }
    }

    /// Adds a host: its labels that name something, and its registrable domain.
    pub(crate) fn add_host(&mut self, host: &str) {
        let domain = registrable_domain(host);
        self.keys.insert(site_key(domain));
        self.keys.insert(site_key(host));
        let labels = host.split('.').filter(|label| label.len() > 3 && !DULL.contains(label));
        self.keys.extend(labels.map(site_key));
        self.keys.insert(site_key(name_label(host)));
        self.keys.remove("");
    }

    /// Whether `text` is the site's name: equal to a key, or one within the other where both
    /// have more than three letters.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let key = site_key(text);
        let long = |key: &str| key.chars().nth(3).is_some();
        !key.is_empty()
            && (self.keys.contains(&key)
                || long(&key)
                    && self
                        .keys
                        .iter()
                        .any(|known| long(known) && (known.contains(&key) || key.contains(known.as_str()))))
    }

    /// Whether `text` is exactly one of the keys.
    pub(crate) fn equals(&self, text: &str) -> bool {
        self.keys.contains(&site_key(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_hosts_and_domains() {
        assert_eq!(host_of("HTTPS://user@www.Example.com:8080/a?b").as_deref(), Some("www.example.com"));
        assert_eq!(host_of("//cdn.example.org/x").as_deref(), Some("cdn.example.org"));
        assert_eq!(host_of("mailto:a@b.c"), None);
        assert_eq!(host_of("/relative//path"), None);
        for (host, domain) in [
            ("edition.cnn.com", "cnn.com"),
            ("www.abc.net.au", "abc.net.au"),
            ("abc.net.au", "abc.net.au"),
            ("news.bbc.co.uk", "bbc.co.uk"),
            ("jane.blogspot.com", "jane.blogspot.com"),
            ("t.co", "t.co"),
            ("localhost", "localhost"),
        ] {
            assert_eq!(registrable_domain(host), domain);
        }
        assert_eq!(name_label("www.kleinezeitung.at"), "kleinezeitung");
        assert_eq!(path_of("https://a.b/c/d?e#f"), "/c/d");
        assert_eq!(path_of("https://a.b"), "");
    }

    #[test]
    fn a_site_goes_by_its_name_where_its_host_bears_it() {
        let url = Some("https://www.harbourpost.example/rain");
        let own = Some("harbourpost.example");
        let other = Some("https://www.tidegazette.example/rain");
        assert_eq!(site_of(other, Some("Harbour Post"), own).as_deref(), Some("Harbour Post"));
        assert_eq!(site_of(other, Some("HP"), own).as_deref(), own);
        for (url, name, site) in [
            (url, Some("The Harbour Post"), Some("The Harbour Post")),
            (url, Some("Harbour Daily Post"), Some("harbourpost.example")),
            (url, Some("Hárbour Post"), Some("harbourpost.example")),
            (url, None, Some("harbourpost.example")),
            (Some("/rain"), Some("Harbour Post"), Some("Harbour Post")),
            (None, None, None),
        ] {
            assert_eq!(site_of(url, name, own).as_deref(), site, "{url:?} {name:?}");
        }
    }

    #[test]
    fn knows_a_site_by_its_keys() {
        let mut keys = SiteKeys::default();
        keys.add_host("www.thewesterncourier.co.uk");
        keys.add_name("The Western Courier");
        assert!(keys.matches("Western Courier"));
        assert!(keys.matches("The Western Courier Online"));
        assert!(keys.matches("thewesterncourier.co.uk"));
        assert!(!keys.matches("We"));
        assert!(!keys.matches("Courier's dog bites man"));
        assert!(keys.equals("western courier"));
    }
}
