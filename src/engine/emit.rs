//! Pass two: the rows, in the order of the inputs.

use std::io::{self, Write};

use crate::record::Element;
use crate::source::Dialect;
use crate::table::Columns;
use crate::table::direct::Writer;
use crate::write::{Encoded, Format};

use super::batch::Changed;
use super::visit::{self, Elements, PassError};
use super::{Run, Surveyed};

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
) -> Result<Written, PassError> {
    out.write_all(&table.format.start(table.columns))
        .map_err(PassError::Write)?;
    let written = Written::default();
    let mut out = Out {
        table,
        written,
        out,
    };
    visit::elements(
        run,
        inputs,
        |input| input.survey.rows > 0,
        &|elements| encode(run, table, elements),
        &mut |encoded| out.write(&encoded),
    )?;
    let end = table.format.end();
    out.out.write_all(end).map_err(PassError::Write)?;
    Ok(out.written)
}

/// The rows of some elements.
fn encode(run: &Run<'_>, table: &Table<'_>, elements: &Elements<'_>) -> Result<Encoded, Changed> {
    if elements.dialect() != table.dialect {
        return Ok(Encoded::default());
    }
    let mut encoder = table.format.encoder(table.columns);
    let mut writer = Writer::new(run.shaping, table.columns, &elements.input.name);
    elements.each(|visit| match visit.element {
        Element::Container(view) => {
            let skip = visit.left_out.as_deref();
            writer.container(view, visit.interner, skip, encoder.as_mut());
        }
        Element::Entity(view) => writer.entity(view, encoder.as_mut()),
    })?;
    Ok(encoder.finish(writer.rows))
}
