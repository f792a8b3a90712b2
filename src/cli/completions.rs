//! `newsidx completions`

use std::io::Write;

use clap_complete::Shell;

use super::exit::Exit;
use super::failure::Outcome;

/// Print a completion script for a shell
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Runs it.
pub fn run(args: &Args, command: &mut clap::Command) -> Outcome {
    // The generator panics when it cannot write: it writes to memory.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, command, "newsidx", &mut script);
    std::io::stdout().lock().write_all(&script)?;
    Ok(Exit::Success)
}
