//! A plain text as its lines: folded, numbered, and mapped back to the file.
//!
//! Says nothing about what a line is for.

use crate::article::{SourceMap, Span};

/// Marks that open an item of a list when a space follows.
const BULLETS: &[char] = &['•', '◦', '▪', '▫', '‣', '●', '■', '·', '*', '+', '➤', '►', '∙'];

/// A line, or several that belong to one paragraph, with white space folded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    /// The text: single spaces, no invisible characters, no bullet.
    pub text: String,
    /// Verbatim stretches of `text`, in order.
    pub source: Vec<SourceMap>,
    /// Line in the file from 1.
    pub number: usize,
    /// Characters of white space before the text.
    pub indent: usize,
    /// Characters of the line in the file, indentation included, end excluded.
    pub width: usize,
    /// Whether a bullet stood before the text.
    pub bullet: bool,
    /// How many empty lines stand before it.
    pub blank_before: usize,
}

/// Characters that show nothing and are no part of a word. The joiners U+200C and U+200D stay:
/// Persian and Indic words are spelt with them.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
    )
}

/// The non-empty lines of `text`; `\n`, `\r\n`, `\r`, form feeds and Unicode's line and paragraph
/// separators end a line.
pub fn lines_of(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let (mut number, mut blank) = (0, 0);
    // Form feeds and separators end no line of an editor's.
    let mut file_line = 1;
    let mut start = 0;
    while start <= text.len() {
        let rest = &text[start..];
        let end = line_end(rest);
        number += 1;
        match line_of(text, start, start + end) {
            Some(mut line) => {
                line.source.iter_mut().for_each(|piece| piece.line = file_line);
                lines.push(Line { number, blank_before: blank, ..line });
                blank = 0;
            }
            None => blank += 1,
        }
        let Some(mark) = rest[end..].chars().next() else { break };
        let crlf = mark == '\r' && rest[end + 1..].starts_with('\n');
        start += end + mark.len_utf8() + usize::from(crlf);
        file_line += usize::from(matches!(mark, '\n' | '\r'));
    }
    lines
}

/// Where the first line of `rest` ends, its mark excluded.
fn line_end(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let is_mark = |at: usize| match bytes[at] {
        b'\n' | b'\r' | 0xc => true,
        // U+2028 and U+2029.
        0xe2 => matches!(bytes.get(at + 1..at + 3), Some([0x80, 0xa8 | 0xa9])),
        _ => false,
    };
    (0..bytes.len()).find(|&at| is_mark(at)).unwrap_or(bytes.len())
}

/// The line between two bytes of `text`; none when it shows nothing.
fn line_of(text: &str, start: usize, end: usize) -> Option<Line> {
    let raw = &text[start..end];
    let trimmed = raw.trim_start_matches(|c: char| c.is_whitespace() || is_invisible(c));
    let mut line = Line {
        indent: raw[..raw.len() - trimmed.len()].chars().map(|c| if c == '\t' { 4 } else { 1 }).sum(),
        width: raw.trim_end().chars().count(),
        ..Line::default()
    };
    let mut at = end - trimmed.len();
    let mut letters = trimmed.chars();
    if letters.next().is_some_and(|c| BULLETS.contains(&c)) && letters.next().is_some_and(char::is_whitespace)
    {
        line.bullet = true;
        at = end - letters.as_str().len();
    }
    fold(text, at, end, &mut line);
    (!line.text.is_empty()).then_some(line)
}

/// Appends the bytes `[start, end)` of the file to `line` with white space folded.
fn fold(file: &str, start: usize, end: usize, line: &mut Line) {
    if is_folded(&file.as_bytes()[start..end]) {
        close(file, &mut Some(start), end, line);
        return;
    }
    let mut run: Option<usize> = None;
    let mut space = false;
    for (offset, c) in file[start..end].char_indices() {
        let at = start + offset;
        if c.is_whitespace() || c.is_control() {
            let plain = c == ' ' && !space && run.is_some();
            space = !line.text.is_empty() || run.is_some();
            if !plain {
                close(file, &mut run, at, line);
            }
            continue;
        }
        if is_invisible(c) {
            close(file, &mut run, at, line);
            continue;
        }
        if run.is_none() {
            if space {
                line.text.push(' ');
            }
            run = Some(at);
        }
        space = false;
    }
    close(file, &mut run, end, line);
}

/// Whether a line is as folding would leave it, but for blanks at its end.
fn is_folded(line: &[u8]) -> bool {
    let len = line.iter().rposition(|byte| *byte != b' ').map_or(0, |last| last + 1);
    let mut before = b' ';
    for &byte in &line[..len] {
        if !matches!(byte, b' '..=b'~') || (byte == b' ' && before == b' ') {
            return false;
        }
        before = byte;
    }
    len > 0
}

/// Copies the verbatim run that started at `run` up to byte `end`, without a space at its end.
fn close(file: &str, run: &mut Option<usize>, end: usize, line: &mut Line) {
    let Some(start) = run.take() else { return };
    let slice = file[start..end].trim_end_matches(' ');
    line.source.push(SourceMap { text_start: line.text.len(), file_start: start, len: slice.len(), line: 0 });
    line.text.push_str(slice);
}

impl Line {
    /// Takes the stretches `cuts` (in order, apart from one another) out of the text.
    pub fn cut(&mut self, cuts: &[Span]) {
        let mut text = String::with_capacity(self.text.len());
        let mut source = Vec::with_capacity(self.source.len() + cuts.len());
        let mut start = 0;
        let ends = cuts.iter().map(|cut| (cut.start, cut.end)).chain([(self.text.len(), self.text.len())]);
        let mut first = 0;
        for (end, next) in ends {
            let is_before = |piece: &SourceMap| piece.text_start + piece.len <= start;
            first += self.source[first..].iter().take_while(|piece| is_before(piece)).count();
            for piece in self.source[first..].iter().take_while(|piece| piece.text_start < end) {
                let from = piece.text_start.max(start);
                let to = (piece.text_start + piece.len).min(end);
                source.push(SourceMap {
                    text_start: text.len() + from - start,
                    file_start: piece.file_start + from - piece.text_start,
                    len: to - from,
                    line: piece.line,
                });
            }
            text.push_str(&self.text[start..end]);
            start = next;
        }
        self.text = text;
        self.source = source;
    }

    /// Appends `next` as the continuation of this line, behind a space.
    pub fn join(&mut self, next: &Self) {
        self.text.push(' ');
        let shift = self.text.len();
        self.text.push_str(&next.text);
        self.source.extend(next.source.iter().map(|s| SourceMap { text_start: s.text_start + shift, ..*s }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cut_stretches_leave_the_map_true() {
        let file = "one [1]two  three[2]";
        let mut line = lines_of(file).remove(0);
        line.cut(&[Span::new(4, 7), Span::new(16, 19)]);
        assert_eq!(line.text, "one two three");
        check_map(file, &line);
    }

    fn check_map(file: &str, line: &Line) {
        for piece in &line.source {
            assert_eq!(
                &line.text[piece.text_start..piece.text_start + piece.len],
                &file[piece.file_start..piece.file_start + piece.len]
            );
        }
    }

    #[test]
    fn white_space_is_folded_and_mapped() {
        let file = "Title\r\n\r\n  •\u{a0}Two  words\u{a0}and\u{200b} more \u{ad}x\rlast";
        let lines = lines_of(file);
        assert_eq!(
            lines.iter().map(|l| l.text.as_str()).collect::<Vec<_>>(),
            ["Title", "Two words and more x", "last"]
        );
        assert_eq!(lines.iter().map(|l| l.number).collect::<Vec<_>>(), [1, 3, 4]);
        assert!(lines[1].bullet && lines[1].indent == 2 && lines[1].blank_before == 1);
        for line in &lines {
            check_map(file, line);
            assert_eq!(line.source.iter().map(|s| s.len).sum::<usize>() + gaps(line), line.text.len());
        }
    }

    /// Bytes of `text` that no verbatim piece covers (folded spaces).
    fn gaps(line: &Line) -> usize {
        let mut covered = vec![false; line.text.len()];
        for piece in &line.source {
            covered[piece.text_start..piece.text_start + piece.len].fill(true);
        }
        covered.iter().filter(|c| !**c).count()
    }

    #[test]
    fn a_plain_line_is_one_piece() {
        let file = "A plain line of words.";
        let lines = lines_of(file);
        assert_eq!(lines[0].source, [SourceMap { text_start: 0, file_start: 0, len: file.len(), line: 1 }]);
    }

    #[test]
    fn blanks_at_the_end_are_no_part_of_a_line() {
        let file = "a\t\nb  c \nd \t e   ";
        let lines = lines_of(file);
        assert_eq!(lines.iter().map(|l| l.text.as_str()).collect::<Vec<_>>(), ["a", "b c", "d e"]);
        lines.iter().for_each(|line| check_map(file, line));
    }

    #[test]
    fn empty_and_blank_texts_have_no_lines() {
        assert!(lines_of("").is_empty());
        assert!(lines_of(" \n\u{a0}\n\u{feff}").is_empty());
    }
}
