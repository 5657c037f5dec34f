//! The identity of a finding in later runs: its code, its file, its place in the structure and the text
//! there, but not its line.

use std::collections::HashMap;
use std::hash::Hasher as _;
use std::path::Path;

use siphasher::sip::SipHasher24;

use super::uri;
use super::{Code, Located};

/// Values longer than this are known by their beginning and their length.
const WHOLE: usize = 4096;

/// The key of equal findings.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FindingKey {
    /// Relative to the working folder where it lies below it.
    pub file: String,
    pub code: Code,
    /// The pointer with its indices replaced.
    pub pattern: String,
    /// Of the cause and the value at fault.
    pub content: u64,
}

impl FindingKey {
    /// The key of a finding in a file of this name.
    pub fn of(located: &Located, file: String) -> Self {
        let diagnostic = &located.diagnostic;
        let value = located.place.map_or(0, |place| place.content);
        let pattern = diagnostic.path.pattern();
        // A cause is the pattern where none was named.
        let cause = match diagnostic.cause.as_str() {
            "" => &pattern,
            cause => cause,
        };
        Self {
            file,
            code: diagnostic.code,
            content: hash(&[cause.as_bytes(), &value.to_le_bytes()]),
            pattern,
        }
    }

    /// The key and the how-manieth of its kind this is, as one number.
    fn number(&self, nth: u32) -> u64 {
        hash(&[
            self.file.as_bytes(),
            self.code.id().as_bytes(),
            self.pattern.as_bytes(),
            &self.content.to_le_bytes(),
            &u64::from(nth).to_le_bytes(),
        ])
    }
}

/// The content of a value at fault. Objects and arrays are known by their place alone: what else
/// they hold is not what is wrong with them.
pub fn content(text: &str) -> u64 {
    if text.starts_with(['{', '[']) {
        return 0;
    }
    let bytes = text.as_bytes();
    let head = bytes.get(..WHOLE).unwrap_or(bytes);
    hash(&[head, &(bytes.len() as u64).to_le_bytes()])
}

/// The fingerprint of the next finding: no two are equal, and none depends on a line. `seen` has the
/// number of findings of each key; the keys are numbers.
pub fn next(seen: &mut HashMap<u64, u32>, located: &Located, folder: Option<&Path>) -> String {
    let key = FindingKey::of(located, uri::path(&located.file, folder));
    let nth = seen.entry(key.number(0)).or_default();
    *nth += 1;
    format!("{:016x}", key.number(*nth))
}

/// The same on every machine and in every version: baselines are kept for years.
pub fn hash(parts: &[&[u8]]) -> u64 {
    let mut hasher = SipHasher24::new();
    for part in parts {
        hasher.write(&(part.len() as u64).to_le_bytes());
        hasher.write(part);
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::super::render::fixture;
    use super::*;

    #[test]
    fn are_unique_and_free_of_lines() {
        let fingerprints = |findings: &[Located]| -> Vec<String> {
            let mut seen = HashMap::new();
            let print = |located| next(&mut seen, located, None);
            findings.iter().map(print).collect()
        };
        let mut findings = fixture::findings();
        let all = fingerprints(&findings);
        let different: std::collections::HashSet<_> = all.iter().collect();
        assert_eq!(different.len(), findings.len());
        for located in &mut findings {
            if let Some(place) = &mut located.place {
                (place.line, place.end_line) = (place.line + 7, place.end_line + 7);
                place.offset += 100;
            }
        }
        assert_eq!(fingerprints(&findings), all);
    }

    #[test]
    fn know_values_by_what_they_are() {
        assert_ne!(content("\"12\""), content("\"13\""));
        assert_eq!(content("{\"a\":1}"), content("{\"a\":2}"));
        let long = "x".repeat(WHOLE);
        assert_ne!(content(&long), content(&format!("{long}y")));
        // Kept in people's repositories: must never change.
        assert_eq!(format!("{:016x}", content("7")), "eb750b76e231ba8c");
    }
}
