//! The commands, a file each.

pub mod completions;
pub mod config;
pub mod convert;
pub mod copies;
pub mod distinct;
mod drift;
pub mod expected;
pub mod explain;
#[cfg(feature = "fetch")]
pub mod fetch;
#[cfg(feature = "fetch")]
mod fetched;
pub mod gather;
mod guess;
pub mod inspect;
pub mod known;
mod ledger;
#[cfg(feature = "fetch")]
mod listings;
pub mod messages;
mod names;
pub mod outputs;
mod progress;
pub mod repair;
pub mod report;
pub mod rollup;
pub mod schema;
mod table_plan;
pub mod validate;
mod wfm_import;
