//! A user's corrections and own names: any bytes give lists or an error with its line, and what is
//! written is read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use newsidx::names::own::{Corrections, OwnNames, read_own_list};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(corrections) = Corrections::parse(bytes) {
        let text = corrections.to_text();
        assert_eq!(Corrections::parse(text.as_bytes()), Ok(corrections.clone()));
        drop(OwnNames::new(Vec::new(), corrections));
    }
    if let Ok(entries) = read_own_list(bytes) {
        drop(OwnNames::new(entries, Corrections::default()));
    }
});
