//! The hash that turns features into slots; fixed for ever, since trained weights depend on it.

const ODD: [u64; 3] = [0xa076_1d64_78bd_642f, 0xe703_7ed1_a0b4_28db, 0x8ebc_6af0_9c88_c6e3];

/// Multiplies to 128 bits and folds the halves together (the step of wyhash).
pub const fn fold(a: u64, b: u64) -> u64 {
    let wide = (a as u128).wrapping_mul(b as u128);
    (wide as u64) ^ (wide >> 64) as u64
}

/// Hashes bytes, the same on every machine.
pub fn hash_bytes(bytes: &[u8]) -> u64 {
    let mut state = ODD[0] ^ bytes.len() as u64;
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let mut word = [0; 8];
        word.copy_from_slice(chunk);
        state = fold(state ^ u64::from_le_bytes(word), ODD[1]);
    }
    fold(state ^ word_of(chunks.remainder()), ODD[2])
}

/// Fewer than eight bytes as a little-endian number.
fn word_of(bytes: &[u8]) -> u64 {
    let half = |at: usize| {
        let mut half = [0; 4];
        half.copy_from_slice(&bytes[at..at + 4]);
        u64::from(u32::from_le_bytes(half))
    };
    match bytes.len() {
        0 => 0,
        // The middle one is the first or the last where there are fewer than three.
        length @ 1..=3 => {
            let byte = |at: usize| u64::from(bytes[at]) << (8 * at);
            byte(0) | byte(length / 2) | byte(length - 1)
        }
        // The halves may overlap, in equal bytes.
        length => half(0) | half(length - 4) << (8 * (length - 4)),
    }
}

/// Mixes two hashes; the order matters.
pub const fn mix(a: u64, b: u64) -> u64 {
    fold(a ^ ODD[1], b.rotate_left(23) ^ ODD[2])
}

/// The slot of the feature that `template` makes of `value`.
pub const fn slot(template: u64, value: u64, slot_bits: u32) -> u32 {
    (fold(value ^ ODD[0], (template.wrapping_mul(2).wrapping_add(1)).wrapping_mul(0x9e37_79b9_7f4a_7c15))
        >> (64 - slot_bits)) as u32
}
