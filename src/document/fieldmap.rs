//! The field map: which of our fields a record's field is, by its name. The names are data
//! (`schema/fieldmap.toml`); the user may put a file of the same form in its place.

use std::collections::BTreeMap;

use crate::article::FieldName;

const BUILT_IN: &str = include_str!("../../schema/fieldmap.toml");

/// What a field of a record is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// A witness for a field of the article.
    Field(FieldName),
    /// An address or an outlet's name, told apart by its look.
    Source,
    /// When the copy was made.
    Captured,
    /// The text or markup of the story.
    Body,
}

impl Target {
    fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "headline" => Self::Field(FieldName::Headline),
            "dek" => Self::Field(FieldName::Dek),
            "byline" => Self::Field(FieldName::Byline),
            "credit" => Self::Field(FieldName::Credit),
            "publisher" => Self::Field(FieldName::Publisher),
            "host" => Self::Field(FieldName::Host),
            "url" => Self::Field(FieldName::Url),
            "language" => Self::Field(FieldName::Language),
            "published" => Self::Field(FieldName::Published),
            "modified" => Self::Field(FieldName::Modified),
            "topics" => Self::Field(FieldName::Topics),
            "source" => Self::Source,
            "captured" => Self::Captured,
            "body" => Self::Body,
            _ => return None,
        })
    }
}

/// Names of record fields for each of our fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldMap {
    fields: Vec<(Target, Vec<String>)>,
    head: BTreeMap<String, Target>,
}

/// A field map that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FieldMapError {
    /// It is no TOML of the right form.
    #[error("no valid field map: {0}")]
    Syntax(String),
    /// It names a field that articles do not have.
    #[error("articles have no field `{0}`")]
    UnknownField(String),
    /// Without names for the text no record would ever be read.
    #[error("the field map names no `body`")]
    NoBody,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    fields: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    head: BTreeMap<String, Vec<String>>,
}

impl Default for FieldMap {
    /// The map that is compiled in.
    fn default() -> Self {
        // A test holds that the built-in map parses; an empty one reads no record and says so.
        Self::parse(BUILT_IN).unwrap_or_else(|_| Self { fields: Vec::new(), head: BTreeMap::new() })
    }
}

impl FieldMap {
    /// Reads a map in the form of `schema/fieldmap.toml`.
    ///
    /// # Errors
    /// See [`FieldMapError`].
    pub fn parse(toml: &str) -> Result<Self, FieldMapError> {
        let written: Written =
            toml::from_str(toml).map_err(|error| FieldMapError::Syntax(error.to_string()))?;
        let target =
            |name: &str| Target::from_name(name).ok_or_else(|| FieldMapError::UnknownField(name.to_owned()));
        let mut fields = Vec::new();
        for (name, names) in written.fields {
            fields.push((target(&name)?, names));
        }
        let mut head = BTreeMap::new();
        for (name, names) in written.head {
            let target = target(&name)?;
            head.extend(names.iter().map(|name| (folded(name), target)));
        }
        if !fields.iter().any(|(target, names)| *target == Target::Body && !names.is_empty()) {
            return Err(FieldMapError::NoBody);
        }
        fields.sort();
        Ok(Self { fields, head })
    }

    /// Our fields with the names they go by, the most trusted first.
    pub fn fields(&self) -> impl Iterator<Item = (Target, &[String])> {
        self.fields.iter().map(|(target, names)| (*target, names.as_slice()))
    }

    /// What a line `name: …` at the head of a plain text is.
    pub fn head(&self, name: &str) -> Option<Target> {
        self.head.get(&folded(name)).copied()
    }
}

/// `name` as names are compared: without case, and with `_` for `-` and spaces.
pub(super) fn folded(name: &str) -> String {
    let fold = |c: char| if matches!(c, '-' | ' ') { '_' } else { c };
    name.trim().to_lowercase().chars().map(fold).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_map_parses_and_knows_every_target() {
        let map = FieldMap::parse(BUILT_IN).unwrap();
        assert_eq!(map.fields().count(), 14);
        assert_eq!(map.head("TITLE"), Some(Target::Field(FieldName::Headline)));
        assert_eq!(map.head("Date published"), Some(Target::Field(FieldName::Published)));
        assert_eq!(map.head("Warning"), None);
    }

    #[test]
    fn bad_maps_are_refused_with_the_reason() {
        let error = |toml: &str| FieldMap::parse(toml).unwrap_err().to_string();
        assert_eq!(error("[fields]\nbody = ['text']\ncolour = ['c']"), "articles have no field `colour`");
        assert_eq!(error("[fields]\nheadline = ['t']"), "the field map names no `body`");
        assert!(error("[fields").starts_with("no valid field map"));
    }
}
