//! Headline, byline, dates, publisher, host, address and language by agreement of witnesses.

pub mod date;
