//! The reports of a run, added up as they come in.

use std::collections::BTreeMap;
use std::path::Path;

use super::error::IndexError;
use super::intake::Intake;
use super::outcome::{FileOutcome, FileReport, Observer, RunReport};
use super::worker::Done;

/// What came of the files so far.
pub(super) struct Tally<'a> {
    pub(super) observer: &'a mut dyn Observer,
    folder: &'a Path,
    pub(super) report: RunReport,
    /// Reports of new files, held back until it is known which of them were moved.
    pub(super) new_files: BTreeMap<String, (FileReport, [u8; 32])>,
    may_move: bool,
    pub(super) uncommitted: u64,
    pub(super) error: Option<IndexError>,
    bytes: u64,
}

impl<'a> Tally<'a> {
    pub(super) fn new(observer: &'a mut dyn Observer, folder: &'a Path, may_move: bool) -> Self {
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

    pub(super) fn take(&mut self, done: Done) {
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

    pub(super) fn tell(&mut self, report: &FileReport) {
        self.report.counts.add(report);
        self.observer.file(report);
    }

    pub(super) fn commit(&mut self, intake: &Intake) {
        if let Err(error) = intake.commit() {
            self.error.get_or_insert(IndexError::tantivy(self.folder, &error));
        }
        self.uncommitted = 0;
    }
}
