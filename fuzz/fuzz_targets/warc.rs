//! The parser of `warc`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| newsidx_fuzz::read_as("warc", bytes));
