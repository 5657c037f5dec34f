//! Figures people read.

pub mod aligned;
pub mod contents;
pub mod detail;
pub mod drift;
pub mod format;
pub mod glossary;
#[cfg(feature = "html")]
pub mod html;
pub mod json;
pub mod known;
pub mod lines;
pub mod markdown;
pub mod model;
pub mod page;
pub mod profile;
pub mod short;
pub mod sparkline;
pub mod text;
pub mod types;
pub mod words;

use crate::rollup::Groups;
use crate::rollup::series::Series;

/// One entity of the summary dialect, ready to be read.
#[derive(Debug, Clone, Default)]
pub struct Entity {
    pub title: String,
    /// The label or name of a metric, and its value in words.
    pub lines: Vec<(String, String)>,
}

/// The content of a report.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Groups in the order of their first appearance.
    pub groups: Groups,
    /// The intervals of all groups.
    pub series: Series,
    pub entities: Vec<Entity>,
    /// Whether filters left out everything that there was.
    pub is_filtered: bool,
}

impl Report {
    /// Whether there is nothing to report.
    pub fn is_empty(&self) -> bool {
        self.groups.iter().all(|group| group.buckets() == 0) && self.entities.is_empty()
    }
}

/// What is said where there is nothing to report.
pub fn nothing(report: &Report) -> &'static str {
    if report.is_filtered {
        "No data: the filters match nothing."
    } else {
        "No data: check the date range and the filter of the query."
    }
}
