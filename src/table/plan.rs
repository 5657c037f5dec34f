//! Rows that differ in their figures only: the bytes between the figures, made once.

use crate::check::shape::Number;

/// What stands before a figure is mostly this short, and then copied without asking how long.
const SHORT: usize = 24;
const LITERAL: usize = 16;

/// The bytes of a row without its figures and without its shared cells.
#[derive(Debug)]
pub struct Plan {
    parts: Vec<(Piece, u8)>,
    last: Piece,
}

#[derive(Debug)]
enum Piece {
    Short([u8; SHORT], usize),
    Long(Box<[u8]>),
}

impl Piece {
    fn new(bytes: &[u8]) -> Self {
        if bytes.len() > SHORT {
            return Self::Long(bytes.into());
        }
        let mut short = [0; SHORT];
        short[..bytes.len()].copy_from_slice(bytes);
        Self::Short(short, bytes.len())
    }

    #[inline]
    fn append(&self, out: &mut Vec<u8>) {
        match self {
            Self::Short(bytes, len) => {
                let end = out.len() + len;
                out.extend_from_slice(bytes);
                out.truncate(end);
            }
            Self::Long(bytes) => out.extend_from_slice(bytes),
        }
    }
}

impl Plan {
    /// What stands for the figure with this rank in a row that a plan is made from.
    pub fn mark(rank: u8) -> String {
        format!("\u{1}{}", char::from(b'A' + rank))
    }

    /// The plan of a row whose figures were marks; `None` if so many marks are not in it.
    pub fn of(row: &[u8], figures: usize) -> Option<Self> {
        let mut parts = Vec::new();
        let mut rest = row;
        while let Some(at) = memchr::memchr(1, rest) {
            let rank = rest.get(at + 1)?.checked_sub(b'A')?;
            parts.push((Piece::new(rest.get(..at)?), rank));
            rest = rest.get(at + 2..)?;
        }
        let all = parts.iter().all(|(_, rank)| usize::from(*rank) < figures);
        (all && !parts.is_empty()).then(|| Self {
            parts,
            last: Piece::new(rest),
        })
    }

    /// Appends a row with these figures of `text`.
    #[inline]
    pub fn fill(&self, text: &str, figures: &[Number], out: &mut Vec<u8>) {
        for (piece, rank) in &self.parts {
            piece.append(out);
            if let Some(number) = figures.get(usize::from(*rank)) {
                literal(number, text, out);
            }
        }
        self.last.append(out);
    }
}

#[inline]
fn literal(number: &Number, text: &str, out: &mut Vec<u8>) {
    let run = number.literal;
    let start = run.start();
    match text.as_bytes().get(start..start + LITERAL) {
        Some(bytes) if run.len() <= LITERAL => {
            let end = out.len() + run.len();
            if let Ok(bytes) = <&[u8; LITERAL]>::try_from(bytes) {
                out.extend_from_slice(bytes);
            }
            out.truncate(end);
        }
        _ => out.extend_from_slice(run.of(text).as_bytes()),
    }
}
