//! Lists of input files, and patterns that exclude files.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use glob::{MatchOptions, Pattern};

use super::discover::{Discovery, Found, Input, Missing};

/// A pattern without a slash is compared with each name in a path, as in .gitignore.
const OF_NAMES: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: false,
};

/// The paths of a list: one per line, or one before each NUL character, as `find -print0` writes them.
pub fn paths_of_list(list: &[u8]) -> Vec<PathBuf> {
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

/// Removes the files that one of the patterns matches, and counts them.
pub fn exclude(discovery: &mut Discovery, patterns: &[Pattern]) {
    let is_excluded = |found: &Found| match &found.input {
        Input::File(path) => patterns
            .iter()
            .any(|pattern| matches(pattern, &found.relative) || matches(pattern, path.as_path())),
        _ => false,
    };
    let before = discovery.inputs.len();
    discovery.inputs.retain(|found| !is_excluded(found));
    discovery.excluded += before - discovery.inputs.len();
    discovery.missing.retain(|missing| {
        let path = Path::new(&missing.argument);
        missing.empty || !patterns.iter().any(|pattern| matches(pattern, path))
    });
    if before > 0 && discovery.inputs.is_empty() {
        discovery.missing.push(Missing {
            argument: "--exclude".to_owned(),
            reason: "the patterns exclude every file".to_owned(),
            empty: true,
            near: None,
        });
    }
}

/// Returns true if a pattern matches a path, or a folder on it.
fn matches(pattern: &Pattern, path: &Path) -> bool {
    let is_path = pattern.as_str().contains('/');
    let mut above = path.ancestors().filter(|it| !it.as_os_str().is_empty());
    above.any(|it| {
        let name = it.file_name().unwrap_or_default();
        let text = if is_path { it.as_os_str() } else { name };
        pattern.matches_with(&text.to_string_lossy(), OF_NAMES)
    })
}
