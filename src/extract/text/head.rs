//! What the lines above a story say of it: exported fields, headline, dek.
//!
//! Lines whose content goes into a field are left out of the body, by the rule `field:NAME`.

use rustc_hash::FxHashSet;

use super::{Judged, Mark, brand, byline, marks};
use crate::{
    article::{FieldName, Witness},
    extract::rules::{Rules, line_key},
    names::outlets::Outlets,
};

/// A headline stands within this many lines of the first prose; further up are menus.
const MAX_HEAD_LINES: usize = 400;

/// Words of a line that can be the headline again.
const TITLE_WORDS: std::ops::RangeInclusive<usize> = 3..=39;

/// One word of at most this weight above a headline is the site's name.
const MAX_NAME_WEIGHT: usize = 20;

/// Share of a line's words that stand in the page's title when it is the headline.
const MIN_TITLE_SHARE: f64 = 0.7;

/// Reads the lines around the story.
pub fn read(lines: &mut [Judged], rules: &Rules, outlets: &Outlets, witnesses: &mut Vec<Witness>) {
    headers(lines, rules, witnesses);
    brand::read(lines, rules, outlets, witnesses);
    let story =
        lines.iter().position(|line| !line.is_dropped() && line.mark == Mark::Prose).unwrap_or(lines.len());
    let has_headline = witnesses.iter().any(|witness| witness.field == FieldName::Headline);
    let top = if has_headline { 0 } else { headline(lines, story, outlets, witnesses) };
    for line in lines.iter_mut() {
        if line.mark == Mark::Dek && !line.is_dropped() {
            if let Some((rule, _)) = rules.dek(&line.line.text) {
                witnesses.push(Witness::new(FieldName::Dek, format!("text:{rule}"), &line.line.text));
            }
            line.drop_by("field:dek");
        }
    }
    byline::read(lines, top, story, rules, outlets, witnesses);
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

/// The headline: a line above the story that repeats the page's title, else the title itself.
///
/// Gives the line that it is.
fn headline(lines: &mut [Judged], story: usize, outlets: &Outlets, witnesses: &mut Vec<Witness>) -> usize {
    let Some(first) = lines[..story].iter().position(can_be_title) else { return 0 };
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
        return index;
    }
    // A name alone above a longer line is the site's.
    let longer = lines[first + 1..story].iter().position(can_be_title).map(|at| first + 1 + at);
    let one_word = title.split(' ').count() == 1 && marks::weight_of(&title) <= MAX_NAME_WEIGHT;
    let is_name = outlets.by_name(&title).is_some() || one_word;
    match longer.filter(|_| is_name) {
        Some(index) => {
            if outlets.by_name(&title).is_some() {
                witnesses.push(Witness::new(FieldName::Publisher, "text:first-line", title));
                lines[first].drop_by("field:publisher");
            }
            witnesses.push(Witness::new(FieldName::Headline, "text:second-line", &lines[index].line.text));
            lines[index].drop_by("field:headline");
            index
        }
        None => {
            witnesses.push(Witness::new(FieldName::Headline, "text:first-line", title));
            lines[first].drop_by("field:headline");
            first
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
