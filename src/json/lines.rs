//! From a byte offset to a line and a column, worked out only for what is reported.

/// A place in a text: both 1-based, the column in Unicode scalar values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    pub line: usize,
    pub column: usize,
}

/// Finds positions; fast when asked in ascending order, right in any.
#[derive(Debug)]
pub struct LineIndex<'t> {
    text: &'t str,
    /// Offset of the last answer, and its position.
    offset: usize,
    position: LineColumn,
}

impl<'t> LineIndex<'t> {
    /// Positions in `text`.
    pub fn new(text: &'t str) -> Self {
        Self {
            text,
            offset: 0,
            position: LineColumn { line: 1, column: 1 },
        }
    }

    /// The position of a byte; one behind the end is the place behind the last character.
    pub fn position(&mut self, offset: usize) -> LineColumn {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        if offset < self.offset {
            self.offset = 0;
            self.position = LineColumn { line: 1, column: 1 };
        }
        let between = &self.text.as_bytes()[self.offset..offset];
        let lines = memchr::memchr_iter(b'\n', between).count();
        let scalars = |bytes: &[u8]| bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count();
        if lines > 0 {
            self.position.line += lines;
            let line = memchr::memrchr(b'\n', between).map_or(0, |at| at + 1);
            self.position.column = 1 + scalars(&between[line..]);
        } else {
            self.position.column += scalars(between);
        }
        self.offset = offset;
        self.position
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_lines_and_characters() {
        let mut lines = LineIndex::new("ab\né😀x\n\nz");
        let mut at = |offset| {
            let position = lines.position(offset);
            (position.line, position.column)
        };
        assert_eq!(at(0), (1, 1));
        assert_eq!(at(9), (2, 3));
        assert_eq!(at(12), (4, 1));
        assert_eq!(at(3), (2, 1));
        assert_eq!(at(99), (4, 2));
    }
}
