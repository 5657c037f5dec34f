//! The rows of some elements of an input.

use crate::error::Error;
use crate::json::{Path, PathStep};
use crate::record::Element;
use crate::table::origin::{ElementOrigin, InputOrigin};
use crate::table::writer::Writer;
use crate::table::{ColumnContent, RowSink};

use super::Run;
use super::visit::{Elements, Visit};
use super::written::Plan;

/// Writes the rows of elements, and returns their number.
///
/// # Errors
/// The input is not what it was, or cannot be read once more for its hash.
pub fn write(
    run: &Run<'_>,
    plan: &Plan<'_>,
    elements: &Elements<'_>,
    out: &mut dyn RowSink,
) -> Result<u64, Error> {
    let has = |holds| plan.columns.position(&holds).is_some();
    let source = InputOrigin {
        name: &elements.input.name,
        sha256: match has(ColumnContent::SourceHash) {
            true => elements.input.sha256()?,
            false => None,
        },
    };
    let has_pointer = has(ColumnContent::Pointer);
    let mut writer = Writer::new(&run.spec, plan.columns, source);
    elements.each(|visit| {
        if has_pointer {
            writer.origin = ElementOrigin {
                pointer: visit.at(Path::default()).to_string(),
                keys: ["data", "metrics", "views"].map(|key| spelled(&visit, key)),
                removed: elements.removed(visit.index),
            };
        }
        match visit.element {
            Element::Container(view) => writer.container(view, visit.interner, out),
            Element::Entity(view) => writer.entity(view, out),
        }
    })?;
    Ok(writer.rows)
}

/// A key of an element as its document writes it.
fn spelled(visit: &Visit<'_>, key: &'static str) -> String {
    match visit.at(Path::default().key(key)).steps().last() {
        Some(PathStep::Key(key)) => key.to_string(),
        _ => key.to_owned(),
    }
}
