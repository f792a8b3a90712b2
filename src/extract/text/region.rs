//! The stretch of lines that holds the story, by the weight of its prose.

use super::{Judged, Mark, marks::weight_of};

/// A paragraph counts at most this much, so that one long block elsewhere does not outweigh a story.
const MAX_LINE_SCORE: i64 = 400;

/// What a line without sentences costs, and one under 40 characters.
const SHORT_COST: i64 = 20;
const VERY_SHORT_COST: i64 = 45;

/// Drops what stands outside the story.
pub fn judge(lines: &mut [Judged]) {
    let Some((start, end)) = densest(lines) else { return };
    // Headings, labels and sources lines right above the first paragraph belong to it.
    let mut first = start;
    while first > 0
        && (lines[first - 1].is_dropped()
            || lines[first - 1].heading
            || lines[first - 1].mark == Mark::Sources)
    {
        first -= 1;
    }
    for line in lines[..first].iter_mut().chain(&mut []) {
        line.drop_by("text:before-story");
    }
    for line in &mut lines[end..] {
        line.drop_by("text:after-story");
    }
}

/// The run of lines with the greatest sum of scores, as a half-open range.
fn densest(lines: &[Judged]) -> Option<(usize, usize)> {
    let (mut best, mut range) = (0, None);
    let (mut sum, mut start) = (0, 0);
    for (index, line) in lines.iter().enumerate() {
        if sum <= 0 {
            (sum, start) = (0, index);
        }
        sum += score_of(line);
        if sum > best {
            (best, range) = (sum, Some((start, index + 1)));
        }
    }
    range
}

fn score_of(line: &Judged) -> i64 {
    if line.is_dropped() || line.heading || line.mark == Mark::Label {
        return 0;
    }
    let weight = i64::try_from(weight_of(&line.line.text)).unwrap_or(MAX_LINE_SCORE);
    match line.mark {
        Mark::Prose | Mark::Sources => weight.min(MAX_LINE_SCORE),
        _ if weight < 40 => -VERY_SHORT_COST,
        _ => -SHORT_COST,
    }
}
