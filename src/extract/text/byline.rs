//! Who wrote a text, when, and for whom: bylines, date lines, datelines and credit lines.
//!
//! Lines that say nothing else are left out of the body.

use super::{Judged, Mark, marks};
use crate::{
    article::{FieldName, Witness},
    extract::{
        meta::date::{DateStyle, dates_in, day_of},
        rules::{CreditKind, Rules},
    },
    names::outlets::Outlets,
};

/// Bylines and dates stand at most this many lines above the headline.
const LINES_ABOVE: usize = 3;

/// A line whose letters beside its date are no more than these says nothing else.
const MAX_OTHER_LETTERS: usize = 40;

/// Heaviest line that is looked at for names or dates.
const MAX_WEIGHT: usize = 120;

/// A dateline is no longer than this.
const MAX_DATELINE_BYTES: usize = 90;

/// Between a dateline's date and its dash stands an agency in brackets at most.
const MAX_AFTER_DATE: usize = 24;

/// Words of a name without a cue.
const NAME_WORDS: std::ops::RangeInclusive<usize> = 2..=5;

/// Words that begin a date of change, in lower case.
const UPDATED: &str = include_str!("../../../schema/rules/updated-words.tsv");

/// Reads the lines between the headline (`top`) and the story, and the credits everywhere.
pub fn read(
    lines: &mut [Judged],
    top: usize,
    story: usize,
    rules: &Rules,
    outlets: &Outlets,
    witnesses: &mut Vec<Witness>,
) {
    let start = top.saturating_sub(LINES_ABOVE);
    let end = lines.len().min(story.max(top) + 2);
    let dated: Vec<bool> = lines[start..end].iter_mut().map(|line| read_dates(line, witnesses)).collect();
    for (index, line) in lines.iter_mut().enumerate().take(end).skip(start) {
        let near = |at: usize| at.checked_sub(start).and_then(|at| dated.get(at)) == Some(&true);
        let beside_date = near(index) || near(index + 1) || index.checked_sub(1).is_some_and(near);
        let before_story = index > top && index + 1 == story;
        read_names(line, beside_date, before_story, rules, outlets, witnesses);
    }
    for line in lines.iter() {
        credits_of(&line.line.text, rules, witnesses);
    }
    datelines_of(lines[story..].iter().take(3).map(|line| line.line.text.as_str()), witnesses);
}

/// What the datelines of a story's first lines say: the agency, and the day where the year is given.
pub fn datelines_of<'a>(lines: impl Iterator<Item = &'a str>, witnesses: &mut Vec<Witness>) {
    for line in lines {
        let agency = dateline_credit(line);
        let day = dateline_day(line);
        if let Some(agency) = agency {
            witnesses.push(Witness::new(FieldName::Credit, "text:dateline", agency));
        }
        if let Some(day) = day {
            witnesses.push(Witness::new(FieldName::Published, "text:dateline", day));
        }
        if agency.or(day).is_some() {
            return;
        }
    }
}

/// Whether a line says when; drops it where it says nothing else.
fn read_dates(line: &mut Judged, witnesses: &mut Vec<Witness>) -> bool {
    let text = &line.line.text;
    if line.is_dropped() || line.mark == Mark::Prose || marks::weight_of(text) > MAX_WEIGHT {
        return false;
    }
    let found = dates_in(text, DateStyle::of_language(None));
    let mut start = 0;
    let mut other = 0;
    for date in &found {
        let before = text[start..date.span.start].to_lowercase();
        let updated = UPDATED.lines().any(|word| !word.starts_with('#') && before.contains(word));
        let (field, rule) = if updated {
            (FieldName::Modified, "text:updated-line")
        } else {
            (FieldName::Published, "text:date-line")
        };
        witnesses.push(Witness::new(field, rule, date.span.of(text)));
        other += letters(&before);
        start = date.span.end;
    }
    other += letters(&text[start..]);
    // A byline in front of the date is read as such before the line goes.
    if !found.is_empty() && other <= MAX_OTHER_LETTERS && !text.contains(['(', '?']) {
        line.drop_by("field:published");
    }
    !found.is_empty()
}

fn letters(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphabetic()).count()
}

/// Reads "By Jane Doe and John Roe", and bare names beside a date or right above the story.
fn read_names(
    line: &mut Judged,
    beside_date: bool,
    before_story: bool,
    rules: &Rules,
    outlets: &Outlets,
    witnesses: &mut Vec<Witness>,
) {
    let dated = matches!(&line.verdict, Some(super::Verdict::Drop(rule)) if rule == "field:published");
    if (line.is_dropped() && !dated) || line.mark != Mark::Short {
        return;
    }
    let text = line.line.text.as_str();
    let (rule, names) = match rules.byline(text).filter(|names| reads_as_names(names)) {
        Some(names) => ("text:byline", without_role(names)),
        None if (beside_date || before_story) && is_bare_name(text, outlets) => {
            ("text:name-line", text.split([',', '|', '•']).next().unwrap_or(text).trim())
        }
        None => return,
    };
    witnesses.push(Witness::new(FieldName::Byline, rule, names));
    line.drop_by("field:byline");
}

/// Names without what follows a comma in lower case: "Jane Doe, health reporter", "Jeanne, à Paris".
fn without_role(names: &str) -> &str {
    let role = names.match_indices([',', '，']).map(|(at, _)| at).find(|at| {
        let after = names[*at..].trim_start_matches([',', '，', ' ']);
        after.starts_with(char::is_lowercase) && !JOINING.iter().any(|word| after.starts_with(word))
    });
    role.map_or(names, |at| &names[..at])
}

/// Words before the last of several names, as languages join them.
const JOINING: [&str; 8] = ["and ", "und ", "et ", "y ", "e ", "en ", "och ", "og "];

/// Whether `text` can be names of people: capitalised words with a few small ones between.
fn reads_as_names(text: &str) -> bool {
    let words: Vec<&str> = text.split(' ').collect();
    let capitals = words.iter().filter(|word| word.chars().next().is_some_and(|c| !c.is_lowercase())).count();
    marks::weight_of(text) <= MAX_WEIGHT && words.len() <= 16 && capitals * 2 > words.len()
}

/// Whether `text` up to a comma is one name: a few capitalised words, no figures, no outlet.
fn is_bare_name(text: &str, outlets: &Outlets) -> bool {
    let name = text.split([',', '|', '•']).next().unwrap_or("").trim();
    let words: Vec<&str> = name.split(' ').collect();
    let capital = |word: &&str| word.chars().next().is_some_and(char::is_uppercase);
    NAME_WORDS.contains(&words.len())
        && words.first().is_some_and(capital)
        && words.last().is_some_and(capital)
        && words.iter().filter(|word| !capital(word)).count() <= 2
        && words
            .iter()
            .all(|word| word.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '\'' | '’' | '-')))
        && outlets.by_name(name).is_none()
}

/// Witnesses of a credit line.
pub fn credits_of(text: &str, rules: &Rules, witnesses: &mut Vec<Witness>) {
    if let Some(credit) = rules.credit(text)
        && credit.kind == CreditKind::Publisher
    {
        witnesses.push(Witness::new(FieldName::Publisher, format!("text:{}", credit.id), credit.name));
    }
}

/// The date in a dateline: `OSLO, 3 May 2021 — `; only a whole date gives one.
fn dateline_day(text: &str) -> Option<&str> {
    let marks = [" - ", " – ", " — ", " -- ", "— ", "– "];
    let head = &text[..text.floor_char_boundary(MAX_DATELINE_BYTES)];
    let end = marks.iter().filter_map(|mark| head.find(mark)).min()?;
    let found = dates_in(&head[..end], DateStyle::of_language(None)).into_iter().next()?;
    let opened =
        head.chars().next().is_some_and(|c| c.is_uppercase() || !c.is_ascii()) && found.span.start > 0;
    let closes = head[found.span.end..end].trim().len() <= MAX_AFTER_DATE;
    (opened && closes && day_of(&found.moment).is_some()).then(|| found.span.of(head))
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
        assert_eq!(dateline_day("Oslo, 3 May 2021 — The fjord froze."), Some("3 May 2021"));
        assert_eq!(dateline_day("OSLO, May 3 (Example Wire) - The fjord froze."), None);
        assert_eq!(
            dateline_day("The fjord froze on 3 May 2021, and nobody in Oslo knew why - not even he."),
            None
        );
    }

    #[test]
    fn names_are_told_from_sentences() {
        assert!(reads_as_names("Ana Ferrer and Bo van den Berg"));
        assert_eq!(
            without_role("Ana Ferrer, Bo Lind, and Cy Orr, harbour desk"),
            "Ana Ferrer, Bo Lind, and Cy Orr"
        );
        assert!(!reads_as_names("The time the ferry had come back to port it was late"));
        let outlets = Outlets::builtin();
        assert!(is_bare_name("Ana María del Mar Ferrer, in Oslo", outlets));
        assert!(!is_bare_name("Ferry returns", outlets));
        assert!(!is_bare_name("Sport", outlets));
    }
}
