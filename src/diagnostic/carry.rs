//! Escapes of each output format. Names, values and file names come from the input, so every form
//! passes them through here: nothing in them can act on a terminal, break out of its place in the
//! form, or make the output invalid.

use std::io::{self, Write};

use serde::Serialize;

use crate::json::text::{is_unsafe_in_terminal, printable};

/// Number of characters of an input text that are shown.
const LIMIT: usize = 1_000;

/// For text that people read, and for XML: control characters, marks that reorder or hide text and
/// code points that are no characters are escaped, and long text is clipped. What is left are
/// characters that XML 1.0 allows.
pub fn text(text: &str) -> String {
    match text.char_indices().nth(LIMIT) {
        Some((cut, _)) => printable(&text[..cut]) + "...",
        None => printable(text),
    }
}

/// For a file name in a form that people read: escaped, and never clipped.
pub fn name(name: &str) -> String {
    printable(name)
}

/// For the words of a workflow command of GitHub Actions. Its line breaks are ours, so the text is
/// escaped before it comes here.
pub fn command_data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// For a property of a workflow command.
pub fn command_property(text: &str) -> String {
    command_data(&printable(text))
        .replace(':', "%3A")
        .replace(',', "%2C")
}

/// For Markdown, also in a cell of a table: no markup, no mention and no piece of code.
pub fn markdown(text: &str) -> String {
    let mut markdown = String::with_capacity(text.len());
    for char in printable(text).chars() {
        match char {
            '<' => markdown.push_str("&lt;"),
            '>' => markdown.push_str("&gt;"),
            '&' => markdown.push_str("&amp;"),
            '@' => markdown.push_str("&#64;"),
            // Not every reader of tables knows a backslash.
            '|' => markdown.push_str("&#124;"),
            '*' | '_' | '[' | ']' | '\\' | '#' | '~' | '`' => markdown.extend(['\\', char]),
            plain => markdown.push(plain),
        }
    }
    markdown
}

/// A string as JSON. It keeps its value, with unsafe characters as escapes.
pub fn quoted(text: &str) -> String {
    // A string has a JSON form.
    escaped(serde_json::to_string(text).unwrap_or_default())
}

/// Writes a value as JSON on one line. Strings keep their value: control characters of terminals, and
/// line ends of other programs, are written as escapes of four digits.
pub fn json(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    out.write_all(escaped(serde_json::to_string(value)?).as_bytes())
}

/// A value as indented JSON with a line break, with unsafe characters as escapes.
pub fn pretty(value: &impl Serialize) -> String {
    // Values of our own have a JSON form.
    escaped(serde_json::to_string_pretty(value).unwrap_or_default()) + "\n"
}

/// JSON with every character escaped that [`is_unsafe_in_terminal`]; they are in strings only.
fn escaped(json: String) -> String {
    // Of ASCII, serde_json escapes everything unsafe but DEL.
    let is_unsafe = |char: char| char >= '\u{7F}' && is_unsafe_in_terminal(char);
    let is_plain = json.bytes().all(|byte| byte < 0x7F);
    if is_plain || !json.contains(is_unsafe) {
        return json;
    }
    let mut escaped = String::with_capacity(json.len() + 16);
    for char in json.chars() {
        match is_unsafe(char) {
            true => {
                let units = char.encode_utf16(&mut [0; 2]).to_vec();
                escaped.extend(units.iter().map(|unit| format!("\\u{unit:04x}")));
            }
            false => escaped.push(char),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortens_and_escapes() {
        assert_eq!(text("a\nb"), r"a\u{a}b");
        assert_eq!(text("\u{ffff}\u{1fffe}"), r"\u{ffff}\u{1fffe}");
        assert_eq!(text(&"é".repeat(2_000)), "é".repeat(1_000) + "...");
        assert_eq!(name(&"é".repeat(2_000)), "é".repeat(2_000));
    }

    #[test]
    fn nothing_breaks_out_of_a_command() {
        assert_eq!(command_property("a,b:c%\r\nd"), r"a%2Cb%3Ac%25\u{d}\u{a}d");
        assert_eq!(command_property("\u{1b}\u{202e}"), r"\u{1b}\u{202e}");
        assert_eq!(command_data("a,b:c%\r\nd"), "a,b:c%25%0D%0Ad");
    }

    #[test]
    fn nothing_breaks_out_of_a_cell() {
        assert_eq!(
            markdown("a|b <img> [x](y) @me"),
            r"a&#124;b &lt;img&gt; \[x\](y) &#64;me"
        );
    }

    #[test]
    fn json_keeps_the_value_and_escapes_what_is_unsafe() {
        let value = "é\u{7f}\u{9b}\u{202e}\u{2028}\u{ffff}\u{e0001}\n\"";
        let mut line = Vec::new();
        json(&mut line, &[value]).unwrap();
        assert_eq!(
            String::from_utf8(line).unwrap(),
            r#"["é\u007f\u009b\u202e\u2028\uffff\udb40\udc01\n\""]"#
        );
        let pretty = pretty(&[value]);
        let read: Vec<String> = serde_json::from_str(&pretty).unwrap();
        assert_eq!(read, [value]);
        assert!(pretty.starts_with("[\n  \""));
    }
}
