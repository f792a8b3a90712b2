//! Authors' names out of bylines: leads and job titles cut, lists split, organisations told apart.
//!
//! Works on the value alone; which byline is the article's is for the ranking to say.

use std::{collections::BTreeSet, sync::LazyLock};

use super::{
    date::is_month,
    fold::{fold_plain, fold_words, tidy, word_class},
    site::SiteKeys,
};

const WORDS: &str = include_str!("../../../schema/metadata/byline-words.tsv");

/// Longer values are no bylines but biographies.
const MAX_BYLINE_CHARS: usize = 300;

/// A name has no more words and characters than this.
const MAX_NAME_WORDS: usize = 5;
const MAX_NAME_CHARS: usize = 60;

/// An article has no more authors than this; longer lists are indexes of a newsroom.
const MAX_AUTHORS: usize = 20;

struct Classes {
    leads: Phrases,
    inner_leads: Vec<&'static str>,
    joins: BTreeSet<&'static str>,
    cuts: Phrases,
    titles: Phrases,
    organisations: BTreeSet<&'static str>,
    particles: BTreeSet<&'static str>,
    degrees: BTreeSet<&'static str>,
    weekdays: BTreeSet<&'static str>,
    jobs: BTreeSet<&'static str>,
    furniture: BTreeSet<&'static str>,
}

static CLASSES: LazyLock<Classes> = LazyLock::new(|| Classes {
    leads: Phrases::of_class("lead"),
    inner_leads: word_class(WORDS, "inner-lead").into_iter().collect(),
    joins: word_class(WORDS, "join"),
    cuts: Phrases::of_class("cut"),
    titles: Phrases::of_class("title"),
    organisations: word_class(WORDS, "organisation"),
    particles: word_class(WORDS, "particle"),
    degrees: word_class(WORDS, "degree"),
    weekdays: word_class(WORDS, "weekday"),
    jobs: word_class(WORDS, "job"),
    furniture: word_class(WORDS, "furniture"),
});

/// Phrases that lines are asked to begin with.
struct Phrases {
    listed: BTreeSet<&'static str>,
    /// Whether a phrase begins with the byte.
    first_bytes: [bool; 256],
}

impl Phrases {
    fn of_class(name: &str) -> Self {
        let listed = word_class(WORDS, name);
        let mut first_bytes = [false; 256];
        for byte in listed.iter().filter_map(|phrase| phrase.bytes().next()) {
            first_bytes[usize::from(byte)] = true;
        }
        Self { listed, first_bytes }
    }

    /// Whether `line` begins with a letter that no phrase begins with.
    fn lacks_first_of(&self, line: &str) -> bool {
        let first = line.bytes().next().filter(u8::is_ascii_alphabetic);
        first.is_some_and(|byte| !self.first_bytes[usize::from(byte.to_ascii_lowercase())])
    }

    fn contains(&self, phrase: &str) -> bool {
        self.listed.contains(phrase)
    }
}

/// No entry of the word lists takes more bytes of a line.
const MAX_PHRASE_BYTES: usize = 60;

/// Longest entry of the word lists, in words.
const MAX_PHRASE_WORDS: usize = 5;

/// Words and phrases that stand beside names in a byline: leads, jobs, conjunctions, what follows a name.
pub(crate) fn beside_names() -> impl Iterator<Item = String> {
    let classes = &*CLASSES;
    let phrases = [&classes.leads.listed, &classes.cuts.listed, &classes.titles.listed];
    let lists = phrases.into_iter().chain([&classes.joins, &classes.weekdays]);
    lists.flatten().map(|phrase| (*phrase).to_owned())
}

/// `raw` on one line without its leading "By", names not taken apart: the value as a content
/// system meant it.
pub(crate) fn raw_name(raw: &str) -> String {
    let line = tidy(raw);
    without_lead(without_lead(&line)).trim_end_matches([',', ';', '|', '-', ':', '.', ' ']).to_owned()
}

/// The names in `raw`, cleaned, each once, in order.
pub(crate) fn names_of(raw: &str, keys: &SiteKeys) -> Vec<String> {
    let line = tidy(raw);
    if line.chars().count() > MAX_BYLINE_CHARS || is_address(&line) {
        return Vec::new();
    }
    let mut names: Vec<String> = Vec::new();
    for part in parts_of(without_lead(without_lead(behind_inner_lead(&line)))) {
        let part = cut_tail(without_lead(part));
        for name in unglued(&part) {
            let name = recased(&name);
            let known = fold_words(&name);
            let kept = is_name(&name)
                && !keys.equals(&name)
                && !names.iter().any(|other| fold_words(other) == known);
            if kept && names.len() < MAX_AUTHORS {
                names.push(name);
            }
        }
    }
    names
}

/// Whether a value as given is plainly no name: an interface's word, a handle, a date.
pub(crate) fn is_furniture(raw: &str) -> bool {
    let dated = raw.contains(' ') && raw.chars().filter(char::is_ascii_digit).count() >= 4;
    dated
        || raw.starts_with('@')
        || raw.contains(" @")
        || raw.contains(" • ")
        || CLASSES.furniture.contains(fold_plain(raw).as_str())
}

/// Whether `name` looks like a person's: two to five capitalised words, none of an organisation.
pub(crate) fn is_person_like(name: &str) -> bool {
    let words: Vec<&str> = name.split(' ').collect();
    let caseless =
        name.chars().any(char::is_alphabetic) && !name.chars().any(|c| c.is_lowercase() || c.is_uppercase());
    let counted = if caseless { 1..=MAX_NAME_WORDS } else { 2..=MAX_NAME_WORDS };
    counted.contains(&words.len())
        && !has_organisation_word(name)
        && words.iter().all(|word| {
            caseless
                || word.chars().next().is_some_and(char::is_uppercase)
                || word
                    .strip_prefix(['\'', '’', '(', '"', '“'])
                    .is_some_and(|rest| rest.starts_with(char::is_uppercase))
                || CLASSES.particles.contains(fold_plain(word).as_str())
                || word.split_once(['\'', '’']).is_some_and(|(_, rest)| rest.starts_with(char::is_uppercase))
        })
}

/// Whether a word of `name` is one of organisations.
pub(crate) fn has_organisation_word(name: &str) -> bool {
    let folded = fold_words(&fold_plain(name));
    folded.split(' ').any(|word| CLASSES.organisations.contains(word))
        || name
            .split_once('.')
            .is_some_and(|(_, end)| matches!(end.len(), 2 | 3) && end.chars().all(|c| c.is_ascii_lowercase()))
}

/// Whether `text` begins with a word that leads to names ("By Jane Doe").
pub(crate) fn has_lead(text: &str) -> bool {
    without_lead(text).len() < text.len()
}

fn is_address(line: &str) -> bool {
    line.contains("://") || line.starts_with("www.") || line.starts_with('/')
}

/// The number of bytes of `line` that the longest phrase of `list` at its start takes.
fn phrase_at_start(line: &str, list: &Phrases) -> Option<usize> {
    if list.lacks_first_of(line) {
        return None;
    }
    let ends = line.char_indices().filter(|(_, c)| c.is_whitespace() || *c == ':').map(|(at, _)| at);
    let ends: Vec<usize> = ends.take(MAX_PHRASE_WORDS).chain([line.len()]).collect();
    // Most lines begin with a word that begins no phrase.
    let first = fold_plain(line.get(..*ends.first()?).filter(|word| word.len() <= MAX_PHRASE_BYTES)?);
    let first = first.trim_end_matches([':', '.']);
    let next =
        list.listed.range::<str, _>((std::ops::Bound::Included(first), std::ops::Bound::Unbounded)).next();
    if !next.is_some_and(|phrase| phrase.starts_with(first)) {
        return None;
    }
    ends.into_iter().rev().find(|end| {
        *end <= MAX_PHRASE_BYTES && list.contains(fold_plain(&line[..*end]).trim_end_matches([':', '.']))
    })
}

fn without_lead(line: &str) -> &str {
    let line = line.trim_start_matches(|c: char| c.is_whitespace() || ":-–—|•·/,".contains(c));
    if let Some(rest) = glued_lead(line) {
        return rest;
    }
    let Some(end) = phrase_at_start(line, &CLASSES.leads) else { return line };
    let rest = line[end..].trim_start_matches(|c: char| c.is_whitespace() || ":-–—|".contains(c));
    if rest.is_empty() { line } else { rest }
}

/// What follows "written by" and its like, where a line comes to its author late ("This guide was
/// written by Ada Quill"); else the line.
fn behind_inner_lead(line: &str) -> &str {
    let lower = line.to_ascii_lowercase();
    let ends = CLASSES.inner_leads.iter().filter_map(|lead| {
        let at = lower.find(lead)?;
        let end = at + lead.len();
        let apart = at > 0 && lower[..at].ends_with(' ') && lower[end..].starts_with(' ');
        (apart && line.is_char_boundary(end)).then_some(end)
    });
    ends.min().map_or(line, |end| &line[end..])
}

/// What follows a lead that lost its blank ("ByAda Quill", "Written byAda Quill").
fn glued_lead(line: &str) -> Option<&str> {
    const GLUED: [&str; 9] =
        ["Written by", "Written By", "Posted by", "Posted By", "By", "BY", "Von", "Por", "Par"];
    GLUED.iter().find_map(|lead| {
        let rest = line.strip_prefix(lead)?;
        let mut chars = rest.chars();
        let capital = chars.next().is_some_and(char::is_uppercase);
        // "BYRON" is a name; "ByAda" is none.
        (capital
            && chars.next().is_some_and(|c| c.is_lowercase() || rest.contains(' '))
            && (*lead != "BY" || rest.chars().any(char::is_lowercase)))
        .then_some(rest)
    })
}

/// Splits at list marks and at joining words.
fn parts_of(line: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    for piece in line.split([';', ',', '|', '/', '&', '•', '·', '、', '،', '+', '→']) {
        let mut start = 0;
        let mut at = 0;
        for word in piece.split_inclusive(' ') {
            let folded = fold_plain(word);
            // "y", "i" and "e" also stand within names, but never before the second word.
            if at > start
                && CLASSES.joins.contains(folded.as_str())
                && (folded.len() > 2 || word.chars().next().is_some_and(|c| !c.is_uppercase()))
            {
                parts.push(piece[start..at].trim());
                start = at + word.len();
            }
            at += word.len();
        }
        parts.push(piece[start..].trim());
    }
    parts.retain(|part| !part.is_empty());
    parts.truncate(4 * MAX_AUTHORS);
    parts
}

/// Cuts what follows the name: digits, addresses, parentheses, job titles, "for", "updated".
fn cut_tail(part: &str) -> String {
    let part = part.trim_matches(|c: char| c.is_whitespace() || "-–—|:\"“”„()[]*".contains(c));
    if phrase_at_start(part, &CLASSES.titles)
        .is_some_and(|end| end == part.len() || part.split(' ').count() > 3)
    {
        return String::new();
    }
    let part = without_job(part);
    // "Published 4 May" is no name, while "Via" and "On" may begin one.
    if phrase_at_start(part, &CLASSES.cuts).is_some_and(|end| end > 5) {
        return String::new();
    }
    let mut end = part.len();
    for (at, c) in part.char_indices() {
        let stops = c.is_ascii_digit()
            || "@([<|{→:".contains(c)
            || " - – — ".contains(c)
                && part[..at].ends_with(' ')
                && part[at + c.len_utf8()..].starts_with(' ');
        if stops {
            end = at;
            break;
        }
        let starts_word = at > 0 && part[..at].ends_with(' ');
        if starts_word {
            let rest = &part[at..];
            let words_before = part[..at].split_whitespace().count();
            let titled = phrase_at_start(rest, &CLASSES.titles).is_some() && words_before >= 1;
            let cut = words_before >= 2
                && (c.is_lowercase() || rest.get(..4).is_some_and(|four| four.eq_ignore_ascii_case("for ")))
                && phrase_at_start(rest, &CLASSES.cuts).is_some()
                && !is_particle_before_name(rest);
            let published =
                words_before >= 1 && phrase_at_start(rest, &CLASSES.cuts).is_some_and(|end| end > 5);
            if titled || cut || published {
                end = at;
                break;
            }
        }
    }
    if part[end..].starts_with('@') && !part[..end].ends_with(' ') {
        end = part[..end].rfind(' ').unwrap_or(0);
    }
    let mut name = part[..end].trim_matches(|c: char| c.is_whitespace() || "-–—|:,;\"“”„()[]*".contains(c));
    if part[end..].starts_with(|c: char| c.is_ascii_digit()) {
        name = without_date_word(without_month(name));
    }
    while let Some((front, last)) = name.rsplit_once(' ') {
        let folded = fold_plain(last);
        if CLASSES.degrees.contains(folded.as_str())
            && front.contains(' ')
            && !matches!(folded.as_str(), "jr" | "jr." | "sr" | "sr." | "ii" | "iii" | "iv")
        {
            name = front;
        } else {
            break;
        }
    }
    // A full stop ends a sentence, but for initials and "Jr.".
    let last = name.rsplit(' ').next().unwrap_or("");
    let ended = last.ends_with('.') && last.chars().filter(|c| c.is_alphabetic()).count() > 3;
    if ended { name.trim_end_matches('.').to_owned() } else { name.to_owned() }
}

/// Without the job that follows a name without a comma ("Ada Quill Tech Reporter").
fn without_job(name: &str) -> &str {
    let words: Vec<&str> = name.split(' ').collect();
    let last = words.last().map(|word| fold_plain(word)).unwrap_or_default();
    if words.len() < 3 || !CLASSES.jobs.contains(last.as_str()) {
        return name;
    }
    let middle = |word: &&&str| {
        word.chars().count() <= 2
            || word.ends_with('.')
            || word.chars().next().is_some_and(char::is_lowercase)
    };
    let kept = 2 + words[1..].iter().take_while(middle).count();
    let bytes: usize = words.iter().take(kept.min(words.len())).map(|word| word.len() + 1).sum();
    &name[..(bytes - 1).min(name.len())]
}

/// Without the month of a date whose day was cut off, and the weekday before it.
fn without_month(name: &str) -> &str {
    let mut rest = name;
    for _ in 0..2 {
        let Some((front, last)) = rest.rsplit_once(' ') else { break };
        if is_month(last) || CLASSES.weekdays.contains(fold_plain(last).trim_end_matches([',', '.'])) {
            rest = front.trim_end_matches(|c: char| c.is_whitespace() || "-–—|:,;•·".contains(c));
        }
    }
    rest
}

/// Without the small word that led to a date ("Ada Quill am 4. Mai").
fn without_date_word(name: &str) -> &str {
    match name.rsplit_once(' ') {
        Some((front, last)) if last.len() <= 4 && last.chars().all(char::is_lowercase) => front.trim_end(),
        _ => name,
    }
}

/// "in" and "of" also stand in Dutch and other names ("in 't Veld").
fn is_particle_before_name(rest: &str) -> bool {
    rest.starts_with("in 't") || rest.starts_with("op de") || rest.starts_with("in de")
}

/// Names glued together at a lower-case letter ("Jane DoeJohn Roe").
fn unglued(part: &str) -> Vec<String> {
    const BEFORE_CAPITAL: [&str; 14] =
        ["mc", "mac", "de", "di", "da", "du", "la", "le", "van", "von", "fitz", "del", "des", "o"];
    let words: Vec<&str> = part.split(' ').collect();
    if words.len() < 2 {
        return vec![part.to_owned()];
    }
    let mut names = vec![String::new()];
    let mut glued = false;
    for word in words {
        let seam = word.char_indices().zip(word.chars().skip(1)).find_map(|((at, c), next)| {
            let head = &word[..at + c.len_utf8()];
            let seam = c.is_lowercase()
                && next.is_uppercase()
                && !BEFORE_CAPITAL.contains(&fold_plain(head).as_str());
            seam.then_some(at + c.len_utf8())
        });
        let last = names.len() - 1;
        if !names[last].is_empty() {
            names[last].push(' ');
        }
        match seam {
            Some(at) => {
                glued = true;
                names[last].push_str(&word[..at]);
                names.push(word[at..].to_owned());
            }
            None => names[last].push_str(word),
        }
    }
    if !glued {
        return vec![part.to_owned()];
    }
    let job = |name: &str| {
        name.split(' ').next_back().is_some_and(|word| CLASSES.jobs.contains(fold_plain(word).as_str()))
    };
    if names.len() == 2 && is_person_like(&names[0]) && job(&names[1]) {
        names.truncate(1);
    }
    if names.iter().all(|name| is_person_like(name)) { names } else { vec![part.to_owned()] }
}

/// "JANE DOE" as "Jane Doe".
fn recased(name: &str) -> String {
    let shouted =
        name.contains(' ') && !name.chars().any(char::is_lowercase) && name.chars().any(char::is_uppercase);
    if !shouted || name.split(' ').any(|word| word.chars().count() == 1) && name.chars().count() < 6 {
        return name.to_owned();
    }
    let mut recased = String::with_capacity(name.len());
    let mut inside = false;
    for c in name.chars() {
        if inside {
            recased.extend(c.to_lowercase());
        } else {
            recased.push(c);
        }
        inside = c.is_alphabetic();
    }
    recased
}

fn is_name(name: &str) -> bool {
    let chars = name.chars().count();
    let words = name.split(' ').count();
    let folded = fold_plain(name);
    let dated = |word: &str| is_month(word) || CLASSES.weekdays.contains(fold_plain(word).as_str());
    (2..=MAX_NAME_CHARS).contains(&chars)
        && words <= MAX_NAME_WORDS
        && !name.split(' ').all(dated)
        && name.chars().any(char::is_alphabetic)
        && !name.chars().any(|c| c.is_ascii_digit() || "@#{}=<>_".contains(c))
        && !CLASSES.degrees.contains(folded.as_str())
        && !CLASSES.titles.contains(folded.as_str())
        && !CLASSES.leads.contains(folded.as_str())
        && !CLASSES.furniture.contains(folded.as_str())
        && !CLASSES.particles.contains(folded.as_str())
        && (chars > 2 || name.chars().any(char::is_uppercase))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(raw: &str) -> Vec<String> {
        let mut keys = SiteKeys::default();
        keys.add_name("Harbour Post");
        names_of(raw, &keys)
    }

    #[test]
    fn splits_and_cleans_bylines() {
        for (raw, expected) in [
            ("By Ada Quill and Bo Marsh", vec!["Ada Quill", "Bo Marsh"]),
            ("Von Ute Klee, Redakteurin", vec!["Ute Klee"]),
            ("Written by: ADA QUILL, Staff Writer", vec!["Ada Quill"]),
            ("Par Zoé Lenoir et Luc Petit (à Lyon)", vec!["Zoé Lenoir", "Luc Petit"]),
            ("Ada Quill, MD, PhD", vec!["Ada Quill"]),
            ("Ada Quill Published 4 May 2021", vec!["Ada Quill"]),
            ("Ada Quill for the Harbour Post", vec!["Ada Quill"]),
            ("Ada QuillBo Marsh", vec!["Ada Quill", "Bo Marsh"]),
            ("Ada Quill Tech Reporter", vec!["Ada Quill"]),
            ("Ada QuillFounder", vec!["Ada Quill"]),
            ("Ada Quill For The Harbour Post", vec!["Ada Quill"]),
            ("Ada Quill. Reviewed by Bo Marsh", vec!["Ada Quill"]),
            ("Facebook", vec![]),
            ("ByAda Quill", vec!["Ada Quill"]),
            ("Byron Quill", vec!["Byron Quill"]),
            ("Ada Quill March 4, 2021", vec!["Ada Quill"]),
            ("ADA QUILL am 4. Mai 2021", vec!["Ada Quill"]),
            ("Ada March", vec!["Ada March"]),
            ("Ada Quill | Senior Writer | July 2, 2025", vec!["Ada Quill"]),
            ("This guide was written by Ada Quill, Staff Writer", vec!["Ada Quill"]),
            ("Fiona McDonald", vec!["Fiona McDonald"]),
            ("Harbour Post", vec![]),
            ("https://example.org/author/ada", vec![]),
            ("Staff Writer", vec![]),
            ("Jan van der Poel", vec!["Jan van der Poel"]),
            ("José Ortega y Gasset", vec!["José Ortega", "Gasset"]),
            ("ada@example.org", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(names(raw), expected, "{raw}");
        }
    }

    #[test]
    fn tells_persons_from_organisations() {
        for name in ["Ada Quill", "Jan van der Poel", "Sean O'Dell", "王小明", "Иван Петров"] {
            assert!(is_person_like(name), "{name}");
        }
        for name in ["Harbour News", "Newsroom", "The Editors", "dpa", "weather.com", "read the rest"] {
            assert!(!is_person_like(name), "{name}");
        }
    }

    #[test]
    fn keeps_the_value_as_meant() {
        assert_eq!(raw_name(" By  Ada Quill, PhD "), "Ada Quill, PhD");
        assert_eq!(raw_name("By"), "By");
    }

    #[test]
    fn bounds_the_work() {
        assert!(names(&"Ada Quill, ".repeat(10_000)).is_empty());
        assert!(names(&"a,".repeat(140)).is_empty());
    }
}
