//! The attribution rules of `schema/rules/`, compiled: cues, classes of words, labels.
//!
//! It holds what the tables say and finds cues in a text; it reads no grammar into them.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::article::{Force, Span};
use crate::names::looks::{self, Looks, next_word, word_end};

/// What a cue can do, as a set of bits; see the head of `schema/rules/attribution.tsv`.
pub(super) mod uses {
    pub const STRONG: u16 = 1;
    pub const PLAIN: u16 = 1 << 1;
    pub const BELIEF: u16 = 1 << 2;
    pub const OBJECT: u16 = 1 << 3;
    pub const CARRIER: u16 = 1 << 4;
    pub const POST: u16 = 1 << 5;
    pub const LIST: u16 = 1 << 6;
    pub const CREDIT: u16 = 1 << 7;
    pub const NOUN: u16 = 1 << 8;
    pub const TEXT: u16 = 1 << 9;
    pub const AMOUNT: u16 = 1 << 10;
    /// Any verb with the voice before it.
    pub const VERB: u16 = STRONG | PLAIN | BELIEF | POST | TEXT;
}

/// Classes of words, as a set of bits; see the head of `schema/rules/attribution-words.tsv`.
pub(super) mod class {
    pub const DET: u32 = 1;
    pub const ADVERB: u32 = 1 << 1;
    pub const AUXILIARY: u32 = 1 << 2;
    pub const NOT: u32 = 1 << 3;
    pub const TIME: u32 = 1 << 4;
    pub const HE: u32 = 1 << 5;
    pub const PRONOUN: u32 = 1 << 6;
    pub const WHO: u32 = 1 << 7;
    pub const PREP: u32 = 1 << 8;
    pub const BOUNDARY: u32 = 1 << 9;
    pub const PEOPLE: u32 = 1 << 10;
    pub const SPOKES: u32 = 1 << 11;
    pub const BODY: u32 = 1 << 12;
    pub const MEDIA: u32 = 1 << 13;
    pub const TEXT: u32 = 1 << 14;
    pub const CLOSE: u32 = 1 << 15;
    /// Nouns that can head the name of a voice.
    pub const HEAD: u32 = PEOPLE | SPOKES | BODY | MEDIA | TEXT;

    pub(super) const NAMES: [(&str, u32); 16] = [
        ("det", DET),
        ("adverb", ADVERB),
        ("auxiliary", AUXILIARY),
        ("not", NOT),
        ("time", TIME),
        ("he", HE),
        ("pronoun", PRONOUN),
        ("who", WHO),
        ("prep", PREP),
        ("boundary", BOUNDARY),
        ("people", PEOPLE),
        ("spokes", SPOKES),
        ("body", BODY),
        ("media", MEDIA),
        ("text", TEXT),
        ("close", CLOSE),
    ];
}

/// What a cue means in one language.
#[derive(Clone, Copy, Debug)]
struct Meaning {
    uses: u16,
    force: Option<Force>,
    language: &'static str,
}

/// A cue where it stands, with what it means in the article's language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cue {
    pub span: Span,
    pub uses: u16,
    pub force: Option<Force>,
}

/// Entries of [`FormLooks::letters`].
const LETTERS: usize = 1 << 12;

/// A sieve of the words that forms begin with, each with the letter that follows it and a blank.
#[derive(Debug)]
struct FormLooks {
    words: Looks,
    /// A bit for each such letter (its lowest five bits), by the look of the first word.
    letters: Box<[u32; LETTERS]>,
}

impl FormLooks {
    fn of(forms: &FxHashMap<Vec<u8>, Vec<Form>>) -> Self {
        let mut letters = Box::new([0; LETTERS]);
        for (word, forms) in forms {
            for form in forms {
                letters[looks::bucket(word) % LETTERS] |=
                    if form.text.len() == word.len() { u32::MAX } else { 1 << (form.next[1] & 31) };
            }
        }
        Self { words: Looks::of(forms.keys().map(Vec::as_slice)), letters }
    }

    /// Whether a form may begin with `word`, behind which stands a word with that letter.
    fn have(&self, word: &[u8], letter: u8) -> bool {
        self.words.have(word) && self.letters[looks::bucket(word) % LETTERS] >> (letter & 31) & 1 == 1
    }
}

/// The byte behind the one at `word_end`.
fn second_letter(bytes: &[u8], word_end: usize) -> u8 {
    bytes.get(word_end + 1).copied().unwrap_or(0)
}

/// Bytes of text in which a cue may be expected.
const BYTES_PER_CUE: usize = 64;

/// Longest word, in bytes, that a table has.
const MAX_WORD_BYTES: usize = 40;

/// A form of a cue, with its number.
#[derive(Debug)]
struct Form {
    text: String,
    number: usize,
    /// The bytes behind its first word: of the gap and of the next word, zeros where there is none.
    next: [u8; 2],
}

/// Words of one class set, by language.
type Classes = Vec<(&'static str, u32)>;

/// The compiled tables.
#[derive(Debug)]
pub(super) struct Rules {
    /// The cues' forms by their first words, in lower case; of those with one first word the longest
    /// first. Most words of a text begin none.
    forms: FxHashMap<Vec<u8>, Vec<Form>>,
    /// Of the first words of forms, and the letter that the next one begins with.
    form_looks: FormLooks,
    meanings: Vec<Vec<Meaning>>,
    words: FxHashMap<&'static [u8], Classes>,
    word_looks: Looks,
    labels: FxHashMap<&'static str, ()>,
}

impl Rules {
    /// The rules that ship with newsidx.
    pub fn builtin() -> &'static Self {
        static BUILTIN: LazyLock<Rules> = LazyLock::new(|| {
            Rules::parse(
                include_str!("../../../schema/rules/attribution.tsv"),
                include_str!("../../../schema/rules/attribution-words.tsv"),
                include_str!("../../../schema/rules/source-lines.tsv"),
            )
        });
        &BUILTIN
    }

    fn parse(cues: &'static str, words: &'static str, labels: &'static str) -> Self {
        let (forms, meanings) = parse_cues(cues);
        let forms = by_first_word(forms);
        let form_looks = FormLooks::of(&forms);
        let mut classes: FxHashMap<&'static [u8], Classes> = FxHashMap::default();
        for mut row in rows(words) {
            let (Some(name), Some(list), Some(language)) = (row.next(), row.next(), row.next()) else {
                continue;
            };
            let Some(&(_, bit)) = class::NAMES.iter().find(|(known, _)| *known == name) else { continue };
            for word in list.split(' ') {
                let entry = classes.entry(word.as_bytes()).or_default();
                match entry.iter_mut().find(|(known, _)| *known == language) {
                    Some((_, bits)) => *bits |= bit,
                    None => entry.push((language, bit)),
                }
            }
        }
        let labels = rows(labels).filter_map(|mut row| row.next()).map(|label| (label, ())).collect();
        let word_looks = Looks::of(classes.keys().copied());
        Self { forms, form_looks, meanings, words: classes, word_looks, labels }
    }

    /// The cues of `text` in order, as whole words, read in `language` (all languages if unknown).
    pub fn cues(&self, text: &str, language: Option<&str>) -> Vec<Cue> {
        let bytes = text.as_bytes();
        let mut found = Vec::with_capacity(text.len() / BYTES_PER_CUE);
        let mut at = 0;
        while let Some(start) = next_word(text, at) {
            at = word_end(text, start);
            if !self.form_looks.have(&bytes[start..at], second_letter(bytes, at)) {
                continue;
            }
            let Some((end, form)) = self.form_at(text, start, at) else { continue };
            at = end;
            let mut cue = Cue { span: Span::new(start, end), uses: 0, force: None };
            for meaning in &self.meanings[form] {
                if speaks(language, meaning.language) {
                    cue.uses |= meaning.uses;
                    cue.force = cue.force.or(meaning.force);
                }
            }
            if cue.uses != 0 {
                found.push(cue);
            }
        }
        found
    }

    /// The longest form that begins with the word from `start` to `word_end`: its end and number.
    fn form_at(&self, text: &str, start: usize, word_end: usize) -> Option<(usize, usize)> {
        let mut buffer = [0; MAX_WORD_BYTES];
        let word = buffer.get_mut(..word_end - start)?;
        word.copy_from_slice(&text.as_bytes()[start..word_end]);
        word.make_ascii_lowercase();
        let forms = self.forms.get(&*word)?;
        let byte = |at: usize| text.as_bytes().get(at).map_or(0, u8::to_ascii_lowercase);
        let next = [byte(word_end), byte(word_end + 1)];
        let is_here = |form: &&Form| {
            let Form { text: form, next: wanted, .. } = form;
            if form.len() == word_end - start {
                return true;
            }
            let stretch = || text.as_bytes().get(start..start + form.len());
            next == *wanted
                && stretch().is_some_and(|stretch| stretch.eq_ignore_ascii_case(form.as_bytes()))
                && !text[start + form.len()..].starts_with(char::is_alphanumeric)
        };
        let form = forms.iter().find(is_here)?;
        Some((start + form.text.len(), form.number))
    }

    /// The classes of `word`, read in `language`; none for unknown words.
    pub fn classes(&self, word: &str, language: Option<&str>) -> u32 {
        if word.len() > MAX_WORD_BYTES {
            return 0;
        }
        let known = if word.is_ascii() {
            if !self.word_looks.have(word.as_bytes()) {
                return 0;
            }
            let mut buffer = [0_u8; MAX_WORD_BYTES];
            let buffer = &mut buffer[..word.len()];
            buffer.copy_from_slice(word.as_bytes());
            buffer.make_ascii_lowercase();
            self.words.get(&*buffer)
        } else {
            self.words.get(word.replace('’', "'").to_lowercase().as_bytes())
        };
        known.map_or(0, |classes| {
            let spoken = classes.iter().filter(|(of, _)| *of == "*" || speaks(language, of));
            spoken.fold(0, |bits, (_, bit)| bits | bit)
        })
    }

    /// Whether a line that begins with `label` and a colon lists sources.
    pub fn is_source_label(&self, label: &str) -> bool {
        self.labels.contains_key(label.to_lowercase().as_str())
    }
}

/// Whether a rule of language `of` holds in a text in `language`.
fn speaks(language: Option<&str>, of: &str) -> bool {
    match language {
        None => true,
        // Quoted and borrowed English stands in texts of any language.
        Some(language) => of == "*" || of == "en" || language.get(..2) == Some(of),
    }
}

/// The forms, with their numbers, by the letters and digits that they begin with.
fn by_first_word(forms: Vec<String>) -> FxHashMap<Vec<u8>, Vec<Form>> {
    let mut by_word: FxHashMap<Vec<u8>, Vec<Form>> = FxHashMap::default();
    for (number, text) in forms.into_iter().enumerate() {
        let end = word_end(&text, 0);
        let byte = |at: usize| text.as_bytes().get(at).map_or(0, u8::to_ascii_lowercase);
        let next = [byte(end), byte(end + 1)];
        by_word.entry(text.as_bytes()[..end].to_ascii_lowercase()).or_default().push(Form {
            text,
            number,
            next,
        });
    }
    for forms in by_word.values_mut() {
        forms.sort_by_key(|form| (std::cmp::Reverse(form.text.len()), form.number));
    }
    by_word
}

fn rows(table: &'static str) -> impl Iterator<Item = std::str::Split<'static, char>> {
    table.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(|line| line.split('\t'))
}

fn parse_cues(table: &'static str) -> (Vec<String>, Vec<Vec<Meaning>>) {
    let mut forms: Vec<String> = Vec::new();
    let mut meanings: Vec<Vec<Meaning>> = Vec::new();
    let mut known: FxHashMap<String, usize> = FxHashMap::default();
    for mut row in rows(table) {
        let (Some(list), Some(names), Some(force), Some(language)) =
            (row.next(), row.next(), row.next(), row.next())
        else {
            continue;
        };
        let meaning = Meaning { uses: parse_uses(names), force: parse_force(force), language };
        for form in list.split('|') {
            let mut spelled = vec![form.to_owned()];
            // The automaton folds the case of ASCII alone.
            let mut letters = form.chars();
            if let Some(first) = letters.next().filter(|first| !first.is_ascii()) {
                spelled.push(first.to_uppercase().chain(letters).collect());
            }
            for form in spelled {
                let at = *known.entry(form.clone()).or_insert_with(|| {
                    forms.push(form);
                    meanings.push(Vec::new());
                    forms.len() - 1
                });
                meanings[at].push(meaning);
            }
        }
    }
    (forms, meanings)
}

fn parse_uses(names: &str) -> u16 {
    names.split(',').fold(0, |bits, name| {
        bits | match name {
            "strong" => uses::STRONG,
            "plain" => uses::PLAIN,
            "belief" => uses::BELIEF,
            "object" => uses::OBJECT,
            "carrier" => uses::CARRIER,
            "post" => uses::POST,
            "list" => uses::LIST,
            "credit" => uses::CREDIT,
            "noun" => uses::NOUN,
            "text" => uses::TEXT,
            "amount" => uses::AMOUNT,
            _ => 0,
        }
    })
}

fn parse_force(name: &str) -> Option<Force> {
    match name {
        "said" => Some(Force::Said),
        "claimed" => Some(Force::Claimed),
        "denied" => Some(Force::Denied),
        "confirmed" => Some(Force::Confirmed),
        "unverified" => Some(Force::Unverified),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_tables_means_something() {
        for mut row in rows(include_str!("../../../schema/rules/attribution.tsv")) {
            let line: Vec<&str> = row.by_ref().collect();
            assert_eq!(line.len(), 4, "{line:?}");
            assert!(line[1].split(',').all(|name| parse_uses(name) != 0), "{line:?}");
            assert!(line[2] == "-" || parse_force(line[2]).is_some(), "{line:?}");
            assert!(line[0].split('|').all(|form| form == form.to_lowercase().trim() && !form.is_empty()));
            assert!(line[0].split('|').all(|form| (1..=MAX_WORD_BYTES).contains(&word_end(form, 0))));
        }
        for row in rows(include_str!("../../../schema/rules/attribution-words.tsv")) {
            let line: Vec<&str> = row.collect();
            assert_eq!(line.len(), 3, "{line:?}");
            assert!(class::NAMES.iter().any(|(name, _)| *name == line[0]), "{line:?}");
        }
    }

    #[test]
    fn cues_are_whole_words_in_the_languages_spoken() {
        let rules = Rules::builtin();
        let text = "Percent. He Said one; misaid. According to her, « sagte » dit.";
        let of = |language| -> Vec<&str> {
            rules.cues(text, language).iter().map(|cue| cue.span.of(text)).collect()
        };
        assert_eq!(of(Some("en")), ["Said", "According to"]);
        assert_eq!(of(Some("de")), ["Said", "According to", "sagte"]);
        assert_eq!(of(None), ["Said", "According to", "sagte", "dit"]);
    }

    #[test]
    fn words_know_their_classes() {
        let rules = Rules::builtin();
        assert_ne!(rules.classes("Officials", Some("en")) & class::PEOPLE, 0);
        assert_ne!(rules.classes("Источники", Some("ru")) & class::PEOPLE, 0);
        assert_eq!(rules.classes("der", Some("en")), 0);
        assert!(rules.is_source_label("Sources") && !rules.is_source_label("Resources"));
    }
}
