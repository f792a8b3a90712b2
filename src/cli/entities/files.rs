//! `newsidx entities PATH…`

use std::io::Write;
use std::path::PathBuf;

use newsidx::article::Article;
use newsidx::document::{Content, Document, Location};
use newsidx::extract::{ExtractOptions, extract};
use newsidx::names::about::keep_topics;
use newsidx::names::own::OwnNames;
use newsidx::render::{DocumentEntities, sanitise_line, write_json};

use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::extract::each_article;
use crate::cli::failure::Outcome;
use crate::cli::names_args::NamesArgs;
use crate::cli::reading::ReadArgs;
use crate::cli::terminal::say;

/// How names are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A line for each name: place, type, name and id
    Text,
    /// An object a line and document
    Jsonl,
}

/// Files, and how their names are written.
#[derive(Debug, clap::Args)]
pub struct FileArgs {
    /// Files and folders
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// Format of the names
    #[arg(long, short = 'f', value_enum, default_value = "text")]
    format: Format,
    /// Only what each document is about: one line for each entity that is named in headline, dek or
    /// lead, or often, at the place that names it most fully
    #[arg(long)]
    about: bool,
    #[command(flatten)]
    names: NamesArgs,
    #[command(flatten)]
    read: ReadArgs,
}

/// Runs it.
pub fn run(args: &FileArgs, context: &Context) -> Outcome {
    let mut out = context.terminal(false).out();
    let mut failed = 0_usize;
    let names = args.names.to_read(context)?;
    let named = |document: &Document| named_article(document, &names, args.about);
    each_article(&args.paths, &args.read, context, named, |extracted| {
        match extracted {
            Ok((location, _, article)) => match args.format {
                Format::Jsonl => {
                    write_json(&mut out, &DocumentEntities::new(&article, &location))?;
                    writeln!(out)?;
                }
                Format::Text => write_lines(&mut out, &article, &location)?,
            },
            Err(left) => {
                failed += usize::from(left.failed);
                say(&format!("newsidx: {}", left.reason));
            }
        }
        Ok(())
    })?;
    out.flush()?;
    Ok(if failed == 0 { Exit::Success } else { Exit::SomeFailed })
}

fn named_article(
    document: &Document,
    names: &OwnNames,
    about: bool,
) -> Result<Article, newsidx::extract::ExtractError> {
    let keep_everything = matches!(document.content, Content::Lines(_));
    let options = ExtractOptions { keep_everything, ..ExtractOptions::default() };
    let mut article = extract(document, &options)?;
    names.annotate(&mut article);
    if about {
        keep_topics(&mut article);
    }
    Ok(article)
}

fn write_lines(out: &mut dyn Write, article: &Article, location: &Location) -> std::io::Result<()> {
    for mention in &article.mentions {
        let kind = match mention.entity.kind {
            newsidx::article::Kind::Person => "person",
            newsidx::article::Kind::Organisation => "organisation",
            newsidx::article::Kind::Place => "place",
        };
        let surface = sanitise_line(&mention.surface);
        let name = sanitise_line(&mention.entity.name);
        let country = mention.entity.country.as_deref().unwrap_or("-");
        let (start, end) = (mention.span.start, mention.span.end);
        writeln!(
            out,
            "{location}\t{start}\t{end}\t{kind}\t{country}\t{}\t{name}\t{surface}",
            mention.entity.id
        )?;
    }
    Ok(())
}
