//! From a record of named values to a document, by the field map; knows no file format.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::body::take_body;
use super::day::day_of;
use super::fieldmap::{FieldMap, Target, folded};
use super::limits::{MAX_EXTRA_BYTES, MAX_EXTRA_FIELDS, MAX_WITNESS_BYTES};
use super::sink::RecordFault;
use super::{Content, Document};
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
    let wanted = if many { usize::MAX } else { 1 };
    let parted = texts.iter().flat_map(|text| {
        // Tables part topics by bars in one cell.
        let bar = if field == FieldName::Topics { '|' } else { '\0' };
        text.split(bar)
    });
    for text in parted.take(wanted) {
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
pub(super) fn texts_of(values: &[&Value]) -> Vec<String> {
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

pub(super) fn text_of(value: &Value) -> Option<String> {
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

#[cfg(test)]
mod tests {
    use super::*;

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
