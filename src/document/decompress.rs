//! Unpacking of gzip and zstd streams, recognised by their first bytes and held to limits.
//!
//! Files of several gzip members or zstd frames one after the other read as one stream.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

use super::limits::{Limits, RATIO_GRACE_BYTES, size_text};

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// Size of the buffers between the layers, in bytes.
pub(super) const BUFFER_BYTES: usize = 64 << 10;

/// Ways of packing one stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    Gzip,
    Zstd,
}

impl Packing {
    /// The packing that a stream beginning with `head` has.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        if head.starts_with(&GZIP_MAGIC) {
            return Some(Self::Gzip);
        }
        // Skippable frames (0x184D2A50 to 0x184D2A5F, little-endian) may stand before the first.
        let skippable = matches!(head, [first, 0x2a, 0x4d, 0x18, ..] if first & 0xf0 == 0x50);
        (head.starts_with(&ZSTD_MAGIC) || skippable).then_some(Self::Zstd)
    }
}

/// What unpacking can fail with, carried inside an [`io::Error`].
#[derive(Debug, thiserror::Error)]
pub(super) enum UnpackFault {
    #[error("unpacks to more than {ratio} times its size; the limit guards against decompression bombs")]
    Ratio { ratio: u64 },
    #[error("unpacks to more than {}", size_text(*limit))]
    TooMuch { limit: u64 },
}

/// Unpacks `packed`.
///
/// # Errors
/// When the decoder cannot be set up; faults of the stream come from reading.
pub(super) fn unpack<'a>(
    packing: Packing,
    packed: Box<dyn BufRead + 'a>,
    limits: &Limits,
    budget: &'a Cell<u64>,
) -> io::Result<Box<dyn BufRead + 'a>> {
    let packed_bytes = Rc::new(Cell::new(0));
    let counted =
        BufReader::with_capacity(BUFFER_BYTES, Counted { inner: packed, bytes: packed_bytes.clone() });
    let decoder: Box<dyn Read + 'a> = match packing {
        Packing::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(counted)),
        Packing::Zstd => Box::new(zstd::stream::read::Decoder::with_buffer(counted)?),
    };
    Ok(with_limits(decoder, packed_bytes, limits, budget))
}

/// A stream that a container unpacks from `packed` bytes, held to the same limits.
pub(super) fn limited<'a>(
    decoder: Box<dyn Read + 'a>,
    packed: u64,
    limits: &Limits,
    budget: &'a Cell<u64>,
) -> Box<dyn BufRead + 'a> {
    with_limits(decoder, Rc::new(Cell::new(packed)), limits, budget)
}

fn with_limits<'a>(
    decoder: Box<dyn Read + 'a>,
    packed_bytes: Rc<Cell<u64>>,
    limits: &Limits,
    budget: &'a Cell<u64>,
) -> Box<dyn BufRead + 'a> {
    let (ratio, most_bytes) = (limits.ratio, limits.unpacked_bytes);
    let limited = Limited { decoder, packed_bytes, bytes: 0, ratio, most_bytes, budget };
    Box::new(BufReader::with_capacity(BUFFER_BYTES, limited))
}

/// A sentence for an error of a stream that may be packed.
pub(super) fn fault_text(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => "the compressed stream is cut off".to_owned(),
        _ => error.to_string(),
    }
}

struct Counted<R> {
    inner: R,
    bytes: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.bytes.set(self.bytes.get() + read as u64);
        Ok(read)
    }
}

struct Limited<'a, R> {
    decoder: R,
    packed_bytes: Rc<Cell<u64>>,
    bytes: u64,
    ratio: u64,
    most_bytes: u64,
    /// What all layers and members of the file may still unpack to.
    budget: &'a Cell<u64>,
}

impl<R: Read> Read for Limited<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.decoder.read(buffer)?;
        self.bytes += read as u64;
        let Some(rest) = self.budget.get().checked_sub(read as u64) else {
            return Err(io::Error::other(UnpackFault::TooMuch { limit: self.most_bytes }));
        };
        self.budget.set(rest);
        let allowed = self.packed_bytes.get().saturating_mul(self.ratio);
        if self.bytes > RATIO_GRACE_BYTES && self.bytes > allowed {
            return Err(io::Error::other(UnpackFault::Ratio { ratio: self.ratio }));
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn unpacked(packed: Vec<u8>, limits: &Limits) -> io::Result<Vec<u8>> {
        let packing = Packing::of(&packed).unwrap();
        let mut bytes = Vec::new();
        let budget = Cell::new(limits.unpacked_bytes);
        unpack(packing, Box::new(io::Cursor::new(packed)), limits, &budget)?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    #[test]
    fn members_and_frames_read_as_one() {
        let limits = Limits::default();
        let two = [gzip(b"one "), gzip(b"two")].concat();
        assert_eq!(unpacked(two, &limits).unwrap(), b"one two");
        let frames =
            [zstd::encode_all(&b"one "[..], 3).unwrap(), zstd::encode_all(&b"two"[..], 3).unwrap()].concat();
        assert_eq!(unpacked(frames, &limits).unwrap(), b"one two");
    }

    #[test]
    fn bombs_and_broken_streams_end_with_a_reason() {
        let limits = Limits::default();
        let bomb = gzip(&vec![b' '; 64 << 20]);
        let error = unpacked(bomb.clone(), &limits).unwrap_err();
        assert!(fault_text(&error).contains("300 times its size"), "{error}");
        let small = Limits { unpacked_bytes: 1 << 20, ..Limits::default() };
        assert!(unpacked(bomb, &small).unwrap_err().to_string().contains("1 MiB"));
        let mut cut = gzip(b"a story that is cut off before its end");
        cut.truncate(cut.len() - 10);
        assert_eq!(fault_text(&unpacked(cut, &limits).unwrap_err()), "the compressed stream is cut off");
    }
}
