//! Ids shortened to what still distinguishes them.

use std::collections::HashSet;

/// Longer values that look like ids are shortened.
const LONGEST: usize = 20;
/// The fewest characters that are left.
const LEAST: usize = 8;
/// More different values are not looked at.
const MOST: usize = 100_000;

/// Number of characters of ids that are shown.
#[derive(Debug, Clone, Copy)]
pub struct Short(Option<usize>);

/// Returns true if a value is an id, which nobody reads: a UUID, say.
fn is_id(value: &str) -> bool {
    let is_part = |char: char| char.is_ascii_hexdigit() || char == '-';
    value.len() > LONGEST && value.chars().all(is_part)
}

impl Short {
    /// The fewest characters that distinguish all ids among these values.
    pub fn of<'v>(values: impl Iterator<Item = &'v str>) -> Self {
        let mut ids: HashSet<&str> = HashSet::new();
        for value in values.filter(|value| is_id(value)) {
            ids.insert(value);
            if ids.len() > MOST {
                return Self(None);
            }
        }
        let mut length = LEAST;
        loop {
            let starts: HashSet<&str> = ids.iter().filter_map(|id| id.get(..length)).collect();
            if starts.len() == ids.len() {
                return Self(Some(length));
            }
            length += 1;
            if length > LONGEST {
                return Self(None);
            }
        }
    }

    /// A value, shortened if it is an id.
    pub fn shown(self, value: &str) -> String {
        match self.0.and_then(|length| value.get(..length)) {
            Some(start) if is_id(value) => format!("{start}…"),
            _ => value.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_stay_distinct() {
        let ids = [
            "424b1fee-9709-4315-85d9-5954058b4714",
            "424b1fee-9809-4315-85d9-5954058b4714",
            "voice",
        ];
        let short = Short::of(ids.into_iter());
        assert_eq!(short.shown(ids[0]), "424b1fee-97…");
        assert_eq!(short.shown("voice"), "voice");
        assert_eq!(Short::of(["voice"].into_iter()).shown(ids[0]), "424b1fee…");
    }
}
