//! File names as programs that look at a repository want them.

use std::path::{Component, Path, PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Characters that are not escaped in the path of a URI (RFC 3986: unreserved, and `/`).
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The path with `/`, without `.` and `..`, relative to the working folder where it lies below it.
/// Standard input is `stdin`.
pub fn path(file: &str, folder: Option<&Path>) -> String {
    if file == "-" {
        return "stdin".to_owned();
    }
    let path = Path::new(file);
    let Some(folder) = folder else {
        return slashes(&tidied(path));
    };
    let whole = tidied(&folder.join(path));
    let folder = tidied(folder);
    slashes(whole.strip_prefix(&folder).unwrap_or(&whole))
}

/// The path as a file in `base` has it: relative to `base` where it lies below it, else as `path`.
pub fn below(file: &str, folder: &Path, base: &Path) -> String {
    let whole = tidied(&folder.join(file));
    match whole.strip_prefix(tidied(base)) {
        Ok(relative) if file != "-" => slashes(relative),
        _ => path(file, Some(folder)),
    }
}

/// The path as a URI reference: relative, or `file:///…`.
pub fn reference(file: &str, folder: Option<&Path>) -> String {
    let path = path(file, folder);
    let encoded = utf8_percent_encode(&path, PATH).to_string();
    if encoded.starts_with('/') {
        format!("file://{encoded}")
    } else if Path::new(&path).is_absolute() {
        format!("file:///{encoded}")
    } else {
        encoded
    }
}

fn tidied(path: &Path) -> PathBuf {
    let mut tidied = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if tidied.file_name().is_some_and(|name| name != "..") => {
                tidied.pop();
            }
            part => tidied.push(part),
        }
    }
    tidied
}

fn slashes(path: &Path) -> String {
    let text = path.to_string_lossy();
    if cfg!(windows) {
        text.replace('\\', "/")
    } else {
        text.into_owned()
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn are_relative_where_they_can_be() {
        let folder = Some(Path::new("/repo/data"));
        for (file, expected) in [
            ("a.json", "a.json"),
            ("./x/../a.json", "a.json"),
            ("/repo/data/x/a.json", "x/a.json"),
            ("../a.json", "/repo/a.json"),
            ("-", "stdin"),
        ] {
            assert_eq!(path(file, folder), expected);
        }
        assert_eq!(path("./a.json", None), "a.json");
    }

    #[test]
    fn are_seen_from_a_file_beside_them() {
        let below = |file| below(file, Path::new("/repo/data"), Path::new("/repo/data/.."));
        assert_eq!(below("a.json"), "data/a.json");
        assert_eq!(below("../../x/a.json"), "/x/a.json");
        assert_eq!(below("-"), "stdin");
    }

    #[test]
    fn are_encoded() {
        let folder = Some(Path::new("/repo"));
        assert_eq!(
            reference("a b/ü#1%:?.json", folder),
            "a%20b/%C3%BC%231%25%3A%3F.json"
        );
        assert_eq!(reference("/x/a b.json", folder), "file:///x/a%20b.json");
    }
}
