//! Hits and articles for people: plain text, with colour where the terminal has it.

use std::io::{self, Write};

use anstyle::{AnsiColor, Effects, Style as Ansi};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::arranged::arranged_lines;
use super::sanitise::sanitise_line;
use crate::article::{Article, FieldName, Moment, Precision, Source};
use crate::document::Location;
use crate::search::{Hit, Snippet};

/// Most cited sources named in a hit's line; how many more there are is said.
const NAMED_SOURCES: usize = 6;

/// How text is laid out.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Whether escape sequences for colour and weight are written.
    pub colour: bool,
    /// Columns of the terminal.
    pub width: usize,
}

pub(super) const MATCH: Ansi = AnsiColor::Red.on_default().effects(Effects::BOLD);
pub(super) const HEADLINE: Ansi = Ansi::new().effects(Effects::BOLD);
pub(super) const FAINT: Ansi = Ansi::new().effects(Effects::DIMMED);
pub(super) const HEADING: Ansi = AnsiColor::Cyan.on_default().effects(Effects::BOLD);
pub(super) const NAME: Ansi = Ansi::new().effects(Effects::UNDERLINE);
pub(super) const CITED: Ansi = AnsiColor::Green.on_default().effects(Effects::UNDERLINE);

impl Style {
    pub(super) fn faint(self, text: &str) -> String {
        self.paint(FAINT, text)
    }

    pub(super) fn strong(self, text: &str) -> String {
        self.paint(HEADLINE, text)
    }

    pub(super) fn matched(self, text: &str) -> String {
        self.paint(MATCH, text)
    }

    pub(super) fn paint(self, ansi: Ansi, text: &str) -> String {
        if self.colour && !text.is_empty() {
            format!("{}{text}{}", ansi.render(), ansi.render_reset())
        } else {
            text.to_owned()
        }
    }
}

/// Writes a hit: headline and id, where it is from, whom it cites, and its passages.
///
/// # Errors
/// When `out` fails.
pub fn write_hit(out: &mut dyn Write, hit: &Hit, style: Style) -> io::Result<()> {
    let headline = hit.article.headline.as_deref().map_or("(no headline)".into(), sanitise_line);
    let number = format!("{:>2}", hit.rank);
    let indent = " ".repeat(number.len() + 2);
    let id = style.paint(FAINT, &hit.id);
    let lines = wrapped(&headline, style.width.saturating_sub(indent.len() + hit.id.len() + 2).max(30));
    for (row, line) in lines.iter().enumerate() {
        let lead = if row == 0 { format!("{number}  ") } else { indent.clone() };
        let tail = if row + 1 == lines.len() { format!("  {id}") } else { String::new() };
        writeln!(out, "{lead}{}{tail}", style.paint(HEADLINE, line))?;
    }
    write_indented(out, &origin_line(hit), &indent, FAINT, style)?;
    let cited = cited_line(&hit.article, hit.section);
    if !cited.is_empty() {
        write_indented(out, &format!("cites {cited}"), &indent, FAINT, style)?;
    }
    for line in arranged_lines(hit) {
        write_indented(out, &line, &indent, FAINT, style)?;
    }
    for snippet in &hit.snippets {
        write_snippet(out, snippet, &indent, style)?;
    }
    writeln!(out)
}

/// Writes the heading of a group of hits.
///
/// # Errors
/// When `out` fails.
pub fn write_group(out: &mut dyn Write, heading: &str, style: Style) -> io::Result<()> {
    writeln!(out, "{}\n", style.paint(HEADING, &sanitise_line(heading)))
}

fn write_indented(out: &mut dyn Write, text: &str, indent: &str, ansi: Ansi, style: Style) -> io::Result<()> {
    for line in wrapped(&sanitise_line(text), style.width.saturating_sub(indent.len()).max(20)) {
        writeln!(out, "{indent}{}", style.paint(ansi, &line))?;
    }
    Ok(())
}

/// Publisher, host, day and section of a hit.
pub(super) fn origin_line(hit: &Hit) -> String {
    let article = &hit.article;
    let mut parts: Vec<String> = Vec::new();
    let publisher = article.publisher.as_ref().map(|outlet| outlet.name.as_str());
    let host = article.host.as_ref().map(|outlet| outlet.name.as_str());
    match (publisher, host) {
        (Some(publisher), Some(host)) => parts.push(format!("{publisher} via {host}")),
        (Some(one), None) | (None, Some(one)) => parts.push(one.to_owned()),
        (None, None) => {}
    }
    parts.extend(article.published.as_ref().map(day_of));
    let section =
        hit.section.filter(|_| article.sections.len() > 1).and_then(|n| Some((n, article.sections.get(n)?)));
    if let Some((number, section)) = section {
        let heading = section.heading.as_deref().unwrap_or("lead");
        parts.push(format!("§{} {heading}", number + 1));
    }
    parts.push(hit.location.to_string());
    parts.join(" · ")
}

/// The day, month or year of a date; finer parts are for records.
fn day_of(moment: &Moment) -> String {
    let length = match moment.precision {
        Precision::Year => 4,
        Precision::Month => 7,
        Precision::Day | Precision::Minute | Precision::Second => 10,
    };
    moment.iso.get(..length).unwrap_or(&moment.iso).to_owned()
}

pub(super) fn cited_line(article: &Article, section: Option<usize>) -> String {
    let mut sources: Vec<&Source> = Vec::new();
    let counts = |citation: &&crate::article::Citation| section.is_none() || citation.section == section;
    for citation in article.citations.iter().filter(counts) {
        if !sources.iter().any(|source| source.id == citation.source.id) {
            sources.push(&citation.source);
        }
    }
    let named: Vec<&str> = sources.iter().take(NAMED_SOURCES).map(|source| source.name.as_str()).collect();
    match sources.len().saturating_sub(NAMED_SOURCES) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

fn write_snippet(out: &mut dyn Write, snippet: &Snippet, indent: &str, style: Style) -> io::Result<()> {
    let text = sanitise_line(&snippet.text);
    let chars: Vec<char> = text.chars().collect();
    let marked: Vec<(usize, usize, Ansi)> =
        snippet.matches.iter().map(|&[start, end]| (start, end, MATCH)).collect();
    for line in painted(&chars, &marked, style.width.saturating_sub(indent.len()).max(20), style) {
        writeln!(out, "{indent}{line}")?;
    }
    Ok(())
}

/// `text` broken at blanks into lines of at most `width` columns; longer words stand alone.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    painted(&chars, &[], width, Style { colour: false, width })
}

/// The same with ranges of characters painted; the ranges are in order and do not overlap.
pub(super) fn painted(
    chars: &[char],
    marked: &[(usize, usize, Ansi)],
    width: usize,
    style: Style,
) -> Vec<String> {
    let mut lines = Vec::new();
    let mut start = 0;
    while start < chars.len() {
        let end = line_end(chars, start, width);
        let trimmed = (start..end).rev().find(|&at| !chars[at].is_whitespace()).map_or(start, |at| at + 1);
        lines.push(painted_line(chars, start, trimmed, marked, style));
        start = (end..chars.len()).find(|&at| !chars[at].is_whitespace()).unwrap_or(chars.len());
    }
    if lines.is_empty() {
        lines.push(String::new());
    }
    lines
}

fn line_end(chars: &[char], start: usize, width: usize) -> usize {
    let mut columns = 0;
    let mut blank = None;
    for (at, c) in chars.iter().enumerate().skip(start) {
        if *c == '\n' {
            return at;
        }
        if c.is_whitespace() {
            blank = Some(at);
        }
        columns += c.width().unwrap_or(0);
        if columns > width {
            return blank.filter(|blank| *blank > start).unwrap_or(at.max(start + 1));
        }
    }
    chars.len()
}

fn painted_line(
    chars: &[char],
    start: usize,
    end: usize,
    marked: &[(usize, usize, Ansi)],
    style: Style,
) -> String {
    let mut line = String::new();
    let mut at = start;
    // The ranges are in order: those before the line and behind it are not looked at.
    let first = marked.partition_point(|&(_, to, _)| to <= start);
    for &(from, to, ansi) in marked[first..].iter().take_while(|&&(from, ..)| from < end) {
        let (from, to) = (from.clamp(at, end), to.clamp(at, end));
        if from < to {
            line.extend(&chars[at..from]);
            line.push_str(&style.paint(ansi, &chars[from..to].iter().collect::<String>()));
            at = to;
        }
    }
    line.extend(&chars[at..end]);
    line
}

/// Writes an article as it would be indexed: every field with the rule that gave it, the text, the
/// citations, quotes and names, and what was dropped.
///
/// # Errors
/// When `out` fails.
pub fn write_extracted(
    out: &mut dyn Write,
    article: &Article,
    location: &Location,
    style: Style,
) -> io::Result<()> {
    writeln!(out, "{}", style.paint(HEADING, &sanitise_line(&location.to_string())))?;
    let mut fields = Fields { out, article, style };
    fields.write("headline", Some(FieldName::Headline), article.headline.clone())?;
    fields.write("dek", Some(FieldName::Dek), article.dek.clone())?;
    fields.write("byline", Some(FieldName::Byline), joined(&article.byline))?;
    let name = |outlet: &Option<crate::article::Outlet>| {
        outlet.as_ref().map(|outlet| format!("{} ({})", outlet.name, outlet.id))
    };
    fields.write("publisher", Some(FieldName::Publisher), name(&article.publisher))?;
    fields.write("host", Some(FieldName::Host), name(&article.host))?;
    fields.write("credit", Some(FieldName::Credit), name(&article.credit))?;
    fields.write(
        "published",
        Some(FieldName::Published),
        article.published.as_ref().map(|m| m.iso.clone()),
    )?;
    fields.write("modified", Some(FieldName::Modified), article.modified.as_ref().map(|m| m.iso.clone()))?;
    fields.write("language", Some(FieldName::Language), article.language.clone())?;
    fields.write("url", Some(FieldName::Url), article.url.clone())?;
    fields.write("topics", Some(FieldName::Topics), joined(&article.topics))?;
    fields.write("countries", None, joined(&article.countries))?;
    fields.write("words", None, Some(article.word_count.to_string()))?;
    write_sections(out, article, style)?;
    write_names(out, article, style)?;
    if !article.provenance.dropped.is_empty() {
        writeln!(out, "\n{}", style.paint(HEADLINE, "dropped"))?;
        for dropped in &article.provenance.dropped {
            let line = dropped.line.map_or_else(String::new, |line| format!("line {line}: "));
            writeln!(out, "  {}  {line}{}", style.paint(FAINT, &dropped.rule), sanitise_line(&dropped.text))?;
        }
    }
    writeln!(out)
}

fn joined(values: &[String]) -> Option<String> {
    (!values.is_empty()).then(|| values.join(", "))
}

struct Fields<'a> {
    out: &'a mut dyn Write,
    article: &'a Article,
    style: Style,
}

impl Fields<'_> {
    fn write(&mut self, label: &str, field: Option<FieldName>, value: Option<String>) -> io::Result<()> {
        let Some(value) = value else { return Ok(()) };
        let origin = field.and_then(|field| self.article.provenance.fields.get(&field));
        let from = origin.map_or_else(String::new, |origin| {
            let rules = origin.rules.join(", ");
            let others = match origin.rejected.len() {
                0 => String::new(),
                more => format!("; {more} others said otherwise"),
            };
            format!("  [{rules} {:.2}{others}]", origin.confidence)
        });
        let pad = " ".repeat(10_usize.saturating_sub(label.width()));
        writeln!(
            self.out,
            "{label}{pad} {}{}",
            sanitise_line(&value),
            self.style.paint(FAINT, &sanitise_line(&from))
        )
    }
}

fn write_sections(out: &mut dyn Write, article: &Article, style: Style) -> io::Result<()> {
    for (number, section) in article.sections.iter().enumerate() {
        let heading = section.heading.as_deref().unwrap_or("(no heading)");
        writeln!(out, "\n{}", style.paint(HEADING, &sanitise_line(&format!("§{} {heading}", number + 1))))?;
        let text = section.span.of(&article.text);
        let body =
            section.heading.as_deref().map_or(text, |heading| text.strip_prefix(heading).unwrap_or(text));
        for paragraph in body.lines().filter(|line| !line.trim().is_empty()) {
            write_indented(out, paragraph, "  ", Ansi::new(), style)?;
        }
        for citation in article.citations.iter().filter(|citation| citation.section == Some(number)) {
            let cue = citation.cue.as_deref().unwrap_or("");
            let line = format!("cites {} [{} {cue}]", citation.source.name, citation.evidence.name());
            write_indented(out, line.replace(" ]", "]").as_str(), "  ", CITED, style)?;
        }
    }
    Ok(())
}

fn write_names(out: &mut dyn Write, article: &Article, style: Style) -> io::Result<()> {
    let dek = article.citations.iter().filter(|citation| citation.section.is_none());
    let dek: Vec<String> =
        dek.map(|citation| format!("{} [{}]", citation.source.name, citation.evidence.name())).collect();
    if !dek.is_empty() {
        write_indented(out, &format!("cites {}", dek.join(", ")), "", CITED, style)?;
    }
    if !article.quotes.is_empty() {
        writeln!(out, "\n{}", style.paint(HEADLINE, "quotes"))?;
        for quote in &article.quotes {
            let speaker = quote.speaker.as_ref().map_or("?", |speaker| speaker.name.as_str());
            let carrier =
                quote.carrier.as_ref().map_or_else(String::new, |carrier| format!(" (to {})", carrier.name));
            let words = quote.span.of(article.text_of(quote.field));
            write_indented(out, &format!("{speaker}{carrier}: “{words}”"), "  ", Ansi::new(), style)?;
        }
    }
    let mut names: Vec<String> = Vec::new();
    for mention in &article.mentions {
        let kind = match mention.entity.kind {
            crate::article::Kind::Person => "person",
            crate::article::Kind::Organisation => "organisation",
            crate::article::Kind::Place => "place",
        };
        let name = format!("{} ({kind} {})", mention.entity.name, mention.entity.id);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if !names.is_empty() {
        writeln!(out, "\n{}", style.paint(HEADLINE, "names"))?;
        write_indented(out, &names.join(", "), "  ", Ansi::new(), style)?;
    }
    Ok(())
}
