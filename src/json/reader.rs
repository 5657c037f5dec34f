//! The strict reader of JSON: one pass, no recursion, tokens in the order of the text.

use super::token::{MAX_DEPTH, Token, TokenKind};
use super::{Fault, Span, SyntaxError, text};

/// A cursor over JSON tokens.
pub(super) struct TokenReader<'t> {
    pub(super) text: &'t str,
    pub(super) bytes: &'t [u8],
    pub(super) at: usize,
    pub(super) tokens: Vec<Token>,
    pub(super) opaque: Option<Span>,
}

/// An array or object that is still open.
struct Open {
    token: usize,
    object: bool,
}

impl TokenReader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(super) fn blank(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    fn push(&mut self, kind: TokenKind, start: usize) {
        let next = self.tokens.len() as u32 + 1;
        self.tokens.push(Token {
            start,
            end: self.at,
            next,
            kind,
        });
    }

    /// Reads one value with all values in it, without recursion.
    pub(super) fn value(&mut self, depth: usize) -> Result<(), SyntaxError> {
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
                            .help("remove the comma, or write a copy without it: `gcagg validate --fix`"));
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
                    .help("an aggregates response has about 8 levels: this is another document"));
                }
                if let Some(opaque) = self.opaque.filter(|opaque| opaque.start == start) {
                    self.at = opaque.end;
                    self.push(TokenKind::Array, start);
                    return Ok(None);
                }
                let object = byte == b'{';
                self.at += 1;
                let token = self.tokens.len();
                self.push(
                    if object {
                        TokenKind::Object
                    } else {
                        TokenKind::Array
                    },
                    start,
                );
                Ok(Some(Open { token, object }))
            }
            Some(b'"') => {
                let kind = self.string()?;
                self.push(kind, start);
                Ok(None)
            }
            Some(b'-' | b'0'..=b'9') => {
                self.number()?;
                self.push(TokenKind::Number, start);
                Ok(None)
            }
            Some(b't') => self.word("true", TokenKind::True),
            Some(b'f') => self.word("false", TokenKind::False),
            Some(b'n') => self.word("null", TokenKind::Null),
            _ => Err(self.unexpected("expected a value")),
        }
    }

    fn word(&mut self, word: &'static str, kind: TokenKind) -> Result<Option<Open>, SyntaxError> {
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
        Err(self.unexpected("this is not a JSON number"))
    }

    fn string(&mut self) -> Result<TokenKind, SyntaxError> {
        let start = self.at;
        self.at += 1;
        let mut kind = TokenKind::String;
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
                    kind = TokenKind::Escaped;
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
    pub(super) fn unexpected(&self, expected: &str) -> SyntaxError {
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
        let found = text::printable(&self.text[self.at..end]);
        let error = SyntaxError::new(
            Fault::Syntax,
            Span::new(self.at, end),
            format!("{expected}, found `{found}`"),
        );
        text::foreign(error, self.text, self.at, byte)
    }
}
