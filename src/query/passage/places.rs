//! Where the things stand that a condition speaks of: words, phrases, texts, names, and pairs of
//! them near each other.

use super::view::{Interval, TEXTS, View};
use crate::article::{Kind, Span, TextField};

/// Most places kept of one thing in one article. Only a text made for it has more, and what lies
/// beyond them in it is not looked at.
const MAX_PLACES: usize = 1 << 20;

/// Something that has places; others are referred to by their number, which is smaller.
#[derive(Debug)]
pub(super) enum Places {
    /// Words at these offsets from each other, give or take some moves.
    Sequence { words: Vec<(u32, usize)>, slop: u32, only: Option<TextField>, part: usize },
    /// A text, letter for letter; without `case`, in lower case.
    Literal { text: String, case: bool, part: usize },
    /// Names.
    Mentions { ids: Option<Vec<String>>, kind: Option<Kind>, part: usize },
    /// Cited sources with one of these ids, or kinds of evidence.
    Citations { ids: Option<Vec<String>>, evidence: Option<Vec<String>>, part: usize },
    /// The words of a speaker.
    Quotes { ids: Option<Vec<String>>, part: usize },
    /// Any of these.
    Either(Vec<usize>),
    /// Pairs.
    Near { sides: [usize; 2], distance: u32, ordered: bool },
}

impl Places {
    /// Whether the words of the texts say where it stands.
    pub(super) fn needs_texts_alone(&self) -> bool {
        !matches!(self, Self::Mentions { .. } | Self::Citations { .. } | Self::Quotes { .. })
    }
}

/// The places of everything, in order.
pub(super) fn find(all: &[Places], view: &View<'_>) -> Vec<Vec<Interval>> {
    let mut found: Vec<Vec<Interval>> = Vec::with_capacity(all.len());
    for places in all {
        let mut intervals = Vec::new();
        match places {
            Places::Sequence { words, slop, only, .. } => {
                for field in TEXTS.into_iter().filter(|field| only.is_none_or(|only| only == *field)) {
                    sequence(view, field, words, *slop, &mut intervals);
                }
            }
            Places::Literal { text, case, .. } => literal(view, text, *case, &mut intervals),
            Places::Mentions { ids, kind, .. } => {
                let mentions = view.article.mentions.iter().filter(|mention| {
                    has(ids, &mention.entity.id) && kind.is_none_or(|kind| kind == mention.entity.kind)
                });
                mentions.for_each(|mention| push(view, mention.field, mention.span, &mut intervals));
            }
            Places::Citations { ids, evidence, .. } => {
                let citations = view.article.citations.iter().filter(|citation| {
                    has(ids, &citation.source.id) && has(evidence, citation.evidence.name())
                });
                citations.for_each(|citation| push(view, citation.field, citation.span, &mut intervals));
            }
            Places::Quotes { ids, .. } => {
                let said = |id: Option<&str>| id.is_some_and(|id| has(ids, id));
                let quotes = view.article.quotes.iter();
                let quotes = quotes.filter(|quote| said(quote.speaker.as_ref().map(|s| s.id.as_str())));
                quotes.for_each(|quote| push(view, quote.field, quote.span, &mut intervals));
            }
            Places::Either(parts) => parts.iter().for_each(|&part| intervals.extend_from_slice(&found[part])),
            Places::Near { sides: [left, right], distance, ordered } => {
                near(&found[*left], &found[*right], *distance, *ordered, &mut |interval, _, _| {
                    intervals.push(interval);
                    intervals.len() < MAX_PLACES
                });
            }
        }
        intervals.sort_unstable();
        intervals.dedup();
        intervals.truncate(MAX_PLACES);
        found.push(intervals);
    }
    found
}

fn has(list: &Option<Vec<String>>, value: &str) -> bool {
    list.as_ref().is_none_or(|list| list.iter().any(|known| known == value))
}

fn push(view: &View<'_>, field: TextField, span: Span, intervals: &mut Vec<Interval>) {
    let (from, to) = view.words_in(field, span);
    if from < to {
        intervals.push(Interval { field, start: from, end: to - 1 });
    }
}

fn sequence(
    view: &View<'_>,
    field: TextField,
    words: &[(u32, usize)],
    slop: u32,
    intervals: &mut Vec<Interval>,
) {
    let Some(&(first_offset, first)) = words.first() else { return };
    if words.len() > 1 && slop > 0 {
        return moved(view, field, words, slop, intervals);
    }
    let reach = words.last().map_or(0, |(offset, _)| offset - first_offset);
    for &start in view.passing(field, first) {
        let follows = |&(offset, test): &(u32, usize)| {
            view.passing(field, test).binary_search(&(start + offset - first_offset)).is_ok()
        };
        if words[1..].iter().all(follows) {
            intervals.push(Interval { field, start, end: start + reach });
        }
    }
}

/// Places of words each of which may stand some words off its place: as many at most between the one
/// that is farthest ahead and the one farthest behind.
fn moved(
    view: &View<'_>,
    field: TextField,
    words: &[(u32, usize)],
    slop: u32,
    intervals: &mut Vec<Interval>,
) {
    let lists: Vec<&[u32]> = words.iter().map(|&(_, test)| view.passing(field, test)).collect();
    let mut at = vec![0_usize; words.len()];
    loop {
        let mut shifts = Vec::with_capacity(words.len());
        let mut positions = Vec::with_capacity(words.len());
        for (number, list) in lists.iter().enumerate() {
            let Some(&position) = list.get(at[number]) else { return };
            shifts.push(i64::from(position) - i64::from(words[number].0));
            positions.push(position);
        }
        let least = (0..shifts.len()).min_by_key(|&number| shifts[number]).unwrap_or(0);
        let most = shifts.iter().copied().max().unwrap_or(0);
        if most - shifts[least] <= i64::from(slop) {
            positions.sort_unstable();
            let distinct = positions.windows(2).all(|pair| pair[0] != pair[1]);
            if let (true, Some(&start), Some(&end)) = (distinct, positions.first(), positions.last()) {
                intervals.push(Interval { field, start, end });
            }
        }
        at[least] += 1;
    }
}

/// Calls `found` with every pair at most `distance` words apart, with the numbers of its sides, until
/// it says stop.
fn near(
    left: &[Interval],
    right: &[Interval],
    distance: u32,
    ordered: bool,
    found: &mut dyn FnMut(Interval, usize, usize) -> bool,
) {
    // No place of the right side is longer than this.
    let longest = right.iter().map(|interval| interval.end - interval.start).max().unwrap_or(0);
    for (number, one) in left.iter().enumerate() {
        let reach = distance.saturating_add(longest);
        let earliest = (one.field, one.start.saturating_sub(reach));
        let first = right.partition_point(|other| (other.field, other.start) < earliest);
        for (offset, other) in right[first..].iter().enumerate() {
            if other.field != one.field || other.start > one.end.saturating_add(distance) {
                break;
            }
            let after = other.start > one.end && other.start - one.end <= distance;
            let before = !ordered && one.start > other.end && one.start - other.end <= distance;
            if after || before {
                let start = one.start.min(other.start);
                let end = one.end.max(other.end);
                if !found(Interval { field: one.field, start, end }, number, first + offset) {
                    return;
                }
            }
        }
    }
}

fn literal(view: &View<'_>, wanted: &str, case: bool, intervals: &mut Vec<Interval>) {
    for field in TEXTS {
        let text = view.article.text_of(field);
        let (plain, origin) = plain_text(text, case);
        for at in whole_matches(&plain, wanted) {
            let start = origin[at];
            let end = origin.get(at + wanted.len()).copied().unwrap_or(text.len());
            push(view, field, Span::new(start, end), intervals);
        }
    }
}

/// `text` with one kind of quotation mark, apostrophe and blank, in lower case unless `case` counts;
/// and for each of its bytes the byte of `text` that it came from.
pub(super) fn plain_text(text: &str, case: bool) -> (String, Vec<usize>) {
    let mut plain = String::with_capacity(text.len());
    let mut origin = Vec::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let before = plain.len();
        match c {
            '’' | '‘' | 'ʼ' => plain.push('\''),
            '“' | '”' | '„' | '«' | '»' => plain.push('"'),
            c if c.is_whitespace() => {
                if !plain.ends_with(' ') {
                    plain.push(' ');
                }
            }
            c if case => plain.push(c),
            c => plain.extend(c.to_lowercase()),
        }
        origin.resize(origin.len() + plain.len() - before, at);
    }
    (plain, origin)
}

/// Where `wanted` stands in `text` between word boundaries.
fn whole_matches<'t>(text: &'t str, wanted: &'t str) -> impl Iterator<Item = usize> + 't {
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    text.match_indices(wanted).map(|(at, _)| at).filter(move |&at| {
        let inside = |edge: Option<char>, outside: Option<char>| is_word(edge) && is_word(outside);
        !inside(wanted.chars().next(), text[..at].chars().next_back())
            && !inside(wanted.chars().next_back(), text[at + wanted.len()..].chars().next())
    })
}

/// The words, phrases and names that `interval` of `place` consists of, with the numbers of their
/// parts.
pub(super) fn parts_of(
    all: &[Places],
    found: &[Vec<Interval>],
    place: usize,
    interval: Interval,
    parts: &mut Vec<(Interval, usize)>,
) {
    match &all[place] {
        Places::Sequence { part, .. }
        | Places::Literal { part, .. }
        | Places::Mentions { part, .. }
        | Places::Citations { part, .. }
        | Places::Quotes { part, .. } => parts.push((interval, *part)),
        Places::Either(inner) => {
            for &inner in inner.iter().filter(|&&inner| found[inner].binary_search(&interval).is_ok()) {
                parts_of(all, found, inner, interval, parts);
            }
        }
        Places::Near { sides: [left, right], distance, ordered } => {
            let inside = |side: usize| -> Vec<Interval> {
                let list = &found[side];
                let from = list.partition_point(|i| (i.field, i.start) < (interval.field, interval.start));
                let rest = list[from..].iter();
                rest.take_while(|i| i.field == interval.field && i.start <= interval.end)
                    .filter(|i| i.end <= interval.end)
                    .copied()
                    .collect()
            };
            let (lefts, rights) = (inside(*left), inside(*right));
            near(&lefts, &rights, *distance, *ordered, &mut |pair, one, other| {
                let this = pair == interval;
                if this {
                    parts_of(all, found, *left, lefts[one], parts);
                    parts_of(all, found, *right, rights[other], parts);
                }
                !this
            });
        }
    }
}
