//! `newsidx kwic`

use std::io::Write;

use newsidx::aggregate::kwic::{KwicLine, KwicRequest, Order, kwic};
use newsidx::render::{CONCORDANCE_SCHEMA, KWIC_SCHEMA, LEAST_KWIC_WIDTH, write_kwic_line};
use serde::Serialize;

use super::Context;
use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::scope::{ScopeArgs, plural, units};
use super::table::{RecordWriter, TableFormat, write_whole};

const LONG_ABOUT: &str = "\
List every place that a query finds, with what stands to its left and right.

Words, real phrases, patterns, and names in any spelling: what `show --highlight` marks. Sorted by the words
beside it, a concordance shows how something is spoken of.

  newsidx kwic offensive --sort right
  newsidx kwic 'place:Kharkov' --width 100
  newsidx kwic '\"Black Sea\"' --limit 0 --format csv --context 80";

/// The order of lines, as typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum SortArg {
    /// Articles by relevance, each in the order of its text
    Relevance,
    /// Articles from the newest to the oldest
    Date,
    /// By the words to the left, the nearest first
    Left,
    /// By the words to the right
    Right,
    /// By the found words
    Match,
}

/// List every place that a query finds, with what stands beside it
#[derive(Debug, clap::Args)]
#[command(long_about = LONG_ABOUT)]
pub struct Args {
    /// The query
    #[arg(value_name = "QUERY", required = true)]
    query: Vec<String>,
    /// Order of the lines
    #[arg(long, short = 's', value_enum, default_value = "relevance")]
    sort: SortArg,
    /// Width of a line of text, in columns of the terminal [default: the terminal's]
    #[arg(long, value_name = "COLUMNS")]
    width: Option<usize>,
    /// Context on each side in the other formats, in columns of a terminal
    #[arg(long, value_name = "COLUMNS", default_value_t = 60)]
    context: usize,
    /// Lines to list; 0 for all
    #[arg(long, short = 'n', value_name = "N", default_value_t = 20)]
    limit: usize,
    /// Lines to pass over
    #[arg(long, value_name = "N", default_value_t = 0)]
    offset: usize,
    #[command(flatten)]
    scope: ScopeArgs,
    /// Format of the lines
    #[arg(long, short = 'f', value_enum, default_value = "text")]
    format: TableFormat,
}

#[derive(Serialize)]
struct Whole<'a> {
    query: &'a str,
    articles: u64,
    without: u64,
    total: u64,
    offset: usize,
    lines: &'a [KwicLine],
}

/// Runs it.
pub fn run(args: &Args, context: &Context) -> Outcome {
    let terminal = context.terminal(false);
    let width = args.width.unwrap_or(terminal.style.width.max(LEAST_KWIC_WIDTH));
    if width < LEAST_KWIC_WIDTH {
        return Err(Failure::usage(format!("a line needs at least {LEAST_KWIC_WIDTH} columns")));
    }
    let understood = args.scope.understood(&args.query, context, terminal)?;
    let engine = context.engine()?;
    let names = context.names()?;
    let request = KwicRequest {
        plan: &understood.plan,
        unit: args.scope.unit.into(),
        order: match args.sort {
            SortArg::Relevance => Order::Relevance,
            SortArg::Date => Order::Newest,
            SortArg::Left => Order::Left,
            SortArg::Right => Order::Right,
            SortArg::Match => Order::Match,
        },
        context: if args.format == TableFormat::Text { width } else { args.context },
        limit: (args.limit > 0).then_some(args.limit),
        offset: args.offset,
    };
    let found = kwic(&engine, &names, &request)?;
    let mut out = terminal.out();
    match args.format {
        TableFormat::Text => {
            for line in &found.lines {
                write_kwic_line(&mut out, line, width, terminal.style)?;
            }
        }
        TableFormat::Json => {
            let whole = Whole {
                query: &understood.query.text,
                articles: found.matches,
                without: found.without,
                total: found.total,
                offset: args.offset,
                lines: &found.lines,
            };
            write_whole(&mut out, CONCORDANCE_SCHEMA, &whole)?;
        }
        TableFormat::Jsonl | TableFormat::Csv | TableFormat::Tsv => {
            let columns =
                ["left", "match", "right", "publisher.name", "published", "id", "path", "record", "field"];
            let mut writer = RecordWriter::new(&mut out, args.format, KWIC_SCHEMA, &columns)?;
            found.lines.iter().try_for_each(|line| writer.write(line))?;
        }
    }
    out.flush()?;
    let mut line = format!(
        "{} place{} in {}",
        found.total,
        plural(found.total),
        units(found.matches - found.without, args.scope.unit)
    );
    if (found.lines.len() as u64) < found.total {
        line.push_str(&format!(" · {} listed, `--limit 0` for all", found.lines.len()));
    }
    if found.without > 0 {
        line.push_str(&format!(" · {} more found by what does not stand in the text", found.without));
    }
    terminal.note(&line);
    Ok(if found.total > 0 || args.scope.ok_empty { Exit::Success } else { Exit::NoHits })
}
