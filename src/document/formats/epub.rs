//! EPUB: magazines, and exports of read-later services. A record is a part of the book's reading
//! order; its headline is what the table of contents calls it.

use std::collections::BTreeMap;

use super::super::Document;
use super::super::read::ReadError;
use super::super::record::{cut, one_line};
use super::super::sink::{RecordFault, RecordSink};
use super::super::skip::SkipReason;
use super::super::xml::Xml;
use super::packages::{Package, resolve};
use super::{Context, html, malformed};
use crate::article::FieldName;

const CONTAINER: &str = "META-INF/container.xml";

/// Letters below which a part is a cover, a title page or a divider.
const MIN_LETTERS: usize = 80;

/// What the book says of itself, and its parts in reading order.
#[derive(Default)]
struct Book {
    title: String,
    creators: Vec<String>,
    publisher: String,
    date: String,
    language: String,
    subjects: Vec<String>,
    parts: Vec<String>,
    contents: Vec<String>,
}

pub(super) fn parse(
    bytes: Vec<u8>,
    context: &Context<'_>,
    sink: &mut RecordSink<'_>,
) -> Result<(), ReadError> {
    let fault = malformed("epub");
    let mut package = Package::open(bytes, &context.options.limits).map_err(&fault)?;
    let root = package.xml(CONTAINER, |xml| {
        xml.root().map(|root| xml.attribute_at(root, "rootfiles/rootfile", "full-path")).unwrap_or_default()
    });
    let root = root.map_err(&fault)?;
    let book = package.xml(&root, |xml| read_book(xml, &root)).map_err(&fault)?;
    let mut titles = BTreeMap::new();
    for contents in &book.contents {
        let found = package.xml(contents, |xml| read_contents(xml, contents)).unwrap_or_default();
        for (part, title) in found {
            titles.entry(part).or_insert(title);
        }
    }
    let alone = book.parts.len() == 1;
    for (number, part) in (1..).zip(&book.parts) {
        let flow = match package.part(part) {
            Err(reason) => sink.fail(number, RecordFault::Malformed(reason)),
            Ok(text) if letters_of(&text) < MIN_LETTERS => sink.fail(
                number,
                RecordFault::Skipped(SkipReason::NoStory { kind: format!("`{part}` with next to no text") }),
            ),
            Ok(text) => {
                let mut document = html::page(text, "epub");
                document.witness(
                    FieldName::Headline,
                    "epub:contents",
                    titles.get(part).map_or("", String::as_str),
                );
                about_book(&book, alone, &mut document);
                document.extra.insert("part".to_owned(), part.clone());
                sink.record(number, document)
            }
        };
        if flow.is_break() {
            break;
        }
    }
    Ok(())
}

/// A book of one part is the article; of a magazine, the book's title and makers are the issue's.
fn about_book(book: &Book, alone: bool, document: &mut Document) {
    document.witness(FieldName::Publisher, "epub:publisher", &book.publisher);
    document.witness(FieldName::Language, "epub:language", &book.language);
    if alone {
        document.witness(FieldName::Headline, "epub:title", &book.title);
        document.witness(FieldName::Published, "epub:date", &book.date);
        for creator in &book.creators {
            document.witness(FieldName::Byline, "epub:creator", creator);
        }
        for subject in &book.subjects {
            document.witness(FieldName::Topics, "epub:subject", subject);
        }
        return;
    }
    for (name, value) in [("issue", &book.title), ("issue-date", &book.date)] {
        if !value.is_empty() {
            let value = cut(value, super::super::limits::MAX_EXTRA_BYTES).into_owned();
            document.extra.insert(name.to_owned(), value);
        }
    }
}

fn read_book(xml: &Xml<'_>, root_name: &str) -> Book {
    let Some(root) = xml.root() else { return Book::default() };
    let said = |name: &str| one_line(&xml.text_at(root, &format!("metadata/{name}")));
    let mut book = Book {
        title: said("title"),
        creators: xml.texts_at(root, "metadata/creator"),
        publisher: said("publisher"),
        date: said("date"),
        language: said("language"),
        subjects: xml.texts_at(root, "metadata/subject"),
        ..Book::default()
    };
    let mut items = BTreeMap::new();
    for item in xml.all(root, "manifest/item") {
        let value = |name: &str| xml.attribute(item, name).unwrap_or_default();
        let (kind, name) = (value("media-type"), resolve(root_name, &value("href")));
        let is_contents = value("properties").split(' ').any(|property| property == "nav");
        if is_contents || kind == "application/x-dtbncx+xml" {
            book.contents.push(name.clone());
        }
        if !is_contents && kind.contains("html") {
            items.insert(value("id"), name);
        }
    }
    for reference in xml.all(root, "spine/itemref") {
        let id = xml.attribute(reference, "idref").unwrap_or_default();
        // Every part once, however often it is referred to.
        book.parts.extend(items.remove(&id));
    }
    book
}

/// Titles by part, from either kind of contents (`nav` with links, or NCX).
fn read_contents(xml: &Xml<'_>, contents: &str) -> Vec<(String, String)> {
    let Some(root) = xml.root() else { return Vec::new() };
    let mut titles = Vec::new();
    for element in xml.descendants(root) {
        let (target, title) = match xml.name(element) {
            "navPoint" => {
                (xml.attribute_at(element, "content", "src"), xml.text_at(element, "navLabel/text"))
            }
            "a" => (xml.attribute(element, "href").unwrap_or_default(), xml.text(element)),
            _ => continue,
        };
        let title = one_line(&title);
        if !target.is_empty() && !title.is_empty() {
            titles.push((resolve(contents, &target), title));
        }
    }
    titles
}

/// Letters outside tags, counted no further than needed.
fn letters_of(page: &str) -> usize {
    let body = page.split_once("<body").map_or(page, |(_, body)| body);
    let mut in_tag = false;
    let outside = body.chars().filter(|c| {
        match c {
            '<' => in_tag = true,
            '>' => in_tag = false,
            _ => {}
        }
        !in_tag && c.is_alphabetic()
    });
    outside.take(MIN_LETTERS).count()
}

/// What an EPUB begins with, after the header of its first part.
pub(in crate::document) const FORMAT_MARK: &[u8] = b"mimetypeapplication/epub+zip";

#[cfg(test)]
mod tests {
    use super::super::packages::package_of;
    use super::super::testing::{read_bytes, said};
    use super::*;
    use crate::document::{Content, ReadOptions};

    #[test]
    fn parts_are_records_in_reading_order() {
        let story = |text: &str| format!("<html><body><h1>x</h1><p>{}</p></body></html>", text.repeat(20));
        let opf = "<package><metadata><title>Harbour Post, 5 March</title><publisher>Harbour Post</publisher>\
            <language>en</language><date>2024-03-05</date></metadata><manifest>\
            <item id='cover' href='cover.xhtml' media-type='application/xhtml+xml'/>\
            <item id='b' href='b.xhtml' media-type='application/xhtml+xml'/><item id='a' href='a.xhtml' media-type='application/xhtml+xml'/>\
            <item id='ncx' href='toc.ncx' media-type='application/x-dtbncx+xml'/></manifest>\
            <spine><itemref idref='cover'/><itemref idref='a'/><itemref idref='b'/><itemref idref='a'/></spine></package>";
        let book = package_of(&[
            ("mimetype", "application/epub+zip"),
            (CONTAINER, "<container><rootfiles><rootfile full-path='O/c.opf'/></rootfiles></container>"),
            ("O/c.opf", opf),
            (
                "O/toc.ncx",
                "<ncx><navMap><navPoint><navLabel><text>Rain at last</text></navLabel><content src='a.xhtml#x'/></navPoint></navMap></ncx>",
            ),
            ("O/cover.xhtml", "<html><body><p>Cover</p></body></html>"),
            ("O/a.xhtml", &story("Rain fell. ")),
            ("O/b.xhtml", &story("It shone. ")),
        ]);
        let (results, outcome) = read_bytes("a.epub", &book, &ReadOptions::default());
        outcome.unwrap();
        assert_eq!(results.len(), 3);
        assert!(results[0].is_err());
        let rain = results[1].as_ref().unwrap();
        assert_eq!((rain.location.record, rain.format), (Some(2), "epub"));
        assert_eq!(said(rain, FieldName::Headline), Some("Rain at last"));
        assert_eq!(said(rain, FieldName::Publisher), Some("Harbour Post"));
        assert_eq!(rain.extra["issue"], "Harbour Post, 5 March");
        assert!(
            matches!(&results[2].as_ref().unwrap().content, Content::Page(page) if page.contains("shone"))
        );
        let (_, outcome) = read_bytes(
            "b.epub",
            &package_of(&[("mimetype", "application/epub+zip")]),
            &ReadOptions::default(),
        );
        assert!(outcome.unwrap_err().to_string().starts_with("no valid epub"));
    }
}
