//! The nearest existing path to a mistyped one.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::diagnostic::words::listed;
use crate::error::Error;
use crate::model::catalog::near;

/// The reason why a path cannot be read, in words.
pub fn words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        _ => error.to_string(),
    }
}

/// Returns true if a folder is searched for files of such a name: `*.json`, `*.ndjson`, `*.jsonl`, also
/// with `.gz` or `.zst`.
pub fn is_document_name(name: &OsStr) -> bool {
    let is = |path: &Path, wanted: &[&str]| {
        path.extension()
            .is_some_and(|it| wanted.iter().any(|want| it.eq_ignore_ascii_case(want)))
    };
    let name = Path::new(name);
    let inner = if is(name, &["gz", "zst"]) {
        name.file_stem().unwrap_or_default()
    } else {
        name.as_os_str()
    };
    is(Path::new(inner), &["json", "ndjson", "jsonl"])
}

/// Number of files that are listed if none has a near name.
const LISTED: usize = 5;

/// The error for a file that cannot be read; its help names the nearest path if it does not exist.
pub fn unreadable(path: &Path, error: &io::Error) -> Error {
    with_near(format!("cannot read {}", path.display()), path, error)
}

/// The error for the file of an option, as [`unreadable`].
pub fn unreadable_option(option: &str, path: &Path, error: &io::Error) -> Error {
    with_near(format!("{option} {}", path.display()), path, error)
}

fn with_near(subject: String, path: &Path, error: &io::Error) -> Error {
    let refused = Error::io(format!("{subject}: {}", words(error)));
    if path.exists() {
        return refused;
    }
    match (nearest(path), alike(path)) {
        (Some(near), _) => refused.help(format!("did you mean `{}`?", near.display())),
        (None, Some(files)) => refused.help(files),
        (None, None) => refused,
    }
}

/// Names the files of the folder that have the extension of a path.
fn alike(path: &Path) -> Option<String> {
    let extension = path.extension()?.to_str()?;
    let folder = path.parent()?;
    let mut files: Vec<String> = names(folder)?
        .into_iter()
        .filter(|name| has_extension(name, extension))
        .map(|name| format!("`{}`", folder.join(name).display()))
        .collect();
    files.sort();
    let list = listed(&files, LISTED);
    (!files.is_empty()).then(|| format!("the folder has {list}"))
}

/// The names of the entries of a folder.
fn names(folder: &Path) -> Option<Vec<String>> {
    let is_here = folder.as_os_str().is_empty();
    let entries = fs::read_dir(if is_here { Path::new(".") } else { folder });
    let names = entries.ok()?.flatten().map(|entry| entry.file_name());
    Some(names.filter_map(|name| name.into_string().ok()).collect())
}

fn has_extension(name: &str, extension: &str) -> bool {
    let found = Path::new(name).extension();
    found.is_some_and(|it| it.eq_ignore_ascii_case(extension))
}

/// The existing path nearest to one that does not exist.
pub fn nearest(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let Some(names) = names(folder) else {
        // A file instead of a folder can be read itself. A folder that cannot be read has no names.
        if folder.exists() {
            return folder.is_file().then(|| folder.to_owned());
        }
        let folder = nearest(folder)?;
        let same = folder.join(name);
        return match same.exists() {
            true => Some(same),
            false if folder.is_dir() => nearest(&same).or(Some(folder)),
            false => Some(folder),
        };
    };
    let typed = name.to_str()?;
    let has_more = |it: &&str| {
        it.strip_prefix(typed)
            .is_some_and(|rest| rest.starts_with('.'))
    };
    let all = || names.iter().map(String::as_str);
    // A backup such as `a.json.bak` is not read.
    let extension = Path::new(typed).extension().and_then(|it| it.to_str());
    let is_read = |it: &&str| {
        let is_alike = extension.is_some_and(|extension| has_extension(it, extension));
        is_alike || !it.contains('.') || is_document_name(it.as_ref())
    };
    // Users forget an extension more often than they mistype a letter.
    let longer = all().filter(has_more);
    let near = longer.min_by_key(|it| (!is_read(it), !it.contains(".json"), *it));
    let near = near.filter(is_read).or_else(|| {
        let read = near::nearest(typed, all().filter(is_read));
        read.or(near).or_else(|| near::nearest(typed, all()))
    })?;
    Some(folder.join(near))
}
