//! Which lines are the story: the line model's opinion between hard rules.
//!
//! Lines that a rule has dropped stay dropped; sources lines and the headings of what is kept are
//! kept whatever the model thinks; a text never comes out empty because the model knew nothing.

use super::{
    Judged, Mark,
    model::{LineRows, opinions_of, threshold_of},
    region,
};
use crate::extract::block::Verdict;

/// A heading or a sources line stands within this many undropped lines of what it belongs to.
const NEAR_LINES: usize = 2;

/// A line that reads as a heading and stands above kept prose needs only this probability.
const MIN_HEADING_OPINION: f32 = 0.2;

/// The model learned from whole pages with their menus. A text of fewer lines than this, dropped
/// ones aside, is mostly story: there the weight of prose decides.
const MIN_MODEL_LINES: usize = 40;

/// Judges every line that no rule has decided about.
pub fn judge(lines: &mut [Judged]) {
    if lines.iter().filter(|line| !line.is_dropped()).count() < MIN_MODEL_LINES {
        region::judge(lines);
        return;
    }
    let rows = LineRows::of(lines);
    let Some(opinions) = opinions_of(&rows) else {
        region::judge(lines);
        return;
    };
    let words: Vec<f32> = (0..lines.len()).map(|index| rows.words(index)).collect();
    let threshold = threshold_of(&words, &opinions);
    let open: Vec<usize> = (0..lines.len()).filter(|index| !lines[*index].is_dropped()).collect();
    let kept: Vec<bool> = open.iter().map(|index| opinions[*index] >= threshold).collect();
    if !kept.contains(&true) {
        region::judge(lines);
        return;
    }
    for (at, &index) in open.iter().enumerate() {
        let line = &mut lines[index];
        let below = kept[at + 1..].iter().take(NEAR_LINES).any(|kept| *kept);
        let above = kept[at.saturating_sub(NEAR_LINES)..at].iter().any(|kept| *kept);
        let keep = kept[at]
            || match line.mark {
                Mark::Sources => below || above,
                Mark::LabelHeading => below,
                _ => line.heading && below && opinions[index] >= MIN_HEADING_OPINION,
            };
        line.verdict = Some(if keep { Verdict::Keep } else { Verdict::Drop("model:text-lines".to_owned()) });
    }
}
