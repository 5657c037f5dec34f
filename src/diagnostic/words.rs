//! Words that everything said about findings shares.

use std::borrow::Borrow;
use std::fmt::Display;

/// `1 file`, `2 files`, `3 entries`.
pub fn counted(number: impl Display, noun: &str) -> String {
    let number = number.to_string();
    let of_queries = noun
        .strip_suffix('y')
        .filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u']));
    match (number.as_str(), of_queries) {
        ("1", _) => format!("1 {noun}"),
        (_, Some(stem)) => format!("{number} {stem}ies"),
        _ => format!("{number} {noun}s"),
    }
}

/// The first names, and how many more there are.
pub fn listed<N: Borrow<str>>(names: &[N], shown: usize) -> String {
    let list = names.get(..shown).unwrap_or(names).join(", ");
    match names.len().saturating_sub(shown) {
        0 => list,
        more => format!("{list} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nouns_follow_their_number() {
        assert_eq!(counted(1, "cause"), "1 cause");
        assert_eq!(counted(2, "cause"), "2 causes");
        assert_eq!(counted(0_u64, "entry"), "0 entries");
    }

    #[test]
    fn long_lists_end_with_a_number() {
        assert_eq!(listed(&["a", "b"], 2), "a, b");
        assert_eq!(listed(&["a", "b", "c"], 1), "a and 2 more");
    }
}
