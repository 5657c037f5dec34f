//! Code that the text formats share.

use std::io::{self, Write};

use super::{Appender, ChangedCells, Chunk, Output};

/// A chunk of text.
pub fn chunk(bytes: Vec<u8>, rows: u64, guarded: u64) -> Chunk {
    Chunk {
        rows,
        changed: ChangedCells {
            guarded,
            ..ChangedCells::default()
        },
        content: Box::new(bytes),
    }
}

/// Text on its way to its output.
pub struct TextFile<'o> {
    out: Output<'o>,
    /// Length of the comma between elements, which the first chunk does not have.
    joint: usize,
    end: &'static [u8],
    has_rows: bool,
}

impl<'o> TextFile<'o> {
    /// Writes `start`, then chunks, then `end`.
    ///
    /// # Errors
    /// Returns the errors of the output.
    pub fn begin(
        mut out: Output<'o>,
        start: &[u8],
        joint: usize,
        end: &'static [u8],
    ) -> io::Result<Box<dyn Appender + 'o>> {
        out.write_all(start)?;
        Ok(Box::new(Self {
            out,
            joint,
            end,
            has_rows: false,
        }))
    }
}

impl Appender for TextFile<'_> {
    fn append(&mut self, chunk: Chunk) -> io::Result<()> {
        let Some(bytes) = chunk.content.downcast_ref::<Vec<u8>>() else {
            return Ok(());
        };
        if bytes.is_empty() {
            return Ok(());
        }
        let joint = if self.has_rows { 0 } else { self.joint };
        self.has_rows = true;
        self.out.write_all(bytes.get(joint..).unwrap_or_default())
    }

    fn end(mut self: Box<Self>) -> io::Result<()> {
        self.out.write_all(self.end)
    }
}
