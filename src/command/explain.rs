//! `gcagg explain`: the long story of a diagnostic, and what a name of the API means.

use crate::cli::args::ExplainArgs;
use crate::cli::failure::Failure;
use crate::diagnostic::{Code, explain};
use crate::document::catalog::{index, nearest};
use crate::exit::ExitStatus;
use crate::report::glossary;
use crate::write::stdout;

/// Runs the command.
///
/// # Errors
/// A word that means nothing, with the nearest.
pub fn run(args: &ExplainArgs) -> Result<ExitStatus, Failure> {
    let text = match &args.what {
        None => explain::list(),
        Some(what) => Code::parse(what)
            .map(explain::page)
            .or_else(|| glossary::list(what))
            .or_else(|| glossary::page(what))
            .ok_or_else(|| unknown(what))?,
    };
    stdout::print(text.as_bytes())?;
    Ok(ExitStatus::Success)
}

fn unknown(what: &str) -> Failure {
    const LISTS: &str = "`gcagg explain` lists the codes; `gcagg explain metrics`, `dimensions` \
                         and `families` list the names of the API";
    let codes = Code::ALL.iter().flat_map(|code| [code.id(), code.name()]);
    let candidates = codes.chain(glossary::LISTS).chain(index::names());
    let near = nearest(what, candidates).or_else(|| Code::nearest(what));
    let failure = Failure::usage(format!("`{what}` is no code, metric, dimension or family"));
    match near {
        Some(near) => failure.help(format!("did you mean {near}? {LISTS}")),
        None => failure.help(LISTS),
    }
}
