//! XML of no news format: records whose elements the field map knows, as exports of databases and
//! read-later services write them.

use serde_json::Value;

use super::super::body;
use super::super::encoding::decode;
use super::super::read::ReadError;
use super::super::record::{self, Fields};
use super::super::sink::{RecordFault, RecordSink};
use super::super::xml::{Element, Xml};
use super::{Context, malformed};

/// Levels below the root at which records are looked for (`<export><entries><entry>`).
const MAX_RECORD_DEPTH: usize = 3;

pub(super) fn parse(bytes: &[u8], context: &Context<'_>, sink: &mut RecordSink<'_>) -> Result<(), ReadError> {
    let text = decode(bytes, None).text;
    let xml = Xml::parse(&text, context.options.limits.xml_depth).map_err(malformed("xml"))?;
    let root = xml.root().ok_or_else(|| malformed("xml")("no element".to_owned()))?;
    let map = &context.options.fields;
    let mut level = vec![root];
    for depth in 0..=MAX_RECORD_DEPTH {
        let records: Vec<Fields> = level.iter().map(|element| fields_of(&xml, *element)).collect();
        if records.iter().any(|fields| record::is_article(fields, map)) {
            let alone = depth == 0;
            for (number, fields) in (1..).zip(&records) {
                let flow = match record::document_of(fields, map, "xml", "xml") {
                    Ok(document) if alone => sink.single(document),
                    Ok(document) => sink.record(number, document),
                    Err(fault) => sink.fail(number, fault),
                };
                if flow.is_break() {
                    break;
                }
            }
            return Ok(());
        }
        level = level.iter().flat_map(|element| xml.children(*element).collect::<Vec<_>>()).collect();
    }
    let names: Vec<&str> = xml.children(root).take(8).map(|child| xml.name(child)).collect();
    let fault = RecordFault::NoArticle { fields: names.join(", ") };
    Err(malformed("xml")(fault.to_string()))
}

/// The elements right below `element` and its attributes, by name; repeated ones are lists.
fn fields_of(xml: &Xml<'_>, element: Element) -> Fields {
    let mut fields = Fields::new();
    for child in xml.children(element) {
        let nested = xml.children(child).map(|inner| Value::String(xml.text(inner)));
        let value = match xml.has_elements(child) {
            // Markup written as elements is a text; anything else is a list.
            true if body::is_markup(xml.inner(child)) => Value::String(xml.inner(child).to_owned()),
            true => Value::Array(nested.collect()),
            false => Value::String(xml.text(child)),
        };
        match fields.get_mut(xml.name(child)) {
            Some(Value::Array(items)) => items.push(value),
            Some(other) => *other = Value::Array(vec![other.take(), value]),
            None => {
                fields.insert(xml.name(child).to_owned(), value);
            }
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::super::testing::{documents, read_bytes, said};
    use crate::article::FieldName;
    use crate::document::{Content, ReadOptions};

    #[test]
    fn records_are_found_by_the_field_map() {
        let export = "<wallabag><entry><title>Rain</title><url>https://example.org/rain</url>\
            <content><![CDATA[<p>Farmers cheered.</p>]]></content><published_by><i>Ada Quill</i></published_by>\
            <tags><item>weather</item><item>farms</item></tags></entry>\
            <entry><title>Sun</title><content>Plain.</content></entry></wallabag>";
        let both = documents("a.xml", export.as_bytes());
        assert_eq!(said(&both[0], FieldName::Headline), Some("Rain"));
        assert_eq!(both[0].content, Content::Fragment("<p>Farmers cheered.</p>".into()));
        let topics = both[0].witnesses.iter().filter(|witness| witness.field == FieldName::Topics);
        assert_eq!(topics.count(), 2);
        assert_eq!(both[1].location.to_string(), "a.xml#2");
        let (_, outcome) = read_bytes("a.xml", b"<config><port>80</port></config>", &ReadOptions::default());
        assert!(outcome.unwrap_err().to_string().ends_with("(fields: port)"));
    }
}
