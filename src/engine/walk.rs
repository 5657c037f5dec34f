//! The elements of the inputs once more, one after another: for reports and inspections.

use crate::json::Span;
use crate::record::{Element, Reader};
use crate::source::Dialect;

use super::Surveyed;
use super::batch::{self, Changed};
use super::emit::EmitError;

/// Calls `visit` with every element that pass one found readable. An element that is too long for
/// one piece comes in several, each with its group and some of its buckets.
///
/// # Errors
/// An input is not what it was in pass one.
pub fn elements(
    inputs: &[Surveyed],
    visit: &mut (impl FnMut(Element<'_>) + Send),
) -> Result<(), EmitError> {
    for input in inputs.iter().filter(|input| !input.skips.is_empty()) {
        let mut reader = Reader::default();
        // Texts are cut side by side, and visited here.
        let read = batch::each(
            input,
            &|batch| {
                let parts: Vec<(usize, String)> = batch
                    .spans
                    .iter()
                    .enumerate()
                    .filter(|(index, _)| !batch.skips(input, batch.element + index))
                    .map(|(_, span)| batch.text[span.start..span.end].to_owned())
                    .map(|text| (batch.opened.depth(), text))
                    .collect();
                (batch.opened.dialect, parts)
            },
            &mut |(dialect, parts): (Dialect, Vec<(usize, String)>)| {
                for (depth, text) in parts {
                    let span = Span::new(0, text.len());
                    if let Ok(element) = reader.read(dialect, &text, span, depth) {
                        visit(element);
                    }
                }
                Ok::<(), Changed>(())
            },
        );
        read.map_err(|changed| EmitError::changed(input, &changed))?;
    }
    Ok(())
}
