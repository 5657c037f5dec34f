//! The structural scan ends a value where a scan byte by byte does.
#![no_main]

use gcagg::internals::json::structure::Structure;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if !matches!(data.first(), Some(b'{' | b'[')) {
        return;
    }
    assert_eq!(Structure::new().end(data, 0), slow(data));
});

fn slow(bytes: &[u8]) -> Option<usize> {
    let (mut depth, mut text, mut escaped) = (0_usize, false, false);
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if text => escaped = true,
            b'"' => text = !text,
            b'{' | b'[' if !text => depth += 1,
            b'}' | b']' if !text => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}
