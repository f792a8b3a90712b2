//! From markup to a [`Dom`], within limits that hostile pages cannot pass.
//!
//! html5ever builds the tree; this module holds it while it grows and stops the parse.

use std::{
    borrow::Cow,
    cell::{Cell, Ref, RefCell},
};

use html5ever::{
    Attribute, QualName,
    interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink},
    tendril::StrTendril,
    tree_builder::{TreeBuilder, TreeBuilderOpts},
};

use super::{
    dom::{Dom, Node, NodeId, NodeKind},
    tokens::send_tokens,
};
use crate::{document::MAX_PAGE_BYTES, extract::ExtractError};

/// Elements within one another. Browsers flatten below 512; html5ever's time per tag grows with the
/// depth, so that deeper pages would cost minutes.
pub const MAX_DEPTH: usize = 4_096;

/// Nodes and attributes of a page together: at about 80 bytes each the tree stays below 70 MB, also
/// while it grows. The largest live blogs have a fifth.
pub const MAX_NODES: usize = 600_000;

/// Depths of all nodes added up. Per tag html5ever looks through the open elements, some ten nanoseconds
/// each: this many are two seconds. The largest page passes where its nodes lie three hundred deep.
pub const MAX_DEPTH_SUM: u64 = 200_000_000;

/// Attributes of one tag. html5ever compares every new one with all before it.
pub const MAX_ATTRIBUTES: usize = 4_096;

/// Parses a page.
///
/// # Errors
/// [`ExtractError::TooDeep`] and [`ExtractError::TooLarge`] when the page passes a limit.
pub fn parse(html: &str) -> Result<Dom, ExtractError> {
    if html.len() > MAX_PAGE_BYTES {
        return Err(ExtractError::TooLarge { what: "bytes", limit: MAX_PAGE_BYTES });
    }
    let html = html.strip_prefix('\u{feff}').unwrap_or(html);
    let options = TreeBuilderOpts { scripting_enabled: true, ..TreeBuilderOpts::default() };
    let builder = TreeBuilder::new(Sink::new(html.len()), options);
    send_tokens(html, &builder)?;
    builder.sink.finish()
}

/// The tree while it grows.
pub(super) struct Sink {
    nodes: RefCell<Vec<Node>>,
    attributes: Cell<usize>,
    deepest: Cell<u32>,
    depth_sum: Cell<u64>,
}

impl Sink {
    /// An empty tree for a page of that many bytes.
    pub(super) fn new(page_bytes: usize) -> Self {
        // Pages have a node for every 30 to 60 bytes.
        let mut nodes = Vec::with_capacity((page_bytes / 48).min(MAX_NODES) + 1);
        nodes.push(unattached(NodeKind::Document));
        Self {
            nodes: RefCell::new(nodes),
            attributes: Cell::new(0),
            deepest: Cell::new(0),
            depth_sum: Cell::new(0),
        }
    }

    /// The limit that the tree has passed.
    pub(super) fn limit_passed(&self) -> Option<ExtractError> {
        if self.deepest.get() as usize > MAX_DEPTH {
            return Some(ExtractError::TooDeep { limit: MAX_DEPTH });
        }
        if self.depth_sum.get() > MAX_DEPTH_SUM {
            return Some(ExtractError::TooDeep { limit: (MAX_DEPTH_SUM / MAX_NODES as u64) as usize });
        }
        let held = self.nodes.borrow().len() + self.attributes.get();
        (held > MAX_NODES).then_some(ExtractError::TooLarge { what: "nodes", limit: MAX_NODES })
    }

    fn create(&self, kind: NodeKind) -> NodeId {
        let mut nodes = self.nodes.borrow_mut();
        // The limit on nodes is far below 2^32.
        let id = NodeId::of_index(nodes.len());
        nodes.push(unattached(kind));
        id
    }

    fn detach(&self, id: NodeId) {
        let mut nodes = self.nodes.borrow_mut();
        let (parent, previous, next) = {
            let node = &mut nodes[id.index()];
            (node.parent.take(), node.previous_sibling.take(), node.next_sibling.take())
        };
        match previous {
            Some(previous) => nodes[previous.index()].next_sibling = next,
            None => {
                if let Some(parent) = parent {
                    nodes[parent.index()].first_child = next;
                }
            }
        }
        match next {
            Some(next) => nodes[next.index()].previous_sibling = previous,
            None => {
                if let Some(parent) = parent {
                    nodes[parent.index()].last_child = previous;
                }
            }
        }
    }

    /// Attaches `id` under `parent`, before `next` or last.
    fn attach(&self, parent: NodeId, next: Option<NodeId>, id: NodeId) {
        let mut nodes = self.nodes.borrow_mut();
        let depth = nodes[parent.index()].depth + 1;
        self.deepest.set(self.deepest.get().max(depth));
        self.depth_sum.set(self.depth_sum.get() + u64::from(depth));
        let previous = match next {
            Some(next) => nodes[next.index()].previous_sibling.replace(id),
            None => nodes[parent.index()].last_child.replace(id),
        };
        match previous {
            Some(previous) => nodes[previous.index()].next_sibling = Some(id),
            None => nodes[parent.index()].first_child = Some(id),
        }
        let node = &mut nodes[id.index()];
        node.depth = depth;
        node.parent = Some(parent);
        node.previous_sibling = previous;
        node.next_sibling = next;
    }

    /// Adds `text` to the text node `last`, or says that it is none.
    fn extends(&self, last: Option<NodeId>, text: &StrTendril) -> bool {
        let mut nodes = self.nodes.borrow_mut();
        match last.map(|last| &mut nodes[last.index()].kind) {
            Some(NodeKind::Text(before)) => {
                before.push_tendril(text);
                true
            }
            _ => false,
        }
    }

    fn insert(&self, parent: NodeId, next: Option<NodeId>, child: NodeOrText<NodeId>) {
        match child {
            NodeOrText::AppendNode(id) => {
                self.detach(id);
                self.attach(parent, next, id);
            }
            NodeOrText::AppendText(text) => {
                let previous = match next {
                    Some(next) => self.nodes.borrow()[next.index()].previous_sibling,
                    None => self.nodes.borrow()[parent.index()].last_child,
                };
                if !self.extends(previous, &text) {
                    let id = self.create(NodeKind::Text(text));
                    self.attach(parent, next, id);
                }
            }
        }
    }
}

fn unattached(kind: NodeKind) -> Node {
    Node {
        kind,
        parent: None,
        previous_sibling: None,
        next_sibling: None,
        first_child: None,
        last_child: None,
        depth: 0,
    }
}

impl TreeSink for Sink {
    type Handle = NodeId;
    type Output = Result<Dom, ExtractError>;
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Self::Output {
        let passed = self.limit_passed();
        let dom = Dom { nodes: self.nodes.into_inner() };
        match passed {
            Some(limit) => Err(limit),
            None => check_depth(dom),
        }
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> NodeId {
        Dom::ROOT
    }

    fn elem_name<'a>(&'a self, target: &'a NodeId) -> Ref<'a, QualName> {
        static NAMELESS: std::sync::LazyLock<QualName> =
            std::sync::LazyLock::new(|| QualName::new(None, html5ever::ns!(), html5ever::local_name!("")));
        Ref::map(self.nodes.borrow(), |nodes| match &nodes[target.index()].kind {
            NodeKind::Element { name, .. } => name,
            _ => &NAMELESS,
        })
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, _: ElementFlags) -> NodeId {
        self.attributes.set(self.attributes.get() + attributes.len());
        self.create(NodeKind::Element { name, attributes })
    }

    fn create_comment(&self, text: StrTendril) -> NodeId {
        self.create(NodeKind::Comment(text))
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> NodeId {
        self.create(NodeKind::Other)
    }

    fn append(&self, parent: &NodeId, child: NodeOrText<NodeId>) {
        self.insert(*parent, None, child);
    }

    fn append_based_on_parent_node(&self, element: &NodeId, above: &NodeId, child: NodeOrText<NodeId>) {
        let parent = self.nodes.borrow()[element.index()].parent;
        match parent {
            Some(parent) => self.insert(parent, Some(*element), child),
            None => self.insert(*above, None, child),
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn get_template_contents(&self, target: &NodeId) -> NodeId {
        *target
    }

    fn same_node(&self, one: &NodeId, other: &NodeId) -> bool {
        one == other
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &NodeId, child: NodeOrText<NodeId>) {
        let parent = self.nodes.borrow()[sibling.index()].parent;
        if let Some(parent) = parent {
            self.insert(parent, Some(*sibling), child);
        }
    }

    fn add_attrs_if_missing(&self, target: &NodeId, added: Vec<Attribute>) {
        if let NodeKind::Element { attributes, .. } = &mut self.nodes.borrow_mut()[target.index()].kind {
            for attribute in added.into_iter().take(MAX_ATTRIBUTES.saturating_sub(attributes.len())) {
                if attributes.iter().all(|known| known.name != attribute.name) {
                    self.attributes.set(self.attributes.get() + 1);
                    attributes.push(attribute);
                }
            }
        }
    }

    fn remove_from_parent(&self, target: &NodeId) {
        self.detach(*target);
    }

    fn reparent_children(&self, node: &NodeId, new_parent: &NodeId) {
        loop {
            let first = self.nodes.borrow()[node.index()].first_child;
            let Some(child) = first else { break };
            self.detach(child);
            self.attach(*new_parent, None, child);
        }
    }
}

/// Elements that the parser moved may lie deeper than when they were attached: measures them all.
fn check_depth(mut dom: Dom) -> Result<Dom, ExtractError> {
    let mut next = dom.node(Dom::ROOT).first_child;
    while let Some(id) = next {
        let node = dom.node(id);
        let depth = node.parent.map_or(0, |parent| dom.node(parent).depth + 1);
        if depth as usize > MAX_DEPTH {
            return Err(ExtractError::TooDeep { limit: MAX_DEPTH });
        }
        dom.nodes[id.index()].depth = depth;
        next = dom.node(id).first_child;
        let mut at = Some(id);
        while let (None, Some(above)) = (next, at) {
            next = dom.node(above).next_sibling;
            at = dom.node(above).parent;
        }
    }
    Ok(dom)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deep(tag: &str, levels: usize) -> String {
        format!("<{tag}>").repeat(levels)
    }

    #[test]
    fn refuses_pages_that_are_too_deep() {
        for tag in ["div", "span", "table><tr><td", "svg", "ul><li"] {
            let refused = parse(&deep(tag, 200_000));
            assert!(matches!(refused, Err(ExtractError::TooDeep { limit: MAX_DEPTH })), "{tag}");
        }
        assert!(parse(&deep("div", MAX_DEPTH - 10)).is_ok());
    }

    #[test]
    fn refuses_pages_whose_nodes_are_all_deep() {
        let many = deep("div", MAX_DEPTH - 10) + &"<i>x</i>".repeat(100_000);
        assert!(matches!(parse(&many), Err(ExtractError::TooDeep { .. })));
        let few = deep("div", MAX_DEPTH - 10) + &"<i>x</i>".repeat(1_000);
        assert!(parse(&few).is_ok());
    }

    #[test]
    fn refuses_pages_with_too_many_nodes() {
        let many = "<br>".repeat(MAX_NODES + 1);
        assert!(matches!(parse(&many), Err(ExtractError::TooLarge { what: "nodes", .. })));
        let many = "<p a b c d e f>".repeat(MAX_NODES / 5);
        assert!(matches!(parse(&many), Err(ExtractError::TooLarge { what: "nodes", .. })));
    }

    #[test]
    fn refuses_a_tag_with_endless_attributes() {
        let names: String = (0..300_000).map(|n| format!(" a{n}=''")).collect();
        for page in [format!("<p{names}>"), format!("<p title=\"<!-- \"{names}>"), format!("<p{names}")] {
            let refused = parse(&page);
            assert!(matches!(refused, Err(ExtractError::TooLarge { what: "attributes in one tag", .. })));
        }
    }

    #[test]
    fn takes_long_comments_values_and_texts() {
        let words = "word=1 ".repeat(100_000);
        for page in [
            format!("<!-- {words} --><p>end</p>"),
            format!("<img src=\"{words}\"><p>end</p>"),
            format!("<script>{words}</script><p>end</p>"),
        ] {
            let dom = parse(&page).expect("a page");
            assert_eq!(dom.texts(Dom::ROOT).last(), Some("end"));
        }
    }

    #[test]
    fn mends_misnested_markup() {
        let dom = parse("<p><b>one<p>two</b>three<table>four<tr><td>five</table>").expect("a page");
        let words: Vec<&str> = dom.texts(Dom::ROOT).collect();
        assert_eq!(words, ["one", "two", "threefour", "five"]);
    }
}
