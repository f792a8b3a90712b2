//! The line model's features: a line's facts, its place, and what stands around it.
//!
//! One row of numbers a line; the same code serves training and use.

use super::facts::{Facts, cohesion};

/// Lines on either side whose facts a row holds.
const NEIGHBOURS: isize = 4;

/// Reaches, in lines, of the windows that good text is summed over.
const WINDOWS: [usize; 4] = [2, 5, 10, 25];

/// A good line counts at most this much for its region.
const MAX_REGION_GAIN: f32 = 400.0;

/// What a line that is not good costs its region, and one under 40 characters.
const REGION_COST: f32 = 20.0;
const SHORT_REGION_COST: f32 = 45.0;

/// A stretch of lines with much good text.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Region {
    /// First line.
    pub start: usize,
    /// One past the last line.
    pub end: usize,
    /// Sum of the lines' scores.
    pub score: f32,
}

/// The run of lines from `start` to `end` with the greatest sum of scores.
fn densest(facts: &[Facts], start: usize, end: usize) -> Region {
    let mut best = Region { start, end: start, score: 0.0 };
    let mut run = Region { start, end: start, score: 0.0 };
    for (index, line) in facts.iter().enumerate().take(end).skip(start) {
        if run.score <= 0.0 {
            run = Region { start: index, end: index, score: 0.0 };
        }
        run.end = index + 1;
        run.score += if line.good {
            line.weight.min(MAX_REGION_GAIN)
        } else if line.weight < 40.0 {
            -SHORT_REGION_COST
        } else {
            -REGION_COST
        };
        if run.score > best.score {
            best = run;
        }
    }
    best
}

/// Sums over lines that are asked for many ranges.
struct Sums(Vec<f32>);

impl Sums {
    fn of(values: impl Iterator<Item = f32>) -> Self {
        let mut sums = vec![0.0];
        let mut sum = 0.0;
        sums.extend(values.map(|value| {
            sum += value;
            sum
        }));
        Self(sums)
    }

    /// The sum over `[start, end)`, cut to what there is.
    fn range(&self, start: usize, end: usize) -> f32 {
        let last = self.0.len() - 1;
        self.0[end.min(last)] - self.0[start.min(last)]
    }

    fn total(&self) -> f32 {
        self.0.last().copied().unwrap_or(0.0)
    }
}

/// What is known of a whole text before its lines are looked at one by one.
pub struct Context<'a> {
    facts: &'a [Facts],
    headline: usize,
    first: Region,
    second: Region,
    good: Sums,
    chars: Sums,
    junk: Sums,
    stub_run: Vec<f32>,
    since_stub: Vec<f32>,
    cohesion: Vec<f32>,
    comments: Sums,
    first_comment: usize,
    /// For each class of furniture the lines since the last one and up to the next.
    furniture: Vec<(Vec<f32>, Vec<f32>)>,
}

/// Classes of furniture that ends or interrupts stories, whose distance is told.
const FURNITURE_CLASSES: [&[&str]; 4] = [
    &["related-label"],
    &["share-label", "newsletter-form"],
    &["legal-notice", "consent-notice"],
    &["site-control", "sponsor-label"],
];

/// Distances to furniture count up to this many lines.
const MAX_FURNITURE_DISTANCE: f32 = 60.0;

impl<'a> Context<'a> {
    /// The context of a text whose headline is line `headline`.
    pub fn of(facts: &'a [Facts], headline: usize) -> Self {
        let first = densest(facts, 0, facts.len());
        let before = densest(facts, 0, first.start);
        let after = densest(facts, first.end, facts.len());
        Self {
            facts,
            headline,
            first,
            second: if before.score > after.score { before } else { after },
            good: Sums::of(facts.iter().map(|line| if line.good { line.weight } else { 0.0 })),
            chars: Sums::of(facts.iter().map(|line| line.weight)),
            junk: Sums::of(facts.iter().map(|line| line.junk)),
            stub_run: stub_runs(facts),
            since_stub: since_stub(facts),
            cohesion: cohesion(facts, &members_of(facts, first)),
            comments: Sums::of(facts.iter().map(|line| flag(line.comment))),
            first_comment: first_comment(facts, first.start),
            furniture: FURNITURE_CLASSES.iter().map(|class| distances(facts, class)).collect(),
        }
    }

    /// Appends the features of line `index` to `row`.
    pub fn push_row(&self, index: usize, row: &mut Vec<f32>) {
        let line = &self.facts[index];
        push_own(line, row);
        self.push_place(index, row);
        self.push_windows(index, row);
        for offset in (-NEIGHBOURS..=NEIGHBOURS).filter(|offset| *offset != 0) {
            let neighbour = index.checked_add_signed(offset).and_then(|at| self.facts.get(at));
            self.push_neighbour(index.wrapping_add_signed(offset), neighbour, row);
        }
    }

    fn push_place(&self, index: usize, row: &mut Vec<f32>) {
        let lines = self.facts.len() as f32;
        let total = self.chars.total().max(1.0);
        let since_headline = index as f32 - self.headline as f32;
        let Region { start, end, .. } = self.first;
        row.extend([
            index as f32 / lines,
            self.chars.range(0, index) / total,
            (index as f32).min(200.0),
            (lines - index as f32).min(200.0),
            since_headline.clamp(-50.0, 200.0),
            self.chars.range(self.headline, index).max(1.0).ln(),
            flag(index == self.headline),
            self.stub_run[index].min(40.0),
            self.since_stub[index].min(40.0),
            flag((start..end).contains(&index)),
            (index as f32 - start as f32).clamp(-60.0, 120.0),
            (end as f32 - 1.0 - index as f32).clamp(-60.0, 120.0),
            ((end - start) as f32).min(200.0),
            self.first.score.max(1.0).ln(),
            self.second.score.max(1.0).ln(),
            flag((self.second.start..self.second.end).contains(&index)),
            (1.0 + lines).ln(),
            total.ln(),
            self.good.total() / total,
            (1.0 + self.good.total()).ln(),
            start as f32 - self.headline as f32,
            self.cohesion[index],
            (index as f32 - self.first_comment as f32).clamp(-60.0, 60.0),
            self.comments.range(index.saturating_sub(4), index + 5),
            self.comments.range(index.saturating_sub(15), index + 16),
            self.comments.range(0, index) / self.comments.total().max(1.0),
            self.comments.total().min(100.0),
        ]);
        for (since, until) in &self.furniture {
            row.extend([since[index], until[index]]);
        }
    }

    fn push_windows(&self, index: usize, row: &mut Vec<f32>) {
        for reach in WINDOWS {
            let (start, end) = (index.saturating_sub(reach), index + reach + 1);
            let good = self.good.range(start, end);
            row.extend([
                (1.0 + good).ln(),
                good / self.chars.range(start, end).max(1.0),
                (1.0 + self.good.range(start, index)).ln(),
                (1.0 + self.good.range(index + 1, end)).ln(),
                self.junk.range(start, end).min(20.0),
            ]);
        }
        row.push(self.good.range(0, index) / self.good.total().max(1.0));
    }

    fn push_neighbour(&self, at: usize, line: Option<&Facts>, row: &mut Vec<f32>) {
        let Some(line) = line else {
            row.extend([-1.0; NEIGHBOUR_FEATURES]);
            return;
        };
        row.extend([
            line.weight.max(1.0).ln(),
            flag(line.shape.ends_in_stop),
            (line.shape.stops as f32).min(10.0),
            line.of_words(line.shape.capitalised),
            line.of_words(line.shape.stop_words),
            line.junk,
            line.dates + flag(line.year),
            self.stub_run[at].min(40.0),
            flag(line.shape.starts_lower),
            flag(line.question),
            line.mark,
            flag(line.comment),
        ]);
    }
}

/// Numbers that a row holds of each neighbour.
const NEIGHBOUR_FEATURES: usize = 12;

fn flag(value: bool) -> f32 {
    if value { 1.0 } else { 0.0 }
}

/// The features that a line has by itself.
fn push_own(line: &Facts, row: &mut Vec<f32>) {
    let shape = &line.shape;
    row.extend([
        (1.0 + shape.words).ln(),
        line.weight.max(1.0).ln(),
        shape.chars as f32 / shape.words.max(1.0),
        (shape.commas as f32).min(20.0),
        100.0 * line.of_chars(shape.commas),
        (shape.stops as f32).min(20.0),
        flag(shape.ends_in_stop),
        flag(shape.ends_in_colon),
        flag(shape.starts_lower),
        flag(line.starts_digit),
        line.of_chars(shape.upper),
        line.of_chars(shape.digits),
        line.of_chars(shape.letters),
        line.of_words(shape.capitalised),
        line.of_words(shape.lower),
        line.of_words(shape.stop_words),
        flag(shape.quotes),
        (shape.bars as f32).min(10.0),
        flag(shape.at_sign),
        flag(shape.address),
        flag(line.question),
        line.junk,
        flag(line.junk_start),
        line.dates,
        flag(line.year),
        flag(line.good),
        flag(line.bullet),
        flag(line.comment),
        flag(line.ellipsis),
        line.mark,
        line.title_share,
        line.repeats,
    ]);
}

/// The first line of those around comments that has good text above it, from `start` on; the number
/// of lines where there is none.
fn first_comment(facts: &[Facts], start: usize) -> usize {
    let mut good = false;
    for (index, line) in facts.iter().enumerate().skip(start) {
        good |= line.good;
        if good && line.comment {
            return index;
        }
    }
    facts.len()
}

/// The good lines of `region`.
fn members_of(facts: &[Facts], region: Region) -> Vec<bool> {
    let inside = |(index, line): (usize, &Facts)| line.good && (region.start..region.end).contains(&index);
    facts.iter().enumerate().map(inside).collect()
}

/// For each line how many lines ago furniture of `class` stood last, and how many on it stands next.
fn distances(facts: &[Facts], class: &[&str]) -> (Vec<f32>, Vec<f32>) {
    let is_hit = |line: &Facts| line.furniture.is_some_and(|rule| class.contains(&rule));
    let since = since_hit(facts.iter().map(is_hit));
    let mut until = since_hit(facts.iter().rev().map(is_hit));
    until.reverse();
    (since, until)
}

fn since_hit(hits: impl Iterator<Item = bool>) -> Vec<f32> {
    let mut distance = MAX_FURNITURE_DISTANCE;
    hits.map(|hit| {
        distance = if hit { 0.0 } else { (distance + 1.0).min(MAX_FURNITURE_DISTANCE) };
        distance
    })
    .collect()
}

/// For each line the length of the run of stubs it stands in, 0 for others.
fn stub_runs(facts: &[Facts]) -> Vec<f32> {
    let mut runs = vec![0.0; facts.len()];
    let mut start = 0;
    for end in 0..=facts.len() {
        if facts.get(end).is_some_and(Facts::is_stub) {
            continue;
        }
        runs[start..end].fill((end - start) as f32);
        start = end + 1;
    }
    runs
}

/// For each line how many lines before it, itself excluded, are no stubs in a row.
fn since_stub(facts: &[Facts]) -> Vec<f32> {
    let mut count = 0.0;
    facts
        .iter()
        .map(|line| {
            let before = count;
            count = if line.is_stub() { 0.0 } else { count + 1.0 };
            before
        })
        .collect()
}
