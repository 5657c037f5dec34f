//! The formats of tables, one line each.

use std::io;
use std::path::Path;

use chrono::{DateTime, Utc};

use crate::error::Error;
use crate::model::catalog::nearest;
use crate::table::{Columns, Layout, Survey, TableSpec};

use super::{FormattedTable, ReadRows, csv, json};

/// Reads the rows of a file, with these columns, or all of them if none is named.
pub type ReadFile = fn(&Path, &TableOptions, &[String]) -> io::Result<ReadRows>;

/// A format of tables.
#[derive(Debug)]
pub struct TableFormat {
    /// The name in `--to`.
    pub name: &'static str,
    /// The name in messages.
    pub title: &'static str,
    /// The extensions of its files; new files have the first.
    pub extensions: &'static [&'static str],
    /// The options that only some formats have, of those that it has.
    pub options: &'static [&'static str],
    /// The layout where none is asked for.
    pub layout: Layout,
    /// True if its columns have types.
    pub is_typed: bool,
    /// True if it is for spreadsheets: times are those of a wall clock.
    pub is_workbook: bool,
    /// True if its files are compressed already.
    pub is_packed: bool,
    /// True if cells without a value take space.
    pub is_dense: bool,
    /// The most columns.
    pub most_columns: usize,
    /// Makes a table of these columns.
    pub table: fn(Columns, TableOptions) -> Box<dyn FormattedTable>,
    /// Reads a file; `None` if a file has several tables.
    pub read: Option<ReadFile>,
}

/// The formats, in the order in which help lists them.
pub static TABLE_FORMATS: &[&TableFormat] = &[
    &csv::CSV,
    &csv::TSV,
    &json::NDJSON,
    &json::JSON,
    #[cfg(feature = "parquet")]
    &super::columnar::parquet::PARQUET,
    #[cfg(feature = "parquet")]
    &super::columnar::ipc::ARROW,
    #[cfg(feature = "xlsx")]
    &super::xlsx::XLSX,
];

/// The number of empty cells that are always written, and the number for each cell with a value.
const EMPTY_CELLS: u64 = 20_000_000;
const EMPTY_PER_VALUE: u64 = 200;

impl TableFormat {
    /// Refuses the surveyed table with at most `limit` rows if it is nearly empty, so that its size grows
    /// with what is in it.
    ///
    /// # Errors
    /// There are too many empty cells, or too many columns.
    pub fn check_size(
        &self,
        survey: &Survey,
        columns: &Columns,
        layout: Layout,
        limit: u64,
    ) -> Result<(), Error> {
        let rows = survey.rows.min(limit);
        // About how many of its cells have a value.
        let filled = u128::from(survey.filled) * u128::from(rows) / u128::from(survey.rows.max(1));
        let filled = filled as u64;
        let count = columns.list.len();
        let refused = if count > self.most_columns {
            let most = self.most_columns;
            format!(
                "{} has at most {most} columns, and this table has {count}",
                self.title
            )
        } else {
            let is_dense = self.is_dense || (columns.every_key && !self.is_workbook);
            let empty = rows.saturating_mul(count as u64).saturating_sub(filled);
            let most = filled.saturating_mul(EMPTY_PER_VALUE).max(EMPTY_CELLS);
            if !is_dense || empty <= most {
                return Ok(());
            }
            format!(
                "the table has {rows} rows and {count} columns, and {empty} of its cells are empty"
            )
        };
        let help = match layout {
            Layout::Wide => {
                "write one row per metric with --layout long, or fewer columns with --metric or --columns"
            }
            Layout::Long => "write fewer columns with --dims or --columns",
        };
        Err(Error::usage(refused).help(format!("{help}; -t ndjson writes no empty cells")))
    }

    /// The format with this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        TABLE_FORMATS
            .iter()
            .copied()
            .find(|format| format.name == name)
    }

    /// The format that has this title or extension, in any case.
    pub fn called(word: &str) -> Option<&'static Self> {
        let mut formats = TABLE_FORMATS.iter().copied();
        let is_called = |format: &&Self| {
            let mut names = format.extensions.iter().chain([&format.title]);
            names.any(|name| name.eq_ignore_ascii_case(word))
        };
        formats.find(is_called)
    }

    /// Returns every extension with its format.
    pub fn by_extension() -> Vec<(&'static str, &'static Self)> {
        let extensions = TABLE_FORMATS.iter().flat_map(|format| {
            let extensions = format.extensions.iter();
            extensions.map(move |extension| (*extension, *format))
        });
        extensions.collect()
    }

    /// The formats that have an option.
    pub fn having(option: &str) -> Vec<&'static Self> {
        let formats = TABLE_FORMATS.iter().copied();
        formats.filter(|it| it.options.contains(&option)).collect()
    }
}

impl TableSpec {
    /// The format of the table: numbers that its columns cannot have are errors, and workbooks have
    /// the times of a wall clock.
    #[must_use]
    pub fn format(mut self, format: &TableFormat) -> Self {
        self.typed = format.is_typed;
        self.is_format_typed = format.is_typed;
        self.times.spreadsheet |= format.is_workbook;
        self
    }
}

/// The options of a format.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TableOptions {
    /// For a spreadsheet: marks, line ends and dates that it reads, and text that it keeps.
    pub excel: bool,
    /// Prefix text that a spreadsheet takes for a formula.
    pub formula_guard: bool,
    /// The field delimiter: see [`TableOptions::delimiter`].
    pub delimiter: Option<u8>,
    /// End lines with CRLF.
    pub crlf: bool,
    /// Begin with a UTF-8 byte order mark.
    pub bom: bool,
    /// Write 0,75 in place of 0.75.
    pub decimal_comma: bool,
    /// The column whose values are the sheets of a workbook.
    pub sheet_by: Option<String>,
    /// True if durations show milliseconds.
    pub milliseconds: bool,
    /// The time zone of intervals, where it is not UTC.
    pub zone: Option<String>,
    /// True if no interval of a workbook is shorter than a day.
    pub is_daily: bool,
    /// The properties of a workbook: names and values.
    pub about: Vec<(String, String)>,
    /// The time of the run, at which a workbook is created.
    pub run_time: Option<DateTime<Utc>>,
}

impl TableOptions {
    /// Reads a delimiter: a printable ASCII character that no number contains, or `tab`.
    ///
    /// # Errors
    /// It is none.
    pub fn delimiter(text: &str) -> Result<u8, Error> {
        let reason = match text.as_bytes() {
            _ if matches!(text, "tab" | "\\t") => return Ok(b'\t'),
            [byte] if csv::is_delimiter(*byte) => return Ok(*byte),
            [b'"'] => "it quotes fields",
            [byte] if byte.is_ascii_graphic() => "numbers contain it",
            [_] => "it cannot be seen",
            _ => "expected one ASCII character",
        };
        const NAMES: [(&str, &str); 5] = [
            ("comma", ","),
            ("semicolon", ";"),
            ("pipe", "|"),
            ("colon", ":"),
            ("tab", "tab"),
        ];
        let error = Error::usage(format!("--delimiter {text}: not a delimiter: {reason}"));
        let near = nearest(text, NAMES.iter().map(|(name, _)| *name));
        let near = NAMES.iter().find(|(name, _)| near == Some(*name));
        Err(match near {
            Some((_, delimiter)) => error.help(format!("did you mean `{delimiter}`?")),
            None => error.help("write one of , ; | : or another printable character, or tab"),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_and_extensions_are_those_of_one_format() {
        let names: HashSet<&str> = TABLE_FORMATS.iter().map(|format| format.name).collect();
        assert_eq!(names.len(), TABLE_FORMATS.len());
        let all = TableFormat::by_extension();
        let extensions: HashSet<&str> = all.iter().map(|(extension, _)| *extension).collect();
        assert_eq!(extensions.len(), all.len());
        for format in TABLE_FORMATS {
            assert!(std::ptr::eq(
                TableFormat::named(format.name).unwrap(),
                *format
            ));
            assert!(!format.extensions.is_empty());
        }
        let having = TableFormat::having("--delimiter").into_iter();
        let titles: Vec<&str> = having.map(|format| format.title).collect();
        assert_eq!(titles, ["CSV", "TSV"]);
    }
}
