//! A scraper's lines among the kept blocks of a page: a story that was republished with the labels,
//! messages and icons of the page it came from, which have no markup of their own to tell them by.

use super::block::Candidate;
use super::rules::{LabelMeaning, Rules};
use crate::article::{FieldName, Witness};
use crate::names::outlets::Outlets;

/// Boilerplate that is never part of a story, whatever page it stands on.
const NEVER_STORY: [&str; 4] = ["icon-label", "script-message", "logo-label", "sponsor-label"];
/// Longer blocks are prose.
const MAX_LABEL_CHARS: usize = 160;

/// Drops labels, messages, slogans and icons, and hears the dek that names outlets.
pub(super) fn drop_labels(
    candidates: &mut [Candidate],
    rules: &Rules,
    outlets: &Outlets,
    witnesses: &mut Vec<Witness>,
) {
    for candidate in candidates.iter_mut().filter(|candidate| candidate.is_kept()) {
        let text = candidate.text.trim();
        if text.chars().nth(MAX_LABEL_CHARS).is_some() {
            continue;
        }
        if let Some(rule) = text_rule(text, rules, outlets) {
            candidate.drop_by(&rule);
        } else if let Some((rule, _)) = rules.dek(text) {
            witnesses.push(Witness::new(FieldName::Dek, format!("text:{rule}"), text));
            candidate.drop_by("field:dek");
        }
    }
}

fn text_rule(text: &str, rules: &Rules, outlets: &Outlets) -> Option<String> {
    if let Some(rule) = rules.boilerplate(text).filter(|rule| NEVER_STORY.contains(rule)) {
        return Some(format!("line:{rule}"));
    }
    // A message of several sentences is boilerplate when each of them is.
    let mut sentences = text.split_inclusive(['.', '!', '?']).map(str::trim).filter(|part| !part.is_empty());
    if text.contains(' ') && sentences.all(|part| rules.boilerplate(part) == Some("script-message")) {
        return Some("line:script-message".to_owned());
    }
    if rules.section_label(text).is_some_and(|label| label.meaning != LabelMeaning::Heading) {
        return Some("line:section-label".to_owned());
    }
    let brand = rules.brand_label(text).filter(|(name, _)| outlets.by_name(name).is_some());
    brand.map(|_| "line:brand-label".to_owned())
}
