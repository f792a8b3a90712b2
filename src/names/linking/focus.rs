//! The countries that an article is about, from its linked mentions.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use crate::article::{Article, Kind, Mention, Span, TextField};

/// Bytes at the beginning of the body whose mentions weigh more.
const LEAD_BYTES: usize = 200;
/// How much more a mention in headline, dek or lead weighs.
const LEAD_FACTOR: f32 = 3.0;
/// How much more a mention in the first line weighs, where the headline often stands.
const FIRST_LINE_FACTOR: f32 = 1.25;
/// How much more the place of a dateline weighs.
const DATELINE_FACTOR: f32 = 2.0;
/// How much less an organisation or person weighs than a place.
const OTHERS_FACTOR: f32 = 0.2;
/// Share of the weightiest country's weight that another must reach.
const MIN_SHARE: f32 = 0.38;
/// Bytes of the body within which a dateline begins.
const DATELINE_BYTES: usize = 600;
/// How a dateline goes on after its place.
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Longest word that can be a currency.
const MAX_CURRENCY_BYTES: usize = 16;
/// Words for money, in lower case.
static CURRENCIES: LazyLock<FxHashSet<&'static str>> = LazyLock::new(|| {
    let words = include_str!("../../../schema/rules/currencies.txt");
    words.lines().filter(|line| !line.starts_with('#')).flat_map(|line| line.split(' ')).collect()
});

/// ISO codes of the countries that `mentions` are about, the weightiest first; the publisher's
/// country `home` where no mention has one. Weights chosen on news of the 1980s.
pub(super) fn countries(article: &Article, mentions: &[Mention], home: Option<[u8; 2]>) -> Vec<String> {
    let mut weights = BTreeMap::<&str, f32>::new();
    let text = &article.text;
    let start = text.len() - text.trim_start().len();
    let first_line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
    for mention in mentions.iter().filter(|mention| !mention.entity.id.starts_with('~')) {
        let Some(country) = mention.entity.country.as_deref() else { continue };
        if is_currency(article.text_of(mention.field), mention.span) {
            continue;
        }
        let mut weight = if mention.entity.kind == Kind::Place { 1.0 } else { OTHERS_FACTOR };
        let body = mention.field == TextField::Body;
        if !body || mention.span.start < start + LEAD_BYTES {
            weight *= LEAD_FACTOR;
        }
        if body && article.headline.is_none() && mention.span.start < first_line_end {
            weight *= FIRST_LINE_FACTOR;
        }
        if body && is_dateline(text, mention.span) {
            weight *= DATELINE_FACTOR;
        }
        *weights.entry(country).or_default() += weight;
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

/// Whether the word after `span` makes a currency of it ("Swiss francs"), which is paid in anywhere.
fn is_currency(text: &str, span: Span) -> bool {
    let Some(rest) = text[span.end..].strip_prefix([' ', '-']) else { return false };
    let word = &rest[..rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len())];
    word.len() <= MAX_CURRENCY_BYTES && CURRENCIES.contains(word.to_lowercase().as_str())
}

/// Whether the place at `span` begins a line and a date, an agency or a dash follows ("KYIV, March 3
/// (Reuters) -"), perhaps after its state.
pub(super) fn is_dateline(text: &str, span: Span) -> bool {
    if span.start > DATELINE_BYTES {
        return false;
    }
    let before = text[..span.start].rsplit('\n').next().unwrap_or("").trim_start();
    let line = text[span.end..].lines().next().unwrap_or("");
    let begins = before.is_empty()
        || before.len() < 40 && before.ends_with(", ") && !before.chars().any(char::is_lowercase);
    let after = line.trim_start_matches([',', ' ']);
    let tail = after.split_once(", ").map_or("", |(_, tail)| tail);
    let dated = |rest: &str| MONTHS.iter().any(|month| rest.starts_with(month));
    let marked = [" - ", " -- ", " \u{2013} ", " \u{2014} ", " ("].iter().any(|mark| line.starts_with(mark));
    begins && (marked || line.starts_with(',') && (dated(after) || dated(tail)))
}

#[cfg(test)]
mod tests {
    use super::is_dateline;
    use crate::article::Span;

    #[test]
    fn datelines_begin_a_line_and_go_on_with_a_date_or_a_mark() {
        let yes = |text: &str, place: &str| {
            let start = text.find(place).unwrap();
            is_dateline(text, Span::new(start, start + place.len()))
        };
        assert!(yes("Head line\n\nKYIV, March 3 (Reuters) - Shells", "KYIV"));
        assert!(yes("KYIV (AFP) \u{2014} Shells", "KYIV"));
        assert!(yes("FAIRVIEW, Texas, Oct 2 - A mill", "FAIRVIEW"));
        assert!(!yes("In Kyiv, May is warm", "Kyiv"));
        assert!(!yes("Kyiv, the capital, slept", "Kyiv"));
    }
}
