//! `newsidx extract`

use std::io::Write;
use std::path::PathBuf;

use newsidx::article::Article;
use newsidx::document::path::path_text;
use newsidx::document::{Document, Location};
use newsidx::extract::{ExtractOptions, extract};
use newsidx::index::{article_id, furniture_of};
use newsidx::render::{ArticleRecord, write_extracted, write_json, write_json_pretty};
use rayon::prelude::*;

use super::Context;
use super::exit::Exit;
use super::failure::Outcome;
use super::names_args::NamesArgs;
use super::reading::{Left, Listed, ReadArgs, documents, files, without_article};
use super::terminal::say;

/// Files that are read side by side before their articles are written in order.
const FILES_PER_ROUND: usize = 64;

/// How an article is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    Text,
    /// An object over several lines
    Json,
    /// An object a line
    Jsonl,
}

/// Show what would be indexed of files, and which rule gave it
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Files and folders
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// Format of the articles
    #[arg(long, short = 'f', value_enum, default_value = "text")]
    format: Format,
    /// Do not look for names, citations and quotes
    #[arg(long)]
    no_names: bool,
    /// Take the whole text as it stands, dropping nothing
    #[arg(long)]
    keep_everything: bool,
    #[command(flatten)]
    names: NamesArgs,
    #[command(flatten)]
    read: ReadArgs,
}

/// An article that was extracted, with its place; or why there is none.
pub type Extracted = Result<(Location, &'static str, Article), Left>;

/// Extracts the articles of `paths`, several files side by side, and hands them on in order.
pub fn each_article(
    paths: &[PathBuf],
    read: &ReadArgs,
    context: &Context,
    article_of: impl Fn(&Document) -> Result<Article, newsidx::extract::ExtractError> + Sync,
    mut hand_on: impl FnMut(Extracted) -> Result<(), super::failure::Failure>,
) -> Result<(), super::failure::Failure> {
    let options = read.read_options(&context.settings)?;
    let walk = read.walk_options()?;
    let mut listed = files(paths, &walk).peekable();
    while listed.peek().is_some() {
        let round: Vec<Listed> = listed.by_ref().take(FILES_PER_ROUND).collect();
        let extracted: Vec<Vec<Extracted>> = round
            .into_par_iter()
            .map(|file| match file {
                Listed::Left(left) => vec![Err(left)],
                Listed::File(path) => {
                    let (documents, left) = documents(&path, &options);
                    let one = |document: Document| match article_of(&document) {
                        Ok(article) => Ok((document.location, document.format, article)),
                        Err(error) => Err(without_article(&document, &error)),
                    };
                    documents.into_iter().map(one).chain(left.into_iter().map(Err)).collect()
                }
            })
            .collect();
        for one in extracted.into_iter().flatten() {
            hand_on(one)?;
        }
    }
    Ok(())
}

/// Runs it.
pub fn run(args: &Args, context: &Context) -> Outcome {
    let terminal = context.terminal(false);
    let mut out = terminal.out();
    let furniture = furniture_of(
        &args.paths,
        &args.read.walk_options()?,
        &args.read.read_options(&context.settings)?,
        path_text,
    );
    let options = ExtractOptions { keep_everything: args.keep_everything, furniture: Some(furniture) };
    let names = args.names.to_read(context)?;
    let mut failed = 0_usize;
    let article_of = |document: &Document| {
        let mut article = extract(document, &options)?;
        if !args.no_names {
            names.annotate(&mut article);
        }
        Ok(article)
    };
    each_article(&args.paths, &args.read, context, article_of, |extracted| {
        match extracted {
            Ok((location, format, article)) => {
                write_one(&mut out, args.format, &location, format, &article, terminal.style)?
            }
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

fn write_one(
    out: &mut dyn Write,
    format: Format,
    location: &Location,
    document_format: &str,
    article: &Article,
    style: newsidx::render::Style,
) -> std::io::Result<()> {
    let record = || ArticleRecord::new(article, location, Some(document_format), article_id(article));
    match format {
        Format::Text => return write_extracted(out, article, location, style),
        Format::Json => write_json_pretty(out, &record())?,
        Format::Jsonl => write_json(out, &record())?,
    }
    writeln!(out)
}
