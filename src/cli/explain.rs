//! `newsidx explain`

use std::io::Write;

use newsidx::engine::{Engine, ScorePart, ScoreRule, Unit};
use newsidx::query::NameReason;
use newsidx::rank::Explanation;
use newsidx::render::{sanitise_line, write_json_pretty};
use newsidx::search::{ClauseTree, QueryExplanation, explain};

use super::Context;
use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::query_args::QueryArgs;
use super::rank_args::RankArgs;
use super::search::UnitArg;

/// How an explanation is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One object
    Json,
}

/// Show what a query became, what each part of it finds, and why an article has its score
///
///   newsidx explain 'Kharkov NEAR/9 offensive -grain'
///   newsidx explain 'Kharkov offensive' n:7f3a9c21d0
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// The query, as one argument
    #[arg(value_name = "QUERY")]
    query: String,
    /// An article whose score is explained: its id, the beginning of one, or its path
    #[arg(value_name = "ID")]
    id: Option<String>,
    /// What is found
    #[arg(long, value_enum, default_value = "article")]
    unit: UnitArg,
    /// Format of the explanation
    #[arg(long, short = 'f', value_enum, default_value = "text")]
    format: Format,
    #[command(flatten)]
    ranking: RankArgs,
    #[command(flatten)]
    query_args: QueryArgs,
}

/// Runs it.
pub fn run(args: &Args, context: &Context) -> Outcome {
    let terminal = context.terminal(false);
    let engine = context.engine()?;
    let understood = args.query_args.understand(&args.query, context)?;
    let understood = understood.map_err(|misunderstood| misunderstood.failure(terminal.style.width))?;
    let unit = Unit::from(args.unit);
    if unit == Unit::Section && args.id.is_some() {
        return Err(Failure::usage("scores of articles are explained, not of sections"));
    }
    let article = match &args.id {
        None => None,
        Some(id) => {
            let unknown = || {
                Failure::usage(format!("no article `{id}`"))
                    .hint("`newsidx search QUERY --format ids` lists ids; a path will do, too")
            };
            Some(engine.articles(id)?.into_iter().next().ok_or_else(unknown)?)
        }
    };
    let names = context.names()?;
    let ranking = args.ranking.options(&context.settings)?;
    let (query, plan) = (&understood.query, &understood.plan);
    let explanation = explain(&engine, &*names, query, plan, unit, article.as_ref(), &ranking)?;
    let mut out = terminal.out();
    match args.format {
        Format::Json => {
            write_json_pretty(&mut out, &explanation)?;
            writeln!(out)?;
        }
        Format::Text => write_text(&mut out, &explanation)?,
    }
    out.flush()?;
    Ok(if explanation.total > 0 { Exit::Success } else { Exit::NoHits })
}

fn write_text(out: &mut dyn Write, explanation: &QueryExplanation) -> std::io::Result<()> {
    let line =
        |out: &mut dyn Write, name: &str, value: &str| writeln!(out, "{name:<12}{}", sanitise_line(value));
    line(out, "query", &explanation.query)?;
    line(out, "understood", &explanation.parsed)?;
    for name in &explanation.names {
        let reason = match name.reason {
            NameReason::Field => "named by its field",
            NameReason::Capital => "written as a name",
            NameReason::WholeName => "the whole of a name",
        };
        let spellings = shortened(&name.spellings, 8);
        let shown = format!("{} → {} ({}), {reason}; {spellings}", name.typed, name.name, name.id);
        line(out, "name", &shown)?;
    }
    if !explanation.passed_over.is_empty() {
        line(out, "passed over", &explanation.passed_over.join(" "))?;
    }
    if !explanation.ignored.is_empty() {
        line(out, "says nothing", &explanation.ignored.join(" "))?;
    }
    let unit = if explanation.unit == Unit::Section { "sections" } else { "articles" };
    line(out, "finds", &format!("{} {unit}", explanation.total))?;
    writeln!(out)?;
    write_clause(out, &explanation.plan, 0)?;
    if let Some(article) = &explanation.article {
        writeln!(out)?;
        line(
            out,
            "article",
            &format!("{}  {}", article.id, article.headline.as_deref().unwrap_or(&article.path)),
        )?;
        line(out, "found", if article.found { "yes" } else { "no" })?;
        write_score(out, &article.score, 0)?;
        if let Some(ranking) = &article.ranking {
            write_ranking(out, ranking)?;
        }
    }
    Ok(())
}

/// The place in the list, and the shares that make up the score there.
fn write_ranking(out: &mut dyn Write, ranking: &Explanation) -> std::io::Result<()> {
    let read_again = if ranking.in_pool { "" } else { ", beyond those read again" };
    writeln!(out, "\nnumber {} of the list{read_again}", ranking.rank)?;
    writeln!(out, "{:>9.4}  score in the list, the sum of", ranking.score)?;
    for share in &ranking.shares {
        writeln!(out, "{:>9.4}    {}", share.share, share.kind.meaning())?;
    }
    Ok(())
}

fn shortened(words: &[String], most: usize) -> String {
    let shown = words.iter().take(most).map(String::as_str).collect::<Vec<_>>().join(", ");
    match words.len().saturating_sub(most) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

fn write_clause(out: &mut dyn Write, tree: &ClauseTree, depth: usize) -> std::io::Result<()> {
    let count = tree.count.map_or_else(|| "?".to_owned(), |count| count.to_string());
    write!(out, "{count:>9}  {:indent$}{}", "", sanitise_line(&tree.clause), indent = 2 * depth)?;
    match (tree.kind, tree.word_count) {
        (_, Some(count)) => write!(out, "  {count} words: {}", sanitise_line(&shortened(&tree.words, 6)))?,
        ("word" | "value", _) => write!(out, "  {}", sanitise_line(&shortened(&tree.terms, 4)))?,
        ("name", _) => write!(out, "  a name, in any spelling")?,
        _ => {}
    }
    if tree.reads_text {
        write!(out, "  decided by the text")?;
    }
    writeln!(out)?;
    tree.parts.iter().try_for_each(|part| write_clause(out, part, depth + 1))
}

fn write_score(out: &mut dyn Write, part: &ScorePart, depth: usize) -> std::io::Result<()> {
    let rule = match part.rule {
        ScoreRule::Sum => "sum of",
        ScoreRule::Best => "best of",
        ScoreRule::Times => "times",
        ScoreRule::Bm25 => "BM25",
        ScoreRule::Constant => "as for every match",
        ScoreRule::Condition => "a condition",
    };
    let factors: Vec<String> = part.factors.iter().map(|f| format!("{} {}", f.name, f.value)).collect();
    let factors = if factors.is_empty() { String::new() } else { format!(": {}", factors.join(", ")) };
    let holds = if part.holds { "" } else { ", does not hold" };
    let clause = sanitise_line(&part.clause);
    writeln!(out, "{:>9.3}  {:indent$}{clause}  {rule}{factors}{holds}", part.value, "", indent = 2 * depth)?;
    part.parts.iter().try_for_each(|part| write_score(out, part, depth + 1))
}
