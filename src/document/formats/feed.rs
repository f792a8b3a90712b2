//! RSS 0.9 to 2.0, RSS 1.0 and Atom files: a record is an item, numbered in the feed's order.

use super::super::body::{content_of_text, is_markup};
use super::super::encoding::decode;
use super::super::read::ReadError;
use super::super::record::{is_address, one_line};
use super::super::sink::{RecordFault, RecordSink};
use super::super::xml::{Element, Xml, unescaped};
use super::super::{Content, Document};
use super::{Context, malformed};
use crate::article::FieldName;

pub(super) fn parse(bytes: &[u8], context: &Context<'_>, sink: &mut RecordSink<'_>) -> Result<(), ReadError> {
    let text = decode(bytes, None).text;
    let xml = Xml::parse(&text, context.options.limits.xml_depth).map_err(malformed("feed"))?;
    let root = xml.root().ok_or_else(|| malformed("feed")("no element".to_owned()))?;
    let (channel, items): (Element, Vec<Element>) = match xml.name(root) {
        "feed" => (root, xml.all(root, "entry")),
        "entry" => (root, vec![root]),
        _ => {
            let channel = xml.first(root, "channel").unwrap_or(root);
            let mut items = xml.all(channel, "item");
            if channel != root {
                items.extend(xml.all(root, "item"));
            }
            (channel, items)
        }
    };
    for (number, item) in (1..).zip(items) {
        let document = match xml.name(item) {
            "entry" => atom_entry(&xml, item),
            _ => rss_item(&xml, item),
        };
        let flow = match document {
            Ok(mut document) => {
                about_channel(&xml, channel, &mut document);
                sink.record(number, document)
            }
            Err(fault) => sink.fail(number, fault),
        };
        if flow.is_break() {
            break;
        }
    }
    Ok(())
}

/// What the feed says of all its items.
fn about_channel(xml: &Xml<'_>, channel: Element, document: &mut Document) {
    let (title, language) = match xml.name(channel) {
        "feed" => ("atom:feed-title", xml.attribute(channel, "xml:lang").unwrap_or_default()),
        "entry" => return,
        _ => ("rss:channel-title", xml.text_at(channel, "language")),
    };
    document.witness(FieldName::Publisher, title, &plain(&xml.text_at(channel, "title")));
    document.witness(FieldName::Language, "feed:language", &language);
}

fn rss_item(xml: &Xml<'_>, item: Element) -> Result<Document, RecordFault> {
    let description = xml.text_at(item, "description");
    let full = xml.first(item, "content:encoded").map(|found| xml.text(found)).unwrap_or_default();
    let mut document = Document::new("feed", Content::Prose(String::new()));
    document.witness(FieldName::Headline, "rss:title", &plain(&xml.text_at(item, "title")));
    if full.is_empty() {
        document.content = content_of_text(description);
    } else {
        document.witness(FieldName::Dek, "rss:description", &plain(&description));
        document.content = content_of_text(full);
    }
    for name in xml.texts_at(item, "dc:creator") {
        document.witness(FieldName::Byline, "rss:dc-creator", &name);
    }
    for child in xml.children(item).filter(|child| xml.full_name(*child) == "author") {
        // An address with the name in brackets, by the specification.
        let text = xml.text(child);
        let name = text.split_once('(').map_or(text.as_str(), |(_, rest)| rest.trim_end_matches(')'));
        if !name.contains('@') {
            document.witness(FieldName::Byline, "rss:author", name);
        }
    }
    document.witness(FieldName::Published, "rss:pub-date", &xml.text_at(item, "pubDate"));
    document.witness(FieldName::Published, "rss:dc-date", &xml.text_at(item, "dc:date"));
    document.witness(FieldName::Publisher, "rss:source", &xml.text_at(item, "source"));
    let links = xml.children(item).filter(|child| xml.full_name(*child) == "link");
    for link in links.map(|link| xml.text(link)) {
        document.witness(FieldName::Url, "rss:link", &link);
    }
    let guid = xml.text_at(item, "guid");
    if is_address(&guid) && xml.attribute_at(item, "guid", "isPermaLink") != "false" {
        document.witness(FieldName::Url, "rss:guid", &guid);
    } else if !guid.is_empty() {
        document.extra.insert("guid".to_owned(), guid);
    }
    for topic in xml.texts_at(item, "category") {
        document.witness(FieldName::Topics, "rss:category", &topic);
    }
    checked(document)
}

fn atom_entry(xml: &Xml<'_>, entry: Element) -> Result<Document, RecordFault> {
    let mut document = Document::new("feed", Content::Prose(String::new()));
    document.witness(FieldName::Headline, "atom:title", &plain(&xml.text_at(entry, "title")));
    let (content, summary) = (xml.first(entry, "content"), xml.first(entry, "summary"));
    if let (Some(_), Some(summary)) = (content, summary) {
        document.witness(FieldName::Dek, "atom:summary", &plain(&xml.text(summary)));
    }
    if let Some(body) = content.filter(|found| !xml.inner(*found).trim().is_empty()).or(summary) {
        document.content = match xml.attribute(body, "type").as_deref() {
            Some("xhtml" | "application/xhtml+xml") => Content::Fragment(xml.inner(body).to_owned()),
            Some("html" | "text/html") => Content::Fragment(xml.text(body)),
            _ => content_of_text(xml.text(body)),
        };
    }
    for name in xml.texts_at(entry, "author/name") {
        document.witness(FieldName::Byline, "atom:author", &name);
    }
    document.witness(FieldName::Published, "atom:published", &xml.text_at(entry, "published"));
    let updated = xml.text_at(entry, "updated");
    if document.witnesses.iter().any(|witness| witness.field == FieldName::Published) {
        document.witness(FieldName::Modified, "atom:updated", &updated);
    } else {
        document.witness(FieldName::Published, "atom:updated", &updated);
    }
    document.witness(FieldName::Publisher, "atom:source", &xml.text_at(entry, "source/title"));
    for link in xml.all(entry, "link") {
        if matches!(xml.attribute(link, "rel").as_deref(), None | Some("alternate")) {
            document.witness(FieldName::Url, "atom:link", &xml.attribute(link, "href").unwrap_or_default());
        }
    }
    let id = xml.text_at(entry, "id");
    if !id.is_empty() {
        document.extra.insert("id".to_owned(), id);
    }
    for category in xml.all(entry, "category") {
        let term = xml.attribute(category, "label").or_else(|| xml.attribute(category, "term"));
        document.witness(FieldName::Topics, "atom:category", &term.unwrap_or_default());
    }
    document.witness(FieldName::Language, "atom:lang", &xml.attribute(entry, "xml:lang").unwrap_or_default());
    checked(document)
}

fn checked(document: Document) -> Result<Document, RecordFault> {
    let headline = document.witnesses.iter().any(|witness| witness.field == FieldName::Headline);
    if document.content.is_blank() && !headline {
        return Err(RecordFault::NoArticle { fields: "no title, no description".to_owned() });
    }
    Ok(document)
}

/// `text` on one line, without the markup and the second layer of references that feeds put in.
pub(super) fn plain(text: &str) -> String {
    if !is_markup(text) {
        return one_line(&unescaped(text));
    }
    let mut bare = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        bare.push_str(before);
        bare.push(' ');
        rest = after.split_once('>').map_or("", |(_, after)| after);
    }
    bare.push_str(rest);
    one_line(&unescaped(&bare))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{documents, said};
    use super::*;

    const RSS: &str = r#"<?xml version="1.0"?><rss version="2.0" xmlns:content="c" xmlns:dc="d" xmlns:atom="a"><channel>
        <title>Harbour Post</title><language>en-gb</language><atom:link href="https://example.org/feed"/>
        <item><title>Rain &amp;amp; wind</title><link>https://example.org/rain</link>
        <description>&lt;p&gt;In &lt;b&gt;short&lt;/b&gt;.&lt;/p&gt;</description>
        <content:encoded><![CDATA[<p>Farmers cheered.</p>]]></content:encoded>
        <dc:creator>Ada Quill</dc:creator><pubDate>Tue, 05 Mar 2024 10:30:00 +0000</pubDate>
        <category>Weather</category><guid isPermaLink="false">77</guid></item>
        <item><title>Sun</title><description>Plain text.</description><author>b@example.org (Ben Moor)</author></item>
        <item><link>x</link></item></channel></rss>"#;

    #[test]
    fn rss_items_are_records() {
        let mut all = Vec::new();
        let options = crate::document::ReadOptions::default();
        let (results, outcome) = super::super::testing::read_bytes("feed.xml", RSS.as_bytes(), &options);
        outcome.unwrap();
        all.extend(results);
        assert_eq!(all.len(), 3);
        assert!(all[2].is_err());
        let first = all[0].as_ref().unwrap();
        assert_eq!(first.location.to_string(), "feed.xml#1");
        assert_eq!(said(first, FieldName::Headline), Some("Rain & wind"));
        assert_eq!(said(first, FieldName::Dek), Some("In short ."));
        assert_eq!(said(first, FieldName::Publisher), Some("Harbour Post"));
        assert_eq!(said(first, FieldName::Url), Some("https://example.org/rain"));
        assert_eq!(first.content, Content::Fragment("<p>Farmers cheered.</p>".into()));
        let second = all[1].as_ref().unwrap();
        assert_eq!(second.content, Content::Prose("Plain text.".into()));
        assert_eq!(said(second, FieldName::Byline), Some("Ben Moor"));
    }

    #[test]
    fn atom_entries_are_records() {
        let atom = r#"<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>Hafenpost</title>
            <entry><title type="html">Regen &lt;b&gt;endlich&lt;/b&gt;</title><id>urn:1</id>
            <link rel="self" href="https://example.org/self"/><link href="https://example.org/regen"/>
            <updated>2024-03-05T10:00:00Z</updated><author><name>Ada Quill</name></author>
            <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Bauern jubeln.</p></div></content></entry></feed>"#;
        let document = documents("a.atom", atom.as_bytes()).remove(0);
        assert_eq!(said(&document, FieldName::Headline), Some("Regen endlich"));
        assert_eq!(said(&document, FieldName::Url), Some("https://example.org/regen"));
        assert_eq!(said(&document, FieldName::Published), Some("2024-03-05T10:00:00Z"));
        assert_eq!(said(&document, FieldName::Language), Some("de"));
        let Content::Fragment(html) = &document.content else { panic!() };
        assert!(html.contains("<p>Bauern jubeln.</p>"));
    }
}
