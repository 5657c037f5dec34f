//! Cutting an input into documents never panics, and every span lies inside its text.
#![no_main]

use gcagg::internals::json::Span;
use gcagg::internals::input::cut::frame;
use gcagg::internals::input::frame::Framed;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let framed = frame(text);
    for part in &framed.parts {
        if let Framed::Unread(unread) = part {
            inside(text, unread.span);
        }
    }
    for finding in framed.findings() {
        if let Some(span) = finding.span {
            inside(text, span);
        }
    }
    for document in framed.documents() {
        let own = document.text(text);
        inside(own, document.outer);
        for span in document.elements.iter().chain(&document.array) {
            inside(own, *span);
            inside(text, document.outward_span(*span));
        }
        if let Some(dialect) = document.dialect {
            let pointer = document.opened(dialect).element(0).to_string();
            assert!(pointer.is_empty() || pointer.starts_with('/'));
        }
    }
});

fn inside(text: &str, span: Span) {
    assert!(
        text.get(span.start..span.end).is_some(),
        "{span:?} is not inside {} bytes, or cuts a character",
        text.len()
    );
}
