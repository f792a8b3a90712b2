//! The tagger's word lists, from `schema/tagger/`; it holds no names.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::names::looks::Looks;

/// Longest connector in bytes; longer words are no connectors without a look-up.
const MAX_CONNECTOR_BYTES: usize = 4;

/// Slots of the connector table: sparse enough that most words miss at once.
const SLOTS: usize = 1024;

struct Connectors {
    /// Packed bytes and whether the word may begin a name; zero is free.
    table: [(u32, bool); SLOTS],
}

static CONNECTORS: LazyLock<Connectors> = LazyLock::new(|| {
    let mut table = [(0, false); SLOTS];
    let mut begins = false;
    for line in include_str!("../../../schema/tagger/connectors.txt").lines() {
        match line.trim() {
            "" => {}
            comment if comment.starts_with('#') => {}
            "begin" => begins = true,
            word => {
                let packed = pack(word.as_bytes());
                let mut slot = slot_of(packed);
                while table[slot].0 != 0 {
                    slot = (slot + 1) % SLOTS;
                }
                table[slot] = (packed, begins);
            }
        }
    }
    Connectors { table }
});

static ABBREVIATIONS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let mut words: Vec<_> = include_str!("../../../schema/tagger/abbreviations.txt")
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    words.sort_unstable();
    words
});

fn pack(word: &[u8]) -> u32 {
    word.iter().take(MAX_CONNECTOR_BYTES).fold(0, |packed, &byte| packed << 8 | u32::from(byte))
}

fn slot_of(packed: u32) -> usize {
    (packed.wrapping_mul(0x9e37_79b1) >> 22) as usize % SLOTS
}

fn connector(word: &[u8]) -> Option<bool> {
    if word.len() > MAX_CONNECTOR_BYTES {
        return None;
    }
    let packed = pack(word);
    let table = &CONNECTORS.table;
    let mut slot = slot_of(packed);
    while table[slot].0 != 0 {
        if table[slot].0 == packed {
            return Some(table[slot].1);
        }
        slot = (slot + 1) % SLOTS;
    }
    None
}

/// Whether the lower-case `word` may stand inside a name.
pub fn is_connector(word: &[u8]) -> bool {
    connector(word).is_some()
}

/// Whether the lower-case `word` may begin a name ("al", "van").
pub fn may_begin(word: &str) -> bool {
    connector(word.as_bytes()) == Some(true)
}

/// Whether a full stop after `word` belongs to it: a listed word that begins with a capital
/// ("he said no." ends a sentence), or one of the few that are written small.
pub fn is_abbreviation(word: &str) -> bool {
    const LONGEST: usize = 6;
    let small = matches!(word, "vs" | "etc");
    if word.len() > LONGEST || !(small || word.as_bytes().first().is_some_and(u8::is_ascii_uppercase)) {
        return false;
    }
    let lower = word.to_ascii_lowercase();
    ABBREVIATIONS.binary_search(&lower.as_str()).is_ok()
}

static STATES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let list = include_str!("../../../schema/tagger/states.txt");
    let mut words: Vec<_> =
        list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    words.sort_unstable();
    words
});

/// Whether `word` is the abbreviation of a state or province as newspapers print it ("Calif.").
pub fn is_state(word: &str) -> bool {
    STATES.binary_search(&word.strip_suffix('.').unwrap_or(word)).is_ok()
}

/// Whether `word`, before "by", begins a credit line.
pub fn is_credit(word: &str) -> bool {
    matches!(
        word,
        "Reporting"
            | "Writing"
            | "Editing"
            | "Compiled"
            | "Written"
            | "Edited"
            | "Reported"
            | "Photo"
            | "Photograph"
    )
}

/// Whether `word` is a title of rank that is no part of the name after it.
pub fn is_rank(word: &str) -> bool {
    matches!(
        word,
        "Queen" | "King" | "Prince" | "Princess" | "Pope" | "Emperor" | "Empress" | "Sultan" | "Emir"
    )
}

/// Whether `word`, before "of" and a department, is an office that somebody holds.
pub fn is_office(word: &str) -> bool {
    matches!(
        word,
        "Secretary"
            | "Undersecretary"
            | "Under-Secretary"
            | "Minister"
            | "Commissioner"
            | "Superintendent"
            | "Chancellor"
            | "secretary"
            | "minister"
            | "commissioner"
    )
}

static DEPARTMENTS: LazyLock<FxHashSet<&'static str>> =
    LazyLock::new(|| lines_of(include_str!("../../../schema/tagger/departments.txt")).collect());

/// Whether offices are named for `word` ("Secretary of State").
pub fn is_department(word: &str) -> bool {
    DEPARTMENTS.contains(word)
}

/// How a word tells the name of a road.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Road {
    /// As its last word ("Street").
    Last,
    /// As its last word, or before a number ("Highway").
    Numbered,
}

static ROADS: LazyLock<(Looks, FxHashMap<&'static str, Road>)> = LazyLock::new(|| {
    let mut kind = Road::Last;
    let mut words = FxHashMap::default();
    for line in lines_of(include_str!("../../../schema/tagger/roads.txt")) {
        if line == "numbered" {
            kind = Road::Numbered;
        } else {
            words.insert(line, kind);
        }
    }
    (Looks::of(words.keys().map(|word| word.as_bytes())), words)
});

/// How `word` tells the name of a road, if it does.
pub fn road(word: &str) -> Option<Road> {
    let (looks, words) = &*ROADS;
    looks.have(word.as_bytes()).then(|| words.get(word).copied()).flatten()
}

static NO_NAMES: LazyLock<FxHashSet<&'static str>> =
    LazyLock::new(|| lines_of(include_str!("../../../schema/tagger/no-names.txt")).collect());

/// Whether `word` alone is nobody's name.
pub fn is_no_name(word: &str) -> bool {
    NO_NAMES.contains(word)
}

fn lines_of(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}
