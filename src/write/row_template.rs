//! Rows that differ only in their figures: the bytes between the figures, encoded once.

use crate::record::Number;
use crate::table::{Cell, ColumnCell};

/// The text before a figure is mostly this short, and is then copied with a constant length.
const SHORT: usize = 24;
const LITERAL: usize = 16;

/// The encoded bytes of a row without its figures and without its shared cells.
#[derive(Debug)]
pub struct FigureTemplate {
    /// The text before each figure, and the figure's rank.
    parts: Vec<(TemplateBytes, u8)>,
    last: TemplateBytes,
    guarded: u64,
}

#[derive(Debug)]
enum TemplateBytes {
    Short([u8; SHORT], usize),
    Long(Box<[u8]>),
}

impl TemplateBytes {
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

/// A cell of a template, or a figure with its rank.
#[derive(Debug, Clone, Copy)]
pub enum TemplateCell<'c> {
    Cell(&'c Cell<'c>),
    Figure(u8),
}

/// The cells and figures of a template in the order of their columns.
pub fn in_order<'c>(
    cells: &'c [ColumnCell<'c>],
    slots: &[(usize, u8)],
) -> Vec<(usize, TemplateCell<'c>)> {
    let figures = slots.iter();
    let figures = figures.map(|(at, rank)| (*at, TemplateCell::Figure(*rank)));
    let cells = cells
        .iter()
        .map(|(at, cell)| (*at, TemplateCell::Cell(cell)));
    let mut all: Vec<(usize, TemplateCell<'_>)> = cells.chain(figures).collect();
    all.sort_by_key(|(at, _)| *at);
    all
}

impl FigureTemplate {
    /// A template from the bytes of a row without its figures, and from where each figure belongs:
    /// an offset into `row` and the figure's rank, in the order of the offsets. `guarded` is the
    /// number of its cells that were guarded. `None` for a line without any cell.
    pub fn new(row: &[u8], slots: &[(usize, u8)], guarded: u64) -> Option<Self> {
        let mut parts = Vec::with_capacity(slots.len());
        let mut from = 0;
        for &(offset, rank) in slots {
            parts.push((TemplateBytes::new(row.get(from..offset)?), rank));
            from = offset;
        }
        let is_empty = slots.is_empty() && row.trim_ascii().is_empty();
        (!is_empty).then(|| Self {
            parts,
            last: TemplateBytes::new(row.get(from..).unwrap_or_default()),
            guarded,
        })
    }

    /// Number of cells of each row that were guarded against a spreadsheet.
    pub fn guarded(&self) -> u64 {
        self.guarded
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
        _ => out.extend_from_slice(
            text.get(start..start + run.len())
                .unwrap_or_default()
                .as_bytes(),
        ),
    }
}
