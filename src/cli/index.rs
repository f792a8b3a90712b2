//! `newsidx index`

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressStyle};
use newsidx::engine::Embedded;
use newsidx::extract::ExtractOptions;
use newsidx::index::{
    Counts, FileOutcome, FileReport, Home, IndexRequest, Observer, RunReport, TermVectors, furniture_of,
    run as run_index, stored_path,
};
use newsidx::rank::learn_vectors;
use newsidx::render::{sanitise_line, write_json};

use super::Context;
use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::names_args::NamesArgs;
use super::reading::ReadArgs;
use super::terminal::say;
use super::watch;

const LONG_ABOUT: &str = "\
Index files and folders, or bring their index up to date.

A second run reads only what is new or changed, follows files that were moved, and removes what is
gone. Hidden files and what a `.newsidxignore` names (gitignore's syntax) are passed over; symbolic
links are not followed out of a folder. Interrupted, it keeps what it has done; the next run goes on.

  newsidx index ./corpus
  newsidx index ./corpus --include '*.html' --report report.jsonl
  newsidx index ./corpus --watch
  find . -newer stamp -print0 | newsidx index --files-from - -0";

/// Index files and folders, or bring their index up to date
#[derive(Debug, clap::Args)]
#[command(long_about = LONG_ABOUT)]
pub struct Args {
    /// Files and folders
    #[arg(value_name = "PATH", required_unless_present = "files_from")]
    paths: Vec<PathBuf>,
    /// Index the files that this file lists, `-` for standard input: a path a line
    #[arg(long, value_name = "FILE", conflicts_with = "paths", help_heading = "Files")]
    files_from: Option<PathBuf>,
    /// The list's paths end with a NUL byte instead of a line break
    #[arg(long = "null", short = '0', requires = "files_from", help_heading = "Files")]
    null: bool,
    #[command(flatten)]
    read: ReadArgs,
    #[command(flatten)]
    names: NamesArgs,
    /// Forget the list of names that the index keeps
    #[arg(long, conflicts_with = "names", help_heading = "Names")]
    no_own_names: bool,
    /// Read every file anew, changed or not
    #[arg(long, help_heading = "Update")]
    full: bool,
    /// Keep articles whose files are gone
    #[arg(long, help_heading = "Update")]
    no_purge: bool,
    /// Share of the index that may be removed unasked [default: 10%]
    #[arg(long, value_name = "SHARE", help_heading = "Update")]
    max_delete: Option<String>,
    /// Only say what would be done
    #[arg(long, help_heading = "Update")]
    dry_run: bool,
    /// Stay, and bring the index up to date whenever a file changes; ends with an interrupt
    #[arg(long, conflicts_with_all = ["dry_run", "files_from", "full", "report"], help_heading = "Update")]
    watch: bool,
    /// Write a line for every file, with its reason
    #[arg(long, value_name = "FILE.jsonl", help_heading = "Report")]
    report: Option<PathBuf>,
    /// Say what becomes of every file
    #[arg(long, short = 'v', help_heading = "Report")]
    verbose: bool,
    /// Say nothing but errors
    #[arg(long, short = 'q', conflicts_with = "verbose", help_heading = "Report")]
    quiet: bool,
    /// Workers that read files [default: one per processor]
    #[arg(long, short = 'j', value_name = "N", help_heading = "Resources")]
    jobs: Option<usize>,
    /// Memory for the index writer's buffers [default: 96M]
    #[arg(long, value_name = "SIZE", help_heading = "Resources")]
    memory: Option<String>,
}

/// Runs it.
pub fn run(args: &Args, context: &Context) -> Outcome {
    let home = context.home_to_write()?;
    let request = request(args, context, &home)?;
    let stop = Arc::new(AtomicBool::new(false));
    if !args.dry_run {
        stop_on_interrupt(&stop);
    }
    let report = one_run(args, &request, &home, &stop, false)?;
    if args.watch && !report.interrupted {
        watch::watch(&request.roots, &home, &stop, &mut || {
            one_run(args, &request, &home, &stop, true).map(drop)
        })?;
        return Ok(Exit::Interrupted);
    }
    Ok(match (report.interrupted, report.counts.failed + report.counts.failed_records) {
        (true, _) => Exit::Interrupted,
        (false, 0) => Exit::Success,
        (false, _) => Exit::SomeFailed,
    })
}

/// Brings the index up to date once and says what was done; where that is nothing, only when not
/// `watching`.
fn one_run(
    args: &Args,
    request: &IndexRequest,
    home: &Home,
    stop: &AtomicBool,
    watching: bool,
) -> Result<RunReport, Failure> {
    let mut teller = Teller::new(args)?;
    let result = run_index(home, request, &mut teller, stop);
    teller.finish()?;
    let report = result?;
    if !args.dry_run && report.counts.articles + report.counts.removed > 0 {
        learn(home)?;
    }
    let counts = &report.counts;
    let idle = counts.indexed + counts.updated + counts.moved + counts.removed + counts.failed == 0;
    let silent = args.quiet || watching && idle;
    if !silent {
        let prefix = if args.dry_run { "would have " } else { "" };
        println_summary(&format!("{prefix}{}", summary(&report.counts)))?;
        if report.interrupted {
            say("interrupted: what was done is kept; the same command goes on");
        }
    }
    if let Some(kept) = report.not_removed {
        return Err(kept.into());
    }
    Ok(report)
}

/// Learns anew what words mean, where the index has grown enough since it was last done.
fn learn(home: &Home) -> Result<(), Failure> {
    let engine = Embedded::open(home)?;
    // A damaged file is learned anew, too.
    let known = TermVectors::read(home).ok().flatten();
    if let Some(vectors) = learn_vectors(&engine, known.as_ref())? {
        vectors.write(home)?;
    }
    Ok(())
}

fn println_summary(line: &str) -> std::io::Result<()> {
    writeln!(std::io::stdout().lock(), "{line}")
}

fn request(args: &Args, context: &Context, home: &Home) -> Result<IndexRequest, Failure> {
    let settings = &context.settings;
    let roots = match &args.files_from {
        Some(list) => listed_files(list, args.null)?,
        None => args.paths.clone(),
    };
    if args.files_from.is_none()
        && let Some(missing) = roots.iter().find(|root| !root.exists())
    {
        return Err(Failure::usage(format!("no file or folder `{}`", missing.display())));
    }
    let jobs = match settings.number(args.jobs, "jobs")? {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        jobs => jobs,
    };
    let heap_bytes = settings.bytes(args.memory.as_deref(), "memory")?;
    let (walk, read, base) = (args.read.walk_options()?, args.read.read_options(settings)?, home.base());
    let furniture = furniture_of(&roots, &walk, &read, move |path| stored_path(&base, path));
    Ok(IndexRequest {
        roots,
        walk,
        narrowed: args.read.narrowed(),
        read,
        extract: ExtractOptions { furniture: Some(furniture), ..ExtractOptions::default() },
        names: args.names.to_index(context, home, args.no_own_names, args.dry_run)?,
        jobs,
        heap_bytes: usize::try_from(heap_bytes).unwrap_or(usize::MAX),
        full: args.full,
        purge: !args.no_purge,
        max_gone_share: settings.share(args.max_delete.as_deref(), "max_delete")?,
        dry_run: args.dry_run,
    })
}

/// The paths of a list; relative ones are seen from the working folder.
fn listed_files(list: &Path, null: bool) -> Result<Vec<PathBuf>, Failure> {
    let reader: Box<dyn BufRead> = if list.as_os_str() == "-" {
        if std::io::stdin().is_terminal() {
            return Err(Failure::usage("a list of files is expected on standard input, which is a terminal"));
        }
        Box::new(BufReader::new(std::io::stdin()))
    } else {
        let fault = |error| Failure::usage(format!("cannot read `{}`: {error}", list.display()));
        Box::new(BufReader::new(File::open(list).map_err(fault)?))
    };
    let mut paths = Vec::new();
    for piece in reader.split(if null { 0 } else { b'\n' }) {
        let piece = piece?;
        let piece = piece.strip_suffix(b"\r").filter(|_| !null).unwrap_or(&piece);
        if !piece.is_empty() {
            paths.push(path_of(piece));
        }
    }
    Ok(paths)
}

#[cfg(unix)]
fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

/// The first interrupt asks the run to end after the files at hand; the second ends it at once.
pub(super) fn stop_on_interrupt(stop: &Arc<AtomicBool>) {
    let stop = Arc::clone(stop);
    // Without a handler an interrupt kills the run, which loses no more than the last files' work.
    drop(ctrlc::set_handler(move || {
        if stop.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(Exit::Interrupted as u8));
        }
        say("stopping after what is at hand; again to stop at once");
    }));
}

/// `indexed 61, updated 2, moved 1, removed 0, unchanged 40, skipped 3 (2 too large, 1 binary), failed 1`
fn summary(counts: &Counts) -> String {
    let mut skipped: Vec<(&String, &u64)> = counts.skipped_by_rule.iter().collect();
    skipped.sort_by_key(|(rule, count)| (std::cmp::Reverse(**count), rule.as_str()));
    let reasons: Vec<String> =
        skipped.iter().map(|(rule, count)| format!("{count} {}", rule.replace('-', " "))).collect();
    let reasons = if reasons.is_empty() { String::new() } else { format!(" ({})", reasons.join(", ")) };
    let records = match counts.failed_records {
        0 => String::new(),
        count => format!(" (and {count} records of indexed files)"),
    };
    let renamed = match counts.renamed {
        0 => String::new(),
        count => format!(" ({count} for other names)"),
    };
    format!(
        "indexed {}, updated {}{renamed}, moved {}, removed {}, unchanged {}, skipped {}{reasons}, failed {}{records}",
        counts.indexed,
        counts.updated,
        counts.moved,
        counts.removed,
        counts.unchanged,
        counts.skipped,
        counts.failed
    )
}

/// Shows progress, failures, and writes the report.
struct Teller {
    bar: Option<ProgressBar>,
    report: Option<BufWriter<File>>,
    report_error: Option<std::io::Error>,
    verbose: bool,
}

impl Teller {
    fn new(args: &Args) -> Result<Self, Failure> {
        let report = args.report.as_ref().map(|path| {
            File::create(path)
                .map_err(|error| Failure::usage(format!("cannot write `{}`: {error}", path.display())))
        });
        let show = !args.quiet && std::io::stderr().is_terminal();
        let bar = show.then(|| {
            let bar = ProgressBar::new_spinner();
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        Ok(Self {
            bar,
            report: report.transpose()?.map(BufWriter::new),
            report_error: None,
            verbose: args.verbose,
        })
    }

    fn tell(&mut self, report: &FileReport) {
        if let Some(out) = &mut self.report {
            let written = write_json(out, report).and_then(|()| writeln!(out));
            self.report_error = self.report_error.take().or(written.err());
        }
        let told = self.verbose || report.outcome == FileOutcome::Failed;
        if !told {
            return;
        }
        let outcome = match report.outcome {
            FileOutcome::Indexed => "indexed",
            FileOutcome::Updated => "updated",
            FileOutcome::Moved => "moved",
            FileOutcome::Removed => "removed",
            FileOutcome::Unchanged => "unchanged",
            FileOutcome::Skipped => "skipped",
            FileOutcome::Failed => "failed",
        };
        let reason =
            report.reason.as_ref().map_or_else(String::new, |reason| format!(": {}", sanitise_line(reason)));
        let line = format!("newsidx: {outcome} `{}`{reason}", sanitise_line(&report.path));
        match &self.bar {
            Some(bar) => bar.suspend(|| say(&line)),
            None => say(&line),
        }
    }

    fn finish(mut self) -> Result<(), Failure> {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        if let Some(out) = &mut self.report {
            let flushed = out.flush();
            self.report_error = self.report_error.take().or(flushed.err());
        }
        match self.report_error {
            Some(error) => Err(Failure::usage(format!("cannot write the report: {error}"))),
            None => Ok(()),
        }
    }
}

impl Observer for Teller {
    fn file(&mut self, report: &FileReport) {
        self.tell(report);
    }

    fn record(&mut self, report: &FileReport) {
        self.tell(report);
    }

    fn progress(&mut self, files: u64, bytes: u64) {
        if let Some(bar) = &self.bar {
            bar.set_message(format!("{} files, {}", HumanCount(files), HumanBytes(bytes)));
        }
    }
}
