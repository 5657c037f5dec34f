//! What all commands that read documents begin and end with.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::check::repeats::Repeats;
use crate::cli::args::DataArgs;
use crate::cli::options::Shared;
use crate::diagnostic::collect::Collection;
use crate::diagnostic::store::MOST;
use crate::diagnostic::words::counted;
use crate::diagnostic::{Code, Severity, UnreadExtent};
use crate::error::Error;
use crate::exit::ExitStatus;
use crate::facade::{Dataset, Settings};
use crate::input::Input;
use crate::input::discover::Discovery;
use crate::pipeline::early::Early;

use super::distinct::Distinct;
use super::messages;
use super::progress::Progress;

/// Reads, checks and surveys every input; `across` looks for what several of them show together.
///
/// # Errors
/// An input changed while it was read.
pub fn read(
    shared: &Shared,
    settings: &Arc<Settings>,
    discovery: Discovery,
    across: bool,
    early: Option<&dyn Early>,
) -> Result<Dataset, Error> {
    let inputs = discovery.inputs.iter().map(|found| &found.input);
    let _progress = Progress::reading(shared, "reading", inputs);
    Ok(Dataset::read(settings, discovery, across, early)?)
}

/// Reads, checks and surveys every input for a command that sums figures, and says what was found.
/// Where there are errors and nothing is left out, the outcome is the status to end with, after a
/// line that begins with `stopped`.
///
/// # Errors
/// An input changed while it was read.
pub fn checked(
    shared: &Shared,
    settings: &Arc<Settings>,
    discovery: Discovery,
    stopped: &str,
) -> Result<Result<(Dataset, Collection), ExitStatus>, Error> {
    let dataset = read(shared, settings, discovery, true, None)?;
    let collection = judged(shared, &dataset, stopped)?;
    Ok(collection.map(|collection| (dataset, collection)))
}

/// The settings of a command that sums figures: it never counts a bucket twice, also where `T003`
/// was lowered.
pub fn sums(settings: Settings, data: &DataArgs) -> Settings {
    let is_lowered = settings.levels.severity(Code::OverlappingBuckets) != Some(Severity::Error);
    let settings = using(settings, data);
    Settings {
        sums: true,
        repeats: match settings.repeats {
            Repeats::Error if is_lowered => Repeats::Same,
            repeats => repeats,
        },
        ..settings
    }
}

/// The settings of a command that uses the data.
pub fn using(settings: Settings, data: &DataArgs) -> Settings {
    Settings {
        room: match &data.rejects {
            Some(_) => MOST,
            None => 0,
        },
        rejects: true,
        skips: data.skips(),
        repeats: data.repeats(),
        ..settings
    }
}

/// Refuses `--rejects` where nothing is left out.
///
/// # Errors
/// A usage error.
pub fn refuse_rejects(data: &DataArgs) -> Result<(), Error> {
    match data.rejects.is_some() && !data.skips() {
        false => Ok(()),
        true => Err(Error::usage("--rejects needs --on-error skip")
            .help("without it, nothing is left out and nothing is written from bad input")),
    }
}

/// Says what was found. Where data is bad and is not to be skipped, the outcome is the status to
/// end with, after a line that begins with `stopped`.
///
/// # Errors
/// An input has changed, or what was kept of it cannot be read.
pub fn judged(
    shared: &Shared,
    dataset: &Dataset,
    stopped: &str,
) -> Result<Result<Collection, ExitStatus>, Error> {
    let collection = dataset.collection()?;
    let status = status(&collection);
    // Half of a mixture is no result, and behind what was not read there may be more.
    let is_whole = |code: Code| {
        code.unread() == UnreadExtent::Input || code.has_no_part() || code == Code::MixedDialects
    };
    let skips = dataset.settings.skips && !collection.errors().any(is_whole);
    if !skips || shared.verbose {
        messages::errors(shared, &collection)?;
    } else {
        messages::left_out(shared, &collection);
    }
    messages::warnings(shared, &collection);
    if status != ExitStatus::Success && !skips {
        let summary = summary(dataset, &collection, 0);
        shared.say(&format!("{stopped}: {summary}"));
        return Ok(Err(status));
    }
    Ok(Ok(collection))
}

/// Says which repeated buckets do not count.
pub fn say_repeated(shared: &Shared, dataset: &Dataset) {
    let run = dataset.run();
    let repeated = dataset.repeated();
    let withdrawn: u64 = dataset.inputs.iter().map(|input| input.withdrawn).sum();
    let buckets = counted(repeated, "bucket");
    match run.repeats {
        _ if repeated == 0 || run.keeps_repeated() => {}
        Repeats::Last if withdrawn > 0 => shared.say(&format!(
            "{buckets} replaced by later ones, which lack {} of them",
            counted(withdrawn, "metric")
        )),
        Repeats::Last => shared.say(&format!("{buckets} replaced by later ones")),
        _ => shared.say(&format!("{buckets} came twice and counted once")),
    }
}

/// Says how many bad parts were left out, if any.
pub fn say_bad_parts(shared: &Shared, dataset: &Dataset, data: &DataArgs, summary: &str) {
    if dataset.bad_parts() == 0 {
        return;
    }
    let parts = counted(dataset.bad_parts(), "bad part");
    shared.say(&format!("{parts} left out: {summary}"));
    if data.rejects.is_none() {
        shared.say("  help: --rejects FILE writes them with their diagnostics");
    }
}

/// The last line: what was read and found, and how many rows there are.
pub fn summary(dataset: &Dataset, collection: &Collection, rows: u64) -> String {
    let rows = format!(", {}", counted(rows, "row"));
    let words = words(dataset, collection, &rows);
    format!("{words}, {:.2} s", dataset.seconds())
}

/// What was read and found, of a command that writes other rows.
pub fn read_summary(dataset: &Dataset, collection: &Collection) -> String {
    words(dataset, collection, "")
}

fn words(dataset: &Dataset, collection: &Collection, rows: &str) -> String {
    let documents = dataset
        .inputs
        .iter()
        .map(|input| input.documents)
        .sum::<u64>();
    format!(
        "{}, {}{rows}, {}, {}",
        counted(dataset.inputs.len(), "file"),
        counted(documents, "document"),
        counted(collection.count(Severity::Error), "error"),
        counted(collection.count(Severity::Warning), "warning"),
    )
}

/// What was passed over, for those who asked for more.
pub fn details(shared: &Shared, dataset: &Dataset) {
    let passed = dataset.passed();
    let skipped = passed.hidden + passed.other;
    if skipped > 0 {
        shared.detail(&format!(
            "{} in folders passed over: hidden, or of another kind",
            counted(skipped, "entry")
        ));
    }
    if passed.repeated > 0 {
        shared.detail(&format!(
            "{} named twice, read once",
            counted(passed.repeated, "file")
        ));
    }
    let filtered: u64 = dataset
        .inputs
        .iter()
        .map(|input| input.survey.filtered)
        .sum();
    if filtered > 0 {
        shared.detail(&format!(
            "{} left out by the filters",
            counted(filtered, "row")
        ));
    }
}

/// The status of a command that uses the data: errors that are not shown count, too.
pub fn status(collection: &Collection) -> ExitStatus {
    let hidden = collection.hidden_errors().into_keys();
    status_of(collection.errors().chain(hidden))
}

/// The status of errors with these codes: what could not be read weighs more than what is bad.
pub fn status_of(codes: impl Iterator<Item = Code>) -> ExitStatus {
    codes.fold(ExitStatus::Success, |status, code| {
        status.merge(match code {
            Code::Unreadable | Code::NoInput => ExitStatus::Io,
            _ => ExitStatus::BadData,
        })
    })
}

/// Refuses outputs that are inputs, or one file.
///
/// # Errors
/// A usage error that names them.
pub fn refuse_outputs<'o>(
    outputs: impl Iterator<Item = &'o PathBuf>,
    inputs: &[PathBuf],
) -> Result<Distinct, Error> {
    let (inputs, mut distinct) = (Inputs::new(inputs), Distinct::default());
    for output in outputs {
        inputs.refuse(output)?;
        distinct.add(output)?;
    }
    Ok(distinct)
}

/// Refuses an output that is one of the inputs.
///
/// # Errors
/// A usage error that names both.
pub fn refuse_overwrite(output: &Path, inputs: &[PathBuf]) -> Result<(), Error> {
    Inputs::new(inputs).refuse(output)
}

/// The files that are read, each looked up once, however many outputs there are.
#[derive(Debug)]
pub struct Inputs(HashSet<PathBuf>);

impl Inputs {
    /// Looks up where the paths lead.
    pub fn new(paths: &[PathBuf]) -> Self {
        let real = paths.iter().filter_map(|path| path.canonicalize().ok());
        Self(real.filter(|path| path.is_file()).collect())
    }

    /// Refuses an output that is one of them.
    ///
    /// # Errors
    /// A usage error that names it.
    pub fn refuse(&self, output: &Path) -> Result<(), Error> {
        match output.canonicalize() {
            Ok(real) if self.0.contains(&real) => Err(Error::usage(format!(
                "the output {} is also an input",
                output.display()
            ))
            .help("write to another file: an input is never overwritten")),
            _ => Ok(()),
        }
    }
}

/// The paths of the inputs that are files.
pub fn paths(discovery: &Discovery) -> Vec<PathBuf> {
    discovery
        .inputs
        .iter()
        .filter_map(|found| match &found.input {
            Input::File(path) => Some(path.clone()),
            Input::Stdin | Input::Span(_) | Input::Copy(_) | Input::Memory(..) => None,
        })
        .collect()
}
