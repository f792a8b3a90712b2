//! The second stage's features: what the first stage thinks of a block's neighbours, its containers,
//! its likes, and of the page as a whole.

use super::{
    sheet::{Sheet, flag},
    view::View,
};
use crate::document::BlockKind;

/// How far single neighbours are looked at.
const NEAR: isize = 4;

/// Half widths of the windows, in blocks.
const WINDOWS: [(usize, &str); 3] = [(3, "3"), (8, "8"), (20, "20")];

/// Probability from which a block is surely part of the story.
const SURE: f32 = 0.6;

/// Longest distance, in blocks, that is told apart.
const FAR: f32 = 40.0;

/// Names of the containers: parent, grandparent, great-grandparent.
const CONTAINERS: [&str; 3] = ["p:c1", "p:c2", "p:c3"];

/// Sums of the first stage's opinion over the page.
struct Opinion<'view> {
    view: &'view View<'view>,
    /// Probability of each block.
    first: &'view [f32],
    /// Words of the story to be expected in all blocks before each, and in all.
    expected_before: Vec<f32>,
    /// Words in all blocks before each, and in all.
    words_before: Vec<f32>,
    /// Expected words below every node, by number.
    below: Vec<f32>,
    /// Expected words by path.
    by_path: Vec<f32>,
    /// First and last block of the run that holds most of the story.
    run: (usize, usize),
    /// Distances to the last and to the next sure block.
    sure: Vec<(f32, f32)>,
    /// Start and end of the stretch between two headings around each block.
    stretch: Vec<(usize, usize)>,
    /// Highest probability of another block with the same words.
    twin: Vec<f32>,
}

impl<'view> Opinion<'view> {
    fn of(view: &'view View<'view>, first: &'view [f32]) -> Self {
        let words: Vec<f32> = view.structure.shapes.iter().map(|shape| shape.words).collect();
        let expected: Vec<f32> = words.iter().zip(first).map(|(words, p)| words * p).collect();
        let mut by_path = vec![0.0; view.path_sums.len()];
        for (path, expected) in view.paths.iter().zip(&expected) {
            by_path[*path] += expected;
        }
        Self {
            below: below_of(view, &expected),
            run: run_of(&words, first),
            sure: sure_of(first),
            stretch: stretches_of(view),
            twin: twins_of(view, first),
            expected_before: running(&expected),
            words_before: running(&words),
            view,
            first,
            by_path,
        }
    }

    /// Mean probability of the words of the blocks from `start` to `end`.
    fn mean(&self, start: usize, end: usize) -> f32 {
        let words = self.words_before[end] - self.words_before[start];
        (self.expected_before[end] - self.expected_before[start]) / words.max(1.0)
    }

    fn total(&self) -> f32 {
        self.expected_before.last().copied().unwrap_or(0.0)
    }

    fn put(&self, sheet: &mut Sheet, index: usize) {
        let count = self.first.len();
        for offset in -NEAR..=NEAR {
            let name = ["-4", "-3", "-2", "-1", "0", "+1", "+2", "+3", "+4"][(offset + NEAR) as usize];
            let other = index.checked_add_signed(offset).and_then(|at| self.first.get(at));
            sheet.put_in("p", name, other.copied().unwrap_or(-1.0));
        }
        for (half, name) in WINDOWS {
            let mean = self.mean(index.saturating_sub(half), (index + half + 1).min(count));
            sheet.put_in("p:within", name, mean);
        }
        let total = self.total().max(1.0);
        sheet.put("p:before", self.expected_before[index] / total);
        sheet.put("p:after", (self.total() - self.expected_before[index + 1]) / total);
        sheet.put("p:total", total.ln());
        sheet.put("p:since-sure", self.sure[index].0);
        sheet.put("p:until-sure", self.sure[index].1);
        self.put_containers(sheet, index, total);
        self.put_runs(sheet, index, total);
        sheet.put("p:twin", self.twin[index] - self.first[index]);
    }

    fn put_containers(&self, sheet: &mut Sheet, index: usize, total: f32) {
        let element = self.view.page.blocks[index].element;
        let mut above = self.view.dom.ancestors(element);
        for group in CONTAINERS {
            let (expected, words) = above.next().map_or((0.0, 0.0), |id| {
                (self.below[id.index()], self.view.structure.sums[id.index()].words)
            });
            sheet.put_in(group, "mean", expected / words.max(1.0));
            sheet.put_in(group, "share", expected / total);
        }
        let path = self.view.paths[index];
        sheet.put_in("p:path", "mean", self.by_path[path] / self.view.path_sums[path].words.max(1.0));
        sheet.put_in("p:path", "share", self.by_path[path] / total);
    }

    fn put_runs(&self, sheet: &mut Sheet, index: usize, total: f32) {
        let (start, end) = self.run;
        let away =
            if index < start { index as f32 - start as f32 } else { (index + 1).saturating_sub(end) as f32 };
        sheet.put("run:inside", flag((start..end).contains(&index)));
        sheet.put("run:away", away.clamp(-FAR, FAR));
        let between = if index < start {
            self.words_before[start] - self.words_before[index + 1]
        } else {
            (self.words_before[index] - self.words_before[end.min(index)]).max(0.0)
        };
        sheet.put("run:words-away", between.ln_1p());
        sheet.put("run:share", (self.expected_before[end] - self.expected_before[start]) / total);
        let (from, to) = self.stretch[index];
        sheet.put("stretch:mean", self.mean(from, to));
        sheet.put("stretch:share", (self.expected_before[to] - self.expected_before[from]) / total);
        sheet.put("stretch:blocks", ((to - from) as f32).ln_1p());
        sheet.put("stretch:heading", self.first[from]);
    }
}

/// The second stage's features of the blocks `open`, a row each: the first stage's from `sheet`, and
/// what its opinion `first`, a probability a block, makes of the page.
pub fn second_stage(view: &View<'_>, sheet: &Sheet, first: &[f32], open: &[usize], naming: bool) -> Sheet {
    let opinion = Opinion::of(view, first);
    let mut second = Sheet::new(naming, open.len());
    for &index in open {
        second.put_row(sheet, index);
        opinion.put(&mut second, index);
        second.end_row();
    }
    second
}

/// Sums before each value, and of all.
fn running(values: &[f32]) -> Vec<f32> {
    let mut sum = 0.0;
    let mut sums = Vec::with_capacity(values.len() + 1);
    sums.push(0.0);
    for value in values {
        sum += value;
        sums.push(sum);
    }
    sums
}

fn below_of(view: &View<'_>, expected: &[f32]) -> Vec<f32> {
    let mut below = vec![0.0; view.dom.node_count()];
    for (block, expected) in view.page.blocks.iter().zip(expected) {
        below[block.element.index()] += expected;
    }
    for &id in view.page.elements.iter().rev() {
        if let Some(parent) = view.dom.parent(id) {
            below[parent.index()] += below[id.index()];
        }
    }
    below
}

/// The run of blocks with the highest sum of words times (probability less one half).
fn run_of(words: &[f32], first: &[f32]) -> (usize, usize) {
    let (mut best, mut best_run) = (0.0, (0, 0));
    let (mut sum, mut start) = (0.0_f32, 0);
    for (index, (words, p)) in words.iter().zip(first).enumerate() {
        if sum <= 0.0 {
            (sum, start) = (0.0, index);
        }
        sum += words * (p - 0.5);
        if sum > best {
            (best, best_run) = (sum, (start, index + 1));
        }
    }
    best_run
}

fn sure_of(first: &[f32]) -> Vec<(f32, f32)> {
    let mut sure = vec![(FAR, FAR); first.len()];
    let mut distance = FAR;
    for (slot, p) in sure.iter_mut().zip(first) {
        slot.0 = distance;
        distance = if *p > SURE { 1.0 } else { (distance + 1.0).min(FAR) };
    }
    distance = FAR;
    for (slot, p) in sure.iter_mut().zip(first).rev() {
        slot.1 = distance;
        distance = if *p > SURE { 1.0 } else { (distance + 1.0).min(FAR) };
    }
    sure
}

/// Around every block the blocks from the last heading to the next one.
fn stretches_of(view: &View<'_>) -> Vec<(usize, usize)> {
    let blocks = &view.page.blocks;
    let is_heading = |index: usize| matches!(blocks[index].kind, BlockKind::Heading(_));
    let mut stretches = Vec::with_capacity(blocks.len());
    let mut start = 0;
    while start < blocks.len() {
        let end = (start + 1..blocks.len()).find(|&index| is_heading(index)).unwrap_or(blocks.len());
        stretches.extend(std::iter::repeat_n((start, end), end - start));
        start = end;
    }
    stretches
}

fn twins_of(view: &View<'_>, first: &[f32]) -> Vec<f32> {
    // The two best of every text: a block's twin is the best that is not itself.
    let mut best: rustc_hash::FxHashMap<&[u64], [(f32, usize); 2]> = rustc_hash::FxHashMap::default();
    for (index, p) in first.iter().enumerate() {
        if view.repeats[index] == 0 {
            continue;
        }
        let slots = best.entry(view.structure.words_of(index)).or_insert([(0.0, usize::MAX); 2]);
        if *p > slots[0].0 {
            slots[1] = slots[0];
            slots[0] = (*p, index);
        } else if *p > slots[1].0 {
            slots[1] = (*p, index);
        }
    }
    (0..first.len())
        .map(|index| match best.get(view.structure.words_of(index)) {
            Some(slots) if slots[0].1 == index => slots[1].0,
            Some(slots) => slots[0].0,
            None => 0.0,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::{features::first_stage, parse, view::view_of};
    use super::*;

    #[test]
    fn opinions_of_the_neighbourhood() {
        let page = "<h2>Pot</h2><p>one two three</p><p>four five six</p><h2>More</h2><p>one two three</p>";
        let dom = parse(page).expect("a small page");
        let view = view_of(&dom);
        let first = [0.9, 0.8, 0.9, 0.1, 0.2];
        let sheet = second_stage(&view, &first_stage(&view, true), &first, &[0, 1, 2, 3, 4], true);
        assert_eq!(sheet.names().len(), sheet.columns());
        let value = |row: usize, name: &str| {
            let column = sheet.names().iter().position(|known| known == name).expect("a column of that name");
            sheet.row(row)[column]
        };
        assert_eq!([value(1, "p:-1"), value(1, "p:+1"), value(4, "p:+1")], [0.9, 0.9, -1.0]);
        assert_eq!([value(0, "run:inside"), value(3, "run:inside")], [1.0, 0.0]);
        assert_eq!([value(2, "run:away"), value(4, "run:away")], [0.0, 2.0]);
        assert_eq!([value(3, "p:since-sure"), value(3, "p:until-sure")], [1.0, FAR]);
        assert_eq!([value(4, "stretch:heading"), value(4, "p:twin")], [0.1, 0.8 - 0.2]);
        assert!((value(4, "p:before") + value(4, "p:after")) < 1.0);
    }

    #[test]
    fn a_page_without_blocks_has_no_rows() {
        let dom = parse("").expect("a small page");
        let view = view_of(&dom);
        assert_eq!(second_stage(&view, &first_stage(&view, false), &[], &[], false).rows(), 0);
    }
}
