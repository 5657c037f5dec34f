//! The command line resolved: terminals asked, inputs found, filters compiled.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal as _};
use std::path::PathBuf;

use crate::{Error, Inputs, Levels, Limits, LintLevels, TableSpec, TextStyle};

use super::args::{FilterArgs, LevelArgs, SharedArgs, When};
use super::config::{Choice, Config};
use super::failure::say;
use super::output;

/// Variables that only tests set: read every container from a tape and check it with the schema
/// itself, and how many bytes of an input are processed together.
const PARANOID: &str = "GCAGG_TEST_PARANOID";
const WINDOW_BYTES: &str = "GCAGG_TEST_WINDOW";

/// The options of all commands.
#[derive(Debug, Clone)]
pub struct Shared {
    color: When,
    progress: When,
    pub quiet: bool,
    pub verbose: bool,
    /// The number of threads that was asked for.
    pub threads: usize,
    /// The largest texts, numbers and compressed data that are read.
    pub limits: Limits,
    config: Choice,
    typed: BTreeSet<String>,
}

impl Shared {
    /// Takes the shared options.
    pub fn resolve(args: &SharedArgs) -> Self {
        Self {
            color: args.color,
            progress: args.progress,
            quiet: args.quiet,
            verbose: args.verbose,
            threads: args.threads,
            limits: Limits {
                token: args.max_token,
                element: args.max_element,
                inflate: args.max_inflate,
                zstd_window: args.max_zstd_window,
            },
            config: Choice::of(args),
            typed: args.typed.clone(),
        }
    }

    /// The inputs of a command; without arguments, standard input unless it is a terminal.
    ///
    /// # Errors
    /// A usage error with an example.
    pub fn inputs(&self, arguments: &[PathBuf], command: &str) -> Result<Inputs, Error> {
        output::refuse_slip(arguments, command)?;
        let inputs = match arguments {
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
            .threads(self.threads)
            .limits(self.limits)
            .paranoid(std::env::var_os(PARANOID).is_some())
            .window(window.and_then(|bytes| bytes.parse().ok())))
    }

    /// The levels that were set and typed.
    ///
    /// # Errors
    /// A code that does not exist, or one that cannot be lowered.
    pub fn levels(&self, args: &LevelArgs) -> Result<Levels, Error> {
        levels(args, &self.config()?)
    }

    /// Whether an option was typed: what `gcagg.toml` sets is meant for the runs that it suits.
    pub fn is_typed(&self, option: &str) -> bool {
        self.typed.contains(option)
    }

    /// The first of these options that was typed.
    pub fn first_typed<'o>(&self, options: impl IntoIterator<Item = &'o str>) -> Option<&'o str> {
        options.into_iter().find(|option| self.is_typed(option))
    }

    /// Refuses options that were typed and have no effect; `needs` says what they need, and `help`
    /// what to write.
    ///
    /// # Errors
    /// One of them was typed.
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

    /// The settings of `gcagg.toml`.
    ///
    /// # Errors
    /// The file does not read.
    pub fn config(&self) -> Result<Config, Error> {
        Config::load(&self.config)
    }

    /// Whether standard output is a terminal, or is to be treated as one.
    pub fn stdout_is_terminal(&self) -> bool {
        self.color == When::Always || io::stdout().is_terminal()
    }

    /// How many characters a line of standard output has: 80 where it is no terminal.
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

    /// How text for people looks on standard output.
    pub fn stdout_style(&self) -> TextStyle {
        self.style(io::stdout().is_terminal())
    }

    /// How text for people looks on standard error.
    pub fn stderr_style(&self) -> TextStyle {
        self.style(io::stderr().is_terminal())
    }

    /// Whether progress is shown on standard error.
    pub fn draws_progress(&self) -> bool {
        match self.progress {
            When::Always => true,
            When::Never => false,
            When::Auto => !self.quiet && io::stderr().is_terminal(),
        }
    }

    /// Whether standard output shows colors.
    pub fn colors(&self) -> bool {
        self.draws(io::stdout().is_terminal())
    }

    fn style(&self, terminal: bool) -> TextStyle {
        if self.draws(terminal) {
            TextStyle::Graphical
        } else {
            TextStyle::Narrated
        }
    }

    fn draws(&self, terminal: bool) -> bool {
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        match self.color {
            When::Always => true,
            When::Never => false,
            When::Auto => terminal && !dumb && !set("NO_COLOR") && !set("NO_GRAPHICS"),
        }
    }

    /// A line on standard error, unless silence was asked for.
    pub fn say(&self, line: &str) {
        if !self.quiet {
            say(line);
        }
    }

    /// A line on standard error for those who asked for more.
    pub fn detail(&self, line: &str) {
        if self.verbose {
            say(line);
        }
    }
}

/// The levels that were set and typed.
///
/// # Errors
/// A code that does not exist, or one that cannot be lowered.
pub fn levels(args: &LevelArgs, config: &Config) -> Result<Levels, Error> {
    let typed = LintLevels {
        select: args.select.clone(),
        ignore: args.ignore.clone(),
        deny: args.deny.clone(),
        warn: args.warn.clone(),
        allow: args.allow.clone(),
    };
    Levels::resolve_layers(&[config.requested(), typed])
}

/// Adds the time zone, the filter and the files of names that were typed to a table.
///
/// # Errors
/// What does not read.
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
        spec = spec.only(name.trim(), values.split(','));
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
