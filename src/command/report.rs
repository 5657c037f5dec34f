//! `gcagg report`: figures to read.

use std::io;
use std::sync::Arc;

use chrono_tz::Tz;

use crate::across::repeated_keys;
use crate::cli::args::{AbsentArg, ReportArgs};
use crate::cli::options::{self, Shared};
use crate::cli::output;
use crate::error::Error;
use crate::exit::ExitStatus;
use crate::facade::{self, Dataset};
use crate::input::discover;
use crate::model::when;
use crate::report::Report;
use crate::report::format::{FORMATS, Format};
use crate::report::model::Model;
use crate::report::model::wanted::Wanted;
use crate::report::text::Look;
use crate::table::{TableSpec, ZeroCounters};

use super::gather;
use super::ledger::Ledger;
use super::messages;

/// Runs the command.
///
/// # Errors
/// A wrong command line, or an output that cannot be written.
pub fn run(shared: &Shared, args: ReportArgs) -> Result<ExitStatus, Error> {
    let named = output::format(&args.output, "report", &Format::by_extension())?;
    let format = args.format.or(named).unwrap_or(&FORMATS[0]);
    facade::refuse_detail(format, args.detail)?;
    if args.detail {
        let help = "--detail prints ids and times as the inputs have them: leave it out";
        shared.refuse_typed(["names"], "has no effect with --detail", help)?;
        if args.filter.from.is_none() && args.filter.until.is_none() {
            shared.refuse_typed(["timezone"], "has no effect with --detail", help)?;
        }
    }
    let levels = options::levels(&args.levels, &shared.config()?)?;
    let zone = options::zone(args.timezone.as_deref())?;
    let spec = TableSpec {
        filter: options::filter(&args.filter, zone)?,
        names: options::names(&args.names)?,
        zeros: ZeroCounters {
            in_figures: args.absent != Some(AbsentArg::Keep),
            in_columns: false,
        },
        ..TableSpec::untyped()
    };
    let discovery = options::inputs(&args.inputs.inputs, "report")?;
    let compared = (!args.compare.is_empty()).then(|| discover::discover(&args.compare));
    gather::refuse_rejects(&args.data)?;
    let mut inputs = gather::paths(&discovery);
    inputs.extend(compared.iter().flat_map(gather::paths));
    inputs.extend(args.names.files.iter().cloned());
    gather::refuse_outputs(
        [&args.output].into_iter().chain(&args.data.rejects),
        &inputs,
    )?;
    let settings = gather::sums(shared.settings(levels, spec)?, &args.data);
    let settings = Arc::new(settings);
    let checked = gather::checked(shared, &settings, discovery, "nothing was reported")?;
    let (mut dataset, collection) = match checked {
        Ok(checked) => checked,
        Err(status) => return Ok(status),
    };
    let by = args.by.clone().map(trimmed);
    facade::check_by(by.as_deref().unwrap_or_default(), &dataset.inputs)?;
    let report = read(&args, &mut dataset)?;
    let mut about = facade::about(&settings.run(), &dataset.inputs, &collection);
    let mut all = vec![dataset];
    let mut before = None;
    if let Some(discovery) = compared {
        let checked = gather::checked(shared, &settings, discovery, "nothing was reported")?;
        let mut compared = match checked {
            Ok((compared, _)) => compared,
            Err(status) => return Ok(status),
        };
        about.add_compared(&compared.inputs);
        before = Some(read(&args, &mut compared)?);
        all.push(compared);
    }
    let wanted = Wanted {
        by,
        top: args.top,
        sort: args.sort.clone(),
        zone: zone.unwrap_or(Tz::UTC),
        names: settings.spec.names.clone(),
        now: when::now(),
        points: format.points,
    };
    let model =
        Model::build(report, before.as_ref(), wanted, about).map_err(facade::unknown_sort)?;
    let failed = |error: &io::Error| Error::writing(&options::shown(&args.output), error);
    let mut ledger = Ledger::write(args.data.rejects.as_deref(), &all)?;
    let mut sink = options::styled_sink(&args.output)?;
    let look = Look {
        width: shared.stdout_width(),
        colors: shared.colors() && args.output.as_os_str() == "-",
    };
    match format.detail.filter(|_| args.detail) {
        Some(write) => write(&model.report, &mut sink),
        None => (format.write)(&model, look, &mut sink),
    }
    .map_err(|error| failed(&error))?;
    ledger.finish()?;
    sink.finish().map_err(|error| failed(&error))?;
    for dataset in &all {
        gather::details(shared, dataset);
        gather::say_repeated(shared, dataset);
        let summary = gather::read_summary(dataset, &collection);
        gather::say_bad_parts(shared, dataset, &args.data, &summary);
    }
    Ok(ExitStatus::Success)
}

fn trimmed(names: Vec<String>) -> Vec<String> {
    let names = names.into_iter().map(|name| name.trim().to_owned());
    names.filter(|name| !name.is_empty()).collect()
}

/// The figures of inputs that were checked.
fn read(args: &ReportArgs, dataset: &mut Dataset) -> Result<Report, Error> {
    let repeated = repeated_keys::groups(&dataset.inputs);
    // What is known of buckets is not needed any more: a million groups need the room.
    for input in &mut dataset.inputs {
        input.chains = Default::default();
    }
    let run = &dataset.run();
    let has_zeros = run.spec.zeros.in_figures;
    facade::report(run, &dataset.inputs, &repeated, has_zeros)
        .map_err(|error| messages::unwritten(&args.output, error))
}
