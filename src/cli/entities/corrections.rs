//! `newsidx entities alias`, `merge`, `hide`, `retype` and `corrections`.

use std::io::Write;

use newsidx::aggregate::Labels;
use newsidx::aggregate::entities::{articles_naming, resolve};
use newsidx::article::Kind;
use newsidx::engine::Embedded;
use newsidx::index::{corrections, write_corrections};
use newsidx::names::own::{Correction, CorrectionError, Target};

use super::listing::KindArg;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::scope::plural;

/// Give an entity a further spelling
#[derive(Debug, clap::Args)]
pub struct AliasArgs {
    /// The entity: a name in any spelling, or an id
    #[arg(value_name = "NAME|ID")]
    entity: String,
    /// The spelling
    #[arg(value_name = "SPELLING")]
    spelling: String,
    /// Take the correction back
    #[arg(long)]
    undo: bool,
}

/// Make two entities one
#[derive(Debug, clap::Args)]
pub struct MergeArgs {
    /// The entity that goes: a name, or an id
    #[arg(value_name = "NAME|ID")]
    from: String,
    /// The entity that stays
    #[arg(value_name = "INTO")]
    into: String,
    /// Take the correction back (both by their ids)
    #[arg(long)]
    undo: bool,
}

/// Say that something is no entity
#[derive(Debug, clap::Args)]
pub struct HideArgs {
    /// A name, or an id
    #[arg(value_name = "NAME|ID")]
    entity: String,
    /// Take the correction back (by its id)
    #[arg(long)]
    undo: bool,
}

/// Say that an entity is of another kind
#[derive(Debug, clap::Args)]
pub struct RetypeArgs {
    /// A name, or an id
    #[arg(value_name = "NAME|ID")]
    entity: String,
    /// What it is
    #[arg(value_enum)]
    kind: KindArg,
    /// Take the correction back
    #[arg(long)]
    undo: bool,
}

/// List the corrections
#[derive(Debug, clap::Args)]
pub struct ListArgs {}

/// Runs `alias`.
pub fn alias(args: &AliasArgs, context: &Context) -> Outcome {
    let found = Found::open(context)?;
    let target = found.target(&found.one(&args.entity)?)?;
    let correction = Correction::alias(&args.spelling, target).map_err(fault)?;
    change(context, &found, correction, args.undo)
}

/// Runs `merge`.
pub fn merge(args: &MergeArgs, context: &Context) -> Outcome {
    let found = Found::open(context)?;
    if args.undo {
        // What was merged has no name of its own any more.
        let into = Target { id: args.into.clone(), name: args.into.clone(), kind: Kind::Organisation };
        return change(context, &found, Correction::Merge { from: args.from.clone(), into }, true);
    }
    let (from, into) = (found.one(&args.from)?, found.one(&args.into)?);
    let correction = Correction::Merge { from, into: found.target(&into)? };
    change(context, &found, correction, false)
}

/// Runs `hide`.
pub fn hide(args: &HideArgs, context: &Context) -> Outcome {
    let found = Found::open(context)?;
    let id = if args.undo { args.entity.clone() } else { found.one(&args.entity)? };
    change(context, &found, Correction::Hide(id), args.undo)
}

/// Runs `retype`.
pub fn retype(args: &RetypeArgs, context: &Context) -> Outcome {
    let found = Found::open(context)?;
    change(context, &found, Correction::Retype(found.one(&args.entity)?, args.kind.into()), args.undo)
}

/// Runs `corrections`.
pub fn list(_: &ListArgs, context: &Context) -> Outcome {
    let text = corrections(&context.home()?)?.to_text();
    let mut out = context.terminal(false).out();
    out.write_all(newsidx::render::sanitise(&text).as_bytes())?;
    out.flush()?;
    Ok(if text.is_empty() { Exit::NoHits } else { Exit::Success })
}

/// The index and what is known of its names.
struct Found {
    engine: Embedded,
    names: std::sync::Arc<newsidx::names::own::OwnNames>,
}

impl Found {
    fn open(context: &Context) -> Result<Self, Failure> {
        Ok(Self { engine: context.engine()?, names: context.names()? })
    }

    /// The one entity that `text` means: by its id, or the only one of that name that the index has.
    fn one(&self, text: &str) -> Result<String, Failure> {
        let ids = resolve(&self.engine, &self.names, text)?;
        if let Some(exact) = ids.iter().find(|id| *id == text) {
            return Ok(exact.clone());
        }
        let mut here = Vec::new();
        for id in &ids {
            if self.articles(&[id.as_str()])? > 0 {
                here.push(id.as_str());
            }
        }
        match (here.as_slice(), ids.as_slice()) {
            ([only], _) => Ok((*only).to_owned()),
            ([], [only]) => Ok(only.clone()),
            ([], []) => Err(Failure::usage(format!("no entity `{text}`"))
                .hint("`newsidx entities list --match TEXT` finds ids")),
            (several, _) => {
                let named = if several.is_empty() { ids.join(", ") } else { several.join(", ") };
                Err(Failure::usage(format!("`{text}` means several entities"))
                    .hint(format!("name one by its id: {named}")))
            }
        }
    }

    /// The entity as a correction describes it.
    fn target(&self, id: &str) -> Result<Target, Failure> {
        let label = Labels::new(&self.engine, &self.names).of("entity", id)?;
        let name = label.name.unwrap_or_else(|| id.trim_start_matches('~').replace('-', " "));
        Target::checked(id, &name, label.kind.unwrap_or(Kind::Organisation)).map_err(fault)
    }

    /// How many articles name any of them, as the index has them now.
    fn articles(&self, ids: &[&str]) -> Result<u64, Failure> {
        Ok(articles_naming(&self.engine, ids)?)
    }
}

fn fault(error: CorrectionError) -> Failure {
    Failure::usage(error.to_string())
}

/// Adds or takes back a correction, and says what it means for the index.
fn change(context: &Context, found: &Found, correction: Correction, undo: bool) -> Outcome {
    let terminal = context.terminal(false);
    let home = context.home()?;
    // Two that change the file at once would lose one of the changes.
    let lock = home.lock()?;
    let mut all = corrections(&home)?;
    let before = all.clone();
    if undo {
        if !all.remove(&correction) {
            terminal.note("newsidx: there is no such correction: `newsidx entities corrections` lists them");
            return Ok(Exit::NoHits);
        }
    } else {
        all.add(correction.clone()).map_err(fault)?;
    }
    if all == before {
        terminal.note("the correction is there already");
        return Ok(Exit::Success);
    }
    write_corrections(&home, &all)?;
    drop(lock);
    let touched = match &correction {
        Correction::Alias { .. } => None,
        Correction::Hide(id) | Correction::Retype(id, _) => Some(found.articles(&[id.as_str()])?),
        Correction::Merge { from, .. } => Some(found.articles(&[from.as_str()])?),
    };
    let said = match (&correction, undo) {
        (_, true) => "taken back".to_owned(),
        (Correction::Alias { spelling, of }, _) => format!("`{spelling}` is {} ({})", of.name, of.id),
        (Correction::Hide(id), _) => format!("`{id}` is no entity"),
        (Correction::Merge { from, into }, _) => format!("`{from}` is {} ({})", into.name, into.id),
        (Correction::Retype(id, kind), _) => format!("`{id}` is a {}", newsidx::names::own::kind_name(*kind)),
    };
    let named =
        touched.map_or_else(String::new, |count| format!(" · named in {count} article{}", plural(count)));
    terminal.note(&format!("{said}{named}"));
    terminal.note(
        "queries and lists take it into account from now on; `newsidx index` with the same folders annotates the articles anew",
    );
    Ok(Exit::Success)
}
