//! The formats that hits are written in.

use std::io::{self, Write};

use clap::{Args, ValueEnum};
use newsidx::query::QueryError;
use newsidx::render::{
    Delimiter, ERROR_SCHEMA, ErrorRecord, HitRecord, RESULTS_SCHEMA, ResultsHead, Style, Template,
    group_heading, picked, sanitise_line, write_bibtex, write_csl_json, write_group, write_header, write_hit,
    write_json, write_json_pretty, write_markdown_group, write_markdown_hit, write_page_group,
    write_page_head, write_page_hit, write_page_query, write_ris, write_row,
};
use newsidx::search::{Found, Hit};

use super::failure::Failure;
use super::query_args::Understood;
use super::settings::Settings;

/// Columns of `csv` and `tsv` where no others are asked for.
const COLUMNS: [&str; 13] = [
    "rank",
    "score",
    "id",
    "headline",
    "publisher.name",
    "host.name",
    "byline",
    "published",
    "language",
    "sources.name",
    "url",
    "path",
    "snippets.text",
];

/// A format of hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// One object with all hits.
    Json,
    /// One object a line and hit.
    Jsonl,
    /// Comma-separated, with a header (RFC 4180).
    Csv,
    /// Tab-separated, with a header.
    Tsv,
    /// A Markdown list.
    Md,
    /// A page for a browser.
    Html,
    /// BibTeX entries.
    Bibtex,
    /// RIS records.
    Ris,
    /// A list of CSL-JSON items.
    CslJson,
    /// Ids, one a line.
    Ids,
    /// Paths of files, one a line.
    Files,
    /// What `--template` says.
    Template,
}

/// How hits are written.
#[derive(Clone, Debug, Args)]
pub struct OutputArgs {
    /// Format of the hits [default: text]
    #[arg(long, short = 'f', value_enum, value_name = "FORMAT", help_heading = "Output")]
    format: Option<Format>,
    /// Only these fields (json, jsonl, csv, tsv), separated by commas; `a.b` for inner ones
    #[arg(long, value_name = "FIELDS", value_delimiter = ',', help_heading = "Output")]
    fields: Vec<String>,
    /// A line for each hit, e.g. '{published:%F}\t{publisher}\t{headline}\n'
    #[arg(long, value_name = "TEMPLATE", help_heading = "Output")]
    template: Option<String>,
    /// End ids and paths with a NUL byte instead of a line break
    #[arg(long = "print0", short = '0', help_heading = "Output")]
    print0: bool,
}

/// Writes hits in one format.
pub struct HitWriter<'a> {
    out: &'a mut dyn Write,
    format: Format,
    fields: Vec<String>,
    template: Option<Template>,
    end: char,
    style: Style,
    batch: bool,
    began: bool,
}

impl OutputArgs {
    /// The writer that these arguments ask for; `batch` when the hits of many queries follow.
    pub fn writer<'a>(
        &self,
        out: &'a mut dyn Write,
        settings: &Settings,
        style: Style,
        batch: bool,
    ) -> Result<HitWriter<'a>, Failure> {
        let format = match (self.format, &self.template) {
            (None, Some(_)) => Format::Template,
            (format, _) => settings.choice(format, "format")?,
        };
        let template = match (&self.template, format) {
            (Some(text), Format::Template) => {
                let text = if text.ends_with("\\n") || text.ends_with("\\0") || text.ends_with('\n') {
                    text.clone()
                } else {
                    format!("{text}\\n")
                };
                Some(Template::parse(&text).map_err(|error| Failure::usage(error.to_string()))?)
            }
            (None, Format::Template) => return Err(Failure::usage("`--format template` needs `--template`")),
            (Some(_), _) => return Err(Failure::usage("`--template` goes with `--format template` alone")),
            (None, _) => None,
        };
        let fields = match (&template, format) {
            (Some(template), _) => template.fields(),
            (None, Format::Csv | Format::Tsv) if self.fields.is_empty() => {
                COLUMNS.map(str::to_owned).to_vec()
            }
            _ => self.fields.clone(),
        };
        if batch && matches!(format, Format::Json | Format::CslJson) {
            return Err(Failure::usage("`--batch` has one object a line").hint("use `--format jsonl`"));
        }
        let end = if self.print0 { '\0' } else { '\n' };
        Ok(HitWriter { out, format, fields, template, end, style, batch, began: false })
    }
}

impl HitWriter<'_> {
    /// Whether hits are written as records, which say what was folded behind them.
    pub fn has_records(&self) -> bool {
        matches!(self.format, Format::Json | Format::Jsonl)
    }

    /// Whether the format is for people.
    pub fn is_text(&self) -> bool {
        matches!(self.format, Format::Text)
    }

    /// Writes the hits of one query.
    pub fn write(
        &mut self,
        understood: &Understood,
        found: &Found<'_>,
        offset: usize,
        qid: Option<&str>,
    ) -> Result<(), Failure> {
        self.begin(understood, found, offset, qid)?;
        let mut group = None;
        for (number, hit) in found.hits().enumerate() {
            let hit = hit?;
            if let Some(heading) = group_heading(&hit, group) {
                self.group(&heading)?;
                group = hit.standing.group.as_ref().map(|group| group.number);
            }
            self.hit(&hit, number, qid)?;
        }
        self.finish()?;
        Ok(())
    }

    fn begin(
        &mut self,
        understood: &Understood,
        found: &Found<'_>,
        offset: usize,
        qid: Option<&str>,
    ) -> Result<(), Failure> {
        match self.format {
            Format::Json => {
                let head = ResultsHead {
                    schema: RESULTS_SCHEMA,
                    query: understood.query.text.clone(),
                    expansions: understood.plan.expansions.clone(),
                    passed_over: understood.plan.passed_over.clone(),
                    total: found.total,
                    total_exact: true,
                    offset,
                    shown: found.shown(),
                    folded: found.folded(),
                    groups: found.groups(),
                    advice: found.advice()?,
                };
                let mut bytes = Vec::new();
                write_json_pretty(&mut bytes, &head)?;
                // The head stays open: the hits are written as they are loaded.
                let open = bytes.strip_suffix(b"\n}").unwrap_or(&bytes);
                self.out.write_all(open)?;
                self.out.write_all(b",\n  \"hits\": [")?;
            }
            Format::Csv | Format::Tsv if !self.began => {
                let mut names = self.fields.clone();
                if self.batch {
                    names.insert(0, "qid".to_owned());
                }
                let delimiter = self.delimiter();
                write_header(self.out, &names, delimiter)?;
            }
            Format::CslJson => self.out.write_all(b"[")?,
            Format::Html => {
                if !self.began {
                    write_page_head(self.out, if self.batch { "newsidx" } else { &understood.query.text })?;
                }
                let query = &understood.query.text;
                let heading = qid.map_or_else(|| query.clone(), |qid| format!("{qid}: {query}"));
                write_page_query(self.out, &heading, found.total, found.shown())?;
            }
            Format::Text | Format::Md => {
                if let Some(qid) = qid {
                    let query = sanitise_line(&understood.query.text);
                    writeln!(
                        self.out,
                        "{}{}: {query} ({} found)\n",
                        if self.format == Format::Md { "## " } else { "" },
                        sanitise_line(qid),
                        found.total
                    )?;
                }
            }
            _ => {}
        }
        self.began = true;
        Ok(())
    }

    fn group(&mut self, heading: &str) -> io::Result<()> {
        match self.format {
            Format::Text => write_group(self.out, heading, self.style),
            Format::Md => write_markdown_group(self.out, heading),
            Format::Html => write_page_group(self.out, heading),
            // Records say it themselves.
            _ => Ok(()),
        }
    }

    fn delimiter(&self) -> Delimiter {
        if self.format == Format::Csv { Delimiter::Comma } else { Delimiter::Tab }
    }

    fn hit(&mut self, hit: &Hit, number: usize, qid: Option<&str>) -> Result<(), Failure> {
        let record = HitRecord::new(hit, qid);
        match self.format {
            Format::Text => write_hit(self.out, hit, self.style)?,
            Format::Md => write_markdown_hit(self.out, hit)?,
            Format::Html => write_page_hit(self.out, hit)?,
            Format::Bibtex => write_bibtex(self.out, hit)?,
            Format::Ris => write_ris(self.out, hit)?,
            Format::CslJson => {
                self.out.write_all(if number == 0 { b"\n" } else { b",\n" })?;
                write_csl_json(self.out, hit)?;
            }
            Format::Ids => write!(self.out, "{}{}", hit.id, self.end)?,
            Format::Files => write!(self.out, "{}{}", hit.location.path, self.end)?,
            Format::Json => {
                self.out.write_all(if number == 0 { b"\n" } else { b",\n" })?;
                self.json(&record)?;
            }
            Format::Jsonl => {
                self.json(&record)?;
                self.out.write_all(b"\n")?;
            }
            Format::Csv | Format::Tsv => {
                let mut fields = self.fields.clone();
                if self.batch {
                    fields.insert(0, "qid".to_owned());
                }
                let row = picked(&record, &fields)?;
                let delimiter = self.delimiter();
                write_row(self.out, &row, &fields, delimiter)?;
            }
            Format::Template => {
                let row = picked(&record, &self.fields)?;
                if let Some(template) = &self.template {
                    template.write(self.out, &row)?;
                }
            }
        }
        Ok(())
    }

    fn json(&mut self, record: &HitRecord) -> io::Result<()> {
        if self.fields.is_empty() {
            return write_json(self.out, record);
        }
        let mut fields = self.fields.clone();
        if self.batch && !fields.iter().any(|field| field == "qid") {
            fields.insert(0, "qid".to_owned());
        }
        write_json(self.out, &picked(record, &fields)?)
    }

    fn finish(&mut self) -> io::Result<()> {
        match self.format {
            Format::Json => self.out.write_all(b"\n  ]\n}\n"),
            Format::CslJson => self.out.write_all(b"\n]\n"),
            _ => Ok(()),
        }
    }

    /// Writes an error in the place of a query's hits.
    pub fn error(&mut self, error: &QueryError, qid: &str) -> io::Result<()> {
        if self.format != Format::Jsonl {
            return Ok(());
        }
        let record = ErrorRecord {
            schema: ERROR_SCHEMA,
            qid: Some(qid.to_owned()),
            error: error.to_string(),
            hint: error.hint.clone(),
            span: Some(error.span),
        };
        write_json(self.out, &record)?;
        self.out.write_all(b"\n")
    }
}
