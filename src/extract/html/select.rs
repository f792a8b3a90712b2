//! The story's blocks told from the rest of the page, by a model of two stages.
//!
//! The first stage sees a block, its place and its neighbours; the second also sees what the first
//! thought of them. The blocks of best expected F1 are kept.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use super::{
    blocks::LeafBlock,
    dom::Dom,
    features::first_stage,
    kind::page_kind_of,
    second::second_stage,
    view::{View, view_of},
};
use crate::{
    article::PageKind,
    extract::{
        block::{Candidate, Verdict},
        gbm::Gbm,
    },
};

/// Lowest threshold on a block's probability: below, even pages that the model doubts are better left.
const MIN_THRESHOLD: f32 = 0.25;

/// First-stage probability from which a block is looked at again: three fifths of all blocks are plainly
/// furniture.
pub const MIN_OPEN: f32 = 0.02;

/// Step between thresholds that are tried.
const THRESHOLD_STEP: f32 = 0.025;

/// Thresholds that are tried, up to 0.6.
const THRESHOLDS: u8 = 15;

/// Longer blocks that repeat a kept one are dropped; short ones may be refrains.
const MAX_REPEATED_BYTES: usize = 60;

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
    let verdicts: Vec<Verdict> = (view.page.blocks.iter().zip(&probabilities))
        .map(|(block, p)| verdict_of(block, *p, threshold, &mut seen))
        .collect();
    drop(seen);
    let beyond = view.page.beyond.map(|block| (block, Verdict::Drop(BEYOND_LIMIT.to_owned())));
    let candidates = view.page.blocks.into_iter().zip(verdicts).chain(beyond).map(candidate_of).collect();
    Judged { candidates, page_kind, confidence }
}

/// How probable it is that each block is part of the story.
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
        probabilities[*row] = p;
    }
    probabilities
}

/// The threshold whose blocks have the best expected F1, and that F1: twice the words expected in them,
/// by their words and by all words expected on the page. A page on which no block passes keeps its best.
fn best_threshold(words: &[f32], probabilities: &[f32]) -> (f32, f32) {
    let all: f32 = words.iter().zip(probabilities).map(|(words, p)| words * p).sum();
    let mut best = (0.5, -1.0);
    for step in 0..THRESHOLDS {
        let threshold = MIN_THRESHOLD + THRESHOLD_STEP * f32::from(step);
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
    let highest = probabilities.iter().copied().fold(0.0, f32::max);
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
        assert_eq!(best_threshold(&[5.0, 5.0], &[0.01, 0.02]).0, 0.02);
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
