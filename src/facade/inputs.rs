//! What is read.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::check::repeats::Repeats;
use crate::diagnostic::levels::{Levels, LintLevels};
use crate::diagnostic::store::MOST;
use crate::error::Error;
use crate::input::discover::{self, Discovery, Found, Input};
use crate::input::file_span::{FileSpan, Span};
use crate::input::reading::Reading;
use crate::pipeline::Resources;
use crate::table;

use super::Dataset;
use super::dataset::{self, Settings};
use crate::table::TableSpec;

/// Saved responses: files, folders, patterns, and bytes at hand.
///
/// ```
/// # fn main() -> Result<(), gcagg::Error> {
/// let text = br#"{"results":[{"group":{"mediaType":"voice"},"data":[
///     {"interval":"2026-03-02T08:00:00.000Z/2026-03-02T08:30:00.000Z",
///      "metrics":[{"metric":"nOffered","stats":{"count":18}}]}]}]}"#;
/// let checked = gcagg::Inputs::new().bytes("day.json", text.to_vec()).check()?;
/// assert!(checked.is_ok());
///
/// let mut table = Vec::new();
/// checked.table()?.write("csv", &mut table)?;
/// assert_eq!(
///     String::from_utf8_lossy(&table),
///     "mediaType,interval_start,interval_end,metric,count\n\
///      voice,2026-03-02T08:00:00.000Z,2026-03-02T08:30:00.000Z,nOffered,18\n",
/// );
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Default)]
pub struct Inputs {
    arguments: Vec<PathBuf>,
    /// What is no argument.
    others: Vec<Found>,
    requested: LintLevels,
    spec: TableSpec,
    resources: Resources,
    skips: bool,
    repeats: Repeats,
}

/// How far a run is, seen from another thread.
#[derive(Debug, Clone)]
pub struct Progress(Reading);

impl Progress {
    pub(super) fn of(resources: &Resources) -> Self {
        Self(resources.reading.clone())
    }

    /// How many bytes of the inputs were read so far, as they are stored. Making a table reads most
    /// inputs twice.
    pub fn bytes(&self) -> u64 {
        self.0.bytes()
    }

    /// Ends the run with an error as soon as it reads on.
    pub fn stop(&self) {
        self.0.stop();
    }

    /// Lets a run that was stopped be tried again.
    pub fn resume(&self) {
        self.0.resume();
    }
}

impl Inputs {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file, a folder (searched for documents) or a pattern, or `-` for standard input.
    #[must_use]
    pub fn path(mut self, path: impl AsRef<Path>) -> Self {
        self.arguments.push(path.as_ref().to_owned());
        self
    }

    /// Adds bytes: what a file could hold, compressed or not. `name` is what findings call them.
    #[must_use]
    pub fn bytes(mut self, name: &str, bytes: impl Into<Arc<[u8]>>) -> Self {
        self.others.push(Found {
            input: Input::Memory(name.to_owned(), bytes.into()),
            relative: PathBuf::from(name),
        });
        self
    }

    /// Adds part of a file: see [`spans`](super::spans).
    #[must_use]
    pub fn span(mut self, path: impl AsRef<Path>, span: Span) -> Self {
        let path = path.as_ref().to_owned();
        self.others.push(Found {
            relative: path.file_name().map(PathBuf::from).unwrap_or_default(),
            input: Input::Span(FileSpan { path, span }),
        });
        self
    }

    /// What a table or a report of them is to have.
    #[must_use]
    pub fn table_spec(mut self, spec: TableSpec) -> Self {
        self.spec = spec;
        self
    }

    /// How many threads work; 0 = one per core. What is written does not depend on it. The threads
    /// end with the [`Dataset`].
    #[must_use]
    pub fn threads(mut self, count: usize) -> Self {
        self.resources = Resources::with_threads(count);
        self
    }

    /// The files that the arguments lead to, in the order in which they are read.
    ///
    /// # Errors
    /// An argument that leads to nothing.
    pub fn files(&self) -> Result<Vec<PathBuf>, Error> {
        let found = discover::discover(&self.arguments);
        if let Some(missing) = found.missing.first() {
            let finding = dataset::missing(missing).diagnostic;
            let message = format!("{}: {}", missing.argument, finding.message);
            return Err(Error::io(message).help(finding.help.unwrap_or_default()));
        }
        let files = found.inputs.into_iter().filter_map(|it| match it.input {
            Input::File(path) => Some(path),
            _ => None,
        });
        Ok(files.collect())
    }

    /// How many bytes the inputs have, as they are stored; standard input and what cannot be found
    /// count as none.
    pub fn size(&self) -> u64 {
        let found = discover::discover(&self.arguments).inputs.into_iter();
        let found = found.chain(self.others.iter().cloned());
        let size = |input: Input| match input {
            Input::File(path) => path.metadata().map_or(0, |it| it.len()),
            Input::Span(it) => it.span.end.saturating_sub(it.span.start),
            Input::Copy(copy) => copy.length,
            Input::Memory(_, bytes) => bytes.len() as u64,
            Input::Stdin => 0,
        };
        found.map(|found| size(found.input)).sum()
    }

    /// How far the run is. Ask after [`Inputs::threads`].
    pub fn progress(&self) -> Progress {
        Progress::of(&self.resources)
    }

    /// Leaves out the smallest bucket, container, entity or document around each error, so that the
    /// rest has a table: see [`Dataset::rejects`].
    #[must_use]
    pub fn skip_bad_parts(mut self) -> Self {
        self.skips = true;
        self
    }

    /// What becomes of a bucket that occurs more than once: `error` reports it, `same` counts equal
    /// copies once, and `last` counts the one of the later input.
    ///
    /// # Errors
    /// Another word.
    pub fn repeats(mut self, what: &str) -> Result<Self, Error> {
        self.repeats = Repeats::named(what).ok_or_else(|| {
            Error::usage(format!("repeats: unknown value `{what}`"))
                .help(format!("write {}", Repeats::NAMES.join(", ")))
        })?;
        Ok(self)
    }

    /// Reports only findings of this code, name or category letter, `warnings` or `all`, and of
    /// others that were selected.
    #[must_use]
    pub fn select(mut self, what: &str) -> Self {
        self.requested.select.push(what.to_owned());
        self
    }

    /// Makes warnings of findings of this code, name or category letter.
    #[must_use]
    pub fn warn(mut self, what: &str) -> Self {
        self.requested.warn.push(what.to_owned());
        self
    }

    /// Turns findings of this code, name or category letter off.
    #[must_use]
    pub fn allow(mut self, what: &str) -> Self {
        self.requested.allow.push(what.to_owned());
        self
    }

    /// Does not report findings of this code, name or category letter.
    #[must_use]
    pub fn ignore(mut self, what: &str) -> Self {
        self.requested.ignore.push(what.to_owned());
        self
    }

    /// Makes errors of findings of this code, name or category letter.
    #[must_use]
    pub fn deny(mut self, what: &str) -> Self {
        self.requested.deny.push(what.to_owned());
        self
    }

    /// Reads and checks all of them. Of each cause the first few findings are kept, and the others
    /// counted.
    ///
    /// # Errors
    /// A code that does not exist or cannot be lowered, or an input that changed while it was read.
    /// What is wrong with the data is no error here: see [`Dataset::findings`].
    pub fn check(self) -> Result<Dataset, Error> {
        let room = match self.skips {
            // What is left out is listed with its reasons.
            true => MOST,
            false => 0,
        };
        let is_wide = self.spec.layout == table::Layout::Wide;
        self.checked(room, is_wide)
    }

    /// As [`Inputs::check`], and keeps a million findings; those beyond are counted.
    ///
    /// # Errors
    /// As [`Inputs::check`].
    pub fn validate(self) -> Result<Dataset, Error> {
        self.checked(MOST, true)
    }

    /// `repeats` looks for rows of the wide layout that have one key.
    fn checked(self, room: usize, repeats: bool) -> Result<Dataset, Error> {
        let levels = Levels::resolve(&self.requested)
            .map_err(|error| Error::usage(error.to_string()).help(error.suggestion()))?;
        let mut discovery: Discovery = discover::discover(&self.arguments);
        discovery.inputs.extend(self.others);
        let settings = Settings {
            room,
            rejects: self.skips,
            skips: self.skips,
            repeats: self.repeats,
            ..Settings::new(levels, self.resources, self.spec)?
        };
        let mut dataset = Dataset::read(&Arc::new(settings), discovery, true, None)?;
        if repeats {
            dataset.find_repeats(true)?;
        }
        Ok(dataset.weighed())
    }
}
