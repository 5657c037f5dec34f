//! `gcagg inspect`: what is in here.

use std::io::Write as _;
use std::sync::Arc;

use crate::cli::args::{InspectArgs, InspectFormat};
use crate::cli::options::{self, Shared};
use crate::cli::output;
use crate::error::Error;
use crate::exit::ExitStatus;
use crate::facade::Dataset;
use crate::pipeline::batch::Changed;
use crate::pipeline::visit::{self, Elements};
use crate::report::contents::{Contents, Counter};
use crate::table::{Filter, TableSpec};

use super::drift::{self, Against};
use super::gather;
use super::messages;

/// The extensions of the formats.
const WRITTEN: [(&str, InspectFormat); 2] =
    [("txt", InspectFormat::Text), ("json", InspectFormat::Json)];

/// Runs the command.
///
/// # Errors
/// A wrong command line, or an output that cannot be written.
pub fn run(shared: &Shared, args: InspectArgs) -> Result<ExitStatus, Error> {
    let named = output::format(&args.output, "inspect", &WRITTEN)?;
    let format = args.format.or(named).unwrap_or(InspectFormat::Text);
    let levels = options::levels(&args.levels, &shared.config()?)?;
    let discovery = options::inputs(&args.inputs.inputs, "inspect")?;
    let against = match &args.against {
        Some(name) => Some(Against::find(name, &discovery)?),
        None => None,
    };
    let mut paths = gather::paths(&discovery);
    paths.extend(against.iter().flat_map(Against::paths));
    gather::refuse_overwrite(&args.output, &paths)?;
    let settings = Arc::new(shared.settings(levels, TableSpec::untyped())?);
    let dataset = gather::read(shared, &settings, discovery, true, None)?;
    let collection = dataset.collection()?;
    messages::errors(shared, &collection)?;
    let mut status = gather::status(&collection);
    let words = match against {
        Some(against) => {
            let (words, drifted) = drift::run(shared, (&args, format), &dataset, against)?;
            status = status.merge(drifted);
            words
        }
        None => Some(contents(&args, format, &dataset)?),
    };
    if let Some(words) = words {
        write(&args, &words)?;
    }
    gather::details(shared, &dataset);
    Ok(status)
}

/// What is in the inputs, in words.
fn contents(args: &InspectArgs, format: InspectFormat, dataset: &Dataset) -> Result<String, Error> {
    let mut contents = Contents::default();
    for input in &dataset.inputs {
        contents.files += 1;
        contents.documents += input.documents;
        contents.bytes += input.bytes;
        contents.rows += input.rows;
        contents.dialects.extend(input.dialects.iter().copied());
    }
    visit::elements(
        &dataset.run(),
        &dataset.inputs,
        |_| true,
        &count,
        &mut |part| {
            contents.merge(part);
            Ok(())
        },
    )
    .map_err(|error| messages::unwritten(&args.output, error))?;
    Ok(match format {
        InspectFormat::Text => contents.text(),
        InspectFormat::Json => contents.json(),
    })
}

fn count(elements: &Elements<'_>) -> Result<Contents, Changed> {
    let filter = Filter::default();
    let mut counter = Counter::new(&filter);
    elements.each(|visit| counter.add(visit.element))?;
    Ok(counter.finish())
}

fn write(args: &InspectArgs, words: &str) -> Result<(), Error> {
    let failed = |error: &std::io::Error| Error::writing(&options::shown(&args.output), error);
    let mut sink = options::sink(&args.output)?;
    sink.write_all(words.as_bytes())
        .map_err(|error| failed(&error))?;
    sink.finish().map_err(|error| failed(&error))
}
