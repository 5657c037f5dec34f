//! What the commands that write tables and reports say about findings on standard error.

use std::io::Write as _;
use std::path::Path;

use crate::cli::failure::say;
use crate::cli::options::{self, Shared};
use crate::diagnostic::collect::{CauseGroup, Collection};
use crate::diagnostic::render;
use crate::diagnostic::{Code, Severity};
use crate::error::Error;
use crate::pipeline::visit::PassError;

use crate::diagnostic::words::counted;

/// How many causes are reported whole.
const SHOWN: usize = 20;

/// The errors, each with its place.
///
/// # Errors
/// Nothing at present but a failure to render.
pub fn errors(shared: &Shared, collection: &Collection) -> Result<(), Error> {
    let mut groups = collection.groups();
    groups.retain(|group| group.first.diagnostic.severity == Severity::Error);
    let mut text = Vec::new();
    render::text(&groups, shared.stderr_style(), SHOWN, &mut text)?;
    // Where standard error is closed there is nobody to inform.
    let _ = std::io::stderr().write_all(&text);
    hidden(collection);
    Ok(())
}

/// Names the errors that `--select` or `--ignore` hides: the data is bad all the same.
fn hidden(collection: &Collection) {
    for (code, count) in collection.hidden_errors() {
        let count = counted(count, "error");
        let (id, name) = (code.id(), code.name());
        say(&format!(
            "error[{id}] {name}: {count} hidden by --select or --ignore; `gcagg validate --select {id}` shows them"
        ));
    }
}

/// One line per warning, and with `--verbose` one per info. That keys repeat is always reported:
/// whoever reads the table would count those rows twice.
pub fn warnings(shared: &Shared, collection: &Collection) {
    for group in collection.groups() {
        let diagnostic = &group.first.diagnostic;
        let reported = diagnostic.severity == Severity::Warning
            || (diagnostic.severity == Severity::Info
                && (shared.verbose || diagnostic.code == Code::RepeatedKey));
        if !reported {
            continue;
        }
        shared.say(&line(&group, &group.first.file));
        let helps = matches!(
            diagnostic.code,
            Code::NoData | Code::MorePages | Code::FilterMatchesNothing
        );
        if helps && let Some(help) = &diagnostic.help {
            shared.say(&format!("  help: {help}"));
        }
    }
}

/// The causes for which a run left parts out, one line per cause with its first place and its
/// number of places.
pub fn left_out(shared: &Shared, collection: &Collection) {
    let groups = collection.groups();
    let errors = groups
        .iter()
        .filter(|group| group.first.diagnostic.severity == Severity::Error);
    let more = errors.clone().count().saturating_sub(SHOWN);
    for group in errors.take(SHOWN) {
        let file = &group.first.file;
        let place = match group.first.place {
            Some(place) => format!("{file}:{}:{}", place.line, place.column),
            None => file.to_string(),
        };
        shared.say(&line(group, &place));
    }
    if more > 0 {
        shared.say(&format!("{} more", counted(more, "cause")));
    }
    hidden(collection);
}

/// A cause in one line.
fn line(group: &CauseGroup<'_>, place: &str) -> String {
    let diagnostic = &group.first.diagnostic;
    let places = if group.count > 1 {
        format!(" ({} places)", group.count)
    } else {
        String::new()
    };
    format!(
        "{}[{}] {}: {place}: {}{places}",
        diagnostic.severity.word(),
        diagnostic.code.id(),
        diagnostic.code.name(),
        diagnostic.message,
    )
}

/// Why an output was not written.
pub fn unwritten(output: &Path, error: PassError) -> Error {
    match error {
        PassError::Write(error) => Error::writing(&options::shown(output), &error),
        error => error.into(),
    }
}
