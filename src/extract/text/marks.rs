//! What a line of a text looks like, taken alone.

use super::lines::Line;
use crate::extract::{
    language::is_unspaced,
    rules::{LabelMeaning, Rules},
};

/// From this weight (see [`weight_of`]) a line with a sentence's end is prose.
const MIN_PROSE_WEIGHT: usize = 60;

/// No heading weighs more.
const MAX_HEADING_WEIGHT: usize = 110;

/// What a line looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Falls under this boilerplate rule.
    Furniture(&'static str),
    /// A rubric that is no part of the story.
    Label,
    /// A rubric behind an outlet's name, perhaps with a slogan.
    Brand,
    /// A section's label that is its heading.
    LabelHeading,
    /// A line that lists sources.
    Sources,
    /// A line that names outlets as the dek does.
    Dek,
    /// Sentences.
    Prose,
    /// Anything else: headings, names, menus.
    Short,
}

/// What `line` looks like.
pub fn mark_of(line: &Line, rules: &Rules) -> Mark {
    let text = line.text.as_str();
    if let Some((at, _)) = rules.sources_list(text)
        && weight_of(&text[at..]) < 4 * MIN_PROSE_WEIGHT
        && !is_picture_credit(&text[at..], rules)
    {
        return Mark::Sources;
    }
    match rules.section_label(text) {
        Some(label) if label.meaning == LabelMeaning::Heading => return Mark::LabelHeading,
        Some(_) => return Mark::Label,
        None => {}
    }
    if rules.brand_label(text).is_some() {
        return Mark::Brand;
    }
    if rules.dek(text).is_some() {
        return Mark::Dek;
    }
    if let Some(rule) = rules.boilerplate(text) {
        return Mark::Furniture(rule);
    }
    if is_prose(text) { Mark::Prose } else { Mark::Short }
}

fn is_picture_credit(list: &str, rules: &Rules) -> bool {
    rules.boilerplate(list) == Some("picture-credit")
}

/// Length in characters, where a character of a script without spaces counts three: it says as
/// much as three letters.
pub fn weight_of(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().map(|c| if is_unspaced(c) { 3 } else { 1 }).sum() }
}

/// Whether `c` ends a sentence, in the scripts that news is written in.
pub fn ends_sentence(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | '。' | '！' | '？' | '؟' | '۔' | '।' | '։' | '።' | '၊' | '။')
}

/// The last character of `text` before closing quotes and brackets.
pub fn final_mark(text: &str) -> Option<char> {
    text.chars()
        .rev()
        .find(|c| !matches!(c, '"' | '\'' | '”' | '’' | '»' | '“' | ')' | ']' | '」' | '』' | ' '))
}

/// Whether `text` is made of sentences: long, with a sentence's end in it or at its end.
pub fn is_prose(text: &str) -> bool {
    let weight = weight_of(text);
    if weight < MIN_PROSE_WEIGHT {
        return false;
    }
    if final_mark(text).is_some_and(|c| ends_sentence(c) || c == ':') {
        return true;
    }
    let mut ends = text.char_indices().filter(|(at, c)| {
        ends_sentence(*c)
            && text[at + c.len_utf8()..].chars().next().is_none_or(|n| n.is_whitespace() || is_unspaced(n))
    });
    weight > 2 * MIN_PROSE_WEIGHT && ends.next().is_some()
}

/// Whether `text` reads as a heading: short, opened by a capital or a figure, not closed as a
/// sentence is.
pub fn reads_as_heading(text: &str) -> bool {
    let Some(first) = text.chars().find(|c| c.is_alphanumeric()) else { return false };
    let Some(last) = final_mark(text) else { return false };
    let weight = weight_of(text);
    let words = text.split(' ').count();
    weight <= MAX_HEADING_WEIGHT
        && (words >= 2 || weight >= 12)
        && !first.is_lowercase()
        && !matches!(last, '.' | ',' | ';' | '…' | '。' | '،' | '।' | '۔')
        && !text.contains(['|', '@', '©', '›'])
        && !text.contains("://")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(text: &str) -> Mark {
        mark_of(&Line { text: text.into(), ..Line::default() }, Rules::builtin())
    }

    #[test]
    fn lines_are_marked() {
        assert_eq!(mark("Sources: The Daily Example, Example Wire"), Mark::Sources);
        assert_eq!(mark("Source: Getty Images"), Mark::Furniture("picture-credit"));
        assert_eq!(mark("The News"), Mark::LabelHeading);
        assert_eq!(mark("SIGNALS"), Mark::Label);
        assert_eq!(mark("Acme Signals: the world in short"), Mark::Brand);
        assert_eq!(mark("Insights from Example Wire and The Daily Example"), Mark::Dek);
        assert_eq!(
            mark("The ferry will sail again in May, the harbour master told a crowd on Sunday."),
            Mark::Prose
        );
        assert_eq!(mark("渡轮将于五月恢复航行，港务局长周日对聚集的人群表示。"), Mark::Prose);
        assert_eq!(mark("Ferry to sail again in May"), Mark::Short);
    }

    #[test]
    fn headings_are_short_and_open() {
        assert!(reads_as_heading("Ferry to sail again in May"));
        assert!(reads_as_heading("“Who pays?”"));
        assert!(!reads_as_heading("He said so."));
        assert!(!reads_as_heading("and then some more"));
        assert!(!reads_as_heading("Home | News | Sport"));
        assert!(!reads_as_heading("•"));
    }
}
