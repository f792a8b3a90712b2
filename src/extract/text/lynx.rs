//! Numbered references, as text browsers print them: `[7]` before a link's text, and a list of
//! addresses at the end.
//!
//! A text counts as such when a line "References" is followed by nothing but numbered addresses.

use std::collections::BTreeMap;

use super::lines::Line;
use crate::{
    article::{Link, Span},
    extract::rules::has_line_key,
};

/// Digits of a reference; longer numbers in brackets are something else.
const MAX_DIGITS: usize = 5;

/// The list of references at the end of a text.
#[derive(Debug, Default, PartialEq)]
pub struct References {
    /// First line of the list; the number of lines when there is none.
    pub start: usize,
    addresses: BTreeMap<u32, String>,
}

impl References {
    /// The references of `lines`.
    pub fn of(lines: &[Line]) -> Self {
        let none = Self { start: lines.len(), addresses: BTreeMap::new() };
        let Some(start) = lines.iter().rposition(|line| has_line_key(&line.text, "references")) else {
            return none;
        };
        let mut addresses = BTreeMap::new();
        for line in &lines[start + 1..] {
            match numbered(&line.text) {
                Some((number, address)) => drop(addresses.insert(number, address.to_owned())),
                None if ["visible links", "hidden links"].iter().any(|key| has_line_key(&line.text, key)) => {
                }
                None => return none,
            }
        }
        if addresses.is_empty() { none } else { Self { start, addresses } }
    }

    /// Takes the references out of `line`; gives the links that they stood for, each over the word
    /// that follows (where a link's text ends is not printed).
    pub fn take_from(&self, line: &mut Line) -> Vec<Link> {
        if self.addresses.is_empty() || !line.text.contains('[') {
            return Vec::new();
        }
        let markers = self.markers_of(&line.text);
        let mut links = Vec::new();
        let mut removed = 0;
        for (span, address) in &markers {
            let word = line.text[span.end..].split([' ', '[']).next().map_or(0, str::len);
            if word > 0 && address.contains("://") {
                let start = span.start - removed;
                links.push(Link { span: Span::new(start, start + word), url: address.clone() });
            }
            removed += span.len();
        }
        line.cut(&markers.iter().map(|(span, _)| *span).collect::<Vec<_>>());
        links
    }

    /// The references in `text`, with their addresses.
    fn markers_of(&self, text: &str) -> Vec<(Span, String)> {
        let open = text.match_indices('[').map(|(at, _)| at);
        open.filter_map(|start| {
            let digits = text[start + 1..].bytes().take_while(u8::is_ascii_digit).count();
            let end = start + 1 + digits;
            if digits == 0 || digits > MAX_DIGITS || !text[end..].starts_with(']') {
                return None;
            }
            let address = self.addresses.get(&text[start + 1..end].parse().ok()?)?;
            Some((Span::new(start, end + 1), address.clone()))
        })
        .collect()
    }
}

/// `12. https://…`
fn numbered(text: &str) -> Option<(u32, &str)> {
    let (number, address) = text.split_once(". ")?;
    let known =
        address.contains("://") || address.starts_with("mailto:") || address.starts_with("javascript:");
    Some((number.parse().ok()?, address.trim())).filter(|_| known)
}

#[cfg(test)]
mod tests {
    use super::{super::lines::lines_of, *};

    #[test]
    fn references_are_taken_out_and_give_links() {
        let file = "The [2]harbour reopened, the paper [12]said [3].\n\nReferences\n\n   Visible links\n   2. https://bote.example/h\n  12. https://wire.example/s\n";
        let mut lines = lines_of(file);
        let references = References::of(&lines);
        assert_eq!(references.start, 1);
        let links = references.take_from(&mut lines[0]);
        assert_eq!(lines[0].text, "The harbour reopened, the paper said [3].");
        let anchors: Vec<(&str, &str)> =
            links.iter().map(|link| (link.span.of(&lines[0].text), link.url.as_str())).collect();
        assert_eq!(anchors, [("harbour", "https://bote.example/h"), ("said", "https://wire.example/s")]);
        for piece in &lines[0].source {
            let copied = &lines[0].text[piece.text_start..piece.text_start + piece.len];
            assert_eq!(copied, &file[piece.file_start..piece.file_start + piece.len]);
        }
    }

    #[test]
    fn a_bibliography_is_no_reference_list() {
        let lines = lines_of("Text [1].\nReferences\n1. https://a.example/\nDoe, J. On harbours.");
        assert_eq!(References::of(&lines).start, 4);
    }
}
