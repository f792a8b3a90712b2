//! Folding of names for comparison: case, Latin accents, hyphens, full stops, apostrophes, spaces.
//! It does not transliterate.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// The most bytes that one letter folds to; the matcher's buffer holds them.
#[cfg(test)]
pub(super) const MAX_FOLDED_BYTES: usize = 12;

/// Folds `name` to the form under which names are compared: composed, lower case, Latin letters
/// without their accents, hyphens as spaces, no full stops, no apostrophes, single spaces, no
/// leading "the".
///
/// So `U.S.`, `US` and `us` fold alike, and so do `Al-Jazeera` and `al Jazeera`; case is the
/// matcher's concern. Marks of other scripts stay, for there they tell letters apart (Cyrillic `й`
/// is not `и`).
pub fn fold(name: &str) -> String {
    // Composition is slow, and ASCII is composed.
    if name.is_ascii() { fold_ascii(name) } else { fold_letters(name.nfc(), name.len()) }
}

/// What each ASCII byte folds to: a space for separators, zero for what is silent.
const FOLDED: [u8; 128] = {
    let mut table = [0; 128];
    let mut byte = 0;
    while byte < 128 {
        let letter = byte as u8;
        table[byte] = match letter {
            b'-' | b'_' | b' ' | b'\t'..=b'\r' => b' ',
            b'.' | b'\'' | b'`' => 0,
            _ => letter.to_ascii_lowercase(),
        };
        byte += 1;
    }
    table
};

fn fold_ascii(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    let mut space = false;
    for byte in name.bytes() {
        match FOLDED[usize::from(byte) % FOLDED.len()] {
            b' ' => space = !folded.is_empty(),
            // A byte of zero is not silent.
            0 if byte != 0 => {}
            letter => {
                if std::mem::take(&mut space) {
                    folded.push(' ');
                }
                folded.push(char::from(letter));
            }
        }
    }
    drop_article(&mut folded);
    folded
}

fn drop_article(folded: &mut String) {
    if folded.len() > 4 && folded.starts_with("the ") {
        folded.drain(..4);
    }
}

fn fold_letters(letters: impl Iterator<Item = char>, bytes: usize) -> String {
    let mut folded = String::with_capacity(bytes);
    let mut space = false;
    for letter in letters {
        if is_separator(letter) {
            space = !folded.is_empty();
        } else if !is_silent(letter) {
            if std::mem::take(&mut space) {
                folded.push(' ');
            }
            fold_letter(letter, |piece| folded.push(piece));
        }
    }
    drop_article(&mut folded);
    folded
}

/// Whether `letter` separates the words of a name.
pub(super) fn is_separator(letter: char) -> bool {
    matches!(letter, '-' | '‐' | '‑' | '–' | '—' | '_') || letter.is_whitespace()
}

/// Whether `letter` counts for nothing when names are compared.
pub(super) fn is_silent(letter: char) -> bool {
    matches!(
        letter,
        '.' | '\'' | '’' | '‘' | 'ʼ' | 'ʻ' | 'ʾ' | 'ʿ' | '`' | '´' | 'ʹ' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}' | '\u{640}' | '\u{64b}'..='\u{652}'
    )
}

/// Hands the folded form of one composed letter to `push`, character by character.
pub(super) fn fold_letter(letter: char, mut push: impl FnMut(char)) {
    match letter {
        _ if letter.is_ascii() => push(letter.to_ascii_lowercase()),
        'ß' => "ss".chars().for_each(push),
        'æ' | 'Æ' => "ae".chars().for_each(push),
        'œ' | 'Œ' => "oe".chars().for_each(push),
        'þ' | 'Þ' => "th".chars().for_each(push),
        'ø' | 'Ø' => push('o'),
        'đ' | 'Đ' | 'ð' | 'Ð' => push('d'),
        'ł' | 'Ł' => push('l'),
        'ı' | 'İ' => push('i'),
        'ё' | 'Ё' => push('е'),
        '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => {
            let mut base = None;
            decompose_canonical(letter, |part| {
                if !is_combining_mark(part) && base.is_none() {
                    base = Some(part);
                }
            });
            base.unwrap_or(letter).to_lowercase().for_each(push);
        }
        _ => letter.to_lowercase().for_each(push),
    }
}

/// An id made of a name: its letters and digits folded, everything else as single hyphens.
///
/// Letters of any script stay, so that two names in a script without case keep two ids.
pub fn slug(name: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    let folded = fold(name);
    if folded.is_ascii() {
        for byte in folded.bytes() {
            match byte {
                b'a'..=b'z' | b'0'..=b'9' => slug.push(char::from(byte)),
                b'&' => slug.push_str("and"),
                _ if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
                _ => {}
            }
        }
        slug.truncate(slug.trim_end_matches('-').len());
        return slug;
    }
    for letter in folded.chars() {
        if letter.is_alphanumeric() || is_combining_mark(letter) {
            slug.push(letter);
        } else if letter == '&' {
            slug.push_str("and");
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drops_latin_accents_case_and_the_article() {
        assert_eq!(fold("The  Süddeutsche Zeitung"), "suddeutsche zeitung");
        assert_eq!(fold("ŁÓDŹ"), "lodz");
        assert_eq!(fold("Lo\u{301}dz"), "lodz");
        assert_eq!(fold("the"), "the");
    }

    #[test]
    fn keeps_the_marks_that_tell_letters_apart() {
        assert_ne!(fold("Київ"), fold("Киів"));
        assert_eq!(fold("КИЇВ"), fold("київ"));
    }

    #[test]
    fn evens_out_apostrophes_full_stops_and_hyphens() {
        assert_eq!(fold("People’s Daily"), fold("PEOPLE'S daily"));
        assert_eq!(fold("Agence France–Presse"), fold("agence france-presse"));
        assert_eq!(fold("U.S."), "us");
        assert_eq!(fold(" - "), "");
    }

    #[test]
    fn ascii_folds_alike_by_table_and_by_letter() {
        for letter in '\0'..='\u{7f}' {
            let name = format!("The a{letter}{letter}B {letter}c{letter}");
            let letters = name.chars();
            assert_eq!(fold_ascii(&name), fold_letters(letters, name.len()), "{letter:?}");
        }
    }

    #[test]
    fn slugs_are_plain() {
        assert_eq!(slug("Radio Free Europe/Radio Liberty"), "radio-free-europe-radio-liberty");
        assert_eq!(slug("The Mail & Guardian "), "mail-and-guardian");
        assert_eq!(slug("Orbán, Viktor"), "orban-viktor");
        assert_eq!(slug("…"), "");
    }

    #[test]
    fn no_letter_outgrows_the_buffer() {
        for letter in ('\0'..=char::MAX).filter(|l| l.is_alphabetic()) {
            let mut bytes = 0;
            fold_letter(letter, |piece| bytes += piece.len_utf8());
            assert!(bytes <= MAX_FOLDED_BYTES, "{letter}");
        }
    }
}
