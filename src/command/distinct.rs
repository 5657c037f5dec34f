//! The outputs of one run: each must be a file of its own, also through links.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::cli::options;
use crate::error::Error;
use crate::write::sink;

/// What makes two names the same output.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Identity {
    Stdout,
    /// Device and inode of a file that is there: hard links have the same.
    #[cfg(unix)]
    Inode(u64, u64),
    /// The name that a file has behind all links.
    Name(PathBuf),
}

/// The outputs of a run so far.
#[derive(Debug, Default)]
pub struct Distinct(HashMap<Identity, PathBuf>);

impl Distinct {
    /// Adds an output.
    ///
    /// # Errors
    /// A usage error where another output is the same file.
    pub fn add(&mut self, path: &Path) -> Result<(), Error> {
        let Some(identity) = identity(path) else {
            return Ok(());
        };
        match self.0.insert(identity, path.to_owned()) {
            None => Ok(()),
            Some(other) if other == path => Err(Error::usage(format!(
                "two outputs would be written to {}",
                options::shown(path)
            ))
            .help(HELP)),
            Some(other) => Err(Error::usage(format!(
                "two outputs would be written to one file: {} and {}",
                options::shown(&other),
                options::shown(path)
            ))
            .help(HELP)),
        }
    }
}

const HELP: &str = "give each output its own file";

/// The identity of an output; `None` for devices and pipes, which may be written to twice.
fn identity(path: &Path) -> Option<Identity> {
    if path == Path::new("-") || sink::is_stdout(path) {
        // Standard output may be a file, too.
        return Some(stdout_file().unwrap_or(Identity::Stdout));
    }
    let target = sink::follow_links(path).unwrap_or_else(|_| path.to_owned());
    match fs::metadata(&target) {
        Ok(found) if found.is_file() => Some(file(&found).unwrap_or_else(|| named(&target))),
        Ok(found) if found.is_dir() => Some(named(&target)),
        Ok(_) => None,
        Err(_) => Some(named(&target)),
    }
}

/// The absolute name, without links in the folders that are there.
fn named(path: &Path) -> Identity {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    for folder in path.ancestors().skip(1) {
        if let Ok(real) = folder.canonicalize()
            && let Ok(rest) = path.strip_prefix(folder)
        {
            return Identity::Name(real.join(rest));
        }
    }
    Identity::Name(path)
}

#[cfg(unix)]
fn file(found: &fs::Metadata) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt as _;
    Some(Identity::Inode(found.dev(), found.ino()))
}

#[cfg(not(unix))]
fn file(_: &fs::Metadata) -> Option<Identity> {
    None
}

#[cfg(unix)]
fn stdout_file() -> Option<Identity> {
    use std::os::fd::AsFd as _;
    let stdout = std::io::stdout().as_fd().try_clone_to_owned().ok()?;
    let found = fs::File::from(stdout).metadata().ok()?;
    found.is_file().then(|| file(&found)).flatten()
}

#[cfg(not(unix))]
fn stdout_file() -> Option<Identity> {
    None
}
