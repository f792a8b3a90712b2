//! What the index knows of the corpus's files: read from its columns, without opening an article.

use rustc_hash::FxHashMap;
use tantivy::Searcher;
use tantivy::columnar::BytesColumn;

use super::error::IndexError;
use super::home::{Home, searcher};

/// A file as it was when it was indexed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileState {
    /// Its size in bytes.
    pub bytes: u64,
    /// When it was last changed, in nanoseconds since 1970.
    pub modified_ns: i64,
    /// Hash of its bytes.
    pub sha256: [u8; 32],
    /// Fingerprint of the own names and corrections that its articles were annotated with.
    pub names: u64,
}

/// All indexed files by path.
#[derive(Debug, Default)]
pub struct IndexState {
    /// Path to state.
    pub files: FxHashMap<Box<str>, FileState>,
}

impl IndexState {
    /// Reads the state of all files.
    ///
    /// # Errors
    /// When a column is damaged.
    pub fn read(searcher: &Searcher) -> tantivy::Result<Self> {
        let mut files = FxHashMap::default();
        for reader in searcher.segment_readers() {
            let columns = reader.fast_fields();
            let (Some(paths), Some(hashes)) = (columns.str("file")?, columns.bytes("sha256")?) else {
                continue;
            };
            let sizes = columns.u64("size")?;
            let times = columns.i64("mtime")?;
            let names = columns.u64("names")?;
            let mut path_of = values(&paths, |path| std::str::from_utf8(path).ok().map(Box::from))?;
            let hash_of = values(&hashes, |hash| <[u8; 32]>::try_from(hash).ok())?;
            files.reserve(path_of.len());
            for doc in reader.doc_ids_alive() {
                let Some(path) = paths.term_ords(doc).next().and_then(|at| path_of.get_mut(at as usize))
                else {
                    continue;
                };
                let hash = hashes.term_ords(doc).next().and_then(|at| hash_of.get(at as usize));
                let state = FileState {
                    bytes: sizes.first(doc).unwrap_or(0),
                    modified_ns: times.first(doc).unwrap_or(0),
                    sha256: hash.copied().flatten().unwrap_or([0; 32]),
                    names: names.first(doc).unwrap_or(0),
                };
                // A segment has a path in one living document.
                if let Some(path) = path.take() {
                    files.insert(path, state);
                }
            }
        }
        Ok(Self { files })
    }
}

/// All values of a column in order: to read them through once costs a hundredth of looking each up.
fn values<T>(
    column: &BytesColumn,
    mut value: impl FnMut(&[u8]) -> Option<T>,
) -> tantivy::Result<Vec<Option<T>>> {
    let mut values = Vec::with_capacity(column.num_terms());
    let mut stream = column.dictionary().stream()?;
    while stream.advance() {
        values.push(value(stream.key()));
    }
    Ok(values)
}

/// What the index at `home` knows of the file at `path`, as it has it.
///
/// # Errors
/// When the index cannot be opened or is damaged.
pub fn file_state(home: &Home, path: &str) -> Result<Option<FileState>, IndexError> {
    let index = home.open()?;
    let read = || -> tantivy::Result<Option<FileState>> {
        Ok(IndexState::read(&searcher(&index)?)?.files.get(path).copied())
    };
    read().map_err(|error| IndexError::tantivy(home.folder(), &error))
}

/// How many files of the index at `home` were annotated with other names and corrections than those
/// of this fingerprint.
///
/// # Errors
/// When the index cannot be opened or is damaged.
pub fn annotated_otherwise(home: &Home, fingerprint: u64) -> Result<u64, IndexError> {
    let index = home.open()?;
    let read = || -> tantivy::Result<u64> {
        let files = IndexState::read(&searcher(&index)?)?.files;
        Ok(files.values().filter(|state| state.names != fingerprint).count() as u64)
    };
    read().map_err(|error| IndexError::tantivy(home.folder(), &error))
}
