//! What a page says of itself: dates, JSON-LD, metas, visible lines, and the settling of them all.
#![no_main]

use newsidx::{
    extract::{html, meta},
    names::outlets::Outlets,
};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    for language in ["en", "de"] {
        let style = meta::date::DateStyle::of_language(Some(language));
        let _ = meta::date::parse_value(&text, style);
        for found in meta::date::dates_in(&text, style) {
            assert!(!found.span.of(&text).is_empty(), "a date stands in the text");
        }
    }
    let linked = format!("<script type=\"application/ld+json\">{text}</script>");
    for page in [text.as_ref(), linked.as_str()] {
        let Ok(dom) = html::parse(page) else { continue };
        let witnesses = meta::witnesses_of_page(&dom, Some("https://harbourpost.example/2021/05/04/rain"));
        let context = meta::Context { captured: Some("2026-06-01"), outlets: Outlets::builtin() };
        let settled = meta::settle(&witnesses, &context);
        assert!(settled.origins.values().all(|origin| (0.0..=1.0).contains(&origin.confidence)));
    }
});
