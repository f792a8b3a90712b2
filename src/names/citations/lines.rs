//! Sources that a line names outside the prose: sources lines, lists in deks, datelines, credits
//! and hyperlinks.
//!
//! It reads the form of a line alone; attribution within sentences is `prose`.

use crate::article::{Link, Source, SourceKind, Span};
use crate::names::outlets::Outlets;

use super::rules::{Cue, Rules, uses};
use super::source::{of_outlet, unlisted};

/// Longest label of a sources line, in bytes.
const MAX_LABEL_BYTES: usize = 32;
/// Longest line that can list sources, in bytes.
const MAX_LIST_BYTES: usize = 600;
/// Words of an unlisted outlet's name; longer items are prose.
const MAX_ITEM_WORDS: usize = 6;
/// Words in lower case before the agency of a dateline.
const MAX_LOWER_WORDS: usize = 2;
/// Bytes of a paragraph in which a dateline stands.
const MAX_DATELINE_BYTES: usize = 120;

/// A source and where its name stands.
pub(super) type Named = (Source, Span);

/// The outlets that `line` lists, if it begins with a label such as `Sources:`; with the label.
pub(super) fn sources_line(
    text: &str,
    line: Span,
    rules: &Rules,
    outlets: &Outlets,
) -> Option<(Span, Vec<Named>)> {
    let content = line.of(text);
    // A colon, or the first byte of a wide one.
    if content.len() > MAX_LIST_BYTES || memchr::memchr2(b':', 0xEF, content.as_bytes()).is_none() {
        return None;
    }
    let lead = content.len()
        - content.trim_start_matches(|c: char| c.is_whitespace() || "([*•-–—_".contains(c)).len();
    let (at, colon) =
        content[lead..].char_indices().take(MAX_LABEL_BYTES).find(|(_, c)| matches!(c, ':' | '：'))?;
    let label = Span::new(line.start + lead, line.start + lead + at);
    if !rules.is_source_label(label.of(text).trim().trim_end_matches(['*', '_'])) {
        return None;
    }
    let rest = Span::new(label.end + colon.len_utf8(), line.end);
    let items = list(text, rest, outlets);
    (!items.is_empty()).then_some((label, items))
}

/// The outlets listed in `span`, separated by commas, semicolons, bars or "and".
pub(super) fn list(text: &str, span: Span, outlets: &Outlets) -> Vec<Named> {
    let mut found = Vec::new();
    let mut start = span.start;
    let content = span.of(text);
    let mut ends: Vec<(usize, usize)> = content
        .char_indices()
        .filter(|(at, c)| {
            matches!(c, ',' | ';' | '|' | '·' | '•' | '、' | '，' | '；')
                || (*c == '/' && content[..*at].ends_with(' '))
        })
        .map(|(at, c)| (span.start + at, c.len_utf8()))
        .collect();
    ends.push((span.end, 0));
    for (end, mark) in ends {
        item(text, Span::new(start, end), outlets, &mut found);
        start = end + mark;
    }
    found
}

/// Adds one item of a list: an outlet of the list, two joined by "and", or a capitalised name.
fn item(text: &str, span: Span, outlets: &Outlets, found: &mut Vec<Named>) {
    let span = trimmed(text, span);
    let name = span.of(text);
    if name.is_empty() {
        return;
    }
    if let Some(outlet) = outlets.by_name(name) {
        found.push((of_outlet(outlet), span));
        return;
    }
    for and in [" and ", " & ", " und ", " et ", " y ", " и ", " та ", " e "] {
        if let Some(at) = name.find(and) {
            item(text, Span::new(span.start, span.start + at), outlets, found);
            item(text, Span::new(span.start + at + and.len(), span.end), outlets, found);
            return;
        }
    }
    let words = name.split_whitespace().count();
    let capital =
        name.chars().next().is_some_and(|c| c.is_uppercase() || (c.is_alphabetic() && !c.is_lowercase()));
    if capital && words <= MAX_ITEM_WORDS {
        found.push((unlisted(name, SourceKind::Outlet), span));
    }
}

/// `span` without white space, marks, and a leading "and" or "the".
fn trimmed(text: &str, span: Span) -> Span {
    let mut content = span.of(text);
    let mut start = span.start;
    loop {
        let mut rest =
            content.trim_start_matches(|c: char| c.is_whitespace() || "\"“”'‘«»*_()[]".contains(c));
        for word in ["and ", "und ", "et ", "y ", "и ", "та ", "the ", "via ", "from "] {
            rest = rest.strip_prefix(word).unwrap_or(rest);
        }
        if rest.len() == content.len() {
            break;
        }
        start += content.len() - rest.len();
        content = rest;
    }
    let end = content.trim_end_matches(|c: char| c.is_whitespace() || "\"“”‘«»*_()[].…".contains(c)).len();
    Span::new(start, start + end)
}

/// The agencies that the dateline of a paragraph credits: `KYIV, May 3 (Reuters) -`, `MOSCOW /TASS/.`
pub(super) fn dateline(text: &str, paragraph: Span, outlets: &Outlets) -> Vec<Named> {
    let mut limit = paragraph.end.min(paragraph.start + MAX_DATELINE_BYTES);
    while !text.is_char_boundary(limit) {
        limit -= 1;
    }
    let head = &text[paragraph.start..limit];
    let Some(open) = memchr::memchr2(b'(', b'/', head.as_bytes()) else {
        return dash_dateline(text, paragraph.start, head, outlets);
    };
    let close = if head.as_bytes()[open] == b'(' { ')' } else { '/' };
    let Some(length) = head[open + 1..].find(close) else { return Vec::new() };
    let after = head[open + 1 + length + 1..].trim_start();
    let dashed = after.starts_with(['-', '–', '—', '―', '.', ':']) || (after.is_empty() && close == ')');
    if !dashed || !is_place_and_date(&head[..open]) {
        return Vec::new();
    }
    let inside = Span::new(paragraph.start + open + 1, paragraph.start + open + 1 + length);
    let mut found = Vec::new();
    let mut start = inside.start;
    for part in inside.of(text).split(['/', ',']) {
        let span = trimmed(text, Span::new(start, start + part.len()));
        start += part.len() + 1;
        if let Some(outlet) = outlets.by_name(span.of(text)) {
            found.push((of_outlet(outlet), span));
        }
    }
    found
}

/// `МОСКВА, 3 мая - РИА Новости.`: place and date, a dash, an agency and a full stop.
fn dash_dateline(text: &str, start: usize, head: &str, outlets: &Outlets) -> Vec<Named> {
    // What stands before the dash has a digit; up to there the words must fit already.
    let Some(digit) = head.bytes().position(|byte| byte.is_ascii_digit()) else { return Vec::new() };
    let parted = head.as_bytes()[..digit].windows(2);
    if parted.filter(|pair| pair[0] == b' ' && pair[1].is_ascii_lowercase()).count() > MAX_LOWER_WORDS {
        return Vec::new();
    }
    let parts = [" - ", " – ", " — ", ". "].iter().find_map(|dash| head.split_once(dash));
    let Some((before, after)) = parts else { return Vec::new() };
    let Some(length) = after.find('.') else { return Vec::new() };
    if digit >= before.len() || !is_place_and_date(before) {
        return Vec::new();
    }
    let begin = start + head.len() - after.len();
    let span = trimmed(text, Span::new(begin, begin + length));
    let outlet = outlets.by_name(span.of(text)).filter(|outlet| outlet.wire);
    outlet.map(|outlet| vec![(of_outlet(outlet), span)]).unwrap_or_default()
}

/// Whether words before an agency's brackets can be a dateline: capitalised, short, or nothing.
fn is_place_and_date(words: &str) -> bool {
    let capital = words.trim().chars().next().is_none_or(char::is_uppercase);
    let lower = words.split_whitespace().filter(|word| word.starts_with(char::is_lowercase)).count();
    capital && lower <= MAX_LOWER_WORDS && words.split_whitespace().count() <= 10
}

/// What a line with a list or credit cue names: the outlets after the cue.
pub(super) fn after_cue(text: &str, line: Span, cue: &Cue, outlets: &Outlets) -> Vec<Named> {
    let mut limit = line.end.min(cue.span.end + MAX_LIST_BYTES);
    while !text.is_char_boundary(limit) {
        limit -= 1;
    }
    let rest = &text[cue.span.end..limit];
    let end = rest.find(". ").or_else(|| rest.find(['(', '—'])).unwrap_or(rest.len());
    let span = Span::new(cue.span.end, cue.span.end + end);
    if cue.uses & uses::LIST != 0 {
        return list(text, span, outlets);
    }
    let mut end = span.of(text).find([',', ';', ':', '|']).unwrap_or(span.len());
    for word in [" on ", " in ", " at ", " under ", " and is ", " as "] {
        end = span.of(text)[..end].find(word).unwrap_or(end);
    }
    let mut found = Vec::new();
    item(text, Span::new(span.start, span.start + end), outlets, &mut found);
    found
}

/// The outlet whose page `link` leads to.
pub(super) fn linked(link: &Link, outlets: &Outlets) -> Option<Source> {
    let rest = link.url.split_once("//").map(|(_, rest)| rest)?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    outlets.by_domain(host).map(of_outlet)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(found: &[Named], text: &str) -> Vec<(String, String)> {
        found.iter().map(|(source, span)| (source.id.clone(), span.of(text).to_owned())).collect()
    }

    fn line(text: &str) -> Vec<(String, String)> {
        let rules = Rules::builtin();
        let found = sources_line(text, Span::new(0, text.len()), rules, Outlets::builtin());
        names(&found.map(|(_, found)| found).unwrap_or_default(), text)
    }

    fn pair(id: &str, surface: &str) -> (String, String) {
        (id.into(), surface.into())
    }

    #[test]
    fn sources_lines_list_outlets() {
        assert_eq!(
            line("Sources:  The Economist, Lviv Weekly and NPR"),
            [pair("the-economist", "The Economist"), pair("~lviv-weekly", "Lviv Weekly"), pair("npr", "NPR")]
                .map(|(id, name)| (
                    if id == "the-economist" { line("Source: Economist")[0].0.clone() } else { id },
                    name
                ))
        );
        assert_eq!(line("Quelle: dpa"), [pair("dpa", "dpa")]);
        assert_eq!(line("Source: interviews with residents"), []);
        assert_eq!(line("Sources close to the minister: nobody"), []);
    }

    #[test]
    fn datelines_credit_agencies() {
        let of = |text: &str| names(&dateline(text, Span::new(0, text.len()), Outlets::builtin()), text);
        assert_eq!(of("OSLO, June 2 (Reuters) - Snow fell."), [pair("reuters", "Reuters")]);
        assert_eq!(of("(AFP) — Snow fell."), [pair("agence-france-presse", "AFP")]);
        assert_eq!(of("MOSCOW, June 2. /TASS/. Snow fell."), [pair("tass", "TASS")]);
        assert_eq!(of("МОСКВА, 2 июня - РИА Новости. Выпал снег."), [pair("ria-novosti", "РИА Новости")]);
        assert_eq!(of("He told the agency (Reuters) that snow fell."), []);
        assert_eq!(of("OSLO (Norway) - Snow fell."), []);
    }

    #[test]
    fn links_lead_to_outlets() {
        let link = |url: &str| {
            let link = Link { span: Span::new(0, 1), url: url.into() };
            linked(&link, Outlets::builtin()).map(|source| source.id)
        };
        assert_eq!(link("https://www.ft.com/content/1?x=//bbc.com"), Some("financial-times".into()));
        assert_eq!(link("https://ft.com@example.org/"), None);
        assert_eq!(link("mailto:a@ft.com"), None);
    }
}
