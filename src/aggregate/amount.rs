//! One merged statistic.

use bigdecimal::BigDecimal;

use crate::json::number::Decimal;
use crate::model::stat::Merge;
use crate::record::{Figure, Scalar, View};

/// A value that is merged into an amount.
pub trait Addend {
    /// Merges it into the amount of the same statistic.
    fn add_to(self, amount: &mut Amount, how: Merge);

    /// The value as an amount.
    fn into_amount(self) -> Amount;
}

impl Addend for Amount {
    fn add_to(self, amount: &mut Amount, how: Merge) {
        amount.merge(self, how);
    }

    fn into_amount(self) -> Amount {
        self
    }
}

/// A figure of an entry; `None` if the entry has no count.
impl Addend for Option<Figure<'_>> {
    #[inline]
    fn add_to(self, amount: &mut Amount, how: Merge) {
        let Some(figure) = self else {
            return;
        };
        if let (Amount::Whole(known), Some(whole)) = (&mut *amount, figure.whole())
            && merge_whole(known, whole, how)
        {
            return;
        }
        amount.merge(Amount::of(&figure), how);
    }

    #[inline]
    fn into_amount(self) -> Amount {
        self.map_or(Amount::Nothing, |figure| Amount::of(&figure))
    }
}

/// Merges a whole number. Returns false if the result is no whole number of 64 bits.
#[inline]
fn merge_whole(known: &mut i64, whole: i64, how: Merge) -> bool {
    match how {
        Merge::Add => match known.checked_add(whole) {
            Some(sum) => *known = sum,
            None => return false,
        },
        Merge::Least => *known = whole.min(*known),
        Merge::Greatest => *known = whole.max(*known),
        Merge::Equal => return *known == whole,
        Merge::Quotient | Merge::Never => return false,
    }
    true
}

/// A merged statistic in little room: a million groups have several million of them.
#[derive(Debug, Clone)]
pub enum Amount {
    /// The metric occurs, but without any figure.
    Nothing,
    Whole(i64),
    /// The digits and the scale of a decimal.
    Short(i64, u8),
    Exact(Box<Decimal>),
    /// A number with more digits than a [`Decimal`] can have.
    Large(Box<BigDecimal>),
    /// A figure was beyond exact arithmetic, so the merged one is unknown.
    Beyond,
    /// Several figures that have no merged value.
    Differs,
    /// JSON that is not a number: a statistic that the API did not have when this was built.
    #[expect(clippy::box_collection, reason = "amounts are small")]
    Other(Box<String>),
}

/// The longest literal, and the largest exponent, of which the exact value is kept. Measured figures
/// are far below; a figure beyond is named and left out.
const LONGEST: usize = 4096;

/// The exact value of a literal that is no [`Decimal`].
fn large(literal: &str) -> Option<BigDecimal> {
    let exponent = literal
        .find(['e', 'E'])
        .map_or("0", |at| &literal[at + 1..]);
    let exponent: i64 = exponent.parse().ok()?;
    if literal.len() > LONGEST || exponent.unsigned_abs() > LONGEST as u64 {
        return None;
    }
    literal.parse().ok()
}

impl Amount {
    /// The amount of one figure.
    #[inline]
    pub fn of(figure: &Figure<'_>) -> Self {
        match figure.whole() {
            Some(whole) => Self::Whole(whole),
            None => match figure.decimal() {
                Some(decimal) => Self::from(decimal),
                None => large(figure.literal()).map_or(Self::Beyond, Self::from),
            },
        }
    }

    /// The value of a statistic that the API did not have when this was built, if it has any.
    pub fn of_scalar(view: View<'_>, value: Scalar) -> Option<Self> {
        Some(match value {
            Scalar::Number(literal) => {
                let literal = view.str(literal);
                match Decimal::parse(literal) {
                    Some(decimal) => Self::from(decimal),
                    None => large(literal).map_or(Self::Beyond, Self::from),
                }
            }
            Scalar::Text(text) => {
                let json = serde_json::Value::from(view.str(text)).to_string();
                Self::Other(Box::new(json))
            }
            Scalar::Bool(value) => Self::Other(Box::new(value.to_string())),
            Scalar::Absent | Scalar::Null => return None,
        })
    }

    /// Its exact value as JSON, where there is one.
    pub fn digits(&self) -> Option<String> {
        match self {
            Self::Whole(whole) => Some(whole.to_string()),
            Self::Other(text) => Some(text.to_string()),
            Self::Large(large) => Some(large.normalized().to_plain_string()),
            other => other.value().map(|value| value.to_string()),
        }
    }

    /// Appends its exact value as JSON; returns false where there is none.
    pub fn write(&self, out: &mut Vec<u8>) -> bool {
        if let Self::Whole(whole) = self {
            write_whole(*whole, out);
            return true;
        }
        let digits = self.digits();
        out.extend_from_slice(digits.as_deref().unwrap_or_default().as_bytes());
        digits.is_some()
    }

    /// Its exact value, however large.
    fn large(&self) -> Option<BigDecimal> {
        match self {
            Self::Large(large) => Some((**large).clone()),
            Self::Other(_) => None,
            other => other.digits()?.parse().ok(),
        }
    }

    /// Returns true if there was any figure.
    pub fn occurs(&self) -> bool {
        !matches!(self, Self::Nothing)
    }

    /// Returns true if there was a figure, and not zero.
    pub fn is_something(&self) -> bool {
        !matches!(self, Self::Nothing | Self::Whole(0))
    }

    /// Its exact value, where there is one.
    pub fn value(&self) -> Option<Decimal> {
        match self {
            Self::Whole(whole) => Some(Decimal::from(*whole)),
            Self::Short(digits, scale) => Some(Decimal::of(*digits, *scale)),
            Self::Exact(decimal) => Some(**decimal),
            Self::Large(_) | Self::Nothing | Self::Beyond | Self::Differs | Self::Other(_) => None,
        }
    }

    /// Merges another amount of the same statistic into it.
    pub fn merge(&mut self, other: Self, how: Merge) {
        let is_done = match (&mut *self, &other) {
            (_, Self::Nothing) => true,
            (Self::Whole(known), Self::Whole(whole)) => merge_whole(known, *whole, how),
            _ => false,
        };
        if !is_done {
            *self = self.merged(other, how);
        }
    }

    #[cold]
    fn merged(&self, other: Self, how: Merge) -> Self {
        if let (Some(a), Some(b)) = (self.value(), other.value())
            && let Some(order) = a.compare(b)
        {
            let picked = match how {
                Merge::Add => a.plus(b),
                Merge::Equal if order.is_eq() => Some(a),
                Merge::Least => Some(if order.is_gt() { b } else { a }),
                Merge::Greatest => Some(if order.is_lt() { b } else { a }),
                Merge::Equal | Merge::Quotient | Merge::Never => return Self::Differs,
            };
            if let Some(picked) = picked {
                return Self::from(picked);
            }
        }
        match (self, &other) {
            (Self::Nothing, _) => return other,
            (Self::Beyond, _) | (_, Self::Beyond) => return Self::Beyond,
            (Self::Differs | Self::Other(_), _) | (_, Self::Differs | Self::Other(_)) => {
                return Self::Differs;
            }
            _ => {}
        }
        match (self.large(), other.large(), how) {
            (Some(a), Some(b), Merge::Add) => Self::from(a + b),
            (Some(a), Some(b), Merge::Least) => Self::from(a.min(b)),
            (Some(a), Some(b), Merge::Greatest) => Self::from(a.max(b)),
            (Some(a), Some(b), Merge::Equal) if a == b => Self::from(a),
            (Some(_), Some(_), _) => Self::Differs,
            _ => Self::Beyond,
        }
    }
}

/// Appends the digits of a whole number.
fn write_whole(whole: i64, out: &mut Vec<u8>) {
    // The longest are those of `i64::MIN`.
    let mut digits = [0; 20];
    let mut start = digits.len();
    let mut left = whole.unsigned_abs();
    for (at, digit) in digits.iter_mut().enumerate().rev() {
        *digit = b'0' + (left % 10) as u8;
        start = at;
        left /= 10;
        if left == 0 {
            break;
        }
    }
    if whole < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(&digits[start..]);
}

impl From<BigDecimal> for Amount {
    /// The smallest form, so that equal amounts are the same however they came about.
    fn from(large: BigDecimal) -> Self {
        match Decimal::parse(&large.normalized().to_plain_string()) {
            Some(decimal) => Self::from(decimal),
            None => Self::Large(Box::new(large)),
        }
    }
}

impl From<Decimal> for Amount {
    fn from(decimal: Decimal) -> Self {
        match (decimal.whole(), decimal.short()) {
            (Some(whole), _) => Self::Whole(whole),
            (None, Some((digits, scale))) => Self::Short(digits, scale),
            (None, None) => Self::Exact(Box::new(decimal)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(literal: &str) -> Amount {
        match Decimal::parse(literal) {
            Some(decimal) => Amount::from(decimal),
            None => large(literal).map_or(Amount::Beyond, Amount::from),
        }
    }

    fn merged(literals: &[&str], how: Merge) -> String {
        let mut all = literals.iter().map(|literal| amount(literal));
        let mut sum = all.next().unwrap();
        all.for_each(|other| sum.merge(other, how));
        match sum {
            Amount::Beyond => "beyond".to_owned(),
            Amount::Differs => "differs".to_owned(),
            sum => sum.digits().unwrap(),
        }
    }

    #[test]
    fn whole_numbers_are_written_as_the_library_does() {
        let powers = (0..19).map(|power| 10_i64.pow(power));
        let near = powers.flat_map(|it| [it - 1, it, it + 1]);
        for whole in near.chain([i64::MAX, i64::MIN]) {
            for whole in [whole, whole.wrapping_neg()] {
                let mut out = Vec::new();
                assert!(Amount::Whole(whole).write(&mut out));
                assert_eq!(out, whole.to_string().into_bytes());
            }
        }
    }

    #[test]
    fn amounts_merge_exactly_in_any_order() {
        let max = i64::MAX.to_string();
        for (how, literals, expected) in [
            (Merge::Add, vec!["1", "2.5", "0.5"], "4"),
            (Merge::Add, vec![&max, "1", "-1"], &*max),
            (Merge::Add, vec!["1", "1e4097"], "beyond"),
            (
                Merge::Add,
                vec!["1", "1e40", "0.5"],
                "10000000000000000000000000000000000000001.5",
            ),
            (Merge::Add, vec!["1e40", "7", "-1e40"], "7"),
            (
                Merge::Add,
                vec!["99999999999999999999999999999999999999", "1"],
                "100000000000000000000000000000000000000",
            ),
            (Merge::Least, vec!["1e-40", "0", "1e40"], "0"),
            (Merge::Greatest, vec!["2", "1e-40"], "2"),
            (
                Merge::Equal,
                vec!["1e40", "10e39"],
                &*format!("1{}", "0".repeat(40)),
            ),
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
