//! The trained model as it lies in `schema/models/`, and how it is read and written.
//!
//! One zstd frame: magic, slot bits, scores per nat, transitions, clusters, and the weights of
//! one tag after another. It holds no text.

use super::clusters::Clusters;
use super::crf::{CLASSES, LANES, TAGS, Transitions};
use super::features::{Context, MAX_CONTEXT_FEATURES, POSITIONS, Word};

/// Opens every model file; the last byte is the version of the features.
const MAGIC: &[u8; 8] = b"nidxtag\x01";

/// The largest table a model may have: 2^22 slots, 32 MiB.
const MAX_SLOT_BITS: u32 = 22;

/// Compression level of the shipped file: it is written once and read often.
const ZSTD_LEVEL: i32 = 19;

/// Why a model cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// The frame does not decompress.
    #[error("tagger model does not decompress")]
    Compression(#[from] std::io::Error),
    /// The magic differs: no model, or one for other features.
    #[error("not a tagger model of this version")]
    Version,
    /// The file ends early or its sizes contradict each other.
    #[error("tagger model is cut short")]
    Truncated,
}

/// Weights, transitions and clusters.
#[derive(Clone, Debug)]
pub struct Model {
    /// Weights by slot, one a tag.
    pub weights: Vec<[i8; LANES]>,
    /// `weights.len()` is two to this power.
    pub slot_bits: u32,
    /// Score of one unit of log-probability.
    pub scores_per_nat: f32,
    /// Transition scores.
    pub transitions: Transitions,
    /// Word clusters.
    pub clusters: Clusters,
}

impl Model {
    /// Sums of the weights of a word's own features at each position.
    pub fn word_scores(&self, word: &Word) -> [[i16; LANES]; POSITIONS] {
        let mut sums = [[0; LANES]; POSITIONS];
        for (position, sum) in sums.iter_mut().enumerate() {
            word.features(position, self.slot_bits, |slot| self.add(slot, sum));
        }
        sums
    }

    /// Adds the weights of the features that `context` makes to `sum`.
    pub fn add_context(&self, context: &Context<'_>, sum: &mut [i16; LANES]) {
        // All slots first: the loads of their rows then wait for memory together.
        let mut slots = [0; MAX_CONTEXT_FEATURES];
        let mut count = 0;
        context.features(self.slot_bits, |slot| {
            if let Some(free) = slots.get_mut(count) {
                *free = slot;
                count += 1;
            }
        });
        for &slot in &slots[..count] {
            self.add(slot, sum);
        }
    }

    fn add(&self, slot: u32, sum: &mut [i16; LANES]) {
        if let Some(row) = self.weights.get(slot as usize) {
            for (total, &weight) in sum.iter_mut().zip(row) {
                *total += i16::from(weight);
            }
        }
    }

    /// The file's bytes.
    ///
    /// # Errors
    ///
    /// [`ModelError::Compression`] if the compressor fails.
    pub fn write(&self) -> Result<Vec<u8>, ModelError> {
        let mut raw = MAGIC.to_vec();
        raw.extend(self.slot_bits.to_le_bytes());
        raw.extend(self.scores_per_nat.to_le_bytes());
        for score in self.transitions.iter().flatten().flatten() {
            raw.extend(score.to_le_bytes());
        }
        self.clusters.write(&mut raw);
        for tag in 0..TAGS {
            raw.extend(self.weights.iter().map(|row| row[tag] as u8));
        }
        Ok(zstd::bulk::compress(&raw, ZSTD_LEVEL)?)
    }

    /// Reads a file's bytes.
    ///
    /// # Errors
    ///
    /// See [`ModelError`].
    pub fn read(bytes: &[u8]) -> Result<Self, ModelError> {
        let limit = (LANES << MAX_SLOT_BITS) + (8 << 20);
        let raw = zstd::bulk::decompress(bytes, limit)?;
        let rest = raw.strip_prefix(MAGIC).ok_or(ModelError::Version)?;
        let (slot_bits, rest) = rest.split_first_chunk::<4>().ok_or(ModelError::Truncated)?;
        let slot_bits = u32::from_le_bytes(*slot_bits);
        if slot_bits > MAX_SLOT_BITS {
            return Err(ModelError::Version);
        }
        let (scores_per_nat, mut rest) = rest.split_first_chunk::<4>().ok_or(ModelError::Truncated)?;
        let scores_per_nat = f32::from_le_bytes(*scores_per_nat);
        let mut transitions = [[[0; LANES]; LANES]; CLASSES];
        for score in transitions.iter_mut().flatten().flatten() {
            let (bytes, after) = rest.split_first_chunk::<2>().ok_or(ModelError::Truncated)?;
            (*score, rest) = (i16::from_le_bytes(*bytes), after);
        }
        let (clusters, rest) = Clusters::read(rest).ok_or(ModelError::Truncated)?;
        let slots = 1_usize << slot_bits;
        let planes: Vec<_> = rest.chunks_exact(slots).take(TAGS).collect();
        if planes.len() != TAGS {
            return Err(ModelError::Truncated);
        }
        let mut weights = vec![[0; LANES]; slots];
        for (tag, plane) in planes.into_iter().enumerate() {
            for (row, &weight) in weights.iter_mut().zip(plane) {
                row[tag] = weight as i8;
            }
        }
        Ok(Self { weights, slot_bits, scores_per_nat, transitions, clusters })
    }
}
