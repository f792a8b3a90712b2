//! Learns a model from labelled texts: a CRF by stochastic AdaGrad, on one thread.
//!
//! The result depends on the examples, their order and the settings alone, to the bit: sums run in
//! a fixed order, random numbers come from a counter, and the exponential is computed here rather
//! than by a platform's library. It reads no files.

use super::GazetteerHit;
use super::clusters::Clusters;
use super::crf::{CLASSES, LANES, OUTSIDE, TAGS, allowed, tag_of};
use super::features::POSITIONS;
use super::hash::fold;
use super::model::Model;
use super::scene::{Scene, WordCache};
use crate::article::{Kind, Span};

/// A labelled text.
#[derive(Clone, Debug, Default)]
pub struct Example {
    /// The text.
    pub text: String,
    /// Its names.
    pub names: Vec<(Span, Kind)>,
    /// Its listed names.
    pub hits: Vec<GazetteerHit>,
    /// How much it counts; 1 is usual.
    pub weight: f32,
}

/// How to learn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// The table has two to this power slots.
    pub slot_bits: u32,
    /// Passes over the examples.
    pub epochs: usize,
    /// Step size.
    pub learning_rate: f32,
    /// Share of features left out at each step.
    pub dropout: f32,
    /// Pull of every weight towards zero, a step.
    pub decay: f32,
    /// Seed of order and dropout.
    pub seed: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { slot_bits: 20, epochs: 9, learning_rate: 0.05, dropout: 0.4, decay: 0.0, seed: 1 }
    }
}

/// Where AdaGrad's sums of squares begin: keeps the first steps small.
const FIRST_SQUARE: f32 = 0.01;

/// Epochs whose final weights are averaged.
const AVERAGED_EPOCHS: usize = 2;

/// The largest weight of the shipped model, in eighths of its steps: an `i8` holds it.
const STEPS_PER_NAT: f32 = 24.0;

/// Runs with their features, flat.
#[derive(Debug, Default)]
struct Corpus {
    /// Slots of all tokens, one after another.
    slots: Vec<u32>,
    /// Where each token's slots begin; one more at the end.
    slot_starts: Vec<u32>,
    classes: Vec<u8>,
    gold: Vec<u8>,
    /// First token of each run; one more at the end.
    run_starts: Vec<u32>,
    weights: Vec<f32>,
}

/// Learns a model.
pub fn train(
    examples: &[Example],
    clusters: Clusters,
    settings: &Settings,
    mut progress: impl FnMut(usize, f32),
) -> Model {
    let corpus = Corpus::new(examples, &clusters, settings.slot_bits);
    let mut learner = Learner::new(settings);
    let mut order: Vec<u32> = (0..corpus.weights.len() as u32).collect();
    let mut sum: Option<Parameters> = None;
    for epoch in 0..settings.epochs {
        learner.shuffle(&mut order);
        let loss: f32 = order.iter().map(|&run| learner.step(&corpus, run as usize)).sum();
        progress(epoch, loss / corpus.gold.len() as f32);
        if epoch + AVERAGED_EPOCHS >= settings.epochs {
            match &mut sum {
                None => sum = Some(learner.parameters()),
                Some(sum) => sum.add(&learner.parameters()),
            }
        }
    }
    let averaged = AVERAGED_EPOCHS.min(settings.epochs).max(1) as f32;
    sum.unwrap_or_else(|| learner.parameters()).quantise(averaged, clusters, settings.slot_bits)
}

impl Corpus {
    fn new(examples: &[Example], clusters: &Clusters, slot_bits: u32) -> Self {
        let mut corpus = Self::default();
        let (mut scene, mut cache, mut ids) = (Scene::default(), WordCache::default(), Vec::new());
        corpus.slot_starts.push(0);
        corpus.run_starts.push(0);
        for example in examples {
            scene.set(&example.text, &example.hits);
            for index in 0..scene.runs.len() {
                let run = scene.runs[index];
                cache.shrink();
                scene.word_ids(&example.text, run, &mut cache, clusters, &mut ids);
                for (offset, ids) in ids.windows(POSITIONS).enumerate() {
                    let context = scene.context(run.start as usize + offset, ids, &cache.words);
                    for (position, word) in context.words.iter().enumerate() {
                        word.features(position, slot_bits, |slot| corpus.slots.push(slot));
                    }
                    context.features(slot_bits, |slot| corpus.slots.push(slot));
                    corpus.slot_starts.push(corpus.slots.len() as u32);
                    corpus.classes.push(context.words[2].class as u8);
                }
                let bounds: Vec<_> = scene.tokens[run.start as usize..run.end as usize]
                    .iter()
                    .map(|t| (t.start as usize, t.end as usize))
                    .collect();
                corpus.gold.extend(gold_tags(&bounds, &example.names));
                corpus.run_starts.push(corpus.gold.len() as u32);
                corpus.weights.push(example.weight);
            }
        }
        corpus
    }
}

/// The tags of tokens by the names that cover them; `names` must be in order.
fn gold_tags(bounds: &[(usize, usize)], names: &[(Span, Kind)]) -> Vec<u8> {
    let mut last = None;
    bounds
        .iter()
        .map(|&(start, end)| {
            let index = names.partition_point(|(span, _)| span.end <= start);
            let covered = names.get(index).filter(|(span, _)| span.start <= start && end <= span.end + 1);
            let tag = covered.map_or(OUTSIDE, |&(_, kind)| tag_of(kind, last == Some(index)));
            last = covered.map(|_| index);
            tag as u8
        })
        .collect()
}

/// A slot's weights and sums of squared gradients, one cache line.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Row {
    weights: [f32; LANES],
    squares: [f32; LANES],
}

const NEW_ROW: Row = Row { weights: [0.0; LANES], squares: [FIRST_SQUARE; LANES] };

impl Row {
    fn step(&mut self, gradient: &[f32; LANES], rate: f32, decay: f32) {
        for ((weight, square), &g) in self.weights.iter_mut().zip(&mut self.squares).zip(gradient) {
            let g = g + decay * *weight;
            *square += g * g;
            *weight -= rate * g / square.sqrt();
        }
    }
}

struct Learner {
    rows: Vec<Row>,
    transitions: [[Row; LANES]; CLASSES],
    settings: Settings,
    counter: u64,
    // Buffers of one step.
    kept: Vec<u32>,
    kept_starts: Vec<usize>,
    emissions: Vec<[f32; LANES]>,
    forward: Vec<[f32; LANES]>,
    factors: Vec<[[f32; LANES]; LANES]>,
}

impl Learner {
    fn new(settings: &Settings) -> Self {
        Self {
            rows: vec![NEW_ROW; 1 << settings.slot_bits],
            transitions: [[NEW_ROW; LANES]; CLASSES],
            settings: *settings,
            counter: fold(settings.seed, 0x9e37_79b9_7f4a_7c15),
            kept: Vec::new(),
            kept_starts: Vec::new(),
            emissions: Vec::new(),
            forward: Vec::new(),
            factors: Vec::new(),
        }
    }

    fn random(&mut self) -> u32 {
        self.counter = self.counter.wrapping_add(0x9e37_79b9_7f4a_7c15);
        (fold(self.counter, 0xd6e8_feb8_6659_fd93) >> 32) as u32
    }

    fn shuffle(&mut self, order: &mut [u32]) {
        for last in (1..order.len()).rev() {
            let other = ((u64::from(self.random()) * (last as u64 + 1)) >> 32) as usize;
            order.swap(last, other);
        }
    }

    /// One step on one run; gives its loss in nats.
    fn step(&mut self, corpus: &Corpus, run: usize) -> f32 {
        let tokens = corpus.run_starts[run] as usize..corpus.run_starts[run + 1] as usize;
        let keep = 1.0 - self.settings.dropout;
        self.score(corpus, tokens.clone(), keep);
        self.forward_pass(&corpus.classes[tokens.clone()]);
        self.backward_pass(corpus, tokens, corpus.weights[run], keep)
    }

    /// Picks the features that stay in and sums their weights.
    fn score(&mut self, corpus: &Corpus, tokens: std::ops::Range<usize>, keep: f32) {
        let threshold = (keep * 4_294_967_295.0) as u32;
        self.kept.clear();
        self.kept_starts.clear();
        self.emissions.clear();
        for token in tokens {
            self.kept_starts.push(self.kept.len());
            let mut sum = [0.0; LANES];
            for &slot in
                &corpus.slots[corpus.slot_starts[token] as usize..corpus.slot_starts[token + 1] as usize]
            {
                if self.random() <= threshold {
                    self.kept.push(slot);
                    for (total, weight) in sum.iter_mut().zip(&self.rows[slot as usize].weights) {
                        *total += weight;
                    }
                }
            }
            self.emissions.push(sum.map(|total| total / keep));
        }
        self.kept_starts.push(self.kept.len());
    }

    /// Fills `factors` (scores of a step, exponentiated) and `forward` (normalised at each token).
    fn forward_pass(&mut self, classes: &[u8]) {
        self.forward.clear();
        self.factors.clear();
        let mut before = [0.0; LANES];
        before[OUTSIDE] = 1.0;
        for (emission, &class) in self.emissions.iter().zip(classes) {
            let table = &self.transitions[class as usize];
            let top = emission[..TAGS].iter().fold(f32::MIN, |top, &score| top.max(score));
            let mut factors = [[0.0; LANES]; LANES];
            let mut now = [0.0; LANES];
            for from in 0..TAGS {
                for to in 0..TAGS {
                    if allowed(from, to) {
                        factors[from][to] = exp(emission[to] - top + table[from].weights[to]);
                        now[to] += before[from] * factors[from][to];
                    }
                }
            }
            let total: f32 = now.iter().sum::<f32>().max(f32::MIN_POSITIVE);
            before = now.map(|value| value / total);
            for row in &mut factors {
                for factor in row.iter_mut() {
                    *factor /= total;
                }
            }
            self.forward.push(before);
            self.factors.push(factors);
        }
    }

    /// Walks back over the run, steps along the gradient, and gives the loss.
    fn backward_pass(
        &mut self,
        corpus: &Corpus,
        tokens: std::ops::Range<usize>,
        weight: f32,
        keep: f32,
    ) -> f32 {
        let (rate, decay) = (self.settings.learning_rate, self.settings.decay);
        let mut after = [1.0; LANES];
        let mut loss = 0.0;
        for (index, token) in tokens.clone().enumerate().rev() {
            let gold = corpus.gold[token] as usize;
            let gold_before = if index == 0 { OUTSIDE } else { corpus.gold[token - 1] as usize };
            let mut before = [0.0; LANES];
            before[OUTSIDE] = 1.0;
            if index > 0 {
                before = self.forward[index - 1];
            }
            let mut gradient = [0.0; LANES];
            let mut earlier = [0.0; LANES];
            for from in 0..TAGS {
                let mut row = [0.0; LANES];
                for to in 0..TAGS {
                    let way = self.factors[index][from][to] * after[to];
                    let chance = before[from] * way;
                    earlier[from] += way;
                    gradient[to] += chance;
                    row[to] = chance * weight;
                }
                if from == gold_before {
                    loss -= if allowed(from, gold) { ln_floor(row[gold] / weight) } else { 0.0 };
                    row[gold] -= weight;
                }
                self.transitions[corpus.classes[token] as usize][from].step(&row, rate, 0.0);
            }
            gradient[gold] -= 1.0;
            let gradient = gradient.map(|value| value * weight / keep);
            for &slot in &self.kept[self.kept_starts[index]..self.kept_starts[index + 1]] {
                self.rows[slot as usize].step(&gradient, rate, decay);
            }
            after = earlier;
        }
        loss
    }

    fn parameters(&self) -> Parameters {
        Parameters {
            weights: self.rows.iter().map(|row| row.weights).collect(),
            transitions: self.transitions.map(|class| class.map(|row| row.weights)),
        }
    }
}

/// Minus the bits of a chance, roughly: for progress reports alone.
fn ln_floor(chance: f32) -> f32 {
    chance.max(1e-6).ln()
}

/// `e` to the power `x`: range reduction and a polynomial, the same on every machine, within 1e-6.
fn exp(x: f32) -> f32 {
    let x = x.clamp(-80.0, 80.0);
    let whole = (x * std::f32::consts::LOG2_E).round();
    let r = x - whole * 0.693_359_4 + whole * 2.121_944_4e-4;
    let poly = 1.0
        + r * (1.0 + r * (0.5 + r * (0.166_666_66 + r * (0.041_666_5 + r * (8.333_45e-3 + r * 1.39e-3)))));
    poly * f32::from_bits(((whole as i32 + 127) as u32) << 23)
}

/// Weights in full precision.
struct Parameters {
    weights: Vec<[f32; LANES]>,
    transitions: [[[f32; LANES]; LANES]; CLASSES],
}

impl Parameters {
    fn add(&mut self, other: &Self) {
        for (row, more) in self.weights.iter_mut().zip(&other.weights) {
            for (weight, more) in row.iter_mut().zip(more) {
                *weight += more;
            }
        }
        for (weight, more) in
            self.transitions.iter_mut().flatten().flatten().zip(other.transitions.iter().flatten().flatten())
        {
            *weight += more;
        }
    }

    fn quantise(&self, count: f32, clusters: Clusters, slot_bits: u32) -> Model {
        let step = STEPS_PER_NAT / count;
        let weights = self
            .weights
            .iter()
            .map(|row| row.map(|weight| (weight * step).round().clamp(-127.0, 127.0) as i8))
            .collect();
        let transitions =
            self.transitions.map(|class| class.map(|row| row.map(|weight| (weight * step).round() as i16)));
        Model { weights, slot_bits, scores_per_nat: STEPS_PER_NAT, transitions, clusters }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::tagger::Tagger;

    const SMALL: Settings =
        Settings { slot_bits: 12, epochs: 6, learning_rate: 0.1, dropout: 0.2, decay: 0.0, seed: 7 };

    fn example(text: &str, name: &str, kind: Kind) -> Example {
        let start = text.find(name).expect("the name is in the text");
        Example {
            text: text.to_owned(),
            names: vec![(Span::new(start, start + name.len()), kind)],
            hits: Vec::new(),
            weight: 1.0,
        }
    }

    fn examples() -> Vec<Example> {
        let people = ["Orvik", "Lundmo", "Strand", "Hauge"];
        let towns = ["Bergvik", "Sundby", "Nordvik", "Elvby"];
        let said =
            people.iter().map(|name| example(&format!("Then Mr. {name} said so."), name, Kind::Person));
        said.chain(
            towns.iter().map(|name| example(&format!("It rained in {name} today."), name, Kind::Place)),
        )
        .collect()
    }

    fn model(settings: &Settings) -> Model {
        train(&examples(), Clusters::build(&[], Vec::new()).expect("no words"), settings, |_, _| ())
    }

    #[test]
    fn the_same_examples_give_the_same_bytes_and_another_seed_others() {
        let bytes = model(&SMALL).write().expect("writes");
        assert_eq!(bytes, model(&SMALL).write().expect("writes"));
        assert_ne!(bytes, model(&Settings { seed: 8, ..SMALL }).write().expect("writes"));
    }

    #[test]
    fn a_new_name_is_told_by_its_context() {
        let tagger = Tagger::new(model(&SMALL));
        let kinds = |text: &str| tagger.tag(text, &[]).iter().map(|name| name.kind).collect::<Vec<_>>();
        assert_eq!(kinds("Then Mr. Karlsen said so."), [Kind::Person]);
        assert_eq!(kinds("It rained in Karlsen today."), [Kind::Place]);
    }

    #[test]
    fn the_exponential_is_close() {
        for step in -300..300 {
            let x = step as f32 / 10.0;
            assert!((exp(x) / x.exp() - 1.0).abs() < 1e-5, "{x}");
        }
    }
}
