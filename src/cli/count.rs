//! `newsidx count`

use std::io::Write;
use std::path::PathBuf;

use newsidx::engine::{Engine, EngineError};
use newsidx::render::{ERROR_SCHEMA, ErrorRecord, write_json};

use super::Context;
use super::batch;
use super::exit::Exit;
use super::failure::Outcome;
use super::query_args::QueryArgs;
use super::search::UnitArg;

/// How a count is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// The number; in a batch the query's name, a tab and the number
    Text,
    /// An object a line
    Jsonl,
}

/// Count what a query finds
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The query; every article without one
    #[arg(value_name = "QUERY")]
    query: Vec<String>,
    /// What to count
    #[arg(long, value_enum, default_value = "article")]
    unit: UnitArg,
    #[command(flatten)]
    query_args: QueryArgs,
    /// Count the queries of a file, `-` for standard input: a line each, `name<TAB>query`; a `.csv` with a
    /// column `query`
    #[arg(long, value_name = "FILE", conflicts_with = "query")]
    batch: Option<PathBuf>,
    /// Format of the counts
    #[arg(long, short = 'f', value_enum, default_value = "text")]
    format: Format,
    /// Exit with 0 when nothing is found, too
    #[arg(long)]
    ok_empty: bool,
}

/// Runs it.
pub fn run(args: &Args, context: &Context) -> Outcome {
    let terminal = context.terminal(false);
    let engine = context.engine()?;
    let mut out = terminal.out();
    let (mut any, mut bad) = (false, false);
    match &args.batch {
        None => {
            let text = if args.query.is_empty() { "*".to_owned() } else { args.query.join(" ") };
            let understood = args.query_args.understand(&text, context)?;
            let understood =
                understood.map_err(|misunderstood| misunderstood.failure(terminal.style.width))?;
            let count = engine.count(&understood.plan, args.unit.into())?;
            any = count > 0;
            write_count(&mut out, args.format, None, &text, count)?;
        }
        Some(path) => {
            for query in batch::queries(path)? {
                let query = query?;
                let counted = match args.query_args.understand(&query.text, context)? {
                    Ok(understood) => match engine.count(&understood.plan, args.unit.into()) {
                        // What the engine refuses is the query's fault, too.
                        Err(EngineError::Query { error, .. }) => Err(error),
                        other => Ok(other?),
                    },
                    Err(misunderstood) => Err(misunderstood.error),
                };
                match counted {
                    Ok(count) => {
                        any |= count > 0;
                        write_count(&mut out, args.format, Some(&query.qid), &query.text, count)?;
                    }
                    Err(error) => {
                        bad = true;
                        terminal.note(&format!("newsidx: query {}: {error}", query.qid));
                        if args.format == Format::Jsonl {
                            let record = ErrorRecord {
                                schema: ERROR_SCHEMA,
                                qid: Some(query.qid),
                                error: error.to_string(),
                                hint: error.hint.clone(),
                                span: Some(error.span),
                            };
                            write_json(&mut out, &record)?;
                            writeln!(out)?;
                        }
                    }
                }
            }
        }
    }
    out.flush()?;
    Ok(match (bad, any || args.ok_empty) {
        (true, _) => Exit::Usage,
        (false, true) => Exit::Success,
        (false, false) => Exit::NoHits,
    })
}

fn write_count(
    out: &mut dyn Write,
    format: Format,
    qid: Option<&str>,
    query: &str,
    count: u64,
) -> std::io::Result<()> {
    match (format, qid) {
        (Format::Text, None) => writeln!(out, "{count}"),
        (Format::Text, Some(qid)) => writeln!(out, "{}\t{count}", newsidx::render::sanitise_line(qid)),
        (Format::Jsonl, qid) => {
            let record = serde_json::json!({
                "schema": "newsidx.count/1", "qid": qid, "query": query, "count": count, "exact": true
            });
            write_json(out, &record)?;
            writeln!(out)
        }
    }
}
