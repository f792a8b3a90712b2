//! Answers of web servers as crawls keep them: status, headers, and the body unpacked. No network.

use std::io::{self, BufRead, Read};

use super::super::limits::size_text;
use super::{Piece, read_line};

/// Longest header line that is kept; servers refuse longer ones, too.
pub(super) const MAX_LINE_BYTES: u64 = 64 << 10;

/// Most header lines that are kept.
const MAX_LINES: usize = 512;

/// Header lines by name; names are in lower case.
#[derive(Debug, Default)]
pub(super) struct Headers(Vec<(String, String)>);

impl Headers {
    /// The first value under `name`, which is in lower case.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Reads header lines up to the blank one.
pub(super) fn read_headers(reader: &mut dyn BufRead) -> io::Result<Headers> {
    let mut headers = Headers::default();
    let mut line = Vec::new();
    loop {
        match read_line(reader, &mut line, MAX_LINE_BYTES)? {
            Piece::End => return Ok(headers),
            Piece::TooLong(_) => continue,
            Piece::Read if line.is_empty() => return Ok(headers),
            Piece::Read => {}
        }
        let text = String::from_utf8_lossy(&line);
        if text.starts_with([' ', '\t']) {
            if let Some((_, value)) = headers.0.last_mut()
                && value.len() < MAX_LINE_BYTES as usize
            {
                value.push(' ');
                value.push_str(text.trim());
            }
        } else if let Some((name, value)) = text.split_once(':')
            && headers.0.len() < MAX_LINES
        {
            headers.0.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
}

/// The parameter `name` of a header's value (`charset` of `text/html; charset="utf-8"`).
pub(super) fn parameter(value: &str, name: &str) -> Option<String> {
    value.split(';').skip(1).find_map(|part| {
        let (known, value) = part.split_once('=')?;
        let value = value.trim().trim_matches(['"', '\'']);
        known.trim().eq_ignore_ascii_case(name).then(|| value.to_owned())
    })
}

/// One answer of a server.
pub(super) struct Response<'a> {
    pub(super) status: u16,
    pub(super) headers: Headers,
    packed: &'a [u8],
}

impl<'a> Response<'a> {
    /// Reads the status and the headers of `block`.
    pub(super) fn parse(mut block: &'a [u8]) -> Option<Self> {
        let mut line = Vec::new();
        read_line(&mut block, &mut line, MAX_LINE_BYTES).ok()?;
        let status =
            String::from_utf8_lossy(&line).strip_prefix("HTTP/")?.split_whitespace().nth(1)?.parse().ok()?;
        let headers = read_headers(&mut block).ok()?;
        Some(Self { status, headers, packed: block })
    }

    /// The body, its chunks joined and unpacked to at most `limit` bytes.
    ///
    /// Crawlers store either what came or what they made of it and keep the headers in both cases,
    /// so a body that is not packed as they say is taken as it is.
    pub(super) fn body(&self, limit: u64) -> Result<Vec<u8>, String> {
        let chunked = self.headers.get("transfer-encoding").is_some_and(|value| value.contains("chunked"));
        let joined = if chunked { join_chunks(self.packed) } else { None };
        let bytes = joined.unwrap_or_else(|| self.packed.to_vec());
        let encoding = self.headers.get("content-encoding").unwrap_or("").to_ascii_lowercase();
        let unpacked = match encoding.trim() {
            "gzip" | "x-gzip" => take(flate2::read::MultiGzDecoder::new(&bytes[..]), limit),
            "deflate" => take(flate2::read::ZlibDecoder::new(&bytes[..]), limit)
                .or_else(|_| take(flate2::read::DeflateDecoder::new(&bytes[..]), limit)),
            "br" => take(brotli_decompressor::Decompressor::new(&bytes[..], 4096), limit),
            "zstd" => zstd::stream::read::Decoder::new(&bytes[..]).and_then(|decoder| take(decoder, limit)),
            _ => return Ok(bytes),
        };
        match unpacked {
            Ok(unpacked) if unpacked.len() as u64 > limit => {
                Err(format!("the page unpacks to more than {}", size_text(limit)))
            }
            Ok(unpacked) => Ok(unpacked),
            Err(_) => Ok(bytes),
        }
    }
}

fn take(decoder: impl Read, limit: u64) -> io::Result<Vec<u8>> {
    let mut unpacked = Vec::new();
    decoder.take(limit.saturating_add(1)).read_to_end(&mut unpacked)?;
    Ok(unpacked)
}

/// The chunks of `bytes` in one piece; none when they are not chunked as they should be. A last
/// chunk that is cut off is kept.
fn join_chunks(mut bytes: &[u8]) -> Option<Vec<u8>> {
    let mut joined = Vec::with_capacity(bytes.len());
    let mut line = Vec::new();
    loop {
        match read_line(&mut bytes, &mut line, 1024).ok()? {
            Piece::Read => {}
            Piece::End if !joined.is_empty() => return Some(joined),
            _ => return None,
        }
        let text = std::str::from_utf8(&line).ok()?;
        let size = usize::from_str_radix(text.split(';').next()?.trim(), 16).ok()?;
        if size == 0 {
            return Some(joined);
        }
        let taken = size.min(bytes.len());
        joined.extend_from_slice(&bytes[..taken]);
        bytes = &bytes[taken..];
        bytes = bytes.strip_prefix(b"\r\n").or_else(|| bytes.strip_prefix(b"\n")).unwrap_or(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(headers: &str, bytes: &[u8]) -> Result<Vec<u8>, String> {
        let block = [format!("HTTP/1.1 200 OK\r\n{headers}\r\n\r\n").as_bytes(), bytes].concat();
        Response::parse(&block).unwrap().body(1000)
    }

    #[test]
    fn bodies_that_are_not_packed_as_said_are_taken_as_they_are() {
        assert_eq!(body("Content-Encoding: gzip", b"<p>plain").unwrap(), b"<p>plain");
        assert_eq!(body("Transfer-Encoding: chunked", b"<p>plain").unwrap(), b"<p>plain");
        assert_eq!(body("Transfer-Encoding: chunked", b"5\r\nab").unwrap(), b"ab");
        let bomb = zstd::encode_all(&vec![b'a'; 100_000][..], 3).unwrap();
        assert!(body("Content-Encoding: zstd", &bomb).is_err());
    }

    #[test]
    fn parameters_and_folded_headers() {
        assert_eq!(parameter("text/html; Charset=\"koi8-r\"", "charset").as_deref(), Some("koi8-r"));
        let headers = read_headers(&mut &b"A: one\r\n two\r\nnonsense\r\nb:three\r\n\r\nrest"[..]).unwrap();
        assert_eq!((headers.get("a"), headers.get("b")), (Some("one two"), Some("three")));
    }
}
