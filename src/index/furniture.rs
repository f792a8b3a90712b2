//! The pass over a sample of files that finds the lines which recur in them.
//!
//! Which files are sampled depends on the hash of their paths below the roots alone, so that the outcome
//! is the same in any order and on any number of threads. It decides nothing about an article.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use crate::document::path::path_text;
use crate::document::{Document, Found, ReadOptions, WalkOptions, read_file, walk};
use crate::extract::repeats::{Furniture, LazyFurniture, MIN_STORIES, Repeats, hash_of, source_of};

/// Files that are sampled: enough for what recurs in a quarter of a few hosts' files, and read in about a
/// second.
pub const MAX_SAMPLED_FILES: usize = 256;

/// Records of one dump that are looked at.
const MAX_RECORDS: usize = 64;

/// What recurs in the files below `roots`, found when it is first asked for. `shown` gives the path by
/// which a file's documents go.
pub fn furniture_of(
    roots: &[PathBuf],
    options: &WalkOptions,
    read: &ReadOptions,
    shown: impl Fn(&Path) -> String + Send + Sync + 'static,
) -> Arc<LazyFurniture> {
    let (roots, options, read) = (roots.to_vec(), options.clone(), read.clone());
    Arc::new(LazyFurniture::new(move || gather(&roots, &options, &read, &shown)))
}

fn gather(
    roots: &[PathBuf],
    options: &WalkOptions,
    read: &ReadOptions,
    shown: &(impl Fn(&Path) -> String + Sync),
) -> Furniture {
    let files = sample(roots, options);
    let each = |file: &Path, seen: &mut dyn FnMut(&Document)| {
        let mut records = 0;
        // What cannot be read is reported when it is indexed.
        let _ = read_file(file, &shown(file), read, &mut |record| {
            if let Ok(document) = record {
                seen(&document);
            }
            records += 1;
            if records < MAX_RECORDS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
    };
    // Most pages are the only ones of their source: those are not parsed for nothing.
    let sources: Vec<Vec<String>> = files.par_iter().map(|file| sources_in(file, &each)).collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for source in sources.iter().flatten() {
        *counts.entry(source).or_default() += 1;
    }
    let recurs = |source: &str| counts.get(source).is_some_and(|count| *count >= MIN_STORIES);
    let found = files.par_iter().zip(&sources).filter(|(_, sources)| sources.iter().any(|one| recurs(one)));
    let parts = found.map(|(file, _)| {
        let mut repeats = Repeats::new();
        each(file, &mut |document| {
            if recurs(&source_of(document)) {
                repeats.observe_document(document);
            }
        });
        repeats
    });
    let merged = parts.reduce(Repeats::new, |mut one, other| {
        one.merge(other);
        one
    });
    merged.furniture()
}

/// The sources of the documents in `file`, one for each.
fn sources_in(file: &Path, each: &impl Fn(&Path, &mut dyn FnMut(&Document))) -> Vec<String> {
    let mut sources = Vec::new();
    each(file, &mut |document| sources.push(source_of(document)));
    sources
}

/// The files whose paths have the lowest hashes.
fn sample(roots: &[PathBuf], options: &WalkOptions) -> Vec<PathBuf> {
    let mut lowest: BTreeSet<(u64, PathBuf)> = BTreeSet::new();
    for root in roots {
        for found in walk(root, options) {
            let Found::File(file) = found else { continue };
            // A root that is a file goes by its name.
            let below = file.path.strip_prefix(root).ok().filter(|below| !below.as_os_str().is_empty());
            let name = below.or(file.path.file_name().map(Path::new)).unwrap_or(&file.path);
            lowest.insert((hash_of(&path_text(name)), file.path.clone()));
            if lowest.len() > MAX_SAMPLED_FILES {
                lowest.pop_last();
            }
        }
    }
    lowest.into_iter().map(|(_, path)| path).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_recurs_is_found_in_any_order() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut files = Vec::new();
        for place in ["quay", "dock", "pier", "lock", "mole", "ramp"] {
            let text = format!(
                "The {place} reopens\n\nThe {place} reopened on Friday after three days of storm, its keeper said, and \
                 nobody was there to see it but the {place} master's dog.\n\nThe Boat is read in nine towns.\n"
            );
            let path = folder.path().join(format!("{place}.txt"));
            std::fs::write(&path, text).expect("a file");
            files.push(path);
        }
        let find = |roots: &[PathBuf]| {
            let read = ReadOptions::default();
            let shown =
                |path: &Path| format!("boat/{}", path_text(path.file_name().map(Path::new).unwrap_or(path)));
            let lazy = furniture_of(roots, &WalkOptions::default(), &read, shown);
            let found = |line: &str| lazy.get().has("boat", line);
            (found("The Boat is read in nine towns."), found("The quay reopens"))
        };
        assert_eq!(find(&[folder.path().to_owned()]), (true, false));
        files.reverse();
        assert_eq!(find(&files), (true, false));
    }
}
