//! Zip and tar archives read in place: members as records, nothing ever written to disk, so that a
//! member's name (`../x`) is a name and no more.
//!
//! A member's records are numbered on from those of the members before it; its name is kept as the
//! document's further field `member`.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek};

use tar::EntryType;

use super::decompress::{BUFFER_BYTES, limited};
use super::formats::{Context, Input, malformed, whole};
use super::path::{path_from_bytes, path_text};
use super::read::{ReadError, read_stream};
use super::sink::{RecordFault, RecordSink};
use super::skip::SkipReason;

/// Longest name of a tar member that is taken from an extension record.
const MAX_NAME_BYTES: u64 = 64 << 10;

pub(super) trait ReadSeek: Read + Seek {}
impl<T: Read + Seek> ReadSeek for T {}

/// Zip files are read from their end: the file itself where there is one, else from memory.
pub(super) fn seekable<'a>(
    input: Input<'a>,
    context: &Context<'_>,
) -> Result<Box<dyn ReadSeek + 'a>, ReadError> {
    match input.path {
        Some(path) => Ok(Box::new(BufReader::new(File::open(path).map_err(ReadError::Io)?))),
        None => Ok(Box::new(Cursor::new(whole(input, context)?))),
    }
}

pub(super) fn parse_zip(
    input: Input<'_>,
    context: &Context<'_>,
    sink: &mut RecordSink<'_>,
) -> Result<(), ReadError> {
    let inner = context.nested()?;
    let source = seekable(input, context)?;
    let mut archive = zip::ZipArchive::new(source).map_err(|error| malformed("zip")(error.to_string()))?;
    if archive.len() as u64 > context.options.limits.members {
        return Err(malformed("zip")(format!("more than {} members", context.options.limits.members)));
    }
    for index in 0..archive.len() {
        if sink.stopped {
            break;
        }
        let member = match archive.by_index(index) {
            Ok(member) => member,
            Err(error) => {
                let outer = sink.enter(format!("member {}", index + 1));
                let _ = sink.fail(1, RecordFault::Malformed(error.to_string()));
                sink.leave(outer);
                continue;
            }
        };
        if member.is_dir() {
            continue;
        }
        let name = match member.name() {
            Ok(name) => name.into_owned(),
            Err(_) => path_text(&path_from_bytes(member.name_raw().to_vec())),
        };
        let name = path_text(std::path::Path::new(&name));
        let packed = member.compressed_size();
        let reader = limited(Box::new(member), packed, &context.options.limits, context.budget);
        read_member(&name, reader, &inner, sink);
    }
    Ok(())
}

pub(super) fn parse_tar(
    input: Input<'_>,
    context: &Context<'_>,
    sink: &mut RecordSink<'_>,
) -> Result<(), ReadError> {
    let inner = context.nested()?;
    let mut archive = tar::Archive::new(input.reader);
    let mut long_name = None;
    let mut members = 0_u64;
    // Raw entries: the library would hold extension records of any size in memory.
    let entries = archive.entries().map_err(|error| malformed("tar")(error.to_string()))?.raw(true);
    for entry in entries {
        let mut entry = entry.map_err(ReadError::Io)?;
        members += 1;
        if members > context.options.limits.members {
            return Err(malformed("tar")(format!("more than {} members", context.options.limits.members)));
        }
        let kind = entry.header().entry_type();
        match kind {
            EntryType::GNULongName => {
                let name = extension_record(&mut entry)?;
                long_name = Some(name.split(|byte| *byte == 0).next().unwrap_or(&[]).to_vec());
                continue;
            }
            EntryType::XHeader => {
                long_name = pax_path(&extension_record(&mut entry)?);
                continue;
            }
            EntryType::Directory | EntryType::GNULongLink | EntryType::XGlobalHeader => continue,
            _ => {}
        }
        let raw = long_name.take().unwrap_or_else(|| entry.path_bytes().into_owned());
        let name = path_text(&path_from_bytes(raw));
        if kind.is_file() || kind == EntryType::Continuous {
            read_member(&name, Box::new(BufReader::with_capacity(BUFFER_BYTES, entry)), &inner, sink);
        } else {
            let outer = sink.enter(name);
            let _ = sink.fail(1, RecordFault::Skipped(SkipReason::NotAFile { kind: "link or device" }));
            sink.leave(outer);
        }
        if sink.stopped {
            break;
        }
    }
    Ok(())
}

fn extension_record(entry: &mut impl Read) -> Result<Vec<u8>, ReadError> {
    let mut bytes = Vec::new();
    entry.take(MAX_NAME_BYTES).read_to_end(&mut bytes).map_err(ReadError::Io)?;
    Ok(bytes)
}

/// The value of `path` in the records `length name=value` of an extended header (POSIX.1-2001, pax).
fn pax_path(mut records: &[u8]) -> Option<Vec<u8>> {
    let mut path = None;
    while let Some(space) = records.iter().position(|byte| *byte == b' ') {
        let length: usize = std::str::from_utf8(&records[..space]).ok()?.parse().ok()?;
        let record = records.get(space + 1..length)?;
        if let Some(value) = record.strip_prefix(b"path=") {
            path = Some(value.strip_suffix(b"\n").unwrap_or(value).to_vec());
        }
        records = &records[length..];
    }
    path
}

/// Reads one member; what is wrong with it concerns it alone.
fn read_member(
    name: &str,
    reader: Box<dyn io::BufRead + '_>,
    context: &Context<'_>,
    sink: &mut RecordSink<'_>,
) {
    let parts = || name.split(['/', '\\']);
    // Hidden files and the shadow files that some systems add to archives.
    if parts().any(|part| part == "__MACOSX" || (part.starts_with('.') && !part.trim_matches('.').is_empty()))
    {
        return;
    }
    let outer = sink.enter(name.to_owned());
    let input = Input { name: parts().next_back().unwrap_or(name), reader, path: None };
    match read_stream(input, context, sink) {
        Ok(_) => {}
        Err(ReadError::Skipped(reason)) => sink.member_failed(RecordFault::Skipped(reason)),
        Err(error) => sink.member_failed(RecordFault::Malformed(error.to_string())),
    }
    sink.leave(outer);
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::super::formats::testing::read_bytes;
    use super::super::{Limits, ReadOptions};

    const LINES: &[u8] =
        b"{\"title\": \"One\", \"text\": \"First.\"}\n{\"title\": \"Two\", \"text\": \"Second.\"}\n";

    fn zip_of(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, bytes) in members {
            writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn tar_of(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        for (name, bytes) in members {
            let mut header = tar::Header::new_gnu();
            header.set_size(bytes.len() as u64);
            if name.len() < 100 {
                // Written past the library, which refuses names that climb.
                header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
                header.set_cksum();
                builder.append(&header, *bytes).unwrap();
            } else {
                builder.append_data(&mut header, name, *bytes).unwrap();
            }
        }
        builder.into_inner().unwrap()
    }

    fn shown(name: &str, bytes: &[u8], options: &ReadOptions) -> Vec<String> {
        let (results, outcome) = read_bytes(name, bytes, options);
        let mut lines: Vec<String> = results
            .iter()
            .map(|result| match result {
                Ok(document) => {
                    format!("{} {} {}", document.location, document.format, document.extra["member"])
                }
                Err(error) => error.to_string(),
            })
            .collect();
        lines.extend(outcome.err().map(|error| error.to_string()));
        lines
    }

    #[test]
    fn members_are_records_numbered_through() {
        let members: [(&str, &[u8]); 6] = [
            ("../climb.txt", b"Rain fell."),
            ("dump/lines.jsonl", LINES),
            ("__MACOSX/._x", b"shadow"),
            ("pic.png", &[0x89, b'P', 0, 1, 2, 3, 0, 0, 0, 0]),
            ("sun.html", b"<p>Sun."),
            ("empty.txt", b""),
        ];
        for (name, bytes) in [("a.zip", zip_of(&members)), ("a.tar", tar_of(&members))] {
            assert_eq!(
                shown(name, &bytes, &ReadOptions::default()),
                [
                    format!("{name}#1 text ../climb.txt"),
                    format!("{name}#2 jsonl dump/lines.jsonl"),
                    format!("{name}#3 jsonl dump/lines.jsonl"),
                    format!("{name}#4: binary"),
                    format!("{name}#5 html sun.html"),
                    format!("{name}#6: empty"),
                ]
            );
        }
    }

    #[test]
    fn packed_and_nested_archives_are_read_to_a_depth() {
        let inner = zip_of(&[("a.txt", b"Rain fell.")]);
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packed.write_all(&tar_of(&[("in.zip", &inner)])).unwrap();
        let tgz = packed.finish().unwrap();
        assert_eq!(shown("a.tgz", &tgz, &ReadOptions::default()), ["a.tgz#1 text a.txt"]);
        let mut deep = inner;
        for _ in 0..5 {
            deep = zip_of(&[("next.zip", &deep)]);
        }
        let lines = shown("a.zip", &deep, &ReadOptions::default());
        assert_eq!(lines, ["a.zip#1: nested in more than 3 containers"]);
    }

    #[test]
    fn bombs_and_broken_archives_cost_themselves() {
        let limits = Limits { record_bytes: 1 << 20, file_bytes: 1 << 20, ..Limits::default() };
        let options = ReadOptions { limits, ..ReadOptions::default() };
        let bomb = vec![b' '; 40 << 20];
        let bytes = zip_of(&[("big.txt", &bomb), ("small.txt", b"Rain fell.")]);
        let lines = shown("a.zip", &bytes, &options);
        assert_eq!(lines, ["a.zip#1: larger than 1 MiB (`--max-filesize`)", "a.zip#2 text small.txt"]);
        let bytes = zip_of(&[("big.jsonl", &bomb), ("small.txt", b"Rain fell.")]);
        let lines = shown("a.zip", &bytes, &ReadOptions::default());
        assert!(lines[0].contains("decompression bombs") && lines[1].ends_with("small.txt"), "{lines:?}");
        let cut = &bytes[..bytes.len() - 30];
        assert!(shown("a.zip", cut, &options)[0].starts_with("no valid zip"));
        let name = format!("{}/long.txt", "folder".repeat(40));
        let tar = tar_of(&[(&name, b"Rain fell."), ("b.txt", b"Sun.")]);
        assert_eq!(shown("a.tar", &tar, &options)[0], format!("a.tar#1 text {name}"));
        assert!(shown("a.tar", &tar[..tar.len() / 3], &options).len() <= 2);
    }
}
