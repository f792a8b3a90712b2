//! Word files (DOCX): paragraphs with the names of their styles. Tracked deletions, headers, footers
//! and comments are no part of the text.

use std::collections::BTreeMap;

use super::super::read::ReadError;
use super::super::record::one_line;
use super::super::sink::RecordSink;
use super::super::skip::SkipReason;
use super::super::xml::{Piece, Xml};
use super::super::{Block, BlockKind, Content, Document};
use super::packages::Package;
use super::{Context, malformed};
use crate::article::{FieldName, Link, Span};

const TEXT: &str = "word/document.xml";
const STYLES: &str = "word/styles.xml";
const LINKS: &str = "word/_rels/document.xml.rels";
const PROPERTIES: &str = "docProps/core.xml";

pub(super) fn parse(
    bytes: Vec<u8>,
    context: &Context<'_>,
    sink: &mut RecordSink<'_>,
) -> Result<(), ReadError> {
    let fault = malformed("docx");
    let mut package = Package::open(bytes, &context.options.limits).map_err(&fault)?;
    let styles = optional(&mut package, STYLES, read_styles);
    let targets = optional(&mut package, LINKS, read_links);
    let mut document = Document::new("docx", Content::Blocks(Vec::new()));
    let paragraphs = package.xml(TEXT, |xml| read_text(xml, &styles, &targets)).map_err(&fault)?;
    let mut blocks = Vec::new();
    for (style, block) in paragraphs {
        match style.as_str() {
            "title" => document.witness(FieldName::Headline, "docx:title-style", &block.text),
            "subtitle" => document.witness(FieldName::Dek, "docx:subtitle-style", &block.text),
            _ => blocks.push(block),
        }
    }
    document.content = Content::Blocks(blocks);
    if document.content.is_blank() {
        return Err(SkipReason::Empty.into());
    }
    let properties =
        if package.has(PROPERTIES) { package.part(PROPERTIES).unwrap_or_default() } else { String::new() };
    if let Ok(xml) = Xml::parse(&properties, context.options.limits.xml_depth) {
        read_properties(&xml, &mut document);
    }
    let _ = sink.single(document);
    Ok(())
}

/// What `read` makes of a part that may be missing or broken.
fn optional<T: Default>(package: &mut Package, name: &str, read: impl FnOnce(&Xml<'_>) -> T) -> T {
    if package.has(name) { package.xml(name, read).unwrap_or_default() } else { T::default() }
}

/// Names of styles in lower case, by their id, which is translated in some languages.
fn read_styles(xml: &Xml<'_>) -> BTreeMap<String, String> {
    let Some(root) = xml.root() else { return BTreeMap::new() };
    let styles = xml.all(root, "style").into_iter().filter_map(|style| {
        Some((xml.attribute(style, "styleId")?, xml.attribute_at(style, "name", "val").to_lowercase()))
    });
    styles.collect()
}

/// Addresses of hyperlinks, by their id.
fn read_links(xml: &Xml<'_>) -> BTreeMap<String, String> {
    let Some(root) = xml.root() else { return BTreeMap::new() };
    let links = xml.all(root, "Relationship").into_iter().filter_map(|link| {
        let outside = xml.attribute(link, "TargetMode").is_some_and(|mode| mode == "External");
        Some((xml.attribute(link, "Id")?, xml.attribute(link, "Target")?)).filter(|_| outside)
    });
    links.collect()
}

fn read_properties(xml: &Xml<'_>, document: &mut Document) {
    let Some(root) = xml.root() else { return };
    document.witness(FieldName::Headline, "docx:title", &one_line(&xml.text_at(root, "title")));
    document.witness(FieldName::Byline, "docx:creator", &one_line(&xml.text_at(root, "creator")));
    document.witness(FieldName::Published, "docx:created", &xml.text_at(root, "created"));
    document.witness(FieldName::Modified, "docx:modified", &xml.text_at(root, "modified"));
    document.witness(FieldName::Language, "docx:language", &xml.text_at(root, "language"));
    for topic in xml.text_at(root, "keywords").split([',', ';']) {
        document.witness(FieldName::Topics, "docx:keywords", topic);
    }
}

/// The paragraphs with the names of their styles.
fn read_text(
    xml: &Xml<'_>,
    styles: &BTreeMap<String, String>,
    targets: &BTreeMap<String, String>,
) -> Vec<(String, Block)> {
    let Some(root) = xml.root() else { return Vec::new() };
    let mut paragraphs = Vec::new();
    let mut paragraph = Paragraph::default();
    let mut in_text = false;
    let mut link: Option<(usize, String)> = None;
    for piece in xml.pieces(root) {
        match piece {
            Piece::Start(element) => match xml.name(element) {
                "p" => paragraph.end(&mut paragraphs),
                "pStyle" => {
                    let id = xml.attribute(element, "val").unwrap_or_default();
                    paragraph.style = styles.get(&id).cloned().unwrap_or_else(|| id.to_lowercase());
                }
                "numPr" => paragraph.in_list = true,
                "t" => in_text = true,
                "tab" | "br" | "cr" => paragraph.text.push(' '),
                "hyperlink" => {
                    let id = xml.attribute(element, "r:id").unwrap_or_default();
                    link = targets.get(&id).map(|url| (paragraph.text.len(), url.clone()));
                }
                _ => {}
            },
            Piece::Text(text) if in_text => paragraph.text.push_str(text),
            Piece::Text(_) => {}
            Piece::End(element) => match xml.name(element) {
                "p" => {
                    link = None;
                    paragraph.end(&mut paragraphs);
                }
                "t" => in_text = false,
                "hyperlink" => {
                    if let Some((start, url)) = link.take() {
                        paragraph.links.push((start, paragraph.text.len(), url));
                    }
                }
                _ => {}
            },
        }
    }
    paragraph.end(&mut paragraphs);
    paragraphs
}

#[derive(Default)]
struct Paragraph {
    style: String,
    in_list: bool,
    text: String,
    /// Beginning, end and address.
    links: Vec<(usize, usize, String)>,
}

impl Paragraph {
    fn end(&mut self, paragraphs: &mut Vec<(String, Block)>) {
        let done = std::mem::take(self);
        let text = one_line(&done.text);
        if text.is_empty() {
            return;
        }
        let kind = match done.style.as_str() {
            style if style.starts_with("heading") => {
                let level = style.bytes().find(u8::is_ascii_digit).map_or(2, |digit| digit - b'0');
                BlockKind::Heading(level.clamp(1, 6))
            }
            "caption" => BlockKind::Caption,
            style if style.contains("quote") => BlockKind::BlockQuote,
            _ if done.in_list => BlockKind::ListItem,
            _ => BlockKind::Paragraph,
        };
        let mut links = Vec::new();
        let mut from = 0;
        for (start, end, url) in done.links {
            // The text was folded; the anchor is found again, from where the last one ended.
            let anchor = one_line(done.text.get(start..end).unwrap_or(""));
            if !anchor.is_empty()
                && let Some(at) = text[from..].find(&anchor)
            {
                links.push(Link { span: Span::new(from + at, from + at + anchor.len()), url });
                from += at + anchor.len();
            }
        }
        paragraphs.push((done.style, Block { kind, text, links }));
    }
}

#[cfg(test)]
mod tests {
    use super::super::packages::package_of;
    use super::super::testing::{documents, read_bytes, said};
    use super::*;
    use crate::document::ReadOptions;

    #[test]
    fn paragraphs_keep_their_styles_and_links() {
        let text = "<w:document><w:body><w:p><w:pPr><w:pStyle w:val='Titel'/></w:pPr><w:r><w:t>Rain at last</w:t></w:r></w:p>\
            <w:p><w:r><w:t xml:space='preserve'>Farmers </w:t></w:r><w:del><w:r><w:delText>wept</w:delText></w:r></w:del>\
            <w:hyperlink r:id='r1'><w:r><w:t>cheered</w:t></w:r></w:hyperlink><w:r><w:br/><w:t>loudly.</w:t></w:r></w:p>\
            <w:p><w:pPr><w:pStyle w:val='b1'/></w:pPr><w:r><w:t>Why</w:t></w:r></w:p>\
            <w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>one</w:t></w:r></w:p><w:p/></w:body></w:document>";
        let file = package_of(&[
            ("[Content_Types].xml", "<Types/>"),
            (TEXT, text),
            (
                STYLES,
                "<w:styles><w:style w:styleId='Titel'><w:name w:val='Title'/></w:style>\
                <w:style w:styleId='b1'><w:name w:val='heading 2'/></w:style></w:styles>",
            ),
            (
                LINKS,
                "<Relationships><Relationship Id='r1' Target='https://example.org/' TargetMode='External'/></Relationships>",
            ),
            (
                PROPERTIES,
                "<cp:p><dc:creator>Ada Quill</dc:creator><dcterms:created>2024-03-05T10:00:00Z</dcterms:created></cp:p>",
            ),
        ]);
        let document = documents("a.docx", &file).remove(0);
        assert_eq!(said(&document, FieldName::Headline), Some("Rain at last"));
        assert_eq!(said(&document, FieldName::Byline), Some("Ada Quill"));
        let Content::Blocks(blocks) = &document.content else { panic!() };
        use BlockKind::{Heading, ListItem, Paragraph};
        let shape: Vec<(BlockKind, &str)> =
            blocks.iter().map(|block| (block.kind, block.text.as_str())).collect();
        assert_eq!(shape, [(Paragraph, "Farmers cheered loudly."), (Heading(2), "Why"), (ListItem, "one")]);
        assert_eq!(blocks[0].links[0].span.of(&blocks[0].text), "cheered");
        let (_, outcome) = read_bytes("b.docx", &package_of(&[("x", "y")]), &ReadOptions::default());
        assert!(outcome.unwrap_err().to_string().starts_with("no valid docx: `word/document.xml`"));
    }
}
