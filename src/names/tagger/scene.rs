//! A text laid out for tagging: tokens, runs, what the lists say, and the words around a token.
//!
//! Training and tagging both look at texts through it, so that they see the same.

use rustc_hash::FxHashMap;

use super::GazetteerHit;
use super::clusters::Clusters;
use super::features::{CENTRE, Casing, Context, Listed, POSITIONS, Word};
use super::hash::hash_bytes;
use super::runs::{Run, find_runs};
use super::tokenize::{Class, Token, tokenize};

/// Words kept between texts; beyond it the cache starts afresh (about 12 MiB with their scores).
const MAX_CACHED_WORDS: usize = 1 << 16;

/// Longest listed name in tokens; longer hits are left out, so that no hit costs more than this.
const MAX_LISTED_TOKENS: usize = 24;

/// Cache entries of the words beyond a sentence.
const BEFORE: u32 = 0;
const AFTER: u32 = 1;

/// A token that has not been looked for in the cache.
const UNASKED: u32 = u32::MAX;

/// Words that were looked over before, by the hash of their form.
#[derive(Debug)]
pub struct WordCache {
    ids: FxHashMap<u64, u32>,
    /// The words; the first two stand beyond a sentence.
    pub words: Vec<Word>,
}

impl Default for WordCache {
    fn default() -> Self {
        Self { ids: FxHashMap::default(), words: vec![Word::outside(false), Word::outside(true)] }
    }
}

impl WordCache {
    /// Forgets all words if they are too many; ids given before are void then. Says whether it did.
    pub fn shrink(&mut self) -> bool {
        let full = self.words.len() > MAX_CACHED_WORDS;
        if full {
            self.ids.clear();
            self.words.truncate(2);
        }
        full
    }

    fn id(&mut self, text: &str, token: &Token, clusters: &Clusters) -> u32 {
        let form = token.of(text);
        let hash = hash_bytes(form.as_bytes());
        if let Some(&id) = self.ids.get(&hash) {
            return id;
        }
        let id = self.words.len() as u32;
        self.words.push(Word::new(form, token.class, clusters));
        self.ids.insert(hash, id);
        id
    }
}

/// A text's tokens and runs.
#[derive(Debug, Default)]
pub struct Scene {
    /// All tokens.
    pub tokens: Vec<Token>,
    /// Where names can lie.
    pub runs: Vec<Run>,
    listed: Vec<Listed>,
    /// Length of the longest listed name over each token, in tokens.
    lengths: Vec<u8>,
    /// Cache entries of the tokens looked at so far; [`UNASKED`] for others.
    ids: Vec<u32>,
    /// The sentence looked at last: first token, end, casing.
    sentence: (usize, usize, Casing),
}

impl Scene {
    /// Lays out `text`.
    pub fn set(&mut self, text: &str, hits: &[GazetteerHit]) {
        self.tokens.clear();
        self.runs.clear();
        self.sentence = (0, 0, Casing::Sentence);
        tokenize(text, &mut self.tokens);
        find_runs(text, &self.tokens, &mut self.runs);
        self.forget_ids();
        self.set_listed(hits);
    }

    /// Forgets which cache entries the tokens have, as when the cache starts afresh.
    pub fn forget_ids(&mut self) {
        self.ids.clear();
        self.ids.resize(self.tokens.len(), UNASKED);
    }

    fn set_listed(&mut self, hits: &[GazetteerHit]) {
        self.listed.clear();
        if hits.is_empty() {
            return;
        }
        self.listed.resize(self.tokens.len(), Listed::default());
        self.lengths.clear();
        self.lengths.resize(self.tokens.len(), 0);
        for hit in hits {
            let first = self.tokens.partition_point(|token| (token.end as usize) <= hit.span.start);
            let end =
                first + self.tokens[first..].partition_point(|token| (token.start as usize) < hit.span.end);
            let count = end - first;
            if count > MAX_LISTED_TOKENS {
                continue;
            }
            let over = self.listed[first..end].iter_mut().zip(&mut self.lengths[first..end]);
            for (offset, (listed, length)) in over.enumerate() {
                let part = match (count, offset) {
                    (1, _) => 4,
                    (_, 0) => 1,
                    _ if offset + 1 == count => 3,
                    _ => 2,
                };
                if count == 1 {
                    listed.single |= hit.kinds;
                }
                let longest = usize::from(*length);
                if count > longest {
                    (*length, listed.kinds, listed.part) = (count as u8, hit.kinds, part);
                } else if count == longest && part == listed.part {
                    listed.kinds |= hit.kinds;
                }
            }
        }
    }

    /// What the lists say about a token.
    pub fn listed(&self, index: usize) -> Listed {
        self.listed.get(index).copied().unwrap_or_default()
    }

    /// Finds the sentence around `run`; runs must be visited in order.
    fn enter(&mut self, run: Run) {
        let (start, end) = (run.start as usize, run.end as usize);
        if start < self.sentence.1 {
            return;
        }
        let mut first = start;
        while first > self.sentence.1 && !self.tokens[first].opens_sentence {
            first -= 1;
        }
        let after = self.tokens[end..].iter().position(|token| token.opens_sentence);
        let last = after.map_or(self.tokens.len(), |count| end + count);
        self.sentence = (first, last, casing_of(&self.tokens[first..last]));
    }

    /// Fills `ids` with the words of `run` and of two tokens on either side; the run's token `i`
    /// is in the middle of `ids[i..i + 5]`.
    pub fn word_ids(
        &mut self,
        text: &str,
        run: Run,
        cache: &mut WordCache,
        clusters: &Clusters,
        ids: &mut Vec<u32>,
    ) {
        self.enter(run);
        ids.clear();
        let (first, last, _) = self.sentence;
        for offset in 0..(run.end - run.start) as usize + POSITIONS - 1 {
            let id = match (run.start as usize + offset).checked_sub(CENTRE) {
                Some(index) if index < first => BEFORE,
                Some(index) if index < last => {
                    if self.ids[index] == UNASKED {
                        self.ids[index] = cache.id(text, &self.tokens[index], clusters);
                    }
                    self.ids[index]
                }
                Some(_) => AFTER,
                None => BEFORE,
            };
            ids.push(id);
        }
    }

    /// The context of token `index`, whose words (two before to two after) have those `ids`.
    pub fn context<'w>(&self, index: usize, ids: &[u32], words: &'w [Word]) -> Context<'w> {
        let word = |position: usize| &words[ids[position] as usize];
        let left =
            if ids[CENTRE - 1] == BEFORE { Listed::default() } else { self.listed(index.wrapping_sub(1)) };
        let right = if ids[CENTRE + 1] == AFTER { Listed::default() } else { self.listed(index + 1) };
        Context {
            words: [word(0), word(1), word(2), word(3), word(4)],
            listed: [left, self.listed(index), right],
            initial: self.tokens[index].opens_sentence,
            casing: self.sentence.2,
        }
    }
}

/// How a sentence is written, from the words it has.
fn casing_of(tokens: &[Token]) -> Casing {
    let mut counts = [0_usize; 8];
    for token in tokens {
        counts[token.class as usize] += 1;
    }
    let capitals = counts[Class::Capitals as usize];
    let capitalised = counts[Class::Capitalised as usize] + counts[Class::Mixed as usize];
    let lower = counts[Class::Lower as usize];
    if capitals >= 3 && lower == 0 && capitalised * 4 < capitals {
        Casing::Capitals
    } else if capitals + capitalised >= 4 && lower * 3 <= capitals + capitalised {
        Casing::Title
    } else {
        Casing::Sentence
    }
}
