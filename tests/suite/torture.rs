//! The indexer killed at random moments: whatever is left opens, and the next run completes it.
//! Slow, so run by itself: `just torture`. `NEWSIDX_KILLS` says how often it is killed.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::db::exported;
use super::environment::{Environment, story};
use super::exactness::Numbers;

const FILES: usize = 400;
const DEFAULT_KILLS: usize = 20;

/// A corpus in its first version, or in its second: some files edited, moved, gone and new.
fn write_corpus(environment: &Environment, second: bool) {
    for number in 0..FILES {
        let path = format!("c/{}/{number}.txt", number % 7);
        let gone = second && number % 10 == 0;
        let moved = second && number % 10 == 1;
        if gone || moved {
            drop(fs::remove_file(environment.path().join(&path)));
        }
        if gone {
            continue;
        }
        let path = if moved { format!("c/moved/{number}.txt") } else { path };
        let edited = if second && number % 10 == 2 { " once more" } else { "" };
        let text = story(&format!("bridge {number}{edited}"));
        environment.write(&path, format!("{text}\n{}", text.repeat(8)).as_bytes());
    }
}

fn index_command(environment: &Environment, folder: &str) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("newsidx"));
    command.args(["index", "c", "-q", "--max-delete", "100%", "--index", folder]);
    command.current_dir(environment.path()).env("HOME", environment.path());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Files of segments that the last commit does not name.
fn orphans(folder: &Path) -> Vec<String> {
    let meta: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.join("segments/meta.json")).unwrap()).unwrap();
    let known: BTreeSet<String> = meta["segments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|segment| segment["segment_id"].as_str().unwrap().replace('-', ""))
        .collect();
    let names = fs::read_dir(folder.join("segments")).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.len() > 32 && !name.starts_with('.') && !known.contains(&name[..32])).collect()
}

#[test]
#[ignore = "takes minutes"]
fn a_killed_run_loses_nothing() {
    let kills =
        std::env::var("NEWSIDX_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(DEFAULT_KILLS);
    let environment = Environment::new();
    write_corpus(&environment, false);
    index_command(&environment, "first").status().unwrap();
    write_corpus(&environment, true);
    let began = Instant::now();
    index_command(&environment, "whole").status().unwrap();
    let usual = began.elapsed();
    let want = exported(&environment, "whole");
    let mut numbers = Numbers(20_117);
    let (mut before_end, mut after_end, mut unopened) = (0, 0, 0);
    for kill in 0..kills {
        let folder = format!("killed-{kill}");
        // Half of the runs begin from nothing, half bring an older index up to date.
        if kill % 2 == 1 {
            environment.ok(&["db", "snapshot", &folder, "--index", "first"]);
        }
        for _ in 0..1 + numbers.below(3) {
            let mut child = index_command(&environment, &folder).spawn().unwrap();
            std::thread::sleep(Duration::from_micros(
                numbers.below(usual.as_micros() as usize * 11 / 10) as u64
            ));
            child.kill().unwrap();
            if child.wait().unwrap().success() {
                after_end += 1
            } else {
                before_end += 1
            }
            let run = environment.run(&["db", "verify", "--index", &folder]);
            unopened += usize::from(run.code == 4);
            assert!(matches!(run.code, 0 | 4), "kill {kill}: {run:?}");
            let run = environment.run(&["count", "bridge", "--index", &folder]);
            assert!(matches!(run.code, 0 | 1 | 4), "kill {kill}: {run:?}");
        }
        assert!(index_command(&environment, &folder).status().unwrap().success(), "kill {kill}");
        environment.ok(&["db", "verify", "--hashes", "--index", &folder]);
        assert!(exported(&environment, &folder) == want, "kill {kill}: other articles");
        assert_eq!(orphans(&environment.path().join(&folder)), Vec::<String>::new(), "kill {kill}");
        fs::remove_dir_all(environment.path().join(folder)).unwrap();
    }
    println!("{before_end} killed before their end, {after_end} ended first, {unopened} times no index yet");
}
