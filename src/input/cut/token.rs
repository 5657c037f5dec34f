//! Strings and numbers that are longer than the limit.

use crate::json::Span;
use crate::json::scan::{skip_blank, value_end};

/// The first string or number of a text that is longer than so many bytes. The text begins between
/// tokens, and may end in one.
pub(super) fn longer_than(most: usize, bytes: &[u8]) -> Option<Span> {
    let mut at = skip_blank(bytes, 0);
    while let Some(byte) = bytes.get(at) {
        let end = match byte {
            b'{' | b'}' | b'[' | b']' | b',' | b':' => at + 1,
            _ => value_end(bytes, at).unwrap_or(bytes.len()),
        };
        if end - at > most {
            return Some(Span::new(at, end));
        }
        at = skip_blank(bytes, end);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_token_beyond_the_limit_is_found() {
        let find = |text: &str, most| {
            longer_than(most, text.as_bytes()).map(|span| text[span.start..span.end].to_owned())
        };
        let text = r#"{"key":"\"abc",  "n":-12345678,"open"#;
        assert_eq!(find(text, 100), None);
        assert_eq!(find(text, 8).as_deref(), Some("-12345678"));
        assert_eq!(find(text, 6).as_deref(), Some(r#""\"abc""#));
        assert_eq!(find(text, 4).as_deref(), Some(r#""key""#));
        assert_eq!(find("[\"open", 4).as_deref(), Some("\"open"));
    }
}
