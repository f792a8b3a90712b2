//! Headline, byline, dates, publisher, host, address and language by agreement of witnesses.

mod author;
pub mod date;
mod fold;
mod markup;
pub mod site;
mod title;
