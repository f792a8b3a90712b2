//! A disk that fails at a chosen moment, and what an index is worth after that.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tantivy::Directory;
use tantivy::directory::error::{DeleteError, LockError, OpenDirectoryError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    AntiCallToken, DirectoryLock, FileHandle, Lock, MmapDirectory, TerminatingWrite, WatchCallback,
    WatchHandle, WritePtr,
};

/// How the disk fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// One operation fails, and the next ones work again.
    Once,
    /// There is no space left from here on.
    Full,
    /// The power goes: a write is done by half, a file that was to be synced has lost its second half,
    /// and nothing after it is done.
    PowerCut,
    /// A write takes half of its bytes, as it may.
    ShortWrite,
}

/// Counts the operations that change the disk and fails at one of them.
#[derive(Debug)]
pub(super) struct Faults {
    fault: Fault,
    strikes_at: usize,
    done: AtomicUsize,
    struck: AtomicBool,
}

/// What becomes of an operation.
enum Step {
    Done,
    Half,
    Fails(io::Error),
}

impl Faults {
    fn step(&self) -> Step {
        let number = self.done.fetch_add(1, Ordering::SeqCst);
        if number < self.strikes_at {
            return Step::Done;
        }
        let first = !self.struck.swap(true, Ordering::SeqCst);
        match self.fault {
            Fault::Once | Fault::ShortWrite if !first => Step::Done,
            Fault::Once => Step::Fails(io::Error::other("the disk has failed")),
            Fault::Full => Step::Fails(io::Error::from(io::ErrorKind::StorageFull)),
            Fault::PowerCut | Fault::ShortWrite if first => Step::Half,
            Fault::PowerCut | Fault::ShortWrite => Step::Fails(io::Error::other("the power is gone")),
        }
    }

    /// An operation that is done whole or not at all.
    fn whole(&self) -> io::Result<()> {
        match self.step() {
            Step::Done => Ok(()),
            Step::Half if self.fault == Fault::ShortWrite => Ok(()),
            Step::Half => Err(io::Error::other("the power is gone")),
            Step::Fails(error) => Err(error),
        }
    }
}

/// The folders whose disk fails.
static FAILING: Mutex<Vec<(PathBuf, Arc<Faults>)>> = Mutex::new(Vec::new());

fn failing() -> std::sync::MutexGuard<'static, Vec<(PathBuf, Arc<Faults>)>> {
    FAILING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// tantivy's own directory on a disk that may fail.
#[derive(Clone, Debug)]
pub(super) struct FaultyDirectory {
    inner: MmapDirectory,
    folder: PathBuf,
    faults: Option<Arc<Faults>>,
}

impl FaultyDirectory {
    pub(super) fn open(folder: PathBuf) -> Result<Self, OpenDirectoryError> {
        let faults = failing().iter().find(|(of, _)| *of == folder).map(|(_, faults)| Arc::clone(faults));
        Ok(Self { inner: MmapDirectory::open(&folder)?, folder, faults })
    }

    fn whole(&self) -> io::Result<()> {
        self.faults.as_ref().map_or(Ok(()), |faults| faults.whole())
    }
}

impl Directory for FaultyDirectory {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.inner.get_file_handle(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.inner.exists(path)
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        self.inner.atomic_read(path)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        let refused = |error| DeleteError::IoError { io_error: Arc::new(error), filepath: path.to_owned() };
        self.whole().map_err(refused)?;
        self.inner.delete(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        self.whole().map_err(|error| OpenWriteError::wrap_io_error(error, path.to_owned()))?;
        let inner = self.inner.open_write(path)?;
        let Some(faults) = &self.faults else { return Ok(inner) };
        let file = FaultyFile { inner, path: self.folder.join(path), faults: Arc::clone(faults) };
        Ok(BufWriter::new(Box::new(file)))
    }

    fn atomic_write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.whole()?;
        self.inner.atomic_write(path, bytes)
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.whole()?;
        self.inner.sync_directory()
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        self.inner.acquire_lock(lock)
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.inner.watch(callback)
    }
}

struct FaultyFile {
    inner: WritePtr,
    path: PathBuf,
    faults: Arc<Faults>,
}

impl Write for FaultyFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.faults.step() {
            Step::Done => self.inner.write(bytes),
            Step::Half => self.inner.write(&bytes[..bytes.len().div_ceil(2)]),
            Step::Fails(error) => Err(error),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl TerminatingWrite for FaultyFile {
    fn terminate_ref(&mut self, token: AntiCallToken) -> io::Result<()> {
        match self.faults.step() {
            Step::Half if self.faults.fault == Fault::PowerCut => {
                self.inner.flush()?;
                let file = std::fs::OpenOptions::new().write(true).open(&self.path)?;
                file.set_len(file.metadata()?.len() / 2)?;
                Err(io::Error::other("the power is gone"))
            }
            Step::Fails(error) => Err(error),
            Step::Done | Step::Half => self.inner.terminate_ref(token),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::super::{
        ExportLine, FileReport, Home, IndexError, IndexRequest, Observer, RunReport, VerifyOptions, export,
        run, verify,
    };
    use super::*;
    use crate::document::{ReadOptions, WalkOptions};
    use crate::extract::ExtractOptions;

    struct Silent;

    impl Observer for Silent {
        fn file(&mut self, _: &FileReport) {}
        fn record(&mut self, _: &FileReport) {}
        fn progress(&mut self, _: u64, _: u64) {}
    }

    /// A corpus whose index is of yesterday, and what it is to be today.
    struct Corpus {
        folder: tempfile::TempDir,
        yesterday: Vec<String>,
        today: Vec<String>,
    }

    impl Corpus {
        fn new() -> Self {
            let folder = tempfile::tempdir().expect("a folder");
            let mut corpus = Self { folder, yesterday: Vec::new(), today: Vec::new() };
            (0..6).for_each(|number| corpus.write(number, "bridge"));
            corpus.run().expect("a run");
            corpus.yesterday = corpus.export();
            fs::rename(corpus.path(".newsidx"), corpus.path("yesterday")).expect("a folder");
            corpus.begin();
            corpus.write(1, "harbour");
            corpus.write(7, "library");
            corpus.write(8, "theatre");
            fs::remove_file(corpus.path("c/2.txt")).expect("a file");
            corpus.run().expect("a run");
            corpus.today = corpus.export();
            assert_ne!(corpus.today, corpus.yesterday);
            corpus
        }

        fn path(&self, below: &str) -> PathBuf {
            self.folder.path().join(below)
        }

        fn home(&self) -> Home {
            Home::at(self.path(".newsidx"))
        }

        fn write(&self, number: usize, subject: &str) {
            let text = format!(
                "The {subject} of number {number}\n\nThe {subject} was closed on Tuesday for the {number}th \
                 time, and Mayor Ada Holm said it would open again before the summer.\n"
            );
            fs::create_dir_all(self.path("c")).expect("a folder");
            fs::write(self.path(&format!("c/{number}.txt")), text).expect("a file");
        }

        /// Takes the index back to yesterday.
        fn begin(&self) {
            drop(fs::remove_dir_all(self.path(".newsidx")));
            copy(&self.path("yesterday"), &self.path(".newsidx"));
        }

        fn run(&self) -> Result<RunReport, IndexError> {
            let request = IndexRequest {
                roots: vec![self.path("c")],
                walk: WalkOptions::default(),
                narrowed: false,
                read: ReadOptions::default(),
                extract: ExtractOptions::default(),
                names: Arc::default(),
                jobs: 2,
                heap_bytes: 15_000_000,
                full: false,
                purge: true,
                max_gone_share: 1.0,
                dry_run: false,
            };
            run(&self.home(), &request, &mut Silent, &AtomicBool::new(false))
        }

        fn export(&self) -> Vec<String> {
            let mut lines = Vec::new();
            let mut keep = |line: ExportLine| -> Result<(), IndexError> {
                lines.push(serde_json::to_string(&line).expect("a line"));
                Ok(())
            };
            export(&self.home(), &AtomicBool::new(false), &mut keep).expect("an export");
            lines
        }

        /// Runs on a disk that fails; how many operations there were, and what the run said.
        fn run_with(&self, fault: Fault, strikes_at: usize) -> (usize, Result<RunReport, IndexError>) {
            let faults =
                Faults { fault, strikes_at, done: AtomicUsize::new(0), struck: AtomicBool::new(false) };
            let (folder, faults) = (self.path(".newsidx/segments"), Arc::new(faults));
            failing().push((folder.clone(), Arc::clone(&faults)));
            let ran = self.run();
            failing().retain(|(of, _)| *of != folder);
            (faults.done.load(Ordering::SeqCst), ran)
        }

        /// What must hold after any failure: the index is that of yesterday or of today, whole; the
        /// next run makes it today's, and leaves no file that nobody knows.
        fn check(&self, case: &str) {
            let found = self.export();
            assert!(found == self.yesterday || found == self.today, "{case}: neither yesterday nor today");
            let verified = verify(&self.home(), VerifyOptions::default()).expect("an index");
            assert!(verified.problems.is_empty(), "{case}: {:?}", verified.problems);
            let ran = self.run();
            assert!(ran.is_ok(), "{case}: {ran:?}");
            assert!(self.export() == self.today, "{case}: the next run does not make it today's");
            let unknown = self.unknown_files();
            assert!(unknown.is_empty(), "{case}: {unknown:?}");
        }

        /// Files of segments that are none of the index's.
        fn unknown_files(&self) -> BTreeSet<String> {
            let meta = fs::read_to_string(self.path(".newsidx/segments/meta.json")).expect("a file");
            let known = meta.replace('-', "");
            let name = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
            let files = fs::read_dir(self.path(".newsidx/segments")).expect("a folder");
            files
                .map(|entry| name(entry.expect("an entry")))
                .filter(|name| {
                    name.split_once('.').is_some_and(|(id, _)| id.len() == 32 && !known.contains(id))
                })
                .collect()
        }
    }

    fn copy(from: &Path, to: &Path) {
        fs::create_dir_all(to).expect("a folder");
        for entry in fs::read_dir(from).expect("a folder") {
            let entry = entry.expect("an entry");
            let target = to.join(entry.file_name());
            if entry.file_type().expect("a type").is_dir() {
                copy(&entry.path(), &target);
            } else {
                fs::copy(entry.path(), target).expect("a copy");
            }
        }
    }

    /// Fails at every `stride`th operation of a run, in every way.
    fn fail_everywhere(stride: usize) {
        let corpus = Corpus::new();
        corpus.begin();
        let (operations, ran) = corpus.run_with(Fault::Once, usize::MAX);
        assert!(operations > 30 && ran.is_ok(), "{operations} operations: {ran:?}");
        corpus.check("undisturbed");
        for fault in [Fault::Once, Fault::Full, Fault::PowerCut, Fault::ShortWrite] {
            // Some operations more: threads end in another order every time.
            for strikes_at in (0..operations + 4).step_by(stride) {
                corpus.begin();
                let case = format!("{fault:?} at operation {strikes_at} of {operations}");
                let (_, ran) = corpus.run_with(fault, strikes_at);
                if fault == Fault::ShortWrite {
                    assert!(ran.is_ok(), "{case}: {ran:?}");
                }
                corpus.check(&case);
            }
        }
    }

    #[test]
    fn a_failing_disk_costs_no_article() {
        fail_everywhere(5);
    }

    #[test]
    #[ignore = "minutes; `just torture` runs it"]
    fn a_disk_that_fails_anywhere_costs_no_article() {
        fail_everywhere(1);
    }
}
