//! Pass two: the rows, in the order of the inputs.

use std::io;
use std::sync::Arc;

use rayon::prelude::*;

use crate::json::Tape;
use crate::source::Dialect;
use crate::source::frame;
use crate::source::open::{self, Stamp, Text};
use crate::table::{self, Columns};
use crate::write::Format;

use super::{Run, Surveyed, pieces};

/// How many bytes of elements one task writes.
const PIECE: usize = 256 * 1024;
/// How many bytes of input are turned to rows before they are written.
const ROUND: usize = 16 * 1024 * 1024;

/// The bytes of some rows, and how many rows they are.
type Encoded = (Vec<u8>, u64);

/// A table on its way out.
#[derive(Debug)]
pub struct Table<'t> {
    pub columns: &'t Columns,
    pub format: &'t Format,
    pub dialect: Dialect,
}

/// Why rows could not be written.
#[derive(Debug)]
pub enum EmitError {
    /// The output.
    Write(io::Error),
    /// An input is not what it was in pass one.
    Changed(Arc<str>, String),
}

impl From<io::Error> for EmitError {
    fn from(error: io::Error) -> Self {
        Self::Write(error)
    }
}

/// Writes the header, every row and the end; returns the number of rows.
///
/// # Errors
/// Whatever keeps the table from being whole.
pub fn table(
    run: &Run<'_>,
    table: &Table<'_>,
    inputs: &[Surveyed],
    out: &mut dyn io::Write,
) -> Result<u64, EmitError> {
    out.write_all(&table.format.start(table.columns))?;
    let mut rows = 0;
    let mut rest = inputs;
    while !rest.is_empty() {
        // Small inputs are written side by side, a large one by itself.
        let mut bytes = 0;
        let count = rest
            .iter()
            .take_while(|input| {
                bytes += input.bytes as usize;
                bytes <= ROUND
            })
            .count()
            .max(1);
        let (now, later) = rest.split_at(count);
        if let [input] = now {
            emit_input(run, table, input, &mut |piece, piece_rows| {
                write(table, &mut rows, piece, piece_rows, out)
            })?;
        } else {
            let parts: Vec<Result<Vec<Encoded>, EmitError>> = now
                .par_iter()
                .map(|input| {
                    let mut parts = Vec::new();
                    emit_input(run, table, input, &mut |piece, rows| {
                        parts.push((piece, rows));
                        Ok(())
                    })?;
                    Ok(parts)
                })
                .collect();
            for part in parts {
                for (piece, piece_rows) in part? {
                    write(table, &mut rows, piece, piece_rows, out)?;
                }
            }
        }
        rest = later;
    }
    out.write_all(table.format.end())?;
    Ok(rows)
}

fn write(
    table: &Table<'_>,
    rows: &mut u64,
    piece: Vec<u8>,
    piece_rows: u64,
    out: &mut dyn io::Write,
) -> Result<(), EmitError> {
    let joint = if *rows == 0 { table.format.joint() } else { 0 };
    out.write_all(piece.get(joint..).unwrap_or_default())?;
    *rows += piece_rows;
    Ok(())
}

fn emit_input(
    run: &Run<'_>,
    table: &Table<'_>,
    input: &Surveyed,
    write: &mut dyn FnMut(Vec<u8>, u64) -> Result<(), EmitError>,
) -> Result<(), EmitError> {
    if input.survey.rows == 0 {
        return Ok(());
    }
    let text = reopened(input)?;
    let content = text.content();
    let framed = frame::frame(content);
    if framed.documents.len() != input.skips.len() {
        return Err(changed(input, "it holds other documents"));
    }
    for (document, skips) in framed.documents.iter().zip(&input.skips) {
        if skips.whole || document.dialect != Some(table.dialect) {
            continue;
        }
        let text = document.text(content);
        let depth = document.depth();
        let ranges = pieces(&document.elements, PIECE);
        for round in ranges.chunks((ROUND / PIECE).max(1)) {
            let encoded: Vec<Option<Encoded>> = round
                .par_iter()
                .map(|range| {
                    let mut encoder = table.format.encoder(table.columns);
                    let mut rows = 0;
                    for element in range.clone().filter(|element| !skips.skips(*element)) {
                        let tape = Tape::read(text, document.elements[element], depth).ok()?;
                        table::rows(
                            run.shaping,
                            table.columns,
                            table.dialect,
                            tape.root(),
                            skips.buckets(element),
                            &input.name,
                            &mut |cells| {
                                rows += 1;
                                encoder.row(cells);
                            },
                        );
                    }
                    Some((encoder.finish(), rows))
                })
                .collect();
            for piece in encoded {
                let (bytes, rows) = piece.ok_or_else(|| changed(input, "it is no longer JSON"))?;
                if rows > 0 {
                    write(bytes, rows)?;
                }
            }
        }
    }
    Ok(())
}

fn changed(input: &Surveyed, how: &str) -> EmitError {
    EmitError::Changed(Arc::clone(&input.name), how.to_owned())
}

/// The text again: kept, or read a second time from a file that did not change.
pub fn reopened(input: &Surveyed) -> Result<Arc<Text>, EmitError> {
    if let Some(text) = &input.kept {
        return Ok(Arc::clone(text));
    }
    if Stamp::of(&input.found.input) != input.stamp {
        return Err(changed(input, "its size or time of change is another"));
    }
    let text =
        open::open(&input.found.input).map_err(|error| changed(input, &error.to_string()))?;
    Ok(Arc::new(text))
}
