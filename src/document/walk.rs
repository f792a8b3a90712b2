//! The walk: from paths to the files that are worth opening; opens nothing but ignore files.
//!
//! The order is fixed: names are compared byte by byte, a folder's files and folders mixed. Nothing
//! is dropped without a word: what is passed over is a [`Found::Skipped`], and the caller decides
//! what to show of it ([`SkipReason::is_chosen`]).

use std::fs::Metadata;
use std::path::{Path, PathBuf};

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};
use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::path::path_text;
use super::skip::SkipReason;

/// Name of the ignore files, in gitignore's syntax; each holds for its folder and those below.
pub const IGNORE_FILE: &str = ".newsidxignore";

/// Name of the folder that an index lives in.
pub const INDEX_FOLDER: &str = ".newsidx";

/// What the walk takes. Ignore files above the root are not looked at.
#[derive(Clone, Debug, Default)]
pub struct WalkOptions {
    hidden: bool,
    include: Option<Patterns>,
    exclude: Option<Patterns>,
}

#[derive(Clone, Debug)]
struct Patterns {
    set: GlobSet,
    texts: Vec<String>,
}

/// A pattern that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("`{glob}` is no valid pattern: {reason}")]
pub struct PatternError {
    /// The pattern.
    pub glob: String,
    /// What is wrong with it.
    pub reason: String,
}

impl WalkOptions {
    /// Takes files and folders whose names begin with a dot, too.
    pub fn hidden(mut self, hidden: bool) -> Self {
        self.hidden = hidden;
        self
    }

    /// Takes only files that match one of `globs`; without any, all. A pattern without `/` is held
    /// against the name, another one against the path from the root.
    ///
    /// # Errors
    /// When a pattern cannot be read.
    pub fn include(mut self, globs: &[String]) -> Result<Self, PatternError> {
        self.include = Patterns::parse(globs)?;
        Ok(self)
    }

    /// Passes over files and whole folders that match one of `globs`, read as for
    /// [`include`](Self::include); an exclusion wins over an inclusion.
    ///
    /// # Errors
    /// When a pattern cannot be read.
    pub fn exclude(mut self, globs: &[String]) -> Result<Self, PatternError> {
        self.exclude = Patterns::parse(globs)?;
        Ok(self)
    }
}

impl Patterns {
    fn parse(globs: &[String]) -> Result<Option<Self>, PatternError> {
        if globs.is_empty() {
            return Ok(None);
        }
        let mut set = GlobSetBuilder::new();
        for text in globs {
            let fault =
                |error: globset::Error| PatternError { glob: text.clone(), reason: error.kind().to_string() };
            set.add(Self::glob(text).map_err(fault)?);
        }
        let set = set
            .build()
            .map_err(|error| PatternError { glob: globs.join("`, `"), reason: error.to_string() })?;
        Ok(Some(Self { set, texts: globs.to_vec() }))
    }

    fn glob(text: &str) -> Result<Glob, globset::Error> {
        let trimmed = text.trim_end_matches('/').trim_start_matches('/');
        let anywhere = !text.trim_end_matches('/').contains('/');
        let pattern = if anywhere { format!("**/{trimmed}") } else { trimmed.to_owned() };
        GlobBuilder::new(&pattern).literal_separator(true).build()
    }

    fn matching(&self, relative: &Path) -> Option<&str> {
        let index = self.set.matches(relative).into_iter().next()?;
        self.texts.get(index).map(String::as_str)
    }
}

/// A file worth opening.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundFile {
    /// Where it is, beginning with the root as given.
    pub path: PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
    /// When it was last changed, in nanoseconds since 1970 (negative before).
    pub modified_ns: i64,
}

/// What the walk came upon.
#[derive(Debug)]
pub enum Found {
    /// A file worth opening.
    File(FoundFile),
    /// A file or folder that is passed over.
    Skipped {
        /// Where it is.
        path: PathBuf,
        /// Why.
        reason: SkipReason,
    },
    /// A file or folder that could not be looked at.
    Failed {
        /// Where it is.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
}

/// Walks `root`, a file or a folder, in a fixed order.
///
/// A root that is a file is taken whatever its name and the ignore files say; a root that is a
/// symbolic link is followed, links below it are not: what they point to inside the root is found at
/// its own place, and what lies outside was not asked for.
pub fn walk(root: &Path, options: &WalkOptions) -> impl Iterator<Item = Found> + use<> {
    let entries = walkdir::WalkDir::new(root).follow_links(false).sort_by_file_name().into_iter();
    Walk { root: root.to_owned(), real_root: None, options: options.clone(), entries, ignores: Vec::new() }
}

struct Walk {
    root: PathBuf,
    real_root: Option<PathBuf>,
    options: WalkOptions,
    entries: walkdir::IntoIter,
    /// The ignore files from the root down to the folder being read, with that folder's depth.
    ignores: Vec<(usize, Gitignore)>,
}

impl Iterator for Walk {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        loop {
            match self.entries.next()? {
                Err(error) => return Some(self.failed(error)),
                Ok(entry) => {
                    if let Some(found) = self.judge(&entry) {
                        return Some(found);
                    }
                }
            }
        }
    }
}

impl Walk {
    fn failed(&self, error: walkdir::Error) -> Found {
        let path = error.path().map_or_else(|| self.root.clone(), Path::to_owned);
        let error = error.into_io_error().unwrap_or_else(|| std::io::Error::other("loop of links"));
        Found::Failed { path, error }
    }

    /// What `entry` is; nothing for folders that are walked into.
    fn judge(&mut self, entry: &walkdir::DirEntry) -> Option<Found> {
        let path = entry.path().to_owned();
        while self.ignores.last().is_some_and(|(depth, _)| *depth >= entry.depth()) {
            self.ignores.pop();
        }
        // walkdir says of a root that is a link to a folder that it is a link; what it is counts.
        let metadata =
            if entry.depth() == 0 { std::fs::metadata(&path) } else { std::fs::symlink_metadata(&path) };
        let metadata = match metadata {
            Ok(metadata) => metadata,
            Err(error) => return Some(Found::Failed { path, error }),
        };
        if entry.depth() > 0
            && let Some(reason) = self.unwanted(entry, metadata.is_dir())
        {
            if metadata.is_dir() {
                self.entries.skip_current_dir();
            }
            return Some(Found::Skipped { path, reason });
        }
        if metadata.is_dir() {
            return self.enter(entry.depth(), &path);
        }
        if metadata.is_symlink() {
            let reason = self.link(&path);
            return Some(Found::Skipped { path, reason });
        }
        Some(file_or_other(path, &metadata))
    }

    /// Reads the ignore file of the folder `path`; a bad line is a failure of that file alone.
    fn enter(&mut self, depth: usize, path: &Path) -> Option<Found> {
        let file = path.join(IGNORE_FILE);
        if !file.is_file() {
            return None;
        }
        let mut builder = GitignoreBuilder::new(path);
        let fault = builder.add(&file);
        match builder.build() {
            Ok(ignore) => self.ignores.push((depth, ignore)),
            Err(error) => return Some(Found::Failed { path: file, error: std::io::Error::other(error) }),
        }
        fault.map(|error| Found::Failed { path: file, error: std::io::Error::other(error) })
    }

    fn unwanted(&self, entry: &walkdir::DirEntry, is_folder: bool) -> Option<SkipReason> {
        let path = entry.path();
        let name = entry.file_name();
        if is_folder && name == INDEX_FOLDER {
            return Some(SkipReason::OwnIndex);
        }
        let relative = path.strip_prefix(&self.root).unwrap_or(path);
        if let Some(exclude) = &self.options.exclude
            && let Some(glob) = exclude.matching(relative)
        {
            return Some(SkipReason::Excluded { glob: glob.to_owned() });
        }
        if !self.options.hidden && name.as_encoded_bytes().starts_with(b".") {
            return Some(SkipReason::Hidden);
        }
        if let Some(reason) = self.ignored(path, is_folder) {
            return Some(reason);
        }
        match &self.options.include {
            Some(include) if !is_folder && include.matching(relative).is_none() => {
                Some(SkipReason::NotIncluded)
            }
            _ => None,
        }
    }

    /// The nearest ignore file that speaks about `path` decides.
    fn ignored(&self, path: &Path, is_folder: bool) -> Option<SkipReason> {
        for (_, ignore) in self.ignores.iter().rev() {
            match ignore.matched(path, is_folder) {
                Match::None => {}
                Match::Whitelist(_) => return None,
                Match::Ignore(glob) => {
                    return Some(SkipReason::Ignored {
                        file: glob.from().map(path_text).unwrap_or_default(),
                        pattern: glob.original().to_owned(),
                    });
                }
            }
        }
        None
    }

    fn link(&mut self, path: &Path) -> SkipReason {
        let Ok(target) = std::fs::canonicalize(path) else { return SkipReason::BrokenLink };
        if self.real_root.is_none() {
            self.real_root = std::fs::canonicalize(&self.root).ok();
        }
        let shown = path_text(&target);
        match &self.real_root {
            Some(root) if target.starts_with(root) => SkipReason::LinkInside { target: shown },
            _ => SkipReason::LinkOut { target: shown },
        }
    }
}

fn file_or_other(path: PathBuf, metadata: &Metadata) -> Found {
    if !metadata.is_file() {
        return Found::Skipped { path, reason: SkipReason::NotAFile { kind: kind_of(metadata) } };
    }
    Found::File(FoundFile { path, bytes: metadata.len(), modified_ns: modified_ns(metadata) })
}

/// When a file was last changed, in nanoseconds since 1970; 0 where the system does not say.
pub fn modified_ns(metadata: &Metadata) -> i64 {
    let Ok(modified) = metadata.modified() else { return 0 };
    match modified.duration_since(std::time::UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |ns| -ns),
    }
}

/// What something that is neither file nor folder is called.
pub(crate) fn kind_of(metadata: &Metadata) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        let kind = metadata.file_type();
        if kind.is_fifo() {
            return "pipe";
        }
        if kind.is_socket() {
            return "socket";
        }
        if kind.is_block_device() || kind.is_char_device() {
            return "device";
        }
    }
    if metadata.is_dir() { "folder" } else { "special file" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for file in files {
            let path = root.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, file).unwrap();
        }
        root
    }

    fn shown(root: &Path, options: &WalkOptions) -> Vec<String> {
        let relative = |path: &Path| path_text(path.strip_prefix(root).unwrap_or(path));
        walk(root, options)
            .map(|found| match found {
                Found::File(file) => relative(&file.path),
                Found::Skipped { path, reason } => format!("{} -{}", relative(&path), reason.rule()),
                Found::Failed { path, .. } => format!("{} !", relative(&path)),
            })
            .collect()
    }

    #[test]
    fn order_is_by_name_and_hidden_files_are_left() {
        let root = tree(&["b.txt", "a/z.txt", "a/B.txt", ".x/c.txt", ".newsidx/meta", "c/.newsidx/meta"]);
        let plain = shown(root.path(), &WalkOptions::default());
        assert_eq!(
            plain,
            [".newsidx -own-index", ".x -hidden", "a/B.txt", "a/z.txt", "b.txt", "c/.newsidx -own-index"]
        );
        let all = shown(root.path(), &WalkOptions::default().hidden(true));
        assert!(all.contains(&".x/c.txt".to_owned()) && all.contains(&".newsidx -own-index".to_owned()));
    }

    #[test]
    fn ignore_files_hold_for_their_folder_and_the_nearest_decides() {
        let root = tree(&["a.html", "b.txt", "sub/a.html", "sub/keep.html", "sub/deep/x.html"]);
        std::fs::write(root.path().join(IGNORE_FILE), "*.html\n/b.txt\n").unwrap();
        std::fs::write(root.path().join("sub").join(IGNORE_FILE), "!keep.html\ndeep/\n").unwrap();
        let listed = shown(root.path(), &WalkOptions::default());
        assert_eq!(
            listed,
            [
                ".newsidxignore -hidden",
                "a.html -ignored",
                "b.txt -ignored",
                "sub/.newsidxignore -hidden",
                "sub/a.html -ignored",
                "sub/deep -ignored",
                "sub/keep.html"
            ]
        );
    }

    #[test]
    fn globs_choose_by_name_or_by_path() {
        let root = tree(&["a.html", "b.txt", "old/c.html", "new/d.html"]);
        let globs = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let options = WalkOptions::default().include(&globs(&["*.html"])).unwrap();
        let options = options.exclude(&globs(&["old/"])).unwrap();
        assert_eq!(
            shown(root.path(), &options),
            ["a.html", "b.txt -not-included", "new/d.html", "old -excluded"]
        );
        let by_path = WalkOptions::default().include(&globs(&["new/**"])).unwrap();
        assert_eq!(
            shown(root.path(), &by_path),
            ["a.html -not-included", "b.txt -not-included", "new/d.html", "old/c.html -not-included"]
        );
        let error = WalkOptions::default().include(&globs(&["a[b"])).unwrap_err();
        assert!(error.to_string().starts_with("`a[b` is no valid pattern"), "{error}");
    }

    #[test]
    fn a_file_as_root_is_taken_whatever_its_name() {
        let root = tree(&[".secret.txt"]);
        let path = root.path().join(".secret.txt");
        assert!(
            matches!(walk(&path, &WalkOptions::default()).next(), Some(Found::File(file)) if file.bytes == 11)
        );
        let missing = root.path().join("missing");
        assert!(matches!(walk(&missing, &WalkOptions::default()).next(), Some(Found::Failed { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_named_and_not_followed() {
        use std::os::unix::fs::symlink;
        let outside = tree(&["x.txt"]);
        let root = tree(&["a/real.txt"]);
        symlink(outside.path().join("x.txt"), root.path().join("out")).unwrap();
        symlink(root.path().join("a"), root.path().join("in")).unwrap();
        symlink(root.path(), root.path().join("a/loop")).unwrap();
        symlink("nowhere", root.path().join("broken")).unwrap();
        let listed = shown(root.path(), &WalkOptions::default());
        assert_eq!(
            listed,
            ["a/loop -link-inside", "a/real.txt", "broken -broken-link", "in -link-inside", "out -link-out"]
        );
        let linked = tempfile::tempdir().unwrap();
        symlink(root.path(), linked.path().join("root")).unwrap();
        assert_eq!(walk(&linked.path().join("root"), &WalkOptions::default()).count(), 5);
    }

    #[cfg(unix)]
    #[test]
    fn sockets_are_no_files_and_locked_folders_are_reported() {
        use std::os::unix::fs::PermissionsExt;
        let root = tree(&["a/x.txt"]);
        let _socket = std::os::unix::net::UnixListener::bind(root.path().join("s")).unwrap();
        assert_eq!(shown(root.path(), &WalkOptions::default()), ["a/x.txt", "s -not-a-file"]);
        let folder = root.path().join("a");
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o000)).unwrap();
        // A privileged user may read it all the same.
        let readable = std::fs::read_dir(&folder).is_ok();
        let listed = shown(root.path(), &WalkOptions::default());
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(listed[0], if readable { "a/x.txt" } else { "a !" });
    }
}
