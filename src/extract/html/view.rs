//! Everything the body model looks at, gathered once for a page: blocks, sums, traits, evidence, the
//! headline, the top candidate's surroundings, and which blocks are made alike.

use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashMap, FxHasher};

use super::{
    blocks::{LeafBlocks, leaf_blocks},
    dom::{Dom, NodeId, local_name},
    evidence::{Evidence, evidence_of},
    structure::{Structure, structure_of},
    traits::{Patterns, Traits, traits_of},
};
use crate::document::BlockKind;

/// Levels above a block that are looked at.
pub const MAX_LEVELS: usize = 64;

/// Share of the paragraphs' words that the big container holds.
const BIG_SHARE: f32 = 0.8;

/// Sums over the blocks that are made alike: same tag and class, also of parent and grandparent.
#[derive(Clone, Copy, Debug, Default)]
pub struct PathSums {
    /// Blocks.
    pub blocks: f32,
    /// Words.
    pub words: f32,
    /// Words of paragraphs.
    pub paragraph_words: f32,
}

/// A page as the body model sees it.
pub struct View<'dom> {
    /// The tree.
    pub dom: &'dom Dom,
    /// Blocks and elements.
    pub page: LeafBlocks,
    /// Words and links.
    pub structure: Structure,
    /// Tags, classes and roles.
    pub traits: Traits,
    /// What the head says.
    pub evidence: Evidence,
    /// Whether each block has a phrase of furniture: 0 no, 1 somewhere, 2 at its start.
    pub junk: Vec<u8>,
    /// Number of each block's path.
    pub paths: Vec<usize>,
    /// By number of path.
    pub path_sums: Vec<PathSums>,
    /// How often each block's text stands elsewhere on the page.
    pub repeats: Vec<u32>,
    /// Block that prints the headline.
    pub headline: Option<usize>,
    /// Of each node by number: 1 + levels from it down to the top candidate, 0 where it is not above it.
    pub above_top: Vec<u8>,
    /// The same for the headline.
    pub above_headline: Vec<u8>,
    /// Smallest element with four fifths of the paragraphs' words.
    pub big: Option<NodeId>,
    /// Of each node by number: its place in document order.
    pub order: Vec<u32>,
    /// By place in document order: place of the last picture.
    pub last_image: Vec<u32>,
    /// Of each node by number: siblings of the same tag and first class, itself included.
    pub alike: Vec<u32>,
    /// The outermost `article` elements, in order.
    pub articles: Articles,
}

/// The outermost `article` elements of a page.
pub struct Articles {
    /// How many there are.
    pub count: usize,
    /// Of each node by number: place among them from 1, 0 for other nodes.
    pub place: Vec<u32>,
    /// Words of paragraphs in the largest.
    pub most_words: f32,
}

/// Gathers the view of a page.
pub fn view_of(dom: &Dom) -> View<'_> {
    let page = leaf_blocks(dom);
    let structure = structure_of(dom, &page);
    let traits = traits_of(dom, &page);
    let evidence = evidence_of(dom);
    let patterns = Patterns::builtin();
    let junk = page.blocks.iter().map(|block| junk_at(patterns, &block.text)).collect();
    let signatures = signatures_of(dom, &page);
    let (paths, path_sums) = paths_of(dom, &page, &structure, &signatures);
    let headline = headline_of(&page, &structure, &evidence);
    let headline_element = headline.map(|index| page.blocks[index].element);
    let (order, last_image) = order_of(dom, &page);
    View {
        junk,
        repeats: repeats_of(&page, &structure),
        above_top: levels_above(dom, structure.top),
        above_headline: levels_above(dom, headline_element),
        big: big_of(dom, &structure),
        alike: alike_of(dom, &page, &signatures),
        articles: articles_of(dom, &page, &structure),
        dom,
        page,
        structure,
        traits,
        evidence,
        paths,
        path_sums,
        headline,
        order,
        last_image,
    }
}

fn junk_at(patterns: &Patterns, text: &str) -> u8 {
    match patterns.junk.as_ref().and_then(|junk| junk.find(text)) {
        Some(found) if found.start() == 0 => 2,
        Some(_) => 1,
        None => 0,
    }
}

/// Hash of the tag and the first class of every element, by number.
fn signatures_of(dom: &Dom, page: &LeafBlocks) -> Vec<u64> {
    let mut signatures = vec![0; dom.node_count()];
    for &id in &page.elements {
        let mut hasher = FxHasher::default();
        dom.tag(id).map_or("", |tag| tag).hash(&mut hasher);
        let class = dom.attribute(id, "class").unwrap_or("");
        class.split_ascii_whitespace().next().hash(&mut hasher);
        signatures[id.index()] = hasher.finish();
    }
    signatures
}

fn paths_of(
    dom: &Dom,
    page: &LeafBlocks,
    structure: &Structure,
    signatures: &[u64],
) -> (Vec<usize>, Vec<PathSums>) {
    let mut numbers: FxHashMap<[u64; 3], usize> = FxHashMap::default();
    let mut sums: Vec<PathSums> = Vec::new();
    let mut paths = Vec::with_capacity(page.blocks.len());
    for (index, block) in page.blocks.iter().enumerate() {
        let mut path = [signatures[block.element.index()], 0, 0];
        for (slot, above) in path[1..].iter_mut().zip(dom.ancestors(block.element)) {
            *slot = signatures[above.index()];
        }
        let number = *numbers.entry(path).or_insert(sums.len());
        if number == sums.len() {
            sums.push(PathSums::default());
        }
        let words = structure.shapes[index].words;
        sums[number].blocks += 1.0;
        sums[number].words += words;
        if structure.paragraph[index] {
            sums[number].paragraph_words += words;
        }
        paths.push(number);
    }
    (paths, sums)
}

fn repeats_of(page: &LeafBlocks, structure: &Structure) -> Vec<u32> {
    let mut counts: FxHashMap<&[u64], u32> = FxHashMap::default();
    for index in 0..page.blocks.len() {
        *counts.entry(structure.words_of(index)).or_default() += 1;
    }
    (0..page.blocks.len()).map(|index| counts[structure.words_of(index)] - 1).collect()
}

/// The block of 3 to 39 words that shares most of them with the page's titles, headings first.
fn headline_of(page: &LeafBlocks, structure: &Structure, evidence: &Evidence) -> Option<usize> {
    let mut best = (0.7, None);
    for (index, block) in page.blocks.iter().enumerate() {
        let words = structure.words_of(index);
        if !(3..40).contains(&words.len()) {
            continue;
        }
        let shared = words.iter().filter(|word| evidence.title_words.contains(word)).count();
        let share = shared as f32 / words.len() as f32;
        let bonus = match block.kind {
            BlockKind::Heading(1) => 0.3,
            BlockKind::Heading(2) => 0.1,
            _ => 0.0,
        };
        if share > 0.7 && share + bonus > best.0 {
            best = (share + bonus, Some(index));
        }
    }
    best.1
}

fn levels_above(dom: &Dom, element: Option<NodeId>) -> Vec<u8> {
    let mut levels = vec![0; dom.node_count()];
    if let Some(element) = element {
        for (level, id) in std::iter::once(element).chain(dom.ancestors(element)).enumerate() {
            levels[id.index()] = (level + 1).min(usize::from(u8::MAX)) as u8;
        }
    }
    levels
}

fn big_of(dom: &Dom, structure: &Structure) -> Option<NodeId> {
    let words = |id: NodeId| structure.sums[id.index()].paragraph_words;
    let wanted = BIG_SHARE * words(Dom::ROOT);
    if wanted <= 0.0 {
        return None;
    }
    let mut big = Dom::ROOT;
    while let Some(smaller) = dom.children(big).find(|&child| words(child) >= wanted) {
        big = smaller;
    }
    Some(big)
}

fn order_of(dom: &Dom, page: &LeafBlocks) -> (Vec<u32>, Vec<u32>) {
    let mut order = vec![0; dom.node_count()];
    let mut last_image = Vec::with_capacity(page.elements.len());
    let mut image = 0;
    for (place, &id) in page.elements.iter().enumerate() {
        // The limit on nodes is far below 2^32.
        order[id.index()] = place as u32;
        if matches!(dom.tag(id), Some(&local_name!("img") | &local_name!("picture") | &local_name!("figure")))
        {
            image = place as u32;
        }
        last_image.push(image);
    }
    (order, last_image)
}

fn alike_of(dom: &Dom, page: &LeafBlocks, signatures: &[u64]) -> Vec<u32> {
    let mut counts: FxHashMap<(Option<NodeId>, u64), u32> = FxHashMap::default();
    for &id in &page.elements {
        *counts.entry((dom.parent(id), signatures[id.index()])).or_default() += 1;
    }
    let mut alike = vec![0; dom.node_count()];
    for &id in &page.elements {
        alike[id.index()] = counts[&(dom.parent(id), signatures[id.index()])];
    }
    alike
}

fn articles_of(dom: &Dom, page: &LeafBlocks, structure: &Structure) -> Articles {
    let mut articles = Articles { count: 0, place: vec![0; dom.node_count()], most_words: 0.0 };
    let mut inside = vec![false; dom.node_count()];
    for &id in &page.elements {
        let within = dom.parent(id).is_some_and(|parent| inside[parent.index()]);
        let article = dom.tag(id) == Some(&local_name!("article"));
        inside[id.index()] = within || article;
        if article && !within {
            articles.count += 1;
            articles.place[id.index()] = articles.count as u32;
            articles.most_words = articles.most_words.max(structure.sums[id.index()].paragraph_words);
        }
    }
    articles
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    const PAGE: &str = "<title>Ferry line reopens after storm</title><div id=page>\
        <article><h1>Ferry line reopens after storm</h1><img src=x><p class=t>The ferry ran again on Tuesday, \
        with two boats in the morning and one at night.<p class=t>Tickets cost four crowns, as they did before, \
        said the owner of the line.</article><article><p>Other</article><footer><p>Other</footer></div>";

    #[test]
    fn gathers_headline_paths_repeats_and_articles() {
        let dom = parse(PAGE).expect("a small page");
        let view = view_of(&dom);
        assert_eq!(view.headline, Some(0));
        assert_eq!(view.paths[1], view.paths[2]);
        assert_ne!(view.paths[3], view.paths[4]);
        assert_eq!(view.repeats, [0, 0, 0, 1, 1]);
        assert_eq!(view.articles.count, 2);
        let big = view.big.expect("a container");
        assert_eq!((view.articles.place[big.index()], view.alike[big.index()]), (1, 2));
        assert!(view.above_top[view.structure.top.expect("a candidate").index()] == 1);
    }

    #[test]
    fn a_page_without_text_has_an_empty_view() {
        let dom = parse("<title>x</title>").expect("a small page");
        let view = view_of(&dom);
        assert!(view.page.blocks.is_empty() && view.big.is_none() && view.headline.is_none());
    }
}
