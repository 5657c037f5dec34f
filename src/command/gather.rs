//! What all commands that read documents begin and end with.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use crate::check::repeats::Repeats;
use crate::cli::args::DataArgs;
use crate::cli::options::Shared;
use crate::diagnostic::collect::Collection;
use crate::diagnostic::coverage::Coverage;
use crate::diagnostic::levels::Levels;
use crate::diagnostic::store::{FindingStore, MOST};
use crate::diagnostic::words::counted;
use crate::diagnostic::{Code, Diagnostic, Located, Severity};
use crate::error::Error;
use crate::exit::ExitStatus;
use crate::facade;
use crate::input::Input;
use crate::input::discover::Discovery;
use crate::pipeline::{self, Run, Surveyed, coverage, located};

use super::distinct::Distinct;
use super::messages;
use super::progress::Progress;

/// The inputs after pass one.
#[derive(Debug)]
pub struct Gathered {
    pub inputs: Vec<Surveyed>,
    /// Arguments that name nothing.
    pub missing: Vec<Located>,
    /// What is found about the run as a whole.
    pub extra: Vec<Located>,
    pub skipped: usize,
    /// How many of these are hidden.
    pub hidden: usize,
    pub repeated: usize,
    began: Instant,
}

/// Reads, checks and surveys every input.
///
/// # Errors
/// An input changed while it was read.
pub fn gather(
    shared: &Shared,
    run: &Run<'_>,
    discovery: Discovery,
    across: bool,
) -> Result<Gathered, Error> {
    let inputs = discovery.inputs.iter().map(|found| &found.input);
    let progress = Progress::reading(shared, "reading", inputs);
    let began = Instant::now();
    let missing = discovery.missing.iter().map(facade::missing).collect();
    let (inputs, about) = pipeline::check(run, discovery.inputs, across)?;
    drop(progress);
    let mut gathered = Gathered {
        inputs,
        missing,
        extra: Vec::new(),
        skipped: discovery.skipped,
        hidden: discovery.hidden,
        repeated: discovery.repeated,
        began,
    };
    gathered.about_run(about);
    Ok(gathered)
}

/// Reads, checks and surveys every input for a command that sums figures, and says what was found.
/// Where there are errors and nothing is left out, the outcome is the status to end with, after a
/// line that begins with `stopped`.
///
/// # Errors
/// An input changed while it was read.
pub fn checked(
    shared: &Shared,
    run: &Run<'_>,
    discovery: Discovery,
    skips: bool,
    stopped: &str,
) -> Result<Result<(Gathered, Collection), ExitStatus>, Error> {
    let mut gathered = gather(shared, run, discovery, true)?;
    let collection = gathered.judged(shared, run, skips, stopped)?;
    Ok(collection.map(|collection| (gathered, collection)))
}

/// The run of a command that sums figures: it never counts a bucket twice, also where `T003` was
/// lowered.
pub fn sums<'r>(run: Run<'r>, data: &DataArgs) -> Run<'r> {
    let is_lowered = run.levels.severity(Code::OverlappingBuckets) != Some(Severity::Error);
    let run = using(run, data);
    Run {
        sums: true,
        repeats: match run.repeats {
            Repeats::Error if is_lowered => Repeats::Same,
            repeats => repeats,
        },
        ..run
    }
}

/// The run of a command that uses the data.
pub fn using<'r>(run: Run<'r>, data: &DataArgs) -> Run<'r> {
    Run {
        room: match &data.rejects {
            Some(_) => MOST,
            None => 0,
        },
        rejects: true,
        repeats: data.repeats(),
        ..run
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

impl Gathered {
    /// Every finding, input after input, by cause.
    ///
    /// # Errors
    /// An input has changed, or what was kept of it cannot be read.
    pub fn collection(&mut self, levels: &Levels) -> Result<Collection, Error> {
        let mut collection = Collection::new(true, levels);
        collection.coverage = self.coverage();
        for located in &self.missing {
            collection.push(located);
        }
        let excerpts = true;
        located::each(&self.inputs, excerpts, &mut |located| {
            collection.push(&located);
            Ok::<(), Error>(())
        })?;
        self.count_omitted(&mut collection);
        for located in &self.extra {
            collection.push(located);
        }
        Ok(collection)
    }

    /// Says what was found. Where data is bad and is not to be skipped, the outcome is the status to
    /// end with, after a line that begins with `stopped`.
    ///
    /// # Errors
    /// As [`Gathered::collection`].
    pub fn judged(
        &mut self,
        shared: &Shared,
        run: &Run<'_>,
        skips: bool,
        stopped: &str,
    ) -> Result<Result<Collection, ExitStatus>, Error> {
        let collection = self.collection(run.levels)?;
        let status = status(&collection);
        // Half of a mixture is no result, and behind what was not read there may be more.
        let is_whole =
            |code: Code| code.leaves_unread() || code.has_no_part() || code == Code::MixedDialects;
        let skips = skips && !collection.errors().any(is_whole);
        if !skips || shared.verbose {
            messages::errors(shared, &collection)?;
        } else {
            messages::left_out(shared, &collection);
        }
        messages::warnings(shared, &collection);
        if status != ExitStatus::Success && !skips {
            shared.say(&format!("{stopped}: {}", self.summary(&collection, 0)));
            return Ok(Err(status));
        }
        Ok(Ok(collection))
    }

    /// How many bad parts were left out.
    pub fn bad_parts(&self) -> usize {
        self.inputs.iter().map(|input| input.rejects.len()).sum()
    }

    /// Says which repeated buckets do not count.
    pub fn say_repeated(&self, shared: &Shared, run: &Run<'_>) {
        let repeated: u64 = self.inputs.iter().map(|input| input.repeated).sum();
        let withdrawn: u64 = self.inputs.iter().map(|input| input.withdrawn).sum();
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
    pub fn say_bad_parts(&self, shared: &Shared, data: &DataArgs, summary: &str) {
        if self.bad_parts() == 0 {
            return;
        }
        let parts = counted(self.bad_parts(), "bad part");
        shared.say(&format!("{parts} left out: {summary}"));
        if data.rejects.is_none() {
            shared.say("  help: --rejects FILE writes them with their diagnostics");
        }
    }

    /// Counts the findings that were not kept.
    pub fn count_omitted(&self, collection: &mut Collection) {
        for input in &self.inputs {
            collection.count_omitted(&input.findings.in_order);
        }
    }

    /// How many findings were counted and not kept.
    pub fn omitted(&self) -> usize {
        let stores = self.inputs.iter().map(|input| &input.findings.in_order);
        let counts = stores.flat_map(FindingStore::causes).map(|it| it.findings);
        counts.map(|count| count.all - count.kept).sum()
    }

    /// Adds findings about the run as a whole: of the only input, or of the first of several.
    pub fn about_run(&mut self, findings: Vec<Diagnostic>) {
        let Some(file) = self.inputs.first().map(|input| Arc::clone(&input.name)) else {
            // Without any input that is what is reported.
            return;
        };
        let several = self.inputs.len() > 1;
        self.extra
            .extend(findings.into_iter().map(|mut diagnostic| {
                if several {
                    let inputs = self.inputs.len();
                    diagnostic
                        .message
                        .push_str(&format!(" (in {inputs} inputs together)"));
                }
                Located {
                    diagnostic,
                    file: Arc::clone(&file),
                    place: None,
                    excerpt: None,
                }
            }));
    }

    /// How long it took so far.
    pub fn seconds(&self) -> f64 {
        self.began.elapsed().as_secs_f64()
    }

    /// What was looked at.
    pub fn coverage(&self) -> Coverage {
        Coverage {
            missing: self.missing.len(),
            hidden: self.hidden,
            other: self.skipped - self.hidden,
            repeated: self.repeated,
            seconds: self.seconds(),
            ..coverage::of(&self.inputs)
        }
    }

    /// What was read and found, without rows, of a command that writes other ones.
    pub fn read_summary(&self, collection: &Collection) -> String {
        let documents = self.inputs.iter().map(|input| input.documents).sum::<u64>();
        format!(
            "{}, {}, {}, {}",
            counted(self.inputs.len(), "file"),
            counted(documents, "document"),
            counted(collection.count(Severity::Error), "error"),
            counted(collection.count(Severity::Warning), "warning"),
        )
    }

    /// The last line: what was read and found.
    pub fn summary(&self, collection: &Collection, rows: u64) -> String {
        let documents = self.inputs.iter().map(|input| input.documents).sum::<u64>();
        let mut line = format!(
            "{}, {}, {}, {}, {}",
            counted(self.inputs.len(), "file"),
            counted(documents, "document"),
            counted(rows, "row"),
            counted(collection.count(Severity::Error), "error"),
            counted(collection.count(Severity::Warning), "warning"),
        );
        line.push_str(&format!(", {:.2} s", self.seconds()));
        line
    }

    /// What was passed over, for those who asked for more.
    pub fn details(&self, shared: &Shared) {
        if self.skipped > 0 {
            shared.detail(&format!(
                "{} in folders passed over: hidden, or of another kind",
                counted(self.skipped, "entry")
            ));
        }
        if self.repeated > 0 {
            shared.detail(&format!(
                "{} named twice, read once",
                counted(self.repeated, "file")
            ));
        }
        let filtered: u64 = self.inputs.iter().map(|input| input.survey.filtered).sum();
        if filtered > 0 {
            shared.detail(&format!(
                "{} left out by the filters",
                counted(filtered, "row")
            ));
        }
    }
}

/// The status of a command that uses the data: errors that are not shown count, too.
pub fn status(collection: &Collection) -> ExitStatus {
    let hidden = collection.hidden_errors().keys().copied();
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
