//! From hits, articles and counts to bytes: records for programs, text for people.
//!
//! Sees results alone, and takes a writer: it knows neither terminal nor engine. Whatever an article
//! holds, no control character of it leaves here as such.

mod columns;
mod json;
mod markup;
mod record;
mod sanitise;
mod template;
mod text;

pub use columns::{Delimiter, write_header, write_row};
pub use json::{write_json, write_json_pretty};
pub use markup::write_markdown_hit;
pub use record::{
    ARTICLE_SCHEMA, ArticleRecord, DocumentEntities, ERROR_SCHEMA, ErrorRecord, HIT_SCHEMA, HitRecord,
    NamedOutlet, RESULTS_SCHEMA, ResultsHead, picked,
};
pub use sanitise::{sanitise, sanitise_line};
pub use template::{Template, TemplateError};
pub use text::{Style, write_article, write_extracted, write_hit};
