//! The options of a report.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::model::period::Period;
use crate::table::EntityNames;

/// The options of a report.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The dimensions of the rows, one set for each table; those of the inputs for `None`.
    pub by: Option<Vec<Vec<String>>>,
    /// The maximum number of rows; the other rows are joined to one.
    pub top: Option<usize>,
    /// The figure that rows are sorted by, or `name`.
    pub sort: Option<String>,
    /// The time zone of everything that is printed.
    pub zone: Tz,
    /// The time of the report: intervals that end later are incomplete.
    pub now: DateTime<Utc>,
    /// The length of points in charts and of rows over time; `None` chooses it by the data.
    pub every: Option<Period>,
    /// The title, in place of "Report".
    pub title: Option<String>,
    /// The maximum number of points of a series.
    pub points: usize,
    /// The names of ids.
    pub names: EntityNames,
}

impl Wanted {
    /// The dimensions of each table.
    pub fn tables(&self) -> Vec<Option<&[String]>> {
        match &self.by {
            None => vec![None],
            Some(all) => all.iter().map(|by| Some(by.as_slice())).collect(),
        }
    }
}
