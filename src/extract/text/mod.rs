//! Plain text scraped from pages: which lines are the story, and what the others say about it.
//!
//! Gives judged [`Candidate`]s and witnesses. It does not choose between witnesses, and does not
//! look for names.

mod brand;
mod byline;
mod facts;
mod features;
mod head;
mod lines;
mod lynx;
mod marks;
mod model;
mod region;
mod verdict;
mod wrap;

pub use model::LineRows;

use marks::Mark;

use super::{
    block::{BlockKind, Candidate, Verdict},
    rules::Rules,
};
use crate::{
    article::{Link, Witness},
    names::outlets::Outlets,
};
use lines::Line;
use lynx::References;

/// What was read from a text.
#[derive(Debug, Default)]
pub struct Reading {
    /// Its lines and paragraphs, judged.
    pub candidates: Vec<Candidate>,
    /// What its lines say about the article.
    pub witnesses: Vec<Witness>,
}

/// A line of this many links and little else is a menu.
const MIN_MENU_LINKS: usize = 3;

/// A line with what is known about it.
struct Judged {
    line: Line,
    links: Vec<Link>,
    mark: Mark,
    verdict: Option<Verdict>,
    heading: bool,
}

impl Judged {
    /// Leaves the line out by `rule`, unless it is decided already.
    fn drop_by(&mut self, rule: &str) {
        self.verdict.get_or_insert_with(|| Verdict::Drop(rule.to_owned()));
    }

    fn is_dropped(&self) -> bool {
        matches!(self.verdict, Some(Verdict::Drop(_)))
    }
}

/// Reads text scraped from a page, furniture and all.
///
/// Lines for which `recurs` holds recur in the files of the same source: they are furniture.
pub fn scraped(text: &str, rules: &Rules, outlets: &Outlets, recurs: &dyn Fn(&str) -> bool) -> Reading {
    let mut lines = judge_alone(text, rules);
    let mut witnesses = Vec::new();
    for line in &mut lines {
        if let Mark::Furniture(rule) = line.mark {
            line.drop_by(&format!("line:{rule}"));
        } else if recurs(&line.line.text) {
            line.drop_by("repeat:lines-of-source");
        }
    }
    head::read(&mut lines, rules, outlets, &mut witnesses);
    mark_headings(&mut lines);
    verdict::judge(&mut lines);
    Reading { candidates: candidates_of(lines), witnesses }
}

/// The lines of `text` as the line model sees them: their texts and their rows.
pub fn line_rows(text: &str, rules: &Rules) -> (Vec<String>, LineRows) {
    let lines = judge_alone(text, rules);
    let rows = LineRows::of(&lines);
    (lines.into_iter().map(|judged| judged.line.text).collect(), rows)
}

/// Reads text that is the story alone: nothing is dropped but what stands in a field too.
pub fn prose(text: &str, rules: &Rules) -> Reading {
    let mut lines = judge_alone(text, rules);
    let mut witnesses = Vec::new();
    for line in &lines {
        byline::credits_of(&line.line.text, rules, &mut witnesses);
    }
    byline::datelines_of(lines.iter().take(3).map(|line| line.line.text.as_str()), &mut witnesses);
    mark_headings(&mut lines);
    Reading { candidates: candidates_of(lines), witnesses }
}

/// The lines of `text`, each marked for itself.
fn judge_alone(text: &str, rules: &Rules) -> Vec<Judged> {
    let mut lines = lines::lines_of(text);
    let references = References::of(&lines);
    let tail = lines.split_off(references.start);
    let judge = |line: Line, links, mark| Judged { line, links, mark, verdict: None, heading: false };
    let story = wrap::unwrap(lines).into_iter().map(|mut line| {
        let links = references.take_from(&mut line);
        let is_menu = links.len() >= MIN_MENU_LINKS && links.len() * 3 >= line.text.split(' ').count();
        let mark = if is_menu { Mark::Furniture("link-row") } else { marks::mark_of(&line, rules) };
        judge(line, links, mark)
    });
    story
        .chain(tail.into_iter().map(|line| judge(line, Vec::new(), Mark::Furniture("reference-list"))))
        .collect()
}

/// Marks the short lines that head what follows: a sources line or prose.
fn mark_headings(lines: &mut [Judged]) {
    let mut next = None;
    let mut after = Vec::with_capacity(lines.len());
    for line in lines.iter().rev() {
        after.push(next);
        if !line.is_dropped() && !matches!(line.mark, Mark::Label) {
            next = Some(line.mark);
        }
    }
    after.reverse();
    for (line, next) in lines.iter_mut().zip(after) {
        let heads = match next {
            Some(Mark::Sources | Mark::Prose) => true,
            // A section's label may stand above its heading.
            Some(Mark::Short) => line.mark == Mark::LabelHeading,
            _ => false,
        };
        line.heading = heads
            && !line.line.bullet
            && match line.mark {
                Mark::LabelHeading => true,
                Mark::Short => marks::reads_as_heading(&line.line.text),
                _ => false,
            };
    }
}

/// The lines as candidates; undecided ones are kept.
fn candidates_of(lines: Vec<Judged>) -> Vec<Candidate> {
    lines
        .into_iter()
        .map(|judged| {
            let kind = match (judged.heading, judged.line.bullet) {
                (true, _) => BlockKind::Heading(2),
                (_, true) => BlockKind::ListItem,
                _ => BlockKind::Paragraph,
            };
            Candidate {
                kind,
                text: judged.line.text,
                links: judged.links,
                source: judged.line.source,
                line: Some(judged.line.number),
                verdict: judged.verdict.unwrap_or(Verdict::Keep),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests;
