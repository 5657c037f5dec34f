//! The order of the rows of a table, and how many of them there are.

use std::cmp::Ordering;
use std::fmt;

use crate::error::Error;
use crate::json::magnitude::Magnitude;

use super::choice::{not_a_column, unknown_column};
use super::time::Times;
use super::{Cell, Columns, Type};

/// A column to sort by, as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SortBy {
    pub column: String,
    pub descending: bool,
}

impl SortBy {
    /// Reads `COL`, `COL:asc` or `COL:desc`, in any case.
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        let (column, descending) = match text.rsplit_once(':') {
            Some((column, order)) if order.eq_ignore_ascii_case("desc") => (column, true),
            Some((column, order)) if order.eq_ignore_ascii_case("asc") => (column, false),
            _ => (text, false),
        };
        Self {
            column: column.to_owned(),
            descending,
        }
    }
}

impl fmt::Display for SortBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.column)?;
        f.write_str(if self.descending { ":desc" } else { "" })
    }
}

/// One of the columns that decide the order.
#[derive(Debug, Clone, Copy)]
struct OrderKey {
    /// Its place among the columns.
    at: usize,
    descending: bool,
    is_instant: bool,
}

/// The order of the rows of a table, and how many of them are written.
#[derive(Debug, Clone, Default)]
pub struct RowOrder {
    keys: Vec<OrderKey>,
    limit: Option<u64>,
    times: Times,
}

/// The sort key of a cell. Values of different types have the order of the variants.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SortKey {
    /// Seconds and nanoseconds.
    Instant(i64, u32),
    Number(Magnitude),
    Bool(bool),
    Text(Box<str>),
}

impl RowOrder {
    /// The order by columns of a table. `is_known` returns true for the name of a column that a table of
    /// this layout can have: where it has no value in any row, it decides nothing.
    ///
    /// # Errors
    /// A name that is no column, with the nearest one.
    pub fn new(
        wanted: &[SortBy],
        limit: Option<u64>,
        times: Times,
        columns: &Columns,
        is_known: impl Fn(&str) -> bool,
    ) -> Result<Self, Error> {
        let mut keys = Vec::new();
        for by in wanted {
            match columns.place(&by.column) {
                Some(at) => keys.push(OrderKey {
                    at,
                    descending: by.descending,
                    is_instant: columns.list[at].kind == Type::Instant,
                }),
                None if is_known(&by.column) => {}
                None => {
                    // `-sum` and `sum:descending` of other tools.
                    let word = by.column.trim_start_matches('-');
                    let word = word.split(':').next().unwrap_or(word);
                    let known = columns.place(word).filter(|_| word != by.column);
                    return Err(match known {
                        Some(_) => not_a_column("--sort", &by.column)
                            .help(format!("did you mean `{word}:desc`?")),
                        None => unknown_column("--sort", &by.column, columns.names()),
                    });
                }
            }
        }
        Ok(Self { keys, limit, times })
    }

    /// Returns true if every row is written in the order of the inputs.
    pub fn is_plain(&self) -> bool {
        self.keys.is_empty() && self.limit.is_none()
    }

    /// Returns true if rows are sorted.
    pub fn is_sorted(&self) -> bool {
        !self.keys.is_empty()
    }

    /// The same order with at most this many rows.
    #[must_use]
    pub fn limited(mut self, rows: u64) -> Self {
        self.limit = Some(self.limit.map_or(rows, |limit| limit.min(rows)));
        self
    }

    /// The most rows that are written.
    pub fn limit(&self) -> usize {
        let limit = self.limit.and_then(|limit| usize::try_from(limit).ok());
        limit.unwrap_or(usize::MAX)
    }

    /// The sort keys of a row; `cell` returns its cell at a place. `None` is an empty cell.
    pub fn keys<'c>(&self, cell: impl Fn(usize) -> Option<&'c Cell<'c>>) -> Box<[Option<SortKey>]> {
        let keys = self.keys.iter();
        keys.map(|key| self.key(*key, cell(key.at)?)).collect()
    }

    fn key(&self, key: OrderKey, cell: &Cell<'_>) -> Option<SortKey> {
        let text = match cell {
            Cell::Absent | Cell::Null => return None,
            Cell::Bool(value) => return Some(SortKey::Bool(*value)),
            Cell::Number(literal) => match Magnitude::parse(literal) {
                Some(number) => return Some(SortKey::Number(number)),
                None => literal.as_ref(),
            },
            Cell::Figure(figure) => match clock(figure) {
                Some(number) => return Some(SortKey::Number(number)),
                None => figure,
            },
            Cell::Text(text) => text.as_ref(),
            Cell::Time(text) => text,
        };
        if text.is_empty() {
            return None;
        }
        if key.is_instant
            && let Some(time) = self.times.instant(text)
        {
            return Some(SortKey::Instant(
                time.timestamp(),
                time.timestamp_subsec_nanos(),
            ));
        }
        Some(SortKey::Text(text.into()))
    }

    /// The order of two rows. Empty cells are last, in either direction.
    pub fn compare(&self, one: &[Option<SortKey>], other: &[Option<SortKey>]) -> Ordering {
        let pairs = self.keys.iter().zip(one.iter().zip(other));
        for (key, pair) in pairs {
            let ordering = match pair {
                (Some(one), Some(other)) if key.descending => other.cmp(one),
                (Some(one), Some(other)) => one.cmp(other),
                (one, other) => one.is_none().cmp(&other.is_none()),
            };
            if ordering.is_ne() {
                return ordering;
            }
        }
        Ordering::Equal
    }
}

/// The seconds of `h:mm:ss`, with a sign and decimals or not.
fn clock(text: &str) -> Option<Magnitude> {
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text),
    };
    let mut parts = unsigned.splitn(3, ':');
    let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next()?);
    let (seconds, decimals) = seconds.split_once('.').unwrap_or((seconds, "0"));
    let [hours, minutes, seconds] = [hours, minutes, seconds].map(|part| part.parse::<i128>().ok());
    let whole = hours?
        .checked_mul(3600)?
        .checked_add(minutes? * 60 + seconds?)?;
    Magnitude::parse(&format!("{sign}{whole}.{decimals}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_direction_is_the_end_of_the_text() {
        let read = |text| {
            let by = SortBy::parse(text);
            (by.column, by.descending)
        };
        assert_eq!(read("count:desc"), ("count".to_owned(), true));
        assert_eq!(read(" a:b:asc"), ("a:b".to_owned(), false));
        assert_eq!(read("a:b"), ("a:b".to_owned(), false));
        assert_eq!(SortBy::parse("count:desc").to_string(), "count:desc");
        assert_eq!(SortBy::parse("count").to_string(), "count");
    }

    #[test]
    fn clocks_are_numbers() {
        let read = |text| clock(text).unwrap();
        assert!(read("9:59:59") < read("10:00:00"));
        assert!(read("0:00:43.2") < read("0:00:43.25"));
        assert!(read("-0:00:02") < read("-0:00:01"));
        assert!(clock("12").is_none() && clock("a:b:c").is_none());
    }
}
