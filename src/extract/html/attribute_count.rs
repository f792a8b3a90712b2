//! Counts the attributes of a tag that does not end, before the parser compares them all.
//!
//! Looks at markup alone, and only where the parser has been silent for long.

/// Silence of the parser, in bytes, after which the open tag is counted. Below it the comparisons
/// cost less than a tenth of a second.
const SILENT_BYTES: usize = 16 << 10;

/// Watches for a stretch of markup that the parser takes as one token.
#[derive(Debug, Default)]
pub(super) struct TagScan {
    /// Where the stretch began.
    token_start: usize,
    /// The parser's count of events there.
    events: u64,
    /// How long the stretch was when it was last counted.
    counted_bytes: usize,
}

impl TagScan {
    /// Whether the piece of `html` that ends at `end`, just parsed, goes on with a tag of more than
    /// `limit` attributes; `events` grows whenever the parser says something.
    pub(super) fn passes(&mut self, html: &str, end: usize, events: u64, limit: usize) -> bool {
        if events != self.events {
            // Pieces start at every `<`, so that the next token starts the next piece.
            *self = Self { token_start: end, events, counted_bytes: 0 };
            return false;
        }
        let silent = end - self.token_start;
        // Counted anew only when it has doubled, so that all counts together are linear.
        if silent < SILENT_BYTES.max(2 * self.counted_bytes) {
            return false;
        }
        self.counted_bytes = silent;
        attributes_in(&html[self.token_start..end], limit) > limit
    }
}

/// Where in a tag the count is.
#[derive(Clone, Copy)]
enum At {
    Gap,
    Name,
    Value,
}

/// Number of attributes in the tag that `markup` leaves open, counted up to one more than `limit`; 0
/// where it leaves none open. `markup` starts at a token, and holds no text that the parser would show.
fn attributes_in(markup: &str, limit: usize) -> usize {
    let mut rest = markup.as_bytes();
    loop {
        rest = match rest {
            [b'<', b'/' | b'a'..=b'z' | b'A'..=b'Z', ..] => match attributes_of_tag(rest, limit) {
                Ok(after) => after,
                Err(count) => return count,
            },
            [b'<', b'!', b'-', b'-', inside @ ..] => match memchr::memmem::find(inside, b"-->") {
                Some(close) => &inside[close..],
                None => return 0,
            },
            [_, after @ ..] => &after[memchr::memchr(b'<', after).unwrap_or(after.len())..],
            [] => return 0,
        };
    }
}

/// What follows the tag that opens `bytes`, or its number of attributes where it does not end or has
/// more than `limit`.
fn attributes_of_tag(bytes: &[u8], limit: usize) -> Result<&[u8], usize> {
    let mut count = 0;
    let mut state = At::Name;
    let mut at = 2;
    while at < bytes.len() && count <= limit {
        let byte = bytes[at];
        state = match (state, byte) {
            (At::Value, b'"' | b'\'') => {
                at += 1;
                at += memchr::memchr(byte, &bytes[at..]).unwrap_or(bytes.len() - at);
                At::Gap
            }
            (_, b'>') => return Ok(&bytes[at..]),
            (At::Value, _) if byte.is_ascii_whitespace() => At::Value,
            (At::Value, _) => {
                while bytes.get(at + 1).is_some_and(|next| !next.is_ascii_whitespace() && *next != b'>') {
                    at += 1;
                }
                At::Gap
            }
            (_, b'=') => At::Value,
            (_, b'/') => At::Gap,
            (_, _) if byte.is_ascii_whitespace() => At::Gap,
            (At::Gap, _) => {
                count += 1;
                At::Name
            }
            (At::Name, _) => At::Name,
        };
        at += 1;
    }
    Err(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_attributes_as_html_does() {
        assert_eq!(attributes_in("<p a b=1 c = 'x y z' d=\"1 2\"e/f g", 99), 7);
        assert_eq!(attributes_in("<p title=\"<!-- a b c d \" e", 99), 2);
        assert_eq!(attributes_in("<!-- a b c d", 99), 0);
        assert_eq!(attributes_in("< a b c d", 99), 0);
        assert_eq!(attributes_in("<p a b c d e f", 2), 3);
        assert_eq!(attributes_in("</x a b> <p c d='>' e", 99), 3);
        assert_eq!(attributes_in("</x a b>", 99), 0);
        assert_eq!(attributes_in("<!-- x --><p a", 99), 1);
    }
}
