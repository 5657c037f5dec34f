//! Parses the command line: the typed options, then the options of `gcagg.toml` for the command.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::Write as _;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command, CommandFactory as _, FromArgMatches as _};

use super::args::{self, Args, SchemaName, Shared};
use super::config::{self, Config, Setting};
use super::failure;
use super::help;
use super::hints;
use super::sections::any_case;
use crate::output::stdout;
use crate::{Error, ExitStatus, printable};

/// Options of all commands that take a value. The word after them is not a command.
const WITH_VALUE: [&str; 5] = ["-j", "--threads", "--color", "--progress", "--config"];

/// The help of `gcagg` alone.
const ALONE: &str = "{about}\n\n{usage-heading} {usage}\n\nCommands:\n{subcommands}\n\n`gcagg COMMAND --help` shows the options and examples of a command.";

/// The definition of the command line with the options of all commands. Values of fixed lists have any
/// case, and a negative number is a value.
fn full_definition() -> Command {
    let option = |arg: Arg| match arg.is_positional() {
        true => arg,
        // The parser of the option refuses `--limit -3` in its own words.
        false => any_case(arg).allow_negative_numbers(true),
    };
    let root = Args::full_command().mut_args(option);
    root.mut_subcommands(|command| command.mut_args(option))
}

/// Refuses options that cannot be combined.
pub type CombinationCheck = fn(&Shared, &args::Command) -> Result<(), Error>;

/// Parses the command line. Prints help, versions and errors.
pub fn arguments(typed: Vec<OsString>, check: CombinationCheck) -> Result<Args, ExitStatus> {
    let mut definition = Args::command();
    let matches = definition
        .try_get_matches_from_mut(&typed)
        .or_else(|_| {
            // Values in another case and help need the whole definition.
            definition = full_definition();
            definition.try_get_matches_from_mut(&typed)
        })
        .map_err(|error| printed(error, &typed))?;
    let mut args = read(&matches, &typed)?;
    let Some((name, chosen)) = matches.subcommand() else {
        return Ok(args);
    };
    let Some(command) = definition.find_subcommand(name) else {
        return Ok(args);
    };
    args.shared.typed = typed_options(command, chosen);
    args.shared.words = words(&typed);
    let Some(section) = section(&args.command, name) else {
        return Ok(args);
    };
    let config = Config::load(&args.shared).map_err(failure::end)?;
    args.shared.file_levels = Some(config.levels());
    let defaults = defaults((command, section), chosen, &config);
    if defaults.is_empty() {
        return Ok(args);
    }
    let with = |kept: &[&Setting]| {
        let mut all = typed.clone();
        let at = place(&all, name);
        let words = kept.iter().flat_map(|setting| config.arguments(setting));
        all.splice(at..at, words);
        all
    };
    let defaults = combinable(defaults, |kept| {
        let Ok(mut all) = repeated(with(kept)) else {
            return false;
        };
        all.shared.typed.clone_from(&args.shared.typed);
        check(&all.shared, &all.command).is_ok()
    });
    let all = with(&defaults);
    let matches = full_definition()
        .try_get_matches_from(&all)
        .map_err(|error| {
            let words = error.to_string();
            let first = words.lines().next().unwrap_or_default();
            let first = first.strip_prefix("error: ").unwrap_or(first);
            let file = config.path.as_ref().map(|path| path.display().to_string());
            let error = Error::usage(format!("{}: {first}", file.unwrap_or_default()));
            failure::end(error.help(format!("change [{section}] there, or pass --no-config")))
        })?;
    let mut with_defaults = read(&matches, &all)?;
    with_defaults.shared.typed = args.shared.typed;
    with_defaults.shared.words = words(&all);
    with_defaults.shared.file_levels = args.shared.file_levels;
    Ok(with_defaults)
}

/// Parses the words of a run that is repeated: they have the options of its settings file.
pub fn repeated(words: Vec<OsString>) -> Result<Args, clap::Error> {
    let matches = full_definition().try_get_matches_from(words)?;
    Args::from_arg_matches(&matches)
}

/// The table of the settings file with the options of a command. The schema of a table has those of
/// `convert`, which writes the table.
fn section<'n>(command: &args::Command, name: &'n str) -> Option<&'n str> {
    match command {
        args::Command::Schema(args) if args.name == SchemaName::Table => Some("convert"),
        _ => config::tables().find(|it| *it == name),
    }
}

/// The options of a command itself.
fn own_options(command: &Command) -> impl Iterator<Item = &Arg> {
    let options = command.get_arguments();
    options.filter(|option| !option.is_global_set())
}

/// The words behind the name of the program.
fn words(all: &[OsString]) -> Vec<String> {
    let words = all.iter().skip(1);
    words.map(|it| it.to_string_lossy().into_owned()).collect()
}

/// The long names of the options of a command that were typed.
fn typed_options(command: &Command, chosen: &ArgMatches) -> BTreeSet<String> {
    let typed = own_options(command).filter(|option| is_typed(chosen, option.get_id().as_str()));
    let names = typed.filter_map(Arg::get_long);
    names.map(str::to_owned).collect()
}

fn is_typed(chosen: &ArgMatches, id: &str) -> bool {
    matches!(
        chosen.value_source(id),
        Some(ValueSource::CommandLine | ValueSource::EnvVariable)
    )
}

fn read(matches: &ArgMatches, typed: &[OsString]) -> Result<Args, ExitStatus> {
    Args::from_arg_matches(matches).map_err(|error| printed(error, typed))
}

/// Prints help, a version or an error.
fn printed(error: clap::Error, typed: &[OsString]) -> ExitStatus {
    // The error quotes what was typed, which may be the names of files.
    let escaped = typed.iter().map(|word| printable(&word.to_string_lossy()));
    let mut definition = help::shown(full_definition());
    if typed.len() < 2 {
        definition = definition.help_template(ALONE);
    }
    let again = definition.try_get_matches_from(escaped);
    let mut error = again.err().unwrap_or(error);
    hints::add(&mut error, typed);
    let printed = error.print();
    if error.use_stderr() {
        return ExitStatus::Usage;
    }
    let printed = stdout().and_then(|mut out| printed.and_then(|()| out.flush()));
    match printed {
        Ok(()) => ExitStatus::Success,
        Err(error) => failure::end(Error::from(error)),
    }
}

/// The options of the file, without options that were typed or conflict with a typed one.
fn defaults<'c>(
    (command, section): (&Command, &str),
    chosen: &ArgMatches,
    config: &'c Config,
) -> Vec<&'c Setting> {
    let typed: Vec<&Arg> = own_options(command)
        .filter(|option| is_typed(chosen, option.get_id().as_str()))
        .collect();
    let stands = |name: &str| {
        let Some(option) = own_options(command).find(|option| option.get_long() == Some(name))
        else {
            return false;
        };
        !typed
            .iter()
            .any(|other| other.get_id() == option.get_id() || exclude(command, option, other))
    };
    config
        .settings
        .iter()
        .filter(|setting| setting.table == section && stands(setting.key))
        .collect()
}

/// The options of the file without those that are not usable with the typed options. Options of the file that
/// are not usable with each other are all kept, so that the command refuses them.
fn combinable(all: Vec<&Setting>, is_usable: impl Fn(&[&Setting]) -> bool) -> Vec<&Setting> {
    if is_usable(&all) {
        return all;
    }
    let (mut kept, mut left) = (Vec::new(), all.clone());
    loop {
        let before = left.len();
        left.retain(|setting| {
            kept.push(*setting);
            let fits = is_usable(&kept);
            if !fits {
                kept.pop();
            }
            !fits
        });
        // One may need another that comes later.
        if left.len() == before {
            break;
        }
    }
    match left.iter().any(|setting| is_usable(&[*setting])) {
        true => all,
        false => kept,
    }
}

/// Returns true if two options conflict, in either direction.
fn exclude(command: &Command, one: &Arg, other: &Arg) -> bool {
    let has = |of: &Arg, wanted: &Arg| {
        command
            .get_arg_conflicts_with(of)
            .iter()
            .any(|arg| arg.get_id() == wanted.get_id())
    };
    has(one, other) || has(other, one)
}

/// The index at which options of the command can be inserted: after its name.
fn place(typed: &[OsString], name: &str) -> usize {
    let is_value = |at: usize| {
        typed
            .get(at.wrapping_sub(1))
            .and_then(|before| before.to_str())
            .is_some_and(|before| WITH_VALUE.contains(&before))
    };
    let found = (1..typed.len()).find(|&at| typed[at] == name && !is_value(at));
    found.map_or(typed.len(), |at| at + 1)
}
