//! `gcagg rollup`: documents joined, and aggregated by dimensions and periods.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args as _;

use crate::aggregate::{Aggregate, document};
use crate::cli::args::{RollupArgs, TableArgs, WeekStart};
use crate::cli::options::{self, Shared};
use crate::cli::output;
use crate::diagnostic::collect::Collection;
use crate::error::Error;
use crate::exit::ExitStatus;
use crate::facade::{self, Dataset, Rollup};
use crate::input::discover::{Found, Input};
use crate::model::period::Period;
use crate::pipeline::{Run, located, survey, survey_all};
use crate::table::{Filter, TableSpec};
use crate::write::TableFormat;

use super::convert;
use super::gather;
use super::ledger::Ledger;
use super::table_plan::TablePlan;
use super::{messages, names};
use crate::diagnostic::words::counted;

/// Runs the command.
///
/// # Errors
/// A wrong command line, or an output that cannot be written.
pub fn run(shared: &Shared, args: &RollupArgs) -> Result<ExitStatus, Error> {
    gather::refuse_rejects(&args.data)?;
    let plan = table_plan(shared, args)?;
    refuse_ineffective(shared, args, plan.is_some())?;
    let zone = options::zone(args.table.timezone.as_deref())?;
    let asked = asked(args)?;
    let levels = options::levels(&args.levels, &shared.config()?)?;
    let of_table = plan.as_ref().map(|plan| &plan.spec);
    let spec = TableSpec {
        filter: options::filter(&args.filter, zone)?,
        names: of_table.map(|it| it.names.clone()).unwrap_or_default(),
        zeros: of_table.map(|it| it.zeros).unwrap_or_default(),
        ..TableSpec::untyped()
    };
    let discovery = options::inputs(&args.inputs.inputs, "rollup")?;
    let mut inputs = gather::paths(&discovery);
    inputs.extend(args.table.names.files.iter().cloned());
    gather::refuse_outputs(
        [&args.output].into_iter().chain(&args.data.rejects),
        &inputs,
    )?;
    let settings = gather::sums(shared.settings(levels, spec)?, &args.data);
    let settings = Arc::new(settings);
    let checked = gather::checked(shared, &settings, discovery, "nothing was written")?;
    let (dataset, collection) = match checked {
        Ok(checked) => checked,
        Err(status) => return Ok(status),
    };
    let joined = facade::join(&dataset.run(), &dataset.inputs, &asked)?;
    let joined = match joined {
        Ok(joined) => joined,
        Err(refused) => {
            messages::errors(shared, &refused)?;
            shared.say("nothing was written");
            return Ok(ExitStatus::BadData);
        }
    };
    let buckets = joined.buckets;
    gather::say_repeated(shared, &dataset);
    let mut ledger = Ledger::write(args.data.rejects.as_deref(), std::slice::from_ref(&dataset))?;
    messages::warnings(shared, &joined.left_out);
    let status = match plan {
        None => write_document(args, &dataset, &buckets, &mut ledger)?,
        Some(mut plan) => {
            // Presences that the responses name.
            let names = settings.spec.names.clone();
            plan.spec = Arc::new(TableSpec {
                names,
                ..TableSpec::clone(&plan.spec)
            });
            write_table(shared, &dataset, args, &plan, &buckets, &mut ledger)?
        }
    };
    if status != ExitStatus::Success {
        return Ok(status);
    }
    let summary = gather::read_summary(&dataset, &collection);
    gather::say_bad_parts(shared, &dataset, &args.data, &summary);
    gather::details(shared, &dataset);
    Ok(ExitStatus::Success)
}

/// The plan of the table, where one was asked for; a name that ends in `.json` is the document's.
fn table_plan(shared: &Shared, args: &RollupArgs) -> Result<Option<TablePlan>, Error> {
    let named = output::format(&args.output, "rollup", &TableFormat::by_extension())?;
    if args.table.to.is_none() && named.is_none_or(|format| format.name == "json") {
        let of_tables = TableArgs::augment_args(clap::Command::new("table"));
        let options = of_tables.get_arguments().filter_map(clap::Arg::get_long);
        // A time zone is also that of periods.
        let options = options.filter(|option| *option != "timezone");
        if let Some(option) = shared.first_typed(options) {
            let table = match option {
                "kpi" => "-t csv --layout wide",
                _ => "-t csv",
            };
            let help = format!("--{option} needs a table: {table}, or -o table.csv");
            return Err(Error::usage(format!("--{option} is for tables")).help(help));
        }
        return Ok(None);
    }
    let output = Some(args.output.as_path());
    TablePlan::new("rollup", &args.table, &args.filter, output).map(Some)
}

/// Refuses options that change nothing.
fn refuse_ineffective(shared: &Shared, args: &RollupArgs, is_table: bool) -> Result<(), Error> {
    let is_of_weeks = |period: &String| Period::parse(period).is_some_and(Period::is_of_weeks);
    if !args.every.as_ref().is_some_and(is_of_weeks) {
        shared.refuse_typed(
            ["week-start"],
            "needs periods of weeks",
            "add --every 1w, or leave it out",
        )?;
    }
    if args.by.is_none() {
        shared.refuse_typed(
            ["drop-multivalued"],
            "needs --by",
            "without --by, no dimension is dropped: leave it out",
        )?;
    }
    let has_times =
        args.every.is_some() || args.filter.from.is_some() || args.filter.until.is_some();
    if !is_table && !has_times {
        shared.refuse_typed(
            ["timezone"],
            "needs --every, --from or --until",
            "it sets where periods and days begin; the times of a document are in UTC",
        )?;
    }
    Ok(())
}

/// What is asked for.
fn asked(args: &RollupArgs) -> Result<Rollup, Error> {
    let mut rollup = Rollup::new().drop_multivalued(&args.drop_multivalued);
    if let Some(every) = &args.every {
        let first = match args.week_start {
            WeekStart::Monday => "monday",
            WeekStart::Saturday => "saturday",
            WeekStart::Sunday => "sunday",
        };
        rollup = rollup.every(every)?.week_start(first)?;
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
    dataset: &Dataset,
    buckets: &Aggregate,
    ledger: &mut Ledger<'_>,
) -> Result<ExitStatus, Error> {
    let failed = |error: std::io::Error| Error::writing(&options::shown(&args.output), &error);
    let mut sink = options::sink(&args.output)?;
    document::write(buckets, &dataset.presences(), &mut sink).map_err(failed)?;
    ledger.finish()?;
    sink.finish().map_err(failed)?;
    Ok(ExitStatus::Success)
}

/// Writes the result as a table: it is read as any other document.
fn write_table(
    shared: &Shared,
    dataset: &Dataset,
    args: &RollupArgs,
    plan: &TablePlan,
    buckets: &Aggregate,
    ledger: &mut Ledger<'_>,
) -> Result<ExitStatus, Error> {
    let mut bytes = Vec::new();
    document::write(buckets, &dataset.presences(), &mut bytes)
        .map_err(|error| Error::io(error.to_string()))?;
    let spec = TableSpec {
        filter: Filter::default(),
        merged: (plan.spec.zeros.is_any()).then(|| Arc::new(document::scopes(buckets))),
        ..TableSpec::clone(&plan.spec)
    };
    let run = Run {
        spec: &spec,
        ..dataset.run()
    };
    let found = Found {
        input: Input::Memory("rollup".to_owned(), bytes.into()),
        relative: PathBuf::from("rollup"),
    };
    let inputs = survey_all(&run, vec![found]);
    let mut misfits = Collection::new(true, run.levels);
    located::each(&inputs, true, &mut |located| {
        misfits.push(&located);
        Ok::<(), Error>(())
    })?;
    let status = gather::status(&misfits);
    if status != ExitStatus::Success {
        // A merged figure that its column cannot hold.
        messages::errors(shared, &misfits)?;
        shared.say("nothing was written");
        return Ok(status);
    }
    let mut survey = survey::merged(&inputs);
    // What counters apply follows from the inputs, not from what was made of them.
    survey.occurrences = survey::merged(&dataset.inputs).occurrences;
    let output = args.output.as_path();
    let written = convert::write(&run, plan, &survey, &inputs, output, ledger)?;
    plan.say_left_out(shared, &survey);
    names::say(shared, &spec, &survey);
    convert::say_changed(shared, written);
    if shared.verbose || output != Path::new("-") {
        shared.say(&counted(written.rows, "row"));
    }
    Ok(ExitStatus::Success)
}
