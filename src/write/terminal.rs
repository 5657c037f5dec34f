//! Data on a terminal: names and values cannot control it.

use std::io::{self, Write};

use crate::json::text::printable_lines;

/// A writer to a terminal. It escapes what the terminal would act on, and ends the last line.
pub struct Terminal<W> {
    out: W,
    /// The beginning of a character or of a line break.
    rest: Vec<u8>,
    ends_line: bool,
}

impl<W: Write> Terminal<W> {
    pub fn new(out: W) -> Self {
        Self {
            out,
            rest: Vec::new(),
            ends_line: true,
        }
    }

    /// Writes what is left, and a line break unless there is one.
    ///
    /// # Errors
    /// Returns the errors of the terminal.
    pub fn finish(mut self) -> io::Result<()> {
        self.put(self.rest.len())?;
        if !self.ends_line {
            self.out.write_all(b"\n")?;
        }
        self.out.flush()
    }

    fn put(&mut self, length: usize) -> io::Result<()> {
        let bytes: Vec<u8> = self.rest.drain(..length).collect();
        let Some(last) = bytes.last() else {
            return Ok(());
        };
        self.ends_line = *last == b'\n';
        let text = String::from_utf8_lossy(&bytes);
        self.out.write_all(printable_lines(&text).as_bytes())
    }
}

impl<W: Write> Write for Terminal<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.rest.extend_from_slice(bytes);
        // A character, and CR with LF, are looked at as a whole.
        let whole = match std::str::from_utf8(&self.rest) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => self.rest.len(),
        };
        let whole = whole - usize::from(self.rest[..whole].ends_with(b"\r"));
        self.put(whole)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(bytes: &[u8], step: usize) -> String {
        let mut out = Vec::new();
        let mut terminal = Terminal::new(&mut out);
        for piece in bytes.chunks(step) {
            terminal.write_all(piece).unwrap();
        }
        terminal.finish().unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn lines_stay_and_the_rest_is_escaped_however_it_is_cut() {
        for step in 1..9 {
            assert_eq!(
                shown("é,\t1\r\n\"\u{1b}[2J\u{202e}\ré\"".as_bytes(), step),
                "é,\t1\r\n\"\\u{1b}[2J\\u{202e}\\u{d}é\"\n"
            );
            assert_eq!(shown(b"a\n", step), "a\n");
            assert_eq!(shown(b"", step), "");
            assert_eq!(shown(b"\xff\x1b\xc3", step), "\u{fffd}\\u{1b}\u{fffd}\n");
        }
    }
}
