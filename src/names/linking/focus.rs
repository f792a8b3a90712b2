//! The countries that an article is about, from its linked mentions.

use std::collections::BTreeMap;

use crate::article::{Article, Kind, Mention, TextField};

/// Bytes at the beginning of the body whose mentions weigh more.
const LEAD_BYTES: usize = 200;
/// How much more a mention in headline, dek or lead weighs.
const LEAD_FACTOR: f32 = 3.0;
/// Share of the weightiest country's weight that another must reach.
const MIN_SHARE: f32 = 0.25;

/// ISO codes of the countries that `mentions` are about, the weightiest first; the publisher's
/// country `home` where no mention has one.
pub(super) fn countries(article: &Article, mentions: &[Mention], home: Option<[u8; 2]>) -> Vec<String> {
    let mut weights = BTreeMap::<&str, f32>::new();
    let start = article.text.len() - article.text.trim_start().len();
    for mention in mentions {
        let Some(country) = mention.entity.country.as_deref() else { continue };
        if mention.entity.kind != Kind::Place {
            continue;
        }
        let lead = mention.field != TextField::Body || mention.span.start < start + LEAD_BYTES;
        *weights.entry(country).or_default() += if lead { LEAD_FACTOR } else { 1.0 };
    }
    let most = weights.values().copied().fold(0.0, f32::max);
    let mut ranked: Vec<(&str, f32)> =
        weights.into_iter().filter(|&(_, weight)| weight >= MIN_SHARE * most).collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
    let mut countries: Vec<String> = ranked.into_iter().map(|(country, _)| country.to_owned()).collect();
    if countries.is_empty() {
        countries.extend(home.and_then(|code| String::from_utf8(code.to_vec()).ok()));
    }
    countries
}
