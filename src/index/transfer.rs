//! Articles out of an index and into one: lines that hold everything an index needs to have them.
//!
//! The lines of a file's articles come first, its own line last: a reader that meets the end of the
//! input knows which files it has whole. Paths are in the order of their bytes, records in the order
//! of their numbers, so that equal indexes give equal exports.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};
use tantivy::indexer::UserOperation;
use tantivy::schema::Value;
use tantivy::{DocAddress, Index, IndexWriter, Searcher, TantivyDocument};

use super::dictionary::{Packing, Unpacking};
use super::error::IndexError;
use super::fields::{Fields, UnitCode};
use super::home::{Home, searcher};
use super::prepare::{article_documents, file_document};
use super::run::delete_operations;
use super::state::{FileState, IndexState};
use super::stored::StoredArticle;
use crate::article::Article;
use crate::document::Location;

/// Version of the lines.
pub const EXPORT_SCHEMA: &str = "newsidx.export/1";
/// Documents handed to the writer at once.
const DOCUMENTS_PER_GROUP: usize = 512;
/// Heap of the writer that takes an import, in bytes.
const IMPORT_HEAP_BYTES: usize = 120_000_000;

/// A line of an export.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ExportLine {
    /// The first line: what follows.
    Export {
        /// [`EXPORT_SCHEMA`].
        schema: String,
    },
    /// An article.
    Article {
        /// Where it was read.
        location: Location,
        /// The article, as the index stores it.
        article: Box<Article>,
    },
    /// A file, after its articles.
    File {
        /// Its path in the index.
        path: String,
        /// Its size in bytes.
        bytes: u64,
        /// When it was last changed, in nanoseconds since 1970.
        modified_ns: i64,
        /// Hash of its bytes, in hexadecimal.
        sha256: String,
        /// Fingerprint of the own names and corrections that its articles were annotated with, in
        /// hexadecimal.
        #[serde(default)]
        names: String,
        /// How many articles it gave.
        articles: u64,
    },
}

/// What came out or went in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Transferred {
    /// Files.
    pub files: u64,
    /// Articles.
    pub articles: u64,
    /// Whether it was broken off.
    pub interrupted: bool,
}

/// A record's number in its file, and where its article lies.
type Record = (Option<u64>, DocAddress);

/// An index opened to be read from end to end.
pub(super) struct Reading {
    pub(super) searcher: Searcher,
    pub(super) fields: Fields,
    unpacking: Unpacking,
    home: Home,
}

impl Reading {
    pub(super) fn open(home: &Home) -> Result<Self, IndexError> {
        let index = home.open()?;
        let searcher = searcher(&index).map_err(|error| IndexError::tantivy(home.folder(), &error))?;
        let unpacking = Unpacking::open(std::slice::from_ref(home))?;
        Ok(Self { searcher, fields: Fields::build().1, unpacking, home: home.clone() })
    }

    fn failed(&self, error: &tantivy::TantivyError) -> IndexError {
        IndexError::tantivy(self.home.folder(), error)
    }

    /// The addresses of all documents of a kind, in the order of the segments.
    pub(super) fn addresses(&self, unit: UnitCode) -> Result<Vec<DocAddress>, IndexError> {
        let mut found = Vec::new();
        for (segment, reader) in self.searcher.segment_readers().iter().enumerate() {
            let units = reader.fast_fields().u64("unit").map_err(|error| self.failed(&error))?;
            let alive = reader.doc_ids_alive().filter(|&doc| units.first(doc) == Some(unit as u64));
            found.extend(alive.map(|doc| DocAddress::new(segment as u32, doc)));
        }
        Ok(found)
    }

    /// The article at an address.
    pub(super) fn article(&self, address: DocAddress) -> Result<StoredArticle, IndexError> {
        let document: TantivyDocument = self.searcher.doc(address).map_err(|error| self.failed(&error))?;
        let damaged = |reason: String| IndexError::Damaged { path: self.home.folder().to_owned(), reason };
        let bytes = document.get_first(self.fields.stored).and_then(|value| value.as_bytes());
        let bytes = bytes.ok_or_else(|| damaged("an article without its stored form".to_owned()))?;
        let bytes = self.unpacking.unpack(bytes).map_err(|error| damaged(error.to_string()))?;
        StoredArticle::from_bytes(&bytes)
            .map_err(|error| damaged(format!("an article cannot be read: {error}")))
    }

    pub(super) fn state(&self) -> Result<IndexState, IndexError> {
        IndexState::read(&self.searcher).map_err(|error| self.failed(&error))
    }

    /// The addresses of the articles by the path of their file, in the order of their records.
    fn by_file(&self) -> Result<BTreeMap<String, Vec<Record>>, IndexError> {
        let mut files = BTreeMap::<String, Vec<Record>>::new();
        for address in self.addresses(UnitCode::Article)? {
            let location = self.article(address)?.location;
            files.entry(location.path).or_default().push((location.record, address));
        }
        for articles in files.values_mut() {
            articles.sort_unstable();
        }
        Ok(files)
    }
}

/// Gives every line of an export of the index at `home` to `line`, until that says no or `stop` is
/// raised.
///
/// # Errors
/// When the index cannot be read, and those of `line`.
pub fn export<E: From<IndexError>>(
    home: &Home,
    stop: &AtomicBool,
    line: &mut dyn FnMut(ExportLine) -> Result<(), E>,
) -> Result<Transferred, E> {
    let reading = Reading::open(home)?;
    let state = reading.state()?;
    let by_file = reading.by_file()?;
    let mut done = Transferred::default();
    line(ExportLine::Export { schema: EXPORT_SCHEMA.to_owned() })?;
    for (path, articles) in by_file {
        let count = articles.len() as u64;
        for (_, address) in articles {
            if stop.load(Ordering::Relaxed) {
                return Ok(Transferred { interrupted: true, ..done });
            }
            let StoredArticle { location, article, .. } = reading.article(address)?;
            line(ExportLine::Article { location, article: Box::new(article) })?;
        }
        let known = state.files.get(path.as_str()).copied().unwrap_or(FileState {
            bytes: 0,
            modified_ns: 0,
            sha256: [0; 32],
            names: 0,
        });
        let FileState { bytes, modified_ns, sha256, names } = known;
        let sha256 = sha256.iter().map(|byte| format!("{byte:02x}")).collect();
        let names = format!("{names:x}");
        line(ExportLine::File { path, bytes, modified_ns, sha256, names, articles: count })?;
        done.files += 1;
        done.articles += count;
    }
    Ok(done)
}

/// Takes the lines of an export, file by file; what an index had of a file before gives way.
pub struct Import {
    home: Home,
    index: Index,
    fields: Fields,
    writer: IndexWriter,
    packing: Packing,
    _lock: super::home::WriterLock,
    operations: Vec<UserOperation>,
    /// The file whose articles are coming in.
    current: Option<(String, u64)>,
    done: Transferred,
}

impl Import {
    /// Opens the index at `home` for writing, making it where there is none.
    ///
    /// # Errors
    /// When it cannot be opened, or another process writes to it.
    pub fn open(home: &Home) -> Result<Self, IndexError> {
        let lock = home.lock()?;
        let index = home.open_or_create()?;
        let writer = home.writer(&index, 1, IMPORT_HEAP_BYTES)?;
        Ok(Self {
            home: home.clone(),
            index,
            fields: Fields::build().1,
            writer,
            packing: Packing::open(home)?,
            _lock: lock,
            operations: Vec::new(),
            current: None,
            done: Transferred::default(),
        })
    }

    /// Takes one line.
    ///
    /// # Errors
    /// [`IndexError::BadExport`] for a line that cannot stand where it stands.
    pub fn take(&mut self, line: ExportLine) -> Result<(), IndexError> {
        match line {
            ExportLine::Export { schema } if schema == EXPORT_SCHEMA => Ok(()),
            ExportLine::Export { schema } => {
                Err(IndexError::BadExport(format!("an export of the form `{schema}`, not `{EXPORT_SCHEMA}`")))
            }
            ExportLine::Article { location, article } => self.take_article(location, *article),
            ExportLine::File { path, bytes, modified_ns, sha256, names, articles } => {
                let names = u64::from_str_radix(&names, 16).unwrap_or(0);
                let sha256 = hash_of(&sha256)
                    .ok_or_else(|| IndexError::BadExport(format!("`{sha256}` is no SHA-256")))?;
                self.take_file(&path, articles, &FileState { bytes, modified_ns, sha256, names })
            }
        }
    }

    fn take_article(&mut self, location: Location, article: Article) -> Result<(), IndexError> {
        if !spans_fit(&article) {
            return Err(IndexError::BadExport(format!("`{location}` has a span outside its text")));
        }
        match &mut self.current {
            Some((path, count)) if *path == location.path => *count += 1,
            Some((path, _)) => {
                return Err(IndexError::BadExport(format!("`{path}` has articles but no line of its own")));
            }
            None => {
                self.operations.extend(delete_operations(&self.fields, &location.path));
                self.current = Some((location.path.clone(), 1));
            }
        }
        let documents = article_documents(&self.fields, &mut self.packing.packer(), location, article)?;
        self.operations.extend(documents.into_iter().map(UserOperation::Add));
        if self.operations.len() >= DOCUMENTS_PER_GROUP { self.hand_over() } else { Ok(()) }
    }

    fn take_file(&mut self, path: &str, articles: u64, state: &FileState) -> Result<(), IndexError> {
        let (current, count) = self.current.take().unwrap_or_else(|| (path.to_owned(), 0));
        if current != path || count != articles {
            return Err(IndexError::BadExport(format!(
                "`{path}` should have {articles} articles, {count} of `{current}` came before it"
            )));
        }
        self.operations.push(UserOperation::Add(file_document(&self.fields, path, state)));
        self.done.files += 1;
        self.done.articles += articles;
        self.hand_over()
    }

    fn hand_over(&mut self) -> Result<(), IndexError> {
        let operations = std::mem::take(&mut self.operations);
        let handed = self.writer.run(operations);
        handed.map(drop).map_err(|error| IndexError::tantivy(self.home.folder(), &error))
    }

    /// Commits what came in. A file whose own line did not come stays out.
    ///
    /// # Errors
    /// When the index cannot be written.
    pub fn finish(mut self) -> Result<Transferred, IndexError> {
        let folder = self.home.folder().to_owned();
        let wrap = |error: tantivy::TantivyError| IndexError::tantivy(&folder, &error);
        self.operations.clear();
        if let Some((path, _)) = self.current.take() {
            self.writer.run(delete_operations(&self.fields, &path)).map_err(wrap)?;
        }
        self.writer.commit().map_err(wrap)?;
        super::merge::finish(&self.home, &self.index, self.writer)?;
        Ok(self.done)
    }
}

fn hash_of(hex: &str) -> Option<[u8; 32]> {
    if hex.len() != 64 || !hex.is_ascii() {
        return None;
    }
    let mut hash = [0; 32];
    for (byte, at) in hash.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(&hex[at..at + 2], 16).ok()?;
    }
    Some(hash)
}

/// Whether every span of an article from elsewhere lies on the characters of its text.
fn spans_fit(article: &Article) -> bool {
    let fits = |text: &str, span: crate::article::Span| {
        span.start <= span.end
            && span.end <= text.len()
            && text.is_char_boundary(span.start)
            && text.is_char_boundary(span.end)
    };
    let body = &article.text;
    article.sections.iter().all(|section| fits(body, section.span))
        && article.mentions.iter().all(|mention| fits(article.text_of(mention.field), mention.span))
        && article.citations.iter().all(|citation| {
            let text = article.text_of(citation.field);
            [Some(citation.span), citation.sentence, citation.covers]
                .into_iter()
                .flatten()
                .all(|s| fits(text, s))
        })
        && article.quotes.iter().all(|quote| {
            let text = article.text_of(quote.field);
            [Some(quote.span), quote.speaker_span].into_iter().flatten().all(|span| fits(text, span))
        })
}

/// Merges the articles of the index at `from` into the one at `home`. Paths are kept as they are seen
/// from `home`'s folder.
///
/// # Errors
/// When one of them cannot be read or written.
pub fn merge_from(home: &Home, from: &Home, stop: &AtomicBool) -> Result<Transferred, IndexError> {
    let (base, other) = (home.base(), from.base());
    let seen_from_here = |path: &str| -> String {
        let file = other.join(crate::document::path::path_from_text(path));
        super::plan::stored_path(&base, Path::new(&file))
    };
    let mut import = Import::open(home)?;
    let result = export(from, stop, &mut |line| {
        import.take(match line {
            ExportLine::Article { mut location, article } => {
                location.path = seen_from_here(&location.path);
                ExportLine::Article { location, article }
            }
            ExportLine::File { path, bytes, modified_ns, sha256, names, articles } => {
                ExportLine::File { path: seen_from_here(&path), bytes, modified_ns, sha256, names, articles }
            }
            first => first,
        })
    });
    let interrupted = result?.interrupted;
    Ok(Transferred { interrupted, ..import.finish()? })
}
