//! Voices that no cue shows: the subject of a sentence with a quotation, a speaker's turn after a
//! colon, a writer's signature.

use crate::article::{Force, Kind as NameKind, Span};

use super::prose::{Attribution, sentence_of};
use super::rules::class;
use super::rules::{Cue, uses};
use super::scene::Scene;
use super::tokens::Kind;
use super::voice::{Voice, Who, is_be};

/// Words of a quotation that show a speaker; a single one may be a title or a name.
const MIN_QUOTED_WORDS: usize = 2;
/// Tokens at the head of a sentence among which its subject is looked for.
const MAX_SUBJECT: usize = 20;

/// Adds the subjects of sentences that hold a quotation and no other attribution: whoever a
/// sentence is about says the words in it ("Lee mocked the plan as “a dream of the few”").
pub(super) fn quoting_subjects(scene: &Scene<'_>, found: &mut Vec<Attribution>) {
    let known = found.len();
    let mut next = 0;
    let mut last_start = None;
    for (at, token) in scene.tokens.iter().enumerate() {
        let Kind::Quote(quote) = token.kind else { continue };
        let (start, _) = scene.sentence(at);
        let words =
            scene.setting.marks.quotes.get(quote).map_or("", |quote| quote.inner.of(scene.setting.text));
        if last_start == Some(start)
            || words.split_whitespace().take(MIN_QUOTED_WORDS).count() < MIN_QUOTED_WORDS
        {
            continue;
        }
        let sentence = sentence_of(scene, at);
        while next < known && found[next].sentence.end <= sentence.start {
            next += 1;
        }
        if next < known && found[next].sentence.start < sentence.end {
            continue;
        }
        if let Some(voice) = subject(scene, start, at) {
            last_start = Some(start);
            let cue =
                Cue { span: Span::new(token.span.start, token.span.start), uses: uses::PLAIN, force: None };
            found.push(Attribution { voice, cue, sentence, carrier: false, covers: Some(token.span) });
        }
    }
    found[..].sort_by_key(|known| known.cue.span);
}

/// A name and a colon that begin the paragraph: a headline ("Lee: no deal"), a transcript's turn.
pub(super) fn leading_colon(scene: &Scene<'_>) -> Option<Attribution> {
    let name = (0..3).find(|&at| scene.name(at).is_some())?;
    let titled = (0..name).all(|at| scene.kind(at) == Some(Kind::Word) && scene.is_capital(at));
    let (index, mention) = scene.name(name)?;
    let speaks = mention.entity.kind == NameKind::Person || scene.outlet(name).is_some();
    let signed = (name + 2..name + 4).find(|&at| scene.outlet(at).is_some());
    let colon = signed.filter(|_| scene.kind(name + 1) == Some(Kind::Comma)).map_or(name + 1, |at| at + 1);
    if !(titled && speaks && scene.kind(colon) == Some(Kind::Colon)) || scene.tokens.len() < colon + 3 {
        return None;
    }
    let span = scene.tokens[name].span;
    let voice = Voice { who: Who::Name(index), span, first: name, last: name };
    let (_, last) = scene.sentence(colon + 1);
    let covers = Some(Span::new(scene.tokens[colon + 1].span.start, scene.tokens[last].span.end));
    let cue = Cue { span: scene.tokens[colon].span, uses: uses::STRONG, force: Some(Force::Said) };
    Some(Attribution { voice, cue, sentence: sentence_of(scene, colon), carrier: false, covers })
}

/// The outlet of a writer quoted at length: a paragraph that begins `Ann Lee, Le Monde: "…"`.
pub(super) fn signature(scene: &Scene<'_>) -> Option<Attribution> {
    let at = (2..5).find(|&at| scene.outlet(at).is_some() && scene.kind(at + 1) == Some(Kind::Colon))?;
    let before = if scene.is(at - 1, class::DET) { at - 2 } else { at - 1 };
    let (index, _) = scene.name(at).filter(|_| scene.kind(before) == Some(Kind::Comma))?;
    let span = scene.tokens[at].span;
    let voice = Voice { who: Who::Name(index), span, first: at, last: at };
    let cue = Cue { span: scene.tokens[at + 1].span, uses: uses::STRONG, force: Some(Force::Said) };
    Some(Attribution { voice, cue, sentence: sentence_of(scene, at), carrier: true, covers: None })
}

/// The name or pronoun that the sentence from token `start` is about, before token `at`.
pub(super) fn subject(scene: &Scene<'_>, start: usize, at: usize) -> Option<Voice> {
    for first in start..at.min(start + MAX_SUBJECT) {
        if let Some((index, mention)) = scene.name(first) {
            let held = first > start && scene.is(first - 1, class::PREP);
            let owner = scene.kind(first + 1) == Some(Kind::Possessive);
            if held || owner || mention.demonym || mention.entity.kind == NameKind::Place {
                continue;
            }
            let passive = (first + 1..first + 4)
                .any(|next| is_be(scene.word(next)) && !scene.word(next + 1).ends_with("ing"));
            let titled = mention.entity.kind == NameKind::Organisation
                && (first + 1..first + 4).any(|next| scene.is_person(next));
            if titled || passive {
                continue;
            }
            let span = scene.tokens[first].span;
            return Some(Voice { who: Who::Name(index), span, first, last: first });
        }
        if first == start && scene.is(first, class::HE) {
            return Some(Voice { who: Who::Pronoun, span: scene.tokens[first].span, first, last: first });
        }
    }
    None
}
