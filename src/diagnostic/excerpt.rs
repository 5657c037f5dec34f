//! A few lines around a fault, cut to what a terminal can show.
//!
//! Inputs may be one line of a hundred megabytes, so nothing here looks further than a few hundred
//! bytes from the fault: a line whose end lies beyond has no neighbours to show.

use crate::json::Span;
use crate::json::text::{floor, is_unsafe_in_terminal};

use super::{Excerpt, secret};

/// The number of characters of a line that are shown; half of them may come before the mark. With the line
/// number beside it, such a line fits the width of the graphical report.
const WIDTH: usize = 90;
/// Number of bytes that are searched for the next line end.
const SEARCH: usize = 400;
/// Number of lines that are shown before and after the marked line.
const CONTEXT: usize = 2;

/// The lines around `span`, of which `first_line` is the number of the line where it starts.
pub fn excerpt(text: &str, span: Span, first_line: usize) -> Excerpt {
    let text = &*secret::hidden(text);
    let start = floor(text, span.start);
    let end = floor(text, span.end).max(start);
    let (before, room) = reach(text[..start].chars().rev(), WIDTH / 2);
    let (marked, room) = reach(text[start..end].chars(), WIDTH / 2 + room);
    let whole_mark = start + marked == end;
    let (after, _) = reach(text[end..].chars(), if whole_mark { room } else { 0 });
    let from = start - before;
    let to = if whole_mark {
        end + after
    } else {
        start + marked
    };

    let above = lines_above(text, from);
    let mut shown = String::new();
    for line in above.iter().rev() {
        push_line(&mut shown, &text[line.start..line.end]);
        shown.push('\n');
    }
    if from > 0 && text.as_bytes()[from - 1] != b'\n' {
        shown.push('…');
    }
    // The carriage return of a line's end is no part of the line, even where it is marked.
    let line_ends = to == text.len() || text.as_bytes()[to] == b'\n';
    let visible = if line_ends && text[from..to].ends_with('\r') {
        to - 1
    } else {
        to
    };
    let mark_from = start.min(visible);
    let mark_to = (start + marked).min(visible);
    push_escaped(&mut shown, &text[from..mark_from]);
    let mark_start = shown.len();
    push_escaped(&mut shown, &text[mark_from..mark_to]);
    let mark = Span::new(mark_start, shown.len());
    push_escaped(&mut shown, &text[mark_to..visible]);
    if !line_ends {
        shown.push('…');
    }
    for line in lines_below(text, to) {
        shown.push('\n');
        push_line(&mut shown, &text[line.start..line.end]);
    }
    Excerpt {
        first_line: first_line.saturating_sub(above.len()),
        text: shown,
        mark,
    }
}

/// An excerpt with lines of so many characters at the most, besides their ellipses.
pub fn narrowed(excerpt: &Excerpt, width: usize) -> Excerpt {
    let mut narrow = Excerpt {
        text: String::new(),
        ..excerpt.clone()
    };
    let mut from = 0;
    for (number, line) in excerpt.text.split('\n').enumerate() {
        if number > 0 {
            narrow.text.push('\n');
        }
        let mark = excerpt
            .mark
            .start
            .checked_sub(from)
            .filter(|at| *at <= line.len());
        let before = mark
            .and_then(|at| line.get(..at))
            .map_or(0, |it| it.chars().count());
        let is_long = line.chars().count() > width;
        let skipped = if is_long {
            before.saturating_sub(width / 3)
        } else {
            0
        };
        let left: usize = line.chars().take(skipped).map(char::len_utf8).sum();
        if skipped > 0 {
            narrow.text.push('…');
        }
        let start = narrow.text.len();
        narrow.text.extend(line.chars().skip(skipped).take(width));
        if let Some(at) = mark {
            let at = start + at.saturating_sub(left);
            let end = (at + excerpt.mark.len()).min(narrow.text.len());
            narrow.mark = Span::new(at.min(end), end);
        }
        if line.chars().skip(skipped).nth(width).is_some() {
            narrow.text.push('…');
        }
        from += line.len() + 1;
    }
    narrow
}

/// The number of bytes of the line that these characters cover before `room` is used up, and the rest of it.
fn reach(chars: impl Iterator<Item = char>, mut room: usize) -> (usize, usize) {
    let mut bytes = 0;
    for char in chars {
        let width = width(char);
        if char == '\n' || width > room {
            break;
        }
        room -= width;
        bytes += char.len_utf8();
    }
    (bytes, room)
}

/// Width of a character after escaping.
fn width(char: char) -> usize {
    match char {
        '\t' => TAB.len(),
        steering if is_unsafe_in_terminal(steering) => steering.escape_unicode().count(),
        _ => 1,
    }
}

const TAB: &str = "    ";

/// Appends text in which nothing can steer a terminal.
fn push_escaped(shown: &mut String, text: &str) {
    for char in text.chars() {
        match char {
            '\t' => shown.push_str(TAB),
            steering if is_unsafe_in_terminal(steering) => shown.extend(steering.escape_unicode()),
            plain => shown.push(plain),
        }
    }
}

/// Appends a line that bears no mark.
fn push_line(shown: &mut String, line: &str) {
    let line = line.strip_suffix('\r').unwrap_or(line);
    let (bytes, _) = reach(line.chars(), WIDTH);
    push_escaped(shown, &line[..bytes]);
    if bytes < line.len() {
        shown.push('…');
    }
}

/// The lines above the one that holds `at`, the nearest first.
fn lines_above(text: &str, at: usize) -> Vec<Span> {
    let mut lines = Vec::new();
    let Some(mut next) = line_start(text, at) else {
        return lines;
    };
    while next > 0 && lines.len() < CONTEXT {
        let end = next - 1;
        let Some(start) = line_start(text, end) else {
            break;
        };
        lines.push(Span::new(start, end));
        next = start;
    }
    lines
}

/// The lines below the one that holds `at`, the nearest first; the last may be cut short.
fn lines_below(text: &str, at: usize) -> Vec<Span> {
    let mut lines = Vec::new();
    let mut end = line_end(text, at);
    while let Some(previous) = end
        && previous + 1 < text.len()
        && lines.len() < CONTEXT
    {
        let start = previous + 1;
        end = line_end(text, start);
        let near = floor(text, start + SEARCH);
        lines.push(Span::new(start, end.unwrap_or(near)));
    }
    lines
}

/// Returns the start of the line at `at`, if it is near.
fn line_start(text: &str, at: usize) -> Option<usize> {
    let from = at.saturating_sub(SEARCH);
    match memchr::memrchr(b'\n', &text.as_bytes()[from..at]) {
        Some(newline) => Some(from + newline + 1),
        None => (from == 0).then_some(0),
    }
}

/// Returns the end of the line at `at`, if it is near.
fn line_end(text: &str, at: usize) -> Option<usize> {
    let to = (at + SEARCH).min(text.len());
    match memchr::memchr(b'\n', &text.as_bytes()[at..to]) {
        Some(newline) => Some(at + newline),
        None => (to == text.len()).then_some(to),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(excerpt: &Excerpt) -> &str {
        &excerpt.text[excerpt.mark.start..excerpt.mark.end]
    }

    #[test]
    fn shows_two_lines_around() {
        let text = "1\r\n2\r\n3\r\n\tbad\r\n5\r\n6\r\n7\r\n";
        let shown = excerpt(text, Span::new(10, 13), 4);
        assert_eq!(shown.first_line, 2);
        assert_eq!(shown.text, "2\n3\n    bad\n5\n6");
        assert_eq!(marked(&shown), "bad");
    }

    #[test]
    fn cuts_a_huge_line_around_the_mark() {
        let text = format!("{}bad{}", "é".repeat(5_000), "ü".repeat(5_000));
        let shown = excerpt(&text, Span::new(10_000, 10_003), 1);
        assert_eq!(
            shown.text,
            format!("…{}bad{}…", "é".repeat(45), "ü".repeat(42))
        );
        assert_eq!((shown.first_line, marked(&shown)), (1, "bad"));
    }

    #[test]
    fn shortens_a_mark_to_its_first_line_and_to_the_width() {
        let shown = excerpt("[{\r\n}]\n", Span::new(1, 5), 1);
        assert_eq!((shown.text.as_str(), marked(&shown)), ("[{\n}]", "{"));
        let long = "x".repeat(1_000);
        let shown = excerpt(&long, Span::new(0, 1_000), 1);
        assert_eq!(shown.text, format!("{}…", "x".repeat(90)));
        assert_eq!(shown.mark, Span::new(0, 90));
    }

    #[test]
    fn escapes_what_steers_and_moves_the_mark() {
        let text = "\u{1b}[31m\u{202e}bad\0\rx";
        let shown = excerpt(text, Span::new(8, 12), 1);
        assert_eq!(shown.text, r"\u{1b}[31m\u{202e}bad\u{0}\u{d}x");
        assert_eq!(marked(&shown), r"bad\u{0}");
    }

    #[test]
    fn marks_the_end_and_survives_any_span() {
        let shown = excerpt("{\n", Span::new(2, 2), 2);
        assert_eq!((shown.text.as_str(), shown.mark), ("{\n", Span::new(2, 2)));
        assert_eq!(excerpt("", Span::new(0, 0), 1).text, "");
        let text = "é\r\n\n\tß\r";
        for start in 0..12 {
            for end in 0..12 {
                let shown = excerpt(text, Span::new(start, end), 1);
                assert!(marked(&shown).len() <= shown.text.len());
            }
        }
    }

    #[test]
    fn leaves_out_neighbours_that_are_far() {
        let long = "y".repeat(2_000);
        let shown = excerpt(
            &format!("{long}\nbad\n{long}\n"),
            Span::new(2_001, 2_004),
            2,
        );
        assert_eq!(
            (shown.first_line, shown.text),
            (2, format!("bad\n{}…", "y".repeat(90)))
        );
    }
}
