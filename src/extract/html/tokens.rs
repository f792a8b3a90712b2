//! From markup to tokens for html5ever's tree builder, found by html5gum's tokenizer.
//!
//! html5gum follows the same specification as html5ever's own tokenizer in a fraction of its time.
//! Text and values are slices of one shared copy of the page. The tree is [`super::tree_sink`]'s
//! matter.

use std::{cell::Cell, mem};

use html5ever::{
    Attribute, LocalName, QualName, ns,
    tendril::StrTendril,
    tokenizer::{Doctype, Tag, TagKind, Token, TokenSink, TokenSinkResult, states::RawKind},
    tree_builder::TreeBuilder,
};
use html5gum::{Emitter, Readable, Reader, State, StringReader, Tokenizer};

use super::{
    dom::NodeId,
    tree_sink::{MAX_ATTRIBUTES, Sink},
};
use crate::extract::ExtractError;

/// Text is handed on after so many bytes that are not the page's own: the tree joins it again.
const MAX_HELD_BYTES: usize = 64 << 10;

/// Attributes, comments and names of documents are cut here: none that says anything is longer.
const MAX_VALUE_BYTES: usize = 4 << 20;

/// Attributes that the tokenizer may take in one go: it calls itself for each whose value is quoted.
const MAX_IN_ONE_GO: u32 = 64;

/// The line that tokens are said to come from: nobody asks.
const LINE: u64 = 1;

/// Sends the tokens of `page`, which must not be longer than a tendril can be (4 GB), to `builder`.
///
/// # Errors
/// The limit that the page passes, as soon as it does.
pub(super) fn send_tokens(page: &str, builder: &TreeBuilder<NodeId, Sink>) -> Result<(), ExtractError> {
    let in_one_go = Cell::new(0);
    let reader = PausingReader { page: page.to_reader(), in_one_go: &in_one_go };
    let mut tokenizer = Tokenizer::new_with_emitter(reader, Tokens::new(page, builder, &in_one_go));
    loop {
        match tokenizer.next() {
            Some(Ok(limit)) => return Err(limit),
            Some(Err(Pause)) => {}
            None => return Ok(()),
        }
    }
}

/// The tokenizer is to return to its loop, and to go on where it was.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("many attributes in one go")]
struct Pause;

/// Gives the bytes of a page, with a pause where the tokenizer has called itself many times: its
/// stack does not grow with the page. States of attributes read a byte before they do anything, so
/// that nothing is lost.
struct PausingReader<'page> {
    page: StringReader<'page>,
    in_one_go: &'page Cell<u32>,
}

impl Reader for PausingReader<'_> {
    type Error = Pause;

    #[inline(always)]
    fn read_byte(&mut self) -> Result<Option<u8>, Pause> {
        if self.in_one_go.get() > MAX_IN_ONE_GO {
            self.in_one_go.set(0);
            return Err(Pause);
        }
        Ok(self.page.read_byte().unwrap_or_default())
    }

    #[inline(always)]
    fn try_read_string(&mut self, text: &[u8], case_sensitive: bool) -> Result<bool, Pause> {
        Ok(self.page.try_read_string(text, case_sensitive).unwrap_or_default())
    }

    #[inline(always)]
    fn read_until<'b>(&'b mut self, needle: &[u8], room: &'b mut [u8; 4]) -> Result<Option<&'b [u8]>, Pause> {
        Ok(self.page.read_until(needle, room).unwrap_or_default())
    }
}

/// A run of bytes under way: a slice of the page as long as it is one, else a copy. The tokenizer
/// may give a character in parts.
#[derive(Default)]
struct Run {
    start: usize,
    end: usize,
    copied: Vec<u8>,
}

impl Run {
    fn clear(&mut self) {
        (self.start, self.end) = (0, 0);
        self.copied.clear();
    }

    fn len(&self) -> usize {
        self.end - self.start + self.copied.len()
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where `piece` stands in the page, if it goes on with the slice under way.
    fn place_of(&self, piece: &[u8], page: &str) -> Option<usize> {
        let at = piece.as_ptr().addr().wrapping_sub(page.as_ptr().addr());
        let within = at < page.len() && piece.len() <= page.len() - at;
        let follows = self.copied.is_empty() && (self.start == self.end || at == self.end);
        (within && follows).then_some(at)
    }

    fn push(&mut self, piece: &[u8], page: &str) {
        if let Some(at) = self.place_of(piece, page) {
            if self.start == self.end {
                self.start = at;
            }
            self.end = at + piece.len();
            return;
        }
        self.copied.extend_from_slice(&page.as_bytes()[self.start..self.end]);
        (self.start, self.end) = (0, 0);
        self.copied.extend_from_slice(piece);
    }

    /// Adds to a value, up to the longest one.
    fn push_value(&mut self, piece: &[u8], page: &str) {
        if self.len() <= MAX_VALUE_BYTES {
            self.push(piece, page);
        }
    }

    /// What was gathered, as text; the run begins anew.
    fn take(&mut self, shared: &StrTendril) -> StrTendril {
        let taken = if self.copied.is_empty() {
            // Pages are below 4 GB, so both fit.
            let slice = shared.try_subtendril(self.start as u32, (self.end - self.start) as u32);
            slice.unwrap_or_default()
        } else {
            StrTendril::from_slice(&String::from_utf8_lossy(&self.copied))
        };
        self.clear();
        taken
    }

    /// The copied characters that are whole, where there are many.
    fn take_some(&mut self) -> Option<StrTendril> {
        if self.copied.len() < MAX_HELD_BYTES {
            return None;
        }
        let whole = self.copied.utf8_chunks().next()?.valid();
        let taken = StrTendril::from_slice(whole);
        self.copied.drain(..whole.len());
        Some(taken)
    }
}

/// Hands the tokens of one page to a tree builder.
struct Tokens<'page> {
    page: &'page str,
    /// The page again, to be shared by reference.
    shared: StrTendril,
    builder: &'page TreeBuilder<NodeId, Sink>,
    /// Text that no other token has followed yet.
    text: Run,
    tag_kind: TagKind,
    tag_name: Vec<u8>,
    self_closing: bool,
    attributes: Vec<Attribute>,
    attribute_name: Vec<u8>,
    attribute_value: Run,
    last_start_tag: Vec<u8>,
    comment: Run,
    doctype: Doctype,
    /// The part of the doctype that is under way.
    doctype_part: Run,
    /// The limit that the page has passed.
    passed: Option<ExtractError>,
    /// Attributes since the tokenizer was last in its loop.
    in_one_go: &'page Cell<u32>,
}

impl<'page> Tokens<'page> {
    fn new(page: &'page str, builder: &'page TreeBuilder<NodeId, Sink>, in_one_go: &'page Cell<u32>) -> Self {
        Self {
            page,
            shared: StrTendril::from(page),
            builder,
            text: Run::default(),
            tag_kind: TagKind::StartTag,
            tag_name: Vec::new(),
            self_closing: false,
            attributes: Vec::new(),
            attribute_name: Vec::new(),
            attribute_value: Run::default(),
            last_start_tag: Vec::new(),
            comment: Run::default(),
            doctype: Doctype::default(),
            doctype_part: Run::default(),
            passed: None,
            in_one_go,
        }
    }

    fn send(&mut self, token: Token) -> TokenSinkResult<NodeId> {
        let result = self.builder.process_token(token, LINE);
        if self.passed.is_none() {
            self.passed = self.builder.sink.limit_passed();
        }
        result
    }

    /// Sends what the tokenizer's state does not depend on.
    fn send_plain(&mut self, token: Token) {
        // Only tags change the state.
        let _ = self.send(token);
    }

    fn push_text(&mut self, piece: &[u8]) {
        if piece.is_empty() {
            return;
        }
        // A long slice is not copied for what follows it.
        if self.text.len() >= MAX_HELD_BYTES && self.text.place_of(piece, self.page).is_none() {
            self.flush_slice();
        }
        self.text.push(piece, self.page);
        if let Some(text) = self.text.take_some() {
            self.send_plain(Token::CharacterTokens(text));
        }
    }

    fn flush_slice(&mut self) {
        if self.text.copied.is_empty() {
            self.flush_text();
        }
    }

    fn flush_text(&mut self) {
        if !self.text.is_empty() {
            let text = self.text.take(&self.shared);
            self.send_plain(Token::CharacterTokens(text));
        }
    }

    fn start_tag(&mut self, kind: TagKind) {
        self.tag_kind = kind;
        self.tag_name.clear();
        self.self_closing = false;
        self.attributes.clear();
        self.attribute_name.clear();
        self.attribute_value.clear();
    }

    /// Keeps the attribute under way; of several of one name the first counts.
    fn finish_attribute(&mut self) {
        if self.attribute_name.is_empty() {
            return;
        }
        let local = name_of(&self.attribute_name);
        self.attribute_name.clear();
        if self.attributes.len() >= MAX_ATTRIBUTES {
            self.passed =
                Some(ExtractError::TooLarge { what: "attributes in one tag", limit: MAX_ATTRIBUTES });
        } else if self.attributes.iter().all(|known| known.name.local != local) {
            let value = self.attribute_value.take(&self.shared);
            self.attributes.push(Attribute { name: QualName::new(None, ns!(), local), value });
        }
        self.attribute_value.clear();
    }

    /// Keeps the part of the doctype under way: its parts come one after the other.
    fn finish_doctype_part(&mut self) {
        if self.doctype_part.is_empty() {
            return;
        }
        let part = self.doctype_part.take(&self.shared);
        let doctype = &mut self.doctype;
        match (&mut doctype.system_id, &mut doctype.public_id) {
            (Some(system), _) => *system = part,
            (None, Some(public)) => *public = part,
            (None, None) => doctype.name = Some(part),
        }
    }
}

fn name_of(bytes: &[u8]) -> LocalName {
    match std::str::from_utf8(bytes) {
        Ok(name) => LocalName::from(name),
        Err(_) => LocalName::from(&*String::from_utf8_lossy(bytes)),
    }
}

impl Emitter for Tokens<'_> {
    type Token = ExtractError;

    fn pop_token(&mut self) -> Option<ExtractError> {
        self.in_one_go.set(0);
        if self.passed.is_some() { self.passed.take() } else { None }
    }

    fn should_emit_errors(&mut self) -> bool {
        false
    }

    fn emit_error(&mut self, _: html5gum::Error) {}

    fn set_last_start_tag(&mut self, name: Option<&[u8]>) {
        self.last_start_tag.clear();
        self.last_start_tag.extend_from_slice(name.unwrap_or_default());
    }

    fn emit_string(&mut self, piece: &[u8]) {
        let mut parts = piece.split(|byte| *byte == 0);
        self.push_text(parts.next().unwrap_or_default());
        for part in parts {
            self.flush_text();
            self.send_plain(Token::NullCharacterToken);
            self.push_text(part);
        }
    }

    fn emit_eof(&mut self) {
        self.flush_text();
        self.send_plain(Token::EOFToken);
        self.builder.end();
    }

    fn init_start_tag(&mut self) {
        self.start_tag(TagKind::StartTag);
    }

    fn init_end_tag(&mut self) {
        self.start_tag(TagKind::EndTag);
    }

    fn push_tag_name(&mut self, piece: &[u8]) {
        self.tag_name.extend_from_slice(piece);
    }

    fn set_self_closing(&mut self) {
        self.self_closing = true;
    }

    fn init_attribute(&mut self) {
        self.in_one_go.set(self.in_one_go.get() + 1);
        self.finish_attribute();
    }

    fn push_attribute_name(&mut self, piece: &[u8]) {
        self.attribute_name.extend_from_slice(piece);
    }

    fn push_attribute_value(&mut self, piece: &[u8]) {
        self.attribute_value.push_value(piece, self.page);
    }

    fn emit_current_tag(&mut self) -> Option<State> {
        self.finish_attribute();
        self.flush_text();
        if self.tag_kind == TagKind::StartTag {
            self.last_start_tag.clone_from(&self.tag_name);
        }
        let tag = Tag {
            kind: self.tag_kind,
            name: name_of(&self.tag_name),
            self_closing: self.self_closing,
            attrs: mem::take(&mut self.attributes),
            had_duplicate_attributes: false,
        };
        match self.send(Token::TagToken(tag)) {
            TokenSinkResult::Plaintext => Some(State::PlainText),
            TokenSinkResult::RawData(RawKind::Rcdata) => Some(State::RcData),
            TokenSinkResult::RawData(RawKind::Rawtext) => Some(State::RawText),
            TokenSinkResult::RawData(RawKind::ScriptData | RawKind::ScriptDataEscaped(_)) => {
                Some(State::ScriptData)
            }
            TokenSinkResult::Continue
            | TokenSinkResult::Script(_)
            | TokenSinkResult::EncodingIndicator(_) => None,
        }
    }

    fn init_comment(&mut self) {
        self.comment.clear();
    }

    fn push_comment(&mut self, piece: &[u8]) {
        self.comment.push_value(piece, self.page);
    }

    fn emit_current_comment(&mut self) {
        self.flush_text();
        let comment = self.comment.take(&self.shared);
        self.send_plain(Token::CommentToken(comment));
    }

    fn init_doctype(&mut self) {
        self.doctype = Doctype::default();
        self.doctype_part.clear();
    }

    fn set_force_quirks(&mut self) {
        self.doctype.force_quirks = true;
    }

    fn push_doctype_name(&mut self, piece: &[u8]) {
        self.doctype_part.push_value(piece, self.page);
    }

    fn set_doctype_public_identifier(&mut self, value: &[u8]) {
        self.finish_doctype_part();
        self.doctype.public_id = Some(StrTendril::new());
        self.doctype_part.push_value(value, self.page);
    }

    fn set_doctype_system_identifier(&mut self, value: &[u8]) {
        self.finish_doctype_part();
        self.doctype.system_id = Some(StrTendril::new());
        self.doctype_part.push_value(value, self.page);
    }

    fn push_doctype_public_identifier(&mut self, piece: &[u8]) {
        self.doctype_part.push_value(piece, self.page);
    }

    fn push_doctype_system_identifier(&mut self, piece: &[u8]) {
        self.doctype_part.push_value(piece, self.page);
    }

    fn emit_current_doctype(&mut self) {
        self.flush_text();
        self.finish_doctype_part();
        let doctype = mem::take(&mut self.doctype);
        self.send_plain(Token::DoctypeToken(doctype));
    }

    fn current_is_appropriate_end_tag_token(&mut self) -> bool {
        self.tag_kind == TagKind::EndTag
            && !self.last_start_tag.is_empty()
            && self.tag_name == self.last_start_tag
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&mut self) -> bool {
        self.builder.adjusted_current_node_present_but_not_in_html_namespace()
    }
}

#[cfg(test)]
mod tests {
    use html5ever::tendril::TendrilSink;
    use html5ever::tokenizer::TokenizerOpts;
    use html5ever::tree_builder::TreeBuilderOpts;
    use html5ever::{ParseOpts, parse_document};
    use proptest::prelude::*;

    use super::super::{dom::Dom, parse, tree_sink::Sink};

    /// The tree that html5ever's own tokenizer gives.
    fn tree_of_html5ever(page: &str) -> Dom {
        let tree_builder = TreeBuilderOpts { scripting_enabled: true, ..TreeBuilderOpts::default() };
        // It drops a byte order mark behind every script, too, not only at the beginning.
        let tokenizer = TokenizerOpts { discard_bom: false, ..TokenizerOpts::default() };
        let options = ParseOpts { tree_builder, tokenizer };
        let page = page.strip_prefix('\u{feff}').unwrap_or(page);
        parse_document(Sink::new(page.len()), options).one(page).expect("a small page")
    }

    /// A tree in words, whoever holds its texts.
    fn told(dom: &Dom) -> String {
        let held = format!("{dom:?}");
        ["(shared: ", "(owned: ", "(inline: "].iter().fold(held, |told, way| told.replace(way, "("))
    }

    fn same_tree(page: &str) {
        let tree = parse(page).expect("a small page");
        assert_eq!(told(&tree), told(&tree_of_html5ever(page)), "{page}");
    }

    #[test]
    fn trees_are_those_of_html5ever() {
        for page in [
            "",
            "\u{feff}<!DOCTYPE html PUBLIC \"-//W3C//DTD HTML 4.01//EN\" 'http://x'><p>a<table>b</table>",
            "<!doctype><p>a\r\nb\rc\0d</p><!-- x --!><!>&amp;&notit;&#x80;&#0;&bogus;",
            "<a href=x&amp;y=1&copy=2 href=z CLASS='A\r\nB' disabled/ id>t</a x=1>",
            "<script><!-- <script> a </script> b --></script>c<style><b></style><textarea>\n<b></textarea>",
            "<title>a &lt; b</title><pre>\n\nx</pre><svg><title><![CDATA[ a ]]></title><p>out</svg>",
            "<plaintext><b>",
            "<noscript><p>n</noscript><p foo=\"<!-- \"",
            "</><?php x ?><1></1><p =a==b>",
        ] {
            same_tree(page);
        }
    }

    #[test]
    fn many_quoted_attributes_need_no_stack() {
        let names =
            |count: usize| -> String { (0..count).map(|n| format!(" a{n}=\"{n} &amp; more\"")).collect() };
        let bare = |count: usize| -> String { (0..count).map(|n| format!(" a{n}=\"{n}\"")).collect() };
        same_tree(&format!("<p{}>x</p>", names(1_000)));
        same_tree(&format!("<p{}/>x</p{}>", bare(3_000), bare(3_000)));
        assert!(parse(&format!("<p{}>", bare(300_000))).is_err());
        assert!(parse(&format!("<p{}>", " a=\"x\"".repeat(300_000))).is_ok());
    }

    proptest! {
        #[test]
        fn trees_of_any_markup_are_those_of_html5ever(parts in prop::collection::vec(
            prop::sample::select(vec![
                "<p>", "</p>", "<b>", "</b>", "<table>", "<tr>", "<td>", "</table>", "<a href='x y' a=1 a=2>",
                "</a>", "<script>", "</script>", "<style>", "</style>", "<title>", "</title>", "<svg>", "</svg>",
                "<math>", "<mi>", "<![CDATA[", "]]>", "<!--", "-->", "--!>", "<!doctype html>", "<select>",
                "<option>", "<template>", "</template>", "<textarea>", "</textarea>", "&amp;", "&lt", "&#65;",
                "&notin", "&", "=", "\"", "'", ">", "<", "/", "\r\n", "\r", "\n", "\0", " ", "é", "text",
                "<pre>", "<br/>", "<IMG SRC=", "<body class=x>", "<frameset>", "<noscript>", "<iframe>",
                "<plaintext>", "\u{feff}", "</script ", "<!-", "<form>", "<h1>", "<li>", "<html lang=en>",
            ]), 0..24)) {
            same_tree(&parts.concat());
        }
    }
}
