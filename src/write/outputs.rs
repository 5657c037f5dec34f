//! The outputs of one run: each must be a file of its own, also through links, and none an input.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::error::Error;
use crate::input::discover::FileIdentity;

use super::sink::{self, Target};

/// The files that a run reads, and those that it is to write.
///
/// ```
/// use gcagg::output::OutputFiles;
///
/// let mut files = OutputFiles::beside(["samples/queue-day.json"]);
/// assert!(files.add("day.csv").is_ok());
/// assert!(files.add("./day.csv").is_err());
/// assert!(files.add("samples/queue-day.json").is_err());
/// ```
#[derive(Debug, Default)]
pub struct OutputFiles {
    inputs: Vec<PathBuf>,
    /// The files of the inputs behind all links; empty until an output exists.
    real: OnceLock<HashSet<FileIdentity>>,
    outputs: HashMap<FileIdentity, PathBuf>,
}

impl OutputFiles {
    /// No outputs yet, beside these inputs.
    pub fn beside<P: AsRef<Path>>(inputs: impl IntoIterator<Item = P>) -> Self {
        let inputs = inputs.into_iter().map(|path| path.as_ref().to_owned());
        Self {
            inputs: inputs.collect(),
            ..Self::default()
        }
    }

    /// Adds a file that the run reads.
    pub fn read(&mut self, path: impl AsRef<Path>) {
        self.inputs.push(path.as_ref().to_owned());
        self.real = OnceLock::new();
    }

    fn is_input(&self, output: &Path) -> bool {
        let all = || self.inputs.iter().filter_map(|path| there(path)).collect();
        there(output).is_some_and(|file| self.real.get_or_init(all).contains(&file))
    }

    /// Refuses an output that is one of the inputs.
    ///
    /// # Errors
    /// A usage error that names it.
    pub fn check(&self, output: impl AsRef<Path>) -> Result<(), Error> {
        let output = output.as_ref();
        match self.is_input(output) {
            true => Err(
                Error::usage(format!("the output {} is also an input", output.display()))
                    .help("write to another file; gcagg never overwrites an input"),
            ),
            false => Ok(()),
        }
    }

    /// Adds an output.
    ///
    /// # Errors
    /// A usage error where it is an input, or the same file as another output.
    pub fn add(&mut self, output: impl AsRef<Path>) -> Result<(), Error> {
        let path = output.as_ref();
        self.check(path)?;
        let Some(identity) = identity(path) else {
            return Ok(());
        };
        let shown = Target::of(path);
        let problem = match self.outputs.insert(identity, path.to_owned()) {
            None => return Ok(()),
            Some(other) if other == path => format!("two outputs would be written to {shown}"),
            Some(other) => format!(
                "two outputs would be written to one file: {} and {shown}",
                Target::of(&other)
            ),
        };
        Err(Error::usage(problem).help("give each output its own file"))
    }
}

/// The identity of a file that exists, also through links.
fn there(path: &Path) -> Option<FileIdentity> {
    let found = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    let real = || path.canonicalize().ok().map(FileIdentity::Name);
    FileIdentity::of(&found).or_else(real)
}

/// The identity of an output; `None` for devices and pipes, which may be written to twice.
fn identity(path: &Path) -> Option<FileIdentity> {
    if path == Path::new("-") || sink::is_stdout(path) {
        // Standard output may be a file, too.
        return Some(stdout_file().unwrap_or(FileIdentity::Standard));
    }
    let target = sink::follow_links(path).unwrap_or_else(|_| path.to_owned());
    match fs::metadata(&target) {
        Ok(found) if found.is_file() => {
            Some(FileIdentity::of(&found).unwrap_or_else(|| named(&target)))
        }
        Ok(found) if found.is_dir() => Some(named(&target)),
        Ok(_) => None,
        Err(_) => Some(named(&target)),
    }
}

/// The absolute name, without links in the folders that are there.
fn named(path: &Path) -> FileIdentity {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    for folder in path.ancestors().skip(1) {
        if let Ok(real) = folder.canonicalize()
            && let Ok(rest) = path.strip_prefix(folder)
        {
            return FileIdentity::Name(real.join(rest));
        }
    }
    FileIdentity::Name(path)
}

#[cfg(unix)]
fn stdout_file() -> Option<FileIdentity> {
    use std::os::fd::AsFd as _;
    let stdout = std::io::stdout().as_fd().try_clone_to_owned().ok()?;
    let found = fs::File::from(stdout).metadata().ok()?;
    found.is_file().then(|| FileIdentity::of(&found)).flatten()
}

#[cfg(not(unix))]
fn stdout_file() -> Option<FileIdentity> {
    None
}
