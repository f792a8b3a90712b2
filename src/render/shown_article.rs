//! An article whole, for people: names underlined, cited sources in another colour, the query's words
//! marked.

use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::Style as Ansi;

use super::sanitise::sanitise;
use super::text::{
    CITED, FAINT, HEADING, HEADLINE, MATCH, NAME, Style, cited_line, origin_line, painted, wrapped,
};
use crate::article::{Article, Span, TextField};
use crate::document::Location;
use crate::search::{Highlighter, Hit, Standing};

/// Writes an article whole, or one section of it.
///
/// # Errors
/// When `out` fails.
pub fn write_article(
    out: &mut dyn Write,
    article: &Article,
    location: &Location,
    id: &str,
    section: Option<usize>,
    highlighter: Option<&Highlighter>,
    style: Style,
) -> io::Result<()> {
    let headline = article.headline.as_deref().unwrap_or("(no headline)");
    let painted = Paint::of(article, TextField::Headline, highlighter);
    write_painted(out, headline, 0, &painted, HEADLINE, style)?;
    let hit = Hit {
        rank: 1,
        score: None,
        id: id.to_owned(),
        location: location.clone(),
        unit: crate::engine::Unit::Article,
        section,
        article: article.clone(),
        snippets: Vec::new(),
        standing: Standing::default(),
    };
    let mut facts = vec![format!("{} · {id}", origin_line(&hit))];
    if !article.byline.is_empty() {
        facts.push(format!("by {}", article.byline.join(", ")));
    }
    let cited = cited_line(article, section);
    if !cited.is_empty() {
        facts.push(format!("cites {cited}"));
    }
    for fact in facts {
        for line in wrapped(&super::sanitise::sanitise_line(&fact), style.width) {
            writeln!(out, "{}", style.paint(FAINT, &line))?;
        }
    }
    if let Some(dek) = &article.dek {
        writeln!(out)?;
        let painted = Paint::of(article, TextField::Dek, highlighter);
        write_painted(out, dek, 0, &painted, Ansi::new(), style)?;
    }
    write_body(out, article, section, highlighter, style)
}

fn write_body(
    out: &mut dyn Write,
    article: &Article,
    section: Option<usize>,
    highlighter: Option<&Highlighter>,
    style: Style,
) -> io::Result<()> {
    let range = section
        .and_then(|number| article.sections.get(number))
        .map_or(Span::new(0, article.text.len()), |section| section.span);
    let body = Paint::of(article, TextField::Body, highlighter);
    let mut start = range.start;
    for line in range.of(&article.text).split_inclusive('\n') {
        let (at, text) = (start, line.trim_end());
        start += line.len();
        if text.is_empty() {
            continue;
        }
        writeln!(out)?;
        let section = article.section_at(at).and_then(|number| article.sections.get(number));
        let is_heading = section.is_some_and(|section| {
            section.span.start == at && section.heading.as_deref().is_some_and(|heading| heading == text)
        });
        let ground = if is_heading { HEADING } else { Ansi::new() };
        write_painted(out, text, at, &body, ground, style)?;
    }
    Ok(())
}

/// What is painted in one text of an article: stretches in order, none overlapping.
struct Paint(Vec<(Span, Ansi)>);

impl Paint {
    /// Of overlapping stretches the query's words win, then cited sources, then names.
    fn of(article: &Article, field: TextField, highlighter: Option<&Highlighter>) -> Self {
        let marks = highlighter.map(|highlighter| highlighter.marks(article, field)).unwrap_or_default();
        let matched = marks.iter().map(|mark| (mark.span, MATCH));
        let cited = article.citations.iter().filter(|c| c.field == field).map(|c| (c.span, CITED));
        let named = article.mentions.iter().filter(|m| m.field == field).map(|m| (m.span, NAME));
        let mut kept: BTreeMap<usize, (usize, Ansi)> = BTreeMap::new();
        for (span, ansi) in matched.chain(cited).chain(named).filter(|(span, _)| !span.is_empty()) {
            // Of the stretches kept so far only the last that begins before this one's end can reach in.
            let free = kept.range(..span.end).next_back().is_none_or(|(_, (end, _))| *end <= span.start);
            if free {
                kept.insert(span.start, (span.end, ansi));
            }
        }
        Self(kept.into_iter().map(|(start, (end, ansi))| (Span::new(start, end), ansi)).collect())
    }

    /// The stretches within `text`, which begins at byte `at`, as characters of it; the rest has the
    /// style `ground`.
    fn within(&self, text: &str, at: usize, ground: Ansi) -> Vec<(usize, usize, Ansi)> {
        let first = self.0.partition_point(|(span, _)| span.end <= at);
        let mut ranges = Vec::new();
        let (mut byte, mut chars) = (0, 0);
        let mut char_at = |to: usize| {
            let to = to.clamp(byte, text.len());
            chars += text.get(byte..to).unwrap_or("").chars().count();
            byte = to;
            chars
        };
        let mut painted_to = 0;
        for (span, ansi) in self.0[first..].iter().take_while(|(span, _)| span.start < at + text.len()) {
            let from = char_at(span.start.saturating_sub(at));
            let to = char_at(span.end - at);
            if ground != Ansi::new() && painted_to < from {
                ranges.push((painted_to, from, ground));
            }
            ranges.push((from, to, ansi.effects(ansi.get_effects() | ground.get_effects())));
            painted_to = to;
        }
        let end = char_at(text.len());
        if ground != Ansi::new() && painted_to < end {
            ranges.push((painted_to, end, ground));
        }
        ranges
    }
}

/// Writes a paragraph that begins at byte `at` of its text.
fn write_painted(
    out: &mut dyn Write,
    text: &str,
    at: usize,
    paint: &Paint,
    ground: Ansi,
    style: Style,
) -> io::Result<()> {
    let chars: Vec<char> = sanitise(text).chars().collect();
    for line in painted(&chars, &paint.within(text, at, ground), style.width, style) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{Citation, Entity, Evidence, Kind, Mention, Source, SourceKind};

    fn mention(text: &str, surface: &str) -> Mention {
        let start = text.find(surface).unwrap();
        Mention {
            surface: surface.to_owned(),
            field: TextField::Body,
            span: Span::new(start, start + surface.len()),
            section: None,
            demonym: false,
            entity: Entity {
                id: "x".to_owned(),
                name: "x".to_owned(),
                kind: Kind::Place,
                country: None,
                coordinates: None,
            },
        }
    }

    fn citation(text: &str, surface: &str) -> Citation {
        let start = text.find(surface).unwrap();
        Citation {
            source: Source { id: "s".to_owned(), name: "s".to_owned(), kind: SourceKind::Outlet },
            evidence: Evidence::Attribution,
            field: TextField::Body,
            span: Span::new(start, start + surface.len()),
            section: None,
            sentence: None,
            cue: None,
            force: None,
            covers: None,
            url: None,
        }
    }

    fn shown(article: &Article, colour: bool) -> String {
        let mut out = Vec::new();
        let style = Style { colour, width: 60 };
        write_article(&mut out, article, &Location::default(), "n:1", None, None, style).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn names_are_underlined_and_citations_marked_wherever_lines_break() {
        let text = "Żółta Gazeta wrote on Monday that the old bridge in Łódź would be mended.\nŁódź waits.";
        let article = Article {
            text: text.to_owned(),
            mentions: vec![mention(text, "Łódź"), mention(text, "Gazeta")],
            citations: vec![citation(text, "Żółta Gazeta")],
            ..Article::default()
        };
        let painted = shown(&article, true);
        assert!(painted.contains(&format!("{}Łódź", NAME.render())), "{painted}");
        assert!(painted.contains(&format!("{}Żółta Gazeta", CITED.render())), "{painted}");
        assert!(!painted.contains(&format!("{}Gazeta", NAME.render())), "a name within a citation is one");
        let plain = shown(&article, false);
        assert!(!plain.contains('\u{1b}') && plain.contains("Łódź waits."), "{plain}");
    }

    #[test]
    fn a_text_full_of_names_is_painted_in_linear_time() {
        let text = "Lviv ".repeat(200_000);
        let entity = mention("Lviv", "Lviv");
        let at = |n: usize| Mention { span: Span::new(5 * n, 5 * n + 4), ..entity.clone() };
        let mentions = (0..200_000).map(at).collect();
        let article = Article { text, mentions, ..Article::default() };
        assert_eq!(shown(&article, true).matches("Lviv").count(), 200_000);
    }
}
