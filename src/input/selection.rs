//! Lists of input files, and patterns that exclude files.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use glob::{MatchOptions, Pattern, PatternError};

use super::discover::{Discovery, Input, Missing};
use crate::model::catalog::nearest;

/// A pattern without a slash is compared with each name in a path, as in .gitignore.
const OF_NAMES: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: false,
};

/// The paths of a list: one per line, or one before each NUL character, as `find -print0` writes them.
pub fn paths_of_list(list: &[u8]) -> Vec<PathBuf> {
    // Programs of Windows write a mark of UTF-8.
    let list = list.strip_prefix(b"\xef\xbb\xbf").unwrap_or(list);
    let is_end = match list.contains(&0) {
        true => |byte: &u8| *byte == 0,
        false => |byte: &u8| *byte == b'\n',
    };
    let names = list.split(is_end);
    let names = names.map(|name| name.strip_suffix(b"\r").unwrap_or(name));
    names.filter(|name| !name.is_empty()).map(path).collect()
}

#[cfg(unix)]
fn path(name: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt as _;
    OsStr::from_bytes(name).into()
}

#[cfg(not(unix))]
fn path(name: &[u8]) -> PathBuf {
    String::from_utf8_lossy(name).into_owned().into()
}

/// The pattern of files that are not read. One without a slash is a name. One with a slash is a path, which may
/// begin in any folder unless it is absolute. A slash at the end names a folder.
pub fn pattern(typed: &str) -> Result<Pattern, PatternError> {
    let pattern = typed.trim_end_matches('/');
    match pattern.contains('/') && !Path::new(pattern).is_absolute() {
        true => Pattern::new(&format!("**/{}", pattern.trim_start_matches("./"))),
        false => Pattern::new(pattern),
    }
}

/// Returns true if a pattern matches a path, or a folder on it below the argument: `relative` is the path from
/// there. Folders above are only what an absolute pattern names.
fn matches(pattern: &Pattern, path: &Path, relative: &Path) -> bool {
    let is_path = pattern.as_str().contains('/');
    let is_match = |it: &Path| {
        let name = it.file_name().unwrap_or_default();
        let text = if is_path { it.as_os_str() } else { name };
        !it.as_os_str().is_empty() && pattern.matches_with(&text.to_string_lossy(), OF_NAMES)
    };
    if Path::new(pattern.as_str()).is_absolute() {
        let path = std::path::absolute(path);
        return path.is_ok_and(|path| path.ancestors().any(is_match));
    }
    let below = relative.components().count();
    path.ancestors().take(below).any(is_match)
}

/// The path or the name of an input, or of a folder on it, that is nearest to a pattern as it was typed.
fn nearest_to(typed: &str, discovery: &Discovery) -> Option<String> {
    let typed = typed.trim_end_matches('/').trim_start_matches("./");
    let length = typed.split('/').count();
    let mut candidates = BTreeSet::new();
    for found in &discovery.inputs {
        let Input::File(path) = &found.input else {
            continue;
        };
        let below = found.relative.components().count();
        for part in path.ancestors().take(below) {
            // As many names as the pattern has.
            let names: Vec<_> = part.iter().rev().take(length).collect();
            let end: PathBuf = names.iter().rev().collect();
            candidates.insert(end.to_string_lossy().into_owned());
        }
    }
    nearest(typed, candidates.iter().map(String::as_str)).map(str::to_owned)
}

/// Removes the files that one of the patterns matches, and counts them. Each pattern comes with the text that
/// was typed.
pub fn exclude(discovery: &mut Discovery, patterns: &[(String, Pattern)]) {
    let mut used = vec![false; patterns.len()];
    let mut is_excluded = |path: &Path, relative: &Path| {
        // Each pattern is tried, to know those that match nothing.
        let mut is_excluded = false;
        for ((_, pattern), used) in patterns.iter().zip(&mut used) {
            if matches(pattern, path, relative) {
                (*used, is_excluded) = (true, true);
            }
        }
        is_excluded
    };
    let mut inputs = std::mem::take(&mut discovery.inputs);
    let before = inputs.len();
    inputs.retain(|found| match &found.input {
        Input::File(path) => !is_excluded(path, &found.relative),
        _ => true,
    });
    discovery.missing.retain(|missing| {
        let path = Path::new(&missing.argument);
        missing.empty || !is_excluded(path, path)
    });
    discovery.excluded += before - inputs.len();
    discovery.inputs = inputs;
    for ((typed, _), _) in patterns.iter().zip(used).filter(|(_, used)| !used) {
        let near = nearest_to(typed, discovery);
        discovery.unmatched.push((typed.clone(), near));
    }
    if before > 0 && discovery.inputs.is_empty() {
        discovery.missing.push(Missing {
            argument: "--exclude".to_owned(),
            reason: "the patterns exclude every file".to_owned(),
            empty: true,
            near: None,
        });
    }
}
