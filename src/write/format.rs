//! The formats of tables, one line each.

use crate::table::{Columns, Layout};

use super::{Table, csv, json};

/// A format of tables.
#[derive(Debug)]
pub struct Format {
    /// What `--to` calls it.
    pub name: &'static str,
    /// What a sentence calls it.
    pub title: &'static str,
    /// The extensions of its files; the first is that of new ones.
    pub extensions: &'static [&'static str],
    /// The options that only some formats have, of those that it has.
    pub options: &'static [&'static str],
    /// The layout where none is asked for.
    pub layout: Layout,
    /// Whether its columns have types.
    pub is_typed: bool,
    /// Whether it is for spreadsheets: times are those of a wall clock.
    pub is_workbook: bool,
    /// Whether its files are compressed already.
    pub is_packed: bool,
    /// Makes a table of these columns.
    pub table: fn(Columns, Options) -> Box<dyn Table>,
}

/// The formats, in the order in which help lists them.
pub static FORMATS: &[&Format] = &[
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

impl Format {
    /// The format of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        FORMATS.iter().copied().find(|format| format.name == name)
    }

    /// The extensions of all formats, each with its format.
    pub fn by_extension() -> Vec<(&'static str, &'static Self)> {
        let extensions = FORMATS.iter().flat_map(|format| {
            let extensions = format.extensions.iter();
            extensions.map(move |extension| (*extension, *format))
        });
        extensions.collect()
    }

    /// The formats that have an option.
    pub fn having(option: &str) -> Vec<&'static Self> {
        let formats = FORMATS.iter().copied();
        formats.filter(|it| it.options.contains(&option)).collect()
    }
}

/// What was asked of a format.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// For a spreadsheet: marks, line ends and dates that it reads, and text that it keeps.
    pub excel: bool,
    /// Prefix text that a spreadsheet takes for a formula.
    pub formula_guard: bool,
    /// An ASCII character for which [`csv::is_delimiter`] holds.
    pub delimiter: Option<u8>,
    pub crlf: bool,
    pub bom: bool,
    pub decimal_comma: bool,
    /// The column whose values are the sheets of a workbook.
    pub sheet_by: Option<String>,
    /// The time zone of intervals, where it is not UTC.
    pub zone: Option<String>,
    /// What a workbook says of itself: names and values.
    pub about: Vec<(String, String)>,
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_and_extensions_are_those_of_one_format() {
        let names: HashSet<&str> = FORMATS.iter().map(|format| format.name).collect();
        assert_eq!(names.len(), FORMATS.len());
        let all = Format::by_extension();
        let extensions: HashSet<&str> = all.iter().map(|(extension, _)| *extension).collect();
        assert_eq!(extensions.len(), all.len());
        for format in FORMATS {
            assert!(std::ptr::eq(Format::named(format.name).unwrap(), *format));
            assert!(!format.extensions.is_empty());
        }
        let having = Format::having("--delimiter").into_iter();
        let titles: Vec<&str> = having.map(|format| format.title).collect();
        assert_eq!(titles, ["CSV", "TSV"]);
    }
}
