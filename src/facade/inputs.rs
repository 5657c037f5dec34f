//! The inputs, and the settings to read and check them with.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use chrono_tz::Tz;

use crate::across::expect::Expectations;
use crate::aggregate::Scope;
use crate::check::own::Own;
use crate::check::repeats::Repeats;
use crate::diagnostic::levels::{Levels, LintLevels};
use crate::diagnostic::store::MOST;
use crate::diagnostic::{Code, Severity};
use crate::error::Error;
use crate::input::cut::WINDOW;
use crate::input::discover::{self, Discovery, Found, Input, Missing};
use crate::input::file_span::Span;
use crate::input::limits::Limits;
use crate::input::reading::Reading;
use crate::input::selection;
use crate::model::zone;
use crate::pipeline::early::Early;
use crate::pipeline::parallel::Threads;
use crate::pipeline::{Resources, Run, budget};
use crate::table::{Layout, TableSpec};

use super::copies::Copies;
use super::early::EarlyFigures;
use super::{Dataset, Rollup, dataset, report};

/// The use that is made of the inputs, which decides what is an error in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Purpose {
    /// Any use of the [`Dataset`].
    #[default]
    Any,
    /// One table: aggregates and summaries together are an error.
    Table,
    /// A table for each input: nothing is compared across inputs.
    TablePerInput,
    /// Sums, in reports and roll-ups: equal copies of a bucket count once where `T003` is lowered.
    Sums,
}

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
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    arguments: Vec<PathBuf>,
    /// Inputs that no argument names.
    others: Vec<Found>,
    /// The inputs that the arguments name, and the others; empty until they are searched for.
    pub(super) found: OnceLock<Discovery>,
    /// Copies of inputs, which are read in their place.
    pub(super) copies: Option<Arc<Copies>>,
    requested: LintLevels,
    levels: Option<Levels>,
    pub(super) spec: TableSpec,
    /// The zone of local days, if the table does not name one.
    zone: Option<Tz>,
    /// True if a table was asked for; without it, a validation looks at no columns.
    has_spec: bool,
    pub(super) resources: Resources,
    purpose: Purpose,
    /// The figures that are collected during the check.
    figures: Vec<Scope>,
    skips: bool,
    repeats: Repeats,
    /// The number of findings that are kept beyond the first few of each cause.
    room: Option<usize>,
    /// True if rows of the wide layout that have one key are reported whatever the layout is.
    validates: bool,
    expected: Expectations,
    schema: Option<Arc<Own>>,
    paranoid: bool,
    window: Option<usize>,
}

/// The progress of a run, for another thread.
#[derive(Debug, Clone)]
pub struct Progress(Reading);

impl Progress {
    pub(super) fn of(resources: &Resources) -> Self {
        Self(resources.reading.clone())
    }

    /// The number of stored bytes of the inputs that were read so far. A table reads most inputs
    /// twice.
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
    /// The words that [`Inputs::repeats`] takes.
    pub const REPEATS: [&'static str; 3] = Repeats::NAMES;

    /// No inputs, with default settings.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file, a folder (searched for documents) or a pattern, or `-` for standard input.
    #[must_use]
    pub fn path(self, path: impl AsRef<Path>) -> Self {
        self.paths([path])
    }

    /// Adds several paths: see [`Inputs::path`].
    #[must_use]
    pub fn paths<P: AsRef<Path>>(mut self, paths: impl IntoIterator<Item = P>) -> Self {
        let paths = paths.into_iter().map(|path| path.as_ref().to_owned());
        self.arguments.extend(paths);
        self.found = OnceLock::new();
        self
    }

    /// Adds the bytes of a file, compressed or not. Findings use `name` as its path.
    #[must_use]
    pub fn bytes(self, name: &str, bytes: impl Into<Arc<[u8]>>) -> Self {
        self.other(Found {
            input: Input::Memory(name.to_owned(), bytes.into()),
            relative: PathBuf::from(name),
        })
    }

    /// Adds part of a file: see [`spans`](super::spans).
    #[must_use]
    pub fn span(self, path: impl AsRef<Path>, span: Span) -> Self {
        let path = path.as_ref().to_owned();
        self.other(Found {
            relative: path.file_name().map(PathBuf::from).unwrap_or_default(),
            input: Input::Span { path, span },
        })
    }

    fn other(mut self, found: Found) -> Self {
        self.others.push(found);
        self.found = OnceLock::new();
        self
    }

    /// No inputs yet, with the settings, threads and [`Progress`] of these.
    #[must_use]
    pub fn with_same_settings(&self) -> Self {
        Self {
            arguments: Vec::new(),
            others: Vec::new(),
            found: OnceLock::new(),
            copies: None,
            ..self.clone()
        }
    }

    /// Sets the columns, rows and units of tables and reports.
    #[must_use]
    pub fn table_spec(mut self, spec: TableSpec) -> Self {
        self.spec = spec;
        self.has_spec = true;
        self
    }

    /// Sets the time zone of the days of a validation, an IANA name; UTC by default.
    ///
    /// # Errors
    /// No such time zone.
    pub fn timezone(mut self, name: &str) -> Result<Self, Error> {
        self.zone = Some(zone::named(name)?);
        Ok(self)
    }

    /// Sets the use of the inputs.
    #[must_use]
    pub fn purpose(mut self, purpose: Purpose) -> Self {
        self.purpose = purpose;
        self
    }

    /// Sets the purpose to a report, whose figures are collected during the check: the inputs are read
    /// once.
    #[must_use]
    pub fn for_report(mut self) -> Self {
        self.figures = report::scopes(&[]).to_vec();
        self.purpose(Purpose::Sums)
    }

    /// Sets the purpose to a roll-up, whose figures are collected during the check: the inputs are read
    /// once.
    #[must_use]
    pub fn for_rollup(mut self, rollup: &Rollup) -> Self {
        self.figures = vec![rollup.scope_as_typed()];
        self.purpose(Purpose::Sums)
    }

    /// Sets the number of threads; 0 = one per core. The output does not depend on it. The threads
    /// end when the [`Dataset`] is dropped.
    #[must_use]
    pub fn threads(mut self, count: usize) -> Self {
        self.resources.threads = Threads::new(count);
        self
    }

    /// The largest texts, numbers and compressed data that are read.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.resources.reading = Reading::new(limits);
        self
    }

    /// Sets the number of bytes that are processed together, for tests.
    #[doc(hidden)]
    #[must_use]
    pub fn window(mut self, bytes: Option<usize>) -> Self {
        self.window = bytes;
        self
    }

    /// Checks every container with the schema itself instead of faster checks, for tests.
    #[doc(hidden)]
    #[must_use]
    pub fn paranoid(mut self, is_paranoid: bool) -> Self {
        self.paranoid = is_paranoid;
        self
    }

    /// Finds the inputs that the arguments name, and adds the others.
    pub(super) fn found(&self) -> &Discovery {
        self.found.get_or_init(|| {
            let mut found = discover::discover(&self.arguments);
            found.inputs.extend(self.others.iter().cloned());
            found
        })
    }

    /// The files that the arguments name, in the order in which they are read.
    ///
    /// # Errors
    /// An argument that names no file.
    pub fn files(&self) -> Result<Vec<PathBuf>, Error> {
        if let Some(missing) = self.found().missing.first() {
            let finding = dataset::missing(missing).diagnostic;
            let message = format!("{}: {}", missing.argument, finding.message);
            return Err(Error::io(message).help(finding.help.unwrap_or_default()));
        }
        Ok(self.found_files())
    }

    /// The files of the arguments that exist. Missing files become findings.
    pub fn found_files(&self) -> Vec<PathBuf> {
        let inputs = self.found().inputs.iter();
        let files = inputs.filter_map(|found| match &found.input {
            Input::File(path) => Some(path.clone()),
            Input::Stdin | Input::Span { .. } | Input::Copy { .. } | Input::Memory(..) => None,
        });
        files.collect()
    }

    /// Returns true if standard input is among them.
    pub fn has_stdin(&self) -> bool {
        let mut inputs = self.found().inputs.iter();
        inputs.any(|found| found.input == Input::Stdin)
    }

    /// Removes files that are in a folder or match a pattern, but are not documents.
    #[must_use]
    pub fn without<P: AsRef<Path>>(mut self, files: impl IntoIterator<Item = P>) -> Self {
        let real = files.into_iter().map(|path| path.as_ref().canonicalize());
        let real: Vec<PathBuf> = real.filter_map(Result::ok).collect();
        if real.is_empty() {
            return self;
        }
        self.found();
        let Some(found) = self.found.get_mut() else {
            return self;
        };
        let before = found.inputs.len();
        found.inputs.retain(|found| match &found.input {
            Input::File(path) => !path.canonicalize().is_ok_and(|path| real.contains(&path)),
            Input::Stdin | Input::Span { .. } | Input::Copy { .. } | Input::Memory(..) => true,
        });
        found.skipped += before - found.inputs.len();
        if before > 0 && found.inputs.is_empty() {
            found.missing.push(Missing {
                argument: ".".to_owned(),
                reason: "the baseline is the only file here".to_owned(),
                empty: true,
                near: None,
            });
        }
        self
    }

    /// Leaves out the files that match one of these patterns: a name (`*.bak.json`, or `old` for
    /// everything in a folder), or a path if the pattern has a slash. A relative path may begin in any
    /// folder.
    ///
    /// # Errors
    /// An invalid pattern.
    pub fn exclude<S: AsRef<str>>(
        mut self,
        patterns: impl IntoIterator<Item = S>,
    ) -> Result<Self, Error> {
        let compiled = patterns.into_iter().map(|typed| {
            let typed = typed.as_ref();
            let wrong = |error| Error::usage(format!("--exclude {typed}: {error}"));
            let pattern = selection::pattern(typed).map_err(wrong)?;
            Ok((typed.to_owned(), pattern))
        });
        let compiled = compiled.collect::<Result<Vec<_>, Error>>()?;
        if !compiled.is_empty() {
            self.found();
            if let Some(found) = self.found.get_mut() {
                selection::exclude(found, &compiled);
            }
        }
        Ok(self)
    }

    /// Keeps only those patterns as unmatched that match nothing in `compared` either, with which the
    /// inputs are compared.
    pub(crate) fn match_patterns_of(&mut self, compared: &mut Self) {
        let (Some(own), Some(other)) = (self.found.get_mut(), compared.found.get_mut()) else {
            return;
        };
        let unmatched = std::mem::take(&mut other.unmatched);
        own.unmatched
            .retain(|(typed, _)| unmatched.iter().any(|(it, _)| it == typed));
    }

    /// The paths of a list: one per line, or separated by NUL characters.
    pub fn paths_of_list(list: &[u8]) -> Vec<PathBuf> {
        selection::paths_of_list(list)
    }

    /// The number of stored bytes of the inputs; `None` if the size of one is unknown, such as that
    /// of standard input.
    pub fn size(&self) -> Option<u64> {
        dataset::size(self.found().inputs.iter().map(|found| &found.input))
    }

    /// The progress of the run. Call it after [`Inputs::limits`].
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

    /// Sets the rule for a bucket that occurs more than once: `error` reports it, `same` counts equal
    /// copies once, and `last` uses the bucket of the last input.
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

    /// The severities of findings, in place of those of [`Inputs::select`] and its like.
    #[must_use]
    pub fn levels(mut self, levels: Levels) -> Self {
        self.levels = Some(levels);
        self
    }

    /// Keeps this many findings beyond the first few of each cause, and counts the others. A million
    /// are kept at the most.
    #[must_use]
    pub fn keep_findings(mut self, count: usize) -> Self {
        self.room = Some(count.min(MOST));
        self
    }

    /// Sets the expectations of the data. Each one that is not met is a finding.
    #[must_use]
    pub fn expect(mut self, expected: Expectations) -> Self {
        self.expected = expected;
        self
    }

    /// Validates with the JSON Schema in a file in place of the embedded one. Returns the inputs, and
    /// a sentence about the part of a document that the schema is applied to.
    ///
    /// # Errors
    /// The file cannot be read, or is no schema.
    pub fn schema(mut self, path: &Path) -> Result<(Self, String), Error> {
        let own = Own::read(path)?;
        let applied = match own.array() {
            Ok(array) => format!("applied to each element of `{array}`"),
            Err(reason) => format!("applied to whole documents: {reason}"),
        };
        self.schema = Some(Arc::new(own));
        Ok((self, applied))
    }

    /// Reads and checks all of them. Of each cause the first few findings are kept, and the others
    /// counted.
    ///
    /// # Errors
    /// A code that does not exist or cannot be lowered, or an input that changed while it was read.
    /// Bad data is not an error here: see [`Dataset::findings`].
    pub fn check(self) -> Result<Dataset, Error> {
        let run = self.run()?;
        let scopes = self.figures.as_slice();
        let figures = match self.copies {
            None => EarlyFigures::new(scopes, &run),
            Some(_) => None,
        };
        let mut dataset = self.read(run, figures.as_ref().map(|it| it as &dyn Early))?;
        dataset.early = figures;
        Ok(dataset)
    }

    /// Does the same as [`Inputs::check`], and keeps up to a million findings, or the number of
    /// [`Inputs::keep_findings`]. The others are counted.
    ///
    /// # Errors
    /// The errors of [`Inputs::check`].
    pub fn validate(mut self) -> Result<Dataset, Error> {
        self.validates = true;
        self.check()
    }

    /// The settings of the run.
    pub(super) fn run(&self) -> Result<Run<'static>, Error> {
        let levels = match &self.levels {
            Some(levels) => levels.clone(),
            None => Levels::resolve(&self.requested)?,
        };
        let sums = self.purpose == Purpose::Sums;
        let mut spec = match self.validates && !self.has_spec {
            true => TableSpec::untyped(),
            false => self.spec.of_run(sums),
        };
        spec.filter.zone = spec.filter.zone.or(self.zone);
        let is_lowered = levels.severity(Code::OverlappingBuckets) != Some(Severity::Error);
        // It does not depend on the threads: a batch of rows ends where a window ends.
        let window = || budget::window(4 * WINDOW, budget::address_space());
        Ok(Run {
            skips: self.skips,
            rejects: self.skips,
            repeats: match self.repeats {
                // A sum never counts a bucket twice.
                Repeats::Error if sums && is_lowered => Repeats::Same,
                repeats => repeats,
            },
            sums,
            // The parts that are left out are listed with their findings.
            room: self.room.unwrap_or(match self.skips || self.validates {
                true => MOST,
                false => 0,
            }),
            schema: self.schema.clone(),
            paranoid: self.paranoid,
            window: self.window.unwrap_or_else(window).max(16),
            ..Run::new(spec, levels, self.resources.clone())
        })
    }

    /// Reads and checks them; `early` takes the rows meanwhile.
    pub(super) fn read(
        self,
        run: Run<'static>,
        early: Option<&dyn Early>,
    ) -> Result<Dataset, Error> {
        self.found();
        let across = self.purpose != Purpose::TablePerInput;
        let is_wide = run.spec.layout == Layout::Wide;
        let discovery = self.found.into_inner().unwrap_or_default();
        let mut dataset = Dataset::read(run, self.spec, discovery, across, early)?;
        dataset.copies = self.copies;
        if is_wide || self.validates {
            dataset.find_repeats(across)?;
        }
        if self.purpose == Purpose::Table {
            dataset.find_mixture();
        }
        dataset.check_expected(&self.expected)?;
        Ok(dataset.weighed())
    }
}
