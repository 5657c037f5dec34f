#![no_main]
#![allow(dead_code, reason = "the laws of the other targets")]

#[path = "../readers.rs"]
mod readers;

libfuzzer_sys::fuzz_target!(|data: &[u8]| readers::structure(data));
