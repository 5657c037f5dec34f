//! Lines of text that a CI job prints: none of them is a command of GitHub Actions, whatever names
//! and values they begin with.

use std::borrow::Cow;
use std::io::{self, Write};

/// Writes lines to an output, each after it is complete.
pub struct LogLines<'w> {
    out: &'w mut dyn Write,
    line: Vec<u8>,
}

impl std::fmt::Debug for LogLines<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LogLines").finish_non_exhaustive()
    }
}

impl<'w> LogLines<'w> {
    /// A writer of lines to `out`.
    pub fn new(out: &'w mut dyn Write) -> Self {
        Self {
            out,
            line: Vec::new(),
        }
    }

    /// Writes the rest, which ends without a line break.
    ///
    /// # Errors
    /// Returns the errors of the output.
    pub fn finish(mut self) -> io::Result<()> {
        self.end_line()
    }

    fn end_line(&mut self) -> io::Result<()> {
        let line = std::mem::take(&mut self.line);
        match std::str::from_utf8(&line) {
            Ok(text) => self.out.write_all(escaped(text).as_bytes())?,
            Err(_) => self.out.write_all(&line)?,
        }
        self.line = line;
        self.line.clear();
        Ok(())
    }
}

impl Write for LogLines<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(part);
            if part.ends_with(b"\n") {
                self.end_line()?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A text without commands.
pub fn plain(text: &str) -> String {
    text.split_inclusive('\n').map(escaped).collect()
}

/// A line without a command: `::error::` after white space, or `##[error]` anywhere.
fn escaped(line: &str) -> Cow<'_, str> {
    let start = line.len() - line.trim_start().len();
    let (space, rest) = line.split_at(start);
    let line = match rest.strip_prefix("::") {
        Some(rest) => Cow::Owned(format!("{space}\\u{{3a}}:{rest}")),
        None => Cow::Borrowed(line),
    };
    match line.contains("##[") {
        true => Cow::Owned(line.replace("##[", "#\\u{23}[")),
        false => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_a_command() {
        for (text, expected) in [
            ("a ::b\n", "a ::b\n"),
            ("::error::x\n b", "\\u{3a}:error::x\n b"),
            ("  ::x\n##[y]\n", "  \\u{3a}:x\n#\\u{23}[y]\n"),
        ] {
            assert_eq!(plain(text), expected);
            let mut out = Vec::new();
            let mut lines = LogLines::new(&mut out);
            for byte in text.bytes() {
                lines.write_all(&[byte]).unwrap();
            }
            lines.finish().unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }
}
