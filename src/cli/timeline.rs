//! `newsidx timeline`

use std::io::Write;

use newsidx::aggregate::Grain;
use newsidx::aggregate::facets::FacetField;
use newsidx::aggregate::timeline::{Timeline, TimelinePoint, TimelineRequest, timeline};
use newsidx::engine::Unit;
use newsidx::render::{TIMELINE_SCHEMA, TIMELINES_SCHEMA, write_chart};
use serde::Serialize;

use super::Context;
use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::scope::{ScopeArgs, top, units};
use super::table::{RecordWriter, TableFormat, write_whole};
use super::terminal::Terminal;

const LONG_ABOUT: &str = "\
Count articles over time, in UTC.

Every period from the first to the last article is there, also those with none; where the query or
--since and --until say when, every period of that time.

  newsidx timeline 'Kharkiv offensive' --by day
  newsidx timeline --split source --top 5 --by week grain
  newsidx timeline --ratio --by month --format csv Ukraine";

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum By {
    Day,
    /// From Monday on (ISO 8601)
    Week,
    Month,
    Year,
}

/// Count articles over time
#[derive(Debug, clap::Args)]
#[command(long_about = LONG_ABOUT)]
pub struct Args {
    /// The query; every article without one
    #[arg(value_name = "QUERY")]
    query: Vec<String>,
    /// Length of a period
    #[arg(long, value_enum, default_value = "month")]
    by: By,
    /// A series for each of the most frequent values of this field
    #[arg(long, value_name = "FIELD")]
    split: Option<String>,
    /// Values that have a series of their own; 0 for all
    #[arg(long, short = 'n', value_name = "N", default_value_t = 5)]
    top: usize,
    /// Also the share of all articles of each period
    #[arg(long)]
    ratio: bool,
    #[command(flatten)]
    scope: ScopeArgs,
    /// Format of the counts
    #[arg(long, short = 'f', value_enum, default_value = "text")]
    format: TableFormat,
}

#[derive(Serialize)]
struct Whole<'a> {
    query: &'a str,
    by: Grain,
    unit: Unit,
    split: Option<&'static str>,
    total: u64,
    undated: u64,
    coarse: u64,
    distinct: usize,
    points: Vec<TimelinePoint<'a>>,
}

/// Runs it.
pub fn run(args: &Args, context: &Context) -> Outcome {
    let terminal = context.terminal(false);
    let split = args.split.as_deref().map(split_field).transpose()?;
    let understood = args.scope.understood(&args.query, context, terminal)?;
    let engine = context.engine()?;
    let names = context.names()?;
    let request = TimelineRequest {
        plan: &understood.plan,
        unit: args.scope.unit.into(),
        by: match args.by {
            By::Day => Grain::Day,
            By::Week => Grain::Week,
            By::Month => Grain::Month,
            By::Year => Grain::Year,
        },
        split,
        top: top(args.top),
        ratio: args.ratio,
    };
    let found = timeline(&engine, &names, &request)?;
    let mut out = terminal.out();
    match args.format {
        TableFormat::Text => write_chart(&mut out, &found, terminal.style)?,
        TableFormat::Json => {
            let whole = Whole {
                query: &understood.query.text,
                by: found.by,
                unit: request.unit,
                split,
                total: found.total,
                undated: found.undated,
                coarse: found.coarse,
                distinct: found.distinct,
                points: found.points().collect(),
            };
            write_whole(&mut out, TIMELINES_SCHEMA, &whole)?;
        }
        TableFormat::Jsonl | TableFormat::Csv | TableFormat::Tsv => {
            let columns = ["period", "start", "series", "value", "name", "count", "of", "ratio"];
            let mut writer = RecordWriter::new(&mut out, args.format, TIMELINE_SCHEMA, &columns)?;
            found.points().try_for_each(|point| writer.write(&point))?;
        }
    }
    out.flush()?;
    own_up(&found, args, terminal);
    Ok(if found.total > 0 || args.scope.ok_empty { Exit::Success } else { Exit::NoHits })
}

fn split_field(name: &str) -> Result<&'static str, Failure> {
    let field = FacetField::named(name)?;
    let fault = || Failure::usage(format!("a timeline cannot be split by `{}`", field.name));
    field
        .column()
        .ok_or_else(|| fault().hint("split it by source, publisher, place, language or another name"))
}

/// Says what the chart does not show.
fn own_up(found: &Timeline, args: &Args, terminal: Terminal) {
    let mut parts = vec![units(found.total, args.scope.unit)];
    if found.undated > 0 {
        parts.push(format!("{} undated", found.undated));
    }
    if found.coarse > 0 {
        parts.push(format!(
            "{} dated more coarsely than a {}, counted at the beginning",
            found.coarse,
            found.by.name()
        ));
    }
    let own = found.series.iter().filter(|series| series.value.is_some()).count();
    if found.distinct > own {
        parts.push(format!("{own} of {} values have a series, `--top 0` for all", found.distinct));
    }
    if found.split.is_some() {
        parts.push("an article with several values counts for each".to_owned());
    }
    terminal.note(&parts.join(" · "));
}
