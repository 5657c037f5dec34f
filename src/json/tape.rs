//! A token tape: every value of a span of JSON as one flat list, in the order of the text.
//!
//! A token is its kind, its bytes and the index behind its subtree, so a walk never allocates and
//! skipping a value is one step. Object members are a key token followed by the value's tokens.

use super::{Fault, Span, SyntaxError, text};

/// How deep arrays and objects may nest.
pub const MAX_DEPTH: usize = 128;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Object,
    Array,
    /// A string without escapes: its text is the bytes between the quotes.
    String,
    /// A string with at least one escape.
    Escaped,
    Number,
    True,
    False,
    Null,
}

#[derive(Debug, Clone, Copy)]
struct Token {
    start: usize,
    end: usize,
    /// Index of the first token behind this one's subtree.
    next: u32,
    kind: Kind,
}

/// The tokens of one JSON value.
#[derive(Debug)]
pub struct Tape<'t> {
    text: &'t str,
    tokens: Vec<Token>,
}

/// One value on a tape; cheap to copy.
#[derive(Debug, Clone, Copy)]
pub struct Node<'a> {
    tape: &'a Tape<'a>,
    index: u32,
}

impl<'t> Tape<'t> {
    /// Reads the one value that begins at or behind `span.start` (white space may stand around
    /// it) and must end at `span.end`. `depth` says how deep the value already lies.
    ///
    /// # Errors
    /// The first fault of the text, with its bytes.
    pub fn read(text: &'t str, span: Span, depth: usize) -> Result<Self, SyntaxError> {
        Self::read_around(text, span, depth, None)
    }

    /// As [`Tape::read`], but the array that covers exactly `opaque` is taken as empty: its
    /// elements are read one by one elsewhere.
    pub fn read_around(
        text: &'t str,
        span: Span,
        depth: usize,
        opaque: Option<Span>,
    ) -> Result<Self, SyntaxError> {
        let mut reader = Reader {
            text,
            bytes: &text.as_bytes()[..span.end],
            at: span.start,
            tokens: Vec::with_capacity(span.len() / 12 + 4),
            opaque,
        };
        reader.blank();
        reader.value(depth)?;
        reader.blank();
        if reader.at < span.end {
            return Err(reader.unexpected("the value ended before this"));
        }
        Ok(Self {
            text,
            tokens: reader.tokens,
        })
    }

    /// Reads one value at `start` and says where it ends; what follows is not looked at.
    pub fn read_prefix(text: &'t str, start: usize) -> Result<(Self, usize), SyntaxError> {
        let mut reader = Reader {
            text,
            bytes: text.as_bytes(),
            at: start,
            tokens: Vec::new(),
            opaque: None,
        };
        reader.blank();
        reader.value(0)?;
        Ok((
            Self {
                text,
                tokens: reader.tokens,
            },
            reader.at,
        ))
    }

    /// The value itself.
    pub fn root(&self) -> Node<'_> {
        Node {
            tape: self,
            index: 0,
        }
    }
}

impl<'a> Node<'a> {
    fn token(self) -> &'a Token {
        &self.tape.tokens[self.index as usize]
    }

    /// Which kind of value this is.
    pub fn kind(self) -> Kind {
        self.token().kind
    }

    /// The bytes of the value, quotes and brackets included, in offsets of the whole text.
    pub fn span(self) -> Span {
        let token = self.token();
        Span::new(token.start, token.end)
    }

    /// The value as it was written.
    pub fn raw(self) -> &'a str {
        let token = self.token();
        &self.tape.text[token.start..token.end]
    }

    /// The number's literal.
    pub fn number(self) -> Option<&'a str> {
        (self.kind() == Kind::Number).then(|| self.raw())
    }

    /// The string's text, unescaped.
    pub fn string(self) -> Option<std::borrow::Cow<'a, str>> {
        let raw = self.raw();
        match self.kind() {
            Kind::String => Some(std::borrow::Cow::Borrowed(&raw[1..raw.len() - 1])),
            Kind::Escaped => Some(std::borrow::Cow::Owned(text::unescape(
                &raw[1..raw.len() - 1],
            ))),
            _ => None,
        }
    }

    /// Whether the value is `null`.
    pub fn is_null(self) -> bool {
        self.kind() == Kind::Null
    }

    /// Whether the value is an object.
    pub fn is_object(self) -> bool {
        self.kind() == Kind::Object
    }

    /// Whether the value is an array.
    pub fn is_array(self) -> bool {
        self.kind() == Kind::Array
    }

    /// Whether the value is a string.
    pub fn is_string(self) -> bool {
        matches!(self.kind(), Kind::String | Kind::Escaped)
    }

    /// A number that no other value of this tape has.
    pub fn id(self) -> u32 {
        self.index
    }

    /// The members of an object as key and value; nothing for other kinds.
    pub fn members(self) -> Members<'a> {
        let token = self.token();
        let end = if token.kind == Kind::Object {
            token.next
        } else {
            self.index + 1
        };
        Members {
            tape: self.tape,
            at: self.index + 1,
            end,
        }
    }

    /// The elements of an array; nothing for other kinds.
    pub fn elements(self) -> Elements<'a> {
        let token = self.token();
        let end = if token.kind == Kind::Array {
            token.next
        } else {
            self.index + 1
        };
        Elements {
            tape: self.tape,
            at: self.index + 1,
            end,
        }
    }

    /// The value of the first member with this key.
    pub fn get(self, key: &str) -> Option<Node<'a>> {
        self.members()
            .find(|(name, _)| name.is(key))
            .map(|(_, value)| value)
    }

    /// Whether this is the string `expected`.
    pub fn is(self, expected: &str) -> bool {
        match self.kind() {
            Kind::String => {
                let raw = self.raw();
                &raw[1..raw.len() - 1] == expected
            }
            Kind::Escaped => self.string().is_some_and(|string| string == expected),
            _ => false,
        }
    }
}

/// Iterator over an object's members.
#[derive(Debug, Clone)]
pub struct Members<'a> {
    tape: &'a Tape<'a>,
    at: u32,
    end: u32,
}

impl<'a> Iterator for Members<'a> {
    type Item = (Node<'a>, Node<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.end {
            return None;
        }
        let key = Node {
            tape: self.tape,
            index: self.at,
        };
        let value = Node {
            tape: self.tape,
            index: self.at + 1,
        };
        self.at = value.token().next;
        Some((key, value))
    }
}

/// Iterator over an array's elements.
#[derive(Debug, Clone)]
pub struct Elements<'a> {
    tape: &'a Tape<'a>,
    at: u32,
    end: u32,
}

impl<'a> Iterator for Elements<'a> {
    type Item = Node<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.end {
            return None;
        }
        let node = Node {
            tape: self.tape,
            index: self.at,
        };
        self.at = node.token().next;
        Some(node)
    }
}

struct Reader<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    tokens: Vec<Token>,
    opaque: Option<Span>,
}

/// An array or object that is still open.
struct Open {
    token: usize,
    object: bool,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn blank(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    fn push(&mut self, kind: Kind, start: usize) {
        let next = self.tokens.len() as u32 + 1;
        self.tokens.push(Token {
            start,
            end: self.at,
            next,
            kind,
        });
    }

    /// One value with all that it holds, without recursion.
    fn value(&mut self, depth: usize) -> Result<(), SyntaxError> {
        let mut open: Vec<Open> = Vec::new();
        loop {
            // A value is expected here.
            let entered = self.scalar_or_open(depth + open.len())?;
            if let Some(container) = entered {
                let object = container.object;
                open.push(container);
                self.blank();
                let close = if object { b'}' } else { b']' };
                if self.peek() == Some(close) {
                    self.at += 1;
                    self.close(&mut open);
                } else {
                    if object {
                        self.key()?;
                    }
                    continue;
                }
            }
            // A value is complete: close what ends here, then go on behind a comma.
            loop {
                let Some(parent) = open.last() else {
                    return Ok(());
                };
                let object = parent.object;
                self.blank();
                match self.peek() {
                    Some(b',') => {
                        let comma = self.at;
                        self.at += 1;
                        self.blank();
                        if let Some(b']' | b'}') = self.peek() {
                            return Err(SyntaxError::new(
                                Fault::Syntax,
                                Span::new(comma, comma + 1),
                                "a trailing comma: JSON allows none before a closing bracket",
                            )
                            .help("remove the comma"));
                        }
                        if object {
                            self.key()?;
                        }
                        break;
                    }
                    Some(b'}') if object => {
                        self.at += 1;
                        self.close(&mut open);
                    }
                    Some(b']') if !object => {
                        self.at += 1;
                        self.close(&mut open);
                    }
                    _ => {
                        let expected = if object {
                            "expected `,` or `}` after a member"
                        } else {
                            "expected `,` or `]` after an element"
                        };
                        return Err(self.unexpected(expected));
                    }
                }
            }
        }
    }

    fn close(&mut self, open: &mut Vec<Open>) {
        if let Some(container) = open.pop() {
            let next = self.tokens.len() as u32;
            let token = &mut self.tokens[container.token];
            token.end = self.at;
            token.next = next;
        }
    }

    /// Reads a scalar whole, or the opening bracket of a container.
    fn scalar_or_open(&mut self, depth: usize) -> Result<Option<Open>, SyntaxError> {
        self.blank();
        let start = self.at;
        match self.peek() {
            Some(byte @ (b'{' | b'[')) => {
                if depth >= MAX_DEPTH {
                    return Err(SyntaxError::new(
                        Fault::Depth,
                        Span::new(start, start + 1),
                        format!("nested deeper than {MAX_DEPTH} levels"),
                    )
                    .help(
                        "an aggregates response is about 8 levels deep: this is something else",
                    ));
                }
                if let Some(opaque) = self.opaque.filter(|opaque| opaque.start == start) {
                    self.at = opaque.end;
                    self.push(Kind::Array, start);
                    return Ok(None);
                }
                let object = byte == b'{';
                self.at += 1;
                let token = self.tokens.len();
                self.push(if object { Kind::Object } else { Kind::Array }, start);
                Ok(Some(Open { token, object }))
            }
            Some(b'"') => {
                let kind = self.string()?;
                self.push(kind, start);
                Ok(None)
            }
            Some(b'-' | b'0'..=b'9') => {
                self.number()?;
                self.push(Kind::Number, start);
                Ok(None)
            }
            Some(b't') => self.word("true", Kind::True),
            Some(b'f') => self.word("false", Kind::False),
            Some(b'n') => self.word("null", Kind::Null),
            _ => Err(self.unexpected("expected a value")),
        }
    }

    fn word(&mut self, word: &'static str, kind: Kind) -> Result<Option<Open>, SyntaxError> {
        let start = self.at;
        let rest = &self.bytes[start..];
        if rest.starts_with(word.as_bytes())
            && !rest
                .get(word.len())
                .is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        {
            self.at += word.len();
            self.push(kind, start);
            return Ok(None);
        }
        if rest.len() < word.len() && word.as_bytes().starts_with(rest) {
            self.at = self.bytes.len();
        }
        Err(self.unexpected("expected a value"))
    }

    fn key(&mut self) -> Result<(), SyntaxError> {
        self.blank();
        let start = self.at;
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("expected a key in double quotes"));
        }
        let kind = self.string()?;
        self.push(kind, start);
        self.blank();
        if self.peek() != Some(b':') {
            return Err(self.unexpected("expected `:` after a key"));
        }
        self.at += 1;
        Ok(())
    }

    fn number(&mut self) -> Result<(), SyntaxError> {
        let start = self.at;
        let digits = |at: &mut usize, bytes: &[u8]| {
            let from = *at;
            while bytes.get(*at).is_some_and(u8::is_ascii_digit) {
                *at += 1;
            }
            *at > from
        };
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let leading_zero = self.peek() == Some(b'0');
        let integer = self.at;
        let mut good = digits(&mut self.at, self.bytes);
        if leading_zero && self.at > integer + 1 {
            return Err(SyntaxError::new(
                Fault::Syntax,
                Span::new(start, self.at),
                "a number must not begin with a zero",
            )
            .help("write an identifier as a string, in double quotes"));
        }
        if good && self.peek() == Some(b'.') {
            self.at += 1;
            good = digits(&mut self.at, self.bytes);
        }
        if good && let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            good = digits(&mut self.at, self.bytes);
        }
        if good
            && !self
                .peek()
                .is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'))
        {
            return Ok(());
        }
        if self.peek() == Some(b'I') {
            self.at = start;
        }
        Err(self.unexpected("this is no JSON number"))
    }

    fn string(&mut self) -> Result<Kind, SyntaxError> {
        let start = self.at;
        self.at += 1;
        let mut kind = Kind::String;
        loop {
            let rest = &self.bytes[self.at..];
            let Some(hop) = rest
                .iter()
                .position(|&byte| byte == b'"' || byte == b'\\' || byte < 0x20)
            else {
                return Err(SyntaxError::new(
                    Fault::Truncated,
                    Span::new(start, self.bytes.len()),
                    "the input ends inside a string",
                ));
            };
            self.at += hop;
            match self.bytes[self.at] {
                b'"' => {
                    self.at += 1;
                    return Ok(kind);
                }
                b'\\' => {
                    kind = Kind::Escaped;
                    self.at += text::check_escape(self.bytes, self.at)?;
                }
                control => {
                    return Err(SyntaxError::new(
                        Fault::Syntax,
                        Span::new(self.at, self.at + 1),
                        format!("a raw control character (U+{control:04X}) inside a string"),
                    )
                    .help(
                        "a line break inside a string is written \\n, a tab \\t, a NUL \\u0000",
                    ));
                }
            }
        }
    }

    /// The fault at the current byte: the end of the input, or something that has a name.
    fn unexpected(&self, expected: &str) -> SyntaxError {
        let end = self.text[self.at.min(self.text.len())..]
            .chars()
            .next()
            .map_or(self.at, |char| self.at + char.len_utf8());
        let Some(byte) = self.peek() else {
            let at = self.bytes.len();
            return SyntaxError::new(
                Fault::Truncated,
                Span::new(at, at),
                format!("the input ends too early: {expected}"),
            );
        };
        let found = super::text::printable(&self.text[self.at..end]);
        let error = SyntaxError::new(
            Fault::Syntax,
            Span::new(self.at, end),
            format!("{expected}, found `{found}`"),
        );
        text::foreign(error, self.text, self.at, byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Tape<'_>, SyntaxError> {
        Tape::read(text, Span::new(0, text.len()), 0)
    }

    #[test]
    fn walks_members_and_elements() {
        let tape = read(r#" {"a":[1,{"b":null}],"c\u0064":"x\n"} "#).unwrap();
        let root = tape.root();
        let a = root.get("a").unwrap();
        assert_eq!(a.elements().count(), 2);
        assert_eq!(a.elements().next().unwrap().number(), Some("1"));
        assert_eq!(root.get("cd").unwrap().string().unwrap(), "x\n");
        assert!(root.get("b").is_none());
    }

    #[test]
    fn faults_have_their_kind_and_place() {
        for (text, fault, start) in [
            ("{\"a\":1,}", Fault::Syntax, 6),
            ("[1,2", Fault::Truncated, 4),
            ("\"\\ud800\"", Fault::Text, 1),
            ("01", Fault::Syntax, 0),
            ("1.", Fault::Truncated, 2),
            ("{'a':1}", Fault::Syntax, 1),
            ("tru", Fault::Truncated, 3),
            ("[1}", Fault::Syntax, 2),
        ] {
            let error = read(text).unwrap_err();
            assert_eq!((error.fault, error.span.start), (fault, start), "{text}");
        }
        let deep = "[".repeat(200_000);
        assert_eq!(read(&deep).unwrap_err().fault, Fault::Depth);
    }
}
