//! NewsML-G2: news items alone or in a message; packages and concepts hold no story.

use super::super::body::content_of_text;
use super::super::encoding::decode;
use super::super::read::ReadError;
use super::super::record::{is_address, one_line};
use super::super::sink::{RecordFault, RecordSink};
use super::super::skip::SkipReason;
use super::super::xml::{Element, Xml};
use super::super::{Content, Document};
use super::blocks::blocks_of;
use super::{Context, malformed, nitf};
use crate::article::FieldName;

pub(super) fn parse(bytes: &[u8], context: &Context<'_>, sink: &mut RecordSink<'_>) -> Result<(), ReadError> {
    let text = decode(bytes, None).text;
    let xml = Xml::parse(&text, context.options.limits.xml_depth).map_err(malformed("newsml"))?;
    let root = xml.root().ok_or_else(|| malformed("newsml")("no element".to_owned()))?;
    if xml.name(root) == "newsItem" {
        return match read_item(&xml, root) {
            Ok(document) => {
                let _ = sink.single(document);
                Ok(())
            }
            Err(reason) => Err(reason.into()),
        };
    }
    let items: Vec<Element> =
        xml.descendants(root).filter(|element| xml.name(*element).ends_with("Item")).collect();
    let holders = ["newsItem", "packageItem", "conceptItem", "knowledgeItem", "planningItem"];
    for (number, item) in (1..).zip(items.into_iter().filter(|item| holders.contains(&xml.name(*item)))) {
        let flow = match read_item(&xml, item) {
            Ok(document) => sink.record(number, document),
            Err(reason) => sink.fail(number, RecordFault::Skipped(reason)),
        };
        if flow.is_break() {
            break;
        }
    }
    Ok(())
}

fn read_item(xml: &Xml<'_>, item: Element) -> Result<Document, SkipReason> {
    if xml.name(item) != "newsItem" {
        return Err(SkipReason::NoStory { kind: xml.name(item).to_owned() });
    }
    let mut document = Document::new("newsml", Content::Prose(String::new()));
    read_content(xml, item, &mut document);
    if document.content.is_blank() {
        let class = xml.attribute_at(item, "itemMeta/itemClass", "qcode");
        return Err(match class.as_str() {
            "" | "ninat:text" => SkipReason::Empty,
            _ => SkipReason::NoStory { kind: class },
        });
    }
    read_meta(xml, item, &mut document);
    Ok(document)
}

fn read_meta(xml: &Xml<'_>, item: Element, document: &mut Document) {
    let mut say = |field: FieldName, rule: &str, path: &str| {
        for text in xml.texts_at(item, path) {
            document.witness(field, format!("newsml:{rule}"), &one_line(&text));
        }
    };
    say(FieldName::Headline, "headline", "contentMeta/headline");
    say(FieldName::Headline, "title", "itemMeta/title");
    say(FieldName::Dek, "description", "contentMeta/description");
    say(FieldName::Byline, "by", "contentMeta/by");
    say(FieldName::Byline, "creator", "contentMeta/creator/name");
    say(FieldName::Credit, "creditline", "contentMeta/creditline");
    say(FieldName::Published, "contentCreated", "contentMeta/contentCreated");
    say(FieldName::Published, "firstCreated", "itemMeta/firstCreated");
    say(FieldName::Published, "versionCreated", "itemMeta/versionCreated");
    say(FieldName::Modified, "contentModified", "contentMeta/contentModified");
    say(FieldName::Modified, "versionCreated", "itemMeta/versionCreated");
    say(FieldName::Publisher, "infoSource", "contentMeta/infoSource/name");
    say(FieldName::Publisher, "provider", "itemMeta/provider/name");
    say(FieldName::Topics, "subject", "contentMeta/subject/name");
    for (rule, path) in [("infoSource", "contentMeta/infoSource"), ("provider", "itemMeta/provider")] {
        let literal = xml.attribute_at(item, path, "literal");
        document.witness(FieldName::Publisher, format!("newsml:{rule}"), &literal);
    }
    let tag = xml.attribute_at(item, "contentMeta/language", "tag");
    document.witness(FieldName::Language, "newsml:language", &tag);
    document.witness(
        FieldName::Language,
        "newsml:lang",
        &xml.attribute(item, "xml:lang").unwrap_or_default(),
    );
    let guid = xml.attribute(item, "guid").unwrap_or_default();
    if is_address(&guid) {
        document.witness(FieldName::Url, "newsml:guid", &guid);
    } else if !guid.is_empty() {
        document.extra.insert("guid".to_owned(), guid);
    }
    for name in ["slugline", "dateline"] {
        let text = one_line(&xml.text_at(item, &format!("contentMeta/{name}")));
        if !text.is_empty() {
            document.extra.insert(name.to_owned(), text);
        }
    }
}

/// Takes the richest rendition: marked-up text before plain text.
fn read_content(xml: &Xml<'_>, item: Element, document: &mut Document) {
    for inline in xml.all(item, "contentSet/inlineXML") {
        if let Some(story) = xml.descendants(inline).find(|element| xml.name(*element) == "nitf") {
            nitf::read_story(xml, story, document);
        } else {
            let body = xml.descendants(inline).find(|element| xml.name(*element) == "body");
            document.content = Content::Blocks(blocks_of(xml, body.unwrap_or(inline)));
        }
        if !document.content.is_blank() {
            return;
        }
    }
    for data in xml.all(item, "contentSet/inlineData") {
        document.content = content_of_text(xml.text(data));
        if !document.content.is_blank() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{documents, read_bytes, said};
    use super::*;
    use crate::document::ReadOptions;

    const ITEM: &str = r#"<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:newsml:example.org:1" xml:lang="en">
        <itemMeta><itemClass qcode="ninat:text"/><provider><name>Harbour Wire</name></provider>
        <versionCreated>2024-03-05T11:00:00Z</versionCreated></itemMeta>
        <contentMeta><contentCreated>2024-03-05T10:00:00Z</contentCreated><by>Ada Quill</by><headline>Rain at last</headline>
        <language tag="en-GB"/><subject><name>Weather</name></subject></contentMeta>
        <contentSet><inlineXML><html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body><p>Farmers cheered.</p>
        </body></html></inlineXML></contentSet></newsItem>"#;

    #[test]
    fn an_item_is_a_document() {
        let document = documents("a.xml", ITEM.as_bytes()).remove(0);
        assert_eq!(said(&document, FieldName::Headline), Some("Rain at last"));
        assert_eq!(said(&document, FieldName::Publisher), Some("Harbour Wire"));
        assert_eq!(said(&document, FieldName::Published), Some("2024-03-05T10:00:00Z"));
        let Content::Blocks(blocks) = &document.content else { panic!() };
        assert_eq!(blocks[0].text, "Farmers cheered.");
    }

    #[test]
    fn a_message_holds_several() {
        let message = format!(
            "<newsMessage><itemSet>{ITEM}<packageItem><itemRef/></packageItem>{ITEM}</itemSet></newsMessage>"
        );
        let (results, outcome) = read_bytes("a.xml", message.as_bytes(), &ReadOptions::default());
        outcome.unwrap();
        assert_eq!(results.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true]);
        assert_eq!(results[2].as_ref().unwrap().location.record, Some(3));
    }
}
