//! Sketches of texts: a few bytes by which near copies are told without reading either text
//! (b-bit minwise hashing in one permutation; Li, Owen and Zhang, *One permutation hashing*, 2012).

/// Numbers of a sketch.
const PLACES: usize = 16;
/// Words of a shingle, the unit that two texts share or do not.
const SHINGLE_WORDS: usize = 4;
/// Shingles below which a text has no sketch: by chance, two short ones would have the same.
const MIN_SHINGLES: u32 = 32;
/// Words below which a text has no sketch.
const MIN_SKETCHED_WORDS: u32 = MIN_SHINGLES + SHINGLE_WORDS as u32 - 1;

/// What remains of a text to compare it by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sketch([u8; PLACES]);

impl Sketch {
    /// The two numbers of [`Self::numbers`].
    pub fn from_numbers([low, high]: [u64; 2]) -> Self {
        Self((u128::from(low) | u128::from(high) << 64).to_le_bytes())
    }

    /// The sketch as two numbers.
    #[expect(clippy::cast_possible_truncation, reason = "each is a half")]
    pub fn numbers(self) -> [u64; 2] {
        let all = u128::from_le_bytes(self.0);
        [all as u64, (all >> 64) as u64]
    }

    /// In how many of sixteen places two sketches agree: about the sixteenths of all their shingles
    /// that two texts share (their Jaccard resemblance).
    pub fn agreement(self, other: Self) -> u32 {
        self.0.iter().zip(other.0).map(|(a, b)| u32::from(*a == b)).sum()
    }

    /// Its eight pairs of neighbouring places: sketches that agree in more than eight places have a
    /// pair in common.
    pub fn pairs(self) -> [u16; PLACES / 2] {
        let mut pairs = [0; PLACES / 2];
        for (pair, bytes) in pairs.iter_mut().zip(self.0.chunks_exact(2)) {
            *pair = u16::from_le_bytes([bytes[0], bytes[1]]);
        }
        pairs
    }
}

/// Takes a text's words, one after the other.
#[derive(Clone, Debug)]
pub struct Sketcher {
    last: [u64; SHINGLE_WORDS],
    words: u32,
    least: [u64; PLACES],
}

impl Default for Sketcher {
    fn default() -> Self {
        Self { last: [0; SHINGLE_WORDS], words: 0, least: [u64::MAX; PLACES] }
    }
}

impl Sketcher {
    /// Takes the next word by its hash ([`super::word_hash`]).
    pub fn add(&mut self, word: u64) {
        self.last.rotate_left(1);
        self.last[SHINGLE_WORDS - 1] = word;
        self.words = self.words.saturating_add(1);
        if (self.words as usize) < SHINGLE_WORDS {
            return;
        }
        let shingle = self
            .last
            .iter()
            .fold(0_u64, |hash, word| (hash.rotate_left(23) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let shingle = (shingle ^ shingle >> 32).wrapping_mul(0xD6E8_FEB8_6659_FD93);
        // Its upper bits choose the place, the rest competes there.
        let place = (shingle >> (64 - PLACES.ilog2())) as usize;
        self.least[place] = self.least[place].min(shingle << PLACES.ilog2());
    }

    /// The sketch of the words so far; none of too few.
    pub fn sketch(&self) -> Option<Sketch> {
        if self.words < MIN_SKETCHED_WORDS {
            return None;
        }
        let mut places = [0; PLACES];
        for (place, byte) in places.iter_mut().enumerate() {
            // An empty place borrows from the next that is not (Shrivastava and Li, 2014).
            let lender = (0..PLACES).find(|step| self.least[(place + step) % PLACES] != u64::MAX)?;
            let least = self.least[(place + lender) % PLACES] >> PLACES.ilog2();
            #[expect(clippy::cast_possible_truncation, reason = "the lowest bits are wanted")]
            let lowest = (least as u8).wrapping_add((lender as u8).wrapping_mul(37));
            *byte = lowest;
        }
        Some(Sketch(places))
    }
}

#[cfg(test)]
mod tests {
    use super::super::word_set;
    use super::*;

    /// `words` words of the story `story`; of a hundred words, `changed` are other ones.
    fn text(story: usize, words: usize, changed: usize) -> String {
        let word = |number: usize| {
            let edit = if number % 100 < changed { "edited" } else { "" };
            format!("w{}x{story}{edit}", number * number % 977)
        };
        (0..words).map(word).collect::<Vec<_>>().join(" ")
    }

    fn sketch(text: &str) -> Option<Sketch> {
        let mut sketcher = Sketcher::default();
        word_set([text], |word| sketcher.add(word));
        sketcher.sketch()
    }

    #[test]
    fn copies_agree_and_other_stories_do_not() {
        let story = sketch(&text(1, 400, 0)).unwrap();
        assert_eq!(story.agreement(sketch(&text(1, 400, 0)).unwrap()), 16);
        let edited = sketch(&text(1, 400, 8)).unwrap();
        assert!(story.agreement(edited) >= 10, "{}", story.agreement(edited));
        assert!(story.pairs().iter().zip(edited.pairs()).any(|(a, b)| *a == b));
        let cut = sketch(&text(1, 330, 0)).unwrap();
        assert!(story.agreement(cut) >= 10, "{}", story.agreement(cut));
        for other in 2..40 {
            assert!(story.agreement(sketch(&text(other, 400, 0)).unwrap()) <= 3);
        }
    }

    #[test]
    fn a_short_text_has_none_and_any_other_survives_as_numbers() {
        let words = MIN_SKETCHED_WORDS as usize;
        assert_eq!(sketch(&text(1, words - 1, 0)), None);
        let short = sketch(&text(1, words, 0)).unwrap();
        assert_eq!(Sketch::from_numbers(short.numbers()), short);
        assert_eq!(sketch(""), None);
        // One sentence again and again has few shingles: most places borrow.
        assert!(sketch(&"the tide was out ".repeat(60)).is_some());
    }
}
