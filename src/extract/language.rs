//! Language of a text and the number of its words.
//!
//! Detection is whatlang's (trigrams and scripts); codes are ISO 639-1. Nothing here reads what a
//! page says about its language.

use unicode_segmentation::UnicodeSegmentation;

/// Most bytes that are looked at: trigram statistics do not move after a few thousand letters.
const MAX_SAMPLE_BYTES: usize = 6_000;

/// Fewest letters on which a guess is better than none.
const MIN_LETTERS: usize = 40;

/// The language of `text` as an ISO 639-1 code, with the detector's confidence from 0 to 1; none
/// for texts of fewer than 40 letters.
pub fn detect(text: &str) -> Option<(&'static str, f32)> {
    let sample = sample_of(text);
    let letters = sample.chars().filter(|c| c.is_alphabetic()).take(MIN_LETTERS).count();
    // A letter of these scripts is a syllable or a word.
    let dense = sample.chars().any(is_unspaced);
    if letters < if dense { MIN_LETTERS / 4 } else { MIN_LETTERS } {
        return None;
    }
    let found = whatlang::detect(sample)?;
    let code = iso_639_1(found.lang().code())?;
    Some((code, found.confidence() as f32))
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
    let mut words = 0;
    let mut unspaced = 0;
    for word in text.split_word_bounds() {
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

#[cfg(test)]
mod tests {
    use super::*;

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
    fn words_are_counted_in_every_script() {
        assert_eq!(count_words("It's 3.14 metres, he said."), 5);
        assert_eq!(count_words("谈判下周继续"), 3);
        assert_eq!(count_words("谈判继。ok"), 3);
        assert_eq!(count_words(""), 0);
    }
}
