//! The exit codes. README and man pages list the same.

use std::process::ExitCode;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Hits, or success.
    Success = 0,
    /// No hits.
    NoHits = 1,
    /// A wrong use, a wrong query, or an error of input or output.
    Usage = 2,
    /// Indexed, but some files failed.
    SomeFailed = 3,
    /// No index, or one that this program cannot read.
    NoIndex = 4,
    /// Another process writes to the index: try again (sysexits' `EX_TEMPFAIL`).
    Locked = 75,
    /// Interrupted; what was done is kept.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
