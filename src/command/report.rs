//! `gcagg report`: figures to read.

use std::io::{self, Write};

use chrono_tz::Tz;

use crate::check::Checker;
use crate::cli::args::{ReportArgs, ReportFormat};
use crate::cli::options::{self, Shared};
use crate::cli::output;
use crate::diagnostic::Code;
use crate::diagnostic::collect::Collection;
use crate::error::Error;
use crate::exit::ExitStatus;
use crate::facade;
use crate::input::discover;
use crate::json::text::printable;
use crate::model::when;
use crate::pipeline::{Run, Surveyed, repeats};
use crate::report::model::Model;
use crate::report::model::about::{About, Finding, Source};
use crate::report::model::rows::UnknownSort;
use crate::report::model::wanted::Wanted;
use crate::report::text::Look;
use crate::report::{Report, detail, html, json, markdown, text};
use crate::table::Shaping;

use super::gather::{self, Gathered};
use super::messages;

/// The extensions of the formats.
const WRITTEN: [(&str, ReportFormat); 6] = [
    ("txt", ReportFormat::Text),
    ("md", ReportFormat::Markdown),
    ("markdown", ReportFormat::Markdown),
    ("html", ReportFormat::Html),
    ("htm", ReportFormat::Html),
    ("json", ReportFormat::Json),
];

/// Runs the command.
///
/// # Errors
/// A wrong command line, or an output that cannot be written.
pub fn run(shared: &Shared, args: ReportArgs) -> Result<ExitStatus, Error> {
    let named = output::format(&args.output, "report", &WRITTEN)?;
    let format = args.format.or(named).unwrap_or(ReportFormat::Text);
    if args.detail && matches!(format, ReportFormat::Html | ReportFormat::Json) {
        return Err(Error::usage("--detail is for text and Markdown")
            .help("leave it out: HTML and JSON have every group"));
    }
    let levels = options::levels(&args.levels, &shared.config()?)?;
    let zone = options::zone(args.timezone.as_deref())?.unwrap_or(Tz::UTC);
    let shaping = Shaping {
        filter: options::filter(&args.filter, Some(zone))?,
        names: options::names(&args.names)?,
        ..Shaping::default()
    };
    let discovery = options::inputs(&args.inputs.inputs, "report")?;
    gather::refuse_overwrite(&args.output, &gather::paths(&discovery))?;
    let checker = Checker::new()?;
    let run = shared.run(&checker, &shaping, &levels);
    let checked = gather::checked(shared, &run, discovery, "nothing was reported")?;
    let (mut gathered, collection) = match checked {
        Ok(checked) => checked,
        Err(status) => return Ok(status),
    };
    let report = read(&run, &args, &mut gathered)?;
    let mut about = about(&gathered, &collection, shaping.filter.to_string());
    let before = match compared(shared, &run, &args, &mut about)? {
        Ok(before) => before,
        Err(status) => return Ok(status),
    };
    let wanted = Wanted {
        by: args.by.clone().map(trimmed),
        top: args.top,
        sort: args.sort.clone(),
        zone,
        names: shaping.names.clone(),
        now: when::now(),
        points: points(format),
        multivalued: multivalued(&collection),
    };
    let model = Model::build(report, before.as_ref(), wanted, about).map_err(unknown)?;
    let failed = |error: &io::Error| Error::writing(&options::shown(&args.output), error);
    let mut sink = options::sink(&args.output)?;
    let look = Look {
        width: shared.stdout_width(),
        colors: shared.colors() && args.output.as_os_str() == "-",
    };
    write(&model, format, args.detail, look, &mut sink).map_err(|error| failed(&error))?;
    sink.finish().map_err(|error| failed(&error))?;
    gathered.details(shared);
    Ok(ExitStatus::Success)
}

fn write(
    model: &Model,
    format: ReportFormat,
    detail: bool,
    look: Look,
    out: &mut dyn Write,
) -> io::Result<()> {
    match (format, detail) {
        (ReportFormat::Text, true) => detail::text::write(&model.report, out),
        (ReportFormat::Text, false) => text::write(model, look, out),
        (ReportFormat::Markdown, true) => detail::markdown::write(&model.report, out),
        (ReportFormat::Markdown, false) => markdown::write(model, out),
        (ReportFormat::Html, _) => html::write(model, out),
        (ReportFormat::Json, _) => json::write(model, out),
    }
}

/// How many points of a series a form has room for.
fn points(format: ReportFormat) -> usize {
    match format {
        ReportFormat::Text | ReportFormat::Markdown => 28,
        ReportFormat::Html => 120,
        ReportFormat::Json => 10_000,
    }
}

fn trimmed(names: Vec<String>) -> Vec<String> {
    let names = names.into_iter().map(|name| name.trim().to_owned());
    names.filter(|name| !name.is_empty()).collect()
}

/// The figures of inputs that were checked.
fn read(run: &Run<'_>, args: &ReportArgs, gathered: &mut Gathered) -> Result<Report, Error> {
    let repeated = repeats::groups(&gathered.inputs);
    // What is known of buckets is not needed any more: a million groups need the room.
    for input in &mut gathered.inputs {
        input.chains = Default::default();
    }
    facade::report(run, &gathered.inputs, &repeated)
        .map_err(|error| messages::unwritten(&args.output, error))
}

/// The figures of the inputs of `--compare`, if any; the status to end with where these are bad.
fn compared(
    shared: &Shared,
    run: &Run<'_>,
    args: &ReportArgs,
    about: &mut About,
) -> Result<Result<Option<Report>, ExitStatus>, Error> {
    if args.compare.is_empty() {
        return Ok(Ok(None));
    }
    let discovery = discover::discover(&args.compare);
    gather::refuse_overwrite(&args.output, &gather::paths(&discovery))?;
    let checked = gather::checked(shared, run, discovery, "nothing was reported")?;
    let (mut gathered, _) = match checked {
        Ok(checked) => checked,
        Err(status) => return Ok(Err(status)),
    };
    let sources = gathered.inputs.iter().map(|input| source(input, true));
    about.sources.extend(sources);
    Ok(Ok(Some(read(run, args, &mut gathered)?)))
}

fn source(input: &Surveyed, is_compared: bool) -> Source {
    Source {
        name: printable(&input.name),
        documents: input.documents,
        rows: input.rows,
        is_compared,
    }
}

fn about(gathered: &Gathered, collection: &Collection, filters: String) -> About {
    let findings = collection.groups().into_iter().map(|group| {
        let located = std::iter::once(group.first).chain(group.others);
        let places = located.map(|located| match &located.place {
            Some(place) => format!("{}:{}:{}", located.file, place.line, place.column),
            None => located.file.to_string(),
        });
        let first = &group.first.diagnostic;
        Finding {
            severity: first.severity,
            code: first.code.id(),
            name: first.code.name(),
            message: first.message.clone(),
            help: first.help.as_ref().map(ToString::to_string),
            count: group.count,
            places: places.map(|place| printable(&place)).collect(),
        }
    });
    About {
        findings: findings.collect(),
        sources: gathered
            .inputs
            .iter()
            .map(|input| source(input, false))
            .collect(),
        filters,
        filtered: gathered
            .inputs
            .iter()
            .map(|input| input.survey.filtered)
            .sum(),
    }
}

/// The dimensions of which a conversation has several values.
fn multivalued(collection: &Collection) -> Vec<String> {
    let groups = collection.groups();
    let findings = groups.iter().map(|group| &group.first.diagnostic);
    let several = findings.filter(|it| it.code == Code::MultivaluedDimension);
    several.map(|it| it.common().into_owned()).collect()
}

fn unknown(unknown: UnknownSort) -> Error {
    let failure = Error::usage(format!(
        "--sort {}: no figure of this report has this name",
        unknown.name
    ));
    match unknown.near {
        Some(near) => failure.help(format!("did you mean `{near}`?")),
        None => failure.help("`gcagg explain figures` lists the names"),
    }
}
