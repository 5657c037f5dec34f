//! Volume by weekday and hour, in local time.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Datelike as _, NaiveDate, Timelike as _};
use chrono_tz::Tz;

use crate::json::number::Decimal;
use crate::model::catalog::figure::FigureUnit;
use crate::model::catalog::formula::Quotient;
use crate::rollup::join::Levels;
use crate::rollup::series;

use super::measure::{Measure, Totals};

/// The days of a week.
pub const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const HOURS: usize = 24;
/// Longer intervals belong to no hour.
const HOUR: i64 = 3_600_000_000_000;

/// Averages per day of a count, by weekday and hour.
#[derive(Debug)]
pub struct Matrix {
    pub measure: Measure,
    /// By weekday, Monday first, and hour.
    pub cells: [[Option<Quotient>; HOURS]; 7],
    /// How many days of each weekday there are.
    pub days: [usize; 7],
}

impl Matrix {
    /// The matrix of intervals; `None` where one is longer than an hour, where they are of a single
    /// day, or where nothing is counted.
    pub(super) fn of(
        series: &series::Series,
        levels: &Levels,
        measures: &[Measure],
        zone: Tz,
    ) -> Option<Self> {
        let mut counts = measures.iter();
        let measure = counts.find(|measure| measure.unit() == FigureUnit::Count)?;
        let intervals = series.intervals();
        let mut places: HashMap<usize, usize> = HashMap::new();
        let mut dates: BTreeSet<NaiveDate> = BTreeSet::new();
        for ((start, end), _, place) in &intervals {
            if end - start > HOUR {
                return None;
            }
            let local = DateTime::from_timestamp_nanos(*start).with_timezone(&zone);
            dates.insert(local.date_naive());
            let weekday = local.weekday().num_days_from_monday() as usize;
            places.insert(*place, weekday * HOURS + local.hour() as usize);
        }
        if dates.len() < 2 {
            return None;
        }
        let mut days = [0; 7];
        for date in &dates {
            if let Some(count) = days.get_mut(date.weekday().num_days_from_monday() as usize) {
                *count += 1;
            }
        }
        let joined = series.joined(
            |place| places.get(&place).copied(),
            |names, metric| levels.keeps(names, metric),
        );
        let mut cells = [[None; HOURS]; 7];
        for group in joined.iter() {
            let Some(point) = series::point_of(group) else {
                continue;
            };
            let (weekday, hour) = (point / HOURS, point % HOURS);
            let count = days.get(weekday).copied().unwrap_or(1) as i64;
            let value = measure.of(&Totals::new(group));
            let value = value.and_then(|value| value.over(Decimal::from(count)));
            if let Some(cell) = cells.get_mut(weekday).and_then(|row| row.get_mut(hour)) {
                *cell = value;
            }
        }
        Some(Self {
            measure: measure.clone(),
            cells,
            days,
        })
    }
}
