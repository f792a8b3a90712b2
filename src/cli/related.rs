//! `newsidx related`

use std::io::{IsTerminal, Read, Write};
use std::path::Path;

use newsidx::aggregate::related::{Related, RelatedRequest, related};
use newsidx::article::Article;
use newsidx::document::{ReadOptions, read_bytes};
use newsidx::engine::{Embedded, Engine};
use newsidx::extract::{ExtractOptions, extract};
use newsidx::index::article_id;
use newsidx::render::{RELATED_LIST_SCHEMA, RELATED_SCHEMA, write_related};
use serde::Serialize;

use super::Context;
use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::names_args::NamesArgs;
use super::reading::{ReadArgs, documents};
use super::scope::{ScopeArgs, plural};
use super::table::{RecordWriter, TableFormat, write_whole};

const LONG_ABOUT: &str = "\
Find articles like another: those that share its rare words and its names.

The other is an article of the index (its id, the beginning of one, or its path), a file that need not be
indexed, or a text on standard input. The percentage is the share of its words' and names' weight that an article has.

  newsidx related n:1b5d08aa638b
  newsidx related draft.html --since 30d
  pbpaste | newsidx related - --format jsonl

Exit codes: 0 articles; 1 none; 2 no such article, or a file that cannot be read; 4 no index.";

/// Find articles like another
#[derive(Debug, clap::Args)]
#[command(long_about = LONG_ABOUT)]
pub struct Args {
    /// Id or path of an article of the index, a file, or `-` for standard input
    #[arg(value_name = "ID|FILE|-")]
    article: String,
    /// Only among what this query finds
    #[arg(long, value_name = "QUERY")]
    within: Vec<String>,
    /// Articles to list
    #[arg(long, short = 'n', value_name = "N", default_value_t = 10)]
    limit: usize,
    #[command(flatten)]
    scope: ScopeArgs,
    /// Format of the list
    #[arg(long, short = 'f', value_enum, default_value = "text")]
    format: TableFormat,
    #[command(flatten)]
    names: NamesArgs,
    #[command(flatten)]
    read: ReadArgs,
}

#[derive(Serialize)]
struct Whole<'a> {
    of: &'a str,
    #[serde(flatten)]
    found: &'a Related,
}

/// Runs it.
pub fn run(args: &Args, context: &Context) -> Outcome {
    let terminal = context.terminal(false);
    let engine = context.engine()?;
    let names = context.names()?;
    let within = args.scope.understood(&args.within, context, terminal)?;
    let (id, article) = article(args, context, &engine)?;
    let request = RelatedRequest { article: &article, id: &id, within: &within.plan, limit: args.limit };
    let found = related(&engine, &names, &request)?;
    let mut out = terminal.out();
    match args.format {
        TableFormat::Text => {
            for article in &found.articles {
                write_related(&mut out, article, terminal.style)?;
            }
        }
        TableFormat::Json => write_whole(&mut out, RELATED_LIST_SCHEMA, &Whole { of: &id, found: &found })?,
        TableFormat::Jsonl | TableFormat::Csv | TableFormat::Tsv => {
            let columns = [
                "rank",
                "score",
                "share",
                "id",
                "headline",
                "publisher.name",
                "published",
                "shared_names",
                "shared_words",
                "path",
                "record",
            ];
            let mut writer = RecordWriter::new(&mut out, args.format, RELATED_SCHEMA, &columns)?;
            found.articles.iter().try_for_each(|article| writer.write(article))?;
        }
    }
    out.flush()?;
    terminal.note(&summary(&found));
    Ok(if !found.articles.is_empty() || args.scope.ok_empty { Exit::Success } else { Exit::NoHits })
}

fn summary(found: &Related) -> String {
    let articles = found.articles.len() as u64;
    let mut line = format!("{articles} article{} like it", plural(articles));
    if found.copies > 0 {
        line.push_str(&format!(
            " · {} cop{} of it not listed",
            found.copies,
            if found.copies == 1 { "y" } else { "ies" }
        ));
    }
    if found.words.is_empty() && found.names.is_empty() {
        line.push_str(" · it has no word or name that other articles have and most have not");
    }
    line
}

/// The article that others are to be like, and its id.
fn article(args: &Args, context: &Context, engine: &Embedded) -> Result<(String, Article), Failure> {
    if args.article == "-" {
        if std::io::stdin().is_terminal() {
            return Err(Failure::usage("a text is expected on standard input, which is a terminal"));
        }
        return from_input(args, context);
    }
    let mut stored = engine.articles(&args.article)?;
    stored.dedup_by(|a, b| a.id == b.id);
    match stored.len() {
        1 => {
            let stored = stored.remove(0);
            return Ok((stored.id, stored.article));
        }
        0 => {}
        several => {
            let fault = Failure::usage(format!("`{}` means {several} articles", args.article));
            return Err(fault.hint("name one by its id, or as `path#record`"));
        }
    }
    let path = Path::new(&args.article);
    if !path.is_file() {
        let fault = Failure::usage(format!("no article and no file `{}`", args.article));
        return Err(fault.hint("`newsidx search --format ids` gives ids"));
    }
    let (documents, left) = documents(path, &args.read.read_options(&context.settings)?);
    extracted(args, context, documents, left.into_iter().next().map(|left| left.reason))
}

fn from_input(args: &Args, context: &Context) -> Result<(String, Article), Failure> {
    let options: ReadOptions = args.read.read_options(&context.settings)?;
    let mut bytes = Vec::new();
    std::io::stdin().lock().take(options.limits.file_bytes + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > options.limits.file_bytes {
        return Err(Failure::usage("standard input is too large").hint("`--max-filesize` raises the limit"));
    }
    let mut documents = Vec::new();
    let mut fault = None;
    let read = read_bytes("-", &bytes, &options, &mut |record| {
        match record {
            Ok(document) => documents.push(document),
            Err(error) => fault = Some(error.fault.to_string()),
        }
        std::ops::ControlFlow::Continue(())
    });
    let fault = fault.or(read.err().map(|error| error.to_string()));
    extracted(args, context, documents, fault)
}

fn extracted(
    args: &Args,
    context: &Context,
    documents: Vec<newsidx::document::Document>,
    fault: Option<String>,
) -> Result<(String, Article), Failure> {
    let name = &args.article;
    let [document] = <[_; 1]>::try_from(documents).map_err(|documents| match (documents.len(), fault) {
        (0, Some(reason)) => Failure::usage(format!("cannot read `{name}`: {reason}")),
        (0, None) => Failure::usage(format!("`{name}` holds no article")),
        (several, _) => Failure::usage(format!("`{name}` holds {several} articles"))
            .hint("index it, and name one of them as `path#record`"),
    })?;
    let mut article = extract(&document, &ExtractOptions::default())
        .map_err(|error| Failure::usage(format!("cannot read `{name}`: {error}")))?;
    args.names.to_read(context)?.annotate(&mut article);
    Ok((article_id(&article), article))
}
