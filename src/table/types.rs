//! The types of columns, for formats that have types.

use std::collections::BTreeMap;

use crate::json::number::Decimal;
use crate::model::stat::{Merge, Stat};

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    Text,
    /// 64 bits.
    Integer,
    /// 38 digits, so many of them behind the point.
    Decimal(u8),
    /// A double: figures that are quotients, and what no decimal holds exactly.
    Float,
    /// An instant, in milliseconds.
    Instant,
}

impl Type {
    /// The sentence about a value that a column of this type cannot hold.
    pub fn misfit(self, column: &str, value: &str) -> String {
        const MOST: usize = 60;
        let is = match self {
            Self::Text => "is text".to_owned(),
            Self::Integer => "is an integer of 64 bits".to_owned(),
            Self::Decimal(0) => format!("is an integer of {PRECISION} digits"),
            Self::Decimal(scale) => {
                format!("is a decimal of {PRECISION} digits, {scale} of them after the point")
            }
            Self::Float => "is a 64-bit floating-point number".to_owned(),
            Self::Instant => "is a time".to_owned(),
        };
        let shown: String = value.chars().take(MOST).collect();
        let more = if value.chars().nth(MOST).is_some() {
            "…"
        } else {
            ""
        };
        format!("column `{column}` {is}; {shown}{more} does not fit")
    }
}

/// The digits of a 128-bit decimal.
pub const PRECISION: u8 = 38;

/// Digits behind the point of durations in tables whose types do not depend on the data.
const STABLE_SCALE: u8 = 18;

/// The properties of those figures of a column that are not whole numbers of at most 18 digits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Numbers {
    /// The most digits before and behind the point.
    whole: u8,
    scale: u8,
    /// One is beyond exact decimals.
    is_beyond: bool,
    /// One is no number, such as `0:02:30`.
    is_text: bool,
}

impl Numbers {
    /// Adds a figure.
    pub fn add(&mut self, literal: &str) {
        match Decimal::parse(literal) {
            Some(decimal) => {
                let (whole, scale) = decimal.digits();
                self.whole = self.whole.max(whole);
                self.scale = self.scale.max(scale);
            }
            None => self.is_beyond = true,
        }
    }

    /// Adds a value that is no number.
    pub fn add_text(&mut self) {
        self.is_text = true;
    }

    /// The types that the figures of both need.
    pub fn merge(&mut self, other: Self) {
        self.whole = self.whole.max(other.whole);
        self.scale = self.scale.max(other.scale);
        self.is_beyond |= other.is_beyond;
        self.is_text |= other.is_text;
    }

    /// The narrowest type that holds all of them exactly, or else doubles.
    fn exact(self) -> Type {
        if self.is_text {
            return Type::Text;
        }
        // A whole number may have 18 digits without having been looked at.
        let whole = self.whole.max(18);
        if self.is_beyond || whole + self.scale > PRECISION {
            Type::Float
        } else if self.scale == 0 && whole == 18 {
            Type::Integer
        } else {
            Type::Decimal(self.scale)
        }
    }

    /// The type of a column of a statistic; of one that the API does not have, for `None`. Where
    /// it `is_stable` it does not depend on the data.
    pub fn of_stat(self, stat: Option<Stat>, is_stable: bool) -> Type {
        let Some(stat) = stat else {
            return Type::Text;
        };
        let (counts, measures) = (stat.merge() == Merge::Add, stat.has_unit());
        match (is_stable, self.is_text) {
            (_, true) => Type::Text,
            (true, false) if measures => Type::Decimal(STABLE_SCALE),
            (true, false) if counts => Type::Integer,
            (false, false) if measures || counts => self.exact(),
            _ => Type::Float,
        }
    }

    /// The type of a column of measured values.
    pub fn of_value(self, is_stable: bool) -> Type {
        self.of_stat(Some(Stat::Sum), is_stable)
    }
}

/// The needs of some statistics, of those that need more than whole numbers.
pub type StatNumbers = BTreeMap<Stat, Numbers>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_decide_the_narrowest_exact_type() {
        let decided = |literals: &[&str]| {
            let mut numbers = Numbers::default();
            literals.iter().for_each(|literal| numbers.add(literal));
            numbers.of_stat(Some(Stat::Sum), false)
        };
        assert_eq!(decided(&["4864058.0", "1e3"]), Type::Integer);
        assert_eq!(decided(&["0.25", "1.5"]), Type::Decimal(2));
        assert_eq!(decided(&["12345678901234567890"]), Type::Decimal(0));
        assert_eq!(decided(&["1e-25"]), Type::Float);
        assert_eq!(decided(&["1e99"]), Type::Float);
        let mut clock = Numbers::default();
        clock.add_text();
        assert_eq!(clock.of_stat(Some(Stat::Sum), true), Type::Text);
    }

    #[test]
    fn stable_types_are_those_of_the_statistic() {
        let mut numbers = Numbers::default();
        numbers.add("0.5");
        for (stat, stable, present) in [
            (Stat::Count, Type::Integer, Type::Decimal(1)),
            (Stat::Sum, Type::Decimal(18), Type::Decimal(1)),
            (Stat::Ratio, Type::Float, Type::Float),
            (Stat::Denominator, Type::Integer, Type::Decimal(1)),
            (Stat::Current, Type::Float, Type::Float),
            (Stat::P95, Type::Decimal(18), Type::Decimal(1)),
        ] {
            assert_eq!(numbers.of_stat(Some(stat), true), stable, "{stat:?}");
            assert_eq!(numbers.of_stat(Some(stat), false), present, "{stat:?}");
        }
        assert_eq!(numbers.of_stat(None, false), Type::Text);
    }
}
