//! Words that everything said about findings shares.

use std::fmt::Display;

/// `1 file`, `2 files`, `3 entries`.
pub fn counted(number: impl Display, noun: &str) -> String {
    let number = number.to_string();
    match (number.as_str(), noun.strip_suffix('y')) {
        ("1", _) => format!("1 {noun}"),
        (_, Some(stem)) => format!("{number} {stem}ies"),
        _ => format!("{number} {noun}s"),
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
}
