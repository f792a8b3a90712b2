//! Streams as UTF-8, whatever they are written in; single records are decoded elsewhere.

use std::io::{self, BufRead, Read};

use encoding_rs::{CoderResult, Decoder, UTF_8};

use super::decompress::BUFFER_BYTES;
use super::encoding::encoding_of;

/// `reader`, which begins with `head`, as UTF-8 without a byte order mark.
///
/// A stream whose head is UTF-8 is passed on as it is, so foreign bytes further on are met again by
/// whoever decodes the record.
pub(super) fn as_utf8<'a>(
    mut reader: Box<dyn BufRead + 'a>,
    head: &[u8],
) -> io::Result<Box<dyn BufRead + 'a>> {
    let encoding = encoding_of(head, None);
    if encoding == UTF_8 {
        if head.starts_with(b"\xef\xbb\xbf") {
            reader.read_exact(&mut [0; 3])?;
        }
        return Ok(reader);
    }
    Ok(Box::new(Transcoded {
        reader,
        decoder: encoding.new_decoder_with_bom_removal(),
        text: Vec::new(),
        at: 0,
        ended: false,
    }))
}

struct Transcoded<R> {
    reader: R,
    decoder: Decoder,
    /// Decoded text, of which the bytes before `at` have been consumed.
    text: Vec<u8>,
    at: usize,
    /// Whether the decoder has seen the end; it must not be asked again.
    ended: bool,
}

impl<R: BufRead> BufRead for Transcoded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.at >= self.text.len() && !self.ended {
            self.at = 0;
            self.text.resize(BUFFER_BYTES, 0);
            let input = self.reader.fill_buf()?;
            let last = input.is_empty();
            let (result, read, written, _) = self.decoder.decode_to_utf8(input, &mut self.text, last);
            self.reader.consume(read);
            self.text.truncate(written);
            // What does not fit comes with the next call.
            self.ended = last && result == CoderResult::InputEmpty;
        }
        Ok(&self.text[self.at..])
    }

    fn consume(&mut self, amount: usize) {
        self.at += amount;
    }
}

impl<R: BufRead> Read for Transcoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let ready = self.fill_buf()?;
        let taken = ready.len().min(buffer.len());
        buffer[..taken].copy_from_slice(&ready[..taken]);
        self.consume(taken);
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn legacy_streams_are_read_as_utf8() {
        let text = "Дождь шёл три дня, и река вышла из берегов.\n".repeat(3000);
        let (bytes, _, _) = encoding_rs::KOI8_R.encode(&text);
        let mut read = String::new();
        let reader = as_utf8(Box::new(io::Cursor::new(bytes.to_vec())), &bytes[..4096]);
        let mut reader = reader.unwrap();
        reader.read_to_string(&mut read).unwrap();
        assert_eq!(reader.read(&mut [0; 8]).unwrap(), 0);
        assert_eq!(read, text);
        let marked = format!("\u{feff}{text}");
        let mut read = String::new();
        as_utf8(Box::new(marked.as_bytes()), marked.as_bytes()).unwrap().read_to_string(&mut read).unwrap();
        assert_eq!(read, text);
    }
}
