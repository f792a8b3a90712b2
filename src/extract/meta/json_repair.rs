//! JSON as pages print it: cleaned until it parses, or searched for the few values that matter.
//!
//! A repair never invents a value: it only drops wrappers, commas, control characters and escapes
//! that JSON does not know.

use serde_json::Value;

use super::{markup::plain_of, witness_set::WitnessSet};
use crate::article::FieldName;

/// Longest value that is read from JSON that does not parse.
const MAX_VALUE_BYTES: usize = 600;

/// Values of one key that are read from JSON that does not parse.
const MAX_VALUES: usize = 3;

/// The value in `script`, repaired where it must be; none where that does not help.
///
/// Nesting beyond serde_json's limit of 128 counts as broken.
pub(crate) fn parse(script: &str) -> Option<Value> {
    let bare = unwrapped(script);
    serde_json::from_str(bare).ok().or_else(|| serde_json::from_str(&repaired(bare)).ok()).or_else(|| {
        // Several values one after the other, or rubbish after the first.
        let mut values = serde_json::Deserializer::from_str(bare).into_iter::<Value>();
        let first = values.next()?.ok()?;
        let mut all = vec![first];
        all.extend(values.map_while(Result::ok).take(16));
        Some(Value::Array(all))
    })
}

/// Without the comment marks, CDATA marks and the semicolon that wrap some scripts.
fn unwrapped(script: &str) -> &str {
    let mut bare = script.trim().trim_start_matches('\u{feff}');
    for prefix in ["<!--", "//<![CDATA[", "// <![CDATA[", "/*<![CDATA[*/", "<![CDATA["] {
        bare = bare.strip_prefix(prefix).unwrap_or(bare).trim();
    }
    for suffix in ["-->", "//]]>", "// ]]>", "/*]]>*/", "]]>", ";"] {
        bare = bare.strip_suffix(suffix).unwrap_or(bare).trim();
    }
    bare
}

/// Control characters to blanks, unknown escapes to their character, commas before closing
/// brackets dropped.
fn repaired(json: &str) -> String {
    let mut fixed = String::with_capacity(json.len());
    let mut chars = json.chars().peekable();
    let mut in_text = false;
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                in_text = !in_text;
                fixed.push(c);
            }
            '\\' if in_text => match chars.next() {
                Some(known @ ('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' | 'u')) => {
                    fixed.extend(['\\', known])
                }
                Some(other) => fixed.push(if other.is_control() { ' ' } else { other }),
                None => {}
            },
            _ if c.is_control() => fixed.push(' '),
            '}' | ']' if !in_text => {
                let kept = fixed.trim_end().len();
                if fixed[..kept].ends_with(',') {
                    fixed.truncate(kept - 1);
                }
                fixed.push(c);
            }
            _ => fixed.push(c),
        }
    }
    fixed
}

/// Adds the headline, dates, authors and publisher that a script which does not parse still shows.
pub(crate) fn add_fragments(script: &str, family: &str, witnesses: &mut WitnessSet) {
    for (key, field) in [
        ("headline", FieldName::Headline),
        ("datePublished", FieldName::Published),
        ("dateModified", FieldName::Modified),
    ] {
        for value in values_after(script, key).into_iter().take(1) {
            witnesses.add(field, &format!("{family}:{key}"), &value);
        }
    }
    for (key, field) in [("author", FieldName::Byline), ("publisher", FieldName::Publisher)] {
        if let Some(name) = name_after(script, key) {
            witnesses.add(field, &format!("{family}:{key}"), &name);
        }
    }
}

/// The string values of `"key":` in `script`, in order, three at most.
pub(crate) fn values_after(script: &str, key: &str) -> Vec<String> {
    let mut values = Vec::new();
    let mut from = 0;
    while let Some(found) = script[from..].find(key) {
        let at = from + found;
        from = at + key.len();
        if let Some(value) = value_behind(script, at, from) {
            values.push(value);
            if values.len() == MAX_VALUES {
                break;
            }
        }
    }
    values
}

/// The string value of the key that stands from `start` to `end` in `script`; none where it is
/// part of a longer word, or no key.
pub(crate) fn value_behind(script: &str, start: usize, end: usize) -> Option<String> {
    let opened = script[..start].ends_with(['"', '\'', ',', '{', ' ', '\n', '\t', '.', '\\']);
    if opened { value_at(&script[end..]) } else { None }
}

/// The string after `":` or `=` at the start of `rest`, also where all quotes are escaped, or a
/// number of ten digits or more.
fn value_at(rest: &str) -> Option<String> {
    let rest = rest.trim_start_matches(['"', '\'', '\\', ' ']);
    let rest = rest.strip_prefix(':').or_else(|| rest.strip_prefix('='))?.trim_start();
    let escaped = rest.starts_with('\\');
    let rest = rest.trim_start_matches('\\');
    let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
        let digits: String = rest.chars().take_while(char::is_ascii_digit).take(14).collect();
        return (digits.len() >= 10).then_some(digits);
    };
    let mut value = String::new();
    let mut chars = rest[1..].chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next()? {
                'u' => {
                    let code: String = chars.by_ref().take(4).collect();
                    value.extend(u32::from_str_radix(&code, 16).ok().and_then(char::from_u32));
                }
                'n' | 'r' | 't' => value.push(' '),
                other if other == quote && escaped => {
                    return Some(plain_of(&value)).filter(|v| !v.is_empty());
                }
                other => value.push(other),
            },
            c if c == quote => return Some(plain_of(&value)).filter(|value| !value.is_empty()),
            _ => value.push(c),
        }
        if value.len() > MAX_VALUE_BYTES {
            return None;
        }
    }
    None
}

/// The first `"name": "…"` within a short way after `"key":`.
fn name_after(script: &str, key: &str) -> Option<String> {
    let at = script.find(&format!("\"{key}\""))? + key.len() + 2;
    let mut end = script.len().min(at + MAX_VALUE_BYTES);
    while !script.is_char_boundary(end) {
        end -= 1;
    }
    let near = &script[at..end];
    match value_at(near) {
        Some(plain) => Some(plain),
        None => values_after(near, "name").into_iter().next(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repairs_what_pages_break() {
        let value = parse("//<![CDATA[\n{\"a\": [1, 2,], \"b\": \"it\\'s\nhere\",}\n//]]>");
        assert_eq!(value, Some(serde_json::json!({"a": [1, 2], "b": "it's here"})));
        assert_eq!(parse("{\"a\":1} {\"b\":2}"), Some(serde_json::json!([{"a": 1}, {"b": 2}])));
        assert_eq!(parse("{\"a\": oops}"), None);
        assert_eq!(parse(&"[".repeat(100_000)), None);
    }

    #[test]
    fn finds_values_in_scripts() {
        let script = "window.x = {publishedAt: '2024-05-15', \"pubDate\":1715793911000, \\\"when\\\":\\\"2020-01-02\\\"}";
        assert_eq!(values_after(script, "publishedAt"), ["2024-05-15"]);
        assert_eq!(values_after(script, "pubDate"), ["1715793911000"]);
        assert_eq!(values_after(script, "missing"), Vec::<String>::new());
        assert_eq!(values_after("\"t\":\"caf\\u00e9 &amp; more\"", "t"), ["café & more"]);
        assert_eq!(values_after("\"t\":\"open", "t"), Vec::<String>::new());
    }

    #[test]
    fn finds_names_in_broken_json() {
        let script = "{\"author\": {\"@type\": \"Person\", \"name\": \"Ada Quill\"}, \"headline\": \"Rain, \"again\"\"";
        assert_eq!(name_after(script, "author").as_deref(), Some("Ada Quill"));
    }
}
