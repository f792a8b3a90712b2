//! Paragraphs of a text whose lines were broken at a fixed width, put together again.
//!
//! A text counts as wrapped when most of its line breaks are where a filler would have put them:
//! the first word of the next line would not have fitted. In texts with a paragraph a line, single
//! paragraphs may be broken (pasted from a mail, or the last one): they are told by sentences that
//! go on over the breaks.

use super::lines::Line;

/// Widths, in characters, that texts are wrapped at.
const WIDTHS: std::ops::RangeInclusive<usize> = 40..=132;

/// Fewest line breaks inside paragraphs from which wrapping can be told.
const MIN_BREAKS: usize = 4;

/// Share of the breaks inside paragraphs that must be a filler's.
const MIN_FILLED_SHARE: f64 = 0.7;

/// Some fillers aim below the full width (`fmt` at 93 % of it).
const GOAL: f64 = 0.86;

/// Joins the lines of each paragraph when `lines` are wrapped; else those of the paragraphs that are.
pub fn unwrap(lines: Vec<Line>) -> Vec<Line> {
    let joins: Vec<bool> = match width_of(&lines) {
        Some(width) => lines.windows(2).map(|pair| continues(&pair[0], &pair[1], width)).collect(),
        None => joins_of_broken_paragraphs(&lines),
    };
    let mut joined: Vec<Line> = Vec::new();
    for (line, joins) in lines.into_iter().zip(std::iter::once(false).chain(joins)) {
        match joined.last_mut().filter(|_| joins) {
            Some(paragraph) => paragraph.join(&line),
            None => joined.push(line),
        }
    }
    joined
}

/// Which lines go on in the next one, where only some paragraphs are broken.
fn joins_of_broken_paragraphs(lines: &[Line]) -> Vec<bool> {
    let mut joins = vec![false; lines.len().saturating_sub(1)];
    let mut start = 0;
    while start < lines.len() {
        // A run of short lines without a blank line or a bullet between them.
        let mut end = start + 1;
        while end < lines.len()
            && lines[end - 1].width <= *WIDTHS.end()
            && lines[end].width <= *WIDTHS.end()
            && lines[end].blank_before == 0
            && !lines[end].bullet
        {
            end += 1;
        }
        let width = lines[start..end].iter().map(|line| line.width).max().unwrap_or(0);
        if end - start > 1 && WIDTHS.contains(&width) {
            mark_paragraphs(&lines[start..end], width, &mut joins[start..end - 1]);
        }
        start = end;
    }
    joins
}

/// Marks the breaks inside the broken paragraphs of a run of lines.
fn mark_paragraphs(run: &[Line], width: usize, joins: &mut [bool]) {
    let mut start = 0;
    for end in 1..=run.len() {
        if end < run.len() && continues(&run[end - 1], &run[end], width) {
            continue;
        }
        if is_broken_paragraph(&run[start..end]) {
            joins[start..end - 1].fill(true);
        }
        start = end;
    }
}

/// Whether lines are one paragraph: most of the breaks are within a sentence, and the last line
/// ends one. Menus, verses and tables do neither.
fn is_broken_paragraph(lines: &[Line]) -> bool {
    let Some((last, front)) = lines.split_last() else { return false };
    let within = |pair: &[Line]| {
        !ends_sentence(&pair[0].text) && pair[1].text.chars().next().is_some_and(char::is_lowercase)
    };
    let breaks = lines.windows(2).filter(|pair| within(pair)).count();
    !front.is_empty() && 2 * breaks >= front.len() && ends_sentence(&last.text)
}

fn ends_sentence(text: &str) -> bool {
    text.trim_end_matches(['"', '\'', '”', '’', '»', '«', '“', ')']).ends_with(['.', '!', '?', '…', ':'])
}

/// The width that `lines` are wrapped at, if they are.
fn width_of(lines: &[Line]) -> Option<usize> {
    // One long line (an address) does not tell the width: the 98th percentile does.
    let mut widths: Vec<usize> = lines.iter().map(|line| line.width).collect();
    widths.sort_unstable();
    let width = *widths.get(widths.len().saturating_sub(1 + widths.len() / 50))?;
    if !WIDTHS.contains(&width) {
        return None;
    }
    let breaks: Vec<bool> = lines
        .windows(2)
        .filter(|pair| pair[1].blank_before == 0 && !pair[1].bullet)
        .map(|pair| is_filled(&pair[0], &pair[1], width))
        .collect();
    let filled = breaks.iter().filter(|filled| **filled).count();
    (breaks.len() >= MIN_BREAKS && filled as f64 >= MIN_FILLED_SHARE * breaks.len() as f64).then_some(width)
}

/// Whether the first word of `next` would not have fitted on `line`.
fn is_filled(line: &Line, next: &Line, width: usize) -> bool {
    let word = next.text.split(' ').next().map_or(0, |word| word.chars().count());
    (line.width + 1 + word) as f64 > GOAL * width as f64
}

/// Whether `next` continues the paragraph of `line`.
fn continues(line: &Line, next: &Line, width: usize) -> bool {
    next.blank_before == 0
        && !next.bullet
        && is_filled(line, next, width)
        // A deeper first line opens a paragraph; a list's hanging indentation does not.
        && (next.indent <= line.indent || line.bullet)
}

#[cfg(test)]
mod tests {
    use super::{super::lines::lines_of, *};

    const PARAGRAPH: &str = "The harbour town voted on Sunday to keep its old ferry, which has carried people across the strait since the spring of 1951, and to sell the new one to a neighbour who had asked for it twice before.";

    fn fill(text: &str, width: usize, indent: &str) -> String {
        let (mut out, mut column) = (String::new(), 0);
        for word in text.split(' ') {
            if column > 0 && column + 1 + word.len() > width {
                out.push('\n');
                column = 0;
            }
            out.push_str(if column == 0 { indent } else { " " });
            column += word.len() + if column == 0 { indent.len() } else { 1 };
            out.push_str(word);
        }
        out
    }

    #[test]
    fn filled_paragraphs_are_joined() {
        for (width, indent) in [(72, "   "), (60, ""), (100, "  ")] {
            let file = format!(
                "{indent}Ferry stays\n\n{}\n\n{}\n",
                fill(PARAGRAPH, width, indent),
                fill(PARAGRAPH, width, indent)
            );
            let texts: Vec<String> = unwrap(lines_of(&file)).into_iter().map(|line| line.text).collect();
            assert_eq!(texts, ["Ferry stays", PARAGRAPH, PARAGRAPH]);
        }
    }

    #[test]
    fn joined_paragraphs_map_to_the_file() {
        let file = fill(&format!("{PARAGRAPH} {PARAGRAPH}"), 64, "  ");
        let lines = unwrap(lines_of(&file));
        assert_eq!(lines.len(), 1);
        for piece in &lines[0].source {
            let text = &lines[0].text[piece.text_start..piece.text_start + piece.len];
            assert_eq!(text, &file[piece.file_start..piece.file_start + piece.len]);
        }
    }

    #[test]
    fn a_broken_paragraph_among_others_is_joined() {
        let broken = fill(PARAGRAPH, 62, "");
        for gap in ["\n", "\n\n"] {
            let file = format!("Ferry stays{gap}{PARAGRAPH}{gap}{PARAGRAPH}{gap}{PARAGRAPH}{gap}{broken}");
            let texts: Vec<String> = unwrap(lines_of(&file)).into_iter().map(|line| line.text).collect();
            assert_eq!(texts, ["Ferry stays", PARAGRAPH, PARAGRAPH, PARAGRAPH, PARAGRAPH], "{gap:?}");
        }
    }

    #[test]
    fn a_paragraph_a_line_stays() {
        let file =
            format!("Ferry stays\n{PARAGRAPH}\n{PARAGRAPH}\nWhat comes next\n{PARAGRAPH}\n{PARAGRAPH}");
        assert_eq!(unwrap(lines_of(&file)).len(), 6);
        let poem = "Tide comes in over the mud flats\nTide goes out with the morning light\nNobody waits for the ferry now";
        assert_eq!(unwrap(lines_of(poem)).len(), 3);
        let menu = "Home\nNews\nSport\nWeather\nAbout this site and its makers\nContact\nImprint";
        assert_eq!(unwrap(lines_of(menu)).len(), 7);
    }
}
