//! The leaf blocks of a page: the maximal runs of inline text of one element, in document order.
//!
//! Says what a block holds and what it is, not whether it belongs to the story.

use super::{
    dom::{Dom, NodeId, Step, local_name, push_folded},
    flow::{Flow, flows_of, is_strong, kind_of},
};
use crate::{article::Link, document::BlockKind};

/// Leaf blocks looked at in one page; what follows is left out of the body, and said to be. The longest live blogs and
/// comment pages have a few thousand, and each costs about a kilobyte while the page is judged.
pub const MAX_BLOCKS: usize = 20_000;

/// A run of inline text.
#[derive(Clone, Debug, PartialEq)]
pub struct LeafBlock {
    /// The innermost element that is not inline.
    pub element: NodeId,
    /// What it is.
    pub kind: BlockKind,
    /// The text on one line, white space folded.
    pub text: String,
    /// Hyperlinks, their spans in `text`; addresses as the page writes them.
    pub links: Vec<Link>,
    /// Bytes of `text` inside bold or emphasised elements.
    pub strong_bytes: usize,
    /// Whether a double line break, not an element, parts it from the block before.
    pub after_break: bool,
    /// Where its inline elements end in [`LeafBlocks::inlines`].
    inlines_end: usize,
}

/// The blocks of a page, and the elements that stand around them.
#[derive(Clone, Debug)]
pub struct LeafBlocks {
    /// In document order, at most [`MAX_BLOCKS`].
    pub blocks: Vec<LeafBlock>,
    /// The first block beyond [`MAX_BLOCKS`], where the page has more.
    pub beyond: Option<LeafBlock>,
    /// The elements of the page in document order, without those whose text is never shown.
    pub elements: Vec<NodeId>,
    /// The inline elements of all blocks, one after the other.
    inlines: Vec<NodeId>,
}

impl LeafBlocks {
    /// The inline elements inside block `index`.
    pub fn inlines_of(&self, index: usize) -> &[NodeId] {
        let start = index.checked_sub(1).map_or(0, |before| self.blocks[before].inlines_end);
        &self.inlines[start..self.blocks[index].inlines_end]
    }
}

/// The leaf blocks of a page.
pub fn leaf_blocks(dom: &Dom) -> LeafBlocks {
    let (elements, flows) = flows_of(dom);
    let mut cutter = Cutter::new(dom);
    let mut walk = dom.walk(Dom::ROOT);
    while let Some(step) = walk.next() {
        if cutter.blocks.len() > MAX_BLOCKS {
            break;
        }
        match step {
            Step::Enter(id) => match dom.text(id) {
                Some(text) => cutter.take_text(text),
                None if !dom.is_element(id) => {}
                None if flows[id.index()] == Flow::Hidden => walk.pass_over(id),
                None => cutter.enter(id, flows[id.index()]),
            },
            Step::Leave(id) => cutter.leave(id, flows[id.index()]),
        }
    }
    cutter.flush();
    let beyond = cutter.blocks.drain(MAX_BLOCKS.min(cutter.blocks.len())..).next();
    LeafBlocks { blocks: cutter.blocks, beyond, elements, inlines: cutter.inlines }
}

/// Cuts the walk through a page into blocks.
struct Cutter<'dom> {
    dom: &'dom Dom,
    blocks: Vec<LeafBlock>,
    inlines: Vec<NodeId>,
    /// The block elements that are open, innermost last.
    open: Vec<NodeId>,
    /// The address of the open hyperlink.
    address: Option<&'dom str>,
    strong_depth: usize,
    text: String,
    links: Vec<Link>,
    /// Where in `text` the open hyperlink starts.
    link_start: usize,
    strong_bytes: usize,
    /// Line breaks since the last text.
    breaks: usize,
    after_break: bool,
}

impl<'dom> Cutter<'dom> {
    fn new(dom: &'dom Dom) -> Self {
        Self {
            dom,
            blocks: Vec::new(),
            inlines: Vec::new(),
            open: vec![Dom::ROOT],
            address: None,
            strong_depth: 0,
            text: String::new(),
            links: Vec::new(),
            link_start: 0,
            strong_bytes: 0,
            breaks: 0,
            after_break: false,
        }
    }

    fn take_text(&mut self, text: &str) {
        let before = self.text.len();
        push_folded(&mut self.text, text);
        if self.text.len() > before && !self.text[before..].trim().is_empty() {
            self.breaks = 0;
            if self.strong_depth > 0 {
                self.strong_bytes += self.text.len() - before;
            }
        }
    }

    fn enter(&mut self, id: NodeId, flow: Flow) {
        match flow {
            Flow::Hidden => {}
            Flow::Break => {
                self.breaks += 1;
                if self.breaks >= 2 && !self.text.is_empty() {
                    self.flush();
                    self.after_break = true;
                }
                push_folded(&mut self.text, " ");
            }
            Flow::Cell => push_folded(&mut self.text, " "),
            Flow::Inline => self.inlines.push(id),
            Flow::Block => {
                self.flush();
                self.open.push(id);
            }
        }
        let tag = self.dom.tag(id);
        if tag == Some(&local_name!("a")) {
            self.close_link();
            self.address = self.dom.attribute(id, "href");
        }
        self.strong_depth += usize::from(is_strong(tag));
    }

    fn leave(&mut self, id: NodeId, flow: Flow) {
        let tag = self.dom.tag(id);
        if tag == Some(&local_name!("a")) {
            self.close_link();
            self.address = None;
        }
        self.strong_depth -= usize::from(is_strong(tag));
        if flow == Flow::Block {
            self.flush();
            self.open.pop();
        }
    }

    /// Notes the hyperlink that is open, if it has any text so far; what follows starts a new one.
    fn close_link(&mut self) {
        let text = &self.text[self.link_start..];
        let start = self.link_start + (text.len() - text.trim_start().len());
        let end = self.link_start + text.trim_end().len();
        if let Some(address) = self.address
            && start < end
        {
            self.links
                .push(Link { span: crate::article::Span::new(start, end), url: address.trim().to_owned() });
        }
        self.link_start = self.text.len();
    }

    /// Ends the block, if it has any text.
    fn flush(&mut self) {
        self.close_link();
        self.link_start = 0;
        self.breaks = 0;
        let after_break = std::mem::take(&mut self.after_break);
        let strong_bytes = std::mem::take(&mut self.strong_bytes);
        let links = std::mem::take(&mut self.links);
        self.text.truncate(self.text.trim_end().len());
        if self.text.is_empty() {
            return;
        }
        let element = self.open.last().copied().unwrap_or(Dom::ROOT);
        let (text, links) = without_invisible(std::mem::take(&mut self.text), links);
        if text.is_empty() {
            return;
        }
        self.blocks.push(LeafBlock {
            element,
            kind: kind_of(self.dom, element),
            strong_bytes: strong_bytes.min(text.len()),
            text,
            links,
            after_break,
            inlines_end: self.inlines.len(),
        });
    }
}

/// Soft hyphens, zero-width spaces and byte-order marks: they part words that the reader sees whole.
const INVISIBLE: [char; 4] = ['\u{ad}', '\u{200b}', '\u{feff}', '\u{2060}'];

fn without_invisible(text: String, mut links: Vec<Link>) -> (String, Vec<Link>) {
    if text.is_ascii() || !text.contains(INVISIBLE) {
        return (text, links);
    }
    let mut kept = String::with_capacity(text.len());
    // Ends of links come in the order of the text: one pass moves them all.
    let mut ends = links.iter_mut().flat_map(|link| [&mut link.span.start, &mut link.span.end]).peekable();
    for (at, c) in text.char_indices() {
        while let Some(end) = ends.next_if(|end| **end <= at) {
            *end = kept.len();
        }
        let leading = kept.is_empty() && c == ' ';
        if !leading && !INVISIBLE.contains(&c) {
            kept.push(c);
        }
    }
    kept.truncate(kept.trim_end().len());
    for end in ends {
        *end = kept.len();
    }
    links.retain(|link| !link.span.of(&kept).trim().is_empty());
    (kept, links)
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    fn blocks(html: &str) -> Vec<LeafBlock> {
        leaf_blocks(&parse(html).expect("a small page")).blocks
    }

    fn texts(html: &str) -> Vec<String> {
        blocks(html).into_iter().map(|block| block.text).collect()
    }

    #[test]
    fn cuts_at_elements_and_double_breaks() {
        let page = "<div>lead <b>in</b> bold<p>one</p>tail<br>on<br> <br>after</div>";
        assert_eq!(texts(page), ["lead in bold", "one", "tail on", "after"]);
        assert!(blocks(page)[3].after_break);
        assert_eq!(blocks(page)[0].strong_bytes, 2);
    }

    #[test]
    fn rows_are_blocks_unless_cells_hold_blocks() {
        let page = "<table><tr><td>a</td><td>b</td></tr><tr><td><p>c</p></td><td>d</td></tr></table>";
        assert_eq!(texts(page), ["a b", "c", "d"]);
        assert_eq!(blocks(page)[0].kind, BlockKind::Other);
    }

    #[test]
    fn links_keep_their_place() {
        let page =
            "<p>See <a href='/x'> the map </a>, <a href=y>now</a></p><a href=z><h2>Next</h2><p>more</p></a>";
        let found = blocks(page);
        let shown: Vec<(&str, &str)> = found
            .iter()
            .flat_map(|block| block.links.iter().map(|link| (link.span.of(&block.text), &*link.url)))
            .collect();
        assert_eq!(shown, [("the map", "/x"), ("now", "y"), ("Next", "z"), ("more", "z")]);
    }

    #[test]
    fn hidden_things_are_left_out_and_invisible_ones_removed() {
        let page = "<p>Par\u{ad}lia\u{200b}ment <a href=x>si\u{ad}ts</a></p><svg><text>no</text></svg>\
            <noscript>no</noscript><select><option>no</select><template><p>no</p></template>";
        let found = blocks(page);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].text, "Parliament sits");
        assert_eq!(found[0].links[0].span.of(&found[0].text), "sits");
    }

    #[test]
    fn many_invisible_links_cost_no_more_than_others() {
        let page = format!("<p>\u{ad} {}end", "<a href=q>a\u{ad}</a> ".repeat(50_000));
        let found = blocks(&page);
        assert_eq!(found[0].links.len(), 50_000);
        assert!(found[0].links.iter().all(|link| link.span.of(&found[0].text) == "a"));
    }

    #[test]
    fn declared_shadow_trees_are_shown() {
        let page = "<div><template shadowrootmode=open><p>inside</p></template></div>";
        assert_eq!(texts(page), ["inside"]);
    }

    #[test]
    fn kinds_come_from_the_elements_around() {
        let page = "<h3><span>h</span></h3><ul><li><p>i</p></ul><blockquote><p>q</p></blockquote>\
            <figure><figcaption><span>c</span></figcaption></figure><p>p</p>";
        let kinds: Vec<BlockKind> = blocks(page).iter().map(|block| block.kind).collect();
        let expected = [
            BlockKind::Heading(3),
            BlockKind::ListItem,
            BlockKind::BlockQuote,
            BlockKind::Caption,
            BlockKind::Paragraph,
        ];
        assert_eq!(kinds, expected);
    }

    #[test]
    fn endless_pages_are_cut() {
        let page = "<p>x".repeat(MAX_BLOCKS) + "<p>y<p>z";
        let found = leaf_blocks(&parse(&page).expect("a page"));
        assert_eq!(found.blocks.len(), MAX_BLOCKS);
        assert_eq!(found.beyond.map(|block| block.text).as_deref(), Some("y"));
        assert!(leaf_blocks(&parse("<p>x").expect("a page")).beyond.is_none());
    }
}
