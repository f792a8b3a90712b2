//! Which spans are names: the lists' hits and the tagger's spans, made one.
//!
//! The tagger reads the sentence, the lists know the words. Where both speak of the same span the
//! lists settle what it can be; where they speak of overlapping spans the longer certain name
//! holds; where one speaks alone it must be sure.

use super::{Name, Target};
use crate::article::{Kind, Span, TextField};
use crate::names::gazetteer::{Class, FormFlags};
use crate::names::lists::{ListedHit, Lists, evidence_for_tagger};
use crate::names::tagger::{TaggedSpan, Tagger};

/// Longest capitals that may be an unlisted acronym rather than a name set in capitals.
const MAX_ACRONYM_BYTES: usize = 4;
/// Bytes looked at to see whether a line is set in capitals.
const MAX_LINE_BYTES: usize = 200;

/// Appends the names of one field to `names`, in order, none overlapping.
pub(super) fn names_of(
    text: &str,
    field: TextField,
    lists: &Lists<'_>,
    tagger: Option<&Tagger>,
    names: &mut Vec<Name>,
) {
    if text.is_empty() {
        return;
    }
    let hits = lists.find(text);
    let tags = tagger.map_or_else(Vec::new, |tagger| tagger.tag(text, &evidence_for_tagger(&hits)));
    let first = names.len();
    let (mut hit, mut tag) = (0, 0);
    while hit < hits.len() || tag < tags.len() {
        match (hits.get(hit), tags.get(tag)) {
            (Some(h), Some(t)) if same(h.span, t.span) => {
                names.extend(both(text, field, h, t));
                (hit, tag) = (hit + 1, tag + 1);
            }
            (Some(h), Some(t)) if h.span.overlaps(t.span) => {
                if h.span.contains(t.span) && is_certain(text, h) && has_gap(h.span.of(text)) {
                    names.push(listed(field, h));
                    hit += 1;
                    tag += tags[tag..].iter().take_while(|t| t.span.overlaps(h.span)).count();
                } else {
                    names.push(tagged(field, t, lists, text));
                    tag += 1;
                    hit += hits[hit..]
                        .iter()
                        .take_while(|h| h.span.overlaps(t.span) && h.span.end <= t.span.end)
                        .count();
                    // A hit that reaches beyond the tagged span is given up as well.
                    hit += hits[hit..].iter().take_while(|h| h.span.overlaps(t.span)).count();
                }
            }
            (Some(h), t) if t.is_none_or(|t| h.span.start < t.span.start) => {
                if is_certain(text, h) {
                    names.push(listed(field, h));
                }
                hit += 1;
            }
            (_, Some(t)) => {
                names.push(tagged(field, t, lists, text));
                tag += 1;
            }
            (_, None) => hit += 1,
        }
    }
    activate_states(text, field, &hits, lists, names, first);
}

/// Whether two spans are one but for a full stop at the end.
fn same(a: Span, b: Span) -> bool {
    a.start == b.start && a.end.abs_diff(b.end) <= 1
}

fn has_gap(surface: &str) -> bool {
    surface.contains([' ', '-', '\n', '\u{a0}'])
}

/// The kind that the lists give a form, where they leave no doubt.
fn kind_of(flags: FormFlags) -> Option<Kind> {
    let place = flags.any(FormFlags::COUNTRY | FormFlags::PLACE | FormFlags::DEMONYM);
    match (flags.any(FormFlags::PERSON), flags.any(FormFlags::ORGANISATION), place) {
        (true, false, false) => Some(Kind::Person),
        (false, true, false) => Some(Kind::Organisation),
        (false, false, true) => Some(Kind::Place),
        _ => None,
    }
}

/// A name that the lists alone vouch for.
fn listed(field: TextField, hit: &ListedHit) -> Name {
    let flags = hit.listed.flags;
    let kind = kind_of(flags).unwrap_or(if flags.any(FormFlags::COUNTRY | FormFlags::PLACE) {
        Kind::Place
    } else if flags.any(FormFlags::ORGANISATION) {
        Kind::Organisation
    } else {
        Kind::Person
    });
    let demonym = flags.any(FormFlags::DEMONYM) && !flags.any(FormFlags::COUNTRY | FormFlags::PLACE);
    Name { field, span: hit.span, kind, demonym, listed: Some(hit.listed), target: Target::Open }
}

/// A name that both see at the same place.
fn both(text: &str, field: TextField, hit: &ListedHit, tag: &TaggedSpan) -> Option<Name> {
    let flags = hit.listed.flags;
    let mut name = listed(field, hit);
    let by_list = kind_of(flags).filter(|_| flags.any(FormFlags::STRONG) && !is_doubtful(text, hit));
    name.kind = by_list.unwrap_or(tag.kind);
    name.demonym = name.kind == Kind::Place && (tag.demonym && flags.any(FormFlags::DEMONYM) || name.demonym);
    Some(name)
}

/// A name of the tagger; the lists may have it as a whole, or without a title.
fn tagged(field: TextField, tag: &TaggedSpan, lists: &Lists<'_>, text: &str) -> Name {
    let listed = lists.form_of(tag.span.of(text));
    let Span { start, end } = tag.span;
    Name {
        field,
        span: Span::new(start, end),
        kind: tag.kind,
        demonym: tag.demonym,
        listed,
        target: Target::Open,
    }
}

/// Whether a hit is an ordinary word, or set in a way that hides what it is.
fn is_doubtful(text: &str, hit: &ListedHit) -> bool {
    let surface = hit.span.of(text);
    let capitals = surface.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase);
    if capitals && surface.len() <= MAX_ACRONYM_BYTES && surface.chars().all(|c| c.is_ascii_alphabetic()) {
        let shouted = in_capitals(text, hit.span);
        // An acronym among capitals may be a word; a word in capitals elsewhere may be an acronym.
        return if hit.listed.flags.any(FormFlags::CAPS) {
            shouted && hit.listed.flags.any(FormFlags::COMMON)
        } else {
            !shouted
        };
    }
    hit.listed.flags.any(FormFlags::COMMON) && !hit.listed.flags.any(FormFlags::CAPS)
}

/// Whether a hit is a name without a word from the tagger.
fn is_certain(text: &str, hit: &ListedHit) -> bool {
    let flags = hit.listed.flags;
    if !flags.any(FormFlags::STRONG) {
        return false;
    }
    let surface = hit.span.of(text);
    if is_doubtful(text, hit) {
        return has_gap(surface)
            || flags.any(FormFlags::COUNTRY | FormFlags::DEMONYM) && !starts_sentence(text, hit.span.start);
    }
    let only_city = flags.any(FormFlags::PLACE) && !flags.any(FormFlags::COUNTRY | FormFlags::DEMONYM);
    let may_be_person = flags.any(FormFlags::GIVEN | FormFlags::SURNAME);
    !(only_city && may_be_person && !has_gap(surface) && beside_capital(text, hit.span))
}

/// Whether nothing but the end of another sentence, a quotation mark or a line break stands before `at`.
pub(super) fn starts_sentence(text: &str, at: usize) -> bool {
    let before = text[..at].trim_end_matches([' ', '"', '“', '‘', '\'', '«', '(', '\t']);
    before.is_empty() || before.ends_with(['.', '!', '?', '\n', ':', '•', '…', '”', '»'])
}

/// Whether a capitalised word stands right before or after `span`.
fn beside_capital(text: &str, span: Span) -> bool {
    let after = text[span.end..].strip_prefix(' ').and_then(|rest| rest.chars().next());
    let before = text[..span.start].strip_suffix(' ').and_then(|head| head.rsplit([' ', '\n']).next());
    let capital = |word: &str| {
        word.chars().next().is_some_and(char::is_uppercase) && word.ends_with(char::is_alphabetic)
    };
    after.is_some_and(char::is_uppercase) || before.is_some_and(capital) && !starts_sentence(text, span.start)
}

/// Whether the line around `span` holds no letter in lower case.
fn in_capitals(text: &str, span: Span) -> bool {
    let mut from = span.start.saturating_sub(MAX_LINE_BYTES);
    let mut to = text.len().min(span.end + MAX_LINE_BYTES);
    while !text.is_char_boundary(from) {
        from -= 1;
    }
    while !text.is_char_boundary(to) {
        to += 1;
    }
    let from = text[from..span.start].rfind('\n').map_or(from, |at| from + at + 1);
    let to = text[span.end..to].find('\n').map_or(to, |at| span.end + at);
    let line = &text[from..to];
    line.len() > span.len() + 1 && !line.chars().any(char::is_lowercase)
}

/// Makes names of the states' abbreviations that follow a place and a comma ("Miami, Fla.").
fn activate_states(
    text: &str,
    field: TextField,
    hits: &[ListedHit],
    lists: &Lists<'_>,
    names: &mut Vec<Name>,
    first: usize,
) {
    let mut found = Vec::new();
    for hit in hits {
        let flags = hit.listed.flags;
        if !flags.any(FormFlags::PLACE | FormFlags::COUNTRY) || flags.any(FormFlags::STRONG) {
            continue;
        }
        let Some(head) = text[..hit.span.start].strip_suffix(", ") else { continue };
        let at = names[first..].partition_point(|name| name.span.end < head.len());
        let follows = names[first..]
            .get(at)
            .is_some_and(|name| name.span.end == head.len() && name.kind == Kind::Place);
        let free = names[first..].iter().skip(at).take(3).all(|name| !name.span.overlaps(hit.span));
        let territory =
            || lists.senses(hit.listed).any(|s| matches!(s.record.class, Class::Country | Class::State));
        if follows && free && territory() {
            found.push(Name { kind: Kind::Place, demonym: false, ..listed(field, hit) });
        }
    }
    if !found.is_empty() {
        names.extend(found);
        names[first..].sort_by_key(|name| name.span);
    }
}
