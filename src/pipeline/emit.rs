//! Pass two: the rows, in the order of the inputs or in the requested order.

use std::io::{self, Write};

use crate::error::Error;
use crate::table::ColumnCell;
use crate::table::packed::PackedRows;
use crate::write::{Appender, Chunk, FormattedTable};

use super::visit::{self, ElementBatch};
use super::written::{Plan, WrittenRows, append, unwritten};
use super::{Run, Surveyed, rows};

/// Number of rows that are encoded together.
const CHUNK: usize = 4096;
/// Number of chunks that are encoded side by side.
const SIDE_BY_SIDE: usize = 16;

/// Some rows by the number of their batch and their place in it.
type Places = [(u32, u32)];

/// Writes a table: its beginning, its rows and its end.
pub fn table(
    run: &Run<'_>,
    plan: &Plan<'_>,
    table: &dyn FormattedTable,
    inputs: &[Surveyed],
    out: &mut (dyn Write + Send),
) -> Result<WrittenRows, Error> {
    let mut appender = table.begin(Box::new(out)).map_err(unwritten)?;
    let write = match (plan.order.is_plain(), plan.order.is_sorted()) {
        (true, _) => plain,
        (false, true) => sorted,
        (false, false) => first,
    };
    let mut written = write(run, plan, table, inputs, appender.as_mut())?;
    appender.end().map_err(unwritten)?;
    if !plan.order.is_plain() {
        let rows: u64 = inputs.iter().map(|input| input.survey.rows).sum();
        written.beyond = rows.saturating_sub(written.rows);
    }
    Ok(written)
}

/// All rows, in the order of the inputs.
fn plain(
    run: &Run<'_>,
    plan: &Plan<'_>,
    table: &dyn FormattedTable,
    inputs: &[Surveyed],
    appender: &mut (dyn Appender + '_),
) -> Result<WrittenRows, Error> {
    let mut written = WrittenRows::default();
    visit::elements(
        run,
        inputs,
        |input| input.survey.rows > 0,
        &|elements| {
            let mut encoder = table.encoder();
            let rows = rows::write(run, plan, elements, encoder.as_mut())?;
            Ok((rows > 0).then(|| encoder.finish(rows)))
        },
        &mut |chunk: Option<io::Result<Chunk>>| match chunk {
            Some(chunk) => append(appender, chunk, &mut written),
            None => Ok(()),
        },
    )?;
    Ok(written)
}

/// The rows of some elements, sorted, if any.
fn packed<'p>(
    run: &Run<'_>,
    plan: &Plan<'p>,
    elements: &ElementBatch<'_>,
) -> Result<Option<PackedRows<'p>>, Error> {
    let mut sorted = PackedRows::new(plan.order);
    let count = rows::write(run, plan, elements, &mut sorted)?;
    Ok((count > 0).then(|| sorted.sort()))
}

/// All rows, sorted; or the first ones of these.
fn sorted(
    run: &Run<'_>,
    plan: &Plan<'_>,
    table: &dyn FormattedTable,
    inputs: &[Surveyed],
    appender: &mut (dyn Appender + '_),
) -> Result<WrittenRows, Error> {
    let mut batches: Vec<PackedRows<'_>> = Vec::new();
    visit::elements(
        run,
        inputs,
        |input| input.survey.rows > 0,
        &|elements| packed(run, plan, elements),
        &mut |rows: Option<PackedRows<'_>>| {
            batches.extend(rows);
            Ok(())
        },
    )?;
    let mut places: Vec<(u32, u32)> = Vec::new();
    for (batch, rows) in (0..).zip(&batches) {
        places.extend((0..rows.len() as u32).map(|row| (batch, row)));
    }
    let keys = |(batch, row): (u32, u32)| batches[batch as usize].keys(row as usize);
    // Each batch is sorted already: this merges them.
    places.sort_by(|a, b| plan.order.compare(keys(*a), keys(*b)));
    places.truncate(plan.order.limit());
    let mut written = WrittenRows::default();
    for together in places.chunks(CHUNK * SIDE_BY_SIDE) {
        let chunks: Vec<&Places> = together.chunks(CHUNK).collect();
        let encoded = run
            .resources
            .threads
            .map(&chunks, |places| encode(table, &batches, places));
        for chunk in encoded {
            append(appender, chunk, &mut written)?;
        }
    }
    Ok(written)
}

/// The first rows in the order of the inputs; what is behind them is not read again.
fn first(
    run: &Run<'_>,
    plan: &Plan<'_>,
    table: &dyn FormattedTable,
    inputs: &[Surveyed],
    appender: &mut (dyn Appender + '_),
) -> Result<WrittenRows, Error> {
    let mut written = WrittenRows::default();
    let limit = plan.order.limit() as u64;
    if limit == 0 {
        return Ok(written);
    }
    let passed = visit::elements(
        run,
        inputs,
        |input| input.survey.rows > 0,
        &|elements| packed(run, plan, elements),
        &mut |rows: Option<PackedRows<'_>>| {
            let Some(rows) = rows else { return Ok(()) };
            let left = usize::try_from(limit - written.rows).unwrap_or(usize::MAX);
            let count = rows.len().min(left);
            let places: Vec<(u32, u32)> = (0..count as u32).map(|row| (0, row)).collect();
            let batches = std::slice::from_ref(&rows);
            append(appender, encode(table, batches, &places), &mut written)?;
            // This error ends the pass.
            match written.rows < limit {
                true => Ok(()),
                false => Err(Error::io("all rows were read")),
            }
        },
    );
    match written.rows < limit {
        true => passed.map(|()| written),
        false => Ok(written),
    }
}

fn encode(
    table: &dyn FormattedTable,
    batches: &[PackedRows<'_>],
    places: &Places,
) -> io::Result<Chunk> {
    let mut encoder = table.encoder();
    let mut cells: Vec<ColumnCell<'_>> = Vec::new();
    for (batch, row) in places {
        cells.clear();
        if let Some(rows) = batches.get(*batch as usize) {
            rows.cells(*row as usize, &mut cells);
        }
        encoder.row(&cells);
    }
    encoder.finish(places.len() as u64)
}
