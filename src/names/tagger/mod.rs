//! The statistical tagger: finds names that no list has, by how they look and where they stand.
//!
//! A linear-chain CRF over capitalised runs with hashed features and word clusters; lists of names
//! take part as evidence (the hits handed to [`Tagger::tag`]). It gives spans and kinds; what a
//! name refers to is the linker's business. It reads English: names in other languages come from
//! the gazetteer.

mod agree;
mod clusters;
mod crf;
mod document;
mod features;
pub(super) mod hash;
mod lexicon;
mod model;
mod roads;
mod runs;
mod scene;
mod tokenize;
mod trade;
pub mod train;

use std::sync::{LazyLock, Mutex};

pub use clusters::Clusters;
pub use model::{Model, ModelError};

use crate::article::{Kind, Span};
use document::Scratch;

/// Bytes of a text that are tagged; what lies beyond is left alone. It keeps offsets in 32 bits
/// and memory in bounds; no article comes near it.
pub const MAX_TEXT_BYTES: usize = 1 << 28;

/// Kinds of listed names, as bits of [`GazetteerHit::kinds`].
pub mod listed {
    /// A city, river, mountain, building.
    pub const PLACE: u8 = 1;
    /// A whole person's name.
    pub const PERSON: u8 = 2;
    /// An organisation, company, party or outlet.
    pub const ORGANISATION: u8 = 4;
    /// An adjective or noun of origin ("Russian", "Muscovites").
    pub const DEMONYM: u8 = 8;
    /// A country, or a state, province or region of one.
    pub const TERRITORY: u8 = 16;
    /// A given name.
    pub const GIVEN_NAME: u8 = 32;
    /// A surname.
    pub const SURNAME: u8 = 64;
}

/// A listed name found in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct GazetteerHit {
    /// Where it stands.
    pub span: Span,
    /// What it can be: bits of [`listed`].
    pub kinds: u8,
}

/// A name found in the text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TaggedSpan {
    /// Where it stands: on character boundaries, without surrounding space or possessive.
    pub span: Span,
    /// What it names.
    pub kind: Kind,
    /// Whether it is an adjective or noun of origin; its kind is then [`Kind::Place`].
    pub demonym: bool,
    /// How sure the tagger is, from 0 to 1.
    pub score: f32,
}

/// The model with what it needs at work; shared between threads.
#[derive(Debug)]
pub struct Tagger {
    model: Model,
    /// Word caches and buffers of calls that ended, for those to come. They change the speed alone.
    idle: Mutex<Vec<Scratch>>,
}

impl Tagger {
    /// A tagger with `model`.
    pub fn new(model: Model) -> Self {
        Self { model, idle: Mutex::new(Vec::new()) }
    }

    /// The tagger that ships with newsidx; `None` if its model cannot be read.
    pub fn builtin() -> Option<&'static Self> {
        static BUILTIN: LazyLock<Option<Tagger>> = LazyLock::new(|| {
            Model::read(include_bytes!("../../../schema/models/tagger.zst")).ok().map(Tagger::new)
        });
        BUILTIN.as_ref()
    }

    /// Finds the names of a whole document, in order and without overlaps.
    ///
    /// `hits` are the listed names in `text`, in any order. Time is linear in the text's length.
    pub fn tag(&self, text: &str, hits: &[GazetteerHit]) -> Vec<TaggedSpan> {
        let text = head_of(text);
        let mut scratch = self.idle.lock().ok().and_then(|mut idle| idle.pop()).unwrap_or_default();
        let spans = scratch.tag(&self.model, text, hits);
        if let Ok(mut idle) = self.idle.lock() {
            idle.push(scratch);
        }
        spans
    }
}

/// Whether `word` tells the name of a road ("Street", "Highway").
pub(super) fn is_road(word: &str) -> bool {
    lexicon::road(word).is_some()
}

fn head_of(text: &str) -> &str {
    if text.len() <= MAX_TEXT_BYTES {
        return text;
    }
    let end = (0..=MAX_TEXT_BYTES).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    &text[..end]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tagged(text: &str) -> Vec<(String, Kind)> {
        let tagger = Tagger::builtin().expect("the model reads");
        tagger.tag(text, &[]).into_iter().map(|name| (name.span.of(text).to_owned(), name.kind)).collect()
    }

    #[test]
    fn finds_names_of_each_kind_in_plain_prose() {
        let text = "Ingrid Halvorsen, a spokeswoman for the Northern Fisheries Council, told reporters in Stockholm on Monday that talks would go on.";
        assert_eq!(
            tagged(text),
            [
                ("Ingrid Halvorsen".to_owned(), Kind::Person),
                ("Northern Fisheries Council".to_owned(), Kind::Organisation),
                ("Stockholm".to_owned(), Kind::Place),
            ]
        );
    }

    #[test]
    fn a_listed_adjective_of_origin_is_a_demonym() {
        let text = "Two Ruritanian divers were found.";
        let hit = GazetteerHit { span: Span::new(4, 14), kinds: listed::DEMONYM };
        let names = Tagger::builtin().expect("the model reads").tag(text, &[hit]);
        assert_eq!(names.len(), 1);
        assert!(names[0].demonym && names[0].span == hit.span);
    }

    #[test]
    fn prose_without_capitals_has_no_names() {
        assert!(tagged("it rained all day and nobody came to the meeting.").is_empty());
        assert!(tagged("").is_empty());
    }

    #[test]
    fn a_damaged_model_is_refused() {
        assert!(Model::read(b"").is_err());
        let good = include_bytes!("../../../schema/models/tagger.zst");
        assert!(Model::read(&good[..good.len() / 2]).is_err());
        let other = zstd::bulk::compress(b"something else", 1).expect("compresses");
        assert!(matches!(Model::read(&other), Err(ModelError::Version)));
    }

    #[test]
    fn hits_that_do_not_fit_the_text_are_harmless() {
        let hits = [
            GazetteerHit { span: Span::new(3, 9000), kinds: 255 },
            GazetteerHit { span: Span::new(9, 2), kinds: 1 },
        ];
        for name in Tagger::builtin().expect("the model reads").tag("In Zürich", &hits) {
            assert!(!name.span.of("In Zürich").is_empty());
        }
    }

    proptest! {
        #[test]
        fn spans_lie_on_boundaries_in_order_whatever_the_text(text in "\\PC{0,200}|([A-Z][a-zé]{0,6}[ .,'’\\-\u{300}\u{202e}\n]){0,60}") {
            let names = Tagger::builtin().expect("the model reads").tag(&text, &[]);
            let mut last = 0;
            for name in names {
                prop_assert!(text.get(name.span.start..name.span.end).is_some_and(|surface| !surface.is_empty()));
                prop_assert!(name.span.start >= last);
                last = name.span.end;
            }
        }
    }
}
