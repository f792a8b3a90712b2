//! Where sentences end: at stops, question and exclamation marks of any script, and at line ends.
//!
//! It decides by the characters around a mark and by the word lists of
//! `schema/rules/sentence-breaks.tsv`; it knows no grammar, and a mark inside a quotation ends a
//! sentence like any other.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::article::Span;

/// Bytes looked at before and after a mark: longer words are neither abbreviations nor starters.
const MAX_WORD_BYTES: usize = 32;
/// Closing marks taken into a sentence after its stop; more of them are noise.
const MAX_CLOSERS: usize = 8;

/// What a word of the list does to the stop behind it, or before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Title,
    Either,
    Number,
    Starter,
    Month,
}

#[derive(Debug, Default)]
struct Breaks {
    before: FxHashMap<&'static [u8], Vec<Role>>,
}

impl Breaks {
    fn builtin() -> &'static Self {
        static BUILTIN: LazyLock<Breaks> =
            LazyLock::new(|| Breaks::parse(include_str!("../../schema/rules/sentence-breaks.tsv")));
        &BUILTIN
    }

    fn parse(table: &'static str) -> Self {
        let mut before: FxHashMap<&'static [u8], Vec<Role>> = FxHashMap::default();
        for line in table.lines().filter(|line| !line.starts_with('#')) {
            let mut columns = line.split('\t');
            let (Some(word), Some(role)) = (columns.next(), columns.next()) else { continue };
            let role = match role {
                "title" => Role::Title,
                "either" => Role::Either,
                "number" => Role::Number,
                "starter" => Role::Starter,
                "month" => Role::Month,
                _ => continue,
            };
            before.entry(word.as_bytes()).or_default().push(role);
        }
        Self { before }
    }

    /// What `word`, in any case, does.
    fn roles(&self, word: &str) -> &[Role] {
        let mut buffer = [0_u8; MAX_WORD_BYTES];
        let known = match buffer.get_mut(..word.len()).filter(|_| word.is_ascii()) {
            Some(lower) => {
                lower.copy_from_slice(word.as_bytes());
                lower.make_ascii_lowercase();
                self.before.get(&*lower)
            }
            None => self.before.get(word.to_lowercase().replace('’', "'").as_bytes()),
        };
        known.map_or(&[], Vec::as_slice)
    }
}

/// The sentences of `text` in order, without the white space around them.
///
/// A line is never joined to the next. Closing quotation marks and brackets belong to the
/// sentence that they end.
///
/// ```
/// use newsidx::names::sentences::sentences;
/// let text = "Mr. Hill left at 3.5 km. \"Why?\" he asked. Nobody knew.";
/// let parts: Vec<&str> = sentences(text).map(|span| span.of(text)).collect();
/// assert_eq!(parts, ["Mr. Hill left at 3.5 km.", "\"Why?\" he asked.", "Nobody knew."]);
/// ```
pub fn sentences(text: &str) -> Sentences<'_> {
    Sentences { text, at: 0 }
}

/// The sentence of `sentences` (in order) that holds byte `at`.
pub fn sentence_at(sentences: &[Span], at: usize) -> Option<Span> {
    let next = sentences.partition_point(|span| span.start <= at);
    let span = sentences[next.checked_sub(1)?];
    (at < span.end).then_some(span)
}

/// Iterator over the sentences of a text; see [`sentences`].
#[derive(Clone, Debug)]
pub struct Sentences<'t> {
    text: &'t str,
    at: usize,
}

impl Iterator for Sentences<'_> {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        let start = self.at + leading_space(&self.text[self.at..]);
        if start >= self.text.len() {
            self.at = self.text.len();
            return None;
        }
        let end = sentence_end(self.text, start);
        self.at = end;
        Some(Span::new(start, start + self.text[start..end].trim_end().len()))
    }
}

fn leading_space(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

/// Whether a byte can begin a mark or a line end; all marks beyond ASCII start at 0xD6 or later.
const CANDIDATES: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = matches!(
            byte as u8,
            b'.' | b'!' | b'?' | b'\n' | b'\r' | 0xD6 | 0xD8 | 0xDB | 0xE0..=0xE3 | 0xEF
        );
        byte += 1;
    }
    table
};

fn sentence_end(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let mut at = start;
    while let Some(skipped) = bytes[at..].iter().position(|&byte| CANDIDATES[byte as usize]) {
        at += skipped;
        let Some(mark) = text[at..].chars().next() else { break };
        let after = at + mark.len_utf8();
        match mark {
            '\n' | '\r' | '\u{2028}' | '\u{2029}' => return at,
            '.' | '!' | '?' | '…' | '‽' | '؟' | '۔' | '։' | '।' | '॥' | '።' | '။' | '។' | '⁇' | '⁈' | '⁉' =>
            {
                let (end, closers) = past_marks(text, after);
                if ends_here(text, start, at, mark, end, closers) {
                    return end;
                }
                at = end;
            }
            '。' | '！' | '？' | '｡' | '．' => return past_marks(text, after).0,
            _ => at = after,
        }
    }
    bytes.len()
}

/// Past further stops and the quotation marks and brackets that close after them.
fn past_marks(text: &str, from: usize) -> (usize, usize) {
    let mut at = from;
    let mut closers = 0;
    for c in text[from..].chars() {
        match c {
            '.' | '!' | '?' | '…' | '。' | '！' | '？' if closers == 0 => {}
            '"' | '\'' | '”' | '’' | '“' | '»' | '«' | '›' | ')' | ']' | '」' | '』' | '）' | '】' | '*'
                if closers < MAX_CLOSERS =>
            {
                closers += 1;
            }
            _ => break,
        }
        at += c.len_utf8();
    }
    (at, closers)
}

/// Whether the mark at `at`, whose closers end at `end`, ends the sentence begun at `start`.
fn ends_here(text: &str, start: usize, at: usize, mark: char, end: usize, closers: usize) -> bool {
    let rest = &text[end..];
    let Some(next) = rest.chars().next() else { return true };
    if !next.is_whitespace() {
        return false;
    }
    let (line, following) = openings(rest);
    let Some(first) = following.chars().next() else { return true };
    if first.is_lowercase() {
        return false;
    }
    if mark != '.' || closers > 0 {
        return mark != '…' || line.len() != following.len() || first.is_uppercase();
    }
    stop_ends(text, start, at, following, first)
}

/// `rest` from where its line goes on, and from the first word there, past opening marks.
fn openings(rest: &str) -> (&str, &str) {
    // Nearly always a blank and a word.
    if let [b' ', next, ..] = rest.as_bytes()
        && next.is_ascii_alphanumeric()
    {
        return (&rest[1..], &rest[1..]);
    }
    let line = rest.trim_start_matches([' ', '\t', '\u{a0}', '\u{202f}']);
    let following = line.trim_start_matches([
        '"', '\'', '“', '‘', '„', '«', '»', '(', '[', '-', '–', '—', '¿', '¡', ' ', '*', '•',
    ]);
    (line, following)
}

/// Whether a full stop before a capital, a digit or another sign ends the sentence.
fn stop_ends(text: &str, start: usize, at: usize, following: &str, first: char) -> bool {
    let breaks = Breaks::builtin();
    let before = word_before(&text[start..at]);
    let begins_sentence = start + before.len() == at;
    if before.is_empty() {
        return true;
    }
    if before.chars().all(|c| c.is_ascii_digit()) {
        let list_number = begins_sentence && before.len() <= 3;
        let ordinal = before.len() <= 2 && breaks.roles(word_after(following)).contains(&Role::Month);
        return !(list_number || ordinal);
    }
    let roles = breaks.roles(before);
    if roles.contains(&Role::Title) || (first.is_numeric() && roles.contains(&Role::Number)) {
        return false;
    }
    let mut letters = before.chars();
    let initial = letters.next().is_some_and(char::is_uppercase) && letters.next().is_none() && before != "I";
    let dotted = before.contains('.') && before.split('.').all(|part| part.chars().count() <= 2);
    if initial || dotted || roles.contains(&Role::Either) {
        return !first.is_numeric() && breaks.roles(word_after(following)).contains(&Role::Starter);
    }
    true
}

/// The word that ends `text`, without opening brackets and quotation marks; empty if too long.
fn word_before(text: &str) -> &str {
    let mut begin = text.len();
    for c in text.chars().rev() {
        if c.is_whitespace()
            || matches!(c, '(' | '[' | '"' | '“' | '„' | '‘' | '«' | '\'' | '-' | '–' | '—' | '/')
        {
            break;
        }
        begin -= c.len_utf8();
        if text.len() - begin > MAX_WORD_BYTES {
            // Too long for an abbreviation: any letters will do.
            break;
        }
    }
    &text[begin..]
}

/// The word that begins `text`, at most [`MAX_WORD_BYTES`] long.
fn word_after(text: &str) -> &str {
    let mut end = 0;
    for c in text.chars() {
        if !(c.is_alphanumeric() || c == '\'' || c == '’') || end > MAX_WORD_BYTES {
            break;
        }
        end += c.len_utf8();
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn split(text: &str) -> Vec<&str> {
        sentences(text).map(|span| span.of(text)).collect()
    }

    #[test]
    fn stops_end_sentences_and_abbreviations_do_not() {
        assert_eq!(
            split("Gen. Oda met Sen. J. P. Ruiz. They ate. It cost $3.50 a head, i.e. little."),
            ["Gen. Oda met Sen. J. P. Ruiz.", "They ate.", "It cost $3.50 a head, i.e. little."]
        );
        assert_eq!(
            split("She lives in the U.S. The firm, Bolt Inc. Ltd., moved. On Jan. 5 it left."),
            ["She lives in the U.S.", "The firm, Bolt Inc. Ltd., moved.", "On Jan. 5 it left."]
        );
        assert_eq!(
            split("The U.S. Senate sat at 5 p.m. Tuesday."),
            ["The U.S. Senate sat at 5 p.m. Tuesday."]
        );
        assert_eq!(split("Bus No. 7 came. No. He left."), ["Bus No. 7 came.", "No.", "He left."]);
    }

    #[test]
    fn closing_marks_belong_to_the_sentence() {
        assert_eq!(
            split("“We go.” (He did not.) [All of it.] Then: \"Stop!\" they cried. ‘No.’ Fine."),
            ["“We go.”", "(He did not.)", "[All of it.]", "Then: \"Stop!\" they cried.", "‘No.’", "Fine."]
        );
    }

    #[test]
    fn lines_end_sentences() {
        assert_eq!(split("A headline\nThe text.\r\n\r\n  More "), ["A headline", "The text.", "More"]);
        assert!(split(" \n \n").is_empty());
    }

    #[test]
    fn other_scripts_and_languages() {
        assert_eq!(split("他来了。她走了！真的？"), ["他来了。", "她走了！", "真的？"]);
        assert_eq!(split("وصل الوفد؟ نعم۔ حسنا"), ["وصل الوفد؟", "نعم۔", "حسنا"]);
        assert_eq!(split("वह आया। वह गया।"), ["वह आया।", "वह गया।"]);
        assert_eq!(
            split("Am 3. März traf Dr. Vogel ein. Der Rat tagte."),
            ["Am 3. März traf Dr. Vogel ein.", "Der Rat tagte."]
        );
        assert_eq!(
            split("Это стоит 5 тыс. рублей. В Киеве тихо. „Ja.“ Er ging."),
            ["Это стоит 5 тыс. рублей.", "В Киеве тихо.", "„Ja.“", "Er ging."]
        );
    }

    #[test]
    fn ellipsis_and_lists() {
        assert_eq!(split("Well… maybe. Wait... No."), ["Well… maybe.", "Wait...", "No."]);
        assert_eq!(split("1. Bread\n2. Milk"), ["1. Bread", "2. Milk"]);
    }

    #[test]
    fn sentence_at_finds_the_holder() {
        let spans: Vec<Span> = sentences("One.  Two.").collect();
        assert_eq!(sentence_at(&spans, 0), Some(Span::new(0, 4)));
        assert_eq!(sentence_at(&spans, 4), None);
        assert_eq!(sentence_at(&spans, 6), Some(Span::new(6, 10)));
    }

    #[test]
    fn long_runs_take_linear_time() {
        for unit in ["a.", ". ", "\" ", ".\"", "U.S. ", "A. B", "….", "("] {
            let text = unit.repeat(400_000);
            assert!(sentences(&text).map(Span::len).sum::<usize>() <= text.len());
        }
    }

    proptest! {
        #[test]
        fn sentences_are_ordered_and_lose_only_space(text in "(?s)[a-zA-ZéЖ漢 .!?…\"“”()\n0-9’']{0,200}") {
            let mut at = 0;
            for span in sentences(&text) {
                prop_assert!(text[at..span.start].trim().is_empty());
                prop_assert!(!span.of(&text).is_empty());
                prop_assert_eq!(span.of(&text).trim(), span.of(&text));
                at = span.end;
            }
            prop_assert!(text[at..].trim().is_empty());
        }
    }
}
