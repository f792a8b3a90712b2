//! The features of every block of a page: what it says, what it is, where it stands, and its neighbours.
//!
//! One code path for training and use. The set follows the block classifiers of the literature
//! (Readability's candidates, boilerpipe's densities and neighbours, Web2Text's two passes).

use super::{
    place::put_place,
    sheet::{Sheet, flag},
    traits::Patterns,
    view::View,
};

/// Tags that are told apart.
const BLOCK_TAGS: [&str; 18] = [
    "p",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "td",
    "div",
    "blockquote",
    "figcaption",
    "span",
    "a",
    "pre",
    "section",
    "article",
    "tr",
    "body",
    "button",
];

/// How far neighbours are looked at on either side.
const NEAR: isize = 3;

/// What a block shows to its neighbours.
const NEAR_NAMES: [&str; 11] =
    ["words", "links", "stop", "p", "stopwords", "path", "junk", "h2", "h3", "li", "top"];

/// The first stage's features, one row a block. With `naming` the sheet carries the columns' names.
pub fn first_stage(view: &View<'_>, naming: bool) -> Sheet {
    let mut sheet = Sheet::new(naming, view.page.blocks.len());
    let near: Vec<[f32; NEAR_NAMES.len()]> =
        (0..view.page.blocks.len()).map(|index| near_of(view, index)).collect();
    let mut totals = Totals::of(view);
    for index in 0..view.page.blocks.len() {
        put_text(&mut sheet, view, index);
        put_agreement(&mut sheet, view, index);
        put_tag(&mut sheet, view, index);
        put_place(&mut sheet, view, index);
        totals.put(&mut sheet, view, index);
        put_path(&mut sheet, view, index);
        put_near(&mut sheet, &near, index);
        sheet.end_row();
    }
    sheet
}

fn put_text(sheet: &mut Sheet, view: &View<'_>, index: usize) {
    let block = &view.page.blocks[index];
    let shape = &view.structure.shapes[index];
    let runs = shape.runs.max(1) as f32;
    let letters = shape.letters.max(1) as f32;
    let chars = shape.chars.max(1) as f32;
    sheet.put("words", shape.words.ln_1p());
    sheet.put("chars", chars.ln_1p());
    sheet.put("chars-per-word", chars / runs);
    sheet.put("link-share", view.structure.link_share(&view.page, index));
    sheet.put("links", (block.links.len() as f32).min(10.0));
    sheet.put("strong-share", block.strong_bytes as f32 / block.text.len().max(1) as f32);
    sheet.put("after-break", flag(block.after_break));
    sheet.put("commas", shape.commas as f32);
    sheet.put("stops", shape.stops as f32);
    sheet.put("ends-in-stop", flag(shape.ends_in_stop));
    sheet.put("ends-in-colon", flag(shape.ends_in_colon));
    sheet.put("starts-lower", flag(shape.starts_lower));
    sheet.put("upper", shape.upper as f32 / letters);
    sheet.put("digits", shape.digits as f32 / chars);
    sheet.put("capitalised", shape.capitalised as f32 / runs);
    sheet.put("lower", shape.lower as f32 / runs);
    sheet.put("stop-words", shape.stop_words as f32 / runs);
    sheet.put("quotes", flag(shape.quotes));
    sheet.put("bars", shape.bars as f32);
    sheet.put("junk", flag(view.junk[index] > 0));
    sheet.put("junk-at-start", flag(view.junk[index] > 1));
    let date = Patterns::builtin().date.as_ref();
    sheet.put("date", flag(date.is_some_and(|date| date.is_match(&block.text))));
    sheet.put("at-sign", flag(shape.at_sign));
    sheet.put("address", flag(shape.address));
}

/// What the head of the page says of this block.
fn put_agreement(sheet: &mut Sheet, view: &View<'_>, index: usize) {
    let words = view.structure.words_of(index);
    let evidence = &view.evidence;
    let titled = words.iter().filter(|word| evidence.title_words.contains(word)).count();
    sheet.put("in-title", titled as f32 / words.len().max(1) as f32);
    for (name, grams) in
        [("in-article-body", &evidence.article_body), ("in-description", &evidence.description)]
    {
        sheet.put(name, if grams.is_empty() { -1.0 } else { grams.share_of(words) });
    }
    sheet.put("repeats", (view.repeats[index] as f32).min(5.0));
}

fn put_tag(sheet: &mut Sheet, view: &View<'_>, index: usize) {
    let tag = view.dom.tag(view.page.blocks[index].element).map_or("", |tag| tag);
    let place = BLOCK_TAGS.iter().position(|known| *known == tag);
    for (other, known) in BLOCK_TAGS.iter().enumerate() {
        sheet.put_in("tag", known, flag(place == Some(other)));
    }
}

/// What is counted along the page.
struct Totals {
    all_words: f32,
    paragraph_words: f32,
    words: f32,
    paragraphs_before: f32,
    last_heading: Option<usize>,
}

impl Totals {
    fn of(view: &View<'_>) -> Self {
        let root = &view.structure.sums[super::Dom::ROOT.index()];
        Self {
            all_words: root.words,
            paragraph_words: root.paragraph_words,
            words: 0.0,
            paragraphs_before: 0.0,
            last_heading: None,
        }
    }

    fn put(&mut self, sheet: &mut Sheet, view: &View<'_>, index: usize) {
        let count = view.page.blocks.len() as f32;
        let words = view.structure.shapes[index].words;
        let since = view.headline.map_or(-50.0, |headline| index as f32 - headline as f32);
        sheet.put("words-before", self.words / self.all_words.max(1.0));
        sheet.put("paragraphs-before", self.paragraphs_before / self.paragraph_words.max(1.0));
        sheet.put("blocks-before", index as f32 / count);
        sheet.put("since-headline", since.clamp(-50.0, 200.0));
        sheet.put("is-headline", flag(view.headline == Some(index)));
        sheet.put("after-headline", flag(view.headline.is_some_and(|headline| index > headline)));
        sheet.put("page-blocks", count.ln_1p());
        sheet.put("page-words", self.all_words.ln_1p());
        sheet.put("page-paragraph-words", self.paragraph_words.ln_1p());
        let heading = self.last_heading;
        sheet.put("heading-distance", heading.map_or(-1.0, |at| ((index - at) as f32).min(100.0)));
        sheet.put("heading-junk", heading.map_or(-1.0, |at| f32::from(view.junk[at])));
        sheet.put("heading-level", heading.map_or(0.0, |at| heading_level(view, at)));
        sheet.put("heading-links", heading.map_or(-1.0, |at| view.structure.link_share(&view.page, at)));
        self.words += words;
        if view.structure.paragraph[index] {
            self.paragraphs_before += words;
        }
        if heading_level(view, index) > 0.0 {
            self.last_heading = Some(index);
        }
    }
}

fn heading_level(view: &View<'_>, index: usize) -> f32 {
    match view.page.blocks[index].kind {
        crate::document::BlockKind::Heading(level) => f32::from(level),
        _ => 0.0,
    }
}

fn put_path(sheet: &mut Sheet, view: &View<'_>, index: usize) {
    let sums = &view.path_sums[view.paths[index]];
    let page = &view.structure.sums[super::Dom::ROOT.index()];
    sheet.put_in("path", "blocks", sums.blocks.ln_1p());
    sheet.put_in("path", "words", sums.words / page.words.max(1.0));
    sheet.put_in("path", "paragraph-words", sums.paragraph_words / page.paragraph_words.max(1.0));
    sheet.put_in("path", "mean-words", (sums.words / sums.blocks.max(1.0)).ln_1p());
}

fn near_of(view: &View<'_>, index: usize) -> [f32; NEAR_NAMES.len()] {
    let block = &view.page.blocks[index];
    let shape = &view.structure.shapes[index];
    let tag = view.dom.tag(block.element).map_or("", |tag| tag);
    let page = &view.structure.sums[super::Dom::ROOT.index()];
    let path = &view.path_sums[view.paths[index]];
    [
        shape.words.ln_1p(),
        view.structure.link_share(&view.page, index),
        flag(shape.ends_in_stop),
        flag(tag == "p"),
        shape.stop_words as f32 / shape.runs.max(1) as f32,
        path.paragraph_words / page.paragraph_words.max(1.0),
        flag(view.junk[index] > 0),
        flag(tag == "h2"),
        flag(tag == "h3"),
        flag(tag == "li"),
        flag(super::place::inside_top(view, index)),
    ]
}

fn put_near(sheet: &mut Sheet, near: &[[f32; NEAR_NAMES.len()]], index: usize) {
    for offset in (-NEAR..=NEAR).filter(|offset| *offset != 0) {
        let group = ["-3", "-2", "-1", "0", "+1", "+2", "+3"][(offset + NEAR) as usize];
        let other = index.checked_add_signed(offset).and_then(|at| near.get(at));
        for (column, name) in NEAR_NAMES.iter().enumerate() {
            sheet.put_in(group, name, other.map_or(-1.0, |values| values[column]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{parse, view::view_of};
    use super::*;

    fn value(sheet: &Sheet, row: usize, name: &str) -> f32 {
        let column = sheet.names().iter().position(|known| known == name).expect("a column of that name");
        sheet.row(row)[column]
    }

    #[test]
    fn rows_describe_blocks() {
        let page = "<title>Bridge closed for repairs</title><main><h1>Bridge closed for repairs</h1>\
            <p>The old bridge is closed until May, the town said; read more below.</p>\
            <div class=comments><p>First!</div></main>";
        let dom = parse(page).expect("a small page");
        let sheet = first_stage(&view_of(&dom), true);
        assert_eq!((sheet.rows(), sheet.names().len()), (3, sheet.columns()));
        assert_eq!(value(&sheet, 0, "is-headline"), 1.0);
        assert_eq!(value(&sheet, 1, "junk"), 1.0);
        assert_eq!(value(&sheet, 1, "above:main"), 2.0);
        assert_eq!(value(&sheet, 2, "near:com"), 2.0);
        assert_eq!(value(&sheet, 2, "-1:words"), value(&sheet, 1, "words"));
        assert_eq!(value(&sheet, 2, "+1:words"), -1.0);
        assert_eq!(value(&sheet, 0, "tag:h1"), 1.0);
    }

    #[test]
    fn names_do_not_change_values() {
        let dom = parse("<p>a</p><p>b</p>").expect("a small page");
        let view = view_of(&dom);
        assert_eq!(first_stage(&view, true).values(), first_stage(&view, false).values());
        assert!(first_stage(&view, true).values().iter().all(|value| value.is_finite()));
    }
}
