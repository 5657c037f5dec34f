//! Roll-ups, reports and tables of a fixed form, made again from the inputs and compared.

use std::io::Write;
use std::path::Path;

use crate::cli::args::{ConvertArgs, ReportArgs, RollupArgs};
use crate::command::manifest::{CompleteFile, add_left_out, complete};
use crate::command::table_plan::named;
use crate::command::{report, rollup, wfm_import};
use crate::{CellComparison, Error, Look, RunManifest, TableSpec, counted};

use super::table::{account_cells, written};
use super::{DescribedRun, Verification};

/// Compares a document or a table of `rollup`, and the sums of the document with those of the inputs.
pub(super) fn rollup(
    run: &DescribedRun,
    args: &RollupArgs,
    result: &mut Verification,
) -> Result<(), Error> {
    let plan = rollup::table_plan(&run.shared, args)?;
    let spec = rollup::spec(args, plan.as_ref())?.loaded_at(run.time())?;
    let dataset = run.check(rollup::inputs(&run.shared, args, spec)?)?;
    let rolled = dataset.rollup(&rollup::asked(args)?)?;
    let output = args.output.display();
    let mut made = run.made_again()?;
    rollup::add_unmerged(&mut made, &rolled);
    let mut outputs: Vec<CompleteFile> = run.outputs().into_iter().map(|it| (it, None)).collect();
    let cells = match &plan {
        None => Some(rolled.compare(&args.output)?),
        Some(plan) => {
            let dataset = rolled.dataset()?;
            let table = dataset.table().map_err(named)?;
            let cells = plan.compare(&table, &args.output, &run.outputs())?;
            let cells_or_none = cells.clone().unwrap_or_default();
            made.columns(&table);
            add_left_out(&mut made, &dataset, written(&cells_or_none));
            let rows = cells_or_none.rows_of_files;
            let outputs = outputs.iter_mut().zip(rows);
            outputs.for_each(|((_, own), rows)| *own = Some(rows));
            cells
        }
    };
    complete(&mut made, [&dataset], &[], &outputs)?;
    run.compare(&made, result)?;
    let mut is_complete = true;
    match cells {
        None => result.line(format!(
            "{output}: the cells of this format are not read back"
        )),
        Some(cells) => {
            let rows = counted(cells.rows, "row");
            let figures = counted(cells.figures, "figure");
            result.line(format!("{output}: {rows}, {figures}"));
            result.differences(&cells);
            if let Some(plan) = &plan {
                let kept = rolled.figures(&TableSpec::new())?;
                let count = |spec| rolled.figures(&spec);
                let table = (&args.table, plan);
                is_complete = account_cells(table, (kept, &cells), &count, result)?;
            }
        }
    }
    for (values, stat, reason) in rolled.left_out() {
        is_complete = false;
        result.line(format!(
            "  {} of {stat}: {reason}",
            counted(values, "value")
        ));
    }
    if result.problems > 0 {
        // The sums of the inputs say nothing about an output that differs.
        return Ok(());
    }
    let mut document = Vec::new();
    rolled.write(&mut document)?;
    let files = run.shared.inputs(&args.inputs, "rollup")?.found_files();
    let Some(differing) = RunManifest::differing_sums(&files, &document)? else {
        result.line("sums of inputs: not compared, because an input is not plain JSON".to_owned());
        return Ok(());
    };
    let reasons = [
        (args.filter.has_any(), "filtered"),
        (dataset.bad_parts() > 0, "rejected with bad parts"),
        (dataset.repeated() > 0, "replaced or counted once"),
        (rolled.has_incomplete_pairs()?, "incomplete (M009)"),
    ];
    let reasons = reasons
        .iter()
        .filter(|(is, _)| *is)
        .map(|(_, reason)| *reason);
    let reasons = reasons.collect::<Vec<_>>().join(", or ");
    match (differing.as_slice(), reasons.as_str()) {
        ([], _) if is_complete => {
            result.line("the sums of all figures are those of the inputs".to_owned());
        }
        ([], _) => result.line(
            "the sums of the roll-up, before figures are left out, are those of the inputs"
                .to_owned(),
        ),
        (differing, "") => {
            for words in differing.iter().take(10) {
                result.problem(format!(
                    "{words}, and no option explains it: this is a bug in gcagg; please report it"
                ));
            }
        }
        (differing, reasons) => {
            let sums = counted(differing.len(), "sum");
            result.line(format!(
                "  {sums} of figures differ from the inputs: {reasons}"
            ));
        }
    }
    Ok(())
}

/// Compares the reports of `report`.
pub(super) fn report(
    run: &DescribedRun,
    args: &ReportArgs,
    result: &mut Verification,
) -> Result<(), Error> {
    let page = report::page(args)?;
    let formats = report::formats(args, &page)?;
    let (inputs, compared) = report::inputs(&run.shared, args, Some(run.time()))?;
    let dataset = run.check(inputs)?;
    let before = compared.map(|inputs| run.check(inputs)).transpose()?;
    let before = before.map(|before| before.beside(&dataset));
    let width = run.manifest["width"]
        .as_str()
        .and_then(|it| it.parse().ok());
    let mut texts = vec![Vec::new(); formats.len()];
    let look = Look {
        width: width.unwrap_or(80),
        colors: false,
    };
    let reports = formats.iter().zip(&mut texts);
    let reports = reports.map(|(format, text)| (*format, look, text as &mut dyn Write));
    dataset.reports(&page, before.as_ref(), reports.collect())?;
    for (path, text) in args.output.iter().zip(texts) {
        lines(path, &text, result)?;
    }
    let mut made = run.made_again()?;
    if let Some(width) = run.manifest["width"].as_str() {
        made.fact("width", width);
    }
    let outputs: Vec<CompleteFile> = run.outputs().into_iter().map(|it| (it, None)).collect();
    complete(
        &mut made,
        [&dataset].into_iter().chain(&before),
        &[],
        &outputs,
    )?;
    run.compare(&made, result)
}

/// Compares the table of `--preset wfm-import`.
pub(super) fn history(
    run: &DescribedRun,
    args: &ConvertArgs,
    result: &mut Verification,
) -> Result<(), Error> {
    let dataset = run.check(wfm_import::inputs(&run.shared, args)?)?;
    let mut text = Vec::new();
    let Ok(history) = dataset.wfm_history()? else {
        return Err(Error::data("the inputs have errors now"));
    };
    let mut made = run.made_again()?;
    for (count, reason) in history.left_out() {
        made.left_out("buckets", count, reason);
    }
    let output = (args.output.clone(), Some(history.rows() as u64));
    complete(&mut made, [&dataset], &[], &[output])?;
    made.fact("loaded_at", run.time());
    history
        .write(&mut text)
        .map_err(|error| Error::writing("the history", &error))?;
    lines(&args.output, &text, result)?;
    run.compare(&made, result)
}

/// Compares the lines of a file, or the cells of a workbook.
fn lines(path: &Path, expected: &[u8], result: &mut Verification) -> Result<(), Error> {
    let comparison = CellComparison::of_file(expected, path)?;
    let what = match path.extension().is_some_and(|it| it == "xlsx") {
        true => "cell",
        false => "line",
    };
    let count = counted(comparison.rows, what);
    result.line(format!(
        "{}: {count} made again from the inputs",
        path.display()
    ));
    result.differences(&comparison);
    Ok(())
}
