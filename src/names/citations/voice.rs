//! Who speaks: the name, pronoun or noun phrase beside an attributing word.
//!
//! A shallow reading of the tokens to the left and right, at most [`REACH`] of them; it does not
//! parse sentences, and where the reading is not plain it finds nobody.

use crate::article::Span;

use super::rules::class;
use super::scene::Scene;
use super::tokens::Kind;

/// Tokens looked at from a cue: a relative clause of that length is already unusual.
pub(super) const REACH: usize = 40;
/// Tokens of one noun phrase.
pub(super) const PHRASE: usize = 16;

/// What kind of words name the voice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    /// A mention, by its index in the field.
    Name(usize),
    /// An outlet's name that is no mention.
    Outlet,
    /// "he", "she".
    Pronoun,
    /// A noun phrase: the classes of its head, and the first mention in it.
    Phrase {
        /// Bits of [`class`].
        head: u32,
        /// Index of the mention in the field.
        inner: Option<usize>,
    },
}

/// A voice where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Voice {
    /// What names it.
    pub who: Who,
    /// The name, pronoun or phrase in the field's text.
    pub span: Span,
    /// Its first token.
    pub first: usize,
    /// Its last token.
    pub last: usize,
}

/// Forms of "be", with which a past participle is passive.
pub(super) fn is_be(word: &str) -> bool {
    matches!(word, "is" | "are" | "was" | "were" | "be" | "been" | "being")
}

impl Scene<'_> {
    /// The voice that tokens `first` to `last` name.
    pub fn voice(&self, who: Who, first: usize, last: usize) -> Voice {
        let span = Span::new(self.tokens[first].span.start, self.tokens[last].span.end);
        Voice { who, span, first, last }
    }

    fn named(&self, at: usize) -> Option<Voice> {
        let (index, mention) = self.name(at)?;
        (!mention.demonym).then(|| self.voice(Who::Name(index), at, at))
    }

    /// Past adverbs, auxiliaries, times and brackets to the left of `cue`: the token where the
    /// voice would end, and whether a negation or a passive was passed.
    pub fn left_of(&self, cue: usize) -> Option<(usize, bool)> {
        let mut negated = false;
        let mut timed = false;
        let mut at = cue;
        let cue_text = self.word(cue);
        let passive = !cue_text.ends_with("ing");
        for _ in 0..12 {
            let before = at.checked_sub(1)?;
            match self.kind(before)? {
                Kind::Word => {
                    let bits = self.classes(before);
                    let word = self.word(before);
                    let timely = timed && (bits & (class::PREP | class::DET) != 0 || word == "last");
                    let digits = word.bytes().all(|byte| byte.is_ascii_digit());
                    let light = bits & (class::ADVERB | class::AUXILIARY | class::NOT) != 0
                        || (word.len() > 4 && word.ends_with("ly") && !self.is_capital(before))
                        || word.ends_with("n't");
                    if bits & class::TIME != 0 {
                        timed = true;
                    } else if !(light || timely || (digits && self.is_timed(before))) {
                        return Some((before, negated));
                    }
                    negated |= bits & class::NOT != 0 || word.ends_with("n't") || (passive && is_be(word));
                    at = before;
                }
                Kind::Cue(_) if self.is(before, class::TEXT) => match self.aside(before) {
                    Some(begin) => at = begin,
                    None => return Some((before, negated)),
                },
                Kind::Close => {
                    let low = before.saturating_sub(PHRASE);
                    at = (low..before).rev().find(|&index| self.kind(index) == Some(Kind::Open))?;
                }
                Kind::Possessive if self.word(before + 1).ends_with("ing") => return None,
                _ => return Some((before, negated)),
            }
        }
        None
    }

    fn is_timed(&self, at: usize) -> bool {
        at > 0 && self.is(at - 1, class::TIME)
    }

    /// The start of an aside such as "in a statement" that ends at token `last`.
    fn aside(&self, last: usize) -> Option<usize> {
        let low = last.saturating_sub(4);
        let begin = (low..last).rev().find(|&index| self.is(index, class::PREP))?;
        let spoken =
            self.word(begin).eq_ignore_ascii_case("in") || self.word(begin).eq_ignore_ascii_case("on");
        (spoken && begin > 0 && self.name(begin - 1).is_some()).then_some(begin)
    }

    /// The voice before the verb at token `cue`, and the names joined to it by "and".
    pub fn voices_before(&self, cue: usize) -> Vec<Voice> {
        let Some((at, negated)) = self.left_of(cue) else { return Vec::new() };
        if negated {
            return Vec::new();
        }
        let voice = match self.kind(at) {
            Some(Kind::Name(_)) if self.surname(at).is_some() => self.word_voice(at),
            Some(Kind::Name(_)) => self.name_or_holder(at),
            Some(Kind::Comma | Kind::Dash) => self.around_aside(at),
            Some(Kind::Word | Kind::Cue(_)) => self.word_voice(at),
            _ => None,
        };
        let Some(voice) = voice else { return Vec::new() };
        let mut voices = vec![voice];
        if matches!(voice.who, Who::Name(_) | Who::Outlet) {
            self.join_before(voice.first, &mut voices);
        }
        voices
    }

    fn word_voice(&self, at: usize) -> Option<Voice> {
        if let Some(person) = self.surname(at) {
            return Some(self.voice(Who::Name(person), at, at));
        }
        let bits = self.classes(at);
        if bits & class::HE != 0 {
            return Some(self.voice(Who::Pronoun, at, at));
        }
        if bits & class::WHO != 0 && bits & class::DET == 0 {
            return self.antecedent(at);
        }
        if bits & class::PRONOUN != 0 {
            return None;
        }
        if let Some((span, first, _)) = self.outlet_words_to(at) {
            let held = first > 0 && self.is(first - 1, class::PREP);
            return (!held).then_some(Voice { who: Who::Outlet, span, first, last: at });
        }
        self.introduced_to(at).or_else(|| self.phrase_to(at))
    }

    /// An unlisted outlet whose name ends at token `at`, behind a noun such as "broadcaster".
    fn introduced_to(&self, at: usize) -> Option<Voice> {
        let low = at.saturating_sub(4);
        let noun = (low..at).rev().find(|&index| !self.is_capital(index))?;
        let (span, end) = self.introduced_words(noun + 1).filter(|_| self.is(noun, class::MEDIA))?;
        (end == at + 1).then_some(Voice { who: Who::Outlet, span, first: noun + 1, last: at })
    }

    /// Names before token `first` joined by commas and "and": "Interfax and TASS".
    fn join_before(&self, first: usize, voices: &mut Vec<Voice>) {
        let mut at = first;
        let mut joined = false;
        while voices.len() < 6 {
            let mut before = at;
            if before > 0 && self.is(before - 1, class::DET) {
                before -= 1;
            }
            let Some(link) = before.checked_sub(1) else { return };
            let and = self.is_and(link);
            let listed = joined && self.kind(link) == Some(Kind::Comma);
            if !(and || listed) {
                return;
            }
            let Some(mut name) = link.checked_sub(1) else { return };
            if and && self.kind(name) == Some(Kind::Comma) && name > 0 {
                name -= 1;
            }
            let Some(voice) = self.named(name) else { return };
            let held = name > 0 && self.is(name - 1, class::PREP);
            if held {
                return;
            }
            joined = true;
            voices.push(voice);
            at = name;
        }
    }

    /// Whether token `at` is "and" in a language we read.
    pub fn is_and(&self, at: usize) -> bool {
        matches!(self.word(at), "and" | "&" | "und" | "et" | "y" | "и" | "і" | "та" | "e" | "en" | "or")
    }

    /// The name at `at`, or whoever holds it: "a spokesman for X", "Y of X".
    fn name_or_holder(&self, at: usize) -> Option<Voice> {
        let mut before = at;
        while before > 0 && self.is(before - 1, class::DET) && !self.is(before - 1, class::PREP) {
            before -= 1;
        }
        if before > 0 && self.is(before - 1, class::PREP) {
            let prep = before - 1;
            if prep > 0 && self.is_person(prep - 1) {
                return self.named(prep - 1);
            }
            return self.phrase_to(at);
        }
        self.named(at)
    }

    /// The head of a relative clause that begins at `who`.
    fn antecedent(&self, who: usize) -> Option<Voice> {
        let mut at = who.checked_sub(1)?;
        if self.kind(at) == Some(Kind::Comma) {
            at = at.checked_sub(1)?;
        }
        if self.name(at).is_some() { self.name_or_holder(at) } else { self.phrase_to(at) }
    }

    /// The voice before an aside that `close` (a comma or dash) ends: "Smith, a baker, said".
    fn around_aside(&self, close: usize) -> Option<Voice> {
        let sign = self.kind(close)?;
        let low = close.saturating_sub(REACH);
        let mut second = None;
        for comma in (low..close).rev() {
            match self.kind(comma)? {
                Kind::Break => break,
                Kind::Quote(_) if comma + 1 == close => return None,
                kind if kind == sign => {}
                _ => continue,
            }
            let inside = comma + 1;
            // "the head, Ann Lee, said": the name is the aside.
            if close - inside <= 4 && self.is_person(close - 1) && second.is_none() {
                return self.named(close - 1);
            }
            let Some(mut before) = comma.checked_sub(1) else { break };
            if self.kind(before) == Some(Kind::Close) {
                let low = before.saturating_sub(PHRASE);
                let open = (low..before).rev().find(|&index| self.kind(index) == Some(Kind::Open));
                before = open.and_then(|open| open.checked_sub(1)).unwrap_or(before);
            }
            let opens = self.opens_aside(inside);
            if self.is_person(before) && opens {
                return self.named(before);
            }
            if let Some(person) = self.surname(before).filter(|_| opens) {
                return Some(self.voice(Who::Name(person), before, before));
            }
            if second.is_none() && opens {
                second = match self.name(before) {
                    Some((_, mention)) if mention.entity.kind == crate::article::Kind::Place => None,
                    Some(_) => self.name_or_holder(before),
                    None if self.is(before, class::HEAD) => self.phrase_to(before),
                    None => None,
                };
            }
        }
        second
    }

    /// Whether an apposition or relative clause may begin at `at`.
    fn opens_aside(&self, at: usize) -> bool {
        match self.kind(at) {
            Some(Kind::Word) => {
                let bits = self.classes(at);
                let number = self.word(at).bytes().all(|byte| byte.is_ascii_digit());
                bits & (class::DET | class::WHO | class::HEAD | class::PREP | class::CLOSE) != 0
                    || number
                    || bits & (class::HE | class::PRONOUN | class::BOUNDARY) == 0
            }
            Some(Kind::Name(_) | Kind::Cue(_)) => true,
            _ => false,
        }
    }

    /// The voice after token `from`: a name behind its titles, or a noun phrase.
    pub fn voice_after(&self, from: usize) -> Option<Voice> {
        let mut at = from + 1;
        while at < from + 4 && self.is(at, class::ADVERB | class::TIME) && !self.is(at, class::DET) {
            at += 1;
        }
        let first = at;
        if let Some((span, end, _)) = self.outlet_words_from(first) {
            return Some(Voice { who: Who::Outlet, span, first, last: end - 1 });
        }
        if self.is(first, class::HE) && !self.is(first, class::DET) {
            return Some(self.voice(Who::Pronoun, first, first));
        }
        if let Some(person) = self.surname(first)
            && !self.is_person(first + 1)
        {
            return Some(self.voice(Who::Name(person), first, first));
        }
        let (mut name, mut head) = (None, None);
        for at in first..first + PHRASE {
            match self.kind(at) {
                Some(Kind::Name(_)) => {
                    if self.is_person(at) {
                        name = Some(at);
                        if self.kind(at + 1) != Some(Kind::Possessive) {
                            break;
                        }
                    } else if !self.name(at).is_some_and(|(_, mention)| mention.demonym) {
                        name = name.or(Some(at));
                        if self.outlet(at).is_some() && !self.is_title_of_person(at + 1) {
                            break;
                        }
                    }
                }
                Some(Kind::Word | Kind::Cue(_)) => {
                    let bits = self.classes(at);
                    if bits & class::HEAD != 0 {
                        head = Some(at);
                        let listed = self.outlet_words_from(at + 1).map(|(span, end, _)| (span, end));
                        let introduced =
                            || self.introduced_words(at + 1).filter(|_| bits & class::MEDIA != 0);
                        if let Some((span, end)) = listed.or_else(introduced) {
                            return Some(Voice { who: Who::Outlet, span, first: at + 1, last: end - 1 });
                        }
                    }
                    let stops = class::PREP | class::BOUNDARY | class::AUXILIARY | class::WHO | class::TIME;
                    let starts = bits & (class::HE | class::PRONOUN | class::NOT) != 0;
                    let verb = matches!(self.kind(at), Some(Kind::Cue(_))) && bits & class::HEAD == 0;
                    if (bits & stops != 0 && !(at == first && bits & class::DET != 0)) || starts || verb {
                        break;
                    }
                }
                Some(Kind::Possessive) => {}
                Some(Kind::Quote(_)) if at > first => {}
                _ => break,
            }
        }
        self.choose_after(first, name, head)
    }

    /// Whether the word at `at` makes of an outlet before it someone's employer: "CNN host Ann Lee".
    fn is_title_of_person(&self, at: usize) -> bool {
        let title = if self.kind(at) == Some(Kind::Possessive) { at + 1 } else { at };
        self.is(title, class::PEOPLE | class::SPOKES)
            || self.is_person(title)
            || (self.kind(title) == Some(Kind::Word) && self.is_person(title + 1))
    }

    fn choose_after(&self, first: usize, name: Option<usize>, head: Option<usize>) -> Option<Voice> {
        let owned = |at: usize| self.kind(at + 1) == Some(Kind::Possessive);
        if let Some(at) = name
            && (self.is_person(at) && !(owned(at) && head.is_some_and(|head| head > at)))
        {
            return self.named(at);
        }
        if let Some(head) = head
            && !(self.is(head, class::MEDIA | class::TEXT)
                && name.is_some_and(|at| self.outlet(at).is_some()))
            && !(name.is_some_and(|at| at > head) && self.is(head, class::MEDIA | class::BODY | class::TEXT))
        {
            let last = self.phrase_end(head);
            let inner = (first..=last).find_map(|at| self.name(at)).map(|(index, _)| index);
            return Some(self.voice(Who::Phrase { head: self.classes(head), inner }, first, last));
        }
        self.named(name?)
    }
}
