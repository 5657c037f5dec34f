//! Figures that people know by name, computed exactly from what the API sends.

pub mod kpi;
pub mod total;

pub use kpi::{Figure, figures};
pub use total::{Group, Total};
