//! `gcagg validate`: every problem, with its place.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::check::own::Own;
use crate::cli::args::ValidateArgs;
use crate::cli::options::{self, Shared};
use crate::diagnostic::collect::Collection;
use crate::diagnostic::coverage::Coverage;
use crate::diagnostic::store::MOST;
use crate::diagnostic::{Located, Severity};
use crate::error::Error;
use crate::exit::ExitStatus;
use crate::facade::Settings;
use crate::pipeline::{locate, located};
use crate::table::TableSpec;

use super::expected;
use super::gather;
use super::known::Known;
use super::outputs::Outputs;
use super::repair;
use crate::diagnostic::words::counted;

/// How many causes text shows at the most.
const SHOWN: usize = 50;

/// Runs the command.
///
/// # Errors
/// A wrong command line, a schema that does not read, an output that cannot be written.
pub fn run(shared: &Shared, args: ValidateArgs) -> Result<ExitStatus, Error> {
    let config = shared.config()?;
    let schema = args
        .schema
        .clone()
        .or_else(|| config.file("validate", "schema"));
    let expected = expected::resolve(&args.expected, &config)?;
    let mut discovery = options::inputs(&args.inputs.inputs, "validate")?;
    let known = Known::open(&args.known, &config, &mut discovery)?;
    let set = config
        .number("validate", "max-shown")
        .map(|number| number as usize);
    let max_shown = args.max_shown.or(set).unwrap_or(SHOWN);
    let paths = gather::paths(&discovery);
    let mut outputs = Outputs::open(shared, &args, &paths, max_shown)?;
    let levels = options::levels(&args.levels, &config)?;
    let settings = Settings {
        schema: schema.as_deref().map(Own::read).transpose()?,
        room: match known.is_used() {
            true => MOST,
            false => outputs.room(),
        },
        ..shared.settings(levels, TableSpec::untyped())?
    };
    let settings = Arc::new(settings);
    let levels = &settings.levels;
    if let (Some(own), Some(path), true) = (&settings.schema, &schema, shared.verbose) {
        let path = path.display();
        shared.say(&match own.array() {
            Ok(array) => format!("--schema {path}: applied to each element of `{array}`"),
            Err(reason) => format!("--schema {path}: applied to whole documents: {reason}"),
        });
    }
    let repaired = repair::run(shared, &args, &mut discovery)?;
    let mut dataset = gather::read(shared, &settings, discovery, true, None)?;
    dataset.find_repeats(true)?;
    let whole = expected.check(&settings.run(), &mut dataset.inputs)?;
    dataset.add_about(whole);
    let by_cause = outputs.is_by_cause();
    let mut collection = Collection::new(by_cause, levels);
    collection.coverage = dataset.coverage();
    let mut add = |located: &Located| {
        collection.push(located);
        outputs.add(located, &collection.coverage)
    };
    dataset.missing.iter().try_for_each(&mut add)?;
    let mut known = known.begin();
    located::each(&dataset.inputs, by_cause, &mut |located| match levels
        .shows(located.diagnostic.code, located.diagnostic.severity)
        && !known.hides(&located)
    {
        true => add(&located),
        false => Ok(()),
    })?;
    let hidden = known.finish(shared, &mut dataset, levels)?;
    dataset.about.iter().try_for_each(add)?;
    dataset.count_omitted(&mut collection);
    collection.coverage.known = hidden;
    collection.coverage.seconds = dataset.seconds();
    if hidden > 0 {
        locate::excerpts(&dataset.inputs, collection.bare());
    }
    outputs.finish(&collection)?;
    if let Some(repaired) = &repaired {
        repaired.report(shared);
    }
    gather::details(shared, &dataset);
    if reported(shared, &collection.coverage, &args) {
        let infos = collection.count(Severity::Info) as u64;
        let line = collection.coverage.line();
        shared.say(&format!("{line}, {}", counted(infos, "info")));
    }
    let omitted = dataset.omitted();
    if settings.room > 0 && omitted > 0 {
        shared.say(&format!(
            "{} counted and not listed: a run lists a million; correct these first",
            counted(omitted, "finding")
        ));
    }
    let rows = dataset.inputs.iter().map(|input| input.rows).sum();
    shared.say(&gather::summary(&dataset, &collection, rows));
    Ok(gather::status_of(collection.errors()))
}

/// Whether the last line would not say enough: of files that were named themselves it does.
fn reported(shared: &Shared, coverage: &Coverage, args: &ValidateArgs) -> bool {
    let named = |input: &PathBuf| input == Path::new("-") || !input.is_dir();
    let plain = args.inputs.inputs.iter().all(named)
        && coverage.files.len() + coverage.missing <= args.inputs.inputs.len().max(1)
        && coverage.passed_over().is_empty()
        && coverage.known == 0;
    shared.verbose || !plain
}
