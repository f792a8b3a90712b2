//! Values that carry markup of their own: character references escaped twice, tags in headlines.
//!
//! Not a parser of HTML; it only cleans single values.

use std::{collections::BTreeMap, sync::LazyLock};

use super::fold::tidy;

const REFERENCES: &str = include_str!("../../../schema/metadata/references.tsv");

static NAMED: LazyLock<BTreeMap<&str, &str>> = LazyLock::new(|| {
    REFERENCES
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('\t'))
        .collect()
});

/// Names and numbers of character references are no longer than this.
const MAX_REFERENCE_BYTES: usize = 10;

/// A tag in a value is no longer than this; what is longer is text after a stray `<`.
const MAX_TAG_BYTES: usize = 300;

/// `value` on one line, its character references resolved (twice) and its tags left out.
pub(crate) fn plain_of(value: &str) -> String {
    if !value.contains(['&', '<']) {
        return tidy(value);
    }
    let once = resolve_references(value);
    let twice = resolve_references(&once);
    tidy(&without_tags(&twice))
}

fn resolve_references(value: &str) -> String {
    let mut resolved = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find('&') {
        resolved.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.bytes().take(MAX_REFERENCE_BYTES + 2).position(|byte| byte == b';');
        match end.and_then(|end| Some((end, character_of(&rest[1..end])?))) {
            Some((end, text)) => {
                resolved.push_str(&text);
                rest = &rest[end + 1..];
            }
            None => {
                resolved.push('&');
                rest = &rest[1..];
            }
        }
    }
    resolved.push_str(rest);
    resolved
}

fn character_of(reference: &str) -> Option<String> {
    let Some(number) = reference.strip_prefix('#') else {
        return NAMED.get(reference).map(|text| (*text).to_owned());
    };
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => number.parse().ok()?,
    };
    char::from_u32(code).filter(|c| !c.is_control()).map(String::from)
}

fn without_tags(value: &str) -> String {
    let mut kept = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find('<') {
        kept.push_str(&rest[..at]);
        rest = &rest[at..];
        let opens = rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
        match rest.bytes().take(MAX_TAG_BYTES).position(|byte| byte == b'>').filter(|_| opens) {
            Some(end) => {
                kept.push(' ');
                rest = &rest[end + 1..];
            }
            None => {
                kept.push('<');
                rest = &rest[1..];
            }
        }
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolves_what_is_escaped_twice() {
        assert_eq!(plain_of("Caf&amp;eacute; &#8220;R&amp;D&#x201D;"), "Café “R&D”");
        assert_eq!(plain_of("<em>Late</em> news <br/>today"), "Late news today");
        assert_eq!(plain_of("5 < 6 & 7 > 3 &nosuch; &#0;"), "5 < 6 & 7 > 3 &nosuch; &#0;");
        assert_eq!(plain_of(&"&".repeat(50_000)).len(), 50_000);
    }
}
