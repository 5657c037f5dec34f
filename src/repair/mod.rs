//! JSON made of text that is nearly JSON: comments, trailing commas, what Python prints, code fences.
//!
//! A repair is a list of [`Edit`]s of the text that was read, so everything else keeps its bytes. A
//! whole input is kept in memory.

pub mod diff;
mod lenient;

use std::borrow::Cow;
use std::fmt;

use crate::input::content::{Content, Encoding};
use crate::input::foreign::FENCES;
use crate::input::open_error::OpenError;
use crate::json::Span;

/// The character U+FEFF, which is a byte order mark between tokens.
const MARK: char = '\u{feff}';

/// The most bytes of text that are repaired: a repair keeps the text, its copy and the list of
/// changes in memory.
pub const MOST: usize = 256 << 20;

/// One change of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The bytes that go.
    pub span: Span,
    /// The text in their place.
    pub with: Cow<'static, str>,
}

impl Edit {
    /// Replaces `start..end` by `with`.
    pub fn new(start: usize, end: usize, with: impl Into<Cow<'static, str>>) -> Self {
        Self {
            span: Span::new(start, end),
            with: with.into(),
        }
    }
}

/// A slip that a repair removes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fix {
    Utf16,
    Bom,
    Fence,
    Comment,
    TrailingComma,
    SingleQuotes,
    PythonWord,
    PythonEscape,
}

/// The names of the fixes in a sentence; the plural has an `s`.
const NAMES: [&str; 8] = [
    "UTF-16 encoding",
    "byte order mark",
    "code fence",
    "comment",
    "trailing comma",
    "single-quoted string",
    "Python literal",
    "Python escape",
];

/// Number of fixes of each kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Fixes([u64; NAMES.len()]);

impl Fixes {
    /// Counts one more.
    pub fn add(&mut self, fix: Fix) {
        if let Some(count) = self.0.get_mut(fix as usize) {
            *count += 1;
        }
    }

    /// Adds the fixes of another text.
    pub fn merge(&mut self, other: &Self) {
        for (count, more) in self.0.iter_mut().zip(other.0) {
            *count += more;
        }
    }

    /// The number of all fixes.
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }
}

impl fmt::Display for Fixes {
    /// `2 trailing commas, 1 Python literal`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut between = "";
        for (name, count) in NAMES.iter().zip(self.0).filter(|(_, count)| *count > 0) {
            let plural = if count == 1 { "" } else { "s" };
            write!(f, "{between}{count} {name}{plural}")?;
            between = ", ";
        }
        Ok(())
    }
}

/// A text after its repair.
#[derive(Debug, Default)]
pub struct Repaired {
    pub text: String,
    /// The changes of the text before, in its order; no two overlap.
    pub edits: Vec<Edit>,
    pub fixes: Fixes,
}

/// Reads an input completely, with its byte order mark where it has one in UTF-8, and tells if it
/// was UTF-16; `None` where it is longer than [`MOST`].
pub fn read(content: &mut Content) -> Result<Option<(String, bool)>, OpenError> {
    let utf16 = content.encoding() != Encoding::Utf8;
    let mut text = String::new();
    if !utf16 && content.bom() > 0 {
        text.push(MARK);
    }
    while text.len() <= MOST && content.fill(&mut text, MOST + 1)? {}
    Ok((text.len() <= MOST).then_some((text, utf16)))
}

/// Repairs a text.
pub fn repair(text: &str) -> Repaired {
    let mut repaired = Repaired::default();
    let start = text.len() - text.trim_start_matches(MARK).len();
    for at in (0..start).step_by(MARK.len_utf8()) {
        repaired.delete(Fix::Bom, at, at + MARK.len_utf8());
    }
    match fenced(text, start) {
        Some(inner) => {
            repaired.delete(Fix::Fence, start, inner.start);
            repaired.inside(text, inner);
            repaired.edits.push(Edit::new(inner.end, text.len(), ""));
        }
        None => repaired.inside(text, Span::new(start, text.len())),
    }
    repaired.text = apply(&repaired.edits, text, Span::new(0, text.len()));
    repaired
}

impl Repaired {
    fn delete(&mut self, fix: Fix, start: usize, end: usize) {
        self.edits.push(Edit::new(start, end, ""));
        self.fixes.add(fix);
    }

    /// Repairs the values within a span of the text.
    fn inside(&mut self, text: &str, span: Span) {
        let edits = lenient::repair(
            text.get(span.start..span.end).unwrap_or_default(),
            &mut self.fixes,
        );
        self.edits.extend(edits.into_iter().map(|mut edit| {
            edit.span = Span::new(edit.span.start + span.start, edit.span.end + span.start);
            edit
        }));
    }
}

/// The bytes `within` of a text, with the changes that lie there.
pub fn apply(edits: &[Edit], text: &str, within: Span) -> String {
    let added: usize = edits.iter().map(|edit| edit.with.len()).sum();
    let mut changed = String::with_capacity(within.len() + added);
    let mut at = within.start;
    for edit in edits {
        changed.push_str(text.get(at..edit.span.start).unwrap_or_default());
        changed.push_str(&edit.with);
        at = edit.span.end;
    }
    changed.push_str(text.get(at..within.end).unwrap_or_default());
    changed
}

/// The text between the lines of a code fence, if all of the text is in one fence and is JSON or
/// nearly JSON.
fn fenced(text: &str, start: usize) -> Option<Span> {
    let opening = text.get(start..)?.trim_start();
    let fence = FENCES.into_iter().find(|it| opening.starts_with(it))?;
    let (language, rest) = opening.strip_prefix(fence)?.split_once('\n')?;
    let inner = rest.trim_end().strip_suffix(fence)?;
    let is_plain = language.trim().chars().all(char::is_alphanumeric) && !inner.contains(fence);
    let edits = lenient::repair(inner, &mut Fixes::default());
    let json = apply(&edits, inner, Span::new(0, inner.len()));
    let mut lines = json.lines().filter(|line| !line.trim().is_empty());
    let is_json = lenient::is_json(&json) || lines.all(lenient::is_json);
    let start = text.len() - rest.len();
    (is_plain && inner.ends_with('\n') && is_json).then(|| Span::new(start, start + inner.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_changes_are_changes_of_the_text_itself() {
        let text = "\u{feff}```\n// saved by hand\n{'results': [{'max': None,}]}\n```\n";
        let good = "{\"results\": [{\"max\": null}]}\n";
        let repaired = repair(text);
        assert_eq!(repaired.text, good);
        assert_eq!(
            repaired.fixes.to_string(),
            "1 byte order mark, 1 code fence, 1 comment, 1 trailing comma, 2 single-quoted strings, 1 Python literal"
        );
        let again = repair(good);
        assert!(again.edits.is_empty());
        assert_eq!((again.text.as_str(), again.fixes.total()), (good, 0));
    }

    #[test]
    fn only_a_fence_around_all_of_the_text_goes() {
        for (text, inner) in [
            ("```json\n{\"a\":1}\n```\n", "{\"a\":1}\n"),
            ("~~~json\n{\"a\":1}\n~~~\n", "{\"a\":1}\n"),
            (
                "\n```\n{\"a\":1,}\n{\"b\":2}\n```",
                "{\"a\":1}\n{\"b\":2}\n",
            ),
        ] {
            assert_eq!(repair(text).text, inner);
        }
        for text in [
            "{\"a\":1}",
            "Here:\n```\n{}\n```",
            "```\n{}\n```\nand\n```\n{}\n```",
            "```json {}\n```",
            "```\n{} {\n```",
            "```\n{}",
        ] {
            assert_eq!(repair(text).text, text);
        }
    }
}
