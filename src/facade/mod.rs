//! The library: [`Inputs`] are checked, and a [`Dataset`] becomes a [`Table`] or a report.

mod dataset;
mod dimensions;
mod finding;
mod inputs;
mod page;
mod report;
mod rollup;
mod spans;
mod table;

pub use dataset::Dataset;
pub(crate) use dataset::Settings;
pub(crate) use dimensions::check_by;
pub use finding::Finding;
pub use inputs::{Inputs, Progress};
pub use page::Page;
pub(crate) use page::{about, refuse_detail, unknown_sort};
pub(crate) use report::report;
pub(crate) use rollup::join;
pub use rollup::{RolledUp, Rollup};
pub use spans::spans;
pub(crate) use table::check_durations;
pub use table::{ColumnInfo, Table};
