//! `newsidx db`: the index as a whole.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::anyhow;
use newsidx::document::limits::size_text;
use newsidx::engine::{Embedded, Engine};
use newsidx::index::{
    ExportLine, Home, Import, IndexError, Transferred, VerifyOptions, export, forget_files, merge_from,
    optimize, snapshot, verify,
};
use newsidx::render::{sanitise_line, write_json};

use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::terminal::say;
use super::{Context, status};

/// Longest line of an import, in bytes: an article of the largest file that is read fits.
const MAX_LINE_BYTES: u64 = 512 << 20;

/// Look after the index: check, compact, copy, move
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Show what the index holds (the same as `newsidx status`)
    Status(status::Args),
    /// Check the index: checksums, articles, and, on demand, the files of the corpus
    Verify(VerifyArgs),
    /// Merge all segments into one and drop what was deleted
    Optimize,
    /// Copy the index as it is into a new folder; segments are linked where the disk allows it
    Snapshot {
        /// The new folder
        #[arg(value_name = "DIR")]
        to: PathBuf,
    },
    /// Write all articles as JSON Lines, with everything an index needs
    Export {
        /// The file; standard output without one, or for `-`
        #[arg(value_name = "FILE")]
        to: Option<PathBuf>,
    },
    /// Read what `export` wrote; files that the index has already give way
    Import {
        /// The file; `-` for standard input
        #[arg(value_name = "FILE")]
        from: PathBuf,
    },
    /// Take the articles of other indexes into this one
    Merge {
        /// Folders of the other indexes
        #[arg(value_name = "DIR", required = true)]
        from: Vec<PathBuf>,
    },
}

#[derive(Debug, clap::Args)]
struct VerifyArgs {
    /// Compare the files of the corpus as well: are they there, with their size and time
    #[arg(long)]
    files: bool,
    /// Read and hash the files of the corpus
    #[arg(long)]
    hashes: bool,
    /// Forget the files that have a problem, so that the next `newsidx index` reads them anew
    #[arg(long)]
    repair: bool,
    /// As one object
    #[arg(long)]
    json: bool,
}

/// Runs it.
pub fn run(args: &Args, context: &Context) -> Outcome {
    let stop = Arc::new(AtomicBool::new(false));
    if !matches!(args.command, Command::Status(_) | Command::Verify(_)) {
        super::index::stop_on_interrupt(&stop);
    }
    match &args.command {
        Command::Status(args) => status::run(args, context),
        Command::Verify(args) => run_verify(args, context),
        Command::Optimize => run_optimize(context),
        Command::Snapshot { to } => {
            let bytes = snapshot(&context.home()?, to)?;
            say(&format!("{} in `{}`", size_text(bytes), sanitise_line(&to.display().to_string())));
            Ok(Exit::Success)
        }
        Command::Export { to } => run_export(to.as_deref(), context, &stop),
        Command::Import { from } => run_import(from, context, &stop),
        Command::Merge { from } => run_merge(from, context, &stop),
    }
}

fn run_verify(args: &VerifyArgs, context: &Context) -> Outcome {
    let home = context.home()?;
    let found = verify(&home, VerifyOptions { files: args.files, hashes: args.hashes })?;
    let mut out = context.terminal(false).out();
    if args.json {
        let mut record = serde_json::to_value(&found)?;
        record["schema"] = "newsidx.verification/1".into();
        write_json(&mut out, &record)?;
        writeln!(out)?;
    } else {
        for problem in &found.problems {
            let (path, reason) = (sanitise_line(&problem.path), sanitise_line(&problem.reason));
            writeln!(out, "{path}: {reason} [{}]", problem.rule)?;
        }
        let counts =
            format!("{} files, {} articles, {} sections", found.files, found.articles, found.sections);
        match found.problems.len() {
            0 => writeln!(out, "sound: {counts}")?,
            count => writeln!(out, "{count} problems: {counts}")?,
        }
    }
    out.flush()?;
    if found.problems.is_empty() {
        return Ok(Exit::Success);
    }
    if args.repair {
        let forgotten = forget_files(&home, &found.problems)?;
        say(&format!("{forgotten} files forgotten: `newsidx index` with their folder reads them anew"));
    }
    let lost = found.problems.iter().any(|problem| !problem.repairable);
    if lost {
        say("parts of the index are lost: remove its folder and index the corpus again");
    }
    Ok(Exit::SomeFailed)
}

fn run_optimize(context: &Context) -> Outcome {
    let home = context.home()?;
    let before = Embedded::open(&home)?.holdings()?;
    optimize(&home)?;
    let after = Embedded::open(&home)?.holdings()?;
    say(&format!(
        "{} in {} segments, before: {} in {}",
        size_text(after.bytes),
        after.segments,
        size_text(before.bytes),
        before.segments
    ));
    Ok(Exit::Success)
}

fn run_export(to: Option<&Path>, context: &Context, stop: &AtomicBool) -> Outcome {
    let home = context.home()?;
    let file = to.filter(|path| path.as_os_str() != "-");
    let mut out: Box<dyn Write> = match file {
        Some(path) => Box::new(BufWriter::new(File::create(path)?)),
        None => Box::new(BufWriter::new(std::io::stdout().lock())),
    };
    let done = export::<Failure>(&home, stop, &mut |line| {
        serde_json::to_writer(&mut out, &line)?;
        Ok(out.write_all(b"\n")?)
    })?;
    out.flush()?;
    finished("exported", done)
}

fn finished(verb: &str, done: Transferred) -> Outcome {
    say(&format!("{verb} {} articles of {} files", done.articles, done.files));
    if done.interrupted {
        say("interrupted");
        return Ok(Exit::Interrupted);
    }
    Ok(Exit::Success)
}

fn run_import(from: &Path, context: &Context, stop: &AtomicBool) -> Outcome {
    let mut reader: Box<dyn BufRead> = if from.as_os_str() == "-" {
        if std::io::stdin().is_terminal() {
            return Err(Failure::usage("an export is expected on standard input, which is a terminal"));
        }
        Box::new(BufReader::new(std::io::stdin()))
    } else {
        let fault = |error| Failure::usage(format!("cannot read `{}`: {error}", from.display()));
        Box::new(BufReader::new(File::open(from).map_err(fault)?))
    };
    let mut import = Import::open(&context.home_to_write()?)?;
    let result = take_lines(&mut *reader, &mut import, stop);
    // What came in whole stays, whatever came after it.
    let mut done = import.finish()?;
    done.interrupted = stop.load(Ordering::Relaxed);
    if let Err(error) = result {
        say(&format!("imported {} articles of {} files before", done.articles, done.files));
        return Err(error);
    }
    finished("imported", done)
}

fn take_lines(mut reader: &mut dyn BufRead, import: &mut Import, stop: &AtomicBool) -> Result<(), Failure> {
    let mut line = Vec::new();
    let mut number = 0_u64;
    while !stop.load(Ordering::Relaxed) {
        line.clear();
        number += 1;
        let count = Read::take(&mut reader, MAX_LINE_BYTES).read_until(b'\n', &mut line)?;
        if count == 0 {
            break;
        }
        let fault = |reason: String| Failure::from(anyhow!("line {number}: {reason}"));
        if line.last() != Some(&b'\n') && count as u64 == MAX_LINE_BYTES {
            return Err(fault(format!("longer than {}", size_text(MAX_LINE_BYTES))));
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        let parsed: ExportLine = serde_json::from_slice(&line).map_err(|error| fault(error.to_string()))?;
        import.take(parsed).map_err(|error| match error {
            IndexError::BadExport(reason) => fault(reason),
            other => other.into(),
        })?;
    }
    Ok(())
}

fn run_merge(from: &[PathBuf], context: &Context, stop: &AtomicBool) -> Outcome {
    let home = context.home_to_write()?;
    let mut sum = Transferred::default();
    for folder in from {
        let other = Home::at(folder);
        let same =
            |a: &Path, b: &Path| matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b);
        if same(other.folder(), home.folder()) {
            return Err(Failure::usage(format!("`{}` is the index itself", folder.display())));
        }
        let done = merge_from(&home, &other, stop)?;
        sum.files += done.files;
        sum.articles += done.articles;
        sum.interrupted |= done.interrupted;
        if sum.interrupted {
            break;
        }
    }
    finished("took in", sum)
}
