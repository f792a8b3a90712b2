//! Word clusters as a static function: no words are stored, only what they map to.
//!
//! Three cells chosen by a word's hash, joined by exclusive or, give its cluster and a few check
//! bits (Botelho, Pagh and Ziviani, "Simple and space-efficient minimal perfect hash functions",
//! 2007; the layout of an xor filter). A word that was not there passes the check by chance once
//! in `2^CHECK_BITS` times; training sees the same chance hits. The table is used as it lies in
//! the file, without parsing.

use super::hash::{fold, hash_bytes};

/// Bits of a cell that hold the cluster; clusters are 1 to 1023, 0 means none.
const CLUSTER_BITS: u32 = 10;

/// Cells per word, in hundredths; below 123 the construction fails.
const CELLS_PERCENT: usize = 123;

/// How often the construction tries another seed.
const MAX_SEEDS: u64 = 64;

/// A map from lower-case words to clusters.
#[derive(Clone, Debug)]
pub struct Clusters {
    seed: u64,
    cells: Vec<u16>,
    /// The coarse cluster of each fine one.
    coarse: Vec<u8>,
}

/// The clusters of a word; 0 where it has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Cluster {
    /// One of about a thousand.
    pub fine: u16,
    /// One of about a hundred.
    pub coarse: u8,
}

impl Clusters {
    /// Builds the map; `None` if no seed of `MAX_SEEDS` works (then two words are equal).
    ///
    /// `coarse[fine]` is the coarse cluster of a fine one.
    pub fn build(words: &[(String, u16)], coarse: Vec<u8>) -> Option<Self> {
        let third = (words.len() * CELLS_PERCENT / 300 + 11).max(1);
        (0..MAX_SEEDS).find_map(|seed| {
            let cells = assign(words, seed, third)?;
            Some(Self { seed, cells, coarse: coarse.clone() })
        })
    }

    /// The clusters of a word, given as the hash of its lower-case form (`hash_bytes`).
    pub fn of(&self, word_hash: u64) -> Cluster {
        let third = self.cells.len() / 3;
        if third == 0 {
            return Cluster::default();
        }
        let (cells, check) = cells_of(word_hash, self.seed, third);
        let value = cells.iter().fold(0, |value, &cell| value ^ self.cells[cell]);
        let fine = value & ((1 << CLUSTER_BITS) - 1);
        if value >> CLUSTER_BITS != check {
            return Cluster::default();
        }
        Cluster { fine, coarse: self.coarse.get(fine as usize).copied().unwrap_or(0) }
    }

    /// Writes the map: seed, counts, cells and coarse clusters, little-endian.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.seed.to_le_bytes());
        out.extend((self.cells.len() as u32).to_le_bytes());
        out.extend((self.coarse.len() as u32).to_le_bytes());
        out.extend(self.cells.iter().flat_map(|cell| cell.to_le_bytes()));
        out.extend(&self.coarse);
    }

    /// Reads what [`Clusters::write`] wrote and gives the rest; `None` where it is cut short.
    pub fn read(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (seed, rest) = bytes.split_first_chunk::<8>()?;
        let (cells, rest) = rest.split_first_chunk::<4>()?;
        let (coarse, rest) = rest.split_first_chunk::<4>()?;
        let (cells, rest) = rest.split_at_checked(u32::from_le_bytes(*cells) as usize * 2)?;
        let (coarse, rest) = rest.split_at_checked(u32::from_le_bytes(*coarse) as usize)?;
        let cells = cells.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
        Some((Self { seed: u64::from_le_bytes(*seed), cells, coarse: coarse.to_vec() }, rest))
    }
}

fn cells_of(word_hash: u64, seed: u64, third: usize) -> ([usize; 3], u16) {
    let first = fold(word_hash ^ seed, 0x9fb2_1c65_1e98_df25);
    let second = fold(first ^ 0xd6e8_feb8_6659_fd93, 0xa076_1d64_78bd_642f);
    let cell = |part: u64| (((part & 0xffff_ffff) * third as u64) >> 32) as usize;
    let cells = [cell(first), third + cell(first >> 32), 2 * third + cell(second)];
    (cells, (second >> (32 + CLUSTER_BITS)) as u16 & ((1 << (16 - CLUSTER_BITS)) - 1))
}

/// Peels the cells that only one word uses until all are peeled, then fills them backwards.
fn assign(words: &[(String, u16)], seed: u64, third: usize) -> Option<Vec<u16>> {
    let places: Vec<_> =
        words.iter().map(|(word, _)| cells_of(hash_bytes(word.as_bytes()), seed, third)).collect();
    let mut degree = vec![0_u32; third * 3];
    let mut joined = vec![0_u32; third * 3];
    for (index, (cells, _)) in places.iter().enumerate() {
        for &cell in cells {
            degree[cell] += 1;
            joined[cell] ^= index as u32;
        }
    }
    let mut free: Vec<_> = (0..third * 3).filter(|&cell| degree[cell] == 1).collect();
    let mut order = Vec::with_capacity(words.len());
    while let Some(cell) = free.pop() {
        if degree[cell] != 1 {
            continue;
        }
        let index = joined[cell];
        order.push((index, cell));
        for &other in &places[index as usize].0 {
            degree[other] -= 1;
            joined[other] ^= index;
            if degree[other] == 1 {
                free.push(other);
            }
        }
    }
    if order.len() != words.len() {
        return None;
    }
    let mut cells = vec![0_u16; third * 3];
    for &(index, cell) in order.iter().rev() {
        let (places, check) = places[index as usize];
        let want = words[index as usize].1 | check << CLUSTER_BITS;
        cells[cell] = places
            .iter()
            .fold(want, |value, &other| if other == cell { value } else { value ^ cells[other] });
    }
    Some(cells)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(count: u16) -> Vec<(String, u16)> {
        (0..count).map(|number| (format!("w{number}"), number % 900 + 1)).collect()
    }

    #[test]
    fn every_word_keeps_its_cluster_and_few_strangers_get_one() {
        let words = words(5000);
        let clusters = Clusters::build(&words, vec![7; 1000]).expect("distinct words");
        for (word, fine) in &words {
            assert_eq!(clusters.of(hash_bytes(word.as_bytes())), Cluster { fine: *fine, coarse: 7 });
        }
        let strangers =
            (0..5000).filter(|n| clusters.of(hash_bytes(format!("x{n}").as_bytes())).fine != 0).count();
        assert!(strangers < 5000 / 32, "{strangers} strangers");
    }

    #[test]
    fn a_written_map_reads_back_and_a_cut_one_does_not() {
        let clusters = Clusters::build(&words(50), vec![1; 1000]).expect("distinct words");
        let mut bytes = Vec::new();
        clusters.write(&mut bytes);
        let (read, rest) = Clusters::read(&bytes).expect("whole");
        assert!(rest.is_empty());
        assert_eq!(read.of(hash_bytes(b"w7")).fine, 8);
        assert!(Clusters::read(&bytes[..bytes.len() - 1]).is_none());
    }

    #[test]
    fn a_word_twice_cannot_be_built() {
        let twice = vec![("same".to_owned(), 1), ("same".to_owned(), 2)];
        assert!(Clusters::build(&twice, Vec::new()).is_none());
    }
}
