//! `newsidx search`

use std::io::Write;
use std::path::PathBuf;

use newsidx::engine::{Embedded, EngineError, Sort, Unit};
use newsidx::rank::RankOptions;
use newsidx::search::{Advice, Arrangement, Found, SearchRequest, SnippetOptions, Suggestion, search};

use super::Context;
use super::arrange_args::ArrangeArgs;
use super::batch;
use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::output::OutputArgs;
use super::query_args::{QueryArgs, Understood};
use super::rank_args::RankArgs;
use super::terminal::Terminal;

const LONG_ABOUT: &str = "\
Search the index.

All words must stand in an article, in any inflection; names are found in any spelling. The query
language has AND OR NOT -word ( ), \"phrases\", \"near phrases\"~3, prefix*, wild?ard, fuzzy~1, /regex/,
word^2, and fields: `newsidx fields` lists them.

  newsidx search 'grain (corridor OR deal) -wheat'
  newsidx search 'headline:\"missile restrictions\" published:2024-05'
  newsidx search --source Meduza --unit section --format jsonl Kharkiv
  newsidx search 'since:7d Kyiv' --template '{published:%F}\\t{publisher}\\t{headline}'";

/// The order of hits, as typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum SortArg {
    /// Best first
    Relevance,
    /// Latest first
    Date,
    /// Earliest first
    #[value(name = "-date")]
    DateAscending,
}

/// What is found, as typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum UnitArg {
    /// Whole articles
    Article,
    /// Sections: filters hold for the passage
    Section,
}

impl From<UnitArg> for Unit {
    fn from(unit: UnitArg) -> Self {
        match unit {
            UnitArg::Article => Self::Article,
            UnitArg::Section => Self::Section,
        }
    }
}

/// Search the index
#[derive(Debug, clap::Args)]
#[command(long_about = LONG_ABOUT)]
pub struct Args {
    /// The query; several words are one query
    #[arg(value_name = "QUERY", required_unless_present_any = ["batch", "since", "until", "source", "publisher", "host", "entity", "place", "person", "org", "lang"])]
    query: Vec<String>,
    /// Hits to show [default: 10]
    #[arg(long, short = 'n', value_name = "N", help_heading = "Hits")]
    limit: Option<usize>,
    /// Hits to pass over
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Hits")]
    offset: usize,
    /// Show all hits
    #[arg(long, conflicts_with = "limit", help_heading = "Hits")]
    all: bool,
    /// Order of the hits
    #[arg(
        long,
        short = 's',
        value_enum,
        default_value = "relevance",
        allow_hyphen_values = true,
        help_heading = "Hits"
    )]
    sort: SortArg,
    #[command(flatten)]
    arrange: ArrangeArgs,
    #[command(flatten)]
    ranking: RankArgs,
    /// What to find
    #[arg(long, value_enum, default_value = "article", help_heading = "Hits")]
    unit: UnitArg,
    /// Passages to show of a hit [default: 2]
    #[arg(long, value_name = "N", help_heading = "Hits")]
    snippets: Option<usize>,
    /// Widest passage, in columns of the terminal [default: 240]
    #[arg(long, value_name = "N", help_heading = "Hits")]
    snippet_width: Option<usize>,
    /// Sentences to show before and after a passage
    #[arg(long, short = 'C', value_name = "N", default_value_t = 0, help_heading = "Hits")]
    context: usize,
    #[command(flatten)]
    query_args: QueryArgs,
    #[command(flatten)]
    output: OutputArgs,
    /// Run the queries of a file, `-` for standard input: a line each, `name<TAB>query`; a `.csv` with a
    /// column `query`
    #[arg(long, value_name = "FILE", conflicts_with = "query", help_heading = "Scripting")]
    batch: Option<PathBuf>,
    /// Print nothing: the exit code says whether there are hits
    #[arg(long, short = 'q', help_heading = "Scripting")]
    quiet: bool,
    /// Exit with 0 when there are no hits, too
    #[arg(long, help_heading = "Scripting")]
    ok_empty: bool,
}

/// Runs it.
pub fn run(args: &Args, context: &Context) -> Outcome {
    let terminal = context.terminal(args.quiet);
    let engine = context.engine()?;
    let limits = Limits::of(args, context)?;
    let any = match &args.batch {
        Some(path) => return run_batch(args, context, &engine, limits, path),
        None => {
            let understood = args.query_args.understand(&args.query.join(" "), context)?;
            let understood =
                understood.map_err(|misunderstood| misunderstood.failure(terminal.style.width))?;
            run_one(args, context, &engine, limits, &understood)?
        }
    };
    Ok(if any || args.ok_empty { Exit::Success } else { Exit::NoHits })
}

#[derive(Clone, Copy)]
struct Limits {
    limit: Option<usize>,
    sort: Sort,
    snippets: SnippetOptions,
    ranking: RankOptions,
    arrangement: Arrangement,
}

impl Limits {
    fn of(args: &Args, context: &Context) -> Result<Self, Failure> {
        let settings = &context.settings;
        let limit = if args.all { None } else { Some(settings.number(args.limit, "limit")?) };
        let count = settings.number(args.snippets, "snippets")?;
        let width = settings.number(args.snippet_width, "snippet_width")?;
        let ranking = args.ranking.options(settings)?;
        let sort = match args.sort {
            SortArg::Relevance => Sort::Relevance,
            SortArg::Date => Sort::Newest,
            SortArg::DateAscending => Sort::Oldest,
        };
        let arrangement = args.arrange.arrangement(args.unit.into(), sort)?;
        let snippets = SnippetOptions { count, width, context: args.context };
        Ok(Self { limit, sort, snippets, ranking, arrangement })
    }
}

fn found<'a>(
    args: &Args,
    engine: &'a Embedded,
    limits: Limits,
    understood: &'a Understood,
) -> Result<Found<'a>, EngineError> {
    let limit = if args.quiet { Some(0) } else { limits.limit };
    let request = SearchRequest {
        plan: &understood.plan,
        unit: args.unit.into(),
        sort: limits.sort,
        ranking: limits.ranking,
        offset: args.offset,
        limit,
        snippets: limits.snippets,
        arrangement: limits.arrangement,
    };
    search(engine, request)
}

/// Runs one query; whether it has hits.
fn run_one(
    args: &Args,
    context: &Context,
    engine: &Embedded,
    limits: Limits,
    understood: &Understood,
) -> Result<bool, Failure> {
    let terminal = context.terminal(args.quiet);
    let found = found(args, engine, limits, understood)?;
    if args.quiet {
        return Ok(found.total > 0);
    }
    let mut out = terminal.out();
    let mut writer = args.output.writer(&mut out, &context.settings, terminal.style, false)?;
    writer.write(understood, &found, args.offset, None)?;
    let (is_text, has_records) = (writer.is_text(), writer.has_records());
    out.flush()?;
    if !is_text
        && !has_records
        && let Some(arranged) = arranged_note(&found)
    {
        terminal.note(&arranged);
    }
    if is_text {
        summary(terminal, args, understood, &found);
        if let Some(advice) = found.advice()? {
            advise(terminal, &advice);
        }
    }
    Ok(found.total > 0)
}

/// What the list does not show by itself: the total, and what the query became.
fn summary(terminal: Terminal, args: &Args, understood: &Understood, found: &Found<'_>) {
    let unit = if args.unit == UnitArg::Section { "section" } else { "article" };
    let plural = if found.total == 1 { "" } else { "s" };
    let shown = found.shown() as u64;
    let mut line = match found.total {
        0 => format!("no {unit}s found"),
        total if shown == total => format!("{total} {unit}{plural} found"),
        total if shown == 0 => {
            format!("{total} {unit}{plural} found, none from number {} on", args.offset + 1)
        }
        total if found.is_arranged() => format!("{shown} of {total} {unit}s shown"),
        total => format!(
            "{} to {} of {total} {unit}s; `--offset {}` for the next, `--all` for all",
            args.offset + 1,
            args.offset as u64 + shown,
            args.offset as u64 + shown
        ),
    };
    if let Some(arranged) = arranged_note(found) {
        line.push_str(&format!(" · {arranged}"));
    }
    for expansion in &understood.plan.expansions {
        let arrow = if expansion.typed.eq_ignore_ascii_case(&expansion.name) {
            String::new()
        } else {
            format!("{} → ", expansion.typed)
        };
        line.push_str(&format!(" · {arrow}{} in any spelling", expansion.name));
    }
    if !understood.plan.passed_over.is_empty() {
        line.push_str(&format!(" · passed over: {}", understood.plan.passed_over.join(" ")));
    }
    terminal.note(&line);
}

/// What arranging the list has left out of it.
fn arranged_note(found: &Found<'_>) -> Option<String> {
    let mut notes = Vec::new();
    if let Some(folded) = found.folded().filter(|folded| *folded > 0) {
        let plural = if folded == 1 { "copy" } else { "copies" };
        notes.push(format!("{folded} {plural} folded, leave out `--fold` to see each"));
    }
    if let Some(groups) = found.groups() {
        notes.push(format!("{} of {groups} groups", found.shown_groups()));
    }
    (!notes.is_empty()).then(|| notes.join(" · "))
}

/// What to do about a query that finds nothing or too little.
fn advise(terminal: Terminal, advice: &Advice) {
    for suggestion in &advice.suggestions {
        let Suggestion { typed, instead, count } = suggestion;
        terminal.note(&format!("nothing has `{typed}`; did you mean `{instead}` ({count})?"));
    }
    let counts: Vec<String> =
        advice.clauses.iter().map(|counted| format!("{} ({})", counted.clause, counted.count)).collect();
    if !counts.is_empty() {
        terminal.note(&format!("by themselves: {}", counts.join(" · ")));
    }
    for counted in advice.clauses.iter().filter(|counted| counted.without > 0) {
        terminal.note(&format!("without `{}`: {}", counted.clause, counted.without));
    }
    if let Some(relaxed) = &advice.relaxed {
        terminal.note(&format!("with any of the words: {} (`{}`)", relaxed.total, relaxed.flag));
    }
}

/// Runs many queries; a bad one is reported in its place and does not stop the rest.
fn run_batch(
    args: &Args,
    context: &Context,
    engine: &Embedded,
    limits: Limits,
    path: &std::path::Path,
) -> Outcome {
    let terminal = context.terminal(args.quiet);
    let mut out = terminal.out();
    let mut writer = args.output.writer(&mut out, &context.settings, terminal.style, true)?;
    let (mut any, mut bad) = (false, 0_usize);
    for query in batch::queries(path)? {
        let query = query?;
        let error = match args.query_args.understand(&query.text, context)? {
            Ok(understood) => match found(args, engine, limits, &understood) {
                Ok(found) => {
                    any |= found.total > 0;
                    if !args.quiet {
                        writer.write(&understood, &found, args.offset, Some(&query.qid))?;
                        if let Some(arranged) = arranged_note(&found).filter(|_| !writer.has_records()) {
                            terminal.note(&format!("newsidx: query {}: {arranged}", query.qid));
                        }
                    }
                    continue;
                }
                // What the engine refuses is the query's fault, too.
                Err(EngineError::Query { error, .. }) => error,
                Err(error) => return Err(error.into()),
            },
            Err(misunderstood) => misunderstood.error,
        };
        bad += 1;
        if !args.quiet {
            writer.error(&error, &query.qid)?;
        }
        terminal.note(&format!("newsidx: query {}: {error}", query.qid));
    }
    out.flush()?;
    Ok(match (bad, any) {
        (1.., _) if !args.quiet => Exit::Usage,
        (_, true) => Exit::Success,
        (_, false) if args.ok_empty => Exit::Success,
        (_, false) => Exit::NoHits,
    })
}
