//! From a [`Document`] to an [`Article`]: metadata, body, sections, dates, language.
//!
//! Pure: the same document and options give the same article, whatever else is going on.
//! Names and citations are added afterwards by [`crate::names::annotate`].

pub mod assemble;
pub mod block;
mod gated;
pub mod gbm;
mod head_blocks;
pub mod html;
pub mod language;
pub mod meta;
pub mod repeats;
pub mod rules;
mod scraped_blocks;
pub mod text;

use std::sync::Arc;

use crate::{
    article::{Article, FieldName, PageKind},
    document::{Content, Document},
    names::outlets::Outlets,
};
use block::{Candidate, Verdict};
use rules::Rules;
use text::Reading;

/// What extraction may do.
#[derive(Clone, Debug, Default)]
pub struct ExtractOptions {
    /// Take the whole text as it stands, dropping nothing: for tools that want spans into the
    /// file. Holds for plain text; other formats rewrite theirs.
    pub keep_everything: bool,
    /// Lines that recur in the files of a source, from a pass over them; they are left out.
    pub furniture: Option<Arc<repeats::LazyFurniture>>,
}

/// Why nothing could be extracted.
#[derive(Debug, thiserror::Error)]
pub enum ExtractError {
    /// The document holds no text at all.
    #[error("no text")]
    Empty,
    /// The page is nested deeper than the parser allows.
    #[error("nested deeper than {limit} elements")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// The page holds more of something than the parser allows.
    #[error("more than {limit} {what}")]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
}

/// Extracts the article of `document`.
///
/// # Errors
/// See [`ExtractError`]; one document's error concerns that document alone.
pub fn extract(document: &Document, options: &ExtractOptions) -> Result<Article, ExtractError> {
    if let (true, Content::Lines(text) | Content::Prose(text)) = (options.keep_everything, &document.content)
    {
        return keep_everything(text);
    }
    let rules = Rules::builtin();
    let outlets = Outlets::builtin();
    let recurs = recurs_of(document, options);
    let (Reading { mut candidates, mut witnesses }, page_kind) = read(document, rules, outlets, &recurs)?;
    if candidates.is_empty() && document.witnesses.is_empty() {
        return Err(ExtractError::Empty);
    }
    witnesses.splice(0..0, document.witnesses.iter().cloned());
    let context = meta::Context { captured: document.captured.as_deref(), outlets };
    let settled = meta::settle(&witnesses, &context);
    head_blocks::drop_headline(&mut candidates, &witnesses, settled.headline.as_deref());
    head_blocks::drop_bylines(&mut candidates, &settled);
    let mut article = assemble::assemble(candidates, rules);
    settled.apply(&mut article);
    if article.language.is_none() {
        article.language = language::detect(&article.text).map(|(code, _)| code.to_owned());
    }
    assemble::mark_section_languages(&mut article);
    article.page_kind = page_kind;
    article.extra = document.extra.clone();
    Ok(article)
}

/// Whether a line recurs in the document's source. Section labels recur by their nature and do not
/// count.
fn recurs_of<'a>(document: &Document, options: &'a ExtractOptions) -> impl Fn(&str) -> bool + use<'a> {
    let source = options.furniture.as_ref().map(|_| repeats::source_of(document)).unwrap_or_default();
    let furniture = options.furniture.as_deref().map(repeats::LazyFurniture::get);
    move |line| {
        furniture.is_some_and(|furniture| furniture.has(&source, line))
            && Rules::builtin().section_label(line).is_none()
    }
}

/// Blocks and witnesses of the content, and whether it is a story at all.
fn read(
    document: &Document,
    rules: &Rules,
    outlets: &Outlets,
    recurs: &dyn Fn(&str) -> bool,
) -> Result<(Reading, PageKind), ExtractError> {
    let reading = match &document.content {
        Content::Page(page) => {
            let dom = html::parse(page)?;
            let mut judged = html::judge(&dom);
            for candidate in &mut judged.candidates {
                if candidate.is_kept() && recurs(&candidate.text) {
                    candidate.drop_by("repeat:blocks-of-source");
                }
            }
            let address = document.witnesses.iter().find(|witness| witness.field == FieldName::Url);
            let mut witnesses = meta::witnesses_of_page(&dom, address.map(|witness| witness.raw.as_str()));
            scraped_blocks::drop_labels(&mut judged.candidates, rules, outlets, &mut witnesses);
            return Ok((Reading { candidates: judged.candidates, witnesses }, judged.page_kind));
        }
        Content::Fragment(fragment) => {
            let mut candidates = html::judge(&html::parse(fragment)?).candidates;
            for candidate in &mut candidates {
                candidate.verdict = Verdict::Keep;
            }
            Reading { candidates, witnesses: Vec::new() }
        }
        Content::Lines(text) => text::scraped(text, rules, outlets, recurs),
        Content::Prose(text) => text::prose(text, rules),
        Content::Blocks(blocks) => {
            Reading { candidates: blocks.iter().map(Candidate::from).collect(), witnesses: Vec::new() }
        }
    };
    Ok((reading, PageKind::Article))
}

fn keep_everything(text: &str) -> Result<Article, ExtractError> {
    if text.trim().is_empty() {
        return Err(ExtractError::Empty);
    }
    let mut article = assemble::verbatim(text);
    article.language = language::detect(text).map(|(code, _)| code.to_owned());
    Ok(article)
}
