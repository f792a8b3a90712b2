//! Whether a page holds a story at all, or is a list of teasers, an error page or a wall.
//!
//! The phrases are data (`schema/rules/page-kinds.tsv`); a page counts as a story unless it plainly is
//! none, for a story lost is worse than a menu kept.

use std::sync::LazyLock;

use regex::{Regex, RegexBuilder};

use super::{
    dom::{Dom, local_name},
    view::View,
};
use crate::{article::PageKind, document::BlockKind};

const RULES: &str = include_str!("../../../schema/rules/page-kinds.tsv");

/// Words of a story above which no phrase makes an error page or a wall of it.
const MAX_NOTICE_WORDS: f32 = 400.0;

/// Words of a whole error page, menus aside.
const MAX_ERROR_WORDS: f32 = 150.0;

/// Share of the kept words that stand in a wall's phrases' blocks.
const WALL_SHARE: f32 = 0.5;

/// Fewest linked headlines of a list of teasers.
const MIN_TEASERS: usize = 12;

/// Words of a linked headline.
const TEASER_WORDS: std::ops::Range<f32> = 4.0..40.0;

/// Words of the longest run of prose on a list of teasers.
const MAX_INDEX_PROSE_WORDS: f32 = 120.0;

/// Share of a block above which it counts as one link.
const LINKED_SHARE: f32 = 0.7;

struct Phrases {
    title: Option<Regex>,
    error: Option<Regex>,
    wall: Option<Regex>,
}

impl Phrases {
    fn builtin() -> &'static Self {
        static BUILTIN: LazyLock<Phrases> = LazyLock::new(|| {
            let pattern = |wanted: &str| {
                let row = RULES.lines().filter_map(|line| line.split_once('\t'));
                let (_, pattern) = row.into_iter().find(|(kind, _)| *kind == wanted)?;
                RegexBuilder::new(pattern).case_insensitive(true).build().ok()
            };
            Phrases { title: pattern("title"), error: pattern("error"), wall: pattern("wall") }
        });
        &BUILTIN
    }
}

fn says(pattern: &Option<Regex>, text: &str) -> bool {
    pattern.as_ref().is_some_and(|pattern| pattern.is_match(text))
}

/// Judges the page by its kept blocks (those of at least `threshold`) and by what stands around them.
pub(super) fn page_kind_of(view: &View<'_>, probabilities: &[f32], threshold: f32) -> PageKind {
    let phrases = Phrases::builtin();
    let words = |index: usize| view.structure.shapes[index].words;
    let is_kept = |index: &usize| probabilities.get(*index).is_some_and(|p| *p >= threshold);
    let kept: Vec<usize> = (0..view.page.blocks.len()).filter(is_kept).collect();
    let story: f32 = kept.iter().map(|&index| words(index)).sum();
    if story > MAX_NOTICE_WORDS {
        return PageKind::Article;
    }
    let text = |index: usize| view.page.blocks[index].text.as_str();
    let walled: f32 = kept.iter().filter(|&&index| says(&phrases.wall, text(index))).map(|&i| words(i)).sum();
    if walled > WALL_SHARE * story && !claims_article(view) {
        return PageKind::Wall;
    }
    let unlinked: Vec<usize> = (0..view.page.blocks.len())
        .filter(|&index| view.structure.link_share(&view.page, index) < LINKED_SHARE)
        .collect();
    let plain: f32 = unlinked.iter().map(|&index| words(index)).sum();
    let says_error = titles_of(view).any(|title| says(&phrases.title, &title))
        || unlinked.iter().any(|&index| says(&phrases.error, text(index)));
    if view.page.blocks.is_empty() || (plain < MAX_ERROR_WORDS && says_error) {
        return PageKind::Error;
    }
    if is_index(view, &kept, probabilities) { PageKind::Index } else { PageKind::Article }
}

/// The title tag and the first headings.
fn titles_of<'view>(view: &'view View<'_>) -> impl Iterator<Item = String> + 'view {
    let title = view.dom.first_named(local_name!("title")).map(|id| view.dom.line_of(id));
    let is_heading = |kind: BlockKind| matches!(kind, BlockKind::Heading(1 | 2));
    let headings = view.page.blocks.iter().filter(move |block| is_heading(block.kind));
    title.into_iter().chain(headings.take(2).map(|block| block.text.clone()))
}

/// A list of teasers: many linked headlines, hardly any prose, and no claim to be an article.
fn is_index(view: &View<'_>, kept: &[usize], probabilities: &[f32]) -> bool {
    let teasers = (0..view.page.blocks.len())
        .filter(|&index| {
            view.structure.link_share(&view.page, index) > LINKED_SHARE
                && TEASER_WORDS.contains(&view.structure.shapes[index].words)
        })
        .count();
    let prose: f32 = kept
        .iter()
        .filter(|&&index| view.structure.paragraph[index] && probabilities[index] >= 0.5)
        .map(|&index| view.structure.shapes[index].words)
        .sum();
    teasers >= MIN_TEASERS && prose < MAX_INDEX_PROSE_WORDS && !claims_article(view)
}

/// Whether the head says that this is an article.
fn claims_article(view: &View<'_>) -> bool {
    if !view.evidence.article_body.is_empty() {
        return true;
    }
    view.dom.descendants(Dom::ROOT).any(|id| {
        view.dom.tag(id) == Some(&local_name!("meta"))
            && view.dom.attribute(id, "property") == Some("og:type")
            && view
                .dom
                .attribute(id, "content")
                .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("article"))
    })
}

#[cfg(test)]
mod tests {
    use super::super::{judge, parse};
    use super::*;

    fn kind(html: &str) -> PageKind {
        judge(&parse(html).expect("a small page")).page_kind
    }

    #[test]
    fn the_rules_compile() {
        let phrases = Phrases::builtin();
        for pattern in [&phrases.title, &phrases.error, &phrases.wall] {
            assert!(pattern.is_some());
        }
    }

    #[test]
    fn front_pages_are_lists() {
        let teaser = "<li><h3><a href=x>Mayor opens the new bridge over the river</a></h3>\
            <span>2 hours ago</span></li>";
        let page = format!("<title>Daily</title><main><ul>{}</ul></main>", teaser.repeat(30));
        assert_eq!(kind(&page), PageKind::Index);
    }

    #[test]
    fn error_pages_say_so() {
        let page = "<title>404 - Daily</title><nav><a href=/>Home</a></nav><h1>Page not found</h1>\
            <p>The page you are looking for has been moved or never existed.</p>";
        assert_eq!(kind(page), PageKind::Error);
        assert_eq!(
            kind("<title>App</title><div>You need to enable JavaScript to run this app.</div>"),
            PageKind::Error
        );
        assert_eq!(kind(""), PageKind::Error);
    }

    #[test]
    fn consent_walls_are_no_stories() {
        let page = "<title>Daily</title><div class=consent><h1>Your privacy</h1><p>We and our partners store \
            personal data on your device, such as cookies, to show you advertisements that fit you.</p><p>With your \
            consent we and our partners may use precise location data. You can change your mind at any time in our \
            privacy policy.</p><button>Accept all</button></div>";
        assert_eq!(kind(page), PageKind::Wall);
        let robots =
            "<title>Just a moment</title><p>Please verify you are human by completing the captcha below.</p>";
        assert_eq!(kind(robots), PageKind::Wall);
    }

    #[test]
    fn stories_about_such_things_are_stories() {
        let paragraph = "<p>The number 404 has become a byword for loss, said the curator, who collects pages \
            that were not found and the cookies that they left behind in old browsers.</p>";
        let page = format!(
            "<title>A museum of lost pages</title><article><h1>A museum of lost pages</h1>{paragraph}\
            <p>Visitors come from far away, mostly in the summer, and stay for an hour or two, she said. \
            Some of them bring pages of their own, printed on paper, which hang in the hall beside the door.</p>\
            <p>The town pays for the rooms, the collection pays for itself, and the heating is paid by nobody, \
            which is why the museum closes in November and opens again when the swallows are back.</p></article>"
        );
        assert_eq!(kind(&page), PageKind::Article);
    }
}
