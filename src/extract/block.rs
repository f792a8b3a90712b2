//! The blocks of a page or a text before it is known which of them are the story.

pub use crate::document::BlockKind;
use crate::{
    article::{Link, SourceMap},
    document::Block,
};

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
    /// Stretches of `text` that are verbatim slices of the decoded file, in order; empty for
    /// formats that rewrite their text.
    pub source: Vec<SourceMap>,
    /// Line in the file from 1, for plain text.
    pub line: Option<usize>,
    /// Whether it belongs to the story.
    pub verdict: Verdict,
}

impl Candidate {
    /// A block to keep, without links, place in the file or line.
    pub fn kept(kind: BlockKind, text: impl Into<String>) -> Self {
        Self {
            kind,
            text: text.into(),
            links: Vec::new(),
            source: Vec::new(),
            line: None,
            verdict: Verdict::Keep,
        }
    }

    /// Whether it is kept.
    pub fn is_kept(&self) -> bool {
        self.verdict == Verdict::Keep
    }

    /// Drops it by `rule`, unless another rule has done so.
    pub fn drop_by(&mut self, rule: impl Into<String>) {
        if self.is_kept() {
            self.verdict = Verdict::Drop(rule.into());
        }
    }
}

impl From<&Block> for Candidate {
    fn from(block: &Block) -> Self {
        Self::kept(block.kind, block.text.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}
