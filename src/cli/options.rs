//! The command line resolved: terminals asked, inputs found, filters compiled.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono_tz::Tz;

use crate::diagnostic::levels::{Levels, LintLevels};
use crate::diagnostic::render::Style;
use crate::facade::Settings;
use crate::input::cut::WINDOW;
use crate::input::discover::{self, Discovery};
use crate::input::limits::Limits;
use crate::input::reading::Reading;
use crate::model::{when, zone};
use crate::pipeline::parallel::Threads;
use crate::pipeline::{Resources, budget};
use crate::table::TableSpec;
use crate::table::filter::Condition;
use crate::table::{EntityNames, Filter};
use crate::write::sink::{Compression, Sink, Target};

use super::args::{FilterArgs, LevelArgs, NamesArgs, SharedArgs, When};
use super::config::{Choice, Config};
use super::failure::say;
use super::output;
use crate::error::Error;

/// Variables that only tests set: read every container from a tape and check it with the schema
/// itself, and how many bytes of an input are processed together.
const PARANOID: &str = "GCAGG_TEST_PARANOID";
const WINDOW_BYTES: &str = "GCAGG_TEST_WINDOW";

/// What every command goes by.
#[derive(Debug, Clone)]
pub struct Shared {
    color: When,
    progress: When,
    pub quiet: bool,
    pub verbose: bool,
    /// Trust no verdict but that of the schema itself.
    pub paranoid: bool,
    /// How many bytes of an input are looked at together.
    pub window: usize,
    /// What works, and what may be read.
    pub resources: Resources,
    config: Choice,
    typed: BTreeSet<String>,
}

impl Shared {
    /// Takes the shared options, and decides how many threads work.
    pub fn resolve(args: &SharedArgs) -> Self {
        let limit = budget::address_space();
        let threads = Threads::fitting(args.threads, |threads| budget::threads(threads, limit));
        let reading = Reading::new(Limits {
            token: args.max_token,
            inflate: args.max_inflate,
            zstd_window: args.max_zstd_window,
        });
        Self {
            color: args.color,
            progress: args.progress,
            quiet: args.quiet,
            verbose: args.verbose,
            paranoid: std::env::var_os(PARANOID).is_some(),
            window: std::env::var(WINDOW_BYTES)
                .ok()
                .and_then(|bytes| bytes.parse().ok())
                .unwrap_or_else(|| budget::window(WINDOW * threads.count().clamp(2, 8), limit))
                .max(16),
            resources: Resources { threads, reading },
            config: Choice::of(args),
            typed: args.typed.clone(),
        }
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

    /// Settings that go by these options.
    ///
    /// # Errors
    /// An embedded schema does not read.
    pub fn settings(
        &self,
        levels: Levels,
        spec: impl Into<Arc<TableSpec>>,
    ) -> Result<Settings, Error> {
        Ok(Settings {
            paranoid: self.paranoid,
            window: self.window,
            ..Settings::new(levels, self.resources.clone(), spec)?
        })
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
    pub fn stdout_style(&self) -> Style {
        self.style(io::stdout().is_terminal())
    }

    /// How text for people looks on standard error.
    pub fn stderr_style(&self) -> Style {
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

    fn style(&self, terminal: bool) -> Style {
        if self.draws(terminal) {
            Style::Graphical
        } else {
            Style::Narrated
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

/// Finds the inputs; without arguments, standard input unless a person sits there.
///
/// # Errors
/// A usage error with an example.
pub fn inputs(arguments: &[PathBuf], command: &str) -> Result<Discovery, Error> {
    output::refuse_slip(arguments, command)?;
    if !arguments.is_empty() {
        return Ok(discover::discover(arguments));
    }
    if io::stdin().is_terminal() {
        return Err(Error::usage("no input was given").help(format!(
            "name a file or a folder: gcagg {command} response.json"
        )));
    }
    Ok(discover::discover(&[PathBuf::from("-")]))
}

/// The levels that were set and typed.
///
/// # Errors
/// A code that is none, or one that cannot be lowered.
pub fn levels(args: &LevelArgs, config: &Config) -> Result<Levels, Error> {
    let typed = LintLevels {
        select: args.select.clone(),
        ignore: args.ignore.clone(),
        deny: args.deny.clone(),
        warn: args.warn.clone(),
        allow: args.allow.clone(),
    };
    Levels::resolve_layers(&[config.requested(), typed])
        .map_err(|error| Error::usage(error.to_string()).help(error.suggestion()))
}

/// The filter that was typed.
///
/// # Errors
/// What does not read.
pub fn filter(args: &FilterArgs, zone: Option<Tz>) -> Result<Filter, Error> {
    let mut filter = Filter {
        zone,
        ..Filter::default()
    };
    for pattern in &args.metrics {
        let compiled = glob::Pattern::new(pattern)
            .map_err(|error| Error::usage(format!("--metric {pattern}: {error}")))?;
        filter.metrics.push(compiled);
    }
    for condition in &args.wheres {
        let Some((name, value)) = condition.split_once('=') else {
            return Err(
                Error::usage(format!("--where {condition}: expected DIM=VALUE"))
                    .help("write a dimension and a value: --where mediaType=voice"),
            );
        };
        let values = value.split(',').map(str::to_owned);
        let condition = Condition {
            dimension: name.trim().to_owned(),
            values: values.collect(),
            typed: value.to_owned(),
        };
        filter.dimensions.push(condition);
    }
    let zone = zone.unwrap_or(Tz::UTC);
    let bound = |name: &str, text: &Option<String>| {
        let bound = text.as_deref().map(|text| when::bound(name, text, zone));
        bound.transpose()
    };
    filter.from = bound("--from", &args.from)?;
    filter.until = bound("--until", &args.until)?;
    Ok(filter)
}

/// The names of ids that `--names` asks for.
///
/// # Errors
/// A file that cannot be read, or is no list of names.
pub fn names(args: &NamesArgs) -> Result<EntityNames, Error> {
    match args.files.is_empty() {
        true => Ok(EntityNames::default()),
        false => EntityNames::read(&args.files),
    }
}

/// The time zone that was typed.
///
/// # Errors
/// A name that is none, with the nearest.
pub fn zone(name: Option<&str>) -> Result<Option<Tz>, Error> {
    name.map(zone::named).transpose()
}

/// Where output goes.
pub fn target(path: &Path) -> Target {
    if path == Path::new("-") {
        Target::Stdout
    } else {
        Target::File(path.to_owned())
    }
}

/// Opens an output and says which one it is where that fails.
///
/// # Errors
/// The reason, exit 3.
pub fn sink(path: &Path) -> Result<Sink, Error> {
    Sink::create(&target(path), Compression::from_path(path))
        .map_err(|error| Error::writing(&shown(path), &error))
}

/// Opens an output for text in which names are escaped, and which may have colors.
///
/// # Errors
/// The reason, exit 3.
pub fn styled_sink(path: &Path) -> Result<Sink, Error> {
    match target(path) {
        Target::Stdout => Sink::create(&Target::Styled, Compression::None)
            .map_err(|error| Error::writing(&shown(path), &error)),
        _ => sink(path),
    }
}

/// The name of an output for a sentence.
pub fn shown(path: &Path) -> String {
    if path == Path::new("-") {
        "standard output".to_owned()
    } else {
        path.display().to_string()
    }
}
