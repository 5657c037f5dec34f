//! The command line resolved: terminals asked, inputs found, filters compiled.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};

use crate::{Error, Inputs, Levels, Limits, LintLevels, TableSpec, TextStyle, unreadable_option};

use super::args::{FilterArgs, InputArgs, When};
use super::config::Config;
use super::failure::say;
use super::output;

pub use super::args::Shared;

/// Variables that only tests set: read every container from a tape and check it with the schema
/// itself, and how many bytes of an input are processed together.
const PARANOID: &str = "GCAGG_TEST_PARANOID";
const WINDOW_BYTES: &str = "GCAGG_TEST_WINDOW";

impl Shared {
    /// The largest texts, numbers and compressed data that are read.
    pub fn limits(&self) -> Limits {
        Limits {
            token: self.max_token,
            element: self.max_element,
            inflate: self.max_inflate,
            zstd_window: self.max_zstd_window,
        }
    }

    /// The inputs of a command; without arguments, standard input unless it is a terminal.
    pub fn inputs(&self, args: &InputArgs, command: &str) -> Result<Inputs, Error> {
        output::refuse_slip(&args.inputs, command)?;
        if let Some(url) = args.inputs.iter().find(|it| is_url(it)) {
            return Err(refused_url(url, command));
        }
        let mut arguments = args.inputs.clone();
        if let Some(list) = &args.files_from {
            arguments.extend(listed(list, &args.inputs)?);
        }
        let inputs = match arguments.as_slice() {
            [] if args.files_from.is_some() => {
                return Err(Error::io("--files-from: the list has no names")
                    .help("check the command that writes the list"));
            }
            [] if io::stdin().is_terminal() => {
                return Err(Error::usage("no input was given").help(format!(
                    "name a file or a folder: gcagg {command} response.json"
                )));
            }
            [] => Inputs::new().path("-"),
            arguments => Inputs::new().paths(arguments),
        };
        let window = std::env::var(WINDOW_BYTES).ok();
        Ok(inputs
            .exclude(&args.exclude)?
            .threads(self.threads)
            .limits(self.limits())
            .paranoid(std::env::var_os(PARANOID).is_some())
            .window(window.and_then(|bytes| bytes.parse().ok())))
    }

    /// The levels of `gcagg.toml` and of the command line.
    pub fn levels(&self, typed: &LintLevels) -> Result<Levels, Error> {
        Levels::resolve_layers(&[self.file_levels()?, typed.clone()])
    }

    /// The severities of the settings file.
    pub fn file_levels(&self) -> Result<LintLevels, Error> {
        match &self.file_levels {
            Some(levels) => Ok(levels.clone()),
            None => Ok(self.config()?.levels()),
        }
    }

    /// Returns true if an option was typed. Options of `gcagg.toml` that have no effect in a run are
    /// not refused.
    pub fn is_typed(&self, option: &str) -> bool {
        self.typed.contains(option)
    }

    /// The first of these options that was typed.
    pub fn first_typed<'o>(&self, options: impl IntoIterator<Item = &'o str>) -> Option<&'o str> {
        options.into_iter().find(|option| self.is_typed(option))
    }

    /// Refuses typed options that have no effect. `needs` is the reason, and `help` the next step.
    pub fn refuse_typed<'o>(
        &self,
        options: impl IntoIterator<Item = &'o str>,
        needs: &str,
        help: &str,
    ) -> Result<(), Error> {
        match self.first_typed(options) {
            None => Ok(()),
            Some(option) => Err(Error::usage(format!("--{option} {needs}")).help(help)),
        }
    }

    /// Refuses a format of `gcagg.toml` if the extension of the typed output names one.
    pub fn refuse_default_format(&self, option: &str, is_named: bool) -> Result<(), Error> {
        match is_named && self.is_typed("output") && !self.is_typed(option) {
            true => Err(Error::usage(format!(
                "--{option} is not for the extension of the output"
            ))),
            false => Ok(()),
        }
    }

    /// The settings of `gcagg.toml`.
    pub fn config(&self) -> Result<Config, Error> {
        Config::load(self)
    }

    /// Returns true if standard output is a terminal, or is to be treated as one.
    pub fn stdout_is_terminal(&self) -> bool {
        self.color == When::Always || io::stdout().is_terminal()
    }

    /// The width of standard output in characters; 80 if it is not a terminal.
    pub fn stdout_width(&self) -> usize {
        const DEFAULT: usize = 80;
        let columns = std::env::var("COLUMNS").ok();
        let columns = columns.and_then(|text| text.parse().ok());
        #[cfg(unix)]
        let columns = columns.or_else(|| {
            let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
            Some(usize::from(size.ws_col))
        });
        let is_terminal = io::stdout().is_terminal();
        let columns = columns.filter(|columns| is_terminal && *columns > 0);
        columns.unwrap_or(DEFAULT).clamp(40, 200)
    }

    /// The style of text on standard output.
    pub fn stdout_style(&self) -> TextStyle {
        self.style(io::stdout().is_terminal())
    }

    /// The style of text on standard error.
    pub fn stderr_style(&self) -> TextStyle {
        self.style(io::stderr().is_terminal())
    }

    /// Returns true if progress is shown on standard error.
    pub fn draws_progress(&self) -> bool {
        match self.progress {
            When::Always => true,
            When::Never => false,
            When::Auto => !self.quiet && io::stderr().is_terminal(),
        }
    }

    /// Returns true if standard output shows colors.
    pub fn colors(&self) -> bool {
        self.draws(io::stdout().is_terminal())
    }

    fn style(&self, terminal: bool) -> TextStyle {
        let has_colors = self.draws(terminal);
        match has_colors || terminal && !is_dumb() {
            true => TextStyle::Graphical {
                width: self.stdout_width(),
                has_colors,
            },
            false => TextStyle::Narrated,
        }
    }

    fn draws(&self, terminal: bool) -> bool {
        let forced = std::env::var_os("FORCE_COLOR").is_some_and(|it| !it.is_empty() && it != "0");
        match self.color {
            When::Always => true,
            When::Never => false,
            When::Auto if is_set("NO_COLOR") => false,
            When::Auto if forced => true,
            When::Auto => terminal && !is_dumb(),
        }
    }

    /// Writes a line to standard error, unless `--quiet` is given.
    pub fn say(&self, line: &str) {
        if !self.quiet {
            say(line);
        }
    }

    /// Writes lines to standard error, unless `--quiet` is given.
    pub fn say_all(&self, lines: impl IntoIterator<Item = String>) {
        lines.into_iter().for_each(|line| self.say(&line));
    }

    /// Writes a line to standard error if `--verbose` is given.
    pub fn detail(&self, line: &str) {
        if self.verbose {
            say(line);
        }
    }
}

/// Returns true if a variable of the environment has a value.
fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}

fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// The inputs of a list.
fn listed(list: &Path, named: &[PathBuf]) -> Result<Vec<PathBuf>, Error> {
    let is_stdin = list == Path::new("-");
    if is_stdin && named.iter().any(|it| it == Path::new("-")) {
        return Err(
            Error::usage("--files-from - and the input - both read standard input")
                .help("save the list to a file and name it: --files-from list.txt"),
        );
    }
    let mut bytes = Vec::new();
    let read = match is_stdin {
        true => io::stdin().read_to_end(&mut bytes),
        false => File::open(list).and_then(|mut file| file.read_to_end(&mut bytes)),
    };
    read.map_err(|error| unreadable_option("--files-from", list, &error))?;
    Ok(Inputs::paths_of_list(&bytes))
}

/// Returns true if an argument is an address and not the name of a file.
fn is_url(argument: &Path) -> bool {
    let text = argument.to_string_lossy();
    let scheme = text.split_once("://").map(|(scheme, _)| scheme);
    scheme.is_some_and(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_alphanumeric()))
}

/// The error for an address in the place of an input. It omits the query, which may be secret.
fn refused_url(url: &Path, command: &str) -> Error {
    let text = url.to_string_lossy();
    let text = text.split(['?', '#']).next().unwrap_or_default();
    if let Some(path) = text.strip_prefix("file://") {
        return Error::usage(format!("{text} is an address, and gcagg reads files"))
            .help(format!("name the file: gcagg {command} {path}"));
    }
    // Neither are a user and a password shown.
    let (scheme, rest) = text.split_once("://").unwrap_or(("https", text));
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = host.rsplit('@').next().unwrap_or_default();
    let shown = format!("{scheme}://{host}/{path}");
    Error::usage(format!("{shown} is an address, and gcagg {command} reads files")).help(format!(
        "run a query with `gcagg fetch`; or download the file: curl -s '{shown}' | gcagg {command} -"
    ))
}

/// Adds the time zone, the filter and the files of names that were typed to a table.
pub fn filtered(
    mut spec: TableSpec,
    zone: Option<&str>,
    args: &FilterArgs,
    names: &[PathBuf],
) -> Result<TableSpec, Error> {
    if let Some(zone) = zone {
        spec = spec.timezone(zone)?;
    }
    for pattern in &args.metrics {
        spec = spec.metric(pattern)?;
    }
    for condition in &args.wheres {
        let Some((name, values)) = condition.split_once('=') else {
            return Err(
                Error::usage(format!("--where {condition}: expected DIM=VALUE"))
                    .help("write a dimension and a value: --where mediaType=voice"),
            );
        };
        let name = name.trim();
        let is_operator = name.starts_with('!') || name.ends_with(['!', '<', '>', '~']);
        if is_operator || values.starts_with('=') {
            let error = Error::usage(format!("--where {condition}: `=` is the only operator"));
            return Err(error.help(
                "list the values to keep, separated by commas: --where mediaType=voice,email",
            ));
        }
        spec = spec.only(name, values.split(','));
    }
    if let Some(time) = &args.from {
        spec = spec.from(time)?;
    }
    if let Some(time) = &args.until {
        spec = spec.until(time)?;
    }
    match names {
        [] => Ok(spec),
        files => spec.names(files),
    }
}
