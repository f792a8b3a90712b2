//! The parser of `html`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| newsidx_fuzz::read_as("html", bytes));
