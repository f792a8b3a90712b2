//! Copies of one story among the matches: what agencies wrote and many printed. They are told by
//! sketches of the texts, so that no article has to be opened.

use rustc_hash::FxHashMap;

use crate::analysis::Sketch;
use crate::engine::Outline;

/// Of sixteen places of two sketches so many must agree: two texts of which one holds four fifths of
/// the other do, and of stories that only quote the same statement two in a hundred.
const MIN_AGREEMENT: u32 = 10;

/// Which of several copies stands for all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// The one that comes first in the list.
    Best,
    /// The one that was published first; undated ones come last.
    Earliest,
    /// The one with the most words.
    Longest,
}

/// A match and those that say the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Story {
    /// Number of the match that stands for all.
    pub kept: usize,
    /// The others, in the order of the list.
    pub copies: Vec<usize>,
}

/// The stories that `outlines` tell of, in the order of the first match of each. A match is a copy of
/// the first one before it that resembles it and is no copy itself.
pub(super) fn stories(outlines: &[Outline], keep: Keep) -> Vec<Story> {
    let mut stories: Vec<Vec<usize>> = Vec::new();
    let mut firsts: Vec<Sketch> = Vec::new();
    // Stories by the pairs of their first sketch; two that agree have a pair in common.
    let mut by_pair: FxHashMap<(usize, u16), Vec<(usize, usize)>> = FxHashMap::default();
    for (number, outline) in outlines.iter().enumerate() {
        let Some(sketch) = outline.sketch else {
            stories.push(vec![number]);
            continue;
        };
        let pairs = sketch.pairs();
        let near = pairs.iter().enumerate().filter_map(|(place, &pair)| by_pair.get(&(place, pair)));
        let near = near.flatten().filter(|(first, _)| firsts[*first].agreement(sketch) >= MIN_AGREEMENT);
        if let Some(&(_, story)) = near.min() {
            stories[story].push(number);
            continue;
        }
        let entry = (firsts.len(), stories.len());
        firsts.push(sketch);
        stories.push(vec![number]);
        for (place, pair) in pairs.into_iter().enumerate() {
            by_pair.entry((place, pair)).or_default().push(entry);
        }
    }
    stories.into_iter().map(|numbers| story(numbers, outlines, keep)).collect()
}

fn story(numbers: Vec<usize>, outlines: &[Outline], keep: Keep) -> Story {
    let kept = match keep {
        Keep::Best => None,
        Keep::Earliest => {
            let dated = numbers.iter().filter_map(|&number| Some((outlines[number].published?, number)));
            dated.min().map(|(_, number)| number)
        }
        Keep::Longest => {
            let longest = |number: &usize| (outlines[*number].words, std::cmp::Reverse(*number));
            numbers.iter().copied().max_by_key(longest)
        }
    };
    let kept = kept.unwrap_or(numbers[0]);
    Story { kept, copies: numbers.into_iter().filter(|&number| number != kept).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sketch of the story `story` that differs in its first `changed` places.
    fn outline(story: u8, changed: u32, published: Option<i64>, words: u64) -> Outline {
        let all = (0..16_u32).fold(0_u128, |all, place| {
            let byte = if place < changed { story ^ 0x80 } else { story };
            all | u128::from(byte.wrapping_add(place as u8 * 3)) << (8 * place)
        });
        let sketch = Some(Sketch::from_numbers([all as u64, (all >> 64) as u64]));
        Outline { sketch, published, words, ..Outline::default() }
    }

    #[test]
    fn copies_stand_behind_the_one_that_is_kept() {
        let outlines = [
            outline(1, 0, Some(30), 400),
            outline(2, 0, None, 100),
            outline(1, 6, Some(10), 380),
            Outline::default(),
            outline(1, 3, None, 500),
            Outline::default(),
            outline(1, 7, Some(5), 900),
        ];
        let kept = |keep| stories(&outlines, keep).iter().map(|story| story.kept).collect::<Vec<_>>();
        assert_eq!(kept(Keep::Best), [0, 1, 3, 5, 6]);
        assert_eq!(kept(Keep::Earliest), [2, 1, 3, 5, 6]);
        assert_eq!(kept(Keep::Longest), [4, 1, 3, 5, 6]);
        assert_eq!(stories(&outlines, Keep::Earliest)[0].copies, [0, 4]);
        assert!(stories(&[], Keep::Best).is_empty());
    }
}
