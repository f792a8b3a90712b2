//! Texts that resemble each other tend to be relevant together: a score leans on those of the
//! nearest texts of the pool (score regularisation; Diaz, *Regularizing query-based retrieval
//! scores*, 2007).

use rustc_hash::FxHashMap;

use super::candidate::Candidate;
use super::features::{K1, saturated};

/// Best texts that are smoothed. Beyond them neighbours are chance.
pub(super) const SMOOTHED: usize = 150;
/// Neighbours that count.
const NEIGHBOURS: usize = 10;
/// Share of the neighbours in the score.
pub(super) const SHARE: f64 = 0.45;
/// Least that the neighbours give, as a share of the text's own score: the one story that was looked
/// for has no neighbours.
const GUARD: f64 = 0.6;

/// For each of `candidates` with its score, what its neighbours make of it.
pub(super) fn neighbourly(candidates: &[&Candidate], scores: &[f64]) -> Vec<f64> {
    let count = candidates.len();
    let similarity = similarities(candidates);
    let mut order: Vec<usize> = Vec::with_capacity(count);
    (0..count)
        .map(|own| {
            let row = &similarity[own * count..(own + 1) * count];
            order.clear();
            order.extend((0..count).filter(|&other| other != own && row[other] > 0.0));
            let nearest = NEIGHBOURS.min(order.len());
            let nearer = |a: &usize, b: &usize| row[*b].total_cmp(&row[*a]).then(a.cmp(b));
            if nearest < order.len() {
                order.select_nth_unstable_by(nearest, nearer);
                order.truncate(nearest);
            }
            // Sums of floating-point numbers depend on their order.
            order.sort_unstable();
            let weight: f64 = order.iter().map(|&other| f64::from(row[other])).sum();
            let sum: f64 = order.iter().map(|&other| f64::from(row[other]) * scores[other]).sum();
            let mean = if weight > 0.0 { sum / weight } else { 0.0 };
            mean.max(GUARD * scores[own])
        })
        .collect()
}

/// The hash of a word's stem, and the numbers of the texts that have it with its weight in each.
type TextsOfWord = (u64, Vec<(u32, f32)>);

/// Cosines of all pairs, a row for each candidate. A word counts by its saturated frequency and by
/// how rare it is in the pool.
fn similarities(candidates: &[&Candidate]) -> Vec<f32> {
    let count = candidates.len();
    let mut similarity = vec![0.0_f32; count * count];
    for (_, group) in texts_of_words(candidates) {
        #[expect(clippy::cast_possible_truncation, reason = "a weight, not a count")]
        let rarity = ((count as f64 + 1.0) / (group.len() as f64 + 0.5)).ln().max(0.0) as f32;
        let rarity = rarity * rarity;
        for (at, &(a, weight_a)) in group.iter().enumerate() {
            let row = &mut similarity[a as usize * count..(a as usize + 1) * count];
            let weight_a = weight_a * rarity;
            for &(b, weight_b) in &group[at..] {
                row[b as usize] += weight_a * weight_b;
            }
        }
    }
    normalise(&mut similarity, count);
    similarity
}

/// For each word the texts that have it, in their order, with its weight in each. Words are in the order
/// of their hashes: sums of floating-point numbers must not depend on that of the texts.
fn texts_of_words(candidates: &[&Candidate]) -> Vec<TextsOfWord> {
    let mut groups: Vec<TextsOfWord> = Vec::new();
    let mut numbers: FxHashMap<u64, usize> = FxHashMap::default();
    for (text, candidate) in (0_u32..).zip(candidates) {
        for &(hash, frequency) in &candidate.bag {
            #[expect(clippy::cast_possible_truncation, reason = "a number between 0 and 2.2")]
            let weight = saturated(f64::from(frequency), K1) as f32;
            let number = *numbers.entry(hash).or_insert(groups.len());
            match groups.get_mut(number) {
                Some((_, texts)) => texts.push((text, weight)),
                None => groups.push((hash, vec![(text, weight)])),
            }
        }
    }
    groups.sort_unstable_by_key(|&(hash, _)| hash);
    groups
}

/// From products above the diagonal to cosines on both sides of it.
fn normalise(similarity: &mut [f32], count: usize) {
    let norms: Vec<f32> = (0..count).map(|number| similarity[number * count + number].sqrt()).collect();
    for a in 0..count {
        for b in a..count {
            let norm = norms[a] * norms[b];
            let cosine = if norm > 0.0 { similarity[a * count + b] / norm } else { 0.0 };
            similarity[a * count + b] = cosine;
            similarity[b * count + a] = cosine;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bag(words: &[u64]) -> Candidate {
        Candidate { bag: words.iter().map(|&word| (word, 1.0)).collect(), ..Candidate::default() }
    }

    #[test]
    fn a_text_among_good_ones_rises() {
        let texts = [bag(&[1, 2, 3]), bag(&[1, 2, 4]), bag(&[1, 2, 5]), bag(&[7, 8, 9]), bag(&[7, 8, 10])];
        let candidates: Vec<&Candidate> = texts.iter().collect();
        let smoothed = neighbourly(&candidates, &[1.0, 0.9, 0.3, 0.3, 0.2]);
        assert!(smoothed[2] > 0.8, "{smoothed:?}");
        assert!((smoothed[3] - 0.2).abs() < 1e-6, "{smoothed:?}");
    }

    #[test]
    fn a_lone_text_keeps_the_guarded_share() {
        let texts = [bag(&[1]), bag(&[2])];
        let candidates: Vec<&Candidate> = texts.iter().collect();
        let smoothed = neighbourly(&candidates, &[1.0, 0.5]);
        assert!((smoothed[0] - GUARD).abs() < 1e-12 && (smoothed[1] - GUARD * 0.5).abs() < 1e-12);
    }

    #[test]
    fn empty_texts_resemble_nothing() {
        let texts = [bag(&[]), bag(&[])];
        let candidates: Vec<&Candidate> = texts.iter().collect();
        assert_eq!(neighbourly(&candidates, &[1.0, 1.0]), [GUARD, GUARD]);
    }
}
