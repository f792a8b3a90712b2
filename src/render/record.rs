//! The records that programs read. Their shapes are described in `schema/*.schema.json`; a change
//! that breaks readers raises the number in the record's `schema`.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::article::{
    Article, Citation, Evidence, FieldName, Kind, Mention, Moment, Outlet, PageKind, Precision, Provenance,
    Quote, Role, Source, SourceKind, Span, TextField,
};
use crate::document::Location;
use crate::extract::meta::site::site_of;
use crate::query::Expansion;
use crate::search::{Advice, FoldedCopy, Hit, Snippet, Turn};

/// Version of [`HitRecord`].
pub const HIT_SCHEMA: &str = "newsidx.hit/1";
/// Version of [`ResultsHead`] with its hits.
pub const RESULTS_SCHEMA: &str = "newsidx.results/1";
/// Version of [`ArticleRecord`].
pub const ARTICLE_SCHEMA: &str = "newsidx.article/1";
/// Version of [`ErrorRecord`].
pub const ERROR_SCHEMA: &str = "newsidx.error/1";

/// An outlet in a record.
#[derive(Clone, Debug, Serialize)]
pub struct NamedOutlet {
    id: String,
    name: String,
    domain: Option<String>,
}

impl From<&Outlet> for NamedOutlet {
    fn from(outlet: &Outlet) -> Self {
        Self { id: outlet.id.clone(), name: outlet.name.clone(), domain: outlet.domain.clone() }
    }
}

/// A cited source of an article or section, with all that shows it.
#[derive(Clone, Debug, Serialize)]
struct SourceRecord {
    id: String,
    name: String,
    kind: crate::article::SourceKind,
    evidence: Vec<Evidence>,
    sections: Vec<usize>,
}

/// An entity of an article, with the ways it is written.
#[derive(Clone, Debug, Serialize)]
struct EntityRecord {
    id: String,
    name: String,
    kind: Kind,
    country: Option<String>,
    surface: Vec<String>,
    count: usize,
}

#[derive(Clone, Debug, Serialize)]
struct SectionRecord {
    n: usize,
    heading: Option<String>,
    span: Span,
    role: Option<Role>,
    language: Option<String>,
}

/// A hit, as one line of `jsonl` or one element of `hits`.
#[derive(Clone, Debug, Serialize)]
pub struct HitRecord {
    schema: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    qid: Option<String>,
    rank: usize,
    score: Option<f32>,
    id: String,
    unit: crate::engine::Unit,
    headline: Option<String>,
    dek: Option<String>,
    publisher: Option<NamedOutlet>,
    host: Option<NamedOutlet>,
    byline: Vec<String>,
    credit: Option<NamedOutlet>,
    published: Option<String>,
    published_precision: Option<Precision>,
    published_from: Option<String>,
    modified: Option<String>,
    language: Option<String>,
    countries: Vec<String>,
    topics: Vec<String>,
    word_count: usize,
    url: Option<String>,
    path: String,
    record: Option<u64>,
    section: Option<SectionRecord>,
    sources: Vec<SourceRecord>,
    entities: Vec<EntityRecord>,
    snippets: Vec<Snippet>,
    #[serde(skip_serializing_if = "Option::is_none")]
    copies: Option<Vec<CopyRecord>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<GroupRecord>,
    #[serde(skip_serializing_if = "Option::is_none")]
    turn: Option<TurnRecord>,
    extra: BTreeMap<String, String>,
}

impl HitRecord {
    /// The record of `hit`; `qid` is the query's name in a batch.
    pub fn new(hit: &Hit, qid: Option<&str>) -> Self {
        let article = &hit.article;
        Self {
            schema: HIT_SCHEMA,
            qid: qid.map(str::to_owned),
            rank: hit.rank,
            score: hit.score,
            id: hit.id.clone(),
            unit: hit.unit,
            headline: article.headline.clone(),
            dek: article.dek.clone(),
            publisher: article.publisher.as_ref().map(NamedOutlet::from),
            host: article.host.as_ref().map(NamedOutlet::from),
            byline: article.byline.clone(),
            credit: article.credit.as_ref().map(NamedOutlet::from),
            published: iso(article.published.as_ref()),
            published_precision: article.published.as_ref().map(|moment| moment.precision),
            published_from: rule(article, FieldName::Published),
            modified: iso(article.modified.as_ref()),
            language: article.language.clone(),
            countries: article.countries.clone(),
            topics: article.topics.clone(),
            word_count: article.word_count,
            url: article.url.clone(),
            path: hit.location.path.clone(),
            record: hit.location.record,
            section: hit.section.and_then(|number| section_records(article).into_iter().nth(number)),
            sources: source_records(article, hit.section),
            entities: entity_records(article, hit.section),
            snippets: hit.snippets.clone(),
            copies: hit.standing.copies.as_ref().map(|copies| copies.iter().map(CopyRecord::from).collect()),
            group: hit.standing.group.as_ref().map(|group| GroupRecord {
                field: group.field,
                value: group.value.clone(),
                number: group.number,
                hits: group.hits,
            }),
            turn: hit.standing.turn.map(|Turn { earlier, factor }| TurnRecord { earlier, factor }),
            extra: article.extra.clone(),
        }
    }
}

/// A folded copy of a hit.
#[derive(Clone, Debug, Serialize)]
struct CopyRecord {
    id: String,
    publisher: Option<NamedOutlet>,
    host: Option<NamedOutlet>,
    published: Option<String>,
    path: String,
    record: Option<u64>,
}

impl From<&FoldedCopy> for CopyRecord {
    fn from(copy: &FoldedCopy) -> Self {
        Self {
            id: copy.id.clone(),
            publisher: copy.publisher.as_ref().map(NamedOutlet::from),
            host: copy.host.as_ref().map(NamedOutlet::from),
            published: iso(copy.published.as_ref()),
            path: copy.location.path.clone(),
            record: copy.location.record,
        }
    }
}

#[derive(Clone, Debug, Serialize)]
struct GroupRecord {
    field: &'static str,
    value: Option<String>,
    number: usize,
    hits: usize,
}

#[derive(Clone, Copy, Debug, Serialize)]
struct TurnRecord {
    earlier: u32,
    factor: f32,
}

fn iso(moment: Option<&Moment>) -> Option<String> {
    moment.map(|moment| moment.iso.clone())
}

fn rule(article: &Article, field: FieldName) -> Option<String> {
    article.provenance.fields.get(&field)?.rules.first().cloned()
}

fn section_records(article: &Article) -> Vec<SectionRecord> {
    let record = |(n, section): (usize, &crate::article::Section)| SectionRecord {
        n,
        heading: section.heading.clone(),
        span: section.span,
        role: section.role,
        language: section.language.clone(),
    };
    article.sections.iter().enumerate().map(record).collect()
}

/// Whether something in `field` counts for the unit: the whole article, or one section's body.
fn counts(section: Option<usize>, field: TextField, of: Option<usize>) -> bool {
    section.is_none() || (field == TextField::Body && of == section)
}

fn source_records(article: &Article, section: Option<usize>) -> Vec<SourceRecord> {
    let mut records: Vec<SourceRecord> = Vec::new();
    for citation in article.citations.iter().filter(|c| counts(section, c.field, c.section)) {
        let known = records.iter().position(|record| record.id == citation.source.id);
        let at = known.unwrap_or_else(|| {
            records.push(SourceRecord {
                id: citation.source.id.clone(),
                name: citation.source.name.clone(),
                kind: citation.source.kind,
                evidence: Vec::new(),
                sections: Vec::new(),
            });
            records.len() - 1
        });
        let record = &mut records[at];
        if !record.evidence.contains(&citation.evidence) {
            record.evidence.push(citation.evidence);
        }
        if let Some(number) = citation.section
            && !record.sections.contains(&number)
        {
            record.sections.push(number);
        }
    }
    records
}

/// Entities, the most mentioned first, then in the order of their first mention.
fn entity_records(article: &Article, section: Option<usize>) -> Vec<EntityRecord> {
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    let mut records: Vec<EntityRecord> = Vec::new();
    for mention in article.mentions.iter().filter(|m| counts(section, m.field, m.section)) {
        let at = *numbers.entry(&mention.entity.id).or_insert_with(|| {
            records.push(EntityRecord {
                id: mention.entity.id.clone(),
                name: mention.entity.name.clone(),
                kind: mention.entity.kind,
                country: mention.entity.country.clone(),
                surface: Vec::new(),
                count: 0,
            });
            records.len() - 1
        });
        records[at].count += 1;
        if !records[at].surface.contains(&mention.surface) {
            records[at].surface.push(mention.surface.clone());
        }
    }
    records.sort_by_key(|record| std::cmp::Reverse(record.count));
    records
}

/// What stands before the hits in `json`.
#[derive(Clone, Debug, Serialize)]
pub struct ResultsHead {
    /// Always [`RESULTS_SCHEMA`].
    pub schema: &'static str,
    /// The query as typed.
    pub query: String,
    /// Names that were understood, with their spellings.
    pub expansions: Vec<Expansion>,
    /// Words that were passed over because they stand in almost every article.
    pub passed_over: Vec<String>,
    /// All matches.
    pub total: u64,
    /// Always true: totals are counted, not estimated.
    pub total_exact: bool,
    /// Hits passed over by `--offset`.
    pub offset: usize,
    /// Hits given.
    pub shown: usize,
    /// Matches folded behind another one, shown or not, where copies are folded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folded: Option<u64>,
    /// Groups there are, shown or not, where hits are gathered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<usize>,
    /// What to do about it, where nothing or too little is found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<Advice>,
}

/// An error in the place of a query's hits.
#[derive(Clone, Debug, Serialize)]
pub struct ErrorRecord {
    /// Always [`ERROR_SCHEMA`].
    pub schema: &'static str,
    /// The query's name in the batch.
    pub qid: Option<String>,
    /// What is wrong.
    pub error: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Where in the query, in bytes.
    pub span: Option<Span>,
}

#[derive(Clone, Debug, Serialize)]
struct QuoteRecord<'a> {
    text: &'a str,
    speaker: &'a Option<Source>,
    carrier: &'a Option<Source>,
    field: TextField,
    section: Option<usize>,
    span: Span,
    speaker_span: Option<Span>,
}

/// An article with everything that was extracted, as `extract` and `show` give it.
#[derive(Clone, Debug, Serialize)]
pub struct ArticleRecord<'a> {
    schema: &'static str,
    path: &'a str,
    record: Option<u64>,
    format: Option<&'a str>,
    article_id: String,
    page_kind: PageKind,
    headline: &'a Option<String>,
    dek: &'a Option<String>,
    byline: &'a [String],
    credit: Option<NamedOutlet>,
    publisher: Option<NamedOutlet>,
    host: Option<NamedOutlet>,
    /// What the publisher's site goes by: see [`site_of`].
    site: Option<String>,
    url: &'a Option<String>,
    language: &'a Option<String>,
    published: Option<String>,
    published_precision: Option<Precision>,
    modified: Option<String>,
    topics: &'a [String],
    countries: &'a [String],
    word_count: usize,
    text: &'a str,
    sections: Vec<SectionRecord>,
    sources: Vec<SourceRecord>,
    entities: Vec<EntityRecord>,
    citations: &'a [Citation],
    quotes: Vec<QuoteRecord<'a>>,
    mentions: &'a [Mention],
    extra: &'a BTreeMap<String, String>,
    provenance: &'a Provenance,
}

impl<'a> ArticleRecord<'a> {
    /// The record of `article`, read at `location` from a file of `format`.
    pub fn new(article: &'a Article, location: &'a Location, format: Option<&'a str>, id: String) -> Self {
        let quote = |quote: &'a Quote| QuoteRecord {
            text: quote.span.of(article.text_of(quote.field)),
            speaker: &quote.speaker,
            carrier: &quote.carrier,
            field: quote.field,
            section: quote.section,
            span: quote.span,
            speaker_span: quote.speaker_span,
        };
        Self {
            schema: ARTICLE_SCHEMA,
            path: &location.path,
            record: location.record,
            format,
            article_id: id,
            page_kind: article.page_kind,
            headline: &article.headline,
            dek: &article.dek,
            byline: &article.byline,
            credit: article.credit.as_ref().map(NamedOutlet::from),
            publisher: article.publisher.as_ref().map(NamedOutlet::from),
            host: article.host.as_ref().map(NamedOutlet::from),
            site: site_of(
                article.url.as_deref(),
                article.publisher.as_ref().map(|outlet| outlet.name.as_str()),
                article
                    .publisher
                    .as_ref()
                    .filter(|_| article.host.is_none())
                    .and_then(|o| o.domain.as_deref()),
            ),
            url: &article.url,
            language: &article.language,
            published: iso(article.published.as_ref()),
            published_precision: article.published.as_ref().map(|moment| moment.precision),
            modified: iso(article.modified.as_ref()),
            topics: &article.topics,
            countries: &article.countries,
            word_count: article.word_count,
            text: &article.text,
            sections: section_records(article),
            sources: source_records(article, None),
            entities: entity_records(article, None),
            citations: &article.citations,
            quotes: article.quotes.iter().map(quote).collect(),
            mentions: &article.mentions,
            extra: &article.extra,
            provenance: &article.provenance,
        }
    }
}

/// The names of one document with their spans, as `entities` gives them.
#[derive(Clone, Debug, Serialize)]
pub struct DocumentEntities<'a> {
    id: String,
    countries: &'a [String],
    entities: Vec<SpanRecord<'a>>,
}

#[derive(Clone, Debug, Serialize)]
struct SpanRecord<'a> {
    text: &'a str,
    canonical: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    id: &'a str,
    start: usize,
    end: usize,
    country: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
}

impl<'a> DocumentEntities<'a> {
    /// Mentions of the body with types as CoNLL names them (PER, LOC, ORG; NORP for words of origin).
    /// Named sources that are cited have the role `source`; descriptions ("a senior official") and
    /// pronouns are no names and stay out.
    pub fn new(article: &'a Article, location: &Location) -> Self {
        let in_body =
            |citation: &&Citation| citation.field == TextField::Body && citation.evidence != Evidence::Link;
        let citations = Overlaps::of(article.citations.iter().filter(in_body), |citation| citation.span);
        let mentions = article.mentions.iter().filter(|mention| mention.field == TextField::Body);
        let mentions = Overlaps::of(mentions, |mention| mention.span);
        let mut entities: Vec<SpanRecord<'a>> = mentions
            .all
            .iter()
            .map(|mention| SpanRecord {
                text: &mention.surface,
                canonical: &mention.entity.name,
                kind: span_kind(mention),
                id: &mention.entity.id,
                start: mention.span.start,
                end: mention.span.end,
                country: mention.entity.country.as_deref(),
                role: citations
                    .over(mention.span)
                    .any(|citation| speaks(citation, mention))
                    .then_some("source"),
            })
            .collect();
        let unmentioned =
            citations.all.iter().filter(|citation| mentions.over(citation.span).next().is_none());
        entities.extend(unmentioned.filter_map(|citation| {
            let text = citation.span.of(&article.text);
            let kind = match citation.source.kind {
                SourceKind::Outlet => "ORG",
                SourceKind::Person if citation.source.name.ends_with(text) => "PER",
                _ => return None,
            };
            Some(SpanRecord {
                text,
                canonical: &citation.source.name,
                kind,
                id: &citation.source.id,
                start: citation.span.start,
                end: citation.span.end,
                country: None,
                role: Some("source"),
            })
        }));
        entities.sort_by_key(|entity| (entity.start, entity.end));
        Self { id: location.to_string(), countries: &article.countries, entities }
    }
}

/// Things with spans, to be asked which of them overlap another span without looking at all.
struct Overlaps<'a, T> {
    /// In the order of their spans.
    all: Vec<&'a T>,
    /// The furthest end of each and all before it.
    reach: Vec<usize>,
    span_of: fn(&T) -> Span,
}

impl<'a, T> Overlaps<'a, T> {
    fn of(things: impl Iterator<Item = &'a T>, span_of: fn(&T) -> Span) -> Self {
        let mut all: Vec<&T> = things.collect();
        all.sort_by_key(|thing| span_of(thing));
        let mut furthest = 0;
        let reach = all.iter().map(|thing| {
            furthest = span_of(thing).end.max(furthest);
            furthest
        });
        let reach = reach.collect();
        Self { all, reach, span_of }
    }

    /// Those that share a byte with `span`, in their order.
    fn over(&self, span: Span) -> impl Iterator<Item = &'a T> {
        let first = self.reach.partition_point(|&end| end <= span.start);
        let span_of = self.span_of;
        let near = self.all[first..].iter().copied().take_while(move |thing| span_of(thing).start < span.end);
        near.filter(move |thing| span_of(thing).overlaps(span))
    }
}

/// Whether the citation's source is the mention; "Ukraine said" names a state, which is none of
/// outlet, body or person.
fn speaks(citation: &Citation, mention: &Mention) -> bool {
    let voice = mention.entity.kind != Kind::Place || citation.source.kind == SourceKind::Person;
    citation.source.kind != SourceKind::Unnamed && voice && citation.span.overlaps(mention.span)
}

fn span_kind(mention: &Mention) -> &'static str {
    match mention.entity.kind {
        _ if mention.demonym => "NORP",
        Kind::Person => "PER",
        Kind::Organisation => "ORG",
        Kind::Place => "LOC",
    }
}

/// Of `record` only `fields`; a field inside another is named with dots (`publisher.name`), also
/// through lists (`sources.name`). A field that is not there gives null.
pub fn picked(record: &impl Serialize, fields: &[String]) -> serde_json::Result<Value> {
    let whole = serde_json::to_value(record)?;
    let pick = |field: &String| (field.clone(), value_at(&whole, field));
    Ok(Value::Object(fields.iter().map(pick).collect()))
}

fn value_at(value: &Value, path: &str) -> Value {
    if let Value::Array(items) = value {
        return Value::Array(items.iter().map(|item| value_at(item, path)).collect());
    }
    match path.split_once('.') {
        Some((head, rest)) => value.get(head).map_or(Value::Null, |inner| value_at(inner, rest)),
        None => value.get(path).cloned().unwrap_or(Value::Null),
    }
}
