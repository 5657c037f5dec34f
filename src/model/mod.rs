//! Borrowed views of containers, buckets, metrics and entities, and the catalogue of their names.

pub mod aggregates;
pub mod catalog;
pub mod period;
pub mod stat;
pub mod summary;
pub mod time;
pub mod when;

pub use stat::{STATS, stat_name, stat_order};
