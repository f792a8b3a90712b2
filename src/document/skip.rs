//! Why a file is left out although nothing failed: a closed list, so that every run can say it.

use super::limits::size_text;

/// The reason for which a file or folder is passed over.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SkipReason {
    /// Its name begins with a dot.
    #[error("hidden (`--hidden` takes it)")]
    Hidden,
    /// A line of an ignore file names it.
    #[error("ignored by `{pattern}` in `{file}`")]
    Ignored {
        /// The ignore file.
        file: String,
        /// The line that matched.
        pattern: String,
    },
    /// An exclusion names it.
    #[error("excluded by `{glob}`")]
    Excluded {
        /// The pattern that matched.
        glob: String,
    },
    /// No inclusion names it.
    #[error("not among the included patterns")]
    NotIncluded,
    /// It is an index, not news.
    #[error("newsidx's own index")]
    OwnIndex,
    /// A symbolic link to something that the walk finds at its own place.
    #[error("symbolic link to `{target}`, which is read at its own place")]
    LinkInside {
        /// Where it points.
        target: String,
    },
    /// A symbolic link out of the folder that is read.
    #[error("symbolic link out of the folder, to `{target}`")]
    LinkOut {
        /// Where it points.
        target: String,
    },
    /// A symbolic link to nothing.
    #[error("broken symbolic link")]
    BrokenLink,
    /// A pipe, device or socket.
    #[error("not a file but a {kind}")]
    NotAFile {
        /// What it is.
        kind: &'static str,
    },
    /// Too large to be one document.
    #[error("larger than {} (`--max-filesize`)", size_text(*limit))]
    TooLarge {
        /// Its size; for compressed files the number of bytes unpacked before the end.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// Not text in any encoding, nor a container that is read.
    #[error("binary")]
    Binary,
    /// Nothing in it, or white space alone.
    #[error("empty")]
    Empty,
    /// Text, but of no format that news comes in.
    #[error("unknown format{}", extension_note(extension))]
    UnknownFormat {
        /// The extension, in lower case; empty where there is none.
        extension: String,
    },
    /// A picture, style sheet or other part of an archive that holds no story.
    #[error("no story by its kind (`{kind}`)")]
    NoStory {
        /// Media type or extension.
        kind: String,
    },
    /// An archive nested in too many others.
    #[error("nested in more than {limit} containers")]
    TooNested {
        /// The limit.
        limit: usize,
    },
}

impl SkipReason {
    /// A short stable name for reports (`too-large`).
    pub fn rule(&self) -> &'static str {
        match self {
            Self::Hidden => "hidden",
            Self::Ignored { .. } => "ignored",
            Self::Excluded { .. } => "excluded",
            Self::NotIncluded => "not-included",
            Self::OwnIndex => "own-index",
            Self::LinkInside { .. } => "link-inside",
            Self::LinkOut { .. } => "link-out",
            Self::BrokenLink => "broken-link",
            Self::NotAFile { .. } => "not-a-file",
            Self::TooLarge { .. } => "too-large",
            Self::Binary => "binary",
            Self::Empty => "empty",
            Self::UnknownFormat { .. } => "unknown-format",
            Self::NoStory { .. } => "no-story",
            Self::TooNested { .. } => "too-nested",
        }
    }

    /// Whether the user's own choice is the reason, so that a summary need not count it.
    pub fn is_chosen(&self) -> bool {
        matches!(
            self,
            Self::Hidden
                | Self::Ignored { .. }
                | Self::Excluded { .. }
                | Self::NotIncluded
                | Self::OwnIndex
                | Self::LinkInside { .. }
        )
    }
}

fn extension_note(extension: &str) -> String {
    if extension.is_empty() { String::new() } else { format!(" (`.{extension}`)") }
}
