//! Records through a template: `{published:%F}\t{publisher}\t{headline}\n`.

use std::io::{self, Write};

use serde_json::Value;

use super::columns::cell;
use super::sanitise::sanitise_line;

/// A template that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// A brace without its partner.
    #[error("`{{` without `}}` at byte {0}; write `{{{{` for a brace")]
    Open(usize),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Field { path: String, format: Option<String> },
}

/// A parsed template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    pieces: Vec<Piece>,
}

impl Template {
    /// Parses `text`: `{field}`, `{field.inner}`, `{published:%Y-%m}`; `\t`, `\n`, `\0` and `\\`;
    /// `{{` and `}}` for braces.
    ///
    /// # Errors
    /// When a brace has no partner.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut chars = text.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => match chars.next().map(|(_, c)| c) {
                    Some('t') => literal.push('\t'),
                    Some('n') => literal.push('\n'),
                    Some('0') => literal.push('\0'),
                    Some(other) => literal.push(other),
                    None => literal.push('\\'),
                },
                '{' | '}' if chars.next_if(|(_, next)| *next == c).is_some() => literal.push(c),
                '{' => {
                    let end = text[at..].find('}').ok_or(TemplateError::Open(at))?;
                    let inner = &text[at + 1..at + end];
                    while chars.next_if(|(next, _)| *next <= at + end).is_some() {}
                    pieces.push(Piece::Text(std::mem::take(&mut literal)));
                    let (path, format) = match inner.split_once(':') {
                        Some((path, format)) => (path, Some(format.to_owned())),
                        None => (inner, None),
                    };
                    pieces.push(Piece::Field { path: path.trim().to_owned(), format });
                }
                other => literal.push(other),
            }
        }
        pieces.push(Piece::Text(literal));
        Ok(Self { pieces })
    }

    /// The fields that it names.
    pub fn fields(&self) -> Vec<String> {
        let field = |piece: &Piece| match piece {
            Piece::Field { path, .. } => Some(path.clone()),
            Piece::Text(_) => None,
        };
        self.pieces.iter().filter_map(field).collect()
    }

    /// Writes `record`, an object with a value for each of [`Self::fields`].
    ///
    /// # Errors
    /// When `out` fails.
    pub fn write(&self, out: &mut dyn Write, record: &Value) -> io::Result<()> {
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.write_all(text.as_bytes())?,
                Piece::Field { path, format } => {
                    let text = cell(record.get(path).unwrap_or(&Value::Null));
                    let text = format.as_ref().map_or_else(|| text.clone(), |format| dated(&text, format));
                    out.write_all(sanitise_line(&text).as_bytes())?;
                }
            }
        }
        Ok(())
    }
}

/// An ISO date in another form; as it is where it is no date or the form is unknown.
fn dated(text: &str, format: &str) -> String {
    let instant = text.parse::<jiff::Timestamp>().ok();
    let shown = instant.and_then(|at| {
        jiff::fmt::strtime::format(format, &at.to_zoned_datetime(jiff::tz::TimeZone::UTC)).ok()
    });
    let day = || jiff::fmt::strtime::format(format, text.parse::<jiff::civil::Date>().ok()?).ok();
    shown.or_else(day).unwrap_or_else(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(template: &str, record: &Value) -> String {
        let mut out = Vec::new();
        Template::parse(template).unwrap().write(&mut out, record).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn fields_dates_and_escapes() {
        let record = serde_json::json!({
            "published": "2024-05-15T17:25:11Z", "day": "2024-05-15", "publisher": {"name": "Semafor"}, "none": null
        });
        assert_eq!(written(r"{published:%F}\t{publisher}\n", &record), "2024-05-15\tSemafor\n");
        assert_eq!(written("{day:%d %B %Y}|{none}|{{x}}", &record), "15 May 2024||{x}");
        assert_eq!(Template::parse("{a} {b"), Err(TemplateError::Open(4)));
        assert_eq!(Template::parse("{a}{b.c:%F}").unwrap().fields(), ["a", "b.c"]);
    }
}
