//! Markdown clippings and notes: front matter (YAML, TOML or JSON) as witnesses, the rest as blocks.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use serde_json::Value;

use super::super::encoding::decode;
use super::super::read::ReadError;
use super::super::record::{self, Fields};
use super::super::sink::RecordSink;
use super::super::skip::SkipReason;
use super::super::{Block, BlockKind, Content, Document};
use super::Context;
use crate::article::{FieldName, Link, Span};

/// Longest front matter that is parsed; a longer one is text that begins with a rule.
const MAX_FRONT_MATTER_BYTES: usize = 64 << 10;

pub(super) fn parse(bytes: &[u8], context: &Context<'_>, sink: &mut RecordSink<'_>) -> Result<(), ReadError> {
    let text = decode(bytes, None).text;
    let (front, body) = split_front_matter(&text);
    let mut document = Document::new("markdown", Content::Blocks(blocks_of(body)));
    if let Some((fence, front)) = front {
        match fields_of(fence, front) {
            Ok(fields) => take_front_matter(&mut document, &fields, context),
            Err(reason) => {
                document.extra.insert("front_matter_error".to_owned(), reason);
            }
        }
    }
    if document.content.is_blank() {
        return Err(SkipReason::Empty.into());
    }
    first_heading(&mut document);
    let _ = sink.single(document);
    Ok(())
}

/// The front matter with its fence, and what follows it.
fn split_front_matter(text: &str) -> (Option<(&str, &str)>, &str) {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    for fence in ["---", "+++"] {
        let Some(rest) = start.strip_prefix(fence) else { continue };
        let Some(inner) = rest.trim_start_matches([' ', '\t', '\r']).strip_prefix('\n') else { continue };
        let mut at = 0;
        for line in inner.split_inclusive('\n') {
            if line.trim_end() == fence || (fence == "---" && line.trim_end() == "...") {
                return (Some((fence, &inner[..at])), &inner[at + line.len()..]);
            }
            at += line.len();
            if at > MAX_FRONT_MATTER_BYTES {
                break;
            }
        }
    }
    (None, text)
}

fn fields_of(fence: &str, front: &str) -> Result<Fields, String> {
    let value = match fence {
        "+++" => toml::from_str::<toml::Table>(front)
            .map_err(|error| error.to_string())
            .map(|table| toml_value(toml::Value::Table(table))),
        // Aliases can blow up; clippings have none.
        _ if front.contains(": *") || front.contains("- *") => Err("aliases are not read".to_owned()),
        _ => serde_yaml_ng::from_str::<Value>(front).map_err(|error| error.to_string()),
    };
    match value? {
        Value::Object(fields) => Ok(fields),
        Value::Null => Ok(Fields::new()),
        _ => Err("not a list of names and values".to_owned()),
    }
}

/// TOML as JSON, with dates as their text. Depth is bounded by the parser of TOML.
fn toml_value(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(flag) => flag.into(),
        toml::Value::Datetime(moment) => Value::String(moment.to_string()),
        toml::Value::Array(items) => Value::Array(items.into_iter().map(toml_value).collect()),
        toml::Value::Table(table) => {
            Value::Object(table.into_iter().map(|(name, value)| (name, toml_value(value))).collect())
        }
    }
}

fn take_front_matter(document: &mut Document, fields: &Fields, context: &Context<'_>) {
    let mut plain = fields.clone();
    plain.values_mut().for_each(without_wiki_links);
    // A record needs a text; here the text stands below, so the map's own body names are not used.
    plain.insert("text".to_owned(), Value::String("below".to_owned()));
    if let Ok(read) = record::document_of(&plain, &context.options.fields, "markdown", "front-matter") {
        document.witnesses = read.witnesses;
        document.extra = read.extra;
        document.captured = read.captured;
    }
}

/// Takes the brackets off links between notes (`"[[Ada Quill|Ada]]"`); without quotation marks they
/// are lists in lists to YAML.
fn without_wiki_links(value: &mut Value) {
    let items = match value {
        Value::Array(items) => items.as_mut_slice(),
        other => std::slice::from_mut(other),
    };
    for item in items {
        while let Value::Array(inner) = item
            && inner.len() == 1
        {
            *item = inner.remove(0);
        }
        if let Value::String(text) = item
            && let Some(inner) = text.trim().strip_prefix("[[").and_then(|rest| rest.strip_suffix("]]"))
        {
            *text = inner.rsplit('|').next().unwrap_or(inner).to_owned();
        }
    }
}

/// A heading of the first level that opens the text is the headline, and no part of the body.
fn first_heading(document: &mut Document) {
    let Content::Blocks(blocks) = &mut document.content else { return };
    if blocks.first().is_some_and(|block| block.kind == BlockKind::Heading(1)) {
        let heading = blocks.remove(0);
        document.witness(FieldName::Headline, "markdown:heading", &heading.text);
    }
}

/// The blocks of `markdown`. Raw HTML is left out of the text.
pub(super) fn blocks_of(markdown: &str) -> Vec<Block> {
    let mut builder = Builder::default();
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_FOOTNOTES;
    for event in Parser::new_ext(markdown, options) {
        builder.take(event);
    }
    builder.end_block();
    builder.blocks
}

#[derive(Default)]
struct Builder {
    blocks: Vec<Block>,
    /// Kinds of the containers that are open, innermost last.
    open: Vec<BlockKind>,
    text: String,
    links: Vec<Link>,
    link: Option<(usize, String)>,
    /// Depth of open pictures, whose text is a description and no part of the story.
    pictures: usize,
}

impl Builder {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Code(text) if self.pictures == 0 => self.text.push_str(&text),
            Event::SoftBreak | Event::HardBreak if self.pictures == 0 => self.text.push(' '),
            Event::Rule => self.end_block(),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Heading { level, .. } => self.open_block(BlockKind::Heading(level_number(level))),
            Tag::Paragraph | Tag::FootnoteDefinition(_) => self.end_block(),
            Tag::BlockQuote(_) => self.open_block(BlockKind::BlockQuote),
            Tag::Item => self.open_block(BlockKind::ListItem),
            Tag::CodeBlock(_) | Tag::TableHead | Tag::TableRow => self.open_block(BlockKind::Other),
            Tag::TableCell if !self.text.is_empty() => self.text.push_str(" | "),
            Tag::Link { dest_url, .. } if self.pictures == 0 => {
                self.link = Some((self.text.len(), dest_url.into_string()));
            }
            Tag::Image { .. } => self.pictures += 1,
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_)
            | TagEnd::BlockQuote(_)
            | TagEnd::Item
            | TagEnd::CodeBlock
            | TagEnd::TableHead
            | TagEnd::TableRow => {
                self.end_block();
                self.open.pop();
            }
            TagEnd::Paragraph => self.end_block(),
            TagEnd::Link => {
                if let Some((start, url)) = self.link.take() {
                    self.links.push(Link { span: Span::new(start, self.text.len()), url });
                }
            }
            TagEnd::Image => self.pictures = self.pictures.saturating_sub(1),
            _ => {}
        }
    }

    fn open_block(&mut self, kind: BlockKind) {
        self.end_block();
        self.open.push(kind);
    }

    fn end_block(&mut self) {
        let text = std::mem::take(&mut self.text);
        let links = std::mem::take(&mut self.links);
        self.link = None;
        let kind = self.open.last().copied().unwrap_or(BlockKind::Paragraph);
        if !text.trim().is_empty() {
            self.blocks.push(folded(kind, &text, links));
        }
    }
}

/// A block of `text` with its white space folded, and the links moved along.
fn folded(kind: BlockKind, text: &str, links: Vec<Link>) -> Block {
    let mut line = String::with_capacity(text.len());
    // Where each byte of `text` went.
    let mut moved = Vec::with_capacity(text.len() + 1);
    for c in text.chars() {
        let at = line.len();
        moved.extend(std::iter::repeat_n(at, c.len_utf8()));
        if !c.is_whitespace() {
            line.push(c);
        } else if !line.is_empty() && !line.ends_with(' ') {
            line.push(' ');
        }
    }
    moved.push(line.len());
    line.truncate(line.trim_end().len());
    let place = |at: usize| moved.get(at).copied().unwrap_or(line.len()).min(line.len());
    let links = links
        .into_iter()
        .map(|link| Link { span: Span::new(place(link.span.start), place(link.span.end)), url: link.url })
        .filter(|link| !link.span.is_empty())
        .collect();
    Block { kind, text: line, links }
}

fn level_number(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{documents, said};
    use super::*;

    #[test]
    fn clippings_give_witnesses_and_blocks() {
        let note = "---\ntitle: \"Rain: at last\"\nauthor:\n  - \"[[Ada Quill]]\"\n  - [[Ben Moor]]\n\
            source: https://example.org/rain\npublished: 2024-03-05\ncreated: 2024-03-07\ntags: [weather, farms]\n---\n\
            # Rain at last\n\nFarmers [cheered](https://example.org/c)\nloudly.\n\n## Why\n\n- one\n- two\n\n> They said.\n";
        let document = documents("a.md", note.as_bytes()).remove(0);
        assert_eq!(said(&document, FieldName::Headline), Some("Rain: at last"));
        let authors = document.witnesses.iter().filter(|witness| witness.field == FieldName::Byline);
        assert_eq!(
            authors.map(|witness| witness.raw.as_str()).collect::<Vec<_>>(),
            ["Ada Quill", "Ben Moor"]
        );
        assert_eq!(said(&document, FieldName::Url), Some("https://example.org/rain"));
        assert_eq!(document.captured.as_deref(), Some("2024-03-07"));
        let Content::Blocks(blocks) = &document.content else { panic!() };
        let shape: Vec<(BlockKind, &str)> =
            blocks.iter().map(|block| (block.kind, block.text.as_str())).collect();
        use BlockKind::{BlockQuote, Heading, ListItem, Paragraph};
        assert_eq!(
            shape,
            [
                (Paragraph, "Farmers cheered loudly."),
                (Heading(2), "Why"),
                (ListItem, "one"),
                (ListItem, "two"),
                (BlockQuote, "They said.")
            ]
        );
        assert_eq!(blocks[0].links[0].span.of(&blocks[0].text), "cheered");
    }

    #[test]
    fn toml_front_matter_and_broken_front_matter() {
        let note = "+++\ntitle = \"Rain\"\ndate = 2024-03-05T10:00:00Z\n+++\nText.\n";
        let document = documents("a.md", note.as_bytes()).remove(0);
        assert_eq!(said(&document, FieldName::Published), Some("2024-03-05T10:00:00Z"));
        let broken = documents("a.md", b"---\ntitle: [\n---\nText.\n").remove(0);
        assert!(broken.extra.contains_key("front_matter_error"));
        let rule = documents("a.md", b"---\n\nText after a rule.\n").remove(0);
        assert_eq!(
            rule.content,
            Content::Blocks(vec![Block::new(BlockKind::Paragraph, "Text after a rule.")])
        );
    }

    #[test]
    fn deep_nesting_ends() {
        let deep = format!("{} text", ">".repeat(50_000));
        let _ = blocks_of(&deep);
        let emphasis = format!("{}text{}", "*a ".repeat(20_000), " b*".repeat(20_000));
        assert!(!blocks_of(&emphasis).is_empty());
        let brackets = "[".repeat(50_000);
        let _ = blocks_of(&brackets);
    }
}
