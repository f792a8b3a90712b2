//! Addresses as witnesses: dates and words in their paths.

use super::{
    date::{FIRST_YEAR, moment_of},
    site::path_of,
    witness_set::WitnessSet,
};
use crate::article::FieldName;

/// Adds the date that the path of `address` holds (`/2024/05/15/`, `/2024-05-15`, `20240515`),
/// or its year and month.
pub(crate) fn add_url_witnesses(address: &str, witnesses: &mut WitnessSet) {
    if let Some(day) = day_in(path_of(address)) {
        witnesses.add(FieldName::Published, "url:date", &day);
    } else if let Some(month) = month_in(path_of(address)) {
        witnesses.add(FieldName::Published, "url:month", &month);
    }
}

/// Runs of digits in `path` with the bytes around them.
fn numbers_in(path: &str) -> Vec<(usize, &str)> {
    let mut numbers = Vec::new();
    let bytes = path.as_bytes();
    let mut at = 0;
    while at < bytes.len() && numbers.len() < 64 {
        let start = at;
        while at < bytes.len() && bytes[at].is_ascii_digit() {
            at += 1;
        }
        if at > start {
            numbers.push((start, &path[start..at]));
        }
        at += 1;
    }
    numbers
}

fn day_in(path: &str) -> Option<String> {
    let numbers = numbers_in(path);
    let joined = |one: &(usize, &str), two: &(usize, &str)| {
        let between = path.get(one.0 + one.1.len()..two.0);
        matches!(between, Some("/" | "-" | "_" | "."))
    };
    let triple = numbers.windows(3).find_map(|window| {
        let [one, two, three] = window else { return None };
        (joined(one, two) && joined(two, three))
            .then(|| day_from(one.1, two.1, three.1).or_else(|| day_from(three.1, two.1, one.1)))?
    });
    triple
        .or_else(|| {
            numbers.iter().find_map(|(_, digits)| match digits.len() {
                8 => day_from(&digits[..4], &digits[4..6], &digits[6..]),
                4 => None,
                _ => None,
            })
        })
        .or_else(|| {
            // /2024/0515/
            numbers.windows(2).find_map(|window| {
                let [one, two] = window else { return None };
                (joined(one, two) && one.1.len() == 4 && two.1.len() == 4)
                    .then(|| day_from(one.1, &two.1[..2], &two.1[2..]))?
            })
        })
}

fn day_from(year: &str, month: &str, day: &str) -> Option<String> {
    let plausible = year.len() == 4 && month.len() <= 2 && day.len() <= 2 && year.starts_with(['1', '2']);
    let year: i16 =
        year.parse().ok().filter(|year| plausible && (1985.max(FIRST_YEAR)..2100).contains(year))?;
    Some(moment_of(year, Some(month.parse().ok()?), Some(day.parse().ok()?), None)?.iso)
}

fn month_in(path: &str) -> Option<String> {
    numbers_in(path).windows(2).find_map(|window| {
        let [one, two] = window else { return None };
        let slash = path.get(one.0 + one.1.len()..two.0) == Some("/");
        let year: i16 = one.1.parse().ok().filter(|year| slash && (1985..2100).contains(year))?;
        let month = two.1.parse().ok().filter(|_| two.1.len() == 2)?;
        Some(moment_of(year, Some(month), None, None)?.iso)
    })
}

/// The words of the last part of a path that has several (`rain-floods-old-town`).
pub(crate) fn slug_words(address: &str) -> Vec<String> {
    let parts = path_of(address).split('/').rev().filter(|part| !part.is_empty());
    let best = parts.take(3).max_by_key(|part| part.matches(['-', '_']).count()).unwrap_or("");
    let stem = best.rsplit_once('.').map_or(best, |(stem, _)| stem);
    stem.split(['-', '_']).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_dates_in_paths() {
        assert_eq!(day_in("/news/2024/05/15/rain"), Some("2024-05-15".into()));
        assert_eq!(day_in("/news/2024/5/15-rain"), Some("2024-05-15".into()));
        assert_eq!(day_in("/rain-2024-05-15.html"), Some("2024-05-15".into()));
        assert_eq!(day_in("/a/20240515/b"), Some("2024-05-15".into()));
        assert_eq!(day_in("/15-05-2024/rain"), Some("2024-05-15".into()));
        assert_eq!(day_in("/2024/0515/rain"), Some("2024-05-15".into()));
        assert_eq!(day_in("/n/99999/05/15"), None);
        assert_eq!(day_in("/n/2024/13/15"), None);
        assert_eq!(month_in("/2024/05/rain"), Some("2024-05".into()));
        assert_eq!(day_in(&"/1".repeat(100_000)), None);
    }

    #[test]
    fn takes_the_words_of_a_slug() {
        assert_eq!(slug_words("https://a.b/news/rain-floods-town.html?x=1").join(" "), "rain floods town");
        assert!(slug_words("https://a.b/").is_empty());
    }
}
