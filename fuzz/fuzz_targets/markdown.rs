//! The parser of `markdown`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| newsidx_fuzz::read_as("markdown", bytes));
