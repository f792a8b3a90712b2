//! Damaged files: whatever is done to a file of any format, reading it ends, without a panic, with
//! records in order or with a reason.

use std::ops::ControlFlow;
use std::path::Path;

use super::{Format, Limits, ReadOptions, read_bytes, samples};

/// A generator of numbers that are the same on every run (SplitMix64; Steele, Lea, Flood 2014).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}

/// Pieces that parsers trip over.
const PIECES: [&[u8]; 24] = [
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xc3",
    b"\"",
    b"'",
    b"<",
    b"</",
    b"<![CDATA[",
    b"-->",
    b"&",
    b"&#x110000;",
    b"[[[[[[[[",
    b"{{{{{{{{",
    b"]",
    b"}",
    b"\r\n\r\n",
    b"\n---\n",
    b"99999999999999999999",
    b"-1",
    b"%",
    b"=?utf-8?q?",
    b"PK\x03\x04",
    b"\x1f\x8b",
];

fn damage(bytes: &mut Vec<u8>, numbers: &mut Numbers) {
    for _ in 0..=numbers.below(4) {
        let at = numbers.below(bytes.len() + 1);
        let length = numbers.below(64).min(bytes.len() - at);
        match numbers.below(6) {
            0 if at < bytes.len() => bytes[at] ^= 1 << numbers.below(8),
            1 => bytes.truncate(at),
            2 => {
                bytes.drain(at..at + length);
            }
            3 => {
                let piece = bytes[at..at + length].to_vec();
                bytes.splice(at..at, piece);
            }
            4 => {
                let piece = PIECES[numbers.below(PIECES.len())];
                bytes.splice(at..at, piece.iter().copied());
            }
            _ if at < bytes.len() => bytes[at] = numbers.below(256) as u8,
            _ => {}
        }
    }
}

/// Reads `bytes` and checks what holds for every file.
fn check(name: &str, bytes: &[u8], options: &ReadOptions) {
    let mut last = 0;
    let outcome = read_bytes(name, bytes, options, &mut |result| {
        let (location, text) = match &result {
            Ok(document) => (&document.location, String::new()),
            Err(error) => (&error.location, error.to_string()),
        };
        assert!(!text.contains("{ "), "a debug form reached a message: {text}");
        if let Some(record) = location.record {
            assert!(record > last, "{name}: record {record} after {last}");
            last = record;
        }
        ControlFlow::Continue(())
    });
    if let Err(error) = outcome {
        assert!(!error.to_string().is_empty());
    }
}

fn options() -> ReadOptions {
    let limits =
        Limits { file_bytes: 1 << 20, record_bytes: 1 << 18, unpacked_bytes: 1 << 24, ..Limits::default() };
    ReadOptions { limits, ..ReadOptions::default() }
}

/// The samples, and the hostile files of the tests where they lie beside them. PDF runs foreign code in a
/// thread of its own and is tried by its own tests.
fn seeds() -> Vec<(String, Vec<u8>)> {
    let hostile = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile");
    let mut seeds = Vec::new();
    for folder in [samples::folder(), hostile] {
        let Ok(entries) = std::fs::read_dir(folder) else { continue };
        let mut paths: Vec<_> =
            entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()).collect();
        paths.retain(|path| path.extension().is_none_or(|extension| extension != "pdf"));
        paths.sort();
        for path in paths {
            let mut bytes = std::fs::read(&path).unwrap();
            bytes.truncate(64 << 10);
            seeds.push((path.file_name().unwrap().to_string_lossy().into_owned(), bytes));
        }
    }
    assert!(seeds.len() > 20);
    seeds
}

fn damage_all(rounds: usize, seed: u64) {
    let options = options();
    let mut numbers = Numbers(seed);
    for (name, bytes) in seeds() {
        check(&name, &bytes, &options);
        for _ in 0..rounds {
            let mut damaged = bytes.clone();
            damage(&mut damaged, &mut numbers);
            check(&name, &damaged, &options);
        }
    }
}

#[test]
fn damaged_files_end_with_records_or_a_reason() {
    damage_all(40, 7);
}

/// The same for long; run with `cargo test --release -- --ignored damaged`.
#[test]
#[ignore = "takes many minutes"]
fn damaged_files_for_long() {
    for seed in 0..200 {
        damage_all(200, 1000 + seed);
    }
}

#[test]
fn every_parser_stands_every_file() {
    let seeds = seeds();
    let mut numbers = Numbers(11);
    for format in Format::ALL {
        // PDF runs foreign code in a thread of its own and is tried by its own tests.
        if *format == Format::Pdf {
            continue;
        }
        let options = ReadOptions { format: Some(*format), ..options() };
        for (name, bytes) in &seeds {
            check(name, bytes, &options);
            let mut damaged = bytes.clone();
            damage(&mut damaged, &mut numbers);
            check(name, &damaged, &options);
        }
    }
}

#[test]
fn depth_is_no_danger_to_any_parser() {
    const DEPTH: usize = 200_000;
    let deep = ["<a>", "[", "{\"a\":", "> ", "- ", "(", "<div>", "\"", "*", "[a](", "<!--", "&#"];
    for format in Format::ALL.iter().filter(|format| **format != Format::Pdf) {
        let options = ReadOptions { format: Some(*format), ..options() };
        for piece in deep {
            check("deep", piece.repeat(DEPTH).as_bytes(), &options);
        }
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400), which in 0..Format::ALL.len()) {
        let format = Format::ALL[which];
        if format != Format::Pdf {
            check("any", &bytes, &ReadOptions { format: Some(format), ..options() });
        }
        check("any.txt", &bytes, &options());
    }
}
