//! The options of commands that `gcagg.toml` can set. Their names and values come from the definition
//! of the command line.

use std::ffi::OsString;
use std::sync::LazyLock;

use clap::error::{ContextKind, ContextValue};
use clap::{Arg, ArgAction, Command, ValueHint};

use crate::LintLevels;

use super::args::Args;
use super::hints::near_value;

/// The commands whose options can be set; each is a table of the file.
pub const SECTIONS: &[&str] = if cfg!(feature = "fetch") {
    &["convert", "report", "rollup", "fetch"]
} else {
    &["convert", "report", "rollup"]
};

/// The options with paths that are only read. The other options with paths name outputs, credentials
/// or certificates.
const READING: [&str; 3] = ["names", "compare", "query"];

/// An option of a command.
#[derive(Debug)]
pub struct CommandOption {
    /// The command.
    pub section: &'static str,
    /// The name of the option, without dashes.
    pub name: String,
    /// Its definition.
    pub arg: Arg,
}

static OPTIONS: LazyLock<Vec<CommandOption>> = LazyLock::new(|| {
    let root = Args::full_command();
    let mut options = Vec::new();
    for section in SECTIONS {
        let command = root.find_subcommand(section);
        let args = command.into_iter().flat_map(Command::get_arguments);
        options.extend(args.filter_map(|arg| option(section, arg)));
    }
    options
});

fn option(section: &'static str, arg: &Arg) -> Option<CommandOption> {
    let name = arg.get_long()?;
    // Severities are set once for all commands, above all tables.
    let is_elsewhere =
        arg.is_hide_set() || arg.is_global_set() || LintLevels::OPTIONS.contains(&name);
    let sets = matches!(
        arg.get_action(),
        ArgAction::SetTrue | ArgAction::Append | ArgAction::Set
    );
    (sets && !is_elsewhere).then(|| CommandOption {
        section,
        name: name.to_owned(),
        arg: arg.clone(),
    })
}

/// Every option that can be set.
pub fn options() -> &'static [CommandOption] {
    &OPTIONS
}

/// The option of this name.
pub fn find(section: &str, name: &str) -> Option<&'static CommandOption> {
    OPTIONS
        .iter()
        .find(|option| option.section == section && option.name == name)
}

/// Values of a fixed list have any case.
pub fn any_case(arg: clap::Arg) -> clap::Arg {
    match arg.get_action().takes_values() && !arg.get_possible_values().is_empty() {
        true => arg.ignore_case(true),
        false => arg,
    }
}

impl CommandOption {
    /// Returns true if the value names a file, relative to the folder of the settings.
    pub fn is_path(&self) -> bool {
        self.arg.get_value_hint() == ValueHint::AnyPath
    }

    /// Returns true if only a file that `--config` names may set it. A file that is found in a folder
    /// may come from an archive of somebody else.
    pub fn needs_named_file(&self) -> bool {
        self.is_path() && !READING.contains(&self.name.as_str())
    }

    /// Returns true if this value names a file to read: `--where DIM=@FILE` sends its lines to the API.
    pub fn reads_file(&self, value: &str) -> bool {
        let is_filter = self.section == "fetch" && self.name == "where";
        is_filter
            && value
                .split_once('=')
                .is_some_and(|(_, value)| value.trim_start().starts_with('@'))
    }

    /// The message of the parser if the command refuses these arguments, and the possible values.
    pub fn refusal(&self, arguments: &[OsString]) -> Option<(String, Option<String>)> {
        let root = Args::full_command();
        let command = root.find_subcommand(self.section)?.clone();
        let error = command
            .no_binary_name(true)
            .mut_args(any_case)
            .try_get_matches_from(arguments)
            .err()?;
        let near = match error.get(ContextKind::InvalidValue) {
            Some(ContextValue::String(value)) => near_value(&self.arg, value),
            _ => None,
        };
        let error = error.to_string();
        let mut lines = error.lines().map(str::trim).filter(|line| !line.is_empty());
        let first = lines.next().unwrap_or_default();
        let first = first.strip_prefix("error: ").unwrap_or(first).to_owned();
        let values = lines
            .next()
            .and_then(|line| line.strip_prefix('[')?.strip_suffix(']'))
            .map(str::to_owned);
        Some((first, near.or(values)))
    }
}
