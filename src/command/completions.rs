//! `gcagg completions` and `gcagg man`, from the definition of the command line.

use std::io::Write as _;
use std::path::Path;

use clap::builder::PossibleValuesParser;
use clap::{Command, CommandFactory as _};

use crate::cli::args::Args;
use crate::output::{Sink, print};
use crate::{Code, Error, ExitStatus, dimension_names, explained_words, metric_names};

/// Prints the completions of a shell.
pub fn run(shell: clap_complete::Shell) -> Result<ExitStatus, Error> {
    let mut command = with_values(Args::full_command());
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut command, "gcagg", &mut text);
    print(&text)?;
    Ok(ExitStatus::Success)
}

/// Prints the main manual page, or writes a page per command to a folder.
pub fn man(folder: Option<&Path>) -> Result<ExitStatus, Error> {
    let Some(folder) = folder else {
        let mut text = Vec::new();
        clap_mangen::Man::new(Args::command()).render(&mut text)?;
        print(copyable(&text).as_bytes())?;
        return Ok(ExitStatus::Success);
    };
    std::fs::create_dir_all(folder)
        .map_err(|error| Error::writing(&folder.display().to_string(), &error))?;
    let root = Args::full_command();
    let commands: Vec<Command> = root
        .get_subcommands()
        .filter(|command| command.get_name() != "help")
        .cloned()
        .collect();
    page(folder, "gcagg", root)?;
    for command in commands {
        let name = format!("gcagg-{}", command.get_name());
        page(folder, &name, command)?;
    }
    Ok(ExitStatus::Success)
}

/// Writes the page of one command.
fn page(folder: &Path, name: &str, command: Command) -> Result<(), Error> {
    let path = folder.join(format!("{name}.1"));
    // With the name `gcagg-convert`, as the main page refers to it.
    let command = command.display_name(name.to_owned());
    let mut text = Vec::new();
    clap_mangen::Man::new(command).render(&mut text)?;
    let mut sink = Sink::open(&path)?;
    sink.write_all(copyable(&text).as_bytes())?;
    Ok(sink.finish()?)
}

/// The page with examples that are not wrapped or hyphenated.
fn copyable(page: &[u8]) -> String {
    let page = String::from_utf8_lossy(page);
    let Some((head, extra)) = page.split_once(".SH EXTRA\n") else {
        return page.into_owned();
    };
    let end = extra.find(".SH ").unwrap_or(extra.len());
    let (examples, rest) = extra.split_at(end);
    let (title, text) = match examples.strip_prefix("Examples:\n") {
        Some(examples) => ("EXAMPLES", examples),
        None => ("NOTES", examples),
    };
    let text = text.trim_end();
    format!("{head}.SH {title}\n.nf\n{text}\n.fi\n{rest}")
}

/// The command line with the values that shells offer. The parser takes others too: metrics may
/// be newer than the catalogue.
fn with_values(command: Command) -> Command {
    let codes = || Code::ALL.iter().flat_map(|code| [code.id(), code.name()]);
    let levels: Vec<&str> = ["all", "warnings"].into_iter().chain(codes()).collect();
    let zones = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
    // The parser borrows its values forever; the command ends when they are printed.
    let kept = |text: String| -> &'static str { text.leak() };
    let conditions = || dimension_names().map(|name| kept(format!("{name}=")));
    let offered: Vec<(&str, Vec<&'static str>)> = vec![
        ("metrics", metric_names().collect()),
        ("expect_metrics", metric_names().collect()),
        ("wheres", conditions().collect()),
        ("conditions", conditions().collect()),
        ("group_by", dimension_names().collect()),
        ("expect_dims", dimension_names().collect()),
        ("timezone", zones.collect()),
        ("select", levels.clone()),
        ("ignore", levels.clone()),
        ("deny", levels.clone()),
        ("warn", levels.clone()),
        ("allow", levels),
        ("what", explained_words().map(kept).collect()),
    ];
    command.mut_subcommands(|command| {
        command.mut_args(|arg| {
            let values = offered.iter().find(|(id, _)| arg.get_id() == *id);
            match values {
                Some((_, values)) => {
                    arg.value_parser(PossibleValuesParser::new(values.iter().copied()))
                }
                None => arg,
            }
        })
    })
}
