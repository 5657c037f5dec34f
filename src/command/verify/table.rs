//! Tables of `convert`, read back and compared cell by cell.

use std::path::Path;

use crate::cli::args::{AbsentArg, ConvertArgs, TableArgs};
use crate::cli::options;
use crate::command::gather;
use crate::command::manifest::{CompleteFile, add_left_out, complete};
use crate::command::table_plan::{TablePlan, named};
use crate::{
    CellComparison, Dataset, Error, Purpose, RunManifest, TABLE_FORMATS, Table, TableOptions,
    TableSpec, WrittenRows, counted,
};

use super::{DescribedRun, Verification};

/// Reads the tables back and compares each cell with the inputs, and accounts for each figure.
pub(super) fn verify(
    run: &DescribedRun,
    args: &ConvertArgs,
    result: &mut Verification,
) -> Result<(), Error> {
    let output = (!args.per_file).then_some(args.output.as_path());
    let plan = TablePlan::new("convert", &args.table, &args.filter, output)?;
    let dataset = dataset(run, args, plan.spec.clone().loaded_at(run.time())?)?;
    let tables = match args.per_file {
        true => dataset.tables().map_err(named)?,
        false => vec![(Path::new(""), dataset.table().map_err(named)?)],
    };
    let tables: Vec<&Table<'_>> = tables.iter().map(|(_, table)| table).collect();
    let Some(cells) = compare(run, args, &plan, &tables)? else {
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
    result.differences(&cells);
    let mut made = run.made_again()?;
    add_left_out(&mut made, &dataset, written(&cells));
    let outputs = run.outputs().into_iter();
    let rows = cells.rows_of_files.iter().map(|rows| Some(*rows));
    let outputs: Vec<CompleteFile> = outputs.zip(rows).collect();
    complete(&mut made, [&dataset], &tables, &outputs)?;
    run.compare(&made, result)?;
    account(run, args, (&plan, &dataset), &cells, result)
}

/// The rows of a table that was compared.
pub(super) fn written(cells: &CellComparison) -> WrittenRows {
    WrittenRows {
        rows: cells.rows,
        beyond: cells.beyond,
        ..WrittenRows::default()
    }
}

/// Compares the outputs with the tables.
fn compare(
    run: &DescribedRun,
    args: &ConvertArgs,
    plan: &TablePlan,
    tables: &[&Table<'_>],
) -> Result<Option<CellComparison>, Error> {
    let outputs = run.outputs();
    if !args.per_file {
        let compare = |table| plan.compare(table, &args.output, &outputs);
        return tables.first().map_or(Ok(None), |table| compare(table));
    }
    let mut all = CellComparison::default();
    for (table, output) in tables.iter().zip(&outputs) {
        match plan.compare(table, output, &outputs)? {
            None => return Ok(None),
            Some(cells) => all += cells,
        }
    }
    Ok(Some(all))
}

/// The number of figures in the tables of a spec.
fn count(run: &DescribedRun, args: &ConvertArgs, spec: TableSpec) -> Result<u64, Error> {
    let dataset = dataset(run, args, spec)?;
    let tables = match args.per_file {
        true => dataset
            .tables()?
            .into_iter()
            .map(|(_, table)| table)
            .collect(),
        false => vec![dataset.table()?],
    };
    let mut figures = 0;
    for table in tables {
        let cells = table.compare(TABLE_FORMATS[0], &TableOptions::default(), None)?;
        figures += cells.unwrap_or_default().figures;
    }
    Ok(figures)
}

/// Names the figures of the inputs that have no cell.
fn account(
    run: &DescribedRun,
    args: &ConvertArgs,
    (plan, dataset): (&TablePlan, &Dataset),
    cells: &CellComparison,
    result: &mut Verification,
) -> Result<(), Error> {
    let read = count(run, args, TableSpec::new())?;
    let zone = args.table.timezone.as_deref();
    let names = &args.table.names.files;
    let filtered = options::filtered(TableSpec::new(), zone, &args.filter, names)?;
    let kept = count(run, args, filtered)?;
    let mut written = Some([0; 2]);
    for path in run.shared.inputs(&args.inputs, "convert")?.found_files() {
        let figures = RunManifest::count_figures(&path)?;
        let both = written.zip(figures);
        written = both.map(|([all, nulls], own)| [all + own[0], nulls + own[1]]);
    }
    let mut compared = "every figure is accounted for";
    match written {
        None => {
            compared = "every figure that convert reads is accounted for";
            result.line(
                "figures of inputs: not counted, because an input is not plain JSON".to_owned(),
            );
        }
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
    name(result, read, kept, "filtered", args.filter.has_any());
    let count = |spec| count(run, args, spec);
    account_cells((&args.table, plan), (kept, cells), &count, result)?;
    if result.problems == 0 {
        result.line(compared.to_owned());
    }
    Ok(())
}

/// Names the figures that have no cell, of the `kept` ones that the options of the run do not filter.
/// Returns true if all have one.
pub(super) fn account_cells(
    (args, plan): (&TableArgs, &TablePlan),
    (kept, cells): (u64, &CellComparison),
    count: &dyn Fn(TableSpec) -> Result<u64, Error>,
    result: &mut Verification,
) -> Result<bool, Error> {
    let selects = args.columns != "present";
    let reason = match (selects, args.limit.is_some()) {
        (true, true) => "without a column, or beyond --limit",
        (false, true) => "beyond --limit",
        _ => "without a column",
    };
    let has_reason = selects || args.limit.is_some();
    let found = cells.figures - added_zeros((args, plan), cells, count)?;
    name(result, kept, found, reason, has_reason);
    if found < cells.figures {
        let added = counted(cells.figures - found, "cell");
        result.line(format!("  {added} added by --absent zero"));
    }
    if cells.computed > 0 {
        result.line(format!(
            "  {} of key figures, computed",
            counted(cells.computed, "cell")
        ));
    }
    Ok(found == kept)
}

/// The number of cells that `--absent zero` adds: those that the same table lacks without it.
fn added_zeros(
    (args, plan): (&TableArgs, &TablePlan),
    cells: &CellComparison,
    count: &dyn Fn(TableSpec) -> Result<u64, Error>,
) -> Result<u64, Error> {
    if args.absent != Some(AbsentArg::Zero) && !args.absent_zero {
        return Ok(0);
    }
    let spec = plan.spec.clone().absent_counters(args.kpi, false);
    Ok(cells.figures.saturating_sub(count(spec)?))
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
fn dataset(run: &DescribedRun, args: &ConvertArgs, spec: TableSpec) -> Result<Dataset, Error> {
    let inputs = gather::inputs(
        &run.shared,
        "convert",
        &args.inputs,
        (&args.data, &args.levels),
    )?;
    run.check(inputs.table_spec(spec).purpose(match args.per_file {
        true => Purpose::TablePerInput,
        false => Purpose::Table,
    }))
}
