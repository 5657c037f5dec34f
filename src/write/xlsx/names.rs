//! Names of sheets.

use std::collections::HashSet;

use crate::json::text::is_unsafe_in_terminal;

/// The most characters of a name.
const LONGEST: usize = 31;

/// Valid and unique names, made from texts.
#[derive(Debug, Default)]
pub struct SheetNames {
    /// In lower case: programs do not distinguish cases.
    taken: HashSet<String>,
}

impl SheetNames {
    /// A name that resembles a text.
    pub fn of(&mut self, text: &str) -> String {
        let replaced = text.chars().map(|char| match char {
            '[' | ']' | ':' | '*' | '?' | '/' | '\\' => '-',
            char if is_unsafe_in_terminal(char) => '-',
            char => char,
        });
        let base: String = replaced.collect();
        let base = base.trim_matches(['\'', ' ']);
        // Excel keeps this name for itself.
        let base = match base {
            "" => "(none)",
            base if base.eq_ignore_ascii_case("history") => "history-",
            base => base,
        };
        let mut name = cut(base, LONGEST).to_owned();
        let mut number = 2;
        while !self.taken.insert(name.to_lowercase()) {
            let suffix = format!(" ({number})");
            name = format!("{}{suffix}", cut(base, LONGEST - suffix.len()));
            number += 1;
        }
        name
    }
}

/// The beginning of a text: so many UTF-16 units at the most, which is what is counted.
fn cut(text: &str, most: usize) -> &str {
    let mut units = 0;
    for (at, char) in text.char_indices() {
        units += char.len_utf16();
        if units > most {
            return &text[..at];
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_valid_and_unique() {
        let mut names = SheetNames::default();
        let long = "x".repeat(40);
        let given = [
            "voice", "Voice", "a/b:c", "", "'q'", "History", &long, &long,
        ];
        let made: Vec<String> = given.iter().map(|text| names.of(text)).collect();
        assert_eq!(
            made,
            [
                "voice".to_owned(),
                "Voice (2)".to_owned(),
                "a-b-c".to_owned(),
                "(none)".to_owned(),
                "q".to_owned(),
                "history-".to_owned(),
                "x".repeat(31),
                format!("{} (2)", "x".repeat(27)),
            ]
        );
        assert!(names.of(&"😀".repeat(20)).chars().count() <= 15);
    }
}
