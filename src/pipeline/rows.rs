//! The rows of some elements of an input.

use crate::error::Error;
use crate::json::{Path, PathStep};
use crate::table::origin::ElementOrigin;
use crate::table::writer::Writer;
use crate::table::{ColumnContent, RowSink};

use super::Run;
use super::visit::{ElementBatch, Visit};
use super::written::Plan;

/// Writes the rows of elements, and returns their number.
pub fn write(
    run: &Run<'_>,
    plan: &Plan<'_>,
    elements: &ElementBatch<'_>,
    out: &mut dyn RowSink,
) -> Result<u64, Error> {
    if elements.dialect() != plan.dialect {
        return Ok(0);
    }
    let has = |holds| plan.columns.position(&holds).is_some();
    let sha256 = match has(ColumnContent::SourceHash) {
        true => elements.input.sha256()?,
        false => None,
    };
    let has_pointer = has(ColumnContent::Pointer);
    let mut writer = Writer::new(&run.spec, plan.columns, (&elements.input.name, sha256));
    elements.each(|visit| {
        if has_pointer {
            writer.origin = ElementOrigin {
                pointer: visit.at(Path::default()).to_string(),
                keys: ["data", "metrics", "views"].map(|key| spelled(&visit, key)),
                removed: elements.removed(visit.index),
            };
        }
        writer.element(visit.element, visit.interner, out);
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
