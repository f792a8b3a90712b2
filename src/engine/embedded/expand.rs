//! The words of the index that a pattern stands for.

use std::collections::BTreeMap;

use levenshtein_automata::{DFA, Distance, LevenshteinAutomatonBuilder, SINK_STATE};
use tantivy::Searcher;
use tantivy::schema::Field;
use tantivy_fst::{Automaton, Regex};

use crate::query::QueryFault;

/// Largest compiled expression. A dozen classes of letters fit; an automaton of more takes seconds to be
/// made, or is refused for its number of states.
const MAX_REGEX_BYTES: usize = 1 << 18;

/// A pattern of words.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape<'p> {
    /// Begins so.
    Prefix(&'p str),
    /// `*` for any characters, `?` for one.
    Wildcard(&'p str),
    /// Matches wholly.
    Regex(&'p str),
    /// Differs in at most so many characters.
    Fuzzy(&'p str, u8),
}

/// Why a pattern was not expanded.
pub(super) enum ExpandError {
    /// It cannot be, or stands for too much.
    Fault(QueryFault),
    /// The index fails.
    Tantivy(tantivy::TantivyError),
}

impl From<tantivy::TantivyError> for ExpandError {
    fn from(error: tantivy::TantivyError) -> Self {
        Self::Tantivy(error)
    }
}

impl From<std::io::Error> for ExpandError {
    fn from(error: std::io::Error) -> Self {
        Self::Tantivy(error.into())
    }
}

impl Shape<'_> {
    /// As it is typed.
    pub(super) fn notation(self) -> String {
        match self {
            Self::Prefix(prefix) => format!("{prefix}*"),
            Self::Wildcard(pattern) => pattern.to_owned(),
            Self::Regex(pattern) => format!("/{pattern}/"),
            Self::Fuzzy(word, distance) => format!("{word}~{distance}"),
        }
    }

    fn regex(self) -> Option<String> {
        match self {
            Self::Prefix(prefix) => Some(format!("{}.*", regex::escape(prefix))),
            Self::Wildcard(pattern) => Some(wildcard_regex(pattern)),
            Self::Regex(pattern) => Some(pattern.to_owned()),
            Self::Fuzzy(..) => None,
        }
    }
}

/// The words of `field` that `shape` stands for, each with the number of documents that have it,
/// deleted ones included.
pub(super) fn expand(
    searcher: &Searcher,
    field: Field,
    shape: Shape<'_>,
    limit: usize,
) -> Result<BTreeMap<String, u64>, ExpandError> {
    if let Some(regex) = shape.regex() {
        let bad =
            |error: &dyn std::fmt::Display| ExpandError::Fault(QueryFault::BadPattern(error.to_string()));
        // Cheaper than to find out while the automaton is made.
        regex::RegexBuilder::new(&regex).size_limit(MAX_REGEX_BYTES).build().map_err(|error| bad(&error))?;
        let automaton = Regex::new(&regex).map_err(|error| bad(&error))?;
        return walk(searcher, field, shape, limit, || &automaton);
    }
    let Shape::Fuzzy(word, distance) = shape else { return Ok(BTreeMap::new()) };
    let builder = LevenshteinAutomatonBuilder::new(distance.min(2), true);
    walk(searcher, field, shape, limit, || Near(builder.build_dfa(word)))
}

/// An automaton of near words in the form that the dictionary takes.
struct Near(DFA);

impl Automaton for Near {
    type State = u32;

    fn start(&self) -> u32 {
        self.0.initial_state()
    }

    fn is_match(&self, state: &u32) -> bool {
        matches!(self.0.distance(*state), Distance::Exact(_))
    }

    fn can_match(&self, state: &u32) -> bool {
        *state != SINK_STATE
    }

    fn accept(&self, state: &u32, byte: u8) -> u32 {
        self.0.transition(*state, byte)
    }
}

fn walk<A: Automaton>(
    searcher: &Searcher,
    field: Field,
    shape: Shape<'_>,
    limit: usize,
    automaton: impl Fn() -> A,
) -> Result<BTreeMap<String, u64>, ExpandError>
where
    A::State: Clone,
{
    let mut words: BTreeMap<String, u64> = BTreeMap::new();
    for reader in searcher.segment_readers() {
        let inverted = reader.inverted_index(field)?;
        let mut stream = inverted.terms().search(automaton()).into_stream()?;
        while stream.advance() {
            let word = String::from_utf8_lossy(stream.key()).into_owned();
            *words.entry(word).or_default() += u64::from(stream.value().doc_freq);
            if words.len() > limit {
                let pattern = shape.notation();
                return Err(ExpandError::Fault(QueryFault::TooManyWords { pattern, limit }));
            }
        }
    }
    Ok(words)
}

fn wildcard_regex(pattern: &str) -> String {
    let mut regex = String::new();
    for c in pattern.chars() {
        match c {
            '*' => regex.push_str(".*"),
            '?' => regex.push('.'),
            c => regex.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
        }
    }
    regex
}
