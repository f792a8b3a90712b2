//! `newsidx config`

use std::io::Write;

use super::Context;
use super::exit::Exit;
use super::failure::Outcome;
use super::settings::SETTINGS;

/// Show the settings that hold
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Say where each value comes from
    #[arg(long)]
    origin: bool,
}

/// Runs it. The output is a valid `config.toml`.
pub fn run(args: &Args, context: &Context) -> Outcome {
    let mut out = context.terminal(false).out();
    for setting in SETTINGS {
        let (value, origin) = context.settings.get(setting.key);
        let from = if args.origin { format!(" [{origin}]") } else { String::new() };
        let assignment = format!("{} = {}", setting.key, toml::Value::from(value));
        writeln!(out, "{assignment:<24} # {}{from}", setting.meaning)?;
    }
    out.flush()?;
    Ok(Exit::Success)
}
