//! The model: what was extracted from one document, as plain data.
//!
//! Nothing here reads files, knows an engine or prints. Every span is a half-open range of
//! UTF-8 bytes in the text of the field it names, and lies on character boundaries.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A half-open byte range `[start, end)`; written as a two-element array.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The range from `start` up to, not including, `end`.
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// Length in bytes.
    pub const fn len(self) -> usize {
        self.end - self.start
    }

    /// Whether the range covers nothing.
    pub const fn is_empty(self) -> bool {
        self.end <= self.start
    }

    /// Whether `other` lies wholly within this range.
    pub const fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether the two ranges share at least one byte.
    pub const fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// The text the range covers; empty when it does not fit `text`.
    pub fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or("")
    }
}

impl Serialize for Span {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        [self.start, self.end].serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let [start, end] = <[usize; 2]>::deserialize(deserializer)?;
        Ok(Self { start, end })
    }
}

/// The texts of an article that spans can point into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
pub enum TextField {
    /// [`Article::headline`].
    Headline,
    /// [`Article::dek`].
    Dek,
    /// [`Article::text`].
    #[default]
    Body,
}

/// What a name names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A human being.
    Person,
    /// A body of people that acts as one: company, party, ministry, outlet, team.
    Organisation,
    /// Somewhere on a map.
    Place,
}

/// An entity that a mention or a query is linked to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entity {
    /// Gazetteer id (`kharkiv`), or `~` and a slug for a name that no list has (`~jane-doe`).
    pub id: String,
    /// Canonical name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// ISO 3166-1 alpha-2 code of the country it lies in or belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Latitude and longitude in degrees (WGS 84), for places.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coordinates: Option<(f32, f32)>,
}

/// An entity where it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mention {
    /// The text as written.
    pub surface: String,
    /// Which text `span` points into.
    pub field: TextField,
    /// Where it stands.
    pub span: Span,
    /// Index of the section, for mentions in the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<usize>,
    /// Whether the word is an adjective or noun of origin ("Russian") rather than the name itself.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub demonym: bool,
    /// What it refers to.
    pub entity: Entity,
}

/// On whose word something is said: an outlet, an institution or a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Gazetteer id, or `~` and a slug; for unnamed sources `~` and the description's slug.
    pub id: String,
    /// Canonical name, or the description of an unnamed source ("a senior official").
    pub name: String,
    /// What kind of voice it is.
    pub kind: SourceKind,
}

/// Kinds of cited sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceKind {
    /// A news outlet or agency.
    Outlet,
    /// A ministry, company, party, or a collective such as "Chinese state media".
    Institution,
    /// A named person.
    Person,
    /// "a senior official who asked not to be named".
    Unnamed,
}

/// How a citation shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// A line such as `Sources: The New York Times, Meduza`.
    SourcesLine,
    /// Named in the dek ("Insights from …").
    Dek,
    /// Attribution in prose ("Meduza wrote").
    Attribution,
    /// A hyperlink to another outlet's page.
    Link,
    /// A wire credit in the dateline ("KYIV (Reuters) -").
    Dateline,
    /// A credit line outside the prose ("Originally published by …").
    Credit,
}

impl Evidence {
    /// The name used in output and in queries.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SourcesLine => "sources-line",
            Self::Dek => "dek",
            Self::Attribution => "attribution",
            Self::Link => "link",
            Self::Dateline => "dateline",
            Self::Credit => "credit",
        }
    }
}

/// How strongly the source stands by the claim, read from the attributing verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Force {
    /// said, told, wrote, reported
    Said,
    /// claimed, alleged
    Claimed,
    /// denied, rejected
    Denied,
    /// confirmed, acknowledged
    Confirmed,
    /// could not verify
    Unverified,
}

/// A cited source with its evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Citation {
    /// Who is cited.
    pub source: Source,
    /// How it shows.
    pub evidence: Evidence,
    /// Which text `span` points into.
    pub field: TextField,
    /// Where the source is named.
    pub span: Span,
    /// Index of the section, for citations in the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<usize>,
    /// The sentence around it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sentence: Option<Span>,
    /// The attributing word or phrase, in lower case ("reported", "according to").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cue: Option<String>,
    /// What the cue makes of the claim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub force: Option<Force>,
    /// What is said on this word, where that is plain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub covers: Option<Span>,
    /// The address, for links.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// Words in quotation marks, with who said them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quote {
    /// Which text the spans point into.
    pub field: TextField,
    /// The words, without their quotation marks.
    pub span: Span,
    /// Index of the section, for quotes in the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<usize>,
    /// Who said it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speaker: Option<Source>,
    /// Where the speaker is named (as a name, a description or a pronoun).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speaker_span: Option<Span>,
    /// The outlet that carried it ("told the BBC").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier: Option<Source>,
}

/// What a section is, where the page says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// What happened ("The News").
    News,
    /// What to make of it ("Signals", "Analysis").
    Analysis,
    /// The writer's own view ("Step back", "My view").
    Opinion,
    /// Earlier events ("Background").
    Background,
}

/// A part of the body, from its heading to the next one; sections follow one another in order.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct Section {
    /// The heading as printed; none for the lead and for undivided articles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heading: Option<String>,
    /// The section in the body, heading included.
    pub span: Span,
    /// What it is, where the page says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// ISO 639-1 code, where it differs from the article's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// The grain that a date is known to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Precision {
    /// `2024`
    Year,
    /// `2024-05`
    Month,
    /// `2024-05-15`
    Day,
    /// `2024-05-15T17:25Z`
    Minute,
    /// `2024-05-15T17:25:11Z`
    Second,
}

/// A day or an instant, with its precision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// ISO 8601, no finer than the precision; an instant keeps the offset it was printed with.
    pub iso: String,
    /// Seconds since 1970-01-01T00:00:00Z; of a day without a time, its first second in UTC.
    pub unix_seconds: i64,
    /// How fine the date is.
    pub precision: Precision,
}

/// An outlet in one of its roles as publisher or host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outlet {
    /// Gazetteer id, or `~` and a slug for an outlet that no list has.
    pub id: String,
    /// Canonical name.
    pub name: String,
    /// Registrable domain, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
}

/// The fields whose values can show where they came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldName {
    /// [`Article::headline`]
    Headline,
    /// [`Article::dek`]
    Dek,
    /// [`Article::byline`]
    Byline,
    /// [`Article::credit`]
    Credit,
    /// [`Article::publisher`]
    Publisher,
    /// [`Article::host`]
    Host,
    /// [`Article::url`]
    Url,
    /// [`Article::language`]
    Language,
    /// [`Article::published`]
    Published,
    /// [`Article::modified`]
    Modified,
    /// [`Article::topics`]
    Topics,
    /// [`Article::text`]
    Body,
    /// [`Article::page_kind`]
    PageKind,
}

/// One value that one rule found for one field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Witness {
    /// The field it speaks about.
    pub field: FieldName,
    /// The rule that gave it, as `family:name` (`jsonld:headline`, `meta:og:title`, `text:byline`).
    pub rule: String,
    /// The value before cleaning.
    pub raw: String,
}

impl Witness {
    /// A witness for `field`.
    pub fn new(field: FieldName, rule: impl Into<String>, raw: impl Into<String>) -> Self {
        Self { field, rule: rule.into(), raw: raw.into() }
    }
}

/// Where a field's value came from.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct Origin {
    /// The rules that gave the chosen value, the most trusted first.
    pub rules: Vec<String>,
    /// The value before cleaning, as the first rule found it.
    pub raw: String,
    /// Estimated probability that the value is right, from 0 to 1.
    pub confidence: f32,
    /// What the other rules said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rejected: Vec<Witness>,
}

/// A line or block that was left out of the body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dropped {
    /// The rule that dropped it.
    pub rule: String,
    /// The text, cut after 200 characters.
    pub text: String,
    /// Line in the file, from 1, for plain text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
}

/// How every value came to be.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct Provenance {
    /// Field to origin.
    pub fields: BTreeMap<FieldName, Origin>,
    /// What was left out of the body, in the order of the file.
    pub dropped: Vec<Dropped>,
}

/// Whether the page holds a story at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
pub enum PageKind {
    /// A story.
    #[default]
    Article,
    /// A front page, a section front, a list of teasers.
    Index,
    /// An error page, or a page drawn by script that holds no text.
    Error,
    /// A consent wall, a login wall, a robot check.
    Wall,
}

/// Where a stretch of the body stands in the decoded file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceMap {
    /// First byte in [`Article::text`].
    pub text_start: usize,
    /// The byte of the decoded file that it was copied from.
    pub file_start: usize,
    /// How many bytes were copied unchanged.
    pub len: usize,
    /// The line of the file that it begins in, from 1, as editors count lines.
    pub line: usize,
}

/// What was extracted from one document.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Article {
    /// The headline, without the site's name.
    pub headline: Option<String>,
    /// The line or two under the headline.
    pub dek: Option<String>,
    /// The writers.
    pub byline: Vec<String>,
    /// The wire agency that the story is credited to.
    pub credit: Option<Outlet>,
    /// Who wrote it.
    pub publisher: Option<Outlet>,
    /// Who republished it; none where that is the publisher.
    pub host: Option<Outlet>,
    /// The address.
    pub url: Option<String>,
    /// ISO 639-1 code.
    pub language: Option<String>,
    /// When it was first published.
    pub published: Option<Moment>,
    /// When it was last changed.
    pub modified: Option<Moment>,
    /// The page's own rubrics and keywords.
    pub topics: Vec<String>,
    /// Whether it is a story at all.
    pub page_kind: PageKind,
    /// The body: one paragraph a line, sections' headings on lines of their own.
    pub text: String,
    /// Words of the body (Unicode word boundaries; scripts without spaces count two characters a word).
    pub word_count: usize,
    /// The body's parts, in order, covering it.
    pub sections: Vec<Section>,
    /// Cited sources, by field and place.
    pub citations: Vec<Citation>,
    /// Names, by field and place.
    pub mentions: Vec<Mention>,
    /// Quotations, by place.
    pub quotes: Vec<Quote>,
    /// ISO 3166-1 alpha-2 codes of the countries it is about, the weightiest first.
    pub countries: Vec<String>,
    /// Hyperlinks in the body: the anchor's span and the address.
    pub links: Vec<Link>,
    /// Further fields of a record (`x.desk`), as text.
    pub extra: BTreeMap<String, String>,
    /// Where the body's parts stand in the decoded file; empty where the format rewrites its text.
    pub source_map: Vec<SourceMap>,
    /// How every value came to be.
    pub provenance: Provenance,
}

/// A hyperlink in the body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The anchor text in [`Article::text`].
    pub span: Span,
    /// The address, absolute where the page's own address is known.
    pub url: String,
}

impl Article {
    /// The text that spans of `field` point into; empty where the article has none.
    pub fn text_of(&self, field: TextField) -> &str {
        match field {
            TextField::Headline => self.headline.as_deref().unwrap_or(""),
            TextField::Dek => self.dek.as_deref().unwrap_or(""),
            TextField::Body => &self.text,
        }
    }

    /// Index of the section that holds byte `at` of the body.
    pub fn section_at(&self, at: usize) -> Option<usize> {
        let next = self.sections.partition_point(|section| section.span.start <= at);
        let index = next.checked_sub(1)?;
        (at < self.sections[index].span.end).then_some(index)
    }

    /// Where a span of the body stands in the decoded file: from the byte that its first character
    /// was copied from to the byte behind its last. None where the format rewrites its text, and
    /// for spans of nothing but folded white space.
    pub fn file_span(&self, span: Span) -> Option<Span> {
        let first = self.source_map.partition_point(|piece| piece.text_start + piece.len <= span.start);
        let after = self.source_map.partition_point(|piece| piece.text_start < span.end);
        let (first, last) = (self.source_map.get(first)?, self.source_map.get(after.checked_sub(1)?)?);
        let start = first.file_start + span.start.saturating_sub(first.text_start);
        let end = last.file_start + last.len.min(span.end - last.text_start);
        (start < end).then_some(Span::new(start, end))
    }

    /// The line of the file that a span of the body begins in, from 1; none where [`Self::file_span`]
    /// has none.
    pub fn file_line(&self, span: Span) -> Option<usize> {
        self.file_span(span)?;
        let at = self.source_map.partition_point(|piece| piece.text_start + piece.len <= span.start);
        let piece = self.source_map.get(at)?;
        // A stretch is of one line, but for a body that is taken as it is.
        let before = self.text.get(piece.text_start..span.start.max(piece.text_start))?;
        Some(piece.line + before.bytes().filter(|&byte| byte == b'\n').count())
    }
}
