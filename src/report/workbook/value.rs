//! The values of cells.

use chrono::{NaiveDateTime, Timelike as _};

use crate::json::number::Decimal;
use crate::model::catalog::figure::FigureUnit;
use crate::model::catalog::formula::Quotient;
use crate::report::column::Column;
use crate::report::model::cell::{Cell, Change};
use crate::report::model::measure::HandleParts;
use crate::report::words;

/// The largest double up to which every whole number is exact.
const EXACT: f64 = 9_007_199_254_740_992.0;
/// The widest that a column is, in characters.
pub const WIDEST: usize = 40;
/// Seconds of a day.
const DAY: f64 = 86_400.0;
/// From 1900-03-01 on, days have the numbers that all programs agree on.
const FIRST_DAY: f64 = 61.0;

/// A value of a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Empty,
    Text(String),
    Count(f64),
    Share(f64),
    /// A share as a target.
    Target(f64),
    /// Days.
    Time(f64),
    Points(f64),
    /// Days since 1899-12-30.
    Date(f64),
    Hour(f64),
    /// A change as a share.
    RelativeChange(f64),
    /// In percentage points, or in points.
    PointChange(f64),
    SecondChange(f64),
}

/// Milliseconds as whole seconds: some programs cut a time off where others round it.
fn seconds(milliseconds: f64) -> f64 {
    (milliseconds / 1000.0 + 0.5).floor()
}

impl Value {
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A value of a text: a count or a time as a number.
    pub fn read(text: &str) -> Self {
        let parts = text
            .split(':')
            .map(|part| match part.bytes().all(|it| it.is_ascii_digit()) {
                true => part.parse::<f64>().ok(),
                false => None,
            });
        let seconds = parts
            .clone()
            .try_fold(0.0, |sum, part| Some(sum * 60.0 + part?));
        match (seconds.filter(|it| *it <= EXACT), parts.count()) {
            (Some(count), 1) => Self::Count(count),
            (Some(seconds), 2 | 3) => Self::Time(seconds / DAY),
            _ if text == words::ABSENT => Self::Empty,
            _ => Self::text(text),
        }
    }

    /// A figure; as text where a workbook cannot have its value.
    pub fn of(unit: FigureUnit, value: Option<Quotient>) -> Self {
        let Some(quotient) = value else {
            return Self::Empty;
        };
        let number = quotient.approximate();
        match unit {
            _ if !number.is_finite() => Self::Text(words::shown(unit, value)),
            FigureUnit::Count if number.abs() > EXACT => Self::Text(words::shown(unit, value)),
            FigureUnit::Time if number < 0.0 => Self::Text(words::shown(unit, value)),
            FigureUnit::Count => Self::Count(number),
            FigureUnit::Share => Self::Share(number),
            FigureUnit::Time => Self::Time(seconds(number) / DAY),
            FigureUnit::Points => Self::Points(number),
        }
    }

    /// The value of a column in a row.
    pub fn in_column(column: &Column, cells: &[Cell], parts: &HandleParts) -> Self {
        let cell = |at: usize| cells.get(at).copied().unwrap_or_default();
        match column {
            Column::Figure(measure, at) => Self::of(measure.unit(), cell(*at).value),
            Column::Target(at) => Self::target(&cell(*at)),
            Column::Part(part) => {
                let part = parts.list().get(*part).copied().flatten();
                Self::of(FigureUnit::Time, part)
            }
            Column::Before(measure, at) => {
                let before = cell(*at).change.and_then(|it| it.before);
                Self::of(measure.unit(), before)
            }
            Column::SameDays(measure, at) => {
                let change = cell(*at).change.filter(|it| it.absolute.is_some());
                Self::of(measure.unit(), change.and_then(|it| it.now))
            }
            Column::Change(measure, at) => Self::change(measure.unit(), cell(*at).change.as_ref()),
        }
    }

    /// The target of a figure.
    pub fn target(cell: &Cell) -> Self {
        let target = cell.target.map(Quotient::approximate);
        target.map_or(Self::Empty, Self::Target)
    }

    /// A change: of counts in per cent, of shares in percentage points, of times in seconds. It is
    /// rounded as it is shown, so that no zero has a sign.
    pub fn change(unit: FigureUnit, change: Option<&Change>) -> Self {
        let percent = |share: Decimal| {
            let percent = share.times(Decimal::from(100))?;
            let shown = percent.divided_as_shown(Decimal::from(1), 1)?;
            Some((shown.approximate() + 0.0) / 100.0)
        };
        let Some(change) = change.filter(|it| it.before.is_some()) else {
            return Self::Empty;
        };
        let absolute = change.shown(unit).map(|it| it.approximate() + 0.0);
        let value = match unit {
            FigureUnit::Count => change.relative.and_then(percent).map(Self::RelativeChange),
            FigureUnit::Share | FigureUnit::Points => absolute.map(Self::PointChange),
            FigureUnit::Time => absolute.map(Self::SecondChange),
        };
        value.unwrap_or(Self::Empty)
    }

    /// A time of the clock: a date where all are at midnight.
    pub fn date(time: NaiveDateTime, is_date: bool) -> Self {
        // 25,569 days are between 1899-12-30 and 1970-01-01.
        let days = time.and_utc().timestamp() as f64 / 86_400.0 + 25_569.0;
        match days {
            _ if !(FIRST_DAY..2_958_466.0).contains(&days) => {
                Self::Text(time.format("%Y-%m-%d %H:%M").to_string())
            }
            _ if is_date && time.num_seconds_from_midnight() == 0 => Self::Date(days),
            _ => Self::Hour(days),
        }
    }

    /// About how many characters it takes.
    pub fn width(&self) -> usize {
        match self {
            Self::Empty => 0,
            Self::Text(text) => text.chars().take(WIDEST).count(),
            Self::Count(value) => {
                let digits = value.abs().max(1.0).log10() as usize + 1;
                digits + digits / 3
            }
            Self::Time(days) if *days * 24.0 >= 100.0 => 10,
            Self::Date(_) => 15,
            Self::Hour(_) => 20,
            _ => 8,
        }
    }
}
