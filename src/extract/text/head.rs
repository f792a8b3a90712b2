//! What the lines around a story say of it: headline, dek, byline, publisher, credit.
//!
//! Lines whose content goes into a field are left out of the body, by the rule `field:NAME`.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::{Judged, Mark, marks};
use crate::{
    article::{FieldName, Witness},
    extract::rules::{CreditKind, Rules, line_key},
    names::outlets::Outlets,
};

/// A headline stands within this many lines of the first prose; further up are menus.
const MAX_HEAD_LINES: usize = 400;

/// Words of a line that can be the headline again.
const TITLE_WORDS: std::ops::RangeInclusive<usize> = 3..=39;

/// Share of a line's words that stand in the page's title when it is the headline.
const MIN_TITLE_SHARE: f64 = 0.7;

/// How many lines after a sponsor's label a logo still is the sponsor's.
const SPONSOR_LINES: usize = 3;

/// Reads the lines around the story.
pub fn read(lines: &mut [Judged], rules: &Rules, outlets: &Outlets, witnesses: &mut Vec<Witness>) {
    headers(lines, rules, witnesses);
    brands(lines, rules, outlets, witnesses);
    let story =
        lines.iter().position(|line| !line.is_dropped() && line.mark == Mark::Prose).unwrap_or(lines.len());
    let has_headline = witnesses.iter().any(|witness| witness.field == FieldName::Headline);
    if !has_headline {
        headline(lines, story, outlets, witnesses);
    }
    for line in lines.iter_mut() {
        if line.mark == Mark::Dek && !line.is_dropped() {
            if let Some((rule, _)) = rules.dek(&line.line.text) {
                witnesses.push(Witness::new(FieldName::Dek, format!("text:{rule}"), &line.line.text));
            }
            line.drop_by("field:dek");
        }
    }
    bylines(lines, story, rules, witnesses);
    for line in lines.iter() {
        credits_of(&line.line.text, rules, witnesses);
    }
    if let Some(agency) = lines[story..].iter().take(3).find_map(|line| dateline_credit(&line.line.text)) {
        witnesses.push(Witness::new(FieldName::Credit, "text:dateline", agency));
    }
}

/// `Name: value` lines at the top, as readers' exports print them: at least two, or one that
/// gives the headline or the address.
fn headers(lines: &mut [Judged], rules: &Rules, witnesses: &mut Vec<Witness>) {
    let found: Vec<(usize, Witness)> = lines
        .iter()
        .enumerate()
        .take(12)
        .take_while(|(_, line)| line.mark != Mark::Prose)
        .filter_map(|(index, line)| {
            let (field, value) = rules.header(&line.line.text)?;
            Some((index, Witness::new(field, format!("header:{}", name_of(&line.line.text)), value)))
        })
        .collect();
    let sure = found.iter().any(|(_, witness)| matches!(witness.field, FieldName::Headline | FieldName::Url));
    if found.len() < 2 && !sure {
        return;
    }
    for (index, witness) in found {
        lines[index].verdict = None;
        lines[index].drop_by("field:header");
        witnesses.push(witness);
    }
}

fn name_of(line: &str) -> String {
    line_key(line.split(':').next().unwrap_or(""))
}

/// The publisher, from labels that carry its name: `Acme Signals`, `Acme Logo`, `© 2024 Acme`.
fn brands(lines: &mut [Judged], rules: &Rules, outlets: &Outlets, witnesses: &mut Vec<Witness>) {
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

/// The headline: a line above the story that repeats the page's title, else the title itself.
fn headline(lines: &mut [Judged], story: usize, outlets: &Outlets, witnesses: &mut Vec<Witness>) {
    let Some(first) = lines[..story].iter().position(can_be_title) else { return };
    let title = lines[first].line.text.clone();
    let words: FxHashSet<String> = words_of(&title).collect();
    let repeated = lines[..story]
        .iter()
        .enumerate()
        .skip(first + 1)
        .rev()
        .take(MAX_HEAD_LINES)
        .find(|(_, line)| can_be_title(line) && repeats(&line.line.text, &words))
        .map(|(index, _)| index);
    if let Some(index) = repeated {
        witnesses.push(Witness::new(FieldName::Headline, "text:repeated-title", &lines[index].line.text));
        lines[index].drop_by("field:headline");
        witnesses.push(Witness::new(FieldName::Headline, "text:page-title", title));
        lines[first].drop_by("field:page-title");
        return;
    }
    // A name alone above a longer line is the site's.
    let longer = lines[first + 1..story].iter().position(can_be_title).map(|at| first + 1 + at);
    let is_name = outlets.by_name(&title).is_some() || title.split(' ').count() == 1;
    match longer.filter(|_| is_name) {
        Some(index) => {
            if outlets.by_name(&title).is_some() {
                witnesses.push(Witness::new(FieldName::Publisher, "text:first-line", title));
                lines[first].drop_by("field:publisher");
            }
            witnesses.push(Witness::new(FieldName::Headline, "text:second-line", &lines[index].line.text));
            lines[index].drop_by("field:headline");
        }
        None => {
            witnesses.push(Witness::new(FieldName::Headline, "text:first-line", title));
            lines[first].drop_by("field:headline");
        }
    }
}

fn can_be_title(line: &Judged) -> bool {
    line.mark == Mark::Short && !line.is_dropped() && line.line.text.chars().any(char::is_alphabetic)
}

fn words_of(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

fn repeats(text: &str, title: &FxHashSet<String>) -> bool {
    let (mut words, mut shared) = (0_usize, 0_usize);
    for word in words_of(text) {
        words += 1;
        shared += usize::from(title.contains(&word));
    }
    TITLE_WORDS.contains(&words) && shared as f64 > MIN_TITLE_SHARE * words as f64
}

/// Lines such as "By Jane Doe and John Roe" above the story or just inside it.
fn bylines(lines: &mut [Judged], story: usize, rules: &Rules, witnesses: &mut Vec<Witness>) {
    let end = lines.len().min(story + 2);
    let start = story.saturating_sub(MAX_HEAD_LINES);
    for line in &mut lines[start..end] {
        if line.is_dropped() || line.mark != Mark::Short {
            continue;
        }
        if let Some(names) = rules.byline(&line.line.text).filter(|names| reads_as_names(names)) {
            witnesses.push(Witness::new(FieldName::Byline, "text:byline", names));
            line.drop_by("field:byline");
        }
    }
}

/// Whether `text` can be names of people: capitalised words with a few small ones between.
fn reads_as_names(text: &str) -> bool {
    let words: Vec<&str> = text.split(' ').collect();
    let capitals = words.iter().filter(|word| word.chars().next().is_some_and(char::is_uppercase)).count();
    marks::weight_of(text) <= 100 && words.len() <= 16 && capitals * 2 > words.len()
}

/// Witnesses of a credit line.
pub fn credits_of(text: &str, rules: &Rules, witnesses: &mut Vec<Witness>) {
    if let Some(credit) = rules.credit(text)
        && credit.kind == CreditKind::Publisher
    {
        witnesses.push(Witness::new(FieldName::Publisher, format!("text:{}", credit.id), credit.name));
    }
}

/// The agency in a dateline: `KYIV, May 14 (Reuters) - `, `ROME (AP) — `.
pub fn dateline_credit(text: &str) -> Option<&str> {
    let open = text.char_indices().take(80).find(|(_, c)| *c == '(')?.0;
    let place = text[..open].trim_end();
    let close = text[open..].find(')').filter(|len| *len < 40)? + open;
    let after = text[close + 1..].trim_start();
    let dash = after.starts_with(['-', '–', '—', '―', ':']);
    let opened = place.chars().next().is_some_and(char::is_uppercase)
        && place.chars().nth(1).is_some_and(|c| c.is_uppercase() || !c.is_ascii());
    (dash && opened).then(|| text[open + 1..close].trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn datelines_carry_their_agency() {
        assert_eq!(dateline_credit("OSLO, May 3 (Example Wire) - The fjord froze."), Some("Example Wire"));
        assert_eq!(dateline_credit("ROME (EW) — Rain."), Some("EW"));
        assert_eq!(dateline_credit("The bank (founded in 1901) - now closed."), None);
        assert_eq!(dateline_credit("OSLO (Example Wire) reported rain."), None);
    }

    #[test]
    fn names_are_told_from_sentences() {
        assert!(reads_as_names("Ana Ferrer and Bo van den Berg"));
        assert!(!reads_as_names("The time the ferry had come back to port it was late"));
    }
}
