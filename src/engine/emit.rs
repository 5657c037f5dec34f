//! Pass two: the rows, in the order of the inputs.

use std::io::{self, Write};
use std::sync::Arc;

use crate::record::{Element, Reader};
use crate::source::Dialect;
use crate::table::Columns;
use crate::table::direct::Writer;
use crate::write::{Encoded, Format};

use super::batch::{self, Batch, Changed};
use super::{Run, Surveyed, groups, parallel};

/// How many bytes of small inputs are turned to rows side by side.
const TOGETHER: u64 = 8 * 1024 * 1024;

/// A table on its way out.
#[derive(Debug)]
pub struct Table<'t> {
    pub columns: &'t Columns,
    pub format: &'t Format,
    pub dialect: Dialect,
}

/// What a table has.
#[derive(Debug, Clone, Copy, Default)]
pub struct Written {
    pub rows: u64,
    /// Text cells that were guarded against a spreadsheet.
    pub guarded: u64,
}

impl std::ops::AddAssign for Written {
    fn add_assign(&mut self, other: Self) {
        self.rows += other.rows;
        self.guarded += other.guarded;
    }
}

/// Why rows could not be written.
#[derive(Debug)]
pub enum EmitError {
    /// The output.
    Write(io::Error),
    /// An input is not what it was in pass one.
    Changed(Arc<str>, String),
}

impl EmitError {
    /// This input is not what it was.
    pub fn changed(input: &Surveyed, how: &impl ToString) -> Self {
        Self::Changed(Arc::clone(&input.name), how.to_string())
    }
}

/// What ends the reading of one input.
enum Ended {
    Write(io::Error),
    Changed(Changed),
    NoJson,
}

impl From<Changed> for Ended {
    fn from(changed: Changed) -> Self {
        Self::Changed(changed)
    }
}

/// Rows on their way out, counted.
struct Out<'o> {
    table: &'o Table<'o>,
    written: Written,
    out: &'o mut (dyn Write + Send),
}

impl Out<'_> {
    fn write(&mut self, encoded: &Encoded) -> io::Result<()> {
        if encoded.rows == 0 {
            return Ok(());
        }
        let joint = if self.written.rows == 0 {
            self.table.format.joint()
        } else {
            0
        };
        self.written += Written {
            rows: encoded.rows,
            guarded: encoded.guarded,
        };
        let bytes = encoded.bytes.get(joint..).unwrap_or_default();
        self.out.write_all(bytes)
    }
}

/// Writes the header, every row and the end.
///
/// # Errors
/// Whatever keeps the table from being whole.
pub fn table(
    run: &Run<'_>,
    table: &Table<'_>,
    inputs: &[Surveyed],
    out: &mut (dyn Write + Send),
) -> Result<Written, EmitError> {
    out.write_all(&table.format.start(table.columns))
        .map_err(EmitError::Write)?;
    let written = Written::default();
    let mut out = Out {
        table,
        written,
        out,
    };
    for range in groups(inputs, |input| input.bytes, TOGETHER) {
        let now = &inputs[range];
        if let [input] = now {
            input_to(run, table, input, &mut |encoded| out.write(&encoded))?;
            continue;
        }
        let parts = parallel::map(now, |input| {
            let mut parts: Vec<Encoded> = Vec::new();
            input_to(run, table, input, &mut |encoded| {
                parts.push(encoded);
                Ok(())
            })?;
            Ok(parts)
        });
        for part in parts {
            let part: Vec<Encoded> = part?;
            for encoded in &part {
                out.write(encoded).map_err(EmitError::Write)?;
            }
        }
    }
    let end = table.format.end();
    out.out.write_all(end).map_err(EmitError::Write)?;
    Ok(out.written)
}

fn input_to(
    run: &Run<'_>,
    table: &Table<'_>,
    input: &Surveyed,
    write: &mut (impl FnMut(Encoded) -> io::Result<()> + Send),
) -> Result<(), EmitError> {
    if input.survey.rows == 0 {
        return Ok(());
    }
    batch::each(
        input,
        &|batch| encode(run, table, input, batch),
        &mut |encoded: Option<Encoded>| match encoded {
            Some(encoded) => write(encoded).map_err(Ended::Write),
            None => Err(Ended::NoJson),
        },
    )
    .map_err(|ended| match ended {
        Ended::Write(error) => EmitError::Write(error),
        Ended::Changed(changed) => EmitError::changed(input, &changed),
        Ended::NoJson => EmitError::changed(input, &"it is no longer JSON"),
    })
}

/// The rows of a batch; `None` where it is no JSON.
fn encode(
    run: &Run<'_>,
    table: &Table<'_>,
    input: &Surveyed,
    batch: &Batch<'_>,
) -> Option<Encoded> {
    let dialect = batch.opened.dialect;
    if dialect != table.dialect {
        return Some(Encoded::default());
    }
    let mut encoder = table.format.encoder(table.columns);
    let mut writer = Writer::new(run.shaping, table.columns, &input.name);
    let mut reader = Reader {
        always_tape: run.paranoid,
        ..Reader::default()
    };
    for (index, &span) in batch.spans.iter().enumerate() {
        let element = batch.element + index;
        if batch.skips(input, element) {
            continue;
        }
        let skip = batch.left_out(input, element);
        let read = reader.load(dialect, &batch.text, span, batch.opened.depth());
        read.ok()?;
        match reader.element(dialect, &batch.text) {
            Element::Container(view) => {
                writer.container(view, &reader.interner, skip.as_deref(), encoder.as_mut());
            }
            Element::Entity(view) => writer.entity(view, encoder.as_mut()),
        }
    }
    reader.finish();
    Some(encoder.finish(writer.rows))
}
