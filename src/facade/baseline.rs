//! Baselines: known findings are hidden, and known findings that no longer occur are reported.

use std::collections::HashMap;
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diagnostic::baseline::{Baseline, can_be_known};
use crate::diagnostic::fingerprint::FindingKey;
use crate::diagnostic::{Code, Located, UnreadExtent, uri};
use crate::error::Error;
use crate::input::near_path;

use super::Dataset;

/// The known findings, and the findings of this run for a new baseline.
///
/// ```
/// # fn main() -> Result<(), gcagg::Error> {
/// use gcagg::{Baselines, Inputs};
///
/// let checked = Inputs::new().path("samples/bad/M001-min-above-max.json").validate()?;
/// let mut baselines = Baselines::default().collect("known.json");
/// checked.write_all_findings(&mut [], Some(&mut baselines))?;
/// assert_eq!((baselines.len(), baselines.unread()), (1, 0));
/// let mut file = Vec::new();
/// baselines.write(&mut file)?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Default)]
pub struct Baselines {
    /// The known findings, and their file.
    known: Option<(PathBuf, Baseline)>,
    /// The file that the findings of this run go to.
    target: Option<PathBuf>,
    /// The findings of this run.
    new: Baseline,
    /// The number of findings about data that could not be read.
    unread: usize,
    /// The last file, and its names in the known and the new baseline.
    names: Option<(Arc<str>, [String; 2])>,
    /// The number of findings that were hidden in a pass.
    hidden: usize,
}

impl Baselines {
    /// Hides the findings that a file has.
    ///
    /// # Errors
    /// The file cannot be read, or is no baseline.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let shown = path.display();
        let read = File::open(path).and_then(Baseline::read).map_err(|error| {
            let words = near_path::words(&error);
            let words = format!("cannot read the baseline {shown}: {words}");
            if error.kind() != ErrorKind::NotFound {
                return Error::io(words);
            }
            let near = near_path::nearest(path);
            let near = near.map(|it| format!("did you mean `{}`? ", it.display()));
            Error::usage(words).help(format!(
                "{}--write-baseline {shown} writes one",
                near.unwrap_or_default()
            ))
        })?;
        let baseline = read.map_err(|words| {
            Error::usage(format!("{shown} is not a baseline: {words}"))
                .help("delete it, and write a new one with --write-baseline")
        })?;
        Ok(Self {
            known: Some((path.to_owned(), baseline)),
            ..Self::default()
        })
    }

    /// Collects and hides the findings of a run. The names of files are relative to the folder of
    /// `path`, the file of the new baseline.
    #[must_use]
    pub fn collect(mut self, path: impl Into<PathBuf>) -> Self {
        self.target = Some(path.into());
        self
    }

    /// Refuses to write over a file that is something else, such as an export.
    ///
    /// # Errors
    /// A usage error that names it, or it cannot be read.
    pub fn check_target(path: &Path) -> Result<(), Error> {
        if !path.is_file() {
            return Ok(());
        }
        let shown = path.display();
        let unreadable = |error| Error::io(format!("cannot read {shown}: {error}"));
        let file = File::open(path).map_err(unreadable)?;
        let is_baseline = Baseline::read(file).map_err(unreadable)?.is_ok();
        let is_blank = || std::fs::read_to_string(path).is_ok_and(|text| text.trim().is_empty());
        if is_baseline || is_blank() {
            return Ok(());
        }
        let words = format!("{shown} exists and is not a baseline");
        Err(Error::usage(words).help("name another file, or delete this one"))
    }

    /// Number of findings that were collected.
    pub fn len(&self) -> usize {
        self.new.len()
    }

    /// Returns true if no findings were collected.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of findings that were not collected because something could not be read.
    pub fn unread(&self) -> usize {
        self.unread
    }

    /// Writes the findings that were collected.
    ///
    /// # Errors
    /// `out` cannot be written.
    pub fn write(&self, out: &mut dyn Write) -> std::io::Result<()> {
        self.new.write(out)
    }

    /// Begins a pass over the findings of a dataset.
    pub(super) fn begin(&mut self) {
        (self.names, self.hidden) = (None, 0);
        if let Some((path, known)) = &mut self.known {
            let base = base(&folder(), path);
            known.follow(|file| base.join(file).exists());
        }
    }

    /// Returns true if a finding is known, or is added to the new baseline.
    pub(super) fn hides(&mut self, located: &Located) -> bool {
        self.unread += usize::from(located.diagnostic.code.unread() > UnreadExtent::Nothing);
        let [old, new] = self.names(&located.file);
        let key = FindingKey::of(located, old);
        let known = self.known.as_mut();
        let known = known.is_some_and(|(_, known)| known.hides(&key));
        let kept = self.target.is_some() && can_be_known(key.code);
        if kept {
            let key = FindingKey { file: new, ..key };
            self.new.add(key, 1, &located.diagnostic.message);
        }
        let hides = known || kept;
        self.hidden += usize::from(hides);
        hides
    }

    /// The names of a file in both baselines.
    fn names(&mut self, file: &Arc<str>) -> [String; 2] {
        if let Some((last, names)) = &self.names
            && last == file
        {
            return names.clone();
        }
        let known = self.known.as_ref().map(|(path, _)| path.as_path());
        let paths = [known.or(Some(Path::new(""))), self.target.as_deref()];
        let (folder, mut names) = (folder(), <[String; 2]>::default());
        for (name, path) in names.iter_mut().zip(paths) {
            *name = path.map_or_else(String::new, |it| {
                uri::below(file, &folder, &base(&folder, it))
            });
        }
        self.names = Some((Arc::clone(file), names.clone()));
        names
    }

    /// Ends a pass. Copies the known findings of files that were not checked to the new baseline. Returns
    /// the number of hidden findings and, without a new baseline, a finding for each known finding that
    /// no longer occurs.
    pub(super) fn finish(&mut self, dataset: &Dataset) -> (usize, Vec<Located>) {
        let folder = folder();
        let (path, old) = self.known.take().unwrap_or_default();
        let base = base(&folder, &path);
        let checked = checked(dataset, &folder, &base);
        let levels = &dataset.run.levels;
        let is_stale = |key: &FindingKey| {
            levels.is_on(key.code)
                && checked
                    .get(&key.file)
                    .map_or_else(|| !base.join(&key.file).exists(), |(whole, _)| *whole)
        };
        let mut gone = Vec::new();
        if self.target.is_some() {
            for (key, count, message) in old.left().filter(|(key, ..)| !is_stale(key)) {
                self.new.add(key.clone(), count, message);
            }
            self.unread += dataset.missing.len();
        } else {
            let stale = old.stale().into_iter();
            for (key, finding) in stale.filter(|(key, _)| is_stale(key)) {
                let name = checked.get(&key.file).map(|(_, name)| Arc::clone(name));
                let name = name.unwrap_or_else(|| key.file.as_str().into());
                let finding = levels.apply(finding);
                gone.extend(finding.map(|it| Located::of_file(it, name)));
            }
        }
        (self.hidden, gone)
    }
}

/// The working folder.
fn folder() -> PathBuf {
    std::env::current_dir().unwrap_or_default()
}

/// The folder of a baseline. The names in the baseline are relative to it.
fn base(folder: &Path, path: &Path) -> PathBuf {
    folder.join(path.parent().unwrap_or(Path::new("")))
}

/// The inputs by their names in the baseline. The flag is true if the complete input was checked.
/// After a fault of the JSON, the rest of an input is not checked.
fn checked(dataset: &Dataset, folder: &Path, base: &Path) -> HashMap<String, (bool, Arc<str>)> {
    let inputs = dataset.inputs.iter().map(|input| {
        let is_cut =
            |code: Code| code.unread() >= UnreadExtent::Document && code != Code::DuplicateKey;
        let whole = input.readable && !input.findings.codes().any(is_cut);
        let name = uri::below(&input.name, folder, base);
        (name, (whole, Arc::clone(&input.name)))
    });
    inputs.collect()
}
