//! Documents of which most have one line each, and some have several.
//!
//! JSON allows no document to go on behind a line that ends with a closing bracket where the next
//! line begins with an opening one. So each such line is a document, and its contents are not
//! scanned. All other text is read by its structure, up to such a place.

use crate::json::structure::Structure;
use crate::json::{Span, scan};

use super::{Step, TOGETHER, Walk};
use crate::input::cut::view::{TextView, opens};
use crate::input::cut::{Form, Part};

/// A document that is open and may go on over several lines.
#[derive(Debug)]
pub(in crate::input::cut) struct Structured {
    /// True if its first line has not ended.
    first: bool,
    /// Up to here, an offset of the input, no line break ends it.
    seen: usize,
}

impl Walk {
    /// Documents of which most are one a line.
    pub(in crate::input::cut) fn lines(
        &mut self,
        view: &TextView<'_>,
        at: usize,
        parts: &mut Vec<Part>,
    ) -> Step {
        let bytes = view.bytes;
        if self.midline {
            let rest = bytes[at..].iter();
            let blank = rest.take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r'));
            let start = at + blank.count();
            match bytes.get(start) {
                None => return Step::past(at, start),
                Some(b'\n') => {
                    self.midline = false;
                    return Step::To(start + 1);
                }
                Some(b'{' | b'[') => {}
                Some(_) => {
                    parts.push(Part::Trailing(start));
                    self.skip_line();
                    return Step::To(start);
                }
            }
        }
        let start = scan::skip_blank(bytes, at);
        if start == bytes.len() {
            return Step::past(at, start);
        }
        let clean = clean_lines(view, start);
        if clean > start {
            return self.alone(view, Span::new(start, clean), parts);
        }
        if !opens(bytes.get(start)) {
            let line = memchr::memchr(b'\n', &bytes[start..]).map(|it| start + it);
            return match line {
                None if view.more || self.token.is_some() => Step::More,
                line => self.alone(view, Span::new(start, line.unwrap_or(bytes.len())), parts),
            };
        }
        let line = match self.line_break(view, start) {
            None if bytes.len() < start.saturating_add(view.limit) => match view.more {
                true => return Step::More,
                false => Some(bytes.len()),
            },
            line => line,
        };
        let Some(line) = line else {
            return self.structured(start);
        };
        let mut value = start;
        while let Some(end) = Structure::new().end(&bytes[..line], value) {
            let next = scan::skip_blank(&bytes[..line], end);
            if !opens(bytes[..line].get(next)) {
                return self.alone(view, Span::new(start, line), parts);
            }
            value = next;
        }
        if value == start {
            return self.structured(start);
        }
        // The last document of the line goes on behind it.
        let step = self.alone(view, Span::new(start, value), parts);
        self.midline = true;
        step
    }

    /// Goes on with the document at `start`, which its line does not end.
    fn structured(&mut self, start: usize) -> Step {
        self.structured = Some(Structured {
            first: true,
            seen: self.base + start,
        });
        Step::To(start)
    }

    /// Hands lines on, in pieces.
    fn alone(&mut self, view: &TextView<'_>, span: Span, parts: &mut Vec<Part>) -> Step {
        let mut start = span.start;
        while start < span.end {
            let near = (start + TOGETHER).min(span.end);
            let rest = &view.bytes[near..span.end];
            let next = memchr::memchr(b'\n', rest).map_or(span.end, |it| near + it + 1);
            parts.push(Part::Whole {
                span: Span::new(start, next),
                form: Form::Lines,
            });
            start = next;
        }
        self.midline = false;
        Step::To(span.end)
    }

    /// The end of the line at `start`, unless it is too long to be read whole.
    fn line_break(&mut self, view: &TextView<'_>, start: usize) -> Option<usize> {
        let until = view.bytes.len().min(start.saturating_add(view.limit));
        let from = self
            .unbroken
            .saturating_sub(self.base)
            .max(start)
            .min(until);
        let found = memchr::memchr(b'\n', &view.bytes[from..until]);
        if found.is_none() {
            self.unbroken = self.base + until;
        }
        found.map(|newline| from + newline)
    }

    /// Returns the text up to the line break that ends the open document, and true if there is one.
    ///
    /// A line break ends the document if the next line begins with an opening bracket that the text
    /// before does not allow, or if no line follows. The first line also ends a document if the second
    /// line is a document itself.
    pub(in crate::input::cut) fn bounded<'t>(
        &mut self,
        view: TextView<'t>,
        at: usize,
    ) -> (TextView<'t>, bool) {
        let Some(open) = &self.structured else {
            return (view, false);
        };
        let (mut first, mut from) = (open.first, open.seen.saturating_sub(self.base).max(at));
        let bytes = view.bytes;
        let (bounded, breaks) = loop {
            let newline = bytes.get(from..).and_then(|it| memchr::memchr(b'\n', it));
            let Some(newline) = newline.map(|newline| from + newline) else {
                from = bytes.len();
                break (view, false);
            };
            let next = scan::skip_blank(bytes, newline);
            let alone = match bytes.get(next) {
                None => (!view.more).then_some(true),
                Some(b'{' | b'[') if bytes[next - 1] == b'\n' => {
                    let before = bytes[..newline].iter().rev();
                    let before = before.copied().find(|byte| !byte.is_ascii_whitespace());
                    match before.unwrap_or(self.last) {
                        b',' | b'{' | b'[' | b':' if first => self.is_alone(&view, at, next),
                        b',' | b'{' | b'[' | b':' => Some(false),
                        _ => Some(true),
                    }
                }
                Some(_) => Some(false),
            };
            match alone {
                Some(false) => {
                    first = false;
                    from = newline + 1;
                }
                alone => break (view.until(newline, alone.is_none()), alone.is_some()),
            }
        };
        self.structured = Some(Structured {
            first,
            seen: self.base + from,
        });
        (bounded, breaks)
    }

    /// Returns true if the line at `start` is a document itself and does not end the open document;
    /// `None` if more text is needed.
    fn is_alone(&self, view: &TextView<'_>, at: usize, start: usize) -> Option<bool> {
        let bytes = view.bytes;
        let end = match memchr::memchr(b'\n', &bytes[start..]) {
            Some(length) => start + length,
            None if view.more => return None,
            None => bytes.len(),
        };
        if !ends(&bytes[start..end]).1 || self.structure().end(&bytes[..end], at).is_some() {
            return Some(false);
        }
        let next = scan::skip_blank(bytes, end);
        match bytes.get(next) {
            None if view.more => None,
            None => Some(true),
            next_byte => Some(opens(next_byte) && bytes[next - 1] == b'\n'),
        }
    }
}

/// The end of the lines from `at` on that are documents each.
fn clean_lines(view: &TextView<'_>, at: usize) -> usize {
    let bytes = view.bytes;
    // The last line that is not blank counts once the next one is known.
    let (mut clean, mut begin) = (at, at);
    while begin < bytes.len() {
        let until = bytes.len().min(begin.saturating_add(view.limit));
        let newline = memchr::memchr(b'\n', &bytes[begin..until]);
        let end = match newline {
            Some(length) => begin + length,
            None if view.more || until < bytes.len() => return clean,
            None => bytes.len(),
        };
        let line = &bytes[begin..end];
        match ends(line) {
            (None, _) => {}
            (Some(b'{' | b'['), closes) if opens(line.first()) => {
                clean = begin;
                if !closes {
                    return clean;
                }
            }
            _ => return clean,
        }
        begin = end + 1;
    }
    if view.more {
        clean
    } else {
        bytes.len().max(at)
    }
}

/// The first byte of a line that is not blank, and whether the last one is a closing bracket.
fn ends(line: &[u8]) -> (Option<u8>, bool) {
    let blank = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\r');
    let first = line.iter().find(|byte| !blank(byte));
    let last = line.iter().rev().find(|byte| !blank(byte));
    (first.copied(), matches!(last, Some(b'}' | b']')))
}
