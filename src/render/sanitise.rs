//! Text from articles made harmless for terminals.

use std::borrow::Cow;

/// Whether `c` could steer a terminal or turn the direction of what follows: control characters
/// (C0, C1, delete) and Unicode's bidirectional controls.
pub(super) fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{61C}')
}

/// `text` with its unsafe characters replaced one for one, so that offsets in characters still hold;
/// line breaks and tabs stay.
pub fn sanitise(text: &str) -> Cow<'_, str> {
    replaced(text, |c| is_unsafe(c) && !matches!(c, '\n' | '\t'))
}

/// The same on one line: line breaks and tabs become blanks.
pub fn sanitise_line(text: &str) -> Cow<'_, str> {
    replaced(text, is_unsafe)
}

fn replaced(text: &str, bad: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&bad) {
        return Cow::Borrowed(text);
    }
    let replace = |c: char| match c {
        '\n' | '\r' | '\t' | '\u{85}' if bad(c) => ' ',
        c if bad(c) => '\u{FFFD}',
        c => c,
    };
    Cow::Owned(text.chars().map(replace).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_replaced_one_for_one() {
        let hostile = "a\u{1b}[31mred\u{9b}2J\u{202e}b\nc\td\u{7f}";
        let safe = sanitise(hostile);
        assert_eq!(safe.chars().count(), hostile.chars().count());
        assert!(!safe.chars().any(|c| is_unsafe(c) && c != '\n' && c != '\t'), "{safe:?}");
        assert_eq!(sanitise_line("a\nb\tc"), "a b c");
        assert!(matches!(sanitise("plain — текст"), Cow::Borrowed(_)));
    }
}
