//! The pool in its new order.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::candidate::{Candidate, Reader};
use super::explanation::{Share, ShareKind};
use super::features::{Features, Scale};
use super::smoothing::{SHARE, SMOOTHED, neighbourly};
use super::terms::QueryTerms;
use super::vectors::nearness;
use super::{Method, POOL, RankOptions};
use crate::engine::{Engine, EngineError, Match, MatchText, Unit};
use crate::index::TermVectors;
use crate::query::Plan;

/// Weights of the features beside BM25's 1, each over its best of the pool (proximity over BM25's
/// best): chosen on judged collections, flat around the optimum.
const PROXIMITY: f64 = 0.2;
const LEAD: f64 = 0.2;
const PASSAGE: f64 = 0.3;
/// Weight of the nearness of meaning, of a text that is one standard deviation nearer than the pool's
/// mean.
const MEANING: f64 = 0.1;
/// Weight of the newest possible article where recency is asked for: a third of BM25's best.
const RECENCY: f64 = 0.33;

/// A match of the pool with what speaks for it.
#[derive(Clone, Debug)]
struct Ranked {
    address: u64,
    /// In units of BM25.
    score: f64,
    shares: Vec<Share>,
}

/// The pool of a query in its order.
#[derive(Clone, Debug)]
pub struct Ranking {
    ranked: Vec<Ranked>,
}

impl Ranking {
    /// Orders the first of `matches`. None where the query has no words to weigh, or nothing to order.
    pub(super) fn of(
        engine: &dyn Engine,
        plan: &Plan,
        unit: Unit,
        options: &RankOptions,
        matches: &[Match],
    ) -> Result<Option<Self>, EngineError> {
        let pool = &matches[..matches.len().min(POOL)];
        let query = match options.method {
            Method::Full => QueryTerms::of(plan),
            Method::Bm25 => QueryTerms::default(),
        };
        if pool.is_empty() || query.terms.is_empty() && options.recency.is_none() {
            return Ok(None);
        }
        let bm25: Vec<f64> = pool.iter().map(|found| f64::from(found.score.unwrap_or_default())).collect();
        let best = bm25.iter().copied().fold(0.0, f64::max);
        let best = if best > 0.0 { best } else { 1.0 };
        let mut shares: Vec<Vec<Share>> =
            bm25.iter().map(|score| vec![Share { kind: ShareKind::Bm25, share: score / best }]).collect();
        if !query.terms.is_empty() && pool.len() > 1 {
            add_features(engine, &query, unit, pool, best, &mut shares)?;
        }
        if let Some(recency) = options.recency {
            let addresses: Vec<u64> = pool.iter().map(|found| found.address).collect();
            for (shares, published) in shares.iter_mut().zip(engine.published(&addresses)?) {
                shares.push(Share { kind: ShareKind::Recency, share: RECENCY * recency.share(published) });
            }
        }
        let ranked = pool.iter().zip(shares).map(|(found, mut shares)| {
            shares.iter_mut().for_each(|share| share.share *= best);
            let score = shares.iter().map(|share| share.share).sum();
            Ranked { address: found.address, score, shares }
        });
        let mut ranked: Vec<Ranked> = ranked.collect();
        // Stable: equal ones keep the engine's order, which has the fixed rule for ties.
        ranked.sort_by(|a, b| b.score.total_cmp(&a.score));
        Ok(Some(Self { ranked }))
    }

    /// Puts the pool, the first of `matches`, into its order. The scores of the rest are scaled so
    /// that they stay below.
    pub(super) fn apply(&self, matches: &mut [Match]) {
        let Some(last) = self.ranked.last() else { return };
        let (pool, rest) = matches.split_at_mut(self.ranked.len().min(matches.len()));
        for (found, ranked) in pool.iter_mut().zip(&self.ranked) {
            *found = Match { score: Some(rounded(ranked.score)), address: ranked.address };
        }
        let first = rest.first().and_then(|found| found.score).unwrap_or_default();
        let lowest = rounded(last.score);
        if first > lowest {
            let factor = lowest / first;
            for found in rest {
                found.score = found.score.map(|score| (score * factor).min(lowest));
            }
        }
    }

    /// The shares of the match at `address`, where it is in the pool.
    pub(super) fn shares(&self, address: u64) -> Option<Vec<Share>> {
        self.ranked.iter().find(|ranked| ranked.address == address).map(|ranked| ranked.shares.clone())
    }
}

#[expect(clippy::cast_possible_truncation, reason = "scores are shown, not added up")]
fn rounded(score: f64) -> f32 {
    score as f32
}

/// Adds the features of the texts, and what the neighbours make of them.
fn add_features(
    engine: &dyn Engine,
    query: &QueryTerms,
    unit: Unit,
    pool: &[Match],
    best: f64,
    shares: &mut [Vec<Share>],
) -> Result<(), EngineError> {
    let addresses: Vec<u64> = pool.iter().map(|found| found.address).collect();
    let stems: Vec<&str> = query.terms.iter().map(|term| term.stem.as_str()).collect();
    let entities: Vec<&str> = query.names.iter().map(|name| name.entity.as_str()).collect();
    let statistics = engine.term_statistics(unit, &stems, &entities)?;
    let scale = Scale::new(query, &statistics);
    let texts = engine.match_texts(unit, &addresses, &entities)?;
    let vectors = engine.term_vectors()?;
    let read = read_all(query, vectors, &scale, &texts);
    let greatest = |value: fn(&Features) -> f64| {
        let greatest = read.iter().map(|(_, features)| value(features)).fold(0.0, f64::max);
        if greatest > 0.0 { greatest } else { 1.0 }
    };
    let (lead, passage) = (greatest(|features| features.lead), greatest(|features| features.passage));
    for (shares, (_, features)) in shares.iter_mut().zip(&read) {
        shares.extend([
            Share { kind: ShareKind::Proximity, share: PROXIMITY * features.proximity / best },
            Share { kind: ShareKind::Lead, share: LEAD * features.lead / lead },
            Share { kind: ShareKind::Passage, share: PASSAGE * features.passage / passage },
        ]);
    }
    if let Some(vectors) = vectors {
        let texts: Vec<&Candidate> = read.iter().map(|(candidate, _)| candidate).collect();
        for (shares, meaning) in shares.iter_mut().zip(standardised(nearness(vectors, query, &texts))) {
            shares.push(Share { kind: ShareKind::Meaning, share: MEANING * meaning });
        }
    }
    lean_on_neighbours(&read, shares);
    Ok(())
}

/// Deviations from the mean in standard deviations; nothing where all are alike.
fn standardised(values: Option<Vec<f64>>) -> Vec<f64> {
    let values = values.unwrap_or_default();
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let deviation = (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt();
    if deviation > 1e-9 {
        values.iter().map(|value| (value - mean) / deviation).collect()
    } else {
        Vec::new()
    }
}

fn read_all(
    query: &QueryTerms,
    vectors: Option<&TermVectors>,
    scale: &Scale,
    texts: &[MatchText],
) -> Vec<(Candidate, Features)> {
    // Few long pieces: every piece begins with an empty memory of stems.
    let piece = texts.len().div_ceil(rayon::current_num_threads()).max(1);
    let pieces: Vec<Vec<(Candidate, Features)>> = texts
        .par_chunks(piece)
        .map(|texts| {
            let mut reader = Reader::new(query, vectors);
            let read = texts.iter().map(|text| {
                let candidate = reader.read(text);
                let features = Features::of(query, scale, &candidate);
                (candidate, features)
            });
            read.collect()
        })
        .collect();
    pieces.into_iter().flatten().collect()
}

/// The best lean on their neighbours; a text beyond them on none.
fn lean_on_neighbours(read: &[(Candidate, Features)], shares: &mut [Vec<Share>]) {
    let sums: Vec<f64> = shares.iter().map(|shares| shares.iter().map(|share| share.share).sum()).collect();
    let mut order: Vec<usize> = (0..sums.len()).collect();
    order.sort_by(|&a, &b| sums[b].total_cmp(&sums[a]));
    order.truncate(SMOOTHED);
    let candidates: Vec<&Candidate> = order.iter().map(|&number| &read[number].0).collect();
    let scores: Vec<f64> = order.iter().map(|&number| sums[number]).collect();
    let places: FxHashMap<usize, f64> =
        order.iter().copied().zip(neighbourly(&candidates, &scores)).collect();
    for (number, shares) in shares.iter_mut().enumerate() {
        let neighbours = places.get(&number).copied().unwrap_or_default();
        shares.iter_mut().for_each(|share| share.share *= 1.0 - SHARE);
        shares.push(Share { kind: ShareKind::Neighbours, share: SHARE * neighbours });
    }
}
