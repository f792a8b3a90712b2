//! A folder of its own for every test: no configuration, no colour, a fixed width.

use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::LazyLock;

use assert_cmd::Command;
use tempfile::TempDir;

/// A folder that `newsidx` runs in.
pub struct Environment {
    folder: TempDir,
}

/// What a run gave.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Environment {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    /// An empty corpus with these files.
    pub fn with(files: &[(&str, &str)]) -> Self {
        let environment = Self::new();
        for (name, text) in files {
            environment.write(name, text.as_bytes());
        }
        environment
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, bytes).expect("a file");
    }

    pub fn command(&self) -> Command {
        let mut command = Command::cargo_bin("newsidx").expect("the program");
        command.current_dir(self.path()).env_clear().env("HOME", self.path()).env("COLUMNS", "80");
        // Without it the loader of some systems finds no libraries.
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        command
    }

    pub fn run(&self, args: &[&str]) -> Run {
        Run::of(self.command().args(args).output().expect("a run"))
    }

    pub fn run_with(&self, args: &[&str], input: &[u8]) -> Run {
        Run::of(self.command().args(args).write_stdin(input).output().expect("a run"))
    }

    /// Runs and asserts the exit code.
    pub fn ok(&self, args: &[&str]) -> String {
        let run = self.run(args);
        assert_eq!(run.code, 0, "{args:?}: {run:?}");
        run.out
    }
}

impl Run {
    pub fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).expect("UTF-8"),
            err: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }
}

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The sample corpus, indexed once for all tests that only read.
pub fn sample() -> &'static Environment {
    static SAMPLE: LazyLock<Environment> = LazyLock::new(|| {
        let environment = Environment::new();
        copy_folder(&root().join("sample-corpus"), &environment.path().join("sample-corpus"));
        environment.ok(&["index", "sample-corpus", "-q"]);
        environment
    });
    &SAMPLE
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

/// The JSON values of the lines of `text`.
pub fn lines(text: &str) -> Vec<serde_json::Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

/// A story of a few words about `subject`.
pub fn story(subject: &str) -> String {
    format!(
        "The council talks about {subject}\n\nMembers of the council met on Tuesday to talk about {subject}, and \
         did not agree on what should be done about it before the summer.\n\nThe chair said that {subject} would \
         come up again next month, when a report is expected from the engineers who looked at it in spring.\n"
    )
}
