//! Numbers as they stood, and exact decimal arithmetic for the conversions that are asked for.

use std::cmp::Ordering;
use std::fmt;

use bigdecimal::num_bigint::BigInt;

use super::magnitude::Magnitude;

/// An exact decimal: `digits · 10^-scale`.
#[derive(Debug, Clone, Copy)]
pub struct Decimal {
    digits: i128,
    scale: u32,
}

/// Returns true if a literal is digits, perhaps behind a minus.
pub fn is_plain(literal: &str) -> bool {
    let digits = literal.strip_prefix('-').unwrap_or(literal);
    digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Any number of so many digits is what its double reads back as.
const EXACT_DIGITS: usize = 15;

/// The double nearest to a literal, and whether it reads back as the same number. `None` where it is
/// beyond the range of doubles.
pub fn double(literal: &str) -> Option<(f64, bool)> {
    let double: f64 = literal.parse().ok()?;
    if !double.is_finite() {
        return None;
    }
    let is_plain = !literal.contains(['e', 'E']);
    let is_exact = is_plain && (literal.len() <= EXACT_DIGITS || literal == double.to_string())
        || Magnitude::parse(literal) == Magnitude::parse(&format!("{double:e}"));
    Some((double, is_exact))
}

/// Beyond this many places left or right of the point a literal is no measured figure.
const LIMIT: i64 = 30;

impl Decimal {
    /// Reads a JSON number literal; `None` where it has more than about 36 significant digits or
    /// lies beyond 10^±30.
    pub fn parse(literal: &str) -> Option<Self> {
        let (negative, rest) = match literal.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, literal),
        };
        let (mantissa, exponent) = match rest.find(['e', 'E']) {
            Some(at) => (&rest[..at], rest[at + 1..].parse::<i64>().ok()?),
            None => (rest, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let fraction = fraction.trim_end_matches('0');
        let mut digits: i128 = 0;
        for digit in whole.bytes().chain(fraction.bytes()) {
            digits = digits
                .checked_mul(10)?
                .checked_add(i128::from(digit - b'0'))?;
        }
        if negative {
            digits = -digits;
        }
        if digits == 0 {
            return Some(Self::from(0));
        }
        let scale = i64::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
        if scale.abs() > LIMIT {
            return None;
        }
        if scale < 0 {
            let factor = 10_i128.checked_pow(u32::try_from(-scale).ok()?)?;
            return Some(Self {
                digits: digits.checked_mul(factor)?,
                scale: 0,
            });
        }
        Some(Self {
            digits,
            scale: u32::try_from(scale).ok()?,
        })
    }

    /// Returns true if a literal with a point or an exponent is a whole number (`4.0`, `2.5e3`),
    /// whatever its size.
    pub fn is_whole(literal: &str) -> bool {
        let rest = literal.trim_start_matches('-');
        let (mantissa, exponent) = match rest.find(['e', 'E']) {
            Some(at) => {
                let text = &rest[at + 1..];
                let exponent = text.parse::<i64>().unwrap_or(if text.starts_with('-') {
                    i64::MIN / 2
                } else {
                    i64::MAX / 2
                });
                (&rest[..at], exponent)
            }
            None => (rest, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let fraction = fraction.trim_end_matches('0');
        if fraction.is_empty() && whole.trim_matches('0').is_empty() {
            return true;
        }
        if !fraction.is_empty() {
            return exponent >= fraction.len() as i64;
        }
        let zeros = whole.len() - whole.trim_end_matches('0').len();
        exponent + zeros as i64 >= 0
    }

    /// The sum, `None` beyond the range.
    pub fn plus(self, other: Self) -> Option<Self> {
        let (a, b, scale) = self.aligned(other)?;
        Some(Self {
            digits: a.checked_add(b)?,
            scale,
        })
    }

    /// The product, `None` beyond the range.
    pub fn times(self, other: Self) -> Option<Self> {
        Some(Self {
            digits: self.digits.checked_mul(other.digits)?,
            scale: self.scale + other.scale,
        })
    }

    /// The quotient rounded half to even to `places` decimals, or to fewer if it has too many digits;
    /// `None` for a zero divisor or beyond the range.
    pub fn divided(self, divisor: Self, places: u32) -> Option<Self> {
        self.quotient(divisor, places, false)
    }

    /// Does the same as [`Decimal::divided`], but rounds half away from zero, as spreadsheets show numbers.
    pub fn divided_as_shown(self, divisor: Self, places: u32) -> Option<Self> {
        self.quotient(divisor, places, true)
    }

    fn quotient(self, divisor: Self, places: u32, half_away: bool) -> Option<Self> {
        if divisor.is_zero() {
            return None;
        }
        let small = self.divided_fast(divisor, places, half_away);
        small.or_else(|| {
            let mut fewer = (0..=places).rev();
            fewer.find_map(|places| self.divided_large(divisor, places, half_away))
        })
    }

    /// Does the same where the steps between have as many digits as they need.
    #[cold]
    fn divided_large(self, divisor: Self, places: u32, half_away: bool) -> Option<Self> {
        let up = places + divisor.scale;
        let ten = |power| BigInt::from(10).pow(power);
        let numerator = BigInt::from(self.digits) * ten(up.saturating_sub(self.scale));
        let denominator = BigInt::from(divisor.digits) * ten(self.scale.saturating_sub(up));
        let (quotient, remainder) = (&numerator / &denominator, &numerator % &denominator);
        let twice = remainder.magnitude() * 2_u32;
        let away = match twice.cmp(denominator.magnitude()) {
            Ordering::Less => false,
            Ordering::Equal => half_away || quotient.bit(0),
            Ordering::Greater => true,
        };
        let is_negative = self.is_negative() != divisor.is_negative();
        let step = i128::from(away) * if is_negative { -1 } else { 1 };
        Some(Self {
            digits: i128::try_from(quotient).ok()?.checked_add(step)?,
            scale: places,
        })
    }

    /// Does the same as [`Decimal::divided`], within 128 bits.
    fn divided_fast(self, divisor: Self, places: u32, half_away: bool) -> Option<Self> {
        let up = places + divisor.scale;
        let (mut numerator, mut denominator) = (self.digits, divisor.digits);
        if up >= self.scale {
            numerator = numerator.checked_mul(10_i128.checked_pow(up - self.scale)?)?;
        } else {
            denominator = denominator.checked_mul(10_i128.checked_pow(self.scale - up)?)?;
        }
        let quotient = numerator.checked_div(denominator)?;
        let remainder = numerator.checked_rem(denominator)?;
        let twice = remainder.abs().checked_mul(2)?;
        let away = match twice.cmp(&denominator.abs()) {
            Ordering::Less => false,
            Ordering::Equal => half_away || quotient % 2 != 0,
            Ordering::Greater => true,
        };
        let sign = if (numerator < 0) == (denominator < 0) {
            1
        } else {
            -1
        };
        Some(Self {
            digits: quotient + if away { sign } else { 0 },
            scale: places,
        })
    }

    /// The number as text with exactly `places` decimals, rounded half away from zero.
    pub fn fixed(self, places: u32) -> Option<String> {
        let rounded = self.divided_as_shown(Self::from(1), places)?;
        let mut text = rounded.to_string();
        if places > 0 {
            let have = text.find('.').map_or(0, |at| text.len() - at - 1);
            if have == 0 {
                text.push('.');
            }
            text.extend(std::iter::repeat_n('0', places as usize - have));
        }
        Some(text)
    }

    /// The decimal `digits · 10^-scale`.
    pub fn of(digits: i64, scale: u8) -> Self {
        Self {
            digits: i128::from(digits),
            scale: u32::from(scale),
        }
    }

    /// The digits and the scale, if they have 64 and 8 bits.
    pub fn short(self) -> Option<(i64, u8)> {
        let digits = i64::try_from(self.digits).ok()?;
        Some((digits, u8::try_from(self.scale).ok()?))
    }

    /// The number as an integer, where it is one of 64 bits.
    pub fn whole(self) -> Option<i64> {
        let (whole, rest) = self.split();
        rest.is_zero().then(|| i64::try_from(whole).ok()).flatten()
    }

    /// Returns the number of digits before and after the point, without needless zeros.
    pub fn digits(self) -> (u8, u8) {
        let (mut digits, mut scale) = (self.digits.unsigned_abs(), self.scale);
        while scale > 0 && digits.is_multiple_of(10) {
            digits /= 10;
            scale -= 1;
        }
        let all = digits.checked_ilog10().map_or(0, |log| log + 1);
        (all.saturating_sub(scale) as u8, scale as u8)
    }

    /// The number as `digits · 10^-scale`; `None` where it has more decimals or is beyond the range.
    pub fn scaled(self, scale: u8) -> Option<i128> {
        let scale = u32::from(scale);
        if self.scale <= scale {
            let factor = 10_i128.checked_pow(scale - self.scale)?;
            return self.digits.checked_mul(factor);
        }
        let factor = 10_i128.checked_pow(self.scale - scale)?;
        (self.digits % factor == 0).then(|| self.digits / factor)
    }

    /// Returns true if the number is below zero.
    pub fn is_negative(self) -> bool {
        self.digits < 0
    }

    /// Returns true if the number is zero.
    pub fn is_zero(self) -> bool {
        self.digits == 0
    }

    /// The number without its sign.
    #[must_use]
    pub fn abs(self) -> Self {
        Self {
            digits: self.digits.abs(),
            ..self
        }
    }

    /// Splits into the whole part and the rest, both towards zero.
    pub fn split(self) -> (i128, Self) {
        let factor = 10_i128.checked_pow(self.scale).unwrap_or(i128::MAX);
        let whole = self.digits / factor;
        let rest = Self {
            digits: self.digits % factor,
            scale: self.scale,
        };
        (whole, rest)
    }

    /// An approximation, for comparisons that allow a tolerance.
    pub fn approximate(self) -> f64 {
        self.digits as f64 / 10_f64.powi(self.scale as i32)
    }

    /// The order of two numbers, `None` beyond the range.
    pub fn compare(self, other: Self) -> Option<Ordering> {
        let (a, b, _) = self.aligned(other)?;
        Some(a.cmp(&b))
    }

    fn aligned(self, other: Self) -> Option<(i128, i128, u32)> {
        let scale = self.scale.max(other.scale);
        let lift = |number: Self| {
            number
                .digits
                .checked_mul(10_i128.checked_pow(scale - number.scale)?)
        };
        Some((lift(self)?, lift(other)?, scale))
    }
}

impl From<i64> for Decimal {
    fn from(whole: i64) -> Self {
        Self {
            digits: i128::from(whole),
            scale: 0,
        }
    }
}

impl fmt::Display for Decimal {
    /// Plain digits without an exponent or needless zeros.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut digits, mut scale) = (self.digits, self.scale);
        while scale > 0 && digits % 10 == 0 {
            digits /= 10;
            scale -= 1;
        }
        let sign = if digits < 0 { "-" } else { "" };
        let text = digits.unsigned_abs().to_string();
        let scale = scale as usize;
        if scale == 0 {
            write!(f, "{sign}{text}")
        } else if text.len() > scale {
            let (whole, fraction) = text.split_at(text.len() - scale);
            write!(f, "{sign}{whole}.{fraction}")
        } else {
            write!(f, "{sign}0.{text:0>scale$}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(literal: &str) -> Decimal {
        Decimal::parse(literal).unwrap()
    }

    #[test]
    fn doubles_say_whether_they_are_the_same_number() {
        for (literal, exact) in [
            ("0", true),
            ("-0.0", true),
            ("0.7575757575757576", true),
            ("9007199254740992", true),
            ("9007199254740993", false),
            ("18014398509481984", true),
            ("1.50000000000000000000", true),
            ("0.1000000000000000001", false),
            ("1e23", true),
            ("1e-400", false),
            ("0e-400", true),
            ("99999999999999999999999999999999999999999", false),
        ] {
            assert_eq!(double(literal).map(|it| it.1), Some(exact), "{literal}");
        }
        assert_eq!(double("1e400"), None);
    }

    #[test]
    fn keeps_every_digit() {
        for (literal, shown) in [
            ("70430555", "70430555"),
            ("4864058.0", "4864058"),
            ("2.3790138961E10", "23790138961"),
            ("-0.5", "-0.5"),
            ("1.25e-3", "0.00125"),
            ("0e9999", "0"),
        ] {
            assert_eq!(decimal(literal).to_string(), shown);
        }
        assert!(Decimal::parse("1e400").is_none());
        assert!(Decimal::parse(&"9".repeat(60)).is_none());
    }

    #[test]
    fn digits_are_counted_and_scaled() {
        for (literal, digits, scaled) in [
            ("0", (0, 0), Some(0)),
            ("1200", (4, 0), Some(120_000)),
            ("-4864058.50", (7, 1), Some(-486_405_850)),
            ("0.001", (0, 3), None),
            ("2.5e3", (4, 0), Some(250_000)),
        ] {
            assert_eq!(decimal(literal).digits(), digits, "{literal}");
            assert_eq!(decimal(literal).scaled(2), scaled, "{literal}");
        }
    }

    #[test]
    fn divides_half_to_even() {
        let by = |a: &str, b: &str, places| {
            decimal(a)
                .divided(decimal(b), places)
                .unwrap()
                .fixed(places)
                .unwrap()
        };
        assert_eq!(by("150", "60", 2), "2.50");
        assert_eq!(by("1", "8", 2), "0.12");
        let shown = |a: &str| {
            let quotient = decimal(a).divided_as_shown(decimal("8"), 2);
            quotient.unwrap().to_string()
        };
        assert_eq!((shown("1"), shown("-1")), ("0.13".into(), "-0.13".into()));
        assert_eq!(by("3", "8", 2), "0.38");
        assert_eq!(by("-2", "3", 3), "-0.667");
        assert!(decimal("1").divided(decimal("0"), 2).is_none());
        let large = "99999999999999999999999999999999999999";
        let divided = |b: &str, places| decimal(large).divided(decimal(b), places);
        let shown = |b, places| divided(b, places).unwrap().to_string();
        assert_eq!(shown("1", 3), large);
        assert_eq!(shown("2", 3), "50000000000000000000000000000000000000");
        assert_eq!(shown("-9223372036854775807", 3), "-10842021724855044341.25");
        assert_eq!(decimal(large).fixed(1).unwrap(), format!("{large}.0"));
    }

    #[test]
    fn whole_numbers_of_any_size() {
        for whole in ["4.0", "2.5e3", "1E400", "0.0", "100e-2"] {
            assert!(Decimal::is_whole(whole), "{whole}");
        }
        for part in ["4.5", "1e-1", "2.55e1"] {
            assert!(!Decimal::is_whole(part), "{part}");
        }
    }
}
