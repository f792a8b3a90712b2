//! Hits as bibliographic references, for reference managers: BibTeX (with BibLaTeX's fields), RIS, and
//! CSL-JSON. An article is a newspaper's or, with an address, a page of the web.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::json::write_json;
use super::markup::is_web_address;
use super::sanitise::sanitise_line;
use crate::article::{Article, Moment, Outlet, Precision};
use crate::search::Hit;

/// Writes a hit as an entry of a BibTeX file.
///
/// # Errors
/// When `out` fails.
pub fn write_bibtex(out: &mut dyn Write, hit: &Hit) -> io::Result<()> {
    let article = &hit.article;
    let kind = if web_address(article).is_some() { "online" } else { "article" };
    writeln!(out, "@{kind}{{{},", key_of(hit))?;
    let mut field = |name: &str, value: &str| writeln!(out, "  {name} = {{{}}},", tex_escaped(value));
    field("title", article.headline.as_deref().unwrap_or("(no headline)"))?;
    // Braces keep a name of several words whole: which of them is the family's is not known.
    if !article.byline.is_empty() {
        let names: Vec<String> =
            article.byline.iter().map(|name| format!("{{{}}}", tex_escaped(name))).collect();
        writeln!(out, "  author = {{{}}},", names.join(" and "))?;
    }
    let mut field = |name: &str, value: &str| writeln!(out, "  {name} = {{{}}},", tex_escaped(value));
    if let Some(outlet) = container(article) {
        field("journaltitle", &outlet.name)?;
    }
    if let Some(published) = &article.published {
        field("date", &date_parts(published).join("-"))?;
    }
    if let Some(host) = republished_by(article) {
        field("note", &format!("Republished by {}", host.name))?;
    }
    if let Some(url) = web_address(article) {
        // An address is taken as it is, but for what would end the field.
        writeln!(out, "  url = {{{}}},", url.replace(['{', '}', '\\', ' ', '\n', '\r'], ""))?;
    }
    writeln!(out, "}}\n")
}

/// Writes a hit as a RIS record.
///
/// # Errors
/// When `out` fails.
pub fn write_ris(out: &mut dyn Write, hit: &Hit) -> io::Result<()> {
    let article = &hit.article;
    let mut line = |tag: &str, value: &str| write!(out, "{tag}  - {}\r\n", sanitise_line(value));
    line("TY", "NEWS")?;
    line("ID", &key_of(hit))?;
    line("TI", article.headline.as_deref().unwrap_or("(no headline)"))?;
    article.byline.iter().try_for_each(|name| line("AU", name))?;
    if let Some(outlet) = container(article) {
        line("T2", &outlet.name)?;
    }
    if let Some(published) = &article.published {
        let parts = date_parts(published);
        line("PY", &parts[0])?;
        line("DA", &parts.join("/"))?;
    }
    if let Some(host) = republished_by(article) {
        line("N1", &format!("Republished by {}", host.name))?;
    }
    if let Some(dek) = &article.dek {
        line("AB", dek)?;
    }
    if let Some(language) = &article.language {
        line("LA", language)?;
    }
    if let Some(url) = web_address(article) {
        line("UR", url)?;
    }
    write!(out, "ER  - \r\n\r\n")
}

/// Writes a hit as an item of CSL-JSON.
///
/// # Errors
/// When `out` fails.
pub fn write_csl_json(out: &mut dyn Write, hit: &Hit) -> io::Result<()> {
    let article = &hit.article;
    let mut item = Map::new();
    let mut put = |name: &str, value: Value| item.insert(name.to_owned(), value);
    put("id", json!(key_of(hit)));
    put("type", json!("article-newspaper"));
    put("title", json!(article.headline.as_deref().unwrap_or("(no headline)")));
    if !article.byline.is_empty() {
        put("author", article.byline.iter().map(|name| json!({ "literal": name })).collect());
    }
    if let Some(outlet) = container(article) {
        put("container-title", json!(outlet.name));
    }
    if let Some(published) = &article.published {
        let parts: Vec<u32> = date_parts(published).iter().filter_map(|part| part.parse().ok()).collect();
        put("issued", json!({ "date-parts": [parts] }));
    }
    if let Some(host) = republished_by(article) {
        put("note", json!(format!("Republished by {}", host.name)));
    }
    if let Some(dek) = &article.dek {
        put("abstract", json!(dek));
    }
    if let Some(language) = &article.language {
        put("language", json!(language));
    }
    if let Some(url) = web_address(article) {
        put("URL", json!(url));
    }
    write_json(out, &item)
}

/// The name of the entry: the id without its colon; of a section, with its number.
fn key_of(hit: &Hit) -> String {
    let id: String = hit.id.chars().filter(char::is_ascii_alphanumeric).collect();
    hit.section.map_or_else(|| id.clone(), |number| format!("{id}-{}", number + 1))
}

/// Who wrote it; where that is not known, who published it again.
fn container(article: &Article) -> Option<&Outlet> {
    article.publisher.as_ref().or(article.host.as_ref())
}

fn republished_by(article: &Article) -> Option<&Outlet> {
    article.publisher.as_ref().and(article.host.as_ref())
}

fn web_address(article: &Article) -> Option<&str> {
    article.url.as_deref().filter(|url| is_web_address(url))
}

/// Year, month and day, as far as they are known.
fn date_parts(moment: &Moment) -> Vec<String> {
    let count = match moment.precision {
        Precision::Year => 1,
        Precision::Month => 2,
        Precision::Day | Precision::Minute | Precision::Second => 3,
    };
    let day = moment.iso.split('T').next().unwrap_or("");
    day.split('-').take(count).map(str::to_owned).collect()
}

/// `text` on one line, with the signs that TeX reads made literal.
fn tex_escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in sanitise_line(text).chars() {
        match c {
            '\\' => escaped.push_str("\\textbackslash{}"),
            '~' => escaped.push_str("\\textasciitilde{}"),
            '^' => escaped.push_str("\\textasciicircum{}"),
            '{' | '}' | '%' | '&' | '$' | '#' | '_' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Location;
    use crate::engine::Unit;
    use crate::search::Standing;

    fn hit() -> Hit {
        let outlet = |name: &str| Outlet { id: name.to_lowercase(), name: name.to_owned(), domain: None };
        let article = Article {
            headline: Some("Rates rise 5% at {Quay} & Sons".to_owned()),
            byline: vec!["Ada Holm".to_owned(), "Boat Desk".to_owned()],
            publisher: Some(outlet("The Boat")),
            host: Some(outlet("Harbour News")),
            published: Some(Moment {
                iso: "2024-05".to_owned(),
                unix_seconds: 1_714_521_600,
                precision: Precision::Month,
            }),
            url: Some("https://boat.example/a_b?x=1%202}".to_owned()),
            ..Article::default()
        };
        Hit {
            rank: 1,
            score: None,
            id: "n:0123456789ab".to_owned(),
            location: Location { path: "a.txt".to_owned(), record: None },
            unit: Unit::Article,
            section: None,
            article,
            snippets: Vec::new(),
            standing: Standing::default(),
        }
    }

    fn written(write: fn(&mut dyn Write, &Hit) -> io::Result<()>) -> String {
        let mut out = Vec::new();
        write(&mut out, &hit()).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn bibtex_reads_every_sign_as_text() {
        let expected = "@online{n0123456789ab,\n  title = {Rates rise 5\\% at \\{Quay\\} \\& Sons},\n  \
                        author = {{Ada Holm} and {Boat Desk}},\n  journaltitle = {The Boat},\n  \
                        date = {2024-05},\n  note = {Republished by Harbour News},\n  \
                        url = {https://boat.example/a_b?x=1%202},\n}\n\n";
        assert_eq!(written(write_bibtex), expected);
    }

    #[test]
    fn ris_has_a_line_for_each_author() {
        let record = written(write_ris);
        assert!(record.starts_with("TY  - NEWS\r\n") && record.ends_with("ER  - \r\n\r\n"), "{record}");
        assert!(record.contains("AU  - Ada Holm\r\nAU  - Boat Desk\r\n"), "{record}");
        assert!(record.contains("PY  - 2024\r\nDA  - 2024/05\r\n"), "{record}");
    }

    #[test]
    fn csl_has_dates_in_parts() {
        let item: Value = serde_json::from_str(&written(write_csl_json)).unwrap();
        assert_eq!(item["issued"], json!({ "date-parts": [[2024, 5]] }));
        assert_eq!(item["author"][1]["literal"], "Boat Desk");
        assert_eq!(item["container-title"], "The Boat");
    }
}
