//! The query, and what is counted, that the counting commands share.

use clap::Args;
use newsidx::names::fold::slug;
use newsidx::names::own::OwnNames;
use newsidx::query::{Leaf, NameResolver, PlanNode};

use super::Context;
use super::failure::Failure;
use super::query_args::{QueryArgs, Understood};
use super::search::UnitArg;
use super::terminal::Terminal;

/// What is looked at.
#[derive(Clone, Debug, Args)]
pub struct ScopeArgs {
    /// What is counted and looked at
    #[arg(long, value_enum, default_value = "article")]
    pub unit: UnitArg,
    #[command(flatten)]
    query_args: QueryArgs,
    /// Exit with 0 when nothing is found, too
    #[arg(long)]
    pub ok_empty: bool,
}

impl ScopeArgs {
    /// Gives the words of a query and the filters their meaning; without any, every article is meant.
    pub fn understood(
        &self,
        words: &[String],
        context: &Context,
        terminal: Terminal,
    ) -> Result<Understood, Failure> {
        self.understood_with(words, &[], context, terminal)
    }

    /// The same with further filters.
    pub fn understood_with(
        &self,
        words: &[String],
        filters: &[(&'static str, &[String])],
        context: &Context,
        terminal: Terminal,
    ) -> Result<Understood, Failure> {
        let text = if words.is_empty() { "*".to_owned() } else { words.join(" ") };
        let understood = self.query_args.understand_with(&text, filters, context)?;
        understood.map_err(|misunderstood| misunderstood.failure(terminal.style.width))
    }
}

/// The values that `node` asks for in `field`; what it excludes does not count.
pub fn values_asked_for(node: &PlanNode, field: &str) -> Vec<String> {
    match node {
        PlanNode::Leaf(Leaf::Keyword { field: of, values, prefix: false, .. }, _) if *of == field => {
            values.clone()
        }
        PlanNode::And(nodes) | PlanNode::Or(nodes) | PlanNode::Best(nodes) => {
            nodes.iter().flat_map(|node| values_asked_for(node, field)).collect()
        }
        PlanNode::Boost(node, _) => values_asked_for(node, field),
        _ => Vec::new(),
    }
}

/// The ids that a name may have: those of the lists, and the one it has where no list has it.
pub fn ids_of_name(names: &OwnNames, name: &str) -> Vec<String> {
    let mut ids: Vec<String> = names.entities(name).into_iter().map(|entity| entity.id).collect();
    ids.extend([name.to_lowercase(), slug(name), format!("~{}", slug(name))]);
    ids
}

/// `s` for all numbers but one.
pub fn plural(count: u64) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// `1 article`, `2 sections`
pub fn units(count: u64, unit: UnitArg) -> String {
    let noun = if unit == UnitArg::Section { "section" } else { "article" };
    format!("{count} {noun}{}", plural(count))
}

/// A `--top` as it is meant: 0 is all.
pub fn top(number: usize) -> Option<usize> {
    (number > 0).then_some(number)
}
