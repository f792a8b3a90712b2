//! Counts of the engine against a scan of every article, by an evaluator that shares nothing with
//! the engine but the analyser and the query's tree.

use std::collections::BTreeSet;

use newsidx::analysis::{folded_words, terms};
use newsidx::article::{Article, Span, TextField};
use newsidx::engine::{Embedded, Engine, MatchRequest, Sort, Unit};
use newsidx::index::Home;
use newsidx::names::sentences::sentences;
use newsidx::query::{
    Form, NoNames, Node, ParseOptions, Plan, PlanOptions, Scope, Stretch, Test, parse, plan,
};

use super::environment::sample;

const TEXTS: [TextField; 3] = [TextField::Headline, TextField::Dek, TextField::Body];

/// A word of a text.
struct Word {
    field: usize,
    number: i64,
    span: Span,
    folded: String,
    stem: String,
}

/// An article, taken apart.
struct Scanned {
    article: Article,
    words: Vec<Word>,
}

/// A run of words: text, first, last.
type Run = (usize, i64, i64);

impl Scanned {
    fn new(article: Article) -> Self {
        let mut words = Vec::new();
        for (field, text) in TEXTS.iter().enumerate() {
            let text = article.text_of(*text);
            let folded = folded_words(text);
            for (term, folded) in terms(text).into_iter().zip(folded) {
                let number = i64::from(term.position);
                words.push(Word { field, number, span: term.span, folded, stem: term.text });
            }
        }
        Self { article, words }
    }

    fn runs_of(&self, field: usize, span: Span) -> Option<Run> {
        let inside = |word: &&Word| word.field == field && word.span.overlaps(span);
        let numbers: Vec<i64> = self.words.iter().filter(inside).map(|word| word.number).collect();
        Some((field, *numbers.first()?, *numbers.last()?))
    }

    /// Every stretch as the runs of words that it consists of.
    fn stretches(&self, stretch: Stretch) -> Vec<Vec<Run>> {
        let whole = |field: usize| self.runs_of(field, Span::new(0, usize::MAX));
        let body = |span: Span| self.runs_of(2, span);
        let lines = || {
            let mut at = 0;
            let line = move |line: &str| {
                at += line.len();
                Span::new(at - line.len(), at)
            };
            self.article.text.split_inclusive('\n').map(line)
        };
        let one = |run: Option<Run>| run.map(|run| vec![run]);
        match stretch {
            Stretch::Sentence => (0..3)
                .flat_map(|field| {
                    sentences(self.article.text_of(TEXTS[field])).map(move |span| (field, span))
                })
                .filter_map(|(field, span)| one(self.runs_of(field, span)))
                .collect(),
            Stretch::Paragraph => (0..2).map(whole).chain(lines().map(body)).filter_map(one).collect(),
            Stretch::Section => self.article.sections.iter().filter_map(|s| one(body(s.span))).collect(),
            Stretch::Headline => one(whole(0)).into_iter().collect(),
            Stretch::Body => one(whole(2)).into_iter().collect(),
            Stretch::First(count) => {
                let last = |(field, start, end): Run| (field, start, end.min(i64::from(count) - 1));
                one(whole(2).map(last)).into_iter().collect()
            }
            other => panic!("{other:?} is not scanned"),
        }
    }

    fn passes(&self, word: &Word, form: &Form) -> bool {
        let (folded, wanted) = (&word.folded, |text: &str| folded_words(text).concat());
        match form {
            Form::Word(text) => terms(text).iter().any(|term| term.text == word.stem),
            Form::Prefix(text) => folded.starts_with(&wanted(text)),
            Form::Wildcard(text) => {
                wild(&text.chars().collect::<Vec<_>>(), &folded.chars().collect::<Vec<_>>())
            }
            Form::Fuzzy(text, distance) => edits(&wanted(text), folded) <= usize::from(*distance),
            other => panic!("{other:?} is no word"),
        }
    }

    /// Where a text stands.
    fn text(&self, form: &Form) -> Vec<Run> {
        if let Form::Phrase { text, slop, prefix } = form {
            return self.phrase(text, i64::from(*slop), *prefix);
        }
        if let Form::Exact { text, case } = form {
            return self.exact(text, *case);
        }
        let run = |word: &Word| (word.field, word.number, word.number);
        self.words.iter().filter(|word| self.passes(word, form)).map(run).collect()
    }

    fn exact(&self, text: &str, case: bool) -> Vec<Run> {
        let mut runs = Vec::new();
        for (field, name) in TEXTS.iter().enumerate() {
            let whole = self.article.text_of(*name);
            for (at, _) in whole.char_indices() {
                let Some(piece) = whole.get(at..at + text.len()) else { continue };
                let same = if case { piece == text } else { piece.to_lowercase() == text.to_lowercase() };
                let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
                let free =
                    edge(whole[..at].chars().next_back()) && edge(whole[at + text.len()..].chars().next());
                if same && free {
                    runs.extend(self.runs_of(field, Span::new(at, at + text.len())));
                }
            }
        }
        runs
    }

    fn phrase(&self, text: &str, slop: i64, prefix: bool) -> Vec<Run> {
        let (stems, folded) = (terms(text), folded_words(text));
        let mut runs: Vec<(usize, Vec<i64>)> = Vec::new();
        for (number, term) in stems.iter().enumerate() {
            let begins = prefix && number + 1 == stems.len();
            let fits = |word: &&Word| {
                if begins { word.folded.starts_with(&folded[number]) } else { word.stem == term.text }
            };
            let here: Vec<(usize, i64)> =
                self.words.iter().filter(fits).map(|word| (word.field, word.number)).collect();
            runs = match number {
                0 => here.into_iter().map(|(field, at)| (field, vec![at])).collect(),
                _ => runs
                    .iter()
                    .flat_map(|(field, places)| {
                        let next =
                            here.iter().filter(move |(other, at)| other == field && !places.contains(at));
                        next.map(|(_, at)| (*field, [places.as_slice(), &[*at]].concat()))
                    })
                    .filter(|(_, places)| {
                        let shifts: Vec<i64> = (0_i64..).zip(places).map(|(n, at)| at - n).collect();
                        shifts.iter().max().unwrap() - shifts.iter().min().unwrap() <= slop
                    })
                    .collect(),
            };
        }
        let run = |(field, places): (usize, Vec<i64>)| {
            (field, *places.iter().min().unwrap(), *places.iter().max().unwrap())
        };
        runs.into_iter().map(run).collect()
    }

    fn places(&self, node: &Node) -> BTreeSet<Run> {
        match node {
            Node::Text { form, scope, .. } => {
                let runs = self.text(form).into_iter();
                runs.filter(|run| *scope == Scope::Everywhere || run.0 == 0).collect()
            }
            Node::Or(nodes) => nodes.iter().flat_map(|node| self.places(node)).collect(),
            Node::Near { sides, distance, ordered, .. } => {
                let (left, right) = (self.places(&sides[0]), self.places(&sides[1]));
                let reach = i64::from(*distance);
                let mut pairs = BTreeSet::new();
                for one in &left {
                    for other in right.iter().filter(|other| other.0 == one.0) {
                        let after = (1..=reach).contains(&(other.1 - one.2));
                        let before = (1..=reach).contains(&(one.1 - other.2));
                        if after || (before && !ordered) {
                            pairs.insert((one.0, one.1.min(other.1), one.2.max(other.2)));
                        }
                    }
                }
                pairs
            }
            other => panic!("{other:?} has no places"),
        }
    }

    fn holds(&self, node: &Node, within: &[Run]) -> bool {
        let inside = |run: &Run| within.iter().any(|w| w.0 == run.0 && w.1 <= run.1 && run.2 <= w.2);
        match node {
            Node::All => true,
            Node::And(nodes) => nodes.iter().all(|node| self.holds(node, within)),
            Node::Or(nodes) => nodes.iter().any(|node| self.holds(node, within)),
            Node::Not(node) => !self.holds(node, within),
            Node::Boost(node, _) => self.holds(node, within),
            Node::Text { .. } | Node::Near { .. } => self.places(node).iter().any(inside),
            Node::AtLeast { count, node, .. } => {
                let mut ends: Vec<Run> = self.places(node).into_iter().filter(inside).collect();
                ends.sort_by_key(|run| (run.0, run.2));
                let (mut count_so_far, mut last) = (0, (usize::MAX, -1));
                for run in ends {
                    if run.0 != last.0 || run.1 > last.1 {
                        (count_so_far, last) = (count_so_far + 1, (run.0, run.2));
                    }
                }
                count_so_far >= *count
            }
            Node::Within { stretch, node, .. } => self.stretches(*stretch).iter().any(|stretch| {
                let cut = |run: &Run| {
                    let cuts = within.iter().filter(|w| w.0 == run.0);
                    cuts.map(|w| (run.0, run.1.max(w.1), run.2.min(w.2))).find(|run| run.1 <= run.2)
                };
                let stretch: Vec<Run> = stretch.iter().filter_map(cut).collect();
                !stretch.is_empty() && self.holds(node, &stretch)
            }),
            Node::Filter(filter) => match &filter.test {
                Test::Between(from, to) => {
                    let count = self.article.word_count as i64;
                    from.is_none_or(|from| from <= count) && to.is_none_or(|to| count <= to)
                }
                other => panic!("{other:?} is not scanned"),
            },
        }
    }
}

fn wild(pattern: &[char], word: &[char]) -> bool {
    match pattern.split_first() {
        None => word.is_empty(),
        Some(('*', rest)) => (0..=word.len()).any(|skip| wild(rest, &word[skip..])),
        Some(('?', rest)) => !word.is_empty() && wild(rest, &word[1..]),
        Some((c, rest)) => word.first() == Some(c) && wild(rest, &word[1..]),
    }
}

/// Insertions, deletions, changes and swaps of neighbours (optimal string alignment).
fn edits(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            table[i][j] = match (i, j) {
                (0, n) | (n, 0) => n,
                _ => {
                    let change = table[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                    let mut least = change.min(table[i - 1][j] + 1).min(table[i][j - 1] + 1);
                    if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                        least = least.min(table[i - 2][j - 2] + 1);
                    }
                    least
                }
            };
        }
    }
    table[a.len()][b.len()]
}

/// A row of numbers that is the same in every run (Knuth's MMIX generator).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

/// Random queries of words that stand in the articles.
struct Questions<'a> {
    dice: Dice,
    articles: &'a [Scanned],
}

impl Questions<'_> {
    /// Neighbouring words of an article, as written.
    fn words(&mut self, count: usize) -> Vec<String> {
        loop {
            let scanned = &self.articles[self.dice.roll(self.articles.len())];
            if scanned.words.len() < 20 {
                continue;
            }
            let start = self.dice.roll(scanned.words.len() - count);
            let words = &scanned.words[start..start + count];
            let plain = |word: &Word| word.folded.len() > 1 && word.folded.chars().all(char::is_alphabetic);
            let upper = ["and", "or", "not"];
            if words.iter().all(|w| plain(w) && !upper.contains(&w.folded.as_str()))
                && words[0].field == words[count - 1].field
            {
                return words.iter().map(|word| word.folded.clone()).collect();
            }
        }
    }

    fn word(&mut self) -> String {
        let word = self.words(1).remove(0);
        let mut chars: Vec<char> = word.chars().collect();
        let at = self.dice.roll(chars.len());
        match self.dice.roll(12) {
            0 => format!("{}*", chars.iter().take(3.max(chars.len() / 2)).collect::<String>()),
            1 => {
                chars[at] = '?';
                if at + 1 == chars.len() || chars.len() < 3 { word } else { chars.into_iter().collect() }
            }
            2 => format!("*{}", chars.iter().skip(chars.len() / 2).collect::<String>()),
            3 if chars.len() > 3 => {
                chars.remove(at);
                format!("{}~{}", chars.into_iter().collect::<String>(), 1 + self.dice.roll(2))
            }
            _ => word,
        }
    }

    fn thing(&mut self) -> String {
        match self.dice.roll(6) {
            0 => format!("\"{}\"", self.words(2).join(" ")),
            1 => {
                let mut words = self.words(3);
                words.swap(0, 2);
                let distinct: BTreeSet<_> = words.iter().flat_map(|w| terms(w)).map(|t| t.text).collect();
                let slop =
                    if distinct.len() == 3 { format!("~{}", 1 + self.dice.roll(5)) } else { String::new() };
                format!("\"{}\"{slop}", words.join(" "))
            }
            2 => {
                let words = self.words(2);
                let half: String = words[1].chars().take(2).collect();
                format!("\"{} {half}\"*", words[0])
            }
            3 => format!("({} OR {})", self.word(), self.word()),
            _ => self.word(),
        }
    }

    fn near(&mut self) -> String {
        let operator = ["NEAR", "PRE", "w"][self.dice.roll(3)];
        let distance = 1 + self.dice.roll(12);
        format!("{} {operator}/{distance} {}", self.thing(), self.thing())
    }

    fn clause(&mut self, depth: usize) -> String {
        match self.dice.roll(if depth > 2 { 4 } else { 13 }) {
            0..=3 => self.thing(),
            4 | 5 => self.near(),
            6 => {
                let stretch = ["SENTENCE", "PARA", "SECTION"][self.dice.roll(3)];
                format!("{stretch}({})", self.list(depth + 1))
            }
            7 => format!("atleast{}:{}", 1 + self.dice.roll(4), self.thing()),
            8 => format!("first{}:({})", 5 + self.dice.roll(80), self.list(depth + 1)),
            9 => format!("headline:{}", self.word()),
            10 => format!("({} OR {})", self.clause(depth + 1), self.list(depth + 1)),
            11 => format!("exact:\"{}\"", self.words(2).join(" ")),
            _ => format!("body:({})", self.list(depth + 1)),
        }
    }

    fn list(&mut self, depth: usize) -> String {
        let mut clauses = vec![self.clause(depth)];
        for _ in 0..self.dice.roll(3) {
            let sign = if self.dice.roll(4) == 0 { "-" } else { "" };
            clauses.push(format!("{sign}{}", self.clause(depth)));
        }
        clauses.join(" ")
    }
}

/// Stop words count in a scan: a query that has some is not compared.
fn planned(text: &str) -> Option<(Node, Plan)> {
    let now = "2024-06-01T00:00:00+00:00[UTC]".parse().unwrap();
    let query = parse(text, &ParseOptions::new(now)).unwrap_or_else(|error| panic!("{text}: {error}"));
    let plan = plan(&query, &NoNames, PlanOptions::default());
    plan.passed_over.is_empty().then_some((query.root, plan))
}

fn scanned(engine: &Embedded) -> Vec<Scanned> {
    let (_, all) = planned("*").unwrap();
    let request = MatchRequest { plan: &all, unit: Unit::Article, sort: Sort::Newest, top: None };
    let matches = engine.matches(&request).unwrap().first;
    matches.iter().map(|found| Scanned::new(engine.load(found.address).unwrap().stored.article)).collect()
}

#[test]
fn counts_equal_a_scan() {
    let engine = Embedded::open(&Home::at(sample().path().join(".newsidx"))).unwrap();
    let articles = scanned(&engine);
    let mut questions = Questions { dice: Dice(20_240_516), articles: &articles };
    let whole: Vec<Run> = (0..3).map(|field| (field, 0, i64::MAX)).collect();
    let (mut compared, mut found) = (0, 0);
    while compared < 400 {
        let text = questions.list(0);
        let Some((root, plan)) = planned(&text) else { continue };
        let wanted = articles.iter().filter(|scanned| scanned.holds(&root, &whole)).count();
        assert_eq!(engine.count(&plan, Unit::Article).unwrap(), wanted as u64, "{text}");
        compared += 1;
        found += usize::from(wanted > 0);
    }
    assert!(found > 100, "too few of the queries find anything: {found}");
}

#[test]
fn ranked_totals_equal_counts() {
    let engine = Embedded::open(&Home::at(sample().path().join(".newsidx"))).unwrap();
    let articles = scanned(&engine);
    let mut questions = Questions { dice: Dice(7), articles: &articles };
    for _ in 0..40 {
        let text = questions.list(0);
        let Some((_, plan)) = planned(&text) else { continue };
        for unit in [Unit::Article, Unit::Section] {
            let request = MatchRequest { plan: &plan, unit, sort: Sort::Relevance, top: None };
            let matches = engine.matches(&request).unwrap();
            assert_eq!(matches.total, matches.first.len() as u64, "{text}");
            assert_eq!(matches.total, engine.count(&plan, unit).unwrap(), "{text}");
        }
    }
}
