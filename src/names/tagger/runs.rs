//! Finds the stretches of tokens in which names can lie; everything else is never looked at again.

use super::lexicon;
use super::tokenize::{Class, Token};

/// Connectors that may stand between two capitalised words of one run.
const MAX_CONNECTORS: usize = 3;

/// Longest run; a longer one (a page in capitals) is cut, which bounds the scores of a path.
const MAX_RUN_TOKENS: usize = 160;

/// Tokens `start..end` of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// First token.
    pub start: u32,
    /// One past the last token.
    pub end: u32,
}

/// Whether the token at `index` may stand between two capitalised words of a name. A hyphen may
/// where no space is beside it.
fn joins(tokens: &[Token], index: usize, text: &str) -> bool {
    let token = &tokens[index];
    match token.class {
        Class::Connector | Class::Digit => true,
        Class::Punctuation => match token.of(text) {
            "-" | "\u{2010}" | "\u{2011}" => {
                index > 0
                    && tokens[index - 1].end == token.start
                    && tokens.get(index + 1).is_some_and(|next| next.start == token.end)
            }
            "&" | "'" | "\u{2019}" | "'s" | "\u{2019}s" => true,
            _ => false,
        },
        _ => false,
    }
}

/// Whether the token is the word of a credit ("Writing by …") and no part of a name.
pub fn is_credit(text: &str, tokens: &[Token], index: usize) -> bool {
    tokens.get(index + 1).is_some_and(|next| next.class == Class::Lower && next.of(text) == "by")
        && lexicon::is_credit(tokens[index].of(text))
}

/// Appends the runs of `tokens` to `runs`.
pub fn find_runs(text: &str, tokens: &[Token], runs: &mut Vec<Run>) {
    let mut at = 0;
    while at < tokens.len() {
        if !tokens[at].class.is_upper() || is_credit(text, tokens, at) {
            at += 1;
            continue;
        }
        let floor = runs.last().map_or(0, |run: &Run| run.end as usize);
        let start = with_prefix(text, tokens, at, floor);
        let mut end = at + 1;
        while end - start < MAX_RUN_TOKENS {
            match next_upper(text, tokens, end) {
                Some(upper) => end = upper + 1,
                None => break,
            }
        }
        runs.push(Run { start: start as u32, end: end as u32 });
        at = end;
    }
}

/// Extends a run at `at` backwards over words such as "al" and "van", not below `floor`.
fn with_prefix(text: &str, tokens: &[Token], at: usize, floor: usize) -> usize {
    let mut start = at;
    while start > floor && at - start < 2 && !tokens[start].opens_sentence {
        let previous = &tokens[start - 1];
        let is_prefix = previous.class == Class::Connector && lexicon::may_begin(previous.of(text));
        let is_hyphen = previous.class == Class::Punctuation
            && previous.of(text) == "-"
            && start >= 2
            && start - 1 > floor
            && {
                let word = &tokens[start - 2];
                word.end == previous.start
                    && word.class == Class::Connector
                    && lexicon::may_begin(word.of(text))
            };
        match (is_prefix, is_hyphen) {
            (true, _) => start -= 1,
            (_, true) => start -= 2,
            _ => break,
        }
    }
    start
}

/// The next capitalised token that belongs to the run ending before `end`.
fn next_upper(text: &str, tokens: &[Token], end: usize) -> Option<usize> {
    for (index, token) in tokens.iter().enumerate().skip(end).take(MAX_CONNECTORS + 1) {
        if token.opens_sentence {
            return None;
        }
        if token.class.is_upper() {
            return (!is_credit(text, tokens, index)).then_some(index);
        }
        if !joins(tokens, index, text) {
            return None;
        }
    }
    None
}
