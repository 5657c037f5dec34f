//! The options of a table.

use std::path::Path;
use std::sync::Arc;

use crate::cli::args::{AbsentArg, ConvertArgs, FilterArgs, LayoutArg, TableArgs, UnitArg};
use crate::cli::options::{self, Shared};
use crate::cli::output;
use crate::diagnostic::words::counted;
use crate::error::Error;
use crate::table::choice::{self, ColumnChoice, InvalidColumns};
use crate::table::{
    Columns, Layout, NumberFit, RowOrder, SortBy, Survey, TableSpec, ZeroCounters, time::Times,
    units::DurationUnit,
};
use crate::write::partition;
use crate::write::sink::Compression;
use crate::write::{FORMATS, FormattedTable, Options, TableFormat, TableSize, csv};

/// What a table is to be, resolved from its options.
#[derive(Debug)]
pub struct TablePlan {
    format: &'static TableFormat,
    options: Options,
    pub spec: Arc<TableSpec>,
    /// What `--columns` says.
    columns: String,
    /// The columns whose values name folders.
    partition_by: Vec<String>,
}

impl TablePlan {
    /// The plan of a command. The name of `output` says the format where none is asked for.
    ///
    /// # Errors
    /// Options that exclude each other, or that mean nothing.
    pub fn new(
        command: &str,
        args: &TableArgs,
        filter: &FilterArgs,
        output: Option<&Path>,
    ) -> Result<Self, Error> {
        let named = match output {
            None => None,
            Some(output) => output::format(output, command, &TableFormat::by_extension())?,
        };
        let asked = args.to.as_deref().and_then(TableFormat::named);
        let format = asked.or(named).unwrap_or(FORMATS[0]);
        if format.is_packed
            && output.is_some_and(|it| Compression::from_path(it) != Compression::None)
        {
            let title = format.title;
            return Err(
                Error::usage(format!("{title} is compressed already")).help(format!(
                    "name the output .{}",
                    format.extensions.first().copied().unwrap_or_default()
                )),
            );
        }
        if !args.partition_by.is_empty() {
            if output.is_none_or(|output| output == Path::new("-")) {
                return Err(Error::usage("--partition-by needs a folder")
                    .help("name one: --partition-by date -t parquet -o lake/"));
            }
            if format.is_workbook {
                return Err(Error::usage("--partition-by is not for Excel")
                    .help("use --sheet-by, or write with -t parquet"));
            }
        }
        let zone = options::zone(args.timezone.as_deref())?;
        for (set, name) in [
            (args.excel, "--excel"),
            (args.formula_guard, "--formula-guard"),
            (args.delimiter.is_some(), "--delimiter"),
            (args.crlf, "--crlf"),
            (args.bom, "--bom"),
            (args.decimal_comma, "--decimal-comma"),
            (args.sheet_by.is_some(), "--sheet-by"),
        ] {
            if set && !format.options.contains(&name) {
                let having = TableFormat::having(name);
                let titles: Vec<&str> = having.iter().map(|it| it.title).collect();
                let to = having.first().map_or("csv", |it| it.name);
                let titles = titles.join(" and ");
                return Err(Error::usage(format!("{name} is for {titles}"))
                    .help(format!("leave it out, or write with -t {to}")));
            }
        }
        let options = Options {
            excel: args.excel,
            formula_guard: args.formula_guard,
            delimiter: args.delimiter.as_deref().map(delimiter).transpose()?,
            crlf: args.crlf,
            bom: args.bom,
            decimal_comma: args.decimal_comma,
            sheet_by: args.sheet_by.clone(),
            milliseconds: args.durations == Some(UnitArg::HmsMs),
            zone: zone.map(|zone| zone.name().to_owned()),
            about: Vec::new(),
        };
        let choice = ColumnChoice::of(args.columns.split(','));
        choice.check().map_err(invalid)?;
        let dims = args.dims.iter().map(String::as_str);
        choice::check_names("--dims", dims).map_err(invalid)?;
        let keys = args.partition_by.iter().map(String::as_str);
        choice::check_names("--partition-by", keys).map_err(invalid)?;
        if !args.dims.is_empty() && matches!(choice, ColumnChoice::Named(_)) {
            return Err(
                Error::usage("--dims and names in --columns exclude each other")
                    .help("name the dimensions in --columns, or use --columns all"),
            );
        }
        let layout = match args.layout {
            Some(LayoutArg::Long) => Layout::Long,
            Some(LayoutArg::Wide) => Layout::Wide,
            None => format.layout,
        };
        if args.kpi && layout == Layout::Long {
            return Err(Error::usage("--kpi needs the wide layout")
                .help("key figures are figures of a bucket: add --layout wide"));
        }
        let is_fixed = choice.is_fixed();
        let spec = TableSpec {
            layout,
            choice,
            dimensions: (!args.dims.is_empty()).then(|| args.dims.clone()),
            source: args.source_column,
            sort: args.sort.iter().map(|text| SortBy::parse(text)).collect(),
            limit: args.limit,
            part_of: None,
            filter: options::filter(filter, zone)?,
            durations: args.durations.map(UnitArg::unit),
            times: Times {
                zone,
                spreadsheet: args.excel || format.is_workbook,
            },
            typed: format.is_typed,
            fit: match (is_fixed, format.is_typed) {
                (true, is_typed) => NumberFit::Fixed { is_typed },
                (false, true) => NumberFit::Doubles,
                (false, false) => NumberFit::Any,
            },
            names: options::names(&args.names)?,
            key_figures: args.kpi,
            zeros: zeros(args, layout)?,
            merged: None,
        };
        Ok(Self {
            format,
            options,
            spec: Arc::new(spec),
            columns: args.columns.clone(),
            partition_by: args.partition_by.clone(),
        })
    }

    /// Refuses a time zone that changes nothing: typed tables have instants.
    ///
    /// # Errors
    /// It was typed.
    pub fn refuse_ineffective(&self, shared: &Shared, args: &ConvertArgs) -> Result<(), Error> {
        let filter = &args.filter;
        let has_days = filter.from.is_some()
            || filter.until.is_some()
            || self.partition_by.iter().any(|name| name == "date");
        if !self.format.is_typed || has_days {
            return Ok(());
        }
        let needs = format!("has no effect in {}", self.format.title);
        let help = "its times are instants in UTC, which programs show in any zone: leave it out";
        shared.refuse_typed(["timezone"], &needs, help)
    }

    /// The extension of the names of its files.
    pub fn extension(&self) -> &'static str {
        self.format.extensions.first().copied().unwrap_or_default()
    }

    /// Whether rows can be made before all is known of the inputs: no column names them or
    /// their ids, the table says nothing of itself, and rows keep their order.
    pub fn can_be_early(&self) -> bool {
        !self.spec.source
            && !self.format.is_workbook
            && !self.spec.names.is_asked()
            && self.spec.sort.is_empty()
            && self.spec.limit.is_none()
            && self.partition_by.is_empty()
    }

    /// The columns of a table of what was surveyed.
    ///
    /// # Errors
    /// A column that was asked for and is none, or a table that is nearly empty.
    pub fn columns(&self, survey: &Survey) -> Result<Columns, Error> {
        let columns = Columns::decide(survey, &self.spec).map_err(invalid)?;
        let layout = self.spec.layout;
        let size = TableSize::of(survey, &columns, layout, self.spec.limit);
        self.format.check_size(size)?;
        Ok(columns)
    }

    /// The order and the number of the rows of a table of these columns.
    ///
    /// # Errors
    /// A column of `--sort` that the table does not have.
    pub fn order(&self, survey: &Survey, columns: &Columns) -> Result<RowOrder, Error> {
        self.spec
            .order(survey, columns)
            .map_err(|column| unknown("--sort", &column.name, column.near.as_deref()))
    }

    /// A table of these columns; `about` is what it says of itself, where it can.
    ///
    /// # Errors
    /// The column that asks for sheets is none of them.
    pub fn table(
        &self,
        columns: Columns,
        about: Vec<(String, String)>,
    ) -> Result<Box<dyn FormattedTable>, Error> {
        if let Some(by) = &self.options.sheet_by
            && columns.place(by).is_none()
        {
            return Err(unknown("--sheet-by", by, columns.near(by)));
        }
        let options = Options {
            about,
            ..self.options.clone()
        };
        Ok((self.format.table)(columns, options))
    }

    /// The columns whose values name folders, where there are any.
    ///
    /// # Errors
    /// A name is none of the columns.
    pub fn partition_keys(
        &self,
        columns: &Columns,
    ) -> Result<Option<partition::PartitionKeys>, Error> {
        if self.partition_by.is_empty() {
            return Ok(None);
        }
        let keys = partition::PartitionKeys::of(&self.partition_by, columns);
        keys.map(Some).map_err(|name| match name.as_str() {
            "date" => Error::usage("--partition-by date needs the column interval_start")
                .help("add it to --columns"),
            name if columns.place(name).is_some() => Error::usage(format!(
                "--partition-by: `{name}` is a column of figures or times"
            ))
            .help("name dimensions, or `date` for the day of interval_start"),
            name => unknown("--partition-by", name, columns.near(name)),
        })
    }

    /// What was asked for, in words.
    pub fn about(&self) -> Vec<(String, String)> {
        let zone = self.options.zone.as_deref().unwrap_or("UTC");
        let durations = self
            .spec
            .durations
            .unwrap_or(DurationUnit::Milliseconds)
            .name();
        let layout = match self.spec.layout {
            Layout::Long => "long: one row per metric",
            Layout::Wide => "wide: one row per bucket or entity",
        };
        let filter = self.spec.filter.to_string();
        let sort = self.spec.sort.iter().map(ToString::to_string);
        let sort = sort.collect::<Vec<_>>().join(", ");
        let order = match sort.as_str() {
            "" => "that of the inputs",
            columns => columns,
        };
        let lines = [
            ("Layout", layout),
            ("Order", order),
            ("Times", zone),
            ("Durations", durations),
            ("Filters", if filter.is_empty() { "none" } else { &filter }),
        ];
        let lines = lines.map(|(name, value)| (name.to_owned(), value.to_owned()));
        lines.into()
    }

    /// Names the dimensions and statistics of the inputs that have no column.
    pub fn say_left_out(&self, shared: &Shared, survey: &Survey) {
        let left_out = self.spec.unnamed(survey);
        if !left_out.is_empty() {
            shared.say(&format!(
                "warning: dimensions that --dims does not name have no column: {}",
                left_out.join(", ")
            ));
        }
        let Ok(columns) = Columns::decide(survey, &self.spec) else {
            return;
        };
        let extras = self.spec.extras_left_out(survey, &columns);
        if !extras.is_empty() {
            let names: Vec<&str> = extras.iter().map(|(name, _)| *name).collect();
            let values = extras.iter();
            let values =
                values.map(|(name, count)| format!("{name} ({})", counted(count, "value")));
            let values = values.collect::<Vec<_>>().join(", ");
            shared.say(&format!(
                "warning[S003]: --columns all has no column for these statistics: {values}"
            ));
            let (typed, names) = (&self.columns, names.join(","));
            shared.say(&format!("  help: add them: --columns {typed},{names}"));
        }
    }
}

/// Where counters are 0 that a bucket lacks.
fn zeros(args: &TableArgs, layout: Layout) -> Result<ZeroCounters, Error> {
    let asked = match args.absent_zero {
        true => Some(AbsentArg::Zero),
        false => args.absent,
    };
    match asked {
        Some(AbsentArg::Zero) if layout == Layout::Long => {
            Err(Error::usage("--absent zero is for wide tables")
                .help("add --layout wide for counters as columns, or --kpi for key figures"))
        }
        Some(AbsentArg::Keep) if !args.kpi => Err(Error::usage("--absent keep is for --kpi")
            .help("leave it out: without --kpi, an absent counter is an empty cell")),
        _ => Ok(ZeroCounters {
            in_figures: args.kpi && asked != Some(AbsentArg::Keep),
            in_columns: asked == Some(AbsentArg::Zero),
        }),
    }
}

fn delimiter(text: &str) -> Result<u8, Error> {
    let reason = match text.as_bytes() {
        _ if matches!(text, "tab" | "\\t") => return Ok(b'\t'),
        [byte] if csv::is_delimiter(*byte) => return Ok(*byte),
        [b'"'] => "it quotes fields",
        [byte] if byte.is_ascii_graphic() => "numbers contain it",
        [_] => "it cannot be seen",
        _ => "expected one ASCII character",
    };
    Err(
        Error::usage(format!("--delimiter {text}: not a delimiter: {reason}"))
            .help("write one of , ; | : or another printable character, or tab"),
    )
}

fn invalid(columns: InvalidColumns) -> Error {
    match columns {
        InvalidColumns::Unknown(column) if column.name.starts_with("kpi_") => {
            unknown("--columns", &column.name, column.near.as_deref())
                .help("--kpi adds the columns of key figures")
        }
        InvalidColumns::Unknown(column) => {
            unknown("--columns", &column.name, column.near.as_deref())
        }
        InvalidColumns::Refused {
            option,
            problem,
            help,
        } => {
            let error = Error::usage(format!("{option}: {problem}"));
            match help {
                Some(help) => error.help(help),
                None => error,
            }
        }
    }
}

fn unknown(option: &str, name: &str, near: Option<&str>) -> Error {
    let failure = Error::usage(format!("{option}: `{name}` is no column of this table"));
    match near {
        Some(near) => failure.help(format!("did you mean `{near}`?")),
        None => failure.help("`gcagg convert … --columns all` shows them all in its header"),
    }
}
