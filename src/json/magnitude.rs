//! The order of JSON numbers of any size, without rounding.

use std::cmp::Ordering;

/// Number of leading digits that are compared as one integer.
const LEAD: usize = 18;

/// A number literal in a form that compares exactly: `±0.digits · 10^exponent`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Magnitude {
    /// -1, 0 or 1.
    sign: i8,
    exponent: i128,
    /// The first digits, filled up with zeros.
    lead: u64,
    /// The digits behind them, without trailing zeros.
    rest: Box<[u8]>,
}

impl Magnitude {
    /// Reads a JSON number literal; `None` for any other text. An exponent beyond 128 bits counts as
    /// the largest or smallest one of 128 bits.
    pub fn parse(literal: &str) -> Option<Self> {
        let (sign, unsigned) = match literal.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, literal),
        };
        let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
            Some(at) => (&unsigned[..at], power(&unsigned[at + 1..])?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = || whole.bytes().chain(fraction.bytes());
        if whole.is_empty() || !digits().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let zeros = digits().take_while(|byte| *byte == b'0').count();
        let mut digits: Vec<u8> = digits().skip(zeros).collect();
        while digits.last() == Some(&b'0') {
            digits.pop();
        }
        if digits.is_empty() {
            return Some(Self {
                sign: 0,
                exponent: 0,
                lead: 0,
                rest: Box::default(),
            });
        }
        let places = whole.len() as i128 - zeros as i128;
        let lead = (0..LEAD).fold(0, |lead, at| {
            let digit = digits.get(at).map_or(0, |digit| u64::from(digit - b'0'));
            lead * 10 + digit
        });
        Some(Self {
            sign,
            exponent: exponent.saturating_add(places),
            lead,
            rest: digits.get(LEAD..).unwrap_or_default().into(),
        })
    }
}

/// An exponent; one of too many digits is as large as there can be.
fn power(text: &str) -> Option<i128> {
    let digits = text.trim_start_matches(['+', '-']);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let power = digits.parse().unwrap_or(i128::MAX);
    Some(if text.starts_with('-') { -power } else { power })
}

impl Ord for Magnitude {
    fn cmp(&self, other: &Self) -> Ordering {
        let size = |it: &Self, other: &Self| {
            let exponents = it.exponent.cmp(&other.exponent);
            exponents
                .then(it.lead.cmp(&other.lead))
                .then_with(|| it.rest.cmp(&other.rest))
        };
        let signs = self.sign.cmp(&other.sign);
        signs.then_with(|| match self.sign {
            -1 => size(other, self),
            _ => size(self, other),
        })
    }
}

impl PartialOrd for Magnitude {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_any_size_have_their_order() {
        let ordered = [
            "-1e999999999999999999999999999999999999999999",
            "-1e400",
            "-12345678901234567890123",
            "-12345678901234567890122.5",
            "-10",
            "-9.99",
            "-1e-400",
            "0",
            "1e-400",
            "0.001",
            "0.75",
            "0.7500000000000000000000001",
            "9",
            "10",
            "9007199254740993",
            "9007199254740994.0",
            "12345678901234567890122.5",
            "12345678901234567890123",
            "1e400",
            "1e99999999999999999999999",
        ];
        let read = |text: &str| Magnitude::parse(text).unwrap();
        for (at, low) in ordered.iter().enumerate() {
            for high in &ordered[at + 1..] {
                assert!(read(low) < read(high), "{low} {high}");
            }
        }
        for (one, other) in [
            ("10", "1e1"),
            ("-0", "0.0e9999999"),
            ("2.5E3", "2500.00"),
            ("0.00012", "12e-5"),
        ] {
            assert_eq!(read(one), read(other), "{one} {other}");
        }
        for text in ["", "-", "abc", "1e", "0:02:30", "."] {
            assert!(Magnitude::parse(text).is_none(), "{text}");
        }
    }
}
