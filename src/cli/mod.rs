//! The command line: a file for each command with its arguments and its run.
//!
//! Nothing else of the project knows clap, anyhow, the environment or the terminal.

mod arrange_args;
mod batch;
mod completions;
mod config;
mod count;
mod db;
mod entities;
mod exit;
mod explain;
mod extract;
mod facets;
mod failure;
mod fields;
mod index;
mod kwic;
mod man;
mod names_args;
mod output;
mod query;
mod query_args;
mod quotes;
mod rank_args;
mod reading;
mod related;
mod schema;
mod scope;
mod search;
mod settings;
mod show;
mod sources;
mod status;
mod table;
mod terminal;
mod timeline;
mod watch;
mod why;

use std::cell::OnceCell;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{CommandFactory, Parser, Subcommand};
use newsidx::engine::Embedded;
use newsidx::index::{Home, INDEX_FOLDER, own_names_of};
use newsidx::names::own::OwnNames;

use self::exit::Exit;
use self::failure::{Failure, Outcome};
use self::settings::Settings;
use self::terminal::{Colour, Terminal};

const ABOUT: &str = "Turn a folder of news articles into an archive one can question";

const LONG_ABOUT: &str = "\
Turn a folder of news articles into an archive one can question.

newsidx reads scraped pages and texts, feeds, dumps and wire formats, finds out what each article
says and on whose word it says it, and answers queries about them.

  newsidx index ./corpus                 index a folder, or bring its index up to date
  newsidx search \"Kharkiv offensive\"     search it
  newsidx search 'source:Meduza place:Kharkiv published:2024-05'
  newsidx extract article.html           see what is extracted from a file, and why";

const AFTER_HELP: &str = "\
Exit codes: 0 hits or success; 1 no hits; 2 wrong use, wrong query or an error; 3 indexed, but some
files failed; 4 no index, or one of another version; 75 the index is being written; 130 interrupted.

The index is the one of --index, else of NEWSIDX_INDEX, else the nearest .newsidx from the working
folder upwards. Several (`-i A/.newsidx -i B/.newsidx`; in the variable as in PATH) are asked as one,
and paths then begin with the folder that their index belongs to. Settings come from flags, then NEWSIDX_* variables, then .newsidx/config.toml, then
the user's config.toml: `newsidx config --origin` shows them.";

/// What was typed.
#[derive(Debug, Parser)]
#[command(name = "newsidx", version, about = ABOUT, long_about = LONG_ABOUT, after_long_help = AFTER_HELP)]
#[command(max_term_width = 100, propagate_version = true, infer_subcommands = false)]
pub struct Cli {
    /// Folder of the index; several are asked as one
    #[arg(long, short = 'i', global = true, value_name = "DIR")]
    index: Vec<PathBuf>,
    /// When to use colour
    #[arg(long, global = true, value_enum, value_name = "WHEN")]
    color: Option<Colour>,
    /// Ignore configuration files
    #[arg(long, global = true)]
    no_config: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
#[expect(clippy::large_enum_variant, reason = "there is one, for as long as the program runs")]
enum Command {
    /// Index files and folders, or bring their index up to date
    Index(index::Args),
    /// Search the index
    Search(search::Args),
    /// Count what a query finds
    Count(count::Args),
    /// Count articles by the values of fields
    Facets(facets::Args),
    /// Count articles over time
    Timeline(timeline::Args),
    /// List whom articles cite, how often, and how it shows
    Sources(sources::Args),
    /// List quotations
    Quotes(quotes::Args),
    /// List every place that a query finds, with what stands beside it
    Kwic(kwic::Args),
    /// Find articles like another
    Related(related::Args),
    /// Show what a query became, what its parts find, and why an article has its score
    Explain(explain::Args),
    /// Show articles of the index whole
    Show(show::Args),
    /// Show what would be indexed of files, and which rule gave it
    Extract(extract::Args),
    /// Show the names in files, with their places
    Entities(entities::Args),
    /// List the fields that can be asked for, and how many articles have them
    Fields(fields::Args),
    /// Show what the index holds
    Status(status::Args),
    /// Look after the index: check, compact, copy, move
    Db(db::Args),
    /// Say whether a file is indexed and, if not, why
    Why(why::Args),
    /// Save queries under a name, to be used in others
    Query(query::Args),
    /// Show the settings that hold
    Config(config::Args),
    /// Print the JSON Schema of an output record
    Schema(schema::Args),
    /// Print a completion script for a shell
    Completions(completions::Args),
    /// Print the manual page of newsidx or of a command
    Man(man::Args),
}

/// What every command can ask for.
pub struct Context {
    /// The settings that hold.
    pub settings: Settings,
    /// The indexes that were named, or the one that was found.
    homes: Vec<Home>,
    colour: Colour,
    names: OnceCell<Arc<OwnNames>>,
}

impl Context {
    /// The terminal, silent beside the results when `quiet`.
    pub fn terminal(&self, quiet: bool) -> Terminal {
        Terminal::new(self.colour, quiet)
    }

    /// The one index that a command works on.
    pub fn home(&self) -> Result<Home, Failure> {
        match &self.homes[..] {
            [home] => Ok(home.clone()),
            [] => Err(newsidx::index::IndexError::NotFound { path: PathBuf::from(INDEX_FOLDER) }.into()),
            several => {
                Err(Failure::usage(format!("this works on one index, and {} were named", several.len()))
                    .hint("several are asked together by search, count, facets and the like"))
            }
        }
    }

    /// The index to ask, or several as one.
    pub fn engine(&self) -> Result<Embedded, Failure> {
        if self.homes.is_empty() {
            self.home()?;
        }
        Ok(Embedded::open_all(&self.homes)?)
    }

    /// The user's own names and corrections that the indexes have.
    pub fn names(&self) -> Result<Arc<OwnNames>, Failure> {
        if let Some(names) = self.names.get() {
            return Ok(Arc::clone(names));
        }
        let names = Arc::new(own_names_of(&self.homes)?);
        Ok(Arc::clone(self.names.get_or_init(|| names)))
    }

    /// The index to write: where there is none yet, `.newsidx` in the working folder.
    pub fn home_to_write(&self) -> Result<Home, Failure> {
        if self.homes.is_empty() { Ok(Home::at(INDEX_FOLDER)) } else { self.home() }
    }
}

/// Runs the program.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse_from(arguments()) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are results; a reader that has gone away is no error.
            let exit = if error.use_stderr() { Exit::Usage } else { Exit::Success };
            drop(error.print());
            return exit.into();
        }
    };
    // A bug ends in a sentence, not in a trace; one in a worker costs the file it was reading.
    std::panic::set_hook(Box::new(|_| {}));
    let ran = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        context(&cli).and_then(|context| dispatch(cli.command, &context))
    }));
    match ran.unwrap_or_else(|panic| Err(internal_error(&*panic))) {
        Ok(exit) => exit.into(),
        Err(failure) if failure.is_closed_pipe() => Exit::Success.into(),
        Err(failure) => {
            terminal::show(&failure);
            failure.exit.into()
        }
    }
}

fn internal_error(panic: &(dyn std::any::Any + Send)) -> Failure {
    let text =
        panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    Failure::usage(format!("internal error: {}", text.unwrap_or("unknown")))
        .hint("this is a bug of newsidx; please report it")
}

fn arguments() -> impl Iterator<Item = OsString> {
    std::env::args_os()
}

fn context(cli: &Cli) -> Result<Context, Failure> {
    let named = if cli.index.is_empty() {
        let listed = std::env::var_os("NEWSIDX_INDEX").filter(|folders| !folders.is_empty());
        listed.map(|folders| std::env::split_paths(&folders).collect()).unwrap_or_default()
    } else {
        cli.index.clone()
    };
    let homes: Vec<Home> = if named.is_empty() {
        Home::nearest(&std::env::current_dir()?).into_iter().collect()
    } else {
        named.into_iter().map(Home::at).collect()
    };
    // Settings and saved queries are those of the first.
    let settings = Settings::load(homes.first(), cli.no_config)?;
    let colour = match cli.color {
        Some(colour) => colour,
        None => settings.colour()?,
    };
    Ok(Context { settings, homes, colour, names: OnceCell::new() })
}

fn dispatch(command: Command, context: &Context) -> Outcome {
    match command {
        Command::Index(args) => index::run(&args, context),
        Command::Search(args) => search::run(&args, context),
        Command::Count(args) => count::run(&args, context),
        Command::Facets(args) => facets::run(&args, context),
        Command::Timeline(args) => timeline::run(&args, context),
        Command::Sources(args) => sources::run(&args, context),
        Command::Quotes(args) => quotes::run(&args, context),
        Command::Kwic(args) => kwic::run(&args, context),
        Command::Related(args) => related::run(&args, context),
        Command::Explain(args) => explain::run(&args, context),
        Command::Show(args) => show::run(&args, context),
        Command::Extract(args) => extract::run(&args, context),
        Command::Entities(args) => entities::run(&args, context),
        Command::Fields(args) => fields::run(&args, context),
        Command::Status(args) => status::run(&args, context),
        Command::Db(args) => db::run(&args, context),
        Command::Why(args) => why::run(&args, context),
        Command::Query(args) => query::run(&args, context),
        Command::Config(args) => config::run(&args, context),
        Command::Schema(args) => schema::run(&args),
        Command::Completions(args) => completions::run(&args, &mut Cli::command()),
        Command::Man(args) => man::run(&args, Cli::command()),
    }
}
