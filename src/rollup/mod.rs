//! Statistics of many buckets, files and groups merged exactly.

mod adding;
mod amount;
pub mod buckets;
pub mod document;
pub mod every;
pub mod group;
pub mod groups;
pub mod join;
pub mod kpi;
mod merged;
pub mod names;
mod scopes;
pub mod series;
mod slots;
pub mod span;

pub use adding::Addends;
pub use group::Group;
pub use groups::{Collector, Groups};
pub use names::Name;
