//! Blocks from XML that speaks XHTML, NITF or something like them: by the names of elements alone.

use super::super::xml::{Element, Piece, Xml};
use super::super::{Block, BlockKind};
use crate::article::{Link, Span};

/// What an element is to the story's blocks.
enum Part {
    Block(BlockKind),
    /// Content that is no part of the text.
    Left,
    Inline,
}

fn part_of(name: &str) -> Part {
    let kind = match name {
        "p" | "div" | "block" | "section" | "article" | "dd" | "lead" => BlockKind::Paragraph,
        "h1" | "hl1" => BlockKind::Heading(1),
        "h2" | "hl2" | "subhead" | "crosshead" => BlockKind::Heading(2),
        "h3" | "dt" => BlockKind::Heading(3),
        "h4" => BlockKind::Heading(4),
        "h5" => BlockKind::Heading(5),
        "h6" => BlockKind::Heading(6),
        "blockquote" | "bq" => BlockKind::BlockQuote,
        "li" => BlockKind::ListItem,
        "figcaption" | "media-caption" | "caption" | "media-producer" => BlockKind::Caption,
        "pre" | "tr" => BlockKind::Other,
        "script" | "style" | "head" | "title" | "media-metadata" | "media-object" | "br-only" => {
            return Part::Left;
        }
        _ => return Part::Inline,
    };
    Part::Block(kind)
}

/// The blocks below `element`, each with its links.
pub(super) fn blocks_of(xml: &Xml<'_>, element: Element) -> Vec<Block> {
    let mut writer = Writer::default();
    // Kinds of the open block elements, and how many open ones are left out.
    let mut open = vec![BlockKind::Paragraph];
    let mut left = 0_usize;
    let mut link: Option<(usize, String)> = None;
    for piece in xml.pieces(element) {
        match piece {
            Piece::Start(start) => match (part_of(xml.name(start)), xml.name(start)) {
                (Part::Left, _) => left += 1,
                (Part::Block(kind), _) => {
                    writer.end(kind_now(&open));
                    open.push(kind);
                }
                (Part::Inline, "br") => writer.text.push(' '),
                (Part::Inline, "a") => {
                    writer.settle();
                    link = xml.attribute(start, "href").map(|url| (writer.text.len(), url));
                }
                (Part::Inline, "td" | "th") if !writer.text.trim().is_empty() => writer.text.push_str(" | "),
                (Part::Inline, _) => {}
            },
            Piece::Text(text) if left == 0 => writer.text.push_str(text),
            Piece::Text(_) => {}
            Piece::End(end) => match (part_of(xml.name(end)), xml.name(end)) {
                (Part::Left, _) => left = left.saturating_sub(1),
                (Part::Block(_), _) => {
                    writer.end(kind_now(&open));
                    open.pop();
                }
                (Part::Inline, "a") => {
                    writer.settle();
                    if let Some((start, url)) = link.take() {
                        writer.link(start, url);
                    }
                }
                (Part::Inline, _) => {}
            },
        }
    }
    writer.end(BlockKind::Paragraph);
    writer.blocks
}

/// A paragraph in a quotation or list item is one.
fn kind_now(open: &[BlockKind]) -> BlockKind {
    let last = open.last().copied().unwrap_or(BlockKind::Paragraph);
    let around = open.iter().rev().nth(1).copied();
    match (last, around) {
        (
            BlockKind::Paragraph,
            Some(kind @ (BlockKind::BlockQuote | BlockKind::ListItem | BlockKind::Caption)),
        ) => kind,
        _ => last,
    }
}

/// Gathers text, folds its white space, and cuts it into blocks.
#[derive(Default)]
struct Writer {
    blocks: Vec<Block>,
    /// Folded up to `settled`, as read after it.
    text: String,
    settled: usize,
    links: Vec<Link>,
}

impl Writer {
    /// Folds the white space of what has been read, so that offsets hold.
    fn settle(&mut self) {
        let read = self.text.split_off(self.settled);
        for c in read.chars() {
            if !c.is_whitespace() {
                self.text.push(c);
            } else if !self.text.is_empty() && !self.text.ends_with(' ') {
                self.text.push(' ');
            }
        }
        self.settled = self.text.len();
    }

    fn link(&mut self, start: usize, url: String) {
        let end = self.text.trim_end().len();
        if start < end {
            self.links.push(Link { span: Span::new(start, end), url });
        }
    }

    fn end(&mut self, kind: BlockKind) {
        self.settle();
        let mut text = std::mem::take(&mut self.text);
        let links = std::mem::take(&mut self.links);
        self.settled = 0;
        text.truncate(text.trim_end().len());
        if !text.is_empty() {
            self.blocks.push(Block { kind, text, links });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_follow_the_elements() {
        let source = "<body>Lead\n text <hl2>Why</hl2><p>See <a href='https://example.org/'>the\n report</a> now.</p>\
            <ul><li><p>one</p></li><li>two</li></ul><bq><block><p>They said.</p></block></bq>\
            <media><media-metadata>x</media-metadata><media-caption>A boat.</media-caption></media></body>";
        let xml = Xml::parse(source, 32).unwrap();
        let blocks = blocks_of(&xml, xml.root().unwrap());
        use BlockKind::{Caption, Heading, ListItem, Paragraph};
        let shape: Vec<(BlockKind, &str)> =
            blocks.iter().map(|block| (block.kind, block.text.as_str())).collect();
        assert_eq!(
            shape,
            [
                (Paragraph, "Lead text"),
                (Heading(2), "Why"),
                (Paragraph, "See the report now."),
                (ListItem, "one"),
                (ListItem, "two"),
                (Paragraph, "They said."),
                (Caption, "A boat.")
            ]
        );
        assert_eq!(blocks[2].links[0].span.of(&blocks[2].text), "the report");
    }
}
