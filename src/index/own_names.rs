//! The user's own names and corrections beside an index: read, checked and kept.
//!
//! Both are plain text that no run makes anew: `names.tsv`, a copy of the list the index was made
//! with, so that queries know the same names; and `entities.tsv`, corrections, sorted.

use std::io::Read;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::error::IndexError;
use super::home::{Home, write_whole};
use crate::names::gazetteer::{CompiledError, Entry};
use crate::names::own::{
    CorrectionError, Corrections, MAX_LIST_BYTES, OwnListError, OwnNames, read_own_list,
};

/// Why own names or corrections cannot be used.
#[derive(Debug, Error)]
pub enum OwnNamesError {
    /// A file that cannot be read.
    #[error("cannot read `{path}`: {error}")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A file that is too large.
    #[error("`{path}` is larger than {} MiB", MAX_LIST_BYTES >> 20)]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// A list with wrong lines.
    #[error("`{path}`: {error}")]
    List {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        error: OwnListError,
    },
    /// Corrections with wrong lines.
    #[error("`{path}`: {error}")]
    Corrections {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        error: CorrectionError,
    },
    /// A list that cannot be compiled.
    #[error("the list of names cannot be compiled: {0}")]
    Compiled(#[from] CompiledError),
    /// The index's folder cannot be written.
    #[error(transparent)]
    Index(#[from] IndexError),
}

/// The names and corrections of the index at `home`; none where it has no such files.
///
/// # Errors
/// When a file cannot be read or holds wrong lines.
pub fn own_names(home: &Home) -> Result<OwnNames, OwnNamesError> {
    let entries = match read_if_there(&home.names_file())? {
        Some(bytes) => entries_of(&bytes, &home.names_file())?,
        None => Vec::new(),
    };
    Ok(OwnNames::new(entries, corrections(home)?)?)
}

/// The corrections of the index at `home`.
///
/// # Errors
/// When the file cannot be read or holds wrong lines.
pub fn corrections(home: &Home) -> Result<Corrections, OwnNamesError> {
    let path = home.corrections_file();
    let Some(bytes) = read_if_there(&path)? else { return Ok(Corrections::default()) };
    Corrections::parse(&bytes).map_err(|error| OwnNamesError::Corrections { path, error })
}

/// Keeps `corrections` with the index at `home`.
///
/// # Errors
/// When the file cannot be written.
pub fn write_corrections(home: &Home, corrections: &Corrections) -> Result<(), OwnNamesError> {
    Ok(write_whole(&home.corrections_file(), corrections.to_text().as_bytes())?)
}

/// Reads and checks the list at `path` without keeping it.
///
/// # Errors
/// When it cannot be read or holds wrong lines.
pub fn read_names(path: &Path) -> Result<(Vec<Entry>, Vec<u8>), OwnNamesError> {
    let missing = || std::io::Error::from(std::io::ErrorKind::NotFound);
    let io = |error| OwnNamesError::Io { path: path.to_owned(), error };
    let bytes = read_if_there(path)?.ok_or_else(|| io(missing()))?;
    Ok((entries_of(&bytes, path)?, bytes))
}

/// Keeps the list `bytes` with the index at `home`, or none.
///
/// # Errors
/// When another process writes to the index, or the file cannot be written.
pub fn write_names(home: &Home, bytes: Option<&[u8]>) -> Result<(), OwnNamesError> {
    let _lock = home.lock()?;
    let path = home.names_file();
    match bytes {
        Some(bytes) => Ok(write_whole(&path, bytes)?),
        None => match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(IndexError::io(&path, error).into())
            }
            _ => Ok(()),
        },
    }
}

fn entries_of(bytes: &[u8], path: &Path) -> Result<Vec<Entry>, OwnNamesError> {
    read_own_list(bytes).map_err(|error| OwnNamesError::List { path: path.to_owned(), error })
}

fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>, OwnNamesError> {
    let io = |error| OwnNamesError::Io { path: path.to_owned(), error };
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(io(error)),
    };
    let mut bytes = Vec::new();
    file.take(MAX_LIST_BYTES + 1).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() as u64 > MAX_LIST_BYTES {
        return Err(OwnNamesError::TooLarge { path: path.to_owned() });
    }
    Ok(Some(bytes))
}
