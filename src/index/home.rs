//! The folder of an index: found, made, checked for its version, locked for writing.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tantivy::schema::{Document, Schema};
use tantivy::store::Compressor;
use tantivy::{Directory, Index, IndexReader, IndexSettings, IndexWriter, ReloadPolicy, Searcher};

use super::analyser::analysers;
use super::error::IndexError;
use super::fields::Fields;
use crate::analysis::ANALYSER_VERSION;

/// Name of the folder that an index lives in.
pub const INDEX_FOLDER: &str = crate::document::walk::INDEX_FOLDER;
/// Version of the fields and of the stored articles.
pub const FORMAT_VERSION: u32 = 5;

pub(super) const FORMAT_FILE: &str = "format.toml";
pub(super) const SEGMENTS_FOLDER: &str = "segments";
pub(super) const LOCK_FILE: &str = "writer.lock";
/// Stored articles lie together up to this size: a block is copied to read one of them, and takes an
/// entry in a list.
const STORE_BLOCK_BYTES: usize = 8 << 10;

/// Where segments lie; in tests, on a disk that can fail.
#[cfg(not(test))]
pub(super) type SegmentsDirectory = tantivy::directory::MmapDirectory;
#[cfg(test)]
pub(super) type SegmentsDirectory = super::faults::FaultyDirectory;

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct FormatFile {
    format: u32,
    analyser: u32,
    made_by: String,
}

/// The folder of an index. Its existence is checked when it is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    folder: PathBuf,
}

impl Home {
    /// The index in `folder`.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// The nearest `.newsidx` in `start` or a folder above it.
    pub fn nearest(start: &Path) -> Option<Self> {
        start.ancestors().map(|folder| folder.join(INDEX_FOLDER)).find(|folder| folder.is_dir()).map(Self::at)
    }

    /// The index's folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder that stored paths are relative to: the one that the index lies in.
    pub fn base(&self) -> PathBuf {
        let absolute = std::path::absolute(&self.folder).unwrap_or_else(|_| self.folder.clone());
        absolute.parent().map_or_else(|| PathBuf::from("/"), Path::to_owned)
    }

    /// The user's settings for this index.
    pub fn config_file(&self) -> PathBuf {
        self.folder.join("config.toml")
    }

    /// The user's own list of names for this index.
    pub fn names_file(&self) -> PathBuf {
        self.folder.join("names.tsv")
    }

    /// The own list compiled, where it is so large that compiling it takes time; made anew at need.
    pub(super) fn compiled_names_file(&self) -> PathBuf {
        self.folder.join("names-compiled.bin")
    }

    /// The user's corrections of names.
    pub fn corrections_file(&self) -> PathBuf {
        self.folder.join("entities.tsv")
    }

    /// What words mean in this corpus ([`super::TermVectors`]).
    pub fn vectors_file(&self) -> PathBuf {
        self.folder.join("vectors.bin")
    }

    /// Whether an index has been made here.
    pub fn exists(&self) -> bool {
        self.folder.join(FORMAT_FILE).is_file()
    }

    /// Opens the index for reading.
    ///
    /// # Errors
    /// When there is none, another version made it, or it is damaged.
    pub fn open(&self) -> Result<Index, IndexError> {
        self.check_format()?;
        self.open_segments()
    }

    /// Opens the index for writing, making it where there is none.
    ///
    /// # Errors
    /// As for [`Self::open`]; also when the folder may not be written.
    pub(super) fn open_or_create(&self) -> Result<Index, IndexError> {
        if self.exists() {
            return self.open();
        }
        let segments = self.folder.join(SEGMENTS_FOLDER);
        create_private_folder(&self.folder)?;
        create_private_folder(&segments)?;
        let directory = self.directory()?;
        let settings = IndexSettings {
            // Articles come compressed (`super::dictionary`).
            docstore_compression: Compressor::None,
            docstore_blocksize: STORE_BLOCK_BYTES,
            ..IndexSettings::default()
        };
        if !Index::exists(&directory).map_err(|error| self.damaged(&error))? {
            let (schema, _): (Schema, Fields) = Fields::build();
            Index::create(directory, schema, settings)
                .map_err(|error| IndexError::tantivy(&self.folder, &error))?;
        }
        // Written last: a folder without it holds no finished index.
        let format = FormatFile {
            format: FORMAT_VERSION,
            analyser: ANALYSER_VERSION,
            made_by: format!("newsidx {}", env!("CARGO_PKG_VERSION")),
        };
        let text = toml::to_string(&format).map_err(|error| self.damaged(&error))?;
        write_whole(&self.folder.join(FORMAT_FILE), text.as_bytes())?;
        self.open_segments()
    }

    fn open_segments(&self) -> Result<Index, IndexError> {
        open_segments_in(self, self.directory()?)
    }

    pub(super) fn directory(&self) -> Result<SegmentsDirectory, IndexError> {
        SegmentsDirectory::open(self.folder.join(SEGMENTS_FOLDER)).map_err(|error| self.damaged(&error))
    }

    /// A writer of `index`, which must be this one and locked. Removes first what a run that was broken
    /// off has left: its files' names would be given again, and tantivy never writes over a file.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub(super) fn writer<D: Document>(
        &self,
        index: &Index,
        threads: usize,
        heap_bytes: usize,
    ) -> Result<IndexWriter<D>, IndexError> {
        let open = || {
            let writer = index.writer_with_num_threads(threads, heap_bytes)?;
            writer.garbage_collect_files().wait()?;
            writer.set_merge_policy(Box::new(super::merge::policy()));
            Ok(writer)
        };
        open().map_err(|error| IndexError::tantivy(&self.folder, &error))
    }

    fn check_format(&self) -> Result<(), IndexError> {
        let path = self.folder.join(FORMAT_FILE);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(IndexError::NotFound { path: self.folder.clone() });
            }
            Err(error) => return Err(IndexError::io(&path, error)),
        };
        let found: FormatFile = toml::from_str(&text).map_err(|error| self.damaged(&error.message()))?;
        if (found.format, found.analyser) != (FORMAT_VERSION, ANALYSER_VERSION) {
            return Err(IndexError::Incompatible {
                path: self.folder.clone(),
                found: format!("{}.{}", found.format, found.analyser),
                wanted: format!("{FORMAT_VERSION}.{ANALYSER_VERSION}"),
            });
        }
        Ok(())
    }

    fn damaged(&self, reason: &dyn std::fmt::Display) -> IndexError {
        IndexError::Damaged { path: self.folder.clone(), reason: reason.to_string() }
    }

    /// Takes the one place of a writer.
    ///
    /// # Errors
    /// [`IndexError::Locked`] while another process has it.
    pub fn lock(&self) -> Result<WriterLock, IndexError> {
        create_private_folder(&self.folder)?;
        let path = self.folder.join(LOCK_FILE);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        private(&mut options);
        let mut file = options.open(&path).map_err(|error| IndexError::io(&path, error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(std::fs::TryLockError::WouldBlock) => {
                let mut text = String::new();
                let read = file.read_to_string(&mut text);
                let pid = read.ok().and_then(|_| text.trim().parse().ok());
                return Err(IndexError::Locked { path: self.folder.clone(), pid });
            }
            Err(std::fs::TryLockError::Error(error)) => return Err(IndexError::io(&path, error)),
        }
        let pid = std::process::id().to_string();
        let written = file.set_len(0).and_then(|()| file.write_all(pid.as_bytes()));
        written.map_err(|error| IndexError::io(&path, error))?;
        Ok(WriterLock { _file: file })
    }
}

/// Opens the segments in `directory`, which are those of `home`.
pub(super) fn open_segments_in(home: &Home, directory: impl Directory) -> Result<Index, IndexError> {
    let mut index = Index::open(directory).map_err(|error| IndexError::tantivy(&home.folder, &error))?;
    index.set_tokenizers(analysers());
    let (schema, _) = Fields::build();
    if index.schema() != schema {
        return Err(home.damaged(&"its fields are not those of its format"));
    }
    Ok(index)
}

/// A view of `index` as its last commit left it; later writes do not change it.
pub(super) fn searcher(index: &Index) -> tantivy::Result<Searcher> {
    let reader: IndexReader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
    Ok(reader.searcher())
}

/// Held while an index is written; given back when dropped, also by a crash.
#[derive(Debug)]
pub struct WriterLock {
    _file: File,
}

/// Makes a folder that only its owner can look into.
pub(super) fn create_private_folder(path: &Path) -> Result<(), IndexError> {
    if path.is_dir() {
        return Ok(());
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(path).map_err(|error| IndexError::io(path, error))
}

fn private(options: &mut OpenOptions) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
}

/// Writes a small file so that it is there whole or not at all.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), IndexError> {
    let draft = path.with_extension("new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    private(&mut options);
    let write = || -> std::io::Result<()> {
        let mut file = options.open(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&draft, path)?;
        sync_folder_of(path)
    };
    write().map_err(|error| IndexError::io(path, error))
}

/// A new name in a folder is on the disk when the folder is.
fn sync_folder_of(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}
