//! XML as a flat list of nodes, read forgivingly and held to limits; expands no entities but the
//! predefined ones and HTML's, and fetches nothing.
//!
//! Forgiving, because feeds and exports are often broken: end tags without a beginning are passed
//! over, elements that are never closed end with what surrounds them, and stray ampersands are text.

use std::ops::Range;

use quick_xml::Reader;
use quick_xml::escape::resolve_html5_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};

/// Most nodes of one document; a node costs about a hundred bytes, so this bounds memory to some
/// 200 MB where the file's size alone would not (`<a/>` has four bytes).
const MAX_NODES: usize = 2_000_000;

/// An element's number in its document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Element(usize);

/// A step on the way through an element's content.
pub(super) enum Piece<'a> {
    Start(Element),
    Text(&'a str),
    End(Element),
}

/// A document whose nodes stand in the order of their beginnings.
pub(super) struct Xml<'a> {
    source: &'a str,
    nodes: Vec<Node<'a>>,
}

struct Node<'a> {
    kind: NodeKind<'a>,
    /// Number of the first node after this one and all below it.
    end: usize,
}

enum NodeKind<'a> {
    Element {
        /// With its prefix.
        name: &'a str,
        attributes: &'a str,
        /// What stands between its tags in the source.
        inner: Range<usize>,
    },
    Text(std::borrow::Cow<'a, str>),
}

impl<'a> Xml<'a> {
    /// Reads `source`.
    ///
    /// # Errors
    /// With the reason, when it is nested deeper than `max_depth`, has too many nodes, breaks off
    /// inside a tag, or has no element.
    pub(super) fn parse(source: &'a str, max_depth: usize) -> Result<Self, String> {
        let mut reader = Reader::from_str(source);
        let config = reader.config_mut();
        config.allow_dangling_amp = true;
        config.allow_unmatched_ends = true;
        config.check_end_names = false;
        let mut builder = Builder { xml: Self { source, nodes: Vec::new() }, open: Vec::new(), max_depth };
        loop {
            let start = position(&reader);
            let event = reader
                .read_event()
                .map_err(|error| format!("{error} at byte {}", reader.error_position()))?;
            let end = position(&reader);
            match event {
                Event::Eof => break,
                other => builder.take(other, start, end)?,
            }
        }
        builder.close_to(0, source.len());
        match builder.xml.root() {
            Some(_) => Ok(builder.xml),
            None => Err("no element".to_owned()),
        }
    }

    /// The outermost element.
    pub(super) fn root(&self) -> Option<Element> {
        (0..self.nodes.len()).map(Element).find(|element| self.is_element(*element))
    }

    /// An element's name without its prefix.
    pub(super) fn name(&self, element: Element) -> &'a str {
        let name = self.full_name(element);
        name.rsplit_once(':').map_or(name, |(_, local)| local)
    }

    /// An element's name as written.
    pub(super) fn full_name(&self, element: Element) -> &'a str {
        match &self.nodes[element.0].kind {
            NodeKind::Element { name, .. } => name,
            NodeKind::Text(_) => "",
        }
    }

    /// The elements right below `element`.
    pub(super) fn children(&self, element: Element) -> impl Iterator<Item = Element> + '_ {
        let end = self.nodes[element.0].end;
        let mut next = element.0 + 1;
        std::iter::from_fn(move || {
            let at = (next < end).then_some(next)?;
            next = self.nodes[at].end;
            Some(Element(at))
        })
        .filter(|child| self.is_element(*child))
    }

    /// All elements below `element`, in order.
    pub(super) fn descendants(&self, element: Element) -> impl Iterator<Item = Element> + '_ {
        (element.0 + 1..self.nodes[element.0].end).map(Element).filter(|node| self.is_element(*node))
    }

    /// The elements at `path` (`body.head/hedline/hl1`) below `element`, by names without prefix; a
    /// step with a prefix (`content:encoded`) asks for that, too.
    pub(super) fn all(&self, element: Element, path: &str) -> Vec<Element> {
        let mut found = vec![element];
        for step in path.split('/') {
            let below = found.iter().flat_map(|element| self.children(*element));
            found = below.filter(|child| self.is_called(*child, step)).collect();
        }
        found
    }

    /// The first element at `path` below `element`.
    pub(super) fn first(&self, element: Element, path: &str) -> Option<Element> {
        self.all(element, path).into_iter().next()
    }

    /// The text of the first element at `path`, trimmed; empty when there is none.
    pub(super) fn text_at(&self, element: Element, path: &str) -> String {
        self.first(element, path).map(|found| self.text(found)).unwrap_or_default()
    }

    /// The texts of all elements at `path`, without empty ones.
    pub(super) fn texts_at(&self, element: Element, path: &str) -> Vec<String> {
        let texts = self.all(element, path).into_iter().map(|found| self.text(found));
        texts.filter(|text| !text.is_empty()).collect()
    }

    /// The attribute of the first element at `path` that has it; empty when there is none.
    pub(super) fn attribute_at(&self, element: Element, path: &str, name: &str) -> String {
        self.all(element, path).into_iter().find_map(|found| self.attribute(found, name)).unwrap_or_default()
    }

    /// What stands below `element`, in order.
    pub(super) fn pieces(&self, element: Element) -> impl Iterator<Item = Piece<'_>> + '_ {
        let mut open: Vec<Element> = vec![element];
        let mut at = element.0 + 1;
        let end = self.nodes[element.0].end;
        std::iter::from_fn(move || {
            if let Some(last) = open.last()
                && open.len() > 1
                && self.nodes[last.0].end <= at
            {
                return open.pop().map(Piece::End);
            }
            let node = (at < end).then(|| &self.nodes[at])?;
            at += 1;
            Some(match &node.kind {
                NodeKind::Text(text) => Piece::Text(text),
                NodeKind::Element { .. } => {
                    open.push(Element(at - 1));
                    Piece::Start(Element(at - 1))
                }
            })
        })
    }

    /// All text below `element`, trimmed.
    pub(super) fn text(&self, element: Element) -> String {
        let nodes = &self.nodes[element.0 + 1..self.nodes[element.0].end];
        let mut text = String::new();
        for node in nodes {
            if let NodeKind::Text(part) = &node.kind {
                text.push_str(part);
            }
        }
        text.trim().to_owned()
    }

    /// What stands between an element's tags, as written.
    pub(super) fn inner(&self, element: Element) -> &'a str {
        match &self.nodes[element.0].kind {
            NodeKind::Element { inner, .. } => self.source.get(inner.clone()).unwrap_or(""),
            NodeKind::Text(_) => "",
        }
    }

    /// Whether there are elements below `element`.
    pub(super) fn has_elements(&self, element: Element) -> bool {
        self.children(element).next().is_some()
    }

    /// The value of an attribute, by its name with or without prefix.
    pub(super) fn attribute(&self, element: Element, wanted: &str) -> Option<String> {
        let NodeKind::Element { attributes, .. } = &self.nodes[element.0].kind else { return None };
        let tag = BytesStart::from_content(*attributes, 0);
        for attribute in tag.html_attributes().flatten() {
            let name = attribute.key.0;
            let local = name.rsplit_once(':').map_or(name, |(_, local)| local);
            if name == wanted || local == wanted {
                return Some(unescaped(&attribute.value).trim().to_owned());
            }
        }
        None
    }

    fn is_element(&self, element: Element) -> bool {
        matches!(self.nodes.get(element.0), Some(Node { kind: NodeKind::Element { .. }, .. }))
    }

    fn is_called(&self, element: Element, step: &str) -> bool {
        if step.contains(':') { self.full_name(element) == step } else { self.name(element) == step }
    }
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

struct Builder<'a> {
    xml: Xml<'a>,
    /// Numbers of the elements that are open, innermost last.
    open: Vec<usize>,
    max_depth: usize,
}

impl<'a> Builder<'a> {
    fn take(&mut self, event: Event<'a>, start: usize, end: usize) -> Result<(), String> {
        match event {
            Event::Start(tag) => {
                self.element(&tag, start, end)?;
                self.open.push(self.xml.nodes.len() - 1);
            }
            Event::Empty(tag) => {
                self.element(&tag, start, end)?;
                self.xml.nodes.last_mut().into_iter().for_each(|node| {
                    if let NodeKind::Element { inner, .. } = &mut node.kind {
                        *inner = end..end;
                    }
                });
            }
            Event::End(tag) => {
                let name = tag.name();
                // Looking further up than this for a partner would be quadratic on hostile input.
                const REACH: usize = 64;
                let mut inner_first = self.open.iter().enumerate().rev().take(REACH);
                if let Some((at, _)) =
                    inner_first.find(|(_, open)| self.xml.full_name(Element(**open)) == name.0)
                {
                    self.close_to(at, start);
                }
            }
            Event::Text(text) => self.text(text.into_inner())?,
            Event::CData(text) => self.text(text.into_inner())?,
            Event::GeneralRef(reference) => self.text(resolved(&reference).into())?,
            _ => {}
        }
        Ok(())
    }

    fn element(&mut self, tag: &BytesStart<'_>, start: usize, end: usize) -> Result<(), String> {
        if self.open.len() >= self.max_depth {
            return Err(format!("nested deeper than {} elements", self.max_depth));
        }
        let source = self.xml.source;
        let name_end = (start + 1 + tag.name().0.len()).min(source.len());
        let name = source.get(start + 1..name_end).unwrap_or("");
        let attributes = source.get(name_end..end.saturating_sub(1)).unwrap_or("");
        let attributes = attributes.strip_suffix('/').unwrap_or(attributes);
        self.push(NodeKind::Element { name, attributes, inner: end..end })
    }

    fn text(&mut self, text: std::borrow::Cow<'a, str>) -> Result<(), String> {
        if text.is_empty() || self.open.is_empty() {
            return Ok(());
        }
        self.push(NodeKind::Text(text))
    }

    fn push(&mut self, kind: NodeKind<'a>) -> Result<(), String> {
        let next = self.xml.nodes.len() + 1;
        if next > MAX_NODES {
            return Err(format!("more than {MAX_NODES} elements and texts"));
        }
        self.xml.nodes.push(Node { kind, end: next });
        Ok(())
    }

    /// Closes all open elements from the one at `at` inwards; their content ends at byte `end`.
    fn close_to(&mut self, at: usize, end: usize) {
        let next = self.xml.nodes.len();
        for index in self.open.drain(at..) {
            let node = &mut self.xml.nodes[index];
            node.end = next;
            if let NodeKind::Element { inner, .. } = &mut node.kind {
                inner.end = end.max(inner.start);
            }
        }
    }
}

/// `text` with its references replaced.
pub(super) fn unescaped(text: &str) -> String {
    match quick_xml::escape::unescape_with(text, resolve_html5_entity) {
        Ok(text) => text.into_owned(),
        Err(_) => text.to_owned(),
    }
}

fn resolved(reference: &BytesRef<'_>) -> String {
    if let Ok(Some(c)) = reference.resolve_char_ref() {
        return c.to_string();
    }
    let name: &str = reference;
    resolve_html5_entity(name).map_or_else(|| format!("&{name};"), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_found_by_path_and_keep_their_source() {
        let xml = Xml::parse(
            "<?xml version='1.0'?><r a='1 &amp; 2'><x:b>one &eacute; &#233;</x:b><c>t<b>w</b>o<![CDATA[ <3]]></c><d k=\"v\"/></r>",
            16,
        )
        .unwrap();
        let root = xml.root().unwrap();
        assert_eq!(xml.attribute(root, "a").as_deref(), Some("1 & 2"));
        assert_eq!(xml.text_at(root, "b"), "one é é");
        assert_eq!(xml.text_at(root, "x:b"), "one é é");
        assert_eq!(xml.text_at(root, "c"), "two <3");
        let c = xml.first(root, "c").unwrap();
        assert_eq!(xml.inner(c), "t<b>w</b>o<![CDATA[ <3]]>");
        assert_eq!(xml.text_at(root, "c/b"), "w");
        let d = xml.first(root, "d").unwrap();
        assert_eq!((xml.attribute(d, "k").as_deref(), xml.inner(d)), (Some("v"), ""));
        assert_eq!(xml.children(root).count(), 3);
        assert_eq!(xml.descendants(root).count(), 4);
        let shape: String = xml
            .pieces(c)
            .map(|piece| match piece {
                Piece::Start(element) => format!("<{}", xml.name(element)),
                Piece::Text(text) => text.to_owned(),
                Piece::End(_) => ">".to_owned(),
            })
            .collect();
        assert_eq!(shape, "t<bw>o <3");
    }

    #[test]
    fn broken_markup_is_read_as_far_as_it_goes() {
        let xml = Xml::parse("<r><a>one</b><c>two & three</r></r>", 16).unwrap();
        let root = xml.root().unwrap();
        assert_eq!(xml.text(root), "onetwo & three");
        assert_eq!(xml.text_at(root, "a/c"), "two & three");
    }

    #[test]
    fn depth_and_entities_are_limited() {
        let deep = "<a>".repeat(100_000);
        assert_eq!(Xml::parse(&deep, 512).err().as_deref(), Some("nested deeper than 512 elements"));
        let laughs = "<!DOCTYPE r [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'>]><r>&b;</r>";
        let xml = Xml::parse(laughs, 16).unwrap();
        assert_eq!(xml.text(xml.root().unwrap()), "&b;");
        assert!(Xml::parse("no markup", 16).is_err());
        assert!(Xml::parse("<r", 16).is_err());
    }
}
