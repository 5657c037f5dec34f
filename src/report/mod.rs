//! Figures people read.

pub mod aligned;
mod changes;
mod column;
pub mod contents;
mod csv;
pub mod detail;
pub mod drift;
pub mod format;
pub mod glossary;
#[cfg(feature = "html")]
pub mod html;
pub mod json;
pub mod lines;
mod log_lines;
pub mod markdown;
pub mod model;
pub mod page;
pub mod profile;
pub mod short;
pub mod sparkline;
pub mod text;
pub mod words;
#[cfg(feature = "xlsx")]
mod workbook;

use serde::Serialize;

use crate::aggregate::{Aggregate, Group};

/// One entity of the summary dialect, ready to be read.
#[derive(Debug, Clone, Default, Serialize)]
pub struct EntitySummary {
    pub title: String,
    #[serde(rename = "metrics")]
    pub lines: Vec<EntityLine>,
}

/// One metric of an entity.
#[derive(Debug, Clone, Default, Serialize)]
pub struct EntityLine {
    /// Its label or name.
    pub name: String,
    /// The same with the unit of `text`.
    #[serde(skip)]
    pub label: String,
    /// Its value and its unit as the document has them; empty without one.
    #[serde(rename = "value", serialize_with = "json::literal")]
    pub literal: String,
    pub unit: String,
    /// Its value in words.
    pub text: String,
}

/// The figures of documents that come from one query.
#[derive(Debug, Clone, Default)]
pub struct QueryFigures {
    /// Groups in the order of their first appearance.
    pub groups: Aggregate,
    /// The intervals of all groups.
    pub series: Aggregate,
    /// The counts of each group by local day, where a format shows them.
    pub daily: Aggregate,
}

/// The content of a report.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// One for each query, those with the fewest dimensions first; never empty.
    pub queries: Vec<QueryFigures>,
    pub entities: Vec<EntitySummary>,
    /// True if filters left out everything that there was.
    pub is_filtered: bool,
    /// True if bad parts were left out.
    pub is_skipped: bool,
}

impl Report {
    /// Returns true if there is nothing to report.
    pub fn is_empty(&self) -> bool {
        self.groups().all(|group| group.buckets() == 0) && self.entities.is_empty()
    }

    /// The groups of all queries.
    pub fn groups(&self) -> impl Iterator<Item = Group<'_>> {
        self.queries.iter().flat_map(|query| query.groups.iter())
    }
}

/// The text of an empty report.
pub fn nothing(report: &Report) -> &'static str {
    if report.is_filtered {
        "No data: the filters match nothing."
    } else if report.is_skipped {
        "No data: all of it has errors and was left out."
    } else {
        "No data: check the interval and the filter of the query."
    }
}
