//! Tags one document: scores every run, decodes it, and weighs what the rest of the document says.

use rustc_hash::FxHashMap;

use super::agree::{Document, Named};
use super::crf::{LANES, Scores, TAGS, decode, is_inside, kind_of};
use super::features::POSITIONS;
use super::model::Model;
use super::runs::Run;
use super::scene::{Scene, WordCache};
use super::tokenize::Class;
use super::{GazetteerHit, TaggedSpan, listed};
use crate::article::{Kind, Span};

/// Types a token can have: outside, then the kinds.
const TYPES: usize = 4;

/// Share added before the logarithm, so that a type never seen elsewhere costs three nats.
const UNSEEN_SHARE: f32 = 0.05;

/// Word caches and buffers.
#[derive(Debug, Default)]
pub struct Scratch {
    scene: Scene,
    cache: WordCache,
    /// Scores of the cached words by position.
    sums: Vec<[Scores; POSITIONS]>,
    /// Scores, classes, lower-case hashes and tags of the tokens in runs, one run after another.
    emissions: Vec<Scores>,
    classes: Vec<u8>,
    lowers: Vec<u64>,
    tags: Vec<u8>,
    ids: Vec<u32>,
    back: Vec<[u8; LANES]>,
    path: Vec<u8>,
    evidence: FxHashMap<u64, [u16; TYPES]>,
}

/// The type of a tag: 0 outside, 1 to 3 the kinds.
const fn type_of(tag: u8) -> usize {
    (tag as usize).div_ceil(2)
}

impl Scratch {
    /// Finds the names of `text`.
    pub fn tag(&mut self, model: &Model, text: &str, hits: &[GazetteerHit]) -> Vec<TaggedSpan> {
        self.scene.set(text, hits);
        self.score(model, text);
        self.first_pass(model);
        self.second_pass(model);
        self.spans(model, text)
    }

    fn score(&mut self, model: &Model, text: &str) {
        self.emissions.clear();
        self.classes.clear();
        self.lowers.clear();
        for index in 0..self.scene.runs.len() {
            let run = self.scene.runs[index];
            if self.cache.shrink() {
                self.sums.clear();
                self.scene.forget_ids();
            }
            self.scene.word_ids(text, run, &mut self.cache, &model.clusters, &mut self.ids);
            for word in &self.cache.words[self.sums.len()..] {
                self.sums.push(model.word_scores(word));
            }
            for (offset, ids) in self.ids.windows(POSITIONS).enumerate() {
                let mut sum = [0; LANES];
                for (position, &id) in ids.iter().enumerate() {
                    let part = &self.sums[id as usize][position];
                    for (total, score) in sum.iter_mut().zip(part) {
                        *total += score;
                    }
                }
                let context = self.scene.context(run.start as usize + offset, ids, &self.cache.words);
                model.add_context(&context, &mut sum);
                self.emissions.push(sum);
                self.classes.push(context.words[2].class as u8);
                self.lowers.push(context.words[2].lower);
            }
        }
    }

    fn first_pass(&mut self, model: &Model) {
        self.tags.clear();
        let mut at = 0;
        for run in &self.scene.runs {
            let end = at + (run.end - run.start) as usize;
            decode(
                &self.emissions[at..end],
                &self.classes[at..end],
                &model.transitions,
                &mut self.back,
                &mut self.path,
            );
            self.tags.extend(&self.path);
            at = end;
        }
    }

    /// Adds what a token is elsewhere in the document to its scores, and decodes again the runs
    /// that disagree with it.
    fn second_pass(&mut self, model: &Model) {
        self.evidence.clear();
        let counted = |class: u8| class <= Class::Mixed as u8;
        for ((&lower, &tag), &class) in self.lowers.iter().zip(&self.tags).zip(&self.classes) {
            if counted(class) {
                let count = &mut self.evidence.entry(lower).or_default()[type_of(tag)];
                *count = count.saturating_add(1);
            }
        }
        let mut at = 0;
        for run in &self.scene.runs {
            let end = at + (run.end - run.start) as usize;
            let mut disagrees = false;
            for index in at..end {
                if !counted(self.classes[index]) {
                    continue;
                }
                let own = type_of(self.tags[index]);
                let Some(counts) = self.evidence.get(&self.lowers[index]) else { continue };
                let mut others = *counts;
                others[own] = others[own].saturating_sub(1);
                let total: u32 = others.iter().map(|&count| u32::from(count)).sum();
                if total == 0 {
                    continue;
                }
                disagrees |= (0..TYPES).any(|kind| kind != own && others[kind] > others[own]);
                let trust = total as f32 / (total as f32 + 1.0) * model.scores_per_nat;
                let bonus = others
                    .map(|count| (trust * (f32::from(count) / total as f32 + UNSEEN_SHARE).ln()) as i16);
                for tag in 0..TAGS {
                    let score = &mut self.emissions[index][tag];
                    *score = score.saturating_add(bonus[type_of(tag as u8)]);
                }
            }
            if disagrees {
                decode(
                    &self.emissions[at..end],
                    &self.classes[at..end],
                    &model.transitions,
                    &mut self.back,
                    &mut self.path,
                );
                self.tags[at..end].copy_from_slice(&self.path);
            }
            at = end;
        }
    }

    fn spans(&self, model: &Model, text: &str) -> Vec<TaggedSpan> {
        let mut names = Vec::new();
        let mut base = 0;
        for &run in &self.scene.runs {
            self.names_of_run(model, run, base, &mut names);
            base += (run.end - run.start) as usize;
        }
        Document { text, scene: &self.scene, lowers: &self.lowers }.settle(&mut names);
        let mut spans = Vec::with_capacity(names.len());
        let mut next = 0;
        for run in &self.scene.runs {
            let mut at = run.start;
            while at < run.end {
                match names.get(next) {
                    Some(name) if name.first <= at => {
                        spans.push(self.span(name));
                        next += 1;
                        at = name.end.max(at);
                    }
                    other => {
                        let limit = other.map_or(run.end, |name| name.first.min(run.end));
                        at = self.demonym(at, limit, &mut spans);
                    }
                }
            }
        }
        spans
    }

    /// Appends the names of `run`, whose first token is entry `base` of the buffers.
    fn names_of_run(&self, model: &Model, run: Run, base: usize, names: &mut Vec<Named>) {
        let length = (run.end - run.start) as usize;
        let mut first = 0;
        while first < length {
            let mut end = first + 1;
            if let Some(kind) = kind_of(self.tags[base + first] as usize) {
                while end < length && is_inside(self.tags[base + end] as usize) {
                    end += 1;
                }
                let score = self.confidence(model, base + first, base + end);
                names.push(Named {
                    first: run.start + first as u32,
                    end: run.start + end as u32,
                    kind,
                    score,
                });
            }
            first = end;
        }
    }

    /// Appends the adjective of origin that begins at token `at`, if there is one, and gives the
    /// token to go on with.
    fn demonym(&self, at: u32, limit: u32, spans: &mut Vec<TaggedSpan>) -> u32 {
        let mut end = at + 1;
        let here = self.scene.listed(at as usize);
        if here.kinds & listed::DEMONYM == 0 || !matches!(here.part, 1 | 4) {
            return end;
        }
        while here.part == 1 && end < limit && matches!(self.scene.listed(end as usize - 1).part, 1 | 2) {
            end += 1;
        }
        spans.push(self.span(&Named { first: at, end, kind: Kind::Place, score: 1.0 }));
        end
    }

    fn span(&self, name: &Named) -> TaggedSpan {
        let (first, last) = (name.first as usize, name.end as usize - 1);
        let listed = self.scene.listed(first);
        let whole =
            listed.part == 4 && first == last || listed.part == 1 && self.scene.listed(last).part == 3;
        TaggedSpan {
            span: Span::new(self.scene.tokens[first].start as usize, self.scene.tokens[last].end as usize),
            kind: name.kind,
            demonym: name.kind == Kind::Place && whole && listed.kinds & listed::DEMONYM != 0,
            score: name.score,
        }
    }

    /// The chance that the weakest token of a name has its type, by its scores alone.
    fn confidence(&self, model: &Model, start: usize, end: usize) -> f32 {
        let margin = (start..end).fold(f32::INFINITY, |least, index| {
            let own = type_of(self.tags[index]);
            let scores = &self.emissions[index];
            let best = |wanted: bool| {
                (0..TAGS)
                    .filter(|&tag| (type_of(tag as u8) == own) == wanted)
                    .map(|tag| scores[tag])
                    .max()
                    .unwrap_or(0)
            };
            least.min(f32::from(best(true)) - f32::from(best(false)))
        });
        1.0 / (1.0 + (-margin / model.scores_per_nat).exp())
    }
}
