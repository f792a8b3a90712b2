//! Stems as numbers.

/// Sixty-four bits for a stem (FNV-1a; Fowler, Noll and Vo): the same on every machine, as files of
/// vectors keep them. Two of a pool's ten thousand stems share theirs once in 10¹¹ pools.
pub(super) fn stem_hash(stem: &str) -> u64 {
    stem.bytes()
        .fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}
