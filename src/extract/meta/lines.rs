//! The visible lines of a page in order, for bylines and dates that only the text shows.
//!
//! Not the extraction of the body: nothing is judged here, menus and teasers are lines too.

use crate::extract::html::dom::{Dom, NodeId, local_name, push_folded};

/// Lines beyond this are far below any byline.
const MAX_LINES: usize = 6_000;

/// Longer lines are cut: what names an author or a date is shorter.
const MAX_LINE_BYTES: usize = 2_000;

/// The lines of a page and the element that each began in.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    /// Texts, none empty.
    pub texts: Vec<String>,
    /// The element that each line's first text stood in.
    pub nodes: Vec<NodeId>,
    /// The line that is not ended yet.
    open: String,
    /// The element that it began in.
    first: Option<NodeId>,
}

/// The visible lines of `dom`.
pub(crate) fn lines_of(dom: &Dom) -> Lines {
    let mut lines = Lines::default();
    let mut at = Dom::ROOT;
    while lines.texts.len() < MAX_LINES {
        let below = if lines.enter(dom, at) { dom.first_child(at) } else { None };
        if let Some(child) = below {
            at = child;
            continue;
        }
        let mut next = None;
        while next.is_none() {
            if is_block(dom, at) {
                lines.end_line();
            }
            next = dom.next_sibling(at);
            if next.is_none() {
                match dom.parent(at) {
                    Some(above) => at = above,
                    None => break,
                }
            }
        }
        let Some(next) = next else { break };
        at = next;
    }
    lines.end_line();
    lines
}

impl Lines {
    /// Takes the text of a node; says whether to go on below it.
    fn enter(&mut self, dom: &Dom, id: NodeId) -> bool {
        if let Some(text) = dom.text(id) {
            if self.open.len() < MAX_LINE_BYTES {
                push_folded(&mut self.open, text);
            }
            if self.first.is_none() && !self.open.trim().is_empty() {
                self.first = dom.parent(id);
            }
            return false;
        }
        if is_hidden(dom, id) {
            return false;
        }
        if is_block(dom, id) {
            self.end_line();
        }
        true
    }

    fn end_line(&mut self) {
        let text = self.open.trim();
        if let Some(node) = self.first.take().filter(|_| !text.is_empty()) {
            self.texts.push(text.to_owned());
            self.nodes.push(node);
        }
        self.open.clear();
    }
}

fn is_hidden(dom: &Dom, id: NodeId) -> bool {
    let Some(tag) = dom.tag(id) else { return dom.is_element(id) };
    matches!(
        *tag,
        local_name!("script")
            | local_name!("style")
            | local_name!("noscript")
            | local_name!("template")
            | local_name!("head")
            | local_name!("select")
            | local_name!("option")
            | local_name!("textarea")
            | local_name!("iframe")
            | local_name!("object")
    )
}

fn is_block(dom: &Dom, id: NodeId) -> bool {
    let Some(tag) = dom.tag(id) else { return false };
    !matches!(
        *tag,
        local_name!("a")
            | local_name!("abbr")
            | local_name!("b")
            | local_name!("bdi")
            | local_name!("cite")
            | local_name!("code")
            | local_name!("em")
            | local_name!("font")
            | local_name!("i")
            | local_name!("ins")
            | local_name!("del")
            | local_name!("mark")
            | local_name!("q")
            | local_name!("small")
            | local_name!("span")
            | local_name!("strong")
            | local_name!("sub")
            | local_name!("sup")
            | local_name!("time")
            | local_name!("u")
            | local_name!("img")
            | local_name!("wbr")
            | local_name!("svg")
            | local_name!("picture")
            | local_name!("source")
            | local_name!("td")
            | local_name!("th")
    )
}
