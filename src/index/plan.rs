//! What a run does with each path of the walk, and what is gone when the walk has seen all.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use rustc_hash::FxHashSet;

use super::home::Home;
use super::outcome::{FileOutcome, FileReport, Observer, RunReport};
use super::run::IndexRequest;
use super::state::IndexState;
use super::worker::Job;
use crate::document::path::path_text;
use crate::document::{Found, SkipReason, walk};

/// Files gone that never need a question, however small the index.
const GONE_UNASKED: usize = 10;

/// What a run knows beforehand.
pub(super) struct Plan<'a> {
    pub(super) request: &'a IndexRequest,
    pub(super) home: &'a Home,
    pub(super) state: IndexState,
    base: PathBuf,
    seen: FxHashSet<Box<str>>,
    /// Folders that could not be looked into: what lies there is not known to be gone.
    unknown: Vec<String>,
}

/// What the walk says of one path.
pub(super) enum Step {
    Job(Job),
    Report(FileReport),
}

impl<'a> Plan<'a> {
    pub(super) fn new(home: &'a Home, request: &'a IndexRequest, state: IndexState) -> Self {
        Self { request, home, base: home.base(), state, seen: FxHashSet::default(), unknown: Vec::new() }
    }

    /// The walk, file by file.
    pub(super) fn steps(&mut self, mut step: impl FnMut(&mut Self, Step) -> bool) {
        let request = self.request;
        for root in &request.roots {
            let shown = Shown { root, stored: stored_path(&self.base, root), base: self.base.clone() };
            for found in walk(root, &request.walk) {
                let next = self.judge(found, &shown);
                if let Some(next) = next
                    && !step(self, next)
                {
                    return;
                }
            }
        }
    }

    fn judge(&mut self, found: Found, shown: &Shown<'_>) -> Option<Step> {
        match found {
            Found::File(file) => {
                let path = shown.path(&file.path);
                if !self.seen.insert(path.as_str().into()) {
                    return None;
                }
                let known = self.state.files.get(path.as_str()).copied();
                // Other names than those it was annotated with: its bytes are the same, its articles not.
                let names = known.is_some_and(|known| known.names != self.request.names.fingerprint());
                let full = self.request.full || names;
                let same = known.is_some_and(|known| {
                    known.bytes == file.bytes && known.modified_ns == file.modified_ns && !full
                });
                if same {
                    return Some(Step::Report(FileReport::new(path, FileOutcome::Unchanged)));
                }
                Some(Step::Job(Job { file: file.path, path, known, bytes: file.bytes, full }))
            }
            Found::Skipped { path, reason } => Self::skipped(&shown.path(&path), &reason),
            Found::Failed { path, error } => {
                let path = shown.path(&path);
                self.unknown.push(path.clone());
                Some(Step::Report(FileReport::new(path, FileOutcome::Failed).because("unreadable", error)))
            }
        }
    }

    fn skipped(path: &str, reason: &SkipReason) -> Option<Step> {
        if reason.is_chosen() {
            return None;
        }
        Some(Step::Report(FileReport::new(path, FileOutcome::Skipped).because(reason.rule(), reason)))
    }

    /// Indexed files in the run's scope that the walk did not come upon, in the order of their paths.
    pub(super) fn gone(&self) -> Vec<String> {
        if !self.request.purge {
            return Vec::new();
        }
        let roots: Vec<String> =
            self.request.roots.iter().map(|root| stored_path(&self.base, root)).collect();
        let mut gone: Vec<String> = self
            .state
            .files
            .keys()
            .filter(|path| !self.seen.contains(&**path))
            .filter(|path| roots.iter().any(|root| is_under(path, root)))
            .filter(|path| !self.unknown.iter().any(|folder| is_under(path, folder)))
            .filter(|path| !self.request.narrowed || !self.file_of(path).exists())
            .map(|path| path.to_string())
            .collect();
        gone.sort_unstable();
        gone
    }

    fn file_of(&self, path: &str) -> PathBuf {
        self.base.join(crate::document::path::path_from_text(path))
    }

    /// How many of the indexed files a run may remove unasked.
    pub(super) fn may_remove(&self) -> usize {
        let share = self.request.max_gone_share.clamp(0.0, 1.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a share of a count"
        )]
        let limit = (self.state.files.len() as f64 * share) as usize;
        limit.max(GONE_UNASKED)
    }

    pub(super) fn dry_run(&mut self, observer: &mut dyn Observer, stop: &AtomicBool) -> RunReport {
        let mut report = RunReport::default();
        let mut tell = |file: FileReport| {
            report.counts.add(&file);
            observer.file(&file);
        };
        self.steps(|_, step| {
            match step {
                Step::Report(file) => tell(file),
                Step::Job(job) => {
                    let outcome =
                        if job.known.is_some() { FileOutcome::Updated } else { FileOutcome::Indexed };
                    tell(FileReport::new(job.path, outcome));
                }
            }
            !stop.load(Ordering::Relaxed)
        });
        if !stop.load(Ordering::Relaxed) {
            for path in self.gone() {
                tell(FileReport::new(path, FileOutcome::Removed));
            }
        }
        report.interrupted = stop.load(Ordering::Relaxed);
        report
    }
}

/// How the paths below a root are stored.
struct Shown<'a> {
    root: &'a Path,
    stored: String,
    base: PathBuf,
}

impl Shown<'_> {
    /// As [`stored_path`], for what the walk of the root came upon.
    fn path(&self, path: &Path) -> String {
        match path.strip_prefix(self.root) {
            Ok(below) if below.as_os_str().is_empty() => self.stored.clone(),
            Ok(below) if self.stored.is_empty() => path_text(below),
            Ok(below) if self.stored == "/" => format!("/{}", path_text(below)),
            Ok(below) => format!("{}/{}", self.stored, path_text(below)),
            Err(_) => stored_path(&self.base, path),
        }
    }
}

/// Whether `path` is `root` or lies below it; the empty root is the base itself.
fn is_under(path: &str, root: &str) -> bool {
    root.is_empty()
        || path == root
        || path.strip_prefix(root).is_some_and(|rest| rest.starts_with('/') || root == "/")
}

/// A file's path as the index has it: relative to the base where it lies below it, else absolute.
pub fn stored_path(base: &Path, path: &Path) -> String {
    use std::path::Component;
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut plain = PathBuf::new();
    for part in absolute.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    path_text(plain.strip_prefix(base).unwrap_or(&plain))
}
