//! From checked documents to rows and cells.

pub mod cell;
pub mod columns;
pub mod direct;
pub mod filter;
pub mod names;
pub mod row_template;
pub mod seen;
pub mod summary;
pub mod survey;
pub mod time;
pub mod units;

pub use cell::Cell;
pub use columns::{Column, Columns};
pub use filter::Filter;
pub use row_template::RowTemplate;
pub use survey::Survey;

use crate::record::Number;

/// How rows are cut from documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// A row a metric.
    Long,
    /// A row a bucket or entity.
    Wide,
}

/// Everything that decides what the cells hold.
#[derive(Debug, Clone)]
pub struct Shaping {
    pub layout: Layout,
    pub filter: Filter,
    pub durations: Option<units::Unit>,
    pub times: time::Times,
}

/// What rows are handed to.
pub trait Rows {
    /// Sets the leading cells that the rows after this have in common.
    fn shared(&mut self, cells: &[Cell<'_>]);

    /// Adds a row: the shared cells, then these.
    fn row(&mut self, cells: &[Cell<'_>]);

    /// Returns a template for rows that differ from `cells` only in their figures. `slots` are the
    /// places of the figures among `cells` with their ranks, in the order of the places; what
    /// `cells` has there is not looked at.
    fn template(&mut self, cells: &[Cell<'_>], slots: &[(usize, u8)]) -> Option<RowTemplate>;

    /// Adds a row: the shared cells, then those of the template with these figures of `text`.
    fn templated(&mut self, template: &RowTemplate, text: &str, figures: &[Number]);
}

/// Which buckets of an element are left out.
#[derive(Debug, Clone, Default)]
pub struct Skip(pub std::collections::BTreeSet<u32>);
