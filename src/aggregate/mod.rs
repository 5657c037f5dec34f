//! Statistics of many buckets, files and groups, merged exactly by group and period. Totals, rows,
//! figures over time and roll-ups are all taken from an [`Aggregate`].

mod addends;
mod amount;
mod collector;
mod covered;
pub mod document;
pub mod every;
pub mod group;
mod keys;
pub mod kpi;
mod merging;
mod names;
mod scopes;
mod stats;
mod tally;

pub use addends::Addends;
pub use collector::{Collector, Periods, Scope};
pub use group::Group;
pub use tally::Aggregate;

/// Nanoseconds since 1970 in UTC: start and end.
pub type Span = (i64, i64);
