//! The words that both kinds of text share.

use crate::diagnostic::collect::Group;
use crate::diagnostic::{Code, Located};
use crate::json::text::printable;

/// How many characters of anything that may come from the input are shown.
const LIMIT: usize = 1_000;

/// Text that may come from the input, safe and not endless.
pub fn shown(text: &str) -> String {
    match text.char_indices().nth(LIMIT) {
        Some((cut, _)) => printable(&text[..cut]) + "...",
        None => printable(text),
    }
}

/// Where a finding stands, as far as that is known: `FILE:LINE:COL (POINTER)`.
pub fn place(located: &Located) -> String {
    let mut words = shown(&located.file);
    if let Some(place) = &located.place {
        words.push_str(&format!(":{}:{}", place.line, place.column));
    }
    if !located.diagnostic.pointer.is_empty() {
        words.push_str(&format!(" ({})", shown(&located.diagnostic.pointer)));
    }
    words
}

/// A line for each other place of a group, and one for those that are not named.
pub fn elsewhere(group: &Group<'_>) -> Vec<String> {
    let mut lines: Vec<String> = group
        .others
        .iter()
        .map(|other| format!("also at {}", place(other)))
        .collect();
    match group.unnamed() {
        0 => {}
        1 => lines.push("and 1 more place like this".to_owned()),
        more => lines.push(format!("and {more} more places like this")),
    }
    lines
}

/// Where the long story is told.
pub fn more(code: Code) -> String {
    format!("more: gcagg explain {}", code.id())
}

/// A number and its noun, which takes an s where it must.
pub fn counted(number: usize, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortens_and_escapes() {
        assert_eq!(shown("a\nb"), r"a\u{a}b");
        assert_eq!(shown(&"é".repeat(2_000)), "é".repeat(1_000) + "...");
        assert_eq!(counted(1, "cause"), "1 cause");
        assert_eq!(counted(2, "cause"), "2 causes");
    }
}
