//! The words that both kinds of text share.

use crate::diagnostic::collect::CauseGroup;
use crate::diagnostic::words::counted;
use crate::diagnostic::{Code, Located};

pub use crate::diagnostic::carry::text as shown;

/// Formats the place of a finding: `FILE:LINE:COL (POINTER)`.
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

/// The first line about a finding: `error[S001] wrong-type: MESSAGE`.
pub fn headline(located: &Located) -> String {
    let diagnostic = &located.diagnostic;
    let (severity, code) = (diagnostic.severity.word(), diagnostic.code);
    let message = shown(&diagnostic.message);
    format!("{severity}[{}] {}: {message}", code.id(), code.name())
}

/// The lines that follow the place of a finding: a second place, and what to do about it.
pub fn advice(located: &Located) -> impl Iterator<Item = String> {
    let diagnostic = &located.diagnostic;
    let related = diagnostic.related.as_deref();
    let related = related.map(|related| format!("related: {}", shown(related)));
    let help = diagnostic.help.as_deref();
    let help = help.map(|help| format!("help: {}", shown(help)));
    related.into_iter().chain(help)
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

/// The first groups, at most `most` of them or all where it is 0, and the words for the others.
pub fn shown_groups<'g, 'c>(
    groups: &'g [CauseGroup<'c>],
    most: usize,
) -> (&'g [CauseGroup<'c>], Option<String>) {
    let most = if most == 0 { groups.len() } else { most };
    let (shown, hidden) = groups.split_at(most.min(groups.len()));
    let findings: usize = hidden.iter().map(|group| group.count).sum();
    let words = || {
        let causes = counted(hidden.len(), "cause");
        format!("{} of {causes} not shown", counted(findings, "finding"))
    };
    (shown, (!hidden.is_empty()).then(words))
}
