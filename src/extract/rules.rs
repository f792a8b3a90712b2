//! The rules for lines, as data: boilerplate, section labels, sources lines, deks, bylines, credits.
//!
//! Reads the tables of `schema/rules/` and matches one line at a time. It knows nothing of a
//! line's neighbours; what follows from a match is decided by those who ask.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};
use regex::{Regex, RegexBuilder};
use rustc_hash::FxHashMap;

use super::gated::GatedPatterns;
use crate::article::{FieldName, Role};

/// Longest line, in characters, that a `starts` or `has` pattern is tried on: furniture is short,
/// and a paragraph that mentions a privacy policy is not furniture.
const MAX_FURNITURE_CHARS: usize = 160;

/// Longest label of a sources line or a header line, in bytes.
const MAX_LABEL_BYTES: usize = 48;

/// What a section label does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelMeaning {
    /// It is the heading of its section.
    Heading,
    /// A rubric above headings; not part of the story.
    Label,
    /// A rubric that is printed behind an outlet's name too.
    Brand,
}

/// A row of `section-labels.tsv`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SectionLabel {
    /// What it does.
    pub meaning: LabelMeaning,
    /// What its section is.
    pub role: Option<Role>,
}

/// What a credit line gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreditKind {
    /// Who published first.
    Publisher,
    /// Who reported too.
    Contributors,
}

/// A line that credits others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credit<'a> {
    /// The rule's id.
    pub id: &'static str,
    /// What `name` is.
    pub kind: CreditKind,
    /// Who is credited, as printed.
    pub name: &'a str,
}

/// All rules, ready to match.
#[derive(Debug)]
pub struct Rules {
    whole: FxHashMap<&'static str, &'static str>,
    parts: Option<AhoCorasick>,
    part_rules: Vec<(&'static str, bool)>,
    // One by one: a set of them all has to build a state for nearly every byte it reads.
    shapes: GatedPatterns,
    shape_ids: Vec<&'static str>,
    labels: FxHashMap<String, SectionLabel>,
    sources: FxHashMap<String, &'static str>,
    deks: Vec<(&'static str, Regex)>,
    bylines: Vec<String>,
    credits: GatedPatterns,
    credit_ids: Vec<(&'static str, CreditKind)>,
    headers: FxHashMap<String, FieldName>,
}

/// Rows of a table: lines that are neither empty nor comments, split at tabs.
fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split('\t').collect())
}

/// The form in which whole lines are compared: lower case, straight quotes, single spaces, and no
/// marks at the ends.
pub fn line_key(line: &str) -> String {
    let mut key = String::with_capacity(line.len());
    let trimmed = line.trim_matches(|c: char| !c.is_alphanumeric());
    if trimmed.is_ascii() {
        push_ascii_key(&mut key, trimmed);
        return key;
    }
    let mut space = false;
    for c in trimmed.chars() {
        if c.is_whitespace() {
            space = true;
            continue;
        }
        if space {
            key.push(' ');
            space = false;
        }
        match c {
            '’' | '‘' | 'ʼ' => key.push('\''),
            '“' | '”' | '„' | '«' | '»' => key.push('"'),
            c if c.is_ascii() => key.push(c.to_ascii_lowercase()),
            c => key.extend(c.to_lowercase()),
        }
    }
    key
}

fn push_ascii_key(key: &mut String, trimmed: &str) {
    // Both ends are letters or digits.
    for word in trimmed.split(|c: char| c.is_ascii() && c.is_whitespace()).filter(|word| !word.is_empty()) {
        if !key.is_empty() {
            key.push(' ');
        }
        key.push_str(word);
    }
    key.make_ascii_lowercase();
}

/// Whether `key` is the [`line_key`] of `line`; most lines differ in their first letter already.
pub fn has_line_key(line: &str, key: &str) -> bool {
    let first = line.chars().find(|c| c.is_alphanumeric()).and_then(|c| c.to_lowercase().next());
    first == key.chars().next() && line_key(line) == key
}

impl Rules {
    /// The rules that ship with newsidx.
    pub fn builtin() -> &'static Self {
        static BUILTIN: LazyLock<Rules> = LazyLock::new(Rules::load);
        &BUILTIN
    }

    fn load() -> Self {
        let mut whole = FxHashMap::default();
        let (mut parts, mut part_rules) = (Vec::new(), Vec::new());
        let (mut shapes, mut shape_ids) = (Vec::new(), Vec::new());
        for row in rows(include_str!("../../schema/rules/boilerplate.tsv")) {
            let (Some(&id), Some(&how), Some(&pattern)) = (row.first(), row.get(1), row.get(2)) else {
                continue;
            };
            match how {
                "is" => drop(whole.insert(pattern, id)),
                "starts" | "has" => {
                    parts.push(pattern);
                    part_rules.push((id, how == "starts"));
                }
                _ => {
                    shapes.push((pattern, row.get(3).copied().unwrap_or("")));
                    shape_ids.push(id);
                }
            }
        }
        let (mut credits, mut credit_ids) = (Vec::new(), Vec::new());
        for row in rows(include_str!("../../schema/rules/credits.tsv")) {
            let [id, kind, pattern, needs] = row[..] else { continue };
            let kind = match kind {
                "publisher" => CreditKind::Publisher,
                _ => CreditKind::Contributors,
            };
            credits.push((pattern, needs));
            credit_ids.push((id, kind));
        }
        Self {
            whole,
            parts: automaton(&parts),
            part_rules,
            shapes: GatedPatterns::of(&shapes),
            shape_ids,
            labels: section_labels(),
            sources: rows(include_str!("../../schema/rules/sources-lines.tsv"))
                .filter_map(|row| Some((line_key(row.first()?), *row.get(1)?)))
                .collect(),
            deks: rows(include_str!("../../schema/rules/deks.tsv"))
                .filter_map(|row| Some((*row.first()?, pattern(row.get(1)?)?)))
                .collect(),
            bylines: rows(include_str!("../../schema/rules/bylines.tsv"))
                .filter_map(|row| row.first().map(|word| word.to_lowercase()))
                .collect(),
            credits: GatedPatterns::of(&credits),
            credit_ids,
            headers: header_fields(),
        }
    }

    /// The boilerplate rule that `line` (on one line, white space folded) falls under.
    pub fn boilerplate(&self, line: &str) -> Option<&'static str> {
        let chars = line.chars().take(MAX_FURNITURE_CHARS + 1).count();
        if chars > MAX_FURNITURE_CHARS {
            return None;
        }
        let key = line_key(line);
        if let Some(id) = self.whole.get(key.as_str()) {
            return Some(id);
        }
        let mut best: Option<usize> = None;
        for found in self.parts.iter().flat_map(|parts| parts.find_overlapping_iter(&key)) {
            let index = found.pattern().as_usize();
            if (!self.part_rules[index].1 || found.start() == 0) && best.is_none_or(|b| index < b) {
                best = Some(index);
            }
        }
        let part = best.map(|index| self.part_rules[index].0);
        part.or_else(|| self.shapes.find(line, &key).map(|(index, _)| self.shape_ids[index]))
    }

    /// The section label that `line` is.
    pub fn section_label(&self, line: &str) -> Option<SectionLabel> {
        if line.len() > MAX_LABEL_BYTES * 2 {
            return None;
        }
        self.labels.get(&line_key(line)).copied()
    }

    /// For a line such as `Acme Signals` or `Acme Signals: what it is about`: the name in front of
    /// the brand label, and the label.
    pub fn brand_label<'a>(&self, line: &'a str) -> Option<(&'a str, SectionLabel)> {
        let head = line.split_once(':').map_or(line, |(head, _)| head).trim();
        if head.len() > MAX_LABEL_BYTES * 2 {
            return None;
        }
        let (name, last) = head.rsplit_once(' ')?;
        let label = self.labels.get(&line_key(last)).filter(|label| label.meaning == LabelMeaning::Brand)?;
        let words: Vec<&str> = name.split(' ').collect();
        let named = words.len() <= 4
            && words
                .iter()
                .all(|word| word.chars().next().is_some_and(|c| c.is_uppercase() || c.is_numeric()));
        (named && last.chars().next().is_some_and(char::is_uppercase)).then_some((name, *label))
    }

    /// The list of a sources line: the byte at which it starts and the label's language.
    pub fn sources_list(&self, line: &str) -> Option<(usize, &'static str)> {
        let (at, mark) = line.char_indices().take(MAX_LABEL_BYTES).find(|(_, c)| matches!(c, ':' | '：'))?;
        let language = self.sources.get(&line_key(&line[..at]))?;
        let rest = &line[at + mark.len_utf8()..];
        let list = rest.trim_start();
        (!list.is_empty()).then(|| (line.len() - list.len(), *language))
    }

    /// The list that a dek such as "Insights from A, B, and C" names, with the rule's id.
    pub fn dek<'a>(&self, line: &'a str) -> Option<(&'static str, &'a str)> {
        if line.len() > 2 * MAX_FURNITURE_CHARS {
            return None;
        }
        let (id, regex) = self.deks.iter().find(|(_, regex)| regex.is_match(line))?;
        Some((*id, regex.captures(line)?.get(1)?.as_str()))
    }

    /// What stands behind the word that opens a byline ("By Jane Doe"); a capital letter must follow.
    pub fn byline<'a>(&self, line: &'a str) -> Option<&'a str> {
        let lower = line.to_lowercase();
        if lower.len() != line.len() {
            return None;
        }
        self.bylines.iter().find_map(|word| {
            let rest = lower.strip_prefix(word.as_str())?;
            let rest = &line[line.len() - rest.len()..];
            // "By Jane", "Text: Jane", "作者：郭"
            let names = rest.strip_prefix([':', '：']).unwrap_or(rest);
            let parted = names.len() < rest.len() || names.starts_with([' ', '\u{a0}', '／']);
            let names = names.trim_start_matches([' ', '\u{a0}', '／']);
            if !parted {
                return None;
            }
            names.chars().next().is_some_and(|c| c.is_uppercase() || !c.is_ascii()).then_some(names)
        })
    }

    /// Who a credit line credits.
    pub fn credit<'a>(&self, line: &'a str) -> Option<Credit<'a>> {
        if line.len() > 4 * MAX_FURNITURE_CHARS {
            return None;
        }
        let (index, regex) = self.credits.find(line, &line.to_lowercase())?;
        let (id, kind) = self.credit_ids[index];
        let name = regex.captures(line)?.get(1)?.as_str();
        Some(Credit { id, kind, name })
    }

    /// The field and value of a header line such as `Author: Jane Doe`.
    pub fn header<'a>(&self, line: &'a str) -> Option<(FieldName, &'a str)> {
        let (name, value) = line.split_once(':')?;
        if name.len() > MAX_LABEL_BYTES {
            return None;
        }
        let field = *self.headers.get(&line_key(name))?;
        let value = value.trim();
        (!value.is_empty()).then_some((field, value))
    }
}

fn section_labels() -> FxHashMap<String, SectionLabel> {
    rows(include_str!("../../schema/rules/section-labels.tsv"))
        .filter_map(|row| {
            let meaning = match *row.get(1)? {
                "heading" => LabelMeaning::Heading,
                "brand" => LabelMeaning::Brand,
                _ => LabelMeaning::Label,
            };
            let role = match row.get(2).copied().unwrap_or("") {
                "news" => Some(Role::News),
                "analysis" => Some(Role::Analysis),
                "opinion" => Some(Role::Opinion),
                "background" => Some(Role::Background),
                _ => None,
            };
            Some((line_key(row[0]), SectionLabel { meaning, role }))
        })
        .collect()
}

fn header_fields() -> FxHashMap<String, FieldName> {
    rows(include_str!("../../schema/rules/header-lines.tsv"))
        .filter_map(|row| {
            let field = match *row.get(1)? {
                "headline" => FieldName::Headline,
                "dek" => FieldName::Dek,
                "byline" => FieldName::Byline,
                "published" => FieldName::Published,
                "modified" => FieldName::Modified,
                "url" => FieldName::Url,
                "publisher" => FieldName::Publisher,
                "language" => FieldName::Language,
                "topics" => FieldName::Topics,
                _ => return None,
            };
            Some((line_key(row[0]), field))
        })
        .collect()
}

/// An automaton over `patterns`; none where they do not compile (a test holds the shipped tables to
/// compiling).
fn automaton(patterns: &[&str]) -> Option<AhoCorasick> {
    AhoCorasickBuilder::new().match_kind(MatchKind::Standard).build(patterns).ok()
}

fn pattern(source: &str) -> Option<Regex> {
    RegexBuilder::new(source).case_insensitive(true).build().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_compiles_and_is_read_whole() {
        let rules = Rules::builtin();
        let regexes =
            rows(include_str!("../../schema/rules/boilerplate.tsv")).filter(|row| row[1] == "regex");
        let count = regexes.count();
        assert_eq!(rules.shapes.counts(), (count, count));
        assert_eq!(rules.shape_ids.len(), count);
        assert_eq!(rules.parts.as_ref().map(AhoCorasick::patterns_len), Some(rules.part_rules.len()));
        let count = rows(include_str!("../../schema/rules/credits.tsv")).count();
        assert_eq!(rules.credits.counts(), (count, count));
        assert_eq!(rules.deks.len(), rows(include_str!("../../schema/rules/deks.tsv")).count());
        for row in rows(include_str!("../../schema/rules/boilerplate.tsv")) {
            assert!(row.len() == 3 || row.len() == 4 && row[1] == "regex", "{row:?}");
            if row[1] != "regex" {
                assert!(
                    rules.boilerplate(&format!("{}x", row[2])).is_some()
                        || rules.boilerplate(row[2]).is_some(),
                    "{row:?}"
                );
            }
        }
    }

    #[test]
    fn furniture_is_named_by_its_rule() {
        let rules = Rules::builtin();
        assert_eq!(rules.boilerplate("icon"), Some("icon-label"));
        assert_eq!(rules.boilerplate("Globe icon"), Some("icon-label"));
        assert_eq!(rules.boilerplate("Arrow Down"), Some("icon-label"));
        assert_eq!(rules.boilerplate("• Oops!"), Some("script-message"));
        assert_eq!(rules.boilerplate("We use cookies to make this site better"), Some("consent-notice"));
        assert_eq!(rules.boilerplate("© 2021 Acme Media"), Some("legal-notice"));
        assert_eq!(rules.boilerplate("The museum bought an icon of the saint."), None);
    }

    #[test]
    fn labels_sources_and_deks_are_read() {
        let rules = Rules::builtin();
        assert_eq!(rules.section_label("WHY IT MATTERS:").map(|l| l.role), Some(Some(Role::Analysis)));
        let (name, label) = rules.brand_label("Acme Signals: what the world says").expect("brand");
        assert_eq!((name, label.meaning), ("Acme", LabelMeaning::Brand));
        assert!(rules.brand_label("the market ignored Signals").is_none());
        let line = "Quellen: Der Bote, Abendblatt";
        assert_eq!(
            rules.sources_list(line).map(|(at, lang)| (&line[at..], lang)),
            Some(("Der Bote, Abendblatt", "de"))
        );
        assert!(rules.sources_list("Sources close to the minister: nobody").is_none());
        assert_eq!(rules.dek("Insights from A, B, and C").map(|d| d.1), Some("A, B, and C"));
        assert_eq!(rules.byline("By Ana Ferrer and Bo Lind"), Some("Ana Ferrer and Bo Lind"));
        assert_eq!(rules.byline("By the river they sat"), None);
    }

    #[test]
    fn credits_name_the_first_publisher() {
        let rules = Rules::builtin();
        let credit =
            rules.credit("This story was originally published by The Daily Example.").expect("credit");
        assert_eq!((credit.kind, credit.name), (CreditKind::Publisher, "The Daily Example"));
        let more = rules.credit("(Additional reporting by Li Wen in Beijing)").expect("credit");
        assert_eq!((more.kind, more.name), (CreditKind::Contributors, "Li Wen in Beijing"));
    }
}
