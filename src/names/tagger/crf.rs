//! The linear chain over one run: its tags, its transitions, and the best path.
//!
//! Lafferty, McCallum and Pereira, "Conditional random fields", 2001. Tags are the beginning and
//! the inside of a person, a place or an organisation, and outside; an inside follows its own
//! type alone. A run is decoded as if outside tokens stood before it.

use crate::article::Kind;

/// Tags: outside, then beginning and inside of each kind.
pub const TAGS: usize = 7;

/// Tags as stored, for rows of eight.
pub const LANES: usize = 8;

/// Classes of tokens that have transitions of their own.
pub const CLASSES: usize = 8;

/// The tag of tokens that are no part of a name.
pub const OUTSIDE: usize = 0;

/// A row of scores, one a tag.
pub type Scores = [i16; LANES];

/// Transition scores: class of the current token, tag before, tag now.
pub type Transitions = [[Scores; LANES]; CLASSES];

/// Whether `now` may follow `before`.
pub const fn allowed(before: usize, now: usize) -> bool {
    !is_inside(now) || before == now || before + 1 == now && before % 2 == 1
}

/// Whether the tag continues a name.
pub const fn is_inside(tag: usize) -> bool {
    tag != OUTSIDE && tag.is_multiple_of(2)
}

/// The kind of name that the tag belongs to.
pub const fn kind_of(tag: usize) -> Option<Kind> {
    match tag {
        1 | 2 => Some(Kind::Person),
        3 | 4 => Some(Kind::Place),
        5 | 6 => Some(Kind::Organisation),
        _ => None,
    }
}

/// The tag that begins (`false`) or continues (`true`) a name of that kind.
pub const fn tag_of(kind: Kind, inside: bool) -> usize {
    let begin = match kind {
        Kind::Person => 1,
        Kind::Place => 3,
        Kind::Organisation => 5,
    };
    begin + inside as usize
}

/// Less than any path's score, with room to add to it.
const NEVER: i32 = i32::MIN / 4;

/// Writes the best tags of a run to `tags` (Viterbi); `back` is scratch space.
///
/// `emissions[i]` are the scores of the run's token `i`, `classes[i]` its class.
pub fn decode(
    emissions: &[Scores],
    classes: &[u8],
    transitions: &Transitions,
    back: &mut Vec<[u8; LANES]>,
    tags: &mut Vec<u8>,
) {
    tags.clear();
    back.clear();
    let (Some((first, later)), Some((&class, classes))) = (emissions.split_first(), classes.split_first())
    else {
        return;
    };
    // Before the first token stands an outside one alone.
    let mut best = [NEVER; LANES];
    let table = &transitions[class as usize % CLASSES][OUTSIDE];
    for now in (0..TAGS).filter(|&now| allowed(OUTSIDE, now)) {
        best[now] = i32::from(table[now]) + i32::from(first[now]);
    }
    back.push([OUTSIDE as u8; LANES]);
    for (emission, &class) in later.iter().zip(classes) {
        let table = &transitions[class as usize % CLASSES];
        let mut next = [NEVER; LANES];
        let mut from = [0_u8; LANES];
        for now in 0..TAGS {
            for before in 0..TAGS {
                if allowed(before, now) {
                    let score = best[before] + i32::from(table[before][now]);
                    if score > next[now] {
                        next[now] = score;
                        from[now] = before as u8;
                    }
                }
            }
            next[now] = next[now].saturating_add(i32::from(emission[now])).max(NEVER);
        }
        back.push(from);
        best = next;
    }
    let mut tag = (0..TAGS).fold(0, |top, tag| if best[tag] > best[top] { tag } else { top });
    for from in back.iter().rev() {
        tags.push(tag as u8);
        tag = from[tag] as usize;
    }
    tags.reverse();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inside_follows_its_own_kind_alone() {
        assert!(allowed(tag_of(Kind::Place, false), tag_of(Kind::Place, true)));
        assert!(allowed(tag_of(Kind::Place, true), tag_of(Kind::Place, true)));
        assert!(!allowed(OUTSIDE, tag_of(Kind::Place, true)));
        assert!(!allowed(tag_of(Kind::Person, true), tag_of(Kind::Place, true)));
        assert!(!allowed(tag_of(Kind::Person, true), tag_of(Kind::Organisation, true)));
    }

    /// The best of all allowed paths, by trying each.
    fn brute_force(emissions: &[Scores], transitions: &Transitions) -> i32 {
        let mut paths = vec![(0_i32, OUTSIDE)];
        for emission in emissions {
            paths = paths
                .iter()
                .flat_map(|&(score, before)| {
                    (0..TAGS).filter(move |&now| allowed(before, now)).map(move |now| {
                        (score + i32::from(transitions[0][before][now]) + i32::from(emission[now]), now)
                    })
                })
                .collect();
        }
        paths.into_iter().map(|(score, _)| score).max().unwrap_or(0)
    }

    #[test]
    fn the_decoded_path_is_the_best_of_all() {
        let noise =
            |n: usize| (super::super::hash::fold(n as u64 + 1, 0x9e37_79b9_7f4a_7c15) % 41) as i16 - 20;
        for round in 0..50 {
            let emissions: Vec<Scores> =
                (0..4).map(|t| std::array::from_fn(|tag| noise(round * 100 + t * 8 + tag))).collect();
            let mut transitions = [[[0; LANES]; LANES]; CLASSES];
            for (before, row) in transitions[0].iter_mut().enumerate() {
                for (now, score) in row.iter_mut().enumerate() {
                    *score = noise(round * 977 + before * 8 + now);
                }
            }
            let mut tags = Vec::new();
            decode(&emissions, &[0; 4], &transitions, &mut Vec::new(), &mut tags);
            let mut score = 0;
            let mut before = OUTSIDE;
            for (emission, &tag) in emissions.iter().zip(&tags) {
                let now = tag as usize;
                assert!(allowed(before, now));
                score += i32::from(transitions[0][before][now]) + i32::from(emission[now]);
                before = now;
            }
            assert_eq!(score, brute_force(&emissions, &transitions));
        }
    }
}
