//! The words that both kinds of text share.

use crate::diagnostic::collect::CauseGroup;
use crate::diagnostic::{Code, Located};

pub use crate::diagnostic::carry::text as shown;

/// Where a finding stands, as far as that is known: `FILE:LINE:COL (POINTER)`.
pub fn place(located: &Located) -> String {
    let mut words = shown(&located.file);
    if let Some(place) = &located.place {
        words.push_str(&format!(":{}:{}", place.line, place.column));
    }
    if !located.diagnostic.path.is_empty() {
        words.push_str(&format!(
            " ({})",
            shown(&located.diagnostic.path.to_string())
        ));
    }
    words
}

/// A line for each other place of a group, and one for those that are not named.
pub fn elsewhere(group: &CauseGroup<'_>) -> Vec<String> {
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

/// The command that explains a code.
pub fn more(code: Code) -> String {
    format!("more: gcagg explain {}", code.id())
}
