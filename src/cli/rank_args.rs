//! How relevance is judged: what `search` and `explain` share.

use clap::Args;
use jiff::{Timestamp, ZonedDateTime};
use newsidx::rank::{Method, RankOptions, Recency};

use super::failure::Failure;
use super::settings::Settings;

/// How relevance is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum RankArg {
    /// BM25, then the best 200 read again: lead, passages, proximity, neighbours
    Full,
    /// BM25 alone
    Bm25,
}

/// How relevance is judged, as typed.
#[derive(Clone, Copy, Debug, Args)]
pub struct RankArgs {
    /// How relevance is judged [default: full]
    #[arg(long, value_enum, value_name = "METHOD", help_heading = "Ranking")]
    rank: Option<RankArg>,
    /// Prefer later articles among the best: what is left of the preference is halved with every such
    /// span, as 30d, 12h, 6mo, 2y
    #[arg(long, value_name = "SPAN", value_parser = half_life, help_heading = "Ranking")]
    recency: Option<f64>,
}

impl RankArgs {
    /// What it means.
    pub fn options(self, settings: &Settings) -> Result<RankOptions, Failure> {
        let method = match settings.choice(self.rank, "rank")? {
            RankArg::Full => Method::Full,
            RankArg::Bm25 => Method::Bm25,
        };
        let now_unix_seconds = Timestamp::now().as_second();
        let recency = self.recency.map(|half_life_seconds| Recency { half_life_seconds, now_unix_seconds });
        Ok(RankOptions { method, recency })
    }
}

/// A span of time in seconds.
fn half_life(text: &str) -> Result<f64, String> {
    let span: jiff::Span =
        text.parse().map_err(|_| "no span of time: write 30d, 12h, 6mo or 2y".to_owned())?;
    let seconds =
        span.total((jiff::Unit::Second, ZonedDateTime::now().date())).map_err(|error| error.to_string())?;
    if seconds > 0.0 { Ok(seconds) } else { Err("a half-life is longer than nothing".to_owned()) }
}
