//! `newsidx schema`

use std::io::Write;

use super::exit::Exit;
use super::failure::{Failure, Outcome};

/// The schemas, compiled in.
const SCHEMAS: &[(&str, &str)] = &[
    ("hit", include_str!("../../schema/hit.schema.json")),
    ("results", include_str!("../../schema/results.schema.json")),
    ("article", include_str!("../../schema/article.schema.json")),
    ("entities", include_str!("../../schema/entities.schema.json")),
    ("file", include_str!("../../schema/file.schema.json")),
    ("explain", include_str!("../../schema/explain.schema.json")),
    ("query", include_str!("../../schema/query.schema.json")),
    ("facet", include_str!("../../schema/facet.schema.json")),
    ("facets", include_str!("../../schema/facets.schema.json")),
    ("timeline", include_str!("../../schema/timeline.schema.json")),
    ("timelines", include_str!("../../schema/timelines.schema.json")),
    ("source", include_str!("../../schema/source.schema.json")),
    ("sources", include_str!("../../schema/sources.schema.json")),
    ("graph", include_str!("../../schema/graph.schema.json")),
    ("quote", include_str!("../../schema/quote.schema.json")),
    ("quotes", include_str!("../../schema/quotes.schema.json")),
    ("kwic", include_str!("../../schema/kwic.schema.json")),
    ("concordance", include_str!("../../schema/concordance.schema.json")),
    ("related", include_str!("../../schema/related.schema.json")),
    ("related-list", include_str!("../../schema/related-list.schema.json")),
    ("entity", include_str!("../../schema/entity.schema.json")),
    ("entity-list", include_str!("../../schema/entity-list.schema.json")),
    ("entity-details", include_str!("../../schema/entity-details.schema.json")),
    ("companion", include_str!("../../schema/companion.schema.json")),
    ("companions", include_str!("../../schema/companions.schema.json")),
    ("export", include_str!("../../schema/export.schema.json")),
    ("verification", include_str!("../../schema/verification.schema.json")),
    ("error", include_str!("../../schema/error.schema.json")),
];

/// Print the JSON Schema of an output record
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Name of the record; lists the names without one
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

/// Runs it.
pub fn run(args: &Args) -> Outcome {
    let mut out = std::io::stdout().lock();
    let Some(name) = &args.name else {
        for (name, _) in SCHEMAS {
            writeln!(out, "{name}")?;
        }
        return Ok(Exit::Success);
    };
    let found = SCHEMAS.iter().find(|(known, _)| known == name);
    let names: Vec<&str> = SCHEMAS.iter().map(|(name, _)| *name).collect();
    let unknown =
        || Failure::usage(format!("no record `{name}`")).hint(format!("there are {}", names.join(", ")));
    let (_, schema) = found.ok_or_else(unknown)?;
    out.write_all(schema.as_bytes())?;
    Ok(Exit::Success)
}
