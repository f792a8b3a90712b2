//! Which names `index`, `extract` and `entities` know besides those that ship.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use newsidx::index::{Home, OwnNamesError, corrections, own_names, read_names, write_names};
use newsidx::names::own::OwnNames;

use super::Context;
use super::failure::Failure;

/// A list of names of the user's own.
#[derive(Clone, Debug, Args)]
pub struct NamesArgs {
    /// A list of names of your own: id, name, kind, variants (a|b), attributes (country=UA; …) between tabs
    #[arg(long, value_name = "FILE.tsv", help_heading = "Names")]
    names: Option<PathBuf>,
}

impl NamesArgs {
    /// The list that was typed, else that of the settings.
    fn list(&self, context: &Context) -> Option<PathBuf> {
        let (setting, _) = context.settings.get("names");
        self.names.clone().or_else(|| (!setting.is_empty()).then(|| PathBuf::from(setting)))
    }

    /// The names to read files with: of the list, else of the index; with the index's corrections.
    pub fn to_read(&self, context: &Context) -> Result<Arc<OwnNames>, Failure> {
        let Some(path) = self.list(context) else { return context.names() };
        let corrections = context.home().ok().map(|home| corrections(&home)).transpose()?;
        let (entries, _) = read_names(&path)?;
        let names = OwnNames::new(entries, corrections.unwrap_or_default());
        Ok(Arc::new(names.map_err(OwnNamesError::from)?))
    }

    /// The names to index with. The index at `home` keeps a copy of the list, unless this is a `dry_run`.
    pub fn to_index(
        &self,
        context: &Context,
        home: &Home,
        forget: bool,
        dry_run: bool,
    ) -> Result<Arc<OwnNames>, Failure> {
        if forget {
            if !dry_run && home.names_file().exists() {
                write_names(home, None)?;
            }
            let names = OwnNames::new(Vec::new(), corrections(home)?);
            return Ok(Arc::new(names.map_err(OwnNamesError::from)?));
        }
        let Some(path) = self.list(context) else { return Ok(Arc::new(own_names(home)?)) };
        let (entries, bytes) = read_names(&path)?;
        let names = OwnNames::new(entries, corrections(home)?).map_err(OwnNamesError::from)?;
        if !dry_run && std::fs::read(home.names_file()).ok().as_deref() != Some(&bytes[..]) {
            write_names(home, Some(&bytes))?;
        }
        Ok(Arc::new(names))
    }
}
