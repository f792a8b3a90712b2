//! Where output goes: results to standard output, everything else to standard error.

use std::io::{self, BufWriter, IsTerminal, Write};

use clap::ValueEnum;
use newsidx::render::{Style, sanitise};

use super::failure::Failure;

/// Widest text: longer lines are hard to read however wide the terminal is.
const MAX_WIDTH: usize = 110;
/// Width where none is known.
const DEFAULT_WIDTH: usize = 80;

/// When colour is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The terminal as one command sees it.
#[derive(Clone, Copy, Debug)]
pub struct Terminal {
    /// Colour and width of standard output.
    pub style: Style,
    /// Whether messages beside the results are wanted.
    pub quiet: bool,
}

impl Terminal {
    /// What the environment and the flags say.
    pub fn new(colour: Colour, quiet: bool) -> Self {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let forced = std::env::var("CLICOLOR_FORCE").is_ok_and(|value| value != "0");
        let refused = std::env::var("CLICOLOR").is_ok_and(|value| value == "0");
        let colour = match colour {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto if set("NO_COLOR") => false,
            Colour::Auto => forced || (!refused && io::stdout().is_terminal()),
        };
        Self { style: Style { colour, width: width() }, quiet }
    }

    /// Standard output, buffered.
    pub fn out(self) -> BufWriter<io::StdoutLock<'static>> {
        BufWriter::with_capacity(1 << 16, io::stdout().lock())
    }

    /// A line beside the results.
    pub fn note(self, message: &str) {
        if !self.quiet {
            say(message);
        }
    }
}

/// Writes a line to standard error; that it cannot be written is nobody's concern.
pub fn say(message: &str) {
    drop(writeln!(io::stderr().lock(), "{}", sanitise(message)));
}

/// Shows what went wrong.
pub fn show(failure: &Failure) {
    let mut message = format!("newsidx: {:#}", failure.error);
    if let Some((line, carets)) = &failure.excerpt {
        message.push_str(&format!("\n  {line}\n  {carets}"));
    }
    if let Some(hint) = &failure.hint {
        message.push_str(&format!("\nhint: {hint}"));
    }
    say(&message);
}

fn width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let width = columns.or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)));
    width.unwrap_or(DEFAULT_WIDTH).clamp(20, MAX_WIDTH)
}
