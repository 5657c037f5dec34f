//! Pass two: the rows, in the order of the inputs.

use std::io::{self, Write};

use crate::error::Error;
use crate::write::{Chunk, FormattedTable};

use super::visit::{self, Elements};
use super::written::{Plan, WrittenRows, append, unwritten};
use super::{Run, Surveyed, ordered, rows};

/// Writes a table: its beginning, every row and its end.
///
/// # Errors
/// The reasons why a table is not whole.
pub fn table(
    run: &Run<'_>,
    plan: &Plan<'_>,
    table: &dyn FormattedTable,
    inputs: &[Surveyed],
    out: &mut (dyn Write + Send),
) -> Result<WrittenRows, Error> {
    if !plan.order.is_plain() {
        return ordered::table(run, plan, table, inputs, out);
    }
    let mut written = WrittenRows::default();
    let mut appender = table.begin(Box::new(out)).map_err(unwritten)?;
    visit::elements(
        run,
        inputs,
        |input| input.survey.rows > 0,
        &|elements| encode(run, plan, table, elements),
        &mut |chunk: Option<io::Result<Chunk>>| match chunk {
            Some(chunk) => append(appender.as_mut(), chunk, &mut written),
            None => Ok(()),
        },
    )?;
    appender.end().map_err(unwritten)?;
    Ok(written)
}

/// The rows of some elements, if any.
fn encode(
    run: &Run<'_>,
    plan: &Plan<'_>,
    table: &dyn FormattedTable,
    elements: &Elements<'_>,
) -> Result<Option<io::Result<Chunk>>, Error> {
    if elements.dialect() != plan.dialect {
        return Ok(None);
    }
    let mut encoder = table.encoder();
    let rows = rows::write(run, plan, elements, encoder.as_mut())?;
    Ok((rows > 0).then(|| encoder.finish(rows)))
}
