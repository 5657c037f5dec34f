//! The outline of a response: whether it is complete, and where the members of its object are.
//! Read from a stream, whatever the size.

use std::io::{self, Read, Write};
use std::ops::Range;

use super::body::Body;

/// Number of bytes that are looked at together.
const CHUNK: usize = 64 * 1024;
/// The length of the longest key that is searched.
const LONGEST_KEY: usize = 64;
/// The maximum number of members of a response.
const MOST_MEMBERS: usize = 64;

/// The parts of a response.
#[derive(Debug)]
pub struct Outline {
    /// The first byte that is not blank.
    pub first: Option<u8>,
    /// True if the outermost brackets are closed. Only objects and arrays can be incomplete.
    pub complete: bool,
    /// The keys of the object as written, each with the bytes of its value.
    members: Vec<(Vec<u8>, Range<u64>)>,
}

impl Outline {
    /// Reads the outline of a body.
    pub fn of(body: &Body) -> io::Result<Self> {
        let mut outline = Self {
            first: None,
            complete: true,
            members: Vec::new(),
        };
        let mut nesting = JsonNesting::default();
        let mut member = MemberReader::default();
        let mut offset = 0;
        each_chunk(body.reader(), |bytes| {
            let mark: &[u8] = b"\xef\xbb\xbf";
            let has_mark = offset == 0 && bytes.starts_with(mark);
            let marks = if has_mark { mark.len() } else { 0 };
            for (index, byte) in bytes.iter().enumerate().skip(marks) {
                let at = offset + index as u64;
                if outline.first.is_none() {
                    if matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                        continue;
                    }
                    outline.first = Some(*byte);
                    outline.complete = !matches!(byte, b'{' | b'[');
                }
                if outline.complete {
                    break;
                }
                let (depth, in_string) = (nesting.depth, nesting.in_string);
                nesting.step(*byte);
                if depth == 1 && outline.first == Some(b'{') {
                    member.step(*byte, at, in_string, nesting.depth, &mut outline.members);
                }
                outline.complete = nesting.depth == 0;
            }
            offset += bytes.len() as u64;
            Ok(!outline.complete)
        })?;
        Ok(outline)
    }

    /// The bytes of the value of a key.
    pub fn member(&self, key: &str) -> Option<Range<u64>> {
        let found = self
            .members
            .iter()
            .find(|(known, _)| known == key.as_bytes());
        found.map(|(_, range)| range.clone())
    }
}

/// The beginning of a member of a body, of at most so many bytes.
pub fn text(body: &Body, member: &Range<u64>, most: u64) -> io::Result<String> {
    let mut bytes = Vec::new();
    let mut reader = body.part(member.start, member.end.min(member.start + most));
    reader.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Calls `take` for one piece of the text after another, while it says so.
fn each_chunk(
    mut reader: impl Read,
    mut take: impl FnMut(&[u8]) -> io::Result<bool>,
) -> io::Result<()> {
    let mut buffer = vec![0; CHUNK];
    loop {
        let read = match reader.read(&mut buffer) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if read == 0 || !take(&buffer[..read])? {
            return Ok(());
        }
    }
}

/// The depth of a byte of JSON.
#[derive(Debug, Default)]
struct JsonNesting {
    depth: usize,
    in_string: bool,
    escaped: bool,
}

impl JsonNesting {
    fn step(&mut self, byte: u8) {
        if self.in_string {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_string = false,
                _ => {}
            }
            return;
        }
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }
}

/// The member of the outermost object that is being read.
#[derive(Debug, Default)]
struct MemberReader {
    key: Vec<u8>,
    /// The beginning of the value, after the colon.
    value: Option<u64>,
}

impl MemberReader {
    /// Takes a byte between or within the members; `was_string` is what it was in before.
    fn step(
        &mut self,
        byte: u8,
        at: u64,
        was_string: bool,
        depth: usize,
        members: &mut Vec<(Vec<u8>, Range<u64>)>,
    ) {
        let ends = !was_string && (byte == b',' || depth == 0);
        match self.value {
            None if was_string && byte != b'"' && self.key.len() <= LONGEST_KEY => {
                self.key.push(byte);
            }
            None if !was_string && byte == b'"' => self.key.clear(),
            None if !was_string && byte == b':' => self.value = Some(at + 1),
            Some(start) if ends => {
                let key = std::mem::take(&mut self.key);
                if key.len() <= LONGEST_KEY && members.len() < MOST_MEMBERS {
                    members.push((key, start..at));
                }
                self.value = None;
            }
            _ => {}
        }
    }
}

/// Copies the elements of the array in this part of a body, without the blanks between them; a
/// comma comes before each but the first of all.
pub fn copy_elements(
    body: &Body,
    array: Range<u64>,
    first: &mut bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut nesting = JsonNesting::default();
    let mut in_element = false;
    each_chunk(body.part(array.start, array.end), |bytes| {
        let mut from = 0;
        for (index, byte) in bytes.iter().enumerate() {
            let (depth, in_string) = (nesting.depth, nesting.in_string);
            nesting.step(*byte);
            if depth == 0 {
                // The bracket that opens the array, or a value that is no array.
                continue;
            }
            let between = depth == 1 && !in_string;
            let blank = matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b',');
            let ends = nesting.depth == 0;
            if in_element && between && (blank || ends) {
                out.write_all(&bytes[from..index])?;
                in_element = false;
            } else if !in_element && between && !blank && !ends {
                if !std::mem::take(first) {
                    out.write_all(b",")?;
                }
                (in_element, from) = (true, index);
            }
        }
        if in_element {
            out.write_all(&bytes[from..])?;
        }
        Ok(true)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(text: &str) -> Outline {
        Outline::of(&Body::of(text.as_bytes())).unwrap()
    }

    fn member(text: &str, key: &str) -> Option<String> {
        let range = outline(text).member(key)?;
        Some(text[range.start as usize..range.end as usize].to_owned())
    }

    fn elements(text: &str) -> String {
        let body = Body::of(text.as_bytes());
        let mut out = Vec::new();
        copy_elements(&body, 0..body.size(), &mut true, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_is_cut_is_incomplete() {
        for text in ["{\"a\":[1,\"}\"]}", "\u{feff} [ ] x", "<html>", "{} {"] {
            assert!(outline(text).complete, "{text}");
        }
        for text in ["{", "{\"a\":\"}", "[[1]", "{\"a\":{}", "{\"a\":\"\\\"}"] {
            assert!(!outline(text).complete, "{text}");
        }
        assert_eq!(outline(" \n").first, None);
        assert_eq!(outline("\u{feff}{}").first, Some(b'{'));
        assert_eq!(outline(" []").first, Some(b'['));
        assert_eq!(outline("nope").first, Some(b'n'));
    }

    #[test]
    fn members_are_found_at_the_outermost_level_only() {
        let text = r#"{ "results" : [ {"cursor":"inner, }"} ] , "cursor":"x,\"y" }"#;
        assert_eq!(member(text, "cursor").as_deref(), Some(r#""x,\"y" "#));
        assert_eq!(
            member(text, "results").as_deref(),
            Some(r#" [ {"cursor":"inner, }"} ] "#)
        );
        assert_eq!(member(text, "inner"), None);
        assert_eq!(member("[{\"cursor\":1}]", "cursor"), None);
        assert_eq!(member("\u{feff}{\"a\":1}", "a").as_deref(), Some("1"));
    }

    #[test]
    fn elements_keep_their_bytes() {
        assert_eq!(
            elements(" [ { \"a\" : [1, 2] } ,\n{\"b\":\"],{\"}\t] "),
            "{ \"a\" : [1, 2] },{\"b\":\"],{\"}"
        );
        assert_eq!(elements("[]"), "");
        assert_eq!(elements("null"), "");
        assert_eq!(elements("[1 , \"x,y\"]"), "1,\"x,y\"");
    }

    #[test]
    fn chunks_make_no_difference() {
        let element = format!("{{\"text\":\"{}\"}}", "x, ]\\\" ".repeat(20_000));
        let text = format!("{{\"results\": [ {element} ,  {element} ], \"cursor\": \"c\"}}");
        let range = outline(&text).member("results").unwrap();
        let body = Body::of(text.as_bytes());
        let mut out = Vec::new();
        copy_elements(&body, range, &mut true, &mut out).unwrap();
        assert_eq!(out, format!("{element},{element}").into_bytes());
        assert_eq!(member(&text, "cursor").as_deref(), Some(" \"c\""));
    }
}
