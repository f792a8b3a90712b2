//! The lists of names, compiled into one automaton, and the entities behind them.
//!
//! A [`Gazetteer`] says which stretches of a text are names of a list and what each can mean. It
//! does not decide between the meanings: that takes the whole article and is linking's work.

mod builder;
mod compiled;
mod entry;
mod first_words;
mod inflection;
mod matcher;
mod sources;

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::LazyLock;

pub use builder::{assign_ids, compile};
pub use compiled::{CompiledError, FormFlags, Record, Relation};
pub use entry::{Class, Entry, EntryError, MAX_NAME_BYTES, Variant, read_list};
pub use sources::{ListError, compile_folder};

use crate::article::{Entity, Span};
use compiled::Compiled;

/// The lists of `schema/gazetteer/`, compiled by `examples/build_gazetteer.rs`.
const BUILTIN: &[u8] = include_bytes!("../../../schema/gazetteer/compiled.bin");

/// A stretch of text that a list has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Where it stands: without a leading article, without a possessive `'s`.
    pub span: Span,
    /// What is known of the form.
    pub flags: FormFlags,
    /// What the form can mean, for [`Gazetteer::senses`].
    pub form: Form,
}

/// A form of a list; valid for the gazetteer that gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Form(u64);

/// One thing that a form can mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sense {
    /// Number of the entity in the gazetteer.
    pub index: u32,
    /// How the form stands to it.
    pub relation: Relation,
    /// What is known of the entity.
    pub record: Record,
}

/// Lists of names, ready to be searched.
#[derive(Debug)]
pub struct Gazetteer {
    compiled: Compiled,
}

impl Gazetteer {
    /// The lists that ship with newsidx; opened at the first call, which reads next to nothing.
    pub fn builtin() -> &'static Self {
        static GAZETTEER: LazyLock<Gazetteer> = LazyLock::new(|| {
            let compiled = Compiled::open(Cow::Borrowed(BUILTIN));
            Gazetteer { compiled: compiled.unwrap_or_else(|_| empty()) }
        });
        &GAZETTEER
    }

    /// Compiles `entries` in memory: a user's own list.
    ///
    /// # Errors
    /// [`CompiledError`] where the list outgrows the layout.
    pub fn of_entries(entries: Vec<Entry>) -> Result<Self, CompiledError> {
        Self::of_compiled(compile(entries, &[])?)
    }

    /// Opens what [`compile`] wrote.
    ///
    /// # Errors
    /// [`CompiledError`] where the bytes are no list of this version.
    pub fn of_compiled(bytes: Vec<u8>) -> Result<Self, CompiledError> {
        Ok(Self { compiled: Compiled::open(Cow::Owned(bytes))? })
    }

    /// How many entities the lists hold.
    pub fn len(&self) -> usize {
        self.compiled.len()
    }

    /// Whether the lists hold nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Appends the names in `text` to `hits`, from left to right, the longest at each place, none overlapping.
    ///
    /// Among them are given names and surnames that stand for nobody in particular, and forms that
    /// count only with further evidence: [`Hit::flags`] tells. Linear in the length of the text.
    pub fn find(&self, text: &str, hits: &mut Vec<Hit>) {
        matcher::find(&self.compiled, text, hits);
    }

    /// The form that `name` as a whole is, whatever its case.
    pub fn form_of(&self, name: &str) -> Option<(Form, FormFlags)> {
        let at = self.compiled.form_of(name)?;
        Some((Form(at), self.compiled.flags(at)))
    }

    /// What `form` can mean, the weightiest first.
    pub fn senses(&self, form: Form) -> impl Iterator<Item = Sense> + '_ {
        self.compiled.senses(form.0).map(|(index, relation)| Sense {
            index,
            relation,
            record: self.record(index),
        })
    }

    /// What is known of entity `index`.
    pub fn record(&self, index: u32) -> Record {
        self.compiled.record(index)
    }

    /// Canonical name of entity `index`.
    pub fn name(&self, index: u32) -> &str {
        self.compiled.name(&self.record(index))
    }

    /// Id of entity `index`.
    pub fn id(&self, index: u32) -> String {
        self.compiled.id(&self.record(index))
    }

    /// Entity `index` as articles carry it.
    pub fn entity(&self, index: u32) -> Entity {
        let record = self.record(index);
        let country = String::from_utf8(record.country.to_vec()).ok().filter(|_| record.country != [0; 2]);
        Entity {
            id: self.compiled.id(&record),
            name: self.compiled.name(&record).to_owned(),
            kind: record.class.kind(),
            country,
            coordinates: record.coordinates,
        }
    }

    /// The folded forms of entity `index`, in alphabetical order. Looks at every form of the lists:
    /// some milliseconds.
    pub fn forms_of(&self, index: u32) -> Vec<String> {
        use fst::Streamer;
        let mut forms = Vec::new();
        let mut stream = self.compiled.forms.stream();
        while let Some((form, at)) = stream.next() {
            if self.compiled.senses(at).any(|(sense, _)| sense == index) {
                forms.push(String::from_utf8_lossy(form).into_owned());
            }
        }
        forms
    }

    /// Number of the entity with that id.
    pub fn by_id(&self, id: &str) -> Option<u32> {
        let (mut low, mut high) = (0, self.len() as u32);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.id(middle).as_str().cmp(id) {
                Ordering::Equal => return Some(middle),
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
            }
        }
        None
    }
}

/// A list of nothing, for the case that cannot be: bytes compiled in that can't be opened.
fn empty() -> Compiled {
    let bytes = compile(Vec::new(), &[]).unwrap_or_default();
    #[expect(
        clippy::expect_used,
        reason = "the empty list is made and opened by this very module, and tested"
    )]
    Compiled::open(Cow::Owned(bytes)).expect("the empty list opens")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_compiled_lists_are_those_of_the_folder() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/gazetteer");
        let (bytes, errors) =
            compile_folder(|file| std::fs::read(folder.join(file)).unwrap_or_default()).unwrap();
        assert_eq!(errors, []);
        assert!(bytes == BUILTIN, "run `cargo run --example build_gazetteer`");
    }

    #[test]
    fn ids_are_unique_sorted_and_found() {
        let gazetteer = Gazetteer::builtin();
        assert!(gazetteer.len() > 100_000);
        let ids: Vec<String> = (0..gazetteer.len() as u32).map(|index| gazetteer.id(index)).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
        for id in
            ["kharkiv", "vladimir-putin", "european-union", "white-house", "financial-times", "georgia-us"]
        {
            assert!(gazetteer.by_id(id).is_some(), "{id}");
        }
    }

    #[test]
    fn spellings_mean_the_same() {
        let gazetteer = Gazetteer::builtin();
        let first = |name: &str| {
            let (form, _) = gazetteer.form_of(name)?;
            gazetteer.senses(form).next().map(|sense| gazetteer.id(sense.index))
        };
        for (id, names) in [
            ("kyiv", ["Kyiv", "Kiev", "Київ", "Киева"]),
            ("united-states", ["US", "U.S.", "США", "Vereinigte Staaten"]),
            ("xi-jinping", ["Xi Jinping", "习近平", "Си Цзиньпин", "XI JINPING"]),
        ] {
            for name in names {
                assert_eq!(first(name).as_deref(), Some(id), "{name}");
            }
        }
    }
}
