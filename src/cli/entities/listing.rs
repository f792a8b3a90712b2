//! `newsidx entities list`, `show` and `related`.

use std::io::Write;

use newsidx::aggregate::entities::{Entities, EntitiesRequest, details, list as list_entities, resolve};
use newsidx::aggregate::together::{Together, TogetherRequest, together};
use newsidx::article::Kind;
use newsidx::engine::Embedded;
use newsidx::names::own::OwnNames;
use newsidx::render::{
    COMPANION_SCHEMA, COMPANIONS_SCHEMA, ENTITY_DETAILS_SCHEMA, ENTITY_LIST_SCHEMA, ENTITY_SCHEMA,
    write_companions, write_entities, write_entity,
};
use serde::Serialize;

use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::scope::{ScopeArgs, plural, top, units};
use crate::cli::table::{RecordWriter, TableFormat, write_whole};

/// A kind of entity, as typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum KindArg {
    /// A human being
    Person,
    /// A body of people that acts as one
    #[value(alias = "org", alias = "organization")]
    Organisation,
    /// Somewhere on a map
    Place,
}

impl From<KindArg> for Kind {
    fn from(kind: KindArg) -> Self {
        match kind {
            KindArg::Person => Self::Person,
            KindArg::Organisation => Self::Organisation,
            KindArg::Place => Self::Place,
        }
    }
}

/// List the entities of the index
#[derive(Debug, clap::Args)]
pub struct ListArgs {
    /// Only entities of what this query finds; of every article without one
    #[arg(value_name = "QUERY")]
    query: Vec<String>,
    /// Only entities of this kind
    #[arg(long, value_enum)]
    kind: Option<KindArg>,
    /// Only entities of this country (ISO 3166-1 alpha-2)
    #[arg(long, value_name = "CODE")]
    country: Option<String>,
    /// Only entities whose name or id holds this text, or that it is a spelling of
    #[arg(long = "match", value_name = "TEXT")]
    matching: Option<String>,
    /// Entities to list, the most frequent first; 0 for all
    #[arg(long, short = 'n', value_name = "N", default_value_t = 20)]
    top: usize,
    #[command(flatten)]
    scope: ScopeArgs,
    /// Format of the list
    #[arg(long, short = 'f', value_enum, default_value = "text")]
    format: TableFormat,
}

#[derive(Serialize)]
struct Whole<'a, T> {
    query: &'a str,
    #[serde(flatten)]
    found: &'a T,
}

/// Runs `list`.
pub fn list(args: &ListArgs, context: &Context) -> Outcome {
    let terminal = context.terminal(false);
    let understood = args.scope.understood(&args.query, context, terminal)?;
    let engine = context.engine()?;
    let names = context.names()?;
    let country = args.country.as_ref().map(|code| code.to_uppercase());
    let request = EntitiesRequest {
        plan: &understood.plan,
        unit: args.scope.unit.into(),
        kind: args.kind.map(Kind::from),
        country: country.as_deref(),
        matching: args.matching.as_deref(),
        top: top(args.top),
    };
    let found: Entities = list_entities(&engine, &names, &request)?;
    let mut out = terminal.out();
    match args.format {
        TableFormat::Text => write_entities(&mut out, &found.entities, terminal.style)?,
        TableFormat::Json => {
            let whole = Whole { query: &understood.query.text, found: &found };
            write_whole(&mut out, ENTITY_LIST_SCHEMA, &whole)?;
        }
        TableFormat::Jsonl | TableFormat::Csv | TableFormat::Tsv => {
            let columns = ["id", "name", "kind", "country", "count", "mentions"];
            let mut writer = RecordWriter::new(&mut out, args.format, ENTITY_SCHEMA, &columns)?;
            found.entities.iter().try_for_each(|entity| writer.write(entity))?;
        }
    }
    out.flush()?;
    let mut parts = vec![units(found.total, args.scope.unit)];
    if found.without > 0 {
        parts.push(format!("{} without a name", found.without));
    }
    if found.entities.len() < found.distinct {
        let listed = found.entities.len();
        parts.push(format!("{listed} of {} entities listed, `--top 0` for all", found.distinct));
    }
    if found.left_out > 0 {
        parts.push(format!("{} entities left out by filters", found.left_out));
    }
    terminal.note(&parts.join(" · "));
    Ok(if found.distinct > 0 || args.scope.ok_empty { Exit::Success } else { Exit::NoHits })
}

/// Show all that the index knows of an entity
#[derive(Debug, clap::Args)]
pub struct ShowArgs {
    /// A name in any spelling, or an id
    #[arg(value_name = "NAME|ID", required = true)]
    name: Vec<String>,
    /// As one object
    #[arg(long, short = 'f', value_enum, default_value = "text")]
    format: ShowFormat,
}

/// How an entity is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum ShowFormat {
    /// For people
    Text,
    /// One object
    Json,
}

/// Runs `show`.
pub fn show(args: &ShowArgs, context: &Context) -> Outcome {
    let terminal = context.terminal(false);
    let engine = context.engine()?;
    let names = context.names()?;
    let name = args.name.join(" ");
    let Some((id, others)) = entity_named(&engine, &names, &name)? else {
        terminal.note(&format!("newsidx: no entity `{name}`"));
        return Ok(Exit::NoHits);
    };
    let found = details(&engine, &names, &id)?;
    let mut out = terminal.out();
    match args.format {
        ShowFormat::Text => write_entity(&mut out, &found, terminal.style)?,
        ShowFormat::Json => write_whole(&mut out, ENTITY_DETAILS_SCHEMA, &found)?,
    }
    out.flush()?;
    say_others(&name, &others, terminal);
    if found.articles == 0 {
        terminal.note("no article names it");
        return Ok(Exit::NoHits);
    }
    Ok(Exit::Success)
}

/// The likeliest entity of that name, and what else the name may mean.
fn entity_named(
    engine: &Embedded,
    names: &OwnNames,
    name: &str,
) -> Result<Option<(String, Vec<String>)>, Failure> {
    let mut ids = resolve(engine, names, name)?;
    if ids.is_empty() {
        return Ok(None);
    }
    let first = ids.remove(0);
    Ok(Some((first, ids)))
}

fn say_others(name: &str, others: &[String], terminal: crate::cli::terminal::Terminal) {
    const SHOWN: usize = 5;
    if others.is_empty() {
        return;
    }
    let shown = others.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = match others.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    terminal.note(&format!("`{name}` may also mean {shown}{more}: ask for one by its id"));
}

/// List what is named together with an entity more often than by chance
#[derive(Debug, clap::Args)]
pub struct RelatedArgs {
    /// A name in any spelling, or an id
    #[arg(value_name = "NAME|ID", required = true)]
    name: Vec<String>,
    /// Only within what this query finds
    #[arg(long, value_name = "QUERY")]
    within: Vec<String>,
    /// Only entities of this kind
    #[arg(long, value_enum)]
    kind: Option<KindArg>,
    /// Entities to list, the most surprising first; 0 for all
    #[arg(long, short = 'n', value_name = "N", default_value_t = 20)]
    top: usize,
    #[command(flatten)]
    scope: ScopeArgs,
    /// Format of the list
    #[arg(long, short = 'f', value_enum, default_value = "text")]
    format: TableFormat,
}

/// Runs `related`.
pub fn related(args: &RelatedArgs, context: &Context) -> Outcome {
    let terminal = context.terminal(false);
    let engine = context.engine()?;
    let names = context.names()?;
    let name = args.name.join(" ");
    let Some((id, others)) = entity_named(&engine, &names, &name)? else {
        terminal.note(&format!("newsidx: no entity `{name}`"));
        return Ok(Exit::NoHits);
    };
    let within = args.scope.understood(&args.within, context, terminal)?;
    let request = TogetherRequest {
        id: &id,
        plan: &within.plan,
        unit: args.scope.unit.into(),
        kind: args.kind.map(Kind::from),
        top: top(args.top),
    };
    let found: Together = together(&engine, &names, &request)?;
    let mut out = terminal.out();
    match args.format {
        TableFormat::Text => write_companions(&mut out, &found.companions, terminal.style)?,
        TableFormat::Json => {
            let whole = Whole { query: &within.query.text, found: &found };
            write_whole(&mut out, COMPANIONS_SCHEMA, &whole)?;
        }
        TableFormat::Jsonl | TableFormat::Csv | TableFormat::Tsv => {
            let columns =
                ["id", "name", "kind", "country", "together", "count", "log_likelihood", "pmi", "share"];
            let mut writer = RecordWriter::new(&mut out, args.format, COMPANION_SCHEMA, &columns)?;
            found.companions.iter().try_for_each(|companion| writer.write(companion))?;
        }
    }
    out.flush()?;
    let mut parts = vec![format!("{id} in {} of {}", found.count, units(found.total, args.scope.unit))];
    let listable = found.distinct - found.by_chance;
    if found.companions.len() < listable {
        parts.push(format!("{} of {listable} listed, `--top 0` for all", found.companions.len()));
    }
    if found.by_chance > 0 {
        let count = found.by_chance as u64;
        parts.push(format!("{count} other{} no oftener than by chance", plural(count)));
    }
    parts.push("surprise: log-likelihood ratio".to_owned());
    terminal.note(&parts.join(" · "));
    say_others(&name, &others, terminal);
    Ok(if !found.companions.is_empty() || args.scope.ok_empty { Exit::Success } else { Exit::NoHits })
}
