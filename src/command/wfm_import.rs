//! `gcagg convert --preset wfm-import`: writes the CSV that workforce management imports as history.

use std::path::Path;

use crate::cli::args::ConvertArgs;
use crate::cli::options::{self, Shared};
use crate::output::{OutputFiles, Sink};
use crate::{Error, ExitStatus, Inputs, Purpose, TableSpec, WfmHistory, counted};

use super::manifest::ManifestFile;
use super::{gather, messages};

/// Runs the command.
pub fn run(shared: &Shared, args: &ConvertArgs) -> Result<ExitStatus, Error> {
    check_output(args)?;
    let inputs = inputs(shared, args)?;
    let read = gather::files(shared, (&inputs, &args.inputs), &args.table.names.files)?;
    let mut outputs = OutputFiles::beside(&read);
    let files = std::iter::once(&args.output).chain(&args.data.manifest);
    files.into_iter().try_for_each(|path| outputs.add(path))?;
    let output = std::slice::from_ref(&args.output);
    let mut manifest = ManifestFile::open(shared, "convert", &args.data, (&read, output))?;
    let dataset = match gather::checked(shared, inputs, None, "nothing was written")? {
        Ok(dataset) => dataset,
        Err(status) => return Ok(status),
    };
    shared.say_all(dataset.repeats_in_words());
    let history = match dataset.wfm_history()? {
        Ok(history) => history,
        Err(refused) => {
            messages::errors(shared, &refused)?;
            shared.say("nothing was written");
            return Ok(ExitStatus::BadData);
        }
    };
    for (count, reason) in history.left_out() {
        let buckets = counted(count, "bucket");
        shared.say(&format!("{buckets} {reason} left out"));
        manifest.content.left_out("buckets", count, reason);
    }
    let mut sink = Sink::open(&args.output)?;
    history.write(&mut sink)?;
    sink.finish()?;
    let output = [(args.output.clone(), Some(history.rows() as u64))];
    manifest.finish([&dataset], &[], &output)?;
    if shared.verbose || args.output != Path::new("-") {
        shared.say(&counted(history.rows(), "row"));
    }
    Ok(ExitStatus::Success)
}

/// The inputs of the table.
pub(super) fn inputs(shared: &Shared, args: &ConvertArgs) -> Result<Inputs, Error> {
    let names = &args.table.names.files;
    if names.is_empty() {
        return Err(Error::usage(
            "--preset wfm-import needs the names of the queues: --names FILE",
        )
        .help("save them with gcagg fetch --names queues -o names/, then add --names names/"));
    }
    let spec = options::filtered(TableSpec::new(), None, &args.filter, names)?;
    let inputs = gather::inputs(shared, "convert", &args.inputs, (&args.data, &args.levels))?;
    Ok(inputs.table_spec(spec).purpose(Purpose::Sums))
}

/// Refuses formats other than CSV, and file names that the import does not accept.
pub(super) fn check_output(args: &ConvertArgs) -> Result<(), Error> {
    let format = args.table.to.as_deref();
    let name = args.output.file_name().unwrap_or_default();
    let name = name.to_string_lossy();
    let lower = name.to_ascii_lowercase();
    let ends = [".csv", ".csv.gz", ".csv.zst"];
    let is_csv_file = ends.iter().any(|end| lower.ends_with(end));
    let is_file = args.output != Path::new("-");
    if format.is_some_and(|format| format != "csv") || (is_file && !is_csv_file) {
        return Err(
            Error::usage("--preset wfm-import writes CSV").help("name the output: -o history.csv")
        );
    }
    WfmHistory::check_file_name(&name)
}
