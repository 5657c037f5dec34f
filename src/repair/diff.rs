//! Changes as a unified diff of lines, as `diff -u` writes it and `patch` reads it.

use std::io::{self, Write};

use crate::json::Span;

use super::{Edit, apply};

/// Number of lines that are shown around what changes.
const CONTEXT: usize = 3;

/// Whole lines that change, as they were, and the changes.
type Block<'e> = (Span, &'e [Edit]);

/// Writes the changes of a text.
pub fn write(name: &str, text: &str, edits: &[Edit], out: &mut impl Write) -> io::Result<()> {
    let blocks = blocks(text, edits);
    if blocks.is_empty() {
        return Ok(());
    }
    writeln!(out, "--- {name}\n+++ {name} (fixed)")?;
    // The number of lines up to an offset, and how many there are more than before.
    let (mut before, mut counted, mut shift) = (0, 0, 0);
    let mut rest = blocks.as_slice();
    while let Some(((first, _), others)) = rest.split_first() {
        let start = back(text, first.start);
        let mut end = ahead(text, first.end);
        // Changes with common context are one hunk.
        let near = |(old, _): &&Block<'_>| {
            let joined = back(text, old.start) <= end;
            end = if joined { ahead(text, old.end) } else { end };
            joined
        };
        let count = 1 + others.iter().take_while(near).count();
        let (hunk, further) = rest.split_at(count);
        rest = further;
        before += memchr::memchr_iter(b'\n', &text.as_bytes()[counted..start]).count();
        counted = start;
        shift += write_hunk(text, Span::new(start, end), hunk, (before, shift), out)?;
    }
    Ok(())
}

/// Writes a hunk, with so many lines before it and so many more than there were; returns how many lines it
/// adds.
fn write_hunk(
    text: &str,
    span: Span,
    blocks: &[Block<'_>],
    (before, shift): (usize, isize),
    out: &mut impl Write,
) -> io::Result<isize> {
    let mut body = Vec::new();
    let (mut old, mut new) = (0, 0);
    let mut at = span.start;
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    for (whole, edits) in blocks {
        let same = lines(&mut body, b' ', part(at, whole.start))?;
        let gone = lines(&mut body, b'-', part(whole.start, whole.end))?;
        let changed = apply(edits, text, *whole);
        let come = lines(&mut body, b'+', &changed)?;
        old += same + gone;
        new += same + come;
        at = whole.end;
    }
    let same = lines(&mut body, b' ', part(at, span.end))?;
    (old, new) = (old + same, new + same);
    // Without a line, the place is that of the line in front.
    let first = |before: usize, count: usize| before + usize::from(count > 0);
    let begin = first(before.saturating_add_signed(shift), new);
    writeln!(out, "@@ -{},{old} +{begin},{new} @@", first(before, old))?;
    out.write_all(&body)?;
    Ok(new as isize - old as isize)
}

/// Writes lines behind their mark; returns how many.
fn lines(out: &mut Vec<u8>, mark: u8, text: &str) -> io::Result<usize> {
    let mut count = 0;
    for line in text.split_inclusive('\n') {
        out.push(mark);
        out.extend_from_slice(line.as_bytes());
        if !line.ends_with('\n') {
            out.write_all(b"\n\\ No newline at end of file\n")?;
        }
        count += 1;
    }
    Ok(count)
}

/// The lines that the changes touch, those that touch or adjoin in one.
fn blocks<'e>(text: &str, edits: &'e [Edit]) -> Vec<Block<'e>> {
    let mut blocks: Vec<Block<'e>> = Vec::new();
    // The first of the changes in the last block.
    let mut first = 0;
    for (index, edit) in edits.iter().enumerate() {
        let span = edit.span;
        let start = line_start(text, span.start);
        let whole = span.start == start
            && span.end == line_start(text, span.end)
            && (edit.with.is_empty() || edit.with.ends_with('\n'));
        let end = if whole && !span.is_empty() {
            span.end
        } else {
            line_end(text, span.end)
        };
        match blocks.last_mut() {
            Some((old, all)) if start <= old.end && start >= old.start => {
                old.end = old.end.max(end);
                *all = edits.get(first..=index).unwrap_or_default();
            }
            _ => {
                first = index;
                let own = edits.get(index..=index).unwrap_or_default();
                blocks.push((Span::new(start, end), own));
            }
        }
    }
    blocks
}

fn line_start(text: &str, at: usize) -> usize {
    let before = text.as_bytes().get(..at).unwrap_or_default();
    memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1)
}

fn line_end(text: &str, at: usize) -> usize {
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    memchr::memchr(b'\n', rest).map_or(text.len(), |newline| at + newline + 1)
}

/// The beginning of the context in front of a line.
fn back(text: &str, mut at: usize) -> usize {
    for _ in 0..CONTEXT {
        at = at
            .checked_sub(1)
            .map_or(0, |newline| line_start(text, newline));
    }
    at
}

/// The end of the context behind a line.
fn ahead(text: &str, mut at: usize) -> usize {
    for _ in 0..CONTEXT {
        at = line_end(text, at);
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diff(text: &str, edits: Vec<Edit>) -> String {
        let mut out = Vec::new();
        write("a", text, &edits, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn lines_go_and_come() {
        assert_eq!(diff("a\n", vec![]), "");
        assert_eq!(
            diff("a\nb,\nc", vec![Edit::new(3, 4, "")]),
            "--- a\n+++ a (fixed)\n@@ -1,3 +1,3 @@\n a\n-b,\n+b\n c\n\\ No newline at end of file\n"
        );
        assert_eq!(
            diff("x\na\n", vec![Edit::new(0, 2, "")]),
            "--- a\n+++ a (fixed)\n@@ -1,2 +1,1 @@\n-x\n a\n"
        );
        assert_eq!(
            diff("a x\nb", vec![Edit::new(1, 4, "")]),
            "--- a\n+++ a (fixed)\n@@ -1,2 +1,1 @@\n-a x\n-b\n\\ No newline at end of file\n+ab\n\\ No newline at end of file\n"
        );
    }

    #[test]
    fn far_changes_have_hunks_of_their_own() {
        let text: String = (0..20).map(|line| format!("{line:02}\n")).collect();
        let edits = vec![
            Edit::new(0, 3, ""),
            Edit::new(9, 10, "x"),
            Edit::new(57, 59, "y"),
        ];
        let shown = diff(&text, edits);
        let heads: Vec<&str> = shown
            .lines()
            .filter(|line| line.starts_with("@@"))
            .collect();
        assert_eq!(heads, ["@@ -1,7 +1,6 @@", "@@ -17,4 +16,4 @@"]);
    }
}
