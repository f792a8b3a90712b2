//! `newsidx query`: saved queries, kept as sorted lines beside the index.

use std::io::Write;
use std::path::{Path, PathBuf};

use jiff::ZonedDateTime;
use newsidx::index::{Home, IndexError};
use newsidx::query::{ParseOptions, SavedQueries, parameters_of, parse};
use newsidx::render::{sanitise_line, write_json};

use super::Context;
use super::exit::Exit;
use super::failure::{Failure, Outcome};

/// Name of the file, in the index's folder.
const QUERIES_FILE: &str = "queries.tsv";

/// Save queries under a name and list them
///
/// A saved query is part of any query by its name: `@name`, or `@name(argument, ...)` where it has
/// parameters `$1` to `$9`.
///
///   newsidx query save cites 'SECTION(source:$1 $2)'
///   newsidx search '@cites(Meduza, missile) since:7d'
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Save a query, in place of any of that name
    Save {
        /// Letters, digits, `-` and `_`
        name: String,
        /// The query; several words are one query
        #[arg(required = true)]
        query: Vec<String>,
    },
    /// List the saved queries
    List {
        /// Format of the list
        #[arg(long, short = 'f', value_enum, default_value = "text")]
        format: Format,
    },
    /// Show one
    Show {
        /// Its name
        name: String,
    },
    /// Remove one
    Rm {
        /// Its name
        name: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Name, tab and query a line
    Text,
    /// An object a line
    Jsonl,
}

/// The file of the saved queries of an index.
pub fn queries_file(home: &Home) -> PathBuf {
    home.folder().join(QUERIES_FILE)
}

/// The queries in `path`; none where there is no such file.
pub fn read_queries(path: &Path) -> Result<SavedQueries, Failure> {
    let fault = |error: &dyn std::fmt::Display| {
        Failure::usage(format!("cannot read saved queries in `{}`: {error}", path.display()))
    };
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(SavedQueries::default()),
        Err(error) => return Err(fault(&error)),
    };
    SavedQueries::parse(&text).map_err(|error| fault(&error))
}

/// Writes them whole or not at all.
fn write_queries(path: &Path, saved: &SavedQueries) -> Result<(), Failure> {
    let fault = |error| Failure::usage(format!("cannot write `{}`: {error}", path.display()));
    let draft = path.with_extension("new");
    std::fs::write(&draft, saved.to_text()).and_then(|()| std::fs::rename(&draft, path)).map_err(fault)
}

/// Runs it.
pub fn run(args: &Args, context: &Context) -> Outcome {
    let home = context.home()?;
    if !home.folder().is_dir() {
        return Err(IndexError::NotFound { path: home.folder().to_owned() }.into());
    }
    let path = queries_file(&home);
    let mut saved = read_queries(&path)?;
    match &args.command {
        Command::Save { name, query } => {
            let query = query.join(" ");
            check(&query, &saved)?;
            saved.insert(name, &query).map_err(|error| Failure::usage(error.to_string()))?;
            write_queries(&path, &saved)?;
        }
        Command::List { format } => list(&saved, *format)?,
        Command::Show { name } => {
            let query = saved.get(name).ok_or_else(|| unknown(name))?;
            writeln!(std::io::stdout(), "{}", sanitise_line(query))?;
        }
        Command::Rm { name } => {
            if !saved.remove(name) {
                return Err(unknown(name));
            }
            write_queries(&path, &saved)?;
        }
    }
    Ok(Exit::Success)
}

fn unknown(name: &str) -> Failure {
    Failure::usage(format!("no saved query `{name}`")).hint("`newsidx query list` lists them")
}

/// A query with parameters can be checked only when it is called.
fn check(query: &str, saved: &SavedQueries) -> Result<(), Failure> {
    if parameters_of(query) > 0 {
        return Ok(());
    }
    let options = ParseOptions { saved: saved.clone(), ..ParseOptions::new(ZonedDateTime::now()) };
    parse(query, &options).map(drop).map_err(|error| Failure::query(error, query, 80))
}

fn list(saved: &SavedQueries, format: Format) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    for (name, query) in saved.iter() {
        match format {
            Format::Text => writeln!(out, "{name}\t{}", sanitise_line(query))?,
            Format::Jsonl => {
                let parameters = parameters_of(query);
                let record = serde_json::json!({
                    "schema": "newsidx.query/1", "name": name, "query": query, "parameters": parameters
                });
                write_json(&mut out, &record)?;
                writeln!(out)?;
            }
        }
    }
    Ok(())
}
