//! `gcagg rollup`: joins documents, and aggregates them by dimensions and periods.

use std::path::Path;

use clap::Args as _;

use crate::cli::args::{RollupArgs, TableArgs};
use crate::cli::options::{self, Shared};
use crate::cli::output;
use crate::output::{OutputFiles, Sink};
use crate::{
    Dataset, Error, ExitStatus, Inputs, Period, RolledUp, Rollup, RunManifest, TableFormat,
    TableSpec, counted,
};

use super::ledger::Ledger;
use super::manifest::{CompleteFile, ManifestFile, add_left_out};
use super::table_plan::{TablePlan, named};
use super::{convert, gather, messages};

/// Runs the command.
pub fn run(shared: &Shared, args: &RollupArgs) -> Result<ExitStatus, Error> {
    let plan = table_plan(shared, args)?;
    refuse_ineffective(shared, args, plan.is_some())?;
    plan.iter().try_for_each(refuse_places)?;
    TablePlan::refuse_replacement(shared, &args.table)?;
    let asked = asked(args)?;
    let inputs = inputs(shared, args, spec(args, plan.as_ref())?)?;
    let read = gather::files(shared, (&inputs, &args.inputs), &args.table.names.files)?;
    let mut outputs = OutputFiles::beside(&read);
    [&args.output]
        .into_iter()
        .chain(&args.data.rejects)
        .chain(&args.data.manifest)
        .try_for_each(|output| outputs.add(output))?;
    let output = std::slice::from_ref(&args.output);
    let mut manifest = ManifestFile::open(shared, "rollup", &args.data, (&read, output))?;
    let dataset = match gather::checked(shared, inputs, None, "nothing was written")? {
        Ok(dataset) => dataset,
        Err(status) => return Ok(status),
    };
    let rolled = dataset.rollup(&asked)?;
    if !rolled.is_ok() {
        messages::errors(shared, rolled.summary())?;
        shared.say("nothing was written");
        return Ok(ExitStatus::BadData);
    }
    shared.say_all(dataset.repeats_in_words());
    let mut ledger = Ledger::write(args.data.rejects.as_deref(), [&dataset])?;
    messages::warnings(shared, rolled.summary());
    add_unmerged(&mut manifest.content, &rolled);
    let outputs = match plan {
        None => {
            shared.say_all(dataset.name_warnings());
            write_document(args, &rolled, &mut ledger)?
        }
        Some(plan) => {
            let data = (&rolled, &dataset);
            let content = &mut manifest.content;
            let files = (&mut ledger, &mut outputs);
            match write_table(shared, args, &plan, data, (files, content))? {
                Ok(outputs) => outputs,
                Err(status) => return Ok(status),
            }
        }
    };
    manifest.finish([&dataset], &[], &outputs)?;
    let summary = gather::summary(&dataset, dataset.summary()?, None);
    gather::say_bad_parts(shared, &dataset, &args.data, &summary);
    gather::details(shared, &dataset);
    Ok(ExitStatus::Success)
}

/// Adds the statistics that have no merged value to a manifest.
pub(super) fn add_unmerged(content: &mut RunManifest, rolled: &RolledUp<'_>) {
    for (values, stat, reason) in rolled.left_out() {
        content.left_out(&format!("values of {stat}"), values, reason);
    }
}

/// The inputs with a spec.
pub(super) fn inputs(shared: &Shared, args: &RollupArgs, spec: TableSpec) -> Result<Inputs, Error> {
    let inputs = gather::inputs(shared, "rollup", &args.inputs, (&args.data, &args.levels))?;
    Ok(inputs.table_spec(spec).for_rollup(&asked(args)?))
}

/// The spec of the table, or the filters of a document.
pub(super) fn spec(args: &RollupArgs, plan: Option<&TablePlan>) -> Result<TableSpec, Error> {
    let zone = args.table.timezone.as_deref();
    let names = &args.table.names.files;
    match plan {
        Some(plan) => Ok(plan.spec.clone()),
        None => options::filtered(TableSpec::new(), zone, &args.filter, names),
    }
}

/// Refuses columns that name one input: a row may be of several.
fn refuse_places(plan: &TablePlan) -> Result<(), Error> {
    match plan.spec.named_places().first() {
        None => Ok(()),
        Some(name) => Err(Error::usage(format!(
            "--columns: a roll-up has no `{name}`, because its rows are of several inputs"
        ))
        .help("remove it, or use gcagg convert; loaded_at is a column of both")),
    }
}

/// The plan of the table, if one was requested. Without `--to`, a name that ends in `.json` is a
/// document.
pub(super) fn table_plan(shared: &Shared, args: &RollupArgs) -> Result<Option<TablePlan>, Error> {
    if !is_table(shared, args)? {
        return Ok(None);
    }
    let output = Some(args.output.as_path());
    TablePlan::new("rollup", &args.table, &args.filter, output).map(Some)
}

/// Refuses options that cannot be combined.
pub(super) fn check(shared: &Shared, args: &RollupArgs) -> Result<(), Error> {
    match is_table(shared, args)? {
        true => TablePlan::check(shared, ("rollup", &args.table), Some(&args.output)),
        false => Ok(()),
    }
}

/// Returns true if a table was requested, and refuses options of tables for a document.
fn is_table(shared: &Shared, args: &RollupArgs) -> Result<bool, Error> {
    let known = TableFormat::by_extension();
    let named = output::format(&args.output, "rollup", &known, args.table.has_format())?;
    if args.table.to.is_none() && named.is_none_or(|format| format.name == "json") {
        let of_tables = TableArgs::augment_args(clap::Command::new("table"));
        let options = of_tables.get_arguments().filter_map(clap::Arg::get_long);
        // A time zone is also that of periods, and names are also those of filters and attributes.
        let has_words = args.by.is_some() || !args.filter.wheres.is_empty();
        let options = options.filter(|it| *it != "timezone" && (*it != "names" || !has_words));
        if let Some(option) = shared.first_typed(options) {
            let help = format!("--{option} needs a table: -t csv, or -o table.csv");
            return Err(Error::usage(format!("--{option} is for tables")).help(help));
        }
        return Ok(false);
    }
    Ok(true)
}

/// Refuses options that have no effect.
fn refuse_ineffective(shared: &Shared, args: &RollupArgs, is_table: bool) -> Result<(), Error> {
    let is_of_weeks = |period: &String| Period::parse(period).is_some_and(Period::is_of_weeks);
    if !args.every.as_ref().is_some_and(is_of_weeks) {
        shared.refuse_typed(
            ["week-start"],
            "needs periods of weeks",
            "add --every 1w, or remove it",
        )?;
    }
    if args.by.is_none() {
        shared.refuse_typed(
            ["drop-multivalued"],
            "needs --by",
            "without --by, no dimension is dropped; remove it",
        )?;
    }
    let has_times =
        args.every.is_some() || args.filter.from.is_some() || args.filter.until.is_some();
    if !is_table && !has_times {
        shared.refuse_typed(
            ["timezone"],
            "needs --every, --from or --until",
            "it sets the boundaries of periods and days; the times of a document are in UTC",
        )?;
    }
    Ok(())
}

/// The settings of the roll-up, from its options.
pub(super) fn asked(args: &RollupArgs) -> Result<Rollup, Error> {
    let mut rollup = Rollup::new().drop_multivalued(&args.drop_multivalued);
    if let Some(every) = &args.every {
        rollup = rollup.every(every)?.week_start(&args.week_start)?;
    }
    if let Some(zone) = &args.table.timezone {
        rollup = rollup.timezone(zone)?;
    }
    if let Some(by) = &args.by {
        rollup = rollup.by(by);
    }
    Ok(rollup)
}

fn write_document(
    args: &RollupArgs,
    rolled: &RolledUp<'_>,
    ledger: &mut Ledger,
) -> Result<Vec<CompleteFile>, Error> {
    let mut sink = Sink::open(&args.output)?;
    rolled.write(&mut sink)?;
    ledger.finish()?;
    sink.finish()?;
    Ok(vec![(args.output.clone(), None)])
}

/// Writes the result as a table. The result is read like any other document. The inner error is the
/// status if a figure does not fit.
fn write_table(
    shared: &Shared,
    args: &RollupArgs,
    plan: &TablePlan,
    (rolled, read): (&RolledUp<'_>, &Dataset),
    (files, manifest): ((&mut Ledger, &mut OutputFiles), &mut RunManifest),
) -> Result<Result<Vec<CompleteFile>, ExitStatus>, Error> {
    let dataset = rolled.dataset()?;
    if !dataset.is_usable() {
        // A merged figure that its column cannot have.
        let misfits = dataset.summary()?;
        messages::errors(shared, misfits)?;
        shared.say("nothing was written");
        return Ok(Err(misfits.status()));
    }
    let table = dataset.table().map_err(named)?;
    let (written, outputs) = plan.write(shared, (&table, Some(read)), &args.output, files)?;
    manifest.columns(&table);
    add_left_out(manifest, &dataset, written);
    shared.say_all(dataset.table_warnings());
    convert::say_changed(shared, written);
    if shared.verbose || args.output != Path::new("-") {
        shared.say(&counted(written.rows, "row"));
    }
    Ok(Ok(outputs))
}
