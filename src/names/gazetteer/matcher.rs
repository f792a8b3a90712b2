//! One pass over a text that finds the forms of a compiled list.
//!
//! The matcher knows letters, case and word boundaries, no meanings. It starts at every word with
//! a capital (in scripts without case: at every word; without spaces: at every character), follows
//! the automaton of forms over folded letters, and keeps the longest form that ends at a boundary
//! and has the right case. A form has a bounded length, so the pass is linear.

use fst::raw::{CompiledAddr, Fst, Output};
use unicode_normalization::char::{compose, is_combining_mark};

use super::builder::is_connector;
use super::compiled::{Compiled, FormFlags};
use super::entry::MAX_NAME_BYTES;
use super::first_words::Reached;
use super::{Form, Hit};
use crate::article::Span;
use crate::names::fold::{fold_letter, is_separator, is_silent};
use crate::names::looks::plain_length;

/// Most bytes of white space between two words of one name: a line break with some indentation.
const MAX_GAP_BYTES: usize = 8;
/// Words in lower case with which a name may begin.
const PARTICLES: [&[u8]; 14] =
    [b"al", b"el", b"ad", b"as", b"ash", b"bin", b"ibn", b"de", b"van", b"von", b"dpa", b"di", b"da", b"du"];

/// Appends the names in `text` to `hits`.
pub(super) fn find(compiled: &Compiled, text: &str, hits: &mut Vec<Hit>) {
    let walker =
        Walker { compiled, fst: compiled.forms.as_fst(), root: compiled.forms.as_fst().root().addr(), text };
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        at = match byte {
            b'a'..=b'z' => walker.lower_word(at, hits),
            b'A'..=b'Z' | b'0'..=b'9' => walker.word(at, hits),
            0..0x80 => at + 1,
            _ => walker.beyond_ascii(at, hits),
        };
    }
}

/// How a script writes words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    /// Words with spaces between them, and case.
    Cased,
    /// Words with spaces between them, no case.
    Caseless,
    /// Arabic or Hebrew: caseless, and particles may be written before a name without a space.
    Clitic,
    /// No spaces between words, or endings that run on (Chinese, Japanese, Thai, Korean).
    Dense,
}

fn script_of(letter: char) -> Script {
    match letter {
        '\u{590}'..='\u{5ff}' | '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}' => Script::Clitic,
        '\u{e00}'..='\u{eff}'
        | '\u{f00}'..='\u{109f}'
        | '\u{1100}'..='\u{11ff}'
        | '\u{1780}'..='\u{17ff}' => Script::Dense,
        '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7ff}'
        | '\u{20000}'..='\u{3ffff}' => Script::Dense,
        '\u{10a0}'..='\u{10ff}' | '\u{900}'..='\u{dff}' | '\u{1200}'..='\u{139f}' => Script::Caseless,
        _ => Script::Cased,
    }
}

/// Whether a letter, digit or mark belongs to the word that it follows.
fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || is_combining_mark(letter)
}

struct Walker<'a> {
    compiled: &'a Compiled,
    fst: &'a Fst<std::borrow::Cow<'static, [u8]>>,
    root: CompiledAddr,
    text: &'a str,
}

/// What a walk has seen of the words of a candidate.
struct Words {
    /// First byte of the current word.
    start: usize,
    /// The current word begins in lower case.
    lower: bool,
    /// A word before it did, and it was no connector.
    lower_before: bool,
}

impl Walker<'_> {
    fn letter_at(&self, at: usize) -> Option<char> {
        self.text.get(at..)?.chars().next()
    }

    fn letter_before(&self, at: usize) -> Option<char> {
        self.text.get(..at)?.chars().next_back()
    }

    /// The end of the word that byte `at` lies in.
    #[inline]
    fn word_end(&self, mut at: usize) -> usize {
        let bytes = self.text.as_bytes();
        loop {
            at += plain_length(bytes.get(at..).unwrap_or(&[]));
            if bytes.get(at).is_none_or(u8::is_ascii) {
                return at;
            }
            match self.letter_at(at) {
                Some(letter) if is_word(letter) => at += letter.len_utf8(),
                _ => return at,
            }
        }
    }

    /// Tries a word that begins with an ASCII capital or digit; gives where to go on.
    fn word(&self, at: usize, hits: &mut Vec<Hit>) -> usize {
        match self.longest(at) {
            Some(hit) if self.text.as_bytes().get(at.wrapping_sub(1)) != Some(&b'@') => {
                hits.push(hit);
                hit.span.end
            }
            _ => self.word_end(at + 1),
        }
    }

    /// Passes a word in lower case, unless it is a particle that a name begins with.
    #[inline]
    fn lower_word(&self, at: usize, hits: &mut Vec<Hit>) -> usize {
        let bytes = self.text.as_bytes();
        let length = plain_length(&bytes[at..]);
        if length > 3 && bytes.get(at + length).is_none_or(u8::is_ascii) {
            return at + length;
        }
        let end = self.word_end(at + 1);
        if end - at > 3 {
            return end;
        }
        let capital_follows = matches!(bytes.get(end), Some(b' ' | b'-' | b'/' | b')'));
        let hit =
            (capital_follows && PARTICLES.contains(&&bytes[at..end])).then(|| self.longest(at)).flatten();
        if let Some(hit) = hit {
            hits.push(hit);
            return hit.span.end;
        }
        end
    }

    /// Tries a word that begins beyond ASCII; gives where to go on.
    fn beyond_ascii(&self, at: usize, hits: &mut Vec<Hit>) -> usize {
        let Some(letter) = self.letter_at(at) else { return at + 1 };
        let next = at + letter.len_utf8();
        if !letter.is_alphabetic() {
            return next;
        }
        let script = script_of(letter);
        let found = if script == Script::Cased && letter.is_lowercase() { None } else { self.longest(at) };
        if let Some(hit) = found {
            hits.push(hit);
            return hit.span.end;
        }
        match script {
            Script::Dense => next,
            Script::Clitic => match self.after_clitics(at) {
                Some(hit) => {
                    hits.push(hit);
                    hit.span.end
                }
                None => self.word_end(next),
            },
            _ => self.word_end(next),
        }
    }

    /// The name behind one or two particles that Arabic and Hebrew write before a word.
    fn after_clitics(&self, mut at: usize) -> Option<Hit> {
        for _ in 0..2 {
            let letter = self.letter_at(at)?;
            if !"وفبلكسהובלכמש".contains(letter) {
                return None;
            }
            at += letter.len_utf8();
            if let Some(hit) = self.longest(at) {
                let long_enough = hit.span.of(self.text).chars().count() >= 3;
                return long_enough.then_some(hit);
            }
        }
        None
    }

    /// The longest form that begins at `start`.
    fn longest(&self, start: usize) -> Option<Hit> {
        let mut node = self.fst.node(self.root);
        let mut output = Output::zero();
        let mut best: Option<(usize, u64)> = None;
        let mut at = start;
        let first = self.letter_at(start)?;
        let mut words = Words { start, lower: false, lower_before: false };
        if let Some((reached, end)) = self.first_word(start) {
            let Reached::Node { addr, output: put_out, goes_on } = reached else { return None };
            if !goes_on && self.text.as_bytes().get(end).is_none_or(|&next| next == b' ') {
                return None;
            }
            (node, output, at) = (self.fst.node(addr), put_out, end);
            if node.is_final() {
                let meaning = output.cat(node.final_output()).value();
                if self.case_fits(meaning, Span::new(start, at), &words, first) {
                    best = Some((at, meaning));
                }
            }
        }
        while at - start <= MAX_NAME_BYTES {
            let Some((pieces, next)) = self.pieces(at, &mut words) else { break };
            let mut lost = false;
            for &byte in pieces.bytes() {
                match node.find_input(byte) {
                    Some(n) => {
                        let transition = node.transition(n);
                        output = output.cat(transition.out);
                        node = self.fst.node(transition.addr);
                    }
                    None => {
                        lost = true;
                        break;
                    }
                }
            }
            if lost {
                break;
            }
            at = next;
            if !pieces.bytes().is_empty() && node.is_final() && self.ends_at(at) {
                let meaning = output.cat(node.final_output()).value();
                if self.case_fits(meaning, Span::new(start, at), &words, first) {
                    best = Some((at, meaning));
                }
            }
        }
        best.map(|(end, meaning)| self.hit(start, end, meaning))
    }

    /// Where the word at `start` leads, and its end, if it is of ASCII letters and digits alone and
    /// nothing can go on with it.
    fn first_word(&self, start: usize) -> Option<(Reached, usize)> {
        let rest = &self.text.as_bytes()[start..];
        let length = plain_length(rest);
        if length == 0 || rest.get(length).is_some_and(|next| !next.is_ascii()) {
            return None;
        }
        let reached = self.compiled.first_words.reached(self.fst, &rest[..length])?;
        Some((reached, start + length))
    }

    fn hit(&self, start: usize, mut end: usize, meaning: u64) -> Hit {
        let flags = self.compiled.flags(meaning);
        let bytes = self.text.as_bytes();
        if bytes.get(end) == Some(&b'.') {
            let dotted = end >= start + 3 && bytes[end - 2] == b'.';
            if dotted || flags.any(FormFlags::ABBREVIATION) {
                end += 1;
            }
        }
        Hit { span: Span::new(start, end), flags, form: Form(meaning) }
    }

    /// Whether a name may end before byte `at`.
    fn ends_at(&self, at: usize) -> bool {
        let Some(next) = self.letter_at(at) else { return true };
        if !is_word(next) {
            return true;
        }
        let Some(last) = self.letter_before(at) else { return true };
        if script_of(last) != Script::Dense {
            // A Latin name may stand against Chinese characters.
            return script_of(next) == Script::Dense && script_of(last) == Script::Cased;
        }
        let katakana = |letter: char| ('\u{30a0}'..='\u{30ff}').contains(&letter);
        !(is_combining_mark(next) || katakana(last) && katakana(next))
    }

    /// Whether the capitals of a candidate fit the form.
    fn case_fits(&self, meaning: u64, span: Span, words: &Words, first: char) -> bool {
        if script_of(first) != Script::Cased {
            return true;
        }
        let flags = self.compiled.flags(meaning);
        if flags.any(FormFlags::CAPS) {
            return !span.of(self.text).chars().any(char::is_lowercase);
        }
        let lower = words.lower_before || words.lower && words.start > span.start;
        !lower || flags.any(FormFlags::LOOSE_CASE)
    }

    /// What stands at `at` as the automaton reads it, and where the next piece stands; none where
    /// no name can go on.
    fn pieces(&self, at: usize, words: &mut Words) -> Option<(Pieces, usize)> {
        let letter = self.letter_at(at)?;
        let mut pieces = Pieces::default();
        let next = at + letter.len_utf8();
        if letter.is_ascii_alphanumeric() && self.text.as_bytes().get(next).is_none_or(u8::is_ascii) {
            pieces.push(letter.to_ascii_lowercase());
            return Some((pieces, next));
        }
        if letter == '.' {
            return self.full_stop(at, words).then_some((pieces, next));
        }
        if is_separator(letter) {
            let end = self.gap_end(at)?;
            self.next_word(end, words);
            pieces.push(' ');
            return Some((pieces, end));
        }
        if is_silent(letter) {
            return Some((pieces, next));
        }
        if !(is_word(letter) || matches!(letter, '&' | '/' | '+' | '!')) {
            return None;
        }
        // A letter and the marks that follow it, composed where Unicode has a letter for that.
        let (mut composed, mut end) = (letter, next);
        while let Some(mark) = self.letter_at(end).filter(|&mark| is_combining_mark(mark)) {
            match compose(composed, mark) {
                Some(letter) => composed = letter,
                None if ('\u{300}'..='\u{36f}').contains(&mark) => {}
                None => break,
            }
            end += mark.len_utf8();
        }
        fold_letter(composed, |piece| pieces.push(piece));
        Some((pieces, end))
    }

    /// Whether a name may go on after the full stop at `at`: within an acronym, or after a short word.
    fn full_stop(&self, at: usize, words: &Words) -> bool {
        let len = at - words.start;
        match self.letter_at(at + 1) {
            Some(next) if is_word(next) => {
                len == 1 || self.text.as_bytes()[..at].ends_with(b".") || at - words.start <= 5
            }
            Some(next) => len <= 5 && (is_separator(next) || next == '.'),
            None => false,
        }
    }

    /// The end of the white space or hyphen that begins at `at`; none where it is too wide, holds
    /// an empty line, or nothing follows.
    fn gap_end(&self, at: usize) -> Option<usize> {
        let (mut end, mut breaks) = (at, 0);
        loop {
            let letter = self.letter_at(end)?;
            if !is_separator(letter) {
                return (breaks < 2 && end - at <= MAX_GAP_BYTES).then_some(end);
            }
            breaks += usize::from(letter == '\n');
            end += letter.len_utf8();
            if end - at > MAX_GAP_BYTES {
                return None;
            }
        }
    }

    /// Notes that a word of the candidate begins at `start`.
    fn next_word(&self, start: usize, words: &mut Words) {
        if words.lower && words.start > 0 {
            let end = self.word_end(words.start);
            words.lower_before |= !is_connector(&self.text[words.start..end]);
        }
        words.start = start;
        words.lower = self.letter_at(start).is_some_and(char::is_lowercase);
    }
}

/// A few folded bytes.
#[derive(Default)]
struct Pieces {
    bytes: [u8; 16],
    len: usize,
}

impl Pieces {
    fn push(&mut self, letter: char) {
        let len = letter.len_utf8();
        if self.len + len <= self.bytes.len() {
            letter.encode_utf8(&mut self.bytes[self.len..]);
            self.len += len;
        }
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Entry, Gazetteer, Hit, read_list};

    const LIST: &str = "\tUnited States\tcountry\tUS|U.S.|USA\tdemonyms=American|Americans\n\
        \tChina\tcountry\t中国|الصين|Китай\n\tChina Daily\toutlet\n\tKharkiv\tcity\tKharkov|Харків|Харьков\n\
        \tSaint Louis\tcity\tSt. Louis\n\tPeople's Daily\toutlet\n\tXi'an\tcity\n\tXi Jinping\tperson\tXi\n\
        \tBank of England\tinstitution\n\tKachin\tplace\n\tAl-Qaeda\torganisation\tal-Qaeda\n\tCalifornia\tstate\tCalif.\n\
        \tNew York\tcity\n\tUkrainska Pravda\toutlet\tУкраїнська правда\n\tIran\tcountry\tイラン|이란|ایران\n\
        \tAT&T\tcompany\n\tMálaga\tcity\n\tWHO\torganisation\n";

    fn gazetteer() -> Gazetteer {
        let (entries, errors) = read_list(LIST.as_bytes());
        assert_eq!(errors, []);
        Gazetteer::of_entries(entries).unwrap()
    }

    fn found(text: &str) -> Vec<&str> {
        let mut hits = Vec::new();
        gazetteer().find(text, &mut hits);
        hits.iter().map(|hit: &Hit| hit.span.of(text)).collect()
    }

    #[test]
    fn longest_match_on_word_boundaries() {
        assert_eq!(found("China Daily wrote of China. Chinatown did not."), ["China Daily", "China"]);
        assert_eq!(found("the Bank of England; Bank of china"), ["Bank of England"]);
        assert_eq!(found("New\n  York and New\n\nYork"), ["New\n  York"]);
    }

    #[test]
    fn acronyms_need_their_capitals() {
        assert_eq!(found("The US told us; U.S. troops, the U.S."), ["US", "U.S.", "U.S."]);
        assert_eq!(found("Us and them. Who asked the WHO?"), ["WHO"]);
    }

    #[test]
    fn possessives_hyphens_and_apostrophes() {
        assert_eq!(found("China's US-China talks; China’s"), ["China", "US", "China", "China"]);
        assert_eq!(found("Xi's trip to Xi'an and Xi’an"), ["Xi", "Xi'an", "Xi’an"]);
        assert_eq!(found("The People’s Daily, the Peoples Daily"), ["People’s Daily", "Peoples Daily"]);
        assert_eq!(
            found("St. Louis, St Louis, Calif. and California"),
            ["St. Louis", "St Louis", "Calif.", "California"]
        );
        assert_eq!(found("al-Qaeda, Al Qaeda, AT&T"), ["al-Qaeda", "Al Qaeda", "AT&T"]);
    }

    #[test]
    fn lower_case_is_no_name() {
        assert!(found("china, kharkiv, xi, calif. and people's daily").is_empty());
        assert_eq!(found("CHINA AND KHARKIV"), ["CHINA", "KHARKIV"]);
    }

    #[test]
    fn other_scripts() {
        assert_eq!(found("У Харкові та Харьковом; харків"), ["Харкові", "Харьковом"]);
        assert_eq!(found("Українська правда пише"), ["Українська правда"]);
        assert_eq!(found("他说中国和イラン"), ["中国", "イラン"]);
        assert_eq!(found("이란은 오늘"), ["이란"]);
        assert_eq!(found("قالت الصين والصين وبايران"), ["الصين", "الصين"]);
        assert_eq!(found("Malaga, MÁLAGA, Ma\u{301}laga"), ["Malaga", "MÁLAGA", "Ma\u{301}laga"]);
    }

    #[test]
    fn marks_and_odd_bytes_keep_spans_on_boundaries() {
        for text in [
            "China\u{301}",
            "\u{301}China",
            "中国\u{fe0f}",
            "C\u{200d}hina",
            "\u{202e}China\u{202c}",
            "@China",
        ] {
            let mut hits = Vec::new();
            gazetteer().find(text, &mut hits);
            assert!(hits.iter().all(|hit| text.get(hit.span.start..hit.span.end).is_some()), "{text:?}");
        }
    }

    #[test]
    fn a_line_of_ten_megabytes_takes_linear_time() {
        let text = "China-".repeat(1_700_000);
        let mut hits = Vec::new();
        gazetteer().find(&text, &mut hits);
        assert_eq!(hits.len(), 1_700_000);
    }

    #[test]
    fn a_list_of_one_finds_it() {
        let gazetteer =
            Gazetteer::of_entries(vec![Entry::of_line("\tKyiv\tcity").unwrap().unwrap()]).unwrap();
        let index = gazetteer.by_id("kyiv").unwrap();
        assert_eq!(gazetteer.entity(index).name, "Kyiv");
        assert_eq!(gazetteer.by_id("lviv"), None);
    }
}
