//! An article as the index stores it: compact, without what extraction can show again.
//!
//! The bytes are postcard's. Entities and sources are kept once and referred to by number, as a
//! story names the same few again and again. Any change here raises `super::FORMAT_VERSION`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::article::{
    Article, Citation, Entity, Evidence, FieldName, Force, Kind, Mention, Moment, Origin, Outlet, PageKind,
    Precision, Quote, Role, Section, Source, SourceKind, SourceMap, Span, TextField,
};
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

type WireOutlet = (String, String, Option<String>);
type WireMoment = (String, i64, Precision);
type WireSpan = (usize, usize);
type WireSection = (Option<String>, WireSpan, Option<Role>, Option<String>);
type WireEntity = (String, String, Kind, Option<String>, Option<(f32, f32)>);
type WireMention = (usize, TextField, WireSpan, bool);

#[derive(Serialize, Deserialize)]
struct Wire {
    path: String,
    record: Option<u64>,
    id: String,
    headline: Option<String>,
    dek: Option<String>,
    byline: Vec<String>,
    outlets: [Option<WireOutlet>; 3],
    url: Option<String>,
    language: Option<String>,
    moments: [Option<WireMoment>; 2],
    topics: Vec<String>,
    page_kind: PageKind,
    text: String,
    word_count: usize,
    sections: Vec<WireSection>,
    entities: Vec<WireEntity>,
    mentions: Vec<WireMention>,
    sources: Vec<(String, String, SourceKind)>,
    citations: Vec<WireCitation>,
    quotes: Vec<WireQuote>,
    countries: Vec<String>,
    extra: BTreeMap<String, String>,
    source_map: Vec<(usize, usize, usize)>,
    rules: Vec<(FieldName, String)>,
}

#[derive(Serialize, Deserialize)]
struct WireCitation {
    source: usize,
    evidence: Evidence,
    field: TextField,
    span: WireSpan,
    sentence: Option<WireSpan>,
    cue: Option<String>,
    force: Option<Force>,
    covers: Option<WireSpan>,
    url: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct WireQuote {
    field: TextField,
    span: WireSpan,
    speaker: Option<usize>,
    speaker_span: Option<WireSpan>,
    carrier: Option<usize>,
}

/// Values numbered in the order of their first use.
struct Numbered<'a, T> {
    numbers: BTreeMap<&'a str, usize>,
    values: Vec<&'a T>,
}

impl<'a, T> Numbered<'a, T> {
    fn new() -> Self {
        Self { numbers: BTreeMap::new(), values: Vec::new() }
    }

    fn number(&mut self, key: &'a str, value: &'a T) -> usize {
        *self.numbers.entry(key).or_insert_with(|| {
            self.values.push(value);
            self.values.len() - 1
        })
    }
}

impl StoredArticle {
    /// The bytes to store.
    ///
    /// # Errors
    /// None that the types allow; postcard's error type is passed on.
    pub fn to_bytes(&self) -> Result<Vec<u8>, postcard::Error> {
        postcard::to_stdvec(&self.to_wire())
    }

    /// Reads what [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    /// When the bytes are damaged: too short, or pointing at an entity or source that is not there.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, postcard::Error> {
        postcard::from_bytes::<Wire>(bytes)?.into_stored().ok_or(postcard::Error::SerdeDeCustom)
    }

    fn to_wire(&self) -> Wire {
        let article = self.article.clone();
        let mut entities = Numbered::new();
        let mut sources = Numbered::new();
        let mentions = self.article.mentions.iter();
        let mentions = mentions.map(|mention| wire_mention(mention, &mut entities)).collect();
        let citations = self.article.citations.iter();
        let citations = citations.map(|citation| wire_citation(citation, &mut sources)).collect();
        let quotes = self.article.quotes.iter();
        let quotes = quotes.map(|quote| wire_quote(quote, &mut sources)).collect();
        let rules = self.article.provenance.fields.iter();
        Wire {
            path: self.location.path.clone(),
            record: self.location.record,
            id: self.id.clone(),
            headline: article.headline,
            dek: article.dek,
            byline: article.byline,
            outlets: [article.credit, article.publisher, article.host]
                .map(|outlet| outlet.map(|Outlet { id, name, domain }| (id, name, domain))),
            url: article.url,
            language: article.language,
            moments: [article.published, article.modified].map(|moment| {
                moment.map(|Moment { iso, unix_seconds, precision }| (iso, unix_seconds, precision))
            }),
            topics: article.topics,
            page_kind: article.page_kind,
            text: article.text,
            word_count: article.word_count,
            sections: article
                .sections
                .into_iter()
                .map(|s| (s.heading, wire_span(s.span), s.role, s.language))
                .collect(),
            entities: entities.values.iter().map(|&entity| wire_entity(entity.clone())).collect(),
            mentions,
            sources: sources
                .values
                .iter()
                .map(|s: &&Source| (s.id.clone(), s.name.clone(), s.kind))
                .collect(),
            citations,
            quotes,
            countries: article.countries,
            extra: article.extra,
            source_map: article
                .source_map
                .iter()
                .map(|map| (map.text_start, map.file_start, map.len))
                .collect(),
            rules: rules
                .filter_map(|(field, origin)| Some((*field, origin.rules.first()?.clone())))
                .collect(),
        }
    }
}

impl Wire {
    fn into_stored(self) -> Option<StoredArticle> {
        let entities: Vec<Entity> = self.entities.into_iter().map(entity_of).collect();
        let sources: Vec<Source> =
            self.sources.into_iter().map(|(id, name, kind)| Source { id, name, kind }).collect();
        let [credit, publisher, host] =
            self.outlets.map(|outlet| outlet.map(|(id, name, domain)| Outlet { id, name, domain }));
        let [published, modified] = self.moments.map(|moment| {
            moment.map(|(iso, unix_seconds, precision)| Moment { iso, unix_seconds, precision })
        });
        let mut article = Article {
            headline: self.headline,
            dek: self.dek,
            byline: self.byline,
            credit,
            publisher,
            host,
            url: self.url,
            language: self.language,
            published,
            modified,
            topics: self.topics,
            page_kind: self.page_kind,
            text: self.text,
            word_count: self.word_count,
            sections: self.sections.into_iter().map(section_of).collect(),
            countries: self.countries,
            extra: self.extra,
            source_map: self.source_map.into_iter().map(source_map_of).collect(),
            ..Article::default()
        };
        let origin = |rule| Origin { rules: vec![rule], ..Origin::default() };
        article.provenance.fields =
            self.rules.into_iter().map(|(field, rule)| (field, origin(rule))).collect();
        let mentions = self.mentions.into_iter().map(|wire| mention_of(wire, &entities, &article));
        let mentions = mentions.collect::<Option<_>>()?;
        let citations = self.citations.into_iter().map(|wire| citation_of(wire, &sources, &article));
        let citations = citations.collect::<Option<_>>()?;
        let quotes = self.quotes.into_iter().map(|wire| quote_of(wire, &sources, &article));
        let quotes = quotes.collect::<Option<_>>()?;
        let article = Article { mentions, citations, quotes, ..article };
        let location = Location { path: self.path, record: self.record };
        Some(StoredArticle { location, id: self.id, article })
    }
}

fn wire_span(span: Span) -> WireSpan {
    (span.start, span.len())
}

fn span_of((start, len): WireSpan) -> Span {
    Span::new(start, start.saturating_add(len))
}

fn section_index(article: &Article, field: TextField, span: Span) -> Option<usize> {
    if field == TextField::Body { article.section_at(span.start) } else { None }
}

fn section_of((heading, span, role, language): WireSection) -> Section {
    Section { heading, span: span_of(span), role, language }
}

fn source_map_of((text_start, file_start, len): (usize, usize, usize)) -> SourceMap {
    SourceMap { text_start, file_start, len }
}

fn wire_entity(entity: Entity) -> WireEntity {
    (entity.id, entity.name, entity.kind, entity.country, entity.coordinates)
}

fn entity_of((id, name, kind, country, coordinates): WireEntity) -> Entity {
    Entity { id, name, kind, country, coordinates }
}

fn wire_mention<'a>(mention: &'a Mention, entities: &mut Numbered<'a, Entity>) -> WireMention {
    let entity = entities.number(&mention.entity.id, &mention.entity);
    (entity, mention.field, wire_span(mention.span), mention.demonym)
}

fn mention_of(
    (entity, field, span, demonym): WireMention,
    entities: &[Entity],
    article: &Article,
) -> Option<Mention> {
    let span = span_of(span);
    let surface = span.of(article.text_of(field)).to_owned();
    let section = section_index(article, field, span);
    Some(Mention { surface, field, span, section, demonym, entity: entities.get(entity)?.clone() })
}

fn wire_citation<'a>(citation: &'a Citation, sources: &mut Numbered<'a, Source>) -> WireCitation {
    WireCitation {
        source: sources.number(&citation.source.id, &citation.source),
        evidence: citation.evidence,
        field: citation.field,
        span: wire_span(citation.span),
        sentence: citation.sentence.map(wire_span),
        cue: citation.cue.clone(),
        force: citation.force,
        covers: citation.covers.map(wire_span),
        url: citation.url.clone(),
    }
}

fn citation_of(wire: WireCitation, sources: &[Source], article: &Article) -> Option<Citation> {
    let span = span_of(wire.span);
    Some(Citation {
        source: sources.get(wire.source)?.clone(),
        evidence: wire.evidence,
        field: wire.field,
        span,
        section: section_index(article, wire.field, span),
        sentence: wire.sentence.map(span_of),
        cue: wire.cue,
        force: wire.force,
        covers: wire.covers.map(span_of),
        url: wire.url,
    })
}

fn wire_quote<'a>(quote: &'a Quote, sources: &mut Numbered<'a, Source>) -> WireQuote {
    WireQuote {
        field: quote.field,
        span: wire_span(quote.span),
        speaker: quote.speaker.as_ref().map(|speaker| sources.number(&speaker.id, speaker)),
        speaker_span: quote.speaker_span.map(wire_span),
        carrier: quote.carrier.as_ref().map(|carrier| sources.number(&carrier.id, carrier)),
    }
}

fn quote_of(wire: WireQuote, sources: &[Source], article: &Article) -> Option<Quote> {
    let span = span_of(wire.span);
    let source = |number: Option<usize>| match number {
        Some(number) => sources.get(number).cloned().map(Some),
        None => Some(None),
    };
    Some(Quote {
        field: wire.field,
        span,
        section: section_index(article, wire.field, span),
        speaker: source(wire.speaker)?,
        speaker_span: wire.speaker_span.map(span_of),
        carrier: source(wire.carrier)?,
    })
}
