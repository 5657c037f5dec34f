//! `gcagg inspect`: shows the contents of inputs, and compares them with other inputs.

use std::io::Write as _;
use std::path::Path;

use crate::cli::args::{InspectArgs, InspectFormat};
use crate::cli::options::Shared;
use crate::cli::output;
use crate::output::{OutputFiles, Sink};
use crate::{Dataset, Error, ExitStatus, Inputs, printable};

use super::progress::ProgressBar;
use super::{gather, messages};

/// The extensions of the formats.
const WRITTEN: [(&str, InspectFormat); 2] =
    [("txt", InspectFormat::Text), ("json", InspectFormat::Json)];

/// The word that compares with the embedded schemas and the catalogue.
const SCHEMA: &str = "schema";

/// Returns true if the word is meant, and no file has this name.
fn is_schema(name: &Path) -> bool {
    let word = name.to_str().unwrap_or_default();
    word == SCHEMA || word.eq_ignore_ascii_case(SCHEMA) && !name.exists()
}

/// Runs the command.
pub fn run(shared: &Shared, args: InspectArgs) -> Result<ExitStatus, Error> {
    let named = output::format(&args.output, "inspect", &WRITTEN, args.format.is_some())?;
    let format = args.format.or(named).unwrap_or(InspectFormat::Text);
    let inputs = shared.inputs(&args.inputs, "inspect")?;
    let mut inputs = inputs.levels(shared.levels(&args.levels)?);
    let against = match &args.against {
        Some(name) if !is_schema(name) => {
            let exclude = &args.inputs.exclude;
            Some(gather::compared(
                &mut inputs,
                "--against",
                &[name],
                exclude,
            )?)
        }
        _ => None,
    };
    let files = gather::files(shared, (&inputs, &args.inputs), &[])?.into_iter();
    OutputFiles::beside(files.chain(against.iter().flat_map(Inputs::found_files)))
        .check(&args.output)?;
    let (dataset, mut status) = checked(shared, inputs)?;
    let words = match (&args.against, against) {
        (None, _) => {
            let contents = dataset.contents()?;
            Some(match format {
                InspectFormat::Text => contents.text(),
                InspectFormat::Json => contents.json(),
            })
        }
        (Some(name), against) => {
            let before = match against {
                Some(inputs) => {
                    let (before, read) = checked(shared, inputs)?;
                    status = status.merge(read);
                    Some(before)
                }
                None => None,
            };
            let name = name.display().to_string();
            compared(
                shared,
                &args,
                format,
                (&dataset, before.as_ref(), &name),
                &mut status,
            )?
        }
    };
    if let Some(words) = words {
        let mut sink = Sink::open(&args.output)?;
        sink.write_all(words.as_bytes())?;
        sink.finish()?;
    }
    gather::details(shared, &dataset);
    Ok(status)
}

/// Reads inputs, and prints their errors.
fn checked(shared: &Shared, inputs: Inputs) -> Result<(Dataset, ExitStatus), Error> {
    let bar = ProgressBar::start(shared, "reading", inputs.progress(), || inputs.size());
    let dataset = inputs.check()?;
    drop(bar);
    let findings = dataset.summary()?;
    messages::errors(shared, findings)?;
    let status = findings.status();
    Ok((dataset, status))
}

/// The differences as text or JSON; `None` if one side could not be read.
fn compared(
    shared: &Shared,
    args: &InspectArgs,
    format: InspectFormat,
    (inputs, before, name): (&Dataset, Option<&Dataset>, &str),
    status: &mut ExitStatus,
) -> Result<Option<String>, Error> {
    for (dataset, name) in [(Some(inputs), "the inputs"), (before, name)] {
        if dataset.is_some_and(|dataset| !dataset.has_documents()) {
            shared.say(&format!(
                "nothing was compared: no document could be read in {name}"
            ));
            return Ok(None);
        }
    }
    let changes = match before {
        Some(before) => inputs.changes_since(before)?,
        None => inputs.changes_beyond_schema()?,
    };
    if args.exit_code && !changes.is_empty() {
        *status = status.merge(ExitStatus::BadData);
    }
    Ok(Some(match (format, before) {
        (InspectFormat::Json, _) => changes.json(name),
        (InspectFormat::Text, Some(_)) => changes.text(&format!("against {}", printable(name))),
        (InspectFormat::Text, None) => changes.text("against the schema and the catalogue"),
    }))
}
