//! The options of a table.

use std::path::Path;

use crate::cli::args::{ConvertArgs, LayoutArg, OnError, UnitArg};
use crate::cli::failure::Failure;
use crate::cli::options::{self, Shared};
use crate::cli::output;
use crate::json::text::printable;
use crate::source::Dialect;
use crate::table::columns::{Choice, UnknownColumn, Wanted};
use crate::table::{Columns, Layout, Shaping, Survey, time::Times, units::Unit};
use crate::write::{FORMATS, Format, Options, Table, csv};

use super::gather::Gathered;

/// What a table is to be, resolved from its options.
#[derive(Debug)]
pub struct TablePlan {
    format: &'static Format,
    options: Options,
    pub shaping: Shaping,
    choice: Choice,
    /// Whether there is a first column with the input's name.
    source: bool,
    /// The dimension columns of `--dims`.
    dimensions: Option<Vec<String>>,
}

impl TablePlan {
    /// The plan of `convert`.
    ///
    /// # Errors
    /// Options that exclude each other, or that mean nothing.
    pub fn new(args: &ConvertArgs) -> Result<Self, Failure> {
        let named = match args.per_file {
            true => None,
            false => output::format(&args.output, "convert", &Format::by_extension())?,
        };
        let asked = args.to.as_deref().and_then(Format::named);
        let format = asked.or(named).unwrap_or(FORMATS[0]);
        if args.rejects.is_some() && args.on_error == OnError::Fail {
            return Err(Failure::usage("--rejects needs --on-error skip")
                .help("without it, nothing is left out and nothing is written from bad input"));
        }
        if args.per_file && args.output == Path::new("-") {
            return Err(
                Failure::usage("--per-file needs a folder").help("name one: --per-file -o tables/")
            );
        }
        let zone = options::zone(args.timezone.as_deref())?;
        for (set, name) in [
            (args.excel, "--excel"),
            (args.formula_guard, "--formula-guard"),
            (args.delimiter.is_some(), "--delimiter"),
            (args.crlf, "--crlf"),
            (args.bom, "--bom"),
            (args.decimal_comma, "--decimal-comma"),
        ] {
            if set && !format.options.contains(&name) {
                let titles = Format::titles_with(name);
                return Err(Failure::usage(format!("{name} is for {titles}"))
                    .help("leave it out, or write with -t csv"));
            }
        }
        let options = Options {
            excel: args.excel,
            formula_guard: args.formula_guard,
            delimiter: args.delimiter.as_deref().map(delimiter).transpose()?,
            crlf: args.crlf,
            bom: args.bom,
            decimal_comma: args.decimal_comma,
        };
        let choice = match args.columns.as_str() {
            "present" => Choice::Present,
            "all" => Choice::All,
            names => Choice::Named(
                names
                    .split(',')
                    .map(|name| name.trim().to_owned())
                    .collect(),
            ),
        };
        if !args.dims.is_empty() && matches!(choice, Choice::Named(_)) {
            return Err(
                Failure::usage("--dims and names in --columns exclude each other")
                    .help("name the dimensions in --columns, or use --columns all"),
            );
        }
        let shaping = Shaping {
            layout: match args.layout {
                Some(LayoutArg::Long) => Layout::Long,
                Some(LayoutArg::Wide) => Layout::Wide,
                None => format.layout,
            },
            filter: options::filter(&args.filter, zone)?,
            durations: args.durations.map(|unit| match unit {
                UnitArg::Ms => Unit::Milliseconds,
                UnitArg::S => Unit::Seconds,
                UnitArg::Min => Unit::Minutes,
                UnitArg::H => Unit::Hours,
                UnitArg::Hms => Unit::Clock,
                UnitArg::HmsMs => Unit::ExactClock,
            }),
            times: Times {
                zone,
                spreadsheet: args.excel,
            },
            typed: format.is_typed,
        };
        Ok(Self {
            format,
            options,
            shaping,
            source: args.source_column,
            dimensions: (!args.dims.is_empty()).then(|| args.dims.clone()),
            choice,
        })
    }

    /// The extension of the names of its files.
    pub fn extension(&self) -> &'static str {
        self.format.extensions.first().copied().unwrap_or_default()
    }

    /// The columns of a table of what was surveyed.
    ///
    /// # Errors
    /// A column that was asked for and is none.
    pub fn columns(&self, survey: &Survey, dialect: Dialect) -> Result<Columns, Failure> {
        let wanted = Wanted {
            choice: &self.choice,
            dimensions: self.dimensions.as_deref(),
            source: self.source,
            durations: self.shaping.durations,
        };
        Columns::decide(survey, dialect, self.shaping.layout, wanted).map_err(unknown_column)
    }

    /// A table of these columns.
    pub fn table(&self, columns: Columns) -> Box<dyn Table> {
        (self.format.table)(columns, self.options)
    }

    /// Names the dimensions of the inputs that `--dims` leaves out.
    pub fn say_left_out(&self, shared: &Shared, survey: &Survey) {
        let Some(kept) = &self.dimensions else {
            return;
        };
        let left_out: Vec<&str> = survey
            .dimensions
            .keys()
            .filter(|name| !kept.contains(name))
            .map(String::as_str)
            .collect();
        if !left_out.is_empty() {
            shared.say(&format!(
                "warning: dimensions that --dims does not name have no column: {}",
                printable(&left_out.join(", "))
            ));
        }
    }

    /// Refuses a duration beyond exact arithmetic rather than leave it in another unit.
    ///
    /// # Errors
    /// There is such a duration.
    pub fn check_durations(&self, gathered: &Gathered) -> Result<(), Failure> {
        if self.shaping.durations.is_none() {
            return Ok(());
        }
        match gathered.inputs.iter().find_map(|input| {
            input
                .survey
                .unconvertible
                .as_ref()
                .map(|literal| (input, literal))
        }) {
            None => Ok(()),
            Some((input, literal)) => {
                let short: String = literal.chars().take(40).collect();
                Err(Failure::bad_data(format!(
                    "{}: the duration {short} is beyond exact conversion",
                    input.name
                ))
                .help("leave --durations out, or correct the figure"))
            }
        }
    }
}

fn delimiter(text: &str) -> Result<u8, Failure> {
    let reason = match text.as_bytes() {
        _ if matches!(text, "tab" | "\\t") => return Ok(b'\t'),
        [byte] if csv::is_delimiter(*byte) => return Ok(*byte),
        [b'"'] => "it quotes fields",
        [byte] if byte.is_ascii_graphic() => "numbers contain it",
        [_] => "it cannot be seen",
        _ => "expected one ASCII character",
    };
    Err(
        Failure::usage(format!("--delimiter {text}: not a delimiter: {reason}"))
            .help("write one of , ; | : or another printable character, or tab"),
    )
}

fn unknown_column(unknown: UnknownColumn) -> Failure {
    let failure = Failure::usage(format!(
        "--columns: `{}` is no column of this table",
        unknown.name
    ));
    match unknown.near {
        Some(near) => failure.help(format!("did you mean `{near}`?")),
        None => failure.help("`gcagg convert … --columns all` shows them all in its header"),
    }
}
