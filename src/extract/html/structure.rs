//! What stands where on a page: the sums of words and links below every element, and Readability's top
//! candidate among them.
//!
//! One pass up and one down over the elements; nothing grows with depth times length.

use super::{
    blocks::LeafBlocks,
    dom::{Dom, NodeId, local_name},
    shape::{Shape, shape_of},
};

/// Fewest words of a block that counts as a paragraph.
const MIN_PARAGRAPH_WORDS: f32 = 10.0;

/// Highest share of link text in a paragraph.
const MAX_PARAGRAPH_LINK_SHARE: f32 = 0.4;

/// Share of a page's text inside hyperlinks from which they say nothing: one of them was never closed.
const UNCLOSED_LINK_SHARE: f32 = 0.95;

/// Sums over the blocks below one element.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sums {
    /// Words.
    pub words: f32,
    /// Words of blocks that look like paragraphs.
    pub paragraph_words: f32,
    /// Bytes of text.
    pub bytes: f32,
    /// Bytes inside hyperlinks.
    pub link_bytes: f32,
    /// Blocks.
    pub blocks: f32,
    /// Pictures.
    pub images: f32,
    /// Headings, from `h1` to `h6`.
    pub headings: f32,
    /// `time` elements.
    pub times: f32,
    /// Readability's score: what paragraphs give to the three elements above them.
    pub score: f32,
}

impl Sums {
    /// Share of the text that is inside hyperlinks.
    pub fn link_share(&self) -> f32 {
        if self.bytes > 0.0 { self.link_bytes / self.bytes } else { 0.0 }
    }
}

/// A page's blocks measured.
#[derive(Clone, Debug)]
pub struct Structure {
    /// Of each block.
    pub shapes: Vec<Shape>,
    /// Hashes of the words of all blocks, in lower case, one after the other.
    pub word_hashes: Vec<u64>,
    /// Where each block's words end in `word_hashes`.
    pub word_ends: Vec<usize>,
    /// Bytes of each block that are inside hyperlinks.
    pub link_bytes: Vec<usize>,
    /// Whether each block looks like a paragraph.
    pub paragraph: Vec<bool>,
    /// Of each node, by number.
    pub sums: Vec<Sums>,
    /// The element in which Readability would see the story.
    pub top: Option<NodeId>,
}

impl Structure {
    /// The hashes of the words of block `index`.
    pub fn words_of(&self, index: usize) -> &[u64] {
        let start = index.checked_sub(1).map_or(0, |before| self.word_ends[before]);
        &self.word_hashes[start..self.word_ends[index]]
    }

    /// Share of block `index` that is inside hyperlinks.
    pub fn link_share(&self, page: &LeafBlocks, index: usize) -> f32 {
        self.link_bytes[index] as f32 / page.blocks[index].text.len().max(1) as f32
    }
}

/// Measures the blocks of a page.
pub fn structure_of(dom: &Dom, page: &LeafBlocks) -> Structure {
    let count = page.blocks.len();
    let mut structure = Structure {
        shapes: Vec::with_capacity(count),
        word_hashes: Vec::new(),
        word_ends: Vec::with_capacity(count),
        link_bytes: Vec::with_capacity(count),
        paragraph: Vec::with_capacity(count),
        sums: vec![Sums::default(); dom.node_count()],
        top: None,
    };
    let unclosed = is_all_linked(page);
    for index in 0..count {
        measure(dom, page, index, unclosed, &mut structure);
    }
    for &id in page.elements.iter().rev() {
        count_element(dom, id, &mut structure.sums[id.index()]);
        if let Some(parent) = dom.parent(id) {
            let below = structure.sums[id.index()];
            let above = &mut structure.sums[parent.index()];
            above.words += below.words;
            above.paragraph_words += below.paragraph_words;
            above.bytes += below.bytes;
            above.link_bytes += below.link_bytes;
            above.blocks += below.blocks;
            above.images += below.images;
            above.headings += below.headings;
            above.times += below.times;
        }
    }
    structure.top = top_of(page, &structure.sums);
    structure
}

fn count_element(dom: &Dom, id: NodeId, own: &mut Sums) {
    match dom.tag(id) {
        Some(&local_name!("img")) => own.images += 1.0,
        Some(&local_name!("time")) => own.times += 1.0,
        Some(
            &local_name!("h1")
            | &local_name!("h2")
            | &local_name!("h3")
            | &local_name!("h4")
            | &local_name!("h5")
            | &local_name!("h6"),
        ) => own.headings += 1.0,
        _ => {}
    }
}

/// Whether nearly all text of the page is inside one and the same hyperlink.
fn is_all_linked(page: &LeafBlocks) -> bool {
    let Some(first) = page.blocks.iter().find_map(|block| block.links.first()) else { return false };
    let bytes: usize = page.blocks.iter().map(|block| block.text.len()).sum();
    let links = page.blocks.iter().flat_map(|block| &block.links).filter(|link| link.url == first.url);
    let linked: usize = links.map(|link| link.span.len()).sum();
    linked as f32 >= UNCLOSED_LINK_SHARE * bytes as f32
}

fn measure(dom: &Dom, page: &LeafBlocks, index: usize, unclosed: bool, structure: &mut Structure) {
    let block = &page.blocks[index];
    let shape = shape_of(&block.text, &mut structure.word_hashes);
    structure.word_ends.push(structure.word_hashes.len());
    let linked = block.links.iter().map(|link| link.span.len()).sum::<usize>().min(block.text.len());
    let link_bytes = if unclosed { 0 } else { linked };
    let paragraph = shape.words >= MIN_PARAGRAPH_WORDS
        && shape.stops > 0
        && (link_bytes as f32) < MAX_PARAGRAPH_LINK_SHARE * block.text.len() as f32
        && holds_paragraphs(dom, block.element);
    let own = &mut structure.sums[block.element.index()];
    own.words += shape.words;
    own.bytes += block.text.len() as f32;
    own.link_bytes += link_bytes as f32;
    own.blocks += 1.0;
    if paragraph {
        own.paragraph_words += shape.words;
        let score = 1.0 + (shape.words / 20.0).min(3.0) + 0.3 * shape.commas as f32;
        for (above, share) in dom.ancestors(block.element).zip([1.0, 0.5, 0.25]) {
            structure.sums[above.index()].score += share * score;
        }
    }
    structure.shapes.push(shape);
    structure.link_bytes.push(link_bytes);
    structure.paragraph.push(paragraph);
}

fn holds_paragraphs(dom: &Dom, element: NodeId) -> bool {
    matches!(
        dom.tag(element),
        Some(
            &local_name!("p")
                | &local_name!("div")
                | &local_name!("span")
                | &local_name!("blockquote")
                | &local_name!("pre")
                | &local_name!("section")
                | &local_name!("article")
        )
    )
}

/// The element of the highest score, less its share of links; the first of equals.
fn top_of(page: &LeafBlocks, sums: &[Sums]) -> Option<NodeId> {
    let mut best = (0.0, None);
    for &id in &page.elements {
        let own = &sums[id.index()];
        let score = own.score * (1.0 - own.link_share());
        if score > best.0 {
            best = (score, Some(id));
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::super::{blocks::leaf_blocks, parse};
    use super::*;

    const PAGE: &str = "<nav><a href=1>Home</a> <a href=2>Sport</a></nav>\
        <main><div id=story><p>The council met on Monday, late in the evening, and voted twice.\
        <p>Nobody spoke against the plan, which had been ready since the spring of last year.</div>\
        <div><a href=3>Another story that one could read, if one had the time for it today.</a></div></main>";

    #[test]
    fn the_top_candidate_holds_the_paragraphs() {
        let dom = parse(PAGE).expect("a small page");
        let page = leaf_blocks(&dom);
        let structure = structure_of(&dom, &page);
        let top = structure.top.expect("a candidate");
        assert_eq!(dom.attribute(top, "id"), Some("story"));
        assert_eq!(structure.paragraph, [false, true, true, false]);
        let body = dom.first_named(local_name!("body")).expect("a body");
        let whole = structure.sums[body.index()];
        assert_eq!(whole.blocks, 4.0);
        assert_eq!(whole.words, structure.shapes.iter().map(|shape| shape.words).sum::<f32>());
        assert!(whole.link_share() > 0.2 && structure.sums[top.index()].link_share() == 0.0);
    }

    #[test]
    fn a_link_that_is_never_closed_counts_for_nothing() {
        let dom =
            parse("<a href=x><p>The whole of this page is one link, by mistake.<p>All of it, to the end.")
                .expect("a small page");
        let page = leaf_blocks(&dom);
        assert_eq!(page.blocks[1].links.len(), 1);
        assert_eq!(structure_of(&dom, &page).link_bytes, [0, 0]);
    }

    #[test]
    fn words_of_a_block_are_its_own() {
        let dom = parse("<p>one two</p><p>three</p>").expect("a small page");
        let structure = structure_of(&dom, &leaf_blocks(&dom));
        assert_eq!(structure.words_of(0).len(), 2);
        assert_eq!(structure.words_of(1).len(), 1);
    }
}
