//! A run: plans what is new, changed, moved and gone, then brings the index up to date.
//!
//! The walk feeds a bounded queue; workers read, extract and find names; tantivy's writer takes what
//! comes. A file's deletion and its new articles go to the writer in one group, and a commit waits
//! until no file is half written: whatever happens, the index is what the last commit made it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crossbeam_channel::{Receiver, Sender, bounded};
use rustc_hash::{FxHashMap, FxHashSet};
use tantivy::schema::Document;
use tantivy::{IndexWriter, Term};

use super::error::IndexError;
use super::fields::Fields;
use super::home::{Home, searcher};
use super::intake::{Intake, Queued};
use super::outcome::{FileOutcome, FileReport, Observer, RunReport};
use super::state::{FileState, IndexState};
use super::worker::{Done, Job, Worker};
use crate::document::path::path_text;
use crate::document::{Found, ReadOptions, SkipReason, WalkOptions, walk};
use crate::extract::ExtractOptions;
use crate::names::own::OwnNames;

/// Articles between two commits: a commit waits for the disk, so there are few of them; a kill
/// costs at most the work on so many.
const ARTICLES_PER_COMMIT: u64 = 250_000;
/// Files gone that never need a question, however small the index.
const GONE_UNASKED: usize = 10;
/// Least heap that tantivy takes for an indexing thread.
const MIN_THREAD_HEAP_BYTES: usize = 15_000_000;

/// What a run is asked to do.
#[derive(Clone, Debug)]
pub struct IndexRequest {
    /// Files and folders to walk.
    pub roots: Vec<PathBuf>,
    /// What the walk takes.
    pub walk: WalkOptions,
    /// Whether the walk was narrowed by patterns: what they leave out is not gone.
    pub narrowed: bool,
    /// How files are read.
    pub read: ReadOptions,
    /// How articles are extracted.
    pub extract: ExtractOptions,
    /// The user's own names and corrections; files annotated with others are read anew.
    pub names: Arc<OwnNames>,
    /// Workers that read and extract.
    pub jobs: usize,
    /// Memory for the writer's buffers, in bytes.
    pub heap_bytes: usize,
    /// Reads every file anew, changed or not.
    pub full: bool,
    /// Whether files that are gone leave the index.
    pub purge: bool,
    /// Most files that may be removed unasked, as a share of the index from 0 to 1.
    pub max_gone_share: f64,
    /// Only says what would be done.
    pub dry_run: bool,
}

/// Brings the index at `home` up to date.
///
/// # Errors
/// When the index cannot be opened or written, another process writes to it, or more files are gone
/// than may be removed unasked. What concerns single files is in the report alone.
pub fn run(
    home: &Home,
    request: &IndexRequest,
    observer: &mut dyn Observer,
    stop: &AtomicBool,
) -> Result<RunReport, IndexError> {
    if request.dry_run && !home.exists() {
        let mut plan = Plan::new(home, request, IndexState::default());
        return Ok(plan.dry_run(observer, stop));
    }
    let _lock = home.lock()?;
    let index = home.open_or_create()?;
    let wrap = |error: tantivy::TantivyError| IndexError::tantivy(home.folder(), &error);
    let state = searcher(&index).and_then(|searcher| IndexState::read(&searcher)).map_err(wrap)?;
    let mut plan = Plan::new(home, request, state);
    if request.dry_run {
        return Ok(plan.dry_run(observer, stop));
    }
    plan.check_gone()?;
    let threads = (request.jobs / 2).max(1).min(request.heap_bytes / MIN_THREAD_HEAP_BYTES).max(1);
    let heap_bytes = request.heap_bytes.max(MIN_THREAD_HEAP_BYTES * threads);
    let writer: IndexWriter<Queued> = index.writer_with_num_threads(threads, heap_bytes).map_err(wrap)?;
    let (_, fields) = Fields::build();
    let intake = Intake::new(writer);
    let result = execute(&mut plan, &fields, &intake, observer, stop);
    let mut writer = intake.into_writer();
    let report = result?;
    writer.commit().map_err(wrap)?;
    super::merge::tidy(&mut writer).map_err(wrap)?;
    writer.wait_merging_threads().map_err(wrap)?;
    Ok(report)
}

/// What a run knows beforehand.
struct Plan<'a> {
    request: &'a IndexRequest,
    home: &'a Home,
    base: PathBuf,
    state: IndexState,
    seen: FxHashSet<String>,
    /// Folders that could not be looked into: what lies there is not known to be gone.
    unknown: Vec<String>,
}

/// What the walk says of one path.
enum Step {
    Job(Job),
    Report(FileReport),
}

impl<'a> Plan<'a> {
    fn new(home: &'a Home, request: &'a IndexRequest, state: IndexState) -> Self {
        Self { request, home, base: home.base(), state, seen: FxHashSet::default(), unknown: Vec::new() }
    }

    /// The walk, file by file.
    fn steps(&mut self, mut step: impl FnMut(&mut Self, Step) -> bool) {
        let request = self.request;
        for root in &request.roots {
            for found in walk(root, &request.walk) {
                let next = self.judge(found);
                if let Some(next) = next
                    && !step(self, next)
                {
                    return;
                }
            }
        }
    }

    fn judge(&mut self, found: Found) -> Option<Step> {
        match found {
            Found::File(file) => {
                let path = stored_path(&self.base, &file.path);
                if !self.seen.insert(path.clone()) {
                    return None;
                }
                let known = self.state.files.get(&path).copied();
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
            Found::Skipped { path, reason } => self.skipped(&path, &reason),
            Found::Failed { path, error } => {
                let path = stored_path(&self.base, &path);
                self.unknown.push(path.clone());
                Some(Step::Report(FileReport::new(path, FileOutcome::Failed).because("unreadable", error)))
            }
        }
    }

    fn skipped(&mut self, path: &Path, reason: &SkipReason) -> Option<Step> {
        let path = stored_path(&self.base, path);
        if reason.is_chosen() {
            return None;
        }
        Some(Step::Report(FileReport::new(path, FileOutcome::Skipped).because(reason.rule(), reason)))
    }

    /// Indexed files in the run's scope that the walk did not come upon, in the order of their paths.
    fn gone(&self) -> Vec<String> {
        if !self.request.purge {
            return Vec::new();
        }
        let roots: Vec<String> =
            self.request.roots.iter().map(|root| stored_path(&self.base, root)).collect();
        let mut gone: Vec<String> = self
            .state
            .files
            .keys()
            .filter(|path| !self.seen.contains(*path))
            .filter(|path| roots.iter().any(|root| is_under(path, root)))
            .filter(|path| !self.unknown.iter().any(|folder| is_under(path, folder)))
            .filter(|path| !self.request.narrowed || !self.file_of(path).exists())
            .cloned()
            .collect();
        gone.sort_unstable();
        gone
    }

    fn file_of(&self, path: &str) -> PathBuf {
        self.base.join(crate::document::path::path_from_text(path))
    }

    /// Refuses a run that would remove too much: an unmounted disk looks like that.
    fn check_gone(&mut self) -> Result<(), IndexError> {
        let indexed = self.state.files.len();
        let share = self.request.max_gone_share.clamp(0.0, 1.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a share of a count"
        )]
        let limit = ((indexed as f64 * share) as usize).max(GONE_UNASKED);
        if indexed <= limit || !self.request.purge {
            return Ok(());
        }
        let mut missing = 0;
        let mut moved_to = 0;
        let mut seen = FxHashSet::default();
        for root in &self.request.roots {
            for found in walk(root, &self.request.walk) {
                match found {
                    Found::File(file) => {
                        let path = stored_path(&self.base, &file.path);
                        moved_to += usize::from(!self.state.files.contains_key(&path));
                        seen.insert(path);
                    }
                    Found::Failed { path, .. } => self.unknown.push(stored_path(&self.base, &path)),
                    Found::Skipped { .. } => {}
                }
            }
        }
        std::mem::swap(&mut self.seen, &mut seen);
        missing += self.gone().len();
        std::mem::swap(&mut self.seen, &mut seen);
        self.unknown.clear();
        // A renamed folder is gone and new at once; only what has no counterpart is lost.
        let gone = missing.saturating_sub(moved_to);
        if gone > limit { Err(IndexError::TooManyGone { gone, indexed, limit }) } else { Ok(()) }
    }

    fn dry_run(&mut self, observer: &mut dyn Observer, stop: &AtomicBool) -> RunReport {
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

/// Runs walk and workers; reports come back to this thread.
fn execute(
    plan: &mut Plan<'_>,
    fields: &Fields,
    intake: &Intake,
    observer: &mut dyn Observer,
    stop: &AtomicBool,
) -> Result<RunReport, IndexError> {
    let jobs = plan.request.jobs.max(1);
    let folder = plan.home.folder().to_owned();
    let (job_sender, job_receiver) = bounded::<Job>(jobs * 4);
    let (done_sender, done_receiver) = bounded::<Done>(jobs * 16);
    let request = plan.request;
    // Nothing to replace: deletions would only be looked up in every segment.
    let replaces = !plan.state.files.is_empty();
    let mut tally = Tally::new(observer, &folder, replaces);
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            let worker = Worker { request, fields, intake, replaces, stop, folder: &folder };
            let (receiver, sender) = (job_receiver.clone(), done_sender.clone());
            scope.spawn(move || worker.work(&receiver, &sender));
        }
        drop((job_receiver, done_sender));
        feed(plan, &job_sender, &done_receiver, &mut tally, intake, stop);
        drop(job_sender);
        for done in &done_receiver {
            tally.take(done);
        }
    });
    let (mut report, new_files, error) = tally.finish();
    if let Some(error) = error {
        return Err(error);
    }
    report.interrupted = stop.load(Ordering::Relaxed);
    if !report.interrupted {
        remove_gone(plan, fields, intake, &new_files, &mut report, observer, &folder)?;
    }
    Ok(report)
}

/// Hands out jobs, taking reports meanwhile so that no queue stands still.
fn feed(
    plan: &mut Plan<'_>,
    jobs: &Sender<Job>,
    done: &Receiver<Done>,
    tally: &mut Tally<'_>,
    intake: &Intake,
    stop: &AtomicBool,
) {
    plan.steps(|_, step| {
        match step {
            Step::Report(report) => tally.take(Done::unread(report)),
            Step::Job(job) => {
                let mut job = Some(job);
                while let Some(waiting) = job.take() {
                    crossbeam_channel::select! {
                        send(jobs, waiting.clone()) -> sent => if sent.is_err() { return false },
                        recv(done) -> finished => {
                            if let Ok(finished) = finished {
                                tally.take(finished);
                            }
                            job = Some(waiting);
                        }
                    }
                }
            }
        }
        if tally.uncommitted >= ARTICLES_PER_COMMIT {
            tally.commit(intake);
        }
        tally.error.is_none() && !stop.load(Ordering::Relaxed)
    });
}

/// What came of the files so far.
struct Tally<'a> {
    observer: &'a mut dyn Observer,
    folder: &'a Path,
    report: RunReport,
    /// Reports of new files, held back until it is known which of them were moved.
    new_files: BTreeMap<String, (FileReport, [u8; 32])>,
    may_move: bool,
    uncommitted: u64,
    error: Option<IndexError>,
    bytes: u64,
}

impl<'a> Tally<'a> {
    fn new(observer: &'a mut dyn Observer, folder: &'a Path, may_move: bool) -> Self {
        Self {
            observer,
            folder,
            report: RunReport::default(),
            new_files: BTreeMap::new(),
            may_move,
            uncommitted: 0,
            error: None,
            bytes: 0,
        }
    }

    fn take(&mut self, done: Done) {
        if let Some(error) = done.error {
            self.error.get_or_insert(error);
            return;
        }
        for record in &done.failed_records {
            self.observer.record(record);
        }
        if done.report.outcome != FileOutcome::Failed {
            self.report.counts.failed_records += done.failed_records.len() as u64;
        }
        self.uncommitted += done.report.articles.unwrap_or(0);
        self.bytes += done.bytes;
        let held_back = self.may_move && done.report.outcome == FileOutcome::Indexed;
        match done.sha256 {
            Some(sha256) if held_back => {
                self.new_files.insert(done.report.path.clone(), (done.report, sha256));
            }
            _ => self.tell(&done.report),
        }
        let files = self.report.counts.files() + self.new_files.len() as u64;
        self.observer.progress(files, self.bytes);
    }

    fn tell(&mut self, report: &FileReport) {
        self.report.counts.add(report);
        self.observer.file(report);
    }

    fn commit(&mut self, intake: &Intake) {
        if let Err(error) = intake.commit() {
            self.error.get_or_insert(IndexError::tantivy(self.folder, &error));
        }
        self.uncommitted = 0;
    }

    #[expect(clippy::type_complexity, reason = "taken apart at once by the one caller")]
    fn finish(self) -> (RunReport, BTreeMap<String, (FileReport, [u8; 32])>, Option<IndexError>) {
        (self.report, self.new_files, self.error)
    }
}

/// Removes what is gone; a new file with the bytes of one that is gone was moved.
fn remove_gone(
    plan: &Plan<'_>,
    fields: &Fields,
    intake: &Intake,
    new_files: &BTreeMap<String, (FileReport, [u8; 32])>,
    report: &mut RunReport,
    observer: &mut dyn Observer,
    folder: &Path,
) -> Result<(), IndexError> {
    let gone = plan.gone();
    let mut by_hash: FxHashMap<[u8; 32], Vec<&String>> = FxHashMap::default();
    for path in gone.iter().rev() {
        by_hash.entry(plan.state.files[path].sha256).or_default().push(path);
    }
    let mut moved: FxHashSet<&String> = FxHashSet::default();
    let mut tell = |file: &FileReport| {
        report.counts.add(file);
        observer.file(file);
    };
    for (file, sha256) in new_files.values() {
        match by_hash.get_mut(sha256).and_then(Vec::pop) {
            Some(from) => {
                moved.insert(from);
                let outcome = FileOutcome::Moved;
                tell(&FileReport { outcome, moved_from: Some(from.clone()), ..file.clone() });
            }
            None => tell(file),
        }
    }
    let intake = intake.open();
    for path in &gone {
        let operations = delete_operations(fields, path);
        intake.hand_over(operations, 0).map_err(|error| IndexError::tantivy(folder, &error))?;
        if !moved.contains(path) {
            tell(&FileReport::new(path.clone(), FileOutcome::Removed));
        }
    }
    Ok(())
}

/// What deletes everything of the file at `path`.
pub(super) fn delete_operations<D: Document>(
    fields: &Fields,
    path: &str,
) -> Vec<tantivy::indexer::UserOperation<D>> {
    [fields.path, fields.file]
        .map(|field| tantivy::indexer::UserOperation::Delete(Term::from_field_text(field, path)))
        .into()
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

/// The state that a file is recorded with.
pub(super) fn state_of(facts: &crate::document::FileFacts, names: u64) -> FileState {
    FileState { bytes: facts.bytes, modified_ns: facts.modified_ns, sha256: facts.sha256, names }
}
