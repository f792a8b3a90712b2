//! Noun phrases that name a voice without a name: where they begin, where they end, their head.
//!
//! "A senior official in Kyiv who asked not to be named" is one; whether it speaks is asked elsewhere.

use super::rules::class;
use super::scene::Scene;
use super::tokens::Kind;
use super::voice::{PHRASE, Voice, Who};

impl Scene<'_> {
    /// The noun phrase that ends at token `last`, if its head is a kind of voice.
    pub fn phrase_to(&self, last: usize) -> Option<Voice> {
        let low = self.phrase_start(last)?;
        let heads = (low..=last).filter(|&at| self.is(at, class::HEAD));
        let first_head = heads.min()?;
        // The head is the last noun before a preposition: "police officials in Kyiv".
        let mut head = first_head;
        for at in first_head + 1..=last {
            if self.is(at, class::PREP | class::WHO) || self.kind(at) == Some(Kind::Comma) {
                break;
            }
            if self.is(at, class::HEAD) {
                head = at;
            }
        }
        let mut first = head;
        while first > low && !self.is(first, class::DET) && !self.is(first - 1, class::PREP) {
            first -= 1;
        }
        while first < head && self.is(first, class::ADVERB | class::BOUNDARY) && !self.is(first, class::DET) {
            first += 1;
        }
        if self.kind(first) == Some(Kind::Possessive) {
            return None;
        }
        let inner = (first..=last).find_map(|at| self.name(at)).map(|(index, _)| index);
        Some(self.voice(Who::Phrase { head: self.classes(head), inner }, first, last))
    }

    /// How far left a noun phrase that ends at `last` can reach.
    fn phrase_start(&self, last: usize) -> Option<usize> {
        let mut low = None;
        let mut at = last + 1;
        for _ in 0..PHRASE {
            let Some(before) = at.checked_sub(1) else { break };
            let fits = match self.kind(before)? {
                Kind::Word => {
                    let bits = self.classes(before);
                    let stops = class::BOUNDARY | class::AUXILIARY | class::HE | class::PRONOUN | class::NOT;
                    bits & stops == 0 || bits & class::DET != 0 && bits & class::BOUNDARY == 0
                }
                Kind::Name(_) | Kind::Possessive => true,
                Kind::Cue(_) => self.is(before, class::HEAD),
                _ => false,
            };
            if !fits {
                // "an official who asked not to be named": go on behind the relative pronoun.
                match self.relative_before(before) {
                    Some(who) => {
                        at = who;
                        continue;
                    }
                    None => break,
                }
            }
            at = before;
            low = Some(at);
        }
        low
    }

    /// A relative pronoun shortly before token `at`, directly behind a noun.
    fn relative_before(&self, at: usize) -> Option<usize> {
        let low = at.saturating_sub(8);
        for who in (low..=at).rev() {
            match self.kind(who)? {
                Kind::Word if matches!(self.word(who), "who" | "whom") => {
                    return (who > 0 && self.is(who - 1, class::HEAD)).then_some(who);
                }
                Kind::Word | Kind::Cue(_) | Kind::Name(_) | Kind::Possessive => {}
                _ => return None,
            }
        }
        None
    }

    /// The last token of a noun phrase with head `head`: its "of …", its "who …", "familiar with …".
    pub fn phrase_end(&self, head: usize) -> usize {
        let mut last = head;
        let mut verbs = 0;
        let follows = class::PREP | class::WHO | class::CLOSE;
        if !self.is(head + 1, follows) || self.is(head + 1, class::TIME) {
            return head;
        }
        verbs += usize::from(self.is(head + 1, class::WHO | class::CLOSE)) * 2;
        for at in head + 1..head + 1 + PHRASE {
            let fits = match self.kind(at) {
                Some(Kind::Word) => {
                    !self.is(at, class::TIME)
                        && (!self.is(at, class::BOUNDARY) || at == head + 1)
                        && (verbs > 0 || !self.is(at, class::AUXILIARY))
                }
                Some(Kind::Name(_) | Kind::Possessive) => true,
                Some(Kind::Cue(_)) if verbs > 0 => {
                    verbs -= 1;
                    true
                }
                Some(Kind::Cue(_)) => self.is(at, class::HEAD),
                _ => false,
            };
            if !fits {
                break;
            }
            last = at;
        }
        while last > head && self.is(last, class::PREP | class::DET | class::ADVERB | class::AUXILIARY) {
            last -= 1;
        }
        last
    }
}
