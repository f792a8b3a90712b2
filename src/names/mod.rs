//! Names and sources: gazetteers, tagger, linking, citations, quotes.
//!
//! [`annotate`] is the whole of it: an article goes in with its texts, and comes out with its
//! mentions, countries, citations and quotes. It reads no files and knows no engine.

pub mod about;
pub mod citations;
pub mod fold;
pub mod gazetteer;
mod linking;
pub mod lists;
mod looks;
pub mod outlets;
pub mod own;
mod resolver;
pub mod sentences;
pub mod tagger;

use crate::article::Article;
use gazetteer::Gazetteer;
use lists::Lists;
use outlets::Outlets;
use tagger::Tagger;

/// Finds the names, cited sources and quotes of `article` and writes them into it, in place of
/// what it had.
pub fn annotate(article: &mut Article) {
    Annotator::default().annotate(article);
}

/// Finds names by the lists that ship and by a user's own.
#[derive(Debug)]
pub struct Annotator<'a> {
    lists: Lists<'a>,
}

impl Default for Annotator<'static> {
    fn default() -> Self {
        Self { lists: Lists::builtin() }
    }
}

impl<'a> Annotator<'a> {
    /// An annotator that knows the names of `own` besides those that ship; where both have a name,
    /// `own` goes first.
    pub fn with_own(own: &'a Gazetteer) -> Self {
        Self { lists: Lists::with_own(own) }
    }

    /// Finds the names, cited sources and quotes of `article` and writes them into it, in place of
    /// what it had. Time is linear in the length of its texts; equal articles get equal results.
    pub fn annotate(&self, article: &mut Article) {
        linking::annotate(article, &self.lists, Tagger::builtin());
        citations::cite(article, Outlets::builtin());
    }
}
