//! What a file is: found by the walk, read, decompressed and decoded, and split into records.
//!
//! A [`Document`] is one file, or one record of a dump. Nothing here decides what an article
//! says; that is `extract`'s work.

mod archive;
mod body;
mod day;
mod decompress;
pub mod encoding;
pub mod fieldmap;
pub mod format;
mod formats;
#[cfg(test)]
mod hostile;
pub mod limits;
pub mod path;
pub mod read;
mod record;
#[cfg(test)]
mod samples;
mod sink;
pub mod skip;
mod transcode;
pub mod walk;
mod xml;

pub use fieldmap::FieldMap;
pub use format::Format;
pub use limits::{Limits, MAX_PAGE_BYTES};
pub use read::{FileFacts, ReadError, ReadOptions, read_bytes, read_file};
pub use sink::{RecordError, RecordFault};
pub use skip::SkipReason;
pub use walk::{Found, WalkOptions, walk};

use crate::article::{FieldName, Link, Witness};

/// Where a document stands: a path, and the record's number for files that hold several.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize,
)]
pub struct Location {
    /// The path, with `/` between its parts.
    pub path: String,
    /// Number of the record from 1, for files that hold several.
    pub record: Option<u64>,
}

impl std::fmt::Display for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.record {
            Some(record) => write!(f, "{}#{record}", self.path),
            None => f.write_str(&self.path),
        }
    }
}

/// A piece of a structured body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// Its text, on one line.
    pub text: String,
    /// Hyperlinks; their spans point into `text`.
    pub links: Vec<Link>,
}

impl Block {
    /// A block without links.
    pub fn new(kind: BlockKind, text: impl Into<String>) -> Self {
        Self { kind, text: text.into(), links: Vec::new() }
    }
}

/// What a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockKind {
    /// A heading of level 1 to 6.
    Heading(u8),
    /// A paragraph.
    Paragraph,
    /// A quotation set apart.
    BlockQuote,
    /// An item of a list.
    ListItem,
    /// A caption of a picture or a table.
    Caption,
    /// Preformatted text or a table's row.
    Other,
}

/// What a document holds, as its format gives it.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// An HTML page with all its furniture.
    Page(String),
    /// HTML of the story alone, as feeds and wire formats carry it.
    Fragment(String),
    /// Plain text scraped from a page, furniture and all. Byte `n` of it is byte `n` of the decoded
    /// file: head lines (`Title: …`) that became witnesses are overwritten with spaces.
    Lines(String),
    /// Plain text of the story alone, as records carry it.
    Prose(String),
    /// A story whose parts the format names.
    Blocks(Vec<Block>),
}

/// One file, or one record of a dump, read and decoded.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// Where it stands.
    pub location: Location,
    /// The format's name (`html`, `jsonl`, `warc`).
    pub format: &'static str,
    /// What it holds.
    pub content: Content,
    /// What the container says of the article (`json:title`, `front-matter:author`).
    pub witnesses: Vec<Witness>,
    /// Further fields of the record, by name.
    pub extra: std::collections::BTreeMap<String, String>,
    /// The day the copy was made (crawl, clipping, mail), `YYYY-MM-DD`: no article is younger.
    pub captured: Option<String>,
}

impl Document {
    /// A document of which nothing is known but its content; the reader fills in the location.
    pub fn new(format: &'static str, content: Content) -> Self {
        Self {
            location: Location::default(),
            format,
            content,
            witnesses: Vec::new(),
            extra: std::collections::BTreeMap::new(),
            captured: None,
        }
    }

    /// Adds what `rule` says of `field`, unless it says nothing.
    pub fn witness(&mut self, field: FieldName, rule: impl Into<String>, raw: &str) {
        let raw = raw.trim();
        if !raw.is_empty() {
            self.witnesses.push(Witness::new(field, rule, raw));
        }
    }
}

impl Content {
    /// The text or markup, without block structure; used to tell empty documents from others.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Page(text) | Self::Fragment(text) | Self::Lines(text) | Self::Prose(text) => {
                text.chars().all(|c| c.is_whitespace() || c == '\u{feff}')
            }
            Self::Blocks(blocks) => blocks.iter().all(|block| block.text.trim().is_empty()),
        }
    }
}
