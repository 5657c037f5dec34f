//! Hints for command lines that are nearly right: what people type who know other tools.

use std::ffi::OsString;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};

/// Options of other tools, and what to type here. The command is empty where it does not matter.
const OPTIONS: &[(&str, &str, &str)] = &[
    (
        "validate",
        "--limit",
        "--max-shown N limits what text shows",
    ),
    (
        "validate",
        "--strict",
        "--deny warnings makes warnings fail",
    ),
    (
        "",
        "--limit",
        "the rows of a table are limited by gcagg convert --limit N",
    ),
    ("convert", "--head", "the first rows: --limit N"),
    ("convert", "-n", "the first rows: --limit N"),
    ("rollup", "--head", "the first rows: --limit N"),
    ("rollup", "-n", "the first rows: --limit N"),
    (
        "",
        "--order-by",
        "the order of the rows is --sort COL[:desc]",
    ),
    (
        "",
        "--sort-by",
        "the order of the rows is --sort COL[:desc]",
    ),
    (
        "convert",
        "--format",
        "the format of a table is -t/--to, or the extension of -o",
    ),
    (
        "convert",
        "-f",
        "the format of a table is -t/--to, or the extension of -o",
    ),
    ("convert", "--json", "write -t json"),
    ("convert", "--csv", "write -t csv, which is the default"),
    (
        "report",
        "--to",
        "the format of a report is --format, or the extension of -o",
    ),
    (
        "report",
        "-t",
        "the format of a report is --format, or the extension of -o",
    ),
    (
        "inspect",
        "--to",
        "the format is --format, or the extension of -o",
    ),
    ("inspect", "--json", "write --format json"),
    ("validate", "--json", "write --format json"),
    (
        "validate",
        "--to",
        "the format of the findings is --format, or --report FORMAT=PATH",
    ),
    ("", "--out", "the output is -o/--output"),
    ("", "--outfile", "the output is -o/--output"),
    ("", "--output-file", "the output is -o/--output"),
    ("", "--sep", "the field delimiter is --delimiter"),
    ("", "--separator", "the field delimiter is --delimiter"),
    ("", "--delim", "the field delimiter is --delimiter"),
    ("", "--tz", "the time zone is --timezone"),
    ("", "--time-zone", "the time zone is --timezone"),
    (
        "convert",
        "--filter",
        "the filters are --where DIM=VALUE, --metric, --from and --until",
    ),
    (
        "report",
        "--filter",
        "the filters are --where DIM=VALUE, --metric, --from and --until",
    ),
    ("", "--queue", "filter by a dimension: --where queueId=ID"),
    (
        "",
        "--media-type",
        "filter by a dimension: --where mediaType=voice",
    ),
    ("", "--since", "the first time is --from"),
    ("", "--start", "the first time is --from"),
    ("", "--end", "the end of the time is --until"),
    ("", "--before", "the end of the time is --until"),
    ("", "--jobs", "the number of threads is -j/--threads"),
    ("", "--silent", "to print errors only, write -q/--quiet"),
    ("", "--debug", "to print more, write -v/--verbose"),
    ("", "--strict", "--deny warnings makes warnings fail"),
    (
        "",
        "--recursive",
        "folders are searched with all their subfolders already",
    ),
    (
        "",
        "-r",
        "folders are searched with all their subfolders already",
    ),
];

/// Formats of tables, which only `convert` writes.
const TABLES: [&str; 8] = [
    "csv", "tsv", "xlsx", "excel", "parquet", "arrow", "ndjson", "jsonl",
];

/// Adds a hint to an error of the parser where there is one.
pub fn add(error: &mut clap::Error, typed: &[OsString]) {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        _ => None,
    };
    let command = command(typed);
    let hint = match error.kind() {
        ErrorKind::UnknownArgument => text(ContextKind::InvalidArg)
            .and_then(|option| foreign(&command, &option).map(str::to_owned)),
        ErrorKind::InvalidValue => {
            let option = text(ContextKind::InvalidArg).unwrap_or_default();
            let value = text(ContextKind::InvalidValue).unwrap_or_default();
            (option.starts_with("--format") && TABLES.contains(&value.as_str())).then(|| {
                format!("tables are written by convert: gcagg convert INPUT -o table.{value}")
            })
        }
        ErrorKind::InvalidSubcommand => text(ContextKind::InvalidSubcommand)
            .filter(|word| word.contains(['.', '/', '*']))
            .map(|word| format!("a command comes first: gcagg convert {word}")),
        _ => None,
    };
    if let Some(hint) = hint {
        let hint = ContextValue::StyledStrs(vec![StyledStr::from(hint)]);
        error.insert(ContextKind::Suggested, hint);
    }
}

/// The name of the command, or nothing.
fn command(typed: &[OsString]) -> String {
    typed
        .iter()
        .skip(1)
        .filter_map(|word| word.to_str())
        .find(|word| {
            OPTIONS
                .iter()
                .any(|(command, ..)| !command.is_empty() && command == word)
        })
        .unwrap_or_default()
        .to_owned()
}

fn foreign(command: &str, option: &str) -> Option<&'static str> {
    let name = option.split([' ', '=']).next().unwrap_or(option);
    OPTIONS
        .iter()
        .find(|(of, known, _)| (of.is_empty() || *of == command) && *known == name)
        .map(|(.., hint)| *hint)
}
