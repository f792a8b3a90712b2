//! A worker of a run: reads a file, extracts its articles, finds their names, hands them to the writer.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use crossbeam_channel::{Receiver, Sender};
use tantivy::indexer::UserOperation;

use super::dictionary::{Packer, Packing};
use super::error::IndexError;
use super::fields::Fields;
use super::intake::{Intake, OpenIntake, Queued};
use super::outcome::{FileOutcome, FileReport, OTHER_NAMES};
use super::prepare::{article_documents, file_document};
use super::run::{IndexRequest, delete_operations, state_of};
use super::state::FileState;
use crate::article::Article;
use crate::document::{Document, FileFacts, ReadError, RecordError, RecordFault, read_file};
use crate::extract::{ExtractError, extract};

/// Documents that are handed to the writer together: bounds the memory of a dump's worker.
const DOCUMENTS_PER_GROUP: usize = 512;
/// Bytes of them from which they are handed over too.
const GROUP_BYTES: usize = 4 << 20;
/// What an article weighs on its way to the writer: some kilobytes of names, and its text in three
/// forms.
const DOCUMENT_BYTES: usize = 6 << 10;
const DOCUMENT_BYTES_OF_TEXT: usize = 3;

/// A file to be read.
#[derive(Clone, Debug)]
pub(super) struct Job {
    /// Where it is.
    pub(super) file: PathBuf,
    /// Its path in the index.
    pub(super) path: String,
    /// Its state when it was indexed last.
    pub(super) known: Option<FileState>,
    /// Its size by the walk.
    pub(super) bytes: u64,
    /// Extracts it even when its bytes are the known ones.
    pub(super) full: bool,
}

/// What came of a file.
pub(super) struct Done {
    pub(super) report: FileReport,
    pub(super) failed_records: Vec<FileReport>,
    pub(super) sha256: Option<[u8; 32]>,
    pub(super) bytes: u64,
    /// The index failed, not the file: the run ends.
    pub(super) error: Option<IndexError>,
}

impl Done {
    /// A file that was not opened.
    pub(super) fn unread(report: FileReport) -> Self {
        Self { report, failed_records: Vec::new(), sha256: None, bytes: 0, error: None }
    }
}

pub(super) struct Worker<'a> {
    pub(super) request: &'a IndexRequest,
    pub(super) fields: &'a Fields,
    pub(super) intake: &'a Intake,
    pub(super) packing: &'a Packing,
    /// Whether there is anything in the index that a file could take the place of.
    pub(super) replaces: bool,
    pub(super) stop: &'a AtomicBool,
    pub(super) folder: &'a Path,
}

impl Worker<'_> {
    /// Works until the queue is closed or the run is stopped.
    pub(super) fn work(&self, jobs: &Receiver<Job>, done: &Sender<Done>) {
        let mut packer = self.packing.packer();
        for job in jobs {
            if self.stop.load(Ordering::Relaxed) {
                continue;
            }
            // One file's bug costs that file: whatever it had written is deleted with it.
            let outcome =
                catch_unwind(AssertUnwindSafe(|| self.file(&job, &mut packer))).unwrap_or_else(|_| {
                    let report = FileReport::new(&*job.path, FileOutcome::Failed);
                    Done::unread(report.because("internal-error", "a bug of newsidx; please report the file"))
                });
            if done.send(outcome).is_err() {
                return;
            }
        }
    }

    fn file(&self, job: &Job, packer: &mut Packer<'_>) -> Done {
        if let Some(done) = self.only_touched(job) {
            return done;
        }
        // Held until the file is written whole: a commit waits for it.
        let intake = self.intake.open();
        let mut group = Group::new(self.fields, &intake, packer, &job.path, self.replaces);
        let mut failed = Vec::new();
        let mut articles = 0;
        let result = read_file(&job.file, &job.path, &self.request.read, &mut |record| {
            match record {
                Ok(document) => match self.article_of(&document) {
                    Ok(article) => {
                        articles += 1;
                        group.add(document, article);
                    }
                    Err(error) => failed.push(extract_report(&document, &error)),
                },
                Err(error) => failed.push(record_report(&error)),
            }
            if group.error.is_some() || self.stop.load(Ordering::Relaxed) {
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        });
        let done = match result {
            Ok(facts) if articles > 0 => {
                let names = self.request.names.fingerprint();
                group.finish(&facts, names).map(|()| indexed(job, &facts, names, articles, failed))
            }
            Ok(_) => group.forget(job.known.is_some()).map(|()| without_articles(job, failed)),
            Err(ReadError::Skipped(reason)) => group.forget(job.known.is_some()).map(|()| {
                let report = FileReport::new(&*job.path, FileOutcome::Skipped);
                Done::unread(report.because(reason.rule(), reason))
            }),
            Err(ReadError::Stopped) if group.error.is_none() => group.forget_written().map(|()| {
                let report = FileReport::new(&*job.path, FileOutcome::Skipped);
                Done::unread(report.because("interrupted", "the run was broken off"))
            }),
            Err(error) => group.forget_written().map(|()| unread(job, rule_of(&error), error)),
        };
        done.unwrap_or_else(|error| {
            let error = Some(IndexError::tantivy(self.folder, &error));
            Done { error, ..Done::unread(FileReport::new(&*job.path, FileOutcome::Failed)) }
        })
    }

    /// A file whose time changed but not its bytes: only its state is written.
    fn only_touched(&self, job: &Job) -> Option<Done> {
        let known = job.known.filter(|known| known.bytes == job.bytes && !job.full)?;
        let mut file = std::fs::File::open(&job.file).ok()?;
        let mut hash = <sha2::Sha256 as sha2::Digest>::new();
        std::io::copy(&mut file, &mut HashWriter(&mut hash)).ok()?;
        let sha256: [u8; 32] = sha2::Digest::finalize(hash).into();
        if sha256 != known.sha256 {
            return None;
        }
        let modified_ns = crate::document::walk::modified_ns(&file.metadata().ok()?);
        let state = FileState { modified_ns, ..known };
        let operations = vec![
            UserOperation::Delete(tantivy::Term::from_field_text(self.fields.file, &job.path)),
            UserOperation::Add(Queued::new(file_document(self.fields, &job.path, &state))),
        ];
        let handed_over = self.intake.open().hand_over(operations, 0);
        let error = handed_over.err().map(|error| IndexError::tantivy(self.folder, &error));
        Some(Done { error, ..Done::unread(FileReport::new(&*job.path, FileOutcome::Unchanged)) })
    }

    fn article_of(&self, document: &Document) -> Result<Article, ExtractError> {
        let mut article = extract(document, &self.request.extract)?;
        self.request.names.annotate(&mut article);
        Ok(article)
    }
}

struct HashWriter<'a>(&'a mut sha2::Sha256);

impl std::io::Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        sha2::Digest::update(self.0, bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The documents of one file on their way to the writer.
struct Group<'a, 'p> {
    fields: &'a Fields,
    intake: &'a OpenIntake<'a>,
    packer: &'a mut Packer<'p>,
    path: &'a str,
    operations: Vec<UserOperation<Queued>>,
    /// What the documents among the operations weigh.
    bytes: usize,
    /// Whether a part of the file has been handed over already.
    handed_over: bool,
    error: Option<tantivy::TantivyError>,
}

impl<'a, 'p> Group<'a, 'p> {
    fn new(
        fields: &'a Fields,
        intake: &'a OpenIntake<'a>,
        packer: &'a mut Packer<'p>,
        path: &'a str,
        replaces: bool,
    ) -> Self {
        let operations = if replaces { delete_operations(fields, path) } else { Vec::new() };
        Self { fields, intake, packer, path, operations, bytes: 0, handed_over: false, error: None }
    }

    fn add(&mut self, document: Document, article: Article) {
        self.bytes += DOCUMENT_BYTES + DOCUMENT_BYTES_OF_TEXT * article.text.len();
        match article_documents(self.fields, self.packer, document.location, article) {
            Ok(documents) => {
                let queued = documents.into_iter().map(|document| UserOperation::Add(Queued::new(document)));
                self.operations.extend(queued);
            }
            Err(error) => self.error = Some(tantivy::TantivyError::InternalError(error.to_string())),
        }
        if self.operations.len() >= DOCUMENTS_PER_GROUP || self.bytes >= GROUP_BYTES {
            let result = self.hand_over();
            self.error = self.error.take().or(result.err());
        }
    }

    fn hand_over(&mut self) -> tantivy::Result<()> {
        self.handed_over = true;
        let bytes = std::mem::take(&mut self.bytes);
        self.intake.hand_over(std::mem::take(&mut self.operations), bytes)
    }

    /// Writes what is left, and the file's state last: a file without it is read again.
    fn finish(mut self, facts: &FileFacts, names: u64) -> tantivy::Result<()> {
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        let state = state_of(facts, names);
        let document = file_document(self.fields, self.path, &state);
        self.operations.push(UserOperation::Add(Queued::new(document)));
        self.hand_over()
    }

    /// The file holds no article: nothing of it stays, neither of this run nor of an earlier one.
    fn forget(self, known: bool) -> tantivy::Result<()> {
        if !known && !self.handed_over {
            return Ok(());
        }
        self.intake.hand_over(delete_operations(self.fields, self.path), 0)
    }

    /// The file could not be read: what an earlier run indexed stays, unless a part of this run's
    /// has taken its place already.
    fn forget_written(mut self) -> tantivy::Result<()> {
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        if self.handed_over { self.forget(true) } else { Ok(()) }
    }
}

fn indexed(job: &Job, facts: &FileFacts, names: u64, articles: u64, failed_records: Vec<FileReport>) -> Done {
    let outcome = if job.known.is_some() { FileOutcome::Updated } else { FileOutcome::Indexed };
    let mut report = FileReport::new(&*job.path, outcome);
    report.articles = Some(articles);
    let renamed = |known: FileState| known.sha256 == facts.sha256 && known.names != names;
    if job.known.is_some_and(renamed) {
        report = report.because(OTHER_NAMES, "the names or corrections in force have changed");
    }
    if !failed_records.is_empty() {
        let count = failed_records.len();
        report = report.because("failed-records", format!("{count} records failed"));
    }
    Done { report, failed_records, sha256: Some(facts.sha256), bytes: facts.bytes, error: None }
}

/// A file that was read to its end and gave no article: failed, or skipped where nothing in it
/// failed.
fn without_articles(job: &Job, failed_records: Vec<FileReport>) -> Done {
    let first = failed_records.iter().find(|record| record.outcome == FileOutcome::Failed);
    let (outcome, cause) = match first.or(failed_records.first()) {
        Some(record) => (record.outcome, record.clone()),
        None => {
            let report = FileReport::new(&*job.path, FileOutcome::Skipped);
            (FileOutcome::Skipped, report.because("empty", "no articles in it"))
        }
    };
    let mut report = FileReport { outcome, ..FileReport::new(&*job.path, outcome) };
    report.rule = cause.rule;
    report.reason = cause.reason;
    let failed_records = if failed_records.len() > 1 { failed_records } else { Vec::new() };
    Done { failed_records, ..Done::unread(report) }
}

fn unread(job: &Job, rule: &str, reason: impl std::fmt::Display) -> Done {
    Done::unread(FileReport::new(&*job.path, FileOutcome::Failed).because(rule, reason))
}

fn record_report(error: &RecordError) -> FileReport {
    let location = error.location.to_string();
    match &error.fault {
        RecordFault::Skipped(reason) => {
            FileReport::new(location, FileOutcome::Skipped).because(reason.rule(), reason)
        }
        fault => FileReport::new(location, FileOutcome::Failed).because("bad-record", fault),
    }
}

fn extract_report(document: &Document, error: &ExtractError) -> FileReport {
    let location = document.location.to_string();
    match error {
        ExtractError::Empty => FileReport::new(location, FileOutcome::Skipped).because("no-text", error),
        other => FileReport::new(location, FileOutcome::Failed).because("extraction", other),
    }
}

fn rule_of(error: &ReadError) -> &'static str {
    match error {
        ReadError::Skipped(reason) => reason.rule(),
        ReadError::Io(_) => "unreadable",
        ReadError::Changed => "changed",
        ReadError::Unpack(_) => "cannot-unpack",
        ReadError::Malformed { .. } => "malformed",
        ReadError::Stopped => "stopped",
    }
}
