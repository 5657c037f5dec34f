//! Temporary files beside their targets. Each is locked while it is written; one that a killed run
//! left behind is not, and the next run that writes the same target removes it.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs::{self, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use parking_lot::Mutex;
use tempfile::NamedTempFile;

use super::signals::{self, Registration};

/// Names longer than this would leave no room for what a temporary name adds.
const MAX_NAME: usize = 200;

/// Number of random characters in a temporary name.
const RANDOM: usize = 6;

const SUFFIX: &str = ".tmp";

/// The maximum number of attempts to create a file that another run removes before it is locked.
const ATTEMPTS: usize = 8;

/// The temporary files that were in a folder before this run wrote there, by their targets' names.
type Left = HashMap<OsString, Vec<PathBuf>>;

static FOLDERS: Mutex<Option<HashMap<PathBuf, Left>>> = Mutex::new(None);

/// Creates a temporary file in `folder` for the target `name`, and removes those that earlier runs
/// left there for this target.
///
/// # Errors
/// The file cannot be created.
pub fn create(folder: &Path, name: &OsStr) -> io::Result<(NamedTempFile, Registration)> {
    sweep(folder, name);
    let mut prefix = OsString::from(".");
    if name.len() <= MAX_NAME {
        prefix.push(name);
        prefix.push(".");
    }
    let mut attempt = 0;
    loop {
        let (file, registration) = signals::register(|| new(folder, &prefix))?;
        attempt += 1;
        if attempt == ATTEMPTS || is_locked(&file) {
            return Ok((file, registration));
        }
    }
}

fn new(folder: &Path, prefix: &OsStr) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix).rand_bytes(RANDOM).suffix(SUFFIX);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As any new file: the umask takes its share.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder).map_err(|error| {
        let message = format!(
            "cannot create a file in {}: {}",
            folder.display(),
            plain(&error)
        );
        io::Error::new(error.kind(), message)
    })
}

/// Locks a new file, as a sign that it is in use. `false` where another run took it for a leftover
/// in the moment before.
fn is_locked(file: &NamedTempFile) -> bool {
    match file.as_file().try_lock() {
        Ok(()) => file.path().exists(),
        Err(TryLockError::WouldBlock) => false,
        // Without locks, other runs cannot remove it either.
        Err(TryLockError::Error(_)) => true,
    }
}

/// Removes what earlier runs left for a target. A folder is searched once per run.
fn sweep(folder: &Path, name: &OsStr) {
    let mut folders = FOLDERS.lock();
    let left = folders
        .get_or_insert_default()
        .entry(folder.to_owned())
        .or_insert_with(|| search(folder));
    for path in left.remove(name).unwrap_or_default() {
        let file = OpenOptions::new().read(true).write(true).open(&path);
        if let Ok(file) = file
            && file.try_lock().is_ok()
        {
            // The target is written also if that fails.
            let _ = fs::remove_file(&path);
        }
    }
}

fn search(folder: &Path) -> Left {
    let mut left = Left::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let is_file = || entry.file_type().is_ok_and(|kind| kind.is_file());
        if let Some(target) = name.to_str().and_then(target)
            && is_file()
        {
            left.entry(target.into()).or_default().push(entry.path());
        }
    }
    left
}

/// The target of a temporary name.
fn target(name: &str) -> Option<&str> {
    let name = name.strip_prefix('.')?.strip_suffix(SUFFIX)?;
    let (target, random) = name.rsplit_once('.')?;
    let is_random = random.len() == RANDOM && random.bytes().all(|it| it.is_ascii_alphanumeric());
    (is_random && !target.is_empty()).then_some(target)
}

/// The system's words, without the temporary path that `tempfile` adds.
fn plain(error: &io::Error) -> String {
    let inner = error.get_ref().and_then(|inner| inner.source());
    inner.map_or_else(|| error.to_string(), ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn temporary_names_know_their_targets() {
        assert_eq!(target(".out.csv.aB3dE6.tmp"), Some("out.csv"));
        for name in [
            "out.csv.aB3dE6.tmp",
            ".aB3dE6.tmp",
            ".out.csv.aB3dE.tmp",
            ".out.csv.aB-dE6.tmp",
            ".out.csv.aB3dE6",
        ] {
            assert_eq!(target(name), None, "{name}");
        }
    }

    #[test]
    fn a_file_in_use_is_not_swept() {
        let folder = tempfile::tempdir().unwrap();
        let (first, _first) = create(folder.path(), OsStr::new("out.csv")).unwrap();
        let left = folder.path().join(".out.csv.abcdef.tmp");
        fs::write(&left, "left").unwrap();
        let other = folder.path().join(".other.csv.abcdef.tmp");
        fs::write(&other, "left").unwrap();
        // As another run would see the folder.
        FOLDERS.lock().as_mut().unwrap().clear();
        let (second, _second) = create(folder.path(), OsStr::new("out.csv")).unwrap();
        assert!(first.path().exists() && second.path().exists());
        assert!(!left.exists() && other.exists());
    }
}
