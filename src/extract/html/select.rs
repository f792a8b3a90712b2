//! The story's blocks told from the rest of the page.

use super::{
    blocks::{LeafBlock, leaf_blocks},
    dom::Dom,
    structure::structure_of,
};
use crate::{
    article::PageKind,
    extract::block::{Candidate, Verdict},
};

/// A page judged.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// All blocks of the page in its order, each with its verdict.
    pub candidates: Vec<Candidate>,
    /// Whether the page holds a story at all.
    pub page_kind: PageKind,
    /// Expected F1 of the kept words, from 0 to 1.
    pub confidence: f32,
}

/// Judges every block of a page.
pub fn judge(dom: &Dom) -> Judged {
    let page = leaf_blocks(dom);
    let structure = structure_of(dom, &page);
    let mut inside = vec![false; dom.node_count()];
    if let Some(top) = structure.top {
        inside[top.index()] = true;
        for id in dom.descendants(top) {
            inside[id.index()] = true;
        }
    }
    let kept: Vec<bool> = (0..page.blocks.len())
        .map(|index| inside[page.blocks[index].element.index()] && structure.link_share(&page, index) < 0.5)
        .collect();
    let candidates =
        page.blocks.into_iter().zip(kept).map(|(block, kept)| candidate_of(block, kept)).collect();
    Judged { candidates, page_kind: PageKind::Article, confidence: 0.5 }
}

fn candidate_of(block: LeafBlock, kept: bool) -> Candidate {
    Candidate {
        kind: block.kind,
        text: block.text,
        links: block.links,
        source: Vec::new(),
        line: None,
        verdict: if kept { Verdict::Keep } else { Verdict::Drop("html:outside-story".to_owned()) },
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    #[test]
    fn menus_and_teasers_are_dropped() {
        let page = "<nav><a href=1>Home</a> <a href=2>Sport</a></nav>\
            <main><div><h1>Council votes</h1><p>The council met on Monday, late in the evening, and voted twice.\
            <p>Nobody spoke against the plan, which had been ready since the spring of last year.</div>\
            <div><a href=3>Another story that one could read, if one had the time today.</a></div></main>";
        let judged = judge(&parse(page).expect("a small page"));
        let kept: Vec<bool> =
            judged.candidates.iter().map(|candidate| candidate.verdict == Verdict::Keep).collect();
        assert_eq!(kept, [false, true, true, true, false]);
    }
}
