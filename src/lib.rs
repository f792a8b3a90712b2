//! newsidx turns a folder of news articles into an archive one can question.
//!
//! The way of the data, in one direction:
//!
//! ```text
//! paths ─walk─▶ Document ─extract─▶ Article ─index─▶ segments     query ─parse─▶ Query ─plan─▶ engine ─▶ Hit ─render─▶ bytes
//! ```
#![warn(missing_docs)]
#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr))]

pub mod aggregate;
pub mod analysis;
pub mod article;
pub mod document;
pub mod engine;
pub mod extract;
pub mod index;
pub mod names;
pub mod query;
pub mod rank;
pub mod render;
pub mod search;
