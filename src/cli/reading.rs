//! How files are read and walked, for `index`, `extract`, `entities` and `why` alike.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use newsidx::document::path::path_text;
use newsidx::document::{
    Document, FieldMap, Format, Found, Limits, ReadError, ReadOptions, RecordError, RecordFault, WalkOptions,
    read_file, walk,
};
use newsidx::extract::ExtractError;

use super::failure::Failure;
use super::settings::Settings;

/// What is read and how.
#[derive(Clone, Debug, Args)]
pub struct ReadArgs {
    /// Only files that match this pattern (repeat for more); without `/` it is held against the name
    #[arg(long, value_name = "GLOB", help_heading = "Files")]
    include: Vec<String>,
    /// No files and folders that match this pattern (repeat for more)
    #[arg(long, value_name = "GLOB", help_heading = "Files")]
    exclude: Vec<String>,
    /// Hidden files and folders, too
    #[arg(long, help_heading = "Files")]
    hidden: bool,
    /// Read every file as this format, whatever it looks like
    #[arg(id = "as_format", long = "as", value_name = "FORMAT", value_parser = format_named, help_heading = "Files")]
    format: Option<Format>,
    /// What other names the fields of records go by (TOML)
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    map: Option<PathBuf>,
    /// Largest file read as one document [default: 20M]
    #[arg(long, value_name = "SIZE", help_heading = "Files")]
    max_filesize: Option<String>,
}

fn format_named(name: &str) -> Result<Format, String> {
    let names: Vec<&str> = Format::ALL.iter().map(|format| format.name()).collect();
    Format::from_name(name).ok_or_else(|| format!("there are {}", names.join(", ")))
}

impl ReadArgs {
    /// Whether patterns narrow what is looked at.
    pub fn narrowed(&self) -> bool {
        !self.include.is_empty() || !self.exclude.is_empty()
    }

    /// What the walk takes.
    pub fn walk_options(&self) -> Result<WalkOptions, Failure> {
        let pattern = |error: newsidx::document::walk::PatternError| Failure::usage(error.to_string());
        let options = WalkOptions::default().hidden(self.hidden);
        options.include(&self.include).and_then(|options| options.exclude(&self.exclude)).map_err(pattern)
    }

    /// How files are read.
    pub fn read_options(&self, settings: &Settings) -> Result<ReadOptions, Failure> {
        let file_bytes = settings.bytes(self.max_filesize.as_deref(), "max_filesize")?;
        let limits = Limits { file_bytes, record_bytes: file_bytes, ..Limits::default() };
        let fields = match &self.map {
            None => Arc::default(),
            Some(path) => Arc::new(field_map(path)?),
        };
        Ok(ReadOptions { limits, format: self.format, fields })
    }
}

fn field_map(path: &Path) -> Result<FieldMap, Failure> {
    let fault =
        |error: &dyn std::fmt::Display| Failure::usage(format!("cannot read `{}`: {error}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| fault(&error))?;
    FieldMap::parse(&text).map_err(|error| fault(&error))
}

/// A file that the walk found, or why one was left out.
pub enum Listed {
    /// A file to read.
    File(PathBuf),
    /// What could not be read or is passed over.
    Left(Left),
}

/// Something that gave no article.
pub struct Left {
    /// What it was and why, for people.
    pub reason: String,
    /// Whether it failed; otherwise it is passed over, being empty or nothing that is read.
    pub failed: bool,
}

impl Left {
    /// Something that is passed over.
    pub fn skipped(what: impl std::fmt::Display, reason: impl std::fmt::Display) -> Self {
        Self { reason: format!("skipped `{what}`: {reason}"), failed: false }
    }

    /// Something that failed.
    pub fn failed(what: impl std::fmt::Display, reason: impl std::fmt::Display) -> Self {
        Self { reason: format!("{what}: {reason}"), failed: true }
    }
}

/// The files below `paths`; what the user's own choice leaves out is not mentioned.
pub fn files(paths: &[PathBuf], options: &WalkOptions) -> impl Iterator<Item = Listed> {
    paths.iter().flat_map(|path| walk(path, options)).filter_map(|found| match found {
        Found::File(file) => Some(Listed::File(file.path)),
        Found::Skipped { reason, .. } if reason.is_chosen() => None,
        Found::Skipped { path, reason } => Some(Listed::Left(Left::skipped(path_text(&path), reason))),
        Found::Failed { path, error } => Some(Listed::Left(Left::failed(path_text(&path), error))),
    })
}

/// A file's documents, and what of it gave none.
pub fn documents(path: &Path, options: &ReadOptions) -> (Vec<Document>, Vec<Left>) {
    let mut documents = Vec::new();
    let mut left = Vec::new();
    let shown = path_text(path);
    let read = read_file(path, &shown, options, &mut |record| {
        match record {
            Ok(document) => documents.push(document),
            Err(RecordError { location, fault: RecordFault::Skipped(reason) }) => {
                left.push(Left::skipped(location, reason));
            }
            Err(error) => left.push(Left::failed(error.location, error.fault)),
        }
        std::ops::ControlFlow::Continue(())
    });
    match read {
        Ok(_) => {}
        Err(ReadError::Skipped(reason)) => left.push(Left::skipped(&shown, reason)),
        Err(error) => left.push(Left::failed(&shown, error)),
    }
    (documents, left)
}

/// Why nothing was extracted of a document: one without text is passed over.
pub fn without_article(document: &Document, error: &ExtractError) -> Left {
    match error {
        ExtractError::Empty => Left::skipped(&document.location, error),
        other => Left::failed(&document.location, other),
    }
}
