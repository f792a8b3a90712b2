//! Pocket's export, a list of saved addresses: records with a title and no text.

use super::super::day::day_of;
use super::super::encoding::decode;
use super::super::read::ReadError;
use super::super::record::is_address;
use super::super::sink::RecordSink;
use super::super::xml::unescaped;
use super::super::{Content, Document};
use super::feed::plain;
use crate::article::FieldName;

/// Whether `text` begins as the export does.
pub(in crate::document) fn looks_like(text: &str) -> bool {
    text[..text.floor_char_boundary(1024)].contains("<title>Pocket Export</title>")
}

pub(super) fn parse(bytes: &[u8], sink: &mut RecordSink<'_>) -> Result<(), ReadError> {
    let text = decode(bytes, None).text;
    let mut number = 0;
    for link in text.split("<a ").skip(1) {
        let Some((tag, rest)) = link.split_once('>') else { continue };
        let address = attribute(tag, "href");
        if !is_address(&address) {
            continue;
        }
        number += 1;
        let mut document = Document::new("pocket", Content::Prose(String::new()));
        let title = plain(rest.split("</a").next().unwrap_or(""));
        if !is_address(&title) {
            document.witness(FieldName::Headline, "pocket:title", &title);
        }
        document.witness(FieldName::Url, "pocket:href", &address);
        for tag in attribute(tag, "tags").split(',') {
            document.witness(FieldName::Topics, "pocket:tags", tag);
        }
        document.captured = day_of(&attribute(tag, "time_added"));
        if sink.record(number, document).is_break() {
            break;
        }
    }
    Ok(())
}

fn attribute(tag: &str, name: &str) -> String {
    let value = tag.split_once(&format!("{name}=\"")).and_then(|(_, rest)| rest.split_once('"'));
    value.map(|(value, _)| unescaped(value)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{documents, said};
    use super::*;

    #[test]
    fn saved_addresses_are_records() {
        let export = "<!DOCTYPE html>\n<html><head><title>Pocket Export</title></head><body><h1>Unread</h1><ul>\n\
            <li><a href=\"https://example.org/rain?a=1&amp;b=2\" time_added=\"1709634600\" tags=\"weather,farms\">Rain &amp; wind</a></li>\n\
            <li><a href=\"https://example.org/x\" time_added=\"1709634600\" tags=\"\">https://example.org/x</a></li></ul></body></html>";
        let both = documents("ril_export.html", export.as_bytes());
        assert_eq!(said(&both[0], FieldName::Headline), Some("Rain & wind"));
        assert_eq!(said(&both[0], FieldName::Url), Some("https://example.org/rain?a=1&b=2"));
        assert_eq!(both[0].captured.as_deref(), Some("2024-03-05"));
        assert_eq!(both[1].location.to_string(), "ril_export.html#2");
        assert_eq!(said(&both[1], FieldName::Headline), None);
    }
}
