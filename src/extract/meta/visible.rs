//! What the visible lines say: bylines, short names and dates near the headline.
//!
//! Serves pages and plain texts alike; it only needs lines and the place of the headline.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use rustc_hash::FxHashSet;

use super::{
    author::{has_lead, is_person_like, names_of},
    date::{DateStyle, FoundDate, dates_in, day_of},
    fold::{each_word, fold_words, word_class},
    site::SiteKeys,
    witness_set::WitnessSet,
};
use crate::article::FieldName;

const WORDS: &str = include_str!("../../../schema/metadata/page-words.tsv");

/// Bylines and dates stand this many lines before and after the headline.
const BEFORE: usize = 6;
const AFTER: usize = 25;

/// Words of a headline: from the one to below the other.
const MIN_HEADLINE_WORDS: usize = 2;
const MAX_HEADLINE_WORDS: usize = 40;

/// So many words beside those of the title make less than seven tenths of any headline.
const MAX_OTHER_WORDS: usize = 12;

/// Bytes of a name that stands alone.
const MIN_NAME_BYTES: usize = 5;
const MAX_NAME_BYTES: usize = 50;

/// Bytes from which a line is prose.
const MIN_PROSE_BYTES: usize = 120;

/// Longer lines that speak of copyright are terms.
const MAX_COPYRIGHT_BYTES: usize = 160;

/// Longer lines do not name their author behind a mark.
const MAX_MARKED_BYTES: usize = 300;

/// Bytes behind a mark that may be names.
const MAX_NAME_BYTES_BEHIND_MARK: usize = 80;

/// Lines searched for dates when the whole text is.
const MAX_SEARCHED: usize = 1_500;

struct DateWords {
    published: Vec<&'static str>,
    updated: Vec<&'static str>,
}

static DATE_WORDS: LazyLock<DateWords> = LazyLock::new(|| DateWords {
    published: word_class(WORDS, "published-word").into_iter().collect(),
    updated: word_class(WORDS, "updated-word").into_iter().collect(),
});

static AUTHOR_MARKS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let kind = Some(AhoCorasickKind::DFA);
    let marks = word_class(WORDS, "author-mark");
    AhoCorasick::builder().ascii_case_insensitive(true).kind(kind).build(marks).ok()
});

static AUTHOR_HEADINGS: LazyLock<BTreeSet<&str>> = LazyLock::new(|| word_class(WORDS, "author-heading"));

/// Words and phrases that stand beside dates.
pub(crate) fn beside_dates() -> impl Iterator<Item = String> {
    DATE_WORDS.published.iter().chain(&DATE_WORDS.updated).map(|phrase| (*phrase).to_owned())
}

/// The line of `lines` that is the headline: the one that shares most words with `titles`.
///
/// `weight_of` gives the bonus of a line's markup (a heading's).
pub(crate) fn headline_line(
    lines: &[String],
    titles: &[String],
    weight_of: impl Fn(usize) -> f32,
) -> Option<usize> {
    let mut known: FxHashSet<String> = FxHashSet::default();
    for title in titles.iter().take(8) {
        known.extend(fold_words(title).split(' ').filter(|word| !word.is_empty()).map(str::to_owned));
    }
    let mut best: Option<(f32, usize)> = None;
    for (index, line) in lines.iter().enumerate() {
        let (mut words, mut shared) = (0, 0);
        each_word(line.get(..400).unwrap_or(line), |word| {
            words += 1;
            shared += usize::from(known.contains(word));
            words < MAX_HEADLINE_WORDS && words - shared < MAX_OTHER_WORDS
        });
        if !(MIN_HEADLINE_WORDS..MAX_HEADLINE_WORDS).contains(&words) {
            continue;
        }
        let share = shared as f32 / words as f32;
        // Long lines that are all title words say more than "News".
        if share > 0.7 {
            let score = share + weight_of(index) + (words.min(10) as f32) * 0.02;
            if best.is_none_or(|(found, _)| score > found) {
                best = Some((score, index));
            }
        }
    }
    best.map(|(_, index)| index)
}

/// Adds what `lines` say of authors and dates; `headline` is the headline's line.
pub(crate) fn add_witnesses(
    lines: &[String],
    headline: Option<usize>,
    style: DateStyle,
    keys: &SiteKeys,
    witnesses: &mut WitnessSet,
) {
    let centre = headline.unwrap_or(0);
    let near = centre.saturating_sub(BEFORE)..lines.len().min(centre + AFTER + 1);
    for index in near.clone() {
        if Some(index) != headline {
            add_byline(lines, index, index as i64 - centre as i64, keys, witnesses);
            add_date(&lines[index], index as i64 - centre as i64, style, witnesses);
        }
    }
    for line in lines.iter().skip(near.end).rev().take(400) {
        if line.len() < 120
            && has_lead(line)
            && names_of(line, keys).iter().any(|name| is_person_like(name))
            && names_of(line, keys).len() < 4
        {
            witnesses.add(FieldName::Byline, "visible:late-byline", line);
        }
    }
    add_marked_names(lines, near.end, keys, witnesses);
    add_signatures(lines, near.start, keys, witnesses);
    add_copyright(lines, keys, witnesses);
    add_text_dates(lines, style, witnesses);
}

/// Adds the persons behind a mark within a line ("Date: 4 May 2021 Author: Ada Quill"), and those
/// in the line below a heading that announces an author, from `start` on: those near the headline
/// are heard already.
fn add_marked_names(lines: &[String], start: usize, keys: &SiteKeys, witnesses: &mut WitnessSet) {
    let has_person = |text: &str| names_of(text, keys).iter().any(|name| is_person_like(name));
    for line in lines.iter().filter(|line| line.len() < MAX_MARKED_BYTES) {
        let Some(mark) = AUTHOR_MARKS.as_ref().and_then(|marks| marks.find(line.as_str())) else { continue };
        let apart = !line[..mark.start()].ends_with(|c: char| c.is_alphanumeric());
        let name = &line[mark.end()..];
        let name = name[..name.floor_char_boundary(MAX_NAME_BYTES_BEHIND_MARK)].trim();
        if apart && has_person(name) {
            witnesses.add(FieldName::Byline, "visible:name-behind-mark", name);
        }
    }
    for pair in lines.windows(2).skip(start.saturating_sub(1)) {
        let [above, line] = pair else { continue };
        let announced = above.len() < 40 && line.len() < 80 && {
            let above = above.to_lowercase();
            AUTHOR_HEADINGS.contains(above.trim())
        };
        if announced && has_person(line) {
            witnesses.add(FieldName::Byline, "visible:late-name-after-label", line);
        }
    }
}

/// Adds the names that stand alone under a paragraph, as letters are signed.
fn add_signatures(lines: &[String], start: usize, keys: &SiteKeys, witnesses: &mut WitnessSet) {
    for pair in lines.windows(2).skip(start) {
        let [above, line] = pair else { continue };
        let signs = (MIN_NAME_BYTES..MAX_NAME_BYTES).contains(&line.len())
            && above.len() >= MIN_PROSE_BYTES
            && above.ends_with(['.', '!', '?', '"', '”', '«', '»', ')'])
            && line.contains(' ');
        if signs && is_one_person(line, keys) {
            witnesses.add(FieldName::Byline, "visible:signature", line);
        }
    }
}

/// Adds the persons whose copyright a line says the page is: on pages of one author it is the author's.
fn add_copyright(lines: &[String], keys: &SiteKeys, witnesses: &mut WitnessSet) {
    for line in lines.iter().filter(|line| line.len() < MAX_COPYRIGHT_BYTES) {
        let mark = line.find('©').map(|at| at + '©'.len_utf8());
        let Some(at) = mark.or_else(|| Some(line.find("opyright")? + "opyright".len())) else { continue };
        let tail = line[at..].trim_start_matches("(c)").trim_start_matches("(C)");
        let name = tail.trim_start_matches(|c: char| !c.is_alphabetic());
        let end = name.find(['.', ',', '|', '(', '-', '–', '·', '•', '©']).unwrap_or(name.len());
        let name = name[..end].trim();
        if name.contains(' ') && is_one_person(name, keys) {
            witnesses.add(FieldName::Byline, "visible:copyright-person", name);
        }
    }
}

fn is_one_person(line: &str, keys: &SiteKeys) -> bool {
    matches!(names_of(line, keys).as_slice(), [name] if is_person_like(name))
}

fn add_byline(lines: &[String], index: usize, offset: i64, keys: &SiteKeys, witnesses: &mut WitnessSet) {
    let line = lines[index].as_str();
    let chars = line.chars().count();
    if chars > 200 {
        return;
    }
    let before = index.checked_sub(1).map(|before| lines[before].to_lowercase());
    if chars < 80 && before.is_some_and(|before| AUTHOR_HEADINGS.contains(before.trim())) {
        witnesses.add(FieldName::Byline, "visible:name-after-label", line);
    }
    let lead = has_lead(line);
    let near = (-4..=12).contains(&offset);
    // Names in other lines say nothing.
    let names = if lead || near && chars < 100 { names_of(line, keys) } else { Vec::new() };
    let persons = names.iter().filter(|name| is_person_like(name)).count();
    let all_persons = persons > 0 && persons == names.len();
    let names_within = |tail: &&str| names_of(tail, keys).iter().any(|name| is_person_like(name));
    if lead && all_persons {
        witnesses.add(FieldName::Byline, "visible:byline", line);
    } else if lead && chars < 60 {
        witnesses.add(FieldName::Byline, "visible:byline-loose", line);
    } else if let Some(tail) = lead_within(line).filter(names_within) {
        witnesses.add(FieldName::Byline, "visible:byline-within", tail);
    } else if chars < 60 && near && names.len() == 1 && all_persons && names[0].split(' ').count() <= 4 {
        let rule = match (offset, is_by_date(lines, index)) {
            (..=0, true) => "visible:name-above-by-date",
            (..=0, false) => "visible:name-above",
            (_, true) => "visible:name-below-by-date",
            (1..=2, false) => "visible:name-right-below",
            _ => "visible:name-below",
        };
        witnesses.add(FieldName::Byline, rule, line);
    } else if chars < 100 && near && names.len() > 1 && all_persons {
        witnesses.add(FieldName::Byline, "visible:names", line);
    } else if chars < 40 && (0..=6).contains(&offset) && names.len() == 1 && is_by_date(lines, index) {
        witnesses.add(FieldName::Byline, "visible:word-by-date", line);
    }
}

/// Whether a short line with a date stands right before or after a line.
fn is_by_date(lines: &[String], index: usize) -> bool {
    let near = [index.checked_sub(1), index.checked_add(1)].into_iter().flatten();
    let mut lines = near.filter_map(|at| lines.get(at)).filter(|line| line.len() < 60);
    lines.any(|line| line.chars().any(char::is_numeric) && !dates_in(line, DateStyle::default()).is_empty())
}

/// What follows " by " or " von " inside a line that begins with something else.
fn lead_within(line: &str) -> Option<&str> {
    let marks = [
        " by ", " By ", " BY ", " von ", " Von ", " par ", " Par ", " por ", " Por ", " | By ", " door ",
        " av ",
    ];
    marks
        .iter()
        .filter_map(|mark| line.find(mark).map(|at| (at, &line[at + mark.len()..])))
        .min_by_key(|(at, _)| *at)
        .map(|(_, tail)| tail)
}

fn add_date(line: &str, offset: i64, style: DateStyle, witnesses: &mut WitnessSet) {
    let found = dates_in(line, style);
    if found.is_empty() {
        return;
    }
    let short = line.chars().count() < 100;
    let mut from = 0;
    for date in found.iter().take(3) {
        let before = line.get(from..date.span.start).unwrap_or("");
        let (said, updated) = words_before(before);
        let field = if updated { FieldName::Modified } else { FieldName::Published };
        let rule = match (updated, said, short) {
            (true, _, _) => "visible:updated",
            (_, true, _) => "visible:published",
            (_, _, true) if offset < 0 => "visible:date-above",
            (_, _, true) => "visible:date-below",
            (_, _, false) => "visible:date-in-long-line",
        };
        witnesses.add(field, rule, date.span.of(line));
        from = date.span.end;
    }
}

/// Whether a word for publishing or updating stands before a date; the last one counts.
pub(crate) fn words_before(text: &str) -> (bool, bool) {
    let folded = text.to_lowercase();
    let last = |words: &[&str]| words.iter().filter_map(|word| folded.rfind(word)).max();
    match (last(&DATE_WORDS.published), last(&DATE_WORDS.updated)) {
        (Some(published), Some(updated)) => (published > updated, updated >= published),
        (published, updated) => (published.is_some(), updated.is_some()),
    }
}

/// The first, latest, earliest and commonest day anywhere in the text.
fn add_text_dates(lines: &[String], style: DateStyle, witnesses: &mut WitnessSet) {
    let mut days: BTreeMap<String, (usize, usize, FoundDate)> = BTreeMap::new();
    for (index, line) in lines.iter().take(MAX_SEARCHED).enumerate() {
        if !line.chars().any(char::is_numeric) {
            continue;
        }
        for date in dates_in(line, style) {
            let Some(day) = day_of(&date.moment).map(str::to_owned) else { continue };
            days.entry(day).or_insert((index, 0, date)).1 += 1;
        }
    }
    let mut add = |rule: &str, found: Option<(&String, &(usize, usize, FoundDate))>| {
        if let Some((_, (_, _, date))) = found {
            witnesses.add(FieldName::Published, rule, &date.moment.iso);
        }
    };
    add("text:first-date", days.iter().min_by_key(|(_, (index, _, date))| (*index, date.span.start)));
    add(
        "text:commonest-date",
        days.iter().rev().max_by_key(|(_, (_, count, _))| *count).filter(|(_, (_, count, _))| *count > 1),
    );
    add("text:latest-date", days.iter().next_back());
    add("text:earliest-date", days.iter().next());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Witness;

    fn told(lines: &[&str], headline: usize) -> Vec<Witness> {
        let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        let mut set = WitnessSet::default();
        add_witnesses(&lines, Some(headline), DateStyle::default(), &SiteKeys::default(), &mut set);
        set.into_vec()
    }

    fn rules<'a>(witnesses: &'a [Witness], rule: &str) -> Vec<&'a str> {
        witnesses.iter().filter(|w| w.rule == rule).map(|w| w.raw.as_str()).collect()
    }

    #[test]
    fn hears_bylines_and_dates_near_the_headline() {
        let told = told(
            &[
                "Menu",
                "Rain floods old town",
                "By Ada Quill",
                "Published May 4, 2021 Updated May 6, 2021",
                "It rained.",
                "Bo Marsh",
            ],
            1,
        );
        assert_eq!(rules(&told, "visible:byline"), ["By Ada Quill"]);
        assert_eq!(rules(&told, "visible:name-below"), ["Bo Marsh"]);
        assert_eq!(rules(&told, "visible:published"), ["May 4, 2021"]);
        assert_eq!(rules(&told, "visible:updated"), ["May 6, 2021"]);
        assert_eq!(rules(&told, "text:latest-date"), ["2021-05-06"]);
    }

    #[test]
    fn hears_signatures_and_owners() {
        let prose = "It rained for three days, and nobody in the old town could say when it would stop, for the \
            barometer in the harbour had fallen into the water.";
        let told = told(
            &[
                "Rain floods old town",
                prose,
                "Ada Quill",
                "Old town",
                "© 2021 Bo Marsh. All rights reserved.",
            ],
            0,
        );
        assert_eq!(rules(&told, "visible:signature"), ["Ada Quill"]);
        assert_eq!(rules(&told, "visible:copyright-person"), ["Bo Marsh"]);
    }

    #[test]
    fn hears_names_behind_marks() {
        let mut lines = vec!["Rain floods old town", "Date: 4 May 2021 Author: Ada Quill"];
        lines.extend(std::iter::repeat_n("It rained.", 30));
        lines.extend(["About the author", "Bo Marsh", "The coauthor: nobody"]);
        let told = told(&lines, 0);
        assert_eq!(rules(&told, "visible:name-behind-mark"), ["Ada Quill"]);
        assert_eq!(rules(&told, "visible:late-name-after-label"), ["Bo Marsh"]);
    }

    #[test]
    fn finds_the_headline_among_lines() {
        let lines: Vec<String> =
            ["News", "Rain floods the old town again", "Rain"].map(String::from).to_vec();
        let titles = ["Rain floods the old town again | News".to_owned()];
        assert_eq!(headline_line(&lines, &titles, |_| 0.0), Some(1));
        assert_eq!(headline_line(&lines, &[], |_| 0.0), None);
    }
}
