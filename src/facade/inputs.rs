//! What is read.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::check::Checker;
use crate::diagnostic::levels::{Levels, LintLevels};
use crate::diagnostic::{Code, Diagnostic, Located};
use crate::error::Error;
use crate::input::discover::{self, Discovery, Found, Input, Missing};
use crate::pipeline::{self, Resources, Run};

use super::{Checked, Shape};

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
    memory: Vec<Found>,
    requested: LintLevels,
    shape: Shape,
    resources: Resources,
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
        self.memory.push(Found {
            input: Input::Memory(name.to_owned(), bytes.into()),
            relative: PathBuf::from(name),
        });
        self
    }

    /// What a table or a report of them is to have.
    #[must_use]
    pub fn shape(mut self, shape: Shape) -> Self {
        self.shape = shape;
        self
    }

    /// How many threads work; 0 = one per core. What is written does not depend on it. The threads
    /// end with what was [`Checked`].
    #[must_use]
    pub fn threads(mut self, count: usize) -> Self {
        self.resources = Resources::with_threads(count);
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

    /// Reads and checks all of them.
    ///
    /// # Errors
    /// A code that does not exist or cannot be lowered, or an input that changed while it was read.
    /// What is wrong with the data is no error here: see [`Checked::findings`].
    pub fn check(self) -> Result<Checked, Error> {
        let levels = Levels::resolve(&self.requested)
            .map_err(|error| Error::usage(error.to_string()).help(error.suggestion()))?;
        let checker = Checker::new()?;
        let mut discovery: Discovery = discover::discover(&self.arguments);
        discovery.inputs.extend(self.memory);
        let run = Run::new(&checker, &self.shape.shaping, &levels, &self.resources);
        let absent = discovery.missing.iter().map(missing).collect();
        let (inputs, about) = pipeline::check(&run, discovery.inputs, true)?;
        Checked::new(
            checker,
            levels,
            self.resources,
            self.shape,
            inputs,
            absent,
            about,
        )
    }
}

/// The finding for an argument that leads to nothing.
pub(crate) fn missing(missing: &Missing) -> Located {
    let reason = &missing.reason;
    let diagnostic = match missing.empty {
        true => Diagnostic::new(Code::NoInput, format!("nothing was checked: {reason}"))
            .help("check the name, and whether the step that saves the files ran before"),
        false => Diagnostic::new(Code::Unreadable, format!("cannot be read: {reason}"))
            .help("check the name; a pattern can be quoted, and gcagg expands it"),
    };
    Located {
        diagnostic: diagnostic.cause(reason.clone()),
        file: Arc::from(missing.argument.as_str()),
        place: None,
        excerpt: None,
    }
}
