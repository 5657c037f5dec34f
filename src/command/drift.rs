//! `gcagg inspect --against`: what is new, gone or of another type.

use std::path::{Path, PathBuf};

use crate::cli::args::{InspectArgs, InspectFormat};
use crate::cli::options::Shared;
use crate::error::Error;
use crate::exit::ExitStatus;
use crate::facade::Dataset;
use crate::input::Input;
use crate::input::discover::{self, Discovery};
use crate::json::text::printable;
use crate::pipeline::profile;
use crate::report::drift;

use super::gather;
use super::messages;

/// The word for what the program itself knows.
const SCHEMA: &str = "schema";

/// What the inputs are compared with.
#[derive(Debug)]
pub enum Against {
    Documents(String, Discovery),
    /// The embedded schemas and the catalogue.
    Schema,
}

impl Against {
    /// Finds what was named.
    ///
    /// # Errors
    /// Standard input was named, but the inputs take it.
    pub fn find(name: &Path, inputs: &Discovery) -> Result<Self, Error> {
        if name == Path::new(SCHEMA) {
            return Ok(Self::Schema);
        }
        let discovery = discover::discover(&[name.to_owned()]);
        let is_stdin = |discovery: &Discovery| {
            let mut found = discovery.inputs.iter();
            found.any(|found| matches!(found.input, Input::Stdin))
        };
        if is_stdin(&discovery) && is_stdin(inputs) {
            let failure = Error::usage("standard input cannot be compared with itself");
            return Err(failure.help("name a file as the input, or another one behind --against"));
        }
        Ok(Self::Documents(name.display().to_string(), discovery))
    }

    /// The files that are read.
    pub fn paths(&self) -> Vec<PathBuf> {
        match self {
            Self::Documents(_, discovery) => gather::paths(discovery),
            Self::Schema => Vec::new(),
        }
    }
}

/// Compares, and puts the differences into words; no words where one side could not be read.
///
/// # Errors
/// An input changed while it was read.
pub fn run(
    shared: &Shared,
    (args, format): (&InspectArgs, InspectFormat),
    inputs: &Dataset,
    against: Against,
) -> Result<(Option<String>, ExitStatus), Error> {
    let failed = |error| messages::unwritten(&args.output, error);
    let (name, before, mut status) = match against {
        Against::Schema => (SCHEMA.to_owned(), None, ExitStatus::Success),
        Against::Documents(name, discovery) => {
            let dataset = gather::read(shared, &inputs.settings, discovery, false, None)?;
            let collection = dataset.collection()?;
            messages::errors(shared, &collection)?;
            (name, Some(dataset), gather::status(&collection))
        }
    };
    for (dataset, name) in [
        (Some(inputs), "the inputs"),
        (before.as_ref(), name.as_str()),
    ] {
        // A document without rows, `{}` say, was read, though it is of neither dialect.
        let read = |dataset: &Dataset| {
            dataset.inputs.iter().any(|input| {
                !input.dialects.is_empty() || input.facts.iter().any(|facts| !facts.is_bad)
            })
        };
        if dataset.is_some_and(|dataset| !read(dataset)) {
            shared.say(&format!(
                "nothing was compared: no document could be read in {name}"
            ));
            return Ok((None, status));
        }
    }
    let run = inputs.run();
    let after = profile::of(&run, &inputs.inputs).map_err(failed)?;
    let changes = match &before {
        Some(before) => drift::between(&profile::of(&run, &before.inputs).map_err(failed)?, &after),
        None => drift::beyond(&after),
    };
    if args.exit_code && !changes.is_empty() {
        status = status.merge(ExitStatus::BadData);
    }
    let words = match (format, before) {
        (InspectFormat::Json, _) => drift::json(&name, &changes),
        (InspectFormat::Text, Some(_)) => {
            drift::text(&format!("against {}", printable(&name)), &changes)
        }
        (InspectFormat::Text, None) => {
            drift::text("against the schema and the catalogue", &changes)
        }
    };
    Ok((Some(words), status))
}
