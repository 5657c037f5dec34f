//! Hints for users who type the options, commands and values of other tools.

use std::error::Error as _;
use std::ffi::OsString;
use std::num::ParseIntError;
use std::sync::LazyLock;

use clap::Command;
use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::{TableFormat, nearest};

use super::args::Args;

/// Options and commands of other tools: the command, the option or command, and a hint. The command is
/// empty if the hint is for all commands.
static WORDS: LazyLock<Vec<[String; 3]>> = LazyLock::new(|| {
    let records = csv::Reader::from_reader(include_str!("hints.csv").as_bytes()).into_deserialize();
    records.flatten().collect()
});

/// Adds a hint to an error of the parser, in place of its tips, if one matches.
pub fn add(error: &mut clap::Error, typed: &[OsString]) {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        _ => String::new(),
    };
    let hint = match error.kind() {
        ErrorKind::UnknownArgument => of_option(typed, &text(ContextKind::InvalidArg)),
        ErrorKind::InvalidValue => of_value(
            typed,
            &text(ContextKind::InvalidArg),
            &text(ContextKind::InvalidValue),
        ),
        ErrorKind::ValueValidation => {
            let is_number = error.source().is_some_and(|it| it.is::<ParseIntError>());
            is_number.then(|| "write a whole number from 0, such as 10".to_owned())
        }
        ErrorKind::InvalidSubcommand => of_command(&text(ContextKind::InvalidSubcommand)),
        _ => None,
    };
    if let Some(hint) = hint {
        for kind in [
            ContextKind::SuggestedArg,
            ContextKind::SuggestedValue,
            ContextKind::SuggestedSubcommand,
            // It names the option that was nearest.
            ContextKind::Usage,
        ] {
            error.remove(kind);
        }
        let hint = ContextValue::StyledStrs(vec![StyledStr::from(hint)]);
        error.insert(ContextKind::Suggested, hint);
    }
}

/// The hint for an option that a command does not have.
fn of_option(typed: &[OsString], option: &str) -> Option<String> {
    let root = Args::full_command();
    let command = command(&root, typed);
    let name = option.split([' ', '=']).next().unwrap_or(option);
    // A long option with one dash is read as several short ones.
    let words = typed.iter().filter_map(|word| word.to_str());
    let long = words.filter_map(|word| word.strip_prefix('-'));
    let long = long.filter(|word| word.len() > 2 && !name.starts_with("--"));
    let mut known = long.filter(|word| {
        matches!(*word, "version" | "help") || has_option(&root, command, word).is_some()
    });
    if let Some(long) = known.next() {
        return Some(format!("did you mean `--{long}`?"));
    }
    let word = word(command, name);
    let owners = || {
        let long = name.strip_prefix("--")?;
        let commands = root.get_subcommands().map(Command::get_name);
        let owners = commands.filter(|owner| has_option(&root, owner, long).is_some());
        let owners: Vec<String> = owners.map(|owner| format!("`{owner}`")).collect();
        let (last, others) = owners.split_last()?;
        Some(match others {
            [] => format!("`{name}` belongs to {last}"),
            others => format!("`{name}` belongs to {} and {last}", others.join(", ")),
        })
    };
    let near = || {
        let long = name.strip_prefix("--")?;
        let options = root.find_subcommand(command).unwrap_or(&root);
        let options = options.get_arguments().filter(|arg| !arg.is_hide_set());
        let near = nearest(long, options.filter_map(clap::Arg::get_long))?;
        Some(format!("did you mean `--{near}`?"))
    };
    word.or_else(near).or_else(owners)
}

/// The hint for a value that an option does not have.
fn of_value(typed: &[OsString], option: &str, value: &str) -> Option<String> {
    let option = option.split(' ').next().unwrap_or(option);
    let table = TableFormat::called(value).filter(|format| format.name != "json");
    if let ("--format", Some(format)) = (option, table) {
        let extension = format.extensions.first()?;
        return Some(format!(
            "convert writes tables: gcagg convert INPUT -o table.{extension}"
        ));
    }
    if option == "--durations" && value.contains(':') {
        return Some("did you mean `hms`?".to_owned());
    }
    let root = Args::full_command();
    let command = command(&root, typed);
    let arg = has_option(&root, command, option.strip_prefix("--")?)?;
    let value_word = || word(command, &format!("{option} {}", value.to_lowercase()));
    near_value(arg, value).or_else(value_word)
}

/// The hint with the nearest value of a fixed list.
pub fn near_value(arg: &clap::Arg, value: &str) -> Option<String> {
    let values = arg.get_possible_values();
    let names = values.iter().filter(|it| !it.is_hide_set());
    let names: Vec<&str> = names.flat_map(|it| it.get_name_and_aliases()).collect();
    let near = nearest(value, names.into_iter())?.to_lowercase();
    Some(format!("did you mean `{near}`?"))
}

/// The hint for a command that there is not.
fn of_command(typed: &str) -> Option<String> {
    if typed.contains(['.', '/', '*']) {
        return Some(format!("a command comes first: gcagg convert {typed}"));
    }
    let root = Args::full_command();
    let names = root.get_subcommands().map(Command::get_name);
    let near = || Some(format!("did you mean `{}`?", nearest(typed, names)?));
    word("command", &typed.to_lowercase()).or_else(near)
}

/// The name of the command that was typed, or nothing.
fn command<'t>(root: &Command, typed: &'t [OsString]) -> &'t str {
    let mut words = typed.iter().skip(1).filter_map(|word| word.to_str());
    let found = words.find(|word| root.find_subcommand(word).is_some());
    found.unwrap_or_default()
}

fn has_option<'r>(root: &'r Command, command: &str, long: &str) -> Option<&'r clap::Arg> {
    let mut options = root.find_subcommand(command)?.get_arguments();
    options.find(|option| option.get_long() == Some(long) && !option.is_hide_set())
}

/// The hint of the list.
fn word(command: &str, typed: &str) -> Option<String> {
    let mut words = WORDS.iter();
    let found = words.find(|[of, known, _]| (of.is_empty() || of == command) && known == typed);
    found.map(|[.., hint]| hint.clone())
}
