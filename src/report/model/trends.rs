//! The volume of rows by day: their sparklines.

use std::collections::HashMap;

use chrono_tz::Tz;

use crate::aggregate::Aggregate;

use super::axis::TimeAxis;

/// The counts that are kept by day: the second one where a table has no offered interactions.
pub const COUNTED: &[&str] = &["nOffered", "tHandle"];

/// The most points of a sparkline.
const MOST: usize = 100;

/// The volume by day of each row, by the values of its dimensions.
#[derive(Debug, Default)]
pub struct Trends {
    values: HashMap<Vec<(String, String)>, Vec<Option<f64>>>,
}

impl Trends {
    /// The trends of rows with these dimensions, from counts by day.
    pub fn new(daily: &Aggregate, dimensions: &[String], zone: Tz) -> Self {
        let axis = TimeAxis::calendar(&daily.periods(), zone);
        let axis = axis.filter(|axis| (2..=MOST).contains(&axis.points.len()));
        let (mut trends, Some(axis)) = (Self::default(), axis) else {
            return Self::default();
        };
        let has_rows = |metric: &&&str| daily.iter().any(|group| group.plain(metric).is_some());
        let Some(metric) = COUNTED.iter().find(has_rows) else {
            return trends;
        };
        for group in daily.iter() {
            let own = group.dimensions().into_iter();
            let own = own.filter(|(name, value)| {
                !value.is_empty() && dimensions.iter().any(|it| it == name)
            });
            let key: Vec<(String, String)> = own
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect();
            let count = group.plain(metric).and_then(|total| total.count());
            let point = group.period().and_then(|span| axis.point(span));
            if let (Some(count), Some(point), false) = (count, point, key.is_empty()) {
                let values = trends
                    .values
                    .entry(key)
                    .or_insert_with(|| vec![None; axis.points.len()]);
                if let Some(value) = values.get_mut(point) {
                    *value = Some(value.unwrap_or_default() + count.approximate());
                }
            }
        }
        trends
    }

    /// Number of points of each trend; 0 without any.
    pub fn points(&self) -> usize {
        self.values.values().next().map_or(0, Vec::len)
    }

    /// The trend of the row with these values.
    pub fn of(&self, key: &[(String, String)]) -> Option<&[Option<f64>]> {
        self.values.get(key).map(Vec::as_slice)
    }
}
