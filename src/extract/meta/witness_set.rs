//! The witnesses of one page while they are gathered: bounded, in order, each value of a rule once.

use std::collections::{BTreeMap, BTreeSet};

use super::fold::tidy;
use crate::article::{FieldName, Witness};

/// Values of one rule that are heard: a page repeats its `itemprop`s and metas, a hostile one
/// without end.
const MAX_PER_RULE: usize = 24;

/// Values of all rules.
const MAX_WITNESSES: usize = 2_000;

/// A value is cut after this many bytes: no headline, byline or address is longer.
const MAX_RAW_BYTES: usize = 2_000;

/// Witnesses while they are gathered.
#[derive(Debug, Default)]
pub(crate) struct WitnessSet {
    witnesses: Vec<Witness>,
    counts: BTreeMap<(FieldName, String), usize>,
    seen: BTreeSet<(FieldName, String, String)>,
}

impl WitnessSet {
    /// Adds what `rule` says of `field`, unless it says nothing new or has said too much.
    pub(crate) fn add(&mut self, field: FieldName, rule: &str, raw: &str) {
        let mut end = raw.len().min(MAX_RAW_BYTES);
        while !raw.is_char_boundary(end) {
            end -= 1;
        }
        let raw = tidy(&raw[..end]);
        if raw.is_empty() || self.witnesses.len() >= MAX_WITNESSES {
            return;
        }
        let count = self.counts.entry((field, rule.to_owned())).or_default();
        if *count < MAX_PER_RULE && self.seen.insert((field, rule.to_owned(), raw.clone())) {
            *count += 1;
            self.witnesses.push(Witness::new(field, rule, raw));
        }
    }

    /// The values that the rules of `field` gave so far, in order.
    pub(crate) fn values(&self, field: FieldName) -> impl Iterator<Item = &str> {
        self.witnesses
            .iter()
            .filter(move |witness| witness.field == field)
            .map(|witness| witness.raw.as_str())
    }

    /// All witnesses, in the order in which they came.
    pub(crate) fn into_vec(self) -> Vec<Witness> {
        self.witnesses
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hears_each_value_once_and_bounds_them() {
        let mut set = WitnessSet::default();
        set.add(FieldName::Headline, "html:h1", " Rain\n again ");
        set.add(FieldName::Headline, "html:h1", "Rain again");
        set.add(FieldName::Headline, "html:h1", "  ");
        assert_eq!(set.values(FieldName::Headline).collect::<Vec<_>>(), ["Rain again"]);
        for number in 0..100_000 {
            set.add(FieldName::Headline, "html:h1", &format!("Rain {number}"));
        }
        assert_eq!(set.into_vec().len(), MAX_PER_RULE);
    }
}
