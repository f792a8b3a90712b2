//! Neighbouring words of the query that stand together: in order and next to each other, and in any
//! order within a few words, as in the sequential dependence model (Metzler and Croft, 2005).

use super::candidate::Candidate;
use super::features::{Scale, saturated};
use super::terms::QueryTerms;

/// Words less than so far apart are together: the unordered window of the model.
const NEAR: u32 = 8;

/// The score of all pairs.
pub(super) fn proximity(query: &QueryTerms, scale: &Scale, candidate: &Candidate) -> f64 {
    let length = scale.length(candidate.words);
    let shares = query.pairs.iter().map(|&(first, second)| {
        let (firsts, seconds) = (&candidate.places[first], &candidate.places[second]);
        let (ordered, near) = counts(firsts, seconds);
        let idf = f64::midpoint(scale.idf[first], scale.idf[second]);
        idf * (saturated(f64::from(ordered), length) + saturated(f64::from(near), length))
    });
    shares.sum()
}

/// How many of `firsts` have one of `seconds` next, and how many have one near.
fn counts(firsts: &[u32], seconds: &[u32]) -> (u32, u32) {
    let (mut ordered, mut near) = (0, 0);
    let mut after = 0;
    for &place in firsts {
        while after < seconds.len() && seconds[after] <= place {
            after += 1;
        }
        let next = seconds.get(after).map(|next| next - place);
        let before = after.checked_sub(1).map(|before| place - seconds[before]);
        ordered += u32::from(next == Some(1));
        near += u32::from([next, before].into_iter().flatten().any(|distance| distance < NEAR));
    }
    (ordered, near)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_distance() {
        assert_eq!(counts(&[3], &[4]), (1, 1));
        assert_eq!(counts(&[4], &[3]), (0, 1));
        assert_eq!(counts(&[1, 20, 40], &[2, 27, 49]), (1, 2));
        assert_eq!(counts(&[5], &[]), (0, 0));
        assert_eq!(counts(&[5], &[5]), (0, 1), "a name in another spelling has its words at one place");
    }
}
