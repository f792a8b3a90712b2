//! What can go wrong with an index as a whole.

use std::path::{Path, PathBuf};

/// An index that cannot be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// There is none.
    #[error("no index at `{}`", path.display())]
    NotFound {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// Another version of newsidx made it.
    #[error("the index at `{}` has format {found}, this newsidx reads format {wanted}", path.display())]
    Incompatible {
        /// The index.
        path: PathBuf,
        /// Its format and analyser.
        found: String,
        /// Those of this program.
        wanted: String,
    },
    /// Another process is writing to it.
    #[error("the index at `{}` is being written by {}", path.display(), holder(*pid))]
    Locked {
        /// The index.
        path: PathBuf,
        /// The process that holds it, where known.
        pid: Option<u32>,
    },
    /// The disk is full.
    #[error("no space left for the index at `{}`", path.display())]
    DiskFull {
        /// The index.
        path: PathBuf,
    },
    /// It may not be written.
    #[error("may not write to `{}`", path.display())]
    ReadOnly {
        /// The file or folder.
        path: PathBuf,
    },
    /// The system fails.
    #[error("cannot use `{}`: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// It is damaged.
    #[error("the index at `{}` is damaged: {reason}", path.display())]
    Damaged {
        /// The index.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// Two indexes that were to be read together are one.
    #[error("the indexes at `{}` and `{}` hold the same articles", other.display(), path.display())]
    SameSegments {
        /// One of them.
        path: PathBuf,
        /// The other.
        other: PathBuf,
    },
    /// A line of an export cannot be taken.
    #[error("{0}")]
    BadExport(String),
    /// An article cannot be written in the index's form.
    #[error("cannot store an article: {0}")]
    Store(#[from] postcard::Error),
}

fn holder(pid: Option<u32>) -> String {
    pid.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"))
}

impl IndexError {
    /// An error of the system at `path`.
    pub fn io(path: &Path, source: std::io::Error) -> Self {
        use std::io::ErrorKind;
        let path = path.to_owned();
        match source.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::DiskFull { path },
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Self::ReadOnly { path },
            _ => Self::Io { path, source },
        }
    }

    /// An error of tantivy's in the index at `path`.
    pub fn tantivy(path: &Path, error: &tantivy::TantivyError) -> Self {
        let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error);
        while let Some(current) = source {
            if let Some(io) = current.downcast_ref::<std::io::Error>() {
                return Self::io(path, std::io::Error::new(io.kind(), io.to_string()));
            }
            if let Some(io) = current.downcast_ref::<std::sync::Arc<std::io::Error>>() {
                return Self::io(path, std::io::Error::new(io.kind(), io.to_string()));
            }
            source = current.source();
        }
        if let tantivy::TantivyError::LockFailure(..) = error {
            return Self::Locked { path: path.to_owned(), pid: None };
        }
        // A worker that dies of a full disk leaves only its message behind.
        let reason = error.to_string();
        if reason.contains("No space left") {
            return Self::DiskFull { path: path.to_owned() };
        }
        Self::Damaged { path: path.to_owned(), reason }
    }
}
