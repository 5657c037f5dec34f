//! `--baseline` and `--write-baseline`: what is known is hidden, and what is gone is reported.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::cli::args::BaselineArgs;
use crate::cli::config::Config;
use crate::cli::options::{self, Shared};
use crate::diagnostic::baseline::{Baseline, can_be_known};
use crate::diagnostic::fingerprint::FindingKey;
use crate::diagnostic::levels::Levels;
use crate::diagnostic::{Code, Diagnostic, Located, UnreadExtent, uri};
use crate::error::Error;
use crate::facade::Dataset;
use crate::input::Input;
use crate::input::discover::{Discovery, Missing};
use crate::write::sink::Sink;

use super::gather;
use crate::diagnostic::words::counted;

/// The files that were named.
pub struct Known {
    read: Option<(PathBuf, Baseline)>,
    write: Option<(PathBuf, Sink)>,
    folder: PathBuf,
}

/// Refuses to write over a file that is something else, such as an export.
fn refuse_other(path: &Path) -> Result<(), Error> {
    // What is no text is something else, too.
    let is_baseline = || {
        let read = File::open(path).and_then(Baseline::read);
        read.is_ok_and(|baseline| baseline.is_ok())
    };
    let is_blank = || std::fs::read_to_string(path).is_ok_and(|text| text.trim().is_empty());
    if !path.is_file() || is_baseline() || is_blank() {
        return Ok(());
    }
    let words = format!("{} is there already, and is no baseline", path.display());
    Err(Error::usage(words).help("name another file, or delete this one if nobody needs it"))
}

fn load(path: &Path) -> Result<Baseline, Error> {
    let shown = path.display();
    let read = File::open(path).and_then(Baseline::read).map_err(|error| {
        Error::io(format!("cannot read the baseline {shown}: {error}"))
            .help(format!("--write-baseline {shown} makes one"))
    })?;
    read.map_err(|words| {
        Error::usage(format!("{shown} is no baseline: {words}"))
            .help("delete it, and make a new one with --write-baseline")
    })
}

/// Leaves the baselines themselves out of folders that are searched.
fn pass_over(discovery: &mut Discovery, baselines: [&Option<PathBuf>; 2]) {
    let real: Vec<PathBuf> = baselines
        .into_iter()
        .flatten()
        .filter_map(|path| path.canonicalize().ok())
        .collect();
    if real.is_empty() {
        return;
    }
    let before = discovery.inputs.len();
    discovery.inputs.retain(|found| match &found.input {
        Input::Stdin | Input::Span(_) | Input::Copy(_) | Input::Memory(..) => true,
        Input::File(path) => !path.canonicalize().is_ok_and(|path| real.contains(&path)),
    });
    discovery.skipped += before - discovery.inputs.len();
    if before > 0 && discovery.inputs.is_empty() {
        discovery.missing.push(Missing {
            argument: ".".to_owned(),
            reason: "the baseline is the only file here".to_owned(),
            empty: true,
        });
    }
}

impl Known {
    /// Whether there is a baseline to read or to write.
    pub fn is_used(&self) -> bool {
        self.read.is_some() || self.write.is_some()
    }

    /// Opens what was asked for, before the work begins, and leaves it out of the inputs.
    ///
    /// # Errors
    /// A file that does not read, or one that cannot be written.
    pub fn open(
        args: &BaselineArgs,
        config: &Config,
        discovery: &mut Discovery,
    ) -> Result<Self, Error> {
        let write = args.write_baseline.clone();
        let set = || config.file("validate", "baseline");
        let read = args.baseline.clone().or_else(set);
        pass_over(discovery, [&read, &write]);
        let read = read
            .map(|path| {
                // The first one is written where the next ones are read.
                let new = write.as_ref() == Some(&path) && !path.exists();
                let baseline = if new {
                    Baseline::default()
                } else {
                    load(&path)?
                };
                Ok::<_, Error>((path, baseline))
            })
            .transpose()?;
        let write = write
            .map(|path| {
                gather::refuse_overwrite(&path, &gather::paths(discovery))?;
                refuse_other(&path)?;
                let sink = options::sink(&path)?;
                Ok::<_, Error>((path, sink))
            })
            .transpose()?;
        Ok(Self {
            read,
            write,
            folder: std::env::current_dir().unwrap_or_default(),
        })
    }

    /// Begins to hide findings.
    pub fn begin(self) -> Hiding {
        let is_used = self.is_used();
        let (path, mut old) = self.read.unwrap_or_default();
        let base = base(&self.folder, &path);
        old.follow(|file| base.join(file).exists());
        let target = self.write.as_ref().map(|(path, _)| path);
        Hiding {
            target: target.map(|path| self::base(&self.folder, path)),
            old,
            base,
            new: Baseline::default(),
            write: self.write,
            folder: self.folder,
            is_used,
            names: None,
            hidden: 0,
            unread: 0,
        }
    }
}

/// The folder that the names in a baseline begin at: its own.
fn base(folder: &Path, path: &Path) -> PathBuf {
    folder.join(path.parent().unwrap_or(Path::new("")))
}

/// The baselines at work: findings come one after another.
pub struct Hiding {
    old: Baseline,
    /// Where the names in `old` begin.
    base: PathBuf,
    new: Baseline,
    /// Where the names in `new` begin, if it is to be written.
    target: Option<PathBuf>,
    write: Option<(PathBuf, Sink)>,
    folder: PathBuf,
    is_used: bool,
    /// The last file, and its names in `old` and `new`.
    names: Option<(Arc<str>, [String; 2])>,
    hidden: usize,
    /// How many findings say that something could not be read.
    unread: usize,
}

impl Hiding {
    /// Whether a finding is known, or will be from now on.
    pub fn hides(&mut self, located: &Located) -> bool {
        if !self.is_used {
            return false;
        }
        self.unread += usize::from(located.diagnostic.code.unread() >= UnreadExtent::Document);
        let [old, new] = self.names(&located.file);
        let key = FindingKey::of(located, old);
        let known = self.old.hides(&key);
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
        match &self.names {
            Some((last, names)) if last == file => names.clone(),
            _ => {
                let bases = [Some(&self.base), self.target.as_ref()];
                let names = bases.map(|base| {
                    let below = |base| uri::below(file, &self.folder, base);
                    base.map_or_else(String::new, |base| below(base))
                });
                self.names = Some((Arc::clone(file), names.clone()));
                names
            }
        }
    }

    /// Adds what is gone, or writes what is there now. Returns how many findings were hidden.
    ///
    /// # Errors
    /// The new baseline cannot be written.
    pub fn finish(
        self,
        shared: &Shared,
        dataset: &mut Dataset,
        levels: &Levels,
    ) -> Result<usize, Error> {
        if !self.is_used {
            return Ok(0);
        }
        let checked = self.checked(dataset);
        let (old, base, mut new) = (self.old, self.base, self.new);
        let is_stale = |key: &FindingKey| {
            levels.is_on(key.code)
                && checked
                    .get(&key.file)
                    .map_or_else(|| !base.join(&key.file).exists(), |(whole, _)| *whole)
        };
        match self.write {
            Some((path, mut sink)) => {
                for (key, count, message) in old.rest(|key| !is_stale(key)).entries() {
                    new.add(key.clone(), count, message);
                }
                let failed = |error: &std::io::Error| Error::writing(&options::shown(&path), error);
                new.write(&mut sink).map_err(|error| failed(&error))?;
                sink.finish().map_err(|error| failed(&error))?;
                shared.say(&format!(
                    "{} written to {}",
                    counted(new.len(), "known finding"),
                    path.display()
                ));
                let unread = self.unread + dataset.missing.len();
                if unread > 0 {
                    shared.say(&format!(
                        "{} left out of it: a baseline never hides what could not be read",
                        counted(unread, "finding")
                    ));
                }
            }
            None => {
                let stale = old.stale().into_iter().filter(|(key, _)| is_stale(key));
                for (key, finding) in stale {
                    let name = checked.get(&key.file).map(|(_, name)| Arc::clone(name));
                    let name = name.unwrap_or_else(|| key.file.as_str().into());
                    dataset
                        .about
                        .extend(levels.apply(finding).map(|it| gone(it, name)));
                }
            }
        }
        Ok(self.hidden)
    }

    /// The inputs by the names that the baseline has for them, and whether all of each was
    /// checked: what follows a fault of the JSON may be as bad as it was.
    fn checked(&self, dataset: &Dataset) -> HashMap<String, (bool, Arc<str>)> {
        let inputs = dataset.inputs.iter().map(|input| {
            let is_cut =
                |code: Code| code.unread() >= UnreadExtent::Document && code != Code::DuplicateKey;
            let whole = input.readable && !input.findings.codes().any(is_cut);
            let name = uri::below(&input.name, &self.folder, &self.base);
            (name, (whole, Arc::clone(&input.name)))
        });
        inputs.collect()
    }
}

fn gone(diagnostic: Diagnostic, file: Arc<str>) -> Located {
    Located {
        diagnostic,
        file,
        place: None,
        excerpt: None,
    }
}
