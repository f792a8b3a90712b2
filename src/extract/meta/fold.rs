//! Values made comparable: letters and digits of a text in one case, and lists of words from data.
//!
//! Knows no field.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;

/// The words of `text` in lower case and compatibility form, one space apart, marks left out.
pub(crate) fn fold_words(text: &str) -> String {
    // ASCII is in compatibility form already, and by far the most common.
    if text.is_ascii() {
        return joined_words(text.bytes().map(|byte| char::from(byte.to_ascii_lowercase())), text.len());
    }
    joined_words(text.nfkc().flat_map(char::to_lowercase), text.len())
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
