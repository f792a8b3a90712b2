//! Which format a file is in, by its first bytes and its name; parses nothing.

use memchr::memmem;

use super::encoding::{decode, is_binary};
use super::formats::{epub, factiva, html, lexis, pocket};
use super::read::HEAD_BYTES;
use super::skip::SkipReason;

/// Bytes of a text that its format is told from.
const LOOK_BYTES: usize = 16 << 10;

macro_rules! formats {
    ($($variant:ident $name:literal $doc:literal,)*) => {
        /// The formats that are read.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Format {
            $(#[doc = $doc] $variant,)*
        }

        impl Format {
            /// Every format, in a fixed order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name that documents and reports carry.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

formats! {
    Text "text" "Plain text.",
    Html "html" "An HTML page.",
    Markdown "markdown" "Markdown, with front matter or without.",
    Json "json" "JSON: an object, an array of objects, or an object that holds the array.",
    JsonLines "jsonl" "A JSON object on every line.",
    Csv "csv" "Comma-separated values (or semicolons, tabs, bars) under a header.",
    Tsv "tsv" "Tab-separated values under a header.",
    Feed "feed" "RSS or Atom.",
    Nitf "nitf" "NITF, the news industry's text format.",
    NewsMl "newsml" "NewsML-G2.",
    Warc "warc" "WARC, the format of web crawls.",
    Mail "mail" "A single message (EML).",
    Mbox "mbox" "A mailbox.",
    Mhtml "mhtml" "A page that a browser saved with its parts.",
    Zip "zip" "A zip archive, read in place.",
    Tar "tar" "A tar archive, read in place.",
    Factiva "factiva" "Factiva's text export.",
    Lexis "lexis" "LexisNexis' text exports.",
    Pocket "pocket" "Pocket's list of saved addresses.",
    Epub "epub" "An EPUB.",
    Docx "docx" "A Word file.",
    Pdf "pdf" "A PDF file.",
    Xml "xml" "XML records whose elements the field map knows.",
}

impl Format {
    /// The format that goes by `name` (`html`, `jsonl`).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|format| format.name() == name)
    }

    /// The format that files with this extension, in lower case, are in.
    fn of_extension(extension: &str) -> Option<Self> {
        Some(match extension {
            "txt" | "text" | "asc" | "article" => Self::Text,
            "html" | "htm" | "xhtml" | "shtml" => Self::Html,
            "md" | "markdown" | "mdown" | "mkd" | "mdx" => Self::Markdown,
            "json" => Self::Json,
            "jsonl" | "ndjson" | "jl" | "jsonlines" => Self::JsonLines,
            "csv" => Self::Csv,
            "tsv" | "tab" => Self::Tsv,
            "rss" | "atom" | "rdf" => Self::Feed,
            "nitf" => Self::Nitf,
            "xml" => Self::Xml,
            "eml" => Self::Mail,
            "mbox" | "mbx" => Self::Mbox,
            "mht" | "mhtml" => Self::Mhtml,
            _ => return None,
        })
    }
}

/// The format of a file called `name` that begins with `head`.
///
/// Magic numbers come before the extension, the extension before the look of the text. Text without
/// an extension is plain text; text with an extension that says something else (`.py`, `.css`) is
/// not read.
///
/// # Errors
/// With the reason why the file is passed over.
pub fn detect(name: &str, head: &[u8]) -> Result<Format, SkipReason> {
    let whole = (head.len() as u64) < HEAD_BYTES;
    if whole && head.iter().all(|byte| byte.is_ascii_whitespace())
        || matches!(head, [0xef, 0xbb, 0xbf] | [0xff, 0xfe])
    {
        return Err(SkipReason::Empty);
    }
    let extension = extension_of(name);
    if let Some(found) = by_magic(head, &extension) {
        return found;
    }
    if is_binary(head) {
        return Err(SkipReason::Binary);
    }
    let start = &head[..head.len().min(LOOK_BYTES)];
    let text = decode(start, None).text;
    let text = text.trim_start();
    match Format::of_extension(&extension) {
        Some(Format::Json) if is_json_lines(head) => Ok(Format::JsonLines),
        Some(Format::Text) if html::looks_like_page(text.as_bytes()) => Ok(Format::Html),
        Some(Format::Text) => Ok(text_format(text)),
        Some(Format::Html) if pocket::looks_like(text) => Ok(Format::Pocket),
        Some(Format::Xml) => Ok(xml_format(text).unwrap_or(Format::Xml)),
        Some(format) => Ok(format),
        None => by_look(text, head, &extension),
    }
}

/// The format that the first bytes give away.
fn by_magic(head: &[u8], extension: &str) -> Option<Result<Format, SkipReason>> {
    const TAR_MAGIC_AT: usize = 257;
    const PDF_MAGIC_WITHIN: usize = 1024;
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Some(zip_format(head, extension));
    }
    let start = &head[..head.len().min(PDF_MAGIC_WITHIN)];
    let format = if head.starts_with(b"WARC/") {
        Format::Warc
    } else if memmem::find(start, b"%PDF-").is_some() && (extension == "pdf" || head.starts_with(b"%PDF-")) {
        Format::Pdf
    } else if head.get(TAR_MAGIC_AT..).is_some_and(|rest| rest.starts_with(b"ustar")) {
        Format::Tar
    } else {
        return None;
    };
    Some(Ok(format))
}

/// What a zip file is the shell of.
fn zip_format(head: &[u8], extension: &str) -> Result<Format, SkipReason> {
    const FIRST_NAME_AT: usize = 30;
    let other = ["xlsx", "pptx", "odt", "ods", "odp", "jar", "apk", "whl", "pages", "numbers", "key"];
    let first_name = head.get(FIRST_NAME_AT..).unwrap_or(&[]);
    match extension {
        "epub" => Ok(Format::Epub),
        "docx" | "docm" => Ok(Format::Docx),
        _ if first_name.starts_with(epub::FORMAT_MARK) => Ok(Format::Epub),
        _ if other.contains(&extension) => Err(SkipReason::UnknownFormat { extension: extension.to_owned() }),
        _ => Ok(Format::Zip),
    }
}

/// Plain text that is the export of a database.
fn text_format(text: &str) -> Format {
    if factiva::looks_like(text) {
        Format::Factiva
    } else if lexis::looks_like(text) {
        Format::Lexis
    } else {
        Format::Text
    }
}

/// Whether `text` begins with the header lines of a message.
fn mail_format(text: &str) -> Option<Format> {
    if text.starts_with("From ") && text.lines().take(40).skip(1).any(|line| line.starts_with("From:")) {
        return Some(Format::Mbox);
    }
    let mut names = Vec::new();
    for line in text.lines().take(100).take_while(|line| !line.is_empty()) {
        if line.starts_with([' ', '\t']) {
            continue;
        }
        names.push(line.split_once(':')?.0.to_ascii_lowercase());
    }
    let has = |name: &str| names.iter().any(|known| known == name);
    let message = has("from") && (has("mime-version") || has("message-id") || has("received"));
    message.then_some(if has("snapshot-content-location") { Format::Mhtml } else { Format::Mail })
}

fn by_look(text: &str, head: &[u8], extension: &str) -> Result<Format, SkipReason> {
    if html::looks_like_page(text.as_bytes()) {
        return Ok(Format::Html);
    }
    if text.starts_with("<?xml") {
        return Ok(xml_format(text).unwrap_or(Format::Xml));
    }
    if let Some(format) = mail_format(text) {
        return Ok(format);
    }
    let unnamed = extension.is_empty() || extension.bytes().all(|byte| byte.is_ascii_digit());
    if unnamed && (text.starts_with("{\"") || text.starts_with("[{")) {
        return Ok(if is_json_lines(head) { Format::JsonLines } else { Format::Json });
    }
    if unnamed {
        return Ok(text_format(text));
    }
    Err(SkipReason::UnknownFormat { extension: extension.to_owned() })
}

/// The format of XML, by the name of its outermost element.
fn xml_format(text: &str) -> Option<Format> {
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    loop {
        let end = if rest.starts_with("<?") {
            "?>"
        } else if rest.starts_with("<!--") {
            "-->"
        } else if rest.starts_with("<!") {
            // A document type may hold declarations in brackets.
            match (rest.find('['), rest.find('>')) {
                (Some(bracket), Some(end)) if bracket < end => "]>",
                _ => ">",
            }
        } else {
            break;
        };
        rest = rest.split_once(end)?.1.trim_start();
    }
    let name: String =
        rest.strip_prefix('<')?.chars().take_while(|c| !c.is_whitespace() && !"/>".contains(*c)).collect();
    Some(match name.rsplit(':').next().unwrap_or(&name) {
        "rss" | "feed" | "RDF" | "entry" => Format::Feed,
        "nitf" => Format::Nitf,
        "newsItem" | "newsMessage" | "packageItem" => Format::NewsMl,
        "html" => Format::Html,
        _ => return None,
    })
}

/// Whether the first line is a JSON object of its own and another one follows.
fn is_json_lines(head: &[u8]) -> bool {
    let mut lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    let (Some(first), Some(second)) = (lines.next(), lines.next()) else { return false };
    let first = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(first);
    first.starts_with(b"{")
        && second.starts_with(b"{")
        && serde_json::from_slice::<serde::de::IgnoredAny>(first).is_ok()
}

/// The extension of a file's name, in lower case; empty where there is none.
pub(super) fn extension_of(name: &str) -> String {
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() && extension.len() <= 12 && !extension.contains(' ') => {
            extension.to_ascii_lowercase()
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_looks_decide() {
        let cases: [(&str, &[u8], Format); 10] = [
            ("a.txt", b"Rain fell.", Format::Text),
            ("a", b"Rain fell.", Format::Text),
            ("story.0042", b"Rain fell.", Format::Text),
            ("a.HTML", b"<p>Rain fell.", Format::Html),
            ("a.txt", b"<HTML><p>Rain fell.", Format::Html),
            ("index.php", b"\n<!DOCTYPE html><p>Rain fell.", Format::Html),
            ("a.json", b"{\"title\": \"Rain\"}", Format::Json),
            ("a.json", b"{\"title\": \"Rain\"}\n{\"title\": \"Sun\"}\n", Format::JsonLines),
            ("dump", b"{\"title\": \"Rain\"}\n{\"title\": \"Sun\"}\n", Format::JsonLines),
            ("a.tsv", b"title\ttext\n", Format::Tsv),
        ];
        for (name, head, format) in cases {
            assert_eq!(detect(name, head), Ok(format), "{name}");
        }
    }

    #[test]
    fn what_is_no_news_is_named() {
        assert_eq!(detect("a.txt", b" \n\t"), Err(SkipReason::Empty));
        assert_eq!(detect("a.txt", b"\xef\xbb\xbf"), Err(SkipReason::Empty));
        assert_eq!(detect("a.txt", &[0, 1, 2, 3, 0, 0, 0, 9, 0, 0, 7, 0]), Err(SkipReason::Binary));
        assert_eq!(detect("a.py", b"import os"), Err(SkipReason::UnknownFormat { extension: "py".into() }));
    }

    #[test]
    fn every_format_has_a_name_of_its_own() {
        for format in Format::ALL {
            assert_eq!(Format::from_name(format.name()), Some(*format));
        }
    }
}
