//! Hits as Markdown, escaped.

use std::io::{self, Write};

use super::arranged::arranged_lines;
use super::sanitise::sanitise_line;
use crate::search::Hit;

/// Writes a hit as an item of a numbered list: headline, where from, and the passages as quotations
/// with the matches in bold.
///
/// # Errors
/// When `out` fails.
pub fn write_markdown_hit(out: &mut dyn Write, hit: &Hit) -> io::Result<()> {
    let headline = escaped(hit.article.headline.as_deref().unwrap_or("(no headline)"));
    // Only addresses of the web become links: others could run something.
    match hit.article.url.as_deref().filter(|url| is_web_address(url)) {
        Some(url) => {
            writeln!(out, "{}. [{headline}](<{}>)", hit.rank, url.replace(['<', '>', '\n', ' '], ""))?
        }
        None => writeln!(out, "{}. {headline}", hit.rank)?,
    }
    writeln!(out, "   {} · `{}`", escaped(&super::text::origin_line(hit)), hit.id)?;
    for line in arranged_lines(hit) {
        writeln!(out, "   {}", escaped(&line))?;
    }
    for snippet in &hit.snippets {
        let mut shown = String::new();
        let mut at = 0;
        let chars: Vec<char> = snippet.text.chars().collect();
        for &[start, end] in &snippet.matches {
            shown.push_str(&escaped(&chars[at..start].iter().collect::<String>()));
            shown.push_str("**");
            shown.push_str(&escaped(&chars[start..end].iter().collect::<String>()));
            shown.push_str("**");
            at = end;
        }
        shown.push_str(&escaped(&chars[at..].iter().collect::<String>()));
        writeln!(out, "   > {shown}")?;
    }
    writeln!(out)
}

/// Writes the heading of a group of hits.
///
/// # Errors
/// When `out` fails.
pub fn write_markdown_group(out: &mut dyn Write, heading: &str) -> io::Result<()> {
    writeln!(out, "### {}\n", escaped(heading))
}

pub(super) fn is_web_address(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// `text` on one line, with the signs that Markdown and HTML read made literal.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in sanitise_line(text).chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '!' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c => escaped.push(c),
        }
    }
    escaped
}
