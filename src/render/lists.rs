//! Counts and lists for people.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::graph::{evidence_line, source_kind_name};
use super::sanitise::sanitise_line;
use super::text::{Style, wrapped};
use crate::aggregate::entities::{EntityDetails, ListedEntity};
use crate::aggregate::facets::Facet;
use crate::aggregate::graph::Graph;
use crate::aggregate::kwic::first_columns;
use crate::aggregate::quotes::FoundQuote;
use crate::aggregate::related::RelatedArticle;
use crate::aggregate::sources::CitedSource;
use crate::aggregate::together::Companion;
use crate::article::Outlet;
use crate::names::own::kind_name;

/// Widest name in a list.
const NAME_COLUMNS: usize = 36;
/// The same where several columns follow.
const SHORT_NAME_COLUMNS: usize = 28;
/// The same where an id has to fit beside numbers.
const LEAST_NAME_COLUMNS: usize = 22;
/// Ways of writing a name that are shown.
const SURFACES: usize = 12;

/// Writes the values of a field with their counts.
///
/// # Errors
/// When `out` fails.
pub fn write_facet(out: &mut dyn Write, facet: &Facet, style: Style) -> io::Result<()> {
    writeln!(out, "{}", style.strong(facet.field))?;
    let width = facet.values.iter().map(|value| value.count.to_string().len()).max().unwrap_or(1);
    let names: Vec<String> = facet
        .values
        .iter()
        .map(|value| shortened(value.label.name.as_deref().unwrap_or(&value.value), NAME_COLUMNS))
        .collect();
    let name_width = names.iter().map(|name| name.width()).max().unwrap_or(0);
    for (value, name) in facet.values.iter().zip(names) {
        let share = percent(value.count, facet.total);
        let id = if value.label.name.is_some() { sanitise_line(&value.value) } else { "".into() };
        let line = format!("  {:>width$}  {}  {share:>5}", value.count, padded(&name, name_width));
        writeln!(out, "{line}{}", faint_tail(&id, style))?;
    }
    Ok(())
}

/// ` · id` after a line, or nothing.
fn faint_tail(text: &str, style: Style) -> String {
    if text.is_empty() { String::new() } else { format!("  {}", style.faint(text)) }
}

/// A share of `all`; one that is not whole is never shown as 0 or 100 %.
fn percent(count: u64, all: u64) -> String {
    match (count * 100).checked_div(all) {
        None => String::new(),
        Some(0) if count > 0 => "<1 %".to_owned(),
        Some(percent) => format!("{percent} %"),
    }
}

/// `text` on one line of at most `columns`, an ellipsis where it is cut.
fn shortened(text: &str, columns: usize) -> String {
    let text = sanitise_line(text);
    if text.width() <= columns {
        return text.into_owned();
    }
    format!("{}…", first_columns(&text, columns.saturating_sub(1)))
}

fn padded(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(text.width())))
}

/// Writes cited sources with their counts and how they show.
///
/// # Errors
/// When `out` fails.
pub fn write_sources(out: &mut dyn Write, sources: &[CitedSource], style: Style) -> io::Result<()> {
    let width = sources.iter().map(|source| source.count.to_string().len()).max().unwrap_or(1);
    for source in sources {
        let name = padded(&shortened(&source.name, SHORT_NAME_COLUMNS), SHORT_NAME_COLUMNS);
        let evidence: Vec<String> =
            source.evidence.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
        let country = source.country.as_deref().unwrap_or("  ");
        let kind = source_kind_name(source.kind);
        let line = format!("{:>width$}  {name}  {country}  {kind:<11}", source.count);
        let room = style.width.saturating_sub(line.width() + 2).max(12);
        writeln!(out, "{line}  {}", style.faint(&shortened(&evidence.join(", "), room)))?;
    }
    Ok(())
}

/// Writes who cites whom, with the first sentences.
///
/// # Errors
/// When `out` fails.
pub fn write_edges(out: &mut dyn Write, graph: &Graph, style: Style) -> io::Result<()> {
    for edge in &graph.edges {
        let head = format!("{} → {}", sanitise_line(&edge.from_name), sanitise_line(&edge.to_name));
        let evidence = format!("{}  ({})", edge.count, evidence_line(edge));
        writeln!(out, "{}  {}", style.strong(&head), style.faint(&evidence))?;
        for proof in &edge.sentences {
            let line = format!("{}  {}", proof.sentence, proof.id);
            for line in wrapped(&sanitise_line(&line), style.width.saturating_sub(4).max(20)) {
                writeln!(out, "    {line}")?;
            }
        }
    }
    Ok(())
}

/// Writes a quotation: the words, who said them to whom, and where they stand.
///
/// # Errors
/// When `out` fails.
pub fn write_quote(out: &mut dyn Write, quote: &FoundQuote, style: Style) -> io::Result<()> {
    let words = format!("“{}”", sanitise_line(&quote.text));
    for line in wrapped(&words, style.width) {
        writeln!(out, "{line}")?;
    }
    let mut who =
        quote.speaker.as_ref().map_or_else(|| "(no speaker)".to_owned(), |speaker| speaker.name.clone());
    let named = quote.speaker.as_ref().map(|speaker| speaker.name.as_str());
    if let Some(text) = quote.speaker_text.as_deref().filter(|text| Some(*text) != named) {
        who.push_str(&format!(" (“{text}”)"));
    }
    if let Some(carrier) = &quote.carrier {
        who.push_str(&format!(" to {}", carrier.name));
    }
    let mut place = vec![who];
    place.extend(outlets(quote.publisher.as_ref(), quote.host.as_ref()));
    place.extend(quote.published.as_ref().map(|iso| iso.chars().take(10).collect()));
    place.extend(
        quote.heading.as_ref().map(|heading| format!("§{} {heading}", quote.section.unwrap_or(0) + 1)),
    );
    place.push(quote.id.clone());
    for line in wrapped(&sanitise_line(&place.join(" · ")), style.width.saturating_sub(4).max(20)) {
        writeln!(out, "    {}", style.faint(&line))?;
    }
    Ok(())
}

/// `Publisher via Host`
fn outlets(publisher: Option<&Outlet>, host: Option<&Outlet>) -> Option<String> {
    match (publisher, host) {
        (Some(publisher), Some(host)) => Some(format!("{} via {}", publisher.name, host.name)),
        (Some(one), None) | (None, Some(one)) => Some(one.name.clone()),
        (None, None) => None,
    }
}

/// Writes an article like another: headline, where from, and what they share.
///
/// # Errors
/// When `out` fails.
pub fn write_related(out: &mut dyn Write, article: &RelatedArticle, style: Style) -> io::Result<()> {
    let headline = article.headline.as_deref().unwrap_or("(no headline)");
    let number = format!("{:>2}  {:>3.0} %  ", article.rank, 100.0 * article.share);
    let indent = " ".repeat(number.len());
    let room = style.width.saturating_sub(indent.len() + article.id.len() + 2).max(30);
    let lines = wrapped(&sanitise_line(headline), room);
    for (row, line) in lines.iter().enumerate() {
        let lead = if row == 0 { &number } else { &indent };
        let tail = if row + 1 == lines.len() { faint_tail(&article.id, style) } else { String::new() };
        writeln!(out, "{lead}{}{tail}", style.strong(line))?;
    }
    let mut place: Vec<String> =
        outlets(article.publisher.as_ref(), article.host.as_ref()).into_iter().collect();
    place.extend(article.published.as_ref().map(|iso| iso.chars().take(10).collect()));
    let record = article.record.map_or_else(String::new, |record| format!("#{record}"));
    place.push(format!("{}{record}", article.path));
    let shared: Vec<&str> =
        article.shared_names.iter().chain(&article.shared_words).map(String::as_str).collect();
    for text in [place.join(" · "), format!("shares {}", shared.join(", "))] {
        for line in wrapped(&sanitise_line(&text), style.width.saturating_sub(indent.len()).max(20)) {
            writeln!(out, "{indent}{}", style.faint(&line))?;
        }
    }
    Ok(())
}

/// Writes entities with their counts.
///
/// # Errors
/// When `out` fails.
pub fn write_entities(out: &mut dyn Write, entities: &[ListedEntity], style: Style) -> io::Result<()> {
    let width = entities.iter().map(|entity| entity.count.to_string().len()).max().unwrap_or(1);
    for entity in entities {
        let name = padded(&shortened(&entity.name, SHORT_NAME_COLUMNS), SHORT_NAME_COLUMNS);
        let country = entity.country.as_deref().unwrap_or("  ");
        let kind = kind_name(entity.kind);
        let id = sanitise_line(&entity.id);
        writeln!(out, "{:>width$}  {name}  {country}  {kind:<12}  {}", entity.count, style.faint(&id))?;
    }
    Ok(())
}

/// Writes what stands together with an entity, the most surprising first.
///
/// # Errors
/// When `out` fails.
pub fn write_companions(out: &mut dyn Write, companions: &[Companion], style: Style) -> io::Result<()> {
    let width = companions.iter().map(|c| c.together.to_string().len()).max().unwrap_or(1).max("both".len());
    let head = format!("{:>8}  {:>width$}  {:>6}  name", "surprise", "both", "alone");
    writeln!(out, "{}", style.strong(&head))?;
    for companion in companions {
        let name = shortened(companion.label.name.as_deref().unwrap_or(&companion.id), LEAST_NAME_COLUMNS);
        let kind = companion.label.kind.map_or("", kind_name);
        let alone = companion.count - companion.together.min(companion.count);
        let line = format!(
            "{:>8.1}  {:>width$}  {alone:>6}  {}  {kind:<12}",
            companion.log_likelihood,
            companion.together,
            padded(&name, LEAST_NAME_COLUMNS)
        );
        writeln!(out, "{line}{}", faint_tail(&sanitise_line(&companion.id), style))?;
    }
    Ok(())
}

/// Writes all that is known of an entity.
///
/// # Errors
/// When `out` fails.
pub fn write_entity(out: &mut dyn Write, entity: &EntityDetails, style: Style) -> io::Result<()> {
    let name = entity.name.as_deref().unwrap_or("(no name)");
    writeln!(out, "{}{}", style.strong(&sanitise_line(name)), faint_tail(&sanitise_line(&entity.id), style))?;
    let mut write = |label: &str, value: String| -> io::Result<()> {
        if value.is_empty() {
            return Ok(());
        }
        for (row, line) in
            wrapped(&sanitise_line(&value), style.width.saturating_sub(12).max(20)).iter().enumerate()
        {
            writeln!(out, "{:<12}{line}", if row == 0 { label } else { "" })?;
        }
        Ok(())
    };
    let counted = |values: &[crate::aggregate::entities::Counted], most: usize| {
        let mut shown: Vec<String> =
            values.iter().take(most).map(|value| format!("{} {}", value.value, value.count)).collect();
        if values.len() > most {
            shown.push(format!("and {} more", values.len() - most));
        }
        shown.join(", ")
    };
    write("kind", counted(&entity.kinds, usize::MAX))?;
    write("country", entity.country.clone().unwrap_or_default())?;
    write("place", entity.coordinates.map(|(lat, lon)| format!("{lat:.2}, {lon:.2}")).unwrap_or_default())?;
    write("in a list", if entity.listed { "yes".to_owned() } else { "no".to_owned() })?;
    write("merged", entity.merged.join(", "))?;
    write("spellings", entity.aliases.join(", "))?;
    write("written", counted(&entity.surfaces, SURFACES))?;
    let of = if entity.opened < entity.articles {
        format!("{} (the newest {} were opened)", entity.articles, entity.opened)
    } else {
        entity.articles.to_string()
    };
    write("articles", of)?;
    write(
        "published",
        entity.published.as_ref().map(|[first, last]| format!("{first} to {last}")).unwrap_or_default(),
    )?;
    write("publishers", counted(&entity.publishers, usize::MAX))?;
    for article in &entity.newest {
        let day: String = article.published.as_deref().unwrap_or("").chars().take(10).collect();
        let headline = article.headline.as_deref().unwrap_or("(no headline)");
        let room = style.width.saturating_sub(12 + article.id.len() + 2).max(20);
        let headline = shortened(headline, room);
        writeln!(out, "{day:<12}{headline}{}", faint_tail(&article.id, style))?;
    }
    Ok(())
}
