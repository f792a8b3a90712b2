//! Several indexes read as one: all their segments under one searcher, so that every count, every
//! statistic and every ranking is of them together. It writes nothing.
//!
//! Where an article lies is told by its path: below the folder that its index belongs to, as that was
//! named.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde_json::Value;
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{DirectoryLock, FileHandle, Lock, META_LOCK, WatchCallback, WatchHandle, WritePtr};
use tantivy::index::SegmentId;
use tantivy::{Directory, Searcher};

use super::error::IndexError;
use super::home::{Home, SegmentsDirectory, open_segments_in, searcher};
use crate::document::path::path_text;

/// tantivy's list of an index's segments.
const META_FILE: &str = "meta.json";

/// Indexes opened to be read, as their last commits left them.
pub struct OpenIndexes {
    searcher: Searcher,
    /// For each segment, the number of its index.
    index_of_segment: Vec<usize>,
    /// For each index, what goes before the paths of its files.
    folders: Vec<String>,
}

impl OpenIndexes {
    /// Opens the indexes at `homes`; of a single one, paths are as it has them.
    ///
    /// # Errors
    /// When there is none at one of them, another version made it, or it is damaged; or when two of
    /// them hold the same segments, as an index and its snapshot do.
    pub fn open(homes: &[Home]) -> Result<Self, IndexError> {
        let [home] = homes else { return Self::open_several(homes) };
        let index = home.open()?;
        let searcher = searcher(&index).map_err(|error| IndexError::tantivy(home.folder(), &error))?;
        let index_of_segment = vec![0; searcher.segment_readers().len()];
        Ok(Self { searcher, index_of_segment, folders: vec![String::new()] })
    }

    fn open_several(homes: &[Home]) -> Result<Self, IndexError> {
        let first = homes.first().ok_or_else(|| IndexError::NotFound { path: PathBuf::new() })?;
        // No segment is deleted between here and the searcher.
        let _locks = lock_all(homes)?;
        let mut parts = Vec::with_capacity(homes.len());
        let mut meta: Option<Value> = None;
        let mut index_of: FxHashMap<SegmentId, usize> = FxHashMap::default();
        for (number, home) in homes.iter().enumerate() {
            let part = home.directory()?;
            let damaged = |reason: &dyn std::fmt::Display| IndexError::Damaged {
                path: home.folder().to_owned(),
                reason: reason.to_string(),
            };
            let bytes = part.atomic_read(Path::new(META_FILE)).map_err(|error| damaged(&error))?;
            let of_part: Value = serde_json::from_slice(&bytes).map_err(|error| damaged(&error))?;
            for id in segment_ids(&of_part).ok_or_else(|| damaged(&"its list of segments cannot be read"))? {
                if let Some(other) = index_of.insert(id, number) {
                    let other = homes[other].folder().to_owned();
                    return Err(IndexError::SameSegments { path: home.folder().to_owned(), other });
                }
            }
            meta = Some(match meta {
                None => of_part,
                Some(sum) => with_segments_of(sum, of_part),
            });
            parts.push(part);
        }
        let meta = meta.map(|meta| meta.to_string().into_bytes()).unwrap_or_default();
        let directory = Together { parts: parts.into(), meta: meta.into() };
        let index = open_segments_in(first, directory)?;
        let searcher = searcher(&index).map_err(|error| IndexError::tantivy(first.folder(), &error))?;
        let segments = searcher.segment_readers().iter();
        let index_of_segment =
            segments.map(|reader| index_of.get(&reader.segment_id()).copied().unwrap_or(0)).collect();
        Ok(Self { searcher, index_of_segment, folders: homes.iter().map(folder_text).collect() })
    }

    /// All their segments.
    pub fn searcher(&self) -> &Searcher {
        &self.searcher
    }

    /// The path by which a file of a segment goes: its index's folder before its own.
    pub fn shown_path(&self, segment: u32, path: &str) -> String {
        let folder = self.index_of_segment.get(segment as usize).and_then(|&number| self.folders.get(number));
        format!("{}{path}", folder.map_or("", String::as_str))
    }

    /// The path in its index of what goes by `path` in a segment; none where that segment's index lies
    /// elsewhere.
    pub fn path_in_index<'p>(&self, segment: u32, path: &'p str) -> Option<&'p str> {
        let number = *self.index_of_segment.get(segment as usize)?;
        path.strip_prefix(self.folders.get(number)?.as_str())
    }

    /// Every way in which `path` may be stored: as it is, and below each of the folders.
    pub fn stored_paths<'p>(&self, path: &'p str) -> Vec<&'p str> {
        let mut paths: Vec<&str> =
            self.folders.iter().filter_map(|folder| path.strip_prefix(folder.as_str())).collect();
        paths.sort_unstable();
        paths.dedup();
        paths
    }
}

/// Locks the lists of segments of all `homes`, in an order that does not depend on how they were named:
/// two programs that each held one and waited for the other would wait for ever.
fn lock_all(homes: &[Home]) -> Result<Vec<DirectoryLock>, IndexError> {
    let mut in_order: Vec<(PathBuf, &Home)> = homes
        .iter()
        .map(|home| (home.folder().canonicalize().unwrap_or_else(|_| home.folder().to_owned()), home))
        .collect();
    in_order.sort_by(|(one, _), (other, _)| one.cmp(other));
    if let Some([(_, one), (_, other)]) = in_order.array_windows().find(|[(one, _), (other, _)]| one == other)
    {
        return Err(IndexError::SameSegments {
            path: one.folder().to_owned(),
            other: other.folder().to_owned(),
        });
    }
    let lock = |home: &Home| -> Result<DirectoryLock, IndexError> {
        // Checks format and fields.
        home.open()?;
        let lock = home.directory()?.acquire_lock(&META_LOCK);
        lock.map_err(|error| IndexError::tantivy(home.folder(), &error.into()))
    };
    in_order.into_iter().map(|(_, home)| lock(home)).collect()
}

/// The folder that an index belongs to, as a beginning of paths.
fn folder_text(home: &Home) -> String {
    let folder = home.folder().parent().map(path_text).unwrap_or_default();
    if folder.is_empty() || folder.ends_with('/') { folder } else { format!("{folder}/") }
}

fn segment_ids(meta: &Value) -> Option<Vec<SegmentId>> {
    let id = |segment: &Value| SegmentId::from_uuid_string(segment.get("segment_id")?.as_str()?).ok();
    meta.get("segments")?.as_array()?.iter().map(id).collect()
}

fn with_segments_of(mut sum: Value, other: Value) -> Value {
    let more = other.get("segments").and_then(Value::as_array).cloned().unwrap_or_default();
    if let Some(segments) = sum.get_mut("segments").and_then(Value::as_array_mut) {
        segments.extend(more);
    }
    sum
}

/// The folders of several indexes as one: names of segments' files are unique in the world.
#[derive(Clone, Debug)]
struct Together {
    parts: Arc<[SegmentsDirectory]>,
    meta: Arc<[u8]>,
}

fn only_read() -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, "several indexes are only read together")
}

impl Directory for Together {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        for part in self.parts.iter() {
            match part.get_file_handle(path) {
                Err(OpenReadError::FileDoesNotExist(_)) => {}
                found => return found,
            }
        }
        Err(OpenReadError::FileDoesNotExist(path.to_owned()))
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        for part in self.parts.iter() {
            if part.exists(path)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        if path == Path::new(META_FILE) {
            return Ok(self.meta.to_vec());
        }
        Err(OpenReadError::FileDoesNotExist(path.to_owned()))
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        Err(DeleteError::IoError { io_error: Arc::new(only_read()), filepath: path.to_owned() })
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        Err(OpenWriteError::wrap_io_error(only_read(), path.to_owned()))
    }

    fn atomic_write(&self, _: &Path, _: &[u8]) -> io::Result<()> {
        Err(only_read())
    }

    fn sync_directory(&self) -> io::Result<()> {
        Ok(())
    }

    /// The parts are locked while this is opened.
    fn acquire_lock(&self, _: &Lock) -> Result<DirectoryLock, LockError> {
        Ok(DirectoryLock::from(Box::new(())))
    }

    fn watch(&self, _: WatchCallback) -> tantivy::Result<WatchHandle> {
        Ok(WatchHandle::empty())
    }
}
