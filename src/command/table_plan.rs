//! The options of a table.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use crate::cli::args::{AbsentArg, ConvertArgs, FilterArgs, TableArgs};
use crate::cli::options::{self, Shared};
use crate::cli::output;
use crate::output::{Compression, OutputFiles, Sink};
use crate::{
    CellComparison, Dataset, DurationUnit, Error, Layout, ReplacedFile, TABLE_FORMATS, Table,
    TableFormat, TableOptions, TableSpec, WrittenRows, counted,
};

use super::ledger::Ledger;
use super::manifest::CompleteFile;

/// The format, options and columns of a table.
#[derive(Debug)]
pub struct TablePlan {
    pub format: &'static TableFormat,
    pub options: TableOptions,
    pub spec: TableSpec,
    /// The columns whose values name folders.
    partition_by: Vec<String>,
    /// Files of partitions may be replaced by files that lack some of their rows.
    may_lose_rows: bool,
}

/// The number of replaced files that are named.
const NAMED: usize = 20;

/// Names the files of partitions that were replaced, with the numbers of their rows.
fn say_replaced(shared: &Shared, replaced: &[ReplacedFile]) {
    let named = if shared.verbose { usize::MAX } else { NAMED };
    for file in replaced.iter().take(named) {
        let rows = match file.before {
            Some(before) => counted(before, "row"),
            None => "unreadable".to_owned(),
        };
        let (path, after) = (file.path.display(), file.after);
        shared.say(&format!("replaced {path}: {rows} before, {after} now"));
    }
    if replaced.len() > named {
        let before: u64 = replaced.iter().filter_map(|file| file.before).sum();
        let files = counted(replaced.len(), "file");
        shared.say(&format!(
            "{files} replaced, which had {}; -v names all of them",
            counted(before, "row")
        ));
    }
}

/// Names the files of the days of a run that the run did not write: rows that a correction withdrew are
/// still in them.
fn say_kept(shared: &Shared, output: &Path, written: &[(PathBuf, u64)]) {
    let date = |path: &Path| {
        let mut parts = path.iter().map(|it| it.to_string_lossy().into_owned());
        parts.find(|it| it.starts_with("date="))
    };
    let below = |path: &Path| path.strip_prefix(output).ok().and_then(date);
    let dates: BTreeSet<String> = written.iter().filter_map(|(path, _)| below(path)).collect();
    if dates.is_empty() {
        return;
    }
    let is_other_day = |path: &Path| below(path).is_some_and(|date| !dates.contains(&date));
    let entries = WalkDir::new(output).into_iter();
    let entries = entries.filter_entry(|entry| !is_other_day(entry.path()));
    let files = entries
        .flatten()
        .filter(|entry| !entry.file_type().is_dir());
    let written: BTreeSet<&PathBuf> = written.iter().map(|(path, _)| path).collect();
    // Also files of another format, or of other columns for the folders below a day.
    let is_of_table = |path: &Path| {
        path.file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with("gcagg."))
    };
    let is_kept =
        |path: &PathBuf| below(path).is_some() && is_of_table(path) && !written.contains(path);
    let mut kept: Vec<PathBuf> = files.map(DirEntry::into_path).filter(is_kept).collect();
    kept.sort();
    let named = if shared.verbose { usize::MAX } else { NAMED };
    for path in kept.iter().take(named) {
        let path = path.display();
        shared.say(&format!("kept {path}: this run did not write it"));
    }
    if kept.len() > named {
        let files = counted(kept.len(), "file");
        shared.say(&format!("{files} kept; -v names all of them"));
    }
    if !kept.is_empty() {
        shared.say(
            "  help: if their rows were withdrawn, or are in other files now, remove what was kept",
        );
    }
}

impl TablePlan {
    /// The plan of a command. Without `--to`, the extension of `output` selects the format.
    pub fn new(
        command: &str,
        args: &TableArgs,
        filter: &FilterArgs,
        output: Option<&Path>,
    ) -> Result<Self, Error> {
        let named = named_format(command, args, output)?;
        let (format, layout, (in_figures, in_columns)) = choices(args, output, named)?;
        check_output(format, args, output)?;
        let mut spec = TableSpec::new()
            .layout(layout)
            .format(format)
            .columns(args.columns.split(','))
            .absent_counters(in_figures, in_columns);
        if args.absent == Some(AbsentArg::Keep) {
            spec = spec.keep_absent();
        }
        if !args.dims.is_empty() {
            spec = spec.dimensions(&args.dims);
        }
        spec.check()?;
        let has_titles = args.headers.unwrap_or(args.kpi && format.is_workbook);
        if has_titles {
            spec = spec.titles();
        }
        if let Some(dimension) = &args.sheet_by {
            spec = spec.sheets(dimension);
        }
        if args.source_column {
            spec = spec.source_column();
        }
        if args.excel {
            spec = spec.spreadsheet_times();
        }
        if args.kpi {
            spec = spec.key_figures();
        }
        // People read times, and programs numbers.
        let read = (has_titles && format.is_workbook).then_some(DurationUnit::ExactClock);
        if let Some(unit) = args.durations.or(read) {
            spec = spec.durations(unit);
        }
        if let Some(limit) = args.limit {
            spec = spec.limit(limit);
        }
        spec = args.sort.iter().fold(spec, |spec, text| spec.sort_by(text));
        spec = spec.source_date_epoch()?;
        let zone = args.timezone.as_deref();
        let options = TableOptions {
            excel: args.excel,
            formula_guard: args.formula_guard,
            delimiter: match &args.delimiter {
                Some(text) => Some(TableOptions::delimiter(text)?),
                None => None,
            },
            crlf: args.crlf,
            bom: args.bom,
            decimal_comma: args.decimal_comma,
            sheet_by: args.sheet_by.clone(),
            milliseconds: args.durations == Some(DurationUnit::ExactClock),
            zone: zone.map(str::to_owned),
            is_daily: false,
            about: Vec::new(),
            run_time: None,
        };
        Ok(Self {
            format,
            options,
            spec: options::filtered(spec, zone, filter, &args.names.files)?.local_times(),
            partition_by: args.partition_by.clone(),
            may_lose_rows: args.replace_partitions,
        })
    }

    /// Refuses options that cannot be combined.
    pub fn check(
        shared: &Shared,
        (command, args): (&str, &TableArgs),
        output: Option<&Path>,
    ) -> Result<(), Error> {
        let named = named_format(command, args, output)?;
        let to = args.to.as_deref();
        let differs = |named: &TableFormat| to.is_some_and(|to| to != named.name);
        shared.refuse_default_format("to", named.is_some_and(differs))?;
        choices(args, output, named).map(drop)
    }

    /// Refuses `--replace-partitions` without partitions.
    pub fn refuse_replacement(shared: &Shared, args: &TableArgs) -> Result<(), Error> {
        if !args.partition_by.is_empty() {
            return Ok(());
        }
        let help = "remove it, or name the partitions: --partition-by date -o lake/";
        shared.refuse_typed(["replace-partitions"], "needs --partition-by", help)
    }

    /// Refuses a time zone that has no effect, because typed tables have timestamps.
    pub fn refuse_ineffective(&self, shared: &Shared, args: &ConvertArgs) -> Result<(), Error> {
        let filter = &args.filter;
        let has_days = filter.from.is_some()
            || filter.until.is_some()
            || self
                .partition_by
                .iter()
                .any(|name| name.eq_ignore_ascii_case("date"));
        if !self.format.is_typed || has_days {
            return Ok(());
        }
        let needs = format!("has no effect in {}", self.format.title);
        let help = "its times are timestamps in UTC, which programs show in any zone; remove it";
        shared.refuse_typed(["timezone"], &needs, help)
    }

    /// Returns true if the table is written to folders, as `--partition-by` asks.
    pub fn is_folder(&self) -> bool {
        !self.partition_by.is_empty()
    }

    /// The extension of the names of its files.
    pub fn extension(&self) -> &'static str {
        self.format.extensions.first().copied().unwrap_or_default()
    }

    /// Compares a table with an output, of which these are the files in folders. `None` if the format
    /// cannot be read back.
    pub fn compare(
        &self,
        table: &Table<'_>,
        output: &Path,
        files: &[PathBuf],
    ) -> Result<Option<CellComparison>, Error> {
        match self.is_folder() {
            false => table.compare(self.format, &self.options, Some(output)),
            true => {
                let (names, options) = (&self.partition_by, &self.options);
                table.compare_folders(names, self.format, options, output, files)
            }
        }
    }

    /// Writes a table to an output, and returns its files. The file of rejects is completed first. `read`
    /// are the inputs of a roll-up, and `others` the other files of the run.
    pub fn write(
        &self,
        shared: &Shared,
        (table, read): (&Table<'_>, Option<&Dataset>),
        output: &Path,
        (ledger, others): (&mut Ledger, &mut OutputFiles),
    ) -> Result<(WrittenRows, Vec<CompleteFile>), Error> {
        if self.is_folder() {
            let (names, options) = (&self.partition_by, &self.options);
            let (format, may) = (self.format, self.may_lose_rows);
            let (written, files) =
                table.write_folders(names, format, options, output, may, others)?;
            ledger.finish()?;
            say_replaced(shared, &files.replaced);
            if files.written.is_empty() {
                let output = output.display();
                shared.say(&format!(
                    "no file was written, because the table has no rows: earlier files stay in {output}"
                ));
                shared.say(
                    "  help: if a day is now empty, and no input was left out, remove its folder",
                );
            }
            say_kept(shared, output, &files.written);
            let files = files.written.into_iter();
            return Ok((
                written,
                files.map(|(path, rows)| (path, Some(rows))).collect(),
            ));
        }
        let options = TableOptions {
            about: table.about(read),
            run_time: Some(table.run_time()),
            is_daily: table.is_daily(),
            ..self.options.clone()
        };
        table.check(self.format, &options)?;
        let mut sink = Sink::open(output)?;
        if !sink.is_atomic() {
            // What is written now cannot be taken back.
            ledger.finish()?;
        }
        let written = table.write_as(self.format, &options, &mut sink);
        let written = written.map_err(|error| error.of_output(output))?;
        ledger.finish()?;
        sink.finish()?;
        Ok((written, vec![(output.to_owned(), Some(written.rows))]))
    }
}

/// Names the option in an error about columns.
pub fn named(error: Error) -> Error {
    let words = error.to_string();
    match error.suggestion() {
        Some(help) if words.starts_with('`') => {
            Error::usage(format!("--columns: {words}")).help(help)
        }
        _ => error,
    }
}

/// The format that the extension of an output names.
fn named_format(
    command: &str,
    args: &TableArgs,
    output: Option<&Path>,
) -> Result<Option<&'static TableFormat>, Error> {
    let Some(output) = output else {
        return Ok(None);
    };
    let known = TableFormat::by_extension();
    output::format(output, command, &known, args.has_format())
}

/// The format, the layout, and where absent counters are 0: in key figures, and in columns. Options that do
/// not apply to them are refused.
fn choices(
    args: &TableArgs,
    output: Option<&Path>,
    named: Option<&'static TableFormat>,
) -> Result<(&'static TableFormat, Layout, (bool, bool)), Error> {
    let asked = args.to.as_deref().and_then(TableFormat::named);
    let format = asked.or(named).unwrap_or(TABLE_FORMATS[0]);
    check_format(format, args, output)?;
    let layout = match args.layout {
        Some(layout) => layout,
        None if args.kpi => Layout::Wide,
        None => format.layout,
    };
    if args.kpi && layout == Layout::Long {
        return Err(Error::usage("--kpi needs the wide layout")
            .help("key figures need one row per bucket: remove --layout long"));
    }
    Ok((format, layout, zeros(args, layout)?))
}

/// Refuses a binary format on a terminal, and partitions without a folder.
fn check_output(
    format: &TableFormat,
    args: &TableArgs,
    output: Option<&Path>,
) -> Result<(), Error> {
    let is_binary = format.is_packed || format.is_typed;
    if is_binary && output == Some(Path::new("-")) && io::stdout().is_terminal() {
        let extension = format.extensions.first().copied().unwrap_or_default();
        return Err(Error::usage(format!(
            "{} is binary and is not written to a terminal",
            format.title
        ))
        .help(format!(
            "name a file: -o table.{extension}; or redirect standard output"
        )));
    }
    let is_stdout = output.is_none_or(|output| output == Path::new("-"));
    if !args.partition_by.is_empty() && is_stdout {
        return Err(Error::usage("--partition-by needs a folder")
            .help("name one: --partition-by date -t parquet -o lake/"));
    }
    Ok(())
}

/// Refuses options that do not apply to a format.
fn check_format(
    format: &TableFormat,
    args: &TableArgs,
    output: Option<&Path>,
) -> Result<(), Error> {
    if format.is_packed && output.is_some_and(|it| Compression::from_path(it) != Compression::None)
    {
        let title = format.title;
        return Err(
            Error::usage(format!("{title} is compressed already")).help(format!(
                "name the output .{}",
                format.extensions.first().copied().unwrap_or_default()
            )),
        );
    }
    if !args.partition_by.is_empty() && format.is_workbook {
        return Err(Error::usage("--partition-by is not for Excel")
            .help("use --sheet-by, or write with -t parquet"));
    }
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
                .help(format!("remove it, or write with -t {to}")));
        }
    }
    Ok(())
}

/// Returns true if counters that a bucket lacks are 0 in key figures, and in columns.
fn zeros(args: &TableArgs, layout: Layout) -> Result<(bool, bool), Error> {
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
            .help("remove it: without --kpi, an absent counter is an empty cell")),
        _ => Ok((
            args.kpi && asked != Some(AbsentArg::Keep),
            asked == Some(AbsentArg::Zero),
        )),
    }
}
