//! Paths as text and back, without loss: names with line breaks or invalid UTF-8 survive.
//!
//! Bytes that are no UTF-8, and control characters, are written `%XX`. A percent sign that two
//! hexadecimal digits follow is written `%25`, so that every text means one path. Separators are `/`.

use std::path::{Path, PathBuf};

/// `path` as text, see the module.
pub fn path_text(path: &Path) -> String {
    let bytes = path_bytes(path);
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        let valid = chunk.valid();
        for (at, c) in valid.char_indices() {
            let escaped_percent = c == '%' && starts_with_hex_pair(&valid.as_bytes()[at + 1..]);
            if c.is_control() || escaped_percent {
                let mut buffer = [0; 4];
                c.encode_utf8(&mut buffer).bytes().for_each(|byte| push_escape(&mut text, byte));
            } else {
                text.push(c);
            }
        }
        chunk.invalid().iter().for_each(|&byte| push_escape(&mut text, byte));
    }
    text
}

/// The path that [`path_text`] wrote as `text`.
pub fn path_from_text(text: &str) -> PathBuf {
    let bytes = text.as_bytes();
    let mut raw = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'%' if starts_with_hex_pair(&bytes[at + 1..]) => {
                raw.push(hex(bytes[at + 1]) * 16 + hex(bytes[at + 2]));
                at += 3;
            }
            byte => {
                raw.push(byte);
                at += 1;
            }
        }
    }
    path_from_bytes(raw)
}

fn push_escape(text: &mut String, byte: u8) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    text.push('%');
    text.push(DIGITS[usize::from(byte >> 4)] as char);
    text.push(DIGITS[usize::from(byte & 15)] as char);
}

fn starts_with_hex_pair(bytes: &[u8]) -> bool {
    matches!(bytes, [a, b, ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit())
}

fn hex(digit: u8) -> u8 {
    (digit as char).to_digit(16).and_then(|value| u8::try_from(value).ok()).unwrap_or(0)
}

#[cfg(unix)]
fn path_bytes(path: &Path) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt;
    path.as_os_str().as_bytes().to_vec()
}

#[cfg(unix)]
pub(super) fn path_from_bytes(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    PathBuf::from(std::ffi::OsString::from_vec(bytes))
}

#[cfg(not(unix))]
fn path_bytes(path: &Path) -> Vec<u8> {
    path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/").into_bytes()
}

#[cfg(not(unix))]
pub(super) fn path_from_bytes(bytes: Vec<u8>) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_names_stay_as_they_are() {
        for name in ["a/b.txt", "Харків.html", "100%.txt", "50% of #1.md"] {
            assert_eq!(path_text(Path::new(name)), name);
            assert_eq!(path_from_text(name), PathBuf::from(name));
        }
    }

    #[cfg(unix)]
    #[test]
    fn odd_names_come_back() {
        for raw in [&b"line\nbreak"[..], b"\xff\xfe.txt", b"caf\xe9%41", b"%25%", b"\x7f\xc2\x85"] {
            let path = path_from_bytes(raw.to_vec());
            let text = path_text(&path);
            assert!(!text.chars().any(char::is_control), "{text}");
            assert_eq!(path_from_text(&text), path);
        }
        assert_eq!(path_text(Path::new("a\nb")), "a%0Ab");
    }
}
