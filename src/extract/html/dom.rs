//! The tree of a page, in one arena: nodes by number, walked without recursion.
//!
//! Knows HTML's structure and nothing of articles; `super::tree_sink` builds it from markup.

use std::{borrow::Cow, num::NonZeroU32};

use html5ever::{Attribute, LocalName, QualName, ns, tendril::StrTendril};

pub use html5ever::local_name;

/// Number of a node in its [`Dom`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(NonZeroU32);

impl NodeId {
    /// The node of a number, which must be below that of the largest tree.
    pub(super) const fn of_index(index: usize) -> Self {
        Self(NonZeroU32::MIN.saturating_add(index as u32))
    }

    /// The number, for tables beside the tree.
    pub const fn index(self) -> usize {
        self.0.get() as usize - 1
    }
}

/// What a node is.
#[derive(Debug)]
pub(super) enum NodeKind {
    /// The root.
    Document,
    /// An element.
    Element { name: QualName, attributes: Vec<Attribute> },
    /// A run of text.
    Text(StrTendril),
    /// A comment.
    Comment(StrTendril),
    /// A processing instruction, or a node that the page lost.
    Other,
}

/// A node and its place.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) kind: NodeKind,
    pub(super) parent: Option<NodeId>,
    pub(super) previous_sibling: Option<NodeId>,
    pub(super) next_sibling: Option<NodeId>,
    pub(super) first_child: Option<NodeId>,
    pub(super) last_child: Option<NodeId>,
    /// Elements between this one and the root when it was attached.
    pub(super) depth: u32,
}

/// A parsed page.
///
/// The contents of a `template` are its children. Scripts are parsed as enabled: what `noscript`
/// holds is one run of text.
#[derive(Debug)]
pub struct Dom {
    pub(super) nodes: Vec<Node>,
}

impl Dom {
    /// The root, above `html`.
    pub const ROOT: NodeId = NodeId::of_index(0);

    pub(super) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    /// Number of nodes, an upper bound of every [`NodeId::index`]; at least 1.
    pub fn node_count(&self) -> usize {
        self.nodes.len()
    }

    /// The node above.
    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        self.node(id).parent
    }

    /// The first node inside.
    pub fn first_child(&self, id: NodeId) -> Option<NodeId> {
        self.node(id).first_child
    }

    /// The next node of the same parent.
    pub fn next_sibling(&self, id: NodeId) -> Option<NodeId> {
        self.node(id).next_sibling
    }

    /// The previous node of the same parent.
    pub fn previous_sibling(&self, id: NodeId) -> Option<NodeId> {
        self.node(id).previous_sibling
    }

    /// Number of nodes above, the root among them.
    pub fn depth(&self, id: NodeId) -> usize {
        self.node(id).depth as usize
    }

    /// The nodes directly inside, in order.
    pub fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(self.first_child(id), |&child| self.next_sibling(child))
    }

    /// The nodes above, from the parent to the root.
    pub fn ancestors(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(self.parent(id), |&above| self.parent(above))
    }

    /// All nodes below `id` in document order, without `id` itself.
    pub fn descendants(&self, id: NodeId) -> Descendants<'_> {
        Descendants { dom: self, top: id, next: self.first_child(id) }
    }

    /// The way through all that is below `id`: every node entered, every element left.
    pub fn walk(&self, id: NodeId) -> Walk<'_> {
        Walk { dom: self, top: id, next: self.first_child(id).map(Step::Enter) }
    }

    /// All elements of the page in document order.
    pub fn elements(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.descendants(Self::ROOT).filter(|&id| self.tag(id).is_some())
    }

    /// All elements named `tag` (one of `local_name!("…")`), in document order.
    pub fn elements_named(&self, tag: LocalName) -> impl Iterator<Item = NodeId> + '_ {
        self.descendants(Self::ROOT).filter(move |&id| self.tag(id) == Some(&tag))
    }

    /// The first element named `tag` in document order.
    pub fn first_named(&self, tag: LocalName) -> Option<NodeId> {
        self.elements_named(tag).next()
    }

    /// The name of an HTML element, in lower case; none for elements of other vocabularies (SVG, MathML)
    /// and for nodes that are no elements.
    pub fn tag(&self, id: NodeId) -> Option<&LocalName> {
        match &self.node(id).kind {
            NodeKind::Element { name, .. } if name.ns == ns!(html) => Some(&name.local),
            _ => None,
        }
    }

    /// Whether the node is an element of HTML or of another vocabulary.
    pub fn is_element(&self, id: NodeId) -> bool {
        matches!(self.node(id).kind, NodeKind::Element { .. })
    }

    /// The value of an attribute, whose name is given in lower case.
    pub fn attribute(&self, id: NodeId, name: &str) -> Option<&str> {
        self.attributes(id).find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    /// All attributes of an element, in the order of the page.
    pub fn attributes(&self, id: NodeId) -> impl Iterator<Item = (&str, &str)> + '_ {
        let attributes = match &self.node(id).kind {
            NodeKind::Element { attributes, .. } => attributes.as_slice(),
            _ => &[],
        };
        attributes.iter().map(|attribute| (&*attribute.name.local, &*attribute.value))
    }

    /// The text of a text node.
    pub fn text(&self, id: NodeId) -> Option<&str> {
        match &self.node(id).kind {
            NodeKind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text of a comment.
    pub fn comment(&self, id: NodeId) -> Option<&str> {
        match &self.node(id).kind {
            NodeKind::Comment(text) => Some(text),
            _ => None,
        }
    }

    /// The text nodes below `id`, in document order, those of scripts and styles among them.
    pub fn texts(&self, id: NodeId) -> impl Iterator<Item = &str> + '_ {
        self.descendants(id).filter_map(|below| self.text(below))
    }

    /// All text below `id` as it stands, joined without separators (the DOM's `textContent`).
    pub fn text_content(&self, id: NodeId) -> Cow<'_, str> {
        let mut texts = self.texts(id);
        match (texts.next(), texts.next()) {
            (Some(only), None) => Cow::Borrowed(only),
            (None, _) => Cow::Borrowed(""),
            (Some(_), Some(_)) => Cow::Owned(self.texts(id).collect()),
        }
    }

    /// The text below `id` on one line: white space folded, a space at the borders of elements,
    /// without scripts and styles.
    pub fn line_of(&self, id: NodeId) -> String {
        let mut line = String::new();
        for step in self.walk(id) {
            let (Step::Enter(below) | Step::Leave(below)) = step;
            match self.text(below) {
                Some(text) if !self.is_code(below) => push_folded(&mut line, text),
                None if self.breaks_words(below) => push_folded(&mut line, " "),
                _ => {}
            }
        }
        line.truncate(line.trim_end().len());
        line
    }

    fn is_code(&self, text: NodeId) -> bool {
        let above = self.parent(text).and_then(|parent| self.tag(parent));
        matches!(above, Some(&local_name!("script") | &local_name!("style") | &local_name!("noscript")))
    }

    fn breaks_words(&self, id: NodeId) -> bool {
        self.tag(id).is_some_and(|tag| {
            !matches!(
                *tag,
                local_name!("a")
                    | local_name!("abbr")
                    | local_name!("b")
                    | local_name!("bdi")
                    | local_name!("bdo")
                    | local_name!("code")
                    | local_name!("em")
                    | local_name!("font")
                    | local_name!("i")
                    | local_name!("mark")
                    | local_name!("q")
                    | local_name!("s")
                    | local_name!("small")
                    | local_name!("span")
                    | local_name!("strong")
                    | local_name!("sub")
                    | local_name!("sup")
                    | local_name!("u")
                    | local_name!("wbr")
            )
        })
    }
}

/// Appends `text` with every run of white space as one space, and none at the start of `line`.
pub fn push_folded(line: &mut String, text: &str) {
    let bytes = text.as_bytes();
    if !text.is_ascii() && text.chars().any(|c| !c.is_ascii() && c.is_whitespace()) {
        return push_folded_slowly(line, text);
    }
    let next_word = |from: usize| bytes[from..].iter().position(|byte| !is_blank(*byte)).map(|at| from + at);
    let Some(mut start) = next_word(0) else {
        if !text.is_empty() && !line.is_empty() && !line.ends_with(' ') {
            line.push(' ');
        }
        return;
    };
    if start > 0 && !line.is_empty() && !line.ends_with(' ') {
        line.push(' ');
    }
    // What has single spaces alone is taken as it stands.
    let mut at = start;
    while at < bytes.len() {
        let single = bytes[at] == b' ' && bytes.get(at + 1).is_some_and(|next| !is_blank(*next));
        if !is_blank(bytes[at]) || single {
            at += 1;
            continue;
        }
        line.push_str(&text[start..at]);
        line.push(' ');
        start = next_word(at).unwrap_or(bytes.len());
        at = start;
    }
    line.push_str(&text[start..]);
}

/// Whether the byte is one of ASCII's characters of white space in Unicode.
const fn is_blank(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' ')
}

/// The same for text with white space beyond ASCII.
fn push_folded_slowly(line: &mut String, text: &str) {
    let mut parts = text.split_whitespace();
    let Some(first) = parts.next() else {
        if !text.is_empty() && !line.is_empty() && !line.ends_with(' ') {
            line.push(' ');
        }
        return;
    };
    if text.starts_with(char::is_whitespace) && !line.is_empty() && !line.ends_with(' ') {
        line.push(' ');
    }
    line.push_str(first);
    for part in parts {
        line.push(' ');
        line.push_str(part);
    }
    if text.ends_with(char::is_whitespace) {
        line.push(' ');
    }
}

/// Nodes below one node, in document order.
pub struct Descendants<'dom> {
    dom: &'dom Dom,
    top: NodeId,
    next: Option<NodeId>,
}

impl Descendants<'_> {
    /// The next node in document order that is not below `id`; the walk goes on there.
    fn after(&self, id: NodeId) -> Option<NodeId> {
        let mut at = id;
        while at != self.top {
            if let Some(next) = self.dom.next_sibling(at) {
                return Some(next);
            }
            at = self.dom.parent(at)?;
        }
        None
    }

    /// Leaves out what is below `id`, the node that the walk gave last.
    pub fn skip_below(&mut self, id: NodeId) {
        self.next = self.after(id);
    }
}

impl Iterator for Descendants<'_> {
    type Item = NodeId;

    fn next(&mut self) -> Option<NodeId> {
        let current = self.next?;
        self.next = self.dom.first_child(current).or_else(|| self.after(current));
        Some(current)
    }
}

/// A step through the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Into a node.
    Enter(NodeId),
    /// Out of an element, after all that it holds.
    Leave(NodeId),
}

/// The way through what is below one node.
pub struct Walk<'dom> {
    dom: &'dom Dom,
    top: NodeId,
    next: Option<Step>,
}

impl Walk<'_> {
    fn past(&self, id: NodeId) -> Option<Step> {
        match self.dom.next_sibling(id) {
            Some(next) => Some(Step::Enter(next)),
            None => self.dom.parent(id).filter(|&above| above != self.top).map(Step::Leave),
        }
    }

    /// Leaves out what is below `id`, just entered, and the step out of it.
    pub fn pass_over(&mut self, id: NodeId) {
        self.next = self.past(id);
    }
}

impl Iterator for Walk<'_> {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        let step = self.next?;
        self.next = match step {
            Step::Enter(id) => match self.dom.first_child(id) {
                Some(child) => Some(Step::Enter(child)),
                None if self.dom.is_element(id) => Some(Step::Leave(id)),
                None => self.past(id),
            },
            Step::Leave(id) => self.past(id),
        };
        Some(step)
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    fn parsed(html: &str) -> Dom {
        parse(html).expect("a small page")
    }

    #[test]
    fn walks_in_document_order() {
        let dom = parsed("<div><p>one <b>two</b></p><p>three</p></div><p>four");
        let words: Vec<&str> = dom.texts(Dom::ROOT).collect();
        assert_eq!(words, ["one ", "two", "three", "four"]);
        let div = dom.first_named(local_name!("div")).expect("a div");
        assert_eq!(dom.text_content(div), "one twothree");
        assert_eq!(dom.line_of(div), "one two three");
    }

    #[test]
    fn white_space_is_folded_in_one_way() {
        for text in ["", " ", "a", " a", "a ", "a b", "a  b\t\n c \u{b}", "\r\n a b  c  ", "é  è ", "  ü"]
        {
            for before in ["", "x", "x "] {
                let (mut line, mut slow) = (before.to_owned(), before.to_owned());
                push_folded(&mut line, text);
                push_folded_slowly(&mut slow, text);
                assert_eq!(line, slow, "{before:?} {text:?}");
            }
        }
        let mut line = String::new();
        push_folded(&mut line, "a\u{a0}\u{2003}b");
        assert_eq!(line, "a b");
    }

    #[test]
    fn enters_and_leaves() {
        let dom = parsed("<p>a<br>b</p>");
        let body = dom.first_named(local_name!("body")).expect("a body");
        let steps: Vec<String> = dom
            .walk(body)
            .map(|step| match step {
                Step::Enter(id) => dom.text(id).or(dom.tag(id).map(|tag| &**tag)).unwrap_or("?").to_owned(),
                Step::Leave(id) => format!("/{}", dom.tag(id).map_or("?", |tag| tag)),
            })
            .collect();
        assert_eq!(steps, ["p", "a", "br", "/br", "b", "/p"]);
    }

    #[test]
    fn skips_a_subtree() {
        let dom = parsed("<nav><a>menu</a></nav><p>story</p>");
        let mut walk = dom.descendants(Dom::ROOT);
        let mut seen = Vec::new();
        while let Some(id) = walk.next() {
            if dom.tag(id) == Some(&local_name!("nav")) {
                walk.skip_below(id);
            }
            seen.extend(dom.text(id).map(str::to_owned));
        }
        assert_eq!(seen, ["story"]);
    }

    #[test]
    fn gives_attributes_scripts_and_comments() {
        let page = "<head><meta property=og:title content='A &amp; B'>\
            <script type=application/ld+json>{\"a\": \"<b>\"}</script><!-- 1999-01-02 --></head>";
        let dom = parsed(page);
        let meta = dom.first_named(local_name!("meta")).expect("a meta");
        assert_eq!(dom.attribute(meta, "content"), Some("A & B"));
        assert_eq!(dom.attribute(meta, "name"), None);
        let script = dom.first_named(local_name!("script")).expect("a script");
        assert_eq!(dom.text_content(script), "{\"a\": \"<b>\"}");
        assert!(dom.descendants(Dom::ROOT).any(|id| dom.comment(id) == Some(" 1999-01-02 ")));
        assert!(dom.ancestors(script).any(|id| dom.tag(id) == Some(&local_name!("head"))));
    }

    #[test]
    fn keeps_what_templates_hold_and_tells_foreign_elements() {
        let dom = parsed("<template><p>inside</p></template><svg><title>icon</title></svg>");
        let template = dom.first_named(local_name!("template")).expect("a template");
        assert_eq!(dom.text_content(template), "inside");
        assert_eq!(dom.first_named(local_name!("title")), None);
    }
}
