//! `newsidx why`

use std::io::Write;
use std::path::{Path, PathBuf};

use newsidx::document::{Found, WalkOptions, path::path_text, walk};
use newsidx::engine::{Embedded, Engine};
use newsidx::extract::{ExtractOptions, extract};
use newsidx::index::{Home, file_state, stored_path};

use super::Context;
use super::exit::Exit;
use super::failure::Outcome;
use super::reading::{ReadArgs, documents, without_article};

/// Say whether a file is indexed and, if not, why
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The files
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    read: ReadArgs,
}

/// Runs it: 0 when all are indexed as they are, 1 when one is not.
pub fn run(args: &Args, context: &Context) -> Outcome {
    let home = context.home()?;
    let engine = Embedded::open(&home)?;
    let mut out = context.terminal(false).out();
    let mut all = true;
    for path in &args.paths {
        let (indexed, reason) = verdict(args, context, &home, &engine, path)?;
        all &= indexed;
        writeln!(out, "{}: {reason}", path_text(path))?;
    }
    out.flush()?;
    Ok(if all { Exit::Success } else { Exit::NoHits })
}

fn verdict(
    args: &Args,
    context: &Context,
    home: &Home,
    engine: &Embedded,
    path: &Path,
) -> Result<(bool, String), super::failure::Failure> {
    let stored = stored_path(&home.base(), path);
    let known = file_state(home, &stored)?;
    let metadata = std::fs::metadata(path);
    match (known, metadata) {
        (Some(known), Ok(metadata)) => {
            let same = known.bytes == metadata.len()
                && known.modified_ns == newsidx::document::walk::modified_ns(&metadata);
            let articles = engine.articles(&stored)?;
            let ids: Vec<&str> = articles.iter().take(3).map(|stored| stored.id.as_str()).collect();
            let more = if articles.len() > ids.len() { ", …" } else { "" };
            let count = articles.len();
            if same {
                let plural = if count == 1 { "article" } else { "articles" };
                return Ok((true, format!("indexed, {count} {plural}: {}{more}", ids.join(", "))));
            }
            Ok((false, format!("indexed, but changed since: {}", not_indexed(args, context, home, path)?)))
        }
        (Some(_), Err(_)) => Ok((false, "indexed, but gone: the next run removes it".to_owned())),
        (None, Err(error)) => Ok((false, format!("not indexed: {error}"))),
        (None, Ok(_)) => Ok((false, format!("not indexed: {}", not_indexed(args, context, home, path)?))),
    }
}

/// What a run would make of the file now.
fn not_indexed(
    args: &Args,
    context: &Context,
    home: &Home,
    path: &Path,
) -> Result<String, super::failure::Failure> {
    if let Some(reason) = passed_over(&args.read.walk_options()?, home, path) {
        return Ok(reason);
    }
    let (documents, left) = documents(path, &args.read.read_options(&context.settings)?);
    let options = ExtractOptions::default();
    let mut reasons: Vec<String> = left.into_iter().map(|left| left.reason).collect();
    for document in &documents {
        match extract(document, &options) {
            Ok(_) => return Ok("nothing is in the way: `newsidx index` takes it".to_owned()),
            Err(error) => reasons.push(without_article(document, &error).reason),
        }
    }
    Ok(if reasons.is_empty() { "no articles in it".to_owned() } else { reasons.join("; ") })
}

/// Why the walk from the index's folder does not come to the file.
fn passed_over(options: &WalkOptions, home: &Home, path: &Path) -> Option<String> {
    let absolute = std::path::absolute(path).ok()?;
    let base = home.base();
    let root = if absolute.starts_with(&base) { base } else { absolute.parent()?.to_owned() };
    walk(&root, options).find_map(|found| match found {
        Found::File(file) => (file.path == absolute).then_some(None),
        Found::Skipped { path, reason } => absolute.starts_with(&path).then(|| Some(reason.to_string())),
        Found::Failed { path, error } => absolute.starts_with(&path).then(|| Some(error.to_string())),
    })?
}
