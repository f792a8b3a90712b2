//! PDF: the text of its pages, by a library that runs in a thread of its own, so that neither its
//! panics nor its endless loops can take the run down. Needs the feature `pdf`.

use super::super::read::ReadError;
use super::super::sink::RecordSink;
use super::{Context, malformed};

#[cfg(not(feature = "pdf"))]
pub(super) fn parse(_: Vec<u8>, _: &Context<'_>, _: &mut RecordSink<'_>) -> Result<(), ReadError> {
    Err(malformed("pdf")("this build reads no PDF files (feature `pdf`)".to_owned()))
}

#[cfg(feature = "pdf")]
pub(super) fn parse(
    bytes: Vec<u8>,
    context: &Context<'_>,
    sink: &mut RecordSink<'_>,
) -> Result<(), ReadError> {
    let seconds = context.options.limits.foreign_seconds;
    let mut document = isolated::read(bytes, seconds).map_err(malformed("pdf"))?;
    if document.content.is_blank() {
        let kind = "PDF of pictures alone".to_owned();
        return Err(super::super::skip::SkipReason::NoStory { kind }.into());
    }
    document.format = "pdf";
    let _ = sink.single(document);
    Ok(())
}

#[cfg(feature = "pdf")]
mod isolated {
    //! The thread and what runs in it.

    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc::{RecvTimeoutError, channel};
    use std::time::Duration;

    use super::super::super::day::day_of;
    use super::super::super::{Content, Document};
    use crate::article::FieldName;

    /// Stack of the thread. The library recurses over nested objects; memory is only taken as used.
    const STACK_BYTES: usize = 256 << 20;

    /// Threads that may be left behind in endless loops before no more PDF files are tried: each
    /// one costs a core until the run ends.
    const MAX_ABANDONED: usize = 4;

    /// Threads that did not end in time; they cannot be stopped, only left.
    static ABANDONED: AtomicUsize = AtomicUsize::new(0);

    /// The text and the properties of the file in `bytes`, within `seconds`.
    pub(super) fn read(bytes: Vec<u8>, seconds: u64) -> Result<Document, String> {
        if ABANDONED.load(Ordering::Relaxed) >= MAX_ABANDONED {
            return Err("too many PDF files of this run did not come to an end".to_owned());
        }
        let (sender, receiver) = channel();
        let work = move || {
            let outcome = std::panic::catch_unwind(|| document_of(&bytes));
            // The receiver is gone when time is up; then nobody wants the outcome.
            let _ = sender.send(outcome.unwrap_or_else(|_| Err("its library fails on it".to_owned())));
        };
        let thread = std::thread::Builder::new().name("pdf".to_owned()).stack_size(STACK_BYTES).spawn(work);
        thread.map_err(|error| error.to_string())?;
        match receiver.recv_timeout(Duration::from_secs(seconds)) {
            Ok(outcome) => outcome,
            Err(RecvTimeoutError::Timeout) => {
                ABANDONED.fetch_add(1, Ordering::Relaxed);
                Err(format!("not read within {seconds} seconds"))
            }
            Err(RecvTimeoutError::Disconnected) => Err("its library fails on it".to_owned()),
        }
    }

    fn document_of(bytes: &[u8]) -> Result<Document, String> {
        let text = pdf_extract::extract_text_from_mem(bytes).map_err(|error| error.to_string())?;
        let mut document = Document::new("pdf", Content::Lines(paragraphs(&text)));
        if let Ok(file) = pdf_extract::Document::load_mem(bytes) {
            take_properties(&file, &mut document);
        }
        Ok(document)
    }

    /// Title, author and day of the file's own properties.
    fn take_properties(file: &pdf_extract::Document, document: &mut Document) {
        let Some(properties) = file.trailer.get(b"Info").ok().and_then(|info| match info {
            pdf_extract::Object::Reference(id) => file.get_object(*id).ok()?.as_dict().ok(),
            other => other.as_dict().ok(),
        }) else {
            return;
        };
        let said = |name: &[u8]| -> String {
            match properties.get(name) {
                Ok(pdf_extract::Object::String(bytes, _)) => text_string(bytes),
                _ => String::new(),
            }
        };
        document.witness(FieldName::Headline, "pdf:title", &said(b"Title"));
        document.witness(FieldName::Byline, "pdf:author", &said(b"Author"));
        let created = said(b"CreationDate");
        if let Some(day) = day_of(created.trim_start_matches("D:").get(..8).unwrap_or("")) {
            document.witness(FieldName::Published, "pdf:created", &day);
        }
    }

    /// Strings are UTF-16 with a mark, or nearly Latin-1 (PDF 1.7, 7.9.2.2).
    fn text_string(bytes: &[u8]) -> String {
        match bytes {
            [0xfe, 0xff, ..] | [0xff, 0xfe, ..] | [0xef, 0xbb, 0xbf, ..] => {
                super::super::super::encoding::decode(bytes, None).text.into_owned()
            }
            _ => bytes.iter().map(|byte| char::from(*byte)).collect(),
        }
    }

    /// The paragraphs of pages: wrapped lines joined, words that were parted at a line's end, too.
    fn paragraphs(text: &str) -> String {
        let mut joined = String::with_capacity(text.len());
        for line in text.lines().map(str::trim) {
            if line.is_empty() {
                if !joined.is_empty() && !joined.ends_with("\n\n") {
                    joined.push_str("\n\n");
                }
                continue;
            }
            let parted = joined.ends_with('-') && line.starts_with(char::is_lowercase);
            if parted {
                joined.pop();
            } else if !joined.is_empty() && !joined.ends_with('\n') {
                joined.push(' ');
            }
            joined.push_str(line);
        }
        joined
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn lines_are_joined() {
            assert_eq!(
                paragraphs("Rain fell on the har-\nbour and\nstayed.\n\n\nSun.\n"),
                "Rain fell on the harbour and stayed.\n\nSun."
            );
        }

        #[test]
        fn rubbish_is_an_error() {
            for bytes in [&b"%PDF-1.7\n"[..], b"%PDF-1.7\n1 0 obj << /Length 99999 >> stream"] {
                assert!(read(bytes.to_vec(), 20).is_err());
            }
        }
    }
}
