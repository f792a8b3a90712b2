//! What a run did with every file, and in sum.

use serde::Serialize;

/// The rule of files that were read anew only because the user's names or corrections changed.
pub const OTHER_NAMES: &str = "other-names";

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileOutcome {
    /// New in the index.
    Indexed,
    /// Changed since the last run, and indexed anew.
    Updated,
    /// Known under another path.
    Moved,
    /// No longer there, and removed from the index.
    Removed,
    /// As the index has it.
    Unchanged,
    /// Passed over, with a reason.
    Skipped,
    /// Could not be read, with a reason.
    Failed,
}

/// One line of a run's report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileReport {
    /// Always `newsidx.file/1`.
    pub schema: &'static str,
    /// Path, relative to the index's base; with `#n` for a record.
    pub path: String,
    /// What became of it.
    pub outcome: FileOutcome,
    /// Short name of the reason (`too-large`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The reason in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Articles that it gave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub articles: Option<u64>,
    /// The path it was known under before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved_from: Option<String>,
}

impl FileReport {
    /// A report without reason.
    pub fn new(path: impl Into<String>, outcome: FileOutcome) -> Self {
        Self {
            schema: "newsidx.file/1",
            path: path.into(),
            outcome,
            rule: None,
            reason: None,
            articles: None,
            moved_from: None,
        }
    }

    /// The same with its reason.
    pub fn because(mut self, rule: impl Into<String>, reason: impl std::fmt::Display) -> Self {
        self.rule = Some(rule.into());
        self.reason = Some(reason.to_string());
        self
    }
}

/// Files by outcome, and articles.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// New files.
    pub indexed: u64,
    /// Changed files.
    pub updated: u64,
    /// Of those, files of which nothing changed but the names or corrections in force.
    pub renamed: u64,
    /// Files found under another path.
    pub moved: u64,
    /// Files removed.
    pub removed: u64,
    /// Files as before.
    pub unchanged: u64,
    /// Files passed over.
    pub skipped: u64,
    /// Files that failed.
    pub failed: u64,
    /// Records that failed in files of which others were indexed.
    pub failed_records: u64,
    /// Articles written by this run.
    pub articles: u64,
    /// Skipped files by rule.
    pub skipped_by_rule: std::collections::BTreeMap<String, u64>,
}

impl Counts {
    /// Adds one file.
    pub fn add(&mut self, report: &FileReport) {
        let count = match report.outcome {
            FileOutcome::Indexed => &mut self.indexed,
            FileOutcome::Updated => &mut self.updated,
            FileOutcome::Moved => &mut self.moved,
            FileOutcome::Removed => &mut self.removed,
            FileOutcome::Unchanged => &mut self.unchanged,
            FileOutcome::Skipped => {
                let rule = report.rule.clone().unwrap_or_default();
                *self.skipped_by_rule.entry(rule).or_default() += 1;
                &mut self.skipped
            }
            FileOutcome::Failed => &mut self.failed,
        };
        *count += 1;
        self.renamed += u64::from(report.rule.as_deref() == Some(OTHER_NAMES));
        self.articles += report.articles.unwrap_or(0);
    }

    /// Files looked at.
    pub fn files(&self) -> u64 {
        self.indexed + self.updated + self.moved + self.unchanged + self.skipped + self.failed
    }
}

/// What a run did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunReport {
    /// The sums.
    pub counts: Counts,
    /// Whether it was broken off; what it had done until then is in the index.
    pub interrupted: bool,
    /// Files that are gone and were kept, as they are more than a run removes unasked.
    pub not_removed: Option<NotRemoved>,
}

/// More files are gone than a run removes without being told to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{gone} of {indexed} indexed files are gone, more than the {limit} that a run removes unasked: they were kept"
)]
pub struct NotRemoved {
    /// Files that would be removed.
    pub gone: usize,
    /// Files in the index when the run began.
    pub indexed: usize,
    /// How many may be removed.
    pub limit: usize,
}

/// Told of every file while a run goes on, from the thread that called [`super::run`].
pub trait Observer {
    /// What became of a file.
    fn file(&mut self, report: &FileReport);
    /// A record that failed in a file of which others may be indexed.
    fn record(&mut self, report: &FileReport);
    /// A file was taken in hand; called often, so that progress can be shown.
    fn progress(&mut self, files: u64, bytes: u64);
}
