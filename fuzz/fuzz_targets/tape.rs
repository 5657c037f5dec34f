//! The tape never panics, and accepts exactly what serde_json accepts.
#![no_main]

use gcagg::internals::json::{Fault, Span, Tape};
use libfuzzer_sys::fuzz_target;
use serde::de::IgnoredAny;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let read = Tape::read(text, Span::new(0, text.len()), 0);
    if let Ok(tape) = &read {
        walk(text, tape.root());
    }
    // Brackets inside strings only make this stricter than the depth.
    let brackets = data
        .iter()
        .filter(|byte| matches!(byte, b'{' | b'['))
        .count();
    if brackets >= 100 {
        return;
    }
    // IgnoredAny checks the grammar alone: no number is too large for it.
    let reference = serde_json::from_str::<IgnoredAny>(text);
    match (&read, &reference) {
        (Ok(_), Ok(_)) | (Err(_), Err(_)) => {}
        // It lets lone surrogates pass, which no text can hold.
        (Err(error), Ok(_)) if error.fault == Fault::Text => {}
        (Ok(_), Err(error)) => panic!("only the tape accepts {text:?}: {error}"),
        (Err(error), Ok(_)) => panic!("only serde_json accepts {text:?}: {error:?}"),
    }
});

/// Every node must be readable, and lie inside the text.
fn walk(text: &str, node: gcagg::internals::json::Node<'_>) {
    let span = node.span();
    assert_eq!(text.get(span.start..span.end), Some(node.raw()));
    let _ = (node.string(), node.number());
    for (key, value) in node.members() {
        assert!(key.string().is_some());
        walk(text, value);
    }
    for element in node.elements() {
        walk(text, element);
    }
}
