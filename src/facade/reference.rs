//! Reference texts: codes, key figures, metrics, dimensions and families.

use crate::diagnostic::{Code, explain};
use crate::error::Error;
use crate::model::catalog::{figure, index, suggested};
use crate::report::{glossary, page};

/// The embedded JSON Schema of aggregates.
pub const AGGREGATES_SCHEMA: &str = crate::check::schema::AGGREGATES;

/// The embedded JSON Schema of summaries.
pub const SUMMARY_SCHEMA: &str = crate::check::schema::SUMMARY;

/// Explains a code, key figure, metric, dimension or family, or lists `figures`, `metrics`,
/// `dimensions` or `families`; without a word, lists the codes. `terminal` is `None` if the text is
/// not for a terminal, else `Some(true)` if the terminal shows colors.
///
/// ```
/// # fn main() -> Result<(), gcagg::Error> {
/// assert!(gcagg::explain(Some("tHandle"), None)?.contains("nHandle"));
/// let error = gcagg::explain(Some("wrong-tpye"), None).unwrap_err();
/// assert!(error.suggestion().is_some_and(|help| help.contains("wrong-type")));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// An unknown word, with the nearest known one.
pub fn explain(word: Option<&str>, terminal: Option<bool>) -> Result<String, Error> {
    let Some(word) = word else {
        return Ok(explain::list());
    };
    let code = Code::parse(word).map(explain::page);
    let code = code.map(|text| match terminal {
        Some(colors) => page::rendered(&text, colors),
        None => text,
    });
    let other = || glossary::list(word).or_else(|| glossary::page(word));
    code.or_else(other).ok_or_else(|| unknown(word))
}

fn unknown(word: &str) -> Error {
    const LISTS: &str = "`gcagg explain` lists the codes; `gcagg explain figures`, `metrics`, \
                         `dimensions` and `families` list the other names";
    let figures = figure::all().iter().flat_map(figure::KeyFigure::names);
    let candidates = codes().chain(glossary::LISTS).chain(index::names());
    let near = suggested(word, candidates.chain(figures)).or_else(|| Code::nearest(word));
    let failure = Error::usage(format!(
        "`{word}` is not a code, key figure, metric, dimension or family"
    ));
    match near {
        Some(near) => failure.help(format!("did you mean {near}? {LISTS}")),
        None => failure.help(LISTS),
    }
}

fn codes() -> impl Iterator<Item = &'static str> {
    Code::ALL.iter().flat_map(|code| [code.id(), code.name()])
}

/// The words that [`explain`] knows.
pub fn explained_words() -> impl Iterator<Item = String> {
    let slugs = figure::all().iter().map(figure::KeyFigure::slug);
    let others = glossary::LISTS.into_iter().chain(index::names());
    let words = codes().map(str::to_owned).chain(slugs);
    words.chain(others.map(str::to_owned))
}

/// The names of the metrics of all families.
pub fn metric_names() -> impl Iterator<Item = &'static str> {
    index::metrics().keys().copied()
}

/// The names of the dimensions of all families.
pub fn dimension_names() -> impl Iterator<Item = &'static str> {
    index::dimensions().keys().copied()
}
