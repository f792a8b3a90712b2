//! Reading one file: opened, hashed, unpacked, and handed to its format's parser record by record.
//!
//! Memory is bounded by one record (or one file, for formats of one document) and the buffers.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::Document;
use super::decompress::{BUFFER_BYTES, Packing, fault_text, unpack};
use super::fieldmap::FieldMap;
use super::format::{Format, detect};
use super::formats::{self, Context, Input};
use super::limits::Limits;
use super::sink::{RecordError, RecordSink};
use super::skip::SkipReason;
use super::walk::{kind_of, modified_ns};

/// Bytes at the start of a stream that its format is recognised by.
pub(super) const HEAD_BYTES: u64 = 64 << 10;

/// Bytes at a time that are hashed and not looked at: mostly there are none.
const DRAIN_BYTES: usize = 8 << 10;

/// How files are read.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// What one file may cost.
    pub limits: Limits,
    /// The format of every file, whatever it looks like.
    pub format: Option<Format>,
    /// The names that fields of records go by.
    pub fields: Arc<FieldMap>,
}

/// What is known of a file once it has been read to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileFacts {
    /// Hash of the raw file.
    pub sha256: [u8; 32],
    /// Size of the raw file.
    pub bytes: u64,
    /// When it was last changed, in nanoseconds since 1970.
    pub modified_ns: i64,
    /// The format's name; of compressed files that of what is inside.
    pub format: &'static str,
    /// Documents handed on.
    pub records: u64,
    /// Records that could not be read.
    pub failed: u64,
    /// Records that were passed over ([`RecordFault::Skipped`](super::RecordFault::Skipped)).
    pub skipped: u64,
}

impl FileFacts {
    /// The hash in hexadecimal.
    pub fn sha256_hex(&self) -> String {
        self.sha256.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Why a file gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is passed over.
    #[error("{0}")]
    Skipped(#[from] SkipReason),
    /// The system cannot read it.
    #[error("{}", io_text(.0))]
    Io(#[source] io::Error),
    /// It was written to while it was read.
    #[error("changed while it was read")]
    Changed,
    /// It is compressed and cannot be unpacked.
    #[error("cannot unpack: {0}")]
    Unpack(String),
    /// It is not what its format asks for.
    #[error("no valid {format}: {reason}")]
    Malformed {
        /// The format.
        format: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// The caller wanted no more records.
    #[error("stopped")]
    Stopped,
}

fn io_text(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no longer there".to_owned(),
        io::ErrorKind::PermissionDenied => "no permission to read it".to_owned(),
        _ => error.to_string(),
    }
}

/// Reads the file at `path`, which documents know as `shown`, and hands its documents to `consumer`.
///
/// A record that cannot be read is an `Err` for the consumer, and the next one follows. When a
/// stream breaks off after its first records, those stand: the break is one more `Err` for the
/// consumer and the file's facts are returned. After [`ReadError::Changed`] no record stands: the
/// consumer forgets those it was given.
///
/// # Errors
/// When the file gave no record at all, changed meanwhile, or the consumer broke off.
pub fn read_file(
    path: &Path,
    shown: &str,
    options: &ReadOptions,
    consumer: &mut dyn FnMut(Result<Document, RecordError>) -> ControlFlow<()>,
) -> Result<FileFacts, ReadError> {
    let file = open(path)?;
    let before = file.metadata().map_err(ReadError::Io)?;
    if before.len() == 0 {
        return Err(SkipReason::Empty.into());
    }
    let mut forward = |result| consumer(result);
    let mut sink = RecordSink::new(shown, &mut forward);
    let mut hashed = Hashed { inner: &file, hash: Sha256::new(), bytes: 0 };
    let budget = Cell::new(options.limits.unpacked_bytes);
    let context = Context { options, depth: 0, budget: &budget };
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let outcome = {
        let reader = BufReader::with_capacity(BUFFER_BYTES, &mut hashed);
        let input = Input { name: &name, reader: Box::new(reader), path: Some(path) };
        read_stream(input, &context, &mut sink)
    };
    if sink.stopped {
        return Err(ReadError::Stopped);
    }
    let format = settle(outcome, &mut sink)?;
    hashed.drain().map_err(ReadError::Io)?;
    let after = file.metadata().map_err(ReadError::Io)?;
    let modified_ns = (modified_ns(&before), modified_ns(&after));
    if before.len() != after.len() || modified_ns.0 != modified_ns.1 || hashed.bytes != after.len() {
        return Err(ReadError::Changed);
    }
    let sha256 = hashed.hash.finalize().into();
    Ok(FileFacts {
        sha256,
        bytes: after.len(),
        modified_ns: modified_ns.1,
        format,
        records: sink.records,
        failed: sink.failed,
        skipped: sink.skipped,
    })
}

/// Reads `bytes` as [`read_file`] reads a file called `name`; gives the format's name.
///
/// # Errors
/// As [`read_file`].
pub fn read_bytes(
    name: &str,
    bytes: &[u8],
    options: &ReadOptions,
    consumer: &mut dyn FnMut(Result<Document, RecordError>) -> ControlFlow<()>,
) -> Result<&'static str, ReadError> {
    let mut forward = |result| consumer(result);
    let mut sink = RecordSink::new(name, &mut forward);
    let budget = Cell::new(options.limits.unpacked_bytes);
    let context = Context { options, depth: 0, budget: &budget };
    let input = Input { name, reader: Box::new(bytes), path: None };
    let outcome = read_stream(input, &context, &mut sink);
    if sink.stopped {
        return Err(ReadError::Stopped);
    }
    settle(outcome, &mut sink)
}

/// An error after the first records concerns the rest of the file alone.
fn settle(outcome: Result<Format, ReadError>, sink: &mut RecordSink<'_>) -> Result<&'static str, ReadError> {
    match outcome {
        Ok(format) => Ok(format.name()),
        Err(ReadError::Stopped) => Err(ReadError::Stopped),
        Err(error) if sink.records == 0 => Err(error),
        Err(error) => match sink.break_off(error.to_string()) {
            ControlFlow::Continue(()) => Ok("broken-off"),
            ControlFlow::Break(()) => Err(ReadError::Stopped),
        },
    }
}

/// Opens a plain file; never waits for a pipe that somebody put in its place.
fn open(path: &Path) -> Result<File, ReadError> {
    let metadata = std::fs::metadata(path).map_err(ReadError::Io)?;
    if !metadata.is_file() {
        return Err(SkipReason::NotAFile { kind: kind_of(&metadata) }.into());
    }
    File::open(path).map_err(ReadError::Io)
}

/// Unpacks and recognises `input`, and runs its parser.
pub(super) fn read_stream<'a>(
    mut input: Input<'a>,
    context: &Context<'a>,
    sink: &mut RecordSink<'_>,
) -> Result<Format, ReadError> {
    let mut packed = false;
    for _ in 0..=context.options.limits.container_depth {
        let head = head_of(&mut input.reader).map_err(|error| stream_error(error, packed))?;
        let packing = Packing::of(&head);
        let whole = Box::new(Cursor::new(head.clone()).chain(input.reader));
        let Some(packing) = packing else {
            let format = match context.options.format {
                Some(format) => format,
                None => detect(input.name, &head)?,
            };
            let input = Input { reader: whole, ..input };
            return formats::parse(format, input, &head, context, sink)
                .map(|()| format)
                .map_err(|error| name_packing(error, packed));
        };
        packed = true;
        let reader =
            unpack(packing, whole, &context.options.limits, context.budget).map_err(ReadError::Io)?;
        input = Input { name: without_packing(input.name), reader, path: None };
    }
    Err(SkipReason::TooNested { limit: context.options.limits.container_depth }.into())
}

fn name_packing(error: ReadError, packed: bool) -> ReadError {
    match error {
        ReadError::Io(error) => stream_error(error, packed),
        other => other,
    }
}

fn stream_error(error: io::Error, packed: bool) -> ReadError {
    if packed { ReadError::Unpack(fault_text(&error)) } else { ReadError::Io(error) }
}

/// `name` without the extension of its packing; `.tgz` and the like keep theirs.
fn without_packing(name: &str) -> &str {
    let Some((stem, extension)) = name.rsplit_once('.') else { return name };
    let packing = ["gz", "gzip", "zst", "zstd"].iter().any(|known| extension.eq_ignore_ascii_case(known));
    if packing { stem } else { name }
}

fn head_of(reader: &mut dyn io::BufRead) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    reader.take(HEAD_BYTES).read_to_end(&mut head)?;
    Ok(head)
}

/// A file whose bytes are hashed as they pass.
struct Hashed<'a> {
    inner: &'a File,
    hash: Sha256,
    bytes: u64,
}

impl Hashed<'_> {
    /// Hashes what the parser left unread.
    fn drain(&mut self) -> io::Result<()> {
        let mut buffer = [0; DRAIN_BYTES];
        while self.read(&mut buffer)? > 0 {}
        Ok(())
    }
}

impl Read for Hashed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.hash.update(&buffer[..read]);
        self.bytes += read as u64;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::document::Content;

    fn read(path: &Path, options: &ReadOptions) -> (Vec<String>, Result<FileFacts, ReadError>) {
        let mut shown = Vec::new();
        let outcome = read_file(path, "story", options, &mut |result| {
            shown.push(match result {
                Ok(document) => format!("{} {}", document.location, document.format),
                Err(error) => error.to_string(),
            });
            ControlFlow::Continue(())
        });
        (shown, outcome)
    }

    fn written(name: &str, bytes: &[u8]) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        (folder, path)
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn facts_are_of_the_raw_file() {
        let packed = gzip(b"Rain fell on the harbour.");
        let (_folder, path) = written("a.txt.gz", &packed);
        let (shown, outcome) = read(&path, &ReadOptions::default());
        let facts = outcome.unwrap();
        assert_eq!(shown, ["story text"]);
        assert_eq!((facts.bytes, facts.format, facts.records), (packed.len() as u64, "text", 1));
        let hash: [u8; 32] = Sha256::digest(&packed).into();
        assert_eq!(facts.sha256, hash);
        assert_eq!(facts.sha256_hex().len(), 64);
    }

    #[test]
    fn what_gives_nothing_says_why() {
        let said = |name: &str, bytes: &[u8], options: &ReadOptions| {
            let (_folder, path) = written(name, bytes);
            read(&path, options).1.unwrap_err().to_string()
        };
        let small = Limits { file_bytes: 1 << 20, ..Limits::default() };
        let small = ReadOptions { limits: small, ..ReadOptions::default() };
        let plain = ReadOptions::default();
        assert_eq!(said("a.txt", b"", &plain), "empty");
        assert_eq!(said("a.txt", b"\xef\xbb\xbf", &plain), "empty");
        assert_eq!(said("a.txt", &vec![b'a'; 2 << 20], &small), "larger than 1 MiB (`--max-filesize`)");
        assert_eq!(
            said("a.html.gz", &gzip(&vec![b'a'; 2 << 20]), &small),
            "larger than 1 MiB (`--max-filesize`)"
        );
        assert_eq!(said("a.bin", &[0; 100], &plain), "binary");
        let cut = gzip(b"a story that is cut off");
        assert_eq!(said("a.txt.gz", &cut[..20], &plain), "cannot unpack: the compressed stream is cut off");
        let bomb = gzip(&vec![b'\n'; 64 << 20]);
        assert!(said("a.jsonl.gz", &bomb, &plain).contains("decompression bombs"));
        assert_eq!(read(Path::new("/nowhere/at/all"), &plain).1.unwrap_err().to_string(), "no longer there");
        assert_eq!(read(Path::new("/"), &plain).1.unwrap_err().to_string(), "not a file but a folder");
    }

    #[test]
    fn records_before_a_break_stand() {
        let mut lines = String::new();
        for number in 0..20_000_u32 {
            let noise = number.wrapping_mul(2_654_435_761);
            lines.push_str(&format!("{{\"title\": \"Story {number}\", \"text\": \"Text {noise}.\"}}\n"));
        }
        let packed = gzip(lines.as_bytes());
        let (_folder, path) = written("a.jsonl.gz", &packed[..packed.len() / 2]);
        let (shown, outcome) = read(&path, &ReadOptions::default());
        let facts = outcome.unwrap();
        assert!(facts.records > 1000 && facts.failed == 1);
        let last = shown.last().unwrap();
        assert!(last.ends_with(
            "the rest of the file cannot be read: cannot unpack: the compressed stream is cut off"
        ));
    }

    #[test]
    fn a_caller_can_stop_and_a_change_is_noticed() {
        let line = "{\"title\": \"Rain\", \"text\": \"Rain fell.\"}\n";
        let (_folder, path) = written("a.jsonl", line.repeat(3).as_bytes());
        let mut seen = 0;
        let outcome = read_file(&path, "a", &ReadOptions::default(), &mut |_| {
            seen += 1;
            ControlFlow::Break(())
        });
        assert!(matches!(outcome, Err(ReadError::Stopped)) && seen == 1);
        let outcome = read_file(&path, "a", &ReadOptions::default(), &mut |_| {
            std::fs::write(&path, "shorter").unwrap();
            ControlFlow::Continue(())
        });
        assert!(matches!(outcome, Err(ReadError::Changed)));
    }

    #[test]
    fn a_format_can_be_forced() {
        let (_folder, path) = written("a.log", b"Rain fell.");
        assert!(matches!(read(&path, &ReadOptions::default()).1, Err(ReadError::Skipped(_))));
        let options = ReadOptions { format: Some(Format::Text), ..ReadOptions::default() };
        let mut content = None;
        read_file(&path, "a", &options, &mut |result| {
            content = result.ok().map(|document| document.content);
            ControlFlow::Continue(())
        })
        .unwrap();
        assert_eq!(content, Some(Content::Lines("Rain fell.".into())));
    }
}
