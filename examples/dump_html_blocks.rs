//! Writes what the body model is trained on: every leaf block of the pages in a folder.
//!
//! ```text
//! dump_html_blocks PAGES OUT            first stage's features
//! dump_html_blocks PAGES OUT FIRST.f32  second stage's, from one probability a block
//! ```
//!
//! OUT.f32 holds the features, row after row (32-bit floats, little-endian); OUT.names their names;
//! OUT.jsonl the blocks of each page, `{"id", "blocks": [{"text", "words"}]}`, in the rows' order.

use std::{
    error::Error,
    fs,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use newsidx::extract::html::{self, features, second, view};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let (pages, out, first) = match arguments.as_slice() {
        [pages, out] => (pages, out, None),
        [pages, out, first] => (pages, out, Some(floats(&fs::read(first)?))),
        _ => return Err("usage: dump_html_blocks PAGES OUT [FIRST.f32]".into()),
    };
    let mut at = 0;
    let mut values = BufWriter::new(fs::File::create(out.with_extension("f32"))?);
    let mut blocks = BufWriter::new(fs::File::create(out.with_extension("jsonl"))?);
    let mut names = Vec::new();
    for path in sorted_pages(pages)? {
        let dom = html::parse(&decoded(&fs::read(&path)?))?;
        let view = view::view_of(&dom);
        let mut sheet = features::first_stage(&view, names.is_empty());
        if let Some(first) = &first {
            let own = first.get(at..at + sheet.rows()).ok_or("too few probabilities")?;
            at += sheet.rows();
            let every: Vec<usize> = (0..sheet.rows()).collect();
            sheet = second::second_stage(&view, &sheet, own, &every, names.is_empty());
        }
        if names.is_empty() {
            names = sheet.names().to_vec();
        }
        for value in sheet.values() {
            values.write_all(&value.to_le_bytes())?;
        }
        let rows: Vec<_> = (0..view.page.blocks.len())
            .map(|index| {
                serde_json::json!({
                    "text": view.page.blocks[index].text,
                    "words": view.structure.shapes[index].words,
                })
            })
            .collect();
        let id = path.file_stem().unwrap_or_default().to_string_lossy();
        writeln!(blocks, "{}", serde_json::json!({"id": id, "blocks": rows}))?;
    }
    fs::write(out.with_extension("names"), names.join("\n"))?;
    Ok(())
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks::<4>().0.iter().map(|value| f32::from_le_bytes(*value)).collect()
}

fn sorted_pages(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    paths.sort();
    Ok(paths)
}

/// The page as text: UTF-8, else the encoding it declares in its first bytes, else Windows-1252.
fn decoded(bytes: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.trim_start_matches('\u{feff}').to_owned();
    }
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]).to_ascii_lowercase();
    let label = head.split("charset=").nth(1).map(|rest| {
        rest.trim_start_matches(['"', '\'', ' '])
            .split(|c: char| !c.is_ascii_alphanumeric() && !"-_:".contains(c))
            .next()
            .unwrap_or("")
            .to_owned()
    });
    let encoding = label
        .and_then(|label| encoding_rs::Encoding::for_label(label.as_bytes()))
        .unwrap_or(encoding_rs::WINDOWS_1252);
    encoding.decode(bytes).0.into_owned()
}
