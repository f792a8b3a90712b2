//! From a record of named values to a document, by the field map; knows no file format.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::fieldmap::{FieldMap, Target, folded};
use super::limits::{MAX_EXTRA_BYTES, MAX_EXTRA_FIELDS, MAX_WITNESS_BYTES};
use super::sink::RecordFault;
use super::{Block, BlockKind, Content, Document};
use crate::article::FieldName;

/// A record's values by name.
pub(super) type Fields = serde_json::Map<String, Value>;

/// Names under which an object keeps what it is called.
const OBJECT_NAMES: [&str; 8] = ["name", "value", "@value", "#text", "title", "text", "label", "url"];

/// The document of a record, whose witnesses are called `family:field`.
///
/// # Errors
/// [`RecordFault::NoArticle`] when no field is known as a text or a headline.
pub(super) fn document_of(
    fields: &Fields,
    map: &FieldMap,
    format: &'static str,
    family: &str,
) -> Result<Document, RecordFault> {
    let folded_names = by_folded_name(fields);
    let mut document = Document::new(format, Content::Prose(String::new()));
    let mut used = BTreeSet::new();
    let mut has_body = false;
    for (target, names) in map.fields() {
        for name in names {
            let Some((key, values)) = lookup(fields, &folded_names, name) else { continue };
            let rule = format!("{family}:{name}");
            let taken = match target {
                Target::Body if has_body => false,
                Target::Body => {
                    has_body = take_body(&mut document, &values);
                    has_body
                }
                Target::Captured => take_captured(&mut document, &values),
                Target::Source => take_source(&mut document, &rule, &values),
                Target::Field(field) => take_field(&mut document, field, &rule, &values),
            };
            if taken {
                used.insert(key);
            }
        }
    }
    let has_headline = document.witnesses.iter().any(|witness| witness.field == FieldName::Headline);
    if !has_body && !has_headline {
        let names: Vec<&str> = fields.keys().take(8).map(String::as_str).collect();
        return Err(RecordFault::NoArticle { fields: names.join(", ") });
    }
    keep_extra(&mut document, fields, &used);
    Ok(document)
}

/// Whether `fields` is a record of its own and no part of one: it has a headline and a text that is
/// one piece, or an address or a date besides.
pub(super) fn is_article(fields: &Fields, map: &FieldMap) -> bool {
    let folded_names = by_folded_name(fields);
    let find = |wanted: Target| {
        let mut names = map.fields().filter(|(target, _)| *target == wanted).flat_map(|(_, names)| names);
        names.find_map(|name| lookup(fields, &folded_names, name)).map(|(_, values)| values)
    };
    let field = |field| find(Target::Field(field)).is_some();
    let text = find(Target::Body);
    let whole = text.as_ref().is_some_and(|values| values.iter().all(|value| value.is_string()));
    let known = field(FieldName::Url) || field(FieldName::Published);
    field(FieldName::Headline) && text.is_some() && (whole || known)
}

fn by_folded_name(fields: &Fields) -> BTreeMap<String, &str> {
    fields.keys().rev().map(|key| (folded(key), key.as_str())).collect()
}

/// The values at `name`, with the record's key they lie under. Lists on the way are walked through.
fn lookup<'a>(
    fields: &'a Fields,
    folded_names: &BTreeMap<String, &'a str>,
    name: &str,
) -> Option<(&'a str, Vec<&'a Value>)> {
    let present = |value: &&Value| !matches!(value, Value::Null) && value.as_str() != Some("");
    if let Some(key) = folded_names.get(&folded(name)) {
        let value = fields.get(*key).filter(present)?;
        return Some((key, vec![value]));
    }
    let mut steps = name.split('.');
    let key = folded_names.get(&folded(steps.next()?))?;
    let mut values = vec![fields.get(*key)?];
    for step in steps {
        let flat = values.into_iter().flat_map(|value| match value {
            Value::Array(items) => items.iter().collect(),
            other => vec![other],
        });
        values = flat.filter_map(|value| value.get(step)).filter(present).collect();
    }
    (!values.is_empty() && name.contains('.')).then_some((*key, values))
}

fn take_field(document: &mut Document, field: FieldName, rule: &str, values: &[&Value]) -> bool {
    let texts = texts_of(values);
    let many = matches!(field, FieldName::Byline | FieldName::Topics);
    let wanted = if many { texts.len() } else { 1 };
    for text in texts.iter().take(wanted) {
        document.witness(field, rule, cut(text, MAX_WITNESS_BYTES).as_ref());
    }
    !texts.is_empty()
}

fn take_source(document: &mut Document, rule: &str, values: &[&Value]) -> bool {
    let texts = texts_of(values);
    for text in texts.iter().take(1) {
        let field = if is_address(text) { FieldName::Url } else { FieldName::Publisher };
        document.witness(field, rule, cut(text, MAX_WITNESS_BYTES).as_ref());
    }
    !texts.is_empty()
}

fn take_captured(document: &mut Document, values: &[&Value]) -> bool {
    let day = texts_of(values).first().and_then(|text| day_of(text));
    let found = day.is_some();
    document.captured = document.captured.take().or(day);
    found
}

/// Whether `text` is an address and nothing else.
pub(super) fn is_address(text: &str) -> bool {
    let text = text.trim();
    let prefixes = ["http://", "https://", "www."];
    prefixes.iter().any(|prefix| text.starts_with(prefix)) && !text.contains(char::is_whitespace)
}

/// The texts of `values`: strings, numbers, what objects are called, and those of lists; lists that
/// a table holds in a cell (`['A', 'B']`) are taken apart.
fn texts_of(values: &[&Value]) -> Vec<String> {
    let mut texts = Vec::new();
    for value in values {
        match value {
            Value::Array(items) => texts.extend(items.iter().filter_map(text_of)),
            other => texts.extend(text_of(other)),
        }
    }
    if let [only] = texts.as_slice()
        && let Some(items) = written_list(only)
    {
        return items;
    }
    texts
}

fn text_of(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Object(fields) => OBJECT_NAMES
            .iter()
            .find_map(|name| fields.get(*name).and_then(Value::as_str))
            .map(|text| text.trim().to_owned())?,
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// The items of a list that was written into a text: `['A', "B"]`.
fn written_list(text: &str) -> Option<Vec<String>> {
    let inner = text.strip_prefix('[')?.strip_suffix(']')?.trim();
    if inner.is_empty() {
        return Some(Vec::new());
    }
    let mut items = Vec::new();
    let mut rest = inner;
    loop {
        let quote = rest.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
        let body = &rest[1..];
        let end = body.find(quote)?;
        items.push(body[..end].trim().to_owned());
        rest = body[end + 1..].trim_start();
        match rest.strip_prefix(',') {
            Some(more) => rest = more.trim_start(),
            None if rest.is_empty() => break,
            None => return None,
        }
    }
    items.retain(|item| !item.is_empty());
    Some(items)
}

/// Takes the first of `values` that holds a story; whether there was one.
fn take_body(document: &mut Document, values: &[&Value]) -> bool {
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

/// `text` with its white space folded.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn keep_extra(document: &mut Document, fields: &Fields, used: &BTreeSet<&str>) {
    let mut left_out = 0_usize;
    for (key, value) in fields {
        if used.contains(key.as_str()) || value.is_null() {
            continue;
        }
        if document.extra.len() >= MAX_EXTRA_FIELDS {
            left_out += 1;
            continue;
        }
        let text = match value {
            Value::String(text) => text.trim().to_owned(),
            Value::Array(items) if items.iter().all(|item| text_of(item).is_some() && !item.is_object()) => {
                items.iter().filter_map(text_of).collect::<Vec<_>>().join("; ")
            }
            other => other.to_string(),
        };
        if !text.is_empty() && text != "[]" && text != "{}" {
            document
                .extra
                .insert(cut(key, MAX_EXTRA_BYTES).into_owned(), cut(&text, MAX_EXTRA_BYTES).into_owned());
        }
    }
    if left_out > 0 {
        document.extra.insert("fields_left_out".to_owned(), left_out.to_string());
    }
}

/// `text`, cut to `limit` bytes at most and an ellipsis.
pub(super) fn cut(text: &str, limit: usize) -> std::borrow::Cow<'_, str> {
    if text.len() <= limit {
        return text.into();
    }
    format!("{}…", &text[..text.floor_char_boundary(limit)]).into()
}

/// The day, `YYYY-MM-DD`, that a date in one of the usual machine forms or in English falls on.
///
/// Read are ISO 8601, `YYYYMMDD…`, mail and JavaScript dates, `5 March 2024`, and seconds or
/// milliseconds since 1970. The day is the one written, whatever the time zone.
pub(super) fn day_of(text: &str) -> Option<String> {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let text = text.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits == text.len() && (digits == 10 || digits == 13) {
        let number: i64 = text.parse().ok()?;
        let seconds = if digits == 13 { number / 1000 } else { number };
        let moment = jiff::Timestamp::from_second(seconds).ok()?;
        return Some(moment.strftime("%Y-%m-%d").to_string());
    }
    let number = |part: &str| part.parse::<i16>().ok();
    if digits == 8 || digits == 14 {
        return date_text(number(text.get(..4)?)?, number(text.get(4..6)?)?, number(text.get(6..8)?)?);
    }
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(8).collect();
    if let [year, month, day, ..] = words.as_slice()
        && year.len() == 4
        && let (Some(year), Some(month)) = (number(year), number(month))
    {
        let day = day.get(..day.len().min(2))?;
        return date_text(year, month, number(day)?);
    }
    let month = words.iter().position(|word| {
        let lower = word.to_ascii_lowercase();
        MONTHS.iter().any(|month| lower.starts_with(month))
    })?;
    let lower = words[month].to_ascii_lowercase();
    let month_number = MONTHS.iter().position(|name| lower.starts_with(name))? + 1;
    let year = words.iter().find(|word| word.len() == 4).and_then(|word| number(word))?;
    let around = [month.checked_sub(1), Some(month + 1)];
    let day = around.iter().flatten().find_map(|at| {
        let word = words.get(*at)?.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        if word.len() <= 2 { number(word) } else { None }
    })?;
    date_text(year, i16::try_from(month_number).ok()?, day)
}

fn date_text(year: i16, month: i16, day: i16) -> Option<String> {
    let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    jiff::civil::Date::new(year, month, day).ok().map(|date| date.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_in_every_usual_form() {
        let cases = [
            ("2024-03-05T23:30:00-05:00", "2024-03-05"),
            ("2024/3/5", "2024-03-05"),
            ("20240305T101500Z", "2024-03-05"),
            ("20240305", "2024-03-05"),
            ("20240305101500", "2024-03-05"),
            ("1709634600", "2024-03-05"),
            ("1709634600000", "2024-03-05"),
            ("Tue, 05 Mar 2024 10:30:00 +0000", "2024-03-05"),
            ("Tue Mar 05 2024 10:22:31 GMT+0100 (Central European Standard Time)", "2024-03-05"),
            ("March 5th, 2024", "2024-03-05"),
            ("5 March 2024", "2024-03-05"),
        ];
        for (text, day) in cases {
            assert_eq!(day_of(text).as_deref(), Some(day), "{text}");
        }
        for text in
            ["", "yesterday", "2024-13-05", "31 February 2024", "99999999999", "März", "12345678é", "1234-é"]
        {
            assert_eq!(day_of(text), None, "{text}");
        }
    }

    #[test]
    fn markup_is_told_from_prose() {
        for text in ["<p>Rain", "one<br/>two", "a <A HREF='x'>link</A>", "<img src=x>"] {
            assert!(is_markup(text), "{text}");
        }
        for text in ["a < b > c", "<3", "the <pre-war> world", "List<String>", "x <", "</", "<päris>"] {
            assert!(!is_markup(text), "{text}");
        }
    }

    #[test]
    fn lists_in_cells_are_taken_apart() {
        assert_eq!(
            written_list("['Ada Quill', \"Ben O'Moor\"]"),
            Some(vec!["Ada Quill".into(), "Ben O'Moor".into()])
        );
        assert_eq!(written_list("[]"), Some(Vec::new()));
        for text in ["[Update] Rain", "['open]", "['a' b]", "plain"] {
            assert_eq!(written_list(text), None, "{text}");
        }
    }

    #[test]
    fn further_fields_are_kept_within_bounds() {
        let mut fields = Fields::new();
        fields.insert("title".into(), "Rain".into());
        fields.insert("views".into(), 12.into());
        fields.insert("long".into(), "é".repeat(5000).into());
        for number in 0..100 {
            fields.insert(format!("x{number}"), true.into());
        }
        let document = document_of(&fields, &FieldMap::default(), "json", "json").unwrap();
        assert_eq!(document.extra.len(), MAX_EXTRA_FIELDS + 1);
        let left_out: usize = document.extra["fields_left_out"].parse().unwrap();
        assert_eq!(left_out, fields.len() - 1 - MAX_EXTRA_FIELDS);
        assert!(document.extra.values().all(|text| text.len() <= MAX_EXTRA_BYTES + 3));
    }
}
