//! The file of word vectors beside the segments: what words mean in this corpus, as ranking learned
//! it from a sample of the articles, and the stems of its words, so that they need not be found again
//! for every query. It can be learned anew at any time.
//!
//! The bytes, all numbers little-endian: `newsidx.vectors2`; the number of articles learned from, of
//! words, and of slots, a power of two (8 each); the hashes of the words' stems in order (8 each); the
//! scales of their vectors (4 each, floating-point); the vectors (64 signed bytes each); the slots, each
//! the hash of a word and that of its stem (8 each), zeros where it is free. A word has the first free
//! slot from the one that the upper bits of its hash name.

use super::error::IndexError;
use super::home::{Home, write_whole};

/// Numbers of a vector.
pub const DIMENSIONS: usize = 64;
/// First bytes of the file.
const MAGIC: &[u8; 16] = b"newsidx.vectors2";
/// Bytes before the words: magic, number of articles learned from, of words, of slots.
const HEADER_BYTES: usize = 16 + 8 + 8 + 8;
const HASH_BYTES: usize = 8;
const SCALE_BYTES: usize = 4;
/// A word's hash and its stem's.
const SLOT_BYTES: usize = 16;

/// A file that holds no vectors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the file of word vectors is not what it should be")]
pub struct VectorsDamaged;

/// The vectors of a corpus's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TermVectors {
    bytes: Vec<u8>,
    words: usize,
    /// Where the slots begin.
    slots_at: usize,
    slots: usize,
}

impl TermVectors {
    /// Reads the vectors of the index at `home`; none where none were learned.
    ///
    /// # Errors
    /// When the file cannot be read or is damaged.
    pub fn read(home: &Home) -> Result<Option<Self>, IndexError> {
        let path = home.vectors_file();
        match std::fs::read(&path) {
            Ok(bytes) => Self::from_bytes(bytes).map(Some).map_err(|error| IndexError::Damaged {
                path: home.folder().to_owned(),
                reason: error.to_string(),
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(IndexError::Io { path, source }),
        }
    }

    /// Writes them beside the index at `home`, whole or not at all.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, home: &Home) -> Result<(), IndexError> {
        write_whole(&home.vectors_file(), &self.bytes)
    }

    /// Reads what [`Self::as_bytes`] gave.
    ///
    /// # Errors
    /// When `bytes` are of another length or begin otherwise.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, VectorsDamaged> {
        if !bytes.starts_with(MAGIC) || bytes.len() < HEADER_BYTES {
            return Err(VectorsDamaged);
        }
        let size = |at: usize| usize::try_from(number_at(&bytes, at)).map_err(|_| VectorsDamaged);
        let (words, slots) = (size(24)?, size(32)?);
        let of_words = words.checked_mul(HASH_BYTES + SCALE_BYTES + DIMENSIONS);
        let slots_at = of_words.and_then(|size| size.checked_add(HEADER_BYTES)).ok_or(VectorsDamaged)?;
        let whole = slots.checked_mul(SLOT_BYTES).and_then(|size| size.checked_add(slots_at));
        if Some(bytes.len()) != whole || !slots.is_power_of_two() {
            return Err(VectorsDamaged);
        }
        Ok(Self { bytes, words, slots_at, slots })
    }

    /// The file's content.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How many articles the index had when the vectors were learned.
    pub fn articles(&self) -> u64 {
        number_at(&self.bytes, 16)
    }

    /// Vectors from words, each with the hash of its stem, in the order of the hashes; and stems, each
    /// the hash of a word and that of its stem, every word once.
    pub fn new(articles: u64, words: &[(u64, [f32; DIMENSIONS])], stems: &[(u64, u64)]) -> Self {
        let slots = slots_of(stems);
        let slots_at = HEADER_BYTES + words.len() * (HASH_BYTES + SCALE_BYTES + DIMENSIONS);
        let mut bytes = Vec::with_capacity(slots_at + slots.len() * SLOT_BYTES);
        bytes.extend(MAGIC);
        for number in [articles, words.len() as u64, slots.len() as u64] {
            bytes.extend(number.to_le_bytes());
        }
        words.iter().for_each(|(hash, _)| bytes.extend(hash.to_le_bytes()));
        let scales: Vec<f32> = words.iter().map(|(_, vector)| scale_of(vector)).collect();
        scales.iter().for_each(|scale| bytes.extend(scale.to_le_bytes()));
        for ((_, vector), scale) in words.iter().zip(&scales) {
            #[expect(clippy::cast_possible_truncation, reason = "scaled to what fits")]
            bytes.extend(vector.iter().map(|value| (value / scale).round().clamp(-127.0, 127.0) as i8 as u8));
        }
        bytes.extend(slots.iter().flatten().flat_map(|hash| hash.to_le_bytes()));
        Self { bytes, words: words.len(), slots_at, slots: slots.len() }
    }

    /// The hash of the stem of the word that has the hash `word` ([`word_hash`](crate::analysis::word_hash)),
    /// where it is known.
    pub fn stem(&self, word: u64) -> Option<u64> {
        let mut slot = first_slot(word, self.slots);
        // A file that has no free slot is not one of ours, and must not be searched for ever.
        for _ in 0..self.slots {
            let at = self.slots_at + slot * SLOT_BYTES;
            match number_at(&self.bytes, at) {
                0 => return None,
                known if known == word => return Some(number_at(&self.bytes, at + HASH_BYTES)),
                _ => slot = (slot + 1) & (self.slots - 1),
            }
        }
        None
    }

    fn hash(&self, number: usize) -> u64 {
        number_at(&self.bytes, HEADER_BYTES + number * HASH_BYTES)
    }

    fn number(&self, hash: u64) -> Option<usize> {
        let (mut low, mut high) = (0, self.words);
        while low < high {
            let middle = usize::midpoint(low, high);
            if self.hash(middle) < hash {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        (low < self.words && self.hash(low) == hash).then_some(low)
    }

    /// Adds `weight` times the word's vector to `sum`.
    pub fn add(&self, hash: u64, weight: f32, sum: &mut [f32; DIMENSIONS]) {
        let Some(number) = self.number(hash) else { return };
        let scales = HEADER_BYTES + self.words * HASH_BYTES;
        let at = scales + number * SCALE_BYTES;
        let scale = self.bytes[at..at + SCALE_BYTES].try_into().map_or(0.0, f32::from_le_bytes);
        let weight = weight * scale;
        let at = scales + self.words * SCALE_BYTES + number * DIMENSIONS;
        for (sum, &value) in sum.iter_mut().zip(&self.bytes[at..at + DIMENSIONS]) {
            *sum += weight * f32::from(value as i8);
        }
    }
}

/// The number that stands at `at`; zero behind the end.
fn number_at(bytes: &[u8], at: usize) -> u64 {
    let field = bytes.get(at..at + 8).and_then(|field| field.try_into().ok());
    field.map_or(0, u64::from_le_bytes)
}

/// The slot where the search for a word begins.
fn first_slot(word: u64, slots: usize) -> usize {
    // The shift of all bits that a single slot needs is none that the machine knows.
    word.checked_shr(64 - slots.trailing_zeros()).unwrap_or(0) as usize
}

/// Stems in their slots: a third of them and more stay free.
fn slots_of(stems: &[(u64, u64)]) -> Vec<[u64; 2]> {
    let mut slots = vec![[0; 2]; (stems.len() * 3 / 2 + 1).next_power_of_two()];
    for &(word, stem) in stems.iter().filter(|(word, _)| *word != 0) {
        let mut slot = first_slot(word, slots.len());
        while slots[slot][0] != 0 {
            slot = (slot + 1) & (slots.len() - 1);
        }
        slots[slot] = [word, stem];
    }
    slots
}

/// The unit of a vector's bytes: its greatest number is 127 of them.
fn scale_of(vector: &[f32; DIMENSIONS]) -> f32 {
    let greatest = vector.iter().fold(0.0_f32, |greatest, value| greatest.max(value.abs()));
    if greatest > 0.0 { greatest / 127.0 } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_read_back_and_refused_when_it_is_not_whole() {
        let mut vector = [0.0; DIMENSIONS];
        vector[0] = 2.0;
        vector[1] = -1.0;
        let stems = [(u64::MAX, 3), (u64::MAX - 1, 1 << 60), (7, 3)];
        let vectors = TermVectors::new(400, &[(3, vector), (1 << 60, [0.5; DIMENSIONS])], &stems);
        let bytes = vectors.as_bytes().to_vec();
        assert_eq!(vectors.articles(), 400);
        assert!(stems.iter().all(|&(word, stem)| vectors.stem(word) == Some(stem)));
        assert_eq!((vectors.stem(8), vectors.stem(0), vectors.stem(u64::MAX - 2)), (None, None, None));
        let mut sum = [0.0; DIMENSIONS];
        vectors.add(3, 2.0, &mut sum);
        vectors.add(4, 9.0, &mut sum);
        assert!((sum[0] - 4.0).abs() < 0.01 && (sum[1] + 2.0).abs() < 0.02 && sum[2] == 0.0);
        assert_eq!(TermVectors::from_bytes(bytes.clone()), Ok(vectors));
        for end in [0, 10, HEADER_BYTES, bytes.len() - 1] {
            assert_eq!(TermVectors::from_bytes(bytes[..end].to_vec()), Err(VectorsDamaged));
        }
        for field in [24..32, 32..40] {
            let mut huge = bytes.clone();
            huge[field].fill(0xFF);
            assert_eq!(TermVectors::from_bytes(huge), Err(VectorsDamaged));
        }
        // Without a free slot the search ends, too.
        let mut full = bytes;
        let slots_at = full.len() - 8 * SLOT_BYTES;
        full[slots_at..].fill(1);
        assert_eq!(TermVectors::from_bytes(full).unwrap().stem(99), None);
    }
}
