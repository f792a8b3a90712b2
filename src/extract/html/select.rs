//! The story's blocks told from the rest of the page, by a model of two stages.
//!
//! The first stage sees a block, its place and its neighbours; the second also sees what the first
//! thought of them; their mean decides. The blocks of best expected F1 are kept.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use super::{
    blocks::LeafBlock,
    dom::Dom,
    evidence::Grams,
    features::first_stage,
    kind::page_kind_of,
    second::second_stage,
    view::{View, view_of},
};
use crate::{
    article::PageKind,
    document::BlockKind,
    extract::{
        block::{Candidate, Verdict},
        gbm::Gbm,
    },
};

/// Lowest threshold on a block's probability, but for pages on which no block reaches it.
const MIN_THRESHOLD: f32 = 0.1;

/// First-stage probability from which a block is looked at again: three fifths of all blocks are plainly
/// furniture.
pub const MIN_OPEN: f32 = 0.02;

/// Step between thresholds that are tried.
const THRESHOLD_STEP: f32 = 0.025;

/// Thresholds that are tried, up to 0.6.
const THRESHOLDS: u8 = 21;

/// Thresholds that are tried on a page on which no block reaches the lowest: parts of its highest.
const PARTS_OF_HIGHEST: u8 = 10;

/// Longer blocks that repeat a kept one are dropped; short ones may be refrains.
const MAX_REPEATED_BYTES: usize = 60;

/// Shares of capitals among letters, and of links in a block, from which it is a link in capitals.
const CAPITALS_SHARE: f32 = 0.7;
const LINKED_SHARE: f32 = 0.9;

/// Fewest words of a link to another story.
const MIN_PROMO_WORDS: f32 = 4.0;

/// Words of a block that may hold a whole story again.
const MIN_DIGEST_WORDS: f32 = 400.0;

/// Share of such a block's runs of words that stand in other kept blocks.
const DIGEST_SHARE: f32 = 0.8;

/// The rule by which all that follows the last block looked at is left out; it is listed with the first.
const BEYOND_LIMIT: &str = "limit:blocks-of-page";

/// A page judged.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// All blocks of the page in its order, each with its verdict.
    pub candidates: Vec<Candidate>,
    /// Whether the page holds a story at all.
    pub page_kind: PageKind,
    /// Expected F1 of the kept words, from 0 to 1.
    pub confidence: f32,
}

/// The trees of both stages.
struct Stages {
    first: Gbm,
    second: Gbm,
}

fn stages() -> Option<&'static Stages> {
    static STAGES: LazyLock<Option<Stages>> = LazyLock::new(|| {
        let first = Gbm::parse(include_bytes!("../../../schema/models/html-blocks-first.gbm")).ok()?;
        let second = Gbm::parse(include_bytes!("../../../schema/models/html-blocks-second.gbm")).ok()?;
        Some(Stages { first, second })
    });
    STAGES.as_ref()
}

/// Judges every block of a page.
pub fn judge(dom: &Dom) -> Judged {
    let view = view_of(dom);
    let probabilities = probabilities_of(&view);
    let words: Vec<f32> = view.structure.shapes.iter().map(|shape| shape.words).collect();
    let (threshold, confidence) = best_threshold(&words, &probabilities);
    let page_kind = page_kind_of(&view, &probabilities, threshold);
    let mut seen = FxHashSet::default();
    let mut verdicts: Vec<Verdict> = (view.page.blocks.iter().zip(&probabilities))
        .map(|(block, p)| verdict_of(block, *p, threshold, &mut seen))
        .collect();
    drop(seen);
    drop_furniture(&view, &mut verdicts);
    drop_digests(&view, &mut verdicts);
    let beyond = view.page.beyond.map(|block| (block, Verdict::Drop(BEYOND_LIMIT.to_owned())));
    let candidates = view.page.blocks.into_iter().zip(verdicts).chain(beyond).map(candidate_of).collect();
    Judged { candidates, page_kind, confidence }
}

/// How probable it is that each block is part of the story: the mean of both stages where both speak.
fn probabilities_of(view: &View<'_>) -> Vec<f32> {
    let Some(stages) = stages() else { return Vec::new() };
    let sheet = first_stage(view, false);
    let rows: Vec<&[f32]> = (0..sheet.rows()).map(|row| sheet.row(row)).collect();
    let first = stages.first.probabilities(&rows);
    let open: Vec<usize> = (0..rows.len()).filter(|&row| first[row] >= MIN_OPEN).collect();
    let second_sheet = second_stage(view, &sheet, &first, &open, false);
    let rows: Vec<&[f32]> = (0..open.len()).map(|row| second_sheet.row(row)).collect();
    let mut probabilities = first;
    for (row, p) in open.iter().zip(stages.second.probabilities(&rows)) {
        probabilities[*row] = (probabilities[*row] + p) / 2.0;
    }
    probabilities
}

/// The threshold whose blocks have the best expected F1, and that F1: twice the words expected in them,
/// by their words and by all words expected on the page. A page that the model doubts throughout keeps
/// its best.
fn best_threshold(words: &[f32], probabilities: &[f32]) -> (f32, f32) {
    let all: f32 = words.iter().zip(probabilities).map(|(words, p)| words * p).sum();
    let highest = probabilities.iter().copied().fold(0.0, f32::max);
    let part = |step: u8| highest * f32::from(step) / f32::from(PARTS_OF_HIGHEST);
    let fixed = (0..THRESHOLDS).map(|step| MIN_THRESHOLD + THRESHOLD_STEP * f32::from(step));
    let thresholds: Vec<f32> =
        if highest < MIN_THRESHOLD { (2..=PARTS_OF_HIGHEST).map(part).collect() } else { fixed.collect() };
    let mut best = (highest.min(0.5), -1.0);
    for threshold in thresholds {
        let (mut expected, mut kept) = (0.0, 0.0);
        for (words, p) in words.iter().zip(probabilities).filter(|(_, p)| **p >= threshold) {
            expected += words * p;
            kept += words;
        }
        let f1 = 2.0 * expected / (kept + all).max(1e-9);
        if f1 > best.1 + 1e-6 {
            best = (threshold, f1);
        }
    }
    (best.0.min(highest), best.1.clamp(0.0, 1.0))
}

fn verdict_of(block: &LeafBlock, p: f32, threshold: f32, seen: &mut FxHashSet<String>) -> Verdict {
    if p < threshold {
        return Verdict::Drop("model:outside-story".to_owned());
    }
    if block.text.len() > MAX_REPEATED_BYTES && !seen.insert(block.text.clone()) {
        return Verdict::Drop("html:repeated".to_owned());
    }
    Verdict::Keep
}

/// Drops what is furniture by its make, whatever the model thinks of its words: captions, and links to
/// other stories printed in capitals between the paragraphs.
fn drop_furniture(view: &View<'_>, verdicts: &mut [Verdict]) {
    for (index, verdict) in verdicts.iter_mut().enumerate().filter(|(_, verdict)| **verdict == Verdict::Keep)
    {
        let shape = &view.structure.shapes[index];
        let capitals = shape.upper as f32 > CAPITALS_SHARE * shape.letters as f32;
        let linked = view.structure.link_share(&view.page, index) > LINKED_SHARE;
        if view.page.blocks[index].kind == BlockKind::Caption {
            *verdict = Verdict::Drop("html:caption".to_owned());
        } else if capitals && linked && shape.words >= MIN_PROMO_WORDS {
            *verdict = Verdict::Drop("html:promo-link".to_owned());
        }
    }
}

/// Drops blocks that hold again, in one piece, what stands in other kept blocks: pages carry their story
/// for machines, too.
fn drop_digests(view: &View<'_>, verdicts: &mut [Verdict]) {
    let is_kept = |index: &usize| verdicts[*index] == Verdict::Keep;
    let kept: Vec<usize> = (0..verdicts.len()).filter(is_kept).collect();
    let is_long = |index: &&usize| view.structure.shapes[**index].words >= MIN_DIGEST_WORDS;
    let long: Vec<usize> = kept.iter().filter(is_long).copied().collect();
    let Some(first) = long.first() else { return };
    // Digests are rare: the words of the rest are hashed once, against the first alone.
    let others = |index: usize| kept.iter().copied().filter(move |other| *other != index);
    let grams = Grams::of_words(others(*first).map(|other| view.structure.words_of(other)));
    if grams.share_of(view.structure.words_of(*first)) >= DIGEST_SHARE {
        verdicts[*first] = Verdict::Drop("html:repeated".to_owned());
    }
}

fn candidate_of((block, verdict): (LeafBlock, Verdict)) -> Candidate {
    Candidate { links: block.links, verdict, ..Candidate::kept(block.kind, block.text) }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    #[test]
    fn the_models_fit_the_features() {
        let dom = parse("<p>one</p>").expect("a small page");
        let view = view_of(&dom);
        let stages = stages().expect("models that parse");
        let sheet = first_stage(&view, true);
        assert_eq!(stages.first.features(), sheet.columns());
        assert_eq!(stages.second.features(), second_stage(&view, &sheet, &[0.5], &[0], true).columns());
    }

    #[test]
    fn the_story_is_kept_and_its_surroundings_are_dropped() {
        let page = "<html><head><title>Council votes for the tram | Daily</title></head><body>\
            <nav class=menu><ul><li><a href=1>Home</a><li><a href=2>Sport</a></ul></nav>\
            <main><article><h1>Council votes for the tram</h1><div class=byline>By Ann Lee</div>\
            <div class=article-body><p>The council met on Monday, late in the evening, and voted twice on the plan \
            for a tram between the harbour and the old town.</p><p>Nobody spoke against it, since the money had been \
            set aside in the spring of last year, the mayor said after the vote.</p><h2>What comes next</h2><p>The \
            first rails are to be laid in October, if the courts allow it, and the line is to open in three \
            years.</p></div></article><aside class=related><h3>Related</h3><ul><li><a href=3>Bus drivers strike \
            again</a><li><a href=4>Harbour museum closes</a></ul></aside><div id=comments><h3>Comments</h3><p>Great \
            news!</p></div></main><footer>All rights reserved.</footer></body></html>";
        let judged = judge(&parse(page).expect("a small page"));
        let kept: Vec<&str> = (judged.candidates.iter())
            .filter(|candidate| candidate.verdict == Verdict::Keep)
            .map(|candidate| candidate.text.split(' ').next().unwrap_or(""))
            .collect();
        for word in ["The", "Nobody", "What"] {
            assert!(kept.contains(&word), "{word} in {kept:?}");
        }
        for word in ["Home", "Bus", "Harbour", "Great", "All"] {
            assert!(!kept.contains(&word), "{word} in {kept:?}");
        }
        assert_eq!(judged.page_kind, PageKind::Article);
        assert!(judged.confidence > 0.6);
    }

    #[test]
    fn captions_and_links_in_capitals_are_no_story() {
        let paragraph = "<p>The ferry was late again on Monday, and the harbour master wrote it down in his book, as he \
            had done before, while nobody else in the harbour seemed to mind.</p>";
        let page = format!(
            "<title>Ferry late</title><article><h1>Ferry late</h1>{paragraph}{paragraph}<p><a href=x>HARBOUR MASTER \
             FINDS LOST BOOK IN A BOAT</a></p>{paragraph}<figure><img src=x><figcaption>The harbour master, who wrote \
             it down in his book, as he had done before.</figcaption></figure>{paragraph}</article>"
        );
        let judged = judge(&parse(&page).expect("a page"));
        let kept = judged.candidates.iter().filter(|candidate| candidate.is_kept());
        assert!(kept.clone().any(|candidate| candidate.text.starts_with("The ferry was late")));
        let mut kept =
            kept.filter(|candidate| candidate.text.contains("FINDS") || candidate.kind == BlockKind::Caption);
        assert!(kept.next().is_none());
    }

    #[test]
    fn a_story_that_stands_there_twice_is_kept_once() {
        let paragraph = |number: usize| {
            format!(
                "On day {number} the ferry was late again, and the harbour master wrote \
            it down in book {number}, where number {number} was the last of the {number} lines that he had written."
            )
        };
        let split: String = (100..115).map(|number| format!("<p>{}</p>", paragraph(number))).collect();
        let whole: Vec<String> = (100..115).map(paragraph).collect();
        let page = format!(
            "<title>Ferry late</title><article><h1>Ferry late</h1>{split}<p>{}</p></article>",
            whole.join(" ")
        );
        let judged = judge(&parse(&page).expect("a page"));
        let last = judged.candidates.last().expect("a block");
        assert_eq!(last.verdict, Verdict::Drop("html:repeated".to_owned()));
        assert!(judged.candidates[3].is_kept());
    }

    #[test]
    fn what_is_beyond_the_limit_is_said_to_be() {
        let page = "<p>x".repeat(super::super::blocks::MAX_BLOCKS) + "<p>the rest";
        let judged = judge(&parse(&page).expect("a page"));
        let last = judged.candidates.last().expect("a block");
        assert_eq!(
            (last.text.as_str(), &last.verdict),
            ("the rest", &Verdict::Drop(BEYOND_LIMIT.to_owned()))
        );
    }

    #[test]
    fn thresholds_follow_expected_f1() {
        let (threshold, f1) = best_threshold(&[100.0, 100.0, 100.0], &[0.99, 0.45, 0.01]);
        assert!(threshold <= 0.45 && f1 > 0.8);
        let (threshold, _) = best_threshold(&[100.0, 400.0], &[0.99, 0.3]);
        assert!(threshold > 0.3);
        let (threshold, _) = best_threshold(&[5.0, 5.0], &[0.001, 0.02]);
        assert!(threshold > 0.001 && threshold <= 0.02);
        let (threshold, _) = best_threshold(&[5.0, 80.0], &[0.09, 0.06]);
        assert!(threshold <= 0.06);
        assert_eq!(best_threshold(&[], &[]).1, 0.0);
    }

    #[test]
    fn long_repeats_are_dropped_once() {
        let text = "word ".repeat(20);
        let block = super::super::blocks::leaf_blocks(&parse(&format!("<p>{text}")).expect("a page"))
            .blocks
            .remove(0);
        let mut seen = FxHashSet::default();
        assert_eq!(verdict_of(&block, 0.9, 0.5, &mut seen), Verdict::Keep);
        assert_eq!(verdict_of(&block, 0.9, 0.5, &mut seen), Verdict::Drop("html:repeated".to_owned()));
    }
}
