//! A report with a block per group: every figure and metric of it.

pub mod markdown;
pub mod text;
