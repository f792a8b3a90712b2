//! The packed form of everything about an article but its texts.
//!
//! Strings are postcard's; numbers are a stream of their own, spans as distances from the ones
//! before them. Entities and sources are kept once and referred to by number, and a name or an id that
//! the texts or another name tell is left out: most articles are about people no list has, whose name
//! stands in the text and whose id is that name.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::packing::{Packer, Unpacker};
use super::stored::{StoredArticle, StoredTexts};
use crate::article::{
    Article, Citation, Entity, Evidence, FieldName, Force, Kind, Mention, Moment, Origin, Outlet, PageKind,
    Precision, Quote, Role, Section, Source, SourceKind, SourceMap, Span, TextField,
};
use crate::document::Location;
use crate::names::fold::slug;

type WireOutlet<'a> = (&'a str, &'a str, Option<&'a str>);
type WireMoment<'a> = (&'a str, i64, Precision);

/// Steps per degree in which the lists give coordinates; others are written in full.
const DEGREE_STEPS: f32 = 182.0;

#[derive(Serialize, Deserialize)]
pub(super) struct Wire<'a> {
    #[serde(borrow)]
    path: &'a str,
    record: Option<u64>,
    /// The number in an id of the usual form; else the id is among the strings.
    id: Option<u64>,
    #[serde(borrow)]
    byline: Vec<&'a str>,
    #[serde(borrow)]
    outlets: [Option<WireOutlet<'a>>; 3],
    url: Option<&'a str>,
    language: Option<&'a str>,
    moments: [Option<WireMoment<'a>>; 2],
    topics: Vec<&'a str>,
    page_kind: PageKind,
    word_count: usize,
    countries: Vec<&'a str>,
    extra: Vec<(&'a str, &'a str)>,
    rules: Vec<(FieldName, &'a str)>,
    /// Sections, source map, mentions, entities, citations, quotes, sources: numbers and strings.
    numbers: Vec<u8>,
    strings: Vec<&'a str>,
}

/// Values numbered in the order of their first use, with where that was.
struct Numbered<'a, K, T> {
    numbers: FxHashMap<K, usize>,
    values: Vec<(&'a T, Option<&'a str>)>,
}

impl<'a, K: std::hash::Hash + Eq, T> Numbered<'a, K, T> {
    fn new() -> Self {
        Self { numbers: FxHashMap::default(), values: Vec::new() }
    }

    fn number(&mut self, key: K, value: &'a T, surface: Option<&'a str>) -> usize {
        *self.numbers.entry(key).or_insert_with(|| {
            self.values.push((value, surface));
            self.values.len() - 1
        })
    }
}

type Entities<'a> = Numbered<'a, (&'a str, Kind), Entity>;
type Sources<'a> = Numbered<'a, (&'a str, SourceKind), Source>;

/// Bits of an entity's or a source's first number; its kind is in the lowest two.
mod bits {
    /// The id is `~` and the name's slug.
    pub const ID_IS_SLUG: u64 = 4;
    /// The name is what stands in the text where it was first used.
    pub const NAME_IS_SURFACE: u64 = 8;
    pub const COUNTRY: u64 = 16;
    pub const STEPS: u64 = 32;
    pub const DEGREES: u64 = 64;
    /// Id and name are an entity's.
    pub const IS_ENTITY: u64 = 16;
}

impl<'a> Wire<'a> {
    /// The packed form of `stored`.
    pub(super) fn of(stored: &'a StoredArticle) -> Self {
        let article = &stored.article;
        let mut packer = Packer::default();
        let id = id_number(&stored.id);
        if id.is_none() {
            packer.string(&stored.id);
        }
        pack_sections(&mut packer, article);
        pack_source_map(&mut packer, &article.source_map);
        let mut entities = Entities::new();
        pack_mentions(&mut packer, article, &mut entities);
        for (entity, surface) in &entities.values {
            pack_entity(&mut packer, entity, *surface);
        }
        let mut sources = Sources::new();
        pack_citations(&mut packer, article, &mut sources);
        pack_quotes(&mut packer, article, &mut sources);
        let by_name = Lookup::of(&entities);
        for (source, surface) in &sources.values {
            pack_source(&mut packer, source, *surface, &by_name);
        }
        let outlet = |outlet: &'a Option<Outlet>| {
            outlet.as_ref().map(|o| (o.id.as_str(), o.name.as_str(), o.domain.as_deref()))
        };
        let moment = |moment: &'a Option<Moment>| {
            moment.as_ref().map(|m| (m.iso.as_str(), m.unix_seconds, m.precision))
        };
        let rules = article.provenance.fields.iter();
        Self {
            path: &stored.location.path,
            record: stored.location.record,
            id,
            byline: strs(&article.byline),
            outlets: [outlet(&article.credit), outlet(&article.publisher), outlet(&article.host)],
            url: article.url.as_deref(),
            language: article.language.as_deref(),
            moments: [moment(&article.published), moment(&article.modified)],
            topics: strs(&article.topics),
            page_kind: article.page_kind,
            word_count: article.word_count,
            countries: strs(&article.countries),
            extra: article.extra.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect(),
            rules: rules
                .filter_map(|(field, origin)| Some((*field, origin.rules.first()?.as_str())))
                .collect(),
            numbers: packer.numbers,
            strings: packer.strings,
        }
    }

    /// The article whose texts are `texts`; none where the numbers contradict each other.
    pub(super) fn into_stored(self, texts: &StoredTexts<'_>) -> Option<StoredArticle> {
        let mut unpacker = Unpacker::new(&self.numbers, &self.strings);
        let id = match self.id {
            Some(number) => format!("n:{number:012x}"),
            None => unpacker.string()?.to_owned(),
        };
        let [credit, publisher, host] = self.outlets.map(|outlet| {
            outlet.map(|(id, name, domain)| Outlet {
                id: id.into(),
                name: name.into(),
                domain: domain.map(str::to_owned),
            })
        });
        let [published, modified] = self.moments.map(|moment| {
            moment.map(|(iso, unix_seconds, precision)| Moment { iso: iso.into(), unix_seconds, precision })
        });
        let mut article = Article {
            headline: texts.headline.map(str::to_owned),
            dek: texts.dek.map(str::to_owned),
            byline: owned(&self.byline),
            credit,
            publisher,
            host,
            url: self.url.map(str::to_owned),
            language: self.language.map(str::to_owned),
            published,
            modified,
            topics: owned(&self.topics),
            page_kind: self.page_kind,
            text: texts.text.to_owned(),
            word_count: self.word_count,
            countries: owned(&self.countries),
            extra: self.extra.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
            ..Article::default()
        };
        let origin = |rule: &str| Origin { rules: vec![rule.to_owned()], ..Origin::default() };
        article.provenance.fields = self.rules.iter().map(|(field, rule)| (*field, origin(rule))).collect();
        unpack_sections(&mut unpacker, &mut article)?;
        article.source_map = unpack_source_map(&mut unpacker)?;
        unpack_names(&mut unpacker, &mut article)?;
        let location = Location { path: self.path.into(), record: self.record };
        unpacker.is_empty().then_some(StoredArticle { location, id, article })
    }
}

fn strs(values: &[String]) -> Vec<&str> {
    values.iter().map(String::as_str).collect()
}

fn owned(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

/// The number of an id of the form `n:` and twelve hexadecimal digits.
fn id_number(id: &str) -> Option<u64> {
    let digits = id.strip_prefix("n:").filter(|digits| digits.len() == 12)?;
    let plain = digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    u64::from_str_radix(digits, 16).ok().filter(|_| plain)
}

const ROLES: [Role; 4] = [Role::News, Role::Analysis, Role::Opinion, Role::Background];
const FIELDS: [TextField; 3] = [TextField::Headline, TextField::Dek, TextField::Body];
const KINDS: [Kind; 3] = [Kind::Person, Kind::Organisation, Kind::Place];
const SOURCE_KINDS: [SourceKind; 4] =
    [SourceKind::Outlet, SourceKind::Institution, SourceKind::Person, SourceKind::Unnamed];
const FORCES: [Force; 5] = [Force::Said, Force::Claimed, Force::Denied, Force::Confirmed, Force::Unverified];
const EVIDENCE: [Evidence; 6] = [
    Evidence::SourcesLine,
    Evidence::Dek,
    Evidence::Attribution,
    Evidence::Link,
    Evidence::Dateline,
    Evidence::Credit,
];

/// The number of a value in its table.
fn code<T: PartialEq>(table: &[T], value: &T) -> u64 {
    table.iter().position(|known| known == value).unwrap_or(0) as u64
}

/// The value of a number in its table.
fn value<T: Copy>(table: &[T], code: u64) -> Option<T> {
    table.get(usize::try_from(code).ok()?).copied()
}

fn pack_sections<'a>(packer: &mut Packer<'a>, article: &'a Article) {
    packer.number(article.sections.len() as u64);
    let mut end = 0;
    for section in &article.sections {
        packer.span(end, section.span);
        end = section.span.end;
        let role = section.role.map_or(0, |role| 1 + code(&ROLES, &role));
        let heading = section.heading.as_deref();
        // A heading is the first line of its section.
        let is_first = heading.is_some_and(|heading| section.span.of(&article.text).starts_with(heading));
        packer.number(
            role | u64::from(section.language.is_some()) << 3
                | u64::from(heading.is_some()) << 4
                | u64::from(is_first) << 5,
        );
        match heading {
            Some(heading) if is_first => packer.number(heading.len() as u64),
            Some(heading) => packer.string(heading),
            None => {}
        }
        section.language.iter().for_each(|language| packer.string(language));
    }
}

fn unpack_sections(unpacker: &mut Unpacker<'_>, article: &mut Article) -> Option<()> {
    let mut end = 0;
    for _ in 0..unpacker.count()? {
        let span = unpacker.span(end)?;
        end = span.end;
        let flags = unpacker.number()?;
        let heading = match flags >> 4 & 3 {
            0 => None,
            1 => Some(unpacker.string()?.to_owned()),
            _ => Some(span.of(&article.text).get(..unpacker.size()?)?.to_owned()),
        };
        let language = if flags >> 3 & 1 == 1 { Some(unpacker.string()?.to_owned()) } else { None };
        let role = if flags & 7 == 0 { None } else { Some(value(&ROLES, (flags & 7) - 1)?) };
        article.sections.push(Section { heading, span, role, language });
    }
    Some(())
}

fn pack_source_map(packer: &mut Packer<'_>, pieces: &[SourceMap]) {
    packer.number(pieces.len() as u64);
    let (mut text, mut file, mut line) = (0, 0, 0);
    for piece in pieces {
        packer.distance(text, piece.text_start);
        packer.distance(file, piece.file_start);
        packer.number(piece.len as u64);
        packer.distance(line, piece.line);
        (text, file, line) = (piece.text_start + piece.len, piece.file_start + piece.len, piece.line);
    }
}

fn unpack_source_map(unpacker: &mut Unpacker<'_>) -> Option<Vec<SourceMap>> {
    let mut pieces = Vec::new();
    let (mut text, mut file, mut line) = (0, 0, 0);
    for _ in 0..unpacker.count()? {
        let (text_start, file_start) = (unpacker.place(text)?, unpacker.place(file)?);
        let len = unpacker.size()?;
        line = unpacker.place(line)?;
        (text, file) = (text_start.checked_add(len)?, file_start.checked_add(len)?);
        pieces.push(SourceMap { text_start, file_start, len, line });
    }
    Some(pieces)
}

fn pack_mentions<'a>(packer: &mut Packer<'a>, article: &'a Article, entities: &mut Entities<'a>) {
    packer.number(article.mentions.len() as u64);
    let mut place = Place::default();
    for mention in &article.mentions {
        let key = (mention.entity.id.as_str(), mention.entity.kind);
        let surface = mention.span.of(article.text_of(mention.field));
        let entity = entities.number(key, &mention.entity, Some(surface));
        let field = code(&FIELDS, &mention.field);
        packer.number((entity as u64) << 3 | field << 1 | u64::from(mention.demonym));
        packer.span(place.enter(field), mention.span);
        place.end = mention.span.end;
    }
    packer.number(entities.values.len() as u64);
}

/// Where the span before ended, in the field that is gone through.
#[derive(Default)]
struct Place {
    field: u64,
    end: usize,
}

impl Place {
    /// The place to count from in `field`.
    fn enter(&mut self, field: u64) -> usize {
        if std::mem::replace(&mut self.field, field) != field {
            self.end = 0;
        }
        self.end
    }
}

fn pack_entity<'a>(packer: &mut Packer<'a>, entity: &'a Entity, surface: Option<&str>) {
    let steps = entity.coordinates.map(|degrees| (steps_of(degrees.0), steps_of(degrees.1)));
    let mut flags = name_bits(&entity.id, &entity.name, surface) | code(&KINDS, &entity.kind);
    flags |= u64::from(entity.country.is_some()) * bits::COUNTRY;
    flags |= match steps {
        None => 0,
        Some((Some(_), Some(_))) => bits::STEPS,
        Some(_) => bits::DEGREES,
    };
    packer.number(flags);
    pack_name(packer, flags, &entity.id, &entity.name);
    entity.country.iter().for_each(|country| packer.string(country));
    match (steps, entity.coordinates) {
        (Some((Some(latitude), Some(longitude))), _) => {
            packer.signed(latitude);
            packer.signed(longitude);
        }
        (_, Some((latitude, longitude))) => {
            packer.number(u64::from(latitude.to_bits()));
            packer.number(u64::from(longitude.to_bits()));
        }
        _ => {}
    }
}

/// Degrees as the lists have them, where they are such.
#[expect(clippy::cast_possible_truncation, reason = "degrees are small; others do not come back the same")]
fn steps_of(degrees: f32) -> Option<i64> {
    let steps = (degrees * DEGREE_STEPS).round() as i64;
    (degrees_of(steps).to_bits() == degrees.to_bits()).then_some(steps)
}

#[expect(clippy::cast_precision_loss, reason = "steps are small numbers")]
fn degrees_of(steps: i64) -> f32 {
    steps as f32 / DEGREE_STEPS
}

/// What of a name and its id need not be written.
fn name_bits(id: &str, name: &str, surface: Option<&str>) -> u64 {
    let is_slug = id.strip_prefix('~').is_some_and(|tail| tail == slug(name));
    let is_surface = surface == Some(name);
    (u64::from(is_slug) * bits::ID_IS_SLUG) | (u64::from(is_surface) * bits::NAME_IS_SURFACE)
}

fn pack_name<'a>(packer: &mut Packer<'a>, flags: u64, id: &'a str, name: &'a str) {
    if flags & bits::NAME_IS_SURFACE == 0 {
        packer.string(name);
    }
    if flags & bits::ID_IS_SLUG == 0 {
        packer.string(id);
    }
}

/// Id and name.
fn unpack_name(unpacker: &mut Unpacker<'_>, flags: u64, surface: Option<&str>) -> Option<(String, String)> {
    let name = if flags & bits::NAME_IS_SURFACE == 0 { unpacker.string()? } else { surface? }.to_owned();
    let id = if flags & bits::ID_IS_SLUG == 0 {
        unpacker.string()?.to_owned()
    } else {
        format!("~{}", slug(&name))
    };
    Some((id, name))
}

fn unpack_entity(unpacker: &mut Unpacker<'_>, surface: Option<&str>) -> Option<Entity> {
    let flags = unpacker.number()?;
    let (id, name) = unpack_name(unpacker, flags, surface)?;
    let country = if flags & bits::COUNTRY == 0 { None } else { Some(unpacker.string()?.to_owned()) };
    let coordinates = if flags & bits::STEPS != 0 {
        Some((degrees_of(unpacker.signed()?), degrees_of(unpacker.signed()?)))
    } else if flags & bits::DEGREES != 0 {
        let degrees = |number: u64| u32::try_from(number).ok().map(f32::from_bits);
        Some((degrees(unpacker.number()?)?, degrees(unpacker.number()?)?))
    } else {
        None
    };
    Some(Entity { id, name, kind: value(&KINDS, flags & 3)?, country, coordinates })
}

fn pack_citations<'a>(packer: &mut Packer<'a>, article: &'a Article, sources: &mut Sources<'a>) {
    packer.number(article.citations.len() as u64);
    let mut place = Place::default();
    for citation in &article.citations {
        let field = code(&FIELDS, &citation.field);
        let force = citation.force.map_or(0, |force| 1 + code(&FORCES, &force));
        let has = [
            citation.sentence.is_some(),
            citation.cue.is_some(),
            citation.covers.is_some(),
            citation.url.is_some(),
        ];
        let has = has.iter().fold(0, |bits, &has| bits << 1 | u64::from(has));
        packer.number(has << 8 | force << 5 | field << 3 | code(&EVIDENCE, &citation.evidence));
        let surface = citation.span.of(article.text_of(citation.field));
        let key = (citation.source.id.as_str(), citation.source.kind);
        packer.number(sources.number(key, &citation.source, Some(surface)) as u64);
        packer.span(place.enter(field), citation.span);
        place.end = citation.span.end;
        for span in citation.sentence.iter().chain(&citation.covers) {
            packer.span(citation.span.start, *span);
        }
        for string in citation.cue.iter().chain(&citation.url) {
            packer.string(string);
        }
    }
}

/// A citation whose source is not known yet.
type OpenCitation = (usize, Citation);

fn unpack_citation(
    unpacker: &mut Unpacker<'_>,
    article: &Article,
    place: &mut Place,
) -> Option<OpenCitation> {
    let flags = unpacker.number()?;
    let has = |bit: u32| flags >> (8 + bit) & 1 == 1;
    let source = unpacker.size()?;
    let code = flags >> 3 & 3;
    let field = value(&FIELDS, code)?;
    let span = unpacker.span(place.enter(code))?;
    place.end = span.end;
    let sentence = if has(3) { Some(unpacker.span(span.start)?) } else { None };
    let covers = if has(1) { Some(unpacker.span(span.start)?) } else { None };
    let cue = if has(2) { Some(unpacker.string()?.to_owned()) } else { None };
    let url = if has(0) { Some(unpacker.string()?.to_owned()) } else { None };
    let force = flags >> 5 & 7;
    let citation = Citation {
        source: Source { id: String::new(), name: String::new(), kind: SourceKind::Outlet },
        evidence: value(&EVIDENCE, flags & 7)?,
        field,
        span,
        section: section_index(article, field, span),
        sentence,
        cue,
        force: if force == 0 { None } else { Some(value(&FORCES, force - 1)?) },
        covers,
        url,
    };
    Some((source, citation))
}

fn pack_quotes<'a>(packer: &mut Packer<'a>, article: &'a Article, sources: &mut Sources<'a>) {
    packer.number(article.quotes.len() as u64);
    let mut place = Place::default();
    for quote in &article.quotes {
        let field = code(&FIELDS, &quote.field);
        let has = [quote.speaker.is_some(), quote.speaker_span.is_some(), quote.carrier.is_some()];
        let has = has.iter().fold(0, |bits, &has| bits << 1 | u64::from(has));
        packer.number(has << 2 | field);
        packer.span(place.enter(field), quote.span);
        place.end = quote.span.end;
        quote.speaker_span.iter().for_each(|span| packer.span(quote.span.start, *span));
        for source in quote.speaker.iter().chain(&quote.carrier) {
            packer.number(sources.number((source.id.as_str(), source.kind), source, None) as u64);
        }
    }
    packer.number(sources.values.len() as u64);
}

/// A quote with the numbers of its speaker and carrier, which are not known yet.
type OpenQuote = (Option<usize>, Option<usize>, Quote);

fn unpack_quote(unpacker: &mut Unpacker<'_>, article: &Article, place: &mut Place) -> Option<OpenQuote> {
    let flags = unpacker.number()?;
    let field = value(&FIELDS, flags & 3)?;
    let span = unpacker.span(place.enter(flags & 3))?;
    place.end = span.end;
    let speaker_span = if flags >> 3 & 1 == 1 { Some(unpacker.span(span.start)?) } else { None };
    let speaker = if flags >> 4 & 1 == 1 { Some(unpacker.size()?) } else { None };
    let carrier = if flags >> 2 & 1 == 1 { Some(unpacker.size()?) } else { None };
    let section = section_index(article, field, span);
    Some((speaker, carrier, Quote { field, span, section, speaker: None, speaker_span, carrier: None }))
}

/// Entities by id and name.
struct Lookup<'a>(FxHashMap<(&'a str, &'a str), u64>);

impl<'a> Lookup<'a> {
    fn of(entities: &Entities<'a>) -> Self {
        let numbered = entities.values.iter().zip(0..);
        Self(numbered.map(|((entity, _), n)| ((entity.id.as_str(), entity.name.as_str()), n)).collect())
    }
}

fn pack_source<'a>(packer: &mut Packer<'a>, source: &'a Source, surface: Option<&str>, known: &Lookup<'_>) {
    let kind = code(&SOURCE_KINDS, &source.kind);
    if let Some(&entity) = known.0.get(&(source.id.as_str(), source.name.as_str())) {
        packer.number(bits::IS_ENTITY | kind);
        packer.number(entity);
        return;
    }
    let flags = name_bits(&source.id, &source.name, surface) | kind;
    packer.number(flags);
    pack_name(packer, flags, &source.id, &source.name);
}

fn unpack_source(unpacker: &mut Unpacker<'_>, surface: Option<&str>, entities: &[Entity]) -> Option<Source> {
    let flags = unpacker.number()?;
    let kind = value(&SOURCE_KINDS, flags & 3)?;
    if flags & bits::IS_ENTITY != 0 {
        let entity = entities.get(unpacker.size()?)?;
        return Some(Source { id: entity.id.clone(), name: entity.name.clone(), kind });
    }
    let (id, name) = unpack_name(unpacker, flags, surface)?;
    Some(Source { id, name, kind })
}

/// Reads mentions, citations and quotes with whom they name.
fn unpack_names(unpacker: &mut Unpacker<'_>, article: &mut Article) -> Option<()> {
    let mut mentions = Vec::new();
    let mut place = Place::default();
    for _ in 0..unpacker.count()? {
        let head = unpacker.number()?;
        let span = unpacker.span(place.enter(head >> 1 & 3))?;
        place.end = span.end;
        mentions.push((
            usize::try_from(head >> 3).ok()?,
            value(&FIELDS, head >> 1 & 3)?,
            span,
            head & 1 == 1,
        ));
    }
    let mut surfaces = vec![None; unpacker.count()?];
    for (entity, field, span, _) in &mentions {
        surfaces.get_mut(*entity)?.get_or_insert_with(|| span.of(article.text_of(*field)));
    }
    let entities =
        surfaces.iter().map(|surface| unpack_entity(unpacker, *surface)).collect::<Option<Vec<_>>>()?;
    let (mut citations, mut place) = (Vec::new(), Place::default());
    for _ in 0..unpacker.count()? {
        citations.push(unpack_citation(unpacker, article, &mut place)?);
    }
    let (mut quotes, mut place) = (Vec::new(), Place::default());
    for _ in 0..unpacker.count()? {
        quotes.push(unpack_quote(unpacker, article, &mut place)?);
    }
    let mut surfaces = vec![None; unpacker.count()?];
    for (source, citation) in &citations {
        let surface = surfaces.get_mut(*source)?;
        surface.get_or_insert_with(|| citation.span.of(article.text_of(citation.field)));
    }
    let sources = surfaces
        .iter()
        .map(|surface| unpack_source(unpacker, *surface, &entities))
        .collect::<Option<Vec<_>>>()?;
    let mention = |(entity, field, span, demonym): (usize, TextField, Span, bool)| {
        let surface = span.of(article.text_of(field)).to_owned();
        let section = section_index(article, field, span);
        Some(Mention { surface, field, span, section, demonym, entity: entities.get(entity)?.clone() })
    };
    let mentions = mentions.into_iter().map(mention).collect::<Option<_>>()?;
    let source = |number: Option<usize>| match number {
        Some(number) => sources.get(number).cloned().map(Some),
        None => Some(None),
    };
    for (number, citation) in &mut citations {
        citation.source = sources.get(*number)?.clone();
    }
    for (speaker, carrier, quote) in &mut quotes {
        (quote.speaker, quote.carrier) = (source(*speaker)?, source(*carrier)?);
    }
    article.mentions = mentions;
    article.citations = citations.into_iter().map(|(_, citation)| citation).collect();
    article.quotes = quotes.into_iter().map(|(_, _, quote)| quote).collect();
    Some(())
}

fn section_index(article: &Article, field: TextField, span: Span) -> Option<usize> {
    if field == TextField::Body { article.section_at(span.start) } else { None }
}
