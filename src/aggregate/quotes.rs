//! Who said what, in which words, to whom, and where it stands.

use serde::Serialize;

use super::AggregateError;
use super::sources::section_of;
use crate::article::{Article, Outlet, Quote, Source, Span, TextField};
use crate::engine::{Engine, MatchRequest, Sort, Unit};
use crate::index::StoredArticle;
use crate::names::own::OwnNames;
use crate::query::Plan;
use crate::search::Highlighter;

/// What is listed.
#[derive(Clone, Copy)]
pub struct QuotesRequest<'a> {
    /// The query's meaning: it chooses the articles.
    pub plan: &'a Plan,
    /// Whether all quotes of the articles are listed or those of the sections found.
    pub unit: Unit,
    /// Only quotes of these speakers, by id; of all without any.
    pub speakers: Option<&'a [String]>,
    /// Only quotes carried by these outlets, by id.
    pub carriers: Option<&'a [String]>,
    /// Only quotes whose words this finds something in.
    pub about: Option<&'a Highlighter>,
}

/// A quotation with its place.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FoundQuote {
    /// The words, without their quotation marks.
    pub text: String,
    /// Who said them.
    pub speaker: Option<Source>,
    /// How the speaker is named there: a name, a description or a pronoun.
    pub speaker_text: Option<String>,
    /// The outlet that carried them ("told the BBC").
    pub carrier: Option<Source>,
    /// Who published the article.
    pub publisher: Option<Outlet>,
    /// Who republished it.
    pub host: Option<Outlet>,
    /// The article.
    pub id: String,
    /// Its headline.
    pub headline: Option<String>,
    /// When it was published.
    pub published: Option<String>,
    /// Its address.
    pub url: Option<String>,
    /// Path of its file.
    pub path: String,
    /// Number of the record in the file.
    pub record: Option<u64>,
    /// Which text the words stand in.
    pub field: TextField,
    /// Index of the section.
    pub section: Option<usize>,
    /// The section's heading.
    pub heading: Option<String>,
    /// The words' bytes in the text.
    pub span: Span,
    /// Their bytes in the decoded file, where the text is the file's own.
    pub file_span: Option<Span>,
    /// The line of the file that they begin in, from 1.
    pub line: Option<usize>,
}

/// Hands the quotes to `visit`, those of the newest articles first and within one in the order of the
/// text, until it answers no. Gives the number of articles found.
///
/// # Errors
/// When the engine fails, or what `visit` gives.
pub fn quotes<E: From<AggregateError>>(
    engine: &dyn Engine,
    names: &OwnNames,
    request: &QuotesRequest<'_>,
    visit: &mut dyn FnMut(FoundQuote) -> Result<bool, E>,
) -> Result<u64, E> {
    let engine_error = |error| E::from(AggregateError::from(error));
    let asked = MatchRequest { plan: request.plan, unit: request.unit, sort: Sort::Newest, top: None };
    let found = engine.matches(&asked).map_err(engine_error)?;
    for one in &found.first {
        let mut loaded = engine.load(one.address).map_err(engine_error)?;
        names.correct(&mut loaded.stored.article);
        let section = section_of(request.unit, loaded.section);
        for quote in wanted(&loaded.stored.article, section, request) {
            if !visit(found_quote(&loaded.stored, quote))? {
                return Ok(found.total);
            }
        }
    }
    Ok(found.total)
}

fn wanted<'a>(article: &'a Article, section: Option<usize>, request: &QuotesRequest<'_>) -> Vec<&'a Quote> {
    let one_of = |ids: Option<&[String]>, source: &Option<Source>| match ids {
        None => true,
        Some(ids) => source.as_ref().is_some_and(|source| ids.contains(&source.id)),
    };
    let mut about = [TextField::Headline, TextField::Dek, TextField::Body]
        .map(|field| (field, request.about.map(|about| about.marks(article, field))));
    let mut speaks_of = |quote: &Quote| {
        let marks = about.iter_mut().find(|(field, _)| *field == quote.field);
        let marks = marks.and_then(|(_, marks)| marks.as_ref());
        marks.is_none_or(|marks| marks.iter().any(|mark| quote.span.contains(mark.span)))
    };
    article
        .quotes
        .iter()
        .filter(|quote| section.is_none() || (quote.field == TextField::Body && quote.section == section))
        .filter(|quote| one_of(request.speakers, &quote.speaker) && one_of(request.carriers, &quote.carrier))
        .filter(|quote| speaks_of(quote))
        .collect()
}

fn found_quote(stored: &StoredArticle, quote: &Quote) -> FoundQuote {
    let article = &stored.article;
    let text = article.text_of(quote.field);
    let body = quote.field == TextField::Body;
    let heading = quote.section.and_then(|number| article.sections.get(number)?.heading.clone());
    FoundQuote {
        text: quote.span.of(text).to_owned(),
        speaker: quote.speaker.clone(),
        speaker_text: quote.speaker_span.map(|span| span.of(text).to_owned()),
        carrier: quote.carrier.clone(),
        publisher: article.publisher.clone(),
        host: article.host.clone(),
        id: stored.id.clone(),
        headline: article.headline.clone(),
        published: article.published.as_ref().map(|moment| moment.iso.clone()),
        url: article.url.clone(),
        path: stored.location.path.clone(),
        record: stored.location.record,
        field: quote.field,
        section: quote.section,
        heading,
        span: quote.span,
        file_span: body.then(|| article.file_span(quote.span)).flatten(),
        line: body.then(|| article.file_line(quote.span)).flatten(),
    }
}
