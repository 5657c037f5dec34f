//! Durations in the unit that was asked for, by exact decimal arithmetic.

use std::borrow::Cow;

use crate::json::number::Decimal;
use crate::model::catalog::formula::Quotient;
use crate::model::stat::Stat;

use super::Cell;

/// A unit of time to write durations in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DurationUnit {
    /// Milliseconds.
    Milliseconds,
    /// Seconds.
    Seconds,
    /// Minutes, to six places.
    Minutes,
    /// Hours, to six places.
    Hours,
    /// `h:mm:ss`, rounded half to even to whole seconds.
    Clock,
    /// `h:mm:ss`, with decimals where there are some.
    ExactClock,
}

/// Decimals of a unit whose division does not end.
const PLACES: u32 = 6;

/// The cell of one statistic's literal, in the unit that was asked for.
pub fn figure<'a>(
    unit: Option<DurationUnit>,
    timer: bool,
    stat: Stat,
    literal: &'a str,
) -> Cell<'a> {
    if let (Some(unit), true) = (unit, timer)
        && stat.has_unit()
        && let Some(cell) = unit.convert(literal, 1)
    {
        return cell;
    }
    Cell::Number(Cow::Borrowed(literal))
}

impl DurationUnit {
    /// The name in a `unit` column.
    pub fn name(self) -> &'static str {
        match self {
            Self::Milliseconds => "ms",
            Self::Seconds => "s",
            Self::Minutes => "min",
            Self::Hours => "h",
            Self::Clock | Self::ExactClock => "h:mm:ss",
        }
    }

    /// Returns true if it is written as `h:mm:ss`, which is no number.
    pub fn is_clock(self) -> bool {
        matches!(self, Self::Clock | Self::ExactClock)
    }

    /// Milliseconds per unit; clocks count seconds.
    pub(super) fn size(self) -> i64 {
        match self {
            Self::Milliseconds => 1,
            Self::Seconds | Self::Clock | Self::ExactClock => 1000,
            Self::Minutes => 60_000,
            Self::Hours => 3_600_000,
        }
    }

    /// A result in milliseconds as a clock, rounded half to even: to whole seconds, or to thousandths.
    /// `None` beyond the range of exact arithmetic.
    pub(super) fn clock_of<'a>(self, result: Quotient) -> Option<Cell<'a>> {
        let places = if self == Self::Clock { 0 } else { 3 };
        let seconds = result.rounded(self.size(), places)?;
        Some(Cell::Figure(clock(seconds)))
    }

    /// Converts a literal counted in units of `from` milliseconds; `None` beyond the range of
    /// exact arithmetic.
    pub fn convert<'a>(self, literal: &'a str, from: i64) -> Option<Cell<'a>> {
        if !self.is_clock() && self.size() == from {
            return Some(Cell::Number(Cow::Borrowed(literal)));
        }
        let time = Decimal::parse(literal)?.times(Decimal::from(from))?;
        let converted = match self {
            Self::Milliseconds => time,
            // Thousandths always end.
            Self::Seconds | Self::ExactClock => time.times(Decimal::parse("0.001")?)?,
            Self::Clock => time.divided(Decimal::from(1000), 0)?,
            Self::Minutes | Self::Hours => time.divided(Decimal::from(self.size()), PLACES)?,
        };
        Some(match self {
            Self::Clock | Self::ExactClock => Cell::Figure(clock(converted)),
            _ => Cell::Number(Cow::Owned(converted.to_string())),
        })
    }
}

fn clock(seconds: Decimal) -> String {
    let negative = seconds.is_negative() && !seconds.is_zero();
    let sign = if negative { "-" } else { "" };
    let (whole, rest) = seconds.abs().split();
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    let rest = rest.to_string();
    let decimals = rest.strip_prefix('0').unwrap_or_default();
    format!("{sign}{hours}:{minutes:02}:{seconds:02}{decimals}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(unit: DurationUnit, literal: &str, from: i64) -> String {
        match unit.convert(literal, from) {
            Some(Cell::Number(text)) => text.into_owned(),
            Some(Cell::Figure(text)) => text,
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn converts_exactly() {
        assert_eq!(shown(DurationUnit::Seconds, "70430555", 1), "70430.555");
        assert_eq!(shown(DurationUnit::Seconds, "4864058.0", 1), "4864.058");
        assert_eq!(
            shown(DurationUnit::Milliseconds, "4864058.0", 1),
            "4864058.0"
        );
        assert_eq!(shown(DurationUnit::Minutes, "150", 1000), "2.5");
        assert_eq!(shown(DurationUnit::Hours, "1000", 1), "0.000278");
        assert_eq!(shown(DurationUnit::Milliseconds, "1.5", 1000), "1500");
        assert_eq!(
            shown(DurationUnit::ExactClock, "70430555", 1),
            "19:33:50.555"
        );
        assert_eq!(shown(DurationUnit::ExactClock, "360000000", 1), "100:00:00");
        assert_eq!(shown(DurationUnit::ExactClock, "-1500", 1), "-0:00:01.5");
        assert!(DurationUnit::Seconds.convert("1e400", 1).is_none());
    }

    #[test]
    fn whole_seconds_are_rounded_half_to_even() {
        assert_eq!(shown(DurationUnit::Clock, "70430555", 1), "19:33:51");
        assert_eq!(shown(DurationUnit::Clock, "500", 1), "0:00:00");
        assert_eq!(shown(DurationUnit::Clock, "1500", 1), "0:00:02");
        assert_eq!(shown(DurationUnit::Clock, "2500", 1), "0:00:02");
        assert_eq!(shown(DurationUnit::Clock, "2500.1", 1), "0:00:03");
        assert_eq!(shown(DurationUnit::Clock, "59999.9", 1), "0:01:00");
        assert_eq!(shown(DurationUnit::Clock, "-400", 1), "0:00:00");
        assert_eq!(shown(DurationUnit::Clock, "-1500", 1), "-0:00:02");
        assert_eq!(shown(DurationUnit::Clock, "1.5", 60_000), "0:01:30");
    }
}
