//! The text of a record: what kind of text it is, and how records that name its parts name them.

use serde_json::Value;

use super::record::{Fields, one_line, text_of, texts_of};
use super::{Block, BlockKind, Content, Document};

/// Takes the first of `values` that holds a story; whether there was one.
pub(super) fn take_body(document: &mut Document, values: &[&Value]) -> bool {
    for value in values {
        let content = match value {
            Value::String(text) => content_of_text(text.clone()),
            Value::Array(items) => content_of_list(items),
            Value::Object(fields) => content_of_parts(fields),
            _ => continue,
        };
        if !content.is_blank() {
            document.content = content;
            return true;
        }
    }
    false
}

/// A text that may be markup: a whole page, a fragment, or prose.
pub(super) fn content_of_text(text: String) -> Content {
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let start = start[..start.floor_char_boundary(64)].to_ascii_lowercase();
    if start.starts_with("<!doctype html") || start.starts_with("<html") {
        Content::Page(text)
    } else if is_markup(&text) {
        Content::Fragment(text)
    } else {
        Content::Prose(text)
    }
}

/// Whether `text` holds elements of HTML: a closing tag, or an element that needs none.
pub(super) fn is_markup(text: &str) -> bool {
    const CLOSED: [&str; 18] = [
        "p",
        "div",
        "a",
        "b",
        "i",
        "em",
        "strong",
        "h1",
        "h2",
        "h3",
        "h4",
        "ul",
        "ol",
        "li",
        "span",
        "blockquote",
        "section",
        "article",
    ];
    const OPEN: [&str; 5] = ["p", "br", "hr", "img", "figure"];
    memchr::memchr_iter(b'<', text.as_bytes()).any(|at| {
        let rest = &text[at + 1..];
        let (rest, names) = match rest.strip_prefix('/') {
            Some(rest) => (rest, &CLOSED[..]),
            None => (rest, &OPEN[..]),
        };
        let length = rest.bytes().take(11).take_while(u8::is_ascii_alphanumeric).count();
        let name = rest[..length].to_ascii_lowercase();
        names.contains(&name.as_str()) && rest[length..].starts_with(['>', ' ', '/', '\n', '\t'])
    })
}

/// A list of paragraphs, of typed parts, or of renditions of the same story.
fn content_of_list(items: &[Value]) -> Content {
    let renditions: Vec<&str> = items.iter().filter_map(|item| item.get("value")?.as_str()).collect();
    if !renditions.is_empty() {
        let best = renditions.iter().find(|text| is_markup(text)).or(renditions.first());
        return content_of_text((*best.unwrap_or(&"")).to_owned());
    }
    let blocks: Vec<Block> = items.iter().filter_map(block_of).collect();
    if blocks.iter().any(|block| is_markup(&block.text)) {
        let texts: Vec<String> = blocks.into_iter().map(|block| block.text).collect();
        return Content::Fragment(texts.join("\n"));
    }
    Content::Blocks(blocks)
}

fn block_of(item: &Value) -> Option<Block> {
    let kind = item.get("type").and_then(Value::as_str).unwrap_or("").to_ascii_lowercase();
    let text = text_of(item)?;
    let kind = match kind.as_str() {
        kind if kind.contains("head") || kind.contains("title") => BlockKind::Heading(2),
        kind if kind.contains("quote") => BlockKind::BlockQuote,
        kind if kind.contains("caption") => BlockKind::Caption,
        kind if kind.contains("list") => BlockKind::ListItem,
        _ => BlockKind::Paragraph,
    };
    Some(Block::new(kind, one_line(&text)))
}

/// A body that names its parts: `summary[]` and `sections[]` of `headline[]` and `paragraphs[]`.
fn content_of_parts(fields: &Fields) -> Content {
    let mut blocks = Vec::new();
    let mut push = |kind: BlockKind, value: Option<&Value>| {
        let texts = value.map(|value| texts_of(&[value])).unwrap_or_default();
        blocks.extend(texts.iter().map(|text| Block::new(kind, one_line(text))));
    };
    push(BlockKind::Paragraph, fields.get("summary"));
    for section in fields.get("sections").and_then(Value::as_array).into_iter().flatten() {
        push(BlockKind::Heading(2), section.get("headline"));
        push(BlockKind::Paragraph, section.get("paragraphs"));
    }
    if blocks.is_empty() {
        let text =
            ["html", "value", "text", "plain", "content"].iter().find_map(|name| fields.get(*name)?.as_str());
        return content_of_text(text.unwrap_or("").to_owned());
    }
    Content::Blocks(blocks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_told_from_prose() {
        for text in ["<p>Rain", "one<br/>two", "a <A HREF='x'>link</A>", "<img src=x>"] {
            assert!(is_markup(text), "{text}");
        }
        for text in ["a < b > c", "<3", "the <pre-war> world", "List<String>", "x <", "</", "<päris>"] {
            assert!(!is_markup(text), "{text}");
        }
    }
}
