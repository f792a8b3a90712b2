//! How elements take part in the flow of text: which are shown, which end a line, and what they make of
//! their text.

use html5ever::LocalName;

use super::dom::{Dom, NodeId, local_name};
use crate::document::BlockKind;

/// How an element takes part in the flow of text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    /// Never shown as text, with all that it holds.
    Hidden,
    /// Part of the line.
    Inline,
    /// A cell of a table's row: part of the line, after a space.
    Cell,
    /// A line break.
    Break,
    /// Ends the line before and after.
    Block,
}

fn flow_of(tag: Option<&LocalName>) -> Flow {
    let Some(tag) = tag else { return Flow::Hidden };
    match *tag {
        local_name!("script")
        | local_name!("style")
        | local_name!("template")
        | local_name!("iframe")
        | local_name!("head")
        | local_name!("select")
        | local_name!("option")
        | local_name!("textarea")
        | local_name!("object")
        | local_name!("embed")
        | local_name!("canvas")
        | local_name!("noscript")
        | local_name!("audio")
        | local_name!("video")
        | local_name!("input")
        | local_name!("map") => Flow::Hidden,
        local_name!("a")
        | local_name!("abbr")
        | local_name!("b")
        | local_name!("bdi")
        | local_name!("bdo")
        | local_name!("big")
        | local_name!("cite")
        | local_name!("code")
        | local_name!("data")
        | local_name!("del")
        | local_name!("dfn")
        | local_name!("em")
        | local_name!("font")
        | local_name!("i")
        | local_name!("ins")
        | local_name!("kbd")
        | local_name!("label")
        | local_name!("mark")
        | local_name!("q")
        | local_name!("s")
        | local_name!("samp")
        | local_name!("small")
        | local_name!("span")
        | local_name!("strike")
        | local_name!("strong")
        | local_name!("sub")
        | local_name!("sup")
        | local_name!("time")
        | local_name!("tt")
        | local_name!("u")
        | local_name!("var")
        | local_name!("wbr")
        | local_name!("ruby")
        | local_name!("rb")
        | local_name!("rt")
        | local_name!("rp")
        | local_name!("nobr")
        | local_name!("img")
        | local_name!("picture")
        | local_name!("source") => Flow::Inline,
        local_name!("td") | local_name!("th") => Flow::Cell,
        local_name!("br") => Flow::Break,
        _ => Flow::Block,
    }
}

/// Whether the element prints its text in bold or italics.
pub(super) fn is_strong(tag: Option<&LocalName>) -> bool {
    matches!(tag, Some(&local_name!("b") | &local_name!("strong") | &local_name!("em") | &local_name!("i")))
}

/// The shown elements in document order, and the flow of every node by number. Inline elements and
/// cells that hold a block are blocks.
pub(super) fn flows_of(dom: &Dom) -> (Vec<NodeId>, Vec<Flow>) {
    let mut flows = vec![Flow::Hidden; dom.node_count()];
    let mut elements = Vec::with_capacity(dom.node_count() / 2);
    let mut walk = dom.descendants(Dom::ROOT);
    while let Some(id) = walk.next() {
        if !dom.is_element(id) {
            continue;
        }
        let shadow = dom.tag(id) == Some(&local_name!("template"))
            && dom.attributes(id).any(|(name, _)| name == "shadowrootmode");
        let flow = if shadow { Flow::Block } else { flow_of(dom.tag(id)) };
        if flow == Flow::Hidden {
            walk.skip_below(id);
            continue;
        }
        flows[id.index()] = flow;
        elements.push(id);
    }
    for &id in elements.iter().rev() {
        if flows[id.index()] == Flow::Block
            && let Some(parent) = dom.parent(id)
            && matches!(flows[parent.index()], Flow::Inline | Flow::Cell)
        {
            flows[parent.index()] = Flow::Block;
        }
    }
    (elements, flows)
}

/// Levels above a block at which a list, a quotation or a caption still says what it is.
const KIND_LEVELS: usize = 4;

/// What a block of `element` is, by the elements around it.
pub(super) fn kind_of(dom: &Dom, element: NodeId) -> BlockKind {
    for id in std::iter::once(element).chain(dom.ancestors(element)).take(KIND_LEVELS) {
        let Some(tag) = dom.tag(id) else { continue };
        match *tag {
            local_name!("h1") => return BlockKind::Heading(1),
            local_name!("h2") => return BlockKind::Heading(2),
            local_name!("h3") => return BlockKind::Heading(3),
            local_name!("h4") => return BlockKind::Heading(4),
            local_name!("h5") => return BlockKind::Heading(5),
            local_name!("h6") => return BlockKind::Heading(6),
            local_name!("li") | local_name!("dt") | local_name!("dd") => return BlockKind::ListItem,
            local_name!("figcaption") | local_name!("caption") => return BlockKind::Caption,
            local_name!("blockquote") => return BlockKind::BlockQuote,
            local_name!("tr") | local_name!("td") | local_name!("th") | local_name!("pre") => {
                return BlockKind::Other;
            }
            _ => {}
        }
    }
    BlockKind::Paragraph
}
