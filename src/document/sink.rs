//! Where parsers put their records: numbers and locates them; knows no format.

use std::ops::ControlFlow;

use super::skip::SkipReason;
use super::{Document, Location};

/// A record that could not be read; the others of its file are not concerned.
#[derive(Debug, thiserror::Error)]
#[error("{location}: {fault}")]
pub struct RecordError {
    /// Which record of which file.
    pub location: Location,
    /// What is wrong with it.
    pub fault: RecordFault,
}

/// What can be wrong with a record.
#[derive(Debug, thiserror::Error)]
pub enum RecordFault {
    /// It is no record of its format.
    #[error("{0}")]
    Malformed(String),
    /// It has neither a text nor a headline under any name that is known.
    #[error("no field that is known as text or headline (fields: {fields})")]
    NoArticle {
        /// The names of the fields it has, cut after the first few.
        fields: String,
    },
    /// It is passed over: too large, empty, or a part of an archive that holds no story.
    #[error("{0}")]
    Skipped(SkipReason),
    /// The file ends or breaks off here.
    #[error("the rest of the file cannot be read: {0}")]
    BrokenOff(String),
}

/// What the caller of [`read_file`](super::read_file) does with records.
pub(super) type Consumer<'a> = dyn FnMut(Result<Document, RecordError>) -> ControlFlow<()> + 'a;

/// Numbers records and hands them on.
///
/// A record's number is `base + n`, where `n` is what the parser calls it (1 for formats of one
/// record) and `base` the highest number of the archive's earlier members.
pub(super) struct RecordSink<'a> {
    shown: &'a str,
    consumer: &'a mut Consumer<'a>,
    /// Name of the archive's member that is being read.
    member: Option<String>,
    base: u64,
    highest: u64,
    /// Records handed on.
    pub(super) records: u64,
    /// Records that could not be read.
    pub(super) failed: u64,
    /// Records that were passed over.
    pub(super) skipped: u64,
    /// Whether the caller wants no more.
    pub(super) stopped: bool,
}

impl<'a> RecordSink<'a> {
    pub(super) fn new(shown: &'a str, consumer: &'a mut Consumer<'a>) -> Self {
        Self {
            shown,
            consumer,
            member: None,
            base: 0,
            highest: 0,
            records: 0,
            failed: 0,
            skipped: 0,
            stopped: false,
        }
    }

    /// Hands on the one document of a file that holds no more.
    pub(super) fn single(&mut self, document: Document) -> ControlFlow<()> {
        let record = self.member.is_some().then_some(1);
        self.hand_on(record, Ok(document))
    }

    /// Hands on record number `n`, from 1.
    pub(super) fn record(&mut self, n: u64, document: Document) -> ControlFlow<()> {
        self.hand_on(Some(n), Ok(document))
    }

    /// Reports that record number `n` cannot be read.
    pub(super) fn fail(&mut self, n: u64, fault: RecordFault) -> ControlFlow<()> {
        self.hand_on(Some(n), Err(fault))
    }

    /// Reports that the records after the last one cannot be read.
    pub(super) fn break_off(&mut self, reason: String) -> ControlFlow<()> {
        self.base = 0;
        let next = self.highest + 1;
        self.hand_on(Some(next), Err(RecordFault::BrokenOff(reason)))
    }

    /// Begins a member of an archive: numbers go on from the highest one so far.
    pub(super) fn enter(&mut self, member: String) -> Option<String> {
        self.base = self.highest;
        self.member.replace(member)
    }

    /// Reports that the rest of the member that is being read is no use.
    pub(super) fn member_failed(&mut self, fault: RecordFault) {
        let _ = self.fail(self.highest - self.base + 1, fault);
    }

    /// Ends a member of an archive; `outer` is what [`enter`](Self::enter) gave.
    pub(super) fn leave(&mut self, outer: Option<String>) {
        self.highest = self.highest.max(self.base + 1);
        self.base = self.highest;
        self.member = outer;
    }

    fn hand_on(&mut self, record: Option<u64>, result: Result<Document, RecordFault>) -> ControlFlow<()> {
        if self.stopped {
            return ControlFlow::Break(());
        }
        let record = record.map(|n| self.base + n);
        self.highest = self.highest.max(record.unwrap_or(1));
        let location = Location { path: self.shown.to_owned(), record };
        let flow = match result {
            Ok(mut document) => {
                self.records += 1;
                document.location = location;
                if let Some(member) = &self.member {
                    document.extra.insert("member".to_owned(), member.clone());
                }
                (self.consumer)(Ok(document))
            }
            Err(fault) => {
                let skip = matches!(fault, RecordFault::Skipped(_));
                *(if skip { &mut self.skipped } else { &mut self.failed }) += 1;
                (self.consumer)(Err(RecordError { location, fault }))
            }
        };
        self.stopped |= flow.is_break();
        flow
    }
}
