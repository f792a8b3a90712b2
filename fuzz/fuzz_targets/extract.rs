//! The whole way from a page, and from a scraped text, to an article; the first byte chooses.
#![no_main]

use newsidx::{
    document::{Content, Document},
    extract::{ExtractOptions, extract},
};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else { return };
    let text = String::from_utf8_lossy(rest).into_owned();
    let content = if *first % 4 == 0 { Content::Lines(text) } else { Content::Page(text) };
    let Ok(article) = extract(&Document::new("html", content), &ExtractOptions::default()) else { return };
    let sections: String = article.sections.iter().map(|section| section.span.of(&article.text)).collect();
    assert_eq!(sections, article.text, "sections cover the text");
    assert!(article.links.iter().all(|link| !link.span.of(&article.text).is_empty()), "links stand in the text");
});
