//! The stretches of an article: its sentences, paragraphs, sections, its lead.

use super::super::ast::Stretch;
use super::Extent;
use super::view::{TEXTS, View};
use crate::article::{Span, TextField};

/// A first paragraph of fewer words is a dateline or a sigh: the second belongs to the lead, too.
const LEAD_WORDS: u32 = 20;

/// Words of one text from `from` up to, not including, `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Range {
    pub(super) field: TextField,
    pub(super) from: u32,
    pub(super) to: u32,
}

/// A stretch: most are of one piece, a lead is of several.
pub(super) type Window = Vec<Range>;

/// What is looked at as a whole.
pub(super) fn root(view: &View<'_>, extent: Extent) -> Window {
    match extent {
        Extent::Article => TEXTS.map(|field| whole(view, field)).to_vec(),
        Extent::Section(number) => match view.article.sections.get(number) {
            Some(section) => vec![range(view, TextField::Body, section.span)],
            None => vec![whole(view, TextField::Body)],
        },
    }
}

fn whole(view: &View<'_>, field: TextField) -> Range {
    Range { field, from: 0, to: view.length(field) }
}

fn range(view: &View<'_>, field: TextField, span: Span) -> Range {
    let (from, to) = view.words_in(field, span);
    Range { field, from, to }
}

/// All stretches of this kind, in order, without empty ones.
pub(super) fn windows(view: &View<'_>, stretch: Stretch) -> Vec<Window> {
    let body = |span: Span| vec![range(view, TextField::Body, span)];
    let mut windows: Vec<Window> = match stretch {
        Stretch::Sentence => {
            view.sentences().iter().map(|&(field, span)| vec![range(view, field, span)]).collect()
        }
        Stretch::Paragraph => {
            let heads = [TextField::Headline, TextField::Dek].map(|field| vec![whole(view, field)]);
            heads.into_iter().chain(lines(&view.article.text).map(body)).collect()
        }
        Stretch::Section if view.article.sections.is_empty() => vec![vec![whole(view, TextField::Body)]],
        Stretch::Section => view.article.sections.iter().map(|section| body(section.span)).collect(),
        Stretch::Quote => {
            view.article.quotes.iter().map(|quote| vec![range(view, quote.field, quote.span)]).collect()
        }
        Stretch::Heading => headings(view).map(body).collect(),
        Stretch::Headline => vec![vec![whole(view, TextField::Headline)]],
        Stretch::Dek => vec![vec![whole(view, TextField::Dek)]],
        Stretch::Body => vec![vec![whole(view, TextField::Body)]],
        Stretch::Lead => vec![lead(view)],
        Stretch::HeadlineLead => {
            let mut window = vec![whole(view, TextField::Headline)];
            window.extend(lead(view));
            vec![window]
        }
        Stretch::First(count) => {
            let body = whole(view, TextField::Body);
            vec![vec![Range { to: body.to.min(count), ..body }]]
        }
    };
    for window in &mut windows {
        window.retain(|range| range.from < range.to);
    }
    windows.retain(|window| !window.is_empty());
    windows.sort();
    windows
}

/// The lines of a text that hold anything.
fn lines(text: &str) -> impl Iterator<Item = Span> + '_ {
    let line = |line: &str| {
        let start = line.as_ptr() as usize - text.as_ptr() as usize;
        Span::new(start, start + line.len())
    };
    text.split('\n').filter(|line| !line.trim().is_empty()).map(line)
}

fn headings<'v>(view: &'v View<'_>) -> impl Iterator<Item = Span> + 'v {
    view.article.sections.iter().filter_map(|section| {
        let heading = section.heading.as_deref()?;
        let printed = section.span.of(&view.article.text).trim_start().starts_with(heading);
        printed.then(|| {
            let text = section.span.of(&view.article.text);
            let start = section.span.start + (text.len() - text.trim_start().len());
            Span::new(start, start + heading.len())
        })
    })
}

fn lead(view: &View<'_>) -> Window {
    let headings: Vec<Span> = headings(view).collect();
    let mut window = vec![whole(view, TextField::Dek)];
    let mut words = 0;
    for line in
        lines(&view.article.text).filter(|line| !headings.iter().any(|heading| heading.overlaps(*line)))
    {
        let paragraph = range(view, TextField::Body, line);
        words += paragraph.to - paragraph.from;
        window.push(paragraph);
        if words >= LEAD_WORDS || window.len() > 2 {
            break;
        }
    }
    window
}

/// The stretches of `windows`, which are in order, that lie in `outer`, cut to it; `nested` where they
/// may lie in one another.
pub(super) fn inside(windows: &[Window], outer: &[Range], nested: bool) -> Vec<Window> {
    if let [window] = windows {
        let cut = intersected(window, outer);
        return if cut.is_empty() { Vec::new() } else { vec![cut] };
    }
    let mut found = Vec::new();
    for range in outer {
        let before = |window: &Window| {
            window.last().is_some_and(|last| (last.field, last.to) <= (range.field, range.from))
        };
        // Quotations may lie in one another; other stretches of a kind follow each other.
        let first = if nested { 0 } else { windows.partition_point(before) };
        for window in &windows[first..] {
            if window.first().is_some_and(|first| (first.field, first.from) >= (range.field, range.to)) {
                break;
            }
            let cut = intersected(window, std::slice::from_ref(range));
            if !cut.is_empty() {
                found.push(cut);
            }
        }
    }
    found
}

fn intersected(window: &[Range], outer: &[Range]) -> Window {
    let mut cut = Window::new();
    for range in window {
        for limit in outer.iter().filter(|limit| limit.field == range.field) {
            let (from, to) = (range.from.max(limit.from), range.to.min(limit.to));
            if from < to {
                cut.push(Range { field: range.field, from, to });
            }
        }
    }
    cut
}
