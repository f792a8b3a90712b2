//! `newsidx entities`: the names in files, the entities of the index, and corrections of them.

mod corrections;
mod files;
mod listing;

use super::Context;
use super::failure::Outcome;

const LONG_ABOUT: &str = "\
Show the names in files, list the entities of the index, and correct them.

With paths: the names in files, with their places. Of plain text the whole file is looked at and places are
bytes of the file; of other formats the extracted body is, and places are bytes of its text.

  newsidx entities --format jsonl ./texts
  newsidx entities --about ./texts
  newsidx entities list --kind person
  newsidx entities show Kharkov
  newsidx entities related Kharkiv --unit section

A folder called like a command is written with its path: `newsidx entities ./list`.";

/// Show the names in files, list the entities of the index, and correct them
#[derive(Debug, clap::Args)]
#[command(long_about = LONG_ABOUT, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    files: files::FileArgs,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List the entities of the index
    List(listing::ListArgs),
    /// Show all that the index knows of an entity
    Show(listing::ShowArgs),
    /// List what is named together with an entity more often than by chance
    Related(listing::RelatedArgs),
    /// Give an entity a further spelling
    Alias(corrections::AliasArgs),
    /// Make two entities one
    Merge(corrections::MergeArgs),
    /// Say that something is no entity
    Hide(corrections::HideArgs),
    /// Say that an entity is of another kind
    Retype(corrections::RetypeArgs),
    /// List the corrections
    Corrections(corrections::ListArgs),
}

/// Runs it.
pub fn run(args: &Args, context: &Context) -> Outcome {
    match &args.command {
        None => files::run(&args.files, context),
        Some(Command::List(args)) => listing::list(args, context),
        Some(Command::Show(args)) => listing::show(args, context),
        Some(Command::Related(args)) => listing::related(args, context),
        Some(Command::Alias(args)) => corrections::alias(args, context),
        Some(Command::Merge(args)) => corrections::merge(args, context),
        Some(Command::Hide(args)) => corrections::hide(args, context),
        Some(Command::Retype(args)) => corrections::retype(args, context),
        Some(Command::Corrections(args)) => corrections::list(args, context),
    }
}
