//! Documents taken out of the code fence that Markdown puts around them.

use super::edits::{Edit, Edits};
use super::fixes::{Fix, Fixes};
use super::lenient;

const FENCE: &str = "```";

/// The changes that take the lines of a fence away, where all of the text stands in it and is JSON, or
/// nearly.
pub(super) fn unwrap(text: &str, fixes: &mut Fixes) -> Edits {
    let Some((start, end)) = inside(text) else {
        return Edits::default();
    };
    let inner = text.get(start..end).unwrap_or_default();
    let inner = lenient::repair(inner, &mut Fixes::default()).apply(inner);
    let mut lines = inner.lines().filter(|line| !line.trim().is_empty());
    if !lenient::is_json(&inner) && !lines.all(lenient::is_json) {
        return Edits::default();
    }
    fixes.add(Fix::Fence);
    Edits::sorted(vec![
        Edit::new(0, start, ""),
        Edit::new(end, text.len(), ""),
    ])
}

/// Where the text between the lines of the fence begins and ends.
fn inside(text: &str) -> Option<(usize, usize)> {
    let opening = text.trim_start().strip_prefix(FENCE)?;
    let (language, rest) = opening.split_once('\n')?;
    let start = text.len() - rest.len();
    let end = rest.trim_end().strip_suffix(FENCE)?;
    let is_plain = language.trim().chars().all(char::is_alphanumeric) && !end.contains(FENCE);
    (is_plain && end.ends_with('\n')).then_some((start, start + end.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_fence_around_all_of_the_text_goes() {
        let unfenced = |text: &str| unwrap(text, &mut Fixes::default()).apply(text);
        for (text, inner) in [
            ("```json\n{\"a\":1}\n```\n", "{\"a\":1}\n"),
            (
                "\n```\n{\"a\":1,}\n{\"b\":2}\n```",
                "{\"a\":1,}\n{\"b\":2}\n",
            ),
        ] {
            assert_eq!(unfenced(text), inner);
        }
        for text in [
            "{\"a\":1}",
            "Here:\n```\n{}\n```",
            "```\n{}\n```\nand\n```\n{}\n```",
            "```json {}\n```",
            "```\n{} {\n```",
            "```\n{}",
        ] {
            assert_eq!(unfenced(text), text);
        }
    }
}
