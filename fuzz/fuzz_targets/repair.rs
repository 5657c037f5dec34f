//! A text that is repaired twice is repaired once, and the changes make the repaired text.
#![no_main]

use gcagg::internals::repair::{Span, apply, repair};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let first = repair(text);
    assert_eq!(apply(&first.edits, text, Span::new(0, text.len())), first.text);
    assert_eq!(first.edits.is_empty(), first.fixes.total() == 0);
    let again = repair(&first.text);
    assert_eq!(again.text, first.text);
    assert!(again.edits.is_empty() && again.fixes.total() == 0);
});
