//! Language of a text and the number of its words.
//!
//! Detection is whatlang's (trigrams and scripts); codes are ISO 639-1. Plain English, which most
//! news is written in, is known by its small words before that: trigrams cost fifty times as much.
//! Nothing here reads what a page says about its language.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};
use unicode_segmentation::UnicodeSegmentation;

/// Most bytes that are looked at: trigram statistics do not move after a few thousand letters.
const MAX_SAMPLE_BYTES: usize = 6_000;

/// Fewest letters on which a guess is better than none.
const MIN_LETTERS: usize = 40;

/// The language of `text` as an ISO 639-1 code, with the detector's confidence from 0 to 1; none
/// for texts of fewer than 40 letters, and for those in Latin script with none of the words that every
/// sentence of a language has.
pub fn detect(text: &str) -> Option<(&'static str, f32)> {
    let sample = sample_of(text);
    let letters = sample.chars().filter(|c| c.is_alphabetic()).take(MIN_LETTERS).count();
    // A letter of these scripts is a syllable or a word.
    let dense = sample.chars().any(is_unspaced);
    if letters < if dense { MIN_LETTERS / 4 } else { MIN_LETTERS } {
        return None;
    }
    if is_plain_english(sample) {
        return Some(("en", 1.0));
    }
    let found = whatlang::detect(sample)?;
    let code = iso_639_1(found.lang().code())?;
    // Figures and abbreviations ("Shr 45 cts vs 58 cts") have trigrams, but no language's words.
    let worded = found.script() != whatlang::Script::Latin
        || own_words_percent(sample, code).is_none_or(|own| own >= MIN_OWN_WORDS_PERCENT);
    if worded {
        return Some((code, found.confidence() as f32));
    }
    let english = own_words_percent(sample, "en").unwrap_or(0);
    (english >= MIN_OWN_WORDS_PERCENT).then_some(("en", 0.5))
}

/// Bytes looked at in the beginning, the middle and the end of a text to see that it is English.
const GLANCE_BYTES: usize = 400;

/// Share of words from the list of small English words, in per cent, from which a glance is sure.
/// Windows of English news have 10 to 35, those of other languages 0 to 4.
const MIN_SMALL_WORDS_PERCENT: usize = 8;

/// Letters beyond ASCII that a glance at English may meet, in per cent of its bytes.
const MAX_FOREIGN_PERCENT: usize = 5;

/// Longest of the small words.
const MAX_SMALL_WORD_BYTES: usize = 8;

/// Whether the text reads as English in its beginning, its middle and its end.
fn is_plain_english(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() < GLANCE_BYTES {
        return false;
    }
    let middle = (bytes.len() - GLANCE_BYTES) / 2;
    [0, middle, bytes.len() - GLANCE_BYTES].iter().all(|&at| glance(&bytes[at..at + GLANCE_BYTES]))
}

fn glance(bytes: &[u8]) -> bool {
    static SMALL_WORDS: LazyLock<FxHashSet<&'static [u8]>> = LazyLock::new(|| {
        let lines = include_str!("../../schema/rules/english-words.txt").lines();
        lines.filter(|line| !line.starts_with('#')).map(str::as_bytes).collect()
    });
    let foreign = bytes.iter().filter(|byte| !byte.is_ascii()).count();
    if foreign * 100 > bytes.len() * MAX_FOREIGN_PERCENT {
        return false;
    }
    let (mut words, mut small) = (0, 0);
    for word in bytes.split(|byte| !byte.is_ascii_alphabetic()).filter(|word| !word.is_empty()) {
        words += 1;
        if word.len() <= MAX_SMALL_WORD_BYTES {
            let mut lower = [0; MAX_SMALL_WORD_BYTES];
            lower[..word.len()].copy_from_slice(word);
            lower.make_ascii_lowercase();
            small += usize::from(SMALL_WORDS.contains(&lower[..word.len()]));
        }
    }
    small * 100 > words * MIN_SMALL_WORDS_PERCENT
}

/// Share of function words of a language, in per cent, from which a text is surely written in it: those
/// of another language, however near, are fewer.
const OWN_WORDS_PERCENT: usize = 18;

/// Share below which a text has no sentences of the language that its trigrams suggest. News has 8 in
/// Turkish, 10 in Lithuanian, 20 to 50 elsewhere; tables of figures have 0.
const MIN_OWN_WORDS_PERCENT: usize = 6;

/// Whether `text` is surely written in the language of an ISO 639-1 `code`; what is not sure is for
/// [`detect`] to say.
pub fn is_surely(text: &str, code: &str) -> bool {
    own_words_percent(text, code).is_some_and(|own| own >= OWN_WORDS_PERCENT)
}

/// How many of a hundred words of `text` are function words of the language; none where their list is
/// not known.
fn own_words_percent(text: &str, code: &str) -> Option<usize> {
    static FUNCTION_WORDS: LazyLock<FxHashMap<&'static str, FxHashSet<&'static str>>> = LazyLock::new(|| {
        let lines = include_str!("../../schema/rules/stop-words.tsv").lines();
        let rows = lines.filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'));
        rows.map(|(code, words)| (code, words.split(' ').collect())).collect()
    });
    let known = FUNCTION_WORDS.get(code)?;
    let (mut words, mut own) = (0_usize, 0_usize);
    for word in text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()) {
        words += 1;
        own += usize::from(known.contains(word));
    }
    Some(own * 100 / words.max(1))
}

/// The first [`MAX_SAMPLE_BYTES`] of `text`, cut at a character boundary.
fn sample_of(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_SAMPLE_BYTES)]
}

/// ISO 639-1 code of an ISO 639-3 code, for the languages that the detector knows.
fn iso_639_1(code: &str) -> Option<&'static str> {
    include_str!("../../schema/rules/languages.tsv")
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .find_map(|(three, two)| (three == code).then_some(two))
}

/// Whether `c` belongs to a script that is written without spaces between words.
pub fn is_unspaced(c: char) -> bool {
    matches!(u32::from(c),
        0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0x3040..=0x30FF | 0x31F0..=0x31FF
        | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xAA60..=0xAA7F | 0xF900..=0xFAFF | 0xFF66..=0xFF9D
        | 0x20000..=0x323AF)
}

/// Words of `text` by Unicode word boundaries; scripts without spaces count two characters a word,
/// rounded up for each run of them.
pub fn count_words(text: &str) -> usize {
    let words_of = |stretch: &str, plain: bool| {
        if plain { ascii_words(stretch.as_bytes()) } else { unicode_words(stretch) }
    };
    let mut words = 0;
    let mut start = 0;
    let mut plain = true;
    for (at, &byte) in text.as_bytes().iter().enumerate() {
        // Unicode's rules join nothing to a blank but combining marks, which are no words.
        if byte == b' ' || byte == b'\n' {
            words += words_of(&text[start..at], plain);
            (start, plain) = (at + 1, true);
        } else {
            plain &= byte.is_ascii();
        }
    }
    words + words_of(&text[start..], plain)
}

fn unicode_words(stretch: &str) -> usize {
    let mut words = 0;
    let mut unspaced = 0;
    for word in stretch.split_word_bounds() {
        let dense = word.chars().filter(|c| is_unspaced(*c)).count();
        if dense > 0 {
            unspaced += dense;
            continue;
        }
        words += usize::div_ceil(unspaced, 2);
        unspaced = 0;
        words += usize::from(word.chars().any(char::is_alphanumeric));
    }
    words + usize::div_ceil(unspaced, 2)
}

/// Words of ASCII by the rules of Unicode Standard Annex 29 that concern it.
fn ascii_words(bytes: &[u8]) -> usize {
    let mut words = 0;
    // Whether the stretch of letters, digits and joiners that goes on has been counted.
    let mut counted = false;
    for (at, &byte) in bytes.iter().enumerate() {
        let joined = at > 0 && joins(bytes, at);
        counted &= joined;
        if byte.is_ascii_alphanumeric() && !counted {
            words += 1;
            counted = true;
        }
    }
    words
}

/// Whether there is no word boundary before byte `at`, or the byte is a mark that may lie within
/// a word, as its neighbours decide.
fn joins(bytes: &[u8], at: usize) -> bool {
    let is_wordy = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let (before, byte) = (bytes[at - 1], bytes[at]);
    if is_wordy(byte) && is_wordy(before) {
        return true;
    }
    let (left, mark, right) = if is_wordy(byte) {
        let Some(left) = at.checked_sub(2).map(|left| bytes[left]) else { return false };
        (left, before, byte)
    } else {
        let Some(&right) = bytes.get(at + 1) else { return false };
        (before, byte, right)
    };
    let letters = left.is_ascii_alphabetic() && right.is_ascii_alphabetic();
    let digits = left.is_ascii_digit() && right.is_ascii_digit();
    letters && matches!(mark, b'.' | b'\'' | b':') || digits && matches!(mark, b'.' | b'\'' | b',' | b';')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Prose with its small words, of about `bytes` bytes.
    fn prose(sentence: &str, bytes: usize) -> String {
        sentence.repeat(bytes / sentence.len() + 1)
    }

    #[test]
    fn english_is_seen_at_a_glance_and_only_english() {
        let english = "The ferry that was to leave for the islands stayed in the harbour, said its captain. ";
        let dutch =
            "De veerboot die naar de eilanden zou varen bleef in de haven, zei de kapitein van het schip. ";
        let danish =
            "Færgen til øerne blev liggende i havnen, og ingen af de ansatte ved byen have en plan for det. ";
        assert!(is_plain_english(&prose(english, 900)));
        assert!(!is_plain_english(&prose(dutch, 900)));
        assert!(!is_plain_english(&prose(danish, 900)));
        let mixed = prose(english, 900) + &prose(dutch, 4_000);
        assert!(!is_plain_english(&mixed));
        assert_eq!(detect(&mixed).map(|found| found.0), Some("nl"));
    }

    proptest! {
        #[test]
        fn plain_words_are_counted_as_unicode_counts_them(text in "[a-cA-C0-2_.,:;' \"\n-]{0,40}|(?s).{0,40}") {
            prop_assert_eq!(count_words(&text), unicode_words(&text));
        }
    }

    #[test]
    fn every_language_of_the_detector_has_a_short_code_or_none_exists() {
        let without: Vec<&str> = whatlang::Lang::all()
            .iter()
            .map(|lang| lang.code())
            .filter(|code| iso_639_1(code).is_none())
            .collect();
        assert!(without.is_empty(), "{without:?}");
    }

    #[test]
    fn languages_are_told_apart() {
        let ru =
            "Министр заявил, что переговоры продолжатся на следующей неделе в столице соседнего государства.";
        let uk = "Міністр заявив, що перемовини триватимуть наступного тижня у столиці сусідньої держави.";
        let de =
            "Der Minister sagte, dass die Gespräche in der nächsten Woche in der Hauptstadt weitergehen.";
        assert_eq!(detect(ru).map(|d| d.0), Some("ru"));
        assert_eq!(detect(uk).map(|d| d.0), Some("uk"));
        assert_eq!(detect(de).map(|d| d.0), Some("de"));
        assert_eq!(detect("部长表示谈判将于下周继续进行。").map(|d| d.0), Some("zh"));
        assert_eq!(detect("Too short"), None);
    }

    #[test]
    fn figures_have_no_language() {
        assert_eq!(
            detect("LUND, Jan 3 - Shr 31 cts vs 44 cts, net 2.1 mln vs 3.0 mln, sales 14 mln vs 15 mln"),
            None
        );
        let table =
            "OSLO, Jan 3 - Net 2.1 mln vs 3.0 mln, sales 14 mln vs 15 mln. The gain is of the year before.";
        assert_eq!(detect(table).map(|found| found.0), Some("en"));
    }

    #[test]
    fn function_words_tell_the_own_language() {
        let german =
            "Der Rat kam am Montag zusammen, um über den Haushalt des Jahres zu beraten, der im Mai fehlte.";
        assert!(is_surely(german, "de"));
        for code in ["nl", "en", "da", "xx"] {
            assert!(!is_surely(german, code), "{code}");
        }
    }

    #[test]
    fn words_are_counted_in_every_script() {
        assert_eq!(count_words("It's 3.14 metres, he said."), 5);
        assert_eq!(count_words("谈判下周继续"), 3);
        assert_eq!(count_words("谈判继。ok"), 3);
        assert_eq!(count_words(""), 0);
    }
}
