//! Compiles the lists of `schema/gazetteer/` into `schema/gazetteer/compiled.bin`.
//!
//! ```text
//! cargo run --example build_gazetteer            # writes the file
//! cargo run --example build_gazetteer -- --check # only says whether it is up to date
//! ```
//! The same lists give the same bytes. The lists under `generated/` come from other people's
//! packages by way of `schema/build/generate.py`; all others are written by hand.

use std::path::Path;
use std::process::ExitCode;

use newsidx::names::gazetteer::compile_folder;

fn main() -> ExitCode {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/gazetteer");
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap_or_default();
    let (bytes, errors) = match compile_folder(read) {
        Ok(compiled) => compiled,
        Err(error) => {
            eprintln!("build_gazetteer: {error}");
            return ExitCode::FAILURE;
        }
    };
    for (file, line, error) in &errors {
        eprintln!("build_gazetteer: {file}:{line}: {error}");
    }
    let path = folder.join("compiled.bin");
    let current = std::fs::read(&path).is_ok_and(|held| held == bytes);
    let check = std::env::args().any(|argument| argument == "--check");
    println!("{} bytes, {}", bytes.len(), if current { "up to date" } else { "changed" });
    if !check && !current && std::fs::write(&path, bytes).is_err() {
        return ExitCode::FAILURE;
    }
    if !errors.is_empty() || check && !current { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
