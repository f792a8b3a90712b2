//! Who said the words of a quotation, and which outlet carried them.
//!
//! Works on a paragraph's attributions and their sources; it finds neither.

use crate::article::{Source, Span};

use super::prose::Attribution;
use super::tokens::Quoted;

/// Attributions on either side of a quotation that can be its own.
const NEAR: usize = 8;

/// An attribution with the source behind its voice, if known.
#[derive(Clone, Debug)]
pub(super) struct Attributed {
    pub attribution: Attribution,
    pub source: Option<Source>,
}

/// A speaker as found for one quotation.
#[derive(Clone, Debug, PartialEq, Default)]
pub(super) struct Speaker {
    pub source: Option<Source>,
    pub span: Option<Span>,
    pub carrier: Option<Source>,
}

/// The speakers of one paragraph's quotations, in their order.
///
/// `before` is the speaker whose words the paragraph goes on with, if its first quotation
/// continues one or follows a colon.
pub(super) fn speakers(
    text: &str,
    paragraph: Span,
    quotes: &[Quoted],
    attributed: &[Attributed],
    before: Option<&Speaker>,
) -> Vec<Speaker> {
    let mut found: Vec<Speaker> = Vec::with_capacity(quotes.len());
    let mut next = 0;
    for (index, quote) in quotes.iter().enumerate() {
        while attributed.get(next).is_some_and(|known| known.attribution.sentence.end <= quote.outer.start) {
            next += 1;
        }
        let mut speaker = in_sentence(quote, &attributed[next..]);
        if speaker.is_none() {
            speaker = in_next_sentence(text, quote, &attributed[next..]);
        }
        if speaker.is_none() && index > 0 {
            let gap = text[quotes[index - 1].outer.end..quote.outer.start].trim_start_matches(['.', ',']);
            let own_sentence = begins_sentence(text, paragraph, quote);
            speaker = found[index - 1].source.is_some().then(|| found[index - 1].clone());
            let said_between = sentences_between(gap) <= 1;
            speaker = speaker.filter(|_| own_sentence && said_between);
        }
        if speaker.is_none() && text[paragraph.start..quote.outer.start].trim().is_empty() {
            speaker = before.cloned();
        }
        found.push(speaker.unwrap_or_default());
    }
    found
}

/// Stops in `gap` that end a sentence before more text; a few are enough to know.
fn sentences_between(gap: &str) -> usize {
    gap.match_indices(". ").take(2).count()
}

/// Whether nothing of its sentence stands before the quotation.
fn begins_sentence(text: &str, paragraph: Span, quote: &Quoted) -> bool {
    let before = text[paragraph.start..quote.outer.start].trim_end();
    let words = quote.inner.of(text);
    before.is_empty()
        || (before.ends_with(['.', '!', '?', '”', '"', '“', '»'])
            && words.starts_with(|c: char| !c.is_lowercase()))
}

/// The attribution nearest to the quotation in its own sentence.
fn in_sentence(quote: &Quoted, attributed: &[Attributed]) -> Option<Speaker> {
    let near = attributed.partition_point(|known| known.attribution.cue.span.start < quote.outer.start);
    let near = &attributed[near.saturating_sub(NEAR)..attributed.len().min(near + NEAR)];
    let own = near.iter().filter(|known| known.attribution.sentence.contains(quote.outer));
    let carrier = own.clone().find(|known| known.attribution.carrier).and_then(|known| known.source.clone());
    let nearest = own
        .filter(|known| !known.attribution.carrier)
        .min_by_key(|known| distance(quote.outer, hull(&known.attribution)));
    match nearest {
        Some(known) => {
            Some(Speaker { source: known.source.clone(), span: Some(known.attribution.voice.span), carrier })
        }
        None => carrier.map(|carrier| Speaker { carrier: Some(carrier), ..Speaker::default() }),
    }
}

/// “Why?” Ann Lee asked.: the question mark ended the sentence before its attribution.
fn in_next_sentence(text: &str, quote: &Quoted, attributed: &[Attributed]) -> Option<Speaker> {
    if !quote.inner.of(text).ends_with(['?', '!', '…', '-', '—']) {
        return None;
    }
    let rest = &text[quote.outer.end..];
    let start = quote.outer.end + (rest.len() - rest.trim_start().len());
    let next = attributed
        .iter()
        .take_while(|known| known.attribution.sentence.start <= start)
        .find(|known| known.attribution.sentence.start == start && !known.attribution.carrier)?;
    let first = hull(&next.attribution).start;
    (first - start <= 40).then(|| Speaker {
        source: next.source.clone(),
        span: Some(next.attribution.voice.span),
        carrier: None,
    })
}

fn hull(attribution: &Attribution) -> Span {
    let (voice, cue) = (attribution.voice.span, attribution.cue.span);
    Span::new(voice.start.min(cue.start), voice.end.max(cue.end))
}

/// Bytes between a quotation and an attribution; a cue behind a closing mark or before an
/// opening one stands nearer than one across a full stop.
fn distance(quote: Span, hull: Span) -> usize {
    if hull.start >= quote.end { hull.start - quote.end } else { quote.start.saturating_sub(hull.end) }
}
