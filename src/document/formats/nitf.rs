//! NITF, the news industry's text format, as the New York Times' and agencies' archives have it.

use super::super::encoding::decode;
use super::super::read::ReadError;
use super::super::record::{is_address, one_line};
use super::super::sink::RecordSink;
use super::super::skip::SkipReason;
use super::super::xml::{Element, Xml};
use super::super::{Content, Document};
use super::blocks::blocks_of;
use super::{Context, malformed};
use crate::article::FieldName;

pub(super) fn parse(bytes: &[u8], context: &Context<'_>, sink: &mut RecordSink<'_>) -> Result<(), ReadError> {
    let text = decode(bytes, None).text;
    let xml = Xml::parse(&text, context.options.limits.xml_depth).map_err(malformed("nitf"))?;
    let root = xml.root().ok_or_else(|| malformed("nitf")("no element".to_owned()))?;
    let stories = if xml.name(root) == "nitf" { vec![root] } else { xml.all(root, "nitf") };
    let several = stories.len() > 1;
    for (number, story) in (1..).zip(stories) {
        let mut document = Document::new("nitf", Content::Prose(String::new()));
        read_story(&xml, story, &mut document);
        let blank = document.content.is_blank();
        let flow = match (several, blank) {
            (false, true) => return Err(SkipReason::Empty.into()),
            (false, false) => sink.single(document),
            (true, true) => sink.fail(number, super::super::RecordFault::Skipped(SkipReason::Empty)),
            (true, false) => sink.record(number, document),
        };
        if flow.is_break() {
            break;
        }
    }
    Ok(())
}

/// Reads the `nitf` element `story` into `document`.
pub(super) fn read_story(xml: &Xml<'_>, story: Element, document: &mut Document) {
    read_head(xml, story, document);
    let Some(body) = xml.first(story, "body") else { return };
    let said = |path: &str| one_line(&xml.text_at(body, path));
    document.witness(FieldName::Headline, "nitf:hl1", &said("body.head/hedline/hl1"));
    document.witness(FieldName::Dek, "nitf:hl2", &said("body.head/hedline/hl2"));
    document.witness(FieldName::Dek, "nitf:abstract", &said("body.head/abstract"));
    document.witness(FieldName::Credit, "nitf:distributor", &said("body.head/distributor"));
    read_bylines(xml, body, document);
    let dateline = said("body.head/dateline");
    if !dateline.is_empty() {
        document.extra.insert("dateline".to_owned(), dateline);
    }
    let Some(content) = xml.first(body, "body.content") else { return };
    // Archives repeat the lead as a block of its own beside the whole text.
    let full = xml
        .all(content, "block")
        .into_iter()
        .find(|block| xml.attribute(*block, "class").is_some_and(|class| class == "full_text"));
    document.content = Content::Blocks(blocks_of(xml, full.unwrap_or(content)));
}

fn read_head(xml: &Xml<'_>, story: Element, document: &mut Document) {
    let Some(head) = xml.first(story, "head") else { return };
    document.witness(FieldName::Headline, "nitf:title", &one_line(&xml.text_at(head, "title")));
    document.witness(
        FieldName::Published,
        "nitf:date.issue",
        &xml.attribute_at(head, "docdata/date.issue", "norm"),
    );
    let release = xml.attribute_at(head, "docdata/date.release", "norm");
    document.witness(FieldName::Published, "nitf:date.release", &release);
    let publication = xml.attribute_at(head, "pubdata", "date.publication");
    document.witness(FieldName::Published, "nitf:date.publication", &publication);
    document.witness(FieldName::Publisher, "nitf:pubdata", &xml.attribute_at(head, "pubdata", "name"));
    let holder = xml.attribute_at(head, "docdata/doc.copyright", "holder");
    document.witness(FieldName::Publisher, "nitf:copyright", &holder);
    let address = xml.attribute_at(head, "pubdata", "ex-ref");
    if is_address(&address) {
        document.witness(FieldName::Url, "nitf:ex-ref", &address);
    }
    let id = xml.attribute_at(head, "docdata/doc-id", "id-string");
    if !id.is_empty() {
        document.extra.insert("doc-id".to_owned(), id);
    }
    let language = xml.attribute(story, "xml:lang").unwrap_or_default();
    document.witness(FieldName::Language, "nitf:lang", &language);
    document.witness(
        FieldName::Topics,
        "nitf:section",
        &xml.attribute_at(head, "pubdata", "position.section"),
    );
    for meta in xml.all(head, "meta") {
        if xml.attribute(meta, "name").is_some_and(|name| name == "online_sections") {
            let sections = xml.attribute(meta, "content").unwrap_or_default();
            for section in sections.split(';') {
                document.witness(FieldName::Topics, "nitf:online_sections", section);
            }
        }
    }
    for classifier in xml.texts_at(head, "docdata/identified-content/classifier") {
        document.witness(FieldName::Topics, "nitf:classifier", &classifier);
    }
}

/// Bylines name persons, or are a line as printed; an archive's normalised copy is left aside.
fn read_bylines(xml: &Xml<'_>, body: Element, document: &mut Document) {
    let bylines = xml.all(body, "body.head/byline");
    let normalised =
        |byline: &Element| xml.attribute(*byline, "class").is_some_and(|class| class.contains("normal"));
    let printed = bylines.iter().any(|byline| !normalised(byline));
    for byline in bylines.iter().filter(|byline| !(printed && normalised(byline))) {
        let persons = xml.texts_at(*byline, "person");
        if persons.is_empty() {
            document.witness(FieldName::Byline, "nitf:byline", &one_line(&xml.text(*byline)));
        }
        for person in persons {
            document.witness(FieldName::Byline, "nitf:person", &one_line(&person));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{documents, said};
    use super::*;
    use crate::document::BlockKind;

    #[test]
    fn a_story_is_read_with_its_head() {
        let story = r#"<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE nitf SYSTEM "nitf.dtd"><nitf><head>
            <title>Rain short</title><meta name="online_sections" content="Weather; Farms"/>
            <docdata><doc-id id-string="42"/><date.issue norm="20240305"/><doc.copyright holder="Harbour Post"/></docdata>
            <pubdata name="The Harbour Post" date.publication="20240305T000000" ex-ref="https://example.org/rain"/></head>
            <body><body.head><hedline><hl1>Rain at
            last</hl1></hedline><byline class="print_byline">By ADA QUILL</byline>
            <byline class="normalized_byline">Quill, Ada</byline></body.head>
            <body.content><block class="lead_paragraph"><p>Farmers cheered.</p></block>
            <block class="full_text"><p>Farmers cheered.</p><hl2>Why</hl2><p>It rained.</p></block></body.content></body></nitf>"#;
        let document = documents("a.xml", story.as_bytes()).remove(0);
        assert_eq!((document.format, document.location.record), ("nitf", None));
        let headlines = document.witnesses.iter().filter(|witness| witness.field == FieldName::Headline);
        assert_eq!(
            headlines.map(|witness| witness.raw.as_str()).collect::<Vec<_>>(),
            ["Rain short", "Rain at last"]
        );
        assert_eq!(said(&document, FieldName::Byline), Some("By ADA QUILL"));
        assert_eq!(said(&document, FieldName::Published), Some("20240305"));
        assert_eq!(said(&document, FieldName::Publisher), Some("The Harbour Post"));
        let Content::Blocks(blocks) = &document.content else { panic!() };
        assert_eq!(blocks.len(), 3);
        assert_eq!(blocks[1].kind, BlockKind::Heading(2));
    }
}
