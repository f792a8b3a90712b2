//! An error on its way to the terminal: what is wrong, where, and what to do about it.

use anyhow::Error;
use newsidx::aggregate::AggregateError;
use newsidx::engine::EngineError;
use newsidx::index::{IndexError, NotRemoved, OwnNamesError};
use newsidx::query::QueryError;

use super::exit::Exit;

/// An error that ends the command.
#[derive(Debug)]
pub struct Failure {
    /// What is wrong.
    pub error: Error,
    /// Lines shown below the message: the query with a caret.
    pub excerpt: Option<(String, String)>,
    /// What to do about it.
    pub hint: Option<String>,
    /// The exit code.
    pub exit: Exit,
}

/// Width of the query's excerpt where the terminal's is not at hand.
const EXCERPT_WIDTH: usize = 80;

/// What commands return.
pub type Outcome = Result<Exit, Failure>;

impl Failure {
    /// A wrong use.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { error: Error::msg(message.into()), excerpt: None, hint: None, exit: Exit::Usage }
    }

    /// The same with a hint.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// A query that cannot be understood, with its place; `width` is the terminal's.
    pub fn query(error: QueryError, query: &str, width: usize) -> Self {
        let excerpt = Some(error.excerpt(query, width.saturating_sub(4).max(20)));
        Self { hint: error.hint.clone(), excerpt, error: error.into(), exit: Exit::Usage }
    }

    /// Whether the reader of our output has gone away.
    pub fn is_closed_pipe(&self) -> bool {
        let io = self.error.downcast_ref::<std::io::Error>();
        io.is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self { error: error.into(), excerpt: None, hint: None, exit: Exit::Usage }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        // An error of the writer below comes back wrapped.
        if error.is_io() {
            return std::io::Error::from(error).into();
        }
        Self { error: error.into(), excerpt: None, hint: None, exit: Exit::Usage }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { error, excerpt: None, hint: None, exit: Exit::Usage }
    }
}

impl From<IndexError> for Failure {
    fn from(error: IndexError) -> Self {
        let (hint, exit) = match &error {
            IndexError::NotFound { .. } => (
                Some("create one with `newsidx index FOLDER`, or name one with `--index`".to_owned()),
                Exit::NoIndex,
            ),
            IndexError::Incompatible { path, .. } => {
                let path = path.display();
                (
                    Some(format!("move `{path}` away and make it anew with `newsidx index FOLDER`")),
                    Exit::NoIndex,
                )
            }
            IndexError::Damaged { path, .. } => {
                let path = path.display();
                (
                    Some(format!("move `{path}` away and make it anew with `newsidx index FOLDER`")),
                    Exit::NoIndex,
                )
            }
            IndexError::Locked { .. } => (
                Some("wait until it ends and try again; searching goes on meanwhile".to_owned()),
                Exit::Locked,
            ),
            IndexError::BadExport(_) => {
                (Some("`newsidx db export` writes what `newsidx db import` reads".to_owned()), Exit::Usage)
            }
            IndexError::DiskFull { .. } => (
                Some(
                    "make room and run the same command again: the index is as its last commit left it"
                        .to_owned(),
                ),
                Exit::Usage,
            ),
            IndexError::ReadOnly { .. } => {
                (Some("put the index elsewhere with `--index DIR` or NEWSIDX_INDEX".to_owned()), Exit::Usage)
            }
            IndexError::SameSegments { .. } => {
                (Some("name an index once, and no snapshot of it".to_owned()), Exit::Usage)
            }
            IndexError::Io { .. } | IndexError::Store(_) => (None, Exit::Usage),
        };
        Self { error: error.into(), excerpt: None, hint, exit }
    }
}

impl From<NotRemoved> for Failure {
    fn from(kept: NotRemoved) -> Self {
        let hint = "is a disk not mounted? `--max-delete 100%` removes them, `--no-purge` keeps them";
        Self { error: kept.into(), excerpt: None, hint: Some(hint.to_owned()), exit: Exit::Usage }
    }
}

impl From<OwnNamesError> for Failure {
    fn from(error: OwnNamesError) -> Self {
        match error {
            OwnNamesError::Index(error) => error.into(),
            other => Self::usage(other.to_string()),
        }
    }
}

impl From<AggregateError> for Failure {
    fn from(error: AggregateError) -> Self {
        let message = error.to_string();
        match error {
            AggregateError::Engine(error) => error.into(),
            AggregateError::UnknownField { nearest: Some(nearest), .. } => Self::usage(message)
                .hint(format!("did you mean `{nearest}`? `newsidx fields` lists them all")),
            AggregateError::UnknownField { nearest: None, .. } => {
                Self::usage(message).hint("`newsidx fields` lists them all")
            }
            AggregateError::NoValues(..) => Self::usage(message),
            AggregateError::TooManyPeriods { .. } => {
                Self::usage(message).hint("take longer periods, or fewer with `--since` and `--until`")
            }
        }
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Index(error) => error.into(),
            EngineError::Query { error, text } => Self::query(error, &text, EXCERPT_WIDTH),
            EngineError::NoValues(_) => Self::usage(error.to_string()),
        }
    }
}
