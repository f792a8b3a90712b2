//! The graph of who cites whom for other programs: GraphML and DOT.

use std::io::{self, Write};

use super::sanitise::sanitise_line;
use crate::aggregate::graph::{Edge, Graph};
use crate::article::SourceKind;

/// The word for a kind of source.
pub fn source_kind_name(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Outlet => "outlet",
        SourceKind::Institution => "institution",
        SourceKind::Person => "person",
        SourceKind::Unnamed => "unnamed",
    }
}

/// Writes `graph` as GraphML: names and kinds of nodes; counts, evidence and sentences of edges.
///
/// # Errors
/// When `out` fails.
pub fn write_graphml(out: &mut dyn Write, graph: &Graph) -> io::Result<()> {
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">")?;
    for (id, of, kind) in [
        ("name", "node", "string"),
        ("kind", "node", "string"),
        ("publishes", "node", "long"),
        ("cited", "node", "long"),
        ("weight", "edge", "long"),
        ("citations", "edge", "long"),
        ("evidence", "edge", "string"),
        ("sentences", "edge", "string"),
    ] {
        writeln!(out, "  <key id=\"{id}\" for=\"{of}\" attr.name=\"{id}\" attr.type=\"{kind}\"/>")?;
    }
    writeln!(out, "  <graph id=\"cites\" edgedefault=\"directed\">")?;
    for node in &graph.nodes {
        writeln!(out, "    <node id=\"{}\">", xml(&node.id))?;
        write_xml_value(out, "name", &node.name)?;
        write_xml_value(out, "kind", source_kind_name(node.kind))?;
        write_xml_value(out, "publishes", &node.publishes.to_string())?;
        write_xml_value(out, "cited", &node.cited.to_string())?;
        writeln!(out, "    </node>")?;
    }
    for (number, edge) in graph.edges.iter().enumerate() {
        let (from, to) = (xml(&edge.from), xml(&edge.to));
        writeln!(out, "    <edge id=\"e{number}\" source=\"{from}\" target=\"{to}\">")?;
        write_xml_value(out, "weight", &edge.count.to_string())?;
        write_xml_value(out, "citations", &edge.citations.to_string())?;
        write_xml_value(out, "evidence", &evidence_line(edge))?;
        write_xml_value(out, "sentences", &sentences_line(edge))?;
        writeln!(out, "    </edge>")?;
    }
    writeln!(out, "  </graph>\n</graphml>")
}

fn write_xml_value(out: &mut dyn Write, key: &str, value: &str) -> io::Result<()> {
    if value.is_empty() {
        return Ok(());
    }
    writeln!(out, "      <data key=\"{key}\">{}</data>", xml(value))
}

/// `dateline 3, attribution 1`
pub fn evidence_line(edge: &Edge) -> String {
    let parts: Vec<String> = edge.evidence.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
    parts.join(", ")
}

/// The sentences with their articles, ` | ` between them.
pub fn sentences_line(edge: &Edge) -> String {
    let sentences = edge.sentences.iter();
    let sentences: Vec<String> =
        sentences.map(|proof| format!("{} [{}]", proof.sentence, proof.id)).collect();
    sentences.join(" | ")
}

/// `text` on one line with the signs of XML and HTML escaped, also within double quotes, and without
/// what XML cannot hold.
pub(super) fn xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in sanitise_line(text).chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Writes `graph` in the language of Graphviz.
///
/// # Errors
/// When `out` fails.
pub fn write_dot(out: &mut dyn Write, graph: &Graph) -> io::Result<()> {
    writeln!(out, "digraph cites {{")?;
    writeln!(out, "  rankdir=LR;\n  node [shape=box];")?;
    for node in &graph.nodes {
        let kind = source_kind_name(node.kind);
        writeln!(out, "  {} [label={}, class={}];", dot(&node.id), dot(&node.name), dot(kind))?;
    }
    for edge in &graph.edges {
        let tooltip = dot(&sentences_line(edge));
        let (from, to, count) = (dot(&edge.from), dot(&edge.to), edge.count);
        writeln!(out, "  {from} -> {to} [label=\"{count}\", weight={count}, tooltip={tooltip}];")?;
    }
    writeln!(out, "}}")
}

/// `text` as a quoted string of DOT.
fn dot(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in sanitise_line(text).chars() {
        if matches!(c, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_articles_hold_stays_text() {
        assert_eq!(xml("a<b> & \"c\"\u{1b}\n\u{ffff}"), "a&lt;b&gt; &amp; &quot;c&quot;\u{fffd} \u{fffd}");
        assert_eq!(dot("say \"hi\" \\ \n"), r#""say \"hi\" \\  ""#);
    }
}
