//! The densest passage: overlapping windows, as in Callan, *Passage-level evidence in document
//! retrieval* (1994).

use super::candidate::Candidate;
use super::features::{B, K1, Scale, saturated};

/// Words of a window: a paragraph or two of news.
const WINDOW: u32 = 120;
/// Words from the beginning of one window to that of the next, so that any 60 words lie in one.
const STEP: u32 = 60;

/// The best window's score.
pub(super) fn best_passage(scale: &Scale, candidate: &Candidate) -> f64 {
    let mut best = 0.0_f64;
    let mut start = 0;
    loop {
        let end = (start + WINDOW).min(candidate.words);
        best = best.max(window(scale, candidate, start, end));
        start += STEP;
        if start + STEP >= candidate.words {
            return best;
        }
    }
}

fn window(scale: &Scale, candidate: &Candidate, start: u32, end: u32) -> f64 {
    let length = K1 * (1.0 - B + B * f64::from(end - start) / f64::from(WINDOW));
    let words = candidate.places.iter().zip(&scale.weights);
    let shares = words.map(|(places, weight)| {
        let before = places.partition_point(|&place| place < start);
        let inside = places[before..].partition_point(|&place| place < end);
        weight * saturated(inside as f64, length)
    });
    shares.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale() -> Scale {
        Scale { weights: vec![1.0, 1.0], idf: vec![1.0, 1.0], mean_words: 100.0 }
    }

    fn candidate(words: u32, places: [Vec<u32>; 2]) -> Candidate {
        Candidate { words, places: places.to_vec(), bag: Vec::new() }
    }

    #[test]
    fn words_together_beat_words_apart() {
        let together = best_passage(&scale(), &candidate(900, [vec![500], vec![505]]));
        let apart = best_passage(&scale(), &candidate(900, [vec![100], vec![800]]));
        assert!(together > 1.9 * apart, "{together} {apart}");
    }

    #[test]
    fn the_last_words_are_in_a_window() {
        for words in [1, 59, 60, 119, 120, 121, 180, 181, 240, 241, 1000] {
            assert!(best_passage(&scale(), &candidate(words, [vec![words - 1], vec![]])) > 0.0, "{words}");
        }
        assert_eq!(best_passage(&scale(), &candidate(0, [vec![], vec![]])), 0.0);
    }
}
