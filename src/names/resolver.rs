//! The gazetteer as queries ask it: which entities a name may mean, in any case.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use super::gazetteer::{FormFlags, Gazetteer, Relation};
use crate::query::{NameResolver, Resolved};

/// Names that are ordinary words where they are written small ("turkey").
static SMALL_WORDS: LazyLock<FxHashSet<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("../../schema/gazetteer/small-words.txt").lines();
    lines.filter(|line| !line.starts_with('#') && !line.is_empty()).collect()
});

impl NameResolver for Gazetteer {
    fn entities(&self, name: &str) -> Vec<Resolved> {
        let Some((form, flags)) = self.form_of(name) else { return Vec::new() };
        let ordinary_word = flags.any(FormFlags::COMMON | FormFlags::GIVEN | FormFlags::SURNAME)
            || SMALL_WORDS.contains(name);
        self.senses(form)
            .filter(|sense| !sense.relation.any(Relation::WEAK))
            .map(|sense| {
                let entity = self.entity(sense.index);
                Resolved {
                    id: entity.id,
                    name: entity.name,
                    kind: entity.kind,
                    country: entity.country,
                    ordinary_word,
                }
            })
            .collect()
    }

    fn spellings(&self, id: &str) -> Vec<String> {
        self.by_id(id).map(|index| self.forms_of(index)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_word_may_be_a_word_and_a_capital_one_is_the_name() {
        let ordinary =
            |name: &str| Gazetteer::builtin().entities(name).first().map(|found| found.ordinary_word);
        assert_eq!(ordinary("turkey"), Some(true));
        assert_eq!(ordinary("Turkey"), Some(false));
        assert_eq!(ordinary("kharkiv"), Some(false));
    }
}
