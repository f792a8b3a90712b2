//! Blocks around a story that only say again what is a field of the article: its headline, its authors,
//! its day.
//!
//! Drops them from the body by the rule `field:NAME`; it makes no witnesses and settles no field.

use super::{
    block::{BlockKind, Candidate},
    meta::{self, Settled},
    rules::{has_line_key, line_key},
};
use crate::article::{FieldName, Witness};

/// How many kept blocks from the start may repeat the headline, or hold bylines and dates.
const MAX_HEAD_BLOCKS: usize = 5;

/// Longer blocks are prose.
const MAX_BYLINE_BYTES: usize = 160;

/// A block of more words opens the story: what follows is no head.
const MAX_HEAD_WORDS: usize = 25;

/// The headline is a field of its own: a block near the start that only repeats it is no body.
pub(super) fn drop_headline(candidates: &mut [Candidate], witnesses: &[Witness], headline: Option<&str>) {
    // A page has many titles, of teasers too: only its headings and its headline count.
    let is_heading = |rule: &str| !meta::is_page_rule(rule) || rule.starts_with("html:h1");
    let titles: Vec<String> = witnesses
        .iter()
        .filter(|witness| witness.field == FieldName::Headline && is_heading(&witness.rule))
        .map(|witness| witness.raw.as_str())
        .chain(headline)
        .map(line_key)
        .filter(|key| !key.is_empty())
        .collect();
    if titles.is_empty() {
        return;
    }
    for candidate in candidates.iter_mut().filter(|c| c.is_kept()).take(MAX_HEAD_BLOCKS - 1) {
        let repeated = matches!(candidate.kind, BlockKind::Heading(_) | BlockKind::Paragraph)
            && titles.iter().any(|title| has_line_key(&candidate.text, title));
        if repeated {
            candidate.drop_by("field:headline");
        }
    }
}

/// Who wrote and when are fields: blocks of a page's head that say nothing else are no body. Lines of
/// plain text are judged where they are read.
pub(super) fn drop_bylines(candidates: &mut [Candidate], settled: &Settled) {
    let parts = meta::BylineParts::of(settled);
    for candidate in candidates.iter_mut().filter(|c| c.is_kept()).take(MAX_HEAD_BLOCKS) {
        if candidate.line.is_some() || candidate.text.split_whitespace().nth(MAX_HEAD_WORDS).is_some() {
            return;
        }
        if matches!(candidate.kind, BlockKind::Heading(_)) || candidate.text.len() > MAX_BYLINE_BYTES {
            continue;
        }
        let rule = parts.rule_for(&candidate.text);
        if let Some(rule) = rule {
            candidate.drop_by(rule);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{Moment, Precision};

    fn kept(texts: &[&str], settled: &Settled) -> Vec<String> {
        let mut candidates: Vec<Candidate> =
            texts.iter().map(|text| Candidate::kept(BlockKind::Paragraph, *text)).collect();
        drop_headline(&mut candidates, &[], settled.headline.as_deref());
        drop_bylines(&mut candidates, settled);
        candidates.into_iter().filter(Candidate::is_kept).map(|candidate| candidate.text).collect()
    }

    fn settled() -> Settled {
        Settled {
            headline: Some("Ferry runs again".into()),
            byline: vec!["Ada Quill".into(), "Bo van den Marsh".into()],
            published: Some(Moment { iso: "2021-05-04".into(), unix_seconds: 0, precision: Precision::Day }),
            ..Settled::default()
        }
    }

    #[test]
    fn heads_that_repeat_fields_are_dropped() {
        let story = "The ferry ran again on Tuesday, with two boats in the morning and one at night.";
        for head in [
            "Ferry runs again",
            "By Ada Quill and Bo van den Marsh",
            "By Ada Quill. Published on May 4, 2021.",
            "4 May 2021, 08:05",
            "ADA QUILL | Updated: 4 May 2021 at 10:15",
            "Tuesday, 4 May 2021",
        ] {
            assert_eq!(kept(&[head, story], &settled()), [story], "{head}");
        }
    }

    #[test]
    fn what_says_more_is_kept() {
        let story = "The ferry ran again on Tuesday, with two boats in the morning and one at night, and nobody was \
            surprised, for it had been announced by the harbour master in the spring of last year.";
        for head in [
            "Ada Quill on the ferry that nobody wanted",
            "The ferry has been waiting since 4 May 2021",
            "HARBOUR, 4 May 2021",
            "By the river",
        ] {
            assert_eq!(kept(&[head, story], &settled()), [head, story], "{head}");
        }
        assert_eq!(kept(&[story, "By Ada Quill"], &settled()), [story, "By Ada Quill"]);
    }
}
