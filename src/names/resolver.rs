//! The gazetteer as queries ask it: which entities a name may mean, in any case.

use super::gazetteer::{FormFlags, Gazetteer, Relation};
use crate::query::{NameResolver, Resolved};

impl NameResolver for Gazetteer {
    fn entities(&self, name: &str) -> Vec<Resolved> {
        let Some((form, flags)) = self.form_of(name) else { return Vec::new() };
        let ordinary_word = flags.any(FormFlags::COMMON | FormFlags::GIVEN | FormFlags::SURNAME);
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
