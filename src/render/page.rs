//! Hits as a page for a browser: one file, no script, nothing loaded from elsewhere.

use std::io::{self, Write};

use super::arranged::arranged_lines;
use super::graph::xml as escaped;
use super::markup::is_web_address;
use super::text::origin_line;
use crate::search::{Hit, Snippet};

const STYLE: &str = include_str!("page.css");

/// Begins the page. Its end needs no mark in HTML.
///
/// # Errors
/// When `out` fails.
pub fn write_page_head(out: &mut dyn Write, title: &str) -> io::Result<()> {
    let title = escaped(title);
    writeln!(out, "<!doctype html>\n<html>\n<meta charset=\"utf-8\">")?;
    // What an article holds is text here; were an escape ever missed, the browser still runs nothing.
    writeln!(
        out,
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    )?;
    writeln!(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")?;
    writeln!(out, "<meta name=\"referrer\" content=\"no-referrer\">")?;
    writeln!(out, "<title>{title}</title>\n<style>\n{STYLE}</style>")
}

/// Writes the heading over the hits of a query.
///
/// # Errors
/// When `out` fails.
pub fn write_page_query(out: &mut dyn Write, query: &str, total: u64, shown: usize) -> io::Result<()> {
    let count = if total == shown as u64 {
        format!("{total} found")
    } else {
        format!("{total} found, {shown} shown")
    };
    writeln!(out, "<h1>{}</h1>\n<p class=\"count\">{count}</p>", escaped(query))
}

/// Writes a hit: headline, where from, whom it cites, and the passages with their matches marked.
///
/// # Errors
/// When `out` fails.
pub fn write_page_hit(out: &mut dyn Write, hit: &Hit) -> io::Result<()> {
    let language = hit.article.language.as_deref().unwrap_or("");
    writeln!(out, "<article id=\"hit-{}\" lang=\"{}\">", hit.rank, escaped(language))?;
    let headline = escaped(hit.article.headline.as_deref().unwrap_or("(no headline)"));
    // Only addresses of the web become links: others could run something.
    match hit.article.url.as_deref().filter(|url| is_web_address(url)) {
        Some(url) => writeln!(
            out,
            "<h2 dir=\"auto\">{}. <a href=\"{}\" rel=\"noopener\">{headline}</a></h2>",
            hit.rank,
            escaped(url)
        )?,
        None => writeln!(out, "<h2 dir=\"auto\">{}. {headline}</h2>", hit.rank)?,
    }
    writeln!(
        out,
        "<p class=\"origin\">{} <code>{}</code></p>",
        escaped(&origin_line(hit)),
        escaped(&hit.id)
    )?;
    for line in arranged_lines(hit) {
        writeln!(out, "<p class=\"origin\">{}</p>", escaped(&line))?;
    }
    hit.snippets.iter().try_for_each(|snippet| write_snippet(out, snippet))?;
    writeln!(out, "</article>")
}

/// Writes the heading of a group of hits.
///
/// # Errors
/// When `out` fails.
pub fn write_page_group(out: &mut dyn Write, heading: &str) -> io::Result<()> {
    writeln!(out, "<h2 class=\"group\" dir=\"auto\">{}</h2>", escaped(heading))
}

fn write_snippet(out: &mut dyn Write, snippet: &Snippet) -> io::Result<()> {
    writeln!(out, "<blockquote>")?;
    if let Some(heading) = &snippet.heading {
        writeln!(out, "<p class=\"heading\" dir=\"auto\">{}</p>", escaped(heading))?;
    }
    write!(out, "<p dir=\"auto\">")?;
    let chars: Vec<char> = snippet.text.chars().collect();
    let piece = |from: usize, to: usize| escaped(&chars[from..to].iter().collect::<String>());
    let mut at = 0;
    for &[start, end] in &snippet.matches {
        write!(out, "{}<mark>{}</mark>", piece(at, start), piece(start, end))?;
        at = end;
    }
    writeln!(out, "{}</p>", piece(at, chars.len()))?;
    if !snippet.sources.is_empty() {
        let names: Vec<String> = snippet.sources.iter().map(|source| escaped(&source.name)).collect();
        writeln!(out, "<p class=\"sources\">cites {}</p>", names.join(", "))?;
    }
    writeln!(out, "</blockquote>")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{Article, TextField};
    use crate::document::Location;
    use crate::engine::Unit;
    use crate::search::Standing;

    #[test]
    fn nothing_of_an_article_becomes_markup() {
        let hostile = "</p><script>alert('x')</script>\" onload=\"y";
        let article = Article {
            headline: Some(hostile.to_owned()),
            url: Some(format!("https://a.example/?q={hostile}")),
            language: Some("\"><b>".to_owned()),
            ..Article::default()
        };
        let snippet = Snippet {
            field: TextField::Body,
            section: None,
            heading: Some(hostile.to_owned()),
            text: "one <b>two</b> three".to_owned(),
            matches: vec![[4, 7], [15, 20]],
            span: crate::article::Span::default(),
            file_span: None,
            line: None,
            sources: Vec::new(),
        };
        let hit = Hit {
            rank: 1,
            score: None,
            id: "n:<i>".to_owned(),
            location: Location { path: "<u>.txt".to_owned(), record: None },
            unit: Unit::Article,
            section: None,
            article,
            snippets: vec![snippet],
            standing: Standing::default(),
        };
        let mut out = Vec::new();
        write_page_head(&mut out, hostile).unwrap();
        write_page_query(&mut out, hostile, 3, 1).unwrap();
        write_page_hit(&mut out, &hit).unwrap();
        let page = String::from_utf8(out).unwrap();
        for bad in ["<script", "<b>", "<i>", "<u>", "\" onload"] {
            assert!(!page.contains(bad), "{bad}: {page}");
        }
        assert!(page.contains("one <mark>&lt;b&gt;</mark>two&lt;/b&gt; <mark>three</mark>"), "{page}");
    }

    #[test]
    fn only_addresses_of_the_web_are_links() {
        let article = Article { url: Some("javascript:alert(1)".to_owned()), ..Article::default() };
        let hit = Hit {
            rank: 2,
            score: None,
            id: String::new(),
            location: Location { path: "a.txt".to_owned(), record: None },
            unit: Unit::Article,
            section: None,
            article,
            snippets: Vec::new(),
            standing: Standing::default(),
        };
        let mut out = Vec::new();
        write_page_hit(&mut out, &hit).unwrap();
        assert!(!String::from_utf8(out).unwrap().contains("href"));
    }
}
