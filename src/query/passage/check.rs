//! The logic of a condition: what must hold in which stretch.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::super::ast::{Scope, Stretch};
use super::super::error::QueryFault;
use super::super::plan::{Leaf, PlanNode};
use super::places::{Places, plain_text};
use super::tests_of_words::WordTests;
use super::view::{Interval, View};
use super::windows::{Range, Window, inside, root, windows};
use super::{Extent, stretch_of};
use crate::article::Kind;

/// What must hold of a stretch.
#[derive(Debug)]
pub(super) enum Check {
    Always,
    Never,
    /// The thing of this number stands in it so many times.
    Stands(usize, u32),
    All(Vec<Check>),
    Any(Vec<Check>),
    Not(Box<Check>),
    Within(Stretch, Box<Check>),
}

impl Check {
    /// Whether its stretches can be told from the texts.
    pub(super) fn needs_texts_alone(&self) -> bool {
        match self {
            Self::Always | Self::Never | Self::Stands(..) => true,
            Self::All(checks) | Self::Any(checks) => checks.iter().all(Self::needs_texts_alone),
            Self::Not(check) => check.needs_texts_alone(),
            Self::Within(stretch, check) => {
                let of_article = matches!(
                    stretch,
                    Stretch::Section
                        | Stretch::Quote
                        | Stretch::Heading
                        | Stretch::Lead
                        | Stretch::HeadlineLead
                );
                !of_article && check.needs_texts_alone()
            }
        }
    }
}

/// Makes checks of plan nodes, numbering what they speak of.
#[derive(Default)]
pub(super) struct Builder {
    pub(super) words: WordTests,
    pub(super) places: Vec<Places>,
    pub(super) parts: usize,
    /// The part of a name, for all of its spellings.
    part: Option<usize>,
}

impl Builder {
    pub(super) fn check(&mut self, node: &PlanNode) -> Result<Check, QueryFault> {
        let mut list =
            |nodes: &[PlanNode]| nodes.iter().map(|node| self.check(node)).collect::<Result<Vec<_>, _>>();
        Ok(match node {
            PlanNode::And(nodes) => Check::All(list(nodes)?),
            PlanNode::Or(nodes) => Check::Any(list(nodes)?),
            PlanNode::Best(nodes) => self.named(|builder| {
                Ok(Check::Any(nodes.iter().map(|node| builder.check(node)).collect::<Result<_, _>>()?))
            })?,
            PlanNode::Not(node) => Check::Not(Box::new(self.check(node)?)),
            PlanNode::Boost(node, _) => self.check(node)?,
            PlanNode::Within(stretch, node) => Check::Within(*stretch, Box::new(self.check(node)?)),
            PlanNode::AtLeast(count, node) => Check::Stands(self.places(node)?, *count),
            PlanNode::Near { .. } => Check::Stands(self.places(node)?, 1),
            PlanNode::Leaf(Leaf::All, _) => Check::Always,
            PlanNode::Leaf(Leaf::Range { .. }, _) => Check::Never,
            PlanNode::Leaf(leaf, _) => {
                let stands = Check::Stands(self.leaf(leaf)?, 1);
                match scope_of(leaf).and_then(stretch_of) {
                    Some(stretch) => Check::Within(stretch, Box::new(stands)),
                    None => stands,
                }
            }
        })
    }

    /// Lets all spellings of a name be one part.
    fn named<T>(&mut self, make: impl FnOnce(&mut Self) -> Result<T, QueryFault>) -> Result<T, QueryFault> {
        let outer = self.part;
        self.part = Some(outer.unwrap_or_else(|| self.next_part()));
        let made = make(self);
        self.part = outer;
        made
    }

    fn next_part(&mut self) -> usize {
        self.parts += 1;
        self.parts - 1
    }

    fn add(&mut self, places: Places) -> usize {
        self.places.push(places);
        self.places.len() - 1
    }

    fn places(&mut self, node: &PlanNode) -> Result<usize, QueryFault> {
        let places = match node {
            PlanNode::Leaf(leaf, _) => return self.leaf(leaf),
            PlanNode::Boost(node, _) => return self.places(node),
            PlanNode::Or(nodes) => {
                Places::Either(nodes.iter().map(|node| self.places(node)).collect::<Result<_, _>>()?)
            }
            PlanNode::Best(nodes) => self.named(|builder| {
                Ok(Places::Either(nodes.iter().map(|node| builder.places(node)).collect::<Result<_, _>>()?))
            })?,
            PlanNode::Near { sides, distance, ordered } => {
                let sides = [self.places(&sides[0])?, self.places(&sides[1])?];
                Places::Near { sides, distance: *distance, ordered: *ordered }
            }
            // The parser lets nothing else be a side.
            PlanNode::And(_) | PlanNode::Not(_) | PlanNode::Within(..) | PlanNode::AtLeast(..) => {
                Places::Either(Vec::new())
            }
        };
        Ok(self.add(places))
    }

    fn leaf(&mut self, leaf: &Leaf) -> Result<usize, QueryFault> {
        let only = scope_of(leaf).filter(|scope| *scope == Scope::Headline);
        let only = only.map(|_| crate::article::TextField::Headline);
        let part = self.part.unwrap_or_else(|| self.next_part());
        let single = |test: usize| Places::Sequence { words: vec![(0, test)], slop: 0, only, part };
        let places = match leaf {
            Leaf::Terms { terms, slop, prefix, .. } => {
                let mut words: Vec<(u32, usize)> = Vec::with_capacity(terms.len());
                for (number, (at, term)) in terms.iter().enumerate() {
                    let begins = *prefix && number + 1 == terms.len();
                    words.push((*at, if begins { self.words.prefix(term) } else { self.words.stem(term) }));
                }
                Places::Sequence { words, slop: *slop, only, part }
            }
            Leaf::Prefix(_, prefix) => single(self.words.prefix(prefix)),
            Leaf::Wildcard(_, pattern) => single(self.words.wildcard(pattern)?),
            Leaf::Regex(_, pattern) => single(self.words.regex(pattern)?),
            Leaf::Fuzzy(_, word, distance) => single(self.words.fuzzy(word, *distance)),
            Leaf::Exact { text, case } => {
                let text = plain_text(text, *case).0.trim().to_owned();
                Places::Literal { text, case: *case, part }
            }
            Leaf::Keyword { field, values, .. } => named_places(field, Some(values.clone()), part),
            Leaf::Exists(field) => named_places(field, None, part),
            Leaf::All | Leaf::Range { .. } => Places::Either(Vec::new()),
        };
        Ok(self.add(places))
    }
}

fn named_places(field: &str, values: Option<Vec<String>>, part: usize) -> Places {
    match field {
        "entity" => Places::Mentions { ids: values, kind: None, part },
        "person" => Places::Mentions { ids: values, kind: Some(Kind::Person), part },
        "place" => Places::Mentions { ids: values, kind: Some(Kind::Place), part },
        "organisation" => Places::Mentions { ids: values, kind: Some(Kind::Organisation), part },
        "source" => Places::Citations { ids: values, evidence: None, part },
        "evidence" => Places::Citations { ids: None, evidence: values, part },
        "speaker" => Places::Quotes { ids: values, part },
        _ => Places::Either(Vec::new()),
    }
}

fn scope_of(leaf: &Leaf) -> Option<Scope> {
    match leaf {
        Leaf::Terms { scope, .. }
        | Leaf::Prefix(scope, _)
        | Leaf::Wildcard(scope, _)
        | Leaf::Fuzzy(scope, ..)
        | Leaf::Regex(scope, _) => Some(*scope),
        _ => None,
    }
}

/// A check held against one article.
pub(super) struct Evaluation<'e> {
    view: &'e View<'e>,
    found: &'e [Vec<Interval>],
    check: &'e Check,
    stretches: RefCell<BTreeMap<Stretch, std::rc::Rc<Vec<Window>>>>,
}

impl<'e> Evaluation<'e> {
    pub(super) fn new(view: &'e View<'e>, found: &'e [Vec<Interval>], check: &'e Check) -> Self {
        Self { view, found, check, stretches: RefCell::default() }
    }

    pub(super) fn holds(&self, extent: Extent) -> bool {
        self.check(self.check, &root(self.view, extent), true)
    }

    fn windows(&self, stretch: Stretch, outer: &[Range], at_root: bool) -> Vec<Window> {
        let known = self.stretches.borrow().get(&stretch).cloned();
        let all = known.unwrap_or_else(|| {
            let all = std::rc::Rc::new(windows(self.view, stretch));
            self.stretches.borrow_mut().insert(stretch, all.clone());
            all
        });
        // A section has its article's headline.
        if at_root && stretch == Stretch::Headline {
            return all.to_vec();
        }
        inside(&all, outer, stretch == Stretch::Quote)
    }

    fn check(&self, check: &Check, window: &[Range], at_root: bool) -> bool {
        match check {
            Check::Always => !window.iter().all(|range| range.from >= range.to),
            Check::Never => false,
            Check::Stands(place, 1) => self.standing(*place, window).next().is_some(),
            Check::Stands(place, count) => self.times(*place, window) >= *count,
            Check::All(checks) => checks.iter().all(|check| self.check(check, window, at_root)),
            Check::Any(checks) => checks.iter().any(|check| self.check(check, window, at_root)),
            Check::Not(check) => !self.check(check, window, at_root),
            Check::Within(stretch, check) => {
                let windows = self.windows(*stretch, window, at_root);
                windows.iter().any(|window| self.check(check, window, false))
            }
        }
    }

    /// The places of a thing that lie in a stretch.
    fn standing<'w>(&'w self, place: usize, window: &'w [Range]) -> impl Iterator<Item = Interval> + 'w {
        let all = &self.found[place];
        window.iter().flat_map(move |range| {
            let first = all.partition_point(|i| (i.field, i.start) < (range.field, range.from));
            let rest = all[first..].iter();
            let inside = rest.take_while(|i| i.field == range.field && i.start < range.to);
            inside.filter(|i| i.end < range.to).copied()
        })
    }

    /// How many places that do not overlap there are at most.
    fn times(&self, place: usize, window: &[Range]) -> u32 {
        let mut standing: Vec<Interval> = self.standing(place, window).collect();
        standing.sort_unstable_by_key(|interval| (interval.field, interval.end, interval.start));
        let mut last: Option<Interval> = None;
        let mut count = 0;
        for interval in standing {
            if last.is_none_or(|last| last.field != interval.field || interval.start > last.end) {
                last = Some(interval);
                count += 1;
            }
        }
        count
    }

    /// Calls `seen` with the places that make it hold.
    pub(super) fn sight(&self, extent: Extent, seen: &mut dyn FnMut(usize, Interval)) {
        self.sight_in(self.check, &root(self.view, extent), true, seen);
    }

    fn sight_in(
        &self,
        check: &Check,
        window: &[Range],
        at_root: bool,
        seen: &mut dyn FnMut(usize, Interval),
    ) {
        match check {
            Check::Always | Check::Never | Check::Not(_) => {}
            Check::Stands(place, _) => {
                self.standing(*place, window).for_each(|interval| seen(*place, interval));
            }
            Check::All(checks) | Check::Any(checks) => {
                checks.iter().for_each(|check| self.sight_in(check, window, at_root, seen));
            }
            Check::Within(stretch, check) => {
                for window in self.windows(*stretch, window, at_root) {
                    if self.check(check, &window, false) {
                        self.sight_in(check, &window, false, seen);
                    }
                }
            }
        }
    }
}
