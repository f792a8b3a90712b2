//! The query and the filters that `search`, `count` and others share.

use clap::Args;
use jiff::ZonedDateTime;
use newsidx::query::{
    ParseOptions, Plan, PlanOptions, Query, QueryError, QueryLimits, parse, parse_filter, parse_literal, plan,
};

use super::Context;
use super::failure::Failure;

/// Whether a name also finds its other spellings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Variants {
    /// It does.
    On,
    /// It finds the spelling that was typed alone.
    Off,
}

/// How a query is read, and what must hold besides.
#[derive(Clone, Debug, Args)]
pub struct QueryArgs {
    /// Find articles with any of the words instead of all
    #[arg(long)]
    any: bool,
    /// Take the words literally: no operators, no fields
    #[arg(long, conflicts_with = "any")]
    quote: bool,
    /// Whether a name also finds its other spellings [default: on]
    #[arg(long, value_enum, value_name = "ON|OFF")]
    variants: Option<Variants>,
    /// Most words, phrases and filters of a query [default: 2048]
    #[arg(long, value_name = "N", help_heading = "Limits")]
    max_clauses: Option<usize>,
    /// Most words that a pattern such as khark* may stand for [default: 16384]
    #[arg(long, value_name = "N", help_heading = "Limits")]
    max_words: Option<usize>,
    /// Most articles that may be read to decide what their words alone cannot [default: 262144]
    #[arg(long, value_name = "N", help_heading = "Limits")]
    max_reads: Option<usize>,
    /// Only articles published on that day or later: 2024-05-15, 7d, yesterday, "15 May 2024"
    #[arg(long, value_name = "DATE", help_heading = "Filters")]
    since: Option<String>,
    /// Only articles published on that day or earlier
    #[arg(long, value_name = "DATE", help_heading = "Filters")]
    until: Option<String>,
    /// Only articles that cite this outlet, institution or person (repeat for any of several)
    #[arg(long, value_name = "NAME", help_heading = "Filters")]
    source: Vec<String>,
    /// Only articles written by this outlet
    #[arg(long, value_name = "NAME", help_heading = "Filters")]
    publisher: Vec<String>,
    /// Only articles republished by this outlet
    #[arg(long, value_name = "NAME", help_heading = "Filters")]
    host: Vec<String>,
    /// Only articles with this name, in any spelling
    #[arg(long, value_name = "NAME", help_heading = "Filters")]
    entity: Vec<String>,
    /// Only articles with this place
    #[arg(long, value_name = "NAME", help_heading = "Filters")]
    place: Vec<String>,
    /// Only articles with this person
    #[arg(long, value_name = "NAME", help_heading = "Filters")]
    person: Vec<String>,
    /// Only articles with this organisation
    #[arg(long, value_name = "NAME", help_heading = "Filters")]
    org: Vec<String>,
    /// Only articles in this language (ISO 639-1)
    #[arg(long, value_name = "CODE", help_heading = "Filters")]
    lang: Vec<String>,
}

/// A query that was understood.
pub struct Understood {
    /// As typed.
    pub query: Query,
    /// Its meaning.
    pub plan: Plan,
}

/// A query, or the value of a filter, that was not.
pub struct Misunderstood {
    /// What is wrong.
    pub error: QueryError,
    /// The text that its place is in.
    pub text: String,
}

impl QueryArgs {
    /// Gives `text` and the filters their meaning.
    pub fn understand(
        &self,
        text: &str,
        context: &Context,
    ) -> Result<Result<Understood, Misunderstood>, Failure> {
        self.understand_with(text, &[], context)
    }

    /// The same with further filters: fields, each with values of which one must hold.
    pub fn understand_with(
        &self,
        text: &str,
        further: &[(&'static str, &[String])],
        context: &Context,
    ) -> Result<Result<Understood, Misunderstood>, Failure> {
        let settings = &context.settings;
        let variants = settings.choice(self.variants, "variants")? == Variants::On;
        let names = context.names()?;
        let limits = QueryLimits {
            words: settings.number(self.max_words, "max_words")?,
            reads: settings.number(self.max_reads, "max_reads")? as u64,
        };
        let options = ParseOptions {
            any: self.any,
            now: ZonedDateTime::now(),
            saved: settings.saved_queries()?,
            max_clauses: settings.number(self.max_clauses, "max_clauses")?,
        };
        Ok(self.parsed(text, further, &options).map(|query| {
            let plan = plan(&query, &*names, PlanOptions { variants, limits });
            Understood { query, plan }
        }))
    }

    fn parsed(
        &self,
        text: &str,
        further: &[(&'static str, &[String])],
        options: &ParseOptions,
    ) -> Result<Query, Misunderstood> {
        let mut filters = self.filters();
        filters.extend(further.iter().copied().filter(|(_, values)| !values.is_empty()));
        let misunderstood = |text: &str| {
            let text = text.to_owned();
            move |error| Misunderstood { error, text }
        };
        let text = if text.trim().is_empty() && !filters.is_empty() { "*" } else { text };
        let read = if self.quote { parse_literal } else { parse };
        let mut query = read(text, options).map_err(misunderstood(text))?;
        for (field, values) in filters {
            let mut alternatives = Vec::new();
            for value in values {
                alternatives.push(parse_filter(field, value, options).map_err(misunderstood(value))?);
            }
            query = query.narrowed(alternatives);
        }
        Ok(query)
    }

    fn filters(&self) -> Vec<(&'static str, &[String])> {
        [
            ("since", self.since.as_slice()),
            ("until", self.until.as_slice()),
            ("source", &self.source),
            ("publisher", &self.publisher),
            ("host", &self.host),
            ("entity", &self.entity),
            ("place", &self.place),
            ("person", &self.person),
            ("organisation", &self.org),
            ("language", &self.lang),
        ]
        .into_iter()
        .filter(|(_, values)| !values.is_empty())
        .collect()
    }
}

impl Misunderstood {
    /// The error as the terminal shows it.
    pub fn failure(self, width: usize) -> Failure {
        Failure::query(self.error, &self.text, width)
    }
}
