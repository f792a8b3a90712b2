//! Writes what the line model is trained on, for the files of folders, into a new folder:
//!
//! ```text
//! cargo run --release --example line_rows OUT FOLDER...
//! ```
//!
//! `OUT/lines.jsonl` has a line `{"folder", "id", "lines": [text, ...]}` for each file, and
//! `OUT/rows.f32` the features of all lines in that order, as 32-bit floats. HTML pages are read as
//! text: the title, then a block a line.

use std::{
    error::Error,
    fs,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use newsidx::extract::{html, rules::Rules, text};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let out = PathBuf::from(arguments.next().ok_or("usage: line_rows OUT FOLDER...")?);
    fs::create_dir_all(&out)?;
    let mut lines_out = BufWriter::new(fs::File::create(out.join("lines.jsonl"))?);
    let mut rows_out = BufWriter::new(fs::File::create(out.join("rows.f32"))?);
    for folder in arguments {
        let mut paths: Vec<_> =
            fs::read_dir(&folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
        paths.sort();
        for path in paths {
            let Some(text) = text_of(&path)? else { continue };
            let (lines, rows) = text::line_rows(&text, Rules::builtin());
            for value in rows.matrix() {
                rows_out.write_all(&value.to_le_bytes())?;
            }
            let id = path.file_stem().map(|stem| stem.to_string_lossy());
            writeln!(lines_out, "{}", serde_json::json!({ "folder": folder, "id": id, "lines": lines }))?;
        }
    }
    Ok(())
}

/// A file as plain text; none for pages that cannot be parsed.
fn text_of(path: &Path) -> std::io::Result<Option<String>> {
    let text = String::from_utf8_lossy(&fs::read(path)?).into_owned();
    if path.extension().is_some_and(|extension| extension == "txt") {
        return Ok(Some(text));
    }
    let Ok(dom) = html::parse(&text) else { return Ok(None) };
    let title = dom.first_named(html5ever::local_name!("title")).map(|id| dom.line_of(id));
    let mut lines: Vec<String> = title.into_iter().collect();
    lines.extend(html::blocks::leaf_blocks(&dom).blocks.into_iter().map(|block| block.text));
    Ok(Some(lines.join("\n")))
}
