//! `newsidx status`

use std::io::Write;

use newsidx::document::limits::size_text;
use newsidx::engine::{Embedded, Engine};
use newsidx::index::{FORMAT_VERSION, annotated_otherwise};
use newsidx::render::write_json;

use super::Context;
use super::exit::Exit;
use super::failure::Outcome;

/// Show what the index holds
#[derive(Debug, clap::Args)]
pub struct Args {
    /// As one object
    #[arg(long)]
    json: bool,
}

/// Runs it.
pub fn run(args: &Args, context: &Context) -> Outcome {
    let home = context.home()?;
    let engine = Embedded::open(&home)?;
    let holdings = engine.holdings()?;
    let stale = annotated_otherwise(&home, context.names()?.fingerprint())?;
    let mut out = context.terminal(false).out();
    let day = |second: i64| jiff::Timestamp::from_second(second).map(|at| at.strftime("%F").to_string()).ok();
    let published = holdings.published.and_then(|(first, last)| Some((day(first)?, day(last)?)));
    if args.json {
        let record = serde_json::json!({
            "schema": "newsidx.status/1", "index": home.folder().display().to_string(), "format": FORMAT_VERSION,
            "files": holdings.files, "articles": holdings.articles, "sections": holdings.sections,
            "segments": holdings.segments, "bytes": holdings.bytes,
            "annotated_otherwise": stale,
            "published": published.as_ref().map(|(first, last)| [first, last]),
        });
        write_json(&mut out, &record)?;
        writeln!(out)?;
    } else {
        writeln!(out, "index      {}", home.folder().display())?;
        writeln!(out, "files      {}", holdings.files)?;
        writeln!(out, "articles   {}", holdings.articles)?;
        writeln!(out, "sections   {} in articles that have several", holdings.sections)?;
        if let Some((first, last)) = published {
            writeln!(out, "published  {first} to {last}")?;
        }
        if stale > 0 {
            writeln!(out, "names      {stale} files are annotated with other names: index them again")?;
        }
        writeln!(out, "size       {} in {} segments", size_text(holdings.bytes), holdings.segments)?;
    }
    out.flush()?;
    Ok(Exit::Success)
}
