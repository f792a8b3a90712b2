//! `newsidx index --watch`: waits for files to change, and calls for a run when they have.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use newsidx::index::Home;
use notify::{EventKind, RecursiveMode, Watcher};

use super::failure::Failure;
use super::terminal::say;

/// How long files must keep still before a run: whoever writes one writes it in several strokes.
const QUIET: Duration = Duration::from_millis(300);
/// Longest wait while files keep changing.
const MAX_WAIT: Duration = Duration::from_secs(1);
/// How often an interrupt is looked for.
const TICK: Duration = Duration::from_millis(100);

/// Calls `run` whenever something below `roots` has changed, until `stop` is raised. A run that fails
/// says so and the watch goes on: the next change calls for another.
///
/// # Errors
/// When the system cannot watch a folder.
pub fn watch(
    roots: &[PathBuf],
    home: &Home,
    stop: &AtomicBool,
    run: &mut dyn FnMut() -> Result<(), Failure>,
) -> Result<(), Failure> {
    let (sender, changes) = channel();
    let mut watcher = notify::recommended_watcher(sender).map_err(|error| cannot_watch(&error))?;
    for root in roots {
        watcher.watch(root, RecursiveMode::Recursive).map_err(|error| cannot_watch(&error))?;
    }
    say("watching; an interrupt ends it");
    // What changed between the first run and the watch.
    let mut pending = true;
    while !stop.load(Ordering::Relaxed) {
        if pending && let Err(failure) = run() {
            say(&format!("{:#}; trying again", failure.error));
            std::thread::sleep(MAX_WAIT);
            continue;
        }
        pending = wait_for_change(&changes, home.folder(), stop)?;
    }
    Ok(())
}

/// Waits for a change and then for quiet. `false` when `stop` was raised.
fn wait_for_change(
    changes: &Receiver<notify::Result<notify::Event>>,
    index: &Path,
    stop: &AtomicBool,
) -> Result<bool, Failure> {
    let index = index.canonicalize().unwrap_or_else(|_| index.to_owned());
    let mut since: Option<(Instant, Instant)> = None;
    while !stop.load(Ordering::Relaxed) {
        match changes.recv_timeout(TICK) {
            Ok(Ok(event)) if concerns_corpus(&event, &index) => {
                let now = Instant::now();
                since = Some((since.map_or(now, |(first, _)| first), now));
            }
            // A lost event is a change too.
            Ok(Err(_)) => since = Some((Instant::now(), Instant::now())),
            Ok(Ok(_)) | Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Failure::from(anyhow::anyhow!("the system has stopped watching")));
            }
        }
        if since.is_some_and(|(first, last)| last.elapsed() >= QUIET || first.elapsed() >= MAX_WAIT) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether an event is more than a look at a file, and none of the index's own.
fn concerns_corpus(event: &notify::Event, index: &Path) -> bool {
    let changed = !matches!(event.kind, EventKind::Access(_));
    changed && !event.paths.iter().all(|path| canonical(path).starts_with(index))
}

/// The path without links and dots, though the file may be gone.
fn canonical(path: &Path) -> PathBuf {
    let whole = path.canonicalize();
    whole.unwrap_or_else(|_| match (path.parent().map(Path::canonicalize), path.file_name()) {
        (Some(Ok(folder)), Some(name)) => folder.join(name),
        _ => path.to_owned(),
    })
}

fn cannot_watch(error: &notify::Error) -> Failure {
    let hint = match error.kind {
        notify::ErrorKind::MaxFilesWatch => {
            "too many folders for the system's limit: raise fs.inotify.max_user_watches, or index from a timer"
        }
        _ => "run `newsidx index` again when files change",
    };
    Failure::from(anyhow::anyhow!("cannot watch: {error}")).hint(hint)
}
