//! The tagger: every span lies on character boundaries, in order, and is not empty.
#![no_main]

use newsidx::names::lists::{Lists, evidence_for_tagger};
use newsidx::names::tagger::Tagger;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let hits = Lists::builtin().find(&text);
    let tagger = Tagger::builtin().expect("the model reads");
    let mut last = 0;
    for name in tagger.tag(&text, &evidence_for_tagger(&hits)) {
        assert!(name.span.start >= last);
        assert!(text.get(name.span.start..name.span.end).is_some_and(|surface| !surface.is_empty()));
        last = name.span.end;
    }
});
