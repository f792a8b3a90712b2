//! Rules of the trade: what datelines, credits, ranks and addresses say about names.

use std::collections::BTreeMap;

use super::agree::{Document, Named, RULE_SCORE};
use super::lexicon;
use super::listed;
use super::runs::is_credit;
use super::tokenize::Class;
use crate::article::Kind;

/// Longest stretch of capitals that opens a dateline.
const MAX_DATELINE_TOKENS: usize = 4;

/// Fewest bytes of the capitals that open a dateline.
const MIN_DATELINE_BYTES: usize = 3;

impl Document<'_> {
    /// Applies the rules to `names`, which stay in order and without overlaps.
    pub(super) fn apply_rules(&self, names: &mut Vec<Named>) {
        self.drop_ranks(names);
        self.drop_offices(names);
        names.retain(|name| name.end - name.first > 1 || !lexicon::is_no_name(self.word(name.first)));
        self.name_roads(names);
        self.know_bearers_of_places(names);
        self.open_datelines(names);
        self.read_credits(names);
        self.place_before_territory(names);
        self.place_of_residents(names);
    }

    /// "Ada Moe, 43, of Orvik": where somebody lives is a place.
    fn place_of_residents(&self, names: &mut [Named]) {
        for name in names.iter_mut().filter(|name| name.kind == Kind::Person && name.first >= 3) {
            let age = self.word(name.first - 3);
            let aged = (1..=2).contains(&age.len()) && age.bytes().all(|byte| byte.is_ascii_digit());
            if aged && self.word(name.first - 2) == "," && self.word(name.first - 1) == "of" {
                name.kind = Kind::Place;
            }
        }
    }

    /// "Queen Margrethe": the rank is no part of the name.
    fn drop_ranks(&self, names: &mut [Named]) {
        for name in names.iter_mut().filter(|name| name.kind == Kind::Person && name.end - name.first >= 2) {
            if lexicon::is_rank(self.word(name.first)) && self.token(name.first + 1).class.is_upper() {
                name.first += 1;
            }
        }
    }

    /// "Secretary of State": the office is one phrase, in which the department alone is no name.
    fn drop_offices(&self, names: &mut Vec<Named>) {
        names.retain(|name| {
            let held = name.first >= 2
                && self.word(name.first - 1) == "of"
                && lexicon::is_office(self.word(name.first - 2));
            let listed = self.scene.listed(name.first as usize).kinds != 0;
            let department = !listed || lexicon::is_department(self.word(name.first));
            !(held && department && name.kind == Kind::Organisation && name.end - name.first == 1)
        });
    }

    /// "Georgia Lund": a given name and a surname are a person's, though the first be a place too, and
    /// the given name alone is hers unless the text also uses it as a place's.
    fn know_bearers_of_places(&self, names: &mut [Named]) {
        let mut given = BTreeMap::new();
        for name in names.iter_mut().filter(|name| name.end - name.first == 2) {
            let (first, last) = (name.first as usize, name.first as usize + 1);
            let kinds = |index: usize| self.scene.listed(index).kinds;
            let whole = self.scene.listed(first).part == 1;
            let full = kinds(first) & listed::GIVEN_NAME != 0
                && kinds(first) & listed::PLACE != 0
                && kinds(last) & listed::SURNAME != 0
                && kinds(last) & (listed::PLACE | listed::ORGANISATION) == 0;
            if full && !whole && name.kind != Kind::Organisation {
                name.kind = Kind::Person;
                given.insert(self.word(name.first), true);
            }
        }
        if given.is_empty() {
            return;
        }
        for name in names.iter().filter(|name| name.end - name.first == 1) {
            let before = self.word(name.first.wrapping_sub(1));
            if let Some(hers) = given.get_mut(self.word(name.first)) {
                *hers &= !matches!(before, "in" | "In" | "to" | "from" | "From" | "at" | "near" | "of");
            }
        }
        for name in names.iter_mut().filter(|name| name.end - name.first == 1) {
            if given.get(self.word(name.first)) == Some(&true) {
                name.kind = Kind::Person;
            }
        }
    }

    /// "Editing by A and B", "AGENCY / A": those named there are persons.
    fn read_credits(&self, names: &mut [Named]) {
        // Where the list of a desk's names has come to.
        let mut list_end = 0;
        for index in 0..names.len() {
            let name = names[index];
            let before = name.first.wrapping_sub(1);
            let by_desk = self.word(before) == "by"
                && before > 0
                && is_credit(self.text, &self.scene.tokens, before as usize - 1);
            let joined = list_end > 0 && before == list_end && matches!(self.word(before), "and" | "," | "&");
            let by_agency = index > 0 && self.is_pictured_by(&names[index - 1], &name);
            if by_desk || joined {
                list_end = name.end;
            }
            if by_desk || joined || by_agency {
                names[index].kind = Kind::Person;
            }
        }
    }

    /// Whether `name` follows the agency `before` as photographers do ("AGENCY / A").
    fn is_pictured_by(&self, before: &Named, name: &Named) -> bool {
        before.kind == Kind::Organisation
            && before.end + 1 == name.first
            && self.word(before.end) == "/"
            && matches!(name.end - name.first, 2 | 3)
            && self.scene.listed(name.first as usize).kinds & listed::ORGANISATION == 0
    }

    /// "LIMA (Agency) -" and "Lima, Peru (Agency) -": what opens such a line is a place.
    fn open_datelines(&self, names: &mut Vec<Named>) {
        for index in 0..self.scene.tokens.len() as u32 {
            if !self.token(index).opens_sentence || !self.token(index).class.is_upper() {
                continue;
            }
            let Some(end) = self.dateline_end(index) else { continue };
            let at = names.partition_point(|name| name.end <= index);
            let over = names[at..].iter().take_while(|name| name.first < end).count();
            let inside = names[at..at + over].iter().all(|name| name.first >= index && name.end <= end);
            if inside {
                let name = Named { first: index, end, kind: Kind::Place, score: 1.0 };
                names.splice(at..at + over, [name]);
            }
        }
    }

    /// The end of the place that opens a dateline at `first`.
    fn dateline_end(&self, first: u32) -> Option<u32> {
        let mut end = first;
        while (end - first) as usize <= MAX_DATELINE_TOKENS && self.is_capitals(end) {
            end += 1;
        }
        if end == first || (end - first) as usize > MAX_DATELINE_TOKENS {
            return None;
        }
        let mut at = end;
        if self.word(at) == "," {
            // A state, a country, or a day.
            at += 1;
            let limit = at + MAX_DATELINE_TOKENS as u32;
            while at < limit && !matches!(self.word(at), "(" | "-" | "--" | "–" | "—" | "") {
                at += 1;
            }
        }
        if self.word(at) == "(" {
            at += 1;
            let limit = at + MAX_DATELINE_TOKENS as u32;
            while at < limit && self.word(at) != ")" {
                at += 1;
            }
            at += 1;
        }
        matches!(self.word(at), "-" | "--" | "–" | "—").then_some(end)
    }

    fn is_capitals(&self, index: u32) -> bool {
        self.scene.tokens.get(index as usize).is_some_and(|token| {
            token.class == Class::Capitals && (token.end - token.start) as usize >= MIN_DATELINE_BYTES
        })
    }

    /// "Springfield, Ohio": the name before a state or country is a place, and so is the state.
    fn place_before_territory(&self, names: &mut Vec<Named>) {
        let mut at = 0;
        while at < names.len() {
            let name = names[at];
            at += 1;
            if self.word(name.end) != "," || name.end - name.first > 3 {
                continue;
            }
            let state = name.end + 1;
            let follows = names.get(at).filter(|next| next.first == state).copied();
            let state_end = match follows {
                Some(next) if next.kind == Kind::Place && self.is_territory(next.first) => next.end,
                _ if name.kind == Kind::Place && lexicon::is_state(self.word(state)) => {
                    if follows.is_none() {
                        names.insert(
                            at,
                            Named { first: state, end: state + 1, kind: Kind::Place, score: RULE_SCORE },
                        );
                    }
                    names[at].kind = Kind::Place;
                    state + 1
                }
                _ => continue,
            };
            let closed = matches!(self.word(state_end), "," | "." | ")" | ";" | "-" | "--" | "—" | "(" | "");
            let person = name.kind == Kind::Person && name.end - name.first > 1;
            if closed && !person {
                names[at - 1].kind = Kind::Place;
            }
        }
    }

    fn is_territory(&self, index: u32) -> bool {
        self.scene.listed(index as usize).kinds & listed::TERRITORY != 0
            || lexicon::is_state(self.word(index))
    }
}

#[cfg(test)]
mod tests {
    use super::super::agree::tests::settled;
    use super::*;

    fn kinds(text: &str, listed: &[(&str, u8)], names: &[(&str, Kind)]) -> Vec<(String, Kind)> {
        settled(text, listed, names)
    }

    #[test]
    fn what_opens_a_dateline_is_a_place() {
        let found = kinds("ORVIKSUND (Wire) - Rain fell.", &[], &[]);
        assert_eq!(found, [("ORVIKSUND".to_owned(), Kind::Place)]);
        let found = kinds("ORVIKSUND, May 4 (Wire) — Rain fell.", &[], &[("ORVIKSUND", Kind::Organisation)]);
        assert_eq!(found, [("ORVIKSUND".to_owned(), Kind::Place)]);
        assert!(kinds("RAIN FELL ON MONDAY", &[], &[]).is_empty());
    }

    #[test]
    fn a_rank_is_no_part_of_a_name() {
        let found = kinds("They met Queen Thorgunn there.", &[], &[("Queen Thorgunn", Kind::Person)]);
        assert_eq!(found, [("Thorgunn".to_owned(), Kind::Person)]);
    }

    #[test]
    fn a_department_within_an_office_is_no_name() {
        let text = "Secretary of Roads Ada Moe left. The Ministry of Roads is silent.";
        let names = [("Roads", Kind::Organisation), ("Ada Moe", Kind::Person)];
        assert_eq!(kinds(text, &[], &names), [("Ada Moe".to_owned(), Kind::Person)]);
        assert_eq!(kinds("A friend of Roads left.", &[], &names[..1]).len(), 1);
        let state = [("State", Kind::Organisation)];
        assert!(kinds("The Secretary of State left.", &[("State", listed::ORGANISATION)], &state).is_empty());
    }

    #[test]
    fn where_somebody_lives_is_a_place() {
        let names = [("Ada Moe", Kind::Person), ("Orvik", Kind::Person)];
        assert_eq!(kinds("Ada Moe, 43, of Orvik, slept.", &[], &names)[1].1, Kind::Place);
        assert_eq!(kinds("Ada Moe, a friend of Orvik, slept.", &[], &names)[1].1, Kind::Person);
    }

    #[test]
    fn a_given_name_that_is_also_a_place_is_its_bearer_s() {
        let lists = [("Orvika", listed::GIVEN_NAME | listed::PLACE), ("Lund", listed::SURNAME)];
        let names = [("Orvika Lund", Kind::Place), ("Orvika", Kind::Place)];
        let found = kinds("Orvika Lund skates. Orvika won.", &lists, &names);
        assert!(found.iter().all(|&(_, kind)| kind == Kind::Person));
        let found = kinds("Orvika Lund skates. She lives in Orvika now.", &lists, &names);
        assert_eq!(found[1].1, Kind::Place);
    }

    #[test]
    fn those_who_wrote_and_edited_are_persons() {
        let text = "(Reporting by Orvik Sund and Bo Lie; Editing by Ada Moe)";
        let names = [("Orvik Sund", Kind::Organisation), ("Bo Lie", Kind::Place), ("Ada Moe", Kind::Place)];
        assert!(kinds(text, &[], &names).iter().all(|&(_, kind)| kind == Kind::Person));
    }

    #[test]
    fn what_stands_before_a_state_is_a_place() {
        let text = "He lives in Orvik, Ohio, now.";
        let names = [("Orvik", Kind::Organisation), ("Ohio", Kind::Place)];
        let found = kinds(text, &[("Ohio", listed::TERRITORY)], &names);
        assert!(found.iter().all(|&(_, kind)| kind == Kind::Place));
        let found = kinds("A man from Orvik, Minn., won.", &[], &[("Orvik", Kind::Place)]);
        assert_eq!(found.len(), 2);
    }
}
