//! What the text exports of news databases have in common: their field names (data in
//! `schema/exports.toml`), and paragraphs of wrapped lines.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::super::Document;
use crate::article::FieldName;

const RULES: &str = include_str!("../../../schema/exports.toml");

#[derive(Default, serde::Deserialize)]
pub(super) struct Rules {
    pub(super) factiva: Factiva,
    pub(super) lexis: Lexis,
    languages: BTreeMap<String, String>,
}

#[derive(Default, serde::Deserialize)]
pub(super) struct Factiva {
    pub(super) fields: BTreeMap<String, String>,
    pub(super) other: Vec<String>,
    pub(super) last: String,
}

#[derive(Default, serde::Deserialize)]
pub(super) struct Lexis {
    pub(super) fields: BTreeMap<String, String>,
    pub(super) head: Vec<String>,
    pub(super) tail: Vec<String>,
}

/// The rules that are compiled in; a test holds that they parse.
pub(super) static RULES_READ: LazyLock<Rules> = LazyLock::new(|| toml::from_str(RULES).unwrap_or_default());

/// Adds the value of a field that the rules call `target`.
pub(super) fn take(document: &mut Document, target: &str, rule: String, value: &str) {
    let field = match target {
        "headline" => FieldName::Headline,
        "dek" => FieldName::Dek,
        "byline" => FieldName::Byline,
        "credit" => FieldName::Credit,
        "published" => FieldName::Published,
        "publisher" => FieldName::Publisher,
        "topics" => FieldName::Topics,
        "url" => FieldName::Url,
        "language" => FieldName::Language,
        _ => return,
    };
    let known = RULES_READ.languages.get(&value.trim().to_lowercase());
    match known.filter(|_| field == FieldName::Language) {
        Some(code) => document.witness(field, rule, code),
        None => document.witness(field, rule, value),
    }
}

/// `lines` from the first to the last that is not blank.
fn trimmed<'a, 'b>(lines: &'b [&'a str]) -> &'b [&'a str] {
    let filled = |line: &&str| !line.trim().is_empty();
    let first = lines.iter().position(filled).unwrap_or(lines.len());
    let last = lines.iter().rposition(filled).map_or(first, |at| at + 1);
    &lines[first..last]
}

/// Whether blank lines part paragraphs in `lines`, so that the lines of one are wrapped.
pub(super) fn is_wrapped(lines: &[&str]) -> bool {
    trimmed(lines).iter().any(|line| line.trim().is_empty())
}

/// The paragraphs of `lines`; unless they are wrapped, each line is one.
pub(super) fn paragraphs(lines: &[&str], wrapped: bool) -> Vec<String> {
    let mut paragraphs: Vec<String> = Vec::new();
    let mut open = false;
    for line in trimmed(lines).iter().map(|line| line.trim()) {
        if line.is_empty() {
            open = false;
        } else if open && wrapped {
            if let Some(paragraph) = paragraphs.last_mut() {
                paragraph.push(' ');
                paragraph.push_str(line);
            }
        } else {
            paragraphs.push(line.to_owned());
            open = true;
        }
    }
    paragraphs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_parse() {
        let rules: Rules = toml::from_str(RULES).unwrap();
        assert_eq!(rules.factiva.last, "AN");
        assert!(rules.lexis.tail.iter().all(|label| *label == label.to_lowercase()));
    }

    #[test]
    fn wrapped_lines_are_joined() {
        let lines = ["", "one", " two", "", "three", ""];
        assert!(is_wrapped(&lines) && !is_wrapped(&["", "one", "two", ""]));
        assert_eq!(paragraphs(&lines, true), ["one two", "three"]);
        assert_eq!(paragraphs(&["one", "two"], false), ["one", "two"]);
        assert!(paragraphs(&["", " "], true).is_empty());
    }
}
