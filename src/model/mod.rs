//! The model of documents: dialects, figures, statistics, times, and the catalogue of names.

pub mod catalog;
mod dialect;
mod figure_id;
pub mod numbering;
pub mod period;
pub mod stat;

pub mod time;
pub mod when;
pub mod zone;

pub use dialect::Dialect;
pub use figure_id::FigureId;
pub use stat::{STATS, stat_order};
