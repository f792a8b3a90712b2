//! What the line model is told of one line, whatever stands around it.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use std::hash::{Hash, Hasher};

use super::marks::{Mark, final_mark, weight_of};
use crate::extract::html::shape::{Shape, shape_of};

/// Lightest line that counts as good text when a sentence ends in it.
const MIN_GOOD_WEIGHT: usize = 70;

/// Heavier lines are comments, not what stands around them.
const MAX_COMMENT_MARK_WEIGHT: f32 = 60.0;

/// Only so much of a line is searched for hints: furniture is short.
const MAX_HINT_BYTES: usize = 600;

/// One line's facts.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Words, marks and letters.
    pub shape: Shape,
    /// Length in characters, those of scripts without spaces thrice.
    pub weight: f32,
    /// Rule-given kind of the line, as a number.
    pub mark: f32,
    /// Furniture's words in the line, at most 4.
    pub junk: f32,
    /// Whether the line begins with one.
    pub junk_start: bool,
    /// Whether it is short and stands around readers' comments ("3 replies", "Jane says:").
    pub comment: bool,
    /// Whether it ends in an ellipsis, as teasers do.
    pub ellipsis: bool,
    /// Words of dates, at most 4.
    pub dates: f32,
    /// Whether a number of four digits stands in it that can be a year.
    pub year: bool,
    /// Whether the line has a weight and an end of prose.
    pub good: bool,
    /// Whether it ends in a question mark.
    pub question: bool,
    /// Whether it opens with a digit.
    pub starts_digit: bool,
    /// Whether a bullet stood before it.
    pub bullet: bool,
    /// Share of its words that stand in the page's title.
    pub title_share: f32,
    /// Lines of the text that are equal to it, itself excluded, at most 5.
    pub repeats: f32,
    /// Hash of the text.
    pub hash: u64,
    /// The furniture rule that it falls under.
    pub furniture: Option<&'static str>,
    /// Hashes of its words.
    words: Vec<u64>,
}

struct Hints {
    junk: Option<AhoCorasick>,
    comments: Option<AhoCorasick>,
    dates: FxHashSet<&'static str>,
}

fn hints() -> &'static Hints {
    static HINTS: LazyLock<Hints> = LazyLock::new(|| {
        let of_kind = |kind: &'static str| {
            include_str!("../../../schema/rules/line-hints.tsv")
                .lines()
                .filter_map(|line| line.split_once('\t'))
                .filter(move |(row, _)| *row == kind)
                .map(|(_, text)| text)
        };
        Hints {
            junk: AhoCorasick::new(of_kind("junk")).ok(),
            comments: AhoCorasick::new(of_kind("comment")).ok(),
            dates: of_kind("date").collect(),
        }
    });
    &HINTS
}

impl Facts {
    /// The facts of `text`; title share and repeats are left at 0.
    pub fn of(text: &str, bullet: bool, mark: Mark) -> Self {
        let mut words = Vec::new();
        let shape = shape_of(text, &mut words);
        let weight = weight_of(text);
        let lower = text[..text.floor_char_boundary(MAX_HINT_BYTES)].to_lowercase().replace('’', "'");
        let last = final_mark(text);
        let mut hasher = FxHasher::default();
        text.hash(&mut hasher);
        let mut facts = Self {
            shape,
            weight: weight as f32,
            mark: number_of(mark),
            good: weight >= MIN_GOOD_WEIGHT && shape.stops > 0,
            ellipsis: text.trim_end_matches([']', ')', '»']).ends_with(['…']) || text.contains("..."),
            question: matches!(last, Some('?' | '？' | '؟')),
            starts_digit: text.starts_with(|c: char| c.is_numeric()),
            bullet,
            hash: hasher.finish(),
            furniture: match mark {
                Mark::Furniture(rule) => Some(rule),
                _ => None,
            },
            words,
            ..Self::default()
        };
        facts.read_hints(&lower);
        facts
    }

    fn read_hints(&mut self, lower: &str) {
        let hints = hints();
        for found in hints.junk.iter().flat_map(|junk| junk.find_iter(lower)).take(4) {
            self.junk += 1.0;
            self.junk_start |= found.start() == 0;
        }
        self.comment = self.weight < MAX_COMMENT_MARK_WEIGHT
            && hints.comments.as_ref().is_some_and(|comments| comments.is_match(lower));
        for word in lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            if hints.dates.contains(word) && self.dates < 4.0 {
                self.dates += 1.0;
            }
            self.year |= word.len() == 4
                && (word.starts_with("19") || word.starts_with("20"))
                && word.bytes().all(|byte| byte.is_ascii_digit());
        }
    }

    /// `count` as a share of the line's words.
    pub fn of_words(&self, count: u32) -> f32 {
        count as f32 / self.shape.runs.max(1) as f32
    }

    /// `count` as a share of the line's characters.
    pub fn of_chars(&self, count: u32) -> f32 {
        count as f32 / self.shape.chars.max(1) as f32
    }

    /// Whether the line is short and ends in no mark of a sentence.
    pub fn is_stub(&self) -> bool {
        self.weight < 45.0 && !self.shape.ends_in_stop
    }
}

fn number_of(mark: Mark) -> f32 {
    match mark {
        Mark::Furniture(_) | Mark::Brand => 0.0,
        Mark::Label => 1.0,
        Mark::Short => 2.0,
        Mark::LabelHeading => 3.0,
        Mark::Sources | Mark::Dek => 4.0,
        Mark::Prose => 5.0,
    }
}

/// Fills in what takes all lines: title share and repeats. `title` is the index of the line that
/// is the page's title.
pub fn compare(facts: &mut [Facts], title: usize) {
    let words: FxHashSet<u64> =
        facts.get(title).map(|line| line.words.iter().copied().collect()).unwrap_or_default();
    let mut counts: FxHashMap<u64, u32> = FxHashMap::default();
    for line in facts.iter() {
        *counts.entry(line.hash).or_default() += 1;
    }
    for line in facts.iter_mut() {
        let shared = line.words.iter().filter(|word| words.contains(word)).count();
        line.title_share = shared as f32 / line.words.len().max(1) as f32;
        line.repeats = counts.get(&line.hash).map_or(0.0, |count| (count - 1).min(5) as f32);
    }
}

/// For each line how much of what it speaks of is spoken of in the other lines that are `members`:
/// the share of its words that stand there too, each word weighed by how few lines have it
/// (`ln(1 + lines / lines with the word)`); -1 for lines without words.
///
/// Teasers and other stories share little with the story, captions and subheadings much.
pub fn cohesion(facts: &[Facts], members: &[bool]) -> Vec<f32> {
    let mut counts: FxHashMap<u64, (u32, u32)> = FxHashMap::default();
    let mut seen: FxHashMap<u64, usize> = FxHashMap::default();
    for (index, line) in facts.iter().enumerate() {
        for word in &line.words {
            // Once a line, however often it stands there.
            if seen.insert(*word, index) != Some(index) {
                let (lines, inside) = counts.entry(*word).or_default();
                *lines += 1;
                *inside += u32::from(members[index]);
            }
        }
    }
    let total = facts.len() as f32;
    let share = |(index, line): (usize, &Facts)| {
        let (mut shared, mut all) = (0.0, 0.0);
        for word in &line.words {
            let (lines, inside) = counts.get(word).copied().unwrap_or_default();
            let weight = (1.0 + total / lines.max(1) as f32).ln();
            all += weight;
            shared += if inside > u32::from(members[index]) { weight } else { 0.0 };
        }
        if all > 0.0 { shared / all } else { -1.0 }
    };
    facts.iter().enumerate().map(share).collect()
}

/// The line that is the headline: the one that repeats the title and stands closest above good
/// text, else the title.
pub fn headline_of(facts: &[Facts], title: usize) -> usize {
    let mut best = (0.0, title);
    let mut good_after = [0.0_f32; 13];
    // Good weight in the twelve lines that follow, counted from the end.
    for (index, line) in facts.iter().enumerate().skip(title).rev() {
        good_after.rotate_right(1);
        good_after[0] = if line.good { line.weight.min(400.0) } else { 0.0 };
        let words = line.shape.words;
        if index > title && (3.0..=39.0).contains(&words) && line.title_share > 0.7 {
            let score = line.title_share + (1.0 + good_after[1..].iter().sum::<f32>()).ln() * 0.1;
            if score > best.0 {
                best = (score, index);
            }
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(text: &str) -> Facts {
        Facts::of(text, false, Mark::Short)
    }

    #[test]
    fn hints_are_counted() {
        let line = facts("Updated 3 hours ago, March 2021 | Subscribe to our newsletter");
        assert_eq!((line.junk, line.dates, line.year, line.junk_start), (2.0, 4.0, true, false));
        assert!(facts("Photo: the harbour at night").junk_start);
        assert!(facts("Jane Doe says:").comment && facts("Read the whole story…").ellipsis);
        assert!(!facts("In 20210 the sea rose").year);
    }

    #[test]
    fn cohesion_tells_a_storys_words_from_others() {
        let lines = [
            "The harbour master closed the harbour",
            "Ships left the harbour before the master",
            "Cake recipes for spring",
            "",
        ];
        let all: Vec<Facts> = lines.iter().map(|line| facts(line)).collect();
        let shares = cohesion(&all, &[true, true, false, false]);
        assert!(shares[0] > 0.5 && shares[1] > 0.4);
        assert_eq!((shares[2], shares[3]), (0.0, -1.0));
    }

    #[test]
    fn the_headline_repeats_the_title_above_the_text() {
        let story = "The harbour reopened on Friday after three days of storm, its master said on the radio.";
        let lines = [
            "Harbour reopens after storm | Der Bote",
            "Harbour reopens after storm",
            "Menu",
            "Harbour reopens after storm",
            story,
            story,
        ];
        let mut all: Vec<Facts> = lines.iter().map(|line| facts(line)).collect();
        compare(&mut all, 0);
        assert_eq!(headline_of(&all, 0), 3);
        assert_eq!((all[1].repeats, all[0].repeats), (1.0, 0.0));
        assert!(all[1].title_share == 1.0 && all[4].title_share < 1.0);
    }
}
