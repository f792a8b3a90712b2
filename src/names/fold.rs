//! Folding of names for comparison: case, Latin accents, apostrophes, spaces. It does not transliterate.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// Folds `name` to the form under which names are compared: composed, lower case, Latin letters
/// without their accents, straight apostrophes, plain hyphens, single spaces, no leading "the".
///
/// Marks of other scripts stay, for there they tell letters apart (Cyrillic `й` is not `и`).
pub fn fold(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    let mut space = false;
    for letter in name.nfc() {
        match letter {
            '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}'
            | '\u{ad}' => {}
            _ if letter.is_whitespace() => space = !folded.is_empty(),
            _ => {
                if std::mem::take(&mut space) {
                    folded.push(' ');
                }
                push_folded(&mut folded, letter);
            }
        }
    }
    match folded.strip_prefix("the ") {
        Some(rest) if !rest.is_empty() => rest.to_owned(),
        _ => folded,
    }
}

/// Appends one letter in folded form.
fn push_folded(folded: &mut String, letter: char) {
    match letter {
        '’' | '‘' | 'ʼ' | '`' | '´' | 'ʹ' => folded.push('\''),
        '‐' | '‑' | '–' | '—' => folded.push('-'),
        'ß' => folded.push_str("ss"),
        'æ' | 'Æ' => folded.push_str("ae"),
        'œ' | 'Œ' => folded.push_str("oe"),
        'ø' | 'Ø' => folded.push('o'),
        'đ' | 'Đ' | 'ð' | 'Ð' => folded.push('d'),
        'ł' | 'Ł' => folded.push('l'),
        'ı' | 'İ' => folded.push('i'),
        'þ' | 'Þ' => folded.push_str("th"),
        _ if letter.is_ascii() => folded.push(letter.to_ascii_lowercase()),
        '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => {
            let mut base = None;
            decompose_canonical(letter, |part| {
                if !is_combining_mark(part) && base.is_none() {
                    base = Some(part);
                }
            });
            folded.extend(base.unwrap_or(letter).to_lowercase());
        }
        _ => folded.extend(letter.to_lowercase()),
    }
}

#[cfg(test)]
mod tests {
    use super::fold;

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
    fn evens_out_apostrophes_and_hyphens() {
        assert_eq!(fold("People’s Daily"), fold("PEOPLE'S daily"));
        assert_eq!(fold("Agence France–Presse"), "agence france-presse");
    }
}
