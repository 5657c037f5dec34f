//! `gcagg convert`: documents to tables.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::SecondsFormat;

use crate::cli::args::{ConvertArgs, Preset};
use crate::cli::options::{self, Shared};
use crate::diagnostic::{Code, Diagnostic, Located};
use crate::error::Error;
use crate::exit::ExitStatus;
use crate::facade::{self, Dataset};
use crate::input::Input;
use crate::json::text::printable;
use crate::model::Dialect;
use crate::model::when;
use crate::pipeline::emit;
use crate::pipeline::written::{Plan, Written};
use crate::pipeline::{Run, Surveyed, survey};
use crate::table::{Layout, RowOrder, Survey};
use crate::write::partition::{PartitionKeys, Partitioned};

use super::distinct::Distinct;
use super::gather;
use super::guess::{Guess, Ready};
use super::ledger::Ledger;
use super::progress::Progress;
use super::table_plan::TablePlan;
use super::{messages, names, wfm_import};
use crate::diagnostic::words::counted;

/// Runs the command.
///
/// # Errors
/// A wrong command line, or an output that cannot be written.
pub fn run(shared: &Shared, args: ConvertArgs) -> Result<ExitStatus, Error> {
    if let Some(Preset::WfmImport) = args.preset {
        return wfm_import::run(shared, &args);
    }
    gather::refuse_rejects(&args.data)?;
    if args.per_file && args.output == Path::new("-") {
        return Err(
            Error::usage("--per-file needs a folder").help("name one: --per-file -o tables/")
        );
    }
    if args.per_file {
        let help = "leave one of them out: both write several files into the folder of -o";
        shared.refuse_typed(["partition-by"], "has no effect with --per-file", help)?;
    }
    let output = (!args.per_file).then_some(args.output.as_path());
    let plan = TablePlan::new("convert", &args.table, &args.filter, output)?;
    plan.refuse_ineffective(shared, &args)?;
    let is_folder = !args.table.partition_by.is_empty();
    let discovery = options::inputs(&args.inputs.inputs, "convert")?;
    let mut inputs = gather::paths(&discovery);
    inputs.extend(args.table.names.files.iter().cloned());
    let table = (!args.per_file && !is_folder).then_some(&args.output);
    let distinct = gather::refuse_outputs(table.into_iter().chain(&args.data.rejects), &inputs)?;
    let levels = options::levels(&args.levels, &shared.config()?)?;
    let settings = shared.settings(levels, Arc::clone(&plan.spec))?;
    let settings = Arc::new(gather::using(settings, &args.data));
    let (dataset, ready) = match Guess::of(&settings, &args, &plan, &discovery) {
        Some(guess) => guess.read(shared, &settings, discovery)?,
        None => {
            let across = !args.per_file;
            let dataset = gather::read(shared, &settings, discovery, across, None)?;
            (dataset, None)
        }
    };
    finish(shared, &args, &plan, dataset, ready, distinct)
}

/// Writes the table of inputs that were checked; `ready` is the one that was written meanwhile.
fn finish(
    shared: &Shared,
    args: &ConvertArgs,
    plan: &TablePlan,
    mut dataset: Dataset,
    ready: Option<Ready>,
    mut distinct: Distinct,
) -> Result<ExitStatus, Error> {
    if plan.spec.layout == Layout::Wide {
        dataset.find_repeats(!args.per_file)?;
    }
    facade::check_durations(&plan.spec, &dataset.inputs)?;
    if !args.per_file {
        refuse_mixture(&mut dataset);
    }
    let run = &dataset.run();
    let collection = match gather::judged(shared, &dataset, "nothing was written")? {
        Ok(collection) => collection,
        Err(status) => return Ok(status),
    };
    let outputs = match args.per_file {
        true => per_file(args, plan, &dataset, &mut distinct)?,
        false => Vec::new(),
    };
    let sources = dataset.inputs.iter().map(|input| &input.found.input);
    let progress = Progress::reading(shared, "writing", sources);
    let mut ledger = Ledger::write(args.data.rejects.as_deref(), std::slice::from_ref(&dataset))?;
    let mut written = Written::default();
    if args.per_file {
        let all = survey::merged(&dataset.inputs);
        plan.say_left_out(shared, &all);
        names::say(shared, run.spec, &all);
        for (input, output) in dataset.inputs.iter().zip(outputs) {
            let inputs = std::slice::from_ref(input);
            let survey = survey::merged(inputs);
            written += write(run, plan, &survey, inputs, &output, &mut ledger)?;
        }
    } else {
        let survey = survey::merged(&dataset.inputs);
        let inputs = &dataset.inputs;
        let is_unrepeated = inputs.iter().all(|input| {
            let mut facts = input.facts.iter();
            input.repeated == 0 && facts.all(|it| it.repeated.duplicates.is_empty())
        });
        let is_clean = dataset.bad_parts() == 0 && is_unrepeated;
        let columns = plan.columns(&survey)?;
        written += match ready {
            Some(ready) if is_clean && ready.is_table_of(&survey, &columns) => {
                ledger.finish()?;
                let failed = |error| Error::writing(&options::shown(&args.output), &error);
                ready.finish().map_err(failed)?
            }
            ready => {
                // Its temporary file gives way.
                drop(ready);
                write(run, plan, &survey, inputs, &args.output, &mut ledger)?
            }
        };
        plan.say_left_out(shared, &survey);
        names::say(shared, run.spec, &survey);
    }
    ledger.finish()?;
    drop(progress);
    gather::details(shared, &dataset);
    gather::say_repeated(shared, &dataset);
    let mapped = dataset
        .inputs
        .iter()
        .map(|input| input.pages.with_presences);
    let mapped: u64 = mapped.sum();
    let is_named = |input: &Surveyed| {
        let known = input.survey.names.as_ref();
        known.is_some_and(|known| known.qualifiers.known)
    };
    if mapped > 0 && !dataset.inputs.iter().any(is_named) {
        shared.detail(&format!(
            "systemToOrganizationMappings of {} left out: no column has it",
            counted(mapped, "document")
        ));
    }
    say_changed(shared, written);
    let summary = gather::summary(&dataset, &collection, written.rows);
    if dataset.bad_parts() > 0 {
        gather::say_bad_parts(shared, &dataset, &args.data, &summary);
    } else if shared.verbose || args.output != Path::new("-") {
        shared.say(&summary);
    }
    Ok(ExitStatus::Success)
}

/// Says how many rows are left out, and how many cells differ from the input.
pub(super) fn say_changed(shared: &Shared, written: Written) {
    if written.beyond > 0 {
        shared.say(&format!(
            "{} left out by --limit",
            counted(written.beyond, "row")
        ));
    }
    if written.changed.guarded > 0 {
        shared.say(&format!(
            "{} prefixed with ' so that a spreadsheet keeps the text",
            counted(written.changed.guarded, "cell")
        ));
    }
    if written.changed.as_text > 0 {
        shared.say(&format!(
            "{} written as text: a spreadsheet would round them",
            counted(written.changed.as_text, "number")
        ));
    }
    if written.changed.rounded > 0 {
        shared.say(&format!(
            "{} rounded: no decimal of 38 digits holds the figures of their columns, which are 64-bit floating-point numbers",
            counted(written.changed.rounded, "number")
        ));
        shared.say("  help: CSV, NDJSON and JSON keep every digit: -t csv");
    }
}

/// Finds aggregates and summaries among the inputs, which cannot share one table.
fn refuse_mixture(dataset: &mut Dataset) {
    let kinds: BTreeSet<Dialect> = dataset
        .inputs
        .iter()
        .flat_map(|input| input.dialects.iter().copied())
        .collect();
    if kinds.len() < 2 {
        return;
    }
    let first = dataset
        .inputs
        .iter()
        .find_map(|input| input.dialects.first().copied());
    let other = dataset
        .inputs
        .iter_mut()
        .find(|input| input.dialects.iter().any(|dialect| Some(*dialect) != first));
    if let Some(input) = other
        && input.dialects.len() == 1
        && let (Some(dialect), Some(first)) = (input.dialects.first(), first)
    {
        let finding = Diagnostic::new(
            Code::MixedDialects,
            format!(
                "a {} document among {} documents: they cannot share one table",
                dialect.name(),
                first.name()
            ),
        )
        .help("convert the two kinds apart, or use --per-file");
        input.findings.last.push(Located {
            diagnostic: finding,
            file: input.name.clone(),
            place: None,
            excerpt: None,
        });
    }
}

pub(super) fn write(
    run: &Run<'_>,
    plan: &TablePlan,
    survey: &Survey,
    inputs: &[Surveyed],
    output: &Path,
    ledger: &mut Ledger<'_>,
) -> Result<Written, Error> {
    let dialect = survey.dialect();
    let columns = plan.columns(survey)?;
    let order = plan.order(survey, &columns)?;
    let emitted = Plan {
        columns: &columns,
        dialect,
        order: &order,
    };
    if let Some(keys) = plan.partition_keys(&columns)? {
        return partitioned(run, plan, keys, &emitted, inputs, output, ledger);
    }
    let table = plan.table(columns.clone(), about(plan, inputs, &order))?;
    let failed = |error: &std::io::Error| Error::writing(&options::shown(output), error);
    let mut sink = options::sink(output)?;
    if !sink.is_atomic() {
        // What is written now cannot be taken back.
        ledger.finish()?;
    }
    let written = emit::table(run, &emitted, table.as_ref(), inputs, &mut sink)
        .map_err(|error| messages::unwritten(output, error))?;
    ledger.finish()?;
    sink.finish().map_err(|error| failed(&error))?;
    Ok(written)
}

/// Writes a table into folders that are named after values.
fn partitioned(
    run: &Run<'_>,
    plan: &TablePlan,
    keys: PartitionKeys,
    emitted: &Plan<'_>,
    inputs: &[Surveyed],
    output: &Path,
    ledger: &mut Ledger<'_>,
) -> Result<Written, Error> {
    let table = plan.table(keys.rest(emitted.columns), Vec::new())?;
    let sources = inputs.iter().filter_map(|input| match &input.found.input {
        Input::File(path) => Some(path.clone()),
        _ => None,
    });
    let folder = output.to_owned();
    let table = Partitioned::new(keys, table, folder, plan.extension(), sources.collect());
    let written = emit::table(run, emitted, &table, inputs, &mut std::io::sink())
        .map_err(|error| messages::unwritten(output, error))?;
    ledger.finish()?;
    Ok(written)
}

/// What a table says of itself, where it can.
fn about(plan: &TablePlan, inputs: &[Surveyed], order: &RowOrder) -> Vec<(String, String)> {
    let mut lines = vec![
        (
            "Written by".to_owned(),
            concat!("gcagg ", env!("CARGO_PKG_VERSION")).to_owned(),
        ),
        (
            "Written at".to_owned(),
            when::now().to_rfc3339_opts(SecondsFormat::Secs, true),
        ),
    ];
    lines.extend(plan.about());
    let rows: u64 = inputs.iter().map(|input| input.survey.rows).sum();
    let kept = rows.min(order.limit() as u64);
    let filtered: u64 = inputs.iter().map(|input| input.survey.filtered).sum();
    let bad: usize = inputs.iter().map(|input| input.rejects.len()).sum();
    lines.extend([
        ("Rows".to_owned(), kept.to_string()),
        (
            "Rows that --limit left out".to_owned(),
            (rows - kept).to_string(),
        ),
        (
            "Rows that filters left out".to_owned(),
            filtered.to_string(),
        ),
        ("Bad parts left out".to_owned(), bad.to_string()),
        ("Sources".to_owned(), inputs.len().to_string()),
    ]);
    let names = inputs.iter().map(|input| printable(&input.name));
    lines.extend(names.map(|name| ("Source".to_owned(), name)));
    lines
}

/// The outputs of `--per-file`, in the order of the inputs, with their folders.
fn per_file(
    args: &ConvertArgs,
    plan: &TablePlan,
    dataset: &Dataset,
    distinct: &mut Distinct,
) -> Result<Vec<PathBuf>, Error> {
    let mut taken: BTreeSet<PathBuf> = BTreeSet::new();
    let mut outputs = Vec::new();
    let sources = dataset.inputs.iter().filter_map(|input| {
        let crate::input::Input::File(path) = &input.found.input else {
            return None;
        };
        Some(path.clone())
    });
    let sources = gather::Inputs::new(&sources.collect::<Vec<_>>());
    for input in &dataset.inputs {
        // A table that cannot be is known before the first one is written.
        plan.columns(&survey::merged(std::slice::from_ref(input)))?;
        let output = args
            .output
            .join(table_name(&input.found.relative, plan.extension()));
        if !taken.insert(output.clone()) {
            return Err(Error::usage(format!(
                "two inputs would be written to {}",
                output.display()
            ))
            .help(
                "give their common folder as the input, so that the folders inside keep them apart",
            ));
        }
        sources.refuse(&output)?;
        distinct.add(&output)?;
        outputs.push(output);
    }
    for folder in outputs.iter().filter_map(|output| output.parent()) {
        std::fs::create_dir_all(folder)
            .map_err(|error| Error::writing(&folder.display().to_string(), &error))?;
    }
    Ok(outputs)
}

/// The name of an input's table: its own with another extension.
fn table_name(input: &Path, extension: &str) -> PathBuf {
    let mut name = input.to_owned();
    for known in ["gz", "zst", "json", "ndjson", "jsonl"] {
        if name
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case(known))
        {
            name.set_extension("");
        }
    }
    let mut file = name.into_os_string();
    file.push(".");
    file.push(extension);
    PathBuf::from(file)
}
