//! `gcagg report`: figures to read.

use crate::check::Checker;
use crate::cli::args::{ReportArgs, ReportFormat};
use crate::cli::options::{self, Shared};
use crate::cli::output;
use crate::error::Error;
use crate::exit::ExitStatus;
use crate::facade;
use crate::pipeline::{Run, repeats};
use crate::report::{markdown, text};
use crate::table::Shaping;

use super::gather;
use super::messages;

/// The extensions of the formats.
const WRITTEN: [(&str, ReportFormat); 3] = [
    ("txt", ReportFormat::Text),
    ("md", ReportFormat::Markdown),
    ("markdown", ReportFormat::Markdown),
];

/// Runs the command.
///
/// # Errors
/// A wrong command line, or an output that cannot be written.
pub fn run(shared: &Shared, args: ReportArgs) -> Result<ExitStatus, Error> {
    let named = output::format(&args.output, "report", &WRITTEN)?;
    let format = args.format.or(named).unwrap_or(ReportFormat::Text);
    let levels = options::levels(&args.levels, &shared.config()?)?;
    let shaping = Shaping {
        filter: options::filter(&args.filter, None)?,
        ..Shaping::default()
    };
    let discovery = options::inputs(&args.inputs.inputs, "report")?;
    gather::refuse_overwrite(&args.output, &gather::paths(&discovery))?;
    let checker = Checker::new()?;
    let run = Run {
        paranoid: shared.paranoid,
        window: shared.window,
        ..Run::new(&checker, &shaping, &levels, &shared.resources)
    };
    let checked = gather::checked(shared, &run, discovery, "nothing was reported")?;
    let (mut gathered, _) = match checked {
        Ok(checked) => checked,
        Err(status) => return Ok(status),
    };
    let repeated = repeats::groups(&gathered.inputs);
    // What is known of buckets is not needed any more: a million groups need the room.
    for input in &mut gathered.inputs {
        input.chains = Default::default();
    }
    let report = facade::report(&run, &gathered.inputs, &repeated)
        .map_err(|error| messages::unwritten(&args.output, error))?;
    let failed = |error: &std::io::Error| Error::writing(&options::shown(&args.output), error);
    let mut sink = options::sink(&args.output)?;
    match format {
        ReportFormat::Text => text::write(&report, &mut sink),
        ReportFormat::Markdown => markdown::write(&report, &mut sink),
    }
    .map_err(|error| failed(&error))?;
    sink.finish().map_err(|error| failed(&error))?;
    gathered.details(shared);
    Ok(ExitStatus::Success)
}
