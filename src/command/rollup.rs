//! `gcagg rollup`: documents joined, and aggregated by dimensions and periods.

use std::path::{Path, PathBuf};

use crate::check::Checker;
use crate::cli::args::{RollupArgs, WeekStart};
use crate::cli::options::{self, Shared};
use crate::cli::output;
use crate::error::Error;
use crate::exit::ExitStatus;
use crate::facade::{self, Rollup};
use crate::input::discover::{Found, Input};
use crate::pipeline::{Run, survey, survey_all};
use crate::rollup::buckets::Buckets;
use crate::rollup::document;
use crate::table::{Filter, Shaping};
use crate::write::Format;

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
    let mut plan = table_plan(args)?;
    let zone = options::zone(args.table.timezone.as_deref())?;
    let asked = asked(args)?;
    let levels = options::levels(&args.levels, &shared.config()?)?;
    let names = plan.as_ref().map(|it| it.shape.shaping.names.clone());
    let shaping = Shaping {
        filter: options::filter(&args.filter, zone)?,
        names: names.unwrap_or_default(),
        ..Shaping::default()
    };
    let discovery = options::inputs(&args.inputs.inputs, "rollup")?;
    let mut inputs = gather::paths(&discovery);
    inputs.extend(args.table.names.files.iter().cloned());
    gather::refuse_outputs(
        [&args.output].into_iter().chain(&args.data.rejects),
        &inputs,
    )?;
    let checker = Checker::new()?;
    let run = gather::sums(shared.run(&checker, &shaping, &levels), &args.data);
    let skips = args.data.skips();
    let checked = gather::checked(shared, &run, discovery, skips, "nothing was written")?;
    let (gathered, collection) = match checked {
        Ok(checked) => checked,
        Err(status) => return Ok(status),
    };
    let joined = facade::join(&run, &gathered.inputs, &asked)?;
    let joined = match joined {
        Ok(joined) => joined,
        Err(refused) => {
            messages::errors(shared, &refused)?;
            shared.say("nothing was written");
            return Ok(ExitStatus::BadData);
        }
    };
    let buckets = joined.buckets;
    gathered.say_repeated(shared, &run);
    let mut ledger = Ledger::write(
        args.data.rejects.as_deref(),
        std::slice::from_ref(&gathered),
    )?;
    messages::warnings(shared, &joined.left_out);
    if let Some(plan) = &mut plan {
        // Presences that the responses name.
        plan.shape.shaping.names = shaping.names.clone();
    }
    match plan {
        None => write_document(args, &buckets, &mut ledger)?,
        Some(plan) => write_table(shared, &run, args, &plan, &buckets, &mut ledger)?,
    }
    gathered.say_bad_parts(shared, &args.data, &gathered.read_summary(&collection));
    gathered.details(shared);
    Ok(ExitStatus::Success)
}

/// The plan of the table, where one was asked for; a name that ends in `.json` is the document's.
fn table_plan(args: &RollupArgs) -> Result<Option<TablePlan>, Error> {
    let named = output::format(&args.output, "rollup", &Format::by_extension())?;
    if args.table.to.is_none() && named.is_none_or(|format| format.name == "json") {
        if args.table.kpi {
            return Err(Error::usage("--kpi needs a table")
                .help("add a format and the layout: -t csv --layout wide"));
        }
        for (set, name) in [
            (!args.table.sort.is_empty(), "--sort"),
            (args.table.limit.is_some(), "--limit"),
            (!args.table.names.files.is_empty(), "--names"),
        ] {
            if set {
                return Err(Error::usage(format!("{name} is for tables"))
                    .help("write one: -t csv, or -o FILE.csv"));
            }
        }
        return Ok(None);
    }
    let output = Some(args.output.as_path());
    TablePlan::new("rollup", &args.table, &args.filter, output).map(Some)
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
    buckets: &Buckets,
    ledger: &mut Ledger<'_>,
) -> Result<(), Error> {
    let failed = |error: std::io::Error| Error::writing(&options::shown(&args.output), &error);
    let mut sink = options::sink(&args.output)?;
    document::write(buckets, &mut sink).map_err(failed)?;
    ledger.finish()?;
    sink.finish().map_err(failed)
}

/// Writes the result as a table: it is read as any other document.
fn write_table(
    shared: &Shared,
    run: &Run<'_>,
    args: &RollupArgs,
    plan: &TablePlan,
    buckets: &Buckets,
    ledger: &mut Ledger<'_>,
) -> Result<(), Error> {
    let mut bytes = Vec::new();
    document::write(buckets, &mut bytes).map_err(|error| Error::io(error.to_string()))?;
    let shaping = Shaping {
        filter: Filter::default(),
        ..plan.shape.shaping.clone()
    };
    let run = Run {
        shaping: &shaping,
        ..*run
    };
    let found = Found {
        input: Input::Memory("rollup".to_owned(), bytes.into()),
        relative: PathBuf::from("rollup"),
    };
    let inputs = survey_all(&run, vec![found]);
    let survey = survey::merged(&inputs);
    let output = args.output.as_path();
    let written = convert::write(&run, plan, &survey, &inputs, output, ledger)?;
    plan.say_left_out(shared, &survey);
    names::say(shared, &shaping, &survey);
    convert::say_changed(shared, written);
    if shared.verbose || output != Path::new("-") {
        shared.say(&counted(written.rows, "row"));
    }
    Ok(())
}
