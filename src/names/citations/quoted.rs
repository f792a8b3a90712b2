//! Where words stand in quotation marks: straight, curly, low and angled ones, over paragraphs.
//!
//! An apostrophe is none; a quotation inside another belongs to the outer one. Who speaks is
//! not asked here.

use crate::article::Span;

use super::tokens::Quoted;

/// Longest quotation between single marks, in bytes: beyond it an apostrophe was taken for a mark.
const MAX_SINGLE_BYTES: usize = 1_000;

/// Single marks of a paragraph that may fail to close before the rest are taken for apostrophes.
const MAX_OVERLONG: usize = 8;

/// A family of marks that open and close one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    Straight,
    Curly,
    Low,
    Angled,
    AngledInward,
    Corner,
    WhiteCorner,
    SingleStraight,
    SingleCurly,
}

impl Family {
    const COUNT: usize = 9;

    const fn is_single(self) -> bool {
        matches!(self, Self::SingleStraight | Self::SingleCurly)
    }
}

/// A quotation whose end is not found yet.
#[derive(Clone, Copy, Debug)]
struct Opened {
    family: Family,
    outer: usize,
    inner: usize,
    depth: usize,
    /// A mark that may close it, if none does so more plainly.
    weak: Option<(usize, usize)>,
}

/// The quotations of `text` in order, none inside another.
pub(super) fn quotations(text: &str) -> Vec<Quoted> {
    let mut found: Vec<Quoted> = Vec::new();
    let mut start = 0;
    let mut carried: Option<Family> = None;
    let rare = memchr::memchr2(0xC2, 0xE3, text.as_bytes()).is_some();
    while start < text.len() {
        let end = memchr::memchr(b'\n', &text.as_bytes()[start..]).map_or(text.len(), |n| start + n);
        // A paragraph left open is a quotation only if the next one opens again.
        let family = opening_of(text, start, end);
        if let (Some(before), Some(_)) = (carried, found.last())
            && !text[start..end].trim().is_empty()
            && family != Some(before)
        {
            found.pop();
        }
        if !text[start..end].trim().is_empty() {
            carried = paragraph(text, Span::new(start, end), rare, &mut found);
        }
        start = end + 1;
    }
    if carried.is_some() {
        found.pop();
    }
    found
}

/// The family of the mark that a paragraph begins with.
fn opening_of(text: &str, start: usize, end: usize) -> Option<Family> {
    let line = &text[start..end];
    let at = start + (line.len() - line.trim_start().len());
    let mark = text[at..end].chars().next()?;
    opens(text, at, mark)
}

/// Adds the quotations of one paragraph; the family of the one left open at its end, if it
/// began the paragraph.
fn paragraph(text: &str, span: Span, rare: bool, found: &mut Vec<Quoted>) -> Option<Family> {
    let (bytes, Span { start, end }) = (text.as_bytes(), span);
    let mut hopeless = [false; Family::COUNT];
    let mut overlong = 0;
    let mut open: Option<Opened> = None;
    let first = start + (text[start..end].len() - text[start..end].trim_start().len());
    let mut at = start;
    loop {
        at = next_mark(bytes, at, end, rare);
        if at >= end {
            let opened = open.take()?;
            if let Some((inner_end, outer_end)) = opened.weak {
                add(text, opened, inner_end, outer_end, found);
                at = outer_end;
                continue;
            }
            if opened.outer == first && !opened.family.is_single() {
                add(text, opened, end, end, found);
                if let Some(last) = found.last_mut() {
                    last.open_ended = true;
                }
                return Some(opened.family);
            }
            hopeless[opened.family as usize] = true;
            at = opened.inner;
            continue;
        }
        let mark = text[at..].chars().next()?;
        let after = at + mark.len_utf8();
        if let Some(opened) =
            open.filter(|open| open.family.is_single() && at - open.inner > MAX_SINGLE_BYTES)
        {
            open = None;
            overlong += 1;
            hopeless[opened.family as usize] = overlong >= MAX_OVERLONG;
            if let Some((inner_end, outer_end)) = opened.weak {
                add(text, opened, inner_end, outer_end, found);
                at = outer_end;
                continue;
            }
        }
        match &mut open {
            Some(opened) => match closes(text, at, mark, opened, end) {
                Closing::Yes if opened.depth > 0 => opened.depth -= 1,
                Closing::Yes => {
                    add(text, *opened, at, after, found);
                    open = None;
                }
                Closing::Weak => opened.weak = opened.weak.or(Some((at, after))),
                Closing::Deeper => opened.depth += 1,
                Closing::Restart => {
                    *opened = Opened { outer: at, inner: after, depth: 0, weak: None, ..*opened };
                }
                Closing::No => {}
            },
            None => {
                open = opens(text, at, mark)
                    .filter(|family| !hopeless[*family as usize])
                    .map(|family| Opened { family, outer: at, inner: after, depth: 0, weak: None });
            }
        }
        at = after;
    }
}

/// Where the next mark may begin in the paragraph that ends at `end`; there, if nowhere before.
///
/// `rare`: whether the text has the bytes that «, » and corner marks begin with.
fn next_mark(bytes: &[u8], at: usize, end: usize, rare: bool) -> usize {
    let rest = bytes.get(at..end).unwrap_or(&[]);
    let found = if rare {
        rest.iter().position(|byte| matches!(byte, b'"' | b'\'' | 0xC2 | 0xE2 | 0xE3))
    } else {
        memchr::memchr3(b'"', b'\'', 0xE2, rest)
    };
    found.map_or(end.max(at), |n| at + n)
}

fn add(text: &str, opened: Opened, inner_end: usize, outer_end: usize, found: &mut Vec<Quoted>) {
    let inner = Span::new(opened.inner, inner_end);
    let words = inner.of(text).trim();
    if words.chars().any(char::is_alphanumeric) {
        let begin = inner.start + (inner.of(text).len() - inner.of(text).trim_start().len());
        let inner = Span::new(begin, begin + words.len());
        found.push(Quoted { outer: Span::new(opened.outer, outer_end), inner, open_ended: false });
    }
}

fn before(text: &str, at: usize) -> Option<char> {
    text[..at].chars().next_back()
}

/// The family of a quotation that `mark` at `at` may open.
fn opens(text: &str, at: usize, mark: char) -> Option<Family> {
    let previous = before(text, at);
    let next = text[at + mark.len_utf8()..].chars().next();
    let free = previous.is_none_or(|c| {
        c.is_whitespace() || matches!(c, '(' | '[' | '-' | '–' | '—' | '/' | '¿' | '¡' | ':' | ',')
    });
    let touches = next.is_some_and(|c| !c.is_whitespace());
    match mark {
        '“' | '‟' if touches => Some(Family::Curly),
        '„' => Some(Family::Low),
        '«' => Some(Family::Angled),
        '»' if free && touches => Some(Family::AngledInward),
        '「' => Some(Family::Corner),
        '『' => Some(Family::WhiteCorner),
        '"' if touches && !previous.is_some_and(char::is_alphanumeric) => Some(Family::Straight),
        '‘' if touches && free => Some(Family::SingleCurly),
        '\'' if free && next.is_some_and(|c| c.is_alphabetic() || c == '.') => Some(Family::SingleStraight),
        _ => None,
    }
}

/// What a mark does to the open quotation.
enum Closing {
    Yes,
    Weak,
    No,
    Deeper,
    Restart,
}

fn closes(text: &str, at: usize, mark: char, opened: &Opened, end: usize) -> Closing {
    let next = text[at + mark.len_utf8()..end].chars().next();
    match (opened.family, mark) {
        (Family::Curly, '”' | '"') | (Family::Low, '“' | '”' | '"') => Closing::Yes,
        (Family::Curly, '“') => Closing::Restart,
        (Family::Angled, '»') | (Family::AngledInward, '«') => Closing::Yes,
        (Family::Angled, '«') => Closing::Deeper,
        (Family::Corner, '」') | (Family::WhiteCorner, '』') => Closing::Yes,
        (Family::Straight, '"' | '”') => {
            let reopens =
                before(text, at).is_some_and(char::is_whitespace) && next.is_some_and(char::is_alphanumeric);
            if reopens { Closing::Restart } else { Closing::Yes }
        }
        (Family::SingleCurly, '’') | (Family::SingleStraight, '\'') => single_closes(text, at, next),
        _ => Closing::No,
    }
}

/// Whether a single mark closes rather than stands for a missing letter.
fn single_closes(text: &str, at: usize, next: Option<char>) -> Closing {
    let previous = before(text, at);
    if next.is_some_and(char::is_alphanumeric) || previous.is_none_or(char::is_whitespace) {
        return Closing::No;
    }
    let plain = previous.is_some_and(|c| matches!(c, '.' | ',' | '?' | '!' | '…'))
        || next.is_none_or(|c| !c.is_whitespace())
        || previous != Some('s');
    if plain { Closing::Yes } else { Closing::Weak }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        quotations(text).iter().map(|quote| quote.inner.of(text)).collect()
    }

    #[test]
    fn marks_of_all_kinds() {
        assert_eq!(words("“We go,” he said. “Now.”"), ["We go,", "Now."]);
        assert_eq!(words("\"We go,\" he said. \"Now.\""), ["We go,", "Now."]);
        assert_eq!(words("„Wir gehen“, sagte er. »Jetzt.«"), ["Wir gehen", "Jetzt."]);
        assert_eq!(
            words("« Nous partons », dit-il. «ООО «Гном» здесь»"),
            ["Nous partons", "ООО «Гном» здесь"]
        );
        assert_eq!(words("他说：「走吧」。"), ["走吧"]);
        assert_eq!(words("‘We go,’ he said, and 'now'."), ["We go,", "now"]);
    }

    #[test]
    fn apostrophes_are_no_marks() {
        assert!(words("It's the boys' toys, the rock ’n’ roll of the '90s.").is_empty());
        assert_eq!(words("‘It’s the boys’ own fault,’ she said."), ["It’s the boys’ own fault,"]);
        assert_eq!(words("The ‘lost boys’ are here"), ["lost boys"]);
        assert!(words("He is 6' 2\" tall").is_empty());
    }

    #[test]
    fn nested_quotations_belong_to_the_outer() {
        assert_eq!(words("“He told me, ‘go,’ so I went,” she said."), ["He told me, ‘go,’ so I went,"]);
    }

    #[test]
    fn paragraphs_left_open_go_on_in_the_next() {
        let text = "“First part.\n“Second part,” he said.\n“Third has no end.\nNo quotation.";
        assert_eq!(words(text), ["First part.", "Second part,"]);
        assert!(words("“Never closed.").is_empty());
        assert_eq!(words("Then “lost. He said “found” it."), ["found"]);
    }

    #[test]
    fn hostile_marks_take_linear_time() {
        for unit in
            ["“", "\"a ", "'as' ", "‘as’ b", "'as' ", "‘as’ ", " 'a", "‘a ", "«", "»a", "”", "„“", "'"]
        {
            quotations(&unit.repeat(300_000));
            quotations(&format!("{unit}\n").repeat(100_000));
        }
    }
}
