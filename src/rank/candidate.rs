//! A text of the pool, read again as words: where the query's words stand in it, and which words it
//! is made of. Words go through the index's own analyser.

use rustc_hash::{FxHashMap, FxHashSet};

use super::terms::QueryTerms;
use super::words::stem_hash;
use crate::analysis::{Stem, Words, word_hash};
use crate::article::Span;
use crate::engine::MatchText;
use crate::index::TermVectors;
use crate::query::stop_words;

/// Words read of one text. The words behind them count for BM25 alone: a book in the pool must not
/// cost more than the rest of it.
const MAX_WORDS: u32 = 10_000;

/// A text as ranking sees it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Candidate {
    /// Number of its words, as far as they are read.
    pub words: u32,
    /// For every word of the query the places where it stands, in order.
    pub places: Vec<Vec<u32>>,
    /// Its words but for the commonest, as hashes of their stems, in the order of their first places,
    /// with their number.
    pub bag: Vec<(u64, f32)>,
}

/// Words by their hashes: the hash of each one's stem, and how often it was read.
pub type WordStems = FxHashMap<u64, (u64, u32)>;

/// Reads texts; keeps the stems it has seen.
pub struct Reader<'a> {
    query: &'a QueryTerms,
    known: Option<&'a TermVectors>,
    numbers: FxHashMap<u64, usize>,
    stop_stems: FxHashSet<u64>,
    stem: Stem,
    /// Where in its bag each stem of the text stands.
    in_bag: FxHashMap<u64, usize>,
    /// The stem of every word that was read, and how often it was, where that is asked for.
    stems: Option<WordStems>,
}

impl<'a> Reader<'a> {
    /// A reader for the words of `query`; those whose stems are `known` are not stemmed.
    pub fn new(query: &'a QueryTerms, known: Option<&'a TermVectors>) -> Self {
        let numbers = query.terms.iter().enumerate();
        let numbers = numbers.map(|(number, term)| (stem_hash(&term.stem), number)).collect();
        let mut stem = Stem::default();
        let stop_stems = stop_words().map(|word| stem_hash(stem.of(word))).collect();
        Self { query, known, numbers, stop_stems, stem, in_bag: FxHashMap::default(), stems: None }
    }

    /// A reader that keeps the stems of all words, for [`Self::into_stems`].
    pub fn keeping_stems(query: &'a QueryTerms) -> Self {
        Self { stems: Some(WordStems::default()), ..Self::new(query, None) }
    }

    /// The words that were read, where they were kept.
    pub fn into_stems(self) -> WordStems {
        self.stems.unwrap_or_default()
    }

    /// The hash of the stem of a folded word.
    fn stem_of(&mut self, folded: &str) -> u64 {
        let word = word_hash(folded.as_bytes());
        if let Some(stem) = self.known.and_then(|known| known.stem(word)) {
            return stem;
        }
        let stem = stem_hash(self.stem.of(folded));
        if let Some(stems) = &mut self.stems {
            stems.entry(word).or_insert((stem, 0)).1 += 1;
        }
        stem
    }

    /// Reads `text`: its parts as one stream of words.
    pub fn read(&mut self, text: &MatchText) -> Candidate {
        let mut candidate =
            Candidate { words: 0, places: vec![Vec::new(); self.query.terms.len()], bag: Vec::new() };
        self.in_bag.clear();
        for (number, part) in text.parts.iter().enumerate() {
            let mut names = text.names.iter().filter(|name| name.part == number).peekable();
            self.read_part(part, &mut names, &mut candidate);
        }
        for places in &mut candidate.places {
            places.sort_unstable();
            places.dedup();
        }
        candidate
    }

    fn read_part<'t>(
        &mut self,
        part: &str,
        names: &mut std::iter::Peekable<impl Iterator<Item = &'t crate::engine::NameAt>>,
        candidate: &mut Candidate,
    ) {
        let mut words = Words::new(part);
        let mut open: Option<OpenName> = None;
        while candidate.words < MAX_WORDS
            && let Some(word) = words.advance()
        {
            let hash = self.stem_of(words.folded());
            if !self.stop_stems.contains(&hash) {
                self.count(hash, &mut candidate.bag);
            }
            let place = candidate.words;
            candidate.words += 1;
            if let Some(done) = open.take_if(|name| word.span.start >= name.span.end) {
                done.close(self.query, candidate);
            }
            if let Some(name) = names.next_if(|name| name.span.start <= word.span.start) {
                open = Some(OpenName { span: name.span, name: name.name, first: place, typed: false });
            }
            if let Some(&number) = self.numbers.get(&hash) {
                candidate.places[number].push(place);
                if let Some(name) = &mut open {
                    name.typed |= self.query.names[name.name].terms.contains(&number);
                }
            }
        }
        if let Some(name) = open {
            name.close(self.query, candidate);
        }
    }

    fn count(&mut self, hash: u64, bag: &mut Vec<(u64, f32)>) {
        let place = *self.in_bag.entry(hash).or_insert(bag.len());
        match bag.get_mut(place) {
            Some((_, count)) => *count += 1.0,
            None => bag.push((hash, 1.0)),
        }
    }
}

/// A name that is being read.
struct OpenName {
    span: Span,
    name: usize,
    first: u32,
    typed: bool,
}

impl OpenName {
    /// A name in another spelling stands for the words that were typed for it.
    fn close(self, query: &QueryTerms, candidate: &mut Candidate) {
        if !self.typed {
            query.names[self.name].terms.iter().for_each(|&term| candidate.places[term].push(self.first));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::NameAt;
    use crate::rank::terms::{QueryName, QueryTerm};

    fn query(stems: &[&str]) -> QueryTerms {
        let terms = stems.iter().map(|stem| QueryTerm { stem: (*stem).to_owned(), weight: 1.0 }).collect();
        QueryTerms { terms, ..QueryTerms::default() }
    }

    fn text(parts: &[&str]) -> MatchText {
        MatchText { parts: parts.iter().map(|part| (*part).to_owned()).collect(), ..MatchText::default() }
    }

    #[test]
    fn parts_are_one_stream() {
        let query = query(&["ferri", "dock"]);
        let candidate =
            Reader::new(&query, None).read(&text(&["Ferries late", "The docks were empty; no ferry."]));
        assert_eq!(candidate.words, 8);
        assert_eq!(candidate.places, [vec![0, 7], vec![3]]);
        assert_eq!(candidate.bag.len(), 4, "ferries, late, docks, empty");
        assert_eq!(candidate.bag[0], (stem_hash("ferri"), 2.0));
        assert_eq!(candidate.bag.iter().map(|(_, count)| count).sum::<f32>(), 5.0);
    }

    #[test]
    fn a_name_in_another_spelling_counts_as_typed() {
        let mut query = query(&["strike", "porto"]);
        query.names.push(QueryName { entity: "porto".to_owned(), terms: vec![1] });
        let mut text = text(&["Oporto strike; Porto calm"]);
        for span in [Span::new(0, 6), Span::new(15, 20)] {
            text.names.push(NameAt { part: 0, span, name: 0 });
        }
        let candidate = Reader::new(&query, None).read(&text);
        assert_eq!(candidate.places, [vec![1], vec![0, 2]]);
    }

    #[test]
    fn a_book_is_not_read_to_its_end() {
        let query = query(&["end"]);
        let book = "word ".repeat(MAX_WORDS as usize) + "end";
        let candidate = Reader::new(&query, None).read(&text(&[&book]));
        assert_eq!((candidate.words, candidate.places[0].len()), (MAX_WORDS, 0));
    }
}
