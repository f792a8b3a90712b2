//! Attribution in running text: which voices a paragraph's cues attribute something to.
//!
//! Finds the pairs of voice and cue; who the voice is in the world is decided by `source`.

use crate::article::{Kind as NameKind, Span};

use super::rules::{Cue, class, uses};
use super::scene::Scene;
use super::subjects::{leading_colon, quoting_subjects, signature, subject};
use super::tokens::Kind;
use super::voice::{Voice, Who};

/// Names joined to one cue; longer enumerations are no attributions.
const MAX_JOINED: usize = 6;
/// Small numbers in words.
const NUMBERS: [&str; 11] =
    ["another", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
/// Words of a title between an outlet and the person who works for it.
const MAX_TITLE_WORDS: usize = 3;
/// Tokens between an attribution and the edge of the sentence that it opens or ends.
const MAX_EDGE: usize = 12;

/// A voice and the cue that attributes to it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Attribution {
    pub voice: Voice,
    pub cue: Cue,
    /// The sentence around it, quotations taken whole.
    pub sentence: Span,
    /// Whether the voice passes on what another says to it ("told the BBC").
    pub carrier: bool,
    /// What is said on this word, where that is plain.
    pub covers: Option<Span>,
}

/// The attributions of one paragraph, by the place of their cues.
pub(super) fn attributions(scene: &Scene<'_>) -> Vec<Attribution> {
    let mut found: Vec<Attribution> = Vec::new();
    found.extend(leading_colon(scene));
    found.extend(signature(scene));
    for at in 0..scene.tokens.len() {
        let Some(cue) = scene.cue(at) else { continue };
        let known = found.len();
        if cue.uses & uses::VERB != 0 {
            let mut voices = verb_voices(scene, at, cue, &found);
            voices.extend(joint_outlets(scene, &voices));
            push(scene, at, cue, voices, false, &mut found);
        }
        if cue.uses & uses::OBJECT != 0 {
            let voices = after_with_joined(scene, at, false);
            push(scene, at, cue, voices, false, &mut found);
        }
        if cue.uses & uses::CARRIER != 0 {
            let voices = after_with_joined(scene, at, true);
            push(scene, at, cue, voices, true, &mut found);
        }
        if cue.uses & uses::NOUN != 0 && found.len() == known {
            let voices = outlets_before(scene, at);
            push(scene, at, cue, voices, false, &mut found);
        }
    }
    quoting_subjects(scene, &mut found);
    found
}

fn push(
    scene: &Scene<'_>,
    at: usize,
    cue: &Cue,
    voices: Vec<Voice>,
    carrier: bool,
    found: &mut Vec<Attribution>,
) {
    let employers: Vec<Voice> = voices.iter().filter_map(|voice| employer(scene, voice)).collect();
    for voice in voices {
        let repeated = found.iter().rev().take(MAX_JOINED).any(|known| known.voice.span.overlaps(voice.span));
        // "TASS, citing TASS": one name can be attributed to twice only by different uses.
        if repeated && (carrier || cue.uses & uses::VERB == 0) {
            continue;
        }
        let sentence = sentence_of(scene, at);
        let covers = covers(scene, at, voice);
        found.push(Attribution { voice, cue: *cue, sentence, carrier, covers });
    }
    for voice in employers {
        found.push(Attribution {
            voice,
            cue: *cue,
            sentence: sentence_of(scene, at),
            carrier: true,
            covers: None,
        });
    }
}

/// The outlet whose the speaking person is: "the BBC's Ann Lee", "CNN host Ann Lee", "a BBC reporter".
fn employer(scene: &Scene<'_>, voice: &Voice) -> Option<Voice> {
    let at = match voice.who {
        Who::Name(_) if scene.is_person(voice.first) => voice.first,
        Who::Phrase { head, .. } if head & class::PEOPLE != 0 => {
            (voice.first..=voice.last).find(|&at| scene.is(at, class::PEOPLE))?
        }
        _ => return None,
    };
    let mut before = at.checked_sub(1)?;
    let mut titled = matches!(voice.who, Who::Phrase { .. });
    while before > 0 && scene.kind(before) == Some(Kind::Word) && at - before <= MAX_TITLE_WORDS {
        titled |= scene.is(before, class::PEOPLE);
        before -= 1;
    }
    if scene.kind(before) == Some(Kind::Possessive) {
        titled = true;
        before = before.checked_sub(1)?;
    }
    let former = before > 0 && scene.word(before - 1).eq_ignore_ascii_case("former");
    let (index, _) = scene.name(before).filter(|_| titled && !former && scene.outlet(before).is_some())?;
    Some(scene.voice(Who::Name(index), before, before))
}

/// The outlets that a slash joins to a text that speaks: "a Politico/Lund poll shows".
fn joint_outlets(scene: &Scene<'_>, voices: &[Voice]) -> Vec<Voice> {
    let speaks = |voice: &&Voice| match voice.who {
        Who::Phrase { head, .. } => {
            head & class::TEXT != 0 && voice.first > 0 && scene.word(voice.first - 1) == "/"
        }
        _ => false,
    };
    voices.iter().filter(speaks).flat_map(|voice| outlets_before(scene, voice.first)).collect()
}

/// The voices of a verb: before it, or after it where the order is inverted.
fn verb_voices(scene: &Scene<'_>, at: usize, cue: &Cue, found: &[Attribution]) -> Vec<Voice> {
    let word = scene.word(at);
    let before = at.checked_sub(1).and_then(|before| scene.kind(before));
    if word.ends_with("ing") && !progressive(scene, at) {
        return participle_voice(scene, at, cue, found).into_iter().collect();
    }
    let quoted_before = match before {
        Some(Kind::Quote(_)) => true,
        Some(Kind::Comma | Kind::Dash | Kind::Break) => {
            matches!(at.checked_sub(2).and_then(|before| scene.kind(before)), Some(Kind::Quote(_)))
        }
        _ => false,
    };
    if cue.uses & uses::AMOUNT != 0 && !quoted_before && is_amount(scene, at + 1) {
        return Vec::new();
    }
    let mut voices = if quoted_before { Vec::new() } else { scene.voices_before(at) };
    if voices.is_empty() && cue.uses & (uses::STRONG | uses::PLAIN) != 0 && may_invert(scene, at) {
        voices = inverted(scene, at, quoted_before).into_iter().collect();
    }
    if voices.is_empty() && cue.uses & uses::STRONG != 0 && follows_and(scene, at) {
        voices = same_voice(scene, at, found).into_iter().collect();
    }
    voices.retain(|voice| fits(scene, voice, cue));
    voices
}

/// Whether token `at` is a number, in figures or words.
fn is_amount(scene: &Scene<'_>, at: usize) -> bool {
    let word = scene.word(at);
    word.starts_with(|c: char| c.is_ascii_digit()) || NUMBERS.contains(&word)
}

/// Whether a form of "be" makes a finite verb of the participle at `at`: "is urging".
fn progressive(scene: &Scene<'_>, at: usize) -> bool {
    let low = at.saturating_sub(3);
    let between = (low..at).rev().take_while(|&index| scene.is(index, class::ADVERB | class::AUXILIARY));
    between.filter(|&index| scene.is(index, class::AUXILIARY)).count() > 0
}

/// The voice of "saying", "urging": the one before it, or the one that its sentence is about.
fn participle_voice(scene: &Scene<'_>, at: usize, cue: &Cue, found: &[Attribution]) -> Option<Voice> {
    let before = at.checked_sub(1)?;
    if cue.uses & (uses::STRONG | uses::PLAIN) == 0 {
        return None;
    }
    let strong = cue.uses & uses::STRONG != 0;
    let continues = scene.kind(before) == Some(Kind::Comma)
        || scene.word(before).eq_ignore_ascii_case("as")
        || scene.word(before).eq_ignore_ascii_case("by")
        || (strong && (scene.is(before, class::TEXT | class::PREP) || scene.is_and(before)));
    if continues {
        return same_voice(scene, at, found);
    }
    let (index, mention) = scene.name(before).filter(|_| strong)?;
    let span = scene.tokens[before].span;
    let person = mention.entity.kind == NameKind::Person;
    person.then_some(Voice { who: Who::Name(index), span, first: before, last: before })
}

/// Whether a voice of that kind goes with the cue.
fn fits(scene: &Scene<'_>, voice: &Voice, cue: &Cue) -> bool {
    let place_or_person = |index: usize| scene.setting.marks.mentions.get(index).map(|m| m.entity.kind);
    if cue.uses & (uses::STRONG | uses::PLAIN | uses::POST) == 0 {
        let belief = cue.uses & uses::BELIEF != 0;
        return match voice.who {
            Who::Name(index) if belief => place_or_person(index) == Some(NameKind::Person),
            Who::Name(index) => place_or_person(index) == Some(NameKind::Organisation),
            Who::Outlet => !belief,
            Who::Pronoun => belief,
            Who::Phrase { head, .. } if belief => head & class::PEOPLE != 0,
            Who::Phrase { head, .. } => head & (class::TEXT | class::MEDIA) != 0,
        };
    }
    true
}

/// Whether a verb at `at` may have its voice behind it.
fn may_invert(scene: &Scene<'_>, at: usize) -> bool {
    if scene.setting.language.is_some_and(|language| language != "en") {
        return true;
    }
    match at.checked_sub(1).and_then(|before| scene.kind(before)) {
        None | Some(Kind::Quote(_) | Kind::Comma | Kind::Dash | Kind::Break | Kind::Close) => true,
        _ => !scene.word(at).is_ascii() || scene.word(at - 1).eq_ignore_ascii_case("as"),
    }
}

fn inverted(scene: &Scene<'_>, at: usize, quoted_before: bool) -> Option<Voice> {
    if let Some(voice) = behind_title(scene, at) {
        return Some(voice);
    }
    let voice = scene.voice_after(at)?;
    let after = voice.last + 1;
    let ends = quoted_before
        || scene.is_edge(after)
        || scene.is(after, class::PREP | class::WHO | class::TIME | class::BOUNDARY)
        || matches!(scene.kind(after), Some(Kind::Comma | Kind::Dash | Kind::Open | Kind::Colon));
    let foreign = scene.setting.language.is_some_and(|language| language != "en");
    (ends || foreign).then_some(voice)
}

/// The person whose title in lower case stands before a comma: "said the harbour master, Ann Lee".
fn behind_title(scene: &Scene<'_>, at: usize) -> Option<Voice> {
    let titled = |index: usize| scene.kind(index) == Some(Kind::Word) || scene.name(index).is_some();
    let comma = (at + 2..at + MAX_EDGE).find(|&index| !titled(index))?;
    let lower =
        scene.kind(comma) == Some(Kind::Comma) && scene.is(at + 1, class::DET) && !scene.is_person(comma - 1);
    let (index, _) = scene.name(comma + 1).filter(|_| lower && scene.is_person(comma + 1))?;
    let after = comma + 2;
    let closed =
        scene.is_edge(after) || scene.kind(after) == Some(Kind::Comma) || scene.is(after, class::WHO);
    let span = scene.tokens[comma + 1].span;
    closed.then_some(Voice { who: Who::Name(index), span, first: comma + 1, last: comma + 1 })
}

fn follows_and(scene: &Scene<'_>, at: usize) -> bool {
    scene.left_of(at).is_some_and(|(before, negated)| {
        !negated && (scene.is_and(before) || matches!(scene.word(before), "but" | "then"))
    })
}

/// The voice that goes on speaking: the last one of the sentence, else the sentence's first name.
fn same_voice(scene: &Scene<'_>, at: usize, found: &[Attribution]) -> Option<Voice> {
    let (start, _) = scene.sentence(at);
    if let Some(last) = found
        .iter()
        .rev()
        .take(MAX_EDGE)
        .find(|known| !known.carrier)
        .filter(|known| known.voice.first >= start)
    {
        return Some(last.voice);
    }
    subject(scene, start, at)
}

/// The voices after the cue at `at`; of carriers, outlets and media alone.
fn after_with_joined(scene: &Scene<'_>, at: usize, carrier: bool) -> Vec<Voice> {
    let mut voices: Vec<Voice> = Vec::new();
    let mut from = at;
    while voices.len() < MAX_JOINED {
        let Some(voice) = scene.voice_after(from) else { break };
        if carrier && !carries(scene, &voice) || !carrier && matches!(voice.who, Who::Pronoun) && from != at {
            break;
        }
        if from != at && (!same_sort(&voices[0], &voice) || tells_which(scene, &voice)) {
            break;
        }
        voices.push(voice);
        let mut next = voice.last + 1;
        if scene.kind(next) == Some(Kind::Comma) && scene.is_and(next + 1) {
            next += 1;
        }
        let joins = scene.is_and(next) || joined_by_comma(scene, next);
        if !joins {
            break;
        }
        from = next;
    }
    voices
}

/// Whether the voice is a place that tells which of the things named after it: "the Lviv front".
fn tells_which(scene: &Scene<'_>, voice: &Voice) -> bool {
    let place = scene.name(voice.last).is_some_and(|(_, name)| name.entity.kind == NameKind::Place);
    let after = voice.last + 1;
    place && scene.kind(after) == Some(Kind::Word) && !scene.is_capital(after) && scene.classes(after) == 0
}

fn same_sort(first: &Voice, other: &Voice) -> bool {
    let named = |voice: &Voice| matches!(voice.who, Who::Name(_) | Who::Outlet);
    named(first) == named(other)
}

/// Whether the comma at `at` goes on with an enumeration that an "and" ends.
fn joined_by_comma(scene: &Scene<'_>, at: usize) -> bool {
    scene.kind(at) == Some(Kind::Comma)
        && (at + 2..at + 16)
            .take_while(|&index| !scene.is_edge(index) && scene.cue(index).is_none())
            .any(|index| scene.is_and(index))
        && (scene.outlet(at + 1).is_some() || scene.outlet(at + 2).is_some())
}

/// Whether the voice can carry what others say: an outlet, or media by description.
fn carries(scene: &Scene<'_>, voice: &Voice) -> bool {
    match voice.who {
        Who::Name(_) => {
            scene.outlet(voice.last).is_some()
                || after_media_noun(scene, voice)
                || ends_in_media_noun(scene, voice)
        }
        Who::Outlet => true,
        Who::Pronoun => false,
        Who::Phrase { head, inner } => {
            head & class::MEDIA != 0
                || inner
                    .is_some_and(|index| scene.setting.known_outlets.get(index).is_some_and(Option::is_some))
        }
    }
}

/// Whether a noun such as "newspaper" stands before the name, which makes it an outlet.
pub(super) fn after_media_noun(scene: &Scene<'_>, voice: &Voice) -> bool {
    let person = scene.is_person(voice.first);
    !person && voice.first > 0 && scene.is(voice.first - 1, class::MEDIA)
}

/// Whether the name itself says that it is media: "Chinese state media".
fn ends_in_media_noun(scene: &Scene<'_>, voice: &Voice) -> bool {
    let last = voice.span.of(scene.setting.text).rsplit(' ').next().unwrap_or("");
    scene.setting.rules.classes(last, scene.setting.language) & class::MEDIA != 0
}

/// The outlets right before the noun at `at`: "a Reuters poll", "an NBC/Politico tracking poll".
fn outlets_before(scene: &Scene<'_>, at: usize) -> Vec<Voice> {
    let mut voices = Vec::new();
    for name in (at.saturating_sub(MAX_JOINED)..at).rev() {
        match scene.kind(name) {
            Some(Kind::Name(index)) if scene.outlet(name).is_some() => {
                let span = scene.tokens[name].span;
                voices.push(Voice { who: Who::Name(index), span, first: name, last: name });
            }
            Some(Kind::Name(_) | Kind::Possessive) => {}
            Some(Kind::Other) if scene.word(name) == "/" => {}
            Some(Kind::Word) if voices.is_empty() && !scene.is_capital(name) && scene.classes(name) == 0 => {}
            _ => break,
        }
    }
    voices
}

/// The sentence around token `at`, quotations taken whole.
pub(super) fn sentence_of(scene: &Scene<'_>, at: usize) -> Span {
    let (start, end) = scene.sentence(at);
    Span::new(scene.tokens[start].span.start, scene.tokens[end].span.end)
}

/// What is said, where voice and cue stand at one end of the sentence and the rest is the claim.
fn covers(scene: &Scene<'_>, cue: usize, voice: Voice) -> Option<Span> {
    let (start, end) = scene.sentence(cue);
    let (mut first, last) = (cue.min(voice.first), cue.max(voice.last));
    while first > start && scene.is(first - 1, class::DET | class::MEDIA | class::PEOPLE) {
        first -= 1;
    }
    let text = |from: usize, to: usize| {
        let span = Span::new(scene.tokens.get(from)?.span.start, scene.tokens.get(to)?.span.end);
        (from <= to && span.len() > 1).then_some(span)
    };
    let ends = end <= last + MAX_EDGE
        && (last + 1..=end).all(|at| scene.is_edge(at) || scene.is(at, class::TIME | class::PREP));
    if ends && first > start + 1 {
        let before = first - 1;
        return match scene.kind(before) {
            Some(Kind::Comma) => text(start, before - 1),
            Some(Kind::Quote(_)) => text(start, before),
            _ => None,
        };
    }
    let opens = first <= start + MAX_EDGE
        && (start..first)
            .all(|at| scene.is(at, class::DET | class::MEDIA | class::PEOPLE) || scene.name(at).is_some());
    if !opens {
        return None;
    }
    let mut from = last + 1;
    while from < end
        && (scene.is(from, class::TIME) || scene.is(from, class::PREP) && scene.is(from + 1, class::TIME))
    {
        from += 1;
    }
    if matches!(scene.kind(from), Some(Kind::Comma | Kind::Colon)) {
        from += 1;
    }
    if matches!(scene.word(from), "that" | "dass" | "que" | "что" | "що") {
        from += 1;
    }
    text(from, end)
}
