//! The way of documents from the workers to tantivy's indexing threads: in order, and so many bytes of
//! them at a time.
//!
//! tantivy's own queue counts groups, ten thousand of them, whatever they weigh: while a thread
//! writes a segment, the workers would fill it with gigabytes. Here they wait for room.
//!
//! And tantivy takes groups from several threads at once, but numbers their operations before it
//! queues their deletions: two groups can be queued against the order of their numbers, and a
//! deletion that is queued too late is applied to the very documents that came with it. Here one
//! group is handed over after the other.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use tantivy::indexer::UserOperation;
use tantivy::schema::Document;
use tantivy::{IndexWriter, TantivyDocument};

/// Most bytes that wait between workers and indexing threads.
const MAX_QUEUED_BYTES: usize = 24 << 20;
/// A worker goes on without room after so long: more memory is better than a run that stands still.
const LONGEST_WAIT: Duration = Duration::from_secs(120);

/// An index's writer, shared by the workers of a run.
pub(super) struct Intake {
    writer: RwLock<IndexWriter<Queued>>,
    order: Mutex<()>,
    room: Arc<Room>,
    used: AtomicBool,
}

impl Intake {
    pub(super) fn new(writer: IndexWriter<Queued>) -> Self {
        Self {
            writer: RwLock::new(writer),
            order: Mutex::default(),
            room: Arc::default(),
            used: AtomicBool::new(false),
        }
    }

    /// Opens the writer for one file; until it is closed, nothing is committed.
    pub(super) fn open(&self) -> OpenIntake<'_> {
        let writer = self.writer.read().unwrap_or_else(PoisonError::into_inner);
        OpenIntake { writer, intake: self }
    }

    /// Commits when no file is half written.
    pub(super) fn commit(&self) -> tantivy::Result<()> {
        self.writer.write().unwrap_or_else(PoisonError::into_inner).commit().map(drop)
    }

    /// The writer, when the workers are done, and whether it was handed anything.
    pub(super) fn into_writer(self) -> (IndexWriter<Queued>, bool) {
        let writer = self.writer.into_inner().unwrap_or_else(PoisonError::into_inner);
        (writer, self.used.into_inner())
    }
}

/// The writer, open for the documents of a file.
pub(super) struct OpenIntake<'a> {
    writer: RwLockReadGuard<'a, IndexWriter<Queued>>,
    intake: &'a Intake,
}

impl OpenIntake<'_> {
    /// Hands over a group of operations whose documents weigh `bytes`; waits while there is no room.
    pub(super) fn hand_over(
        &self,
        mut operations: Vec<UserOperation<Queued>>,
        bytes: usize,
    ) -> tantivy::Result<()> {
        let last = operations.iter_mut().rev().find_map(|operation| match operation {
            UserOperation::Add(queued) => Some(queued),
            UserOperation::Delete(_) => None,
        });
        if let Some(last) = last {
            last.permit = Some(self.intake.room.take(bytes));
        }
        let _order = self.intake.order.lock().unwrap_or_else(PoisonError::into_inner);
        self.intake.used.store(true, Ordering::Relaxed);
        self.writer.run(operations).map(drop)
    }
}

/// Room for what waits to be indexed.
#[derive(Debug, Default)]
struct Room {
    taken: Mutex<usize>,
    given_back: Condvar,
}

impl Room {
    /// Waits until `bytes` have room; what alone is larger than the room waits for an empty one.
    fn take(self: &Arc<Self>, bytes: usize) -> Permit {
        let bytes = bytes.min(MAX_QUEUED_BYTES);
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = |taken: &mut usize| *taken + bytes > MAX_QUEUED_BYTES;
        let waited = self.given_back.wait_timeout_while(taken, LONGEST_WAIT, is_full);
        let (mut taken, _) = waited.unwrap_or_else(PoisonError::into_inner);
        *taken += bytes;
        Permit { room: Arc::clone(self), bytes }
    }
}

/// Room that is taken; given back when dropped.
#[derive(Debug)]
struct Permit {
    room: Arc<Room>,
    bytes: usize,
}

impl Drop for Permit {
    fn drop(&mut self) {
        *self.room.taken.lock().unwrap_or_else(PoisonError::into_inner) -= self.bytes;
        self.room.given_back.notify_all();
    }
}

/// A document that waits; the last one of a group holds the room that the group takes.
#[derive(Debug)]
pub(super) struct Queued {
    document: TantivyDocument,
    permit: Option<Permit>,
}

impl Queued {
    /// A document that takes no room.
    pub(super) fn new(document: TantivyDocument) -> Self {
        Self { document, permit: None }
    }
}

impl Document for Queued {
    type Value<'a> = <TantivyDocument as Document>::Value<'a>;
    type FieldsValuesIter<'a> = <TantivyDocument as Document>::FieldsValuesIter<'a>;

    fn iter_fields_and_values(&self) -> Self::FieldsValuesIter<'_> {
        self.document.iter_fields_and_values()
    }

    /// Called when the document's turn has come.
    fn into_tantivy_document(self) -> TantivyDocument {
        self.document
    }
}

#[cfg(test)]
mod tests {
    use super::super::analyser::analysers;
    use super::super::fields::Fields;
    use super::super::prepare::file_document;
    use super::super::run::delete_operations;
    use super::super::state::FileState;
    use super::*;

    /// Commits of eight groups each: without an order, a group was lost in one of some hundred.
    const ROUNDS: usize = 300;

    #[test]
    fn who_finds_no_room_waits_until_some_is_given_back() {
        let room = Arc::new(Room::default());
        let large = room.take(usize::MAX);
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| drop(room.take(1)));
            drop(large);
            assert!(waiting.join().is_ok());
        });
        assert_eq!(*room.taken.lock().unwrap(), 0);
    }

    #[test]
    fn a_document_gives_its_room_back_when_it_is_indexed() {
        let room = Arc::new(Room::default());
        let mut queued = Queued::new(TantivyDocument::new());
        queued.permit = Some(room.take(100));
        assert_eq!(*room.taken.lock().unwrap(), 100);
        drop(queued.into_tantivy_document());
        assert_eq!(*room.taken.lock().unwrap(), 0);
    }

    #[test]
    fn no_deletion_reaches_the_documents_that_come_with_it() {
        let (schema, fields) = Fields::build();
        let index = tantivy::Index::builder().schema(schema).tokenizers(analysers());
        let index = index.create_in_ram().unwrap();
        let intake = Intake::new(index.writer_with_num_threads(4, 60_000_000).unwrap());
        let state = FileState { bytes: 1, modified_ns: 1, sha256: [0; 32], names: 0 };
        let files = 8;
        for round in 0..ROUNDS {
            std::thread::scope(|scope| {
                for file in 0..files {
                    let (intake, fields, state) = (&intake, &fields, &state);
                    scope.spawn(move || {
                        let path = format!("{file}.txt");
                        let mut operations = delete_operations(fields, &path);
                        let document = file_document(fields, &path, state);
                        operations.push(UserOperation::Add(Queued::new(document)));
                        intake.open().hand_over(operations, 100).unwrap();
                    });
                }
            });
            intake.commit().unwrap();
            let documents = index.reader().unwrap().searcher().num_docs();
            assert_eq!(documents, files, "in round {round}");
        }
    }
}
