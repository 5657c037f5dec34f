//! The help of commands: `-h` has the everyday options, `--help` all options of the command.

use clap::{Arg, Command};

/// The options that `-h` shows, by command. Commands with few options show them all.
const EVERYDAY: [(&str, &str); 6] = [
    (
        "convert",
        "output to layout columns names metric where kpi timezone on-error repeats",
    ),
    (
        "report",
        "output by every top names where timezone compare title on-error repeats",
    ),
    (
        "rollup",
        "output to by every names metric where timezone on-error repeats",
    ),
    (
        "validate",
        "output format schema fix baseline expect-dims expect-interval timezone select deny",
    ),
    (
        "fetch",
        "output names family last interval timezone metric group-by granularity where dry-run",
    ),
    ("inspect", "output format against exit-code"),
];

/// Options of all commands that `-h` leaves to `--help`.
const SHARED: [&str; 5] = ["threads", "progress", "verbose", "config", "no-config"];

/// Options of all commands that have no effect where no response is read.
const READING: [&str; 6] = [
    "threads",
    "progress",
    "max-token",
    "max-element",
    "max-inflate",
    "max-zstd-window",
];
/// The commands that read no response.
const WITHOUT_INPUTS: [&str; 6] = ["fetch", "explain", "schema", "config", "completions", "man"];

/// Number of examples that `-h` shows.
const EXAMPLES: usize = 2;

/// The definition of the command line, as help shows it.
pub fn shown(mut root: Command) -> Command {
    root.build();
    root.mut_subcommands(command)
}

fn command(command: Command) -> Command {
    let name = command.get_name().to_owned();
    let everyday = EVERYDAY.iter().find(|(it, _)| *it == name);
    let is_everyday = |long: &str| match everyday {
        Some((_, list)) => list.split(' ').any(|it| it == long),
        None => !SHARED.contains(&long),
    };
    let reads = !WITHOUT_INPUTS.contains(&&*name);
    let shown = |arg: Arg| {
        let Some(long) = arg.get_long().map(str::to_owned) else {
            return arg;
        };
        let has_effect = reads || !READING.contains(&&*long);
        let is_short = long == "help" || is_everyday(&long);
        let is_hidden = arg.is_hide_set() || !has_effect;
        arg.hide(is_hidden).hide_short_help(!is_short)
    };
    let command = command.mut_args(shown);
    let Some(all) = command.get_after_help().map(ToString::to_string) else {
        return command;
    };
    let (_, examples) = all.split_once("Examples:\n").unwrap_or_default();
    let first: Vec<&str> = examples.lines().take(EXAMPLES).collect();
    let short = format!("Examples:\n{}", first.join("\n"));
    command.after_help(short).after_long_help(all)
}
