//! The file of word vectors beside the segments: what words mean in this corpus, as ranking learned
//! it from a sample of the articles. It can be learned anew at any time.
//!
//! The bytes, all numbers little-endian: `newsidx.vectors1`; the number of articles learned from and
//! that of words (8 each); the hashes of the words' stems in order (8 each); the scales of their
//! vectors (4 each, floating-point); the vectors (64 signed bytes each).

use super::error::IndexError;
use super::home::{Home, write_whole};

/// Numbers of a vector.
pub const DIMENSIONS: usize = 64;
/// First bytes of the file.
const MAGIC: &[u8; 16] = b"newsidx.vectors1";
/// Bytes before the words: magic, number of articles learned from, number of words.
const HEADER_BYTES: usize = 16 + 8 + 8;
const HASH_BYTES: usize = 8;
const SCALE_BYTES: usize = 4;

/// A file that holds no vectors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the file of word vectors is not what it should be")]
pub struct VectorsDamaged;

/// The vectors of a corpus's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TermVectors {
    bytes: Vec<u8>,
    words: usize,
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
        let words =
            bytes.get(24..HEADER_BYTES).and_then(|field| Some(u64::from_le_bytes(field.try_into().ok()?)));
        let words = words.and_then(|words| usize::try_from(words).ok()).ok_or(VectorsDamaged)?;
        let size = words.checked_mul(HASH_BYTES + SCALE_BYTES + DIMENSIONS).ok_or(VectorsDamaged)?;
        if !bytes.starts_with(MAGIC) || Some(bytes.len()) != size.checked_add(HEADER_BYTES) {
            return Err(VectorsDamaged);
        }
        Ok(Self { bytes, words })
    }

    /// The file's content.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How many articles the index had when the vectors were learned.
    pub fn articles(&self) -> u64 {
        self.bytes[16..24].iter().rev().fold(0, |number, &byte| (number << 8) | u64::from(byte))
    }

    /// Vectors from words, each with the hash of its stem, in the order of the hashes.
    pub fn new(articles: u64, words: &[(u64, [f32; DIMENSIONS])]) -> Self {
        let mut bytes =
            Vec::with_capacity(HEADER_BYTES + words.len() * (HASH_BYTES + SCALE_BYTES + DIMENSIONS));
        bytes.extend(MAGIC);
        bytes.extend(articles.to_le_bytes());
        bytes.extend((words.len() as u64).to_le_bytes());
        words.iter().for_each(|(hash, _)| bytes.extend(hash.to_le_bytes()));
        let scales: Vec<f32> = words.iter().map(|(_, vector)| scale_of(vector)).collect();
        scales.iter().for_each(|scale| bytes.extend(scale.to_le_bytes()));
        for ((_, vector), scale) in words.iter().zip(&scales) {
            #[expect(clippy::cast_possible_truncation, reason = "scaled to what fits")]
            bytes.extend(vector.iter().map(|value| (value / scale).round().clamp(-127.0, 127.0) as i8 as u8));
        }
        Self { bytes, words: words.len() }
    }

    fn hash(&self, number: usize) -> u64 {
        let at = HEADER_BYTES + number * HASH_BYTES;
        self.bytes[at..at + HASH_BYTES].iter().rev().fold(0, |hash, &byte| (hash << 8) | u64::from(byte))
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
        let vectors = TermVectors::new(400, &[(3, vector), (1 << 60, [0.5; DIMENSIONS])]);
        let bytes = vectors.as_bytes().to_vec();
        assert_eq!(vectors.articles(), 400);
        let mut sum = [0.0; DIMENSIONS];
        vectors.add(3, 2.0, &mut sum);
        vectors.add(4, 9.0, &mut sum);
        assert!((sum[0] - 4.0).abs() < 0.01 && (sum[1] + 2.0).abs() < 0.02 && sum[2] == 0.0);
        assert_eq!(TermVectors::from_bytes(bytes.clone()), Ok(vectors));
        for end in [0, 10, HEADER_BYTES, bytes.len() - 1] {
            assert_eq!(TermVectors::from_bytes(bytes[..end].to_vec()), Err(VectorsDamaged));
        }
        let mut huge = bytes;
        huge[24..32].fill(0xFF);
        assert_eq!(TermVectors::from_bytes(huge), Err(VectorsDamaged));
    }
}
