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
    let rest = chunks.remainder();
    let mut word = [0; 8];
    word[..rest.len()].copy_from_slice(rest);
    fold(state ^ u64::from_le_bytes(word), ODD[2])
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
