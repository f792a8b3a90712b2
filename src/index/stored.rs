//! An article as the index stores it: compact, without what extraction can show again.
//!
//! The texts come first and can be read alone, without the rest. The rest, in `wire`, is packed: what
//! can be told from the texts is not written. Any change here raises `super::FORMAT_VERSION`.

use serde::{Deserialize, Serialize};

use super::wire::Wire;
use crate::article::Article;
use crate::document::Location;

/// What the index keeps of one article.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredArticle {
    /// Where it was read.
    pub location: Location,
    /// Its id: a short hash of its content.
    pub id: String,
    /// The article; of its provenance only the first rule of every field.
    pub article: Article,
}

/// The texts of a stored article, borrowed from its bytes: what ranking and verifying look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredTexts<'a> {
    /// The headline.
    #[serde(borrow)]
    pub headline: Option<&'a str>,
    /// The line under the headline.
    #[serde(borrow)]
    pub dek: Option<&'a str>,
    /// The body.
    pub text: &'a str,
}

impl<'a> StoredTexts<'a> {
    /// Reads the texts of what [`StoredArticle::to_bytes`] wrote, copying nothing.
    ///
    /// # Errors
    /// When the bytes are damaged.
    pub fn from_bytes(bytes: &'a [u8]) -> Result<Self, postcard::Error> {
        postcard::take_from_bytes(bytes).map(|(texts, _)| texts)
    }
}

impl StoredArticle {
    /// The bytes to store.
    ///
    /// # Errors
    /// None that the types allow; postcard's error type is passed on.
    pub fn to_bytes(&self) -> Result<Vec<u8>, postcard::Error> {
        let article = &self.article;
        let texts = StoredTexts {
            headline: article.headline.as_deref(),
            dek: article.dek.as_deref(),
            text: &article.text,
        };
        let bytes = postcard::to_extend(&texts, Vec::with_capacity(article.text.len() + 1024))?;
        postcard::to_extend(&Wire::of(self), bytes)
    }

    /// Reads what [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    /// When the bytes are damaged: too short, or pointing at an entity or source that is not there.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, postcard::Error> {
        let (texts, rest) = postcard::take_from_bytes::<StoredTexts<'_>>(bytes)?;
        let wire: Wire<'_> = postcard::from_bytes(rest)?;
        wire.into_stored(&texts).ok_or(postcard::Error::SerdeDeCustom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{
        Citation, Entity, Evidence, FieldName, Force, Kind, Mention, Moment, Origin, Outlet, Precision,
        Quote, Role, Section, Source, SourceKind, SourceMap, Span, TextField,
    };

    fn entity(id: &str, name: &str, kind: Kind) -> Entity {
        Entity { id: id.into(), name: name.into(), kind, country: None, coordinates: None }
    }

    fn mention(article: &Article, field: TextField, span: Span, entity: Entity) -> Mention {
        Mention {
            surface: span.of(article.text_of(field)).to_owned(),
            field,
            span,
            section: (field == TextField::Body).then(|| article.section_at(span.start)).flatten(),
            demonym: false,
            entity,
        }
    }

    fn source(id: &str, name: &str, kind: SourceKind) -> Source {
        Source { id: id.into(), name: name.into(), kind }
    }

    fn citation(article: &Article, span: Span, source: Source) -> Citation {
        Citation {
            source,
            evidence: Evidence::Attribution,
            field: TextField::Body,
            span,
            section: article.section_at(span.start),
            sentence: Some(Span::new(0, 34)),
            cue: Some("said".into()),
            force: Some(Force::Unverified),
            covers: Some(Span::new(20, 33)),
            url: None,
        }
    }

    fn sample() -> StoredArticle {
        let mut article = Article {
            headline: Some("Bridge of Lisse opens".into()),
            text: "Ann Ode of Lisse said it will open.\nAfter\n“Soon,” Ode said.".into(),
            byline: vec!["Jo Ek".into()],
            host: Some(Outlet { id: "x".into(), name: "X".into(), domain: None }),
            published: Some(Moment {
                iso: "2021-05-03".into(),
                unix_seconds: 1_620_000_000,
                precision: Precision::Day,
            }),
            word_count: 11,
            countries: vec!["NL".into()],
            source_map: vec![
                SourceMap { text_start: 0, file_start: 30, len: 35, line: 3 },
                SourceMap { text_start: 36, file_start: 70, len: 20, line: 5 },
            ],
            ..Article::default()
        };
        article.sections = vec![
            Section { heading: None, span: Span::new(0, 36), role: Some(Role::News), language: None },
            Section {
                heading: Some("After".into()),
                span: Span::new(36, article.text.len()),
                role: None,
                language: Some("en".into()),
            },
        ];
        let place = Entity {
            country: Some("NL".into()),
            coordinates: Some((52.25, 4.55)),
            ..entity("lisse-nl", "Lisse", Kind::Place)
        };
        let person = entity("~ann-ode", "Ann Ode", Kind::Person);
        article.mentions = vec![
            mention(&article, TextField::Headline, Span::new(10, 15), place.clone()),
            mention(&article, TextField::Body, Span::new(0, 7), person.clone()),
            mention(&article, TextField::Body, Span::new(11, 16), place),
            mention(&article, TextField::Body, Span::new(53, 56), person),
            mention(
                &article,
                TextField::Body,
                Span::new(53, 56),
                entity("~ann-ode", "Ode", Kind::Organisation),
            ),
        ];
        article.citations = vec![
            citation(&article, Span::new(0, 7), source("~ann-ode", "Ann Ode", SourceKind::Person)),
            Citation {
                evidence: Evidence::Link,
                sentence: None,
                cue: None,
                force: None,
                covers: None,
                url: Some("https://x.example/".into()),
                ..citation(&article, Span::new(11, 16), source("x", "X", SourceKind::Outlet))
            },
        ];
        article.quotes = vec![Quote {
            field: TextField::Body,
            span: Span::new(45, 50),
            section: Some(1),
            speaker: Some(source("~ann-ode", "Ann Ode", SourceKind::Person)),
            speaker_span: Some(Span::new(53, 56)),
            carrier: Some(source("~lisse-weekly", "Lisse Weekly", SourceKind::Outlet)),
        }];
        let origin = Origin { rules: vec!["text:first-line".into()], ..Origin::default() };
        article.provenance.fields.insert(FieldName::Headline, origin);
        let location = Location { path: "a/b.txt".into(), record: Some(3) };
        StoredArticle { location, id: "n:0123456789ab".into(), article }
    }

    #[test]
    fn what_is_written_is_read() {
        let stored = sample();
        let bytes = stored.to_bytes().unwrap();
        assert_eq!(StoredArticle::from_bytes(&bytes).unwrap(), stored);
        let texts = StoredTexts::from_bytes(&bytes).unwrap();
        assert_eq!((texts.headline, texts.text), (stored.article.headline.as_deref(), &*stored.article.text));
        let other = StoredArticle { id: "of another make".into(), ..stored };
        assert_eq!(StoredArticle::from_bytes(&other.to_bytes().unwrap()).unwrap(), other);
    }

    #[test]
    fn what_the_texts_tell_is_not_written() {
        let bytes = sample().to_bytes().unwrap();
        let count = |wanted: &[u8]| bytes.windows(wanted.len()).filter(|part| part == &wanted).count();
        assert_eq!(count(b"Ann Ode"), 1);
        assert_eq!(count(b"After"), 1);
        // Once, of the entity that has it with another name.
        assert_eq!(count(b"~ann-ode"), 1);
    }

    #[test]
    fn damaged_bytes_are_an_error() {
        let bytes = sample().to_bytes().unwrap();
        for len in 0..bytes.len() {
            assert!(StoredArticle::from_bytes(&bytes[..len]).is_err(), "{len}");
        }
        for at in 0..bytes.len() {
            let mut bytes = bytes.clone();
            bytes[at] = bytes[at].wrapping_add(101);
            // Whatever it gives, its spans can be read.
            if let Ok(stored) = StoredArticle::from_bytes(&bytes) {
                assert!(stored.article.mentions.iter().all(|mention| mention.surface.len() < bytes.len()));
            }
        }
    }
}
