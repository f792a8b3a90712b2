//! Settings and where they come from: flags over `NEWSIDX_*` over the index's `config.toml` over the
//! user's over the defaults.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use etcetera::BaseStrategy;
use newsidx::index::Home;
use newsidx::query::SavedQueries;

use super::failure::Failure;
use super::terminal::Colour;

/// A setting: its key, its default and what it does.
pub struct Setting {
    /// Key in configuration files; `NEWSIDX_` and the key in capitals in the environment.
    pub key: &'static str,
    /// Value where nothing else is said.
    pub default: &'static str,
    /// What it does.
    pub meaning: &'static str,
}

/// All settings.
pub const SETTINGS: &[Setting] = &[
    Setting { key: "limit", default: "10", meaning: "hits shown" },
    Setting { key: "format", default: "text", meaning: "format of hits" },
    Setting { key: "color", default: "auto", meaning: "auto, always or never" },
    Setting { key: "snippets", default: "2", meaning: "passages shown of a hit" },
    Setting { key: "snippet_width", default: "240", meaning: "widest passage, in columns of the terminal" },
    Setting { key: "rank", default: "full", meaning: "how relevance is judged: full or bm25" },
    Setting { key: "variants", default: "on", meaning: "whether a name also finds its other spellings" },
    Setting { key: "max_clauses", default: "2048", meaning: "most words, phrases and filters of a query" },
    Setting { key: "max_words", default: "16384", meaning: "most words that a pattern may stand for" },
    Setting {
        key: "max_reads",
        default: "262144",
        meaning: "most articles that may be read to decide a query",
    },
    Setting { key: "names", default: "", meaning: "a list of names of your own, for `index`" },
    Setting { key: "jobs", default: "0", meaning: "workers that read files; 0 for one per processor" },
    Setting { key: "memory", default: "96M", meaning: "memory for the index writer's buffers" },
    Setting { key: "max_filesize", default: "20M", meaning: "largest file read as one document" },
    Setting { key: "max_delete", default: "10%", meaning: "share of the index that may be removed unasked" },
];

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nothing else was said.
    Default,
    /// A configuration file.
    File(PathBuf),
    /// A variable of the environment.
    Variable(String),
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Variable(name) => f.write_str(name),
        }
    }
}

/// The settings that hold where no flag says otherwise.
#[derive(Clone, Debug)]
pub struct Settings {
    values: BTreeMap<&'static str, (String, Origin)>,
    /// Where saved queries are kept, if there is an index.
    queries_file: Option<PathBuf>,
}

impl Settings {
    /// Reads files and environment.
    ///
    /// # Errors
    /// When a file cannot be read or names an unknown setting.
    pub fn load(home: Option<&Home>, no_config: bool) -> Result<Self, Failure> {
        let default = |setting: &Setting| (setting.key, (setting.default.to_owned(), Origin::Default));
        let queries_file = home.map(super::query::queries_file);
        let mut settings = Self { values: SETTINGS.iter().map(default).collect(), queries_file };
        if !no_config {
            let user = etcetera::choose_base_strategy()
                .ok()
                .map(|base| base.config_dir().join("newsidx/config.toml"));
            for file in user.into_iter().chain(home.map(Home::config_file)) {
                settings.add_file(&file)?;
            }
        }
        for setting in SETTINGS {
            let name = format!("NEWSIDX_{}", setting.key.to_uppercase());
            if let Ok(value) = std::env::var(&name)
                && !value.is_empty()
            {
                settings.values.insert(setting.key, (value, Origin::Variable(name)));
            }
        }
        Ok(settings)
    }

    fn add_file(&mut self, path: &Path) -> Result<(), Failure> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(Failure::usage(format!("cannot read `{}`: {error}", path.display()))),
        };
        let table: toml::Table = toml::from_str(&text).map_err(|error| {
            Failure::usage(format!("cannot read `{}`: {}", path.display(), error.message()))
        })?;
        for (key, value) in table {
            let Some(setting) = SETTINGS.iter().find(|setting| setting.key == key) else {
                let message = format!("unknown setting `{key}` in `{}`", path.display());
                return Err(Failure::usage(message).hint("`newsidx config` lists the settings"));
            };
            let value = match value {
                toml::Value::String(text) => text,
                toml::Value::Boolean(flag) => (if flag { "on" } else { "off" }).to_owned(),
                other => other.to_string(),
            };
            self.values.insert(setting.key, (value, Origin::File(path.to_owned())));
        }
        Ok(())
    }

    /// The saved queries of the index; none where there is no index.
    ///
    /// # Errors
    /// When their file cannot be read.
    pub fn saved_queries(&self) -> Result<SavedQueries, Failure> {
        self.queries_file
            .as_deref()
            .map(super::query::read_queries)
            .unwrap_or_else(|| Ok(SavedQueries::default()))
    }

    /// A setting's value and where it comes from.
    pub fn get(&self, key: &'static str) -> (&str, &Origin) {
        let (value, origin) = &self.values[key];
        (value, origin)
    }

    /// `flag` where it was typed, else the setting of that key.
    pub fn number(&self, flag: Option<usize>, key: &'static str) -> Result<usize, Failure> {
        match flag {
            Some(value) => Ok(value),
            None => self.parsed(key, "a whole number", |text| text.parse().ok()),
        }
    }

    /// The same for an amount of memory or a size of files, in bytes.
    pub fn bytes(&self, flag: Option<&str>, key: &'static str) -> Result<u64, Failure> {
        match flag {
            Some(text) => parse_bytes(text)
                .ok_or_else(|| Failure::usage(format!("`{text}` is no size")).hint("write 512K, 20M or 2G")),
            None => self.parsed(key, "a size such as 20M", parse_bytes),
        }
    }

    /// The same for a share, from 0 to 1.
    pub fn share(&self, flag: Option<&str>, key: &'static str) -> Result<f64, Failure> {
        match flag {
            Some(text) => parse_share(text)
                .ok_or_else(|| Failure::usage(format!("`{text}` is no share")).hint("write 10% or 0.1")),
            None => self.parsed(key, "a share such as 10%", parse_share),
        }
    }

    /// The same for a choice.
    pub fn choice<T: ValueEnum>(&self, flag: Option<T>, key: &'static str) -> Result<T, Failure> {
        match flag {
            Some(value) => Ok(value),
            None => {
                self.parsed(key, "one of the values that the flag takes", |text| T::from_str(text, true).ok())
            }
        }
    }

    /// When colour is used.
    pub fn colour(&self) -> Result<Colour, Failure> {
        self.choice(None, "color")
    }

    fn parsed<T>(
        &self,
        key: &'static str,
        wanted: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, Failure> {
        let (value, origin) = self.get(key);
        let fault = || {
            Failure::usage(format!("setting `{key}` is `{value}`, not {wanted}"))
                .hint(format!("it is set in {origin}"))
        };
        parse(value).ok_or_else(fault)
    }
}

/// `20M`, `1.5G`, `4096`: powers of 1024.
fn parse_bytes(text: &str) -> Option<u64> {
    let text = text.trim();
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = text[number.len()..].to_ascii_uppercase();
    let factor: f64 = match unit.trim_end_matches('B').trim_end_matches('I') {
        "" => 1.0,
        "K" => 1024.0,
        "M" => 1_048_576.0,
        "G" => 1_073_741_824.0,
        _ => return None,
    };
    let number: f64 = number.parse().ok().filter(|number: &f64| number.is_finite() && *number >= 0.0)?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a size in bytes, not negative"
    )]
    Some((number * factor) as u64)
}

/// `10%` or `0.1`
fn parse_share(text: &str) -> Option<f64> {
    let share = match text.trim().strip_suffix('%') {
        Some(percent) => percent.trim().parse::<f64>().ok()? / 100.0,
        None => text.trim().parse().ok()?,
    };
    (0.0..=1.0).contains(&share).then_some(share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_shares() {
        assert_eq!(parse_bytes("20M"), Some(20 << 20));
        assert_eq!(parse_bytes("1.5GiB"), Some(3 << 29));
        assert_eq!(parse_bytes("4096"), Some(4096));
        assert_eq!(parse_bytes("many"), None);
        assert_eq!(parse_bytes("-3M"), None);
        assert_eq!(parse_share("10%"), Some(0.1));
        assert_eq!(parse_share("1"), Some(1.0));
        assert_eq!(parse_share("120%"), None);
    }
}
