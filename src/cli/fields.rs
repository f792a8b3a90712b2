//! `newsidx fields`

use std::collections::BTreeMap;
use std::io::Write;

use newsidx::engine::Engine;
use newsidx::query::{FIELDS, FieldType, QueryField};
use newsidx::render::write_json;

use super::Context;
use super::exit::Exit;
use super::failure::Outcome;

/// How the list is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A table
    Text,
    /// An object a line
    Jsonl,
}

/// List the fields that can be asked for, and how many articles have them
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Format of the list
    #[arg(long, short = 'f', value_enum, default_value = "text")]
    format: Format,
}

/// Runs it.
pub fn run(args: &Args, context: &Context) -> Outcome {
    let terminal = context.terminal(false);
    // The fields can be read about without an index; then there is no coverage.
    let engine = context.engine().ok();
    let counts: BTreeMap<String, u64> = match &engine {
        Some(engine) => engine.coverage()?.into_iter().collect(),
        None => BTreeMap::new(),
    };
    let articles = engine.as_ref().map(Engine::holdings).transpose()?.map(|holdings| holdings.articles);
    let mut out = terminal.out();
    if args.format == Format::Text {
        writeln!(out, "{:<14} {:<8} {:>8}  {:<34} MEANING", "FIELD", "TYPE", "COVERAGE", "EXAMPLE")?;
    }
    for field in FIELDS {
        let covered =
            covered_by(field).and_then(|name| Some((counts.get(name).copied().unwrap_or(0), articles?)));
        match args.format {
            Format::Text => {
                let coverage = covered.map_or_else(String::new, |(count, all)| percent(count, all));
                let (kind, example) = (type_name(field.kind), field.example);
                writeln!(
                    out,
                    "{:<14} {kind:<8} {coverage:>8}  {example:<34} {}",
                    field.name,
                    meaning(field)
                )?;
            }
            Format::Jsonl => {
                let record = serde_json::json!({
                    "schema": "newsidx.field/1", "name": field.name, "aliases": field.aliases,
                    "type": type_name(field.kind), "meaning": field.meaning, "example": field.example,
                    "articles": covered.map(|(count, _)| count), "of": covered.map(|(_, all)| all),
                });
                write_json(&mut out, &record)?;
                writeln!(out)?;
            }
        }
    }
    out.flush()?;
    if articles.is_none() {
        terminal.note("no index here, so no coverage: `newsidx index FOLDER` makes one");
    }
    Ok(Exit::Success)
}

/// The name under which a field's articles are counted.
fn covered_by(field: &QueryField) -> Option<&'static str> {
    match field.name {
        "since" | "until" => Some("published"),
        "person" | "organisation" | "place" => Some("entity"),
        "evidence" => Some("source"),
        "speaker" => Some("quote"),
        "headline" | "dek" | "quote" | "byline" | "publisher" | "host" | "source" | "credit" | "entity"
        | "country" | "language" | "topic" | "published" | "modified" | "url" => Some(field.name),
        _ => None,
    }
}

fn type_name(kind: FieldType) -> &'static str {
    match kind {
        FieldType::Text | FieldType::Part(_) => "words",
        FieldType::Name => "name",
        FieldType::Keyword => "keyword",
        FieldType::Date => "date",
        FieldType::Number => "number",
    }
}

fn meaning(field: &QueryField) -> String {
    if field.aliases.is_empty() {
        return field.meaning.to_owned();
    }
    format!("{} (also {})", field.meaning, field.aliases.join(", "))
}

/// A share of the articles; one that is not whole is never shown as 0 or 100 %.
fn percent(count: u64, all: u64) -> String {
    match (count * 100).checked_div(all) {
        None => String::new(),
        Some(0) if count > 0 => "<1 %".to_owned(),
        Some(percent) => format!("{percent} %"),
    }
}
