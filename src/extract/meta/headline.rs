//! Candidates for the headline: every title as it stands, and every way to cut it.

use std::collections::BTreeMap;

use super::{
    fold::fold_words,
    page_context::PageContext,
    rules::{Row, rules_of},
    title::{Cut, variants_of},
};
use crate::article::{FieldName, Witness};

/// A headline that some witnesses give, whole or in part.
#[derive(Debug)]
pub(crate) struct HeadlineCandidate {
    /// As the most trusted witness writes it.
    pub text: String,
    /// Letters and digits alone, by which equal ones are known.
    pub key: String,
    /// Index of the witness and how its value was cut.
    pub support: Vec<(usize, Cut)>,
}

/// All candidates, in the order in which they were first given.
pub(crate) fn candidates(witnesses: &[Witness], context: &PageContext<'_>) -> Vec<HeadlineCandidate> {
    let rules = rules_of(FieldName::Headline);
    let mut order: Vec<HeadlineCandidate> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut trust: Vec<f32> = Vec::new();
    for (index, witness) in witnesses.iter().enumerate() {
        if witness.field != FieldName::Headline {
            continue;
        }
        for variant in variants_of(&witness.raw, &context.keys) {
            let key = fold_words(&variant.text);
            if key.is_empty() {
                continue;
            }
            let place = *places.entry(key.clone()).or_insert_with(|| {
                order.push(HeadlineCandidate { text: variant.text.clone(), key, support: Vec::new() });
                trust.push(0.0);
                order.len() - 1
            });
            let whole = if variant.cut.is_whole() { 0.0 } else { -0.5 };
            let trusted = rules.reliability(&witness.rule) + whole;
            if trusted > trust[place] {
                trust[place] = trusted;
                order[place].text = variant.text;
            }
            order[place].support.push((index, variant.cut));
        }
    }
    order
}

/// The features of every candidate.
pub(crate) fn features(
    candidates: &[HeadlineCandidate],
    witnesses: &[Witness],
    context: &PageContext<'_>,
    naming: bool,
) -> Vec<Row> {
    let page = Page::of(candidates, witnesses);
    candidates.iter().map(|candidate| page.row(candidate, witnesses, context, naming)).collect()
}

/// What all candidates of a page are measured against.
struct Page {
    present: Vec<bool>,
    /// Place of the rule, folded value.
    values: Vec<(usize, String)>,
    most: f32,
    heading: Option<String>,
    shared: Option<String>,
    news: f32,
}

impl Page {
    fn of(candidates: &[HeadlineCandidate], witnesses: &[Witness]) -> Self {
        let rules = rules_of(FieldName::Headline);
        let mut present = vec![false; rules.features().len()];
        let mut values = Vec::new();
        let mut heading = None;
        let mut shared = None;
        for witness in witnesses.iter().filter(|witness| witness.field == FieldName::Headline) {
            if let Some(place) = rules.place(&witness.rule) {
                present[place] = true;
                values.push((place, fold_words(&witness.raw)));
            }
            if shared.is_none() && witness.rule == "meta:og:title" {
                shared = Some(fold_words(&witness.raw));
            }
            if heading.is_none() && witness.rule.starts_with("html:h1") {
                heading = Some(fold_words(&witness.raw));
            }
        }
        let most =
            candidates.iter().map(|candidate| support_of(candidate, witnesses).0).max().unwrap_or(0) as f32;
        Self { present, values, most, heading, shared, news: newsiness_of(witnesses) }
    }

    fn row(
        &self,
        candidate: &HeadlineCandidate,
        witnesses: &[Witness],
        context: &PageContext<'_>,
        naming: bool,
    ) -> Row {
        let rules = rules_of(FieldName::Headline);
        let mut row = Row::new(naming);
        let given: Vec<(usize, f32)> = candidate
            .support
            .iter()
            .filter_map(|(index, cut)| Some((rules.place(&witnesses[*index].rule)?, state_of(*cut))))
            .collect();
        row.push_states("", rules, &self.present, &given);
        let (whole, by_site, cut) = support_of(candidate, witnesses);
        row.push("whole", whole as f32);
        row.push("by-site", by_site as f32);
        row.push("cut", cut as f32);
        row.push("behind-most", self.most - whole as f32);
        row.push("news", self.news);
        row.push("known-outlet", f32::from(u8::from(context.outlet.is_some())));
        row.push("rules", self.present.iter().filter(|present| **present).count() as f32);
        let least = candidate
            .support
            .iter()
            .map(|(_, cut)| *cut)
            .min_by_key(|cut| (cut.words, cut.end, cut.front))
            .unwrap_or_default();
        row.push("least-cut-words", f32::from(least.words));
        row.push("least-cut-end", f32::from(least.end));
        row.push("least-cut-front", f32::from(least.front));
        row.push("least-cut-site", f32::from(u8::from(least.site)));
        row.push("separator", f32::from(least.separator));
        self.push_relations(&mut row, candidate);
        push_shape(&mut row, candidate, context);
        row
    }

    /// How the candidate lies in the other values, and they in it.
    fn push_relations(&self, row: &mut Row, candidate: &HeadlineCandidate) {
        let key = candidate.key.as_str();
        let longer =
            self.values.iter().filter(|(_, value)| value.len() > key.len() && value.contains(key)).count();
        let shorter = self
            .values
            .iter()
            .filter(|(_, value)| value.len() < key.len() && key.contains(value.as_str()))
            .count();
        let starts =
            self.values.iter().filter(|(_, value)| value.len() > key.len() && value.starts_with(key)).count();
        let begins = self
            .values
            .iter()
            .filter(|(_, value)| {
                value.len() < key.len() && value.len() > 12 && key.starts_with(value.as_str())
            })
            .count();
        row.push("within-longer", longer as f32);
        row.push("holds-shorter", shorter as f32);
        row.push("starts-longer", starts as f32);
        row.push("begins-with-shorter", begins as f32);
        push_overlap(row, "heading", key, self.heading.as_deref());
        push_overlap(row, "shared", key, self.shared.as_deref());
    }
}

/// 2 for pages that call themselves news, 1 for other articles, -1 for blogs, 0 for the rest.
fn newsiness_of(witnesses: &[Witness]) -> f32 {
    let kinds = witnesses.iter().filter(|witness| witness.field == FieldName::PageKind);
    let kinds: Vec<&str> = kinds.map(|witness| witness.raw.as_str()).collect();
    if kinds.iter().any(|kind| kind.contains("NewsArticle") || kind.contains("LiveBlog")) {
        2.0
    } else if kinds.contains(&"BlogPosting") {
        -1.0
    } else {
        f32::from(u8::from(kinds.iter().any(|kind| kind.to_lowercase().ends_with("article"))))
    }
}

/// How many words the candidate shares with `other`, the heading or the title for sharing.
fn push_overlap(row: &mut Row, name: &str, key: &str, other: Option<&str>) {
    let other = other.unwrap_or("");
    let words = |text: &str| text.split(' ').filter(|word| !word.is_empty()).count() as f32;
    let known: std::collections::BTreeSet<&str> = other.split(' ').collect();
    let shared = key.split(' ').filter(|word| known.contains(word)).count() as f32;
    let unless_empty = |otherwise: f32, value: f32| if other.is_empty() { otherwise } else { value };
    row.push(&format!("words-more-than-{name}"), unless_empty(0.0, words(key) - words(other)));
    row.push(&format!("share-in-{name}"), unless_empty(-1.0, shared / words(key).max(1.0)));
    row.push(&format!("share-of-{name}"), unless_empty(-1.0, shared / words(other).max(1.0)));
}

fn push_shape(row: &mut Row, candidate: &HeadlineCandidate, context: &PageContext<'_>) {
    let text = candidate.text.as_str();
    let words: Vec<&str> = candidate.key.split(' ').collect();
    row.push("chars", text.chars().count() as f32);
    row.push("words", words.len() as f32);
    row.push("is-site", f32::from(u8::from(context.keys.equals(text))));
    row.push("is-like-site", f32::from(u8::from(context.keys.matches(text))));
    let last = |count: usize| words[words.len().saturating_sub(count)..].join(" ");
    let first = |count: usize| words[..count.min(words.len())].join(" ");
    let at_end = words.len() > 2 && (1..=3).any(|count| context.keys.equals(&last(count)));
    let at_front = words.len() > 2 && (1..=3).any(|count| context.keys.equals(&first(count)));
    row.push("ends-with-site", f32::from(u8::from(at_end)));
    row.push("starts-with-site", f32::from(u8::from(at_front)));
    let slug_hits =
        words.iter().filter(|word| context.slug.iter().any(|known| known == *word)).count() as f32;
    row.push("share-in-slug", if context.slug.len() < 3 { -1.0 } else { slug_hits / words.len() as f32 });
    row.push(
        "share-of-slug",
        if context.slug.len() < 3 { -1.0 } else { slug_hits / context.slug.len() as f32 },
    );
    let separators = [" | ", " - ", " – ", " — ", ": ", " » ", " · ", " / "];
    row.push("separators", separators.iter().map(|mark| text.matches(mark).count()).sum::<usize>() as f32);
    row.push("colon", text.matches(": ").count() as f32);
    row.push("ends-cut", f32::from(u8::from(text.ends_with('…') || text.ends_with("..."))));
    row.push("question", f32::from(u8::from(text.ends_with('?'))));
    row.push("full-stop", f32::from(u8::from(text.ends_with('.'))));
    let letters = text.chars().filter(|c| c.is_alphabetic()).count().max(1) as f32;
    row.push("upper-case", text.chars().filter(|c| c.is_uppercase()).count() as f32 / letters);
    row.push("digits", text.chars().filter(char::is_ascii_digit).count() as f32);
}

fn state_of(cut: Cut) -> f32 {
    match (cut.is_whole(), cut.site) {
        (true, _) => 1.0,
        (false, true) => 0.5,
        (false, false) => 0.25,
    }
}

/// How many rules give the candidate whole, with the site's name cut, and cut in another way.
fn support_of(candidate: &HeadlineCandidate, witnesses: &[Witness]) -> (usize, usize, usize) {
    let mut best: BTreeMap<&str, u8> = BTreeMap::new();
    for (index, cut) in &candidate.support {
        let grade = (state_of(*cut) * 4.0) as u8;
        let known = best.entry(witnesses[*index].rule.as_str()).or_default();
        *known = grade.max(*known);
    }
    let count = |grade| best.values().filter(|known| **known == grade).count();
    (count(4), count(2), count(1))
}
