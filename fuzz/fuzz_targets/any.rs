//! Recognising the format, unpacking, and whatever parser that leads to.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| newsidx_fuzz::read_by_look(bytes));
