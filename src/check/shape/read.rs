//! The direct reader of one container. `None` everywhere means: not plainly clean.

use std::cell::Cell;

use crate::document::time;
use crate::json::Span;

use super::{Bucket, Entry, Flat, Lexicon, Number, Optional, Text};

/// Where the reading stands.
pub(super) struct Cursor<'t> {
    text: &'t str,
    pub(super) bytes: &'t [u8],
    pub(super) at: usize,
    /// Whether a number with a minus was read.
    negative: Cell<bool>,
}

/// Groups have a handful of dimensions; more are compared elsewhere.
const MOST_DIMENSIONS: usize = 24;

/// Reads the container at `span` into `flat`.
pub(super) fn container(
    flat: &mut Flat,
    text: &str,
    span: Span,
    lexicon: &mut Lexicon,
) -> Option<()> {
    flat.clear();
    // Runs are kept as 32-bit offsets.
    u32::try_from(span.end).ok()?;
    let mut cursor = Cursor::new(text, span.start, span.end);
    let (mut group, mut data) = (false, false);
    flat.notable = false;
    // Without a group, the container's own bracket stands for it.
    flat.begin = span.start as u32;
    let mut more = cursor.open(b'{', b'}')?;
    while more {
        match cursor.key()? {
            b"group" if !group => {
                group = true;
                cursor.blank();
                flat.begin = cursor.at as u32;
                dimensions(flat, &mut cursor, lexicon)?;
            }
            b"data" if !data => {
                data = true;
                if !cursor.null() {
                    let mut more = cursor.open(b'[', b']')?;
                    while more {
                        bucket(flat, &mut cursor, lexicon)?;
                        more = cursor.next(b']')?;
                    }
                }
            }
            _ => return None,
        }
        more = cursor.next(b'}')?;
    }
    cursor.blank();
    flat.negative = cursor.negative.get();
    ((group || data) && cursor.at == span.end).then_some(())
}

fn dimensions(flat: &mut Flat, cursor: &mut Cursor<'_>, lexicon: &mut Lexicon) -> Option<()> {
    if cursor.null() {
        return Some(());
    }
    let mut more = cursor.open(b'{', b'}')?;
    while more {
        let name = cursor.run()?;
        let bytes = name.bytes(cursor.bytes);
        let twice = flat
            .group
            .iter()
            .any(|(other, _)| other.bytes(cursor.bytes) == bytes);
        if twice || flat.group.len() == MOST_DIMENSIONS {
            return None;
        }
        // An underscore may be another spelling of a name: the slow way compares those.
        let notable = lexicon.dimensions.look(flat.group.len(), bytes)?;
        cursor.colon()?;
        let value = cursor.string_or_null()?;
        flat.notable |= notable && !value.is_flattened(name, cursor.text);
        flat.group.push((name, value));
        more = cursor.next(b'}')?;
    }
    Some(())
}

fn bucket(flat: &mut Flat, cursor: &mut Cursor<'_>, lexicon: &mut Lexicon) -> Option<()> {
    let first = flat.entries.len() as u32;
    let mut interval = Optional::Absent;
    let (mut metrics, mut views) = (false, false);
    let mut more = cursor.open(b'{', b'}')?;
    while more {
        match cursor.key()? {
            b"interval" if interval == Optional::Absent => interval = cursor.string_or_null()?,
            // Metrics come before views in tables, so they must do so here.
            b"metrics" if !metrics && !views => {
                metrics = true;
                entries(flat, cursor, lexicon, false)?;
            }
            b"views" if !views => {
                views = true;
                entries(flat, cursor, lexicon, true)?;
            }
            _ => return None,
        }
        more = cursor.next(b'}')?;
    }
    let times = match interval {
        Optional::Text(run) => Some(time::plain_interval(run.bytes(cursor.bytes))?),
        _ => None,
    };
    flat.buckets.push(Bucket {
        interval,
        times,
        entries: first..flat.entries.len() as u32,
    });
    Some(())
}

fn entries(
    flat: &mut Flat,
    cursor: &mut Cursor<'_>,
    lexicon: &mut Lexicon,
    view: bool,
) -> Option<()> {
    if cursor.null() {
        return Some(());
    }
    let mut more = cursor.open(b'[', b']')?;
    while more {
        entry(flat, cursor, lexicon, view)?;
        more = cursor.next(b']')?;
    }
    Some(())
}

fn entry(
    flat: &mut Flat,
    cursor: &mut Cursor<'_>,
    lexicon: &mut Lexicon,
    view: bool,
) -> Option<()> {
    cursor.blank();
    if lexicon.templates.read(flat, cursor, view) {
        return Some(());
    }
    let start = cursor.at;
    let mut order = Order::default();
    let mut name = None;
    let mut qualifier = Optional::Absent;
    let mut stats = false;
    let first = flat.numbers.len() as u32;
    let (mut numbers, mut nulls) = (0, 0);
    let mut more = cursor.open(b'{', b'}')?;
    while more {
        match cursor.key()? {
            b"metric" if !view && name.is_none() => name = Some(cursor.run()?),
            b"name" if view && name.is_none() => name = Some(cursor.run()?),
            b"qualifier" if !view && qualifier == Optional::Absent => {
                qualifier = cursor.string_or_null()?;
            }
            b"stats" if !stats => {
                stats = true;
                if !cursor.null() {
                    (numbers, nulls) = figures(flat, cursor, &mut order)?;
                }
            }
            _ => return None,
        }
        more = cursor.next(b'}')?;
    }
    let name = name.filter(|name| name.len > 0)?;
    flat.entries.push(Entry {
        view,
        name,
        id: lexicon.number(name.of(cursor.text)),
        qualifier,
        numbers,
        nulls,
        template: u32::MAX,
        first,
    });
    let order = order.stats.get(..order.len).unwrap_or_default();
    lexicon.templates.learn(flat, cursor, start, order);
    Some(())
}

/// The statistics of an entry in the order of the text.
#[derive(Default)]
struct Order {
    stats: [u8; 14],
    len: usize,
}

/// Whether a statistic is a count, which is a whole number.
pub(super) fn is_count(stat: u32) -> bool {
    matches!(stat, 0 | 11 | 12)
}

/// The statistics of an entry: which of them are numbers, and which are null.
fn figures(flat: &mut Flat, cursor: &mut Cursor<'_>, order: &mut Order) -> Option<(u16, u16)> {
    let first = flat.numbers.len();
    let (mut numbers, mut nulls) = (0_u16, 0_u16);
    let mut more = cursor.open(b'{', b'}')?;
    while more {
        let stat = stat(cursor.key()?)?;
        let bit = 1 << stat;
        if (numbers | nulls) & bit != 0 {
            return None;
        }
        if cursor.null() {
            nulls |= bit;
        } else {
            let number = cursor.number()?;
            // Counts are integers; `12.0` is one too, but not plainly.
            if is_count(stat) && number.whole.is_none() {
                return None;
            }
            // Kept in the order of the columns, whatever the order of the text.
            let place = first + (numbers & (bit - 1)).count_ones() as usize;
            if place == flat.numbers.len() {
                flat.numbers.push(number);
            } else {
                flat.numbers.insert(place, number);
            }
            numbers |= bit;
            *order.stats.get_mut(order.len)? = stat as u8;
            order.len += 1;
        }
        more = cursor.next(b'}')?;
    }
    Some((numbers, nulls))
}

/// The place of a statistic in [`crate::document::STATS`].
fn stat(key: &[u8]) -> Option<u32> {
    Some(match key {
        b"count" => 0,
        b"sum" => 1,
        b"min" => 2,
        b"max" => 3,
        b"ratio" => 4,
        b"numerator" => 5,
        b"denominator" => 6,
        b"target" => 7,
        b"current" => 8,
        b"p95" => 9,
        b"p99" => 10,
        b"countNegative" => 11,
        b"countPositive" => 12,
        b"calculatedMetricValue" => 13,
        _ => return None,
    })
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

/// How many digits a word begins with, and their value where they are fewer than eight.
#[inline]
fn digits(word: u64) -> (u32, u64) {
    let low = word ^ (ONES * 0x30);
    // A byte is a digit where this leaves its high bit clear.
    let other = (low.wrapping_add(ONES * 0x76) | low) & HIGHS;
    let count = other.trailing_zeros() / 8;
    if count == 0 || count == 8 {
        return (count, 0);
    }
    // Shifted so that the last digit comes last, zeros before the first.
    let eight = low << (64 - 8 * count);
    let pairs = (eight.wrapping_mul(10).wrapping_add(eight >> 8)) & 0x00FF_00FF_00FF_00FF;
    let fours = (pairs.wrapping_mul(100).wrapping_add(pairs >> 16)) & 0x0000_FFFF_0000_FFFF;
    let value = fours.wrapping_mul(10_000).wrapping_add(fours >> 32) & 0xFFFF_FFFF;
    (count, value)
}

impl<'t> Cursor<'t> {
    /// A cursor at `start` of a text that is read up to `end`.
    pub(super) fn new(text: &'t str, start: usize, end: usize) -> Self {
        Self {
            text,
            bytes: text.as_bytes().get(..end).unwrap_or_default(),
            at: start,
            negative: Cell::new(false),
        }
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
    fn blank(&mut self) {
        // Minified text has none, and one look tells.
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
    fn open(&mut self, open: u8, close: u8) -> Option<bool> {
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
    fn next(&mut self, close: u8) -> Option<bool> {
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
    fn run(&mut self) -> Option<Text> {
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
        Some(Text {
            start: start as u32,
            len: (at - start) as u32,
        })
    }

    #[inline]
    fn colon(&mut self) -> Option<()> {
        self.take(b':')
    }

    /// A key and its colon.
    #[inline]
    fn key(&mut self) -> Option<&'t [u8]> {
        let run = self.run()?;
        self.colon()?;
        self.bytes
            .get(run.start as usize..run.start as usize + run.len as usize)
    }

    /// Goes behind a `null`, if one is here.
    #[inline]
    fn null(&mut self) -> bool {
        self.blank();
        let null = self.peek() == Some(b'n')
            && self.bytes.get(self.at..self.at + 4) == Some(b"null".as_slice());
        if null {
            self.at += 4;
        }
        null
    }

    #[inline]
    fn string_or_null(&mut self) -> Option<Optional> {
        self.blank();
        if self.peek()? == b'"' {
            return self.run().map(Optional::Text);
        }
        self.null().then_some(Optional::Null)
    }

    /// A number by JSON's grammar; what must follow it is the caller's to see.
    #[inline]
    fn number(&mut self) -> Option<Number> {
        self.blank();
        let (number, end) = self.number_at(self.at)?;
        self.at = end;
        Some(number)
    }

    /// The number that begins at `start`, and where it ends.
    #[inline]
    pub(super) fn number_at(&self, start: usize) -> Option<(Number, usize)> {
        if let Some(word) = self.word(start) {
            let (count, value) = digits(word);
            let plain = (1..8).contains(&count) && (count == 1 || word & 0xFF != 0x30);
            if plain && !matches!((word >> (8 * count)) as u8, b'.' | b'e' | b'E') {
                let literal = Text {
                    start: start as u32,
                    len: count,
                };
                let whole = Some(value as i64);
                return Some((Number { literal, whole }, start + count as usize));
            }
        }
        self.long_number(start)
    }

    fn long_number(&self, start: usize) -> Option<(Number, usize)> {
        let negative = *self.bytes.get(start)? == b'-';
        if negative {
            self.negative.set(true);
        }
        let digits = start + usize::from(negative);
        let mut at = digits;
        let mut value = 0_i64;
        while let Some(digit @ b'0'..=b'9') = self.bytes.get(at) {
            value = value.wrapping_mul(10).wrapping_add(i64::from(digit - b'0'));
            at += 1;
        }
        let count = at - digits;
        if count == 0 || (count > 1 && self.bytes.get(digits) == Some(&b'0')) {
            return None;
        }
        let mut whole = (count <= 18).then_some(if negative { -value } else { value });
        if let Some(b'.' | b'e' | b'E') = self.bytes.get(at) {
            whole = None;
            at = self.fraction(at)?;
        }
        let literal = Text {
            start: start as u32,
            len: (at - start) as u32,
        };
        Some((Number { literal, whole }, at))
    }

    /// The end of a fraction and an exponent that begin at `at`.
    fn fraction(&self, mut at: usize) -> Option<usize> {
        let digits = |from: usize| {
            let count = self
                .bytes
                .get(from..)?
                .iter()
                .take_while(|byte| byte.is_ascii_digit())
                .count();
            (count > 0).then_some(from + count)
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
