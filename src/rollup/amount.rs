//! One merged statistic.

use std::cmp::Ordering;

use crate::json::number::Decimal;
use crate::model::stat::Merge;
use crate::record::Figure;

/// A merged statistic in little room: a million groups have several million of them.
#[derive(Debug, Clone)]
pub enum Amount {
    /// The metric occurs, but without any figure.
    Nothing,
    Whole(i64),
    Exact(Box<Decimal>),
    /// A figure was beyond exact arithmetic, so the merged one is unknown.
    Beyond,
    /// The figures differ, and only equal ones have a merged one.
    Differs,
}

impl Amount {
    /// The amount of one figure.
    #[inline]
    pub fn of(figure: &Figure<'_>) -> Self {
        match figure.whole() {
            Some(whole) => Self::Whole(whole),
            None => figure.decimal().map_or(Self::Beyond, Self::from),
        }
    }

    /// Whether there was any figure.
    pub fn occurs(&self) -> bool {
        !matches!(self, Self::Nothing)
    }

    /// Its exact value, where there is one.
    pub fn value(&self) -> Option<Decimal> {
        match self {
            Self::Whole(whole) => Some(Decimal::from(*whole)),
            Self::Exact(decimal) => Some(**decimal),
            Self::Nothing | Self::Beyond | Self::Differs => None,
        }
    }

    /// Whether another amount is the same.
    pub fn is(&self, other: &Self) -> bool {
        match (self.value(), other.value()) {
            (Some(a), Some(b)) => a.compare(b) == Some(Ordering::Equal),
            (a, b) => a.is_none() && b.is_none(),
        }
    }

    /// Merges another amount of the same statistic into it.
    #[inline]
    pub fn merge(&mut self, other: Self, how: Merge) {
        if let (Self::Whole(a), Self::Whole(b)) = (&mut *self, &other) {
            match how {
                Merge::Add => {
                    if let Some(sum) = a.checked_add(*b) {
                        *a = sum;
                        return;
                    }
                }
                Merge::Least => return *a = *b.min(a),
                Merge::Greatest => return *a = *b.max(a),
                Merge::Equal if a == b => return,
                Merge::Equal | Merge::Quotient | Merge::Never => return *self = Self::Differs,
            }
        }
        *self = self.merged(other, how);
    }

    #[cold]
    fn merged(&self, other: Self, how: Merge) -> Self {
        let (Some(a), Some(b)) = (self.value(), other.value()) else {
            return match (self, &other) {
                (Self::Nothing, _) => other,
                (_, Self::Nothing) => self.clone(),
                (Self::Beyond, _) | (_, Self::Beyond) => Self::Beyond,
                _ => Self::Differs,
            };
        };
        let order = a.compare(b);
        let picked = match (how, order) {
            (Merge::Add, _) => a.plus(b),
            (Merge::Equal, Some(Ordering::Equal)) => Some(a),
            (Merge::Least, Some(order)) => Some(if order.is_gt() { b } else { a }),
            (Merge::Greatest, Some(order)) => Some(if order.is_lt() { b } else { a }),
            (Merge::Least | Merge::Greatest, None) => None,
            (Merge::Equal | Merge::Quotient | Merge::Never, _) => return Self::Differs,
        };
        picked.map_or(Self::Beyond, Self::from)
    }
}

impl From<Decimal> for Amount {
    fn from(decimal: Decimal) -> Self {
        match decimal.whole() {
            Some(whole) => Self::Whole(whole),
            None => Self::Exact(Box::new(decimal)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(literal: &str) -> Amount {
        Decimal::parse(literal).map_or(Amount::Beyond, Amount::from)
    }

    fn merged(literals: &[&str], how: Merge) -> String {
        let mut all = literals.iter().map(|literal| amount(literal));
        let mut sum = all.next().unwrap();
        all.for_each(|other| sum.merge(other, how));
        match sum {
            Amount::Beyond => "beyond".to_owned(),
            Amount::Differs => "differs".to_owned(),
            sum => sum.value().unwrap().to_string(),
        }
    }

    #[test]
    fn amounts_merge_exactly_in_any_order() {
        let max = i64::MAX.to_string();
        for (how, literals, expected) in [
            (Merge::Add, vec!["1", "2.5", "0.5"], "4"),
            (Merge::Add, vec![&max, "1", "-1"], &*max),
            (Merge::Add, vec!["1", "1e40"], "beyond"),
            (Merge::Least, vec!["2", "1.5", "3"], "1.5"),
            (Merge::Greatest, vec!["2", "1.5", "3"], "3"),
            (Merge::Equal, vec!["0.8", "0.80"], "0.8"),
            (Merge::Equal, vec!["0.8", "1", "0.8"], "differs"),
            (Merge::Quotient, vec!["1", "1"], "differs"),
            (Merge::Never, vec!["2.5", "2.5"], "differs"),
        ] {
            assert_eq!(merged(&literals, how), expected, "{literals:?}");
            let reversed: Vec<&str> = literals.iter().rev().copied().collect();
            assert_eq!(merged(&reversed, how), expected, "{reversed:?}");
        }
        assert_eq!(size_of::<Amount>(), 16);
    }
}
