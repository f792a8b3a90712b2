//! Where words stand in a text, by its bytes, and a sieve before look-ups: the beginnings and lengths that the words of a set have.
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

/// How many ASCII letters and digits `bytes` begin with.
#[inline]
pub(crate) fn plain_length(bytes: &[u8]) -> usize {
    let mut length = 0;
    for &byte in bytes {
        if !ALPHANUMERIC[byte as usize] {
            break;
        }
        length += 1;
    }
    length
}

/// The first word at or after `at`, which is no place inside a word.
#[inline]
pub(crate) fn next_word(text: &str, mut at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    loop {
        let rest = bytes.get(at..)?;
        for &byte in rest {
            if ALPHANUMERIC[byte as usize] {
                return Some(at);
            }
            if !byte.is_ascii() {
                break;
            }
            at += 1;
        }
        let letter = text[at..].chars().next()?;
        if letter.is_alphanumeric() {
            return Some(at);
        }
        at += letter.len_utf8();
    }
}

/// Where the word goes on to that byte `at` lies in; `at` itself where none does.
#[inline]
pub(crate) fn word_end(text: &str, mut at: usize) -> usize {
    let bytes = text.as_bytes();
    loop {
        at += plain_length(&bytes[at..]);
        if bytes.get(at).is_none_or(u8::is_ascii) {
            return at;
        }
        match text[at..].chars().next().filter(|letter| letter.is_alphanumeric()) {
            Some(letter) => at += letter.len_utf8(),
            None => return at,
        }
    }
}

/// Buckets of the sieve.
const BUCKETS: usize = 1 << 15;

/// The first two bytes, the last one and the lengths of the words of a set, in any case of ASCII: 4 KiB.
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

/// A number below [`BUCKETS`] that words with the same look share.
#[inline]
pub(crate) fn bucket(word: &[u8]) -> usize {
    let letter = |byte: &u8| usize::from(byte & 31);
    let first = word.first().map_or(0, letter);
    let (second, last) = (word.get(1).map_or(0, letter), word.last().map_or(0, letter));
    (first << 10 ^ second << 5 ^ last ^ word.len().wrapping_mul(0x2d1)) % BUCKETS
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
