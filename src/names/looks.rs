//! What bytes words are made of, and a sieve before look-ups: the beginnings and lengths that the words of a set have.
//!
//! Most words of a text pass none of the small sets that are asked about every word. The sieve knows
//! nothing for certain but that a word is not in its set.

/// ASCII letters and digits.
pub(crate) const ALPHANUMERIC: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    table
};

/// Buckets of the sieve.
const BUCKETS: usize = 1 << 12;

/// The first two bytes and the lengths of the words of a set, in any case of ASCII.
#[derive(Clone, Debug)]
pub(crate) struct Looks([u64; BUCKETS / 64]);

impl Looks {
    /// The looks of `words`.
    pub(crate) fn of<'w>(words: impl IntoIterator<Item = &'w [u8]>) -> Self {
        let mut looks = [0; BUCKETS / 64];
        for word in words {
            let bucket = bucket(word);
            looks[bucket / 64] |= 1 << (bucket % 64);
        }
        Self(looks)
    }

    /// Whether a word of the set may be `word`, in any case of its ASCII letters.
    pub(crate) fn have(&self, word: &[u8]) -> bool {
        let bucket = bucket(word);
        self.0[bucket / 64] >> (bucket % 64) & 1 == 1
    }
}

fn bucket(word: &[u8]) -> usize {
    let byte = |at: usize| usize::from(word.get(at).map_or(0, |byte| byte | 0x20));
    ((byte(0) & 31) << 7 ^ (byte(1) & 31) << 2 ^ word.len().wrapping_mul(0x2d1)) % BUCKETS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_of_the_set_is_held_back() {
        let words = ["said", "according to", "a", "élu", "x1"];
        let looks = Looks::of(words.map(str::as_bytes));
        assert!(words.iter().all(|word| looks.have(word.as_bytes())));
        assert!(looks.have(b"SAID") && looks.have(b"A") && !looks.have(b"") && !looks.have(b"zebra"));
    }
}
