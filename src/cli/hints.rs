//! Hints for users who type the options of other tools.

use std::ffi::OsString;
use std::sync::LazyLock;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};

/// Options of other tools: the command, the option, and a hint. The command is empty if the hint is
/// for all commands.
static OPTIONS: LazyLock<Vec<[String; 3]>> = LazyLock::new(|| {
    let records = csv::Reader::from_reader(include_str!("hints.csv").as_bytes()).into_deserialize();
    records.flatten().collect()
});

/// Formats of tables, which only `convert` writes.
const TABLES: [&str; 8] = [
    "csv", "tsv", "xlsx", "excel", "parquet", "arrow", "ndjson", "jsonl",
];

/// Adds a hint to an error of the parser, if one matches.
pub fn add(error: &mut clap::Error, typed: &[OsString]) {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        _ => None,
    };
    let command = command(typed);
    let hint = match error.kind() {
        ErrorKind::UnknownArgument => text(ContextKind::InvalidArg)
            .and_then(|option| foreign(command, &option).map(str::to_owned)),
        ErrorKind::InvalidValue => {
            let option = text(ContextKind::InvalidArg).unwrap_or_default();
            let value = text(ContextKind::InvalidValue).unwrap_or_default();
            (option.starts_with("--format") && TABLES.contains(&value.as_str()))
                .then(|| format!("convert writes tables: gcagg convert INPUT -o table.{value}"))
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
fn command(typed: &[OsString]) -> &str {
    let mut words = typed.iter().skip(1).filter_map(|word| word.to_str());
    let is_command = |word: &str| !word.is_empty() && OPTIONS.iter().any(|[of, ..]| of == word);
    words.find(|word| is_command(word)).unwrap_or_default()
}

fn foreign(command: &str, option: &str) -> Option<&'static str> {
    let name = option.split([' ', '=']).next().unwrap_or(option);
    let mut options = OPTIONS.iter();
    let found = options.find(|[of, known, _]| (of.is_empty() || of == command) && known == name);
    found.map(|[.., hint]| hint.as_str())
}
