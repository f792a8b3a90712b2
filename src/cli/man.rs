//! `newsidx man`

use std::io::Write;

use super::exit::Exit;
use super::failure::{Failure, Outcome};

/// Print the manual page of newsidx or of a command
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The command
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
}

/// Runs it.
pub fn run(args: &Args, mut program: clap::Command) -> Outcome {
    program.build();
    let page = match &args.command {
        None => program,
        Some(name) => {
            let unknown = || Failure::usage(format!("no command `{name}`")).hint("`newsidx help` lists them");
            program.find_subcommand(name).cloned().ok_or_else(unknown)?
        }
    };
    let name = page.get_display_name().unwrap_or(page.get_name()).to_owned();
    let mut roff = Vec::new();
    clap_mangen::Man::new(page.name(name)).render(&mut roff)?;
    std::io::stdout().lock().write_all(&roff)?;
    Ok(Exit::Success)
}
