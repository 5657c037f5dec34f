//! The elements of the inputs once more, one after another: for reports and inspections.

use crate::json::{Node, Tape};
use crate::source::Dialect;
use crate::source::frame;

use super::Surveyed;
use super::emit::{self, EmitError};
use super::reject::Skips;

/// Calls `visit` with every element that pass one found readable.
///
/// # Errors
/// An input is not what it was in pass one.
pub fn elements(
    inputs: &[Surveyed],
    visit: &mut dyn FnMut(Dialect, Node<'_>),
) -> Result<(), EmitError> {
    for input in inputs.iter().filter(|input| !input.skips.is_empty()) {
        let text = emit::reopened(input)?;
        let content = text.content();
        let framed = frame::frame(content);
        let none = Skips::default();
        for (index, document) in framed.documents.iter().enumerate() {
            let skips = input.skips.get(index).unwrap_or(&none);
            let Some(dialect) = document.dialect else {
                continue;
            };
            let text = document.text(content);
            for (element, span) in document.elements.iter().enumerate() {
                if skips.skips(element) {
                    continue;
                }
                if let Ok(tape) = Tape::read(text, *span, document.depth()) {
                    visit(dialect, tape.root());
                }
            }
        }
    }
    Ok(())
}
