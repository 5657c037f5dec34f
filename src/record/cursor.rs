//! Strings and numbers of JSON text, a word of eight bytes at a time.

use std::cell::Cell;

use super::{Number, Scalar, Slice};

/// A cursor over the bytes of a container.
pub(super) struct Cursor<'t> {
    pub(super) text: &'t str,
    pub(super) bytes: &'t [u8],
    pub(super) at: usize,
    /// True if a number with a minus was read.
    negative: Cell<bool>,
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;
const SPACES: u64 = 0x2020_2020_2020_2020;

/// Marks bytes that are a quote, a backslash or a control character; the lowest mark is exact.
fn special(word: u64) -> u64 {
    let zero = |word: u64| word.wrapping_sub(ONES) & !word;
    let quote = zero(word ^ (ONES * 0x22));
    let backslash = zero(word ^ (ONES * 0x5C));
    let control = word.wrapping_sub(SPACES) & !word;
    (quote | backslash | control) & HIGHS
}

/// Number of digits at the start of a word, and their value if they are fewer than eight.
#[inline]
fn digits(word: u64) -> (u32, u64) {
    let (bits, low) = digit_bits(word);
    match bits {
        0 | 64 => (bits / 8, 0),
        // Shifted so that the last digit comes last, zeros before the first.
        _ => (bits / 8, eight(low << (64 - bits))),
    }
}

/// Number of bits of the digits at the start of a word, and the word with digits as small numbers.
#[inline(always)]
fn digit_bits(word: u64) -> (u32, u64) {
    let low = word ^ (ONES * 0x30);
    // A byte is a digit where this leaves its high bit clear.
    let other = (low.wrapping_add(ONES * 0x76) | low) & HIGHS;
    (other.trailing_zeros() & !7, low)
}

/// Number of digits and value of a whole number that a word begins with: of one to seven digits, and
/// nothing behind them that belongs to it.
#[inline(always)]
fn short_number(word: u64) -> Option<(u32, i64)> {
    let (bits, low) = digit_bits(word);
    let is_short = bits.wrapping_sub(8) <= 48 && (word as u8 != b'0' || bits == 8);
    if !is_short || matches!((word >> bits) as u8, b'.' | b'e' | b'E') {
        return None;
    }
    Some((bits / 8, eight(low << (64 - bits)) as i64))
}

/// Powers of ten up to those of seven digits.
const POWERS: [i64; 8] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];

/// The number whose eight digits are the bytes of a word, the last one highest.
#[inline]
fn eight(digits: u64) -> u64 {
    let pairs = (digits.wrapping_mul(10).wrapping_add(digits >> 8)) & 0x00FF_00FF_00FF_00FF;
    let fours = (pairs.wrapping_mul(100).wrapping_add(pairs >> 16)) & 0x0000_FFFF_0000_FFFF;
    fours.wrapping_mul(10_000).wrapping_add(fours >> 32) & 0xFFFF_FFFF
}

impl<'t> Cursor<'t> {
    /// A cursor at the beginning of a text.
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            at: 0,
            negative: Cell::new(false),
        }
    }

    /// Returns true if a number with a minus was read.
    pub(super) fn has_minus(&self) -> bool {
        self.negative.get()
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    #[inline]
    pub(super) fn word(&self, at: usize) -> Option<u64> {
        let chunk = self.bytes.get(at..at + 8)?;
        Some(u64::from_le_bytes(chunk.try_into().ok()?))
    }

    #[inline]
    pub(super) fn blank(&mut self) {
        // Minified text has none, and one look shows it.
        if self.peek().is_none_or(|byte| byte > b' ') {
            return;
        }
        self.blanks();
    }

    #[inline(never)]
    fn blanks(&mut self) {
        loop {
            while let Some(b'\n' | b'\r' | b'\t') = self.peek() {
                self.at += 1;
            }
            while self.word(self.at) == Some(SPACES) {
                self.at += 8;
            }
            while self.peek() == Some(b' ') {
                self.at += 1;
            }
            if !matches!(self.peek(), Some(b'\n' | b'\r' | b'\t')) {
                return;
            }
        }
    }

    #[inline]
    fn take(&mut self, byte: u8) -> Option<()> {
        self.blank();
        if self.peek()? != byte {
            return None;
        }
        self.at += 1;
        Some(())
    }

    /// Opens an object or array; says whether something is in it, and goes behind its end if not.
    #[inline]
    pub(super) fn open(&mut self, open: u8, close: u8) -> Option<bool> {
        self.take(open)?;
        self.blank();
        if self.peek()? == close {
            self.at += 1;
            return Some(false);
        }
        Some(true)
    }

    /// Goes behind the comma or the closing bracket after a value; says whether more follows.
    #[inline]
    pub(super) fn next(&mut self, close: u8) -> Option<bool> {
        self.blank();
        let byte = self.peek()?;
        self.at += 1;
        if byte == b',' {
            Some(true)
        } else {
            (byte == close).then_some(false)
        }
    }

    /// A string without escapes.
    #[inline]
    pub(super) fn string(&mut self) -> Option<Slice> {
        self.take(b'"')?;
        let start = self.at;
        let mut at = start;
        loop {
            let Some(word) = self.word(at) else {
                at += self
                    .bytes
                    .get(at..)?
                    .iter()
                    .position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20))?;
                break;
            };
            let marks = special(word);
            if marks != 0 {
                at += (marks.trailing_zeros() / 8) as usize;
                break;
            }
            at += 8;
        }
        if *self.bytes.get(at)? != b'"' {
            return None;
        }
        self.at = at + 1;
        Some(Slice {
            start: start as u32,
            len: (at - start) as u32,
        })
    }

    #[inline]
    pub(super) fn colon(&mut self) -> Option<()> {
        self.take(b':')
    }

    /// A key and its colon.
    #[inline]
    pub(super) fn key(&mut self) -> Option<&'t [u8]> {
        let run = self.string()?;
        self.colon()?;
        self.bytes
            .get(run.start as usize..run.start as usize + run.len as usize)
    }

    /// Goes behind a `null`, if one is here.
    #[inline]
    pub(super) fn null(&mut self) -> bool {
        self.blank();
        let null = self.peek() == Some(b'n')
            && self.bytes.get(self.at..self.at + 4) == Some(b"null".as_slice());
        if null {
            self.at += 4;
        }
        null
    }

    #[inline]
    pub(super) fn string_or_null(&mut self) -> Option<Scalar> {
        self.blank();
        if self.peek()? == b'"' {
            return self.string().map(Scalar::Text);
        }
        self.null().then_some(Scalar::Null)
    }

    /// A number by the grammar of JSON. The caller checks the byte behind it.
    #[inline]
    pub(super) fn number(&mut self) -> Option<Number> {
        self.blank();
        let (number, end) = self.number_at(self.at)?;
        self.at = end;
        Some(number)
    }

    /// The number that begins at `start`, and where it ends.
    #[inline(always)]
    pub(super) fn number_at(&self, start: usize) -> Option<(Number, usize)> {
        match self.word(start) {
            Some(word) => self.number_in(word, start),
            None => self.long_number(start),
        }
    }

    /// Does the same, given the word at `start`.
    #[inline(always)]
    pub(super) fn number_in(&self, word: u64, start: usize) -> Option<(Number, usize)> {
        let Some((count, value)) = short_number(word) else {
            return self.long_number(start);
        };
        let literal = Slice {
            start: start as u32,
            len: count,
        };
        let whole = Some(value);
        Some((Number { literal, whole }, start + count as usize))
    }

    #[inline(never)]
    fn long_number(&self, start: usize) -> Option<(Number, usize)> {
        let negative = *self.bytes.get(start)? == b'-';
        if negative {
            self.negative.set(true);
        }
        let first = start + usize::from(negative);
        let mut at = first;
        let mut value = 0_i64;
        while let Some(word) = self.word(at) {
            let (count, part) = digits(word);
            if count == 8 {
                let part = eight(word ^ (ONES * 0x30)) as i64;
                value = value.wrapping_mul(100_000_000).wrapping_add(part);
                at += 8;
                continue;
            }
            value = value
                .wrapping_mul(POWERS[count as usize & 7])
                .wrapping_add(part as i64);
            at += count as usize;
            break;
        }
        // Near the end of the text.
        while let Some(digit @ b'0'..=b'9') = self.bytes.get(at) {
            value = value.wrapping_mul(10).wrapping_add(i64::from(digit - b'0'));
            at += 1;
        }
        let count = at - first;
        if count == 0 || (count > 1 && self.bytes.get(first) == Some(&b'0')) {
            return None;
        }
        let mut whole = (count <= 18).then_some(if negative { -value } else { value });
        if let Some(b'.' | b'e' | b'E') = self.bytes.get(at) {
            let point = at;
            at = self.fraction(at)?;
            // The API writes whole milliseconds as `4864058.0`, too.
            let fraction = self.bytes.get(point + 1..at).unwrap_or_default();
            if self.bytes.get(point) != Some(&b'.') || fraction.iter().any(|byte| *byte != b'0') {
                whole = None;
            }
        }
        let literal = Slice {
            start: start as u32,
            len: (at - start) as u32,
        };
        Some((Number { literal, whole }, at))
    }

    /// The end of a fraction and an exponent that begin at `at`.
    fn fraction(&self, mut at: usize) -> Option<usize> {
        let digits = |from: usize| {
            let mut at = from;
            while let Some(word) = self.word(at) {
                let bits = digit_bits(word).0;
                at += bits as usize / 8;
                if bits < 64 {
                    return (at > from).then_some(at);
                }
            }
            let rest = self.bytes.get(at..)?.iter();
            at += rest.take_while(|byte| byte.is_ascii_digit()).count();
            (at > from).then_some(at)
        };
        if self.bytes.get(at) == Some(&b'.') {
            at = digits(at + 1)?;
        }
        if let Some(b'e' | b'E') = self.bytes.get(at) {
            at += 1;
            if let Some(b'+' | b'-') = self.bytes.get(at) {
                at += 1;
            }
            at = digits(at)?;
        }
        Some(at)
    }
}

/// The value of a number, where it is whole and has at most 18 digits.
pub(super) fn whole(literal: &str) -> Option<i64> {
    let (number, _) = Cursor::new(literal).number_at(0)?;
    number.whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_by_words() {
        for (text, expected) in [
            ("0}", Some((0, 1))),
            ("7,", Some((7, 1))),
            ("42}", Some((42, 2))),
            ("1234567,", Some((1_234_567, 7))),
            ("12345678}", Some((12_345_678, 8))),
            ("123456789012345,", Some((123_456_789_012_345, 15))),
            ("1234567890123456,", Some((1_234_567_890_123_456, 16))),
            ("999999999999999999}", Some((999_999_999_999_999_999, 18))),
            ("-5 ", Some((-5, 2))),
            ("4864058.0,", Some((4_864_058, 9))),
            ("-12.000}", Some((-12, 7))),
            ("01}", None),
            ("x", None),
            ("-}", None),
            ("1.}", None),
            ("1.e5}", None),
            ("7.00000000000000000000000000000}", Some((7, 31))),
            ("7.0000000000000000000000000000.", Some((7, 30))),
        ] {
            // Far from the end of the text, and at it.
            for padding in ["        ", ""] {
                let padded = format!("{text}{padding}");
                let number = Cursor::new(&padded).number_at(0);
                let number = number.map(|(number, end)| (number.whole.unwrap(), end));
                assert_eq!(number, expected, "{text}");
            }
        }
        for literal in ["1.5", "1e3", "2.3790138961E10", "9999999999999999999"] {
            assert_eq!(whole(literal), None, "{literal}");
        }
    }
}
