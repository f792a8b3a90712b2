//! `newsidx show`

use std::io::Write;

use newsidx::engine::Engine;
use newsidx::render::{ArticleRecord, write_article, write_json, write_json_pretty};
use newsidx::search::Highlighter;

use super::Context;
use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::query_args::QueryArgs;

/// How an article is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    Text,
    /// Everything that was extracted
    Json,
    /// The same on one line
    Jsonl,
}

/// Show articles of the index whole
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Ids, beginnings of ids, or paths (`path#record`)
    #[arg(value_name = "ID", required = true)]
    ids: Vec<String>,
    /// Only this section, from 1
    #[arg(long, value_name = "N")]
    section: Option<usize>,
    /// Mark what this query finds
    #[arg(long, value_name = "QUERY")]
    highlight: Option<String>,
    /// Format of the article
    #[arg(long, short = 'f', value_enum, default_value = "text")]
    format: Format,
    #[command(flatten)]
    query_args: QueryArgs,
}

/// Runs it.
pub fn run(args: &Args, context: &Context) -> Outcome {
    let terminal = context.terminal(false);
    let engine = context.engine()?;
    let highlighter = match &args.highlight {
        Some(query) => {
            let understood = args.query_args.understand(query, context)?;
            let understood =
                understood.map_err(|misunderstood| misunderstood.failure(terminal.style.width))?;
            Some(Highlighter::new(&understood.plan))
        }
        None => None,
    };
    let mut out = terminal.out();
    let mut missing = Vec::new();
    for (number, id) in args.ids.iter().enumerate() {
        let articles = engine.articles(id)?;
        let Some(stored) = articles.first() else {
            missing.push(id.as_str());
            continue;
        };
        check_single(id, &articles)?;
        let section = section_index(args.section, stored.article.sections.len())?;
        if number > 0 && args.format == Format::Text {
            writeln!(out)?;
        }
        match args.format {
            Format::Text => {
                let (article, location) = (&stored.article, &stored.location);
                write_article(
                    &mut out,
                    article,
                    location,
                    &stored.id,
                    section,
                    highlighter.as_ref(),
                    terminal.style,
                )?;
            }
            Format::Json | Format::Jsonl => {
                let record = ArticleRecord::new(&stored.article, &stored.location, None, stored.id.clone());
                if args.format == Format::Json {
                    write_json_pretty(&mut out, &record)?;
                } else {
                    write_json(&mut out, &record)?;
                }
                writeln!(out)?;
            }
        }
        let copies: Vec<String> = articles.iter().skip(1).map(|copy| copy.location.to_string()).collect();
        if !copies.is_empty() {
            terminal.note(&format!("the same text also stands in {}", copies.join(", ")));
        }
    }
    out.flush()?;
    if missing.is_empty() {
        return Ok(Exit::Success);
    }
    terminal.note(&format!("newsidx: no article `{}`", missing.join("`, `")));
    Ok(Exit::NoHits)
}

/// The beginning of an id must mean one article; copies of one text share an id.
fn check_single(id: &str, articles: &[newsidx::index::StoredArticle]) -> Result<(), Failure> {
    let mut ids: Vec<&str> = articles.iter().map(|stored| stored.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    let of_one_file = articles.iter().all(|stored| stored.location.path == id);
    if ids.len() < 2 {
        return Ok(());
    }
    let hint = if of_one_file {
        format!("it holds {} articles: `{id}#1`, …", articles.len())
    } else {
        format!("it could be {}", ids.join(", "))
    };
    Err(Failure::usage(format!("`{id}` means several articles")).hint(hint))
}

fn section_index(section: Option<usize>, sections: usize) -> Result<Option<usize>, Failure> {
    match section {
        None => Ok(None),
        Some(number) if (1..=sections).contains(&number) => Ok(Some(number - 1)),
        Some(number) => Err(Failure::usage(format!("no section {number}: the article has {sections}"))),
    }
}
