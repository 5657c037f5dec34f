//! The columns that name the folders of a partitioned table.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::diagnostic::fingerprint;
use crate::json::number::Decimal;
use crate::model::time::Instant;
use crate::table::{Cell, Column, ColumnCell, ColumnContent, Columns, Times, Type};

use super::ReadRow;

/// The folder value of an empty cell.
const NOTHING: &str = "__HIVE_DEFAULT_PARTITION__";

/// The columns that name the folders, and the columns of the files.
#[derive(Debug)]
pub struct PartitionKeys {
    /// Name of the folders, place among the columns, and true if only the date of a time counts.
    keys: Vec<(String, usize, bool)>,
    /// The columns that only name folders, in order.
    dropped: Vec<usize>,
    /// The form of the times, and the zone of their days.
    times: Times,
    /// The columns of the files that identify a row, with their types.
    identity: Vec<(String, Type)>,
    /// The columns that describe a row, such as names and sources: no figures.
    descriptions: HashSet<String>,
}

/// A number of a file, also with a decimal comma, without the zeros at its end. `None` for other text.
fn decimal(text: &str) -> Option<String> {
    let text = text.replacen(',', ".", 1);
    serde_json::from_str::<serde_json::Number>(&text).ok()?;
    Some(Decimal::parse(&text)?.to_string())
}

impl PartitionKeys {
    /// The columns of these names. `date` is the day of `interval_start`, which stays a column, in the
    /// zone of `times`. Unless the columns have a key of the rows (`has_row_key`), a row is identified by
    /// all its cells that do not depend on the run.
    ///
    /// # Errors
    /// The first name that is no column of text.
    pub fn of(
        names: &[String],
        columns: &Columns,
        times: Times,
        has_row_key: bool,
    ) -> Result<Self, String> {
        let mut keys = Vec::new();
        let mut dropped = Vec::new();
        for name in names {
            let is_named = |column: &Column| column.is_called(name) && column.kind == Type::Text;
            let named = columns.list.iter().position(is_named);
            if let Some(at) = named {
                keys.push((name.clone(), at, false));
                dropped.push(at);
                continue;
            }
            match columns.position(&ColumnContent::IntervalStart) {
                Some(at) if name == "date" => keys.push((name.clone(), at, true)),
                _ => return Err(name.clone()),
            }
        }
        dropped.sort_unstable();
        let (mut identity, mut descriptions) = (Vec::new(), HashSet::new());
        for (at, column) in columns.list.iter().enumerate() {
            let name = column.name.clone();
            if dropped.contains(&at) {
                continue;
            } else if column.holds.identifies_row() || !(has_row_key || column.holds.is_of_run()) {
                identity.push((name, column.kind));
            // A column without values can have had figures.
            } else if !column.holds.is_figure() && column.holds != ColumnContent::Nothing {
                descriptions.insert(name);
            }
        }
        Ok(Self {
            keys,
            dropped,
            times,
            identity,
            descriptions,
        })
    }

    /// A hash of what identifies a row that was read back.
    pub fn hash(&self, row: &ReadRow) -> u64 {
        let values = self.identity.iter().map(|(name, kind)| {
            let text = row.get(name).map_or("", String::as_str);
            let value = match kind {
                Type::Text => None,
                // Times for spreadsheets have a space in the middle.
                Type::Instant => Instant::parse(&text.replacen(' ', "T", 1))
                    .map(|it| it.time.timestamp_millis().to_string()),
                // Files have as many decimals as their columns need.
                _ => decimal(text),
            };
            value.map_or(Cow::Borrowed(text), Cow::Owned)
        });
        let values: Vec<Cow<'_, str>> = values.collect();
        let values: Vec<&[u8]> = values.iter().map(|it| it.as_bytes()).collect();
        fingerprint::hash(&values)
    }

    /// Words for a row: the cells that identify it. A row without such cells is named by its columns.
    pub fn shown(&self, row: &ReadRow) -> String {
        let cell = |(name, _): &(String, Type)| Some(format!("{name} {}", row.get(name)?));
        let cells: Vec<String> = self.identity.iter().filter_map(cell).collect();
        match cells.is_empty() {
            true => {
                let names: Vec<&str> = row.keys().map(String::as_str).collect();
                format!("the columns {}", names.join(", "))
            }
            false => cells.join(", "),
        }
    }

    /// Returns true if a column of the files describes a row, and is neither a figure nor a part of its key.
    pub fn is_description(&self, name: &str) -> bool {
        self.descriptions.contains(name)
    }

    /// The columns of the files.
    pub fn rest(&self, columns: &Columns) -> Columns {
        columns.without(&self.dropped)
    }

    /// Returns true if a column only names folders.
    pub fn is_dropped(&self, at: usize) -> bool {
        self.place(at).is_none()
    }

    /// The place of a column among those of the files.
    pub fn place(&self, at: usize) -> Option<usize> {
        let before = self.dropped.partition_point(|dropped| *dropped < at);
        (self.dropped.get(before) != Some(&at)).then(|| at - before)
    }

    /// A name that both a folder and a column of the files have: readers see only one of them.
    pub fn shared_name(&self, columns: &Columns) -> Option<&str> {
        let rest = self.rest(columns);
        let is_column = |key: &str| rest.names().any(|it| it.eq_ignore_ascii_case(key));
        let mut names = self.keys.iter().map(|(name, ..)| name.as_str());
        names.find(|name| is_column(name))
    }

    /// The number of columns of the files among the first `width`.
    pub fn width(&self, width: usize) -> usize {
        width - self.dropped.partition_point(|dropped| *dropped < width)
    }

    /// Returns true if the first `width` columns decide the folder.
    pub fn are_within(&self, width: usize) -> bool {
        self.keys.iter().all(|(_, at, _)| *at < width)
    }

    /// The cells of the files.
    pub fn kept<'c>(&self, cells: &[ColumnCell<'c>]) -> Vec<ColumnCell<'c>> {
        let cells = cells.iter();
        let kept = cells.filter_map(|(at, cell)| Some((self.place(*at)?, cell.clone())));
        kept.collect()
    }

    /// The folder of a row, from the folder of the table on.
    pub fn folder(&self, shared: &[ColumnCell<'_>], cells: &[ColumnCell<'_>]) -> String {
        let cell = |wanted: usize| {
            let mut cells = cells.iter().chain(shared);
            cells.find(|(at, _)| *at == wanted).map(|(_, cell)| cell)
        };
        let parts = self.keys.iter().map(|(name, at, part)| {
            let value = cell(*at).map_or("", Cell::shown);
            let value = match part {
                true => self.times.day(value),
                false => Cow::Borrowed(value),
            };
            match &*value {
                "" => format!("{}={NOTHING}", escaped(name)),
                // Text that looks like an empty cell.
                NOTHING => format!("{}=%5F{}", escaped(name), &NOTHING[1..]),
                value => format!("{}={}", escaped(name), escaped(value)),
            }
        });
        parts.collect::<Vec<_>>().join("/")
    }
}

/// A name as Hive escapes it, so that it is one folder on every file system.
fn escaped(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for char in name.chars() {
        match char {
            '\u{0}'..='\u{1f}' | '\u{7f}' => out.push_str(&format!("%{:02X}", u32::from(char))),
            '"' | '#' | '%' | '\'' | '*' | '/' | ':' | '=' | '?' | '\\' | '{' | '[' | ']' | '^'
            | '<' | '>' | '|' | '}' => out.push_str(&format!("%{:02X}", u32::from(char))),
            char => out.push(char),
        }
    }
    match out.as_str() {
        "." => "%2E".to_owned(),
        ".." => "%2E%2E".to_owned(),
        _ => out,
    }
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn names_of_folders_are_escaped_as_hive_does() {
        assert_eq!(escaped("voice"), "voice");
        assert_eq!(escaped("a/b=c:d%"), "a%2Fb%3Dc%3Ad%25");
        assert_eq!(
            (escaped(".."), escaped("Grün")),
            ("%2E%2E".into(), "Grün".into())
        );
    }
}
