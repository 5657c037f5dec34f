//! Secrets that a text contains by mistake (a saved token, a request header), hidden before any of
//! the text is shown or kept.

use std::borrow::Cow;
use std::ops::Range;

/// Names of values that are secret, in lower case and without `_` and `-`.
const NAMES: [&str; 10] = [
    "accesstoken",
    "refreshtoken",
    "idtoken",
    "clientsecret",
    "password",
    "authorization",
    "apikey",
    "secretkey",
    "sessiontoken",
    "bearertoken",
];
/// Length of the longest name with its separators.
const LONGEST: usize = 20;
/// Schemes of an `Authorization` header, each followed by a secret.
const SCHEMES: [&str; 2] = ["bearer ", "basic "];

/// The text with an asterisk for every byte of a secret: offsets stay what they are.
pub fn hidden(text: &str) -> Cow<'_, str> {
    let ranges = secrets(text);
    if ranges.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    let mut at = 0;
    for range in ranges {
        if range.end <= at {
            continue;
        }
        let start = range.start.max(at);
        shown.push_str(text.get(at..start).unwrap_or_default());
        shown.extend(std::iter::repeat_n('*', range.end - start));
        at = range.end;
    }
    shown.push_str(text.get(at..).unwrap_or_default());
    Cow::Owned(shown)
}

/// The bytes of all secrets, in order.
fn secrets(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut bare_end = 0;
    for at in memchr::memchr2_iter(b':', b'=', bytes) {
        if is_named(bytes, at) {
            found.extend(value(bytes, at + 1, &mut bare_end));
        }
    }
    for scheme in SCHEMES {
        for at in memchr::memchr_iter(b' ', bytes) {
            let start = at + 1 - scheme.len().min(at + 1);
            let word = bytes.get(start..=at).unwrap_or_default();
            if word.eq_ignore_ascii_case(scheme.as_bytes()) {
                let end = run(bytes, at + 1);
                // A word of a sentence is shorter.
                if end - at > 12 {
                    found.push(at + 1..end);
                }
            }
        }
    }
    // A JSON Web Token begins with the Base64 of `{"`.
    let mut end = 0;
    for at in memchr::memmem::find_iter(bytes, b"eyJ") {
        // The rest of a token is part of it, or has fewer dots.
        if at < end {
            continue;
        }
        end = run(bytes, at);
        let token = bytes.get(at..end).unwrap_or_default();
        if token.iter().filter(|byte| **byte == b'.').count() >= 2 {
            found.push(at..end);
        }
    }
    found.sort_unstable_by_key(|range| range.start);
    found
}

/// Returns true if what stands before the `:` or `=` at `at` is the name of a secret.
fn is_named(bytes: &[u8], at: usize) -> bool {
    let before = bytes.get(..at).unwrap_or_default();
    let end = before
        .iter()
        .rposition(|byte| !matches!(byte, b' ' | b'\t' | b'"' | b'\'' | b'\\'))
        .map_or(0, |last| last + 1);
    let name: Vec<u8> = before
        .get(end.saturating_sub(LONGEST)..end)
        .unwrap_or_default()
        .iter()
        .filter(|byte| !matches!(byte, b'_' | b'-'))
        .map(u8::to_ascii_lowercase)
        .collect();
    NAMES.iter().any(|secret| name.ends_with(secret.as_bytes()))
}

/// Returns the bytes of the value that follows, if it is text. `bare_end` is the end of the last
/// value without quotes: a later name inside that value has the same end.
fn value(bytes: &[u8], from: usize, bare_end: &mut usize) -> Option<Range<usize>> {
    let mut at = from;
    while let Some(b' ' | b'\t' | b'\n' | b'\r' | b'\\') = bytes.get(at) {
        at += 1;
    }
    let first = *bytes.get(at)?;
    let end = match first {
        b'"' | b'\'' => {
            at += 1;
            let rest = bytes.get(at..)?;
            // In a string inside a string, the closing quote has a backslash.
            let quote = |byte: &u8| *byte == first;
            rest.iter()
                .position(quote)
                .map_or(bytes.len(), |it| at + it)
        }
        b'{' | b'[' | b'0'..=b'9' => return None,
        _ if bytes.get(at..)?.starts_with(b"null") => return None,
        _ => {
            let rest = bytes.get(at..)?;
            let ends = |byte: &u8| matches!(byte, b',' | b'}' | b'&' | b'\n' | b'\r' | b'"');
            if at >= *bare_end {
                *bare_end = rest.iter().position(ends).map_or(bytes.len(), |it| at + it);
            }
            *bare_end
        }
    };
    (at < end).then_some(at..end)
}

/// Returns the end of the token at `at`.
fn run(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    let length = rest.iter().position(|byte| {
        !byte.is_ascii_alphanumeric()
            && !matches!(byte, b'.' | b'_' | b'-' | b'~' | b'+' | b'/' | b'=')
    });
    at + length.unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_tokens_without_an_end_are_read_once() {
        let began = std::time::Instant::now();
        for text in ["eyJ", "password:"] {
            hidden(&text.repeat(600_000 / text.len()));
        }
        assert!(began.elapsed().as_secs() < 5);
    }

    #[test]
    fn hides_every_spelling_and_keeps_offsets() {
        for (text, shown) in [
            (
                r#"{"access_token":"abc","a":1}"#,
                r#"{"access_token":"***","a":1}"#,
            ),
            (r#"{"clientSecret" : "é"}"#, r#"{"clientSecret" : "**"}"#),
            (
                r#"{"body":"{\"refresh_token\":\"abc\"}"}"#,
                r#"{"body":"{\"refresh_token\":\"****"}"}"#,
            ),
            ("client_secret=abc&grant=x", "client_secret=***&grant=x"),
            (
                "Authorization: Bearer abc\nx",
                "Authorization: **********\nx",
            ),
            (
                "sent bearer abcdefghijklmno.",
                "sent bearer ****************",
            ),
            ("bearer of news: none", "bearer of news: none"),
            ("x eyJh.eyJi.c y", "x *********** y"),
            (
                r#"{"access_token":null,"expires_in":7}"#,
                r#"{"access_token":null,"expires_in":7}"#,
            ),
            (r#"{"access_token":"cut"#, r#"{"access_token":"***"#),
        ] {
            assert_eq!(hidden(text), shown);
            assert_eq!(hidden(text).len(), text.len());
        }
    }
}
