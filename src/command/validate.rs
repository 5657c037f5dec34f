//! `gcagg validate`: every problem, with its place.

use std::path::{Path, PathBuf};

use crate::check::Checker;
use crate::check::own::Own;
use crate::cli::args::ValidateArgs;
use crate::cli::config::Config;
use crate::cli::failure::Failure;
use crate::cli::options::{self, Shared};
use crate::diagnostic::coverage::Coverage;
use crate::document::period::Period;
use crate::document::time::Instant;
use crate::engine::Run;
use crate::engine::expect::Expectations;
use crate::exit::ExitStatus;
use crate::table::{Filter, Layout, Shaping};

use super::gather;
use super::known;
use super::outputs::Outputs;
use super::tell;

/// How many causes text shows at the most.
const SHOWN: usize = 50;

/// Runs the command.
///
/// # Errors
/// A wrong command line, a schema that does not read, an output that cannot be written.
pub fn run(shared: &Shared, args: ValidateArgs) -> Result<ExitStatus, Failure> {
    let config = shared.config()?;
    let schema = args
        .schema
        .clone()
        .or_else(|| config.file("validate", "schema"));
    let user = schema.as_deref().map(user_schema).transpose()?;
    let expected = expectations(&args, &config)?;
    let mut discovery = options::inputs(&args.inputs.inputs, "validate")?;
    let baseline = args.baseline.clone();
    let baseline = baseline.or_else(|| config.file("validate", "baseline"));
    let baselines = [&baseline, &args.write_baseline];
    let baselines: Vec<&Path> = baselines
        .into_iter()
        .flatten()
        .map(PathBuf::as_path)
        .collect();
    known::pass_over(&mut discovery, &baselines);
    let paths = gather::paths(&discovery);
    let outputs = Outputs::open(shared, &args, &paths)?;
    let known = known::open(baseline, args.write_baseline.clone(), &paths)?;
    let levels = options::levels(&args.levels, &config)?;
    let checker = Checker::new().map_err(Failure::io)?;
    let shaping = Shaping {
        layout: Layout::Long,
        filter: Filter::default(),
        durations: None,
        times: crate::table::time::Times::default(),
    };
    let run = Run {
        checker: &checker,
        shaping: &shaping,
        schema: user.as_ref(),
        levels: &levels,
        paranoid: shared.paranoid,
        window: shared.window,
    };
    if let (Some(own), Some(path), true) = (&user, &schema, shared.verbose) {
        let path = path.display();
        shared.say(&match own.array() {
            Ok(array) => format!("--schema {path}: applied to each element of `{array}`"),
            Err(reason) => format!("--schema {path}: applied to whole documents: {reason}"),
        });
    }
    let mut gathered = gather::gather(&run, discovery, true);
    let whole = expected
        .check(&run, &mut gathered.inputs)
        .map_err(|error| tell::unwritten(Path::new("-"), error))?;
    gathered.about_run(whole);
    let hidden = known.apply(shared, &mut gathered, &levels)?;
    let mut collection = gathered.collection();
    collection.coverage.known = hidden;
    let set = config
        .number("validate", "max-shown")
        .map(|number| number as usize);
    let max_shown = args.max_shown.or(set).unwrap_or(SHOWN);
    outputs.write(&collection, max_shown)?;
    gathered.details(shared);
    if told(shared, &collection.coverage, &args) {
        shared.say(&collection.coverage.line());
    }
    let rows = gathered.inputs.iter().map(|input| input.rows).sum();
    shared.say(&gathered.summary(&collection, rows));
    Ok(gather::status(&collection))
}

/// Whether the last line would not say enough: of files that were named themselves it does.
fn told(shared: &Shared, coverage: &Coverage, args: &ValidateArgs) -> bool {
    let named = |input: &PathBuf| input == Path::new("-") || !input.is_dir();
    let plain = args.inputs.inputs.iter().all(named)
        && coverage.files.len() + coverage.missing <= args.inputs.inputs.len().max(1)
        && coverage.passed_over().is_empty()
        && coverage.known == 0;
    shared.verbose || !plain
}

/// What was typed, and what was set where nothing was typed.
fn expectations(args: &ValidateArgs, config: &Config) -> Result<Expectations, Failure> {
    let list = |typed: &Vec<String>, key| match typed.is_empty() {
        true => config.list("validate", key),
        false => typed.clone(),
    };
    let text = |typed: &Option<String>, key| {
        let set = || config.text("validate", key);
        typed.clone().or_else(set)
    };
    let interval = text(&args.expect_interval, "expect-interval").map(|text| {
        let wrong = || {
            Failure::usage(format!("--expect-interval {text}: not two times"))
                .help("write START/END: 2026-03-02/2026-03-03, or with times and offsets")
        };
        let (start, end) = text.split_once('/').ok_or_else(wrong)?;
        let instants = Instant::parse_lenient(start).zip(Instant::parse_lenient(end));
        let (start, end) = instants.ok_or_else(wrong)?;
        if end.time <= start.time {
            return Err(wrong().help("the end must lie behind the start"));
        }
        Ok((start.time, end.time, text))
    });
    let granularity = text(&args.expect_granularity, "expect-granularity").map(|text| {
        let wrong = || {
            Failure::usage(format!("--expect-granularity {text}: no ISO-8601 period"))
                .help("write PT15M, PT30M, PT1H, P1D, P1W or P1M")
        };
        Ok::<_, Failure>((Period::parse(&text).ok_or_else(wrong)?, text))
    });
    Ok(Expectations {
        dimensions: list(&args.expect_dims, "expect-dims"),
        metrics: list(&args.expect_metrics, "expect-metrics"),
        interval: interval.transpose()?,
        granularity: granularity.transpose()?,
        rows: args.min_rows.or(config.number("validate", "min-rows")),
    })
}

fn user_schema(path: &Path) -> Result<Own, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::io(format!("--schema {}: {error}", path.display())))?;
    let value = serde_json::from_str(&text).map_err(|error| {
        Failure::usage(format!("--schema {}: not JSON: {error}", path.display()))
    })?;
    Own::compile(&value).map_err(|error| {
        Failure::usage(format!(
            "--schema {}: not a usable JSON Schema: {error}",
            path.display()
        ))
    })
}
