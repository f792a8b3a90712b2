//! Where a block stands in the tree: what is above it, how its containers are filled, and how near it
//! is to the headline and to Readability's top candidate.

use super::{
    dom::{Dom, NodeId},
    sheet::{Sheet, flag},
    structure::Sums,
    traits::{BITS, BODY_PROPERTY_BIT, CLASS_BIT, HIDDEN_BIT, Patterns, ROLE_BIT, TAGS},
    view::{MAX_LEVELS, View},
};

/// Containers whose sums are looked at: parent, grandparent, great-grandparent.
const CONTAINERS: [&str; 3] = ["c1", "c2", "c3"];

/// Bits of all roles.
const ROLE_BITS: u64 = !((1 << ROLE_BIT) - 1);

/// Whether block `index` lies inside the top candidate.
pub(super) fn inside_top(view: &View<'_>, index: usize) -> bool {
    let element = view.page.blocks[index].element;
    std::iter::once(element)
        .chain(view.dom.ancestors(element))
        .take(MAX_LEVELS)
        .any(|id| Some(id) == view.structure.top)
}

/// What the way up from a block meets.
struct Above {
    /// Levels to the nearest element with each trait, the block's element being 1; 0 for none.
    levels: [u8; BITS],
    /// Traits of the element, and of the two above it.
    own: u64,
    two_above: u64,
    /// Levels to the first element that is above the top candidate too, and that element.
    top: (u8, u8),
    headline: (u8, u8),
    /// Levels to the big container, 0 where the block is outside.
    big: u8,
    /// The outermost `article`.
    article: Option<NodeId>,
}

fn look_above(view: &View<'_>, element: NodeId) -> Above {
    let mut above = Above {
        levels: [0; BITS],
        own: view.traits.of(element),
        two_above: 0,
        top: (0, 0),
        headline: (0, 0),
        big: 0,
        article: None,
    };
    let mut seen = 0;
    let chain = std::iter::once(element).chain(view.dom.ancestors(element)).take(MAX_LEVELS);
    for (level, id) in (1u8..).zip(chain) {
        let bits = view.traits.of(id);
        if matches!(level, 2 | 3) {
            above.two_above |= bits;
        }
        let mut fresh = bits & !seen;
        seen |= bits;
        while fresh != 0 {
            above.levels[fresh.trailing_zeros() as usize] = level;
            fresh &= fresh - 1;
        }
        for (shared, marks) in
            [(&mut above.top, &view.above_top), (&mut above.headline, &view.above_headline)]
        {
            if shared.0 == 0 && marks[id.index()] > 0 {
                *shared = (level, marks[id.index()]);
            }
        }
        if above.big == 0 && view.big == Some(id) {
            above.big = level;
        }
        if bits & 1 == 1 {
            above.article = Some(id);
        }
    }
    above
}

/// Puts the features of the block's place.
pub(super) fn put_place(sheet: &mut Sheet, view: &View<'_>, index: usize) {
    let block = &view.page.blocks[index];
    let above = look_above(view, block.element);
    for (bit, tag) in TAGS.iter().enumerate() {
        sheet.put_in("above", tag, f32::from(above.levels[bit]));
    }
    for (bit, group) in (CLASS_BIT..).zip(&Patterns::builtin().groups) {
        sheet.put_in("own", group, flag(above.own >> bit & 1 == 1));
        sheet.put_in("two", group, flag(above.two_above >> bit & 1 == 1));
        sheet.put_in("near", group, f32::from(above.levels[bit as usize]));
    }
    sheet.put("body-property", f32::from(above.levels[BODY_PROPERTY_BIT as usize]));
    sheet.put("hidden", f32::from(above.levels[HIDDEN_BIT as usize]));
    let role = above.levels[ROLE_BIT as usize..].iter().copied().max().unwrap_or(0);
    sheet.put("role", f32::from(role));
    sheet.put("own-role", flag(above.own & ROLE_BITS != 0));
    sheet.put("depth", (view.dom.depth(block.element) as f32).min(100.0));
    put_inline(sheet, view, index);
    put_containers(sheet, view, block.element);
    put_relations(sheet, view, &above, block.element);
    put_article(sheet, view, &above);
}

/// Class groups of the inline elements inside the block.
fn put_inline(sheet: &mut Sheet, view: &View<'_>, index: usize) {
    let inline = view.page.inlines_of(index);
    let bits = inline.iter().fold(0, |bits, id| bits | view.traits.of(*id));
    let patterns = Patterns::builtin();
    for (bit, group) in (CLASS_BIT..).zip(&patterns.groups) {
        if patterns.inline >> bit & 1 == 1 {
            sheet.put_in("inside", group, flag(bits >> bit & 1 == 1));
        }
    }
}

fn put_containers(sheet: &mut Sheet, view: &View<'_>, element: NodeId) {
    let page = view.structure.sums[Dom::ROOT.index()];
    let mut above = view.dom.ancestors(element);
    let own = view.alike[element.index()];
    sheet.put("alike", (own as f32).ln_1p());
    for group in CONTAINERS {
        let id = above.next();
        let sums = id.map_or(Sums::default(), |id| view.structure.sums[id.index()]);
        let blocks = sums.blocks.max(1.0);
        sheet.put_in(group, "words", sums.words.ln_1p());
        sheet.put_in(group, "page-share", sums.paragraph_words / page.paragraph_words.max(1.0));
        sheet.put_in(group, "paragraph-share", sums.paragraph_words / sums.words.max(1.0));
        sheet.put_in(group, "link-share", sums.link_share());
        sheet.put_in(group, "blocks", sums.blocks.ln_1p());
        sheet.put_in(group, "images", sums.images / blocks);
        sheet.put_in(group, "headings", sums.headings / blocks);
        sheet.put_in(group, "times", sums.times / blocks);
        let alike = id.map_or(0, |id| view.alike[id.index()]);
        sheet.put_in(group, "alike", (alike as f32).ln_1p());
    }
}

fn put_relations(sheet: &mut Sheet, view: &View<'_>, above: &Above, element: NodeId) {
    sheet.put_in("top", "inside", flag(above.top.1 == 1));
    sheet.put_in("top", "up", f32::from(above.top.0));
    sheet.put_in("top", "level", f32::from(above.top.1));
    sheet.put_in("big", "up", f32::from(above.big));
    sheet.put_in("headline", "up", f32::from(above.headline.0));
    sheet.put_in("headline", "level", f32::from(above.headline.1));
    let place = view.order[element.index()];
    let image = view.last_image.get(place as usize).copied().unwrap_or(0);
    sheet.put("since-image", if image == 0 { -1.0 } else { ((place - image) as f32).min(50.0) });
}

fn put_article(sheet: &mut Sheet, view: &View<'_>, above: &Above) {
    let most = view.articles.most_words;
    let id = above.article.filter(|id| view.articles.place[id.index()] > 0);
    let words = id.map_or(0.0, |id| view.structure.sums[id.index()].paragraph_words);
    let place = id.map_or(0, |id| view.articles.place[id.index()]);
    sheet.put_in("article", "count", (view.articles.count as f32).min(50.0));
    sheet.put_in("article", "place", (place as f32).min(50.0));
    sheet.put_in("article", "of-largest", if most > 0.0 { words / most } else { -1.0 });
    let page = &view.structure.sums[Dom::ROOT.index()];
    sheet.put_in("article", "page-share", words / page.paragraph_words.max(1.0));
    let titled = above.article.is_some_and(|id| view.above_headline[id.index()] > 0);
    sheet.put_in("article", "has-headline", flag(titled));
}
