//! The marks that agencies print before a headline when they send a story again (`UPDATE 2-`, `RPT-`).
//!
//! Cuts them off, nothing else; the patterns are data (`schema/rules/transmission-marks.tsv`).

use std::sync::LazyLock;

use regex::Regex;

const MARKS: &str = include_str!("../../../schema/rules/transmission-marks.tsv");

/// A headline carries no more marks than this.
const MAX_MARKS: usize = 4;

static PATTERNS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let rows = MARKS.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'));
    rows.filter_map(|(_, pattern)| Regex::new(pattern).ok()).collect()
});

/// `headline` without the marks at its start; as it stands where nothing would be left.
pub(crate) fn without_marks(headline: &str) -> &str {
    // All marks begin with three capitals; few headlines do.
    if !headline.bytes().take(3).all(|byte| byte.is_ascii_uppercase()) {
        return headline;
    }
    let mut rest = headline;
    for _ in 0..MAX_MARKS {
        let Some(found) = PATTERNS.iter().find_map(|pattern| pattern.find(rest)) else { break };
        rest = rest[found.end()..].trim_start();
    }
    if rest.is_empty() { headline } else { rest }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_cut_and_words_are_not() {
        assert_eq!(PATTERNS.len(), MARKS.lines().filter(|line| !line.starts_with('#')).count());
        for (printed, headline) in [
            ("UPDATE 2-Ferry runs again", "Ferry runs again"),
            ("RPT-UPDATE 1-Ferry runs again", "Ferry runs again"),
            ("ROUNDUP 2: Fähre fährt wieder", "Fähre fährt wieder"),
            ("WDH/Fähre: Fahrplan bleibt", "Fahrplan bleibt"),
            ("Update: ferry runs again", "Update: ferry runs again"),
            ("UPDATE on the ferry", "UPDATE on the ferry"),
            ("UPDATE 2-", "UPDATE 2-"),
        ] {
            assert_eq!(without_marks(printed), headline);
        }
    }
}
