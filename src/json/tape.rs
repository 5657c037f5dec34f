//! A token tape: every value of a span of JSON as one flat list, in the order of the text.
//!
//! A token is its kind, its bytes and the index behind its subtree, so a walk never allocates and
//! skipping a value is one step. Object members are a key token followed by the value's tokens.

use super::reader::TokenReader;
use super::token::{Token, TokenKind};
use super::{Path, PathStep, Span, SyntaxError, spelling, text};

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
    /// Reads the one value of `span`, which may have white space around it. `depth` is the depth of the
    /// value in its document.
    ///
    /// # Errors
    /// The first fault of the text, with its bytes.
    pub fn read(text: &'t str, span: Span, depth: usize) -> Result<Self, SyntaxError> {
        Self::read_around(text, span, depth, None)
    }

    /// Does the same as [`Tape::read`], except that the array at `opaque` reads as empty: its elements
    /// are read one by one elsewhere.
    pub fn read_around(
        text: &'t str,
        span: Span,
        depth: usize,
        opaque: Option<Span>,
    ) -> Result<Self, SyntaxError> {
        let mut reader = TokenReader {
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

    /// Reads one value at `start` and returns its end. The text behind it is not checked.
    pub fn read_prefix(text: &'t str, start: usize) -> Result<(Self, usize), SyntaxError> {
        let mut reader = TokenReader {
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

    /// Returns the kind of the value.
    pub fn kind(self) -> TokenKind {
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
        (self.kind() == TokenKind::Number).then(|| self.raw())
    }

    /// The string's text, unescaped.
    pub fn string(self) -> Option<std::borrow::Cow<'a, str>> {
        let raw = self.raw();
        match self.kind() {
            TokenKind::String => Some(std::borrow::Cow::Borrowed(&raw[1..raw.len() - 1])),
            TokenKind::Escaped => Some(std::borrow::Cow::Owned(text::unescape(
                &raw[1..raw.len() - 1],
            ))),
            _ => None,
        }
    }

    /// Returns true if the value is `null`.
    pub fn is_null(self) -> bool {
        self.kind() == TokenKind::Null
    }

    /// Returns true if the value is an object.
    pub fn is_object(self) -> bool {
        self.kind() == TokenKind::Object
    }

    /// Returns true if the value is an array.
    pub fn is_array(self) -> bool {
        self.kind() == TokenKind::Array
    }

    /// Returns true if the value is a string.
    pub fn is_string(self) -> bool {
        matches!(self.kind(), TokenKind::String | TokenKind::Escaped)
    }

    /// A number that no other value of this tape has.
    pub fn id(self) -> u32 {
        self.index
    }

    /// The members of an object as key and value; nothing for other kinds.
    pub fn members(self) -> Members<'a> {
        let token = self.token();
        let end = if token.kind == TokenKind::Object {
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
        let end = if token.kind == TokenKind::Array {
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
    pub fn get_exact(self, key: &str) -> Option<Node<'a>> {
        self.members()
            .find(|(name, _)| name.is(key))
            .map(|(_, value)| value)
    }

    /// The value of the property of this name, in any [spelling].
    pub fn get(self, name: &str) -> Option<Node<'a>> {
        self.member(name).map(|(_, value)| value)
    }

    /// The value at the end of a path from here, whose properties may have other spellings.
    pub fn find(self, path: &Path) -> Option<Self> {
        self.resolve(path).map(|(node, _)| node)
    }

    /// The value at the end of a path from here, and the path in the spelling of the text.
    pub fn resolve(self, path: &Path) -> Option<(Self, Path)> {
        let (mut at, mut own) = (self, Path::default());
        for step in path.steps() {
            (at, own) = match step {
                PathStep::Index(index) => (at.elements().nth(*index)?, own.index(*index)),
                PathStep::Key(name) => {
                    let (key, value) = at.member(name)?;
                    (value, own.key(key.string()?.into_owned()))
                }
            };
        }
        Some((at, own))
    }

    /// The property of this name with its key, in any [spelling]; that of the API comes first.
    pub fn member(self, name: &str) -> Option<(Node<'a>, Node<'a>)> {
        let exact = self.members().find(|(key, _)| key.is(name));
        exact.or_else(|| {
            self.members().find(|(key, _)| {
                let key = key.string().unwrap_or_default();
                spelling::is_respelled(&key, name)
            })
        })
    }

    /// Returns true if this is the string `expected`.
    pub fn is(self, expected: &str) -> bool {
        match self.kind() {
            TokenKind::String => {
                let raw = self.raw();
                &raw[1..raw.len() - 1] == expected
            }
            TokenKind::Escaped => self.string().is_some_and(|string| string == expected),
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

#[cfg(test)]
mod tests {
    use super::super::Fault;
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
