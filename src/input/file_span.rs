//! Part of a large file, read as if it were a file of its own.

use std::io::{self, Cursor, Read, SeekFrom};

use crate::json::Path;

use super::position::Position;

/// Text before the elements of a response, and behind them.
const BEFORE: &str = "{\"results\":[";
const BEHIND: &str = "]}";

/// Part of a file: whole documents, or elements of one response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    /// The offset of its first byte.
    pub start: u64,
    /// The offset behind its last byte.
    pub end: u64,
    /// The index of the first element in the response.
    pub first: u64,
    /// The line of the first byte, counted from 1.
    pub line: u64,
    /// The column of the first byte, counted from 1 in Unicode scalar values.
    pub column: u64,
    /// True if it begins between the elements of a response: `BEFORE` is added to it.
    pub opens: bool,
    /// True if it ends between the elements of a response: `BEHIND` is added to it.
    pub closes: bool,
}

impl Span {
    /// A whole file of so many bytes.
    pub fn whole(length: u64) -> Self {
        Self {
            start: 0,
            end: length,
            first: 0,
            line: 1,
            column: 1,
            opens: false,
            closes: false,
        }
    }

    /// A reader of the span in an open file.
    ///
    /// # Errors
    /// The file cannot be read there.
    pub fn reader<R: Read + io::Seek>(&self, mut file: R) -> io::Result<impl Read + use<R>> {
        file.seek(SeekFrom::Start(self.start))?;
        let part = file.take(self.end.saturating_sub(self.start));
        let before = if self.opens { BEFORE } else { "" };
        let behind = if self.closes { BEHIND } else { "" };
        Ok(Cursor::new(before).chain(part).chain(Cursor::new(behind)))
    }

    /// The place in the file of a place in what is read.
    pub fn outward(&self, position: &mut Position) {
        let before = if self.opens { BEFORE.len() } else { 0 };
        let within = |at: usize| at.saturating_sub(before);
        position.stored = self.start as usize + within(position.stored);
        if position.line == 1 {
            position.column = self.column as usize + within(position.column - 1);
        }
        position.line += self.line as usize - 1;
    }

    /// Turns a path in the part that is read into the path in the response.
    pub fn outward_path(&self, path: &mut Path) {
        if path.is_inside(&Path::default().key("results")) {
            path.shift(1, self.first as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_a_span_are_those_of_its_file() {
        let text = "{\"results\":[{},\n {\"a\":1},{}]}";
        let start = text.find(" {\"a\"").unwrap();
        let span = Span {
            start: start as u64,
            end: text.rfind(",{}").unwrap() as u64,
            first: 1,
            line: 2,
            column: 1,
            opens: true,
            closes: true,
        };
        let mut read = String::new();
        let mut reader = span.reader(Cursor::new(text)).unwrap();
        reader.read_to_string(&mut read).unwrap();
        assert_eq!(read, "{\"results\":[ {\"a\":1}]}");
        let at = read.find('1').unwrap();
        let mut position = Position {
            line: 1,
            column: at + 1,
            stored: at,
        };
        span.outward(&mut position);
        let one = text.find('1').unwrap();
        assert_eq!(
            (position.line, position.column, position.stored),
            (2, one - start + 1, one)
        );
        for (steps, expected) in [("results", "/results/5/a"), ("other", "/other/4/a")] {
            let mut path = Path::default().key(steps).index(4).key("a");
            span.outward_path(&mut path);
            assert_eq!(path.to_string(), expected);
        }
    }
}
