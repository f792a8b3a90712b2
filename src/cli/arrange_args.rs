//! How the list of hits is arranged, as typed.

use clap::Args;
use newsidx::engine::period::Grain;
use newsidx::engine::{Sort, Unit};
use newsidx::search::{Arrangement, GroupBy, Keep};

use super::failure::Failure;

/// Fields that hits can be gathered by, beside periods: an article has one value at most.
const FIELDS: [&str; 4] = ["publisher", "host", "credit", "language"];

/// Which copy stands for the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum KeepArg {
    /// The best hit
    Best,
    /// The one published first
    Earliest,
    /// The one with the most words
    Longest,
}

/// How the list is arranged.
#[derive(Clone, Copy, Debug, Args)]
pub struct ArrangeArgs {
    /// Fold copies of a story (four fifths of the text are the same) behind one of them; articles of
    /// fewer than 35 words are left alone
    #[arg(
        long,
        value_enum,
        value_name = "KEEP",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "best",
        help_heading = "Hits"
    )]
    fold: Option<KeepArg>,
    /// Let outlets take turns: a hit's score falls by a fifth for every better one of its outlet
    #[arg(long, help_heading = "Hits")]
    diverse: bool,
    /// Gather hits by publisher, host, credit, language, day, week, month or year; `--limit` and
    /// `--offset` count groups
    #[arg(long, value_name = "FIELD", value_parser = group_by, help_heading = "Hits")]
    group_by: Option<GroupBy>,
    /// Hits to show of each group
    #[arg(long, value_name = "N", default_value_t = 3, requires = "group_by", help_heading = "Hits")]
    per_group: usize,
}

impl ArrangeArgs {
    /// What it means for a list in the order of `sort`.
    pub fn arrangement(self, unit: Unit, sort: Sort) -> Result<Arrangement, Failure> {
        if self.fold.is_some() && unit == Unit::Section {
            return Err(Failure::usage("`--fold` compares whole articles").hint("leave out `--unit section`"));
        }
        if self.diverse && sort != Sort::Relevance {
            return Err(Failure::usage("`--diverse` orders by relevance").hint("leave out `--sort`"));
        }
        let fold = self.fold.map(|keep| match keep {
            KeepArg::Best => Keep::Best,
            KeepArg::Earliest => Keep::Earliest,
            KeepArg::Longest => Keep::Longest,
        });
        let group = self.group_by.map(|by| (by, self.per_group.max(1)));
        Ok(Arrangement { fold, diverse: self.diverse, group })
    }
}

fn group_by(text: &str) -> Result<GroupBy, String> {
    let lower = text.to_ascii_lowercase();
    let field = if lower == "lang" { "language" } else { lower.as_str() };
    let field = FIELDS.iter().find(|known| **known == field).map(|field| GroupBy::Field(field));
    field
        .or_else(|| Grain::named(&lower).map(GroupBy::Published))
        .ok_or_else(|| format!("hits are gathered by {}, day, week, month or year", FIELDS.join(", ")))
}
