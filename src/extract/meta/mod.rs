//! Headline, byline, dates, publisher, host, address and language by agreement of witnesses.
//!
//! A witness is one value that one rule found for one field. Pages give theirs through
//! [`witnesses_of_page`]; files and records bring their own. [`settle()`] takes them all and says for
//! each field which value they bear out, how sure that is, and who said otherwise. The body is
//! none of its concern.

mod author;
mod byline;
mod byline_parts;
pub mod date;
mod fold;
mod headline;
mod json_repair;
mod jsonld;
mod lines;
mod markup;
mod page;
mod page_context;
mod page_elements;
mod page_head;
mod published;
mod publisher;
mod ranking;
mod rules;
mod settle;
mod signs;
pub mod site;
mod title;
mod training;
mod transmission;
mod url;
mod visible;
mod witness_set;

pub(crate) use byline_parts::BylineParts;
pub use page::witnesses_of_page;
pub(crate) use rules::is_page_rule;
pub use settle::{Context, Settled, settle};
pub use training::{CandidateRow, candidate_rows};

/// ISO 639-1 code of a language tag (`en-GB`, `de_DE`, `pt`), or of a few names in full.
pub(crate) fn language_code(tag: &str) -> Option<String> {
    let lower = tag.trim().to_ascii_lowercase();
    let first = lower.split(['-', '_', ',', ';', ' ']).next().unwrap_or("");
    let code = match first {
        "eng" | "english" => "en",
        "deu" | "ger" | "german" | "deutsch" => "de",
        "fra" | "fre" | "french" | "français" => "fr",
        "spa" | "spanish" | "español" => "es",
        "por" | "portuguese" => "pt",
        "ita" | "italian" => "it",
        "rus" | "russian" => "ru",
        "nld" | "dut" | "dutch" => "nl",
        "iw" => "he",
        "in" => "id",
        "nb" | "nn" => "no",
        two if two.len() == 2 && two.bytes().all(|byte| byte.is_ascii_lowercase()) => two,
        _ => return None,
    };
    Some(code.to_owned())
}
