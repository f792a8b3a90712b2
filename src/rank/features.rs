//! What speaks for a text beside its BM25: where the query's words stand first, how dense they are
//! somewhere, how near to each other.
//!
//! All follow BM25's own measure of a term, idf times a frequency that saturates (Robertson and
//! Zaragoza, *The Probabilistic Relevance Framework*, 2009), over other stretches of the text.

use super::candidate::Candidate;
use super::passages::best_passage;
use super::proximity::proximity;
use super::terms::QueryTerms;
use crate::engine::TermStatistics;

/// BM25's saturation, as the engine has it.
pub(super) const K1: f64 = 1.2;
/// BM25's share of the length, as the engine has it.
pub(super) const B: f64 = 0.75;
/// Words of the beginning. Headline, dek and first paragraph of a news story say what it is about.
const LEAD_WORDS: u32 = 60;

/// What features cost and count: the words' weights and the collection's mean length.
#[derive(Clone, Debug)]
pub struct Scale {
    /// For every word of the query its number in it times its inverse document frequency.
    pub weights: Vec<f64>,
    /// For every word its inverse document frequency.
    pub idf: Vec<f64>,
    /// Mean words of a text of the collection.
    pub mean_words: f64,
}

impl Scale {
    /// The scale of `query` in a collection.
    pub fn new(query: &QueryTerms, statistics: &TermStatistics) -> Self {
        let total = statistics.documents as f64;
        let mut frequencies = statistics.words.clone();
        // A rare spelling of a frequent name is a frequent word.
        for (name, &frequency) in query.names.iter().zip(&statistics.names) {
            if let [term] = name.terms[..] {
                frequencies[term] = frequencies[term].max(frequency);
            }
        }
        let idf = frequencies.iter().map(|&frequency| {
            let frequency = frequency as f64;
            (1.0 + (total - frequency + 0.5).max(0.0) / (frequency + 0.5)).ln()
        });
        let idf: Vec<f64> = idf.collect();
        let weights = query.terms.iter().zip(&idf).map(|(term, idf)| term.weight * idf).collect();
        Self { weights, idf, mean_words: statistics.mean_words.max(1.0) }
    }

    /// BM25's measure of a text's length.
    pub(super) fn length(&self, words: u32) -> f64 {
        K1 * (1.0 - B + B * f64::from(words) / self.mean_words)
    }
}

/// A frequency that saturates: half of its limit, `K1` + 1, at `length`.
pub(super) fn saturated(frequency: f64, length: f64) -> f64 {
    (K1 + 1.0) * frequency / (frequency + length)
}

/// What a text's words say, in units of BM25.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Features {
    /// Neighbouring words of the query that are neighbours here.
    pub proximity: f64,
    /// The words in the beginning.
    pub lead: f64,
    /// The words in the passage that has most of them.
    pub passage: f64,
}

impl Features {
    /// The features of `candidate`.
    pub fn of(query: &QueryTerms, scale: &Scale, candidate: &Candidate) -> Self {
        Self {
            proximity: proximity(query, scale, candidate),
            lead: lead(scale, candidate),
            passage: best_passage(scale, candidate),
        }
    }
}

fn lead(scale: &Scale, candidate: &Candidate) -> f64 {
    let words = candidate.places.iter().zip(&scale.weights);
    let shares = words.map(|(places, weight)| {
        let inside = places.partition_point(|&place| place < LEAD_WORDS);
        weight * saturated(inside as f64, K1)
    });
    shares.sum()
}
