//! `gcagg verify`: compares the outputs that a manifest names with the inputs.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::cli::args::{Command, ConvertArgs, VerifyArgs};
use crate::cli::options::{self, Shared};
use crate::cli::parse;
use crate::output::print;
use crate::{CellComparison, Dataset, Error, ExitStatus, RunManifest, TableSpec, counted};

use super::gather;
use super::table_plan::{TablePlan, named};

/// The result of a verification: lines of text, and the number of problems.
#[derive(Default)]
struct Verification {
    lines: Vec<String>,
    problems: u64,
}

impl Verification {
    fn line(&mut self, line: String) {
        self.lines.push(line);
    }

    fn problem(&mut self, line: String) {
        self.problems += 1;
        self.lines.push(format!("error: {line}"));
    }
}

/// Runs the command.
///
/// # Errors
/// The manifest, an input or an output cannot be read.
pub fn run(shared: &Shared, args: &VerifyArgs) -> Result<ExitStatus, Error> {
    let path = args.manifest.display();
    let text =
        std::fs::read(&args.manifest).map_err(|error| Error::io(format!("{path}: {error}")))?;
    let manifest: Value = serde_json::from_slice(&text)
        .map_err(|error| not_a_manifest(&args.manifest, &error.to_string()))?;
    let (Some(command), Some(words)) = (manifest["command"].as_str(), words(&manifest)) else {
        return Err(not_a_manifest(&args.manifest, "it names no command"));
    };
    let mut result = Verification::default();
    for list in ["inputs", "outputs"] {
        hashes(&manifest, list, &mut result)?;
    }
    if result.problems == 0 {
        match command {
            "convert" => table(shared, &manifest, words, &mut result)?,
            _ => result.line(format!(
                "figures of {command} are not compared, only the hashes of its files"
            )),
        }
    }
    if !shared.quiet || result.problems > 0 {
        let text = result.lines.iter().map(|it| crate::printable(it) + "\n");
        print(text.collect::<String>().as_bytes())?;
    }
    Ok(match result.problems {
        0 => ExitStatus::Success,
        _ => ExitStatus::BadData,
    })
}

fn not_a_manifest(path: &Path, reason: &str) -> Error {
    Error::data(format!("{}: no manifest: {reason}", path.display()))
        .help("write one: gcagg convert response.json -o table.csv --manifest run.json")
}

/// The words of the command line, as the manifest has them.
fn words(manifest: &Value) -> Option<Vec<String>> {
    let words = manifest["arguments"].as_array()?.iter();
    words.map(|it| Some(it.as_str()?.to_owned())).collect()
}

/// Compares the sizes and hashes of files.
fn hashes(manifest: &Value, list: &str, result: &mut Verification) -> Result<(), Error> {
    let files = manifest[list].as_array().into_iter().flatten();
    let mut same = 0_usize;
    for file in files {
        let path = file["path"].as_str().unwrap_or_default();
        let Some(expected) = file["sha256"].as_str() else {
            result.line(format!("{path}: not compared, because it was no file"));
            continue;
        };
        let (bytes, sha256) = RunManifest::measure(Path::new(path))?;
        if sha256 == expected {
            same += 1;
            continue;
        }
        let before = file["bytes"].as_u64().unwrap_or_default();
        result.problem(format!(
            "{path} has changed since the manifest was written: {before} bytes before, {bytes} now"
        ));
    }
    if same > 0 {
        result.line(format!(
            "{}: unchanged",
            counted(same, list.trim_end_matches('s'))
        ));
    }
    Ok(())
}

/// Reads the table back and compares each cell with the inputs, and accounts for each figure.
fn table(
    shared: &Shared,
    manifest: &Value,
    words: Vec<String>,
    result: &mut Verification,
) -> Result<(), Error> {
    let args = convert_args(words)?;
    if args.inputs.inputs.is_empty() || args.inputs.inputs.iter().any(|it| it == Path::new("-")) {
        result.line("the table is not compared: its input was standard input".to_owned());
        return Ok(());
    }
    if args.preset.is_some() {
        result.line("a table of --preset is not compared".to_owned());
        return Ok(());
    }
    let plan = TablePlan::new("convert", &args.table, &args.filter, Some(&args.output))?;
    let dataset = dataset(shared, &args, plan.spec.clone())?;
    let table = dataset.table().map_err(named)?;
    let Some(cells) = table.compare(plan.format, &plan.options, Some(&args.output))? else {
        result.line(format!(
            "{}: the cells of this format are not read back",
            args.output.display()
        ));
        return Ok(());
    };
    result.line(format!(
        "{}: {}, {} of figures",
        args.output.display(),
        counted(cells.rows, "row"),
        counted(cells.figures, "cell"),
    ));
    for (conversion, count) in &cells.converted {
        result.line(format!("  {} {conversion}", counted(*count, "cell")));
    }
    for words in &cells.first_wrong {
        result.problem(words.clone());
    }
    if cells.wrong > cells.first_wrong.len() as u64 {
        result.problem(format!("{} differ", counted(cells.wrong, "cell")));
    }
    if cells.rows
        != manifest["outputs"][0]["rows"]
            .as_u64()
            .unwrap_or(cells.rows)
    {
        result.problem("the manifest has another number of rows".to_owned());
    }
    account(shared, &args, &dataset, &cells, result)
}

/// Names the figures of the inputs that have no cell.
fn account(
    shared: &Shared,
    args: &ConvertArgs,
    dataset: &Dataset,
    cells: &CellComparison,
    result: &mut Verification,
) -> Result<(), Error> {
    let count = |spec: TableSpec| -> Result<u64, Error> {
        let dataset = self::dataset(shared, args, spec)?;
        let cells = dataset.table()?.compare(
            crate::TABLE_FORMATS[0],
            &crate::TableOptions::default(),
            None,
        )?;
        Ok(cells.unwrap_or_default().figures)
    };
    let read = count(TableSpec::new())?;
    let zone = args.table.timezone.as_deref();
    let filtered = options::filtered(
        TableSpec::new(),
        zone,
        &args.filter,
        &args.table.names.files,
    )?;
    let kept = count(filtered)?;
    let mut written = Some([0; 2]);
    for path in dataset_files(shared, args)? {
        let figures = RunManifest::count_figures(&path)?;
        let both = written.zip(figures);
        written = both.map(|([all, nulls], own)| [all + own[0], nulls + own[1]]);
    }
    match written {
        None => result
            .line("figures of inputs: not counted, because an input is not plain JSON".to_owned()),
        Some([written, nulls]) => {
            result.line(format!("{} in the inputs", counted(written, "figure")));
            let has_reason = dataset.bad_parts() > 0 || dataset.repeated() > 0;
            let reason = match (dataset.bad_parts() > 0, dataset.repeated() > 0) {
                (true, true) => "rejected or replaced",
                (true, false) => "rejected with bad parts",
                _ => "replaced or counted once",
            };
            name(result, written, read, reason, has_reason);
            if nulls > 0 {
                let nulls = counted(nulls, "figure");
                result.line(format!("  {nulls} null: no cell, or an empty one"));
            }
        }
    }
    let filter = &args.filter;
    let has_filter = !filter.metrics.is_empty()
        || !filter.wheres.is_empty()
        || filter.from.is_some()
        || filter.until.is_some();
    name(result, read, kept, "filtered", has_filter);
    let columns = &args.table.columns;
    let selects = columns != "present" || args.table.limit.is_some();
    if cells.figures > kept && args.table.absent.is_some() | args.table.absent_zero {
        let added = counted(cells.figures - kept, "cell");
        result.line(format!("  {added} added by --absent zero"));
    } else {
        name(
            result,
            kept,
            cells.figures,
            "without a column, or beyond --limit",
            selects,
        );
    }
    if cells.computed > 0 {
        result.line(format!(
            "  {} of key figures, computed",
            counted(cells.computed, "cell")
        ));
    }
    if result.problems == 0 {
        result.line("every figure is accounted for".to_owned());
    }
    Ok(())
}

/// Names the difference between two counts of figures; one without a reason is a bug.
fn name(result: &mut Verification, from: u64, to: u64, reason: &str, has_reason: bool) {
    if from == to {
        return;
    }
    if to < from && has_reason {
        return result.line(format!("  {} {reason}", counted(from - to, "figure")));
    }
    result.problem(format!(
        "{from} figures became {to}, and no option explains it: this is a bug in gcagg; please report it"
    ));
}

/// The inputs of the command, checked for a table.
fn dataset(shared: &Shared, args: &ConvertArgs, spec: TableSpec) -> Result<Dataset, Error> {
    let inputs = shared.inputs(&args.inputs, "convert")?;
    let inputs = gather::using(inputs, &args.data)?;
    let inputs = inputs.levels(shared.levels(&args.levels)?).table_spec(spec);
    let dataset = inputs.check()?;
    if !dataset.is_usable() {
        return Err(Error::data("the inputs have errors now").help("gcagg validate names them"));
    }
    Ok(dataset)
}

fn dataset_files(shared: &Shared, args: &ConvertArgs) -> Result<Vec<PathBuf>, Error> {
    Ok(shared.inputs(&args.inputs, "convert")?.found_files())
}

/// The options of the command that the manifest has.
fn convert_args(words: Vec<String>) -> Result<Box<ConvertArgs>, Error> {
    let words = std::iter::once("gcagg".to_owned()).chain(words);
    let args = parse::arguments(words.map(OsString::from).collect());
    match args.map(|args| args.command) {
        Ok(Command::Convert(args)) => Ok(args),
        _ => Err(
            Error::data("the command of the manifest cannot be repeated")
                .help("verify with the version of gcagg that wrote it"),
        ),
    }
}
