//! `gcagg convert`: writes documents as tables.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::TableFormat;
use crate::cli::args::ConvertArgs;
use crate::cli::options::Shared;
use crate::output::{OutputFiles, Sink};
use crate::{Dataset, EarlyFile, Error, ExitStatus, Purpose, Table, WrittenRows, counted};

use super::ledger::Ledger;
use super::manifest::{CompleteFile, ManifestFile, add_left_out};
use super::progress::ProgressBar;
use super::table_plan::{TablePlan, named};
use super::{gather, wfm_import};

/// Runs the command.
pub fn run(shared: &Shared, args: ConvertArgs) -> Result<ExitStatus, Error> {
    if args.preset.is_some() {
        return wfm_import::run(shared, &args);
    }
    if args.per_file && args.output == Path::new("-") {
        return Err(
            Error::usage("--per-file needs a folder").help("name one: --per-file -o tables/")
        );
    }
    check(shared, &args)?;
    let inputs = gather::inputs(shared, "convert", &args.inputs, (&args.data, &args.levels))?;
    let output = (!args.per_file).then_some(args.output.as_path());
    let plan = TablePlan::new("convert", &args.table, &args.filter, output)?;
    plan.refuse_ineffective(shared, &args)?;
    TablePlan::refuse_replacement(shared, &args.table)?;
    let inputs = inputs
        .table_spec(plan.spec.clone())
        .purpose(match args.per_file {
            true => Purpose::TablePerInput,
            false => Purpose::Table,
        });
    let read = gather::files(shared, (&inputs, &args.inputs), &args.table.names.files)?;
    let mut outputs = OutputFiles::beside(&read);
    let is_file = !args.per_file && !plan.is_folder();
    let table = is_file.then_some(&args.output);
    let files = table.into_iter().chain(&args.data.rejects);
    let files = files.chain(&args.data.manifest);
    files.into_iter().try_for_each(|path| outputs.add(path))?;
    let output = std::slice::from_ref(&args.output);
    let manifest = ManifestFile::open(shared, "convert", &args.data, (&read, output))?;
    let bar = ProgressBar::start(shared, "reading", inputs.progress(), || inputs.size());
    let (dataset, early) = match is_file {
        true => {
            let open = || Sink::open(&args.output);
            inputs.check_early(plan.format, &plan.options, open)?
        }
        false => (inputs.check()?, None),
    };
    drop(bar);
    if let Some(status) = gather::judged(shared, &dataset, "nothing was written")? {
        return Ok(status);
    }
    let written = write(
        shared,
        &args,
        &plan,
        &dataset,
        early,
        (&mut outputs, manifest),
    )?;
    report(shared, &args, &dataset, written)?;
    Ok(ExitStatus::Success)
}

/// Refuses options that cannot be combined.
pub(super) fn check(shared: &Shared, args: &ConvertArgs) -> Result<(), Error> {
    if args.preset.is_some() {
        return wfm_import::check_output(args);
    }
    if args.per_file {
        let extension = args.output.extension().and_then(|it| it.to_str());
        let of_table = extension.map(str::to_lowercase);
        let is_table = of_table.is_some_and(|it| {
            TableFormat::by_extension()
                .iter()
                .any(|(known, _)| **known == it)
        });
        if is_table && !args.output.is_dir() {
            let output = args.output.display();
            return Err(Error::usage(format!(
                "-o {output} names a table, and --per-file writes a folder of tables"
            ))
            .help("name a folder: --per-file -o tables/"));
        }
        let help = "remove one of them: both write several files into the folder of -o";
        shared.refuse_typed(["partition-by"], "has no effect with --per-file", help)?;
    }
    let output = (!args.per_file).then_some(args.output.as_path());
    TablePlan::check(shared, ("convert", &args.table), output)
}

/// Writes one table of the checked inputs, or one per input. `early` is a table that was written
/// during the check.
fn write(
    shared: &Shared,
    args: &ConvertArgs,
    plan: &TablePlan,
    dataset: &Dataset,
    early: Option<EarlyFile>,
    (outputs, manifest): (&mut OutputFiles, ManifestFile),
) -> Result<WrittenRows, Error> {
    let tables = match args.per_file {
        true => per_file(args, plan, dataset, outputs)?,
        false => vec![(args.output.clone(), dataset.table().map_err(named)?)],
    };
    let _bar = ProgressBar::start(shared, "writing", dataset.progress(), || dataset.size());
    let mut ledger = Ledger::write(args.data.rejects.as_deref(), [dataset])?;
    let mut written = WrittenRows::default();
    let mut files: Vec<CompleteFile> = Vec::new();
    if let (Some(early), [(output, table)]) = (early, tables.as_slice()) {
        ledger.finish()?;
        if let Some(rows) = table.take_early(early)? {
            written = rows;
            files.push((output.clone(), Some(rows.rows)));
        }
    }
    if files.is_empty() {
        for (output, table) in &tables {
            let (rows, own) = plan.write(shared, (table, None), output, (&mut ledger, outputs))?;
            written += rows;
            files.extend(own);
        }
    }
    ledger.finish()?;
    let tables: Vec<&Table<'_>> = tables.iter().map(|(_, table)| table).collect();
    describe(dataset, manifest, &tables, (written, &files))?;
    Ok(written)
}

/// Writes the manifest of complete tables.
fn describe(
    dataset: &Dataset,
    mut manifest: ManifestFile,
    tables: &[&Table<'_>],
    (written, files): (WrittenRows, &[CompleteFile]),
) -> Result<(), Error> {
    if !manifest.is_wanted() {
        return Ok(());
    }
    add_left_out(&mut manifest.content, dataset, written);
    manifest.finish([dataset], tables, files)
}

/// Prints the warnings, and the numbers of written and omitted rows.
fn report(
    shared: &Shared,
    args: &ConvertArgs,
    dataset: &Dataset,
    written: WrittenRows,
) -> Result<(), Error> {
    shared.say_all(dataset.table_warnings());
    gather::details(shared, dataset);
    shared.say_all(dataset.repeats_in_words());
    let mapped = dataset.unused_mappings();
    if mapped > 0 {
        shared.detail(&format!(
            "systemToOrganizationMappings of {} left out: no column has it",
            counted(mapped, "document")
        ));
    }
    say_changed(shared, written);
    let summary = gather::summary(dataset, dataset.summary()?, Some(written.rows));
    if dataset.bad_parts() > 0 {
        gather::say_bad_parts(shared, dataset, &args.data, &summary);
    } else if shared.verbose || args.output != Path::new("-") {
        shared.say(&summary);
    }
    Ok(())
}

/// Prints the number of rows that `--limit` leaves out, and of cells that differ from the input.
pub(super) fn say_changed(shared: &Shared, written: WrittenRows) {
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
    if written.changed.shortened > 0 {
        shared.say(&format!(
            "{} shortened: the format has milliseconds; CSV and JSON keep all digits",
            counted(written.changed.shortened, "time")
        ));
    }
    if let Some(words) = written.changed.rounded_in_words() {
        shared.say(&words);
        shared.say("  help: CSV, NDJSON and JSON keep every digit: -t csv");
    }
}

/// The tables of `--per-file` and their outputs, in the order of the inputs, with their folders.
fn per_file<'d>(
    args: &ConvertArgs,
    plan: &TablePlan,
    dataset: &'d Dataset,
    files: &mut OutputFiles,
) -> Result<Vec<(PathBuf, Table<'d>)>, Error> {
    let mut taken: BTreeSet<PathBuf> = BTreeSet::new();
    let mut outputs = Vec::new();
    for (input, table) in dataset.tables().map_err(named)? {
        // A table that cannot be is known before the first one is written.
        table.check(plan.format, &plan.options)?;
        let output = args.output.join(table_name(input, plan.extension()));
        if !taken.insert(output.clone()) {
            return Err(super::same_output(&output));
        }
        files.add(&output)?;
        outputs.push((output, table));
    }
    for folder in outputs.iter().filter_map(|(output, _)| output.parent()) {
        std::fs::create_dir_all(folder)
            .map_err(|error| Error::writing(&folder.display().to_string(), &error))?;
    }
    Ok(outputs)
}

/// The name of the table of an input: the name of the input with another extension.
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
