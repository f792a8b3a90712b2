//! The rules' table: how far each is trusted, and which have a feature in the ranking.

use std::{collections::BTreeMap, sync::LazyLock};

use crate::article::{FieldName, Witness};

const RULES: &str = include_str!("../../../schema/metadata/rules.tsv");

/// The rules of one field.
#[derive(Debug, Default)]
pub(crate) struct FieldRules {
    reliability: BTreeMap<&'static str, f32>,
    /// Names of the rules with a feature, in the order of the table.
    features: Vec<&'static str>,
    places: BTreeMap<&'static str, usize>,
}

/// The table that ships with newsidx.
static TABLE: LazyLock<BTreeMap<FieldName, FieldRules>> = LazyLock::new(|| {
    let mut table: BTreeMap<FieldName, FieldRules> = BTreeMap::new();
    for line in RULES.lines().filter(|line| !line.starts_with('#')) {
        let mut cells = line.split('\t');
        let field = cells.next().and_then(|name| serde_json::from_value(name.into()).ok());
        let (Some(field), Some(rule), Some(reliability)) = (field, cells.next(), cells.next()) else {
            continue;
        };
        let rules: &mut FieldRules = table.entry(field).or_default();
        rules.reliability.insert(rule, reliability.parse().unwrap_or(0.5));
        if cells.next() == Some("page") {
            rules.places.insert(rule, rules.features.len());
            rules.features.push(rule);
        }
    }
    table
});

/// The rules of `field`; of a field that the table does not have, none.
pub(crate) fn rules_of(field: FieldName) -> &'static FieldRules {
    static NONE: LazyLock<FieldRules> = LazyLock::new(FieldRules::default);
    TABLE.get(&field).unwrap_or(&NONE)
}

impl FieldRules {
    /// Probability that the value of `rule` is right where it stands alone.
    pub(crate) fn reliability(&self, rule: &str) -> f32 {
        let family = rule.split(':').next().unwrap_or(rule);
        let known =
            self.reliability.get(rule).or_else(|| self.reliability.get(format!("{family}:*").as_str()));
        known.or_else(|| self.reliability.get("*")).copied().unwrap_or(0.5)
    }

    /// Place of the feature of `rule`; metas that are not listed share one.
    pub(crate) fn place(&self, rule: &str) -> Option<usize> {
        let shared = || rule.starts_with("meta:").then(|| self.places.get("meta:*")).flatten();
        self.places.get(rule).or_else(shared).copied()
    }

    /// Names of the rules with a feature.
    pub(crate) fn features(&self) -> &[&'static str] {
        &self.features
    }
}

/// Whether `rule` is one of a page's own, and not of the file or record that holds the page.
pub(crate) fn is_page_rule(rule: &str) -> bool {
    let family = rule.split(':').next().unwrap_or(rule);
    matches!(
        family,
        "html"
            | "meta"
            | "jsonld"
            | "jsonld-page"
            | "jsonld-other"
            | "jsonld-broken"
            | "microdata"
            | "rdfa"
            | "link"
            | "time"
            | "class"
            | "data"
            | "script"
            | "url"
            | "visible"
            | "title"
            | "host"
    ) || matches!(rule, "text:first-date" | "text:latest-date" | "text:earliest-date" | "text:commonest-date")
}

/// The probability that at least one of the rules that give a value is right, were they
/// independent: each rule once, with its best weight.
pub(crate) fn agreement(
    support: impl Iterator<Item = (usize, f32)>,
    witnesses: &[Witness],
    field: FieldName,
) -> f32 {
    let rules = rules_of(field);
    let mut best: BTreeMap<&str, f32> = BTreeMap::new();
    for (index, weight) in support {
        let rule = witnesses[index].rule.as_str();
        let known = best.entry(rule).or_default();
        *known = known.max(weight * rules.reliability(rule).min(0.97));
    }
    1.0 - best.values().map(|probability| 1.0 - probability).product::<f32>()
}

/// One candidate's features with their names.
#[derive(Debug, Default)]
pub(crate) struct Row {
    /// The values, in a fixed order.
    pub values: Vec<f32>,
    /// Their names, kept only for training.
    pub names: Option<Vec<String>>,
}

impl Row {
    /// A row that keeps the names of its features where `naming` says so.
    pub(crate) fn new(naming: bool) -> Self {
        Self { values: Vec::new(), names: naming.then(Vec::new) }
    }

    /// Adds a feature.
    pub(crate) fn push(&mut self, name: &str, value: f32) {
        self.values.push(value);
        if let Some(names) = &mut self.names {
            names.push(name.to_owned());
        }
    }

    /// Adds how far the rules that give a value are trusted: together, and the most trusted alone.
    pub(crate) fn push_trust(&mut self, field: FieldName, support: &[(usize, f32)], witnesses: &[Witness]) {
        let rules = rules_of(field);
        self.push("agreement", agreement(support.iter().copied(), witnesses, field));
        let best = support.iter().map(|(index, weight)| weight * rules.reliability(&witnesses[*index].rule));
        self.push("most-trusted", best.fold(0.0, f32::max));
    }

    /// Adds a feature for each rule of a table: `given` where it gives the candidate, -1 where it
    /// gives another, 0 where it is silent.
    pub(crate) fn push_states(
        &mut self,
        prefix: &str,
        rules: &FieldRules,
        present: &[bool],
        given: &[(usize, f32)],
    ) {
        let start = self.values.len();
        for (place, rule) in rules.features().iter().enumerate() {
            self.values.push(if present.get(place) == Some(&true) { -1.0 } else { 0.0 });
            if let Some(names) = &mut self.names {
                names.push(format!("{prefix}{rule}"));
            }
        }
        for (place, value) in given {
            let state = &mut self.values[start + place];
            *state = state.max(*value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_rules_and_families() {
        let rules = rules_of(FieldName::Headline);
        assert!(rules.reliability("html:h1") > rules.reliability("html:title"));
        assert!(rules.reliability("json:title") > 0.9);
        assert_eq!(rules.place("meta:some.title"), rules.place("meta:*"));
        assert_eq!(rules.place("json:title"), None);
        assert!(is_page_rule("jsonld:headline") && !is_page_rule("json:title"));
    }

    #[test]
    fn states_say_who_gives_what() {
        let rules = rules_of(FieldName::Headline);
        let mut present = vec![false; rules.features().len()];
        present[0] = true;
        present[1] = true;
        let mut row = Row::new(true);
        row.push_states("", rules, &present, &[(0, 1.0)]);
        assert_eq!(&row.values[..3], &[1.0, -1.0, 0.0]);
        assert_eq!(row.names.map(|names| names.len()), Some(rules.features().len()));
    }
}
