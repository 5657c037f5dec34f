//! Finds the ends of values without parsing them: counts brackets outside strings.
//!
//! A scan is lenient. The strict reader reads its result. If the scan finds no end, the strict
//! reader finds the fault.

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
                        b',' | b']'
                            | b'}'
                            | b':'
                            | b' '
                            | b'\n'
                            | b'\r'
                            | b'\t'
                            | b'{'
                            | b'['
                            | b'"'
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
    let mut members = Members::new(bytes, at);
    let mut spans = Vec::new();
    while let Some((key, value)) = members.next() {
        let value = Span::new(value, value_end(bytes, value)?);
        members.ended = Some(value.end);
        spans.push((key, value));
    }
    (members.end() == End::Object).then_some(spans)
}

/// The reason for the end of the members of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The object ends.
    Object,
    /// The text ends.
    Text,
    /// The next token is not a member.
    Fault,
}

/// The members of an object, one after another: the key, and where the value begins, which is not
/// looked at before the next member is asked for.
#[derive(Debug)]
pub struct Members<'b> {
    bytes: &'b [u8],
    /// The value that was given out last, or the opening brace.
    at: usize,
    first: bool,
    /// The end of that value, if it is known.
    ended: Option<usize>,
    end: End,
}

impl<'b> Members<'b> {
    /// The members of the object at `at`.
    pub fn new(bytes: &'b [u8], at: usize) -> Self {
        Self {
            bytes,
            at,
            first: true,
            ended: None,
            end: End::Object,
        }
    }

    /// The reason for the end.
    pub fn end(&self) -> End {
        self.end
    }

    /// The start of the last value, or of the object if it has no value.
    pub fn at(&self) -> usize {
        self.at
    }

    fn member(&mut self) -> Result<(Span, usize), End> {
        let bytes = self.bytes;
        let byte = |at: usize| bytes.get(at).copied().ok_or(End::Text);
        let mut key = if self.first {
            skip_blank(bytes, self.at + 1)
        } else {
            let end = self.ended.or_else(|| value_end(bytes, self.at));
            skip_blank(bytes, end.ok_or(End::Text)?)
        };
        match (byte(key)?, self.first) {
            (b'}', _) => return Err(End::Object),
            (b',', false) => key = skip_blank(bytes, key + 1),
            (_, true) => {}
            _ => return Err(End::Fault),
        }
        member(bytes, key)
    }
}

/// The member whose key begins at `at`: the key, and the start of the value.
///
/// # Errors
/// The reason why there is no member.
pub fn member(bytes: &[u8], at: usize) -> Result<(Span, usize), End> {
    let byte = |at: usize| bytes.get(at).copied().ok_or(End::Text);
    if byte(at)? != b'"' {
        return Err(End::Fault);
    }
    let key = Span::new(at, string_end(bytes, at).ok_or(End::Text)?);
    let colon = skip_blank(bytes, key.end);
    if byte(colon)? != b':' {
        return Err(End::Fault);
    }
    let value = skip_blank(bytes, colon + 1);
    match byte(value)? {
        b',' | b'}' | b']' | b':' => Err(End::Fault),
        _ => Ok((key, value)),
    }
}

impl Iterator for Members<'_> {
    type Item = (Span, usize);

    fn next(&mut self) -> Option<Self::Item> {
        match self.member() {
            Ok((key, value)) => {
                (self.at, self.first, self.ended) = (value, false, None);
                Some((key, value))
            }
            Err(end) => {
                self.end = end;
                None
            }
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
