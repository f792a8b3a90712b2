//! The list as it is shown: copies behind the one that stands for them, outlets taking turns, hits
//! gathered under what they have in common. Nothing is lost: what is not shown is counted where it
//! would have stood.

use std::collections::BTreeMap;

use super::copies::{Keep, stories};
use crate::engine::period::{Grain, day_of};
use crate::engine::{Engine, EngineError, Match, Outline};

/// What the score of a hit keeps for every better one of the same outlet, where outlets take turns.
const TURN_FACTOR: f32 = 0.8;

/// What hits are gathered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupBy {
    /// The first value of a field of the index.
    Field(&'static str),
    /// The day, week, month or year of publication.
    Published(Grain),
}

impl GroupBy {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Field(name) => name,
            Self::Published(grain) => grain.name(),
        }
    }
}

/// How the list is arranged once it is in its order; the default leaves it alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Arrangement {
    /// Whether copies are folded, and which one stands for them.
    pub fold: Option<Keep>,
    /// Whether outlets take turns.
    pub diverse: bool,
    /// What hits are gathered by, and how many are shown of each group.
    pub group: Option<(GroupBy, usize)>,
}

impl Arrangement {
    /// Whether the list stays as it is.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

/// The group that a hit is shown in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HitGroup {
    /// What hits are gathered by.
    pub field: &'static str,
    /// What those of this group have in common; none for those that have no value.
    pub value: Option<String>,
    /// The group's number in the list, from 1.
    pub number: usize,
    /// How many hits it has, shown or not; folded copies count as their story's one.
    pub hits: usize,
}

/// Why a hit stands lower than its score had it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Turn {
    /// Better hits of the same outlet.
    pub earlier: u32,
    /// What its score was multiplied by.
    pub factor: f32,
}

/// A match in its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Placed {
    pub found: Match,
    /// Addresses of its copies.
    pub copies: Vec<u64>,
    pub turn: Option<Turn>,
    pub group: Option<HitGroup>,
}

impl From<Match> for Placed {
    fn from(found: Match) -> Self {
        Self { found, copies: Vec::new(), turn: None, group: None }
    }
}

/// A list as it is shown.
#[derive(Clone, Debug, PartialEq, Default)]
pub(super) struct Arranged {
    pub placed: Vec<Placed>,
    /// Matches that were folded behind another one.
    pub folded: u64,
    /// Groups there are.
    pub groups: usize,
}

/// Arranges all `matches` of a query, which are in their order, and gives what stands from number
/// `offset` on, `limit` of it: hits, or groups where they are gathered.
pub(super) fn arrange(
    engine: &dyn Engine,
    arrangement: &Arrangement,
    matches: &[Match],
    offset: usize,
    limit: Option<usize>,
) -> Result<Arranged, EngineError> {
    let mut arranged = Arranged::default();
    let field = match arrangement.group {
        Some((GroupBy::Field(field), _)) => Some(field),
        _ => None,
    };
    let addresses: Vec<u64> = matches.iter().map(|found| found.address).collect();
    // Turns look at outlets alone, and ask for them themselves.
    let is_compared = arrangement.fold.is_some() || arrangement.group.is_some();
    let outlines = if is_compared { engine.outlines(&addresses, field)? } else { Vec::new() };
    let mut list: Vec<(Placed, usize)> = Vec::with_capacity(matches.len());
    match arrangement.fold {
        None => list.extend(matches.iter().enumerate().map(|(number, &found)| (found.into(), number))),
        Some(keep) => {
            for story in stories(&outlines, keep) {
                let first = story.copies.first().map_or(story.kept, |&first| first.min(story.kept));
                arranged.folded += story.copies.len() as u64;
                let copies = story.copies.iter().map(|&number| addresses[number]).collect();
                // It stands where the first of them stood.
                let found = Match { score: matches[first].score, address: addresses[story.kept] };
                list.push((Placed { copies, ..found.into() }, story.kept));
            }
        }
    }
    if arrangement.diverse {
        take_turns(engine, &mut list)?;
    }
    let limit = limit.unwrap_or(usize::MAX);
    arranged.placed = match arrangement.group {
        None => list.into_iter().map(|(placed, _)| placed).skip(offset).take(limit).collect(),
        Some((by, shown)) => {
            let groups = gathered(list, &outlines, by);
            arranged.groups = groups.len();
            let some = groups.into_iter().skip(offset).take(limit);
            some.flat_map(|group| group.into_iter().take(shown)).collect()
        }
    };
    Ok(arranged)
}

/// Lowers the score of a hit for every better one of the same outlet, and orders anew.
fn take_turns(engine: &dyn Engine, list: &mut [(Placed, usize)]) -> Result<(), EngineError> {
    let addresses: Vec<u64> = list.iter().map(|(placed, _)| placed.found.address).collect();
    let publishers = engine.outlines(&addresses, Some("publisher"))?;
    let hosts = engine.outlines(&addresses, Some("host"))?;
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for (((placed, _), publisher), host) in list.iter_mut().zip(publishers).zip(hosts) {
        let Some(outlet) = publisher.value.or(host.value) else { continue };
        let earlier = seen.entry(outlet).or_default();
        let factor = TURN_FACTOR.powi(i32::try_from(*earlier).unwrap_or(i32::MAX));
        placed.found.score = placed.found.score.map(|score| score * factor);
        placed.turn = (*earlier > 0).then_some(Turn { earlier: *earlier, factor });
        *earlier = earlier.saturating_add(1);
    }
    // Stable: equal ones keep their order.
    list.sort_by(|(a, _), (b, _)| {
        b.found.score.unwrap_or_default().total_cmp(&a.found.score.unwrap_or_default())
    });
    Ok(())
}

/// The groups in the order of their first hits, each in the order of the list.
fn gathered(list: Vec<(Placed, usize)>, outlines: &[Outline], by: GroupBy) -> Vec<Vec<Placed>> {
    let mut groups: Vec<(Option<String>, Vec<Placed>)> = Vec::new();
    let mut numbers: BTreeMap<Option<String>, usize> = BTreeMap::new();
    for (placed, number) in list {
        let outline = &outlines[number];
        let value = match by {
            GroupBy::Field(_) => outline.value.clone(),
            GroupBy::Published(grain) => {
                let day = outline.day.filter(|day| !grain.is_finer_than(day.precision));
                day.map(|day| grain.label(grain.start(day_of(day.number))))
            }
        };
        let group = *numbers.entry(value.clone()).or_insert_with(|| {
            groups.push((value, Vec::new()));
            groups.len() - 1
        });
        groups[group].1.push(placed);
    }
    let named = groups.into_iter().enumerate().map(|(number, (value, mut placed))| {
        let group = HitGroup { field: by.name(), value, number: number + 1, hits: placed.len() };
        placed.iter_mut().for_each(|placed| placed.group = Some(group.clone()));
        placed
    });
    named.collect()
}
