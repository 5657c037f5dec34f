//! The text at hand, and what can be said of it.

use crate::json::scan;
use crate::json::structure::Structure;

/// The text at hand.
#[derive(Debug, Clone, Copy)]
pub(super) struct TextView<'t> {
    pub(super) text: &'t str,
    pub(super) bytes: &'t [u8],
    /// True if the input goes on behind it.
    pub(super) more: bool,
    /// The longest document that is not cut.
    pub(super) limit: usize,
    /// The longest value that is read whole.
    pub(super) longest: usize,
}

/// Complete, incomplete or over the limit.
pub(super) enum Fit {
    /// All of it, up to here.
    Ends(usize),
    /// Not its end; it may still be short.
    Open,
    /// It is beyond `limit`: it is cut if it can be.
    Long,
}

impl<'t> TextView<'t> {
    pub(super) fn new(text: &'t str, more: bool, limit: usize, longest: usize) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            more,
            limit,
            longest,
        }
    }

    /// The text up to `end`.
    pub(super) fn until(self, end: usize, more: bool) -> Self {
        Self::new(&self.text[..end], more, self.limit, self.longest)
    }

    /// Compares the value at `start` with the text and the limit. The result depends on its length
    /// alone.
    pub(super) fn fit(&self, start: usize) -> Fit {
        let until = start.saturating_add(self.limit);
        match self.end(start, until) {
            Some(end) => Fit::Ends(end),
            None if self.bytes.len() >= until => Fit::Long,
            None => Fit::Open,
        }
    }

    /// The end of the value at `start` if it is certain and no further than `longest`.
    pub(super) fn whole(&self, start: usize) -> Option<usize> {
        let end = self.end(start, usize::MAX);
        end.filter(|end| end - start <= self.longest)
    }

    fn end(&self, start: usize, until: usize) -> Option<usize> {
        let near = &self.bytes[..self.bytes.len().min(until)];
        match near.get(start)? {
            b'{' | b'[' => Structure::new().end(near, start),
            // A string or number may go on behind the text at hand.
            _ => scan::value_end(near, start)
                .filter(|end| *end < near.len() || (!self.more && near.len() == self.bytes.len())),
        }
    }
}

/// Returns true if a document begins with this byte.
pub(super) fn opens(byte: Option<&u8>) -> bool {
    matches!(byte, Some(b'{' | b'['))
}
