//! Headline, byline, dates, publisher, host, address and language by agreement of witnesses.

mod author;
pub mod date;
mod fold;
mod json_repair;
mod jsonld;
mod lines;
mod markup;
mod page;
mod page_elements;
mod page_head;
pub mod site;
mod title;
mod url;
mod visible;
mod witness_set;

pub use page::witnesses_of_page;

/// Placeholder.
pub fn settle() {}
