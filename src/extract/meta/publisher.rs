//! Publisher and host: who wrote, and who republished.
//!
//! The site is found by agreement of its names; an article is another publisher's where the page
//! says so (`isBasedOn`, a canonical address elsewhere, a credit line) or where the site is known
//! to print others' copy.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    fold::{fold_plain, tidy},
    page_context::PageContext,
    rules::rules_of,
    site::{host_of, is_dull, is_republisher, name_label, registrable_domain, site_key},
    title::variants_of,
};
use crate::{
    article::{FieldName, Outlet, Witness},
    names::outlets::{OutletEntry, Outlets},
};

/// A name that witnesses give the site.
#[derive(Debug, Clone)]
pub(crate) struct SiteName {
    /// As the most trusted witness writes it.
    pub name: String,
    pub key: String,
    /// The rules that give it, with the value as found, the most trusted first.
    pub support: Vec<(String, String)>,
    /// Probability that it is the site's name.
    pub confidence: f32,
}

/// Names longer than this are slogans.
const MAX_NAME_CHARS: usize = 60;

/// The names of the site, the best first.
pub(crate) fn site_names(witnesses: &[Witness], context: &PageContext<'_>) -> Vec<SiteName> {
    let mut names: BTreeMap<String, SiteName> = BTreeMap::new();
    let mut add = |name: &str, rule: &str, raw: &str| {
        let key = site_key(name);
        if key.chars().count() < 2 || name.chars().count() > MAX_NAME_CHARS {
            return;
        }
        let entry = names.entry(key.clone()).or_insert_with(|| SiteName {
            name: name.to_owned(),
            key,
            support: Vec::new(),
            confidence: 0.0,
        });
        if dress_of(name) > dress_of(&entry.name) {
            entry.name = name.to_owned();
        }
        if entry.support.iter().all(|(known, _)| known != rule) {
            entry.support.push((rule.to_owned(), raw.to_owned()));
        }
    };
    for witness in witnesses.iter().filter(|witness| witness.field == FieldName::Publisher) {
        if !is_elsewhere(witness) {
            add(&cleaned_name(&witness.raw), &witness.rule, &witness.raw);
        }
    }
    let own = context.outlet.filter(|outlet| owns(outlet, context.host.as_deref().unwrap_or("")));
    if let Some(outlet) = own {
        add(&outlet.name, "host:outlet", context.host.as_deref().unwrap_or(""));
    }
    if let Some(domain) = context.domain() {
        add(domain, "host:domain", domain);
    }
    for witness in witnesses.iter().filter(|witness| witness.rule == "html:title") {
        for variant in variants_of(&witness.raw, &context.host_keys) {
            let rest = witness
                .raw
                .strip_prefix(variant.text.as_str())
                .filter(|_| variant.cut.site && variant.cut.end > 0);
            if let Some(rest) = rest {
                let segment = rest.trim_matches(|c: char| c.is_whitespace() || "|-–—·•»«:/".contains(c));
                add(segment, "title:end", segment);
            }
        }
    }
    ranked(names.into_values().collect(), context)
}

/// Whether `host` itself is the outlet's, and not one of another desk below its domain
/// (`factcheck.agency.example`).
fn owns(outlet: &OutletEntry, host: &str) -> bool {
    let bare = |host: &str| host.split('.').filter(|label| !is_dull(label)).collect::<Vec<_>>().join(".");
    outlet.domains.iter().any(|domain| bare(domain) == bare(host))
}

/// What the rules of credit lines ("originally published by …") have in their names.
const CREDIT_LINES: [&str; 7] =
    ["published", "original", "erschienen", "publie", "publicado", "pubblicato", "credit"];

/// Witnesses that name where the story was taken from, and not the site.
fn is_elsewhere(witness: &Witness) -> bool {
    witness.raw.contains("//")
        || ["isBasedOn", "syndication-source", "original-source", ":provider", ":sourceOrganization"]
            .iter()
            .any(|part| witness.rule.ends_with(part))
        || CREDIT_LINES.iter().any(|part| witness.rule.starts_with("text:") && witness.rule.contains(part))
}

fn cleaned_name(raw: &str) -> String {
    let line = tidy(raw);
    // Behind a label ("来源：…").
    let line = line.rsplit('：').next().unwrap_or(&line);
    // A handle has no blanks of its own.
    let handle = line.strip_prefix('@').map(|handle| handle.replace('_', " "));
    let line = handle.as_deref().unwrap_or(line);
    line.trim_start_matches(['@', '©', ' ']).trim_end_matches([',', '.', ' ']).to_owned()
}

/// How well a name is written: blanks and capitals over handles and domains.
fn dress_of(name: &str) -> u8 {
    let spaced = u8::from(name.contains(' '));
    let mixed = u8::from(name.chars().any(char::is_uppercase) && name.chars().any(char::is_lowercase));
    let domain = u8::from(!name.contains('.'));
    4 * domain + 2 * spaced + mixed
}

fn ranked(mut names: Vec<SiteName>, context: &PageContext<'_>) -> Vec<SiteName> {
    let rules = rules_of(FieldName::Publisher);
    let label = context.host.as_deref().map(|host| site_key(name_label(host))).unwrap_or_default();
    let domain = context.domain().map(site_key).unwrap_or_default();
    for name in &mut names {
        name.support.sort_by(|one, other| {
            rules
                .reliability(&other.0)
                .total_cmp(&rules.reliability(&one.0))
                .then_with(|| one.0.cmp(&other.0))
        });
        let mut odds: f32 = name.support.iter().map(|(rule, _)| log_odds(rules.reliability(rule))).sum();
        if !label.is_empty() {
            odds += if name.key == label || name.key == domain {
                2.0
            } else if label.len() > 3 && (name.key.starts_with(&label) || label.starts_with(&name.key)) {
                0.5
            } else if label.contains(&name.key)
                || name.key.contains(&label)
                || initials_of(&name.name) == label
            {
                0.2
            } else {
                -0.8
            };
        }
        name.confidence = 1.0 / (1.0 + (-odds).exp());
    }
    // A bare domain yields to a name that says the same.
    let named: BTreeSet<String> =
        names.iter().filter(|name| !name.name.contains('.')).map(|name| name.key.clone()).collect();
    for name in &mut names {
        if name.key == domain
            && named.iter().any(|key| *key == label || key.starts_with(&label) && label.len() > 3)
        {
            name.confidence *= 0.5;
        }
    }
    names.sort_by(|one, other| {
        other.confidence.total_cmp(&one.confidence).then_with(|| one.key.cmp(&other.key))
    });
    names
}

fn log_odds(probability: f32) -> f32 {
    let p = probability.clamp(0.05, 0.95);
    (p / (1.0 - p)).ln() + 0.4
}

fn initials_of(name: &str) -> String {
    name.split(' ').filter_map(|word| word.chars().next()).flat_map(char::to_lowercase).collect()
}

/// Another outlet that the page says the story is from.
#[derive(Debug)]
pub(crate) struct Original {
    pub outlet: Outlet,
    pub rule: String,
    pub raw: String,
    pub confidence: f32,
}

/// The outlet that published the story first, where that is not the site.
pub(crate) fn original_of(
    witnesses: &[Witness],
    context: &PageContext<'_>,
    outlets: &Outlets,
) -> Option<Original> {
    let republisher = context.host.as_deref().is_some_and(is_republisher);
    witnesses.iter().filter(|witness| witness.field == FieldName::Publisher).find_map(|witness| {
        let said = is_elsewhere(witness)
            && !matches!(witness.rule.as_str(), "meta:article:publisher" | "meta:twitter:site");
        let provider = witness.rule.ends_with(":provider") || witness.rule.ends_with(":sourceOrganization");
        if !(said && (!provider || republisher) || republisher && witness.rule.ends_with(":publisher")) {
            return None;
        }
        let outlet = match host_of(&witness.raw) {
            Some(host) => outlet_of_host(&host, None, outlets),
            None if witness.raw.contains("//") || witness.raw.starts_with('/') => return None,
            None => outlet_named(&cleaned_name(&witness.raw), outlets),
        };
        let own = outlet
            .domain
            .as_deref()
            .is_some_and(|domain| context.domain() == Some(registrable_domain(domain)))
            || context.keys.equals(&outlet.name) && context.host_keys.matches(&outlet.name)
            || context.outlet.is_some_and(|own| own.id == outlet.id);
        (!own).then(|| Original {
            outlet,
            rule: witness.rule.clone(),
            raw: witness.raw.clone(),
            confidence: rules_of(FieldName::Publisher).reliability(&witness.rule),
        })
    })
}

/// The outlet of a name.
pub(crate) fn outlet_named(name: &str, outlets: &Outlets) -> Outlet {
    match outlets.by_name(name).or_else(|| outlets.by_domain(name).filter(|_| name.contains('.'))) {
        Some(entry) => outlet_of_entry(entry),
        None => Outlet { id: format!("~{}", slug_of(name)), name: name.to_owned(), domain: None },
    }
}

/// The country that a domain ends with, where it does (`pt` of `harbour.pt`).
fn country_of(domain: &str) -> Option<&str> {
    domain.rsplit('.').next().filter(|end| end.len() == 2)
}

/// The outlet that owns a host, called `name` where the list does not know it.
pub(crate) fn outlet_of_host(host: &str, name: Option<&str>, outlets: &Outlets) -> Outlet {
    let domain = registrable_domain(host).to_owned();
    let owner = outlets.by_domain(host).filter(|entry| name.is_none() || owns(entry, host));
    // Papers of one name in two countries are two.
    let label = name_label(host);
    let abroad = |entry: &&OutletEntry| {
        let mut others = entry.domains.iter().filter(|other| name_label(other) == label);
        let country = country_of(&domain);
        country.is_some() && others.any(|other| country_of(other).is_some_and(|their| Some(their) != country))
    };
    match owner.or_else(|| outlets.by_name(name?).filter(|entry| !abroad(entry))) {
        Some(entry) => Outlet {
            domain: Some(entry.domains.first().cloned().unwrap_or(domain)),
            ..outlet_of_entry(entry)
        },
        None => {
            let name = name.unwrap_or(&domain);
            Outlet { id: format!("~{}", slug_of(name)), name: name.to_owned(), domain: Some(domain) }
        }
    }
}

fn outlet_of_entry(entry: &OutletEntry) -> Outlet {
    Outlet { id: entry.id.clone(), name: entry.name.clone(), domain: entry.domains.first().cloned() }
}

/// Lower-case letters and digits of `name` with hyphens between its words.
pub(crate) fn slug_of(name: &str) -> String {
    let folded = fold_plain(name);
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}
