//! `newsidx quotes`

use std::io::Write;

use newsidx::aggregate::quotes::{FoundQuote, QuotesRequest, quotes};
use newsidx::render::{QUOTE_SCHEMA, QUOTES_SCHEMA, write_quote};
use newsidx::search::Highlighter;
use serde::Serialize;

use super::Context;
use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::scope::{ScopeArgs, ids_of_name, plural, units, values_asked_for};
use super::table::{RecordWriter, TableFormat, write_whole};

const LONG_ABOUT: &str = "\
List quotations: the words, who said them, the outlet that carried them, and where they stand.

The query chooses articles; --speaker, --carrier and --about choose quotes. A speaker is found in any
spelling, and where the text says \"he\".

  newsidx quotes --speaker Putin
  newsidx quotes --speaker Зеленський --since 2024-05-01 --format csv
  newsidx quotes --about sanctions 'place:Beijing'";

/// List quotations
#[derive(Debug, clap::Args)]
#[command(long_about = LONG_ABOUT)]
pub struct Args {
    /// The query that chooses articles; every article without one
    #[arg(value_name = "QUERY")]
    query: Vec<String>,
    /// Only what this person or body said (repeat for any of several)
    #[arg(long, value_name = "NAME")]
    speaker: Vec<String>,
    /// Only what was said to this outlet, as "told the BBC" (repeat for any of several)
    #[arg(long, value_name = "NAME")]
    carrier: Vec<String>,
    /// Only quotes in whose words this query finds something
    #[arg(long, value_name = "QUERY")]
    about: Option<String>,
    /// Quotes to list, those of the newest articles first; 0 for all
    #[arg(long, short = 'n', value_name = "N", default_value_t = 20)]
    limit: usize,
    /// Quotes to pass over
    #[arg(long, value_name = "N", default_value_t = 0)]
    offset: usize,
    #[command(flatten)]
    scope: ScopeArgs,
    /// Format of the quotes
    #[arg(long, short = 'f', value_enum, default_value = "text")]
    format: TableFormat,
}

#[derive(Serialize)]
struct Whole<'a> {
    query: &'a str,
    articles: u64,
    total: u64,
    offset: usize,
    quotes: &'a [FoundQuote],
}

/// Runs it.
pub fn run(args: &Args, context: &Context) -> Outcome {
    let terminal = context.terminal(false);
    let filters: [(&'static str, &[String]); 1] = [("speaker", &args.speaker)];
    let understood = args.scope.understood_with(&args.query, &filters, context, terminal)?;
    let names = context.names()?;
    let canonical = |id: String| names.corrections().canonical(&id).map(str::to_owned).unwrap_or(id);
    let speakers: Vec<String> =
        values_asked_for(&understood.plan.root, "speaker").into_iter().map(canonical).collect();
    let carriers: Vec<String> =
        args.carrier.iter().flat_map(|name| ids_of_name(&names, name)).map(canonical).collect();
    let about = match &args.about {
        Some(text) => Some(args.scope.understood(std::slice::from_ref(text), context, terminal)?),
        None => None,
    };
    let about = about.map(|about| Highlighter::new(&about.plan));
    let request = QuotesRequest {
        plan: &understood.plan,
        unit: args.scope.unit.into(),
        speakers: (!speakers.is_empty()).then_some(&speakers[..]),
        carriers: (!carriers.is_empty()).then_some(&carriers[..]),
        about: about.as_ref(),
    };
    let engine = context.engine()?;
    let mut out = terminal.out();
    let columns = [
        "text",
        "speaker.name",
        "speaker.id",
        "speaker_text",
        "carrier.name",
        "publisher.name",
        "host.name",
        "published",
        "headline",
        "id",
        "path",
        "record",
        "url",
    ];
    let mut writer = RecordWriter::new(&mut out, args.format, QUOTE_SCHEMA, &columns)?;
    let last = if args.limit == 0 { usize::MAX } else { args.limit.saturating_add(args.offset) };
    let mut total = 0_usize;
    let mut kept: Vec<FoundQuote> = Vec::new();
    let articles = quotes(&engine, &names, &request, &mut |quote| -> Result<bool, Failure> {
        let wanted = (args.offset..last).contains(&total);
        total += 1;
        if wanted {
            match args.format {
                TableFormat::Text | TableFormat::Json => kept.push(quote),
                _ => writer.write(&quote)?,
            }
        }
        // Counting goes on: the total is exact.
        Ok(true)
    })?;
    match args.format {
        TableFormat::Text => {
            for quote in &kept {
                write_quote(&mut out, quote, terminal.style)?;
            }
        }
        TableFormat::Json => {
            let whole = Whole {
                query: &understood.query.text,
                articles,
                total: total as u64,
                offset: args.offset,
                quotes: &kept,
            };
            write_whole(&mut out, QUOTES_SCHEMA, &whole)?;
        }
        _ => {}
    }
    out.flush()?;
    let shown = last.min(total).saturating_sub(args.offset);
    let mut line = format!("{total} quote{} in {}", plural(total as u64), units(articles, args.scope.unit));
    if shown < total {
        line.push_str(&format!(" · {shown} listed, `--limit 0` for all"));
    }
    for expansion in &understood.plan.expansions {
        line.push_str(&format!(" · {} in any spelling", expansion.name));
    }
    terminal.note(&line);
    Ok(if total > 0 || args.scope.ok_empty { Exit::Success } else { Exit::NoHits })
}
