//! The directions in which the texts of a sparse matrix differ most: its right singular vectors, by
//! randomised subspace iteration (Halko, Martinsson and Tropp, *Finding structure with randomness*,
//! 2011, algorithm 4.4). Every sum is taken in a fixed order, so that the number of threads does not
//! show.

use rayon::prelude::*;

use crate::index::DIMENSIONS;

/// Directions that are followed: some more than are kept make the kept ones right.
const FOLLOWED: usize = DIMENSIONS + 8;
/// Passes over the matrix and back. Singular values of texts fall slowly; more passes change nothing
/// that ranking sees.
const PASSES: usize = 3;
/// Rotations of the small eigenproblem until it is solved to the last digits.
const SWEEPS: usize = 12;

/// A column block: for each row, numbers for all followed directions.
type Block = Vec<[f32; FOLLOWED]>;

/// A matrix of texts by words, by rows.
#[derive(Debug)]
pub(super) struct SparseMatrix {
    columns: usize,
    starts: Vec<usize>,
    cells: Vec<(u32, f32)>,
}

impl SparseMatrix {
    pub(super) fn new(columns: usize) -> Self {
        Self { columns, starts: vec![0], cells: Vec::new() }
    }

    pub(super) fn push(&mut self, row: &[(u32, f32)]) {
        self.cells.extend(row);
        self.starts.push(self.cells.len());
    }

    fn rows(&self) -> usize {
        self.starts.len() - 1
    }

    fn transposed(&self) -> Self {
        let mut counts = vec![0_usize; self.columns + 1];
        self.cells.iter().for_each(|(column, _)| counts[*column as usize + 1] += 1);
        for column in 0..self.columns {
            counts[column + 1] += counts[column];
        }
        let starts = counts.clone();
        let mut cells = vec![(0, 0.0); self.cells.len()];
        for row in 0..self.rows() {
            for &(column, value) in &self.cells[self.starts[row]..self.starts[row + 1]] {
                let place = &mut counts[column as usize];
                #[expect(clippy::cast_possible_truncation, reason = "a sample's rows are few")]
                let row = row as u32;
                cells[*place] = (row, value);
                *place += 1;
            }
        }
        Self { columns: self.rows(), starts, cells }
    }

    fn times(&self, block: &Block) -> Block {
        let row = |row: usize| {
            let mut sum = [0.0; FOLLOWED];
            for &(column, value) in &self.cells[self.starts[row]..self.starts[row + 1]] {
                for (sum, other) in sum.iter_mut().zip(&block[column as usize]) {
                    *sum += value * other;
                }
            }
            sum
        };
        (0..self.rows()).into_par_iter().map(row).collect()
    }
}

/// For each column of `matrix` its numbers in the strongest directions; zeros beyond its rank.
pub(super) fn right_vectors(matrix: &SparseMatrix) -> Vec<[f32; DIMENSIONS]> {
    let transposed = matrix.transposed();
    let mut texts = matrix.times(&start(matrix.columns));
    for _ in 0..PASSES {
        orthonormalise(&mut texts);
        texts = matrix.times(&transposed.times(&texts));
    }
    orthonormalise(&mut texts);
    let words = transposed.times(&texts);
    let rotation = principal(&words);
    let rotated = words.par_iter().map(|word| {
        let mut vector = [0.0; DIMENSIONS];
        for (value, direction) in vector.iter_mut().zip(&rotation) {
            *value = word.iter().zip(direction).map(|(a, b)| a * b).sum();
        }
        vector
    });
    rotated.collect()
}

/// Signs at random, the same every time (splitmix64; Steele, Lea and Flood, 2014).
fn start(rows: usize) -> Block {
    let mut state = 0_u64;
    let mut bits = move || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    };
    let sign = |bits: u64| if bits & 1 == 0 { 1.0 } else { -1.0 };
    (0..rows).map(|_| std::array::from_fn(|_| sign(bits()))).collect()
}

/// Makes the columns of `block` orthogonal and of length 1 (modified Gram-Schmidt, twice for the sake
/// of rounding); columns that depend on earlier ones become 0.
fn orthonormalise(block: &mut Block) {
    let mut columns: Vec<Vec<f32>> =
        (0..FOLLOWED).map(|column| block.iter().map(|row| row[column]).collect()).collect();
    for number in 0..FOLLOWED {
        let (before, rest) = columns.split_at_mut(number);
        let column = &mut rest[0];
        let length_before = length(column);
        for other in before.iter().chain(before.iter()) {
            let share = product(other, column);
            column.iter_mut().zip(other).for_each(|(value, other)| *value -= share * other);
        }
        let left = length(column);
        let factor = if left > 1e-5 * length_before { 1.0 / left } else { 0.0 };
        column.iter_mut().for_each(|value| *value *= factor);
    }
    for (row, values) in block.iter_mut().enumerate() {
        values.iter_mut().zip(&columns).for_each(|(value, column)| *value = column[row]);
    }
}

/// Numbers summed side by side, which compilers turn into vector instructions.
const LANES: usize = 16;

fn product(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0_f32; LANES];
    for (a, b) in a.chunks(LANES).zip(b.chunks(LANES)) {
        sums.iter_mut().zip(a.iter().zip(b)).for_each(|(sum, (a, b))| *sum += a * b);
    }
    sums.iter().sum()
}

fn length(column: &[f32]) -> f32 {
    product(column, column).sqrt()
}

/// The directions of `words`' greatest extent, each as a combination of the followed ones, scaled so
/// that the words' numbers in it have length 1.
fn principal(words: &Block) -> Vec<[f32; FOLLOWED]> {
    let gram: Vec<[f64; FOLLOWED]> = (0..FOLLOWED)
        .into_par_iter()
        .map(|a| {
            let mut row = [0.0; FOLLOWED];
            for word in words {
                let value = f64::from(word[a]);
                row.iter_mut().zip(word).for_each(|(sum, other)| *sum += value * f64::from(*other));
            }
            row
        })
        .collect();
    let (values, vectors) = eigen(gram);
    let mut order: Vec<usize> = (0..FOLLOWED).collect();
    order.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
    let greatest = values[order[0]];
    let directions = order.iter().take(DIMENSIONS).map(|&number| {
        let value = values[number];
        let factor = if value > 1e-9 * greatest { 1.0 / value.sqrt() } else { 0.0 };
        #[expect(clippy::cast_possible_truncation, reason = "a vector's numbers")]
        std::array::from_fn(|row| (vectors[row][number] * factor) as f32)
    });
    directions.collect()
}

/// Eigenvalues and eigenvectors (by columns) of a symmetric matrix, by Jacobi's rotations.
fn eigen(mut matrix: Vec<[f64; FOLLOWED]>) -> ([f64; FOLLOWED], Vec<[f64; FOLLOWED]>) {
    let unit = |row| std::array::from_fn(|column| f64::from(u8::from(row == column)));
    let mut vectors: Vec<[f64; FOLLOWED]> = (0..FOLLOWED).map(unit).collect();
    for _ in 0..SWEEPS {
        for p in 0..FOLLOWED {
            for q in p + 1..FOLLOWED {
                let off = matrix[p][q];
                if off.abs() <= 1e-12 * (matrix[p][p] * matrix[q][q]).abs().sqrt() || off == 0.0 {
                    continue;
                }
                let theta = (matrix[q][q] - matrix[p][p]) / (2.0 * off);
                let tangent = theta.signum() / (theta.abs() + theta.hypot(1.0));
                let cosine = 1.0 / tangent.hypot(1.0);
                rotate(&mut matrix, &mut vectors, p, q, cosine, tangent * cosine);
            }
        }
    }
    (std::array::from_fn(|number| matrix[number][number]), vectors)
}

/// One rotation in the plane of `p` and `q`.
fn rotate(
    matrix: &mut [[f64; FOLLOWED]],
    vectors: &mut [[f64; FOLLOWED]],
    p: usize,
    q: usize,
    cosine: f64,
    sine: f64,
) {
    let turn = |row: &mut [f64; FOLLOWED]| {
        let (a, b) = (row[p], row[q]);
        row[p] = cosine * a - sine * b;
        row[q] = sine * a + cosine * b;
    };
    matrix.iter_mut().for_each(turn);
    let (upper, lower) = matrix.split_at_mut(q);
    for (first, second) in upper[p].iter_mut().zip(&mut lower[0]) {
        (*first, *second) = (cosine * *first - sine * *second, sine * *first + cosine * *second);
    }
    vectors.iter_mut().for_each(turn);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eigenvectors_solve_the_equation() {
        let value =
            |a: usize, b: usize| 1.0 / (1.0 + a.abs_diff(b) as f64) + if a == b { a as f64 } else { 0.0 };
        let matrix: Vec<[f64; FOLLOWED]> =
            (0..FOLLOWED).map(|a| std::array::from_fn(|b| value(a, b))).collect();
        let (values, vectors) = eigen(matrix.clone());
        for number in 0..FOLLOWED {
            for (row, cells) in matrix.iter().enumerate() {
                let left: f64 = cells.iter().zip(&vectors).map(|(cell, vector)| cell * vector[number]).sum();
                assert!((left - values[number] * vectors[row][number]).abs() < 1e-8);
            }
        }
    }

    #[test]
    fn right_vectors_are_orthonormal_and_hold_the_matrix() {
        // Three blocks of texts that share no words: rank 3.
        let mut matrix = SparseMatrix::new(9);
        for text in 0..90_u32 {
            let block = text % 3 * 3;
            let row: Vec<(u32, f32)> = (0..3).map(|word| (block + word, (word + 1) as f32)).collect();
            matrix.push(&row);
        }
        let vectors = right_vectors(&matrix);
        for a in 0..DIMENSIONS {
            for b in 0..DIMENSIONS {
                let product: f32 = vectors.iter().map(|word| word[a] * word[b]).sum();
                let wanted = if a == b && a < 3 { 1.0 } else { 0.0 };
                assert!((product - wanted).abs() < 1e-3, "{a} {b}: {product}");
            }
        }
        // Words of one block differ by their weight alone.
        for (light, heavy) in vectors[0].iter().zip(&vectors[1]) {
            assert!((heavy - 2.0 * light).abs() < 1e-3);
        }
    }
}
