//! Mail: newsletters as single messages (EML) or mailboxes (mbox), and pages saved as MHTML.

use std::io::BufRead;

use mail_parser::{Address, HeaderName, HeaderValue, Message, MessageParser};

use super::super::day::day_of;
use super::super::read::ReadError;
use super::super::record::{is_address, one_line};
use super::super::sink::{RecordFault, RecordSink};
use super::super::skip::SkipReason;
use super::super::{Content, Document};
use super::{Context, Piece, html, malformed, read_line};
use crate::article::FieldName;

/// Words by which newsletters link to their copy on the web.
const RULES: &str = include_str!("../../../schema/mail.toml");

/// Bytes of a newsletter in which that link is looked for; it opens or closes the letter.
const LINK_BYTES: usize = 256 << 10;

#[derive(serde::Deserialize)]
struct Rules {
    web_copy: Vec<String>,
}

/// Reads one message.
pub(super) fn parse_message(bytes: &[u8], sink: &mut RecordSink<'_>) -> Result<(), ReadError> {
    match message(bytes) {
        Ok(document) => {
            let _ = sink.single(document);
            Ok(())
        }
        Err(RecordFault::Skipped(reason)) => Err(reason.into()),
        Err(fault) => Err(malformed("mail")(fault.to_string())),
    }
}

/// Reads the page that a browser saved with its parts.
pub(super) fn parse_mhtml(bytes: &[u8], sink: &mut RecordSink<'_>) -> Result<(), ReadError> {
    let message = MessageParser::default().parse(bytes);
    let message = message.ok_or_else(|| malformed("mhtml")("no message".to_owned()))?;
    let page = message.body_html(0).ok_or_else(|| malformed("mhtml")("no page in it".to_owned()))?;
    let mut document = html::page(page.into_owned(), "mhtml");
    if document.content.is_blank() {
        return Err(SkipReason::Empty.into());
    }
    let address = raw(&message, "Snapshot-Content-Location").or_else(|| raw(&message, "Content-Location"));
    document.witness(FieldName::Url, "mhtml:location", &address.unwrap_or_default());
    document.captured = message.date().and_then(|date| day_of(&date.to_rfc3339()));
    let _ = sink.single(document);
    Ok(())
}

/// Reads a mailbox: a message begins at a line `From …` that follows a blank one.
pub(super) fn parse_mbox(
    mut reader: Box<dyn BufRead + '_>,
    context: &Context<'_>,
    sink: &mut RecordSink<'_>,
) -> Result<(), ReadError> {
    let limit = context.options.limits.record_bytes;
    let mut line = Vec::new();
    let mut mailbox = Mailbox { letter: Vec::new(), bytes: 0, number: 0, limit };
    let mut after_blank = true;
    loop {
        let piece = read_line(&mut *reader, &mut line, limit).map_err(ReadError::Io)?;
        let begins = after_blank && line.starts_with(b"From ") && matches!(piece, Piece::Read);
        match piece {
            Piece::End => break,
            Piece::TooLong(bytes) => mailbox.bytes += bytes,
            Piece::Read if begins => {
                if mailbox.end_letter(sink).is_break() {
                    return Ok(());
                }
                mailbox.number += 1;
            }
            Piece::Read => mailbox.push(&line),
        }
        after_blank = line.is_empty();
    }
    let _ = mailbox.end_letter(sink);
    Ok(())
}

struct Mailbox {
    letter: Vec<u8>,
    /// Size of the letter, of which no more than the limit is kept.
    bytes: u64,
    number: u64,
    limit: u64,
}

impl Mailbox {
    fn push(&mut self, line: &[u8]) {
        // `From ` inside a letter is written with a mark of quotation before it.
        let unmarked = line
            .iter()
            .position(|byte| *byte != b'>')
            .filter(|at| *at > 0 && line[*at..].starts_with(b"From "));
        let line = if unmarked.is_some() { &line[1..] } else { line };
        self.bytes += line.len() as u64 + 2;
        if self.bytes <= self.limit {
            self.letter.extend_from_slice(line);
            self.letter.extend_from_slice(b"\r\n");
        }
    }

    fn end_letter(&mut self, sink: &mut RecordSink<'_>) -> std::ops::ControlFlow<()> {
        let (letter, bytes) = (std::mem::take(&mut self.letter), std::mem::take(&mut self.bytes));
        if self.number == 0 || bytes == 0 {
            return std::ops::ControlFlow::Continue(());
        }
        if bytes > self.limit {
            let reason = SkipReason::TooLarge { bytes, limit: self.limit };
            return sink.fail(self.number, RecordFault::Skipped(reason));
        }
        match message(&letter) {
            Ok(mut document) => {
                document.format = "mbox";
                sink.record(self.number, document)
            }
            Err(fault) => sink.fail(self.number, fault),
        }
    }
}

fn message(bytes: &[u8]) -> Result<Document, RecordFault> {
    let message = MessageParser::default().parse(bytes);
    let message = message.ok_or_else(|| RecordFault::Malformed("no message".to_owned()))?;
    // The library makes HTML of plain text where there is none; that would hide what was sent.
    let page = message.html_bodies().find_map(|part| match &part.body {
        mail_parser::PartType::Html(html) => Some(html.as_ref()),
        _ => None,
    });
    let mut document = match (page, message.body_text(0)) {
        (Some(page), _) => html::page(page.to_owned(), "mail"),
        (None, Some(text)) => Document::new("mail", Content::Lines(text.into_owned())),
        (None, None) => {
            return Err(RecordFault::Skipped(SkipReason::NoStory { kind: "mail without text".to_owned() }));
        }
    };
    if document.content.is_blank() {
        return Err(RecordFault::Skipped(SkipReason::Empty));
    }
    document.witness(FieldName::Headline, "mail:subject", &one_line(message.subject().unwrap_or("")));
    take_sender(&message, &mut document);
    if let Some(date) = message.date() {
        document.witness(FieldName::Published, "mail:date", &date.to_rfc3339());
        document.captured = day_of(&date.to_rfc3339());
    }
    if let Some(id) = message.message_id() {
        document.extra.insert("message-id".to_owned(), id.to_owned());
    }
    if let Content::Page(page) = &document.content
        && let Some(address) = web_copy(page)
    {
        document.witness(FieldName::Url, "mail:web-copy", &address);
    }
    Ok(document)
}

/// Newsletters are sent by an outlet (`Harbour Post`) or by a writer at one (`Ada Quill from Harbour
/// Post`); letters without a list's headers come from persons.
fn take_sender(message: &Message<'_>, document: &mut Document) {
    let name =
        message.from().and_then(Address::first).and_then(|sender| sender.name.as_deref()).unwrap_or("");
    let name = one_line(name.trim_matches('"'));
    let list = raw(message, "List-Id").unwrap_or_default();
    let list_name = one_line(list.split('<').next().unwrap_or("").trim().trim_matches('"'));
    let parts = [" from ", " at ", " | "].iter().find_map(|between| name.split_once(between));
    let is_list = !list.is_empty() || raw(message, "List-Unsubscribe").is_some();
    if let Some((person, outlet)) = parts {
        document.witness(FieldName::Byline, "mail:from", person);
        document.witness(FieldName::Publisher, "mail:from", outlet);
    } else if is_list {
        document.witness(FieldName::Publisher, "mail:from", &name);
    } else {
        document.witness(FieldName::Byline, "mail:from", &name);
    }
    document.witness(FieldName::Publisher, "mail:list-id", &list_name);
    if let Some(address) =
        message.from().and_then(Address::first).and_then(|sender| sender.address.as_deref())
    {
        document.extra.insert("from".to_owned(), address.to_owned());
    }
}

/// The text of the message's own header `name`.
fn raw(message: &Message<'_>, name: &str) -> Option<String> {
    let text = message.header_raw(HeaderName::Other(name.into())).or_else(|| match message.header(name) {
        Some(HeaderValue::Text(text)) => Some(text.as_ref()),
        _ => None,
    })?;
    Some(one_line(text)).filter(|text| !text.is_empty())
}

/// The address of the letter's copy on the web: a link whose words say so.
fn web_copy(page: &str) -> Option<String> {
    let rules: Rules = toml::from_str(RULES).ok()?;
    let page = &page[..page.floor_char_boundary(LINK_BYTES)];
    for link in page.split("<a ").skip(1) {
        let Some((tag, rest)) = link.split_once('>') else { continue };
        let words = rest.split("</a").next().unwrap_or("");
        if words.len() > 300 {
            continue;
        }
        let words = super::feed::plain(words).to_lowercase();
        if !rules.web_copy.iter().any(|known| words.contains(known.as_str())) {
            continue;
        }
        let value = tag.split_once("href=").map_or("", |(_, value)| value).trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let address = match quote {
            Some(quote) => value[1..].split(quote).next(),
            None => value.split_whitespace().next(),
        };
        let address = super::super::xml::unescaped(address.unwrap_or(""));
        if is_address(&address) {
            return Some(address);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::testing::{documents, read_bytes, said};
    use super::*;
    use crate::document::ReadOptions;

    const LETTER: &str = "From: Ada Quill from Harbour Post <news@example.org>\r\nTo: you@example.org\r\n\
        Subject: =?utf-8?q?Rain=2C_at_last?=\r\nDate: Tue, 05 Mar 2024 10:30:00 +0000\r\nMessage-ID: <1@example.org>\r\n\
        List-Id: Morning letter <morning.example.org>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=x\r\n\r\n\
        --x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nFarmers cheered.\r\n\
        --x\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
        <p><a href=3D\"https://example.org/w?a=3D1&amp;b=3D2\">View in <b>browser</b></a></p><p>Farmers cheered.</p>\r\n--x--\r\n";

    #[test]
    fn a_newsletter_is_a_page_with_witnesses() {
        let document = documents("a.eml", LETTER.as_bytes()).remove(0);
        assert_eq!(said(&document, FieldName::Headline), Some("Rain, at last"));
        assert_eq!(said(&document, FieldName::Byline), Some("Ada Quill"));
        assert_eq!(said(&document, FieldName::Publisher), Some("Harbour Post"));
        assert_eq!(said(&document, FieldName::Url), Some("https://example.org/w?a=1&b=2"));
        assert_eq!(document.captured.as_deref(), Some("2024-03-05"));
        assert!(matches!(&document.content, Content::Page(page) if page.contains("<p>Farmers cheered.</p>")));
    }

    #[test]
    fn a_mailbox_holds_several() {
        let plain = "From: Ben Moor <b@example.org>\r\nSubject: Sun\r\n\r\nIt shone.\r\n>From afar.\r\n";
        let mailbox = format!(
            "From a@b Tue Mar 5\r\n{LETTER}\r\nFrom c@d Wed Mar 6\r\n{plain}\r\nFrom e@f Thu\r\nSubject: none\r\n\r\n"
        );
        let (results, outcome) = read_bytes("a.mbox", mailbox.as_bytes(), &ReadOptions::default());
        outcome.unwrap();
        assert_eq!(results.len(), 3);
        assert_eq!(results[0].as_ref().unwrap().location.to_string(), "a.mbox#1");
        let second = results[1].as_ref().unwrap();
        assert!(matches!(&second.content, Content::Lines(text) if text.contains("\nFrom afar.")));
        assert_eq!(said(second, FieldName::Byline), Some("Ben Moor"));
        assert!(results[2].is_err());
    }

    #[test]
    fn saved_pages_know_their_address() {
        let saved = "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://example.org/rain\r\nSubject: Rain\r\n\
            Date: Wed, 6 Mar 2024 07:08:09 -0000\r\nMIME-Version: 1.0\r\n\
            Content-Type: multipart/related; type=\"text/html\"; boundary=\"x\"\r\n\r\n--x\r\nContent-Type: text/html\r\n\
            Content-Transfer-Encoding: quoted-printable\r\nContent-Location: https://example.org/rain\r\n\r\n\
            <html><p>Rain fe=\r\nll.</p></html>\r\n--x--\r\n";
        let document = documents("a.mhtml", saved.as_bytes()).remove(0);
        assert_eq!(said(&document, FieldName::Url), Some("https://example.org/rain"));
        assert_eq!(document.captured.as_deref(), Some("2024-03-06"));
        assert!(matches!(&document.content, Content::Page(page) if page.contains("Rain fell.")));
    }
}
