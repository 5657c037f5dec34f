//! From checked documents to rows and cells.

mod candidates;
pub mod cell;
pub mod choice;
pub mod columns;
pub mod entity_names;
mod figure_columns;
pub mod filter;
pub mod fit;
pub mod holds;
pub mod key_figures;
pub mod names;
pub mod order;
pub mod origin;
pub mod packed;
pub mod parts;
mod plausible;
pub mod row_cells;
mod row_templates;
pub mod seen;
pub mod spec;
pub mod summary;
pub mod survey;
pub mod surveyor;
pub mod time;
pub mod types;
pub mod units;
pub mod writer;
pub mod zeros;

pub use cell::Cell;
pub use columns::{Column, Columns};
pub use entity_names::EntityNames;
pub use filter::Filter;
pub use fit::NumberFit;
pub use holds::ColumnContent;
pub use order::{RowOrder, SortBy};
pub use row_cells::{ColumnCell, RowCells, owned};
pub use row_templates::RowTemplates;
pub use spec::TableSpec;
pub use survey::Survey;
pub use time::Times;
pub use types::Type;
pub use units::DurationUnit;
pub use zeros::{MergedScopes, ZeroCounters};

use crate::record::Number;

/// The layout of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Layout {
    /// One row per metric.
    #[default]
    Long,
    /// One row per bucket or entity, one column per figure.
    Wide,
}

/// Takes rows. Cells are in the order of their columns; a column without a cell is absent.
pub trait RowSink {
    /// Sets the cells of the first `width` columns for the rows after this.
    fn shared(&mut self, width: usize, cells: &[ColumnCell<'_>]);

    /// Adds a row: the shared cells, then these.
    fn row(&mut self, cells: &[ColumnCell<'_>]);

    /// Makes a template for rows that differ from `cells` only in their figures, and returns its
    /// number. `slots` are the places of the figures and their ranks, in the order of the places.
    /// `None` where every row is added as a whole.
    fn template(&mut self, _cells: &[ColumnCell<'_>], _slots: &[(usize, u8)]) -> Option<u32> {
        None
    }

    /// Adds a row: the shared cells, then those of the template with these figures of `text`.
    fn templated(&mut self, _template: u32, _text: &str, _figures: &[Number]) {}
}
