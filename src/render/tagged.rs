//! A record with the name and version of its schema before its fields.

use serde::Serialize;

/// What `schema/*.schema.json` describes under [`Tagged::schema`].
#[derive(Clone, Debug, Serialize)]
pub struct Tagged<T> {
    /// Name and version, such as `newsidx.facet/1`.
    pub schema: &'static str,
    /// The record.
    #[serde(flatten)]
    pub record: T,
}

impl<T> Tagged<T> {
    /// `record` under the schema of that name and version.
    pub fn new(schema: &'static str, record: T) -> Self {
        Self { schema, record }
    }
}

/// Version of several facets together.
pub const FACETS_SCHEMA: &str = "newsidx.facets/1";
/// Version of a whole timeline.
pub const TIMELINES_SCHEMA: &str = "newsidx.timelines/1";
/// Version of a list of sources.
pub const SOURCES_SCHEMA: &str = "newsidx.sources/1";
/// Version of a list of quotations.
pub const QUOTES_SCHEMA: &str = "newsidx.quotes/1";
/// Version of a whole concordance.
pub const CONCORDANCE_SCHEMA: &str = "newsidx.concordance/1";
/// Version of a list of entities.
pub const ENTITY_LIST_SCHEMA: &str = "newsidx.entity-list/1";
/// Version of a list of related articles.
pub const RELATED_LIST_SCHEMA: &str = "newsidx.related-list/1";
/// Version of a list of entities named together with another.
pub const COMPANIONS_SCHEMA: &str = "newsidx.companions/1";
/// Version of a facet.
pub const FACET_SCHEMA: &str = "newsidx.facet/1";
/// Version of a timeline's point.
pub const TIMELINE_SCHEMA: &str = "newsidx.timeline/1";
/// Version of a cited source.
pub const SOURCE_SCHEMA: &str = "newsidx.source/1";
/// Version of the graph of who cites whom.
pub const GRAPH_SCHEMA: &str = "newsidx.graph/1";
/// Version of a quotation.
pub const QUOTE_SCHEMA: &str = "newsidx.quote/1";
/// Version of a concordance's line.
pub const KWIC_SCHEMA: &str = "newsidx.kwic/1";
/// Version of an article like another.
pub const RELATED_SCHEMA: &str = "newsidx.related/1";
/// Version of an entity of the index.
pub const ENTITY_SCHEMA: &str = "newsidx.entity/1";
/// Version of all that is known of an entity.
pub const ENTITY_DETAILS_SCHEMA: &str = "newsidx.entity-details/1";
/// Version of an entity named together with another.
pub const COMPANION_SCHEMA: &str = "newsidx.companion/1";
