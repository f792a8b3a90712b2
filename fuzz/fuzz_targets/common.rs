//! What the fuzz targets share: reading bytes as a file, with limits small enough to be fast.

use std::ops::ControlFlow;

use newsidx::document::{Format, Limits, ReadOptions, read_bytes};

/// Reads `bytes` as a file of the format called `name`.
///
/// # Panics
/// When there is no such format.
pub fn read_as(name: &str, bytes: &[u8]) {
    let format = Format::from_name(name).expect("a format");
    read("file", bytes, Some(format));
}

/// Reads `bytes` as a file whose format is to be recognised; its first byte chooses an extension.
pub fn read_by_look(bytes: &[u8]) {
    const NAMES: [&str; 8] = ["file", "file.txt", "file.html", "file.json", "file.xml", "file.csv", "file.md", "file.gz"];
    let Some((first, rest)) = bytes.split_first() else { return };
    read(NAMES[usize::from(*first) % NAMES.len()], rest, None);
}

fn read(name: &str, bytes: &[u8], format: Option<Format>) {
    let limits = Limits {
        file_bytes: 1 << 20,
        record_bytes: 1 << 18,
        unpacked_bytes: 1 << 24,
        foreign_seconds: 5,
        ..Limits::default()
    };
    let options = ReadOptions { limits, format, ..ReadOptions::default() };
    let mut last = 0;
    let _ = read_bytes(name, bytes, &options, &mut |result| {
        let location = match &result {
            Ok(document) => &document.location,
            Err(error) => &error.location,
        };
        if let Some(record) = location.record {
            assert!(record > last, "records go forwards");
            last = record;
        }
        ControlFlow::Continue(())
    });
}
