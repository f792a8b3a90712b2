//! Values made comparable: letters and digits of a text in one case, and lists of words from data.
//!
//! Knows no field.

use std::collections::BTreeSet;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// The words of `text` in lower case and compatibility form, one space apart, marks left out.
pub(crate) fn fold_words(text: &str) -> String {
    // ASCII is in compatibility form already, and by far the most common.
    if text.is_ascii() {
        return ascii_words(text);
    }
    if is_nfkc_quick(text.chars()) == IsNormalized::Yes {
        return joined_words(text.chars().flat_map(char::to_lowercase), text.len());
    }
    joined_words(text.nfkc().flat_map(char::to_lowercase), text.len())
}

/// Shows `seen` the words of [`fold_words`] one after the other until it says that it has enough.
pub(crate) fn each_word(text: &str, mut seen: impl FnMut(&str) -> bool) {
    if !text.is_ascii() {
        let folded = fold_words(text);
        folded.split(' ').filter(|word| !word.is_empty()).all(seen);
        return;
    }
    let mut lower = String::new();
    for word in text.split(|c: char| !is_ascii_word_char(c)).filter(|word| !word.is_empty()) {
        lower.clear();
        lower.push_str(word);
        lower.make_ascii_lowercase();
        if !seen(&lower) {
            return;
        }
    }
}

fn ascii_words(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split(|c: char| !is_ascii_word_char(c)).filter(|word| !word.is_empty()) {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    folded.make_ascii_lowercase();
    folded
}

const fn is_ascii_word_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn joined_words(chars: impl Iterator<Item = char>, capacity: usize) -> String {
    let mut folded = String::with_capacity(capacity);
    let mut gap = false;
    for c in chars {
        if is_word_char(c) {
            if gap && !folded.is_empty() {
                folded.push(' ');
            }
            gap = false;
            folded.push(c);
        } else if !is_invisible(c) {
            gap = true;
        }
    }
    folded
}

/// Letters and digits of `text` alone, in lower case and without Latin accents.
pub(crate) fn fold_letters(text: &str) -> String {
    if text.is_ascii() {
        let letters = text.bytes().filter(u8::is_ascii_alphanumeric);
        return letters.map(|byte| char::from(byte.to_ascii_lowercase())).collect();
    }
    text.nfkd().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Lower case, without the accents of Latin letters, blanks folded.
pub(crate) fn fold_plain(text: &str) -> String {
    if text.is_ascii() {
        return tidy(&text.to_ascii_lowercase());
    }
    let lower: String = text
        .nfd()
        .filter(|c| !('\u{300}'..='\u{36f}').contains(c))
        .flat_map(char::to_lowercase)
        .nfc()
        .collect();
    tidy(&lower)
}

/// One line: white space folded, invisible characters left out.
pub(crate) fn tidy(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        let kept = word.chars().filter(|c| !is_invisible(*c));
        let before = line.len();
        if before > 0 {
            line.push(' ');
        }
        let start = line.len();
        line.extend(kept);
        if line.len() == start {
            line.truncate(before);
        }
    }
    line
}

fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || !c.is_ascii() && unicode_normalization::char::is_combining_mark(c)
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The words of one class in a table whose lines are `class TAB word|word|…`.
pub(crate) fn word_class(table: &'static str, class: &str) -> BTreeSet<&'static str> {
    let lines = table.lines().filter_map(|line| line.split_once('\t'));
    lines
        .filter(|(name, _)| *name == class)
        .flat_map(|(_, words)| words.split('|'))
        .filter(|word| !word.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds() {
        assert_eq!(fold_words("  “Über\u{ad}sicht” – A.B. "), "übersicht a b");
        assert_eq!(fold_letters("The Zürich-Post 24"), "thezurichpost24");
        assert_eq!(fold_plain(" Éric  ÅBERG"), "eric aberg");
        assert_eq!(tidy(" a\u{200b}\n \u{200b} b\u{0}c "), "a b c");
    }

    #[test]
    fn words_are_shown_until_there_are_enough() {
        for text in ["The A.B.-harbour_1  (C)", "Der Ähre A.B.\u{ad}"] {
            let mut words = Vec::new();
            each_word(text, |word| {
                words.push(word.to_owned());
                true
            });
            assert_eq!(words.join(" "), fold_words(text));
            let mut count = 0;
            each_word(text, |_| {
                count += 1;
                count < 2
            });
            assert_eq!(count, 2);
        }
    }

    #[test]
    fn ascii_folds_as_other_text_does() {
        let text = " The Harbour-Post_24, a.b  (C) ";
        let marked = format!("{text}é");
        assert_eq!(fold_words(text) + " é", fold_words(&format!("{text} é")));
        assert_eq!(fold_letters(text) + "e", fold_letters(&marked));
        assert_eq!(fold_plain(text) + " e", fold_plain(&marked));
    }

    #[test]
    fn reads_word_classes() {
        let table = "# words\nx\ta|b\ny\tc\nx\td";
        assert_eq!(word_class(table, "x").into_iter().collect::<Vec<_>>(), ["a", "b", "d"]);
        assert!(word_class(table, "z").is_empty());
    }
}
