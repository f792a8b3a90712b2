//! What is known of a page before any field is settled: its address, its site, its language.

use super::{
    date::{DateStyle, day_number, day_of, parse_value},
    site::{SiteKeys, host_of, registrable_domain},
    url::slug_words,
};
use crate::{
    article::{FieldName, Witness},
    names::outlets::{OutletEntry, Outlets},
};

/// Rules that give an address, the most trusted first.
const ADDRESS_RULES: [&str; 9] = [
    "link:canonical",
    "meta:og:url",
    "document:url",
    "saved-from:url",
    "singlefile:url",
    "jsonld:url",
    "jsonld:mainEntityOfPage",
    "jsonld-page:url",
    "meta:twitter:url",
];

/// What is known of a page as a whole.
#[derive(Debug, Default)]
pub(crate) struct PageContext<'a> {
    /// Its address, absolute.
    pub url: Option<String>,
    /// The witness that gave it.
    pub url_rule: Option<String>,
    /// Its host.
    pub host: Option<String>,
    /// Names of its site.
    pub keys: SiteKeys,
    /// Names by which its host alone is known.
    pub host_keys: SiteKeys,
    /// How it writes numeric dates.
    pub style: DateStyle,
    /// Words of the address's last part.
    pub slug: Vec<String>,
    /// The outlet that owns the host.
    pub outlet: Option<&'a OutletEntry>,
    /// No article is younger, as days since 1970.
    pub last_day: Option<i64>,
}

/// The address that tells the page's own site: the canonical one, unless that is another site's
/// and the page gives its publisher the name of the site where it is shared. Papers of one house
/// print each other's stories under their own names.
fn own_address<'w>(canonical: &'w Witness, addresses: &[&'w Witness], witnesses: &[Witness]) -> &'w Witness {
    let shared = addresses.iter().find(|witness| witness.rule == "meta:og:url");
    let Some(shared) = shared.filter(|_| canonical.rule == "link:canonical") else { return canonical };
    let key_of = |witness: &Witness| {
        let mut keys = SiteKeys::default();
        host_of(&witness.raw).iter().for_each(|host| keys.add_host(host));
        keys
    };
    let (own, other) = (key_of(shared), key_of(canonical));
    if own == other {
        return canonical;
    }
    let mut names = witnesses.iter().filter(|witness| {
        witness.field == FieldName::Publisher
            && !witness.raw.contains("//")
            && !witness.rule.contains("isBasedOn")
    });
    let elsewhere = names.any(|witness| other.matches(&witness.raw));
    if elsewhere { canonical } else { shared }
}

impl<'a> PageContext<'a> {
    pub(crate) fn of(witnesses: &[Witness], captured: Option<&str>, outlets: &'a Outlets) -> Self {
        let mut context = Self::default();
        let of_field = |field| witnesses.iter().filter(move |witness| witness.field == field);
        let rank = |witness: &&Witness| {
            ADDRESS_RULES.iter().position(|rule| *rule == witness.rule).unwrap_or(ADDRESS_RULES.len())
        };
        let absolute: Vec<&Witness> =
            of_field(FieldName::Url).filter(|witness| host_of(&witness.raw).is_some()).collect();
        let address = absolute.iter().copied().min_by_key(rank);
        if let Some(witness) = address {
            context.url = Some(witness.raw.clone());
            context.url_rule = Some(witness.rule.clone());
            context.host = host_of(&own_address(witness, &absolute, witnesses).raw);
            context.slug = slug_words(&witness.raw);
        }
        if let Some(host) = &context.host {
            context.keys.add_host(host);
            context.host_keys.add_host(host);
            context.outlet = outlets.by_domain(host);
        }
        if let Some(outlet) = context.outlet {
            context.keys.add_name(&outlet.name);
            outlet.aliases.iter().for_each(|alias| context.keys.add_name(alias));
        }
        for witness in of_field(FieldName::Publisher) {
            if !witness.raw.contains("//") {
                context.keys.add_name(&witness.raw);
            }
        }
        context.style =
            DateStyle::of_language(of_field(FieldName::Language).next().map(|witness| witness.raw.as_str()));
        let captured = captured.and_then(|value| parse_value(value, DateStyle::default()));
        context.last_day = captured.and_then(|found| day_number(day_of(&found.moment)?));
        context
    }

    /// The registrable domain of the page's host.
    pub(crate) fn domain(&self) -> Option<&str> {
        self.host.as_deref().map(registrable_domain)
    }
}
