//! The blocks of a page or a text before it is known which of them are the story.

use crate::article::Link;
pub use crate::document::BlockKind;

/// Whether a block belongs to the story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It does.
    Keep,
    /// It does not, by this rule (`model:body`, `line:icon-label`).
    Drop(String),
}

/// One leaf block of a page, or one line or paragraph of a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// What it is.
    pub kind: BlockKind,
    /// Its text on one line, white space folded.
    pub text: String,
    /// Links; their spans point into `text`.
    pub links: Vec<Link>,
    /// Byte in the decoded file at which `text` starts, when `text` is a verbatim slice of it.
    pub file_start: Option<usize>,
    /// Line in the file from 1, for plain text.
    pub line: Option<usize>,
    /// Whether it belongs to the story.
    pub verdict: Verdict,
}
