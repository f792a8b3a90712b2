//! The same corpus gives the same index, whatever the threads, the order and the way it came about.

use std::fs;

use super::db::exported;
use super::environment::{Environment, sample, story};

#[test]
fn any_number_of_workers_gives_the_same_articles() {
    let sample = sample();
    let one = exported(sample, ".newsidx");
    for jobs in ["1", "2", "8"] {
        let folder = format!("jobs-{jobs}");
        sample.ok(&["index", "sample-corpus", "--jobs", jobs, "--index", &folder, "-q"]);
        assert!(exported(sample, &folder) == one, "another index with {jobs} workers");
        let ask = ["search", "Kharkiv", "--any", "--all", "--format", "jsonl", "--index", folder.as_str()];
        assert_eq!(sample.ok(&ask), sample.ok(&["search", "Kharkiv", "--any", "--all", "--format", "jsonl"]));
    }
}

/// A small deterministic source of numbers (Lehmer's generator).
pub struct Numbers(pub u64);

impl Numbers {
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(0xda94_2042_e4dd_58b5) | 1;
        (self.0 >> 33) as usize % limit
    }
}

/// Adds, edits, moves and deletes files at random.
fn change(environment: &Environment, numbers: &mut Numbers) {
    const SUBJECTS: [&str; 5] = ["the bridge", "the harbour", "the library", "the theatre", "the windmill"];
    let file = |number: usize| environment.path().join(format!("c/{}/{number}.txt", number % 3));
    for _ in 0..1 + numbers.below(6) {
        let (from, to) = (file(numbers.below(12)), file(numbers.below(12)));
        match numbers.below(4) {
            0 | 1 => {
                let text =
                    format!("{}\n\nNumber {}.\n", story(SUBJECTS[numbers.below(5)]), numbers.below(1000));
                fs::create_dir_all(to.parent().unwrap()).unwrap();
                fs::write(to, text).unwrap();
            }
            2 if from.exists() => {
                fs::create_dir_all(to.parent().unwrap()).unwrap();
                fs::rename(from, to).unwrap();
            }
            _ => drop(fs::remove_file(from)),
        }
    }
}

#[test]
fn increments_give_what_a_rebuild_gives() {
    for seed in 1..=4 {
        let mut numbers = Numbers(seed * 7919);
        let environment = Environment::new();
        environment.write("c/0/first.txt", story("the beginning").as_bytes());
        for step in 0..5 {
            change(&environment, &mut numbers);
            environment.ok(&["index", "c", "--max-delete", "100%", "-q"]);
            let rebuilt = format!("rebuilt-{step}");
            environment.ok(&["index", "c", "--index", &rebuilt, "-q"]);
            let (grown, whole) = (exported(&environment, ".newsidx"), exported(&environment, &rebuilt));
            assert_eq!(grown, whole, "seed {seed}, step {step}");
            environment.ok(&["db", "verify", "--hashes"]);
        }
    }
}
