//! The publisher of a text that nowhere names it but in labels: `Acme Signals`, `Acme Logo`.
//!
//! A sponsor's logo is not the publisher's: one that follows a sponsor's label does not count.

use std::collections::BTreeMap;

use super::{Judged, Mark};
use crate::{
    article::{FieldName, Witness},
    extract::rules::{Rules, line_key},
    names::outlets::Outlets,
};

/// How many lines after a sponsor's label a logo still is the sponsor's.
const SPONSOR_LINES: usize = 3;

/// The publisher, from labels that carry its name: `Acme Signals`, `Acme Logo`, `© 2024 Acme`.
pub fn read(lines: &mut [Judged], rules: &Rules, outlets: &Outlets, witnesses: &mut Vec<Witness>) {
    let mut votes: BTreeMap<String, (usize, &'static str, String)> = BTreeMap::new();
    let mut sponsor: Option<usize> = None;
    for (index, judged) in lines.iter_mut().enumerate() {
        let text = judged.line.text.clone();
        match judged.mark {
            Mark::Furniture("sponsor-label") => sponsor = Some(index),
            Mark::Furniture("logo-label") => {
                let sponsored = sponsor.is_some_and(|at| index - at <= SPONSOR_LINES);
                if let Some(name) = without_last_word(&text).filter(|_| !sponsored) {
                    vote(&mut votes, name, "text:logo-label", outlets);
                }
            }
            Mark::Brand => {
                if let Some((name, _)) = rules.brand_label(&text) {
                    vote(&mut votes, name, "text:brand-label", outlets);
                }
                judged.drop_by(if text.contains(':') { "line:brand-slogan" } else { "line:brand-label" });
            }
            _ => {}
        }
    }
    // An unknown name must be printed by two kinds of label, or twice, to be the publisher's.
    let best = votes
        .values()
        .filter(|(count, _, name)| *count >= 2 || outlets.by_name(name).is_some())
        .max_by_key(|(count, _, _)| *count);
    if let Some((_, rule, name)) = best {
        witnesses.push(Witness::new(FieldName::Publisher, *rule, name));
    }
}

/// Counts a label that carries `name`; a known outlet counts twice.
fn vote(
    votes: &mut BTreeMap<String, (usize, &'static str, String)>,
    name: &str,
    rule: &'static str,
    outlets: &Outlets,
) {
    let weight = if outlets.by_name(name).is_some() { 2 } else { 1 };
    votes.entry(line_key(name)).or_insert((0, rule, name.to_owned())).0 += weight;
}

fn without_last_word(text: &str) -> Option<&str> {
    text.rsplit_once(' ').map(|(name, _)| name)
}
