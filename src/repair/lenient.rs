//! Text that is nearly JSON: comments, trailing commas, and what Python prints.
//!
//! A value is read by the grammar of JSON, with these slips. Any other text ends the
//! reading of the value, and then the value stays unchanged: a guess is no repair.

use serde::de::IgnoredAny;

use crate::input::cut;
use crate::json::token::MAX_DEPTH;
use crate::json::{Span, scan};

use super::{Edit, Fix, Fixes, MARK, apply};

/// Returns true if this is one JSON value.
pub(super) fn is_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}

/// The changes that make JSON of every value that is nearly JSON.
pub(super) fn repair(text: &str, fixes: &mut Fixes) -> Vec<Edit> {
    let (mut edits, mut own, may_hide_lines) = changes(text, false);
    if may_hide_lines {
        // A comment or a mark may have hidden that each document has a line of its own.
        let repaired = apply(&edits, text, Span::new(0, text.len()));
        if cut::is_one_a_line(repaired.trim_start()) {
            (edits, own, _) = changes(text, true);
        }
    }
    fixes.merge(&own);
    edits
}

/// The changes of a text; with `has_lines`, each document has a line of its own. The flag is true if
/// the text was not read as lines, and something behind the last change was not understood.
fn changes(text: &str, has_lines: bool) -> (Vec<Edit>, Fixes, bool) {
    let mut reader = LenientReader {
        text,
        bytes: text.as_bytes(),
        at: 0,
        edits: Vec::new(),
        fixes: Fixes::default(),
        python: None,
    };
    if reader.blank().is_none() {
        return (Vec::new(), Fixes::default(), false);
    }
    let lines = has_lines || cut::is_one_a_line(text.get(reader.at..).unwrap_or_default());
    let end_of_line = |at: usize| match memchr::memchr(b'\n', text.as_bytes().get(at..)?) {
        Some(length) if lines => Some(at + length),
        _ => Some(text.len()),
    };
    let mut limit = end_of_line(reader.at).unwrap_or(text.len());
    // The good text so far; more is kept only with the next good value.
    let mut kept = (0, Fixes::default());
    let mut values = 0;
    let whole = loop {
        reader.bytes = text.as_bytes().get(..limit).unwrap_or_default();
        let understood = reader.blank().is_some();
        if understood && reader.at >= limit {
            if limit >= text.len() {
                break true;
            }
            reader.at = reader.at.max(limit + 1);
        } else if understood && reader.document().is_some() {
            kept = (reader.edits.len(), reader.fixes);
            values += 1;
            continue;
        } else {
            reader.edits.truncate(kept.0);
            reader.fixes = kept.1;
            if !lines || limit >= text.len() {
                break false;
            }
            // A broken line does not hide the next one.
            reader.at = limit + 1;
        }
        limit = end_of_line(reader.at).unwrap_or(text.len());
    };
    if !whole || values == 0 {
        reader.edits.truncate(kept.0);
        reader.fixes = kept.1;
    }
    let may_hide_lines = !whole && !lines && !reader.edits.is_empty();
    (reader.edits, reader.fixes, may_hide_lines)
}

struct LenientReader<'t> {
    text: &'t str,
    /// The text up to the end of the line, where a line is a document.
    bytes: &'t [u8],
    at: usize,
    edits: Vec<Edit>,
    fixes: Fixes,
    /// True if the value was printed by Python: its first string has single quotes.
    python: Option<bool>,
}

impl LenientReader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn rest(&self) -> &[u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn edit(&mut self, start: usize, end: usize, with: &'static str) {
        self.edits.push(Edit::new(start, end, with));
    }

    /// Passes white space and comments; `None` where a comment has no end.
    fn blank(&mut self) -> Option<()> {
        loop {
            self.at = scan::skip_blank(self.bytes, self.at);
            let rest = self.rest();
            if rest.starts_with("\u{feff}".as_bytes()) {
                self.edit(self.at, self.at + MARK.len_utf8(), "");
                self.fixes.add(Fix::Bom);
                self.at += MARK.len_utf8();
                continue;
            }
            let length = if rest.starts_with(b"//") || rest.starts_with(b"#") {
                memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len())
            } else if rest.starts_with(b"/*") {
                memchr::memmem::find(rest.get(2..)?, b"*/")? + 4
            } else {
                return Some(());
            };
            self.comment(Span::new(self.at, self.at + length));
            self.at += length;
        }
    }

    /// Deletes a comment, and the line or the space that it had for itself.
    fn comment(&mut self, span: Span) {
        let bytes = self.text.as_bytes();
        let behind = self.edits.last().map_or(0, |edit| edit.span.end);
        let is_space = |byte: &&u8| matches!(byte, b' ' | b'\t');
        let before = bytes.get(behind..span.start).unwrap_or_default();
        let start = span.start - before.iter().rev().take_while(is_space).count();
        let after = bytes.get(span.end..).unwrap_or_default();
        let end = span.end + after.iter().take_while(is_space).count();
        let first = start == 0 || matches!(bytes.get(start - 1), Some(b'\n' | b'\r'));
        let line_end = match bytes.get(end..).unwrap_or_default() {
            [b'\r', b'\n', ..] => Some(end + 2),
            [b'\n' | b'\r', ..] => Some(end + 1),
            [] => Some(end),
            _ => None,
        };
        match line_end {
            Some(line_end) if first => self.edit(start, line_end, ""),
            Some(_) => self.edit(start, span.end, ""),
            None if start < span.start => self.edit(span.start, end, ""),
            None => self.edit(span.start, span.end, ""),
        }
        self.fixes.add(Fix::Comment);
    }

    /// An object or an array that is JSON once it is repaired.
    fn document(&mut self) -> Option<()> {
        if !matches!(self.peek(), Some(b'{' | b'[')) {
            return None;
        }
        let (start, first) = (self.at, self.edits.len());
        self.python = None;
        self.value()?;
        let own = self.edits.get(first..).unwrap_or_default();
        let good = if own.is_empty() {
            is_json(self.text.get(start..self.at)?)
        } else {
            is_json(&apply(own, self.text, Span::new(start, self.at)))
        };
        good.then_some(())
    }

    /// One value with all that it holds, without recursion.
    fn value(&mut self) -> Option<()> {
        // The brackets that close what is open.
        let mut open: Vec<u8> = Vec::new();
        loop {
            self.blank()?;
            let opening = self.peek()?;
            if let b'{' | b'[' = opening {
                if open.len() >= MAX_DEPTH {
                    return None;
                }
                let close = if opening == b'{' { b'}' } else { b']' };
                self.at += 1;
                self.blank()?;
                if self.peek()? != close {
                    open.push(close);
                    if close == b'}' {
                        self.key()?;
                    }
                    continue;
                }
                self.at += 1;
            } else {
                self.scalar(opening)?;
            }
            loop {
                let Some(&close) = open.last() else {
                    return Some(());
                };
                self.blank()?;
                let next = self.peek()?;
                if next == b',' {
                    let (comma, edits) = (self.at, self.edits.len());
                    self.at += 1;
                    self.blank()?;
                    if self.peek()? != close {
                        if close == b'}' {
                            self.key()?;
                        }
                        break;
                    }
                    // There may be comments between the comma and the bracket.
                    self.edits.insert(edits, Edit::new(comma, comma + 1, ""));
                    self.fixes.add(Fix::TrailingComma);
                } else if next != close {
                    return None;
                }
                self.at += 1;
                open.pop();
            }
        }
    }

    fn key(&mut self) -> Option<()> {
        self.blank()?;
        let quote = self.peek().filter(|byte| matches!(byte, b'"' | b'\''))?;
        self.string(quote)?;
        self.blank()?;
        self.at += 1;
        (self.bytes.get(self.at - 1) == Some(&b':')).then_some(())
    }

    fn scalar(&mut self, first: u8) -> Option<()> {
        if let b'"' | b'\'' = first {
            return self.string(first);
        }
        let part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
        let length = self.rest().iter().take_while(part).count();
        let end = self.at + length;
        let word = match self.bytes.get(self.at..end)? {
            b"" => return None,
            b"None" => Some("null"),
            b"True" => Some("true"),
            b"False" => Some("false"),
            _ => None,
        };
        if let Some(word) = word {
            self.edit(self.at, end, word);
            self.fixes.add(Fix::PythonWord);
        }
        self.at = end;
        Some(())
    }

    fn string(&mut self, quote: u8) -> Option<()> {
        let single = quote == b'\'';
        let python = *self.python.get_or_insert(single);
        if single {
            self.edit(self.at, self.at + 1, "\"");
            self.fixes.add(Fix::SingleQuotes);
        }
        self.at += 1;
        loop {
            let special = |byte: &u8| matches!(byte, b'"' | b'\'' | b'\\' | b'\n' | b'\r');
            self.at += self.rest().iter().position(special)?;
            match self.peek()? {
                byte if byte == quote => {
                    if single {
                        self.edit(self.at, self.at + 1, "\"");
                    }
                    self.at += 1;
                    return Some(());
                }
                b'"' => {
                    self.edit(self.at, self.at + 1, "\\\"");
                    self.at += 1;
                }
                b'\'' => self.at += 1,
                b'\\' => self.escape(python)?,
                _ => return None,
            }
        }
    }

    /// An escape; those of Python that JSON lacks are written as JSON has them.
    fn escape(&mut self, python: bool) -> Option<()> {
        let kind = *self.bytes.get(self.at + 1)?;
        let length = match kind {
            b'\'' if python => {
                self.edit(self.at, self.at + 1, "");
                2
            }
            b'x' if python => {
                self.code(2)?;
                self.edit(self.at, self.at + 2, "\\u00");
                self.fixes.add(Fix::PythonEscape);
                4
            }
            b'U' if python => {
                let char = char::from_u32(self.code(8)?)?;
                let units = char.encode_utf16(&mut [0; 2]).to_vec();
                let with: String = units.iter().map(|unit| format!("\\u{unit:04x}")).collect();
                self.edits.push(Edit::new(self.at, self.at + 10, with));
                self.fixes.add(Fix::PythonEscape);
                10
            }
            // The escaped character may be longer than a byte; what follows is passed as it is.
            _ => 2,
        };
        self.at += length;
        Some(())
    }

    /// The number of this many hexadecimal digits after the escape.
    fn code(&self, digits: usize) -> Option<u32> {
        let text = self.text.get(self.at + 2..self.at + 2 + digits)?;
        let hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
        u32::from_str_radix(text, 16).ok().filter(|_| hex)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repaired(text: &str) -> (String, String) {
        let mut fixes = Fixes::default();
        let edits = repair(text, &mut fixes);
        let good = apply(&edits, text, Span::new(0, text.len()));
        (good, fixes.to_string())
    }

    #[test]
    fn slips_are_mended_and_the_rest_stays() {
        for (text, good, fixes) in [
            ("[1,2,]", "[1,2]", "1 trailing comma"),
            ("{\"a\": 1 ,\n}", "{\"a\": 1 \n}", "1 trailing comma"),
            ("// a\n{}\n", "{}\n", "1 comment"),
            ("{} // a\n", "{}\n", "1 comment"),
            ("[1, /* a */ 2]", "[1, 2]", "1 comment"),
            ("[1,/* a\n */2]", "[1,2]", "1 comment"),
            ("[\n  # a\r\n  1\n]", "[\n  1\n]", "1 comment"),
            (
                "[1, // a\n // b\n]",
                "[1\n]",
                "2 comments, 1 trailing comma",
            ),
            ("['it\\'s']", "[\"it's\"]", "1 single-quoted string"),
            (
                "['say \"x\"', \"it's\"]",
                "[\"say \\\"x\\\"\", \"it's\"]",
                "1 single-quoted string",
            ),
            (
                "['\\xe9\\U0001f600\\n']",
                "[\"\\u00e9\\ud83d\\ude00\\n\"]",
                "1 single-quoted string, 2 Python escapes",
            ),
            (
                "{'a': None, 'b': [True, False]}",
                "{\"a\": null, \"b\": [true, false]}",
                "2 single-quoted strings, 3 Python literals",
            ),
            ("\u{feff}{}\u{feff}", "{}", "2 byte order marks"),
        ] {
            assert_eq!(
                repaired(text),
                (good.to_owned(), fixes.to_owned()),
                "{text}"
            );
            assert_eq!(repaired(good), (good.to_owned(), String::new()), "{good}");
        }
    }

    #[test]
    fn what_is_not_understood_stays_as_it_is() {
        for text in [
            "",
            "// only a comment",
            "[,]",
            "[1,,]",
            "{\"a\":NaN,}",
            "{\"a\" 1,}",
            "['a]",
            "[\"a,]",
            "[1,] x /* ",
            "['a\nb']",
            "{'a': tr/**/ue}",
            "[1/**/2]",
            "['\\N{DASH}']",
            "[\"C:\\xab\",]",
            "'a'",
            "<html>// a",
            "{a: 1,}",
            "[1,}",
        ] {
            // The first value may be whole, and is repaired then.
            let expected = text.replace("[1,] x", "[1] x");
            assert_eq!(repaired(text).0, expected, "{text}");
        }
        let deep = format!("{}{}", "[".repeat(200), "1,]".repeat(200));
        assert_eq!(repaired(&deep).0, deep);
    }

    #[test]
    fn what_is_removed_does_not_hide_that_documents_have_lines() {
        for removed in ["\u{feff}", "/* a */"] {
            let lines = format!("{{}}\n{removed}{{'a':1}}None\n{{'a':1}}");
            let good = "{}\n{\"a\":1}None\n{\"a\":1}";
            assert_eq!(repaired(&lines).0, good);
            assert_eq!(repaired(good).0, good);
        }
    }

    #[test]
    fn a_broken_line_does_not_hide_the_next() {
        let lines = "{\"a\":1}\n{'a': 1,}\n{\"a\":NaN,}\n// a\n[1,]\n";
        let good = "{\"a\":1}\n{\"a\": 1}\n{\"a\":NaN,}\n[1]\n";
        assert_eq!(repaired(lines).0, good);
    }
}
