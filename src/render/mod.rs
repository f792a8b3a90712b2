//! From hits, articles and counts to bytes: records for programs, text for people.
//!
//! Sees results alone, and takes a writer: it knows neither terminal nor engine. Whatever an article
//! holds, no control character of it leaves here as such.

mod arranged;
mod chart;
mod columns;
mod concordance;
mod graph;
mod json;
mod lists;
mod markup;
mod page;
mod record;
mod reference;
mod sanitise;
mod shown_article;
mod tagged;
mod template;
mod text;

pub use arranged::group_heading;
pub use chart::write_chart;
pub use columns::{Delimiter, write_header, write_row};
pub use concordance::{LEAST_KWIC_WIDTH, write_kwic_line};
pub use graph::{evidence_line, sentences_line, source_kind_name, write_dot, write_graphml};
pub use json::{write_json, write_json_pretty};
pub use lists::{
    write_companions, write_edges, write_entities, write_entity, write_facet, write_quote, write_related,
    write_sources,
};
pub use markup::{write_markdown_group, write_markdown_hit};
pub use page::{write_page_group, write_page_head, write_page_hit, write_page_query};
pub use record::{
    ARTICLE_SCHEMA, ArticleRecord, DocumentEntities, ERROR_SCHEMA, ErrorRecord, HIT_SCHEMA, HitRecord,
    NamedOutlet, RESULTS_SCHEMA, ResultsHead, picked,
};
pub use reference::{write_bibtex, write_csl_json, write_ris};
pub use sanitise::{sanitise, sanitise_line};
pub use shown_article::write_article;
pub use tagged::{
    COMPANION_SCHEMA, COMPANIONS_SCHEMA, CONCORDANCE_SCHEMA, ENTITY_DETAILS_SCHEMA, ENTITY_LIST_SCHEMA,
    ENTITY_SCHEMA, FACET_SCHEMA, FACETS_SCHEMA, GRAPH_SCHEMA, KWIC_SCHEMA, QUOTE_SCHEMA, QUOTES_SCHEMA,
    RELATED_LIST_SCHEMA, RELATED_SCHEMA, SOURCE_SCHEMA, SOURCES_SCHEMA, TIMELINE_SCHEMA, TIMELINES_SCHEMA,
    Tagged,
};
pub use template::{Template, TemplateError};
pub use text::{Style, write_extracted, write_group, write_hit};
