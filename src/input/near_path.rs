//! The nearest existing path to a mistyped one.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::model::catalog::near;

/// The reason why a path cannot be read, in words.
pub fn words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        _ => error.to_string(),
    }
}

/// The error for a file that cannot be read; its help names the nearest path if it does not exist.
pub fn unreadable(path: &Path, error: &io::Error) -> Error {
    let refused = Error::io(format!("cannot read {}: {}", path.display(), words(error)));
    match nearest(path).filter(|_| !path.exists()) {
        Some(near) => refused.help(format!("did you mean `{}`?", near.display())),
        None => refused,
    }
}

/// The existing path nearest to one that does not exist.
pub fn nearest(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let is_here = folder.as_os_str().is_empty();
    let listed = if is_here { Path::new(".") } else { folder };
    if !listed.is_dir() {
        // A file instead of a folder can be read itself.
        if folder.exists() {
            return Some(folder.to_owned());
        }
        let folder = nearest(folder)?;
        let same = folder.join(name);
        return match same.exists() {
            true => Some(same),
            false if folder.is_dir() => nearest(&same).or(Some(folder)),
            false => Some(folder),
        };
    }
    let entries = fs::read_dir(listed).ok()?.flatten();
    let names: Vec<String> = { entries }
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    let typed = name.to_str()?;
    let has_more = |it: &&str| {
        it.strip_prefix(typed)
            .is_some_and(|rest| rest.starts_with('.'))
    };
    let all = || names.iter().map(String::as_str);
    // Users forget an extension more often than they mistype a letter.
    let longer = all().filter(has_more);
    let near = longer.min_by_key(|it| (!it.contains(".json"), *it));
    let near = near.or_else(|| near::nearest(typed, all()))?;
    Some(folder.join(near))
}
