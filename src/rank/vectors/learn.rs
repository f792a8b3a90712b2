//! Learns the vectors from a sample of texts.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::subspace::{SparseMatrix, right_vectors};
use crate::engine::{Engine, EngineError, Unit};
use crate::index::{DIMENSIONS, TermVectors};
use crate::rank::candidate::{Candidate, Reader, WordStems};
use crate::rank::terms::QueryTerms;

/// Texts that have a word at least; of fewer nothing can be learned.
const MIN_TEXTS_OF_WORD: u32 = 2;
/// Most words that get a vector, the most frequent first: some 2.5 MB. Rarer ones are names and
/// slips, which BM25 knows by themselves.
const MAX_WORDS: usize = 32_768;

/// Most words whose stems are kept: a megabyte.
const MAX_STEMS: usize = 43_000;

/// How a word's number in a text counts.
pub(super) fn weight(frequency: f32) -> f32 {
    1.0 + frequency.max(1.0).ln()
}

/// Articles that an index must have before vectors are learned: in fewer, words go together by chance.
const MIN_ARTICLES: u64 = 256;
/// Articles that are read: twice as many, or all of some thousands, order no better.
const SAMPLE: usize = 2048;
/// An index that has grown or shrunk by this factor since is learned from anew.
const STALE_FACTOR: f64 = 1.5;

/// The vectors of `engine`'s index, learned anew. None where `known` still serve, or where there are
/// too few articles.
///
/// # Errors
/// When the index fails.
pub fn learn_vectors(
    engine: &dyn Engine,
    known: Option<&TermVectors>,
) -> Result<Option<TermVectors>, EngineError> {
    let articles = engine.term_statistics(Unit::Article, &[], &[])?.documents;
    let serves = known.is_some_and(|known| {
        let (then, now) = (known.articles() as f64, articles as f64);
        now < then * STALE_FACTOR && now * STALE_FACTOR > then
    });
    if articles < MIN_ARTICLES || serves {
        return Ok(None);
    }
    let addresses = engine.sample(SAMPLE)?;
    let texts = engine.match_texts(Unit::Article, &addresses, &[])?;
    let query = QueryTerms::default();
    let piece = texts.len().div_ceil(rayon::current_num_threads()).max(1);
    let read = texts.par_chunks(piece).map(|texts| {
        let mut reader = Reader::keeping_stems(&query);
        let read: Vec<Candidate> = texts.iter().map(|text| reader.read(text)).collect();
        (read, reader.into_stems())
    });
    let (sample, stems): (Vec<_>, Vec<_>) = read.collect::<Vec<_>>().into_iter().unzip();
    let sample: Vec<Candidate> = sample.into_iter().flatten().collect();
    Ok(learn(articles, &sample, &frequent(stems)))
}

/// The vectors of the words of `sample`, texts of an index of `articles`, with the `stems` of words.
/// None where there are too few texts to learn from.
pub(super) fn learn(articles: u64, sample: &[Candidate], stems: &[(u64, u64)]) -> Option<TermVectors> {
    let words = vocabulary(sample);
    if sample.len() <= DIMENSIONS || words.is_empty() {
        return None;
    }
    let numbers: FxHashMap<u64, u32> =
        (0_u32..).zip(&words).map(|(number, word)| (word.hash, number)).collect();
    let mut matrix = SparseMatrix::new(words.len());
    let mut row: Vec<(u32, f32)> = Vec::new();
    for text in sample {
        row.clear();
        row.extend(text.bag.iter().filter_map(|&(hash, frequency)| {
            let number = *numbers.get(&hash)?;
            Some((number, weight(frequency) * words[number as usize].rarity))
        }));
        let length = row.iter().map(|(_, value)| value * value).sum::<f32>().sqrt();
        row.iter_mut().for_each(|(_, value)| *value /= length);
        matrix.push(&row);
    }
    let vectors = right_vectors(&matrix);
    let weighed = words.iter().zip(vectors).map(|(word, mut vector)| {
        vector.iter_mut().for_each(|value| *value *= word.rarity);
        (word.hash, vector)
    });
    Some(TermVectors::new(articles, &weighed.collect::<Vec<_>>(), stems))
}

/// The stems of the words that were read more than once, the most frequent first where they are too
/// many: the hash of the word and that of its stem.
fn frequent(read: Vec<WordStems>) -> Vec<(u64, u64)> {
    let mut words = WordStems::default();
    for (word, (stem, count)) in read.into_iter().flatten() {
        words.entry(word).or_insert((stem, 0)).1 += count;
    }
    let mut words: Vec<(u64, (u64, u32))> = words.into_iter().filter(|(_, (_, count))| *count > 1).collect();
    words.sort_unstable_by_key(|&(word, (_, count))| (std::cmp::Reverse(count), word));
    words.truncate(MAX_STEMS);
    words.into_iter().map(|(word, (stem, _))| (word, stem)).collect()
}

struct Word {
    hash: u64,
    rarity: f32,
}

/// The words that get vectors, in the order of their hashes.
fn vocabulary(sample: &[Candidate]) -> Vec<Word> {
    let mut counts: FxHashMap<u64, u32> = FxHashMap::default();
    for &(hash, _) in sample.iter().flat_map(|text| &text.bag) {
        *counts.entry(hash).or_default() += 1;
    }
    let mut counts: Vec<(u64, u32)> =
        counts.into_iter().filter(|(_, count)| *count >= MIN_TEXTS_OF_WORD).collect();
    counts.sort_unstable_by_key(|&(hash, count)| (std::cmp::Reverse(count), hash));
    counts.truncate(MAX_WORDS);
    counts.sort_unstable();
    let total = sample.len() as f64;
    let word = |(hash, count): (u64, u32)| {
        let count = f64::from(count);
        #[expect(clippy::cast_possible_truncation, reason = "a logarithm")]
        let rarity = (1.0 + (total - count + 0.5) / (count + 0.5)).ln() as f32;
        Word { hash, rarity }
    };
    counts.into_iter().map(word).collect()
}
