//! What is asked of a report.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::model::period::Period;
use crate::table::EntityNames;

/// What is asked of a report.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The dimensions of the rows; those of the inputs for `None`.
    pub by: Option<Vec<String>>,
    /// How many rows there are at the most, before the others are joined to one.
    pub top: Option<usize>,
    /// The figure that rows are sorted by, or `name`.
    pub sort: Option<String>,
    /// The time zone of everything that is printed.
    pub zone: Tz,
    /// The time of the report: intervals that end later are incomplete.
    pub now: DateTime<Utc>,
    /// How long the points of charts and the rows over time are; chosen by the data for `None`.
    pub every: Option<Period>,
    /// The title, in place of "Report".
    pub title: Option<String>,
    /// How many points a series has at the most.
    pub points: usize,
    /// The names of ids.
    pub names: EntityNames,
}
