//! Findings that are known: hidden by code, place in the structure and content, so that a gate can
//! stand before data that is not clean yet. Lines play no part.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, BufReader, Read, Write};

use serde::{Deserialize, Serialize};

use super::fingerprint::FindingKey;
use super::{Code, Diagnostic, UnreadExtent};
use crate::json::Path;

/// The version of the file.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BaselineEntry {
    file: String,
    code: String,
    pointer: String,
    content: String,
    count: usize,
    /// For people, who read what they accept.
    message: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BaselineFile {
    version: u32,
    findings: Vec<BaselineEntry>,
}

/// The known findings of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
struct KnownFindings {
    /// Number of known findings.
    count: usize,
    /// Number of known findings that were not found yet.
    left: usize,
    message: String,
}

/// The part of a key that does not depend on the file.
type Elsewhere = (Code, String, u64);

/// The known findings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    known: BTreeMap<FindingKey, KnownFindings>,
    /// Keys of files that are gone: what they held may have moved.
    moved: HashMap<Elsewhere, Vec<FindingKey>>,
}

/// Returns whether a baseline can hide findings of a code. It never hides that something could not be
/// read.
pub fn can_be_known(code: Code) -> bool {
    code.unread() == UnreadExtent::Nothing && code != Code::StaleBaseline
}

impl Baseline {
    /// Reads a file. Inside is what is wrong with its text, in words.
    pub fn read(file: impl Read) -> io::Result<Result<Self, String>> {
        let document: BaselineFile = match serde_json::from_reader(BufReader::new(file)) {
            Ok(document) => document,
            Err(error) if error.is_io() => return Err(error.into()),
            Err(error) => return Ok(Err(error.to_string())),
        };
        if document.version != VERSION {
            let other = document.version;
            return Ok(Err(format!(
                "version {other} is not the version {VERSION} that this gcagg reads"
            )));
        }
        let mut baseline = Self::default();
        let mut entries = document.findings.into_iter();
        let added = entries.try_for_each(|entry| baseline.add_entry(entry));
        Ok(added.map(|()| baseline))
    }

    fn add_entry(&mut self, entry: BaselineEntry) -> Result<(), String> {
        let code = Code::parse(&entry.code)
            .ok_or_else(|| format!("`{}` is not a code of this version", entry.code))?;
        if !can_be_known(code) {
            // A baseline of an earlier version, or one that somebody edited.
            return Ok(());
        }
        let content = u64::from_str_radix(&entry.content, 16)
            .map_err(|_| format!("`{}` is not a content hash", entry.content))?;
        let key = FindingKey {
            file: entry.file,
            code,
            pattern: entry.pointer,
            content,
        };
        self.add(key, entry.count, &entry.message);
        Ok(())
    }

    /// Adds findings of one key.
    pub fn add(&mut self, key: FindingKey, count: usize, message: &str) {
        let known = self.known.entry(key).or_insert_with(|| KnownFindings {
            count: 0,
            left: 0,
            message: message.to_owned(),
        });
        known.count += count;
        known.left += count;
    }

    /// Returns the number of known findings.
    pub fn len(&self) -> usize {
        self.known.values().map(|known| known.count).sum()
    }

    /// Lets what is known of files that are gone count wherever it stands now.
    pub fn follow(&mut self, exists: impl Fn(&str) -> bool) {
        let mut there: HashMap<&str, bool> = HashMap::new();
        for key in self.known.keys() {
            let is = there.entry(&key.file).or_insert_with(|| exists(&key.file));
            if !*is {
                let elsewhere = (key.code, key.pattern.clone(), key.content);
                self.moved.entry(elsewhere).or_default().push(key.clone());
            }
        }
    }

    /// Returns true if a finding is known; each known one hides one.
    pub fn hides(&mut self, key: &FindingKey) -> bool {
        if take(&mut self.known, key) {
            return true;
        }
        if self.moved.is_empty() {
            return false;
        }
        let elsewhere = (key.code, key.pattern.clone(), key.content);
        let keys = self.moved.get(&elsewhere);
        keys.is_some_and(|keys| keys.iter().any(|key| take(&mut self.known, key)))
    }

    /// Returns a finding for each known finding that no longer occurs.
    pub fn stale(&self) -> Vec<(&FindingKey, Diagnostic)> {
        let left = self.known.iter().filter(|(_, known)| known.left > 0);
        left.map(|(key, known)| (key, stale(key, known))).collect()
    }

    /// The known findings that were not found: key, number, and the first message.
    pub fn left(&self) -> impl Iterator<Item = (&FindingKey, usize, &str)> {
        let left = self.known.iter().filter(|(_, known)| known.left > 0);
        left.map(|(key, known)| (key, known.left, known.message.as_str()))
    }

    /// Writes a finding a line, sorted, so that a change of the file is a change of few lines.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        write!(out, "{{\"version\":{VERSION},\"findings\":[")?;
        for (index, (key, known)) in self.known.iter().enumerate() {
            write!(out, "{}", if index == 0 { "\n" } else { ",\n" })?;
            let entry = BaselineEntry {
                file: key.file.clone(),
                code: key.code.id().to_owned(),
                pointer: key.pattern.clone(),
                content: format!("{:016x}", key.content),
                count: known.count,
                message: known.message.clone(),
            };
            serde_json::to_writer(&mut *out, &entry)?;
        }
        writeln!(out, "{}]}}", if self.known.is_empty() { "" } else { "\n" })
    }
}

fn take(known: &mut BTreeMap<FindingKey, KnownFindings>, key: &FindingKey) -> bool {
    match known.get_mut(key) {
        Some(known) if known.left > 0 => {
            known.left -= 1;
            true
        }
        _ => false,
    }
}

fn stale(key: &FindingKey, known: &KnownFindings) -> Diagnostic {
    let (code, name) = (key.code.id(), key.code.name());
    let gone = match (known.left, known.count) {
        (1, 1) => "a known finding".to_owned(),
        (left, count) if left == count => format!("{count} known findings"),
        (left, count) => format!("{left} of {count} known findings"),
    };
    let place = match key.pattern.as_str() {
        "" => String::new(),
        pattern => format!(" at {pattern}"),
    };
    let mut finding = Diagnostic::new(
        Code::StaleBaseline,
        format!("{gone} of {code} {name}{place}: no longer in this file"),
    )
    .cause(format!("{code} {}", key.content))
    .help("write the baseline again with --write-baseline");
    finding.path = Path::of_keys(&key.pattern);
    finding
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(file: &str, content: u64) -> FindingKey {
        FindingKey {
            file: file.into(),
            code: Code::NegativeValue,
            pattern: "/a/*".into(),
            content,
        }
    }

    #[test]
    fn three_are_known_and_a_fourth_is_new() {
        let mut baseline = Baseline::default();
        baseline.add(key("a", 1), 3, "m");
        for _ in 0..3 {
            assert!(baseline.hides(&key("a", 1)));
        }
        assert!(!baseline.hides(&key("a", 1)));
        assert!(baseline.stale().is_empty());
        assert!(!baseline.hides(&key("a", 2)) && !baseline.hides(&key("b", 1)));
    }

    #[test]
    fn what_is_gone_is_told_with_its_number() {
        let mut baseline = Baseline::default();
        baseline.add(key("a", 1), 3, "m");
        assert!(baseline.hides(&key("a", 1)));
        let stale = baseline.stale();
        let words = "2 of 3 known findings of M005 negative-value at /a/*: no longer in this file";
        assert_eq!(stale[0].1.message, words);
        let left = baseline.left().map(|(_, count, _)| count);
        assert_eq!(left.collect::<Vec<_>>(), [2]);
    }

    #[test]
    fn a_file_that_was_renamed_takes_its_findings_along() {
        let mut baseline = Baseline::default();
        baseline.add(key("old", 1), 1, "m");
        baseline.add(key("other", 1), 1, "m");
        baseline.follow(|file| file == "other");
        assert!(baseline.hides(&key("new", 1)));
        assert!(!baseline.hides(&key("new", 1)));
    }

    #[test]
    fn what_is_written_reads_the_same() {
        let mut baseline = Baseline::default();
        baseline.add(key("b\n", u64::MAX), 2, "\"m\"");
        baseline.add(key("a", 0), 1, "");
        let mut out = Vec::new();
        baseline.write(&mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let parse = |text: &str| Baseline::read(text.as_bytes()).unwrap();
        assert_eq!(parse(&text), Ok(baseline));
        assert_eq!(text.lines().count(), 4);
        let mut out = Vec::new();
        Baseline::default().write(&mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(parse(&text), Ok(Baseline::default()));
        assert!(parse("{}").unwrap_err().contains("version"));
        let newer = parse("{\"version\":2,\"findings\":[]}");
        assert!(newer.unwrap_err().contains("version 2"));
    }
}
