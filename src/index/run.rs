//! A run: plans what is new, changed, moved and gone, then brings the index up to date.
//!
//! The walk feeds a bounded queue; workers read, extract and find names; tantivy's writer takes what
//! comes. A file's deletion and its new articles go to the writer in one group, and a commit waits
//! until no file is half written: whatever happens, the index is what the last commit made it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crossbeam_channel::{Receiver, Sender, bounded};
use rustc_hash::{FxHashMap, FxHashSet};
use tantivy::Term;
use tantivy::schema::Document;

use super::dictionary::Packing;
use super::error::IndexError;
use super::fields::Fields;
use super::home::{Home, searcher};
use super::intake::{Intake, Queued};
use super::outcome::{FileOutcome, FileReport, NotRemoved, Observer, RunReport};
use super::plan::{Plan, Step};
use super::state::{FileState, IndexState};
use super::tally::Tally;
use super::worker::{Done, Job, Worker};
use crate::document::{ReadOptions, WalkOptions};
use crate::extract::ExtractOptions;
use crate::names::own::OwnNames;

/// Articles between two commits: a commit waits for the disk, so there are few of them; a kill
/// costs at most the work on so many.
const ARTICLES_PER_COMMIT: u64 = 250_000;
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
    let threads = (request.jobs / 2).max(1).min(request.heap_bytes / MIN_THREAD_HEAP_BYTES).max(1);
    let heap_bytes = request.heap_bytes.max(MIN_THREAD_HEAP_BYTES * threads);
    let writer = home.writer::<Queued>(&index, threads, heap_bytes)?;
    let (_, fields) = Fields::build();
    let intake = Intake::new(writer);
    let packing = Packing::open(home)?;
    let result = execute(&mut plan, &fields, &intake, &packing, observer, stop);
    let (mut writer, handed_over) = intake.into_writer();
    let report = result?;
    if handed_over {
        writer.commit().map_err(wrap)?;
    }
    super::merge::finish(home, &index, writer)?;
    Ok(report)
}

/// Runs walk and workers; reports come back to this thread.
fn execute(
    plan: &mut Plan<'_>,
    fields: &Fields,
    intake: &Intake,
    packing: &Packing,
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
            let worker = Worker { request, fields, intake, packing, replaces, stop, folder: &folder };
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
    if let Some(error) = tally.error.take() {
        return Err(error);
    }
    tally.report.interrupted = stop.load(Ordering::Relaxed);
    if !tally.report.interrupted {
        remove_gone(plan, fields, intake, &mut tally)?;
    }
    Ok(tally.report)
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

/// Removes what is gone; a new file with the bytes of one that is gone was moved. Where more is gone
/// than may go unasked, only what was moved is removed: an unmounted disk looks like that.
fn remove_gone(
    plan: &Plan<'_>,
    fields: &Fields,
    intake: &Intake,
    tally: &mut Tally<'_>,
) -> Result<(), IndexError> {
    let gone = plan.gone();
    let mut by_hash: FxHashMap<[u8; 32], Vec<&String>> = FxHashMap::default();
    for path in gone.iter().rev() {
        by_hash.entry(plan.state.files[path.as_str()].sha256).or_default().push(path);
    }
    let mut moved: FxHashSet<&String> = FxHashSet::default();
    for (file, sha256) in std::mem::take(&mut tally.new_files).into_values() {
        match by_hash.get_mut(&sha256).and_then(Vec::pop) {
            Some(from) => {
                moved.insert(from);
                let outcome = FileOutcome::Moved;
                tally.tell(&FileReport { outcome, moved_from: Some(from.clone()), ..file });
            }
            None => tally.tell(&file),
        }
    }
    let (lost, limit) = (gone.len() - moved.len(), plan.may_remove());
    if lost > limit {
        let indexed = plan.state.files.len();
        tally.report.not_removed = Some(NotRemoved { gone: lost, indexed, limit });
    }
    let intake = intake.open();
    for path in &gone {
        let was_moved = moved.contains(path);
        if !was_moved && lost > limit {
            continue;
        }
        let operations = delete_operations(fields, path);
        intake.hand_over(operations, 0).map_err(|error| IndexError::tantivy(plan.home.folder(), &error))?;
        if !was_moved {
            tally.tell(&FileReport::new(path.clone(), FileOutcome::Removed));
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

/// The state that a file is recorded with.
pub(super) fn state_of(facts: &crate::document::FileFacts, names: u64) -> FileState {
    FileState { bytes: facts.bytes, modified_ns: facts.modified_ns, sha256: facts.sha256, names }
}
