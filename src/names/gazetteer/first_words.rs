//! Where the first words of names lead in the automaton: remembered, since few words begin most
//! candidates.
//!
//! It changes the speed alone. Threads share it without locks: an entry holds its key joined with
//! its value by exclusive or, so that two halves of different entries match no word (Hyatt and
//! Mann, "A lock-less transposition table implementation for parallel search chess engines", 1999).

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use fst::raw::{CompiledAddr, Fst, Output};

use crate::names::tagger::hash::hash_bytes;

/// Entries; a power of two. Together they take 256 KiB, which stay in a processor's cache.
const ENTRIES: usize = 1 << 14;
/// Longest word remembered, in bytes.
const MAX_WORD_BYTES: usize = 24;
/// Bits for an address and for an output; larger ones are not remembered.
const PART_BITS: u32 = 30;

/// What an entry says, in its lowest bits; an entry without any is free.
const LOST: u64 = 1;
const ENDS: u64 = 2;
const GOES_ON: u64 = 3;

/// Where the automaton stands after a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reached {
    /// No form begins with the word.
    Nowhere,
    /// At a node from which a form may end or go on.
    Node {
        /// The node's address.
        addr: CompiledAddr,
        /// What was put out on the way.
        output: Output,
        /// Whether a form is this word, or has another behind a space.
        goes_on: bool,
    },
}

/// The remembered words.
pub(super) struct FirstWords {
    entries: Box<[Entry]>,
}

#[derive(Default)]
struct Entry {
    key_with_value: AtomicU64,
    value: AtomicU64,
}

impl std::fmt::Debug for FirstWords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FirstWords").finish_non_exhaustive()
    }
}

impl FirstWords {
    /// No words yet.
    pub(super) fn new() -> Self {
        Self { entries: (0..ENTRIES).map(|_| Entry::default()).collect() }
    }

    /// Where `word`, of ASCII letters and digits in any case, leads from the root of `fst`; none where
    /// it is too long to ask.
    pub(super) fn reached<D: AsRef<[u8]>>(&self, fst: &Fst<D>, word: &[u8]) -> Option<Reached> {
        let mut buffer = [0; MAX_WORD_BYTES];
        let lower = buffer.get_mut(..word.len())?;
        lower.copy_from_slice(word);
        lower.make_ascii_lowercase();
        let key = hash_bytes(lower);
        let entry = &self.entries[(key >> 40) as usize % ENTRIES];
        let value = entry.value.load(Relaxed);
        if value != 0 && entry.key_with_value.load(Relaxed) ^ value == key {
            return Some(Reached::of_value(value));
        }
        let reached = walk(fst, lower);
        if let Some(value) = reached.value() {
            entry.value.store(value, Relaxed);
            entry.key_with_value.store(value ^ key, Relaxed);
        }
        Some(reached)
    }
}

fn walk<D: AsRef<[u8]>>(fst: &Fst<D>, lower: &[u8]) -> Reached {
    let mut node = fst.root();
    let mut output = Output::zero();
    for &byte in lower {
        let Some(n) = node.find_input(byte) else { return Reached::Nowhere };
        let transition = node.transition(n);
        output = output.cat(transition.out);
        node = fst.node(transition.addr);
    }
    let goes_on = node.is_final() || node.find_input(b' ').is_some();
    Reached::Node { addr: node.addr(), output, goes_on }
}

impl Reached {
    fn value(self) -> Option<u64> {
        let Self::Node { addr, output, goes_on } = self else { return Some(LOST) };
        let (addr, output) = (addr as u64, output.value());
        let fits = addr >> PART_BITS == 0 && output >> PART_BITS == 0;
        let state = if goes_on { GOES_ON } else { ENDS };
        fits.then_some(addr << (PART_BITS + 2) | output << 2 | state)
    }

    fn of_value(value: u64) -> Self {
        let part = |shift: u32| value >> shift & ((1 << PART_BITS) - 1);
        match value & 3 {
            LOST => Self::Nowhere,
            state => Self::Node {
                addr: part(PART_BITS + 2) as CompiledAddr,
                output: Output::new(part(2)),
                goes_on: state == GOES_ON,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms() -> Fst<Vec<u8>> {
        Fst::from_iter_map([("ada", 3), ("ada lund", 4), ("north sea", 5), ("xi'an", 9)]).unwrap()
    }

    #[test]
    fn what_is_remembered_is_what_a_walk_finds() {
        let (fst, words) = (forms(), FirstWords::new());
        for word in ["Ada", "NORTH", "xi", "adam", "q", "", "x1"] {
            let walked = walk(&fst, word.to_ascii_lowercase().as_bytes());
            for _ in 0..2 {
                assert_eq!(words.reached(&fst, word.as_bytes()), Some(walked), "{word}");
            }
        }
        assert!(matches!(words.reached(&fst, b"xi"), Some(Reached::Node { goes_on: false, .. })));
        assert_eq!(words.reached(&fst, &[b'a'; MAX_WORD_BYTES + 1]), None);
    }

    #[test]
    fn entries_that_do_not_fit_are_not_made() {
        let far = Reached::Node { addr: 1 << PART_BITS, output: Output::zero(), goes_on: true };
        assert_eq!(far.value(), None);
        let near = Reached::Node { addr: 77, output: Output::new(12), goes_on: false };
        assert_eq!(near.value().map(Reached::of_value), Some(near));
    }
}
