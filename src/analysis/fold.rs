//! Folding of single characters: case, accents, and spelling variants that readers do not see.

use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// Appends the folded form of `c` to `out`; marks that only guide pronunciation give nothing.
pub fn fold_char(c: char, out: &mut String) {
    if c.is_ascii() {
        out.push(c.to_ascii_lowercase());
        return;
    }
    for lower in c.to_lowercase() {
        fold_lower(lower, out);
    }
}

fn fold_lower(c: char, out: &mut String) {
    match c {
        'ß' => out.push_str("ss"),
        'æ' => out.push_str("ae"),
        'œ' => out.push_str("oe"),
        'þ' => out.push_str("th"),
        'ø' => out.push('o'),
        'đ' | 'ð' => out.push('d'),
        'ł' => out.push('l'),
        'ı' => out.push('i'),
        'ħ' => out.push('h'),
        'ё' => out.push('е'),
        'ς' => out.push('σ'),
        'أ' | 'إ' | 'آ' | 'ٱ' => out.push('ا'),
        'ى' | 'ی' => out.push('ي'),
        'ک' => out.push('ك'),
        'ة' => out.push('ه'),
        // Arabic vowel marks and the stretching stroke, Hebrew points: optional in writing.
        '\u{640}' | '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{591}'..='\u{5C7}' => {}
        // Soft hyphens and joiners stand inside words without being read.
        '\u{AD}' | '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}' => {}
        '\u{C0}'..='\u{24F}' | '\u{370}'..='\u{3FF}' | '\u{1E00}'..='\u{1FFF}' => {
            decompose_canonical(c, |part| {
                if !is_combining_mark(part) {
                    out.push(part);
                }
            });
        }
        // Full-width letters and digits have the ASCII ones at a fixed distance.
        '\u{FF10}'..='\u{FF19}' | '\u{FF41}'..='\u{FF5A}' => {
            out.push(char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c));
        }
        _ if is_combining_mark(c) && !keeps_marks(c) => {}
        _ => out.push(c),
    }
}

/// Marks of the Indic and South-East Asian scripts are vowels: dropping them would merge words.
fn keeps_marks(c: char) -> bool {
    matches!(c, '\u{900}'..='\u{1AFF}' | '\u{A800}'..='\u{ABFF}')
}
