//! What the index knows of the corpus's files: read from its columns, without opening an article.

use rustc_hash::FxHashMap;
use tantivy::Searcher;

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
    pub files: FxHashMap<String, FileState>,
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
            let mut path = String::new();
            let mut hash = Vec::new();
            for doc in reader.doc_ids_alive() {
                let Some(path_ord) = paths.term_ords(doc).next() else { continue };
                path.clear();
                hash.clear();
                paths.ord_to_str(path_ord, &mut path)?;
                if let Some(hash_ord) = hashes.term_ords(doc).next() {
                    hashes.ord_to_bytes(hash_ord, &mut hash)?;
                }
                let state = FileState {
                    bytes: sizes.first(doc).unwrap_or(0),
                    modified_ns: times.first(doc).unwrap_or(0),
                    sha256: hash.as_slice().try_into().unwrap_or([0; 32]),
                    names: names.first(doc).unwrap_or(0),
                };
                files.insert(path.clone(), state);
            }
        }
        Ok(Self { files })
    }
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
