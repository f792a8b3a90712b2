//! Titles and what is left of them when a site's name, a section or a kicker is cut off.
//!
//! Makes the variants; which of them is the headline is for the ranking to say.

use std::collections::BTreeSet;

use super::{
    fold::{fold_words, tidy},
    site::SiteKeys,
};

/// A title is cut at no more separators than this, counted from each end.
const MAX_CUTS: usize = 3;

/// Longer titles are paragraphs; they are kept whole.
const MAX_TITLE_CHARS: usize = 400;

/// Separators, longest first; those of one character other than `|` and `»` count with blanks
/// around them only.
const SEPARATORS: [&str; 30] = [
    " ::: ", " :: ", " || ", " // ", " -- ", " | ", " - ", " – ", " — ", " · ", " • ", " » ", " « ", " › ",
    " ‹ ", " > ", " < ", " : ", " ~ ", " / ", " ⋆ ", " * ", " + ", "::", "|", "»", "｜", ": ", "– ", "— ",
];

/// Whether a separator begins with the byte.
const OPENS_SEPARATOR: [bool; 256] = {
    let mut opens = [false; 256];
    let mut at = 0;
    while at < SEPARATORS.len() {
        opens[SEPARATORS[at].as_bytes()[0] as usize] = true;
        at += 1;
    }
    opens
};

/// How a variant came from its title.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct Cut {
    /// Segments cut from the end.
    pub end: u8,
    /// Segments cut from the front.
    pub front: u8,
    /// Whether what was cut is the site's name, or begins or ends with it.
    pub site: bool,
    /// Words cut.
    pub words: u8,
    /// Index in the separators' list of the last one cut at.
    pub separator: u8,
}

impl Cut {
    /// Whether nothing was cut.
    pub(crate) fn is_whole(self) -> bool {
        self.end == 0 && self.front == 0
    }
}

/// A title or what is left of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TitleVariant {
    pub text: String,
    pub cut: Cut,
}

struct Break {
    start: usize,
    end: usize,
    separator: u8,
}

/// `raw` itself and every way to cut segments from its ends, each text once, the least cut first.
pub(crate) fn variants_of(raw: &str, keys: &SiteKeys) -> Vec<TitleVariant> {
    let whole = tidy(raw);
    let mut variants = vec![TitleVariant { text: whole.clone(), cut: Cut::default() }];
    if whole.chars().count() > MAX_TITLE_CHARS {
        return variants;
    }
    let breaks = breaks_of(&whole);
    let mut seen = BTreeSet::from([fold_words(&whole)]);
    let count = breaks.len();
    for (front, end) in cuts_of(count) {
        let from = front.checked_sub(1).map_or(0, |last| breaks[last].end);
        let to = if end == 0 { whole.len() } else { breaks[count - end].start };
        let text = whole[from..to].trim();
        if text.is_empty() || !seen.insert(fold_words(text)) {
            continue;
        }
        let site = is_site(&whole[..from], keys, front) || is_site(&whole[to..], keys, end);
        let words = fold_words(&whole[..from]).split(' ').filter(|w| !w.is_empty()).count()
            + fold_words(&whole[to..]).split(' ').filter(|w| !w.is_empty()).count();
        let separator = if end > 0 { breaks[count - end].separator } else { breaks[front - 1].separator };
        let cut = Cut { end: end as u8, front: front as u8, site, words: words.min(50) as u8, separator };
        variants.push(TitleVariant { text: text.to_owned(), cut });
    }
    variants
}

/// The numbers of segments to cut from the front and from the end.
fn cuts_of(breaks: usize) -> Vec<(usize, usize)> {
    let most = breaks.min(MAX_CUTS);
    let ends = (1..=most).map(|end| (0, end));
    let fronts = (1..=most.min(2)).map(|front| (front, 0));
    let both = (1..=most.min(2)).map(|end| (1, end)).filter(|(front, end)| front + end <= breaks);
    ends.chain(fronts).chain(both).collect()
}

/// Whether the part cut off holds the site's name: all of it, or one of its segments.
fn is_site(part: &str, keys: &SiteKeys, segments: usize) -> bool {
    if segments == 0 {
        return false;
    }
    let bare = part.trim_matches(|c: char| c.is_whitespace() || "|-–—·•»«›‹><:~/⋆*+｜".contains(c));
    keys.matches(bare)
        || breaks_of(bare).iter().any(|at| keys.matches(&bare[..at.start]) || keys.matches(&bare[at.end..]))
}

fn breaks_of(title: &str) -> Vec<Break> {
    let mut breaks = Vec::new();
    let mut at = 0;
    while at < title.len() {
        let rest = &title[at..];
        if !OPENS_SEPARATOR[usize::from(rest.as_bytes()[0])] {
            at += rest.chars().next().map_or(1, char::len_utf8);
            continue;
        }
        let found = SEPARATORS.iter().position(|separator| rest.starts_with(separator));
        match found.filter(|_| at > 0) {
            Some(separator) => {
                let mut end = at + SEPARATORS[separator].len();
                // ": " must not eat the blank that the next separator needs.
                if SEPARATORS[separator].ends_with(' ') {
                    end -= 1;
                }
                breaks.push(Break { start: at, end, separator: separator as u8 });
                at = end;
            }
            None => at += rest.chars().next().map_or(1, char::len_utf8),
        }
    }
    breaks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(raw: &str, site: &str) -> Vec<(String, bool)> {
        let mut keys = SiteKeys::default();
        keys.add_name(site);
        variants_of(raw, &keys).into_iter().map(|variant| (variant.text, variant.cut.site)).collect()
    }

    #[test]
    fn cuts_the_site_name() {
        let variants = texts("Rain floods old town - Weather - The Harbour Post", "Harbour Post");
        assert_eq!(variants[0], ("Rain floods old town - Weather - The Harbour Post".into(), false));
        assert!(variants.contains(&("Rain floods old town - Weather".into(), true)));
        assert!(variants.contains(&("Rain floods old town".into(), true)));
        let variants = texts("Harbour Post: Rain floods old town", "Harbour Post");
        assert!(variants.contains(&("Rain floods old town".into(), true)));
    }

    #[test]
    fn keeps_hyphens_within_words() {
        assert_eq!(texts("Twenty-one well-known songs", "x").len(), 1);
        assert_eq!(texts("", "x"), [(String::new(), false)]);
        assert_eq!(texts("| | |", "x")[0].0, "| | |");
    }

    #[test]
    fn bounds_the_work() {
        assert!(texts(&"a | ".repeat(90), "x").len() <= 8);
        assert_eq!(texts(&"a | ".repeat(100_000), "x").len(), 1);
    }
}
