//! `gcagg explain`: what a diagnostic code means, and what a name of the API means.

use crate::cli::args::ExplainArgs;
use crate::cli::options::Shared;
use crate::diagnostic::{Code, explain};
use crate::error::Error;
use crate::exit::ExitStatus;
use crate::model::catalog::{figure, index, nearest};
use crate::report::{glossary, page};
use crate::write::stdout;

/// Runs the command.
///
/// # Errors
/// An unknown word, with the nearest known one.
pub fn run(shared: &Shared, args: &ExplainArgs) -> Result<ExitStatus, Error> {
    let text = match &args.what {
        None => explain::list(),
        Some(what) => match Code::parse(what).map(explain::page) {
            Some(text) if shared.stdout_is_terminal() => page::rendered(&text, shared.colors()),
            Some(text) => text,
            None => glossary::list(what)
                .or_else(|| glossary::page(what))
                .ok_or_else(|| unknown(what))?,
        },
    };
    stdout::print(text.as_bytes())?;
    Ok(ExitStatus::Success)
}

fn unknown(what: &str) -> Error {
    const LISTS: &str = "`gcagg explain` lists the codes; `gcagg explain figures`, `metrics`, \
                         `dimensions` and `families` list the other names";
    let codes = Code::ALL.iter().flat_map(|code| [code.id(), code.name()]);
    let figures = figure::all().iter().flat_map(figure::KeyFigure::names);
    let candidates = codes.chain(glossary::LISTS).chain(index::names());
    let near = nearest(what, candidates.chain(figures)).or_else(|| Code::nearest(what));
    let failure = Error::usage(format!(
        "`{what}` is not a code, key figure, metric, dimension or family"
    ));
    match near {
        Some(near) => failure.help(format!("did you mean {near}? {LISTS}")),
        None => failure.help(LISTS),
    }
}
