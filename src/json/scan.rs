//! Where values begin and end, found without reading them: brackets counted outside strings.
//!
//! A scan is lenient. What it finds is read strictly afterwards; where it finds nothing sensible
//! the strict reader is asked for the fault.

use super::Span;
use super::structure::Structure;

/// The offset of the first byte at or behind `at` that is no white space.
pub fn skip_blank(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(at) {
        at += 1;
    }
    at
}

/// The end of the value that begins at `at`; `None` where the text ends first.
pub fn value_end(bytes: &[u8], at: usize) -> Option<usize> {
    match bytes.get(at)? {
        b'{' | b'[' => Structure::new().end(bytes, at),
        b'"' => string_end(bytes, at),
        _ => {
            let length = bytes[at..]
                .iter()
                .position(|byte| {
                    matches!(
                        byte,
                        b',' | b']' | b'}' | b':' | b' ' | b'\n' | b'\r' | b'\t' | b'{' | b'['
                    )
                })
                .unwrap_or(bytes.len() - at);
            (length > 0).then_some(at + length)
        }
    }
}

fn string_end(bytes: &[u8], at: usize) -> Option<usize> {
    let mut at = at + 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes[at] == b'"' {
            return Some(at + 1);
        }
        at += 2;
    }
}

/// The spans of the elements of the array at `at`; `None` where it is not made of values between
/// single commas.
pub fn elements(bytes: &[u8], at: usize) -> Option<Vec<Span>> {
    let mut spans = Vec::new();
    let mut at = skip_blank(bytes, at + 1);
    if bytes.get(at) == Some(&b']') {
        return Some(spans);
    }
    loop {
        let end = value_end(bytes, at)?;
        spans.push(Span::new(at, end));
        at = skip_blank(bytes, end);
        match bytes.get(at)? {
            b',' => at = skip_blank(bytes, at + 1),
            b']' => return Some(spans),
            _ => return None,
        }
    }
}

/// The spans of keys and values of the object at `at`; `None` where it is not made of members.
pub fn members(bytes: &[u8], at: usize) -> Option<Vec<(Span, Span)>> {
    let mut spans = Vec::new();
    let mut at = skip_blank(bytes, at + 1);
    if bytes.get(at) == Some(&b'}') {
        return Some(spans);
    }
    loop {
        if bytes.get(at) != Some(&b'"') {
            return None;
        }
        let key = Span::new(at, string_end(bytes, at)?);
        at = skip_blank(bytes, key.end);
        if bytes.get(at) != Some(&b':') {
            return None;
        }
        at = skip_blank(bytes, at + 1);
        let value = Span::new(at, value_end(bytes, at)?);
        spans.push((key, value));
        at = skip_blank(bytes, value.end);
        match bytes.get(at)? {
            b',' => at = skip_blank(bytes, at + 1),
            b'}' => return Some(spans),
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_outside_strings_only() {
        let text = br#" [{"a":"]}\""},[1,2], 3 ]"#;
        let spans = elements(text, 1).unwrap();
        let parts: Vec<_> = spans
            .iter()
            .map(|span| std::str::from_utf8(&text[span.start..span.end]).unwrap())
            .collect();
        assert_eq!(parts, [r#"{"a":"]}\""}"#, "[1,2]", "3"]);
        assert!(elements(b"[1,,2]", 0).is_none());
        assert!(elements(b"[1 2]", 0).is_none());
        assert_eq!(members(br#"{"a":1,"b":[]}"#, 0).unwrap().len(), 2);
    }
}
