//! The fields a query can name, with their aliases. `schema/query.md` lists the same.

use super::ast::Stretch;

/// How a field's value is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// Words of a text, analysed.
    Text,
    /// Words of a part of an article, looked for in the article itself.
    Part(Stretch),
    /// An entity or outlet, in any of its spellings.
    Name,
    /// A value as it stands, without regard to case.
    Keyword,
    /// A day, month, year, instant or age.
    Date,
    /// A whole number.
    Number,
}

/// A field of the query language.
#[derive(Debug, PartialEq, Eq)]
pub struct QueryField {
    /// Its name, which is also the index field's.
    pub name: &'static str,
    /// Other names for it.
    pub aliases: &'static [&'static str],
    /// How its value is read.
    pub kind: FieldType,
    /// What it holds, for `newsidx fields`.
    pub meaning: &'static str,
    /// A value to try.
    pub example: &'static str,
}

macro_rules! query_fields {
    ($($name:literal $aliases:tt $kind:expr, $meaning:literal $example:literal;)*) => {
        /// All fields, in the order in which they are shown.
        pub const FIELDS: &[QueryField] = &[
            $(QueryField { name: $name, aliases: &$aliases, kind: $kind, meaning: $meaning, example: $example },)*
        ];
    };
}

query_fields! {
    "headline" ["title", "hd"] FieldType::Text, "words of the headline" "headline:offensive";
    "lead" ["lede"] FieldType::Part(Stretch::Lead), "words of the dek and the first paragraph" "lead:offensive";
    "hlead" ["hlp"] FieldType::Part(Stretch::HeadlineLead), "words of the headline or the lead" "hlead:(grain OR wheat)";
    "dek" ["standfirst", "subtitle"] FieldType::Part(Stretch::Dek), "words of the dek" "dek:analysts";
    "body" [] FieldType::Part(Stretch::Body), "words of the body" "body:ceasefire";
    "heading" [] FieldType::Part(Stretch::Heading), "words of one section's heading" "heading:\"the view from kyiv\"";
    "quote" ["said"] FieldType::Part(Stretch::Quote), "words of one quotation" "quote:(peace talks)";
    "byline" ["author", "by", "writer"] FieldType::Text, "words of the writers' names" "byline:keane";
    "publisher" ["pub"] FieldType::Name, "who wrote it" "publisher:Semafor";
    "host" [] FieldType::Name, "who republished it" "host:\"Yahoo News\"";
    "domain" ["site"] FieldType::Keyword, "domain of the page it was read on" "domain:yahoo.com";
    "source" ["cited", "cites"] FieldType::Name, "whom it cites: outlet, institution or person" "source:Meduza";
    "evidence" [] FieldType::Keyword, "how a cited source shows: sources-line, dek, attribution, link, dateline, credit" "evidence:dateline";
    "credit" ["wire", "agency"] FieldType::Name, "the wire agency it is credited to" "credit:Reuters";
    "entity" [] FieldType::Name, "a name of any kind, in any spelling" "entity:Kharkov";
    "person" [] FieldType::Name, "a person named" "person:Putin";
    "organisation" ["org", "organization"] FieldType::Name, "an organisation named" "org:NATO";
    "place" ["loc", "location"] FieldType::Name, "a place named" "place:Kharkiv";
    "country" [] FieldType::Name, "what country it is about" "country:UA";
    "speaker" ["quoted"] FieldType::Name, "who is quoted" "speaker:Putin";
    "language" ["lang"] FieldType::Keyword, "ISO 639-1 code" "lang:uk";
    "topic" ["tag", "keyword"] FieldType::Keyword, "the page's own rubrics and keywords" "topic:energy";
    "published" ["date", "pubdate"] FieldType::Date, "when it was published" "published:2024-05";
    "modified" ["updated"] FieldType::Date, "when it was last changed" "modified:2024-05-15..2024-05-20";
    "since" [] FieldType::Date, "published on that day or later" "since:7d";
    "until" [] FieldType::Date, "published on that day or earlier" "until:2024-05-15";
    "word_count" ["wc", "words"] FieldType::Number, "number of words" "wc:>500";
    "section_count" ["sections"] FieldType::Number, "number of sections" "sections:>1";
    "id" [] FieldType::Keyword, "the article's id" "id:n:7f3a9c21d0";
    "path" ["file"] FieldType::Keyword, "path of its file" "path:2024/05/*";
    "url" [] FieldType::Keyword, "address of its page" "url:https://example.org/story";
    "has" [] FieldType::Keyword, "a field that has a value" "has:byline";
    "extra" ["x"] FieldType::Keyword, "a further field of a record, as name=value" "extra:desk=foreign";
}

/// The field of that name or alias, in any case.
pub fn field_named(name: &str) -> Option<&'static QueryField> {
    let name = name.to_ascii_lowercase();
    FIELDS.iter().find(|field| field.name == name || field.aliases.contains(&name.as_str()))
}

/// The name or alias nearest to a mistyped one, if any is near.
pub fn nearest_field(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    FIELDS
        .iter()
        .flat_map(|field| std::iter::once(field.name).chain(field.aliases.iter().copied()))
        .map(|candidate| (strsim::damerau_levenshtein(&name, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len() / 4)
        .min()
        .map(|(_, candidate)| candidate)
}
