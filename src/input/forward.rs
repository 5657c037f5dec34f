//! A second reading of an input, in the order of its text: for excerpts, lines and columns.

use crate::json::{Span, text};

use super::content::{Content, Encoding};
use super::open_error::OpenError;
use super::position::Position;

/// Number of bytes that are read at once.
const STEP: usize = 256 * 1024;

/// A reading that goes forward and never holds more than it is asked for.
#[derive(Debug)]
pub struct Forward {
    content: Content,
    text: String,
    /// Offset in `text` of the part that is still needed.
    held: usize,
    /// The offset of that part in the whole text, and its place.
    base: usize,
    place: Position,
    /// The offset that was asked for last, and its place: the next one is mostly near.
    mark: (usize, Position),
    more: bool,
}

impl Forward {
    /// Begins at the beginning.
    pub fn new(content: Content) -> Self {
        let place = Position {
            line: 1,
            column: 1,
            stored: content.bom(),
        };
        Self {
            content,
            text: String::new(),
            held: 0,
            base: 0,
            place,
            mark: (0, place),
            more: true,
        }
    }

    /// Reads on until the text from `from` to `to` is in memory, and drops the text before it.
    ///
    /// # Errors
    /// The input cannot be read on.
    pub fn hold(&mut self, from: usize, to: usize) -> Result<(), OpenError> {
        loop {
            self.drop_before(from);
            let end = self.base + self.text.len() - self.held;
            if end >= to || !self.more {
                break;
            }
            self.text.drain(..self.held);
            self.held = 0;
            let want = (to - self.base).min(self.text.len() + STEP).max(STEP);
            self.more = self.content.fill(&mut self.text, want)?;
        }
        Ok(())
    }

    /// The text that is held up to an offset, and the offset at which it begins.
    pub fn held(&self, to: usize) -> (&str, usize) {
        (&self.text[self.held..self.index(to)], self.base)
    }

    /// The text of a span that is held.
    pub fn text(&self, span: Span) -> &str {
        let (text, base) = (&self.text[self.held..], self.base);
        let end = span.end.saturating_sub(base).min(text.len());
        text.get(span.start.saturating_sub(base)..end)
            .unwrap_or_default()
    }

    /// Returns the start in `text` of the character at an offset of the whole text.
    fn index(&self, offset: usize) -> usize {
        let distance = offset.saturating_sub(self.base);
        text::floor(&self.text, self.held.saturating_add(distance))
    }

    fn drop_before(&mut self, from: usize) {
        let held = self.index(from);
        self.place = self.walked(self.place, self.held, held);
        self.base += held - self.held;
        self.held = held;
    }

    /// The place of an offset within the window.
    pub fn position(&mut self, offset: usize) -> Position {
        let end = self.index(offset);
        let offset = self.base + end - self.held;
        let (marked, place) = self.mark;
        let position = if (self.base..=offset).contains(&marked) {
            self.walked(place, end - (offset - marked), end)
        } else {
            self.walked(self.place, self.held, end)
        };
        self.mark = (offset, position);
        position
    }

    /// Returns the place at `to` of the text, given the place at `from`.
    fn walked(&self, mut place: Position, from: usize, to: usize) -> Position {
        let between = &self.text.as_bytes()[from..to];
        let scalars = |bytes: &[u8]| bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count();
        match memchr::memrchr(b'\n', between) {
            Some(last) => {
                place.line += memchr::memchr_iter(b'\n', between).count();
                place.column = 1 + scalars(&between[last + 1..]);
            }
            None => place.column += scalars(between),
        }
        place.stored += match self.content.encoding() {
            Encoding::Utf8 => between.len(),
            // A character of four bytes is two units.
            Encoding::Utf16Le | Encoding::Utf16Be => {
                2 * (scalars(between) + between.iter().filter(|byte| **byte >= 0xF0).count())
            }
        };
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::limits::Limits;

    fn forward(text: &str) -> Forward {
        let bytes = std::io::Cursor::new(text.as_bytes().to_vec());
        Forward::new(Content::new(Box::new(bytes), Limits::default()).unwrap())
    }

    #[test]
    fn windows_move_and_places_stay_true() {
        let line = "0123é56789\n";
        let text = line.repeat(100_000);
        let mut forward = forward(&text);
        for number in (0..100_000).step_by(777) {
            let at = number * line.len() + 7;
            forward.hold(at - 7, at + 2).unwrap();
            assert_eq!(forward.text(Span::new(at, at + 2)), "67");
            // Text that was read and not asked for is ignored.
            assert_eq!(forward.held(at).0, "0123é5");
            assert_eq!(forward.held(at - 1).0, "0123é");
            assert_eq!(forward.held(at - 2).0, "0123");
            let place = forward.position(at);
            assert_eq!(
                (place.line, place.column, place.stored),
                (number + 1, 7, at)
            );
        }
        forward.hold(usize::MAX, usize::MAX).unwrap();
        assert_eq!(forward.held(usize::MAX), ("", text.len()));
    }

    #[test]
    fn stored_bytes_are_those_of_the_encoding() {
        let bytes: Vec<u8> = "\u{feff}é😀x"
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        let content =
            Content::new(Box::new(std::io::Cursor::new(bytes)), Limits::default()).unwrap();
        let mut forward = Forward::new(content);
        forward.hold(0, 100).unwrap();
        assert_eq!(forward.position(2).stored, 4);
        assert_eq!(
            forward.position(6),
            Position {
                line: 1,
                column: 3,
                stored: 8
            }
        );
    }
}
