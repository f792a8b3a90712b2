//! The user's own names and corrections beside an index: read, checked and kept.
//!
//! Both are plain text that no run makes anew: `names.tsv`, a copy of the list the index was made
//! with, so that queries know the same names; and `entities.tsv`, corrections, sorted.

use std::io::Read;
use std::path::{Path, PathBuf};

use rustc_hash::FxHashSet;
use sha2::{Digest, Sha256};
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
    let corrections = corrections(home)?;
    let stamp = stamp(home, &corrections);
    if let Some((bytes, fingerprint)) = stamp.and_then(|stamp| compiled(home, &stamp)) {
        return Ok(OwnNames::of_compiled(bytes, corrections, fingerprint)?);
    }
    let entries = match read_if_there(&home.names_file())? {
        Some(bytes) => entries_of(&bytes, &home.names_file())?,
        None => Vec::new(),
    };
    let (bytes, fingerprint) = OwnNames::compile(entries, &corrections)?;
    if let Some(stamp) = stamp {
        keep_compiled(home, &stamp, &bytes, fingerprint);
    }
    Ok(OwnNames::of_compiled(bytes, corrections, fingerprint)?)
}

/// The names and corrections of several indexes together; an entity that two lists have is that of
/// the first.
///
/// # Errors
/// As [`own_names`]; also where the corrections of one contradict those of another.
pub fn own_names_of(homes: &[Home]) -> Result<OwnNames, OwnNamesError> {
    if let [home] = homes {
        return own_names(home);
    }
    let mut entries: Vec<Entry> = Vec::new();
    let mut lines = String::new();
    for home in homes {
        if let Some(bytes) = read_if_there(&home.names_file())? {
            entries.extend(entries_of(&bytes, &home.names_file())?);
        }
        lines.push_str(&corrections(home)?.to_text());
    }
    let all = Corrections::parse(lines.as_bytes()).map_err(|error| {
        let files: Vec<String> =
            homes.iter().map(|home| home.corrections_file().display().to_string()).collect();
        OwnNamesError::Corrections { path: files.join("` and `").into(), error }
    })?;
    let mut seen = FxHashSet::default();
    entries.retain(|entry| seen.insert(entry.id.clone()));
    Ok(OwnNames::new(entries, all)?)
}

/// Smallest list whose compiled form is kept: smaller ones are compiled in some milliseconds.
const KEPT_FROM_BYTES: u64 = 1 << 18;
/// First bytes of a kept form, with its version.
const MAGIC: &[u8; 8] = b"nidxown1";
/// Magic, stamp, fingerprint and checksum.
const HEADER_BYTES: usize = 8 + 24 + 8 + 32;

/// What a compiled form was made from: size and time of the list, and a hash of the corrections. None
/// for a list that is not worth it.
fn stamp(home: &Home, corrections: &Corrections) -> Option<[u8; 24]> {
    let metadata = std::fs::metadata(home.names_file()).ok().filter(|file| file.len() >= KEPT_FROM_BYTES)?;
    let mut stamp = [0; 24];
    stamp[..8].copy_from_slice(&metadata.len().to_le_bytes());
    stamp[8..16].copy_from_slice(&crate::document::walk::modified_ns(&metadata).to_le_bytes());
    stamp[16..].copy_from_slice(&Sha256::digest(corrections.to_text().as_bytes())[..8]);
    Some(stamp)
}

/// The compiled form, where it is of the list and corrections as they are now, and whole.
fn compiled(home: &Home, stamp: &[u8; 24]) -> Option<(Vec<u8>, u64)> {
    let mut bytes = std::fs::read(home.compiled_names_file()).ok()?;
    let header = bytes.get(..HEADER_BYTES)?;
    let fingerprint = u64::from_le_bytes(header[32..40].try_into().ok()?);
    let sound = header[..8] == *MAGIC
        && header[8..32] == *stamp
        && header[40..] == Sha256::digest(&bytes[HEADER_BYTES..])[..];
    sound.then(|| (bytes.split_off(HEADER_BYTES), fingerprint))
}

/// Keeps a compiled form for the next time. Where that cannot be, because the folder may not be
/// written or another process writes to the index, the next time takes as long as this one.
fn keep_compiled(home: &Home, stamp: &[u8; 24], bytes: &[u8], fingerprint: u64) {
    let Ok(_lock) = home.lock() else { return };
    let mut whole = Vec::with_capacity(HEADER_BYTES + bytes.len());
    whole.extend(MAGIC);
    whole.extend(stamp);
    whole.extend(fingerprint.to_le_bytes());
    whole.extend(Sha256::digest(bytes));
    whole.extend(bytes);
    drop(write_whole(&home.compiled_names_file(), &whole));
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
    // Of another list there is no compiled form yet.
    drop(std::fs::remove_file(home.compiled_names_file()));
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
