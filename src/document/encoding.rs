//! From bytes to text: which encoding a file is in, and whether it is text at all.
//!
//! The order of belief: byte order mark; UTF-16 without one, by the places of its zero bytes; valid
//! UTF-8; nearly valid UTF-8; the encoding that the file or its transport declares, where the bytes
//! fit it; a guess by letter statistics (`chardetng`).

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use memchr::memmem;

/// Bytes at the start of a page in which a declaration is looked for. The standard asks for the
/// first 1,024 alone; real pages put scripts and comments before it.
const DECLARATION_BYTES: usize = 4096;

/// Bytes that are looked at to tell text from other files.
const SNIFF_BYTES: usize = 8192;

/// Invalid sequences per valid multi-byte character up to which text still counts as UTF-8: pages
/// glued together from several sources carry a few foreign bytes.
const FOREIGN_SHARE: f64 = 0.1;

/// Text with the encoding it was in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// The text, without byte order mark; NUL bytes have become spaces.
    pub text: Cow<'a, str>,
    /// The encoding's name in the Encoding Standard (`UTF-8`, `KOI8-U`).
    pub encoding: &'static str,
}

/// Decodes `bytes`, of which the transport says that they are in `declared`.
pub fn decode<'a>(bytes: &'a [u8], declared: Option<&str>) -> Decoded<'a> {
    let encoding = encoding_of(bytes, declared);
    let (text, _) = encoding.decode_with_bom_removal(bytes);
    Decoded { text: without_nul(text), encoding: encoding.name() }
}

/// Decodes `bytes`, without copying what is UTF-8 already.
pub(super) fn decode_owned(bytes: Vec<u8>) -> String {
    match decode(&bytes, None).text {
        Cow::Owned(text) => return text,
        // A mark was taken off its front.
        Cow::Borrowed(text) if text.len() < bytes.len() => return text.to_owned(),
        Cow::Borrowed(_) => {}
    }
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// The encoding that `bytes`, the whole of a text or its beginning, are in.
pub(super) fn encoding_of(bytes: &[u8], declared: Option<&str>) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding;
    }
    if let Some(encoding) = bare_utf16(bytes) {
        return encoding;
    }
    if memchr::memchr(0x1b, bytes).is_none() && looks_like_utf8(bytes) {
        return UTF_8;
    }
    let label = declared.map(Cow::Borrowed).or_else(|| declared_in(bytes).map(Cow::Owned));
    let declared = label.and_then(|label| Encoding::for_label(label.trim().as_bytes()));
    if let Some(encoding) = declared
        && encoding != UTF_8
        && encoding.is_ascii_compatible()
        && encoding.decode_without_bom_handling_and_without_replacement(bytes).is_some()
    {
        return encoding;
    }
    guess(bytes)
}

/// Guesses by the statistics of letters. A few foreign bytes in a text of ASCII are accents: texts in
/// the two-byte encodings of East Asia have many.
fn guess(bytes: &[u8]) -> &'static Encoding {
    const FEW: usize = 1000;
    let foreign = bytes.iter().filter(|byte| !byte.is_ascii()).count();
    if foreign > 0 && foreign.saturating_mul(FEW) < bytes.len() {
        return WINDOWS_1252;
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    detector.guess(None, chardetng::Utf8Detection::Allow)
}

/// Whether `bytes` are UTF-8 but for a few foreign ones or a cut last character.
fn looks_like_utf8(bytes: &[u8]) -> bool {
    if std::str::from_utf8(bytes).is_ok() {
        return true;
    }
    let (mut multibyte, mut invalid) = (0_usize, 0_usize);
    let mut chunks = bytes.utf8_chunks().peekable();
    while let Some(chunk) = chunks.next() {
        multibyte += chunk.valid().bytes().filter(|byte| *byte >= 0xc0).count();
        let cut = chunks.peek().is_none() && chunk.invalid().first().is_some_and(|byte| *byte >= 0xc2);
        invalid += usize::from(!chunk.invalid().is_empty() && !cut);
    }
    let cut_alone = multibyte == 0 && invalid == 0 && !bytes.is_ascii();
    !cut_alone && invalid as f64 <= FOREIGN_SHARE * multibyte as f64
}

/// UTF-16 without a mark: letters and spaces of one kind of place are zero in a way that no other
/// text is, and every unit decodes.
fn bare_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(SNIFF_BYTES) & !1];
    if head.len() < 8 {
        return None;
    }
    let (mut even, mut odd) = (0_usize, 0_usize);
    for pair in head.chunks_exact(2) {
        even += usize::from(pair[0] == 0);
        odd += usize::from(pair[1] == 0);
    }
    let units = head.len() / 2;
    // Spaces, digits and punctuation are at least one in twenty characters of any spaced script.
    let encoding = match (even * 20 > units, odd * 20 > units) {
        (false, true) if even * 50 <= odd => UTF_16LE,
        (true, false) if odd * 50 <= even => UTF_16BE,
        _ => return None,
    };
    // The head may end inside a surrogate pair.
    let whole = [head, &head[..head.len() - 2]];
    let decoded =
        whole.iter().find_map(|part| encoding.decode_without_bom_handling_and_without_replacement(part))?;
    let odd_ones = decoded.chars().filter(|c| c.is_control() && !c.is_whitespace()).count();
    (odd_ones * 50 <= units).then_some(encoding)
}

/// The encoding that a page or an XML file declares in its first bytes.
fn declared_in(bytes: &[u8]) -> Option<String> {
    let head = bytes[..bytes.len().min(DECLARATION_BYTES)].to_ascii_lowercase();
    for name in [&b"charset"[..], b"encoding"] {
        for at in memmem::find_iter(&head, name) {
            if let Some(label) = label_after(&head[at + name.len()..]) {
                return Some(label);
            }
        }
    }
    None
}

/// The value in ` = "label"`, `=label` and the like.
fn label_after(rest: &[u8]) -> Option<String> {
    let rest = rest.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let rest = rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'")).unwrap_or(rest);
    let label: String = rest
        .iter()
        .map(|byte| char::from(*byte))
        .take_while(|c| c.is_ascii_alphanumeric() || "-_:.".contains(*c))
        .take(40)
        .collect();
    Encoding::for_label(label.as_bytes()).map(|_| label)
}

/// Whether `head`, the first bytes of a file, are of no text.
///
/// A few zero or control bytes happen in real text (broken downloads, form feeds of wire services);
/// more than one in a hundred do not.
pub fn is_binary(head: &[u8]) -> bool {
    let head = &head[..head.len().min(SNIFF_BYTES)];
    if Encoding::for_bom(head).is_some() || bare_utf16(head).is_some() {
        return false;
    }
    let strange = head.iter().filter(|byte| matches!(byte, 0..=8 | 14..=26 | 28..=31 | 127)).count();
    strange * 100 > head.len()
}

fn without_nul(text: Cow<'_, str>) -> Cow<'_, str> {
    if memchr::memchr(0, text.as_bytes()).is_some() { Cow::Owned(text.replace('\0', " ")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUSSIAN: &str = "Министр сообщил, что переговоры о поставках зерна продолжатся на следующей неделе. \
        По его словам, стороны согласовали большую часть документа и готовы подписать его осенью.";

    fn encoded(label: &str, text: &str) -> Vec<u8> {
        Encoding::for_label(label.as_bytes()).unwrap().encode(text).0.into_owned()
    }

    #[test]
    fn owned_bytes_decode_as_borrowed_ones_do() {
        for bytes in ["plain", "café", "\u{feff}marked", "a\0b"]
            .map(str::as_bytes)
            .into_iter()
            .chain([&b"caf\xe9 noir"[..]])
        {
            assert_eq!(decode_owned(bytes.to_vec()), decode(bytes, None).text);
        }
    }

    #[test]
    fn legacy_encodings_are_guessed() {
        for label in ["koi8-r", "windows-1251", "iso-8859-5", "ibm866"] {
            assert_eq!(decode(&encoded(label, RUSSIAN), None).text, RUSSIAN, "{label}");
        }
        let french = "Le ministre a déclaré que la réforme serait présentée à l'Assemblée cet été.";
        assert_eq!(decode(&encoded("windows-1252", french), None).text, french);
        let japanese = "首相は記者会見で、新しい予算案について説明した。";
        for label in ["shift_jis", "euc-jp", "iso-2022-jp"] {
            assert_eq!(decode(&encoded(label, japanese), None).text, japanese, "{label}");
        }
    }

    #[test]
    fn utf16_is_known_with_and_without_its_mark() {
        for (text, big) in [("A short story about rain.", true), (RUSSIAN, false), (RUSSIAN, true)] {
            let unit = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
            let bare: Vec<u8> = text.encode_utf16().flat_map(unit).collect();
            assert_eq!(decode(&bare, None).text, text);
            assert!(!is_binary(&bare));
            let marked: Vec<u8> = std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(unit).collect();
            assert_eq!(decode(&marked, None).text, text);
        }
    }

    #[test]
    fn a_declaration_counts_where_the_bytes_fit_it() {
        let page = format!("<html><head><meta charset='windows-1251'></head><p>{RUSSIAN}</p></html>");
        assert_eq!(decode(&encoded("windows-1251", &page), None).text, page);
        let lying = format!("<meta charset=iso-8859-1><p>{RUSSIAN}");
        assert_eq!(decode(lying.as_bytes(), None).encoding, "UTF-8");
        assert_eq!(decode(&encoded("koi8-r", "да"), Some("koi8-r")).text, "да");
    }

    #[test]
    fn a_few_foreign_bytes_do_not_turn_utf8_into_something_else() {
        let mut bytes = RUSSIAN.as_bytes().to_vec();
        bytes.splice(20..20, [0xe9]);
        assert_eq!(decode(&bytes, None).encoding, "UTF-8");
        let cut = &RUSSIAN.as_bytes()[..RUSSIAN.len() - 2];
        assert_eq!(decode(&cut[..cut.len() - 1], None).encoding, "UTF-8");
    }

    #[test]
    fn one_foreign_byte_is_an_accent() {
        let text = format!("{} D\u{c8}but. {}", "Plain words. ".repeat(200), "More of them. ".repeat(20));
        assert_eq!(decode(&encoded("windows-1252", &text), None).text, text);
    }

    #[test]
    fn zero_bytes_become_spaces_and_binary_files_are_known() {
        let text = format!("{} \0 {}", "word ".repeat(50), "word ".repeat(50));
        assert!(!is_binary(text.as_bytes()));
        assert!(!decode(text.as_bytes(), None).text.contains('\0'));
        assert!(is_binary(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0>\0"));
        let picture: Vec<u8> = (0..2000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        assert!(is_binary(&picture));
    }
}
