//! Workbooks.

mod cells;
pub(crate) mod fence;
pub(crate) mod names;
pub(crate) mod page;
pub mod read;
mod sheets;

use std::io;

use crate::model::FigureId;
use crate::model::catalog::figure::FigureUnit;
use crate::table::{ColumnContent, Columns, Layout};

use super::{Appender, Encoder, FormattedTable, Output, TableFormat, TableOptions, csv};

use cells::SheetRows;
use sheets::Sheets;

/// A workbook with one row of figures per row: numbers as numbers, intervals as dates.
pub static XLSX: TableFormat = TableFormat {
    name: "xlsx",
    title: "Excel",
    extensions: &["xlsx"],
    options: &["--sheet-by"],
    layout: Layout::Wide,
    is_workbook: true,
    is_packed: true,
    is_dense: false,
    most_columns: 16_384,
    table: |columns, options| Box::new(Book::new(columns, options)),
    read: None,
    ..csv::BASE
};

#[derive(Debug)]
struct Book {
    columns: Columns,
    options: TableOptions,
    /// True if each column has shares of one, which are shown as per cent.
    shares: Vec<bool>,
}

impl Book {
    fn new(columns: Columns, options: TableOptions) -> Self {
        let stat = |holds: &ColumnContent| match holds {
            ColumnContent::Stat(stat) => matches!(stat.as_str(), "ratio" | "target"),
            ColumnContent::Figure(FigureId {
                name: metric, stat, ..
            }) => metric == "oServiceLevel" && matches!(stat.as_str(), "ratio" | "target"),
            ColumnContent::KeyFigure(figure) => figure.measure() == FigureUnit::Share,
            _ => false,
        };
        let list = columns.list.iter();
        Self {
            shares: list.map(|column| stat(&column.holds)).collect(),
            columns,
            options,
        }
    }
}

/// The columns whose values are the names of the sheets: that of the names of ids, and that of the ids
/// for those without.
pub fn sheet_columns(columns: &Columns, options: &TableOptions) -> Vec<usize> {
    let by = options.sheet_by.as_ref();
    let Some(at) = by.and_then(|by| columns.place(by)) else {
        return Vec::new();
    };
    let names = match columns.list.get(at).map(|column| &column.holds) {
        Some(ColumnContent::Dimension(name)) => columns.names_of(name),
        _ => None,
    };
    names.into_iter().chain([at]).collect()
}

impl FormattedTable for Book {
    fn encoder(&self) -> Box<dyn Encoder + '_> {
        Box::new(SheetRows::new(&self.shares))
    }

    fn begin<'o>(&'o self, out: Output<'o>) -> io::Result<Box<dyn Appender + 'o>> {
        let zone = self.options.zone.as_deref().unwrap_or("UTC");
        let list = self.columns.list.iter().take(self.columns.visible);
        let heads = list.map(|column| match column.holds {
            ColumnContent::IntervalStart | ColumnContent::IntervalEnd => {
                format!("{} ({zone})", column.name)
            }
            ColumnContent::LoadedAt => format!("{} (UTC)", column.name),
            _ => column.name.clone(),
        });
        Ok(Box::new(Sheets::new(
            out,
            heads.collect(),
            sheet_columns(&self.columns, &self.options),
            &self.options,
        )))
    }
}
