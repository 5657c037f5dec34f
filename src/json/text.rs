//! Strings of JSON: their escapes, and what people's programs write instead of JSON.

use super::{Fault, Span, SyntaxError};

/// Checks the escape at `at` (a backslash) and returns its length.
pub(super) fn check_escape(bytes: &[u8], at: usize) -> Result<usize, SyntaxError> {
    let Some(&kind) = bytes.get(at + 1) else {
        return Err(SyntaxError::new(
            Fault::Truncated,
            Span::new(at, bytes.len()),
            "the input ends inside a string",
        ));
    };
    match kind {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Ok(2),
        b'u' => {
            let unit = hex4(bytes, at)?;
            match unit {
                0xD800..=0xDBFF => {
                    let pair = bytes.get(at + 6) == Some(&b'\\')
                        && bytes.get(at + 7) == Some(&b'u')
                        && matches!(hex4(bytes, at + 6), Ok(0xDC00..=0xDFFF));
                    if pair { Ok(12) } else { Err(lone(at)) }
                }
                0xDC00..=0xDFFF => Err(lone(at)),
                _ => Ok(6),
            }
        }
        _ => {
            // The escaped character may be longer than a byte.
            let mut end = at + 2;
            while bytes.get(end).is_some_and(|byte| byte & 0xC0 == 0x80) {
                end += 1;
            }
            Err(SyntaxError::new(
                Fault::Syntax,
                Span::new(at, end),
                "an escape that JSON does not have",
            )
            .help("a backslash itself is written \\\\ (Windows paths need that)"))
        }
    }
}

fn lone(at: usize) -> SyntaxError {
    SyntaxError::new(
        Fault::Text,
        Span::new(at, at + 6),
        "a lone surrogate: half of a UTF-16 pair, which is no character",
    )
    .help("the program that wrote this cut a character in two; have it write the text again")
}

fn hex4(bytes: &[u8], at: usize) -> Result<u32, SyntaxError> {
    let mut value = 0;
    for offset in 2..6 {
        match bytes.get(at + offset) {
            Some(byte) if byte.is_ascii_hexdigit() => {
                value = value * 16 + (*byte as char).to_digit(16).unwrap_or(0);
            }
            Some(_) => {
                return Err(SyntaxError::new(
                    Fault::Syntax,
                    Span::new(at, at + 2),
                    "\\u must be followed by four hexadecimal digits",
                ));
            }
            None => {
                return Err(SyntaxError::new(
                    Fault::Truncated,
                    Span::new(at, bytes.len()),
                    "the input ends inside a string",
                ));
            }
        }
    }
    Ok(value)
}

/// The first boundary between characters at or behind `at`, or the end of the text.
pub fn boundary(text: &str, at: usize) -> usize {
    let is_one = |at: &usize| text.is_char_boundary(*at);
    (at..text.len()).find(is_one).unwrap_or(text.len())
}

/// The last boundary between characters at or before `at`.
pub fn floor(text: &str, at: usize) -> usize {
    let is_one = |at: &usize| text.is_char_boundary(*at);
    let all = 0..=at.min(text.len());
    all.rev().find(is_one).unwrap_or_default()
}

/// The text of a checked string (without its quotes).
pub fn unescape(raw: &str) -> String {
    let mut pieces = Vec::new();
    unescape_with(raw, |text, _| pieces.push(text.to_owned()));
    pieces.concat()
}

/// Calls `piece` for each run of the unescaped text with the offset in `raw` that it came from.
pub fn unescape_with(raw: &str, mut piece: impl FnMut(&str, usize)) {
    let mut at = 0;
    while at < raw.len() {
        let hop = memchr::memchr(b'\\', &raw.as_bytes()[at..]).unwrap_or(raw.len() - at);
        if hop > 0 {
            piece(&raw[at..at + hop], at);
            at += hop;
            continue;
        }
        let (char, length) = match raw.as_bytes()[at + 1] {
            b'b' => ('\u{8}', 2),
            b'f' => ('\u{c}', 2),
            b'n' => ('\n', 2),
            b'r' => ('\r', 2),
            b't' => ('\t', 2),
            b'u' => {
                let unit = |from: usize| u32::from_str_radix(&raw[from..from + 4], 16).unwrap_or(0);
                let first = unit(at + 2);
                if (0xD800..0xDC00).contains(&first) {
                    let second = unit(at + 8);
                    let code = 0x10000 + ((first - 0xD800) << 10) + (second.wrapping_sub(0xDC00));
                    (char::from_u32(code).unwrap_or('\u{fffd}'), 12)
                } else {
                    (char::from_u32(first).unwrap_or('\u{fffd}'), 6)
                }
            }
            plain => (plain as char, 2),
        };
        piece(char.encode_utf8(&mut [0; 4]), at);
        at += length;
    }
}

/// Escapes text for people: control characters, characters that hide or reorder text, and line ends
/// become `\u{...}`.
///
/// ```
/// assert_eq!(gcagg::printable("a\u{1b}[2J\nb"), r"a\u{1b}[2J\u{a}b");
/// ```
pub fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for char in text.chars() {
        if is_unsafe_in_terminal(char) {
            shown.extend(char.escape_unicode());
        } else {
            shown.push(char);
        }
    }
    shown
}

/// Text of several lines for people: their ends and tabs stay, and the rest is [`printable`].
pub fn printable_lines(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for line in text.split_inclusive(['\n', '\t']) {
        let plain = ["\r\n", "\n", "\t"]
            .iter()
            .find_map(|end| line.strip_suffix(end));
        let plain = plain.unwrap_or(line);
        shown.push_str(&printable(plain));
        shown.push_str(&line[plain.len()..]);
    }
    shown
}

/// Returns whether a terminal acts on this character, hides it or ends a line there. Reserved code
/// points count, because XML forbids some of them. Every output decides with this function.
pub fn is_unsafe_in_terminal(char: char) -> bool {
    char.is_control()
        || char as u32 & 0xfffe == 0xfffe
        || matches!(char,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{e0000}'..='\u{e007f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fdd0}'..='\u{fdef}' | '\u{fff9}'..='\u{fffb}')
}

/// Gives an error that has a well-known cause the name of that cause.
pub(super) fn foreign(error: SyntaxError, text: &str, at: usize, byte: u8) -> SyntaxError {
    let rest = &text[at..];
    let named = |end: usize, message: &str, help: &'static str| {
        SyntaxError::new(error.fault, Span::new(at, at + end), message).help(help)
    };
    // Only what opens a comment is marked: its end may lie beyond the text at hand.
    if rest.starts_with("//") || rest.starts_with("/*") {
        return named(
            2,
            "a comment: JSON has no `//` or `/* */` comments",
            COMMENT,
        );
    }
    if byte == b'#' {
        return named(1, "a comment: JSON has no `#` comments", COMMENT);
    }
    for word in ["None", "True", "False"] {
        if rest.starts_with(word) {
            return named(word.len(), &format!("`{word}` is Python, not JSON"), PYTHON);
        }
    }
    for word in ["NaN", "-Infinity", "Infinity", "undefined"] {
        if rest.starts_with(word) {
            return named(
                word.len(),
                &format!("`{word}` is not JSON, which has no such value"),
                "write null, or leave the property out",
            );
        }
    }
    match byte {
        b'\'' => named(
            1,
            "a single quote: this looks like a Python repr, not JSON, whose strings stand in double quotes",
            PYTHON,
        ),
        _ if rest.starts_with(['\u{201c}', '\u{201d}', '\u{2018}', '\u{2019}']) => named(
            rest.chars().next().map_or(1, char::len_utf8),
            "a typographic quote: JSON strings stand in plain double quotes",
            "a word processor or chat changed the quotes; save the response again as it came",
        ),
        0 => named(
            1,
            "a NUL byte: this is no text, or UTF-16 without its byte order mark",
            "save the file as UTF-8",
        ),
        _ => error,
    }
}

const COMMENT: &str = "delete the comments, or have `gcagg validate --fix` write a copy without them; what is left must be plain JSON";

const PYTHON: &str = "a Python object was printed; write it with json.dump(obj, file) instead of str(obj) or print, or have `gcagg validate --fix` write it as JSON";

/// The line and the column of a byte, both 1-based, the column in Unicode scalar values. One behind the end is
/// the place behind the last character.
pub fn line_column(text: &str, offset: usize) -> (usize, usize) {
    let before = &text[..floor(text, offset)];
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let lines = memchr::memchr_iter(b'\n', before.as_bytes()).count();
    (1 + lines, 1 + before[start..].chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unescapes_pairs_and_plain_escapes() {
        assert_eq!(unescape(r"a\u00e9\ud83d\ude00\/\n"), "aé😀/\n");
    }

    #[test]
    fn escapes_what_is_unsafe_in_a_terminal() {
        assert_eq!(printable("a\u{1b}[2J\u{202e}é"), "a\\u{1b}[2J\\u{202e}é");
    }

    #[test]
    fn counts_lines_and_characters() {
        let at = |offset| line_column("ab\né😀x\n\nz", offset);
        assert_eq!((at(0), at(3)), ((1, 1), (2, 1)));
        assert_eq!((at(9), at(12)), ((2, 3), (4, 1)));
        assert_eq!(at(99), (4, 2));
    }
}
