//! What words mean in this corpus: a short vector for each, learned from which words stand in the
//! same articles (latent semantic indexing; Deerwester and others, 1990).
//!
//! The vectors are learned from a sample of the index's articles when it has grown, and are kept
//! beside it. Texts have no stored vectors: a text of the pool is read again anyway, and is the sum
//! of its words.

mod learn;
mod subspace;

use rayon::prelude::*;

use super::candidate::Candidate;
use super::terms::QueryTerms;
use super::words::stem_hash;
use crate::index::{DIMENSIONS, TermVectors};

pub use learn::learn_vectors;

/// The vector of a text.
fn text_vector(vectors: &TermVectors, text: &Candidate) -> [f32; DIMENSIONS] {
    let mut sum = [0.0; DIMENSIONS];
    text.bag.iter().for_each(|&(hash, frequency)| vectors.add(hash, learn::weight(frequency), &mut sum));
    sum
}

/// How near each text is to the query, from -1 to 1, in their order; none where the corpus knows none
/// of the query's words. It is the cosine, shrunk for texts that say less than others: a headline
/// alone is near to a query by chance.
pub(super) fn nearness(vectors: &TermVectors, query: &QueryTerms, texts: &[&Candidate]) -> Option<Vec<f64>> {
    let mut asked = [0.0; DIMENSIONS];
    for term in &query.terms {
        #[expect(clippy::cast_possible_truncation, reason = "a number of words")]
        vectors.add(stem_hash(&term.stem), term.weight as f32, &mut asked);
    }
    let length = norm(&asked);
    if length <= 0.0 {
        return None;
    }
    let said = |text: &&Candidate| {
        let vector = text_vector(vectors, text);
        (dot(&asked, &vector), norm(&vector))
    };
    let said: Vec<(f64, f64)> = texts.par_iter().map(said).collect();
    let mean = said.iter().map(|(_, norm)| norm).sum::<f64>() / said.len().max(1) as f64;
    Some(
        said.into_iter()
            .map(|(product, norm)| product / (length * (norm + mean)).max(f64::MIN_POSITIVE))
            .collect(),
    )
}

fn dot(a: &[f32; DIMENSIONS], b: &[f32; DIMENSIONS]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}

fn norm(vector: &[f32; DIMENSIONS]) -> f64 {
    dot(vector, vector).sqrt()
}

#[cfg(test)]
mod tests {
    use super::learn::learn;
    use super::*;
    use crate::rank::terms::QueryTerm;

    fn text(words: &[&str]) -> Candidate {
        let mut bag: Vec<(u64, f32)> = words.iter().map(|word| (stem_hash(word), 1.0)).collect();
        bag.sort_unstable_by_key(|(hash, _)| *hash);
        Candidate { words: words.len() as u32, places: Vec::new(), bag }
    }

    /// Words of harbours and words of courts: a text takes some of one kind, by a fixed shuffle.
    fn corpus() -> Vec<Candidate> {
        let mut state = 7_u32;
        let mut any = |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) % below
        };
        let mut texts = Vec::new();
        for number in 0..400 {
            let kind = ["harbour", "court"][number % 2];
            let words: std::collections::BTreeSet<String> =
                (0..30).map(|_| format!("{kind}{}", any(100))).collect();
            texts.push(text(&words.iter().map(String::as_str).collect::<Vec<_>>()));
        }
        texts
    }

    fn query(word: &str) -> QueryTerms {
        let term = QueryTerm { stem: word.to_owned(), weight: 1.0 };
        QueryTerms { terms: vec![term], ..QueryTerms::default() }
    }

    #[test]
    fn words_of_the_same_stories_are_near() {
        let corpus = corpus();
        let vectors = learn(400, &corpus, &[]).unwrap();
        let asked = stem_hash("harbour3");
        let without = |kind: usize| {
            let texts = corpus.iter().skip(kind).step_by(2);
            let texts: Vec<&Candidate> =
                texts.filter(|text| text.bag.iter().all(|(hash, _)| *hash != asked)).collect();
            let found = nearness(&vectors, &query("harbour3"), &texts).unwrap();
            found.iter().sum::<f64>() / found.len() as f64
        };
        let (harbours, courts) = (without(0), without(1));
        assert!(harbours > courts + 0.02, "{harbours} {courts}");
        assert_eq!(nearness(&vectors, &query("unheard"), &[]), None);
    }

    #[test]
    fn learning_twice_gives_the_same() {
        let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        assert_eq!(alone.install(|| learn(400, &corpus(), &[])), learn(400, &corpus(), &[]));
    }
}
