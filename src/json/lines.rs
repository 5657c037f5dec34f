//! From a byte offset to a line and a column, worked out only for what is reported.

/// Finds positions; fast when asked in ascending order, right in any.
#[derive(Debug)]
pub struct LineIndex<'t> {
    text: &'t str,
    /// Offset of the last answer, and its position.
    offset: usize,
    position: (usize, usize),
}

impl<'t> LineIndex<'t> {
    /// Positions in `text`.
    pub fn new(text: &'t str) -> Self {
        Self {
            text,
            offset: 0,
            position: (1, 1),
        }
    }

    /// The line and the column of a byte, both 1-based, the column in Unicode scalar values. One behind the
    /// end is the place behind the last character.
    pub fn position(&mut self, offset: usize) -> (usize, usize) {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        if offset < self.offset {
            self.offset = 0;
            self.position = (1, 1);
        }
        let between = &self.text.as_bytes()[self.offset..offset];
        let lines = memchr::memchr_iter(b'\n', between).count();
        let scalars = |bytes: &[u8]| bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count();
        if lines > 0 {
            self.position.0 += lines;
            let line = memchr::memrchr(b'\n', between).map_or(0, |at| at + 1);
            self.position.1 = 1 + scalars(&between[line..]);
        } else {
            self.position.1 += scalars(between);
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
        let mut at = |offset| lines.position(offset);
        assert_eq!(at(0), (1, 1));
        assert_eq!(at(9), (2, 3));
        assert_eq!(at(12), (4, 1));
        assert_eq!(at(3), (2, 1));
        assert_eq!(at(99), (4, 2));
    }
}
