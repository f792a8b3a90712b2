//! Roads: "Mill Bridge Road", "Highway 12". Their last word, or the first before a number, tells them.

use super::agree::{Document, Named, RULE_SCORE};
use super::lexicon::{self, Road};
use super::tokenize::Class;
use crate::article::Kind;

/// Most words of a road's name before the one that tells it.
const MAX_WORDS_BEFORE: u32 = 2;

impl Document<'_> {
    /// Makes places of roads, whatever they were taken for.
    pub(super) fn name_roads(&self, names: &mut Vec<Named>) {
        for run in &self.scene.runs {
            for index in run.start..run.end {
                if !self.token(index).class.is_upper() {
                    continue;
                }
                let Some(road) = lexicon::road(self.word(index)) else { continue };
                let Some((first, end)) = self.road_around(index, road) else { continue };
                let at = names.partition_point(|name| name.end <= first);
                let over = names[at..].iter().take_while(|name| name.first < end).count();
                if names[at..at + over].iter().all(|name| name.first >= first && name.end <= end) {
                    let name = Named { first, end, kind: Kind::Place, score: RULE_SCORE };
                    names.splice(at..at + over, [name]);
                }
            }
        }
    }

    /// The tokens of the road that the word at `index` tells.
    fn road_around(&self, index: u32, road: Road) -> Option<(u32, u32)> {
        let mut first = index;
        while index - first < MAX_WORDS_BEFORE && first > 0 && self.belongs(first - 1, first) {
            first -= 1;
        }
        let tokens = self.scene.tokens.len() as u32;
        let next = index + 1;
        if next < tokens && self.beside(index, next) {
            let after = self.token(next);
            if road == Road::Numbered && after.class == Class::Digit {
                return Some((first, next + 1));
            }
            // A longer name goes on: "Mill Street Journal".
            if after.class.is_upper() && !after.opens_sentence {
                return None;
            }
        }
        (first < index).then_some((first, next))
    }

    /// Whether the token before `next` is part of a road's name.
    fn belongs(&self, index: u32, next: u32) -> bool {
        let word = self.word(index);
        let capital = self.token(index).class.is_upper();
        let ordinal = word.as_bytes().first().is_some_and(u8::is_ascii_digit)
            && ["st", "nd", "rd", "th"].iter().any(|end| word.ends_with(end));
        let opens = self.token(index).opens_sentence && matches!(word, "The" | "On" | "In" | "At" | "Along");
        (capital || ordinal) && !opens && self.beside(index, next)
    }

    /// Whether a single character, a space, parts two tokens.
    fn beside(&self, index: u32, next: u32) -> bool {
        self.token(index).end + 1 == self.token(next).start
    }
}

#[cfg(test)]
mod tests {
    use super::super::agree::tests::settled;
    use super::*;

    fn names(text: &str, given: &[(&str, Kind)]) -> Vec<String> {
        settled(text, &[], given).into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn a_road_is_told_by_its_last_word_or_its_number() {
        assert_eq!(
            names("A fire on Mill Bridge Road spread.", &[("Mill", Kind::Person)]),
            ["Mill Bridge Road"]
        );
        assert_eq!(names("They closed Highway 12 at noon.", &[]), ["Highway 12"]);
        assert_eq!(names("He read the Mill Street Journal.", &[]), Vec::<String>::new());
        let whole = [("Orvik Street Museum", Kind::Organisation)];
        assert_eq!(names("The Orvik Street Museum opened.", &whole), ["Orvik Street Museum"]);
    }
}
