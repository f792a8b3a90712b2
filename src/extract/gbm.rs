//! Gradient-boosted decision trees, evaluated: the one form in which learned weights ship.
//!
//! Trees are learned elsewhere (`training/`); nothing here learns. The file, in little-endian
//! order:
//!
//! ```text
//! "NXGT"  u8 version = 1  u8 0  u16 features  u16 trees
//! a tree: u16 leaves  (leaves - 1) × { u16 feature  f32 threshold  i16 left  i16 right }  leaves × f32
//! ```
//!
//! A row goes left where its feature is at most the threshold. A child of 0 or more is a node of
//! the same tree, behind its parent; `-1 - n` is leaf `n`. The score is the sum of the leaves.

/// The first four bytes of a model.
const MAGIC: &[u8; 4] = b"NXGT";

/// The version that this code reads.
const VERSION: u8 = 1;

/// Why a model was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GbmError {
    /// It does not begin as a model does, or its version is another.
    #[error("not a tree model of version {VERSION}")]
    Header,
    /// It ends early.
    #[error("tree model cut short")]
    Truncated,
    /// A node names a feature, node or leaf that is not there.
    #[error("tree {tree} of the model is malformed")]
    Malformed {
        /// The tree, from 0.
        tree: usize,
    },
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Node {
    threshold: f32,
    feature: u16,
    left: i16,
    right: i16,
}

/// A sum of decision trees.
#[derive(Clone, Debug, PartialEq)]
pub struct Gbm {
    features: usize,
    /// First node and first leaf of each tree.
    trees: Vec<(u32, u32)>,
    nodes: Vec<Node>,
    leaves: Vec<f32>,
    /// The same trees for many rows at once; none where a tree is too large.
    side_by_side: Option<SideBySide>,
}

impl Gbm {
    /// Reads a model.
    ///
    /// # Errors
    /// [`GbmError`], for bytes that are no model of this version.
    pub fn parse(bytes: &[u8]) -> Result<Self, GbmError> {
        let mut bytes = Bytes(bytes);
        if bytes.take::<4>()? != *MAGIC || bytes.take::<2>()? != [VERSION, 0] {
            return Err(GbmError::Header);
        }
        let features = usize::from(u16::from_le_bytes(bytes.take()?));
        let trees = usize::from(u16::from_le_bytes(bytes.take()?));
        let mut model = Self {
            features,
            trees: Vec::with_capacity(trees),
            nodes: Vec::new(),
            leaves: Vec::new(),
            side_by_side: None,
        };
        for tree in 0..trees {
            let leaves = u16::from_le_bytes(bytes.take()?);
            if leaves == 0 || leaves > i16::MAX as u16 {
                return Err(GbmError::Malformed { tree });
            }
            let at = |len: usize| u32::try_from(len).map_err(|_| GbmError::Malformed { tree });
            model.trees.push((at(model.nodes.len())?, at(model.leaves.len())?));
            for index in 0..leaves - 1 {
                let node = Node {
                    feature: u16::from_le_bytes(bytes.take()?),
                    threshold: f32::from_le_bytes(bytes.take()?),
                    left: i16::from_le_bytes(bytes.take()?),
                    right: i16::from_le_bytes(bytes.take()?),
                };
                let child_fits = |child: i16| match u16::try_from(child) {
                    Ok(child) => child > index && child < leaves - 1,
                    Err(_) => ((-1 - child) as u16) < leaves,
                };
                if usize::from(node.feature) >= features || !child_fits(node.left) || !child_fits(node.right)
                {
                    return Err(GbmError::Malformed { tree });
                }
                model.nodes.push(node);
            }
            for _ in 0..leaves {
                model.leaves.push(f32::from_le_bytes(bytes.take()?));
            }
        }
        model.side_by_side = SideBySide::of(&model);
        Ok(model)
    }

    /// The nodes of a tree and its first leaf.
    fn tree(&self, index: usize) -> (&[Node], usize) {
        let (node_start, leaf_start) = self.trees[index];
        let node_end = self.trees.get(index + 1).map_or(self.nodes.len(), |next| next.0 as usize);
        (&self.nodes[node_start as usize..node_end], leaf_start as usize)
    }

    /// Number of features that a row has.
    pub const fn features(&self) -> usize {
        self.features
    }

    /// The score of `row`: log odds for a model learned with a logistic loss. Features that the row
    /// lacks count as 0.
    pub fn score(&self, row: &[f32]) -> f32 {
        let mut sum = 0.0_f64;
        for index in 0..self.trees.len() {
            let (nodes, leaf_start) = self.tree(index);
            let mut leaf = 0_usize;
            let mut at = 0_usize;
            while let Some(node) = nodes.get(at) {
                let value = row.get(usize::from(node.feature)).copied().unwrap_or(0.0);
                let child = if value <= node.threshold { node.left } else { node.right };
                if child < 0 {
                    leaf = (-1 - child) as usize;
                    break;
                }
                at = child as usize;
            }
            sum += f64::from(self.leaves[leaf_start + leaf]);
        }
        sum as f32
    }

    /// The probability of `row` under a logistic loss, from 0 to 1.
    pub fn probability(&self, row: &[f32]) -> f32 {
        logistic(self.score(row))
    }

    /// The probabilities of many rows, the same as one by one but faster.
    pub fn probabilities(&self, rows: &[&[f32]]) -> Vec<f32> {
        let mut all = Vec::with_capacity(rows.len());
        let mut columns = vec![[0.0; LANES]; if rows.len() < MIN_GROUP { 0 } else { self.features }];
        for group in rows.chunks(LANES) {
            match &self.side_by_side {
                Some(side_by_side) if group.len() >= MIN_GROUP => {
                    let scores = side_by_side.scores(group, &mut columns);
                    all.extend(scores.into_iter().take(group.len()).map(logistic));
                }
                _ => all.extend(group.iter().map(|row| self.probability(row))),
            }
        }
        all
    }
}

/// Rows that are scored at once.
const LANES: usize = 16;

/// Fewer rows are faster one by one.
const MIN_GROUP: usize = 4;

/// Leaves of a tree that fit one mask.
const MAX_MASKED_LEAVES: usize = 32;

/// Trees laid out for many rows at once, without a jump that depends on a value (QuickScorer: Lucchese
/// et al., SIGIR 2015).
///
/// Every node of a tree is asked for every row. One that sends a row right rules out the leaves on
/// its left; of what remains the leftmost leaf is the row's.
#[derive(Clone, Debug, PartialEq)]
struct SideBySide {
    nodes: Vec<MaskedNode>,
    /// One past the last node of each tree.
    ends: Vec<u32>,
    /// The leaves of each tree from left to right, [`MAX_MASKED_LEAVES`] places a tree.
    leaves: Vec<f32>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct MaskedNode {
    threshold: f32,
    feature: u32,
    /// The leaves that are left where the row goes right.
    right: u32,
}

impl SideBySide {
    fn of(model: &Gbm) -> Option<Self> {
        let mut laid = Self { nodes: Vec::new(), ends: Vec::new(), leaves: Vec::new() };
        for index in 0..model.trees.len() {
            let (nodes, leaf_start) = model.tree(index);
            laid.add_tree(nodes, model.leaves.get(leaf_start..=leaf_start + nodes.len())?)?;
        }
        Some(laid)
    }

    /// Adds a tree; none where it has too many leaves, or is no tree.
    fn add_tree(&mut self, nodes: &[Node], leaves: &[f32]) -> Option<()> {
        if leaves.len() > MAX_MASKED_LEAVES {
            return None;
        }
        let first = self.leaves.len();
        // The leaves below each node's left child: first place and one past the last.
        let mut left_of: Vec<(usize, usize)> = vec![(0, 0); nodes.len()];
        let mut stack = vec![Visit::Child(if nodes.is_empty() { -1 } else { 0 })];
        while let Some(visit) = stack.pop() {
            let place = self.leaves.len() - first;
            match visit {
                Visit::Child(child) if child < 0 => {
                    self.leaves.push(*leaves.get((-1 - child) as usize)?);
                    // A node that two others point to would be visited without end.
                    if place >= leaves.len() {
                        return None;
                    }
                }
                Visit::Child(child) => {
                    let node = nodes.get(child as usize)?;
                    left_of[child as usize].0 = place;
                    stack.extend([
                        Visit::Child(node.right),
                        Visit::LeftDone(child as usize),
                        Visit::Child(node.left),
                    ]);
                }
                Visit::LeftDone(node) => left_of[node].1 = place,
            }
        }
        if self.leaves.len() - first != leaves.len() {
            return None;
        }
        self.leaves.resize(first + MAX_MASKED_LEAVES, 0.0);
        let masked = nodes.iter().zip(left_of).map(|(node, (start, end))| {
            let below = (1_u64 << end) - (1_u64 << start);
            MaskedNode { threshold: node.threshold, feature: node.feature.into(), right: !(below as u32) }
        });
        self.nodes.extend(masked);
        self.ends.push(u32::try_from(self.nodes.len()).ok()?);
        Some(())
    }

    /// The scores of up to [`LANES`] rows. `columns` is room for their values, one for each feature.
    fn scores(&self, group: &[&[f32]], columns: &mut [[f32; LANES]]) -> [f32; LANES] {
        for (lane, row) in group.iter().enumerate() {
            for (index, column) in columns.iter_mut().enumerate() {
                column[lane] = row.get(index).copied().unwrap_or(0.0);
            }
        }
        let mut sums = [0.0_f64; LANES];
        let mut start = 0;
        for (end, leaves) in self.ends.iter().zip(self.leaves.chunks_exact(MAX_MASKED_LEAVES)) {
            let left = leaves_left(&self.nodes[start..*end as usize], columns);
            for (sum, left) in sums.iter_mut().zip(left) {
                *sum += f64::from(leaves[left.trailing_zeros() as usize % MAX_MASKED_LEAVES]);
            }
            start = *end as usize;
        }
        sums.map(|sum| sum as f32)
    }
}

/// The leaves of a tree that its nodes leave to each row.
///
/// A function of its own without a jump that depends on a value: so the compiler does four lanes or
/// more at once, in registers.
#[inline(never)]
fn leaves_left(nodes: &[MaskedNode], columns: &[[f32; LANES]]) -> [u32; LANES] {
    let mut left = [u32::MAX; LANES];
    for node in nodes {
        let column = &columns[node.feature as usize];
        for (left, value) in left.iter_mut().zip(column) {
            let stays = u32::from(*value <= node.threshold).wrapping_neg();
            *left &= stays | node.right;
        }
    }
    left
}

/// A step of the way through a tree, from left to right.
enum Visit {
    Child(i16),
    LeftDone(usize),
}

fn logistic(score: f32) -> f32 {
    1.0 / (1.0 + (-score).exp())
}

/// Bytes that are read from the front.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], GbmError> {
        let (head, rest) = self.0.split_first_chunk::<N>().ok_or(GbmError::Truncated)?;
        self.0 = rest;
        Ok(*head)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two trees over two features: a stump on feature 1 and a tree of three leaves.
    fn model() -> Vec<u8> {
        let mut bytes = b"NXGT\x01\x00\x02\x00\x02\x00".to_vec();
        let node = |bytes: &mut Vec<u8>, feature: u16, threshold: f32, left: i16, right: i16| {
            bytes.extend(feature.to_le_bytes());
            bytes.extend(threshold.to_le_bytes());
            bytes.extend(left.to_le_bytes());
            bytes.extend(right.to_le_bytes());
        };
        bytes.extend(2_u16.to_le_bytes());
        node(&mut bytes, 1, 0.5, -1, -2);
        bytes.extend([-1.0_f32, 1.0].iter().flat_map(|leaf| leaf.to_le_bytes()));
        bytes.extend(3_u16.to_le_bytes());
        node(&mut bytes, 0, 10.0, 1, -3);
        node(&mut bytes, 1, 0.0, -1, -2);
        bytes.extend([0.25_f32, 0.5, 4.0].iter().flat_map(|leaf| leaf.to_le_bytes()));
        bytes
    }

    #[test]
    fn scores_are_sums_of_leaves() {
        let gbm = Gbm::parse(&model()).expect("a model");
        assert_eq!(gbm.features(), 2);
        assert_eq!(gbm.score(&[10.0, 0.0]), -1.0 + 0.25);
        assert_eq!(gbm.score(&[10.0, 0.5]), -1.0 + 0.5);
        assert_eq!(gbm.score(&[10.1, 0.6]), 1.0 + 4.0);
        assert_eq!(gbm.score(&[]), -1.0 + 0.25);
        assert!((gbm.probability(&[10.1, 0.6]) - 0.993_307).abs() < 1e-5);
    }

    #[test]
    fn many_rows_score_as_one_by_one() {
        let gbm = Gbm::parse(&model()).expect("a model");
        assert!(gbm.side_by_side.is_some());
        let rows: Vec<[f32; 2]> = (0..21).map(|n| [n as f32, (n % 3) as f32 / 2.0]).collect();
        let rows: Vec<&[f32]> = rows.iter().map(|row| row.as_slice()).chain([[10.1].as_slice()]).collect();
        let one_by_one: Vec<f32> = rows.iter().map(|row| gbm.probability(row)).collect();
        assert_eq!(gbm.probabilities(&rows), one_by_one);
    }

    #[test]
    fn damaged_models_are_refused() {
        let whole = model();
        assert_eq!(Gbm::parse(b"NXGT\x02\x00\x00\x00\x00\x00"), Err(GbmError::Header));
        for len in 0..whole.len() {
            assert!(Gbm::parse(&whole[..len]).is_err(), "{len} bytes");
        }
        let mut loops = whole.clone();
        loops[12 + 6..12 + 8].copy_from_slice(&0_i16.to_le_bytes());
        assert_eq!(Gbm::parse(&loops), Err(GbmError::Malformed { tree: 0 }));
        let mut feature = whole;
        feature[12] = 7;
        assert_eq!(Gbm::parse(&feature), Err(GbmError::Malformed { tree: 0 }));
    }
}
