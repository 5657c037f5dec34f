//! `--baseline` and `--write-baseline`: what is known is hidden, and what is gone is told.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::cli::args::BaselineArgs;
use crate::cli::config::Config;
use crate::cli::failure::Failure;
use crate::cli::options::{self, Shared};
use crate::diagnostic::baseline::{Baseline, can_be_known};
use crate::diagnostic::fingerprint::Key;
use crate::diagnostic::levels::{Levels, is_fixed};
use crate::diagnostic::{Diagnostic, Located, uri};
use crate::engine::locate;
use crate::source::Input;
use crate::source::discover::{Discovery, Missing};
use crate::write::sink::Sink;

use super::gather::{self, Gathered, counted};

/// The files that were named.
pub struct Known {
    read: Option<(PathBuf, Baseline)>,
    write: Option<(PathBuf, Sink)>,
    folder: PathBuf,
}

/// Refuses to write over a file that is something else, such as an export.
fn refuse_other(path: &Path) -> Result<(), Failure> {
    // What is no text is something else, too.
    let other = path.is_file()
        && std::fs::read_to_string(path).map_or(true, |text| {
            !text.trim().is_empty() && Baseline::parse(&text).is_err()
        });
    if !other {
        return Ok(());
    }
    let words = format!("{} is there already, and is no baseline", path.display());
    Err(Failure::usage(words).help("name another file, or delete this one if nobody needs it"))
}

fn load(path: &Path) -> Result<Baseline, Failure> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| {
        Failure::io(format!("cannot read the baseline {shown}: {error}"))
            .help(format!("--write-baseline {shown} makes one"))
    })?;
    Baseline::parse(&text).map_err(|words| {
        Failure::usage(format!("{shown} is no baseline: {words}"))
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
        Input::Stdin | Input::Copy(_) | Input::Memory(..) => true,
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
    ) -> Result<Self, Failure> {
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
                Ok::<_, Failure>((path, baseline))
            })
            .transpose()?;
        let write = write
            .map(|path| {
                gather::refuse_overwrite(&path, &gather::paths(discovery))?;
                refuse_other(&path)?;
                let sink = options::sink(&path)?;
                Ok::<_, Failure>((path, sink))
            })
            .transpose()?;
        Ok(Self {
            read,
            write,
            folder: std::env::current_dir().unwrap_or_default(),
        })
    }

    /// Hides what is known, adds what is gone, and writes what is there now. Returns how many
    /// findings were hidden.
    ///
    /// # Errors
    /// The new baseline cannot be written.
    pub fn apply(
        mut self,
        shared: &Shared,
        gathered: &mut Gathered,
        levels: &Levels,
    ) -> Result<usize, Failure> {
        if self.read.is_none() && self.write.is_none() {
            return Ok(0);
        }
        let (path, mut old) = self.read.take().unwrap_or_default();
        let base = self.base(&path);
        old.follow(|file| base.join(file).exists());
        let checked = self.checked(gathered, &base);
        let mut new = Baseline::default();
        let target = self.write.as_ref().map(|(path, _)| self.base(path));
        let mut hidden = 0;
        for input in &mut gathered.inputs {
            let before = hidden;
            let key = |located: &Located, base: &Path| Key {
                file: uri::below(&located.file, &self.folder, base),
                ..Key::of(located, None)
            };
            input.findings.retain(|located| {
                let known = old.hides(&key(located, &base));
                let kept = target
                    .as_ref()
                    .filter(|_| can_be_known(located.diagnostic.code));
                if let Some(target) = kept {
                    new.add(key(located, target), 1, &located.diagnostic.message);
                }
                let hide = known || kept.is_some();
                hidden += usize::from(hide);
                !hide
            });
            if hidden > before {
                locate::excerpts(input);
            }
        }
        let is_stale = |key: &Key| {
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
                let failed =
                    |error: &std::io::Error| Failure::writing(&options::shown(&path), error);
                new.write(&mut sink).map_err(|error| failed(&error))?;
                sink.finish().map_err(|error| failed(&error))?;
                shared.say(&format!(
                    "{} written to {}",
                    counted(new.len() as u64, "known finding"),
                    path.display()
                ));
            }
            None => {
                let stale = old.stale().into_iter().filter(|(key, _)| is_stale(key));
                for (key, finding) in stale {
                    let name = checked.get(&key.file).map(|(_, name)| Arc::clone(name));
                    let name = name.unwrap_or_else(|| key.file.as_str().into());
                    gathered
                        .extra
                        .extend(levels.apply(finding).map(|it| gone(it, name)));
                }
            }
        }
        Ok(hidden)
    }

    /// The folder that the names in a baseline begin at: its own.
    fn base(&self, path: &Path) -> PathBuf {
        self.folder.join(path.parent().unwrap_or(Path::new("")))
    }

    /// The inputs by the names that the baseline has for them, and whether all of each was
    /// checked: what follows a fault of the JSON may be as bad as it was.
    fn checked(&self, gathered: &Gathered, base: &Path) -> HashMap<String, (bool, Arc<str>)> {
        let inputs = gathered.inputs.iter().map(|input| {
            let codes: HashSet<_> = input.findings.iter().map(|it| it.diagnostic.code).collect();
            let whole = input.readable && !codes.into_iter().any(is_fixed);
            let name = uri::below(&input.name, &self.folder, base);
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
