//! `newsidx facets`

use std::io::Write;

use newsidx::aggregate::AggregateError;
use newsidx::aggregate::facets::{Facet, FacetField, FacetRequest, FacetValue, facet};
use newsidx::render::{FACET_SCHEMA, FACETS_SCHEMA, write_facet};
use serde::Serialize;

use super::Context;
use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::scope::{ScopeArgs, top, units};
use super::table::{RecordWriter, TableFormat, write_whole};
use super::terminal::Terminal;

const LONG_ABOUT: &str = "\
Count articles by the values of fields.

The first words name the fields, the rest is the query: source, publisher, host, credit, entity, person,
organisation, place, country, speaker, language, topic, evidence, domain, byline, section (headings), day,
week, month, year, and others that `newsidx fields` lists. Behind `--` everything is the query.

  newsidx facets source place 'Kharkiv offensive'
  newsidx facets person --match putin --unit section
  newsidx facets month publisher --top 0 --format csv -- 'grain corridor'";

/// Count articles by the values of fields
#[derive(Debug, clap::Args)]
#[command(long_about = LONG_ABOUT)]
pub struct Args {
    /// Fields, then the query; every article without one
    #[arg(value_name = "FIELD… [QUERY]", required = true)]
    words: Vec<String>,
    /// The query, where it begins like a field
    #[arg(value_name = "QUERY", last = true)]
    query: Vec<String>,
    /// Values to list of a field, the most frequent first; 0 for all
    #[arg(long, short = 'n', value_name = "N", default_value_t = 10)]
    top: usize,
    /// Only values whose name or id holds this text, or that it is a spelling of
    #[arg(long = "match", value_name = "TEXT")]
    matching: Option<String>,
    #[command(flatten)]
    scope: ScopeArgs,
    /// Format of the counts
    #[arg(long, short = 'f', value_enum, default_value = "text")]
    format: TableFormat,
}

#[derive(Serialize)]
struct Whole<'a> {
    query: &'a str,
    facets: &'a [Facet],
}

#[derive(Serialize)]
struct Row<'a> {
    field: &'static str,
    #[serde(flatten)]
    value: &'a FacetValue,
}

/// Runs it.
pub fn run(args: &Args, context: &Context) -> Outcome {
    let terminal = context.terminal(false);
    let (fields, query) = fields_and_query(args)?;
    let understood = args.scope.understood(&query, context, terminal)?;
    let engine = context.engine()?;
    let names = context.names()?;
    let mut facets = Vec::new();
    for field in fields {
        let request = FacetRequest {
            plan: &understood.plan,
            unit: args.scope.unit.into(),
            field,
            matching: args.matching.as_deref(),
            top: top(args.top),
        };
        facets.push(facet(&engine, &names, &request)?);
    }
    let mut out = terminal.out();
    match args.format {
        TableFormat::Text => {
            for (number, facet) in facets.iter().enumerate() {
                if number > 0 {
                    writeln!(out)?;
                }
                write_facet(&mut out, facet, terminal.style)?;
            }
        }
        TableFormat::Json => {
            let whole = Whole { query: &understood.query.text, facets: &facets };
            write_whole(&mut out, FACETS_SCHEMA, &whole)?;
        }
        TableFormat::Jsonl => {
            let mut writer = RecordWriter::new(&mut out, args.format, FACET_SCHEMA, &[])?;
            facets.iter().try_for_each(|facet| writer.write(facet))?;
        }
        TableFormat::Csv | TableFormat::Tsv => {
            let columns = ["field", "value", "name", "kind", "country", "count", "share"];
            let mut writer = RecordWriter::new(&mut out, args.format, FACET_SCHEMA, &columns)?;
            for facet in &facets {
                for value in &facet.values {
                    writer.write(&Row { field: facet.field, value })?;
                }
            }
        }
    }
    out.flush()?;
    facets.iter().for_each(|facet| own_up(facet, args, terminal));
    let any = facets.iter().any(|facet| !facet.values.is_empty());
    Ok(if any || args.scope.ok_empty { Exit::Success } else { Exit::NoHits })
}

/// The words that name fields, and the rest.
fn fields_and_query(args: &Args) -> Result<(Vec<FacetField>, Vec<String>), Failure> {
    let mut fields: Vec<FacetField> = Vec::new();
    let mut query = args.query.clone();
    for (number, word) in args.words.iter().enumerate() {
        let parsed: Result<Vec<FacetField>, AggregateError> =
            word.split(',').filter(|name| !name.is_empty()).map(FacetField::named).collect();
        match parsed {
            Ok(found) => fields.extend(found),
            // A field that cannot be counted is not taken for a word of the query.
            Err(AggregateError::UnknownField { .. }) if number > 0 && args.query.is_empty() => {
                query = args.words[number..].to_vec();
                break;
            }
            Err(error) => return Err(error.into()),
        }
    }
    let mut seen = Vec::new();
    fields.retain(|field| {
        let new = !seen.contains(field);
        seen.push(*field);
        new
    });
    Ok((fields, query))
}

/// Says what the list does not show.
fn own_up(facet: &Facet, args: &Args, terminal: Terminal) {
    let mut parts = vec![units(facet.total, args.scope.unit)];
    if facet.without > 0 {
        parts.push(format!("{} without a value", facet.without));
    }
    let left_out = facet.distinct - facet.values.len();
    if left_out > 0 {
        parts.push(format!("{} of {} values listed, `--top 0` for all", facet.values.len(), facet.distinct));
    }
    if facet.not_matching > 0 {
        parts.push(format!("{} values do not match", facet.not_matching));
    }
    if facet.coarse > 0 {
        parts.push(format!("{} dated more coarsely, counted at the beginning", facet.coarse));
    }
    terminal.note(&format!("{}: {}", facet.field, parts.join(" · ")));
}
