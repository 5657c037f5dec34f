//! The library: [`Inputs`] are checked, and what was [`Checked`] becomes a [`Table`] or a report.

mod checked;
mod finding;
mod inputs;
mod report;
mod shape;
mod table;

pub use checked::Checked;
pub use finding::Finding;
pub use inputs::Inputs;
pub(crate) use inputs::missing;
pub(crate) use report::report;
pub use shape::{Durations, Layout, Shape};
pub use table::{ColumnInfo, Table};
