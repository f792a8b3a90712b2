//! Does an index hold together: its files against their checksums, its articles against each other
//! and against the files of the corpus.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::error::IndexError;
use super::fields::{Fields, UnitCode};
use super::home::Home;
use super::prepare::article_id;
use super::run::delete_operations;
use super::state::FileState;
use super::transfer::Reading;

/// Heap of the writer that repairs, in bytes.
const REPAIR_HEAP_BYTES: usize = 30_000_000;

/// How much is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct VerifyOptions {
    /// Whether the files of the corpus are looked at: their sizes and times.
    pub files: bool,
    /// Whether they are also read and hashed.
    pub hashes: bool,
}

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Problem {
    /// What it is, in one word.
    pub rule: &'static str,
    /// The file of the corpus or of the index that it is about.
    pub path: String,
    /// What is wrong.
    pub reason: String,
    /// Whether reading that file anew mends it.
    pub repairable: bool,
}

/// What was looked at, and what was found.
#[derive(Clone, Debug, PartialEq, Eq, Default, serde::Serialize)]
pub struct Verification {
    /// Files of the corpus in the index.
    pub files: u64,
    /// Articles.
    pub articles: u64,
    /// Sections that can be found by themselves.
    pub sections: u64,
    /// What is wrong, in the order of the paths.
    pub problems: Vec<Problem>,
}

/// Looks through the index at `home`.
///
/// # Errors
/// When it cannot be opened at all.
pub fn verify(home: &Home, options: VerifyOptions) -> Result<Verification, IndexError> {
    let mut found = Verification::default();
    check_segments(home, &mut found)?;
    let damaged = !found.problems.is_empty();
    // Where files of the index lie about themselves, tantivy may panic in the middle of them.
    let looked = std::panic::catch_unwind(|| {
        let mut found = Verification::default();
        check_articles(home, options, &mut found).map(|()| found)
    });
    match looked {
        Ok(Ok(articles)) => {
            found.problems.extend(articles.problems);
            (found.files, found.articles, found.sections) =
                (articles.files, articles.articles, articles.sections);
        }
        Ok(Err(error)) if !damaged => return Err(error),
        Ok(Err(error)) => found.problems.push(beyond_repair("unreadable", home.folder(), &error)),
        Err(_) => {
            found.problems.push(beyond_repair(
                "unreadable",
                home.folder(),
                &"its files contradict each other",
            ));
        }
    }
    found.problems.sort_by(|a, b| (&a.path, a.rule).cmp(&(&b.path, b.rule)));
    Ok(found)
}

fn beyond_repair(rule: &'static str, path: &Path, reason: &dyn std::fmt::Display) -> Problem {
    Problem { rule, path: path.display().to_string(), reason: reason.to_string(), repairable: false }
}

/// Every file of every segment against its checksum.
fn check_segments(home: &Home, found: &mut Verification) -> Result<(), IndexError> {
    let index = home.open()?;
    let failed = |error: tantivy::TantivyError| IndexError::tantivy(home.folder(), &error);
    let damaged = index.validate_checksum().map_err(failed)?;
    let reason = "its bytes are not those that were written";
    found.problems.extend(damaged.iter().map(|path| beyond_repair("checksum", path, &reason)));
    Ok(())
}

fn check_articles(home: &Home, options: VerifyOptions, found: &mut Verification) -> Result<(), IndexError> {
    let reading = Reading::open(home)?;
    let state = reading.state()?;
    // Articles and sections of every file, as they should be and as they are.
    let mut counts = BTreeMap::<String, u64>::new();
    let mut sections = 0_u64;
    for address in reading.addresses(UnitCode::Article)? {
        let stored = match reading.article(address) {
            Ok(stored) => stored,
            Err(error) => {
                found.problems.push(beyond_repair("article", home.folder(), &error));
                continue;
            }
        };
        found.articles += 1;
        if stored.article.sections.len() > 1 {
            sections += stored.article.sections.len() as u64;
        }
        let path = stored.location.path;
        if article_id(&stored.article) != stored.id {
            found.problems.push(of_file("id", &path, "an article's id is not that of its text"));
        }
        *counts.entry(path).or_default() += 1;
    }
    found.sections = reading.addresses(UnitCode::Section)?.len() as u64;
    found.files = state.files.len() as u64;
    if found.sections != sections {
        let reason = format!("{} sections can be found, the articles have {sections}", found.sections);
        found.problems.push(beyond_repair("sections", home.folder(), &reason));
    }
    for path in counts.keys().filter(|path| !state.files.contains_key(path.as_str())) {
        found.problems.push(of_file("no-state", path, "the index has articles of it but not its state"));
    }
    for path in state.files.keys().filter(|path| !counts.contains_key(&***path)) {
        found.problems.push(of_file("no-articles", path, "the index has its state but no article of it"));
    }
    if options.files || options.hashes {
        for (path, known) in &state.files {
            found.problems.extend(check_file(home, path, known, options.hashes));
        }
    }
    Ok(())
}

fn of_file(rule: &'static str, path: &str, reason: impl Into<String>) -> Problem {
    Problem { rule, path: path.to_owned(), reason: reason.into(), repairable: true }
}

/// A file of the corpus against what the index knows of it.
fn check_file(home: &Home, path: &str, known: &FileState, hash: bool) -> Option<Problem> {
    let file = home.base().join(crate::document::path::path_from_text(path));
    let metadata = match std::fs::metadata(&file) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Some(of_file("gone", path, "the file is gone"));
        }
        Err(error) => return Some(of_file("unreadable", path, error.to_string())),
    };
    if metadata.len() != known.bytes {
        let reason = format!("it has {} bytes, the index read {}", metadata.len(), known.bytes);
        return Some(of_file("changed", path, reason));
    }
    if hash {
        return match hash_of(&file) {
            Ok(sha256) if sha256 == known.sha256 => None,
            Ok(_) => Some(of_file("changed", path, "its bytes are not those that the index read")),
            Err(error) => Some(of_file("unreadable", path, error.to_string())),
        };
    }
    let modified = crate::document::walk::modified_ns(&metadata);
    (modified != known.modified_ns)
        .then(|| of_file("touched", path, "its time is not the one that the index read"))
}

fn hash_of(file: &Path) -> io::Result<[u8; 32]> {
    let mut hash = Sha256::new();
    let mut reader = io::BufReader::new(std::fs::File::open(file)?);
    let mut piece = vec![0; 1 << 16];
    loop {
        let count = io::Read::read(&mut reader, &mut piece)?;
        if count == 0 {
            return Ok(hash.finalize().into());
        }
        hash.update(&piece[..count]);
    }
}

/// Forgets the files that repairable problems are about, so that the next run reads them anew.
/// Gives how many.
///
/// # Errors
/// When the index cannot be written.
pub fn forget_files(home: &Home, problems: &[Problem]) -> Result<u64, IndexError> {
    let mut paths: Vec<&str> = problems.iter().filter(|p| p.repairable).map(|p| p.path.as_str()).collect();
    paths.sort_unstable();
    paths.dedup();
    if paths.is_empty() {
        return Ok(0);
    }
    let wrap = |error: tantivy::TantivyError| IndexError::tantivy(home.folder(), &error);
    let _lock = home.lock()?;
    let index = home.open()?;
    let mut writer = home.writer::<tantivy::TantivyDocument>(&index, 1, REPAIR_HEAP_BYTES)?;
    let (_, fields) = Fields::build();
    for path in &paths {
        writer.run(delete_operations(&fields, path)).map_err(wrap)?;
    }
    writer.commit().map_err(wrap)?;
    writer.wait_merging_threads().map_err(wrap)?;
    Ok(paths.len() as u64)
}
