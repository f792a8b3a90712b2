//! Upkeep of an index as a whole: one segment of many, and a copy that stays as it is.

use std::path::{Path, PathBuf};

use super::error::IndexError;
use super::home::{FORMAT_FILE, Home, LOCK_FILE, SEGMENTS_FOLDER, create_private_folder};

/// Merges all segments into one, without what was deleted, and removes files that no segment needs.
/// Gives the number of segments before.
///
/// # Errors
/// When the index cannot be written.
pub fn optimize(home: &Home) -> Result<usize, IndexError> {
    let wrap = |error: tantivy::TantivyError| IndexError::tantivy(home.folder(), &error);
    let _lock = home.lock()?;
    let index = home.open()?;
    let segments = index.searchable_segment_metas().map_err(wrap)?;
    let dirty = segments.iter().any(|segment| segment.num_deleted_docs() > 0);
    let before = segments.len();
    let ids: Vec<_> = segments.into_iter().map(|segment| segment.id()).collect();
    super::merge::merge(home, &index, if before > 1 || dirty { &ids } else { &[] })?;
    Ok(before)
}

/// Copies the index at `home`, as its last commit left it, into the new folder `to`. Files of
/// segments are never changed once written, so they are linked where the disk allows it and cost no
/// space. Gives the bytes of the files.
///
/// # Errors
/// When `to` exists already, a file cannot be copied, or another process writes to the index.
pub fn snapshot(home: &Home, to: &Path) -> Result<u64, IndexError> {
    let _lock = home.lock()?;
    home.open()?;
    if to.exists() {
        let error = std::io::Error::new(std::io::ErrorKind::AlreadyExists, "it exists already");
        return Err(IndexError::io(to, error));
    }
    create_private_folder(to)?;
    let segments = to.join(SEGMENTS_FOLDER);
    create_private_folder(&segments)?;
    let mut bytes = 0;
    for file in files_in(&home.folder().join(SEGMENTS_FOLDER))? {
        bytes += copy_or_link(&file, &segments)?;
    }
    // Written last: a folder without the file of the format is no index.
    let (format, others): (Vec<_>, Vec<_>) =
        files_in(home.folder())?.into_iter().partition(|file| file.ends_with(FORMAT_FILE));
    for file in others.iter().filter(|file| !file.ends_with(LOCK_FILE)).chain(&format) {
        bytes += copy(file, to)?;
    }
    Ok(bytes)
}

fn files_in(folder: &Path) -> Result<Vec<PathBuf>, IndexError> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| IndexError::io(folder, error))? {
        let entry = entry.map_err(|error| IndexError::io(folder, error))?;
        if entry.file_type().is_ok_and(|kind| kind.is_file()) {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}

/// tantivy rewrites its own lists (`meta.json`, `.managed.json`) and never a segment's file.
fn copy_or_link(file: &Path, folder: &Path) -> Result<u64, IndexError> {
    let name = file.file_name().unwrap_or_default();
    if file.extension().is_some_and(|end| end == "json" || end == "lock") {
        return copy(file, folder);
    }
    match std::fs::hard_link(file, folder.join(name)) {
        Ok(()) => Ok(std::fs::metadata(file).map_or(0, |metadata| metadata.len())),
        Err(_) => copy(file, folder),
    }
}

fn copy(file: &Path, folder: &Path) -> Result<u64, IndexError> {
    let to = folder.join(file.file_name().unwrap_or_default());
    std::fs::copy(file, &to).map_err(|error| IndexError::io(&to, error))
}
