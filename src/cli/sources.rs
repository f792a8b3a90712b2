//! `newsidx sources`, and its graph.

use std::io::Write;

use newsidx::aggregate::graph::{Edge, Graph, GraphRequest, graph};
use newsidx::aggregate::sources::{CitedSource, Sources, SourcesRequest, sources};
use newsidx::article::SourceKind;
use newsidx::render::{
    GRAPH_SCHEMA, SOURCE_SCHEMA, SOURCES_SCHEMA, evidence_line, sentences_line, write_dot, write_edges,
    write_graphml, write_sources,
};
use serde::Serialize;

use super::Context;
use super::exit::Exit;
use super::failure::Outcome;
use super::scope::{ScopeArgs, plural, top, units};
use super::table::{RecordWriter, TableFormat, write_whole};
use super::terminal::Terminal;

const LONG_ABOUT: &str = "\
List whom articles cite, how often, and how it shows.

A source is an outlet, an institution, a person or an unnamed voice on whose word something is said. It
shows in a sources line, in the dek, in prose (attribution), by a link, in the dateline or in a credit.

  newsidx sources                               everybody who is cited, the most cited first
  newsidx sources --kind outlet 'place:Kharkiv' outlets cited in articles that name the city
  newsidx sources graph --format graphml        which publisher cites whom, with the sentences
  newsidx sources -- graph                      a query that begins like a command";

/// A kind of source, as typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum KindArg {
    /// News outlets and agencies
    Outlet,
    /// Ministries, companies, parties, and collectives such as "state media"
    Institution,
    /// Named persons
    Person,
    /// "a senior official who asked not to be named"
    Unnamed,
}

impl From<KindArg> for SourceKind {
    fn from(kind: KindArg) -> Self {
        match kind {
            KindArg::Outlet => Self::Outlet,
            KindArg::Institution => Self::Institution,
            KindArg::Person => Self::Person,
            KindArg::Unnamed => Self::Unnamed,
        }
    }
}

/// List whom articles cite, how often, and how it shows
#[derive(Debug, clap::Args)]
#[command(long_about = LONG_ABOUT, args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    list: ListArgs,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Which publisher cites whom, with the sentences as evidence
    Graph(GraphArgs),
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    /// The query; every article without one
    #[arg(value_name = "QUERY")]
    query: Vec<String>,
    /// Only sources of this kind (repeat for more)
    #[arg(long, value_enum)]
    kind: Vec<KindArg>,
    /// Only sources whose name or id holds this text, or that it is a spelling of
    #[arg(long = "match", value_name = "TEXT")]
    matching: Option<String>,
    /// Sources to list, the most cited first; 0 for all
    #[arg(long, short = 'n', value_name = "N", default_value_t = 20)]
    top: usize,
    #[command(flatten)]
    scope: ScopeArgs,
    /// Format of the list
    #[arg(long, short = 'f', value_enum, default_value = "text")]
    format: TableFormat,
}

/// A format of the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum GraphFormat {
    /// For people
    Text,
    /// One object with nodes and edges
    Json,
    /// A row for each edge
    Csv,
    /// The same with tabs
    Tsv,
    /// For Gephi, yEd, igraph, networkx
    Graphml,
    /// For Graphviz
    Dot,
}

#[derive(Debug, clap::Args)]
struct GraphArgs {
    /// The query; every article without one
    #[arg(value_name = "QUERY")]
    query: Vec<String>,
    /// Only cited sources of this kind (repeat for more)
    #[arg(long, value_enum)]
    kind: Vec<KindArg>,
    /// Only edges that at least so many articles stand for
    #[arg(long, value_name = "N", default_value_t = 1)]
    least: u64,
    /// Sentences given for an edge; `all` for all
    #[arg(long, value_name = "N", default_value = "3", value_parser = number_or_all)]
    sentences: Number,
    #[command(flatten)]
    scope: ScopeArgs,
    /// Format of the graph
    #[arg(long, short = 'f', value_enum, default_value = "text")]
    format: GraphFormat,
}

/// A number, or none for all.
#[derive(Clone, Copy, Debug)]
struct Number(Option<usize>);

fn number_or_all(text: &str) -> Result<Number, String> {
    match text {
        "all" => Ok(Number(None)),
        other => other.parse().map(|n| Number(Some(n))).map_err(|_| "a number or `all`".to_owned()),
    }
}

/// Runs it.
pub fn run(args: &Args, context: &Context) -> Outcome {
    match &args.command {
        None => list(&args.list, context),
        Some(Command::Graph(args)) => draw(args, context),
    }
}

#[derive(Serialize)]
struct Whole<'a, T> {
    query: &'a str,
    #[serde(flatten)]
    found: &'a T,
}

#[derive(Serialize)]
struct SourceRow<'a> {
    #[serde(flatten)]
    source: &'a CitedSource,
    shows: String,
}

fn list(args: &ListArgs, context: &Context) -> Outcome {
    let terminal = context.terminal(false);
    let understood = args.scope.understood(&args.query, context, terminal)?;
    let engine = context.engine()?;
    let names = context.names()?;
    let kinds: Vec<SourceKind> = args.kind.iter().map(|&kind| kind.into()).collect();
    let request = SourcesRequest {
        plan: &understood.plan,
        unit: args.scope.unit.into(),
        kinds: &kinds,
        matching: args.matching.as_deref(),
        top: top(args.top),
    };
    if args.query.first().is_some_and(|word| word == "graph") {
        terminal.note(
            "`graph` is taken for the query; for the graph write `newsidx sources graph` and flags behind it",
        );
    }
    let found = sources(&engine, &names, &request)?;
    let mut out = terminal.out();
    match args.format {
        TableFormat::Text => write_sources(&mut out, &found.sources, terminal.style)?,
        TableFormat::Json => {
            let whole = Whole { query: &understood.query.text, found: &found };
            write_whole(&mut out, SOURCES_SCHEMA, &whole)?;
        }
        TableFormat::Jsonl => {
            let mut writer = RecordWriter::new(&mut out, args.format, SOURCE_SCHEMA, &[])?;
            found.sources.iter().try_for_each(|source| writer.write(source))?;
        }
        TableFormat::Csv | TableFormat::Tsv => {
            let columns = ["id", "name", "kind", "country", "count", "citations", "publishers", "shows"];
            let mut writer = RecordWriter::new(&mut out, args.format, SOURCE_SCHEMA, &columns)?;
            for source in &found.sources {
                let shows = source.evidence.iter().map(|(kind, count)| format!("{kind} {count}"));
                writer.write(&SourceRow { source, shows: shows.collect::<Vec<_>>().join(", ") })?;
            }
        }
    }
    out.flush()?;
    own_up(&found, args, terminal);
    Ok(if found.distinct > 0 || args.scope.ok_empty { Exit::Success } else { Exit::NoHits })
}

fn own_up(found: &Sources, args: &ListArgs, terminal: Terminal) {
    let whom = if args.kind.is_empty() { "nobody" } else { "nobody of that kind" };
    let mut parts = vec![units(found.total, args.scope.unit)];
    if found.without > 0 {
        parts.push(format!("{} cite {whom}", found.without));
    }
    if found.sources.len() < found.distinct {
        let listed = found.sources.len();
        parts.push(format!("{listed} of {} sources listed, `--top 0` for all", found.distinct));
    }
    if found.not_matching > 0 {
        parts.push(format!("{} sources do not match", found.not_matching));
    }
    terminal.note(&parts.join(" · "));
}

#[derive(Serialize)]
struct EdgeRow<'a> {
    #[serde(flatten)]
    edge: &'a Edge,
    shows: String,
    sentence: String,
}

fn draw(args: &GraphArgs, context: &Context) -> Outcome {
    let terminal = context.terminal(false);
    let understood = args.scope.understood(&args.query, context, terminal)?;
    let engine = context.engine()?;
    let names = context.names()?;
    let kinds: Vec<SourceKind> = args.kind.iter().map(|&kind| kind.into()).collect();
    let request = GraphRequest {
        plan: &understood.plan,
        unit: args.scope.unit.into(),
        kinds: &kinds,
        least: args.least,
        sentences: args.sentences.0,
    };
    let found = graph(&engine, &names, &request)?;
    let mut out = terminal.out();
    match args.format {
        GraphFormat::Text => write_edges(&mut out, &found, terminal.style)?,
        GraphFormat::Json => {
            let whole = Whole { query: &understood.query.text, found: &found };
            write_whole(&mut out, GRAPH_SCHEMA, &whole)?;
        }
        GraphFormat::Graphml => write_graphml(&mut out, &found)?,
        GraphFormat::Dot => write_dot(&mut out, &found)?,
        GraphFormat::Csv | GraphFormat::Tsv => {
            let format = if args.format == GraphFormat::Csv { TableFormat::Csv } else { TableFormat::Tsv };
            let columns =
                ["from", "from_name", "to", "to_name", "to_kind", "count", "citations", "shows", "sentence"];
            let mut writer = RecordWriter::new(&mut out, format, GRAPH_SCHEMA, &columns)?;
            for edge in &found.edges {
                let row = EdgeRow { edge, shows: evidence_line(edge), sentence: sentences_line(edge) };
                writer.write(&row)?;
            }
        }
    }
    out.flush()?;
    own_up_graph(&found, args, terminal);
    Ok(if !found.edges.is_empty() || args.scope.ok_empty { Exit::Success } else { Exit::NoHits })
}

fn own_up_graph(found: &Graph, args: &GraphArgs, terminal: Terminal) {
    let mut parts = vec![
        format!("{} edge{}", found.edges.len(), plural(found.edges.len() as u64)),
        format!("{} that cite", units(found.citing, args.scope.unit)),
    ];
    if found.without_publisher > 0 {
        parts.push(format!("{} of them in no edge: their publisher is not known", found.without_publisher));
    }
    if found.left_out > 0 {
        parts.push(format!("{} edges left out by `--least {}`", found.left_out, args.least));
    }
    terminal.note(&parts.join(" · "));
}
