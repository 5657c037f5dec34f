//! `gcagg validate`: reports every problem with its place.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::cli::args::ValidateArgs;
use crate::cli::options::Shared;
use crate::output::{OutputFiles, Sink};
use crate::{Baselines, Coverage, Error, ExitStatus, Expectations, Inputs, Severity, counted};

use super::outputs::Outputs;
use super::progress::ProgressBar;
use super::{gather, repair};

/// The maximum number of causes that text shows.
const SHOWN: usize = 50;

/// Runs the command.
pub fn run(shared: &Shared, mut args: ValidateArgs) -> Result<ExitStatus, Error> {
    if args.partial {
        // The other days are in the other inputs.
        args.levels.allow.push("T009".to_owned());
    }
    let expected = expectations(&args)?;
    let inputs = shared.inputs(&args.inputs, "validate")?;
    let (inputs, mut baselines, target) = open_baselines(inputs, &args)?;
    let max_shown = args.max_shown.unwrap_or(SHOWN);
    let mut outputs = Outputs::open(shared, &args, &inputs, max_shown)?;
    let levels = shared.levels(&args.levels)?;
    let mut inputs = inputs.levels(levels).expect(expected);
    if let Some(zone) = &args.timezone {
        inputs = inputs.timezone(zone)?;
    }
    let lists = baselines.is_some() || outputs.list_findings();
    if !lists {
        inputs = inputs.keep_findings(0);
    }
    if let Some(path) = &args.schema {
        let (with_schema, applied) = inputs.schema(path)?;
        inputs = with_schema;
        shared.detail(&format!("--schema {}: {applied}", path.display()));
    }
    let repaired = repair::run(shared, &args, &mut inputs)?;
    let bar = ProgressBar::start(shared, "reading", inputs.progress(), || inputs.size());
    let dataset = inputs.validate()?;
    drop(bar);
    let mut writers = outputs.writers();
    let findings = dataset.write_all_findings(&mut writers, baselines.as_mut())?;
    drop(writers);
    if let (Some(path), Some(baselines), Some(sink)) = (&args.write_baseline, baselines, target) {
        write_baseline(shared, &baselines, path, sink)?;
    }
    outputs.finish()?;
    if let Some(counts) = &repaired {
        repair::report(shared, &args, counts);
    }
    gather::details(shared, &dataset);
    if is_reported(shared, &findings.coverage, &args) {
        let infos = findings.count(Severity::Info);
        let line = findings.coverage.line();
        shared.say(&format!("{line}, {}", counted(infos, "info")));
    }
    let omitted = dataset.omitted();
    if lists && omitted > 0 {
        shared.say(&format!(
            "{} counted and not listed: a run lists at most a million; correct these first",
            counted(omitted, "finding")
        ));
    }
    let rows = findings.coverage.rows;
    shared.say(&gather::summary(&dataset, &findings, Some(rows)));
    let is_changed = repaired.is_some_and(|counts| counts.changed > 0);
    let fixable = is_changed && repair::only_shows(&args);
    let status = match findings.shown_status() {
        ExitStatus::Success if fixable => ExitStatus::BadData,
        status => status,
    };
    Ok(match status {
        ExitStatus::BadData if args.exit_zero => ExitStatus::Success,
        status => status,
    })
}

/// The expectations of the options.
fn expectations(args: &ValidateArgs) -> Result<Expectations, Error> {
    let mut expected = Expectations::default()
        .dimensions(&args.expect_dims)
        .metrics(&args.expect_metrics);
    if let Some(interval) = &args.expect_interval {
        expected = expected.interval(interval)?;
    }
    if let Some(period) = &args.expect_granularity {
        expected = expected.granularity(period)?;
    }
    let expected = args.min_rows.into_iter().fold(expected, Expectations::rows);
    Ok(match args.partial {
        true => expected.partial(),
        false => expected,
    })
}

/// Returns true if a line with the coverage is needed. If every input is a file that was named, the
/// last line is enough.
fn is_reported(shared: &Shared, coverage: &Coverage, args: &ValidateArgs) -> bool {
    let named = |input: &PathBuf| input == Path::new("-") || !input.is_dir();
    let plain = args.inputs.inputs.iter().all(named)
        && coverage.files.len() + coverage.missing <= args.inputs.inputs.len().max(1)
        && coverage.passed_over().is_empty()
        && coverage.known == 0;
    shared.verbose || !plain
}

/// Opens the files of `--baseline` and `--write-baseline` before the inputs are read, and removes them
/// from the inputs.
fn open_baselines(
    inputs: Inputs,
    args: &ValidateArgs,
) -> Result<(Inputs, Option<Baselines>, Option<Sink>), Error> {
    let write = args.write_baseline.as_ref();
    let inputs = inputs.without(args.baseline.iter().chain(write));
    let baselines = match &args.baseline {
        // The first one is written where the next ones are read.
        Some(path) if write == Some(path) && !path.exists() => None,
        Some(path) => Some(Baselines::read(path)?),
        None => None,
    };
    let Some(path) = write else {
        return Ok((inputs, baselines, None));
    };
    OutputFiles::beside(inputs.found_files()).check(path)?;
    Baselines::check_target(path)?;
    let sink = Sink::open(path)?;
    let baselines = baselines.unwrap_or_default().collect(path);
    Ok((inputs, Some(baselines), Some(sink)))
}

/// Writes the new baseline.
fn write_baseline(
    shared: &Shared,
    baselines: &Baselines,
    path: &Path,
    mut sink: Sink,
) -> Result<(), Error> {
    baselines.write(&mut sink)?;
    sink.flush()?;
    sink.finish()?;
    shared.say(&format!(
        "{} written to {}",
        counted(baselines.len(), "known finding"),
        path.display()
    ));
    if baselines.unread() > 0 {
        shared.say(&format!(
            "{} left out of it: a baseline never hides unreadable data",
            counted(baselines.unread(), "finding")
        ));
    }
    Ok(())
}
