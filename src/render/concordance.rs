//! Lines of a concordance for a terminal, the found words below one another.

use std::io::{self, Write};

use unicode_segmentation::UnicodeSegmentation;

use super::sanitise::sanitise_line;
use super::text::Style;
use crate::aggregate::kwic::{KwicLine, columns_of, first_columns, last_columns};

/// Narrowest line that shows anything.
pub const LEAST_KWIC_WIDTH: usize = 40;

/// Writes a line of at most `width` columns: left context, found words, right context, id. The found
/// words begin in the same column in every line.
///
/// # Errors
/// When `out` fails.
pub fn write_kwic_line(out: &mut dyn Write, line: &KwicLine, width: usize, style: Style) -> io::Result<()> {
    let width = width.max(LEAST_KWIC_WIDTH);
    // Characters that turn the direction are replaced one for one before anything is measured.
    let id = &line.id;
    let room = width - id.len().min(width / 2) - "    ".len();
    let left_room = room * 2 / 5;
    let found = first_columns(&sanitise_line(&line.found), room - left_room);
    let right_room = room - left_room - columns(&found);
    let left = last_columns(sanitise_line(&line.left).trim_end(), left_room);
    let right = first_columns(sanitise_line(&line.right).trim_start(), right_room);
    let before = " ".repeat(left_room - columns(&left));
    let behind = " ".repeat(right_room - columns(&right));
    let (left, found, right) = (isolated(&left), style.matched(&isolated(&found)), isolated(&right));
    writeln!(out, "{before}{left} {found} {right}{behind}  {}", style.faint(id))
}

fn columns(text: &str) -> usize {
    text.graphemes(true).map(columns_of).sum()
}

/// A stretch with letters that run from right to left, held together so that a terminal which turns
/// them does not turn its neighbours too.
fn isolated(text: &str) -> String {
    if text.chars().any(runs_right_to_left) { format!("\u{2068}{text}\u{2069}") } else { text.to_owned() }
}

/// Letters of Hebrew, Arabic, Syriac, Thaana and others that Unicode keeps together (UAX 9).
fn runs_right_to_left(c: char) -> bool {
    matches!(u32::from(c), 0x590..=0x8ff | 0xfb1d..=0xfdff | 0xfe70..=0xfeff | 0x10800..=0x10fff | 0x1e800..=0x1efff)
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;
    use crate::article::{Span, TextField};

    fn shown(left: &str, found: &str, right: &str, width: usize) -> String {
        let line = KwicLine {
            left: left.to_owned(),
            found: found.to_owned(),
            right: right.to_owned(),
            field: TextField::Body,
            section: None,
            span: Span::default(),
            file_span: None,
            line: None,
            id: "n:0123456789ab".to_owned(),
            path: String::new(),
            record: None,
            publisher: None,
            published: None,
        };
        let mut out = Vec::new();
        write_kwic_line(&mut out, &line, width, Style { colour: false, width }).unwrap();
        String::from_utf8(out).unwrap().trim_end_matches('\n').to_owned()
    }

    #[test]
    fn found_words_stand_below_one_another_whatever_the_script() {
        let lines = [
            shown("the council met in ", "Kharkiv", " on Tuesday to talk about the harbour", 80),
            shown("官员在", "哈尔科夫", "附近发现了很多新的东西，而且没有人知道", 80),
            shown("", "Ma\u{301}laga", "", 80),
            shown("قالت ", "الصين", " إن ذلك لم يحدث في المدينة القديمة", 80),
        ];
        for line in &lines {
            assert_eq!(line.width(), 80, "{line}");
        }
        let column = |line: &str, found: &str| line[..line.find(found).unwrap()].width();
        assert_eq!(column(&lines[0], "Kharkiv"), column(&lines[1], "哈尔科夫"));
        assert_eq!(column(&lines[0], "Kharkiv"), column(&lines[2], "Ma"));
        assert!(lines[3].contains("\u{2068}الصين\u{2069}"));
    }

    #[test]
    fn a_line_fits_however_long_what_was_found_is() {
        for width in [40, 41, 80, 110] {
            let line = shown(&"long ".repeat(99), &"found ".repeat(99), &"right ".repeat(99), width);
            assert_eq!(line.width(), width, "{line}");
            assert!(shown("a\u{202e}b\u{1b}", "\u{1b}[2J", "c", width).chars().all(|c| !c.is_control()));
        }
    }
}
