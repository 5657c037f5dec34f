//! An input cut in windows of any size is never lost, and every span lies inside its window.
#![no_main]

use std::io::Cursor;

use gcagg::internals::input::content::Content;
use gcagg::internals::input::limits::Limits;
use gcagg::internals::input::cut::{Cutter, Cutting, Part};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let [size, bytes @ ..] = data else { return };
    let Ok(content) = Content::new(Box::new(Cursor::new(bytes.to_vec())), Limits::default()) else {
        return;
    };
    let mut cutter = Cutter::new(content, 16 + usize::from(*size), Cutting::Elements);
    while let Ok(window) = cutter.next_window() {
        let inside = |span: &gcagg::internals::json::Span| {
            assert!(window.text.get(span.start..span.end).is_some(), "{span:?}");
        };
        for part in &window.parts {
            match part {
                Part::Whole { span, .. } => inside(span),
                Part::Elements { spans, .. }
                | Part::Values { spans, .. } => spans.iter().for_each(inside),
                Part::Trailing(at) => assert!(window.text.get(*at..).is_some()),
                _ => {}
            }
        }
        if window.last {
            break;
        }
    }
});
