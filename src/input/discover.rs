//! From the arguments of a command line to the list of inputs that will be read.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use glob::{MatchOptions, Pattern};
use walkdir::{DirEntry, WalkDir};

use super::file_span::Span;
use super::near_path::{self, is_document_name};

const IN_FOLDERS: &str = "no *.json, *.ndjson or *.jsonl (also with .gz or .zst) in this folder";

/// Shells let neither `*` cross a folder nor match a leading dot; neither do we.
const LIKE_A_SHELL: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: true,
};

/// Something to read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub enum Input {
    #[default]
    Stdin,
    File(PathBuf),
    /// Part of a file.
    Span {
        path: PathBuf,
        span: Span,
    },
    /// A part of a file that is read in place of an input with this name.
    Copy {
        name: String,
        file: PathBuf,
        start: u64,
        length: u64,
    },
    /// Bytes in memory with their name.
    Memory(String, Arc<[u8]>),
}

impl Input {
    /// The name to show: `-` for standard input, else the path as it was reached.
    ///
    /// Bytes that are no UTF-8 become `\xNN`, so that two paths never look the same.
    pub fn name(&self) -> String {
        match self {
            Self::Stdin => "-".to_owned(),
            Self::File(path) => lossless(path),
            Self::Span { path, .. } => lossless(path),
            Self::Copy { name, .. } | Self::Memory(name, _) => name.clone(),
        }
    }
}

/// An input, and where it lay below the argument that led to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    pub input: Input,
    /// The path below the folder (or the fixed part of the pattern) that was given, the bare name
    /// of a file that was given itself, `stdin` for standard input. Never absolute, never with `..`.
    pub relative: PathBuf,
}

/// An argument, or a path within it, without an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    pub argument: String,
    pub reason: String,
    /// True if it exists without a file to read: a folder or a pattern.
    pub empty: bool,
    /// The nearest path that exists.
    pub near: Option<PathBuf>,
}

/// Inputs that were found for the arguments.
#[derive(Debug, Clone, Default)]
pub struct Discovery {
    /// In the order of the arguments; within a folder or a pattern in lexical order.
    pub inputs: Vec<Found>,
    pub missing: Vec<Missing>,
    /// Number of entries of folders that were ignored: hidden ones (a hidden folder counts once) and
    /// files of other kinds.
    pub skipped: usize,
    /// Number of these that are hidden.
    pub hidden: usize,
    /// Number of files that `--exclude` removed.
    pub excluded: usize,
    /// The patterns of `--exclude` that match nothing, each with the nearest path.
    pub unmatched: Vec<(String, Option<String>)>,
    /// A folder was searched, or a pattern expanded.
    pub searched: bool,
    /// Number of times that a file was found again.
    pub repeated: usize,
    /// The identities of the inputs.
    seen: HashSet<FileIdentity>,
}

/// Finds the inputs that `arguments` name, and lists the arguments without an input.
pub fn discover(arguments: &[PathBuf]) -> Discovery {
    let mut found = Discovery::default();
    for argument in arguments {
        // A shell expands `*.json` to manifests too; one that is named alone is meant.
        if arguments.len() > 1 && is_manifest(argument) && argument.is_file() {
            found.skipped += 1;
            continue;
        }
        found.argument(argument);
    }
    found
}

impl Discovery {
    fn argument(&mut self, argument: &Path) {
        if argument == Path::new("-") {
            return self.add(FileIdentity::Standard, Input::Stdin, "stdin".into());
        }
        match fs::metadata(argument) {
            Ok(metadata) if metadata.is_dir() => self.folder(argument, argument),
            Ok(metadata) => self.file(argument, &metadata, argument.parent()),
            // Only then a pattern: `report[1].json` may well be the name of a file.
            Err(_) if has_wildcard(argument.as_os_str()) => self.pattern(argument),
            Err(error) => self.miss(argument, near_path::words(&error)),
        }
    }

    fn file(&mut self, path: &Path, metadata: &Metadata, base: Option<&Path>) {
        let below = base
            .and_then(|base| path.strip_prefix(base).ok())
            .unwrap_or(path);
        let relative = below
            .components()
            .filter(|part| matches!(part, Component::Normal(_)));
        let relative = relative.collect();
        let real =
            || FileIdentity::Name(fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()));
        let identity = FileIdentity::of(metadata).unwrap_or_else(real);
        self.add(identity, Input::File(path.to_owned()), relative);
    }

    /// Adds an input, or counts that it was found again.
    fn add(&mut self, identity: FileIdentity, input: Input, relative: PathBuf) {
        match self.seen.insert(identity) {
            true => self.inputs.push(Found { input, relative }),
            false => self.repeated += 1,
        }
    }

    fn pattern(&mut self, argument: &Path) {
        self.searched = true;
        let (mut base, mut errors) = (PathBuf::new(), Vec::new());
        let paths = match expand(argument, &mut base, &mut errors) {
            Ok(paths) => paths,
            Err(error) => return self.miss(argument, format!("not a valid pattern: {error}")),
        };
        if paths.is_empty() && errors.is_empty() {
            return self.empty(argument, "no file matches this pattern");
        }
        for path in paths {
            match fs::metadata(&path) {
                Ok(metadata) if metadata.is_dir() => self.folder(&path, &base),
                Ok(_) if is_manifest(&path) => self.skipped += 1,
                Ok(metadata) => self.file(&path, &metadata, Some(&base)),
                Err(error) => self.miss(&path, near_path::words(&error)),
            }
        }
        for (path, error) in errors {
            self.miss(&path, error.to_string());
        }
    }

    fn folder(&mut self, folder: &Path, base: &Path) {
        self.searched = true;
        let counts = |it: &Self| (it.inputs.len(), it.missing.len(), it.repeated);
        let before = counts(self);
        // Sorted by name in every folder, which is the lexical order of the paths.
        let mut entries = WalkDir::new(folder)
            .follow_links(true)
            .sort_by_file_name()
            .into_iter();
        while let Some(entry) = entries.next() {
            match entry {
                Ok(entry) if entry.depth() > 0 && is_hidden(entry.file_name()) => {
                    self.skipped += 1;
                    self.hidden += 1;
                    if entry.file_type().is_dir() {
                        entries.skip_current_dir();
                    }
                }
                Ok(entry) => self.entry(&entry, base),
                Err(error) => self.walk_error(&error, folder),
            }
        }
        if before == counts(self) {
            self.empty(folder, IN_FOLDERS);
        }
    }

    fn entry(&mut self, entry: &DirEntry, base: &Path) {
        let kind = entry.file_type();
        if kind.is_dir() {
            return;
        }
        // A pipe or a device that merely lies in a folder could block for ever.
        if !kind.is_file() || !is_document_name(entry.file_name()) || is_manifest(entry.path()) {
            self.skipped += 1;
            return;
        }
        match entry.metadata() {
            Ok(metadata) => self.file(entry.path(), &metadata, Some(base)),
            Err(error) => self.miss(entry.path(), reason_of(&error)),
        }
    }

    fn walk_error(&mut self, error: &walkdir::Error, folder: &Path) {
        let path = error.path().unwrap_or(folder);
        let name = path.file_name().unwrap_or_default();
        // Dangling links are everyday things (an editor's lock files): only those that bear a
        // document's name are missed.
        let dangling = error.loop_ancestor().is_none() && path.is_symlink() && !path.exists();
        if error.depth() > 0 && (is_hidden(name) || (dangling && !is_document_name(name))) {
            self.skipped += 1;
            self.hidden += usize::from(is_hidden(name));
        } else {
            self.miss(path, reason_of(error));
        }
    }

    fn miss(&mut self, path: &Path, reason: String) {
        self.missing.push(Missing {
            argument: lossless(path),
            reason,
            empty: false,
            near: match path.symlink_metadata().is_ok() {
                true => None,
                false => near_path::nearest(path),
            },
        });
    }

    fn empty(&mut self, path: &Path, reason: &str) {
        self.missing.push(Missing {
            argument: lossless(path),
            reason: reason.to_owned(),
            empty: true,
            near: None,
        });
    }
}

/// Returns true if this is the name of a manifest, which `gcagg fetch` writes beside a response.
fn is_manifest(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.as_encoded_bytes().ends_with(b".manifest.json"))
}

/// Expands a pattern part by part. Adds the part in front of the first wildcard to `base`, and what cannot
/// be read to `errors`.
///
/// `glob::glob` would leave out names that are no UTF-8 without a word, so only its matcher is used.
fn expand(
    pattern: &Path,
    base: &mut PathBuf,
    errors: &mut Vec<(PathBuf, io::Error)>,
) -> Result<Vec<PathBuf>, glob::PatternError> {
    let mut wild = false;
    let mut paths = vec![PathBuf::new()];
    for part in pattern.components() {
        let part = part.as_os_str();
        if part == "**" {
            wild = true;
            paths = paths
                .iter()
                .flat_map(|path| folders_below(path, errors))
                .collect();
            // A second `**` finds each folder once for every folder above it.
            paths.sort();
            paths.dedup();
            errors.sort_by(|(one, _), (other, _)| one.cmp(other));
            errors.dedup_by(|(one, _), (other, _)| one == other);
        } else if has_wildcard(part) {
            wild = true;
            let matcher = Pattern::new(&part.to_string_lossy())?;
            let folders = paths.iter().filter(|path| or_here(path).is_dir());
            paths = folders
                .flat_map(|path| matches_in(path, &matcher, errors))
                .collect();
        } else {
            paths.iter_mut().for_each(|path| path.push(part));
            if wild {
                paths.retain(|path| path.exists());
            } else {
                base.push(part);
            }
        }
    }
    paths.sort();
    paths.dedup();
    Ok(paths)
}

/// The entries of a folder whose names match, and what went wrong on the way.
fn matches_in(
    folder: &Path,
    matcher: &Pattern,
    errors: &mut Vec<(PathBuf, io::Error)>,
) -> Vec<PathBuf> {
    let entries = match fs::read_dir(or_here(folder)) {
        Ok(entries) => entries,
        Err(error) => {
            // A fixed part that does not exist is simply a pattern without a match.
            if error.kind() != io::ErrorKind::NotFound {
                errors.push((or_here(folder).to_owned(), error));
            }
            return Vec::new();
        }
    };
    let mut found = Vec::new();
    for entry in entries {
        match entry {
            Ok(entry) => {
                let name = entry.file_name();
                if matcher.matches_with(&name.to_string_lossy(), LIKE_A_SHELL) {
                    found.push(folder.join(name));
                }
            }
            Err(error) => errors.push((or_here(folder).to_owned(), error)),
        }
    }
    found
}

/// `**`: the folder itself and all folders below, hidden ones and links left out, as shells do.
fn folders_below(folder: &Path, errors: &mut Vec<(PathBuf, io::Error)>) -> Vec<PathBuf> {
    let start = or_here(folder);
    if !start.is_dir() {
        return Vec::new();
    }
    let visible = |entry: &DirEntry| entry.depth() == 0 || !is_hidden(entry.file_name());
    let mut folders = Vec::new();
    for entry in WalkDir::new(start).into_iter().filter_entry(visible) {
        match entry {
            // A link at the start was asked for by name.
            Ok(entry) if entry.file_type().is_dir() || entry.depth() == 0 => {
                let below = entry.path().strip_prefix(start).unwrap_or(entry.path());
                folders.push(folder.join(below));
            }
            Ok(_) => {}
            Err(error) => {
                let path = error.path().unwrap_or(start).to_owned();
                let reason = reason_of(&error);
                errors.push((
                    path,
                    error
                        .into_io_error()
                        .unwrap_or_else(|| io::Error::other(reason)),
                ));
            }
        }
    }
    folders
}

fn or_here(path: &Path) -> &Path {
    if path.as_os_str().is_empty() {
        Path::new(".")
    } else {
        path
    }
}

fn has_wildcard(text: &OsStr) -> bool {
    text.as_encoded_bytes()
        .iter()
        .any(|byte| b"*?[".contains(byte))
}

fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".")
}

fn reason_of(error: &walkdir::Error) -> String {
    match (error.loop_ancestor(), error.io_error()) {
        (Some(ancestor), _) => format!("a link back to its parent folder {}", lossless(ancestor)),
        (None, Some(system)) => near_path::words(system),
        (None, None) => error.to_string(),
    }
}

fn lossless(path: &Path) -> String {
    let mut name = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        name.push_str(chunk.valid());
        for byte in chunk.invalid() {
            name.push_str(&format!("\\x{byte:02X}"));
        }
    }
    name
}

/// The identity of an input or output: two names of the same file have the same. It is found without
/// opening the file, which would block on a pipe.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum FileIdentity {
    /// Standard input or output.
    Standard,
    /// Device and inode of a file that exists: hard links have the same.
    Inode(u64, u64),
    /// The name that a file has behind all links.
    Name(PathBuf),
}

impl FileIdentity {
    /// The device and the inode of a file; `None` where files have none.
    #[cfg(unix)]
    pub fn of(metadata: &Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        Some(Self::Inode(metadata.dev(), metadata.ino()))
    }

    #[cfg(not(unix))]
    pub fn of(_: &Metadata) -> Option<Self> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "{}").unwrap();
        }
        folder
    }

    fn relatives(found: &Discovery) -> Vec<String> {
        found
            .inputs
            .iter()
            .map(|found| lossless(&found.relative))
            .collect()
    }

    #[test]
    fn folders_are_searched_in_lexical_order() {
        let tree = tree(&[
            "b.json",
            "a/z.ndjson.gz",
            "a/B.JSONL",
            "c.json.zst",
            "c.csv",
            "c.gz",
            ".json",
            ".git/x.json",
        ]);
        let found = discover(&[tree.path().to_owned()]);
        assert_eq!(
            relatives(&found),
            ["a/B.JSONL", "a/z.ndjson.gz", "b.json", "c.json.zst"]
        );
        assert_eq!((found.skipped, found.missing.len()), (4, 0));
    }

    #[test]
    fn a_file_is_read_once_and_any_name_will_do() {
        let tree = tree(&["x.txt", "y.json"]);
        let file = tree.path().join("x.txt");
        let dotted = tree.path().join(".").join("x.txt");
        let stdin = PathBuf::from("-");
        let y = tree.path().join("y.json");
        let found = discover(&[
            stdin.clone(),
            y,
            file,
            dotted,
            stdin,
            tree.path().to_owned(),
        ]);
        assert_eq!(relatives(&found), ["stdin", "y.json", "x.txt"]);
        assert_eq!(found.inputs[0].input.name(), "-");
        assert_eq!((found.repeated, found.missing.len()), (3, 0));
    }

    #[test]
    fn patterns_are_expanded() {
        let tree = tree(&[
            "2/a.json",
            "1/a.json",
            "1/sub/b.json",
            ".h/a.json",
            "1/c[1].json",
            "1/q.txt",
        ]);
        let at = |pattern: &str| discover(&[tree.path().join(pattern)]);
        assert_eq!(relatives(&at("*/a.json")), ["1/a.json", "2/a.json"]);
        assert_eq!(
            relatives(&at("**/[ab].json")),
            ["1/a.json", "1/sub/b.json", "2/a.json"]
        );
        assert_eq!(
            relatives(&at("?")),
            ["1/a.json", "1/c[1].json", "1/sub/b.json", "2/a.json"]
        );
        assert_eq!(relatives(&at("1/*.txt")), ["q.txt"]);
        assert_eq!(relatives(&at("1/c[1].json")), ["c[1].json"]);
        assert_eq!(
            at("*.csv").missing[0].reason,
            "no file matches this pattern"
        );
        assert_eq!(
            at("none/*.csv").missing[0].reason,
            "no file matches this pattern"
        );
        assert!(
            at("a***").missing[0]
                .reason
                .starts_with("not a valid pattern")
        );
    }

    #[test]
    fn what_is_not_there_is_named() {
        let tree = tree(&["x.txt"]);
        let gone = tree.path().join("gone.json");
        let found = discover(&[gone.clone(), tree.path().to_owned()]);
        assert_eq!(found.missing[0].argument, gone.display().to_string());
        assert!(
            found.missing[0].reason.contains("no such file"),
            "{:?}",
            found.missing
        );
        assert_eq!(found.missing[1].reason, IN_FOLDERS);
    }

    #[cfg(unix)]
    #[test]
    fn loops_dangling_links_and_odd_names() {
        use std::os::unix::ffi::OsStrExt;
        use std::os::unix::fs::symlink;
        let tree = tree(&["a.json"]);
        let at = |name: &[u8]| tree.path().join(OsStr::from_bytes(name));
        fs::write(at(b"n\xff.json"), "{}").unwrap();
        symlink(tree.path(), at(b"round")).unwrap();
        symlink("nowhere", at(b".#lock.json")).unwrap();
        symlink("nowhere", at(b"notes")).unwrap();
        symlink("nowhere", at(b"lost.json")).unwrap();
        symlink("a.json", at(b"again.json")).unwrap();
        let found = discover(&[tree.path().to_owned()]);
        assert_eq!(relatives(&found), ["a.json", "n\\xFF.json"]);
        assert_eq!((found.skipped, found.repeated), (2, 1));
        let reasons: Vec<_> = found.missing.iter().map(|it| it.reason.as_str()).collect();
        assert_eq!(reasons.len(), 2, "{reasons:?}");
        assert!(reasons[1].starts_with("a link back to"), "{reasons:?}");
        assert_eq!(discover(&[at(b"n*.json")]).inputs.len(), 1);
        assert_eq!(found.inputs[1].input, Input::File(at(b"n\xff.json")));
    }
}
